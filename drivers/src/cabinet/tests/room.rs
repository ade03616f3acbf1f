//! What people and the power supply do at a cabinet.

use super::super::sim::SimBoard;
use super::super::{CabinetCommand, CabinetEvent, RegisterMap, Signal, Slot, Ups};
use super::{Room, at_rest, sample};
use crate::runner::{Driver, Fault, FaultKind, Level, Supply};

#[test]
fn a_cabinet_at_rest_is_told_once() {
    let mut room = Room::new();
    room.run(3.0);
    assert_eq!(room.said(), at_rest());
    room.run(60.0);
    assert_eq!(room.said(), []);
    assert!(room.faults.is_empty());
}

#[test]
fn somebody_comes_and_goes_and_passers_by_are_nobody() {
    let mut room = Room::new();
    room.run(3.0);
    room.said();
    room.line.device(|board| board.set(Signal::Presence, true));
    room.run(1.0);
    assert_eq!(room.said(), [CabinetEvent::Presence(true)]);
    room.line.device(|board| board.set(Signal::Presence, false));
    room.run(1.0);
    assert_eq!(room.said(), [CabinetEvent::Presence(false)]);
    let now = room.line.now();
    for step in 0..20 {
        let at = now + std::time::Duration::from_millis(step * 150);
        room.line
            .at(at, move |board| board.set(Signal::Presence, step % 2 == 0));
    }
    room.run(4.0);
    assert_eq!(room.said(), []);
}

#[test]
fn doors_covers_and_plugs_are_told_in_their_own_sense() {
    let mut room = Room::new();
    room.run(3.0);
    room.said();
    for (signal, on, off) in [
        (
            Signal::Door,
            CabinetEvent::Door(true),
            CabinetEvent::Door(false),
        ),
        (
            Signal::Cover,
            CabinetEvent::Cover(true),
            CabinetEvent::Cover(false),
        ),
        (
            Signal::Headphones,
            CabinetEvent::Headphones(true),
            CabinetEvent::Headphones(false),
        ),
    ] {
        room.line.device(|board| board.set(signal, true));
        room.run(1.0);
        assert_eq!(room.said(), [on]);
        room.line.device(|board| board.set(signal, false));
        room.run(1.0);
        assert_eq!(room.said(), [off]);
    }
}

#[test]
fn a_power_cut_shows_on_the_supply_and_in_the_health() {
    let mut room = Room::new();
    room.run(3.0);
    room.said();
    room.line.device(|board| board.set(Signal::Mains, false));
    room.run(2.0);
    let ups = Ups {
        mains: Some(false),
        battery_low: Some(false),
        charge: Some(100),
    };
    assert_eq!(room.said(), [CabinetEvent::Ups(ups)]);
    assert_eq!(room.driver.condition().detail, "on_battery");
    room.line.device(|board| {
        board.set_charge(9);
        board.set(Signal::BatteryLow, true);
    });
    room.run(2.0);
    let last = room.said().pop();
    let low = Ups {
        mains: Some(false),
        battery_low: Some(true),
        charge: Some(9),
    };
    assert_eq!(last, Some(CabinetEvent::Ups(low)));
    let condition = room.driver.condition();
    assert_eq!(condition.detail, "battery_low");
    let battery = Supply {
        name: "battery",
        level: Level::Low,
    };
    assert_eq!(condition.supplies, [battery]);
    // A charge that is no percentage is not known.
    room.line.device(|board| board.set_charge(400));
    room.run(1.0);
    let unknown = Ups {
        charge: None,
        ..low
    };
    assert_eq!(room.said(), [CabinetEvent::Ups(unknown)]);
}

#[test]
fn a_temperature_is_told_in_steps_and_a_broken_sensor_is_named() {
    let mut room = Room::new();
    room.run(3.0);
    room.said();
    for (tenths, told) in [
        (253, vec![]),
        (256, vec![CabinetEvent::Temperature(256)]),
        (-123, vec![CabinetEvent::Temperature(-123)]),
    ] {
        room.line.device(|board| board.set_temperature(tenths));
        room.run(1.0);
        assert_eq!(room.said(), told);
    }
    room.line.device(|board| board.set_temperature(i16::MIN));
    room.run(1.0);
    assert_eq!(room.said(), []);
    assert_eq!(room.driver.condition().detail, "temperature_sensor");
}

#[test]
fn lights_are_told_when_the_board_confirmed_them_and_come_back_after_a_power_cut() {
    let mut room = Room::new();
    room.run(3.0);
    room.said();
    let (slot, on) = (Slot::Receipt, true);
    room.commands.push_back(CabinetCommand::Light { slot, on });
    room.run(0.5);
    assert_eq!(room.said(), [CabinetEvent::Lit { slot, on }]);
    assert_eq!(room.line.device(|board| board.lit(slot)), Some(true));

    room.line.device(|board| {
        board.power_cycle();
        board.faults.silent = true;
    });
    room.run(5.0);
    assert_eq!(room.said(), [CabinetEvent::Lost]);
    room.line.device(|board| board.faults.silent = false);
    room.run(5.0);
    assert_eq!(room.said()[0], CabinetEvent::Lit { slot, on });
    assert_eq!(room.line.device(|board| board.lit(slot)), Some(true));
    let on = false;
    room.commands.push_back(CabinetCommand::Light { slot, on });
    room.run(0.5);
    assert_eq!(room.said(), [CabinetEvent::Lit { slot, on }]);
    assert_eq!(room.line.device(|board| board.lit(slot)), Some(false));
}

#[test]
fn a_light_while_the_board_is_away_is_refused() {
    let mut room = Room::new();
    let command = CabinetCommand::Light {
        slot: Slot::Card,
        on: true,
    };
    let fault = Fault::new(FaultKind::Absent, "open");
    let events = &mut room.events;
    let emit = &mut |event| events.push(event);
    room.driver.refuse(command, &fault, emit);
    assert_eq!(room.said(), [CabinetEvent::Refused(command)]);
}

#[test]
fn a_light_the_board_has_not_is_refused_and_the_rest_goes_on() {
    let text = RegisterMap::SAMPLE.replace("coil = 4", "coil = 50");
    let wrong = RegisterMap::parse(&text).unwrap();
    let mut room = Room::with(wrong, SimBoard::new(&sample()));
    room.run(3.0);
    room.said();
    let on = true;
    for slot in [Slot::Code, Slot::Card] {
        room.commands.push_back(CabinetCommand::Light { slot, on });
    }
    room.run(1.0);
    let refused = CabinetCommand::Light {
        slot: Slot::Code,
        on,
    };
    let said = room.said();
    assert!(said.contains(&CabinetEvent::Refused(refused)), "{said:?}");
    let slot = Slot::Card;
    assert!(said.contains(&CabinetEvent::Lit { slot, on }), "{said:?}");
    assert_eq!(said.len(), 2);
    assert!(room.faults.is_empty());
    room.line.device(SimBoard::power_cycle);
    room.run(1.0);
    assert_eq!(room.said(), [CabinetEvent::Lit { slot, on }]);
}

#[test]
fn lights_come_back_after_a_power_cut_too_short_to_be_noticed() {
    for map in [RegisterMap::SAMPLE, ON_COILS] {
        let map = RegisterMap::parse(map).unwrap();
        let board = SimBoard::new(&map);
        let mut room = Room::with(map, board);
        // An answer sent twice must not be taken for the next one.
        room.line.device(|board| board.faults.twice = u32::MAX);
        room.run(3.0);
        room.said();
        for (slot, on) in [(Slot::Card, true), (Slot::Receipt, false)] {
            room.commands.push_back(CabinetCommand::Light { slot, on });
        }
        room.run(0.5);
        room.said();
        room.line.device(SimBoard::power_cycle);
        room.run(1.0);
        let (slot, on) = (Slot::Card, true);
        assert_eq!(room.said(), [CabinetEvent::Lit { slot, on }]);
        let lit = |slot| room.line.device(|board| board.lit(slot));
        assert_eq!(
            [lit(Slot::Card), lit(Slot::Receipt)],
            [Some(true), Some(false)]
        );
        assert!(room.faults.is_empty());
    }
}

/// A board whose switches are coils as well, beside its lights.
const ON_COILS: &str = r#"
unit = 1
[identity]
table = "holding"
address = 0
count = 8
[[input]]
signal = "door"
table = "coil"
address = 8
[[light]]
slot = "card"
coil = 0
[[light]]
slot = "receipt"
coil = 1
"#;

#[test]
fn a_board_that_does_not_tell_its_coils_keeps_working() {
    let mut room = Room::new();
    room.line.device(|board| board.faults.mute_coils = true);
    room.run(3.0);
    room.said();
    let (slot, on) = (Slot::Receipt, true);
    room.commands.push_back(CabinetCommand::Light { slot, on });
    room.run(2.0);
    assert_eq!(room.said(), [CabinetEvent::Lit { slot, on }]);
    room.line.device(|board| board.set(Signal::Door, true));
    room.run(1.0);
    assert_eq!(room.said(), [CabinetEvent::Door(true)]);
    assert!(room.faults.is_empty());
}

#[test]
fn a_light_does_not_wait_for_inputs_that_are_rarely_looked_at() {
    let text = RegisterMap::SAMPLE.replace("poll-ms = 100", "poll-ms = 5000");
    let map = RegisterMap::parse(&text).unwrap();
    let board = SimBoard::new(&map);
    let mut room = Room::with(map, board);
    room.run(6.0);
    room.said();
    let (slot, on) = (Slot::Code, true);
    room.commands.push_back(CabinetCommand::Light { slot, on });
    room.run(0.2);
    assert_eq!(room.said(), [CabinetEvent::Lit { slot, on }]);
}

#[test]
fn a_map_that_reads_more_of_the_identity_than_there_is_fails_at_once() {
    let text = RegisterMap::SAMPLE.replace("count = 8", "count = 9");
    let wrong = RegisterMap::parse(&text).unwrap();
    let mut room = Room::with(wrong, SimBoard::new(&sample()));
    room.round();
    assert_eq!(room.faults[0].key, "modbus_exception_02");
}

#[test]
fn events_print_as_they_are_documented() {
    let line = |event: CabinetEvent| event.to_json().unwrap().to_string();
    assert_eq!(
        line(CabinetEvent::Temperature(-123)),
        r#"{"celsius":-12.3,"event":"temperature"}"#
    );
    assert_eq!(
        line(CabinetEvent::Ups(Ups::default())),
        r#"{"batteryLow":null,"chargePercent":null,"event":"ups","mains":null}"#
    );
}
