//! "Paper replaced": the technician enters how long the new roll is.

use super::errand::Errand;
use super::facts::ServiceFacts;
use super::page::{RollPage, ServicePage};
use super::{Roll, Stage, inner_foot};
use crate::event::AskId;
use crate::kiosk::Kiosk;
use crate::screen::{Action, Foot};
use crate::touch::Touch;

/// The device with a roll.
const PRINTER: &str = "receipt-printer";
/// A roll has at most so many digits of metres.
const MOST_DIGITS: usize = 3;

impl Roll {
    /// The metres entered; `None` while they are no roll.
    fn metres(&self) -> Option<u16> {
        self.digits.parse().ok().filter(|metres| *metres > 0)
    }

    pub(super) fn page(&self, facts: Option<&ServiceFacts>) -> (ServicePage, Foot) {
        let roll = facts.and_then(|facts| facts.devices.iter().find_map(|device| device.roll));
        let page = RollPage {
            digits: self.digits.clone(),
            roll,
            failed: self.failed,
        };
        let enough = self.metres().is_some() && self.ask.is_none();
        let foot = inner_foot(Some((Action::Confirm, enough)));
        (ServicePage::Roll(page), foot)
    }
}

impl Kiosk {
    fn roll(&mut self) -> Option<&mut Roll> {
        match &mut self.service()?.stage {
            Stage::Roll(roll) => Some(roll),
            _ => None,
        }
    }

    pub(super) fn roll_tap(&mut self, touch: &Touch) {
        let Some(roll) = self.roll() else {
            return;
        };
        match touch {
            Touch::Back => self.service_go(Stage::Device(PRINTER)),
            Touch::Type(text) => {
                let room = MOST_DIGITS.saturating_sub(roll.digits.len());
                let digits = text.chars().filter(char::is_ascii_digit);
                roll.digits.extend(digits.take(room));
            }
            Touch::Erase => {
                roll.digits.pop();
            }
            Touch::ClearText => roll.digits.clear(),
            Touch::Next if roll.ask.is_none() => {
                let Some(metres) = roll.metres() else {
                    return;
                };
                roll.failed = false;
                let ask = self.errand(Errand::PaperReplaced { metres });
                if let Some(roll) = self.roll() {
                    roll.ask = Some(ask);
                }
            }
            _ => {}
        }
    }

    pub(super) fn roll_kept(&mut self, ask: AskId, kept: bool) {
        let Some(roll) = self.roll().filter(|roll| roll.ask == Some(ask)) else {
            return;
        };
        if kept {
            self.service_go(Stage::Device(PRINTER));
            self.look();
        } else {
            (roll.ask, roll.failed) = (None, true);
        }
    }
}
