//! One conformance suite for each kind of device: the same run for a simulator in `cargo test`
//! and for a real device by `kiosk device test`.
//!
//! [`run`] starts the kind's own driver on its own thread, as the kiosk does, and looks at
//! nothing but what that thread reports. Three levels, each with the ones before it:
//! [`Level::Silent`] asks only (no paper, no light, no noise), [`Level::Active`] makes the
//! device work by itself, [`Level::Guided`] has a person ([`Guide`]) do what people do to
//! devices and expects it to be noticed and healed. No check's text holds a person's data.

mod cabinet;
mod code_scanner;
mod device;
mod document_printer;
mod guide;
mod id_card;
mod keypad;
mod receipt_printer;
mod report;
mod scanner;
mod session;
mod target;
mod test_page;
#[cfg(all(test, feature = "simulator"))]
mod tests;

pub use guide::{Answer, Guide, Instruction, NoGuide};
pub use report::{Check, DeviceKind, Level, Report, Verdict};
pub use target::{Limits, Target};
#[cfg(feature = "fuzzing")]
pub(crate) use test_page::pdf as test_pdf;
pub(crate) use test_page::ruler;

use crate::runner::{self, DeviceThread, Driver, Ladder};
use crate::transport::{Transport, TransportError};
use device::Device;
use session::Session;

/// Tests the device `target` names as a device of `kind`, up to `level`.
///
/// The device must not be in use elsewhere: stop its driver's thread first. Blocks until the
/// report is made, for [`Limits::whole`] at most and one check more.
///
/// `guide` is only asked at [`Level::Guided`], and told of every check as it ends.
pub fn run(kind: DeviceKind, target: &Target, level: Level, guide: &mut dyn Guide) -> Report {
    let mut session = Session::new(target.limits, level, guide);
    match kind {
        DeviceKind::IdCard => id_card::suite(target, &mut session),
        DeviceKind::Keypad => keypad::suite(target, &mut session),
        DeviceKind::CodeScanner => code_scanner::suite(target, &mut session),
        DeviceKind::ReceiptPrinter => receipt_printer::suite(target, &mut session),
        DeviceKind::DocumentPrinter => document_printer::suite(target, &mut session),
        DeviceKind::Scanner => scanner::suite(target, &mut session),
        DeviceKind::Cabinet => cabinet::suite(target, &mut session),
    }
    session.report(kind, target)
}

/// The checks that hold for a device of any kind, for a driver that has no suite of its own yet:
/// it opens, says who it is, is ready, says the same when its line is opened anew, and, at
/// [`Level::Guided`], survives its cable.
///
/// `make` makes a driver that has not seen its device; `open` opens its line. What such a device
/// does at work is for its own checks; `docs/write-a-driver.md` shows how.
pub fn run_driver<D: Driver + 'static>(
    make: impl Fn() -> D,
    open: impl Fn() -> Result<Box<dyn Transport>, TransportError> + Clone + Send + 'static,
    limits: Limits,
    level: Level,
    guide: &mut dyn Guide,
) -> Vec<Check> {
    let mut session = Session::new(limits, level, guide);
    let line = open.clone();
    let mut device: Device<'_, DeviceThread<D::Command>, D::Event> = Device::new(move |events| {
        let (open, ladder) = (Box::new(open.clone()), Ladder::default());
        runner::start("conformance", make(), open, ladder, events, |report| report)
    })
    .on(line);
    if device::silent(&mut session, &mut device) && session.reaches(Level::Guided) {
        device::cable(&mut session, &mut device);
    }
    session.checks()
}
