//! A printer nobody knows: met as each family in turn, then tried by what it does.

use super::driver::{Findings, PrinterCommand, PrinterDriver, PrinterEvent, Settings};
use super::journal::MemoryJournal;
use super::profile::Profile;
use crate::runner::{Driver, Fault, FaultKind};
use crate::selector::Selector;
use crate::transport::Transport;

/// The families in the order they are tried. What a clone asks for harms no other printer and
/// many answer it; Epson's own commands come last, because on a clone they print.
const FAMILIES: [&str; 4] = ["generic", "custom", "cashino", "epson"];

/// Opens the line of one attempt.
type Opener<'a> = &'a mut dyn FnMut(&Settings) -> Result<Box<dyn Transport>, Fault>;

/// Finds out what the printer at `selector` really does, whatever it is and claims to be; prints
/// one short maintenance slip. `random` are any 16 bits.
///
/// # Errors
/// [`Fault`] of the last family when it answers as none of them; at once when there is no such
/// printer or it needs a hand first.
pub fn probe(selector: &Selector, random: u16) -> Result<Findings, Fault> {
    let open = &mut |settings: &Settings| super::open(selector, settings).map_err(Fault::opening);
    as_any(selector, random, open)
}

/// [`probe`] with the line of each attempt opened by `open`.
pub(super) fn as_any(
    selector: &Selector,
    random: u16,
    open: Opener<'_>,
) -> Result<Findings, Fault> {
    let mut last = Fault::new(FaultKind::NoAnswer, "identify");
    for family in FAMILIES {
        let profile = Profile::named(family)
            .map_err(|error| Fault::new(FaultKind::WrongDevice, "identify").because(error))?;
        let settings = Settings::for_profile(profile, selector, random);
        let mut line = open(&settings)?;
        match met(settings, &mut *line) {
            Ok(findings) => return Ok(findings),
            Err(fault) if is_another(&fault) => last = fault,
            Err(fault) => return Err(fault),
        }
    }
    Err(last)
}

/// What the printer does, met with these settings.
fn met(settings: Settings, line: &mut dyn Transport) -> Result<Findings, Fault> {
    let mut driver = PrinterDriver::new(settings, MemoryJournal::default());
    driver.identify(line)?;
    let mut order = Some(PrinterCommand::Probe);
    let mut found = None;
    driver.step(line, &mut || order.take(), &mut |event| {
        if let PrinterEvent::Probed(findings) = event {
            found = Some(findings);
        }
    })?;
    found.ok_or_else(|| Fault::new(FaultKind::NoAnswer, "probe"))
}

/// It may be a printer of another family.
fn is_another(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::NoAnswer | FaultKind::Garbled | FaultKind::WrongDevice => true,
        FaultKind::Absent
        | FaultKind::Refused
        | FaultKind::LineLost
        | FaultKind::OutOfService
        | FaultKind::Suspicious
        | FaultKind::NeedsHand => false,
    }
}
