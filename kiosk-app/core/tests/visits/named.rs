//! Visits told by what went wrong in the room.

use std::sync::Arc;
use std::time::Duration;

use kiosk_core::screen::{
    IdentifyPage, Overlay, Page, Place, Reason, SlipState, StartChoice, SubmitPage,
};
use kiosk_core::{
    AskId, Devices, Effect, Event, FactorReply, Kiosk, Link, Now, Outcome, OutcomeReply, PrintedAs,
    ReaderEvent, Reply, ResultReply, Settings, Tap, Touch,
};

use crate::world::{all_well, person, shelf};

/// A kiosk driven by hand: effects are kept for the test to answer.
struct Room {
    kiosk: Kiosk,
    now: Now,
    effects: Vec<Effect>,
    taps: u64,
    filed: Vec<uuid::Uuid>,
}

impl Room {
    fn new() -> Self {
        let now = Now {
            up: Duration::ZERO,
            civil: jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0),
        };
        let mut room = Self {
            kiosk: Kiosk::new(Settings::default(), now),
            now,
            effects: Vec::new(),
            taps: 0,
            filed: Vec::new(),
        };
        room.event(Event::Devices(all_well()));
        room.event(Event::Link(Link::Up));
        room.event(Event::Shelf(Arc::clone(&shelf())));
        room
    }

    fn event(&mut self, event: Event) {
        self.effects = self.kiosk.handle(self.now, event);
        for effect in &self.effects {
            if let Effect::File { filing, .. } = effect {
                self.filed.push(filing.application);
            }
        }
    }

    fn touch(&mut self, touch: Touch) {
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

    fn wait(&mut self, seconds: u64) {
        self.now.up += Duration::from_secs(seconds);
        self.event(Event::Tick);
    }

    fn page(&self) -> Page {
        self.kiosk.screen().page
    }

    fn asked(&self) -> AskId {
        self.effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Ask { ask, .. }
                | Effect::Scan { ask }
                | Effect::Compose { ask, .. }
                | Effect::File { ask, .. }
                | Effect::PrintSlip { ask, .. }
                | Effect::PrintResult { ask, .. } => Some(*ask),
                Effect::CancelScan | Effect::DropPicture(_) | Effect::Forget => None,
            })
            .expect("something was asked")
    }

    fn card(&mut self, n: u32) {
        self.event(Event::Reader(ReaderEvent::Card(Box::new(person(n)))));
    }

    /// From idle to the guide of the first item found by `words`.
    fn find(&mut self, words: &str) {
        self.touch(Touch::Start);
        self.touch(Touch::Pick(0));
        self.touch(Touch::Type(words.into()));
        self.touch(Touch::Pick(0));
    }

    /// From the guide to the first page after the identity is proven.
    fn prove(&mut self) {
        self.touch(Touch::Next);
        if !matches!(self.page(), Page::Identify(IdentifyPage::IsItYou(_))) {
            self.card(1);
        }
        self.touch(Touch::Next);
        self.touch(Touch::Pick(0));
        let ask = self.asked();
        let reply = Reply::Factor(FactorReply::Yes { grant: "g".into() });
        self.event(Event::City {
            ask,
            answer: Ok(reply),
        });
        if matches!(self.page(), Page::Wait(_)) {
            let ask = self.asked();
            self.event(Event::City {
                ask,
                answer: Err(kiosk_core::Away),
            });
        }
    }

    /// Through a whole application without papers, up to the signature.
    fn reach_the_signature(&mut self) {
        for _ in 0..60 {
            match self.page() {
                Page::Notice(page) => {
                    for place in 0..page.ticks.len() {
                        self.touch(Touch::Toggle(place));
                    }
                    self.touch(Touch::Next);
                }
                Page::Question(page) => {
                    self.answer(&page.ask);
                    self.touch(Touch::Next);
                }
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
                Page::Sign(page) if page.enough => return,
                Page::Sign(_) => self.touch(Touch::Stroke(
                    (0..10)
                        .map(|n| kiosk_core::screen::Point { x: n * 90, y: 500 })
                        .collect(),
                )),
                Page::Facts(_) | Page::Materials(_) | Page::Review(_) | Page::Document(_) => {
                    self.touch(Touch::Next);
                }
                other => panic!("not on the way to the signature: {other:?}"),
            }
        }
        panic!("the signature was never reached: {:?}", self.page());
    }

    fn answer(&mut self, ask: &kiosk_core::screen::Ask) {
        use kiosk_core::screen::Ask;
        match ask {
            Ask::Text { text, .. } if text.is_empty() => {
                self.touch(Touch::Type("15400000001".into()))
            }
            Ask::Date { digits, .. } if digits.is_empty() => {
                self.touch(Touch::Type("20261120".into()))
            }
            Ask::Choice { .. } | Ask::YesNo { .. } => self.touch(Touch::Pick(0)),
            _ => {}
        }
    }

    /// A stored 失业登记 on the done page.
    fn stored(&mut self) {
        self.find("失业登记");
        self.prove();
        self.reach_the_signature();
        self.touch(Touch::Next);
        let ask = self.asked();
        self.event(Event::Stored {
            ask,
            receipt: "K2Q2-2222-2222".into(),
        });
    }

    fn received(&mut self) {
        let application = *self.filed.last().expect("filed");
        self.event(Event::Received {
            application,
            filing: "SB-1".into(),
            case: Some("C-1".into()),
        });
    }
}

#[test]
fn a_double_tap_on_submit_files_once() {
    let mut room = Room::new();
    room.find("失业登记");
    room.prove();
    room.reach_the_signature();
    let page = room.kiosk.screen().number;
    for finger in 0..2 {
        room.event(Event::Tap(Tap {
            page,
            touch: Touch::Next,
            random: [finger; 16],
        }));
    }
    assert_eq!(room.filed.len(), 1);
    assert_eq!(room.page(), Page::Submit(SubmitPage::Storing));
}

#[test]
fn a_full_disk_says_not_stored_and_files_the_same_application_again() {
    let mut room = Room::new();
    room.find("失业登记");
    room.prove();
    room.reach_the_signature();
    room.touch(Touch::Next);
    let ask = room.asked();
    room.event(Event::NotStored { ask });
    assert_eq!(room.page(), Page::Submit(SubmitPage::NotStored));
    room.touch(Touch::Next);
    assert_eq!(room.filed.len(), 2);
    assert_eq!(room.filed[0], room.filed[1]);
}

#[test]
fn the_city_is_away_and_the_slip_prints_stored_here_after_ten_seconds() {
    let mut room = Room::new();
    room.stored();
    let Page::Done(page) = room.page() else {
        panic!("done")
    };
    assert_eq!(page.place, Place::StoredHere);
    room.wait(9);
    assert!(room.effects.is_empty());
    room.wait(1);
    assert!(matches!(&room.effects[..], [Effect::PrintSlip { .. }]));
}

#[test]
fn paper_out_in_mid_slip_is_said_and_the_next_print_is_a_copy() {
    let mut room = Room::new();
    room.stored();
    room.wait(10);
    let ask = room.asked();
    room.event(Event::Printed {
        ask,
        outcome: PrintedAs::Partial,
    });
    let Page::Done(page) = room.page() else {
        panic!("done")
    };
    assert_eq!(page.slip, SlipState::Partial);
    room.touch(Touch::PrintSlip);
    let [Effect::PrintSlip { slip, .. }] = &room.effects[..] else {
        panic!("printed again")
    };
    let kiosk_core::SlipData::Receipt { copy, .. } = slip.as_ref() else {
        panic!("a receipt")
    };
    assert_eq!(*copy, 1);
}

#[test]
fn two_matters_in_one_visit_share_one_slip() {
    let mut room = Room::new();
    room.stored();
    room.received();
    room.touch(Touch::Another);
    room.touch(Touch::Pick(0));
    room.touch(Touch::Type("社会保险参保证明".into()));
    room.touch(Touch::Pick(0));
    room.touch(Touch::Next);
    if matches!(room.page(), Page::Wait(_)) {
        let ask = room.asked();
        room.event(Event::City {
            ask,
            answer: Err(kiosk_core::Away),
        });
    }
    assert!(matches!(room.page(), Page::Notice(_)), "{:?}", room.page());
}

#[test]
fn the_card_lifted_in_mid_form_covers_the_screen_until_it_is_back() {
    let mut room = Room::new();
    room.find("失业登记");
    room.prove();
    let before = room.page();
    room.event(Event::Reader(ReaderEvent::Removed));
    assert!(matches!(
        room.kiosk.screen().overlay,
        Some(Overlay::Cover {
            another_card: false,
            ..
        })
    ));
    room.card(2);
    assert!(matches!(
        room.kiosk.screen().overlay,
        Some(Overlay::Cover {
            another_card: true,
            ..
        })
    ));
    room.event(Event::Reader(ReaderEvent::Removed));
    room.card(1);
    assert_eq!(room.kiosk.screen().overlay, None);
    assert_eq!(room.page(), before);
}

#[test]
fn the_resident_who_walks_away_is_warned_and_forgotten() {
    let mut room = Room::new();
    room.find("失业登记");
    room.prove();
    room.wait(60);
    assert!(matches!(
        room.kiosk.screen().overlay,
        Some(Overlay::TimeOut { seconds: 30 })
    ));
    room.touch(Touch::MoreTime);
    assert_eq!(room.kiosk.screen().overlay, None);
    room.wait(60);
    room.wait(30);
    assert!(matches!(&room.effects[..], [Effect::Forget]));
    assert!(room.kiosk.is_idle());
    let Page::Idle(page) = room.page() else {
        panic!("idle")
    };
    assert!(
        page.card_left,
        "the card still lies there, and that is said"
    );
}

#[test]
fn a_broken_scanner_greys_only_what_needs_it() {
    let mut room = Room::new();
    room.event(Event::Devices(Devices {
        scanner: kiosk_core::DeviceState::NotReady,
        ..all_well()
    }));
    room.find("法律援助申请");
    let Page::Guide(page) = room.page() else {
        panic!("guide")
    };
    assert_eq!(page.closed, Some(Reason::ScannerBroken));
    room.touch(Touch::Back);
    room.touch(Touch::ClearText);
    room.touch(Touch::Type("失业登记".into()));
    room.touch(Touch::Pick(0));
    let Page::Guide(page) = room.page() else {
        panic!("guide")
    };
    assert_eq!(page.closed, None);
}

#[test]
fn a_catalogue_older_than_three_days_files_nothing() {
    let mut room = Room::new();
    room.now.civil = jiff::civil::date(2026, 11, 26).at(9, 0, 1, 0);
    room.find("失业登记");
    let Page::Start(page) = room.page() else {
        panic!("still the start page")
    };
    let apply = page
        .choices
        .iter()
        .find(|entry| entry.choice == StartChoice::Apply);
    assert_eq!(
        apply.and_then(|entry| entry.closed),
        Some(Reason::CatalogueOld)
    );
}

#[test]
fn an_answer_to_an_earlier_question_is_ignored() {
    let mut room = Room::new();
    room.find("失业登记");
    room.touch(Touch::Next);
    room.card(1);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    let ask = room.asked();
    room.event(Event::City {
        ask,
        answer: Err(kiosk_core::Away),
    });
    let before = room.page();
    let late = Reply::Factor(FactorReply::Yes {
        grant: "late".into(),
    });
    room.event(Event::City {
        ask,
        answer: Ok(late),
    });
    assert_eq!(room.page(), before);
}

#[test]
fn a_result_made_a_moment_after_the_decision_is_still_printed() {
    let mut room = Room::new();
    room.stored();
    room.received();
    let granted = |result| {
        Reply::Outcome(OutcomeReply {
            outcome: Outcome::Granted,
            due: None,
            result,
        })
    };
    let ask = room.asked();
    room.event(Event::City {
        ask,
        answer: Ok(granted(None)),
    });
    room.wait(1);
    let ask = room.asked();
    let result = ResultReply {
        id: "r".into(),
        name: "就业创业证".into(),
        number: "1".into(),
        verification: "ABCD".into(),
        prints: true,
    };
    room.event(Event::City {
        ask,
        answer: Ok(granted(Some(result))),
    });
    assert!(matches!(
        &room.effects[..],
        [Effect::PrintResult { result, .. }] if result == "r"
    ));
}
