//! One device apart from the others: taken out for a test, put back when it runs again.

use kiosk_drivers::runner::Health;

use super::{DeviceSet, HealthTable};
use crate::config;

impl DeviceSet {
    fn empty() -> Self {
        Self {
            reader: None,
            printer: None,
            scanner: None,
            documents: None,
            health: HealthTable::default(),
        }
    }

    /// Takes the device of this kind out; dropped, its thread ends. Empty when there is none.
    #[must_use]
    pub fn take(&mut self, kind: &str) -> Self {
        let mut apart = Self::empty();
        let (to, from) = (&mut apart.health, &mut self.health);
        match kind {
            "id-card" => {
                apart.reader = self.reader.take();
                to.reader = from.reader.take();
            }
            "receipt-printer" => {
                apart.printer = self.printer.take();
                to.printer = from.printer.take();
            }
            "scanner" => {
                apart.scanner = self.scanner.take();
                to.scanner = from.scanner.take();
            }
            "document-printer" => {
                apart.documents = self.documents.take();
                to.documents = from.documents.take();
            }
            _ => {}
        }
        apart
    }

    /// Puts devices in; the ones there were of the same kind end.
    pub fn put(&mut self, other: Self) {
        fn over<T>(place: &mut Option<T>, new: Option<T>) -> bool {
            let is_new = new.is_some();
            if is_new {
                *place = new;
            }
            is_new
        }
        // What was known of the one before is known of the new one only once it says so.
        if over(&mut self.reader, other.reader) {
            self.health.reader = None;
        }
        if over(&mut self.printer, other.printer) {
            self.health.printer = None;
        }
        if over(&mut self.scanner, other.scanner) {
            self.health.scanner = None;
        }
        if over(&mut self.documents, other.documents) {
            self.health.documents = None;
        }
    }

    /// The last known health of every device that runs; `None` before its first word.
    #[must_use]
    pub fn healths(&self) -> Vec<(&'static str, Option<Health>)> {
        let row =
            |there: bool, kind, health: &Option<Health>| there.then(|| (kind, health.clone()));
        [
            row(self.reader.is_some(), "id-card", &self.health.reader),
            row(
                self.printer.is_some(),
                "receipt-printer",
                &self.health.printer,
            ),
            row(self.scanner.is_some(), "scanner", &self.health.scanner),
            row(
                self.documents.is_some(),
                "document-printer",
                &self.health.documents,
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl config::Devices {
    /// The selector of the device of this kind; `None` when this kiosk has none.
    #[must_use]
    pub fn selector(&self, kind: &str) -> Option<&config::SelectorText> {
        match kind {
            "id-card" => self.id_card.as_ref(),
            "receipt-printer" => self.receipt_printer.as_ref(),
            "scanner" => self.scanner.as_ref(),
            "document-printer" => self.document_printer.as_ref(),
            _ => None,
        }
    }

    /// The configuration with the device of this kind alone.
    #[must_use]
    pub fn only(&self, kind: &str) -> Self {
        let keep = |this: &str, selector: &Option<config::SelectorText>| {
            selector.clone().filter(|_| this == kind)
        };
        Self {
            id_card: keep("id-card", &self.id_card),
            receipt_printer: keep("receipt-printer", &self.receipt_printer),
            receipt_printer_profile: self.receipt_printer_profile.clone(),
            scanner: keep("scanner", &self.scanner),
            document_printer: keep("document-printer", &self.document_printer),
        }
    }
}
