//! What each simulated device does when a script tells it.

use super::Scriptable;
use super::deed::{
    BoardDeed, CodeDeed, DocumentDeed, KeyDeed, PrinterDeed, ReaderDeed, ScannerDeed,
};
use crate::cabinet::sim::SimBoard;
use crate::code_scanner::sim::SimScanner;
use crate::document_printer::ipp::sim::IppSim;
use crate::id_card::sim::SimReader;
use crate::input_event::SW_HEADPHONE_INSERT;
use crate::input_event::sim::SimKeys;
use crate::keypad::{Key, KeyMap};
use crate::receipt_printer::sim::PrinterSim;
use crate::scanner::sim::{Feeder, ScannerSim};

impl Scriptable for SimReader {
    type Deed = ReaderDeed;

    fn perform(&mut self, deed: ReaderDeed) {
        match deed {
            ReaderDeed::Put(card) => self.put(*card),
            ReaderDeed::Swap(card) => self.swap(*card),
            ReaderDeed::Remove => self.remove(),
            ReaderDeed::Status(status) => self.faults.status = Some(status),
        }
    }
}

impl Scriptable for PrinterSim {
    type Deed = PrinterDeed;

    fn perform(&mut self, deed: PrinterDeed) {
        match deed {
            PrinterDeed::PaperOut(rows) => self.end_roll_after_rows(rows),
            PrinterDeed::Refill => self.refill(),
            PrinterDeed::Cover(open) => self.set_cover_open(open),
            PrinterDeed::Cutter(jammed) => self.set_cutter_jammed(jammed),
            PrinterDeed::NearEnd(near) => self.set_near_end(near),
            PrinterDeed::HeadHot(hot) => self.set_head_hot(hot),
            PrinterDeed::PaperJam(jammed) => self.set_paper_jammed(jammed),
            PrinterDeed::Dead(dead) => self.set_dead(dead),
            PrinterDeed::TakeSlip => self.take_slip(),
            PrinterDeed::PowerCycle => self.power_cycle(),
        }
    }
}

impl Scriptable for SimScanner {
    type Deed = CodeDeed;

    fn perform(&mut self, deed: CodeDeed) {
        match deed {
            CodeDeed::Show(code) => self.show(&code),
            CodeDeed::TakeAway => self.take_away(),
            CodeDeed::Deaf(deaf) => self.faults.deaf = deaf,
        }
    }
}

impl Scriptable for SimKeys {
    type Deed = KeyDeed;

    fn perform(&mut self, deed: KeyDeed) {
        let at_once = std::time::Duration::ZERO;
        match deed {
            KeyDeed::Tap(key) => {
                if let Some(code) = code_of(key) {
                    self.tap(code, at_once);
                }
            }
            KeyDeed::Headphones(plugged) => self.switch(SW_HEADPHONE_INSERT, plugged, at_once),
        }
    }
}

/// The lowest code that stands for `key` in the kernel's own naming.
fn code_of(key: Key) -> Option<u16> {
    let map = KeyMap::default();
    (1..=0x2FF).find(|code| map.key(*code) == Some(key))
}

impl Scriptable for SimBoard {
    type Deed = BoardDeed;

    fn perform(&mut self, deed: BoardDeed) {
        match deed {
            BoardDeed::Switch(signal, on) => self.set(signal, on),
            BoardDeed::Temperature(tenths) => self.set_temperature(tenths),
            BoardDeed::Charge(percent) => self.set_charge(percent),
            BoardDeed::PowerCycle => self.power_cycle(),
            BoardDeed::Silent(silent) => self.faults.silent = silent,
            BoardDeed::Exception(code) => self.faults.exception = Some(code).filter(|c| *c != 0),
        }
    }
}

impl Scriptable for ScannerSim {
    type Deed = ScannerDeed;

    fn perform(&mut self, deed: ScannerDeed) {
        match deed {
            ScannerDeed::Fault(change) => self.faults(change),
            ScannerDeed::Model(change) => self.model(change),
            ScannerDeed::Sheets(sheets) => {
                self.model(|model| {
                    if model.feeder == Feeder::None {
                        model.feeder = Feeder::Duplex;
                    }
                });
                self.load_feeder(sheets);
            }
            ScannerDeed::Glass(Some(page)) => self.load_page(page),
            ScannerDeed::Glass(None) => self.clear_glass(),
        }
    }
}

impl Scriptable for IppSim {
    type Deed = DocumentDeed;

    fn perform(&mut self, deed: DocumentDeed) {
        match deed {
            DocumentDeed::Reason(reason, on) => self.set_reason(&reason, on),
            DocumentDeed::AbortJob => self.abort_next(),
            DocumentDeed::Mishap(operation, mishap) => self.plan(operation, mishap),
        }
    }
}
