//! Fetching pages: the rows at NextDocument.

use super::*;

fn with_page_fault(fault: PageFault) -> (ScannerSim, ScanFault) {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.page = fault);
    let found = fault_of(&mut scanner);
    assert_eq!(
        scanner.next_page(),
        NextPage::End,
        "the job is over after {found}"
    );
    let deleted = count(&sim, "DELETE");
    usable_again(&sim, &mut scanner);
    assert_eq!(deleted, 1, "after {found}");
    (sim, found)
}

/// A scanner with one interface, whose page hangs with `fault`; an hour is not waited for it.
fn hanging(fault: impl FnOnce(&mut sim::Faults), limits: Limits) -> (ScannerSim, EsclScanner) {
    let sim = ScannerSim::start().unwrap();
    let limits = Limits {
        page: Duration::from_secs(3_600),
        ..limits
    };
    let scanner = EsclScanner::new(&sim.url(), limits).unwrap();
    sim.faults(|faults| {
        faults.one_connection = true;
        fault(faults);
    });
    (sim, scanner)
}

#[test]
fn a_page_comes_as_it_is_and_again_until_it_is_taken_from_the_glass() {
    let (sim, mut scanner) = pair();
    let own = sim::draw_page(100, 150, 100, true).unwrap();
    sim.load_page(own.clone());
    let (pages, _) = scan(&mut scanner);
    assert_eq!(pages[0].jpeg, own);
    assert_eq!(
        pages[0].components, 1,
        "a scanner may send grey when asked for colour"
    );
    assert!(scan(&mut scanner).0[0].jpeg == own);
    sim.clear_glass();
    assert!(scan(&mut scanner).0[0].jpeg != own);
}

#[test]
fn a_whole_a4_page_at_300_dpi_in_colour() {
    let (_sim, mut scanner) = pair();
    let settings = ScanSettings::default();
    scanner.start(&settings, &CancelToken::default()).unwrap();
    let NextPage::Page(page) = come(&mut scanner) else {
        panic!("no page came");
    };
    assert_eq!((page.width_px, page.height_px), (2480, 3508));
    assert_eq!((page.dpi, page.components), (Some(300), 3));
    assert_eq!(scanner.next_page(), NextPage::End);
}

#[test]
fn a_page_smaller_than_asked_keeps_its_own_size_and_claims_no_density_of_its_own() {
    let (sim, mut scanner) = pair();
    sim.load_page(sim::draw_page(50, 60, 75, false).unwrap());
    let (pages, _) = scan(&mut scanner);
    assert_eq!(
        (pages[0].width_px, pages[0].height_px, pages[0].dpi),
        (50, 60, None)
    );
}

#[test]
fn a_page_not_ready_is_asked_for_thirty_times() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.not_ready = 29);
    assert_eq!(scan(&mut scanner).1, Ok(()));
    sim.faults(|faults| faults.not_ready = 30);
    assert_eq!(fault_of(&mut scanner), ScanFault::Busy);
}

#[test]
fn a_page_of_no_bytes_is_no_page() {
    assert_eq!(with_page_fault(PageFault::Empty).1, ScanFault::EmptyImage);
}

#[test]
fn a_page_cut_short_in_any_way_is_incomplete() {
    for cut in [
        PageFault::CutPicture,
        PageFault::CutLength,
        PageFault::CutChunks,
    ] {
        assert_eq!(with_page_fault(cut).1, ScanFault::Truncated, "{cut:?}");
    }
}

#[test]
fn an_error_page_instead_of_a_picture_is_no_page() {
    assert_eq!(
        with_page_fault(PageFault::Rubbish).1,
        ScanFault::Device("the page is no JPEG".to_owned())
    );
}

#[test]
fn an_empty_page_with_a_jam_is_a_jam() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| {
        faults.page = PageFault::Empty;
        faults.adf_state = Some("ScannerAdfJam".to_owned());
    });
    assert_eq!(fault_of(&mut scanner), ScanFault::Jam);
}

#[test]
fn not_found_before_any_page_is_a_fault_with_the_jobs_reason() {
    assert_eq!(
        with_page_fault(PageFault::Code(404)).1,
        ScanFault::EmptyImage
    );
    let (sim, mut scanner) = pair();
    sim.faults(|faults| {
        faults.page = PageFault::Code(404);
        faults.job_state = Some(("Aborted".to_owned(), "ResourcesAreNotReady".to_owned()));
    });
    assert!(
        matches!(fault_of(&mut scanner), ScanFault::Device(text) if text.contains("ResourcesAreNotReady"))
    );
    sim.faults(|faults| {
        faults.job_state = Some(("Canceled".to_owned(), "JobCanceledByUser".to_owned()));
    });
    assert_eq!(fault_of(&mut scanner), ScanFault::Cancelled);
}

#[test]
fn a_conflict_is_explained_by_feeder_or_job() {
    let (sim, mut scanner) = pair();
    sim.faults(|faults| faults.page = PageFault::Code(409));
    let mut with = |word: &str| {
        sim.faults(|faults| faults.adf_state = Some(word.to_owned()));
        fault_of(&mut scanner)
    };
    assert_eq!(with("ScannerAdfJam"), ScanFault::Jam);
    assert_eq!(with("ScannerAdfDoorOpen"), ScanFault::CoverOpen);
    assert_eq!(with("ScannerAdfMispick"), ScanFault::Jam);
    assert_eq!(with("ScannerAdfMultipickDetected"), ScanFault::DoubleFeed);
    sim.faults(|faults| {
        faults.adf_state = None;
        faults.job_state = Some(("Canceled".to_owned(), "JobCanceledByUser".to_owned()));
    });
    assert_eq!(fault_of(&mut scanner), ScanFault::Cancelled);
    sim.faults(|faults| faults.status_code = Some(500));
    assert!(matches!(fault_of(&mut scanner), ScanFault::Device(_)));
}

#[test]
fn a_job_that_is_gone_and_an_unknown_answer_are_faults() {
    assert!(
        matches!(with_page_fault(PageFault::Code(410)).1, ScanFault::Device(text) if text.contains("dropped"))
    );
    assert!(
        matches!(with_page_fault(PageFault::Code(500)).1, ScanFault::Device(text) if text.contains("500"))
    );
}

#[test]
fn the_scanner_is_unplugged_in_mid_page() {
    let (mut sim, mut scanner) = pair();
    sim.faults(|faults| faults.page = PageFault::Gone);
    let fault = fault_of(&mut scanner);
    assert!(
        matches!(fault, ScanFault::Offline | ScanFault::Truncated),
        "{fault:?}"
    );
    sim.stop();
    assert_eq!(fault_of(&mut scanner), ScanFault::Offline);
    sim.faults(|faults| faults.page = PageFault::None);
    sim.resume().unwrap();
    assert_eq!(scan(&mut scanner).1, Ok(()));
}

#[test]
fn a_transfer_that_stalls_ends_by_time_and_is_hung_up_before_the_job_is_deleted() {
    let limits = Limits {
        idle: Duration::from_millis(80),
        ..quick()
    };
    let (sim, mut scanner) = hanging(|faults| faults.page = PageFault::Stalled, limits);
    assert_eq!(fault_of(&mut scanner), ScanFault::Timeout);
    assert_eq!(count(&sim, "DELETE"), 1);
    // Limits of a busy machine, for a page that has all the time.
    let mut patient = EsclScanner::new(&sim.url(), quick()).unwrap();
    usable_again(&sim, &mut patient);
}

#[test]
fn a_scanner_that_never_begins_a_page_ends_by_time_and_is_hung_up() {
    let limits = Limits {
        first_byte: Duration::from_millis(80),
        ..quick()
    };
    let hour = Duration::from_secs(3_600);
    let (sim, mut scanner) = hanging(|faults| faults.page_delay = hour, limits);
    assert_eq!(fault_of(&mut scanner), ScanFault::Timeout);
    assert_eq!(count(&sim, "DELETE"), 1);
    let mut patient = EsclScanner::new(&sim.url(), quick()).unwrap();
    usable_again(&sim, &mut patient);
}

#[test]
fn a_page_cancelled_before_or_after_its_first_byte_is_hung_up_before_the_job_is_deleted() {
    let hour = Duration::from_secs(3_600);
    for begun in [false, true] {
        let limits = Limits {
            first_byte: hour,
            idle: hour,
            ..quick()
        };
        let fault = |faults: &mut sim::Faults| match begun {
            true => faults.page = PageFault::Stalled,
            false => faults.page_delay = hour,
        };
        let (sim, mut scanner) = hanging(fault, limits);
        let cancel = CancelToken::default();
        scanner.start(&SMALL, &cancel).unwrap();
        assert!(matches!(scanner.next_page(), NextPage::Coming(_)));
        cancel.cancel();
        let cancelled = NextPage::Fault(ScanFault::Cancelled);
        assert_eq!(scanner.next_page(), cancelled, "begun {begun}");
        assert_eq!(count(&sim, "DELETE"), 1);
        usable_again(&sim, &mut scanner);
    }
}

#[test]
fn a_job_dropped_in_mid_page_is_hung_up_before_it_is_deleted() {
    let (sim, mut scanner) = hanging(|faults| faults.page = PageFault::Stalled, quick());
    scanner.start(&SMALL, &CancelToken::default()).unwrap();
    assert!(matches!(scanner.next_page(), NextPage::Coming(_)));
    scanner.cancel();
    assert_eq!(count(&sim, "DELETE"), 1);
    usable_again(&sim, &mut scanner);
}

#[test]
fn a_page_larger_than_any_page_is_stopped() {
    let sim = ScannerSim::start().unwrap();
    let limits = Limits {
        page_bytes: 1_000,
        ..quick()
    };
    let mut scanner = EsclScanner::new(&sim.url(), limits).unwrap();
    sim.faults(|faults| faults.one_connection = true);
    assert!(matches!(fault_of(&mut scanner), ScanFault::Device(text) if text.contains("larger")));
    assert_eq!(count(&sim, "DELETE"), 1);
    let mut lenient = EsclScanner::new(&sim.url(), quick()).unwrap();
    usable_again(&sim, &mut lenient);
}

#[test]
fn pages_that_wait_for_the_glass_are_scanned_in_turn_and_the_last_stays() {
    let (sim, mut scanner) = pair();
    let pages = [100, 120].map(|height| sim::draw_page(100, height, 100, true).unwrap());
    pages.iter().for_each(|page| sim.load_page(page.clone()));
    for page in [&pages[0], &pages[1], &pages[1]] {
        assert!(scan(&mut scanner).0[0].jpeg == *page);
    }
}

#[test]
fn a_look_at_the_glass_sees_what_lies_there_until_it_is_taken() {
    let (sim, mut scanner) = pair();
    let mut light = || {
        let (pages, end) = scan_with(&mut scanner, &ScanSettings::PREVIEW);
        assert_eq!(end, Ok(()));
        let (facts, light) = super::super::jpeg::decode(&pages[0].jpeg).unwrap();
        let dark = light.iter().filter(|light| **light < 128).count();
        ((facts.width, facts.height), dark)
    };
    sim.clear_glass();
    assert_eq!(light(), ((637, 877), 0));
    // A page at another resolution than the look's lies in the corner, as large as it is.
    sim.load_page(sim::draw_page(1000, 1000, 300, true).unwrap());
    let (_, dark) = light();
    assert!((250 * 250 / 8..250 * 250 / 2).contains(&dark), "{dark}");
    sim.clear_glass();
    assert_eq!(light().1, 0);
}

#[test]
fn a_page_on_its_way_tells_how_much_of_it_is_here() {
    let (sim, mut scanner) = pair();
    // A picture whose first half stands still half way.
    sim.faults(|faults| faults.page = PageFault::Stalled);
    let cancel = CancelToken::default();
    let settings = ScanSettings {
        dpi: 100,
        ..ScanSettings::default()
    };
    scanner.start(&settings, &cancel).unwrap();
    let percent = loop {
        match scanner.next_page() {
            NextPage::Coming(percent) if percent < 30 => {}
            NextPage::Coming(percent) => break percent,
            other => panic!("half a page is no page: {other:?}"),
        }
    };
    assert!(percent < 70, "{percent}");
    cancel.cancel();
    assert_eq!(scanner.next_page(), NextPage::Fault(ScanFault::Cancelled));
    assert_eq!(sim.open_jobs(), 0);
}

#[test]
fn of_a_picture_cut_anywhere_as_many_rows_are_told_as_are_there() {
    let page = sim::draw_page(600, 800, 100, false).unwrap();
    let mut before = 0;
    for twentieth in 0..=20 {
        let percent = super::super::jpeg::percent_here(&page[..page.len() * twentieth / 20]);
        assert!((before..100).contains(&percent), "{before} then {percent}");
        before = percent;
    }
    assert!(before >= 90, "{before}");
    assert_eq!(super::super::jpeg::percent_here(b"no picture"), 0);
    // A head that promises a hall.
    let mut hall = page[..200].to_vec();
    let size = hall
        .windows(4)
        .position(|w| w == [0x03, 0x20, 0x02, 0x58])
        .unwrap();
    hall[size..size + 4].copy_from_slice(&[0x13, 0x88, 0x4E, 0x20]);
    assert_eq!(super::super::jpeg::percent_here(&hall), 0);
}
