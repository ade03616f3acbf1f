//! Creating a job: the rows at POST.

use super::sim::{Location, XmlStyle};
use super::*;

#[test]
fn a_page_from_the_glass_has_the_size_and_density_asked() {
    let (sim, mut scanner) = pair();
    assert_eq!(scanner.identify().unwrap(), "Simulated flatbed");
    let (pages, end) = scan(&mut scanner);
    assert_eq!((pages.len(), end), (1, Ok(())));
    let page = &pages[0];
    assert_eq!(
        (page.width_px, page.height_px, page.dpi, page.components),
        (100, 150, Some(100), 3)
    );
    assert_eq!(count(&sim, "DELETE"), 1);
    assert_eq!(
        sim.requests()
            .iter()
            .filter(|request| request.ends_with("/NextDocument"))
            .count(),
        1
    );
}

#[test]
fn any_address_of_the_job_leads_to_our_own_host() {
    for location in [
        Location::Absolute,
        Location::Relative,
        Location::WrongHost,
        Location::CutIpv6,
        Location::Urn,
    ] {
        let (sim, mut scanner) = pair();
        sim.faults(|faults| faults.location = location);
        let (pages, end) = scan(&mut scanner);
        assert_eq!((pages.len(), end), (1, Ok(())), "{location:?}");
    }
}

#[test]
fn a_job_without_an_address_is_a_fault() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.location = Location::Missing);
    assert_eq!(
        fault_of(&mut scanner),
        ScanFault::Device("the job has no address".to_owned())
    );
}

#[test]
fn a_busy_scanner_is_asked_again_and_given_up_after_ten_times() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.busy_jobs = 9);
    assert_eq!(scan(&mut scanner).1, Ok(()));
    assert_eq!(count(&sim, "POST"), 10);
    sim.faults(|faults| faults.busy_jobs = 10);
    assert_eq!(fault_of(&mut scanner), ScanFault::Busy);
    assert_eq!(count(&sim, "POST"), 20);
}

#[test]
fn a_refused_job_is_explained_by_the_status() {
    for code in [400, 409] {
        let (sim, mut scanner) = pair();
        sim.faults(|faults| faults.job_code = Some(code));
        let mut with = |word: &str| {
            sim.faults(|faults| faults.adf_state = Some(word.to_owned()));
            fault_of(&mut scanner)
        };
        assert_eq!(with("ScannerAdfJam"), ScanFault::Jam);
        assert_eq!(with("ScannerAdfHatchOpen"), ScanFault::CoverOpen);
        // An empty feeder does not matter to the glass.
        assert_eq!(with("ScannerAdfEmpty"), ScanFault::Unsupported);
        sim.faults(|faults| faults.status_code = Some(500));
        assert_eq!(fault_of(&mut scanner), ScanFault::Unsupported);
    }
}

#[test]
fn another_answer_to_a_job_is_named() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.job_code = Some(500));
    assert!(matches!(fault_of(&mut scanner), ScanFault::Device(text) if text.contains("500")));
}

#[test]
fn a_source_the_scanner_has_not_is_not_asked_for() {
    let (sim, mut scanner) = pair();
    let feeder = ScanSettings {
        source: Source::Feeder,
        ..SMALL
    };
    assert_eq!(
        scanner.start(&feeder, &CancelToken::default()),
        Err(ScanFault::Unsupported)
    );
    assert_eq!(count(&sim, "POST"), 0);
}

#[test]
fn a_scanner_without_a_status_and_with_odd_xml_still_scans() {
    for style in [XmlStyle::OtherPrefixes, XmlStyle::DefaultNamespace] {
        let (sim, mut scanner) = pair();
        sim.faults(|faults| faults.xml = style);
        assert_eq!(scan(&mut scanner).1, Ok(()), "{style:?}");
        assert_eq!(
            scanner.status(),
            Ok(Condition::ONLINE),
            "a vendor's own State element says nothing"
        );
        sim.faults(|faults| faults.adf_state = Some("ScannerAdfJam".to_owned()));
        assert_eq!(scanner.status().unwrap().detail, "jam", "{style:?}");
        sim.faults(|faults| faults.status_code = Some(404));
        assert_eq!(scan(&mut scanner).1, Ok(()));
        assert_eq!(scanner.status(), Ok(Condition::ONLINE));
    }
}

#[test]
fn capabilities_or_a_status_longer_than_any_are_not_read_on_and_on() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.xml = XmlStyle::TooLong);
    assert!(matches!(fault_of(&mut scanner), ScanFault::Device(text) if text.contains("larger")));
    usable_again(&sim, &mut scanner);
    // A status that is none is no reason not to scan.
    sim.faults(|faults| faults.xml = XmlStyle::TooLong);
    assert_eq!(scanner.status(), Ok(Condition::ONLINE));
    assert_eq!(scan(&mut scanner).1, Ok(()));
}

#[test]
fn a_scanner_that_dribbles_its_answers_ends_by_time() {
    let sim = ScannerSim::start().unwrap();
    let limits = Limits {
        exchange: Duration::from_millis(300),
        ..quick()
    };
    let mut hasty = EsclScanner::new(&sim.url(), limits).unwrap();
    sim.faults(|faults| faults.slow_xml = Duration::from_millis(100));
    assert_eq!(fault_of(&mut hasty), ScanFault::Timeout);
    let mut patient = EsclScanner::new(&sim.url(), quick()).unwrap();
    usable_again(&sim, &mut patient);
}

#[test]
fn a_scanner_that_sends_every_request_away_for_ever_is_given_up() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.redirects = true);
    assert!(matches!(fault_of(&mut scanner), ScanFault::Device(text) if text.contains("302")));
    assert_eq!(count(&sim, "GET"), 2);
    sim.faults(|faults| faults.redirects = false);
    assert_eq!(scan(&mut scanner).1, Ok(()));
    sim.faults(|faults| faults.redirects = true);
    assert!(matches!(fault_of(&mut scanner), ScanFault::Device(text) if text.contains("302")));
    assert_eq!(count(&sim, "POST"), 3);
}

#[test]
fn a_scanner_that_has_forgotten_the_job_at_delete_is_normal() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.delete_code = Some(404));
    assert_eq!(scan(&mut scanner).1, Ok(()));
}

#[test]
fn no_capabilities_is_a_fault_that_a_later_attempt_heals() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.capabilities_code = Some(503));
    assert!(matches!(fault_of(&mut scanner), ScanFault::Device(_)));
    sim.faults(|faults| faults.capabilities_code = None);
    assert_eq!(scan(&mut scanner).1, Ok(()));
}

#[test]
fn the_plug_is_out_and_comes_back() {
    let (mut sim, mut scanner) = pair();
    sim.stop();
    assert_eq!(fault_of(&mut scanner), ScanFault::Offline);
    assert_eq!(scanner.status(), Err(ScanFault::Offline));
    sim.resume().unwrap();
    assert_eq!(scan(&mut scanner).1, Ok(()));
}

#[test]
fn a_cancelled_start_waits_no_longer() {
    let sim = ScannerSim::start().unwrap();
    let limits = Limits {
        retry: Duration::from_secs(3_600),
        ..quick()
    };
    let mut scanner = EsclScanner::new(&sim.url(), limits).unwrap();
    sim.faults(|faults| faults.busy_jobs = 5);
    let cancel = CancelToken::default();
    let hand = cancel.clone();
    let other = std::thread::spawn(move || hand.cancel());
    assert_eq!(scanner.start(&SMALL, &cancel), Err(ScanFault::Cancelled));
    other.join().unwrap();
}
