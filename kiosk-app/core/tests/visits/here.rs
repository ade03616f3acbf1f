//! What a visit owes while it lasts, and what may be shown in it.

use std::time::Duration;

use kiosk_core::AskId;
use kiosk_core::screen::{AppointmentPage, IdentifyPage, Page, Waiting};

/// What the visit under way owes, and whom it may speak of.
#[derive(Default)]
pub struct Here {
    /// Receipts of the matters stored.
    pub receipts: Vec<String>,
    /// Each slip printed and the receipts on it.
    pub slips: Vec<(AskId, Vec<String>)>,
    /// The slip was asked for by hand so often.
    pub by_hand: usize,
    /// No paper was wanted, or none could come.
    pub no_paper: bool,
    /// Prints that have not ended, and when they began.
    pub printing: Vec<(AskId, Duration)>,
    /// Another matter, or back from a check-in or a booking, was touched with the card away, and
    /// none was read since.
    pub unproven: bool,
}

impl Here {
    /// One slip names all matters that were filed; more only when asked for.
    pub fn owes_nothing(&self) {
        if self.receipts.is_empty() {
            return;
        }
        let whole = self
            .slips
            .iter()
            .filter(|(_, slip)| *slip == self.receipts)
            .count();
        assert!(whole <= 1 + self.by_hand, "a slip nobody asked for");
        assert!(
            whole >= 1 || self.no_paper,
            "a filed visit ended without its slip"
        );
    }
}

/// Pages that only a proven person may see.
pub fn personal(page: &Page) -> bool {
    match page {
        Page::Matters(_)
        | Page::Matter(_)
        | Page::Withdraw(_)
        | Page::Enquiry(_)
        | Page::Facts(_) => true,
        Page::Appointment(page) => !matches!(page, AppointmentPage::Done(_)),
        Page::Identify(page) => matches!(
            page,
            IdentifyPage::SecondFactor { .. }
                | IdentifyPage::Code { .. }
                | IdentifyPage::Staff { .. }
        ),
        Page::Wait(page) => matches!(
            page.what,
            Waiting::Identity
                | Waiting::Registers
                | Waiting::Matters
                | Waiting::Appointments
                | Waiting::Booking
                | Waiting::Withdrawal
                | Waiting::Facts
                | Waiting::Enquiry
        ),
        _ => false,
    }
}
