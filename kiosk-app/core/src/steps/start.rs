//! Idle and the start page.

use crate::availability::{DeviceState, machine_trouble};
use crate::code::{Code, CodeTrouble};
use crate::kiosk::{Above, Kiosk, foot};
use crate::screen::{Foot, IdlePage, Page, Reason, StartChoice, StartEntry, StartPage};
use crate::steps::find::Purpose;
use crate::steps::identify::Then;
use crate::steps::{Find, Step};
use crate::touch::Touch;
use crate::visit::CardPlace;

const CHOICES: &[StartChoice] = &[
    StartChoice::Apply,
    StartChoice::MyMatters,
    StartChoice::Print,
    StartChoice::Guides,
    StartChoice::CheckIn,
    StartChoice::HumanHelp,
];
/// In elder mode: what most come for. The guide of an item is read on the way to it.
const FEW_CHOICES: &[StartChoice] = &[
    StartChoice::Apply,
    StartChoice::MyMatters,
    StartChoice::CheckIn,
    StartChoice::HumanHelp,
];

impl Kiosk {
    pub(crate) fn idle_tap(&mut self, touch: &Touch) {
        if matches!(touch, Touch::Start) && self.halted().is_none() {
            self.begin();
            self.go(Step::Start);
        }
    }

    pub(crate) fn idle_page(&self) -> (Page, Foot) {
        let around = self.circumstances();
        let halted = self.halted();
        let items_open = self.shelf.as_deref().map_or(0, |shelf| {
            shelf
                .catalogue
                .items()
                .iter()
                .filter(|item| self.closed(item).is_none())
                .count()
        });
        let page = IdlePage {
            items_open: u16::try_from(items_open).unwrap_or(u16::MAX),
            trouble: halted.or_else(|| machine_trouble(&around)),
            card_left: self.card == CardPlace::OnReader,
            near: self.near && self.devices.cabinet == DeviceState::Ready,
            halted,
        };
        (Page::Idle(page), Foot::default())
    }

    pub(crate) fn start_tap(&mut self, touch: &Touch) {
        match touch {
            Touch::Pick(place) => {
                let Some(choice) = self.choices().get(*place) else {
                    return;
                };
                if self.choice_closed(*choice).is_none() {
                    self.open_choice(*choice);
                }
            }
            Touch::Back => self.goodbye(),
            _ => {}
        }
    }

    fn choices(&self) -> &'static [StartChoice] {
        if self.visit.display.elder {
            FEW_CHOICES
        } else {
            CHOICES
        }
    }

    fn open_choice(&mut self, choice: StartChoice) {
        match choice {
            StartChoice::Apply => self.go(Step::Find(Find::new(Purpose::Apply))),
            StartChoice::Print => self.go(Step::Find(Find::new(Purpose::Print))),
            StartChoice::Guides => self.go(Step::Find(Find::new(Purpose::Guides))),
            StartChoice::MyMatters => {
                self.visit.wanted = None;
                self.identify(Then::Matters);
            }
            StartChoice::CheckIn => {
                self.visit.wanted = None;
                self.identify(Then::CheckIn);
            }
            StartChoice::HumanHelp => self.put_above(Above::Help),
        }
    }

    /// A slip held before the code scanner opens its matter.
    pub(crate) fn takes_receipts(&self) -> bool {
        self.choice_closed(StartChoice::MyMatters).is_none()
    }

    pub(crate) fn start_code(&mut self, code: Code) {
        match code {
            Code::Receipt(number) => {
                self.visit.wanted = Some(number);
                self.identify(Then::Matters);
            }
            Code::Text(_) | Code::Travel(_) => self.code_is(CodeTrouble::NoReceipt),
            Code::Doubtful => self.code_is(CodeTrouble::Doubtful),
            Code::Unreadable => self.code_is(CodeTrouble::Unreadable),
        }
    }

    fn choice_closed(&self, choice: StartChoice) -> Option<Reason> {
        match choice {
            StartChoice::Apply | StartChoice::Print => machine_trouble(&self.circumstances()),
            StartChoice::CheckIn => self.check_in_closed(),
            StartChoice::MyMatters if self.devices.reader != DeviceState::Ready => {
                Some(Reason::ReaderBroken)
            }
            StartChoice::MyMatters if self.link == crate::Link::Away => Some(Reason::CityAway),
            StartChoice::MyMatters | StartChoice::Guides | StartChoice::HumanHelp => None,
        }
    }

    pub(crate) fn start_page(&self) -> (Page, Foot) {
        let choices = self
            .choices()
            .iter()
            .map(|choice| StartEntry {
                choice: *choice,
                closed: self.choice_closed(*choice),
            })
            .collect();
        let page = StartPage {
            choices,
            waiting: self.visit.waiting,
        };
        (Page::Start(page), foot(true, None))
    }
}
