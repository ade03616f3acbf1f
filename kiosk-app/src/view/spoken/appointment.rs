//! Spoken appointments: what stands on the page, what is full, and what can be picked.

use kiosk_core::screen::{AppointmentPage, EnquiryPage, Page};

use super::super::appointment::{Said, said};
use super::super::enquiry;
use super::Telling;

impl Telling<'_> {
    pub(super) fn appointment(&mut self, page: &AppointmentPage) {
        let said = said(page, &self.say);
        self.said(&said);
        if !said.bring.is_empty() {
            let separator = self.words().get("word.separator");
            let names: Vec<&str> = said.bring.iter().map(AsRef::as_ref).collect();
            self.pair_of("appointment.bring", &names.join(&separator));
        }
        // The cursor does not stop at what cannot be picked.
        for row in said.rows.iter().filter(|row| row.closed) {
            self.pair(&row.title, &row.detail);
        }
        match page {
            AppointmentPage::List { turn, .. }
            | AppointmentPage::Matter { turn, .. }
            | AppointmentPage::Station { turn, .. }
            | AppointmentPage::Day { turn, .. }
            | AppointmentPage::Slot { turn, .. } => self.turn(*turn),
            AppointmentPage::Done(done) => {
                if let Some(print) = done.print {
                    self.print("appointment-print", print);
                }
            }
            AppointmentPage::Booking(_)
            | AppointmentPage::Confirm(_)
            | AppointmentPage::Trouble(_) => {}
        }
    }

    /// The words of the page and its facts, numbers character by character.
    pub(super) fn said(&mut self, said: &Said) {
        for line in [&said.title, &said.lead, &said.note, &said.note_detail] {
            self.line(line);
        }
        for fact in &said.facts {
            if fact.code {
                let value = super::numbers::code(&fact.value, self.words());
                self.pair(&fact.label, &value);
            } else {
                self.pair(&fact.label, &fact.value);
            }
        }
    }

    /// What the cursor is on.
    pub(super) fn appointment_choice(&self, page: &AppointmentPage, at: usize) -> String {
        let said = said(page, &self.say);
        said.rows.get(at).map_or_else(String::new, |row| {
            self.joined(&[&row.title, &row.detail, &row.badge])
        })
    }

    /// A question inside a matter, or an objection: as the page says it.
    pub(super) fn enquiry(&mut self, page: &EnquiryPage) {
        let said = enquiry::said(page, &self.say);
        self.said(&said);
        for row in said.rows.iter().filter(|row| row.closed) {
            self.pair(&row.title, &row.badge);
        }
        match page {
            EnquiryPage::Fact { turn, .. } => self.turn(*turn),
            EnquiryPage::Typed { text, .. } => self.line(text),
            EnquiryPage::Usual { .. }
            | EnquiryPage::Confirm(_)
            | EnquiryPage::Trouble(_)
            | EnquiryPage::Done(_) => {}
        }
    }

    /// What the cursor is on.
    pub(super) fn enquiry_choice(&self, page: &EnquiryPage, at: usize) -> String {
        let said = enquiry::said(page, &self.say);
        said.rows.get(at).map_or_else(String::new, |row| {
            self.joined(&[&row.title, &row.detail, &row.badge])
        })
    }

    /// The way to the appointments, with the next one where it is known.
    pub(super) fn appointments_label(&self, page: &Page) -> String {
        let words = self.words();
        let booked = match page {
            Page::Matters(page) => page.booked,
            _ => return words.get("appointment.open"),
        };
        let detail = match booked {
            Some(next) => self.say.next_booking(next).to_string(),
            None => words.get("appointment.open"),
        };
        self.joined(&[&words.get("appointment.title"), &detail])
    }
}
