//! Running a driver without its thread: the same loop for a recording and its replay, so that
//! the driver does the same in both.

use std::time::Duration;

use serde_json::{Value, json};

use crate::runner::{Condition, Driver, Fault};
use crate::transport::{Transport, TransportError};

/// Opens the device's line anew.
pub type Opener<'a> = dyn FnMut() -> Result<Box<dyn Transport>, TransportError> + 'a;

/// The pause after anything that went wrong.
const PAUSE: Duration = Duration::from_millis(500);

/// What the loop needs from outside: the line, the time, the orders.
pub(super) trait Bench {
    /// Opens the line; the first time, and after it was lost.
    fn open(&mut self) -> Result<Box<dyn Transport>, TransportError>;
    /// Lets some time pass.
    fn pause(&mut self, time: Duration);
    /// The next order that is due; `None` when none is.
    fn order(&mut self) -> Option<String>;
    /// Whether the time is over.
    fn over(&self) -> bool;
}

/// The order a text stands for; `None` when it stands for none.
pub(super) type Order<'a, D> = dyn Fn(&str) -> Option<<D as Driver>::Command> + 'a;

/// An event's object; `None` for those that are not shown.
pub(super) type Words<'a, D> = dyn Fn(&<D as Driver>::Event) -> Option<Value> + 'a;

/// What a kind is told and says, as text.
pub(super) struct Speech<'a, D: Driver> {
    pub(super) order: &'a Order<'a, D>,
    pub(super) words: &'a Words<'a, D>,
}

/// Opens, identifies and runs `driver` until the bench's time is over.
pub(super) fn drive<D: Driver>(
    mut driver: D,
    speech: &Speech<'_, D>,
    bench: &mut dyn Bench,
    tell: &mut dyn FnMut(Value),
) {
    let mut told = None;
    while !bench.over() {
        let fault = match bench.open() {
            Ok(mut line) => use_line(&mut driver, speech, bench, &mut *line, &mut told, tell),
            Err(error) => {
                let fault = Fault::opening(error);
                failed(&mut driver, speech, &fault, &mut told, tell);
                Some(fault)
            }
        };
        if fault.is_some() && !bench.over() {
            bench.pause(PAUSE);
        }
    }
}

/// Runs the driver on one line until that is lost (`Some`) or the time is over.
fn use_line<D: Driver>(
    driver: &mut D,
    speech: &Speech<'_, D>,
    bench: &mut dyn Bench,
    line: &mut dyn Transport,
    told: &mut Option<Condition>,
    tell: &mut dyn FnMut(Value),
) -> Option<Fault> {
    while !bench.over() {
        let Err(fault) = identify_and_step(driver, speech, bench, line, told, tell) else {
            return None;
        };
        // What failed because the time is over says nothing about the device.
        if bench.over() {
            return None;
        }
        failed(driver, speech, &fault, told, tell);
        if !fault.kind.line_usable() {
            return Some(fault);
        }
        bench.pause(PAUSE);
    }
    None
}

fn identify_and_step<D: Driver>(
    driver: &mut D,
    speech: &Speech<'_, D>,
    bench: &mut dyn Bench,
    line: &mut dyn Transport,
    told: &mut Option<Condition>,
    tell: &mut dyn FnMut(Value),
) -> Result<(), Fault> {
    let identity = driver.identify(line)?;
    tell(json!({"event": "identified", "name": identity.name, "detail": identity.detail}));
    while !bench.over() {
        condition(driver.condition(), told, tell);
        let mut said = Vec::new();
        let step = driver.step(
            line,
            &mut || bench.order().and_then(|text| (speech.order)(&text)),
            &mut |event| said.extend((speech.words)(&event)),
        );
        said.into_iter().for_each(&mut *tell);
        step?;
    }
    condition(driver.condition(), told, tell);
    Ok(())
}

/// Tells a condition that is another than the last one told. Supplies have events of their own.
fn condition(now: Condition, told: &mut Option<Condition>, tell: &mut dyn FnMut(Value)) {
    let now = now.with_supplies(Vec::new());
    if told.as_ref() != Some(&now) {
        let detail = (!now.detail.is_empty()).then_some(&now.detail);
        tell(json!({"event": "health", "state": now.state.name(), "detail": detail}));
        *told = Some(now);
    }
}

fn failed<D: Driver>(
    driver: &mut D,
    speech: &Speech<'_, D>,
    fault: &Fault,
    told: &mut Option<Condition>,
    tell: &mut dyn FnMut(Value),
) {
    driver.failed(fault, &mut |event| {
        if let Some(words) = (speech.words)(&event) {
            tell(words);
        }
    });
    condition(fault.condition(), told, tell);
}
