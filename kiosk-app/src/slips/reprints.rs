//! A receipt that is printed again: which print it repeats, its number, and why.

use std::collections::HashMap;

use kiosk_core::{AskId, SlipData};
use kiosk_drivers::receipt_printer::{Job, JobId, Outcome, Reprint, ReprintReason};

/// The prints of this visit's receipt. Dropped with the visit.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reprints {
    /// Receipts asked for, not yet drawn, with the number of their mark.
    asked: HashMap<AskId, u32>,
    /// Receipts handed over, with their outcomes; `None`: none came yet.
    prints: Vec<(JobId, Option<Outcome>)>,
}

impl Reprints {
    /// A slip is to be drawn.
    pub fn asked(&mut self, ask: AskId, data: &SlipData) {
        match data {
            SlipData::Receipt { copy, .. } => {
                self.asked.insert(ask, *copy);
            }
            SlipData::Ticket { .. } | SlipData::Booking { .. } | SlipData::Guide { .. } => {}
        }
    }

    /// Its job is to be handed over: a copy gets its reprint.
    pub fn begin(&mut self, ask: AskId, job: &mut Job) {
        let Some(copy) = self.asked.remove(&ask) else {
            return;
        };
        if copy > 0 {
            job.reprint = Some(self.reprint(&job.id, copy));
        }
        self.prints.push((job.id.clone(), None));
    }

    /// A job has ended.
    pub fn ended(&mut self, job: &JobId, outcome: Outcome) {
        let print = self.prints.iter_mut().find(|(id, _)| id == job);
        if let Some((_, ended)) = print {
            *ended = Some(outcome);
        }
    }

    fn reprint(&self, job: &JobId, copy: u32) -> Reprint {
        // What came out of the printer, or may have.
        let mut out = self.prints.iter().filter_map(|(id, outcome)| {
            let reason = outcome.map_or(Some(ReprintReason::NotKnownPrinted), ReprintReason::after);
            reason.map(|reason| (id, reason))
        });
        let first = out.next();
        let last = out.next_back().or(first);
        Reprint {
            of: first.map_or(job, |(id, _)| id).clone(),
            count: u16::try_from(copy).unwrap_or(u16::MAX),
            reason: last.map_or(ReprintReason::NotKnownPrinted, |(_, reason)| reason),
        }
    }
}
