//! What is filled into a template.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// The fields and lists of one slip, or of one entry of a list. Wiped when dropped.
#[derive(Default, Zeroize, ZeroizeOnDrop)]
pub struct Values {
    fields: Vec<Field>,
    lists: Vec<Entries>,
    /// 0 for the first print; n prints the mark 副本 COPY n where the template has it.
    pub copy: u32,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Field {
    #[zeroize(skip)]
    name: &'static str,
    value: String,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Entries {
    #[zeroize(skip)]
    list: &'static str,
    entries: Vec<Values>,
}

crate::private::redacted_debug!(Values);

impl Values {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field. An empty text is unknown, as `None` is: its gap is marked.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Option<String>>) -> Self {
        if let Some(value) = value.into().filter(|value| !value.trim().is_empty()) {
            self.fields.push(Field { name, value });
        }
        self
    }

    /// Sets the entries of a list.
    #[must_use]
    pub fn with_list(
        mut self,
        list: &'static str,
        entries: impl IntoIterator<Item = Self>,
    ) -> Self {
        let entries = entries.into_iter().collect();
        self.lists.push(Entries { list, entries });
        self
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|field| field.name == name)?;
        Some(&field.value)
    }

    pub(super) fn list(&self, name: &str) -> &[Self] {
        let found = self.lists.iter().find(|entries| entries.list == name);
        found.map_or(&[], |entries| &entries.entries)
    }
}
