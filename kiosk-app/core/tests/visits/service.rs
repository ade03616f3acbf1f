//! The technician's service told by what went wrong: wrong PINs, power cuts, people in between.

use jiff::civil::date;
use kiosk_core::screen::{Lang, Page};
use kiosk_core::service::{
    Answer, DeviceAction, DeviceEvent, Errand, GuideReply, OverviewEntry, PinAnswer, PinTrouble,
    ServicePage, TestLevel, Verdict,
};
use kiosk_core::{AskId, Effect, Event, Secret, Touch};

use crate::room::Room;
use crate::samples::{facts, report};

impl Room {
    fn errand(&self) -> (AskId, Errand) {
        self.effects
            .iter()
            .find_map(|effect| match effect {
                Effect::Service { ask, errand } => Some((*ask, errand.clone())),
                _ => None,
            })
            .expect("an errand")
    }

    fn service_says(&mut self, answer: Answer) {
        let (ask, _) = self.errand();
        self.event(Event::Service { ask, answer });
    }

    fn in_service(&self) -> ServicePage {
        match self.page() {
            Page::Service(page) => *page,
            other => panic!("not in service: {other:?}"),
        }
    }

    fn trouble(&self) -> Option<PinTrouble> {
        match self.in_service() {
            ServicePage::Pin(page) => page.trouble,
            other => panic!("not at the entrance: {other:?}"),
        }
    }

    fn pin(&mut self, pin: &str) {
        for digit in pin.chars() {
            self.touch(Touch::Type(digit.into()));
        }
        self.touch(Touch::Next);
    }

    /// At the entrance.
    fn entrance(&mut self) {
        self.touch(Touch::Service);
        self.service_says(Answer::Pin(PinAnswer::Ask));
    }

    /// At the overview.
    fn inside(&mut self) {
        self.entrance();
        self.pin("135790");
        self.service_says(Answer::Pin(PinAnswer::Right));
        self.service_says(Answer::Facts(facts()));
    }
}

#[test]
fn the_page_of_a_device_shows_what_happened_to_it_last_and_to_no_other() {
    let mut room = Room::new();
    room.entrance();
    room.pin("135790");
    room.service_says(Answer::Pin(PinAnswer::Right));
    let mut facts = facts();
    let event = |minute, device: &str| DeviceEvent {
        at: date(2026, 11, 23).at(9, minute, 0, 0),
        device: device.to_owned(),
        what: "offline".to_owned(),
        detail: "no_answer".to_owned(),
    };
    let devices = ["id-card", "receipt-printer", "id-card", "service"];
    let newest_first = (0..12).rev().zip(devices.into_iter().cycle());
    facts.events = newest_first
        .map(|(minute, device)| event(minute, device))
        .collect();
    room.service_says(Answer::Facts(facts));
    room.touch(Touch::Pick(0));
    let ServicePage::Device(page) = room.in_service() else {
        panic!("no device");
    };
    let expected = [11, 9, 7].map(|minute| event(minute, "id-card"));
    assert_eq!(page.events, expected);
}

#[test]
fn a_technician_gets_in_by_gesture_and_pin_and_the_digits_are_never_shown() {
    let mut room = Room::new();
    room.entrance();
    for digit in ["1", "3", "5", "7", "9"] {
        room.touch(Touch::Type(digit.to_owned()));
    }
    room.touch(Touch::Next);
    assert!(room.effects.is_empty(), "five digits are no PIN");
    room.touch(Touch::Type("0".to_owned()));
    let shown = format!("{:?}", room.kiosk.screen());
    assert!(!shown.contains("135790"), "{shown}");
    room.touch(Touch::Next);
    let (_, errand) = room.errand();
    assert!(matches!(errand, Errand::CheckPin(pin) if pin == Secret::new("135790")));
    room.service_says(Answer::Pin(PinAnswer::Right));
    room.service_says(Answer::Facts(facts()));
    let ServicePage::Overview(page) = room.in_service() else {
        panic!("the overview");
    };
    assert_eq!(page.entries.len(), 4, "two devices, events, machine");
    assert!(matches!(
        page.entries[1],
        OverviewEntry::Device {
            kind: "receipt-printer",
            ..
        }
    ));
}

#[test]
fn a_wrong_pin_five_times_locks_the_pad_and_counts_the_seconds() {
    let mut room = Room::new();
    room.entrance();
    for left in (1..5).rev() {
        room.pin("000000");
        room.service_says(Answer::Pin(PinAnswer::Wrong { left }));
        assert_eq!(room.trouble(), Some(PinTrouble::Wrong { left }));
    }
    room.pin("000000");
    room.service_says(Answer::Pin(PinAnswer::Locked { seconds: 15 }));
    room.pin("135790");
    assert!(room.effects.is_empty(), "a locked pad takes nothing");
    room.wait(1);
    assert_eq!(room.trouble(), Some(PinTrouble::Locked { seconds: 14 }));
    for _ in 0..14 {
        room.wait(1);
    }
    assert_eq!(room.trouble(), None);
    room.pin("135790");
    assert!(matches!(room.errand().1, Errand::CheckPin(_)));
}

#[test]
fn after_a_power_cut_in_a_lock_out_the_entrance_is_still_locked() {
    let mut room = Room::new();
    room.touch(Touch::Service);
    assert!(matches!(room.errand().1, Errand::Entrance));
    room.service_says(Answer::Pin(PinAnswer::Locked { seconds: 15 }));
    assert_eq!(room.trouble(), Some(PinTrouble::Locked { seconds: 15 }));
}

#[test]
fn without_a_pin_the_entrance_says_so_and_stays_closed() {
    for (answer, trouble) in [
        (PinAnswer::NoneSet, PinTrouble::NoneSet),
        (PinAnswer::LockedHard, PinTrouble::LockedHard),
    ] {
        let mut room = Room::new();
        room.touch(Touch::Service);
        room.service_says(Answer::Pin(answer));
        room.pin("135790");
        assert!(room.effects.is_empty());
        assert_eq!(room.trouble(), Some(trouble));
        room.touch(Touch::Back);
        assert!(room.kiosk.is_idle());
    }
}

#[test]
fn a_resident_in_the_middle_of_a_visit_is_not_interrupted() {
    let mut room = Room::new();
    room.find("失业登记");
    room.prove();
    let before = room.kiosk.screen();
    room.event(Event::ServiceWanted);
    room.touch(Touch::Service);
    assert_eq!(room.kiosk.screen(), before, "nothing shows");
    room.reach_the_signature();
    assert!(matches!(room.page(), Page::Sign(_)));
    room.wait(60);
    room.wait(30);
    assert!(matches!(
        &room.effects[..],
        [Effect::Forget { owed: None }, Effect::Service { .. }]
    ));
    assert!(matches!(room.in_service(), ServicePage::Pin(_)));
    room.wait(30);
    assert!(room.kiosk.is_idle(), "nobody typed a PIN");
    room.touch(Touch::Start);
    room.wait(60);
    room.wait(30);
    assert!(room.kiosk.is_idle(), "the wish was granted once");
}

#[test]
fn a_card_laid_down_in_service_begins_no_visit() {
    let mut room = Room::new();
    room.inside();
    let before = room.in_service();
    room.card(1);
    room.lift();
    room.card(2);
    assert_eq!(room.in_service(), before);
    room.touch(Touch::End);
    let Page::Idle(page) = room.page() else {
        panic!("idle");
    };
    assert!(page.card_left, "the card that lies there is said");
}

#[test]
fn a_technician_who_walks_away_leaves_an_idle_kiosk() {
    let mut room = Room::new();
    room.touch(Touch::Language(Lang::En));
    room.inside();
    room.touch(Touch::Pick(1));
    for _ in 0..149 {
        room.wait(2);
        room.service_says(Answer::Facts(facts()));
    }
    assert!(matches!(room.in_service(), ServicePage::Device(_)));
    room.wait(2);
    assert!(room.kiosk.is_idle());
    assert_eq!(room.kiosk.screen().lang, Lang::ZhHans);
    assert!(
        room.effects.iter().any(|effect| matches!(
            effect,
            Effect::Service {
                errand: Errand::Leave,
                ..
            }
        )),
        "the shell drops what it holds for the service"
    );
}

#[test]
fn a_device_that_breaks_while_it_is_tested_is_reported_as_failed() {
    let mut room = Room::new();
    room.inside();
    room.touch(Touch::Pick(1));
    let ServicePage::Device(page) = room.in_service() else {
        panic!("a device");
    };
    assert_eq!(page.actions[0], DeviceAction::Test(TestLevel::Silent));
    room.touch(Touch::Pick(0));
    let (ask, errand) = room.errand();
    assert!(matches!(
        errand,
        Errand::Test {
            kind: "receipt-printer",
            level: TestLevel::Silent
        }
    ));
    room.wait(400);
    assert!(
        matches!(room.in_service(), ServicePage::Testing(_)),
        "waited for"
    );
    let check = report("receipt-printer", TestLevel::Silent, Verdict::Passed)
        .checks
        .remove(0);
    let answer = Answer::Checked(check);
    room.event(Event::Service { ask, answer });
    let ServicePage::Testing(page) = room.in_service() else {
        panic!("testing");
    };
    assert_eq!(page.checks.len(), 1, "shown as soon as it ended");
    let late = AskId(ask.0 - 1);
    let answer = Answer::Tested(report("id-card", TestLevel::Silent, Verdict::Passed));
    room.event(Event::Service { ask: late, answer });
    assert!(matches!(room.in_service(), ServicePage::Testing(_)), "late");
    let answer = Answer::Tested(report(
        "receipt-printer",
        TestLevel::Silent,
        Verdict::Failed,
    ));
    room.event(Event::Service { ask, answer });
    let ServicePage::Report(page) = room.in_service() else {
        panic!("the report");
    };
    assert!(!page.passed);
    room.touch(Touch::Back);
    assert!(matches!(room.in_service(), ServicePage::Device(_)));
}

#[test]
fn nobody_does_what_a_guided_test_asks_and_it_ends() {
    let mut room = Room::new();
    room.inside();
    room.touch(Touch::Pick(1));
    room.touch(Touch::Pick(2));
    let (ask, _) = room.errand();
    let answer = Answer::Guide(("open-cover", String::new()));
    room.event(Event::Service { ask, answer });
    room.touch(Touch::Next);
    assert!(matches!(room.errand().1, Errand::Guided(GuideReply::Done)));
    let answer = Answer::Guide(("close-cover", String::new()));
    room.event(Event::Service { ask, answer });
    room.wait(300);
    assert!(room.kiosk.is_idle(), "the cover stays open, nobody is here");
}

#[test]
fn new_paper_that_cannot_be_noted_is_said_and_tried_again() {
    let mut room = Room::new();
    room.inside();
    room.touch(Touch::Pick(1));
    room.touch(Touch::Pick(3));
    room.touch(Touch::Next);
    assert!(room.effects.is_empty(), "no metres yet");
    room.touch(Touch::Type("80".to_owned()));
    for kept in [false, true] {
        room.touch(Touch::Next);
        assert!(matches!(
            room.errand().1,
            Errand::PaperReplaced { metres: 80 }
        ));
        room.service_says(Answer::RollKept(kept));
        match room.in_service() {
            ServicePage::Roll(page) => assert!(page.failed && !kept),
            ServicePage::Device(_) => assert!(kept),
            other => panic!("{other:?}"),
        }
    }
}
