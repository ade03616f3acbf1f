//! A case as the city works with it: the row of the store, opened.

mod inputs;
mod procedure;
mod record;

pub(crate) use procedure::{
    Approved, AskedFor, ExtensionRecord, RunningLimits, SpecialEnd, SpecialRecord, StoppedLimits,
    TerminationRecord,
};
pub(crate) use record::{
    AcceptedBy, Bench, Brought, Bundled, CaseFile, DecisionRecord, Defect, Duty, Lease, Overdue,
    ReceivedBy, Record, Return, SupplementRecord, TaskDetail, TaskDone, Wait,
};

use std::sync::Arc;

use city_catalogue::case::EventKind;
use city_catalogue::record::Item;
use uuid::Uuid;

use crate::clock::civil;
use crate::secret::{Key, MasterKey};
use crate::store::{Alarm, AlarmKind, CaseFacts, CaseRow, Event, StoreError, TaskRow, TaskState};

/// The item of a case.
#[derive(Debug, Clone)]
pub(crate) struct CaseItem {
    /// As it was filed: what the resident read, answered and brought.
    pub filed: Arc<Item>,
    /// As the competent body handles it: its steps, limits and result. The same where that body has no record of its
    /// own.
    pub handled: Arc<Item>,
}

impl CaseItem {
    /// An item that is handled by the record it was filed under.
    #[must_use]
    pub(crate) fn of(filed: Arc<Item>) -> Self {
        Self {
            handled: Arc::clone(&filed),
            filed,
        }
    }

    /// Code and version of the record it is handled by; None when it is the one filed.
    #[must_use]
    pub(crate) fn handled_as(&self) -> Option<(String, u32)> {
        let (filed, handled) = (self.filed.code(), self.handled.code());
        (filed != handled).then(|| (handled.as_str().to_owned(), self.handled.version))
    }
}

impl CaseFile {
    /// Opens the row of a case.
    ///
    /// # Errors
    /// [`StoreError::Content`] when the row is not of this city's key, or damaged.
    pub(crate) fn open(row: CaseRow, master: &MasterKey) -> Result<Self, StoreError> {
        let place = place(row.id);
        let key = master
            .data_key(&place, &row.data_key)
            .map_err(failed("opening a case's key"))?;
        let plain = key
            .open(&place, &row.record)
            .map_err(failed("opening a case"))?;
        let plain = zeroize::Zeroizing::new(plain);
        let mut record: Record =
            serde_json::from_slice(&plain).map_err(failed("reading a case"))?;
        for task in &mut record.tasks {
            let kept = row.tasks.iter().find(|kept| kept.number == task.number);
            let lease = kept.and_then(|kept| kept.lease.clone());
            task.lease = lease.map(|(holder, until)| Lease { holder, until });
        }
        Ok(Self {
            id: row.id,
            filing_number: row.filing_number,
            case_number: row.case_number,
            receipt: row.receipt,
            person: row.person,
            level: row.level,
            item: row.item,
            received: row.received,
            key: row.data_key,
            record,
        })
    }

    /// The row to store.
    ///
    /// # Errors
    /// [`StoreError::Content`] when the case's key is not of this city.
    pub(crate) fn into_row(mut self, master: &MasterKey) -> Result<CaseRow, StoreError> {
        let mut events = std::mem::take(&mut self.record.happened);
        let checks = std::mem::take(&mut self.record.checks);
        let delivery = self.record.delivery.take();
        for event in &mut events {
            event.item = self.item.clone().zip(self.record.item_version);
            event.station = Some(self.record.station.clone());
        }
        let place = place(self.id);
        let key = master
            .data_key(&place, &self.key)
            .map_err(failed("opening a case's key"))?;
        let plain =
            city_api::application::to_bytes(&self.record).map_err(failed("writing a case"))?;
        let record = key.seal(&place, &plain).map_err(failed("sealing a case"))?;
        let tasks = self.record.tasks.iter().map(TaskDetail::row).collect();
        let alarms = events.iter().filter_map(|event| {
            let kind = match event.kind {
                EventKind::Overdue => AlarmKind::Overdue,
                EventKind::DeadLetter => AlarmKind::DeadLetter,
                _ => return None,
            };
            Some(Alarm {
                at: event.at,
                kind,
                kiosk: None,
                detail: format!("case {}: {}", self.id, event.detail),
            })
        });
        Ok(CaseRow {
            alarms: alarms.collect(),
            checks,
            delivery,
            events,
            facts: self.facts(master),
            state: self.record.shown_state(),
            act_at: self.record.next_act(),
            id: self.id,
            filing_number: self.filing_number,
            case_number: self.case_number,
            receipt: self.receipt,
            person: self.person,
            level: self.level,
            item: self.item,
            received: self.received,
            data_key: self.key,
            record,
            tasks,
        })
    }

    /// Something that happened in it: with its item, and the station it was filed at.
    pub(crate) fn event(
        &self,
        at: jiff::Timestamp,
        kind: EventKind,
        actor: &str,
        detail: impl Into<String>,
    ) -> Event {
        Event {
            item: self.item.clone().zip(self.record.item_version),
            station: Some(self.record.station.clone()),
            ..Event::new(at, kind, actor, detail)
        }
    }

    /// What is known of it without its key; nothing personal.
    fn facts(&self, master: &MasterKey) -> CaseFacts {
        let record = &self.record;
        let accepted = record.accepted.as_ref();
        let decision = record.decision.as_ref();
        let done = decision.map(|decision| decision.at).or(record.closed);
        let due = [record.promised, record.statutory];
        CaseFacts {
            body: record.body.clone(),
            station: record.station.clone(),
            kiosk: record.kiosk.clone(),
            channel: record.channel.as_str().to_owned(),
            item_version: record.item_version,
            accepted_at: accepted.map(|accepted| accepted.at),
            accepted_by: accepted.and_then(|accepted| accepted.person.clone()),
            received_by: record.received_by.as_ref().map(|by| by.person.clone()),
            brought_by: {
                let by: String = record.brought_by().map(|by| format!(" {by} ")).collect();
                (!by.is_empty()).then_some(by)
            },
            closed_at: record.closed,
            done_on: done.map(|at| civil(at).date()),
            result_code: record.result_code.map(|code| code.number()),
            granted: decision.map(|decision| decision.granted),
            corrections: u32::try_from(record.supplements.len()).unwrap_or(u32::MAX),
            promised: record.promised.map(|due| due.date),
            statutory: record.statutory.map(|due| due.date),
            provisional: due.into_iter().flatten().any(|due| due.provisional),
            decided_by: record.decided_by(),
            inputs: inputs::inputs(self, master),
            bundle: record.bundle.as_ref().map(|bundle| bundle.number.clone()),
            awaits: record.sought().map(|_| record.deciding_body().to_owned()),
        }
    }

    /// The key of everything that belongs to this case.
    ///
    /// # Errors
    /// [`StoreError::Content`] when the case's key is not of this city.
    pub(crate) fn data_key(&self, master: &MasterKey) -> Result<Key, StoreError> {
        master
            .data_key(&place(self.id), &self.key)
            .map_err(failed("opening a case's key"))
    }
}

/// The place a case's ciphertexts are bound to.
pub(crate) fn place(case: Uuid) -> String {
    format!("case {case}")
}

fn failed<E: std::fmt::Display>(operation: &'static str) -> impl Fn(E) -> StoreError {
    move |error| StoreError::Content {
        operation,
        reason: error.to_string(),
    }
}

impl TaskDetail {
    fn row(&self) -> TaskRow {
        TaskRow {
            step: self.step,
            number: self.number.clone(),
            body: self.body.clone(),
            role: match self.bench {
                Bench::Officer(role) => Some(role),
                Bench::City | Bench::Service(_) | Bench::Applicant => None,
            },
            state: self.state,
            opened: self.opened,
            due: self.due.map(|due| due.date),
            kind: self.kind(),
            lease: self
                .lease
                .as_ref()
                .filter(|_| self.state == TaskState::Open)
                .map(|lease| (lease.holder.clone(), lease.until)),
            returned: u32::try_from(self.returns.len()).unwrap_or(u32::MAX),
        }
    }
}
