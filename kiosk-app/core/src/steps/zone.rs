//! The machine-readable lines of a passport, typed in place of its number: the check digits in
//! them catch a slip that a number typed alone would carry into the form.

use city_catalogue::record::{FieldType, Pattern};

use crate::code::{Code, CodeTrouble};
use crate::effect::Effect;
use crate::entry::Entry;
use crate::event::AskId;
use crate::kiosk::Kiosk;
use crate::person::Secret;
use crate::screen::{Ask, Keyboard, ProblemShown};
use crate::steps::{Question, Step};
use crate::touch::Touch;

/// The largest zone has three lines of 30 cells; two more are for a slip of the finger.
const LONGEST: usize = 92;

/// A number as passports have it: where a form takes this one, it takes that of a passport.
const SPECIMEN: &str = "E00000000";

/// The lines being typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Zone {
    typed: Entry,
    /// They are being read; another answer than this one's is of lines that were changed.
    asked: Option<AskId>,
}

impl Zone {
    pub(crate) fn ask(&self) -> Ask {
        Ask::Text {
            text: self.typed.text().to_owned(),
            keyboard: Keyboard::Zone,
            max: None,
            long: true,
        }
    }
}

impl Question {
    /// Whether the number of a passport would be taken here.
    pub(crate) fn takes_zone(&self) -> bool {
        let asked = self.asked();
        let passport = |pattern: &Pattern| pattern.is_match(SPECIMEN);
        asked.field_type == FieldType::Text
            && self.takes_code()
            && asked.pattern.as_ref().is_some_and(passport)
    }
}

impl Kiosk {
    /// Opens the lines, or goes back to the number.
    pub(crate) fn type_zone(&mut self) {
        let Step::Question(question) = &mut self.step else {
            return;
        };
        if !question.takes_zone() {
            return;
        }
        question.zone = match question.zone {
            None => Some(Zone::default()),
            Some(_) => None,
        };
        question.problem = None;
        self.turned();
    }

    /// A touch while the lines are open; false where it means the same as without them.
    pub(crate) fn zone_tap(&mut self, touch: &Touch) -> bool {
        let Step::Question(question) = &mut self.step else {
            return false;
        };
        let Some(zone) = &mut question.zone else {
            return false;
        };
        match touch {
            touch if zone.typed.keyed(touch, LONGEST) => {}
            Touch::Next => {
                self.read_zone();
                return true;
            }
            Touch::Back => {
                self.type_zone();
                return true;
            }
            _ => return false,
        }
        zone.asked = None;
        question.problem = None;
        self.code_trouble = None;
        true
    }

    fn read_zone(&mut self) {
        let ask = self.ask();
        let Step::Question(question) = &mut self.step else {
            return;
        };
        let Some(zone) = &mut question.zone else {
            return;
        };
        zone.asked = Some(ask);
        let text = Secret::new(zone.typed.text());
        self.effect(Effect::ReadZone { ask, text });
    }

    /// The lines were read: the number goes into the field, or what is wrong is said.
    pub(crate) fn zone_read(&mut self, ask: AskId, code: &Code) {
        let Step::Question(question) = &mut self.step else {
            return;
        };
        let zone = question.zone.as_mut();
        let Some(zone) = zone.filter(|zone| zone.asked == Some(ask)) else {
            return;
        };
        zone.asked = None;
        match question.fill(code) {
            Ok(()) => self.turned(),
            Err(trouble) => {
                question.problem = Some(ProblemShown {
                    key: problem(trouble),
                    values: Vec::new(),
                });
            }
        }
    }
}

/// What is said of lines that did not help.
fn problem(trouble: CodeTrouble) -> &'static str {
    match trouble {
        CodeTrouble::Doubtful => "zone-doubtful",
        CodeTrouble::Unreadable => "zone-unreadable",
        CodeTrouble::NoReceipt
        | CodeTrouble::NotMine
        | CodeTrouble::NoNumber
        | CodeTrouble::NoBooking => "zone-no-number",
    }
}
