//! The lines of the slips: those of the program, or a city's own from a folder.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kiosk_core::screen::Lang;
use kiosk_paper::Slip;
use kiosk_paper::slip::template::{
    Derived, MAX_TEMPLATE, Template, TemplateError, Values, Vocabulary,
};
use serde::Deserialize;

use super::{booking, code, guide, receipt, ticket};
use crate::traditional::written;

const RECEIPT: &str = include_str!("../../slips/receipt.toml");
const GUIDE: &str = include_str!("../../slips/guide.toml");
const TICKET: &str = include_str!("../../slips/ticket.toml");
const BOOKING: &str = include_str!("../../slips/booking.toml");

/// The languages slips are printed in.
const LANGUAGES: &[&str] = &[code(Lang::ZhHans), code(Lang::En), code(Lang::ZhHant)];

/// A city's own template may leave Traditional Chinese out.
const DERIVED: &[Derived<'_>] = &[Derived {
    code: code(Lang::ZhHant),
    of: code(Lang::ZhHans),
    write: |words| written(words).into_owned(),
}];

const RECEIPTS: Vocabulary<'static> = Vocabulary {
    fields: receipt::FIELDS,
    lists: receipt::LISTS,
    languages: LANGUAGES,
    derived: DERIVED,
    words: &words,
    marks_copies: true,
};

const GUIDES: Vocabulary<'static> = Vocabulary {
    fields: guide::FIELDS,
    lists: guide::LISTS,
    languages: LANGUAGES,
    derived: DERIVED,
    words: &words,
    marks_copies: false,
};

const TICKETS: Vocabulary<'static> = Vocabulary {
    fields: ticket::FIELDS,
    lists: ticket::LISTS,
    languages: LANGUAGES,
    derived: DERIVED,
    words: &words,
    marks_copies: true,
};

const BOOKINGS: Vocabulary<'static> = Vocabulary {
    fields: booking::FIELDS,
    lists: booking::LISTS,
    languages: LANGUAGES,
    derived: DERIVED,
    words: &words,
    marks_copies: true,
};

/// A key of the translation files; an unknown one comes back as it went in.
fn words(language: &str, key: &str) -> Option<String> {
    let found = kiosk_ui::words::get(language, key);
    (found != key).then(|| found.to_owned())
}

/// The templates of all slips, checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "PathBuf")]
pub struct Templates {
    receipt: Arc<Template>,
    guide: Arc<Template>,
    ticket: Arc<Template>,
    booking: Arc<Template>,
}

/// Why templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadTemplate {
    /// A file cannot be read.
    #[error("reading the slip template {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A file is no template.
    #[error("{path}: {source}", path = path.display())]
    Template {
        /// The file.
        path: PathBuf,
        /// The place in it and what is wrong.
        #[source]
        source: TemplateError,
    },
}

impl Default for Templates {
    /// Those of the program.
    fn default() -> Self {
        static SHIPPED: OnceLock<Templates> = OnceLock::new();
        #[expect(
            clippy::expect_used,
            reason = "they are part of the program, and a test reads them"
        )]
        let shipped = SHIPPED.get_or_init(|| Self {
            receipt: Arc::new(Template::parse(RECEIPT, &RECEIPTS).expect("receipt.toml")),
            guide: Arc::new(Template::parse(GUIDE, &GUIDES).expect("guide.toml")),
            ticket: Arc::new(Template::parse(TICKET, &TICKETS).expect("ticket.toml")),
            booking: Arc::new(Template::parse(BOOKING, &BOOKINGS).expect("booking.toml")),
        });
        shipped.clone()
    }
}

impl TryFrom<PathBuf> for Templates {
    type Error = BadTemplate;

    fn try_from(folder: PathBuf) -> Result<Self, BadTemplate> {
        Self::in_folder(&folder)
    }
}

impl Templates {
    /// Reads `receipt.toml`, `guide.toml`, `ticket.toml` and `booking.toml` of a folder; one that is not there is the
    /// program's.
    ///
    /// # Errors
    /// [`BadTemplate`] with the file, the place in it and the reason.
    pub fn in_folder(folder: &Path) -> Result<Self, BadTemplate> {
        let mut templates = Self::default();
        if let Some(template) = read(&folder.join("receipt.toml"), &RECEIPTS)? {
            templates.receipt = Arc::new(template);
        }
        if let Some(template) = read(&folder.join("guide.toml"), &GUIDES)? {
            templates.guide = Arc::new(template);
        }
        if let Some(template) = read(&folder.join("ticket.toml"), &TICKETS)? {
            templates.ticket = Arc::new(template);
        }
        if let Some(template) = read(&folder.join("booking.toml"), &BOOKINGS)? {
            templates.booking = Arc::new(template);
        }
        Ok(templates)
    }

    pub(super) fn booking(&self, lang: Lang, values: &Values) -> Slip {
        self.booking.fill(code(lang), &BOOKINGS, values)
    }

    pub(super) fn ticket(&self, lang: Lang, values: &Values) -> Slip {
        self.ticket.fill(code(lang), &TICKETS, values)
    }

    pub(super) fn receipt(&self, lang: Lang, values: &Values) -> Slip {
        self.receipt.fill(code(lang), &RECEIPTS, values)
    }

    pub(super) fn guide(&self, lang: Lang, values: &Values) -> Slip {
        self.guide.fill(code(lang), &GUIDES, values)
    }
}

/// `None`: the file is not there.
fn read(path: &Path, vocabulary: &Vocabulary<'_>) -> Result<Option<Template>, BadTemplate> {
    let unread = |source| BadTemplate::Read {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unread(error)),
    };
    // One byte more than may be, so that the template is refused and not cut.
    let most = u64::try_from(MAX_TEMPLATE).unwrap_or(u64::MAX) + 1;
    let mut text = String::new();
    file.take(most).read_to_string(&mut text).map_err(unread)?;
    let template = Template::parse(&text, vocabulary);
    template.map(Some).map_err(|source| BadTemplate::Template {
        path: path.to_owned(),
        source,
    })
}
