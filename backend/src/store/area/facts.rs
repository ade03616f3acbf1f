//! Facts of a case that reports and queues read without opening it; nothing personal is among them.

use super::{CaseRow, cases};
use crate::store::tx::Tx;
use crate::store::value::{Row, ToValue, Value, values};
use crate::store::{Store, Stored};
use jiff::Timestamp;
use jiff::civil::Date;

/// What is known of a case without its key; kept with each change of the case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CaseFacts {
    /// Competent body.
    pub body: String,
    /// Station it was filed at.
    pub station: String,
    /// Kiosk it was filed at.
    pub kiosk: String,
    /// Channel it was filed by.
    pub channel: String,
    /// Version of the item; None when the item is not known.
    pub item_version: Option<u32>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// The officer who accepted it; None for the city itself, too.
    pub accepted_by: Option<String>,
    /// The officer who took it in at a window; None for every other channel.
    pub received_by: Option<String>,
    /// The officers who took in at windows what was brought for it, each between spaces; None when nobody did.
    pub brought_by: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The day it was decided or closed: its handling clock ended.
    pub done_on: Option<Date>,
    /// Result code it was closed with.
    pub result_code: Option<u8>,
    /// Granted or refused; None while it is not decided.
    pub granted: Option<bool>,
    /// How often something was asked for.
    pub corrections: u32,
    /// Promised last day.
    pub promised: Option<Date>,
    /// Last day of the law.
    pub statutory: Option<Date>,
    /// Either day touches a year without a notice of its holidays.
    pub provisional: bool,
    /// The officer who decided it, or did not accept it; None for a service, too.
    pub decided_by: Option<String>,
    /// Blind index of what it is decided on; None when that is not known.
    pub inputs: Option<[u8; 32]>,
    /// Number of the bundle it was filed in; None for a case that was filed alone.
    pub bundle: Option<String>,
    /// Body whose approver has to answer something; None when nothing waits.
    pub awaits: Option<String>,
}

/// The columns, as they follow each other in [`CaseFacts::values`].
pub(super) const COLUMNS: [&str; 21] = [
    "body",
    "station",
    "kiosk",
    "channel",
    "item_version",
    "accepted_at",
    "accepted_by",
    "received_by",
    "brought_by",
    "closed_at",
    "done_on",
    "result_code",
    "granted",
    "corrections",
    "promised",
    "statutory",
    "provisional",
    "decided_by",
    "inputs",
    "bundle",
    "awaits",
];

impl CaseFacts {
    /// The values of [`COLUMNS`].
    pub(super) fn values(&self) -> [Value; 21] {
        [
            self.body.to_value(),
            self.station.to_value(),
            self.kiosk.to_value(),
            self.channel.to_value(),
            self.item_version.to_value(),
            self.accepted_at.to_value(),
            self.accepted_by.to_value(),
            self.received_by.to_value(),
            self.brought_by.to_value(),
            self.closed_at.to_value(),
            self.done_on.to_value(),
            self.result_code.to_value(),
            self.granted.to_value(),
            self.corrections.to_value(),
            self.promised.to_value(),
            self.statutory.to_value(),
            self.provisional.to_value(),
            self.decided_by.to_value(),
            self.inputs.to_value(),
            self.bundle.to_value(),
            self.awaits.to_value(),
        ]
    }

    /// What a row holds; a row from before there were facts holds none.
    pub(super) fn read(row: &Row) -> Stored<Self> {
        let Some(station) = row.get("station")? else {
            return Ok(Self::default());
        };
        Ok(Self {
            body: row.get("body")?,
            station,
            kiosk: row.get("kiosk")?,
            channel: row.get("channel")?,
            item_version: row.get("item_version")?,
            accepted_at: row.get("accepted_at")?,
            accepted_by: row.get("accepted_by")?,
            received_by: row.get("received_by")?,
            brought_by: row.get("brought_by")?,
            closed_at: row.get("closed_at")?,
            done_on: row.get("done_on")?,
            result_code: row.get("result_code")?,
            granted: row.get("granted")?,
            corrections: row.get("corrections")?,
            promised: row.get("promised")?,
            statutory: row.get("statutory")?,
            provisional: row.get("provisional")?,
            decided_by: row.get("decided_by")?,
            inputs: row.get("inputs")?,
            bundle: row.get("bundle")?,
            awaits: row.get("awaits")?,
        })
    }
}

/// `body = ?6, station = ?7, …`, the first with this number.
pub(super) fn set_from(first: usize) -> String {
    let set = COLUMNS.iter().enumerate();
    let set: Vec<String> = set
        .map(|(at, column)| format!("{column} = ?{}", first + at))
        .collect();
    set.join(", ")
}

impl Store {
    /// Cases from before there were facts, at most `most`.
    pub(crate) async fn without_facts(&self, most: u32) -> Stored<Vec<CaseRow>> {
        self.read("looking for cases without facts", move |tx| {
            cases::where_is(tx, "station IS NULL ORDER BY id LIMIT ?1", values![most])
        })
        .await
    }

    /// Fills in the facts of a case that has none; one that was changed meanwhile has them.
    pub(crate) async fn fill_facts(&self, case: CaseRow) -> Stored<()> {
        self.write("filling in facts of a case", move |tx| fill(tx, &case))
            .await
    }
}

fn fill(tx: &mut dyn Tx, case: &CaseRow) -> Stored<()> {
    let sql = format!(
        "UPDATE case_file SET {} WHERE id = ?1 AND station IS NULL",
        set_from(2)
    );
    let values: Vec<Value> = std::iter::once(case.id.to_value())
        .chain(case.facts.values())
        .collect();
    if tx.execute(&sql, &values)? == 1 {
        for task in &case.tasks {
            tx.execute(
                "UPDATE task SET kind = ?3 WHERE case_id = ?1 AND number = ?2",
                values![case.id, &task.number, task.kind.name()],
            )?;
        }
    }
    Ok(())
}
