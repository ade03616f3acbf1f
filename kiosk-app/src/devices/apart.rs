//! One device apart from the others: taken out for a test, put back when it runs again.

use kiosk_drivers::runner::Health;

use super::cabinet::Keeper;
use super::health::HealthTable;
use super::{DeviceSet, Kind};
use crate::config;

impl DeviceSet {
    fn empty() -> Self {
        Self {
            reader: None,
            printer: None,
            scanner: None,
            camera: None,
            documents: None,
            codes: None,
            keypad: None,
            cabinet: None,
            health: HealthTable::default(),
            sam_id: None,
            feeder: false,
            glass: false,
            keeper: Keeper::default(),
        }
    }

    /// Takes the device of this kind out; dropped, its thread ends. Empty when there is none.
    #[must_use]
    pub fn take(&mut self, kind: Kind) -> Self {
        let mut apart = Self::empty();
        match kind {
            Kind::IdCard => apart.reader = self.reader.take(),
            Kind::ReceiptPrinter => apart.printer = self.printer.take(),
            Kind::Scanner => apart.scanner = self.scanner.take(),
            Kind::Camera => apart.camera = self.camera.take(),
            Kind::DocumentPrinter => apart.documents = self.documents.take(),
            Kind::CodeScanner => apart.codes = self.codes.take(),
            Kind::Keypad => apart.keypad = self.keypad.take(),
            Kind::Cabinet => apart.cabinet = self.cabinet.take(),
        }
        self.health.forget(kind);
        apart
    }

    /// Puts devices in; the ones there were of the same kind end.
    ///
    /// What was known of the one before is known of the new one only once it says so.
    pub fn put(&mut self, other: Self) {
        fn over<T>(place: &mut Option<T>, new: Option<T>) {
            if new.is_some() {
                *place = new;
            }
        }
        for kind in other.health.kinds() {
            self.health.forget(kind);
        }
        over(&mut self.reader, other.reader);
        over(&mut self.printer, other.printer);
        over(&mut self.scanner, other.scanner);
        over(&mut self.camera, other.camera);
        over(&mut self.documents, other.documents);
        over(&mut self.codes, other.codes);
        over(&mut self.keypad, other.keypad);
        over(&mut self.cabinet, other.cabinet);
    }

    fn runs(&self, kind: Kind) -> bool {
        match kind {
            Kind::IdCard => self.reader.is_some(),
            Kind::ReceiptPrinter => self.printer.is_some(),
            Kind::Scanner => self.scanner.is_some(),
            Kind::Camera => self.camera.is_some(),
            Kind::DocumentPrinter => self.documents.is_some(),
            Kind::CodeScanner => self.codes.is_some(),
            Kind::Keypad => self.keypad.is_some(),
            Kind::Cabinet => self.cabinet.is_some(),
        }
    }

    /// The last known health of every device that runs; `None` before its first word.
    #[must_use]
    pub fn healths(&self) -> Vec<(&'static str, Option<Health>)> {
        self.health
            .kinds()
            .filter(|kind| self.runs(*kind))
            .map(|kind| (kind.name(), self.health.of(kind).cloned()))
            .collect()
    }
}

impl config::Devices {
    /// The selector of the device of this kind; `None` when this kiosk has none.
    #[must_use]
    pub fn selector(&self, kind: Kind) -> Option<&config::SelectorText> {
        match kind {
            Kind::IdCard => self.id_card.as_ref(),
            Kind::ReceiptPrinter => self.receipt_printer.as_ref(),
            Kind::Scanner => self.scanner.as_ref(),
            Kind::Camera => self.camera.as_ref(),
            Kind::DocumentPrinter => self.document_printer.as_ref(),
            Kind::CodeScanner => self.code_scanner.as_ref(),
            Kind::Keypad => self.keypad.as_ref(),
            Kind::Cabinet => self.cabinet.as_ref(),
        }
    }

    /// The configuration with the device of this kind alone.
    #[must_use]
    pub fn only(&self, kind: Kind) -> Self {
        let keep = |this: Kind, selector: &Option<config::SelectorText>| {
            selector.clone().filter(|_| this == kind)
        };
        Self {
            id_card: keep(Kind::IdCard, &self.id_card),
            receipt_printer: keep(Kind::ReceiptPrinter, &self.receipt_printer),
            scanner: keep(Kind::Scanner, &self.scanner),
            camera: keep(Kind::Camera, &self.camera),
            document_printer: keep(Kind::DocumentPrinter, &self.document_printer),
            code_scanner: keep(Kind::CodeScanner, &self.code_scanner),
            keypad: keep(Kind::Keypad, &self.keypad),
            cabinet: keep(Kind::Cabinet, &self.cabinet),
            ..self.clone()
        }
    }
}
