//! Alarms: what a supervisor has to look at.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use city_catalogue::case::EventKind;

use super::{Event, events};
use crate::store::tx::Tx;
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

/// Something a supervisor has to look at; no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alarm {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AlarmKind,
    /// Kiosk concerned; None when none is.
    pub kiosk: Option<String>,
    /// More about it.
    pub detail: String,
}

/// Kinds of alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlarmKind {
    /// Packets are missing between two of a kiosk.
    SequenceGap,
    /// Two packets of a kiosk claim one place in its chain.
    SequenceFork,
    /// A packet that is not the kiosk's.
    Forged,
    /// Other content under a known id.
    OtherContent,
    /// The reader's security module is not the one pinned at enrolment.
    SamChanged,
    /// An authentic packet with a defect.
    Irregular,
    /// A department's service does not answer.
    ServiceAway,
    /// No contract allows the city to ask a department's service.
    NoContract,
    /// A clock ran out and nobody acted.
    Overdue,
    /// No body takes a task.
    DeadLetter,
    /// A body did not answer a card in time.
    CardUnanswered,
    /// More of the best ratings than people can be served.
    Praise,
}

city_api::names! {
    pub(crate) AlarmKind
    SequenceGap = "sequence_gap",
    SequenceFork = "sequence_fork",
    Forged = "forged",
    OtherContent = "other_content",
    SamChanged = "sam_changed",
    Irregular = "irregular",
    ServiceAway = "service_away",
    NoContract = "no_contract",
    Overdue = "overdue",
    DeadLetter = "dead_letter",
    CardUnanswered = "card_unanswered",
    Praise = "praise",
}

impl Store {
    /// Notes something a supervisor has to look at.
    pub(crate) async fn alarm(&self, alarm: Alarm) -> Stored<()> {
        self.write("keeping an alarm", move |tx| add_alarm(tx, &alarm))
            .await
    }

    /// The latest alarms.
    pub(crate) async fn alarms(&self, most: u32) -> Stored<Vec<Alarm>> {
        self.read("reading alarms", move |tx| alarms(tx, most))
            .await
    }
}

pub(super) fn add_alarm(tx: &mut dyn Tx, alarm: &Alarm) -> Stored<()> {
    tx.execute(
        "INSERT INTO alarm (at, kind, kiosk, detail) VALUES (?1, ?2, ?3, ?4)",
        values![alarm.at, alarm.kind.name(), &alarm.kiosk, &alarm.detail],
    )?;
    Ok(())
}

/// A clock of a case ran out and nobody acted: an event of the case, and an alarm.
pub(super) fn overdue(
    tx: &mut dyn Tx,
    case: Uuid,
    body: &str,
    detail: String,
    now: Timestamp,
) -> Stored<()> {
    let event = Event::new(now, EventKind::Overdue, "city", &detail);
    events::note(tx, Some(case), &event.of_body(body))?;
    let alarm = Alarm {
        at: now,
        kind: AlarmKind::Overdue,
        kiosk: None,
        detail,
    };
    add_alarm(tx, &alarm)
}

pub(super) fn alarms(tx: &mut dyn Tx, most: u32) -> Stored<Vec<Alarm>> {
    let sql = "SELECT at, kind, kiosk, detail FROM alarm ORDER BY id DESC LIMIT ?1";
    let rows = tx.rows(sql, values![most])?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Stored<Alarm> {
    Ok(Alarm {
        at: row.get("at")?,
        kind: row.listed("kind", AlarmKind::parse)?,
        kiosk: row.get("kiosk")?,
        detail: row.get("detail")?,
    })
}
