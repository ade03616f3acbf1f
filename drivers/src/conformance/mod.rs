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
pub(crate) use test_page::ruler;

use session::Session;

/// Tests the device `target` names as a device of `kind`, up to `level`.
///
/// The device must not be in use elsewhere: stop its driver's thread first. Blocks until the
/// report is made, for [`Limits::whole`] at most and one check more.
///
/// `guide` is only asked at [`Level::Guided`], and told of every check as it ends.
pub fn run(kind: DeviceKind, target: &Target, level: Level, guide: &mut dyn Guide) -> Report {
    let mut session = Session::new(kind, target, level, guide);
    match kind {
        DeviceKind::IdCard => id_card::suite(target, &mut session),
        DeviceKind::Keypad => keypad::suite(target, &mut session),
        DeviceKind::CodeScanner => code_scanner::suite(target, &mut session),
        DeviceKind::ReceiptPrinter => receipt_printer::suite(target, &mut session),
        DeviceKind::DocumentPrinter => document_printer::suite(target, &mut session),
        DeviceKind::Scanner => scanner::suite(target, &mut session),
        DeviceKind::Cabinet => cabinet::suite(target, &mut session),
    }
    session.report()
}
