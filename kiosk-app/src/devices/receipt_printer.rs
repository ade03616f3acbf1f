//! The receipt printer: started on its carrier, its outcomes and troubles in the visit's words.

use std::path::Path;
use std::sync::mpsc::Sender;

use kiosk_core::{PrintTrouble, PrintedAs};
use kiosk_drivers::receipt_printer::{
    self, Journal, Outcome, PrinterCommand, PrinterDriver, PrinterEvent, Profile,
};
use kiosk_drivers::runner::{self, DeviceThread, Health, HealthState, Ladder, Line, Report};
use kiosk_drivers::selector::Selector;
use rand::Rng;

use super::{DeviceError, start, switched};

/// Starts the printer's thread on its carrier. The driver answers XON and XOFF itself, so that
/// a printer that holds back can still be cleared. `port_power` is the program that switches
/// the power of its USB port; `None` where there is none.
///
/// # Errors
/// [`DeviceError::Start`] when the system gives no thread.
pub fn start_printer<E, J, M>(
    selector: &Selector,
    profile: Profile,
    port_power: Option<&Path>,
    journal: J,
    events: Sender<E>,
    map: M,
) -> Result<DeviceThread<PrinterCommand>, DeviceError>
where
    E: Send + 'static,
    J: Journal + 'static,
    M: Fn(Report<PrinterEvent>) -> E + Send + 'static,
{
    let settings = receipt_printer::Settings::for_profile(profile, selector, rand::rng().random());
    let (named, carrier) = (selector.clone(), settings.clone());
    let open = move || receipt_printer::open(&named, &carrier);
    let line = Line::opened_by(Box::new(open), selector);
    runner::start_on(
        "receipt-printer",
        PrinterDriver::new(settings, journal),
        switched(line, port_power, selector),
        Ladder::default(),
        events,
        map,
    )
    .map_err(|source| start("receipt printer", source))
}

/// A print's outcome in the core's words.
#[must_use]
pub fn printed_as(outcome: &Outcome) -> PrintedAs {
    match outcome {
        Outcome::Printed => PrintedAs::Printed,
        Outcome::Processed => PrintedAs::Processed,
        Outcome::PrintedTaken => PrintedAs::Taken,
        Outcome::PrintedNotTaken => PrintedAs::DrawnBack,
        Outcome::NotPrinted(_) => PrintedAs::NotPrinted,
        Outcome::Partial(_) => PrintedAs::Partial,
        Outcome::Unknown(_) => PrintedAs::Unknown,
    }
}

/// What keeps a printer with this health from printing; `None` when nothing does. Holds for
/// receipt and document printers, whose details are the same keys.
#[must_use]
pub fn print_trouble(health: Option<&Health>) -> Option<PrintTrouble> {
    let health = health?;
    match health.state {
        HealthState::Online | HealthState::Starting => return None,
        HealthState::Busy
        | HealthState::Offline
        | HealthState::NoDevice
        | HealthState::HardwareError
        | HealthState::UserError
        | HealthState::PowerOff
        | HealthState::FraudAttempt
        | HealthState::PotentialFraud => {}
    }
    match health.detail.as_ref() {
        "paper_out" | "media_not_taken" => Some(PrintTrouble::Paper),
        "cover_open" | "tray_missing" => Some(PrintTrouble::Cover),
        "jam" | "cutter" => Some(PrintTrouble::Jam),
        "slip_waiting" => Some(PrintTrouble::SlipWaiting),
        "output_full" => Some(PrintTrouble::OutputFull),
        "head_hot" => Some(PrintTrouble::Pauses),
        _ if health.state == HealthState::Busy => None,
        _ => Some(PrintTrouble::Fault),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use kiosk_drivers::runner::Counters;

    use super::*;

    fn trouble(state: HealthState, detail: &'static str) -> Option<PrintTrouble> {
        print_trouble(Some(&Health {
            state,
            detail: detail.into(),
            since: Instant::now(),
            rung: None,
            supplies: Vec::new(),
            counters: Counters::default(),
        }))
    }

    #[test]
    fn a_resident_is_told_what_they_can_see_and_do() {
        let told = [
            ("paper_out", PrintTrouble::Paper),
            ("media_not_taken", PrintTrouble::Paper),
            ("cover_open", PrintTrouble::Cover),
            ("tray_missing", PrintTrouble::Cover),
            ("jam", PrintTrouble::Jam),
            ("cutter", PrintTrouble::Jam),
            ("slip_waiting", PrintTrouble::SlipWaiting),
            ("output_full", PrintTrouble::OutputFull),
            ("toner_empty", PrintTrouble::Fault),
            ("something_new", PrintTrouble::Fault),
        ];
        for (detail, expected) in told {
            let found = trouble(HealthState::UserError, detail);
            assert_eq!(found, Some(expected), "{detail}");
        }
        let hot = trouble(HealthState::Busy, "head_hot");
        assert_eq!(hot, Some(PrintTrouble::Pauses));
        let unplugged = trouble(HealthState::Offline, "unplugged");
        assert_eq!(unplugged, Some(PrintTrouble::Fault));
    }

    #[test]
    fn a_printer_at_work_is_in_no_trouble() {
        assert_eq!(trouble(HealthState::Busy, "printing"), None);
        assert_eq!(trouble(HealthState::Online, ""), None);
        assert_eq!(trouble(HealthState::Starting, ""), None);
        assert_eq!(print_trouble(None), None);
    }
}
