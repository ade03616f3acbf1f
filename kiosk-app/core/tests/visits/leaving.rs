//! Visits that end: whose slip it is, whose card it was, what is left on the machine.

use kiosk_core::screen::{
    GoodbyePage, IdentifyPage, Overlay, Page, PictureId, ResultPrinting, ScanPage, ScanTrouble,
};
use kiosk_core::{
    AskId, Away, Effect, Event, FactorReply, Link, Outcome, OutcomeReply, ReaderEvent, Reply,
    Request, ResultReply, Touch,
};

use crate::room::{FIRST, Room, SECOND};
use crate::samples::person;

/// The name on a slip of person 1.
fn masked() -> Option<String> {
    Some(person(1).masked(jiff::civil::date(2026, 11, 23)).name)
}

fn granted(result: &str) -> Reply {
    Reply::Outcome(OutcomeReply {
        outcome: Outcome::Granted,
        due: None,
        result: Some(ResultReply {
            id: result.into(),
            name: "证明".into(),
            number: result.into(),
            verification: "ABCD".into(),
            prints: true,
        }),
    })
}

/// The questions for an outcome among the last effects: which application, which ask.
fn outcomes_asked(room: &Room) -> Vec<(uuid::Uuid, kiosk_core::AskId)> {
    let asked = room.effects.iter().filter_map(|effect| match effect {
        Effect::Ask {
            ask,
            request: Request::Outcome { application },
        } => Some((*application, *ask)),
        _ => None,
    });
    asked.collect()
}

#[test]
fn two_matters_in_one_visit_share_one_slip() {
    let mut room = Room::new();
    room.stored();
    room.touch(Touch::Another);
    room.wait(20);
    assert!(room.slips.is_empty(), "the slip waits for the next matter");
    room.stored_again();
    room.wait(10);
    let both = vec![FIRST.to_owned(), SECOND.to_owned()];
    assert_eq!(room.slips, [(masked(), both)]);
}

#[test]
fn another_matter_thought_better_of_still_prints_the_slip() {
    let mut room = Room::new();
    room.stored();
    room.touch(Touch::Another);
    room.end();
    assert_eq!(room.slips, [(masked(), vec![FIRST.to_owned()])]);
    room.wait(100);
    assert!(room.kiosk.is_idle());
    assert_eq!(room.slips.len(), 1);
}

#[test]
fn ended_at_done_with_the_city_away_the_slip_prints_with_the_name() {
    let mut room = Room::new();
    room.event(Event::Link(Link::Away));
    room.find("失业登记");
    room.touch(Touch::Next);
    room.card(1);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    room.reach_the_signature();
    room.submitted(FIRST);
    room.end();
    assert!(matches!(room.page(), Page::Goodbye(_)));
    assert_eq!(room.slips, [(masked(), vec![FIRST.to_owned()])]);
    room.wait(100);
    assert_eq!(room.slips.len(), 1);
}

#[test]
fn the_resident_walks_away_from_another_matter_and_the_slip_still_prints() {
    let mut room = Room::new();
    room.stored();
    room.touch(Touch::Another);
    room.wait(60);
    room.wait(30);
    assert_eq!(room.slips, [(masked(), vec![FIRST.to_owned()])]);
    assert!(matches!(room.page(), Page::Goodbye(_)), "take your paper");
    room.wait(60);
    assert!(room.kiosk.is_idle());
}

#[test]
fn the_card_lifted_at_done_is_asked_for_again_before_my_matters_open() {
    let mut room = Room::new();
    room.stored();
    room.lift();
    room.touch(Touch::Another);
    room.touch(Touch::Pick(1));
    assert!(
        matches!(room.page(), Page::Identify(IdentifyPage::PutCard { .. })),
        "{:?}",
        room.page()
    );
    assert_eq!(room.count(|effect| matches!(effect, Effect::Ask { .. })), 0);
    room.card(1);
    room.touch(Touch::Next);
    assert!(
        matches!(
            room.page(),
            Page::Identify(IdentifyPage::SecondFactor { .. })
        ),
        "the grant of before opens nothing"
    );
    room.end();
    assert_eq!(room.slips, [(masked(), vec![FIRST.to_owned()])]);
}

#[test]
fn the_card_lifted_and_laid_back_shares_the_slip() {
    let mut room = Room::new();
    room.stored();
    room.lift();
    room.touch(Touch::Another);
    room.card(1);
    room.find("就业登记");
    room.prove();
    room.reach_the_signature();
    room.submitted(SECOND);
    room.wait(10);
    let both = vec![FIRST.to_owned(), SECOND.to_owned()];
    assert_eq!(room.slips, [(masked(), both)]);
}

#[test]
fn another_persons_card_at_done_prints_the_first_slip_and_begins_a_new_visit() {
    let mut room = Room::new();
    room.stored();
    room.lift();
    room.card(2);
    room.touch(Touch::Another);
    assert_eq!(room.slips, [(masked(), vec![FIRST.to_owned()])]);
    assert_eq!(
        room.count(|effect| matches!(effect, Effect::Forget { .. })),
        1
    );
    assert!(matches!(room.page(), Page::Start(_)));
    room.touch(Touch::Pick(1));
    let Page::Identify(IdentifyPage::IsItYou(shown)) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert_eq!(
        shown,
        person(2).masked(jiff::civil::date(2026, 11, 23)),
        "the other person"
    );
}

#[test]
fn another_persons_card_after_another_matter_ends_the_first_visit() {
    let mut room = Room::new();
    room.stored();
    room.lift();
    room.touch(Touch::Another);
    room.find("就业登记");
    room.card(2);
    assert_eq!(room.slips, [(masked(), vec![FIRST.to_owned()])]);
    assert_eq!(
        room.count(|effect| matches!(effect, Effect::Forget { .. })),
        1
    );
    assert!(
        matches!(room.page(), Page::Guide(_)),
        "the guide stays open"
    );
    room.prove();
    room.reach_the_signature();
    room.submitted(SECOND);
    room.wait(10);
    assert_eq!(room.slips.len(), 2);
    assert_eq!(room.slips[1].1, [SECOND.to_owned()]);
}

/// A way from the done page out of the visit of who filed.
type Leaves = (&'static str, fn(&mut Room));

const LEAVES: [Leaves; 8] = [
    ("ends at done", Room::end),
    ("ends after another matter", |room| {
        room.touch(Touch::Another);
        room.end();
    }),
    ("finishes and skips the rating", |room| {
        room.touch(Touch::Next);
        room.touch(Touch::Skip);
    }),
    ("walks away from done", |room| {
        room.wait(600);
        room.wait(600);
    }),
    ("walks away from another matter", |room| {
        room.touch(Touch::Another);
        room.wait(600);
        room.wait(600);
    }),
    ("lifts the card in the next matter", |room| {
        room.touch(Touch::Another);
        room.find("就业登记");
        room.touch(Touch::Next);
        room.lift();
        room.wait(30);
    }),
    ("another person goes on", |room| {
        room.lift();
        room.card(2);
        room.touch(Touch::Another);
    }),
    ("another person lays a card at the guide", |room| {
        room.lift();
        room.touch(Touch::Another);
        room.find("就业登记");
        room.card(2);
    }),
];

#[test]
fn whoever_leaves_however_gets_the_slip_that_is_owed_and_gets_it_once() {
    for (how, leaves) in LEAVES {
        for begun in ["waits", "is being printed", "lies at the output"] {
            // Nobody waits longer than a minute for a printer that says no more.
            if begun != "waits" && how.starts_with("walks away") {
                continue;
            }
            let mut room = Room::new();
            room.stored();
            if begun != "waits" {
                room.touch(Touch::PrintSlip);
            }
            let asked = (begun != "waits").then(|| room.asked());
            if let ("lies at the output", Some(ask)) = (begun, asked) {
                room.event(Event::SlipReady { ask });
            }
            leaves(&mut room);
            let slip = (masked(), vec![FIRST.to_owned()]);
            assert_eq!(room.slips, [slip], "{how}, the slip {begun}");
            assert_eq!(room.forgotten, 0, "{how}, the slip {begun}");
        }
    }
}

#[test]
fn the_slip_of_who_left_is_waited_for_when_the_next_person_ends_at_once() {
    let mut room = Room::new();
    room.stored();
    room.lift();
    room.card(2);
    room.touch(Touch::Another);
    let slip = room.asked();
    room.end();
    room.lift();
    assert!(goodbye(&room).coming && goodbye(&room).nothing_filed);
    room.wait(20);
    assert!(!room.kiosk.is_idle() && room.forgotten == 0);
    room.print_ends(slip);
    assert!(goodbye(&room).paper, "nobody is to find it");
    room.wait(8);
    assert!(room.kiosk.is_idle());
    assert_eq!(room.slips.len(), 1, "the next person is owed none");
}

#[test]
fn another_persons_card_laid_and_lifted_at_done_voids_the_first_ones_proof() {
    let mut room = Room::new();
    room.stored();
    room.lift();
    room.card(2);
    room.lift();
    room.card(1);
    room.touch(Touch::Another);
    room.touch(Touch::Pick(1));
    assert!(
        matches!(room.page(), Page::Identify(IdentifyPage::IsItYou(_))),
        "{:?}",
        room.page()
    );
}

#[test]
fn the_result_of_a_person_whose_card_is_gone_is_not_printed_for_who_comes_next() {
    let mut room = Room::new();
    room.stored();
    room.received();
    let ask = room.asked();
    room.lift();
    room.touch(Touch::Another);
    let answer = Ok(granted("r"));
    room.event(Event::City { ask, answer });
    assert_eq!(
        room.count(|effect| matches!(effect, Effect::PrintResult { .. })),
        0
    );
}

#[test]
fn both_results_of_two_matters_are_printed() {
    let mut room = Room::new();
    room.stored();
    room.touch(Touch::Another);
    room.stored_again();
    let (first, second) = (room.filed[0], room.filed[1]);
    room.event(Event::Received {
        application: first,
        filing: "SB-1".into(),
        case: None,
    });
    let asked = outcomes_asked(&room);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].0, first, "the earlier matter is asked about");
    room.event(Event::Received {
        application: second,
        filing: "SB-2".into(),
        case: None,
    });
    let later = outcomes_asked(&room);
    assert_eq!(later.len(), 1, "each once");
    assert_eq!(later[0].0, second);
    for (ask, result) in [(asked[0].1, "r1"), (later[0].1, "r2")] {
        let answer = Ok(granted(result));
        room.event(Event::City { ask, answer });
        assert!(
            matches!(&room.effects[..], [Effect::PrintResult { result: printed, .. }] if printed == result),
            "{:?}",
            room.effects
        );
    }
    room.wait(5);
    assert_eq!(room.slips.len(), 1, "settled: the slip prints");
}

#[test]
fn an_undecided_matter_is_asked_about_again_beside_a_decided_one() {
    let mut room = Room::new();
    room.stored();
    room.received();
    let first = room.asked();
    room.touch(Touch::Another);
    room.stored_again();
    room.received();
    let second = room.asked();
    let answer = Err(Away);
    room.event(Event::City { ask: first, answer });
    let answer = Ok(granted("r2"));
    room.event(Event::City {
        ask: second,
        answer,
    });
    room.wait(1);
    let again: Vec<_> = outcomes_asked(&room)
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(again, [room.filed[0]]);
}

#[test]
fn one_persons_waiting_count_is_not_shown_to_the_next() {
    let mut room = Room::new();
    room.card(1);
    let ask = room.asked();
    room.lift();
    room.card(2);
    let answer = Ok(Reply::Waiting(3));
    room.event(Event::City { ask, answer });
    let Page::Start(page) = room.page() else {
        panic!("start")
    };
    assert_eq!(page.waiting, None);
}

/// Up to a running scan.
fn scanning(room: &mut Room) {
    crate::papers::opened_paper(room);
    room.touch(Touch::Next);
    assert!(matches!(room.page(), Page::Scan(ScanPage::Scanning { .. })));
}

#[test]
fn a_visit_ended_in_mid_scan_stops_the_scanner() {
    let mut room = Room::new();
    scanning(&mut room);
    room.end();
    assert_eq!(room.count(|effect| matches!(effect, Effect::CancelScan)), 1);
}

#[test]
fn a_visit_ended_while_looking_at_a_page_drops_the_picture_at_once() {
    let mut room = Room::new();
    scanning(&mut room);
    let ask = room.asked();
    crate::papers::comes(&mut room, ask, &[crate::papers::page(77)]);
    room.end();
    assert_eq!(
        room.count(|effect| matches!(effect, Effect::DropPicture(PictureId(77)))),
        1
    );
}

/// A visit that scanned a page from the glass and says goodbye; the look under way.
fn scanned_and_ended(room: &mut Room) -> AskId {
    scanning(room);
    let ask = room.asked();
    crate::papers::comes(room, ask, &[crate::papers::page(77)]);
    room.touch(Touch::Next);
    room.end();
    let look = glass_look(room);
    room.lift();
    look
}

/// The look asked for just now, or at goodbye.
fn glass_look(room: &Room) -> AskId {
    let look = room.effects.iter().find_map(|effect| match effect {
        Effect::LookAtGlass { ask } => Some(*ask),
        _ => None,
    });
    look.expect("a look at the glass")
}

fn goodbye(room: &Room) -> GoodbyePage {
    match room.page() {
        Page::Goodbye(page) => page,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_original_taken_in_time_is_named_no_longer() {
    let mut room = Room::new();
    let ask = scanned_and_ended(&mut room);
    assert!(goodbye(&room).original, "before anything was seen");
    let covered = Some(false);
    room.event(Event::Glass { ask, covered });
    assert!(!goodbye(&room).original);
    room.wait(8);
    assert!(room.kiosk.is_idle());
}

#[test]
fn an_original_left_on_the_glass_holds_goodbye_until_it_is_taken() {
    let mut room = Room::new();
    let mut ask = scanned_and_ended(&mut room);
    for _ in 0..5 {
        let covered = Some(true);
        room.event(Event::Glass { ask, covered });
        assert!(goodbye(&room).on_glass);
        room.wait(3);
        ask = glass_look(&room);
        assert!(goodbye(&room).on_glass, "until it is seen otherwise");
    }
    let covered = Some(false);
    room.event(Event::Glass { ask, covered });
    assert!(!goodbye(&room).original);
    room.wait(8);
    assert!(room.kiosk.is_idle());
    // Nobody who comes next hears of it.
    scanning(&mut room);
}

#[test]
fn an_original_nobody_takes_is_told_to_the_next_who_scans_and_once() {
    let mut room = Room::new();
    let ask = scanned_and_ended(&mut room);
    let covered = Some(true);
    room.event(Event::Glass { ask, covered });
    room.wait(60);
    assert!(room.kiosk.is_idle());
    assert!(room.count(|effect| matches!(effect, Effect::Forget { .. })) == 1);
    let place = crate::papers::opened_paper(&mut room);
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Place {
            trouble: Some(ScanTrouble::LeftBehind),
            ..
        })
    ));
    room.touch(Touch::Back);
    crate::papers::open_pages(&mut room, place);
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Place { trouble: None, .. })
    ));
}

#[test]
fn a_scanner_that_sees_nothing_any_more_holds_nobody() {
    let mut room = Room::new();
    let ask = scanned_and_ended(&mut room);
    let covered = None;
    room.event(Event::Glass { ask, covered });
    assert!(goodbye(&room).original, "it may still lie there");
    room.wait(8);
    assert!(room.kiosk.is_idle());
}

#[test]
fn who_walks_away_from_a_scan_is_reminded_of_the_original_and_forgotten() {
    let mut room = Room::new();
    scanning(&mut room);
    let ask = room.asked();
    crate::papers::comes(&mut room, ask, &[crate::papers::page(77)]);
    room.wait(600);
    room.wait(600);
    assert!(goodbye(&room).original);
    assert_eq!(
        room.count(|effect| matches!(effect, Effect::DropPicture(PictureId(77)))),
        1
    );
    let look = glass_look(&room);
    room.lift();
    let covered = Some(false);
    room.event(Event::Glass { ask: look, covered });
    room.wait(8);
    assert!(room.kiosk.is_idle());
}

#[test]
fn a_result_still_printing_holds_goodbye_but_not_for_ever() {
    let mut room = Room::new();
    room.stored();
    room.received();
    let ask = room.asked();
    room.event(Event::City {
        ask,
        answer: Ok(granted("r")),
    });
    let result = room.asked();
    room.wait(5);
    let slip = room.asked();
    room.print_ends(slip);
    room.end();
    room.lift();
    room.wait(20);
    assert!(!room.kiosk.is_idle(), "the result is still being printed");
    assert!(
        goodbye(&room).coming && goodbye(&room).paper,
        "the slip is out"
    );
    room.print_ends(result);
    let page = goodbye(&room);
    assert!(page.paper && !page.coming);
    room.wait(8);
    assert!(room.kiosk.is_idle());
}

#[test]
fn a_printer_that_never_answers_holds_goodbye_a_minute() {
    let mut room = Room::new();
    room.stored();
    room.end();
    room.lift();
    room.wait(59);
    assert!(!room.kiosk.is_idle());
    room.wait(1);
    assert!(room.kiosk.is_idle());
}

#[test]
fn the_card_taken_while_a_result_prints_does_not_forget_the_print() {
    let mut room = Room::new();
    room.stored();
    room.received();
    let ask = room.asked();
    room.event(Event::City {
        ask,
        answer: Ok(granted("r")),
    });
    let result = room.asked();
    room.touch(Touch::Another);
    room.lift();
    assert!(matches!(
        room.kiosk.screen().overlay,
        Some(Overlay::Cover { .. })
    ));
    room.wait(30);
    assert!(matches!(room.page(), Page::Goodbye(_)));
    assert_eq!(room.kiosk.screen().overlay, None);
    assert_eq!(room.slips.len(), 1);
    let slip = room.asked();
    room.print_ends(slip);
    room.print_ends(result);
    room.wait(8);
    assert!(room.kiosk.is_idle());
}

#[test]
fn a_late_grant_after_goodbye_prints_nothing() {
    let mut room = Room::new();
    room.stored();
    room.received();
    let ask = room.asked();
    room.end();
    room.event(Event::City {
        ask,
        answer: Ok(granted("r")),
    });
    assert!(room.effects.is_empty(), "{:?}", room.effects);
}

#[test]
fn end_does_not_interrupt_the_storing() {
    let mut room = Room::new();
    room.find("失业登记");
    room.prove();
    room.reach_the_signature();
    room.touch(Touch::Next);
    let ask = room.asked();
    room.touch(Touch::End);
    room.touch(Touch::EndNow);
    room.event(Event::Reader(ReaderEvent::Removed));
    room.wait(30);
    let receipt = FIRST.into();
    room.event(Event::Stored { ask, receipt });
    room.wait(30);
    assert_eq!(room.slips, [(masked(), vec![FIRST.to_owned()])]);
}

#[test]
fn a_result_for_an_absent_printer_is_said_not_printed() {
    let mut room = Room::new();
    room.stored();
    room.received();
    let ask = room.asked();
    room.event(Event::Devices(kiosk_core::Devices {
        document_printer: kiosk_core::DeviceState::NotReady,
        ..crate::samples::all_well()
    }));
    room.event(Event::City {
        ask,
        answer: Ok(granted("r")),
    });
    let Page::Done(page) = room.page() else {
        panic!("done")
    };
    let printing = page.result.map(|result| result.printing);
    assert_eq!(printing, Some(ResultPrinting::NotPrinted));
}

#[test]
fn a_wrong_code_never_reaches_a_log() {
    let reply = FactorReply::Yes {
        grant: kiosk_core::Secret::new("token-1234"),
    };
    assert!(!format!("{reply:?}").contains("1234"));
}
