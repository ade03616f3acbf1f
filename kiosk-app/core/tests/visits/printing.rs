//! What is said of a slip or a result, by what the printer could prove of it.

use kiosk_core::screen::{Page, ResultPrinting, ResultShown, SlipState};
use kiosk_core::{
    AskId, DeviceState, Devices, Effect, Event, FactorReply, Outcome, OutcomeReply, PrintTrouble,
    PrintedAs, Reply, ResultReply, Secret, SlipData, Touch,
};

use crate::room::Room;
use crate::samples::{all_well, matter};

/// Every outcome of a document and how it is said.
const SAID: [(PrintedAs, ResultPrinting); 5] = [
    (PrintedAs::Printed, ResultPrinting::Printed),
    (PrintedAs::Processed, ResultPrinting::HandedOver),
    (PrintedAs::NotPrinted, ResultPrinting::NotPrinted),
    (PrintedAs::Partial, ResultPrinting::Partial),
    (PrintedAs::Unknown, ResultPrinting::Unknown),
];

/// A granted application whose result "r" is being printed on the done page.
fn result_prints() -> (Room, AskId) {
    let mut room = Room::new();
    room.stored();
    room.received();
    let ask = room.asked();
    let granted = OutcomeReply {
        outcome: Outcome::Granted,
        due: None,
        result: Some(ResultReply {
            id: "r".into(),
            name: "就业创业证".into(),
            number: "1".into(),
            verification: "ABCD".into(),
            prints: true,
        }),
    };
    let answer = Ok(Reply::Outcome(granted));
    room.event(Event::City { ask, answer });
    let print = room.asked();
    (room, print)
}

/// The page of the person's own case, whose result "r" waits.
fn matter_opened() -> Room {
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.touch(Touch::Pick(1));
    room.card(1);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    for reply in [
        Reply::Factor(FactorReply::Yes {
            grant: Secret::new("g"),
        }),
        Reply::Matters(vec![matter(0)]),
    ] {
        let ask = room.asked();
        let answer = Ok(reply);
        room.event(Event::City { ask, answer });
    }
    room.touch(Touch::Pick(0));
    room
}

fn result(room: &Room) -> ResultShown {
    match room.page() {
        Page::Done(page) => page.result.expect("a result"),
        Page::Matter(page) => page.result.expect("a result"),
        other => panic!("{other:?}"),
    }
}

fn printing(room: &Room) -> ResultPrinting {
    result(room).printing
}

fn prints(effect: &Effect) -> bool {
    matches!(effect, Effect::PrintResult { .. })
}

fn document_trouble(trouble: Option<PrintTrouble>) -> Event {
    Event::Devices(Devices {
        document_trouble: trouble,
        ..all_well()
    })
}

#[test]
fn a_result_is_said_as_its_printer_proved_it_and_never_denied() {
    for (outcome, said) in SAID {
        let (mut room, ask) = result_prints();
        assert_eq!(printing(&room), ResultPrinting::Printing);
        room.event(Event::Printed { ask, outcome });
        assert_eq!(printing(&room), said, "{outcome:?}");
        room.end();
        let Page::Goodbye(page) = room.page() else {
            panic!("goodbye")
        };
        let lies = outcome != PrintedAs::NotPrinted;
        assert_eq!(page.paper, lies, "{outcome:?}: what may lie there is named");
    }
}

#[test]
fn a_result_under_my_matters_is_printed_by_a_touch_and_said_as_proven() {
    for (outcome, said) in SAID {
        let mut room = matter_opened();
        assert_eq!(printing(&room), ResultPrinting::Offered);
        room.touch(Touch::Pick(0));
        let ask = room.asked();
        room.touch(Touch::Pick(0));
        assert_eq!(room.count(prints), 0, "a second touch prints no second one");
        room.event(Event::Printed { ask, outcome });
        assert_eq!(printing(&room), said);
    }
}

#[test]
fn a_result_that_came_out_is_not_offered_again_by_leaving_its_page() {
    for (outcome, said) in SAID {
        let mut room = matter_opened();
        room.touch(Touch::Pick(0));
        let ask = room.asked();
        room.touch(Touch::Back);
        room.event(Event::Printed { ask, outcome });
        room.touch(Touch::Pick(0));
        assert_eq!(printing(&room), said, "the page was left in mid print");
        room.touch(Touch::Pick(0));
        let again = usize::from(!matches!(
            outcome,
            PrintedAs::Printed | PrintedAs::Processed
        ));
        assert_eq!(room.count(prints), again, "{outcome:?}");
    }
}

#[test]
fn no_paper_jam_and_cover_are_said_while_the_result_waits_for_them() {
    for trouble in [PrintTrouble::Paper, PrintTrouble::Jam, PrintTrouble::Cover] {
        let (mut room, ask) = result_prints();
        assert_eq!(result(&room).trouble, None);
        room.event(document_trouble(Some(trouble)));
        let shown = result(&room);
        assert_eq!(
            (shown.printing, shown.trouble),
            (ResultPrinting::Printing, Some(trouble))
        );
        room.event(document_trouble(None));
        assert_eq!(result(&room).trouble, None, "mended");
        let outcome = PrintedAs::Printed;
        room.event(document_trouble(Some(trouble)));
        room.event(Event::Printed { ask, outcome });
        assert_eq!(result(&room).trouble, None, "it came out before");
    }
}

/// A stored application whose slip lies at the output.
fn slip_at_the_output() -> (Room, AskId) {
    let mut room = Room::new();
    room.stored();
    room.received();
    room.touch(Touch::PrintSlip);
    let ask = room.asked();
    room.event(Event::SlipReady { ask });
    (room, ask)
}

fn slip(room: &Room) -> SlipState {
    match room.page() {
        Page::Done(page) => page.slip,
        other => panic!("{other:?}"),
    }
}

fn receipt_printer(receipt_printer: DeviceState) -> Event {
    Event::Devices(Devices {
        receipt_printer,
        ..all_well()
    })
}

/// A stored application whose slip was due while the printer was broken.
fn slip_without_a_printer() -> Room {
    let mut room = Room::new();
    room.stored();
    room.received();
    room.event(receipt_printer(DeviceState::NotReady));
    room.touch(Touch::PrintSlip);
    assert_eq!(slip(&room), SlipState::NoPrinter);
    room
}

fn slip_printed(effect: &Effect) -> bool {
    matches!(effect, Effect::PrintSlip { .. })
}

#[test]
fn a_printer_mended_while_the_page_stands_prints_the_slip_that_is_owed() {
    let mut room = slip_without_a_printer();
    room.wait(20);
    room.event(receipt_printer(DeviceState::Ready));
    assert!(matches!(slip(&room), SlipState::Waiting { .. }), "offered");
    room.wait(5);
    assert_eq!(slip(&room), SlipState::Printing, "and done");
    room.event(receipt_printer(DeviceState::NotReady));
    room.event(receipt_printer(DeviceState::Ready));
    room.wait(5);
    assert_eq!(room.slips.len(), 1, "once");
}

#[test]
fn a_slip_that_waits_for_its_printer_can_still_be_declined() {
    let mut room = slip_without_a_printer();
    room.event(receipt_printer(DeviceState::Ready));
    room.touch(Touch::NoPaper);
    assert_eq!(slip(&room), SlipState::Declined);
    room.event(receipt_printer(DeviceState::NotReady));
    room.event(receipt_printer(DeviceState::Ready));
    room.wait(20);
    room.end();
    assert!(room.slips.is_empty(), "nobody wanted it");
}

#[test]
fn a_printer_mended_after_the_done_page_prints_the_slip_with_the_next_or_at_the_end() {
    let mut room = slip_without_a_printer();
    room.touch(Touch::Another);
    room.event(receipt_printer(DeviceState::Ready));
    room.wait(20);
    assert!(room.slips.is_empty(), "with the next matter");
    room.end();
    assert_eq!(room.slips.len(), 1);

    let mut room = slip_without_a_printer();
    room.touch(Touch::Next);
    room.event(receipt_printer(DeviceState::Starting));
    room.touch(Touch::Skip);
    assert_eq!(room.count(slip_printed), 1, "at the end of the rating");
}

#[test]
fn a_guide_is_offered_again_once_the_printer_is_mended() {
    let mut room = Room::new();
    room.find("失业登记");
    room.event(receipt_printer(DeviceState::NotReady));
    room.touch(Touch::PrintGuide);
    let said = |room: &Room| match room.page() {
        Page::Guide(page) => page.print,
        other => panic!("{other:?}"),
    };
    assert_eq!(said(&room), Some(SlipState::NoPrinter));
    room.event(receipt_printer(DeviceState::Ready));
    assert_eq!(said(&room), None);
    room.touch(Touch::PrintGuide);
    assert_eq!(room.count(slip_printed), 1);
}

#[test]
fn a_slip_at_the_output_is_there_to_be_taken_and_then_taken() {
    let (mut room, ask) = slip_at_the_output();
    assert_eq!(slip(&room), SlipState::Ready);
    assert!(room.kiosk.screen().lights.receipt);
    let outcome = PrintedAs::Taken;
    room.event(Event::Printed { ask, outcome });
    assert_eq!(slip(&room), SlipState::Taken);
    assert!(!room.kiosk.screen().lights.receipt, "nothing lies there");
    room.end();
    let Page::Goodbye(page) = room.page() else {
        panic!("goodbye")
    };
    assert!(!page.paper);
}

#[test]
fn a_slip_nobody_took_is_said_to_be_drawn_back_and_the_next_one_is_a_copy() {
    let (mut room, ask) = slip_at_the_output();
    let outcome = PrintedAs::DrawnBack;
    room.event(Event::Printed { ask, outcome });
    assert_eq!(slip(&room), SlipState::DrawnBack);
    room.touch(Touch::PrintSlip);
    let [Effect::PrintSlip { slip, .. }] = &room.effects[..] else {
        panic!("printed again")
    };
    let SlipData::Receipt { copy, .. } = slip.as_ref() else {
        panic!("a receipt")
    };
    assert_eq!(*copy, 1);
}

#[test]
fn the_next_person_does_not_find_the_slip_that_waits_to_be_drawn_back() {
    let (mut room, ask) = slip_at_the_output();
    room.wait(20);
    room.end();
    room.lift();
    let Page::Goodbye(page) = room.page() else {
        panic!("goodbye")
    };
    assert!(page.paper, "take your paper");
    room.wait(54);
    assert!(!room.kiosk.is_idle(), "the printer draws it back first");
    let outcome = PrintedAs::DrawnBack;
    room.event(Event::Printed { ask, outcome });
    let Page::Goodbye(page) = room.page() else {
        panic!("goodbye")
    };
    assert!(!page.paper, "it is in the machine again");
    room.wait(8);
    assert!(room.kiosk.is_idle());
}

#[test]
fn a_presenter_that_says_no_more_lets_the_kiosk_go_on() {
    let (mut room, _) = slip_at_the_output();
    room.end();
    room.lift();
    room.wait(74);
    assert!(!room.kiosk.is_idle());
    room.wait(1);
    assert!(room.kiosk.is_idle());
}

#[test]
fn a_guide_at_the_output_is_there_to_be_taken() {
    let mut room = Room::new();
    room.find("失业登记");
    room.touch(Touch::PrintGuide);
    let ask = room.asked();
    room.event(Event::SlipReady { ask });
    let said = |room: &Room| match room.page() {
        Page::Guide(page) => page.print,
        other => panic!("{other:?}"),
    };
    assert_eq!(said(&room), Some(SlipState::Ready));
    room.event(Event::SlipReady { ask: AskId(9_999) });
    let outcome = PrintedAs::DrawnBack;
    room.event(Event::Printed { ask, outcome });
    assert_eq!(said(&room), Some(SlipState::DrawnBack));
}
