//! Just started: nobody begins before the receipt printer has told that nothing of an earlier
//! slip is left in it, and one that never tells holds nobody for long.

use std::time::Duration;

use kiosk_core::screen::{Page, Reason, SlipState};
use kiosk_core::{DeviceState, Devices, Effect, Event, Touch};

use crate::room::Room;
use crate::samples::all_well;

fn printer(state: DeviceState) -> Event {
    Event::Devices(Devices {
        receipt_printer: state,
        ..all_well()
    })
}

fn halted(room: &Room) -> Option<Reason> {
    match room.page() {
        Page::Idle(page) => page.halted,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nobody_begins_while_the_printer_is_still_being_cleared() {
    let mut room = Room::new();
    room.event(printer(DeviceState::Starting));
    assert_eq!(halted(&room), Some(Reason::Starting));
    room.touch(Touch::Start);
    room.card(1);
    assert!(room.kiosk.is_idle());
    room.lift();
    room.event(printer(DeviceState::Ready));
    assert_eq!(halted(&room), None);
    room.touch(Touch::Start);
    assert!(!room.kiosk.is_idle());
}

#[test]
fn a_printer_that_cannot_be_used_or_is_not_there_holds_nobody() {
    for state in [DeviceState::Absent, DeviceState::NotReady] {
        let mut room = Room::new();
        room.event(printer(state));
        assert_eq!(halted(&room), None, "{state:?}");
    }
}

#[test]
fn a_printer_that_never_tells_holds_the_kiosk_a_minute() {
    let mut room = Room::new();
    room.event(printer(DeviceState::Starting));
    assert_eq!(room.kiosk.deadline(), Some(Duration::from_secs(60)));
    room.wait(59);
    assert_eq!(halted(&room), Some(Reason::Starting));
    room.wait(1);
    assert_eq!(halted(&room), None);
    assert_eq!(room.kiosk.deadline(), None);
    room.touch(Touch::Start);
    assert!(!room.kiosk.is_idle());
}

#[test]
fn a_printer_that_clears_itself_later_in_the_day_holds_nobody_and_takes_the_slip() {
    let mut room = Room::new();
    room.wait(600);
    room.event(printer(DeviceState::Starting));
    assert_eq!(halted(&room), None);
    room.stored();
    room.received();
    room.touch(Touch::PrintSlip);
    assert_eq!(
        room.count(|effect| matches!(effect, Effect::PrintSlip { .. })),
        1
    );
    let Page::Done(page) = room.page() else {
        panic!("done")
    };
    assert_eq!(page.slip, SlipState::Printing);
}
