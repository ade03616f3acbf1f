//! The scanner on its thread: jobs by number, cancelling, health.

use std::sync::mpsc::{self, Receiver};

use super::*;
use crate::runner::{HealthState, Report};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn run(sim: &ScannerSim, poll: Duration) -> (ScannerThread, Receiver<Report<ScannerEvent>>) {
    let (sender, reports) = mpsc::channel();
    let scanner = Box::new(EsclScanner::new(&sim.url(), quick()).unwrap());
    let thread = ScannerThread::start("scanner", scanner, poll, sender, |report| report).unwrap();
    (thread, reports)
}

fn next_event(reports: &Receiver<Report<ScannerEvent>>) -> ScannerEvent {
    loop {
        if let Report::Event(event) = reports.recv_timeout(PATIENCE).unwrap() {
            return event;
        }
    }
}

/// The last event of a job.
fn end_of(reports: &Receiver<Report<ScannerEvent>>) -> ScannerEvent {
    loop {
        match next_event(reports) {
            ScannerEvent::Progress { .. } | ScannerEvent::Page { .. } => {}
            end => return end,
        }
    }
}

fn await_health(reports: &Receiver<Report<ScannerEvent>>, state: HealthState) {
    loop {
        let report = reports.recv_timeout(PATIENCE).unwrap();
        if matches!(report, Report::Health(health) if health.state == state) {
            return;
        }
    }
}

#[test]
fn a_job_says_that_it_began_gives_its_page_and_ends() {
    let sim = ScannerSim::start().unwrap();
    let (thread, reports) = run(&sim, PATIENCE);
    assert!(thread.send(ScannerCommand::Scan {
        job: 7,
        settings: SMALL
    }));
    assert_eq!(
        next_event(&reports),
        ScannerEvent::Progress { job: 7, pages: 0 }
    );
    assert!(matches!(
        next_event(&reports),
        ScannerEvent::Page {
            job: 7,
            number: 1,
            ..
        }
    ));
    assert_eq!(next_event(&reports), ScannerEvent::End { job: 7, pages: 1 });
}

#[test]
fn cancelled_in_mid_page_the_job_ends_here_and_at_the_scanner() {
    let sim = ScannerSim::start().unwrap();
    sim.faults(|faults| faults.page = PageFault::Stalled);
    let (thread, reports) = run(&sim, PATIENCE);
    thread.send(ScannerCommand::Scan {
        job: 1,
        settings: SMALL,
    });
    assert_eq!(
        next_event(&reports),
        ScannerEvent::Progress { job: 1, pages: 0 }
    );
    thread.send(ScannerCommand::Cancel { job: 1 });
    assert_eq!(
        end_of(&reports),
        ScannerEvent::Fault {
            job: 1,
            fault: ScanFault::Cancelled
        }
    );
    assert_eq!(sim.open_jobs(), 0);
}

#[test]
fn cancelling_a_job_that_is_over_does_not_touch_the_next_one() {
    let sim = ScannerSim::start().unwrap();
    let (thread, reports) = run(&sim, PATIENCE);
    thread.send(ScannerCommand::Scan {
        job: 1,
        settings: SMALL,
    });
    assert_eq!(end_of(&reports), ScannerEvent::End { job: 1, pages: 1 });
    thread.send(ScannerCommand::Cancel { job: 1 });
    thread.send(ScannerCommand::Scan {
        job: 2,
        settings: SMALL,
    });
    assert_eq!(end_of(&reports), ScannerEvent::End { job: 2, pages: 1 });
}

#[test]
fn the_thread_notices_the_plug_coming_out_and_going_back() {
    let mut sim = ScannerSim::start().unwrap();
    let (_thread, reports) = run(&sim, Duration::from_millis(20));
    await_health(&reports, HealthState::Online);
    sim.stop();
    await_health(&reports, HealthState::Offline);
    sim.resume().unwrap();
    await_health(&reports, HealthState::Online);
}

#[test]
fn a_scanner_absent_at_the_start_is_offline_and_comes_when_it_comes() {
    let mut sim = ScannerSim::start().unwrap();
    sim.stop();
    let (thread, reports) = run(&sim, Duration::from_millis(20));
    await_health(&reports, HealthState::Offline);
    thread.send(ScannerCommand::Scan {
        job: 1,
        settings: SMALL,
    });
    assert_eq!(
        end_of(&reports),
        ScannerEvent::Fault {
            job: 1,
            fault: ScanFault::Offline
        }
    );
    sim.resume().unwrap();
    await_health(&reports, HealthState::Online);
}
