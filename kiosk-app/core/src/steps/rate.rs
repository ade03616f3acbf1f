//! Five faces, none chosen; leaving without is as large as the rest.

use crate::application::{Filing, FilingKind};
use crate::effect::Effect;
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, Page, RatePage};
use crate::steps::Step;
use crate::touch::Touch;

/// Places of the five faces, best first.
const LEVELS: [u8; 5] = [5, 4, 3, 2, 1];

/// The rate step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rate {
    level: Option<u8>,
    reasons: [bool; 5],
}

impl Rate {
    /// 1 and 2 need a reason (domain facts 4.6).
    fn complete(&self) -> bool {
        self.level.is_some() && (!self.asks_reasons() || self.reasons.contains(&true))
    }

    fn asks_reasons(&self) -> bool {
        matches!(self.level, Some(1 | 2))
    }

    fn choose(&mut self, place: usize) {
        if let Some(level) = LEVELS.get(place) {
            self.level = Some(*level);
        }
        if !self.asks_reasons() {
            self.reasons = [false; 5];
        }
    }
}

impl Kiosk {
    pub(crate) fn rate_tap(&mut self, touch: &Touch) {
        let Step::Rate(rate) = &mut self.step else {
            return;
        };
        match touch {
            Touch::Pick(place) => rate.choose(*place),
            Touch::Toggle(place) if rate.asks_reasons() => {
                if let Some(reason) = rate.reasons.get_mut(*place) {
                    *reason = !*reason;
                }
            }
            Touch::Next if rate.complete() => {
                let rate = rate.clone();
                self.file_rating(&rate);
                self.goodbye();
            }
            Touch::Skip => self.goodbye(),
            _ => {}
        }
    }

    /// The rating goes to the city as a packet of its own; nobody waits for it.
    fn file_rating(&mut self, rate: &Rate) {
        let (Some(level), Some(filed)) = (rate.level, self.visit.filed.last()) else {
            return;
        };
        let reasons = rate
            .reasons
            .iter()
            .zip(0u8..)
            .filter(|(on, _)| **on)
            .map(|(_, place)| place)
            .collect();
        let kind = FilingKind::Rating {
            application: filed.application,
            level,
            reasons,
        };
        let filing = Filing {
            application: self.new_id(),
            kind,
            item: None,
            acting: None,
            identity: None,
            answers: city_catalogue::form::Answers::default(),
            consents: Vec::new(),
            materials: Vec::new(),
            form: None,
            strokes: Vec::new(),
            aloud: None,
            fees: Vec::new(),
            delivery: None,
            at: self.now.civil,
            record: crate::VisitRecord::default(),
        };
        let ask = self.ask();
        self.effect(Effect::File {
            ask,
            filing: Box::new(filing),
        });
    }

    pub(crate) fn rate_page(rate: &Rate) -> (Page, Foot) {
        let page = RatePage {
            level: rate.level,
            reasons: rate.asks_reasons().then_some(rate.reasons),
        };
        let primary = Some((Action::Rate, rate.complete()));
        (Page::Rate(page), foot(false, primary))
    }
}
