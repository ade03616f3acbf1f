//! What the cabinet and the code scanner tell: slips, passports, hostile codes, somebody who
//! left, the mains gone, lights at the slots.

use kiosk_core::screen::{Ask, IdentifyPage, Overlay, Page, Reason, SlipState};
use kiosk_core::{
    Code, CodeTrouble, DeviceState, Devices, Effect, Event, FactorReply, Halt, Lights, MatterReply,
    PrintTrouble, PrintedAs, Reply, Secret, Touch,
};

use crate::room::{FIRST, Room, SECOND};
use crate::samples::{all_well, matter};

const RECEIPT: &str = "K2Q2-0001";

fn receipt(number: &str) -> Event {
    Event::Code(Code::Receipt(Secret::new(number)))
}

fn text(text: &str) -> Event {
    Event::Code(Code::Text(Secret::new(text)))
}

fn trouble(room: &Room) -> Option<CodeTrouble> {
    room.kiosk.screen().codes.and_then(|codes| codes.trouble)
}

fn listens(room: &Room) -> Option<bool> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Listen { codes } => Some(*codes),
        _ => None,
    })
}

/// From "put your card" to the person's matters.
fn prove_for_matters(room: &mut Room, matters: Vec<MatterReply>) {
    room.card(1);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    for reply in [
        Reply::Factor(FactorReply::Yes {
            grant: Secret::new("g"),
        }),
        Reply::Matters(matters),
    ] {
        let ask = room.asked();
        let answer = Ok(reply);
        room.event(Event::City { ask, answer });
    }
}

/// To the first question that is asked with this keyboard.
pub fn asked_for_a_number(words: &str) -> Room {
    let mut room = Room::new();
    room.find(words);
    room.prove();
    for _ in 0..40 {
        if room.kiosk.screen().codes.is_some() {
            return room;
        }
        room.step_forward();
    }
    panic!("no question takes a code: {:?}", room.page());
}

/// What stands in the field.
pub fn typed(room: &Room) -> String {
    match room.page() {
        Page::Question(page) => match page.ask {
            Ask::Text { text, .. } => text,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_slip_before_the_scanner_opens_its_matter_once_the_person_is_proven() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    assert_eq!(listens(&room), Some(true));
    room.event(receipt("k2q20001"));
    assert_eq!(listens(&room), Some(false), "the card is asked for now");
    let put = matches!(room.page(), Page::Identify(IdentifyPage::PutCard { .. }));
    assert!(put, "a number alone opens nothing: {:?}", room.page());
    prove_for_matters(&mut room, vec![matter(1), matter(2)]);
    assert!(matches!(room.page(), Page::Matter(_)), "{:?}", room.page());
}

#[test]
fn a_slip_of_another_person_opens_nothing_and_that_is_said() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.event(receipt(SECOND));
    prove_for_matters(&mut room, vec![matter(1)]);
    assert!(matches!(room.page(), Page::Matters(_)));
    assert_eq!(trouble(&room), Some(CodeTrouble::NotMine));
    room.event(receipt(RECEIPT));
    assert!(matches!(room.page(), Page::Matter(_)), "their own does");
}

#[test]
fn a_slip_whose_owner_went_back_does_not_open_later() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.event(receipt(RECEIPT));
    room.touch(Touch::Back);
    room.touch(Touch::Pick(1));
    prove_for_matters(&mut room, vec![matter(1)]);
    assert!(matches!(room.page(), Page::Matters(_)));
    assert_eq!(trouble(&room), None);
}

#[test]
fn a_filing_number_is_as_good_as_the_slip() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.touch(Touch::Pick(1));
    prove_for_matters(&mut room, vec![matter(1)]);
    room.event(text("SB-9"));
    assert_eq!(trouble(&room), Some(CodeTrouble::NotMine));
    room.event(text("sb-1"));
    assert!(matches!(room.page(), Page::Matter(_)));
}

#[test]
fn a_hostile_code_is_text_that_does_nothing() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    let before = room.kiosk.screen().number;
    for hostile in [
        "https://x.example/\u{0}$(reboot)",
        "\u{1b}[2J'; DROP TABLE outbox; --",
        "\u{202e}8765-4321",
        &"9".repeat(4_000),
    ] {
        room.event(text(hostile));
        assert_eq!(trouble(&room), Some(CodeTrouble::NoReceipt));
        assert!(!format!("{:?}", room.kiosk.screen()).contains(hostile));
    }
    assert_eq!(room.kiosk.screen().number, before, "the page did not move");

    let mut room = asked_for_a_number("知识产权维权援助申请");
    for hostile in ["A\u{0}B", "编号一二三", "A\u{202e}B", &"9".repeat(65), " "] {
        room.event(text(hostile));
        assert_eq!(trouble(&room), Some(CodeTrouble::NoNumber), "{hostile:?}");
        assert_eq!(typed(&room), "", "{hostile:?}");
    }
}

#[test]
fn a_number_from_a_code_is_judged_like_a_typed_one() {
    let mut room = asked_for_a_number("知识产权维权援助申请");
    room.event(Event::Code(Code::Travel(Secret::new("L898902C3"))));
    assert_eq!(typed(&room), "L898902C3");
    room.touch(Touch::ClearText);
    room.event(text("x!"));
    assert_eq!(typed(&room), "x!");
    room.touch(Touch::Next);
    let Page::Question(page) = room.page() else {
        panic!("taken unchecked: {:?}", room.page())
    };
    assert!(page.problem.is_some());
}

#[test]
fn a_wrong_check_digit_is_said_and_never_taken() {
    let mut room = asked_for_a_number("知识产权维权援助申请");
    room.event(Event::Code(Code::Doubtful));
    assert_eq!(trouble(&room), Some(CodeTrouble::Doubtful));
    assert_eq!(typed(&room), "");
    room.event(Event::Code(Code::Unreadable));
    assert_eq!(trouble(&room), Some(CodeTrouble::Unreadable));
    room.touch(Touch::Type("A".into()));
    assert_eq!(trouble(&room), None, "typing goes on without it");
}

#[test]
fn a_damaged_code_left_before_the_window_keeps_no_visit_open() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    for _ in 0..60 {
        room.event(Event::Code(Code::Unreadable));
        room.wait(1);
    }
    let overlay = room.kiosk.screen().overlay;
    assert!(
        matches!(overlay, Some(Overlay::TimeOut { .. })),
        "{overlay:?}"
    );
}

#[test]
fn a_code_nobody_asked_for_is_dropped() {
    let mut room = Room::new();
    room.event(receipt(RECEIPT));
    assert!(room.kiosk.is_idle(), "a code begins no visit");
    room.find("失业登记");
    let before = room.kiosk.screen();
    room.event(receipt(RECEIPT));
    assert_eq!(room.kiosk.screen(), before);
}

#[test]
fn a_kiosk_without_a_code_scanner_asks_for_no_code() {
    let mut room = Room::new();
    room.event(Event::Devices(Devices {
        code_scanner: DeviceState::Absent,
        ..all_well()
    }));
    room.touch(Touch::Start);
    assert_eq!(listens(&room), None);
    assert_eq!(room.kiosk.screen().codes, None);
}

#[test]
fn a_scanner_that_heals_on_the_page_looks_at_once() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.event(Event::Devices(Devices {
        code_scanner: DeviceState::NotReady,
        ..all_well()
    }));
    assert_eq!(listens(&room), Some(false));
    room.event(Event::Devices(all_well()));
    assert_eq!(listens(&room), Some(true));
}

#[test]
fn a_person_who_left_is_warned_sooner_and_wiped_no_sooner_than_that() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.event(Event::Presence(false));
    assert!(room.kiosk.screen().overlay.is_none(), "nothing at once");
    room.wait(9);
    assert!(room.kiosk.screen().overlay.is_none());
    room.wait(1);
    let overlay = room.kiosk.screen().overlay;
    assert!(matches!(overlay, Some(Overlay::TimeOut { seconds: 30 })));
    room.wait(29);
    assert!(!room.kiosk.is_idle());
    room.wait(1);
    assert!(room.kiosk.is_idle());
}

#[test]
fn a_person_the_sensor_does_not_see_keeps_the_whole_time_by_touching() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.event(Event::Presence(false));
    room.touch(Touch::Pick(3));
    room.wait(59);
    assert!(room.kiosk.screen().overlay.is_none());
    room.event(Event::Presence(true));
    room.wait(59);
    assert!(room.kiosk.screen().overlay.is_none(), "came back");
}

#[test]
fn leaving_in_mid_print_ends_nothing_before_the_paper_is_out() {
    let mut room = Room::new();
    room.stored();
    room.received();
    room.touch(Touch::PrintSlip);
    let ask = room.asked();
    room.event(Event::Presence(false));
    room.wait(10);
    assert!(room.kiosk.screen().overlay.is_none(), "a device works");
    room.print_ends(ask);
}

#[test]
fn somebody_who_comes_is_greeted_and_begins_the_visit_themself() {
    let mut room = Room::new();
    room.event(Event::Presence(true));
    let Page::Idle(page) = room.page() else {
        panic!("a visit began by itself")
    };
    assert!(page.near);
    room.event(Event::Devices(Devices {
        cabinet: DeviceState::NotReady,
        ..all_well()
    }));
    let Page::Idle(page) = room.page() else {
        panic!("idle")
    };
    assert!(!page.near, "a sensor that cannot be asked sees nobody");
}

#[test]
fn on_battery_no_visit_begins_and_the_one_under_way_ends_as_always() {
    let mut room = Room::new();
    room.find("失业登记");
    let on_battery = Event::Devices(Devices {
        halt: Some(Halt::OnBattery),
        ..all_well()
    });
    room.event(on_battery.clone());
    room.prove();
    room.reach_the_signature();
    room.submitted(FIRST);
    assert!(matches!(room.page(), Page::Done(_)));
    room.end();
    room.lift();
    for _ in 0..3 {
        room.wait(60);
    }
    assert!(room.kiosk.is_idle());
    room.touch(Touch::Start);
    room.card(2);
    let Page::Idle(page) = room.page() else {
        panic!("a visit began on battery")
    };
    assert_eq!(page.trouble, Some(Reason::OnBattery));
    assert_eq!(page.halted, Some(Reason::OnBattery));
    room.lift();
    room.event(Event::Devices(all_well()));
    room.touch(Touch::Start);
    assert!(!room.kiosk.is_idle());
}

#[test]
fn too_hot_inside_and_nobody_begins() {
    let mut room = Room::new();
    room.event(Event::Devices(Devices {
        halt: Some(Halt::Climate),
        ..all_well()
    }));
    room.touch(Touch::Start);
    let Page::Idle(page) = room.page() else {
        panic!("a visit began")
    };
    assert_eq!(page.halted, Some(Reason::Climate));
}

#[test]
fn the_slot_the_page_speaks_of_is_lit_and_no_other() {
    let mut room = Room::new();
    assert_eq!(room.kiosk.screen().lights, Lights::default());
    room.touch(Touch::Start);
    let code = Lights {
        code: true,
        ..Lights::default()
    };
    assert_eq!(room.kiosk.screen().lights, code);
    room.touch(Touch::Pick(1));
    let card = Lights {
        card: true,
        ..Lights::default()
    };
    assert_eq!(room.kiosk.screen().lights, card);
    room.event(Event::Devices(Devices {
        cabinet: DeviceState::Absent,
        ..all_well()
    }));
    assert_eq!(room.kiosk.screen().lights, Lights::default());
}

#[test]
fn a_slot_without_a_light_is_never_said_to_be_lit() {
    let mut room = Room::new();
    let lights = Lights {
        card: false,
        ..all_well().lights
    };
    room.event(Event::Devices(Devices {
        lights,
        ..all_well()
    }));
    room.touch(Touch::Start);
    assert!(room.kiosk.screen().lights.code);
    room.touch(Touch::Pick(1));
    assert_eq!(room.kiosk.screen().lights, Lights::default());
}

#[test]
fn the_slips_slot_is_lit_while_paper_comes_and_lies_there() {
    let mut room = Room::new();
    room.stored();
    room.received();
    room.touch(Touch::PrintSlip);
    let ask = room.asked();
    assert!(room.kiosk.screen().lights.receipt);
    room.print_ends(ask);
    assert!(room.kiosk.screen().lights.receipt);
}

#[test]
fn a_slip_that_did_not_come_names_what_is_wrong_with_the_printer_now() {
    let mut room = Room::new();
    room.stored();
    room.received();
    room.touch(Touch::PrintSlip);
    let ask = room.asked();
    room.event(Event::Devices(Devices {
        receipt_trouble: Some(PrintTrouble::Paper),
        ..all_well()
    }));
    let now = |room: &Room| match room.page() {
        Page::Done(page) => (page.slip, page.slip_trouble),
        other => panic!("{other:?}"),
    };
    assert_eq!(now(&room), (SlipState::Printing, None));
    let outcome = PrintedAs::Partial;
    room.event(Event::Printed { ask, outcome });
    assert_eq!(now(&room), (SlipState::Partial, Some(PrintTrouble::Paper)));
    room.event(Event::Devices(all_well()));
    assert_eq!(now(&room), (SlipState::Partial, None), "new paper");
}
