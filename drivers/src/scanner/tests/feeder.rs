//! The feeder: piles, both sides, and what goes wrong on the way through.

use super::sim::{Feeder, Sheet, draw_page};
use super::*;

pub(super) const FEEDER: ScanSettings = ScanSettings {
    source: Source::Feeder,
    ..SMALL
};
const DUPLEX: ScanSettings = ScanSettings {
    source: Source::Duplex,
    ..SMALL
};

/// A scanner with a feeder for both sides and `sheets` in it.
pub(super) fn with_sheets(sheets: usize) -> (ScannerSim, EsclScanner) {
    let (sim, scanner) = pair();
    sim.model(|model| model.feeder = Feeder::Duplex);
    sim.load_feeder((0..sheets).map(|_| Sheet::default()));
    (sim, scanner)
}

/// A picture that is told from others by its height.
fn side(height: u32) -> Option<Vec<u8>> {
    Some(draw_page(100, height, 100, false).unwrap())
}

fn heights(pages: &[Page]) -> Vec<u32> {
    pages.iter().map(|page| page.height_px).collect()
}

#[test]
fn ten_sheets_in_the_feeder_are_ten_pages_in_one_go() {
    let (sim, mut scanner) = with_sheets(0);
    sim.load_feeder((0..10).map(|n| Sheet {
        front: side(150 + n),
        back: None,
    }));
    let (pages, end) = scan_with(&mut scanner, &FEEDER);
    assert_eq!(heights(&pages), (150..160).collect::<Vec<_>>());
    assert_eq!((end, sim.sheets()), (Ok(()), 0));
    assert_eq!((count(&sim, "POST"), count(&sim, "DELETE")), (1, 1));
    assert_eq!(sim.open_jobs(), 0);
}

#[test]
fn both_sides_come_front_and_back_in_turn() {
    let (sim, mut scanner) = with_sheets(0);
    sim.load_feeder([150, 155].map(|height| Sheet {
        front: side(height),
        back: side(height + 1),
    }));
    let (pages, end) = scan_with(&mut scanner, &DUPLEX);
    assert_eq!((heights(&pages), end), (vec![150, 151, 155, 156], Ok(())));
    sim.model(|model| model.feeder = Feeder::Simplex);
    sim.load_feeder([Sheet::default()]);
    let mut simplex = EsclScanner::new(&sim.url(), quick()).unwrap();
    assert_eq!(
        scan_with(&mut simplex, &DUPLEX).1,
        Err(ScanFault::Unsupported)
    );
    assert_eq!(scan_with(&mut simplex, &FEEDER).0.len(), 1);
}

#[test]
fn a_scanner_with_a_feeder_only_has_no_glass() {
    let (sim, mut scanner) = with_sheets(1);
    sim.model(|model| model.platen = false);
    assert_eq!(
        scan_with(&mut scanner, &SMALL).1,
        Err(ScanFault::Unsupported)
    );
    assert_eq!(scan_with(&mut scanner, &FEEDER).0.len(), 1);
}

#[test]
fn an_empty_feeder_is_no_paper() {
    let (sim, mut scanner) = with_sheets(0);
    assert_eq!(scan_with(&mut scanner, &FEEDER).1, Err(ScanFault::NoPaper));
    assert_eq!(count(&sim, "GET /eSCL/ScanJobs"), 0);
    sim.load_feeder([Sheet::default()]);
    assert_eq!(scan_with(&mut scanner, &FEEDER).1, Ok(()));
}

#[test]
fn what_happens_at_the_third_sheet_keeps_two_pages_and_has_its_fault() {
    for (word, fault) in [
        ("ScannerAdfJam", ScanFault::Jam),
        ("ScannerAdfHatchOpen", ScanFault::CoverOpen),
        ("ScannerAdfDoorOpen", ScanFault::CoverOpen),
        ("ScannerAdfMispick", ScanFault::Jam),
        ("ScannerAdfMultipickDetected", ScanFault::DoubleFeed),
    ] {
        let (sim, mut scanner) = with_sheets(5);
        sim.faults(|faults| {
            faults.good_pages = 2;
            faults.page = PageFault::Code(409);
            faults.adf_state = Some(word.to_owned());
        });
        let (pages, end) = scan_with(&mut scanner, &FEEDER);
        assert_eq!(
            (pages.len(), end, sim.open_jobs()),
            (2, Err(fault), 0),
            "{word}"
        );
        // The resident puts it right, and the rest goes through.
        sim.faults(|faults| *faults = sim::Faults::default());
        assert_eq!(
            scan_with(&mut scanner, &FEEDER),
            (vec![page_like(100, 150); 3], Ok(()))
        );
    }
}

/// Pages drawn by the simulator are all alike.
fn page_like(width: u32, height: u32) -> Page {
    let (_sim, mut scanner) = pair();
    let (mut pages, _) = scan(&mut scanner);
    let page = pages.remove(0);
    assert_eq!((page.width_px, page.height_px), (width, height));
    page
}

#[test]
fn a_feeder_that_ran_out_with_a_conflict_is_the_end() {
    let (sim, mut scanner) = with_sheets(9);
    sim.faults(|faults| {
        faults.good_pages = 2;
        faults.page = PageFault::Code(409);
        faults.adf_state = Some("ScannerAdfEmpty".to_owned());
    });
    let (pages, end) = scan_with(&mut scanner, &FEEDER);
    assert_eq!((pages.len(), end), (2, Ok(())));
}

#[test]
fn a_feeder_that_says_empty_while_pages_remain_is_not_believed() {
    let (sim, mut scanner) = with_sheets(3);
    sim.faults(|faults| {
        faults.adf_state = Some("ScannerAdfEmpty".to_owned());
        faults.not_ready = 2;
    });
    assert_eq!(scan_with(&mut scanner, &FEEDER).0.len(), 3);
}

#[test]
fn a_job_the_scanner_aborts_after_two_pages_is_no_normal_end() {
    let (sim, mut scanner) = with_sheets(9);
    sim.faults(|faults| {
        faults.good_pages = 2;
        faults.page = PageFault::Code(404);
        faults.job_state = Some(("Aborted".to_owned(), "ErrorsDetected".to_owned()));
    });
    let (pages, end) = scan_with(&mut scanner, &FEEDER);
    assert_eq!((pages.len(), end.unwrap_err().kind()), (2, "device"));
}

#[test]
fn a_page_cut_short_in_the_middle_of_the_pile_is_incomplete_and_the_job_ended() {
    let (sim, mut scanner) = with_sheets(4);
    sim.faults(|faults| {
        faults.good_pages = 1;
        faults.page = PageFault::CutChunks;
    });
    let (pages, end) = scan_with(&mut scanner, &FEEDER);
    assert_eq!((pages.len(), end), (1, Err(ScanFault::Truncated)));
    assert_eq!((count(&sim, "DELETE"), sim.open_jobs()), (1, 0));
}

#[test]
fn an_endless_feeder_is_stopped() {
    let (sim, _) = with_sheets(9);
    let limits = Limits {
        pages: 3,
        ..quick()
    };
    let mut scanner = EsclScanner::new(&sim.url(), limits).unwrap();
    let (pages, end) = scan_with(&mut scanner, &FEEDER);
    assert!(matches!(end, Err(ScanFault::Device(text)) if text.contains("more pages")));
    assert_eq!(
        (pages.len(), count(&sim, "DELETE"), sim.open_jobs()),
        (3, 1, 0)
    );
}

#[test]
fn cancelled_between_two_sheets_the_scanner_is_free_at_once() {
    let (sim, mut scanner) = with_sheets(5);
    scanner.start(&FEEDER, &CancelToken::default()).unwrap();
    assert!(matches!(come(&mut scanner), NextPage::Page(_)));
    scanner.cancel();
    assert_eq!((sim.open_jobs(), sim.sheets()), (0, 4));
    assert_eq!(scan_with(&mut scanner, &FEEDER).0.len(), 4);
}

#[test]
fn another_colour_or_size_than_asked_is_told_as_it_came() {
    let (sim, mut scanner) = with_sheets(1);
    sim.faults(|faults| {
        faults.other_colour = true;
        faults.half_size = true;
    });
    let (pages, _) = scan_with(&mut scanner, &FEEDER);
    let page = &pages[0];
    assert_eq!(
        (page.width_px, page.height_px, page.components),
        (50, 75, 1)
    );
}

#[test]
fn a_preview_looks_at_all_of_the_glass_quickly() {
    let (_sim, mut scanner) = pair();
    let (pages, end) = scan_with(&mut scanner, &ScanSettings::PREVIEW);
    // 2550 by 3508 three-hundredths of an inch at 75 dpi.
    assert_eq!((pages[0].width_px, pages[0].height_px), (637, 877));
    assert_eq!((pages[0].dpi, end), (Some(75), Ok(())));
}
