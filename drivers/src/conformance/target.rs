//! Which device is tested, and what has to be known of it.

use std::time::Duration;

use crate::cabinet::RegisterMap;
use crate::receipt_printer::{Bitmap, Profile};
use crate::scanner::escl::protocol::QuirkTable;
use crate::selector::Selector;
use crate::{code_scanner, id_card, keypad};

/// The device to test with what its kind needs; what belongs to other kinds is ignored.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where the device is.
    pub selector: Selector,
    /// Id-card reader: the module pinned at enrolment.
    pub reader: id_card::Settings,
    /// Keypad: which key code is which key.
    pub keys: keypad::KeyMap,
    /// Code scanner: its command language.
    pub codes: code_scanner::Settings,
    /// Receipt printer: its family.
    pub profile: Profile,
    /// Receipt printer: the test slip; `None` for a frame with a ruler.
    pub slip: Option<Bitmap>,
    /// Cabinet: its register map; `None` for [`RegisterMap::sample`].
    pub registers: Option<RegisterMap>,
    /// Scanner: an operator's entries for eSCL scanners beside those built in.
    pub quirks: QuirkTable,
    /// How long is waited.
    pub limits: Limits,
}

impl Target {
    /// The device at `selector`, with the settings a usual device of its kind has.
    #[must_use]
    pub fn new(selector: Selector) -> Self {
        Self {
            selector,
            reader: id_card::Settings::default(),
            keys: keypad::KeyMap::default(),
            codes: code_scanner::Settings::default(),
            profile: Profile::default(),
            slip: None,
            registers: None,
            quirks: QuirkTable::default(),
            limits: Limits::default(),
        }
    }
}

/// How long a run waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a device to answer by itself.
    pub answer: Duration,
    /// For a device to be ready again after its line was opened anew or its cable plugged in.
    pub recover: Duration,
    /// For a slip, a page or a document.
    pub work: Duration,
    /// For the device to notice what a person did.
    pub notice: Duration,
    /// For the whole run, the person's time included.
    pub whole: Duration,
}

impl Default for Limits {
    /// 10 s to answer and to recover, 3 minutes of work, 20 s to notice, half an hour in all.
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            recover: Duration::from_secs(10),
            work: Duration::from_secs(180),
            notice: Duration::from_secs(20),
            whole: Duration::from_secs(1800),
        }
    }
}
