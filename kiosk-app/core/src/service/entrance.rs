//! The entrance: a PIN on the kiosk's own pad, compared by the shell.

use std::time::Duration;

use super::errand::{Errand, PinAnswer};
use super::page::{PinPage, PinTrouble, ServicePage};
use super::{Pin, Stage};
use crate::event::AskId;
use crate::kiosk::{Kiosk, foot};
use crate::person::Secret;
use crate::screen::{Action, Foot};
use crate::timers::Timer;
use crate::touch::Touch;

/// Digits of a PIN.
const SHORTEST: usize = 6;
const LONGEST: usize = 12;
/// The seconds of a lock-out are counted on the screen.
const BEAT: Duration = Duration::from_secs(1);

impl Pin {
    /// Digits are taken: nothing is being compared and nothing locked.
    fn takes(&self) -> bool {
        let open = match self.trouble {
            None | Some(PinTrouble::Wrong { .. } | PinTrouble::Failed) => true,
            Some(PinTrouble::Locked { .. } | PinTrouble::LockedHard | PinTrouble::NoneSet) => false,
        };
        open && self.ask.is_none()
    }

    fn type_on(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.typed.reveal().len());
        let digits = text.chars().filter(char::is_ascii_digit).take(room);
        let mut longer = String::with_capacity(LONGEST);
        longer.push_str(self.typed.reveal());
        longer.extend(digits);
        self.typed = Secret::new(longer);
    }

    fn erase(&mut self) {
        let mut shorter = String::with_capacity(LONGEST);
        let typed = self.typed.reveal();
        shorter.push_str(typed.get(..typed.len().saturating_sub(1)).unwrap_or(""));
        self.typed = Secret::new(shorter);
    }
}

impl Kiosk {
    fn pin(&mut self) -> Option<&mut Pin> {
        match &mut self.service()?.stage {
            Stage::Pin(pin) => Some(pin),
            _ => None,
        }
    }

    pub(super) fn pin_tap(&mut self, touch: &Touch) {
        if matches!(touch, Touch::Back | Touch::End) {
            return self.leave_service();
        }
        let Some(pin) = self.pin().filter(|pin| pin.takes()) else {
            return;
        };
        match touch {
            Touch::Type(text) => pin.type_on(text),
            Touch::Erase => pin.erase(),
            Touch::ClearText => pin.typed = Secret::default(),
            Touch::Next if pin.typed.reveal().len() >= SHORTEST => {
                let typed = std::mem::take(&mut pin.typed);
                pin.trouble = None;
                let ask = self.errand(Errand::CheckPin(typed));
                if let Some(pin) = self.pin() {
                    pin.ask = Some(ask);
                }
            }
            _ => {}
        }
    }

    pub(super) fn pin_answered(&mut self, ask: AskId, answer: PinAnswer) {
        let now = self.now.up;
        let Some(pin) = self.pin().filter(|pin| pin.ask == Some(ask)) else {
            return;
        };
        pin.ask = None;
        pin.trouble = match answer {
            PinAnswer::Ask => None,
            PinAnswer::Right => return self.let_in(),
            PinAnswer::Wrong { left } => Some(PinTrouble::Wrong { left }),
            PinAnswer::Locked { seconds } => {
                pin.until = Some(now + Duration::from_secs(seconds.into()));
                pin.trouble = Some(PinTrouble::Locked { seconds });
                self.timers.start(Timer::ServiceLook, now + BEAT);
                return;
            }
            PinAnswer::LockedHard => Some(PinTrouble::LockedHard),
            PinAnswer::NoneSet => Some(PinTrouble::NoneSet),
            PinAnswer::Failed => Some(PinTrouble::Failed),
        };
    }

    /// Counts a lock-out down.
    pub(super) fn count_lock(&mut self) {
        let now = self.now.up;
        let Some(pin) = self.pin() else {
            return;
        };
        let Some(until) = pin.until else {
            return;
        };
        let left = until.saturating_sub(now);
        if left.is_zero() {
            (pin.until, pin.trouble) = (None, None);
            return;
        }
        let seconds = u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        pin.trouble = Some(PinTrouble::Locked { seconds });
        self.timers.start(Timer::ServiceLook, now + BEAT);
    }

    /// The PIN was right: the pages open once the facts have come.
    fn let_in(&mut self) {
        self.look();
        if let Some(service) = &mut self.service() {
            let look = service.look;
            if let Stage::Pin(pin) = &mut service.stage {
                pin.ask = look;
            }
        }
    }

    pub(super) fn pin_page(&self, pin: &Pin) -> (ServicePage, Foot) {
        let page = PinPage {
            typed: u8::try_from(pin.typed.reveal().len()).unwrap_or(u8::MAX),
            checking: pin.ask.is_some(),
            trouble: pin.trouble,
        };
        let enough = pin.takes() && usize::from(page.typed) >= SHORTEST;
        let primary = (pin.takes() || pin.ask.is_some()).then_some((Action::Confirm, enough));
        let foot = Foot {
            help: false,
            end: false,
            ..foot(true, primary)
        };
        (ServicePage::Pin(page), foot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_takes_twelve_digits_and_nothing_else() {
        let mut pin = Pin::default();
        pin.type_on("12a3４ \u{0}4567890123456");
        assert_eq!(pin.typed.reveal(), "123456789012");
        pin.erase();
        assert_eq!(pin.typed.reveal(), "12345678901");
        pin.typed = Secret::default();
        pin.erase();
        assert!(pin.typed.is_empty());
    }

    #[test]
    fn what_is_typed_is_printed_nowhere() {
        let mut pin = Pin::default();
        pin.type_on("135790");
        let shown = format!("{pin:?} {:?}", Errand::CheckPin(pin.typed.clone()));
        assert!(!shown.contains("135790"), "{shown}");
    }
}
