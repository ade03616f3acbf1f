//! Devices that take or give paper: receipt printers, document printers, page scanners.

use std::cell::RefCell;

use super::*;
use crate::conformance::NoGuide;
use crate::document_printer::ipp::sim::{self as ipp_sim, IppSim, Mishap};
use crate::receipt_printer::sim::{Build, Confirmations, PieceEnd, PrinterSim};
use crate::receipt_printer::{PaperUse, Profile};
use crate::scanner::escl::protocol::QuirkTable;
use crate::scanner::sim::{PageFault, ScannerSim, draw_page};

fn printer(build: Build) -> (SimHost<PrinterSim>, tempfile::TempDir) {
    // The mechanics are not what is tested here.
    host(PrinterSim::new(Build {
        speed: Some(2000.0),
        ..build
    }))
}

fn touch(printer: &mut PrinterSim, instruction: Instruction) {
    match instruction {
        Instruction::OpenCover => printer.set_cover_open(true),
        Instruction::CloseCover => printer.set_cover_open(false),
        Instruction::TakePaperOut => printer.pull_paper(),
        Instruction::PutPaperIn => printer.refill(),
        Instruction::CutPaperShort => printer.end_roll_after(60.0),
        Instruction::TakeSlip => printer.take_slip(),
        other => panic!("a printer was asked to {}", other.name()),
    }
}

fn whole_slips(host: &SimHost<PrinterSim>) -> usize {
    let pieces = host.device(|printer| printer.pieces());
    let whole = |piece: &&crate::receipt_printer::sim::Piece| {
        piece.end == PieceEnd::Cut && piece.height() > 300 && !piece.is_blank()
    };
    pieces.iter().filter(whole).count()
}

pub(super) fn a_good_receipt_printer_passes_every_level_and_wastes_no_paper_in_silence() {
    let (host, _folder) = printer(Build::default());
    let target = target(host.selector());
    let silent = silent(DeviceKind::ReceiptPrinter, &target);
    passes(&silent);
    assert_eq!(silent.paper, PaperUse::default());
    assert!(host.device(|printer| printer.pieces()).is_empty());
    let active = active(DeviceKind::ReceiptPrinter, &target);
    passes(&active);
    assert_eq!(active.check("prints").unwrap().detail, "printed");
    assert_eq!(whole_slips(&host), 2);
    assert_eq!(
        active.paper.cuts, 2,
        "the roll is shorter by what the test took"
    );
    assert!(active.paper.rows > 2 * 300);
    let mut hand = Hand(|instruction| {
        if !moved_cable(&host, instruction) {
            host.device(|printer| touch(printer, instruction));
        }
    });
    let guided = guided(DeviceKind::ReceiptPrinter, &target, &mut hand);
    passes(&guided);
    shows(
        &guided,
        &[
            "cover-closed",
            "paper-in",
            "partial",
            "cleared",
            "next-slip",
            "plugged-in",
        ],
    );
}

/// Runs everything but the cover and the empty roll, which these printers tell of only when
/// they are asked, every five seconds.
fn passes_as(build: Build, family: &str) {
    let (host, _folder) = printer(build);
    let target = Target {
        profile: Profile::named(family).unwrap(),
        ..target(host.selector())
    };
    let mut hand = Choosy(|instruction| {
        if matches!(
            instruction,
            Instruction::OpenCover | Instruction::TakePaperOut
        ) {
            return Answer::Skip;
        }
        if !moved_cable(&host, instruction) {
            host.device(|printer| touch(printer, instruction));
        }
        Answer::Done
    });
    let report = guided(DeviceKind::ReceiptPrinter, &target, &mut hand);
    passes(&report);
    shows(
        &report,
        &["prints", "clears", "partial", "next-slip", "prints-again"],
    );
}

struct Choosy<F>(F);

impl<F: FnMut(Instruction) -> Answer> Guide for Choosy<F> {
    fn ask(&mut self, instruction: Instruction) -> Answer {
        (self.0)(instruction)
    }
}

pub(super) fn a_printer_with_a_presenter_passes_with_what_it_can_prove() {
    passes_as(Build::custom(), "custom");
}

pub(super) fn a_printer_with_a_tear_bar_passes_with_what_it_can_prove() {
    passes_as(Build::cashino(), "cashino");
}

pub(super) fn a_generic_clone_passes_with_what_it_can_prove() {
    passes_as(Build::generic(), "generic");
}

pub(super) fn a_printer_without_paper_is_not_ready() {
    let (host, _folder) = printer(Build::default());
    host.device(PrinterSim::pull_paper);
    let target = impatient(host.selector());
    let report = active(DeviceKind::ReceiptPrinter, &target);
    fails(&report, "status", "user_error paper_out");
}

pub(super) fn a_printer_that_confirms_whatever_it_likes_fails_to_print() {
    let (host, _folder) = printer(Build::default());
    let fixed = Confirmations::Fixed(*b"0007");
    host.device(|printer| printer.set_confirmations(fixed));
    let target = target(host.selector());
    let report = active(DeviceKind::ReceiptPrinter, &target);
    fails(&report, "prints", "unknown");
}

pub(super) fn a_printer_whose_knife_jams_fails_to_print() {
    let (host, _folder) = printer(Build::default());
    host.device(|printer| printer.set_cutter_jammed(true));
    let target = target(host.selector());
    let report = active(DeviceKind::ReceiptPrinter, &target);
    fails(&report, "prints", "cutter");
}

pub(super) fn a_printer_blind_to_its_cover_fails_the_cover() {
    let (host, _folder) = printer(Build::default());
    let mut hand = Hand(|instruction| match instruction {
        Instruction::OpenCover | Instruction::CloseCover => {}
        other if moved_cable(&host, other) => {}
        other => host.device(|printer| touch(printer, other)),
    });
    let target = impatient(host.selector());
    let report = guided(DeviceKind::ReceiptPrinter, &target, &mut hand);
    fails(&report, "cover-open", "not within 2 s: online");
    shows(&report, &["partial"]);
}

pub(super) fn a_printer_switched_off_does_not_identify_itself() {
    let (host, _folder) = printer(Build::default());
    host.device(|printer| printer.set_mute(true));
    let target = target(host.selector());
    let report = silent(DeviceKind::ReceiptPrinter, &target);
    fails(&report, "identifies", "");
}

/// A document printer that can be unplugged: the same address, another program.
struct Ipp(RefCell<Option<IppSim>>, SocketAddr);

impl Ipp {
    fn start() -> (Self, Target) {
        let sim = IppSim::start(ipp_sim::Build::default()).unwrap();
        let target = target(&sim.selector());
        let url = sim.url();
        let address = url.trim_start_matches("ipp://").split('/').next().unwrap();
        let address = address.parse().unwrap();
        (Self(RefCell::new(Some(sim)), address), target)
    }

    fn touch(&self, instruction: Instruction) {
        let reason = |reason, on| {
            let sim = self.0.borrow();
            sim.as_ref().unwrap().set_reason(reason, on);
        };
        match instruction {
            Instruction::TakePaperOut => reason("media-empty-error", true),
            Instruction::PutPaperIn => reason("media-empty-error", false),
            Instruction::OpenCover => reason("cover-open", true),
            Instruction::CloseCover => reason("cover-open", false),
            Instruction::PullCable => drop(self.0.take()),
            Instruction::PlugCable => {
                let sim = IppSim::start_on(ipp_sim::Build::default(), self.1).unwrap();
                self.0.replace(Some(sim));
            }
            other => panic!("a document printer was asked to {}", other.name()),
        }
    }
}

pub(super) fn a_good_document_printer_passes_every_level_and_prints_each_page_once() {
    let (ipp, target) = Ipp::start();
    let printed = || ipp.0.borrow().as_ref().unwrap().printed().len();
    let kind = DeviceKind::DocumentPrinter;
    passes(&silent(kind, &target));
    assert_eq!(printed(), 0);
    passes(&active(kind, &target));
    assert_eq!(printed(), 1);
    let mut hand = Hand(|instruction| ipp.touch(instruction));
    let report = guided(kind, &target, &mut hand);
    passes(&report);
    for check in ["paper-in", "cover-closed", "prints-again"] {
        assert_eq!(report.check(check).unwrap().detail, "printed", "{report}");
    }
    // The printer plugged in again has printed the last page and no other.
    assert_eq!(printed(), 1);
}

#[test]
fn a_document_printer_that_aborts_fails_to_print() {
    let (ipp, target) = Ipp::start();
    ipp.0.borrow().as_ref().unwrap().abort_next();
    let report = active(DeviceKind::DocumentPrinter, &target);
    fails(&report, "prints", "aborted");
}

#[test]
fn a_document_printer_that_talks_nonsense_does_not_identify_itself() {
    let (ipp, target) = Ipp::start();
    for _ in 0..200 {
        let sim = ipp.0.borrow();
        let asked = ipp::model::Operation::GetPrinterAttributes;
        sim.as_ref().unwrap().plan(asked, Mishap::Nonsense);
    }
    let target = impatient(&target.selector);
    let report = silent(DeviceKind::DocumentPrinter, &target);
    fails(&report, "opens", "garbled");
}

#[test]
fn a_folder_takes_a_page_and_has_no_cable() {
    let folder = tempfile::tempdir().unwrap();
    let target = target(&Selector::File(folder.path().to_owned()));
    let report = guided(DeviceKind::DocumentPrinter, &target, &mut NoGuide);
    passes(&report);
    assert_eq!(report.check("prints").unwrap().detail, "processed");
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(files.len(), 1);
    assert!(
        std::fs::read(files[0].path())
            .unwrap()
            .starts_with(b"%PDF-1.4\n")
    );
}

#[test]
fn a_good_scanner_passes_every_level_and_is_dark_in_silence() {
    let sim = RefCell::new(ScannerSim::start_on(anywhere()).unwrap());
    let target = target(&sim.borrow().selector());
    let page = || draw_page(620, 877, 75, true).unwrap();
    let jobs = || {
        let requests = sim.borrow().requests();
        requests
            .iter()
            .filter(|line| line.starts_with("POST"))
            .count()
    };
    for (level, scanned) in [(Level::Silent, 0), (Level::Active, 1), (Level::Guided, 3)] {
        (0..3).for_each(|_| sim.borrow().load_page(page()));
        let before = jobs();
        let mut hand = Hand(|instruction| match instruction {
            Instruction::LayPaper => {}
            Instruction::PullCable => sim.borrow_mut().stop(),
            Instruction::PlugCable => sim.borrow_mut().resume().unwrap(),
            other => panic!("a scanner was asked to {}", other.name()),
        });
        let report = run(DeviceKind::Scanner, &target, level, &mut hand);
        passes(&report);
        assert_eq!(jobs() - before, scanned, "{report}");
    }
}

#[test]
fn a_scanner_with_ways_of_its_own_is_tested_with_its_operators_table() {
    let sim = ScannerSim::start().unwrap();
    sim.load_page(draw_page(620, 877, 75, true).unwrap());
    sim.model(|model| model.name = "Roomy 3".to_owned());
    sim.faults(|faults| faults.codes_before_page = vec![410; 2].into());
    let mut target = target(&sim.selector());
    fails(&active(DeviceKind::Scanner, &target), "scans", "dropped");
    let own = "[[quirk]]\nabout = 'ours'\nmodels = ['Roomy']\nretry-codes = [410]";
    target.quirks = QuirkTable::parse(own).unwrap();
    sim.faults(|faults| faults.codes_before_page = vec![410; 2].into());
    passes(&active(DeviceKind::Scanner, &target));
}

#[test]
fn a_scanner_whose_pages_break_off_fails_to_scan() {
    let sim = ScannerSim::start().unwrap();
    sim.load_page(draw_page(620, 877, 75, true).unwrap());
    sim.faults(|faults| faults.page = PageFault::CutPicture);
    let target = target(&sim.selector());
    let report = active(DeviceKind::Scanner, &target);
    fails(&report, "scans", "incomplete");
}

#[test]
fn a_scanner_that_is_switched_off_does_not_open() {
    let mut sim = ScannerSim::start().unwrap();
    sim.stop();
    let target = impatient(&sim.selector());
    let report = silent(DeviceKind::Scanner, &target);
    fails(&report, "opens", "offline");
}
