//! Visits told by what went wrong in the room.

use kiosk_core::screen::{Overlay, Page, Place, Reason, SlipState, StartChoice, SubmitPage};
use kiosk_core::{
    DeviceState, Devices, Effect, Event, FactorReply, Outcome, OutcomeReply, PrintedAs,
    ReaderEvent, ReaderModule, Reply, ResultReply, Tap, Touch,
};

use crate::room::Room;
use crate::samples::all_well;

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
    assert!(matches!(&room.effects[..], [Effect::Forget { owed: None }]));
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
        grant: kiosk_core::Secret::new("late"),
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

#[test]
fn a_reader_with_another_module_closes_what_needs_a_card_and_says_why() {
    let mut room = Room::new();
    room.find("失业登记");
    let closed = |room: &Room| match room.page() {
        Page::Guide(page) => page.closed,
        other => panic!("{other:?}"),
    };
    assert_eq!(closed(&room), None);
    for (reader, reader_module, reason) in [
        (
            DeviceState::NotReady,
            ReaderModule::Other,
            Reason::ReaderSwapped,
        ),
        (
            DeviceState::Ready,
            ReaderModule::Other,
            Reason::ReaderSwapped,
        ),
        (
            DeviceState::NotReady,
            ReaderModule::Enrolled,
            Reason::ReaderBroken,
        ),
        (
            DeviceState::NotReady,
            ReaderModule::Unknown,
            Reason::ReaderBroken,
        ),
        (
            DeviceState::Ready,
            ReaderModule::Unknown,
            Reason::ReaderBroken,
        ),
    ] {
        room.event(Event::Devices(Devices {
            reader,
            reader_module,
            ..all_well()
        }));
        assert_eq!(closed(&room), Some(reason));
        room.touch(Touch::Next);
        assert_eq!(closed(&room), Some(reason), "nothing begins");
    }
    room.event(Event::Devices(all_well()));
    assert_eq!(closed(&room), None, "the module of the enrolment is back");
}
