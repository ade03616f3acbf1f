//! Makes and models with ways of their own: each would fail without its entry in the table.

use super::feeder::{FEEDER, with_sheets};
use super::sim::Faults;
use super::*;

/// A model that behaves as `faults` with three sheets; the pages that come, as it and as a
/// scanner nobody knows.
fn known_and_unknown(
    model: &str,
    faults: impl Fn(&mut Faults),
) -> [(usize, Result<(), ScanFault>); 2] {
    [model, "Nobody's"].map(|name| {
        let (sim, mut scanner) = with_sheets(3);
        sim.model(|model| model.name = name.to_owned());
        sim.faults(&faults);
        let (pages, end) = scan_with(&mut scanner, &FEEDER);
        (pages.len(), end)
    })
}

#[test]
fn hp_wants_to_be_called_localhost_by_name_or_by_its_server() {
    let wants = |faults: &mut Faults| faults.wants_host = Some("localhost".to_owned());
    let [known, unknown] = known_and_unknown("HP LaserJet MFP M630", wants);
    assert_eq!(known, (3, Ok(())));
    assert_eq!(unknown.1.unwrap_err().kind(), "device");
    let (sim, mut scanner) = pair();
    sim.model(|model| model.server = "HP_Compact_Server".to_owned());
    sim.faults(wants);
    assert_eq!(scan(&mut scanner).1, Ok(()));
}

#[test]
fn epson_wants_its_port_in_the_host() {
    let (sim, mut scanner) = pair();
    sim.model(|model| model.name = "EPSON WF-3720 Series".to_owned());
    let url = sim.url();
    let host = url.trim_start_matches("http://").trim_end_matches("/eSCL/");
    sim.faults(|faults| faults.wants_host = Some(host.to_owned()));
    assert_eq!(scan(&mut scanner).1, Ok(()));
}

#[test]
fn brother_is_not_hurried_between_two_sheets() {
    let [known, unknown] = known_and_unknown("Brother MFC-L2710DW", |faults| {
        faults.page_delay = Duration::from_millis(200);
        faults.hurried = Duration::from_millis(60);
    });
    assert_eq!(known, (3, Ok(())));
    assert_eq!(
        unknown,
        (1, Ok(())),
        "the rest is left in the feeder without a word"
    );
}

#[test]
fn xerox_says_404_and_410_and_means_not_yet() {
    let codes = |faults: &mut Faults| faults.codes_before_page = [404, 410, 404].into();
    let [known, unknown] = known_and_unknown("Xerox B205 Multifunction Printer", codes);
    assert_eq!(known, (3, Ok(())));
    assert_eq!(unknown, (0, Err(ScanFault::NoPaper)));
    let gone = |faults: &mut Faults| faults.codes_before_page = [410].into();
    let [known, unknown] = known_and_unknown("Xerox WorkCentre 3345", gone);
    assert_eq!((known.0, unknown.1.unwrap_err().kind()), (3, "device"));
}

#[test]
fn xerox_keeps_a_job_that_ended_and_gives_up_one_that_never_begins() {
    let (sim, mut scanner) = with_sheets(2);
    sim.model(|model| model.name = "Xerox B215".to_owned());
    assert_eq!(scan_with(&mut scanner, &FEEDER).1, Ok(()));
    assert_eq!(count(&sim, "DELETE"), 0);
    sim.load_feeder([sim::Sheet::default()]);
    sim.faults(|faults| faults.codes_before_page = vec![410; 40].into());
    assert_eq!(
        scan_with(&mut scanner, &FEEDER).1.unwrap_err().kind(),
        "device"
    );
    assert_eq!(count(&sim, "DELETE"), 1);
}

#[test]
fn where_an_empty_feeder_would_jam_it_is_looked_at_first() {
    for (model, posts) in [("Canon MF410 Series", 0), ("Nobody's", 1)] {
        let (sim, mut scanner) = with_sheets(0);
        sim.model(|it| it.name = model.to_owned());
        assert_eq!(scan_with(&mut scanner, &FEEDER).1, Err(ScanFault::NoPaper));
        assert_eq!(count(&sim, "POST"), posts, "{model}");
    }
}

#[test]
fn canon_is_asked_for_no_more_than_works() {
    let (sim, mut scanner) = pair();
    sim.model(|model| model.name = "Canon iR2625/2630".to_owned());
    let fine = ScanSettings { dpi: 600, ..SMALL };
    assert_eq!(scan_with(&mut scanner, &fine).0[0].dpi, Some(300));
}

#[test]
fn a_slow_hp_is_waited_for_longer() {
    let slow = |faults: &mut Faults| faults.not_ready = 60;
    let [known, unknown] = known_and_unknown("HP LaserJet MFP M28w", slow);
    assert_eq!((known, unknown), ((3, Ok(())), (0, Err(ScanFault::Busy))));
}

#[test]
fn kyocera_says_processing_when_the_feeder_ran_out() {
    let [known, unknown] = known_and_unknown("Kyocera ECOSYS M2540dn", |faults| {
        faults.adf_state = Some("ScannerAdfProcessing".to_owned());
        faults.good_pages = 3;
        faults.page = PageFault::Code(409);
        faults.job_state = Some(("Processing".to_owned(), "JobScanning".to_owned()));
    });
    assert_eq!(
        (known, unknown.1.unwrap_err().kind()),
        ((3, Ok(())), "device")
    );
}

#[test]
fn epsons_one_sheet_jobs_follow_each_other() {
    let one = |faults: &mut Faults| faults.one_sheet_jobs = true;
    let [known, unknown] = known_and_unknown("EPSON WF-2930 Series", one);
    assert_eq!((known, unknown), ((3, Ok(())), (1, Ok(()))));
}

#[test]
fn epsons_feeder_that_calls_itself_loaded_for_ever_is_not_asked_for_ever() {
    for taken in [true, false] {
        let (sim, mut scanner) = with_sheets(3);
        sim.model(|model| model.name = "EPSON WF-2930 Series".to_owned());
        sim.faults(|faults| {
            faults.one_sheet_jobs = true;
            faults.adf_state = Some("ScannerAdfLoaded".to_owned());
            faults.takes_empty_jobs = taken;
        });
        let (pages, end) = scan_with(&mut scanner, &FEEDER);
        assert_eq!((pages.len(), end), (3, Ok(())), "taken {taken}");
        assert_eq!((count(&sim, "POST"), sim.open_jobs()), (4, 0));
    }
}

#[test]
fn behind_one_usb_interface_a_whole_pile_comes_and_a_look_between_pages_is_heard() {
    let [scanjet, anybody] = known_and_unknown("HP ScanJet Pro 4500 fn1", |faults| {
        faults.one_connection = true;
        faults.not_ready = 2;
    });
    assert_eq!((scanjet, anybody), ((3, Ok(())), (3, Ok(()))));
}

#[test]
fn kyocera_loses_the_connection_behind_the_head_of_a_new_job() {
    let cut = |faults: &mut Faults| faults.cut_job_answer = true;
    let [kyocera, anybody] = known_and_unknown("Kyocera ECOSYS M6526cdn", cut);
    assert_eq!((kyocera, anybody), ((3, Ok(())), (3, Ok(()))));
}
