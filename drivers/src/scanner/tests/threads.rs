//! The scanner on its thread: jobs by number, cancelling, health.

use std::sync::mpsc::{self, Receiver};

use super::sim::{Feeder, Sheet, draw_page};
use super::*;
use crate::runner::{HealthState, Identity, Report, Upkeep};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn run(sim: &ScannerSim, poll: Duration) -> (ScannerThread, Receiver<Report<ScannerEvent>>) {
    let (sender, reports) = mpsc::channel();
    let scanner = Box::new(EsclScanner::new(&sim.url(), quick()).unwrap());
    let thread =
        ScannerThread::start("scanner", scanner, Upkeep::every(poll), sender, |it| it).unwrap();
    (thread, reports)
}

fn next_event(reports: &Receiver<Report<ScannerEvent>>) -> ScannerEvent {
    loop {
        match reports.recv_timeout(PATIENCE).unwrap() {
            Report::Event(ScannerEvent::Feeder(_)) => {}
            Report::Event(event) => return event,
            Report::Identified(_) | Report::Health(_) => {}
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
        ScannerEvent::Progress {
            job: 7,
            pages: 0,
            percent: 0
        }
    );
    let end = ended(7, 1);
    assert_eq!(pages_of(&reports), (vec![(Source::Platen, 1)], end));
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
        ScannerEvent::Progress {
            job: 1,
            pages: 0,
            percent: 0
        }
    );
    while count(&sim, "GET /eSCL/ScanJobs/1/NextDocument") == 0 {
        std::thread::park_timeout(Duration::from_millis(2));
    }
    thread.send(ScannerCommand::Cancel { job: 1 });
    assert_eq!(
        end_of(&reports),
        ScannerEvent::Fault {
            job: 1,
            fault: ScanFault::Cancelled
        }
    );
    assert_eq!(sim.open_jobs(), 0);
    await_hung_up(&sim);
    sim.faults(|faults| faults.page = PageFault::None);
    scan_paper(&thread, 2, 1);
    assert_eq!(
        end_of(&reports),
        ScannerEvent::End {
            job: 2,
            pages: 1,
            left: false,
        }
    );
}

#[test]
fn a_jam_that_is_said_only_once_is_heard_and_the_glass_left_alone() {
    let (sim, _) = feeder::with_sheets(0);
    // The thread has asked how the scanner is before anything is wrong.
    let (thread, reports) = run(&sim, PATIENCE);
    await_health(&reports, HealthState::Online);
    sim.faults(|faults| {
        faults.adf_state = Some("ScannerAdfJam".to_owned());
        faults.forgets_fault = true;
    });
    scan_paper(&thread, 1, 20);
    let fault = ScanFault::Jam;
    assert_eq!(
        pages_of(&reports),
        (Vec::new(), ScannerEvent::Fault { job: 1, fault })
    );
    assert_eq!(count(&sim, "POST"), 0);
}

#[test]
fn cancelling_a_job_that_is_over_does_not_touch_the_next_one() {
    let sim = ScannerSim::start().unwrap();
    let (thread, reports) = run(&sim, PATIENCE);
    thread.send(ScannerCommand::Scan {
        job: 1,
        settings: SMALL,
    });
    assert_eq!(end_of(&reports), ended(1, 1));
    thread.send(ScannerCommand::Cancel { job: 1 });
    thread.send(ScannerCommand::Scan {
        job: 2,
        settings: SMALL,
    });
    assert_eq!(end_of(&reports), ended(2, 1));
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

fn next_identity(reports: &Receiver<Report<ScannerEvent>>) -> String {
    loop {
        let report = reports.recv_timeout(PATIENCE).unwrap();
        if let Report::Identified(Identity { name, .. }) = report {
            return name;
        }
    }
}

#[test]
fn another_scanner_behind_the_same_address_is_asked_what_it_is_and_can() {
    let mut sim = ScannerSim::start().unwrap();
    let (thread, reports) = run(&sim, Duration::from_millis(20));
    assert_eq!(next_identity(&reports), "Simulated flatbed");
    sim.stop();
    await_health(&reports, HealthState::Offline);
    sim.model(|model| {
        model.name = "Simulated sheet-fed".to_owned();
        model.platen = false;
        model.feeder = Feeder::Simplex;
    });
    sim.load_feeder([Sheet::default()]);
    sim.resume().unwrap();
    let mut feeder = None;
    let name = loop {
        match reports.recv_timeout(PATIENCE).unwrap() {
            Report::Event(ScannerEvent::Feeder(has)) => feeder = Some(has),
            Report::Identified(identity) => break identity.name,
            Report::Event(_) | Report::Health(_) => {}
        }
    };
    assert_eq!((name.as_str(), feeder), ("Simulated sheet-fed", Some(true)));
    scan_paper(&thread, 1, 20);
    let end = ScannerEvent::End {
        job: 1,
        pages: 1,
        left: false,
    };
    assert_eq!(pages_of(&reports), (vec![(Source::Feeder, 1)], end));
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

/// The sources and numbers of a job's pages, and its last event.
fn pages_of(reports: &Receiver<Report<ScannerEvent>>) -> (Vec<(Source, u32)>, ScannerEvent) {
    let mut pages = Vec::new();
    loop {
        match next_event(reports) {
            ScannerEvent::Progress { .. } => {}
            ScannerEvent::Page { source, number, .. } => pages.push((source, number)),
            end => return (pages, end),
        }
    }
}

fn scan_paper(thread: &ScannerThread, job: u64, pages: u32) {
    scan_sides(thread, job, pages, false);
}

fn scan_sides(thread: &ScannerThread, job: u64, pages: u32, both_sides: bool) {
    assert!(thread.send(ScannerCommand::ScanPaper {
        job,
        settings: SMALL,
        pages,
        both_sides,
    }));
}

/// All the paper there was came.
fn ended(job: u64, pages: u32) -> ScannerEvent {
    let left = false;
    ScannerEvent::End { job, pages, left }
}

#[test]
fn sheets_in_the_feeder_are_scanned_and_with_none_there_the_glass() {
    let (sim, _) = feeder::with_sheets(3);
    let (thread, reports) = run(&sim, PATIENCE);
    scan_paper(&thread, 1, 20);
    let fed = (1..=3).map(|number| (Source::Feeder, number)).collect();
    let end = ended(1, 3);
    assert_eq!(pages_of(&reports), (fed, end));
    scan_paper(&thread, 2, 20);
    let end = ended(2, 1);
    assert_eq!(pages_of(&reports), (vec![(Source::Platen, 1)], end));
}

#[test]
fn a_feeder_that_calls_itself_loaded_and_is_empty_does_not_keep_the_glass_from_being_scanned() {
    let (sim, _) = feeder::with_sheets(0);
    sim.faults(|faults| faults.adf_state = Some("ScannerAdfLoaded".to_owned()));
    let (thread, reports) = run(&sim, PATIENCE);
    scan_paper(&thread, 1, 20);
    let end = ended(1, 1);
    assert_eq!(pages_of(&reports), (vec![(Source::Platen, 1)], end));
}

#[test]
fn whether_there_is_a_feeder_is_said_before_anybody_scans() {
    for (sheets, feeder) in [(None, false), (Some(0), true)] {
        let sim = match sheets {
            Some(sheets) => feeder::with_sheets(sheets).0,
            None => ScannerSim::start().unwrap(),
        };
        let (_thread, reports) = run(&sim, Duration::from_millis(20));
        let said = loop {
            if let Report::Event(ScannerEvent::Feeder(said)) =
                reports.recv_timeout(PATIENCE).unwrap()
            {
                break said;
            }
        };
        assert_eq!(said, feeder);
    }
}

#[test]
fn more_sheets_than_are_wanted_stay_in_the_feeder() {
    let (sim, _) = feeder::with_sheets(5);
    let (thread, reports) = run(&sim, PATIENCE);
    scan_paper(&thread, 1, 2);
    let (pages, end) = pages_of(&reports);
    assert_eq!(pages.len(), 2);
    let (job, left) = (1, true);
    assert_eq!(
        end,
        ScannerEvent::End {
            job,
            pages: 2,
            left
        }
    );
    assert_eq!((sim.sheets(), sim.open_jobs()), (3, 0));
    scan_paper(&thread, 2, 3);
    assert_eq!(
        pages_of(&reports).1,
        ended(2, 3),
        "exactly those that were left"
    );
}

#[test]
fn both_sides_of_the_sheets_come_where_the_feeder_can_do_that_and_the_fronts_where_not() {
    for (feeder, sources) in [
        (Feeder::Duplex, vec![Source::Duplex; 4]),
        (Feeder::Simplex, vec![Source::Feeder; 2]),
    ] {
        let (sim, _) = feeder::with_sheets(2);
        sim.model(|model| model.feeder = feeder);
        let (thread, reports) = run(&sim, PATIENCE);
        scan_sides(&thread, 1, 20, true);
        let (pages, _) = pages_of(&reports);
        let came: Vec<Source> = pages.into_iter().map(|(source, _)| source).collect();
        assert_eq!(came, sources);
    }
}

#[test]
fn two_sheets_that_go_through_as_one_are_longer_than_a_page_and_not_cut_at_its_end() {
    // The second sheet lags 20 mm behind; the scanner measures what it feeds.
    let (width, height) = (2480, 3508 + 236);
    let (sim, _) = feeder::with_sheets(0);
    sim.model(|model| model.feeder_length = 4200);
    for height in [height, 3508] {
        sim.load_feeder([Sheet {
            front: Some(draw_page(width, height, 300, true).unwrap()),
            back: None,
        }]);
    }
    let (thread, reports) = run(&sim, PATIENCE);
    assert!(thread.send(ScannerCommand::ScanPaper {
        job: 1,
        settings: ScanSettings::default(),
        pages: 20,
        both_sides: false,
    }));
    let mut sizes = Vec::new();
    loop {
        match next_event(&reports) {
            ScannerEvent::Page { page, .. } => sizes.push((page.height_px, page.dpi)),
            ScannerEvent::End { .. } => break,
            ScannerEvent::Fault { fault, .. } => panic!("{fault}"),
            ScannerEvent::Progress { .. } | ScannerEvent::Feeder(_) => {}
        }
    }
    assert_eq!(sizes, [(height, Some(300)), (3508, Some(300))]);
}

#[test]
fn a_jam_in_the_feeder_is_not_answered_with_what_lies_on_the_glass() {
    let (sim, _) = feeder::with_sheets(2);
    sim.faults(|faults| {
        faults.page = PageFault::Code(409);
        faults.adf_state = Some("ScannerAdfJam".to_owned());
    });
    let (thread, reports) = run(&sim, PATIENCE);
    scan_paper(&thread, 1, 20);
    let fault = ScanFault::Jam;
    assert_eq!(
        pages_of(&reports),
        (Vec::new(), ScannerEvent::Fault { job: 1, fault })
    );
}
