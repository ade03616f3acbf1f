//! A case as the city works with it: the row of the store, opened.

mod record;

pub(crate) use record::{
    AcceptedBy, Bench, Brought, CaseFile, DecisionRecord, Defect, Record, SupplementRecord,
    TaskDetail, TaskDone, Wait,
};

use uuid::Uuid;

use crate::secret::{Key, MasterKey};
use crate::store::{CaseRow, StoreError, TaskRow};

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
        let record: Record = serde_json::from_slice(&plain).map_err(failed("reading a case"))?;
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
    pub(crate) fn into_row(self, master: &MasterKey) -> Result<CaseRow, StoreError> {
        let place = place(self.id);
        let key = master
            .data_key(&place, &self.key)
            .map_err(failed("opening a case's key"))?;
        let plain =
            city_api::application::to_bytes(&self.record).map_err(failed("writing a case"))?;
        let record = key.seal(&place, &plain).map_err(failed("sealing a case"))?;
        let tasks = self.record.tasks.iter().map(TaskDetail::row).collect();
        Ok(CaseRow {
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
        }
    }
}
