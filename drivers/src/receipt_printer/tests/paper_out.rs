//! The roll runs out, or somebody pulls it.

use super::*;
use crate::runner::HealthState;

/// The pieces behind the last roll's end.
fn on_new_roll(room: &Room) -> Vec<Piece> {
    let pieces = room.pieces();
    let new = pieces
        .iter()
        .rposition(|piece| piece.end == sim::PieceEnd::RollEnd)
        .map_or(0, |last| last + 1);
    pieces[new..].to_vec()
}

/// Ends the roll after `millimetres` of a 100 mm slip, then changes it and prints for the next person.
fn run_out_after(millimetres: f64) -> Outcome {
    let mut room = Room::new();
    room.printer
        .device(|printer| printer.end_roll_after(millimetres));
    let first = room.print(slip("first", 0xA5, 100));
    room.idle(2);
    room.printer.device(PrinterSim::refill);
    room.idle(5);
    for piece in on_new_roll(&room) {
        assert!(
            piece.is_blank(),
            "the rest of the first slip came out at {millimetres} mm"
        );
    }
    let job = slip("second", 0x3C, 60);
    assert_eq!(
        room.print(job.clone()),
        Outcome::Printed,
        "at {millimetres} mm"
    );
    let printed: Vec<Piece> = on_new_roll(&room)
        .into_iter()
        .filter(|piece| !piece.is_blank())
        .collect();
    assert_eq!(printed.len(), 1);
    assert_eq!(
        picture(&printed[0]),
        trimmed(job.bitmap.as_bytes()),
        "at {millimetres} mm"
    );
    first
}

#[test]
fn paper_out_in_every_band_is_partial_and_nothing_of_it_comes_after_the_refill() {
    let job = slip("first", 0xA5, 100);
    let bands = protocol::raster::bands(&job.bitmap, 72, 128).unwrap();
    let mut rows = 0.0;
    for band in bands {
        // In the middle of each band, and so in each of them once.
        let millimetres = (rows + f64::from(band.rows) / 2.0) / 8.0;
        rows += f64::from(band.rows);
        assert_eq!(
            run_out_after(millimetres),
            Outcome::Partial(Cause::PaperOut),
            "at {millimetres} mm"
        );
    }
}

/// As many rows as a band has at the speed of the line.
fn band_rows(build: Build) -> usize {
    5_760 / usize::from(build.head_bytes)
}

/// The same at a printer that proves no clear in mid slip: nobody knows how much came out, and
/// after the refill no more of it comes than the one band it held.
fn run_out_at(build: Build, profile: &str, millimetres: f64) -> Outcome {
    let first = of_width(build, slip("first", 0xA5, 100));
    let mut room = Room::of(build, profile);
    room.printer
        .device(|printer| printer.end_roll_after(millimetres));
    let (outcome, fault) = room.try_print(first);
    assert!(fault.is_none(), "{profile} at {millimetres} mm: {fault:?}");
    room.printer.device(PrinterSim::refill);
    room.idle(15);
    if !build.knife {
        room.printer.device(PrinterSim::take_slip);
        room.idle(6);
    }
    let condition = room.driver.condition();
    assert_eq!(condition.state, HealthState::Online, "{condition:?}");
    let hanging = room.printer.device(|printer| printer.hanging());
    assert!(hanging.is_blank(), "{profile} at {millimetres} mm");
    let head = usize::from(build.head_bytes);
    let inked = |piece: &Piece| {
        let picture = piece.bitmap();
        let rows = picture
            .iter()
            .flat_map(|it| it.as_bytes().chunks_exact(head));
        rows.filter(|row| row.contains(&0xA5)).count()
    };
    let late: usize = on_new_roll(&room).iter().map(inked).sum();
    assert!(late <= band_rows(build), "{profile}: {late} rows late");
    outcome
}

#[test]
fn paper_out_in_every_band_of_a_family_without_a_proven_clear_is_never_printed() {
    for (build, profile) in [
        (Build::generic(), "generic"),
        (Build::custom(), "custom"),
        (Build::cashino(), "cashino"),
    ] {
        let rows = band_rows(build);
        // In the middle of each band once.
        for band in 0..800 / rows {
            let millimetres = (band * rows + rows / 2) as f64 / 8.0;
            let outcome = run_out_at(build, profile, millimetres);
            assert_eq!(
                outcome,
                Outcome::Unknown(Cause::PaperOut),
                "{profile} at {millimetres} mm"
            );
        }
    }
}

#[test]
fn paper_out_while_feeding_to_the_knife_is_partial() {
    assert_eq!(run_out_after(105.0), Outcome::Partial(Cause::PaperOut));
}

#[test]
fn paper_pulled_in_mid_slip_is_reported_within_three_seconds() {
    let mut room = Room::new();
    let pulled = room.printer.now() + Duration::from_secs(3);
    room.printer.at(pulled, PrinterSim::pull_paper);
    assert_eq!(
        room.print(slip("first", 0xA5, 150)),
        Outcome::Partial(Cause::PaperOut)
    );
    assert!(room.printer.now() - pulled < Duration::from_secs(3));
}

#[test]
fn no_paper_at_the_start_is_not_printed_and_a_hand_is_asked_for() {
    let mut room = Room::new();
    room.printer.device(PrinterSim::pull_paper);
    assert_eq!(
        room.print(slip("first", 0xA5, 50)),
        Outcome::NotPrinted(Cause::PaperOut)
    );
    let condition = room.driver.condition();
    assert_eq!(
        (condition.state, condition.detail.as_ref()),
        (HealthState::UserError, "paper_out")
    );
    room.printer.device(PrinterSim::refill);
    room.idle(3);
    assert_eq!(room.driver.condition().state, HealthState::Online);
    assert!(room.printed().is_empty());
    assert_eq!(room.print(slip("second", 0x3C, 50)), Outcome::Printed);
}

#[test]
fn switched_on_without_paper_it_is_found_ready_after_the_refill() {
    let mut room = Room::unidentified(Build::default());
    room.printer.device(PrinterSim::pull_paper);
    room.identify().unwrap();
    room.idle(3);
    assert_eq!(room.driver.condition().detail, "paper_out");
    room.printer.device(PrinterSim::refill);
    room.idle(3);
    assert_eq!(room.driver.condition().state, HealthState::Online);
    // From now on changes are reported by the printer itself.
    room.printer.device(PrinterSim::pull_paper);
    room.round(None).unwrap();
    assert_eq!(room.driver.condition().detail, "paper_out");
}

#[test]
fn a_lost_status_report_does_not_hide_the_paper_end() {
    let mut room = Room::new();
    // In mid slip the paper ends while nothing of what the printer says arrives.
    let from = room.printer.now() + Duration::from_millis(600);
    room.printer.at(from, |printer| printer.set_mute(true));
    room.printer.at(from, PrinterSim::pull_paper);
    room.printer
        .at(from + Duration::from_millis(500), |printer| {
            printer.set_mute(false)
        });
    assert_eq!(
        room.print(slip("first", 0xA5, 70)),
        Outcome::Partial(Cause::PaperOut)
    );
}
