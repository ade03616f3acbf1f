//! Reading and validating a catalogue: all faults of all items at once, or a catalogue that is right.
//!
//! Source: domain specification, section 2.5.

mod cases;
mod codes;
mod content;
mod fault;
mod forms;
mod read;
#[cfg(test)]
mod tests;
mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::Value;

pub use cases::{CaseReport, check_cases};
pub use fault::{Fault, FaultCode, Refused};
pub(crate) use read::{Unknown, record_fault, whole_file};

use crate::code::ItemCode;
use crate::library::{burden, graph};
use crate::record::{
    Bundle, City, Department, Item, Meta, Organisation, Person, Station, Status, Text,
};
use fault::Faults;
use forms::Patterns;
use validate::Surroundings;

/// Everything of a catalogue but its items.
#[derive(Debug, PartialEq)]
struct Head {
    meta: Meta,
    city: City,
    departments: Vec<Department>,
    persons: Vec<Person>,
    organisations: Vec<Organisation>,
    bundles: Vec<Bundle>,
}

/// A catalogue that passed every rule. Cloning it copies pointers only.
#[derive(Debug, Clone)]
pub struct Catalogue {
    head: Arc<Head>,
    items: Vec<Arc<Item>>,
    by_code: BTreeMap<ItemCode, usize>,
}

impl Catalogue {
    /// Reads and validates a whole catalogue. `file` is only used to name faults.
    ///
    /// # Errors
    /// [`Refused`] with every fault of every item and of the register of bodies.
    pub fn parse(file: &str, json: &[u8]) -> Result<Self, Refused> {
        Self::read(file, json, Unknown::Refused)
    }

    /// Reads and validates a catalogue that a city published: fields that a newer city added are
    /// ignored. `file` is only used to name faults.
    ///
    /// # Errors
    /// [`Refused`], as [`Catalogue::parse`].
    pub fn parse_published(file: &str, json: &[u8]) -> Result<Self, Refused> {
        Self::read(file, json, Unknown::Ignored)
    }

    fn read(file: &str, json: &[u8], unknown: Unknown) -> Result<Self, Refused> {
        let (head, placed) = parse_parts(file, json, unknown)?;
        let mut faults = validate::register(&head.departments, file);
        let mut around = Surroundings::new(&head.departments, &head.meta.shared_materials);
        let mut patterns = Patterns::new();
        let mut items = Vec::with_capacity(placed.len());
        for read::Placed { place, item } in placed {
            let item = match item {
                Ok(item) => item,
                Err(fault) => {
                    faults.push(fault);
                    continue;
                }
            };
            let wrong = validate::item(&item, &place, file, &around, &mut patterns);
            if wrong.is_empty() {
                around.take(&item);
            }
            faults.extend(wrong);
            items.push(item);
        }
        faults.extend(check_bundles(&head.bundles, &items, file));
        if !faults.is_empty() {
            return Err(Refused { faults });
        }
        let items: Vec<Arc<Item>> = items.into_iter().map(Arc::new).collect();
        let faults = check_graph(&items, file);
        if !faults.is_empty() {
            return Err(Refused { faults });
        }
        Ok(Self::from_parts(Arc::new(head), items))
    }

    /// This catalogue with the items of another file: one item, `{"item": …}` or `{"items": […]}`.
    ///
    /// A new code is added; a code that is here already is replaced only by a higher version that is or was in force.
    /// A version that is written or reviewed stands beside the one in force until it comes into force itself.
    /// This catalogue itself stays as it is.
    ///
    /// # Errors
    /// [`Refused`] with every fault of every item; `E_CODE_DUPLICATE` for a version that is not higher,
    /// `E_BURDEN_REASON` for one that burdens people more and does not say why, `E_MUTUAL` for results that are
    /// materials of each other.
    pub fn with_file(&self, file: &str, json: &[u8]) -> Result<Self, Refused> {
        let placed = dropped_items(file, json).map_err(one)?;
        let mut around = self.surroundings();
        let mut patterns = Patterns::new();
        let mut faults = Vec::new();
        let mut next = self.items.clone();
        for read::Placed { place, item } in placed {
            match item {
                Ok(item) => {
                    let mut press = Placing {
                        file,
                        around: &mut around,
                        patterns: &mut patterns,
                    };
                    faults.extend(press.put(&mut next, item, &place));
                }
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() {
            faults = check_graph(&next, file);
        }
        if !faults.is_empty() {
            return Err(Refused { faults });
        }
        Ok(Self::from_parts(Arc::clone(&self.head), next))
    }

    /// This catalogue without the versions that never were in force: what the city publishes.
    #[must_use]
    pub fn published(&self) -> Self {
        let items = self.items.iter().filter(|item| item.status.was_in_force());
        Self::from_parts(Arc::clone(&self.head), items.cloned().collect())
    }

    /// The versions that are written or reviewed and not in force yet.
    pub fn drafts(&self) -> impl Iterator<Item = &Arc<Item>> {
        let items = self.items.iter();
        items.filter(|item| !item.status.was_in_force())
    }

    fn from_parts(head: Arc<Head>, items: Vec<Arc<Item>>) -> Self {
        // Of several versions of one code the one in force is found, else one that was; a draft never.
        let mut by_code = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            match item.status {
                Status::InForce => {
                    by_code.insert(item.code(), at);
                }
                Status::Changed | Status::Cancelled => {
                    by_code.entry(item.code()).or_insert(at);
                }
                Status::Draft | Status::Reviewed => {}
            }
        }
        Self {
            head,
            items,
            by_code,
        }
    }

    /// Register and library of this catalogue, for validating further items.
    fn surroundings(&self) -> Surroundings<'_> {
        let head = &self.head;
        let mut around = Surroundings::new(&head.departments, &head.meta.shared_materials);
        for item in &self.items {
            around.take(item);
        }
        around
    }

    /// All items in the order of the file.
    #[must_use]
    pub fn items(&self) -> &[Arc<Item>] {
        &self.items
    }

    /// The item with this code: the version in force, else one that was; a case may still be on it.
    #[must_use]
    pub fn item(&self, code: &ItemCode) -> Option<&Arc<Item>> {
        self.items.get(*self.by_code.get(code)?)
    }

    /// The item with this code, where it can be applied for on `day`.
    #[must_use]
    pub fn in_force(&self, code: &ItemCode, day: Date) -> Option<&Arc<Item>> {
        self.item(code).filter(|item| item.in_force(day))
    }

    /// The items with this 12-digit basic code that can be applied for on `day`: one for each body
    /// that implements it.
    pub fn by_basic<'a>(
        &'a self,
        basic: &'a str,
        day: Date,
    ) -> impl Iterator<Item = &'a Arc<Item>> {
        let same = move |item: &&Arc<Item>| item.codes.basic.as_deref() == Some(basic);
        self.items
            .iter()
            .filter(same)
            .filter(move |item| item.in_force(day))
    }

    /// The body with this id.
    #[must_use]
    pub fn department(&self, id: &str) -> Option<&Department> {
        self.head.departments.iter().find(|body| body.id == id)
    }

    /// All bodies.
    #[must_use]
    pub fn departments(&self) -> &[Department] {
        &self.head.departments
    }

    /// The bundle (一件事) with this id.
    #[must_use]
    pub fn bundle(&self, id: &str) -> Option<&Bundle> {
        self.head.bundles.iter().find(|bundle| bundle.id == id)
    }

    /// All bundles.
    #[must_use]
    pub fn bundles(&self) -> &[Bundle] {
        &self.head.bundles
    }

    /// The station with this id.
    #[must_use]
    pub fn station(&self, id: &str) -> Option<&Station> {
        self.head
            .city
            .stations
            .iter()
            .find(|station| station.id == id)
    }

    /// The city.
    #[must_use]
    pub fn city(&self) -> &City {
        &self.head.city
    }

    /// What the file says about itself.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.head.meta
    }

    /// The name of a theme that items have in Chinese.
    #[must_use]
    pub fn theme(&self, name: &str) -> Text {
        let english = self.head.meta.theme_names.get(name);
        Text {
            zh: name.to_owned(),
            en: english.cloned().unwrap_or_default(),
        }
    }

    /// The fictional persons of the file.
    #[must_use]
    pub fn demo_persons(&self) -> &[Person] {
        &self.head.persons
    }
}

impl PartialEq for Catalogue {
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head && self.items == other.items
    }
}

impl Serialize for Catalogue {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let items: Vec<&Item> = self.items.iter().map(Arc::as_ref).collect();
        let mut out = to.serialize_struct("Catalogue", 7)?;
        out.serialize_field("meta", &self.head.meta)?;
        out.serialize_field("city", &self.head.city)?;
        out.serialize_field("departments", &self.head.departments)?;
        out.serialize_field("demoPersons", &self.head.persons)?;
        out.serialize_field("demoOrganisations", &self.head.organisations)?;
        out.serialize_field("bundles", &self.head.bundles)?;
        out.serialize_field("items", &items)?;
        out.end()
    }
}

/// Reads the parts of a catalogue file. A part that is not there leaves nothing to validate against.
fn parse_parts(
    file: &str,
    json: &[u8],
    unknown: Unknown,
) -> Result<(Head, Vec<read::Placed>), Refused> {
    let mut object = read::object(file, json).map_err(one)?;
    let mut faults = Vec::new();
    let parts = &mut object;
    let meta = kept(read::part(parts, "meta", file, unknown), &mut faults);
    let city = kept(read::part(parts, "city", file, unknown), &mut faults);
    let departments = kept(read::part(parts, "departments", file, unknown), &mut faults);
    let persons = kept(read::part(parts, "demoPersons", file, unknown), &mut faults);
    let organisations = kept(
        read::part(parts, "demoOrganisations", file, unknown),
        &mut faults,
    );
    let bundles = kept(read::part(parts, "bundles", file, unknown), &mut faults);
    let items = read::part::<Value>(parts, "items", file, unknown)
        .and_then(|items| read::items(items, file, unknown));
    let items = kept(items, &mut faults);
    if unknown == Unknown::Refused {
        faults.extend(read::nothing_left(&object, file));
    }
    let head = (|| {
        Some(Head {
            meta: meta?,
            city: city?,
            departments: departments?,
            persons: persons?,
            organisations: organisations?,
            bundles: bundles?,
        })
    })();
    match (head, items) {
        (Some(head), Some(items)) if faults.is_empty() => Ok((head, items)),
        _ => Err(Refused { faults }),
    }
}

fn kept<T>(read: Result<T, Fault>, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}

fn one(fault: Fault) -> Refused {
    Refused {
        faults: vec![fault],
    }
}

fn dropped_items(file: &str, json: &[u8]) -> Result<Vec<read::Placed>, Fault> {
    let mut object = read::object(file, json)?;
    if let Some(items) = object.remove("items") {
        return read::items(items, file, Unknown::Refused);
    }
    let (value, place) = match object.remove("item") {
        Some(item) => (item, "item"),
        None => (Value::Object(object), "the item"),
    };
    Ok(vec![read::item(
        value,
        place.to_owned(),
        file,
        Unknown::Refused,
    )])
}

/// One item on its way into a catalogue.
struct Placing<'a, 'b> {
    file: &'a str,
    around: &'a mut Surroundings<'b>,
    patterns: &'a mut Patterns,
}

impl Placing<'_, '_> {
    /// Puts `item` into `items`; its faults where it is not taken.
    fn put(&mut self, items: &mut Vec<Arc<Item>>, item: Item, place: &str) -> Vec<Fault> {
        let code = item.code();
        let of_code = |known: &Arc<Item>| known.code() == code;
        let held = items
            .iter()
            .position(|known| of_code(known) && known.status.was_in_force());
        let old = held.and_then(|at| items.get(at)).cloned();
        let is_draft = !item.status.was_in_force();
        let is_higher = old.as_ref().is_none_or(|old| old.version < item.version);
        let is_written = |known: &Arc<Item>| {
            of_code(known) && !known.status.was_in_force() && known.version == item.version
        };
        let is_free = is_higher && !(is_draft && items.iter().any(is_written));
        if !is_free {
            self.around.hold(&code);
        } else if let Some(old) = old.as_deref().filter(|_| !is_draft) {
            self.around.release(old);
        }
        let mut wrong = validate::item(&item, place, self.file, self.around, self.patterns);
        self.around.let_go(&code);
        if let Some(old) = old.as_deref().filter(|_| is_free && !is_draft) {
            wrong.extend(check_burden(&item, old, self.file));
        }
        if wrong.is_empty() {
            self.around.take(&item);
            match held.filter(|_| !is_draft).and_then(|at| items.get_mut(at)) {
                Some(slot) => *slot = Arc::new(item.clone()),
                None => items.push(Arc::new(item.clone())),
            }
            if !is_draft {
                // What was written for this version or an older one is no draft of anything any more.
                items.retain(|known| {
                    known.status.was_in_force() || !of_code(known) || known.version > item.version
                });
            }
        } else if is_free && let Some(old) = old.as_deref().filter(|_| !is_draft) {
            self.around.take(old);
        }
        wrong
    }
}

/// A version in force may not burden people more than the one before without a recorded reason (R1).
fn check_burden(item: &Item, old: &Item, file: &str) -> Vec<Fault> {
    let mut faults = Faults::new(file, Some(item.code().as_str().to_owned()));
    if item.status == Status::InForce {
        for measure in burden::unexplained(item, old) {
            let reason = format!(
                "version {} asks for more {} than version {} and gives no reason",
                item.version,
                measure.as_str(),
                old.version
            );
            faults.add(FaultCode::BurdenReason, "revision.why", reason);
        }
    }
    faults.into_vec()
}

/// Items in force must not lock each other (R16).
fn check_graph(items: &[Arc<Item>], file: &str) -> Vec<Fault> {
    let in_force = || {
        let items = items.iter().map(Arc::as_ref);
        items.filter(|item: &&Item| item.status == Status::InForce)
    };
    let locked = graph::locked(in_force());
    let needs = graph::edges(in_force().filter(|item| locked.contains(&item.code())));
    let mut found = Vec::new();
    for code in &locked {
        let mut faults = Faults::new(file, Some(code.as_str().to_owned()));
        let mut needs = needs.iter().filter(|edge| edge.to == *code);
        if let Some(edge) = needs.next() {
            let reason = format!(
                "{} is the result of {}, which cannot be had without this item",
                edge.document, edge.from
            );
            faults.add(FaultCode::Mutual, "materials", reason);
        }
        found.extend(faults.into_vec());
    }
    found
}

fn check_bundles(bundles: &[Bundle], items: &[Item], file: &str) -> Vec<Fault> {
    let mut faults = Faults::new(file, None);
    for (index, bundle) in bundles.iter().enumerate() {
        for (place, code) in bundle.items.iter().enumerate() {
            if !items.iter().any(|item| item.code() == *code) {
                let reason = format!("no item has the code {code}");
                let field = format!("bundles[{index}].items[{place}]");
                faults.add(FaultCode::Record, field, reason);
            }
        }
    }
    faults.into_vec()
}
