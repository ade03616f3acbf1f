//! The suite of cabinets.

use super::device::{Device, cable, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use crate::cabinet::{self, CabinetCommand, CabinetEvent, RegisterMap, Signal, Slot, Ups};
use crate::runner::DeviceThread;
use crate::transport::{self, LineSettings};

type Cabinet<'a> = Device<'a, DeviceThread<CabinetCommand>, CabinetEvent>;

pub(super) fn suite(target: &Target, session: &mut Session<'_>) {
    let map = match target
        .registers
        .clone()
        .map_or_else(RegisterMap::sample, Ok)
    {
        Ok(map) => map,
        Err(error) => {
            session.check("opens", |_| Found::Failed(error.to_string()));
            return;
        }
    };
    let mut cabinet: Cabinet<'_> = Device::new(|events| {
        cabinet::start(&target.selector, map.clone(), events, |report| report)
    })
    .on(|| transport::open(&target.selector, LineSettings::default()));
    if !silent(session, &mut cabinet) {
        return;
    }
    if session.reaches(Level::Active) {
        if map.slots().next().is_none() {
            session.leave_out("lights", "the map has no light");
        }
        for slot in map.slots() {
            light(session, &mut cabinet, slot);
        }
    }
    if session.reaches(Level::Guided) {
        for signal in map.signals() {
            switch(session, &mut cabinet, signal);
        }
        cable(session, &mut cabinet);
    }
}

/// On, confirmed by the board; off, confirmed too.
fn light(session: &mut Session<'_>, cabinet: &mut Cabinet<'_>, slot: Slot) {
    session.check(light_name(slot), |session| {
        cabinet.forget();
        for on in [true, false] {
            let sent = cabinet
                .thread()
                .is_some_and(|thread| thread.send(CabinetCommand::Light { slot, on }));
            if !sent {
                return Found::Failed("the driver's thread has ended".to_owned());
            }
            let limit = session.limit(|limits| limits.answer);
            let confirmed = cabinet.until(limit, |cabinet| {
                cabinet.take(|event| match event {
                    CabinetEvent::Lit { slot: lit, on: is } if lit == slot => Some(is == on),
                    CabinetEvent::Refused(_) | CabinetEvent::Lost => Some(false),
                    CabinetEvent::Lit { .. }
                    | CabinetEvent::Presence(_)
                    | CabinetEvent::Door(_)
                    | CabinetEvent::Cover(_)
                    | CabinetEvent::Headphones(_)
                    | CabinetEvent::Temperature(_)
                    | CabinetEvent::Ups(_) => None,
                })
            });
            match confirmed {
                Ok(true) => {}
                Ok(false) => return Found::Failed("the board did not confirm it".to_owned()),
                Err(reason) => return Found::Failed(reason),
            }
        }
        Found::Passed("on and off, confirmed".to_owned())
    });
}

/// The signal changes and changes back, and both are told.
fn switch(session: &mut Session<'_>, cabinet: &mut Cabinet<'_>, signal: Signal) {
    // What a cabinet rests in; the UPS is not to be drained for a test.
    let rest = signal == Signal::Mains;
    if signal == Signal::BatteryLow {
        session.leave_out(signal_name(signal), "a battery is not drained for a test");
        return;
    }
    session.check(signal_name(signal), |session| {
        for on in [!rest, rest] {
            cabinet.forget();
            if let Err(found) = session.ask(Instruction::Switch { signal, on }) {
                return found;
            }
            let limit = session.limit(|limits| limits.notice);
            let told = cabinet.until(limit, |cabinet| {
                cabinet.take(|event| (state_of(event, signal) == Some(on)).then_some(()))
            });
            if let Err(reason) = told {
                return Found::Failed(reason);
            }
        }
        Found::Passed("there and back".to_owned())
    });
}

/// What `event` says of `signal`; `None` when nothing.
fn state_of(event: CabinetEvent, signal: Signal) -> Option<bool> {
    match (event, signal) {
        (CabinetEvent::Presence(on), Signal::Presence)
        | (CabinetEvent::Door(on), Signal::Door)
        | (CabinetEvent::Cover(on), Signal::Cover)
        | (CabinetEvent::Headphones(on), Signal::Headphones) => Some(on),
        (CabinetEvent::Ups(Ups { mains, .. }), Signal::Mains) => mains,
        (CabinetEvent::Ups(Ups { battery_low, .. }), Signal::BatteryLow) => battery_low,
        (
            CabinetEvent::Presence(_)
            | CabinetEvent::Door(_)
            | CabinetEvent::Cover(_)
            | CabinetEvent::Headphones(_)
            | CabinetEvent::Temperature(_)
            | CabinetEvent::Ups(_)
            | CabinetEvent::Lit { .. }
            | CabinetEvent::Lost
            | CabinetEvent::Refused(_),
            _,
        ) => None,
    }
}

fn light_name(slot: Slot) -> &'static str {
    match slot {
        Slot::Card => "light-card",
        Slot::Receipt => "light-receipt",
        Slot::Scanner => "light-scanner",
        Slot::Document => "light-document",
        Slot::Code => "light-code",
        Slot::Keypad => "light-keypad",
    }
}

fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Presence => "presence",
        Signal::Door => "door",
        Signal::Cover => "cover",
        Signal::Headphones => "headphones",
        Signal::Mains => "mains",
        Signal::BatteryLow => "battery-low",
    }
}
