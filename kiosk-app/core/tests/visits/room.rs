//! A kiosk driven by hand, one event at a time.

use std::sync::Arc;
use std::time::Duration;

use kiosk_core::screen::{IdentifyPage, Page};
use kiosk_core::{
    AskId, Effect, Event, FactorReply, Kiosk, Link, Now, ReaderEvent, Reply, Settings, SlipData,
    Tap, Touch,
};

use crate::samples::{all_well, person, shelf, traditional};

/// Receipt numbers of the first and the second matter.
pub const FIRST: &str = "K2Q2-2222-2222";
pub const SECOND: &str = "K2Q2-3333-3333";

/// A kiosk driven by hand: effects are kept for the test to answer.
pub struct Room {
    pub kiosk: Kiosk,
    pub now: Now,
    /// What the last event asked for.
    pub effects: Vec<Effect>,
    pub taps: u64,
    /// Applications filed so far.
    pub filed: Vec<uuid::Uuid>,
    /// Every receipt slip so far: the name on it and the receipt numbers.
    pub slips: Vec<(Option<String>, Vec<String>)>,
    /// Receipt slips that have not ended.
    printing: Vec<AskId>,
    /// How many of them were forgotten, as the shell forgets: they never come out.
    pub forgotten: usize,
}

impl Room {
    pub fn new() -> Self {
        let now = Now {
            up: Duration::ZERO,
            civil: jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0),
        };
        let settings = Settings {
            traditional,
            ..Settings::default()
        };
        let mut room = Self {
            kiosk: Kiosk::new(settings, now),
            now,
            effects: Vec::new(),
            taps: 0,
            filed: Vec::new(),
            slips: Vec::new(),
            printing: Vec::new(),
            forgotten: 0,
        };
        room.event(Event::Devices(all_well()));
        room.event(Event::Link(Link::Up));
        room.event(Event::Shelf(Arc::clone(&shelf())));
        room
    }

    /// A catalogue with these limits for the scan of every material.
    pub fn limit_scans(&mut self, limits: &str) {
        self.event(Event::Shelf(crate::samples::shelf_with_scans(limits)));
    }

    pub fn event(&mut self, event: Event) {
        if let Event::Printed { ask, .. } = &event {
            self.printing.retain(|open| open != ask);
        }
        self.effects = self.kiosk.handle(self.now, event);
        for effect in &self.effects {
            match effect {
                Effect::File { filing, .. } => self.filed.push(filing.application),
                Effect::PrintSlip { ask, slip } => {
                    if let SlipData::Receipt { name, matters, .. } = slip.as_ref() {
                        let receipts = matters.iter().map(|matter| matter.receipt.clone());
                        self.slips.push((name.clone(), receipts.collect()));
                        self.printing.push(*ask);
                    }
                }
                Effect::Forget { owed } => {
                    let open = self.printing.len();
                    self.printing.retain(|ask| Some(*ask) == *owed);
                    self.forgotten += open - self.printing.len();
                }
                _ => {}
            }
        }
    }

    pub fn touch(&mut self, touch: Touch) {
        self.taps += 1;
        let mut random = [0; 16];
        random[..8].copy_from_slice(&self.taps.to_be_bytes());
        let page = self.kiosk.screen().number;
        self.event(Event::Tap(Tap {
            page,
            touch,
            random,
        }));
    }

    pub fn wait(&mut self, seconds: u64) {
        self.now.up += Duration::from_secs(seconds);
        self.event(Event::Tick);
    }

    pub fn page(&self) -> Page {
        self.kiosk.screen().page
    }

    pub fn asked(&self) -> AskId {
        self.effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Ask { ask, .. }
                | Effect::Scan { ask, .. }
                | Effect::ScanPhoto { ask, .. }
                | Effect::Portrait { ask, .. }
                | Effect::TurnPage { ask, .. }
                | Effect::LookAtGlass { ask }
                | Effect::ReadZone { ask, .. }
                | Effect::Compose { ask, .. }
                | Effect::File { ask, .. }
                | Effect::Keep { ask, .. }
                | Effect::PrintSlip { ask, .. }
                | Effect::PrintResult { ask, .. } => Some(*ask),
                Effect::CancelScan
                | Effect::Listen { .. }
                | Effect::DropPicture(_)
                | Effect::Forget { .. }
                | Effect::Service { .. } => None,
            })
            .expect("something was asked")
    }

    pub fn card(&mut self, n: u32) {
        self.event(Event::Reader(ReaderEvent::Card(Box::new(person(n)))));
    }

    /// From idle to the guide of the first item found by `words`.
    pub fn find(&mut self, words: &str) {
        self.touch(Touch::Start);
        self.touch(Touch::Pick(0));
        self.touch(Touch::Type(words.into()));
        self.touch(Touch::Pick(0));
    }

    /// From the guide to the first page after the identity is proven.
    pub fn prove(&mut self) {
        self.touch(Touch::Next);
        if !matches!(self.page(), Page::Identify(IdentifyPage::IsItYou(_))) {
            self.card(1);
        }
        self.prove_known();
    }

    /// From "is it you" to the first page after the identity is proven.
    pub fn prove_known(&mut self) {
        self.prove_known_up_to_registers();
        self.city_is_away();
    }

    /// From "is it you" until the registers are asked, if they are.
    pub fn prove_known_up_to_registers(&mut self) {
        self.touch(Touch::Next);
        self.touch(Touch::Pick(0));
        let ask = self.asked();
        let reply = Reply::Factor(FactorReply::Yes {
            grant: kiosk_core::Secret::new("g"),
        });
        self.event(Event::City {
            ask,
            answer: Ok(reply),
        });
    }

    /// Through a whole application without papers, up to the signature.
    pub fn reach_the_signature(&mut self) {
        for _ in 0..60 {
            match self.page() {
                Page::Sign(page) if page.enough => return,
                _ => self.step_forward(),
            }
        }
        panic!("the signature was never reached: {:?}", self.page());
    }

    /// One touch or answer on the way to the signature.
    pub fn step_forward(&mut self) {
        match self.page() {
            Page::Notice(page) => {
                for place in 0..page.ticks.len() {
                    self.touch(Touch::Toggle(place));
                }
                self.touch(Touch::Next);
            }
            Page::Question(page) => self.fill(&page.ask),
            Page::Wait(_) => {
                let ask = self.asked();
                let form = kiosk_core::Composed {
                    sha256: [1; 32],
                    pages: vec![kiosk_core::screen::PictureId(1)],
                };
                self.event(Event::Composed {
                    ask,
                    form: Some(form),
                });
            }
            Page::Sign(_) => self.touch(Touch::Stroke(
                (0..10)
                    .map(|n| kiosk_core::screen::Point { x: n * 90, y: 500 })
                    .collect(),
            )),
            Page::Facts(_)
            | Page::Materials(_)
            | Page::Delivery(_)
            | Page::Review(_)
            | Page::Document(_) => {
                self.touch(Touch::Next);
            }
            other => panic!("not on the way to the signature: {other:?}"),
        }
    }

    /// Answers a question of a form and goes on.
    pub fn fill(&mut self, ask: &kiosk_core::screen::Ask) {
        self.answer(ask);
        self.touch(Touch::Next);
        let Page::Question(page) = self.page() else {
            return;
        };
        let other = match page.problem.map(|problem| problem.key) {
            // A bank card has a form of its own, and how many there are is no number of a phone.
            Some("pattern") => "6222020000000000000",
            Some("above-max") => "1",
            _ => return,
        };
        self.touch(Touch::ClearText);
        self.touch(Touch::Type(other.into()));
        self.touch(Touch::Next);
    }

    fn answer(&mut self, ask: &kiosk_core::screen::Ask) {
        use kiosk_core::screen::{Ask, Keyboard};
        match ask {
            Ask::Text {
                text,
                keyboard,
                long,
                ..
            } if text.is_empty() => self.touch(Touch::Type(match keyboard {
                Keyboard::IdNumber => "590102199002150015".into(),
                Keyboard::Money => "100".into(),
                _ if *long => "示例".repeat(15),
                _ => "15400000001".into(),
            })),
            Ask::Date { digits, .. } if digits.is_empty() => {
                self.touch(Touch::Type("20261120".into()))
            }
            Ask::Choice { .. } | Ask::YesNo { .. } => self.touch(Touch::Pick(0)),
            Ask::Choices { options, .. } if options.iter().all(|option| !option.on) => {
                self.touch(Touch::Toggle(0));
            }
            Ask::Statement { on: false } => self.touch(Touch::Toggle(0)),
            Ask::Region { options, .. } if !options.is_empty() => self.touch(Touch::Pick(0)),
            _ => {}
        }
    }

    /// A stored 失业登记 on the done page.
    pub fn stored(&mut self) {
        self.find("失业登记");
        self.prove();
        self.reach_the_signature();
        self.submitted(FIRST);
    }

    /// Submits what was signed; it is stored under `receipt`.
    pub fn submitted(&mut self, receipt: &str) {
        self.touch(Touch::Next);
        let ask = self.asked();
        self.event(Event::Stored {
            ask,
            receipt: receipt.into(),
        });
    }

    /// From the start page a second matter of the same, known person up to the done page.
    pub fn stored_again(&mut self) {
        self.find("就业登记");
        self.touch(Touch::Next);
        self.city_is_away();
        self.reach_the_signature();
        self.submitted(SECOND);
    }

    /// Answers what a wait page waits for with "away", if one is open.
    pub fn city_is_away(&mut self) {
        if matches!(self.page(), Page::Wait(_)) {
            let ask = self.asked();
            let answer = Err(kiosk_core::Away);
            self.event(Event::City { ask, answer });
        }
    }

    pub fn lift(&mut self) {
        self.event(Event::Reader(ReaderEvent::Removed));
    }

    /// End, and yes.
    pub fn end(&mut self) {
        self.touch(Touch::End);
        self.touch(Touch::EndNow);
    }

    pub fn print_ends(&mut self, ask: AskId) {
        let outcome = kiosk_core::PrintedAs::Printed;
        self.event(Event::Printed { ask, outcome });
    }

    /// How many effects of the last event `wanted` picks.
    pub fn count(&self, wanted: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| wanted(effect)).count()
    }

    pub fn received(&mut self) {
        let application = *self.filed.last().expect("filed");
        self.event(Event::Received {
            application,
            filing: "SB-1".into(),
            case: Some("C-1".into()),
        });
    }
}
