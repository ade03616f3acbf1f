//! Who broke a commitment is not asked for another one, and is told why and until when.

use jiff::civil::date;
use kiosk_core::screen::{CommitmentBar, MaterialState, MaterialWay, Page};
use kiosk_core::{Effect, Event, Prefilled, Reply, Request, Touch};

use crate::room::Room;

/// Items with a material that may be promised in place of a paper, and with one that only a
/// promise supplies.
const EITHER: &str = "个体工商户设立登记";
const PROMISED: &str = "法律援助申请";

const BAR: CommitmentBar = CommitmentBar {
    since: date(2026, 3, 2),
    until: Some(date(2027, 3, 2)),
    source: None,
};

/// Up to the checklist, with what the city answered about the person's promises.
fn checklist(item: &str, bar: Option<CommitmentBar>) -> Room {
    let mut room = Room::new();
    room.find(item);
    room.touch(Touch::Next);
    room.card(1);
    room.prove_known_up_to_registers();
    let asked = room.count(|effect| {
        matches!(
            effect,
            Effect::Ask {
                request: Request::Prefill { .. },
                ..
            }
        )
    });
    assert_eq!(asked, 1, "the city is asked whether a promise counts");
    let ask = room.asked();
    let known = Prefilled {
        bar,
        ..Prefilled::default()
    };
    let answer = Ok(Reply::Prefilled(known));
    room.event(Event::City { ask, answer });
    for _ in 0..60 {
        if let Page::Materials(_) = room.page() {
            return room;
        }
        room.step_forward();
    }
    panic!("no checklist: {:?}", room.page());
}

/// The state of the material that could be promised, and what its page offers and says.
fn offered(
    room: &mut Room,
    states: [MaterialState; 2],
) -> (MaterialState, Vec<MaterialWay>, Option<CommitmentBar>) {
    let Page::Materials(page) = room.page() else {
        panic!("{:?}", room.page())
    };
    let place = page
        .materials
        .iter()
        .position(|m| states.contains(&m.state));
    let place = place.expect("a material that could be promised");
    room.touch(Touch::Pick(place));
    let Page::Material(shown) = room.page() else {
        panic!("{:?}", room.page())
    };
    (page.materials[place].state, shown.ways, shown.bar)
}

#[test]
fn who_broke_a_promise_is_offered_the_scan_only_and_told_until_when() {
    for (item, before) in [
        (EITHER, MaterialState::ToScanOrPromise),
        (PROMISED, MaterialState::ToPromise),
    ] {
        let mut room = checklist(item, None);
        let (state, ways, bar) = offered(&mut room, [before, before]);
        assert_eq!((state, bar), (before, None), "{item}");
        assert!(ways.contains(&MaterialWay::Promise), "{item}: {ways:?}");

        let mut room = checklist(item, Some(BAR));
        let to_scan = MaterialState::ToScan;
        let (state, ways, bar) = offered(&mut room, [before, to_scan]);
        assert_eq!((state, bar), (to_scan, Some(BAR)), "{item}");
        assert!(ways.contains(&MaterialWay::Scan), "{item}: {ways:?}");
        assert!(!ways.contains(&MaterialWay::Promise), "{item}: {ways:?}");
    }
}
