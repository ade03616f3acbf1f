//! The suite of cabinets.

use std::collections::BTreeMap;
use std::time::Duration;

use super::device::{Device, cable, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use crate::cabinet::{self, CabinetCommand, CabinetEvent, RegisterMap, Signal, Slot, Ups};
use crate::runner::DeviceThread;
use crate::transport::{self, LineSettings};

type Board<'a> = Device<'a, DeviceThread<CabinetCommand>, CabinetEvent>;
type Known = BTreeMap<Signal, bool>;

/// The board, and the last that was told of each signal.
struct Cabinet<'a> {
    device: Board<'a>,
    known: Known,
}

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
    let device = Device::new(|events| {
        cabinet::start(&target.selector, map.clone(), events, |report| report)
    })
    .on(|| transport::open(&target.selector, LineSettings::default()));
    let mut cabinet = Cabinet {
        device,
        known: BTreeMap::new(),
    };
    if !silent(session, &mut cabinet.device) {
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
        cable(session, &mut cabinet.device);
    }
}

impl Cabinet<'_> {
    /// Forgets what was said so far but for the signals in it.
    fn listen(&mut self) {
        self.device.listen();
        hear(&mut self.device, &mut self.known, |_| None::<()>);
    }

    /// Waits for what `pick` wants of an event, for `limit` at most.
    fn wait<R>(
        &mut self,
        limit: Duration,
        mut pick: impl FnMut(CabinetEvent) -> Option<R>,
    ) -> Result<R, String> {
        let Self { device, known } = self;
        device.until(limit, |device| hear(device, known, &mut pick))
    }
}

/// Takes what was told, notes the signals in it, and returns the first that `pick` wants.
fn hear<R>(
    board: &mut Board<'_>,
    known: &mut Known,
    mut pick: impl FnMut(CabinetEvent) -> Option<R>,
) -> Option<R> {
    board.take(|event| {
        for signal in SIGNALS {
            known.extend(state_of(event, signal).map(|on| (signal, on)));
        }
        pick(event)
    })
}

/// On, confirmed by the board; off, confirmed too.
fn light(session: &mut Session<'_>, cabinet: &mut Cabinet<'_>, slot: Slot) {
    session.check(light_name(slot), |session| {
        cabinet.listen();
        for on in [true, false] {
            let thread = cabinet.device.thread();
            if !thread.is_some_and(|thread| thread.send(CabinetCommand::Light { slot, on })) {
                return Found::Failed("the driver's thread has ended".to_owned());
            }
            let limit = session.limit(|limits| limits.answer);
            match cabinet.wait(limit, |event| confirmed(event, slot, on)) {
                Ok(true) => {}
                Ok(false) => return Found::Failed("the board did not confirm it".to_owned()),
                Err(reason) => return Found::Failed(reason),
            }
        }
        Found::Passed("on and off, confirmed".to_owned())
    });
}

/// Whether the board confirms the light of `slot`; `None` when `event` is about something else.
fn confirmed(event: CabinetEvent, slot: Slot, on: bool) -> Option<bool> {
    match event {
        CabinetEvent::Lit { slot: lit, on: is } if lit == slot => Some(is == on),
        CabinetEvent::Refused(_) | CabinetEvent::Lost => Some(false),
        CabinetEvent::Lit { .. }
        | CabinetEvent::Presence(_)
        | CabinetEvent::Door(_)
        | CabinetEvent::Cover(_)
        | CabinetEvent::Headphones(_)
        | CabinetEvent::Temperature(_)
        | CabinetEvent::Ups(_) => None,
    }
}

/// The signal changes and changes back, and both are told. One that is in the first state
/// already (whoever tests a kiosk stands before it) has only to leave it.
fn switch(session: &mut Session<'_>, cabinet: &mut Cabinet<'_>, signal: Signal) {
    // What a cabinet rests in; the UPS is not to be drained for a test.
    let rest = signal == Signal::Mains;
    if signal == Signal::BatteryLow {
        session.leave_out(signal.name(), "a battery is not drained for a test");
        return;
    }
    session.check(signal.name(), |session| {
        for on in [!rest, rest] {
            if let Err(found) = session.ask(Instruction::Switch { signal, on }) {
                return found;
            }
            let limit = session.limit(|limits| limits.notice);
            cabinet.listen();
            if cabinet.known.get(&signal) == Some(&on) {
                continue;
            }
            let told = cabinet.wait(limit, |event| {
                state_of(event, signal).filter(|is| *is == on)
            });
            if let Err(reason) = told {
                return Found::Failed(reason);
            }
        }
        Found::Passed("there and back".to_owned())
    });
}

const SIGNALS: [Signal; 6] = [
    Signal::Presence,
    Signal::Door,
    Signal::Cover,
    Signal::Headphones,
    Signal::Mains,
    Signal::BatteryLow,
];

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
    }
}
