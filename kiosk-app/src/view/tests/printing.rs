//! Slips and results on paper: each outcome in its own words.

use kiosk_core::PrintTrouble;

use super::sensed::{says, show};
use super::*;

/// What is said of a result that came out so, on the done page and on its case's.
fn said_of_result(
    canvas: &Canvas,
    printing: ResultPrinting,
    trouble: Option<PrintTrouble>,
) -> [Vec<String>; 2] {
    let place = Place::Received {
        filing: "590100-20261123-0042".to_owned(),
        case: None,
    };
    let slip = SlipState::Printed;
    let Page::Done(mut done) = samples::done(place, OutcomeShown::Granted, slip) else {
        panic!("done")
    };
    let due = Due {
        date: date(2026, 12, 3),
        provisional: false,
    };
    let Page::Matter(mut matter) = samples::matter(due) else {
        panic!("matter")
    };
    let result = samples::result(printing, trouble);
    (done.result, matter.result) = (Some(result.clone()), Some(result));
    [Page::Done(done), Page::Matter(matter)].map(|page| {
        show(canvas, &question(1, page));
        words_on(canvas)
    })
}

#[test]
fn a_result_is_said_as_it_was_proven_with_what_to_do() {
    let (canvas, _) = canvas();
    for (printing, badge, detail) in [
        (
            ResultPrinting::HandedOver,
            "result.handed-over",
            "result.handed-over-detail",
        ),
        (
            ResultPrinting::NotPrinted,
            "result.not-printed",
            "result.not-printed-detail",
        ),
        (
            ResultPrinting::Partial,
            "result.partial",
            "result.partial-detail",
        ),
        (
            ResultPrinting::Unknown,
            "result.unknown",
            "result.unknown-detail",
        ),
    ] {
        for words in said_of_result(&canvas, printing, None) {
            for key in [badge, detail] {
                let said = Words(Lang::ZhHans).get(key);
                assert!(
                    words.contains(&said),
                    "{printing:?} without {key}: {words:?}"
                );
            }
            let printed = Words(Lang::ZhHans).get("result.printed");
            assert!(!words.contains(&printed), "{printing:?}");
        }
    }
}

#[test]
fn a_result_that_waits_for_paper_says_so_while_it_waits() {
    let (canvas, _) = canvas();
    let trouble = Some(PrintTrouble::Paper);
    for words in said_of_result(&canvas, ResultPrinting::Printing, trouble) {
        let paper = Words(Lang::ZhHans).get("print-trouble.paper");
        let waits = Words(Lang::ZhHans).get("result.waits-detail");
        assert!(words.contains(&format!("{paper}{waits}")), "{words:?}");
    }
}

#[test]
fn a_slip_says_whether_it_is_to_be_taken_or_was_drawn_back() {
    let (canvas, _) = canvas();
    for (slip, title, again) in [
        (SlipState::Ready, "slip-state.ready", false),
        (SlipState::Taken, "slip-state.taken", false),
        (SlipState::DrawnBack, "slip-state.drawn-back", true),
        (SlipState::Declined, "slip-state.declined", false),
    ] {
        let stored = samples::done(Place::StoredHere, OutcomeShown::Unknown, slip);
        let Page::Done(mut done) = stored else {
            panic!("done")
        };
        // What is below the first leaf of a long page is not there to be touched.
        done.result = None;
        done.fees.clear();
        show(&canvas, &question(1, Page::Done(done)));
        assert!(says(&canvas, title), "{slip:?}");
        assert_eq!(says(&canvas, "done.print-again"), again, "{slip:?}");
        let take = slip == SlipState::Ready;
        assert_eq!(says(&canvas, "slip-state.take"), take, "{slip:?}");
    }
}
