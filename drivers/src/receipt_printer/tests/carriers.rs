//! The same printer over a real pty and a real socket, with the runner around the driver.

use std::sync::mpsc;

use super::*;
use crate::runner::{self, Ladder, Report};
use crate::sim_host::SimHost;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn print_over(host: &SimHost<PrinterSim>, settings: Settings) -> Outcome {
    let (sender, events) = mpsc::channel();
    let selector = host.selector().clone();
    let carrier = settings.clone();
    let open = Box::new(move || open(&selector, &carrier));
    let driver = PrinterDriver::new(settings, MemoryJournal::default());
    let thread = runner::start(
        "printer",
        driver,
        open,
        Ladder::default(),
        sender,
        |report| report,
    )
    .unwrap();
    let ready = |report: &Report<PrinterEvent>| matches!(report, Report::Identified(_));
    while !ready(&events.recv_timeout(PATIENCE).unwrap()) {}
    assert!(thread.send(PrinterCommand::Print(slip("first", 0xA5, 60))));
    loop {
        if let Report::Event(PrinterEvent::Outcome { outcome, .. }) =
            events.recv_timeout(PATIENCE).unwrap()
        {
            return outcome;
        }
    }
}

fn fast() -> PrinterSim {
    PrinterSim::new(Build {
        speed: None,
        ..Build::default()
    })
}

#[test]
fn a_slip_over_a_pty() {
    let host = SimHost::on_pty(fast(), None, None).unwrap();
    let settings = Settings {
        pace: None,
        ..settings()
    };
    assert_eq!(print_over(&host, settings), Outcome::Printed);
    let pieces = host.device(PrinterSim::take_pieces);
    assert_eq!(
        picture(&pieces[0]),
        trimmed(slip("first", 0xA5, 60).bitmap.as_bytes())
    );
}

#[test]
fn a_slip_over_a_pty_opened_for_rts_and_cts() {
    let host = SimHost::on_pty(fast(), None, None).unwrap();
    let profile = Profile {
        flow: Flow::RtsCts,
        ..Profile::default()
    };
    let quiet = Build {
        xon_xoff: false,
        ..Build::default()
    };
    host.device(|printer| *printer = PrinterSim::new(quiet));
    let settings = Settings {
        profile,
        pace: None,
        ..settings()
    };
    assert_eq!(print_over(&host, settings), Outcome::Printed);
}

#[test]
fn a_slip_over_a_socket() {
    let host = SimHost::on_tcp(fast(), None, "127.0.0.1:0".parse().unwrap()).unwrap();
    let settings = Settings::for_selector(host.selector(), 7);
    assert_eq!(print_over(&host, settings), Outcome::Printed);
    let pieces = host.device(PrinterSim::take_pieces);
    assert_eq!(
        picture(&pieces[0]),
        trimmed(slip("first", 0xA5, 60).bitmap.as_bytes())
    );
}
