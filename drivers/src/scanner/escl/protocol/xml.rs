//! A small tree of the elements that matter, from bounded XML.

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

/// Largest document read, in bytes; real ones have some ten thousand.
pub(in crate::scanner) const MAX_BYTES: usize = 512 * 1024;
/// Deepest nesting read.
const MAX_DEPTH: usize = 24;
/// Most elements read.
const MAX_ELEMENTS: usize = 10_000;

/// The two namespaces of eSCL; elements of any other are left out.
const NAMESPACES: [&[u8]; 2] = [
    b"http://schemas.hp.com/imaging/escl/2011/05/03",
    b"http://www.pwg.org/schemas/2010/12/sm",
];

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Not well-formed, or not UTF-8.
    #[error("reading {document} at byte {position}: {reason}")]
    Malformed {
        /// Which document.
        document: &'static str,
        /// Where, in bytes from the start.
        position: u64,
        /// What is wrong there.
        reason: String,
    },
    /// Larger or deeper than any real one.
    #[error("reading {document}: it is larger than such a document may be")]
    TooLarge {
        /// Which document.
        document: &'static str,
    },
    /// Another document than expected.
    #[error("reading {document}: its root element is not there")]
    WrongRoot {
        /// Which document.
        document: &'static str,
    },
}

/// One element of an eSCL namespace.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::scanner) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
    /// Of a foreign namespace: read over, with everything in it.
    foreign: bool,
}

impl Element {
    /// The first child of that local name.
    pub(in crate::scanner) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of that local name.
    pub(in crate::scanner) fn children<'a>(
        &'a self,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the element at `path`, trimmed; `None` when absent or empty.
    pub(in crate::scanner) fn text_at(&self, path: &[&str]) -> Option<&str> {
        let mut element = self;
        for name in path {
            element = element.child(name)?;
        }
        let text = element.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The number at `path`; `None` when absent or no number.
    pub(in crate::scanner) fn number_at(&self, path: &[&str]) -> Option<u32> {
        self.text_at(path)?.parse().ok()
    }

    /// The texts of all children called `name` of the element at `path`.
    pub(in crate::scanner) fn texts_at(&self, path: &[&str], name: &str) -> Vec<String> {
        let mut element = self;
        for step in path {
            match element.child(step) {
                Some(next) => element = next,
                None => return Vec::new(),
            }
        }
        element
            .children(name)
            .map(|child| child.text.trim().to_owned())
            .collect()
    }
}

/// Reads `bytes` whose root must be called `root`; `document` names it in errors.
pub(in crate::scanner) fn read(
    bytes: &[u8],
    root: &str,
    document: &'static str,
) -> Result<Element, XmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError::TooLarge { document });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = NsReader::from_reader(bytes);
    let mut tree = Tree {
        open: vec![Element::default()],
        elements: 0,
    };
    let mut more = true;
    while more {
        let position = reader.buffer_position();
        let event = reader.read_resolved_event();
        let taken = event.map_err(Refusal::from).and_then(|(namespace, event)| {
            let ours =
                matches!(namespace, ResolveResult::Bound(uri) if NAMESPACES.contains(&uri.0));
            tree.take(&event, ours)
        });
        more = taken.map_err(|refusal| match refusal {
            Refusal::TooLarge => XmlError::TooLarge { document },
            Refusal::Malformed(reason) => XmlError::Malformed {
                document,
                position,
                reason,
            },
        })?;
    }
    let [whole] = <[Element; 1]>::try_from(tree.open).map_err(|_| XmlError::Malformed {
        document,
        position: reader.buffer_position(),
        reason: "the document ends inside an element".to_owned(),
    })?;
    let found = whole.children.into_iter().find(|child| child.name == root);
    found.ok_or(XmlError::WrongRoot { document })
}

/// Why an event is not taken into the tree.
enum Refusal {
    TooLarge,
    Malformed(String),
}

impl<E: std::error::Error> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// The elements that are open, the document itself first.
struct Tree {
    open: Vec<Element>,
    elements: usize,
}

impl Tree {
    /// Takes one event; false at the end of the document.
    fn take(&mut self, event: &Event<'_>, ours: bool) -> Result<bool, Refusal> {
        match event {
            Event::Start(tag) => {
                self.count()?;
                self.open.push(element(tag.local_name().as_ref(), ours));
            }
            Event::Empty(tag) => {
                self.count()?;
                self.close(element(tag.local_name().as_ref(), ours));
            }
            Event::End(_) => {
                if let Some(done) = self.open.pop() {
                    self.close(done);
                }
            }
            Event::Text(text) => self.add_text(&text.decode()?),
            Event::CData(data) => self.add_text(&data.decode()?),
            Event::GeneralRef(reference) => {
                let written = format!("&{};", reference.decode()?);
                self.add_text(&quick_xml::escape::unescape(&written)?);
            }
            // A document type could define entities that grow without bound; no scanner needs one.
            Event::DocType(_) => {
                return Err(Refusal::Malformed(
                    "a document type is not allowed".to_owned(),
                ));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn count(&mut self) -> Result<(), Refusal> {
        self.elements += 1;
        let fits = self.open.len() <= MAX_DEPTH && self.elements <= MAX_ELEMENTS;
        if fits { Ok(()) } else { Err(Refusal::TooLarge) }
    }

    fn add_text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }

    fn close(&mut self, done: Element) {
        if let Some(parent) = self.open.last_mut().filter(|_| !done.foreign) {
            parent.children.push(done);
        }
    }
}

fn element(local_name: &[u8], ours: bool) -> Element {
    Element {
        name: String::from_utf8_lossy(local_name).into_owned(),
        foreign: !ours,
        ..Element::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCAN: &str = "http://schemas.hp.com/imaging/escl/2011/05/03";

    #[test]
    fn prefixes_do_not_matter_and_foreign_elements_are_read_over() {
        let xml = format!(
            "\u{FEFF}<?xml version='1.0'?><!-- hello --><r xmlns='{SCAN}' xmlns:q='{SCAN}' xmlns:x='urn:other'>\
             <x:Name>no</x:Name><q:Name>a &amp; <![CDATA[b]]></q:Name><x:Box><q:Hidden>1</q:Hidden></x:Box></r>"
        );
        let root = read(xml.as_bytes(), "r", "test").unwrap();
        assert_eq!(root.text_at(&["Name"]), Some("a & b"));
        assert_eq!(root.child("Box"), None);
    }

    #[test]
    fn bombs_and_rubbish_are_refused_with_the_place() {
        let entity = format!("<!DOCTYPE r [<!ENTITY a 'aaaa'>]><r xmlns='{SCAN}'>&a;</r>");
        assert!(matches!(
            read(entity.as_bytes(), "r", "test"),
            Err(XmlError::Malformed { .. })
        ));
        let deep = "<a>".repeat(100);
        assert_eq!(
            read(deep.as_bytes(), "a", "test"),
            Err(XmlError::TooLarge { document: "test" })
        );
        let wide = format!("<r xmlns='{SCAN}'>{}</r>", "<a/>".repeat(20_000));
        assert_eq!(
            read(wide.as_bytes(), "r", "test"),
            Err(XmlError::TooLarge { document: "test" })
        );
        assert!(matches!(
            read(b"<r>", "r", "test"),
            Err(XmlError::Malformed { .. })
        ));
        assert!(matches!(
            read(b"<html></html>", "r", "test"),
            Err(XmlError::WrongRoot { .. })
        ));
        assert!(read(&vec![b' '; MAX_BYTES + 1], "r", "test").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = read(&bytes, "r", "test");
        }
    }
}
