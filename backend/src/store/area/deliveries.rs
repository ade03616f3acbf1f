//! Deliveries of results (送达): one row for a case, changed in one transaction with what follows from it.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use city_api::requests::ProblemCode;
use city_catalogue::case::{Actor, EventKind};
use city_catalogue::delivery::{Move, State, Way};

use super::notices::{self, NoticeKind};
use super::{CaseKey, CaseRow, Change, Event, Refusal, alarms, cases, events};
use crate::clock::after;
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

/// Seconds a compartment stays with who took its result out: a kiosk whose answer was lost asks once more, and must not
/// open what was put in meanwhile.
pub(crate) const LOCKER_SECONDS: i64 = 10 * 60;

/// A delivery that the close of a case begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewDelivery {
    /// How.
    pub way: Way,
    /// Body whose result it is.
    pub body: String,
    /// Station where it is to be fetched, or that answers for it; None where the applicant reads or prints it.
    pub station: Option<String>,
    /// When.
    pub began: Timestamp,
    /// Last day.
    pub due: Date,
    /// It was reckoned without the notice of a year's holidays (暂定).
    pub provisional: bool,
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeliveryRow {
    /// Its case.
    pub case: Uuid,
    /// How.
    pub way: Way,
    /// Where it stands.
    pub state: State,
    /// Body whose result it is.
    pub body: String,
    /// Station it lies at or is to go to; None where the applicant reads or prints it.
    pub station: Option<String>,
    /// Compartment it lies in, lay in when it was taken out, or waits in to go back; None elsewhere.
    pub compartment: Option<u32>,
    /// When it was put in there last; None before.
    pub stored: Option<Timestamp>,
    /// Wrong codes since then.
    pub wrong: u32,
    /// Tracking number, sealed to `delivery` and the case; None while it was not posted.
    pub tracking: Option<Vec<u8>>,
    /// Last day.
    pub due: Date,
    /// It was reckoned without the notice of a year's holidays (暂定).
    pub provisional: bool,
    /// Since when it waits to be taken; None while it does not.
    pub since: Option<Timestamp>,
    /// When it was delivered.
    pub ended: Option<Timestamp>,
    /// Its last day ran out.
    pub late: bool,
}

/// Changes a delivery or says why not; what it changed is kept either way (a wrong code counts).
pub(crate) type DeliveryChange = Box<dyn FnOnce(&mut DeliveryRow) -> Result<(), Refusal> + Send>;

/// A change of a delivery and what is noted of it.
pub(crate) struct Moving {
    /// The change.
    pub change: DeliveryChange,
    /// What is noted when it moved; kind and detail are written here.
    pub event: Event,
    /// What was tried, for the note of a refusal.
    pub what: &'static str,
    /// What becomes of the case when it is delivered.
    pub delivered: Change,
}

impl Store {
    /// The delivery of a case; None when its result is not there, or from before there were deliveries.
    pub(crate) async fn delivery(&self, case: Uuid) -> Stored<Option<DeliveryRow>> {
        self.read("reading a delivery", move |tx| find(tx, case, ""))
            .await
    }

    /// What is not delivered yet at a station, or is to go back from its locker, the most urgent first, at most `most`.
    pub(crate) async fn deliveries_at(
        &self,
        station: String,
        most: u32,
    ) -> Stored<Vec<DeliveryRow>> {
        let at = "station = ?1 AND (state <> 'returned' OR compartment IS NOT NULL)";
        self.open_deliveries(at, station, most).await
    }

    /// What is not delivered yet of a body, the most urgent first and what went back last, at most `most`.
    pub(crate) async fn deliveries_of(&self, body: String, most: u32) -> Stored<Vec<DeliveryRow>> {
        self.open_deliveries("body = ?1", body, most).await
    }

    async fn open_deliveries(
        &self,
        whose: &'static str,
        key: String,
        most: u32,
    ) -> Stored<Vec<DeliveryRow>> {
        self.read("reading deliveries", move |tx| {
            let sql = format!(
                "{SELECT} WHERE {whose} AND state NOT IN ('ready', 'delivered')
                 ORDER BY state = 'returned', due, case_id LIMIT ?2"
            );
            let rows = tx.rows(&sql, values![&key, most])?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Changes a delivery, notes it with its case and tells the applicant; one that is delivered changes its case too.
    /// What changes nothing is done already. None when the case has no delivery.
    pub(crate) async fn move_delivery(
        &self,
        case: Uuid,
        moving: Moving,
    ) -> Stored<Option<Result<DeliveryRow, Refusal>>> {
        self.write("changing a delivery", move |tx| {
            let Some(before) = find(tx, case, FOR_UPDATE)? else {
                return Ok(None);
            };
            let mut row = before.clone();
            let now = moving.event.at;
            if let Err(refusal) = (moving.change)(&mut row) {
                if row != before {
                    update(tx, &row)?;
                }
                return refused(tx, case, moving.event, moving.what, refusal).map(Some);
            }
            if row == before {
                return Ok(Some(Ok(row)));
            }
            if let Some(refusal) = occupied(tx, &row, now)? {
                return refused(tx, case, moving.event, moving.what, refusal).map(Some);
            }
            update(tx, &row)?;
            events::note(tx, Some(case), &moved(moving.event, &row))?;
            let elsewhere = row.state != before.state || row.station != before.station;
            if let Some(kind) = notice(&row).filter(|_| elsewhere) {
                notices::add(tx, case, kind, now)?;
            }
            if row.state == State::Delivered
                && let Some((_, Ok(case))) =
                    cases::change(tx, &CaseKey::Id(case), moving.delivered)?
            {
                cases::tell(tx, &case)?;
            }
            Ok(Some(Ok(row)))
        })
        .await
    }

    /// Marks deliveries whose last day lies before `today`, each once, with an event and an alarm.
    pub(crate) async fn late_deliveries(
        &self,
        today: Date,
        now: Timestamp,
        most: u32,
    ) -> Stored<u64> {
        self.write("looking at deliveries", move |tx| {
            let sql = format!(
                "{SELECT} WHERE late = 0 AND state IN ({}) AND due < ?1 ORDER BY due, case_id LIMIT ?2{FOR_UPDATE}",
                names(State::runs)
            );
            let rows = tx.rows(&sql, values![today, most])?;
            for row in &rows {
                let mut row = read(row)?;
                row.late = true;
                update(tx, &row)?;
                let detail = format!("the result is {} and not delivered in time", row.state.as_str());
                alarms::overdue(tx, row.case, &row.body, detail, now)?;
            }
            Ok(count(&rows))
        })
        .await
    }

    /// Reminds the applicants of results that wait since `before`, each once.
    pub(crate) async fn remind_of_deliveries(
        &self,
        before: Timestamp,
        now: Timestamp,
        most: u32,
    ) -> Stored<u64> {
        self.write("reminding of deliveries", move |tx| {
            let sql = format!(
                "{SELECT} WHERE since <= ?1 AND reminded = 0 ORDER BY since, case_id LIMIT ?2{FOR_UPDATE}"
            );
            let rows = tx.rows(&sql, values![before, most])?;
            for row in &rows {
                let case: Uuid = row.get("case_id")?;
                let sql = "UPDATE delivery SET reminded = 1 WHERE case_id = ?1";
                tx.execute(sql, values![case])?;
                notices::add(tx, case, NoticeKind::Uncollected, now)?;
            }
            Ok(count(&rows))
        })
        .await
    }

    /// Sends results back to their bodies that wait since `before`, each once.
    pub(crate) async fn return_deliveries(
        &self,
        before: Timestamp,
        now: Timestamp,
        most: u32,
    ) -> Stored<u64> {
        self.write("sending deliveries back", move |tx| {
            let sql =
                format!("{SELECT} WHERE since <= ?1 ORDER BY since, case_id LIMIT ?2{FOR_UPDATE}");
            let rows = tx.rows(&sql, values![before, most])?;
            for row in &rows {
                let mut row = read(row)?;
                if let Ok(next) = row.state.step(Move::Return, Actor::System) {
                    row.state = next;
                    let event = Event::new(now, EventKind::DeliveryMoved, "city", "nobody came");
                    events::note(tx, Some(row.case), &moved(event.of_body(&row.body), &row))?;
                    notices::add(tx, row.case, NoticeKind::Returned, now)?;
                }
                row.since = None;
                update(tx, &row)?;
            }
            Ok(count(&rows))
        })
        .await
    }
}

fn count(rows: &[Row]) -> u64 {
    u64::try_from(rows.len()).unwrap_or(u64::MAX)
}

/// The states that fit, as a list of SQL.
fn names(fits: fn(State) -> bool) -> String {
    let fitting = State::ALL.iter().filter(|state| fits(**state));
    let names: Vec<String> = fitting
        .map(|state| format!("'{}'", state.as_str()))
        .collect();
    names.join(", ")
}

/// The event of a delivery that moved: where it is now.
fn moved(event: Event, row: &DeliveryRow) -> Event {
    let kind = match row.state {
        State::Delivered => EventKind::Delivered,
        State::Ready
        | State::ToHandOut
        | State::AtStation
        | State::InLocker
        | State::Posted
        | State::Undelivered
        | State::Returned => EventKind::DeliveryMoved,
    };
    let mut detail = row.state.as_str().to_owned();
    for more in [row.station.as_deref().unwrap_or_default(), &event.detail] {
        if !more.is_empty() {
            detail.push_str(": ");
            detail.push_str(more);
        }
    }
    Event {
        kind,
        detail,
        ..event
    }
}

/// Notes what was refused (R30).
fn refused(
    tx: &mut dyn Tx,
    case: Uuid,
    event: Event,
    what: &str,
    refusal: Refusal,
) -> Stored<Result<DeliveryRow, Refusal>> {
    let event = Event {
        kind: EventKind::ActionRefused,
        detail: format!("{what}: {}", refusal.code.name()),
        ..event
    };
    events::note(tx, Some(case), &event)?;
    Ok(Err(refusal))
}

/// The refusal of a compartment in which another result lies.
fn occupied(tx: &mut dyn Tx, row: &DeliveryRow, now: Timestamp) -> Stored<Option<Refusal>> {
    let (State::InLocker, Some(station), Some(compartment)) =
        (row.state, &row.station, row.compartment)
    else {
        return Ok(None);
    };
    tx.lock(&format!("locker of {station}"))?;
    let sql = "SELECT EXISTS (SELECT 1 FROM delivery WHERE station = ?1 AND compartment = ?2 AND case_id <> ?3
        AND (ended IS NULL OR ended > ?4)) AS answer";
    let free = after(now, -LOCKER_SECONDS);
    let taken: bool = tx.answer(sql, values![station, compartment, row.case, free])?;
    Ok(taken.then(|| {
        Refusal::new(
            ProblemCode::Taken,
            "another result lies in this compartment",
        )
        .field("compartment")
    }))
}

/// The message that coming into this state makes due.
fn notice(row: &DeliveryRow) -> Option<NoticeKind> {
    match row.state {
        State::AtStation | State::InLocker => Some(NoticeKind::Collect),
        State::Posted => Some(NoticeKind::Posted),
        State::Returned => Some(NoticeKind::Returned),
        State::Ready | State::ToHandOut | State::Undelivered | State::Delivered => None,
    }
}

const SELECT: &str = "SELECT case_id, way, state, body, station, compartment, stored, wrong, tracking, due, provisional,
    since, ended, late FROM delivery";

fn find(tx: &mut dyn Tx, case: Uuid, locks: &str) -> Stored<Option<DeliveryRow>> {
    let found = tx.row(
        &format!("{SELECT} WHERE case_id = ?1{locks}"),
        values![case],
    )?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<DeliveryRow> {
    Ok(DeliveryRow {
        case: row.get("case_id")?,
        way: row.listed("way", Way::parse)?,
        state: row.listed("state", State::parse)?,
        body: row.get("body")?,
        station: row.get("station")?,
        compartment: row.get("compartment")?,
        stored: row.get("stored")?,
        wrong: row.get("wrong")?,
        tracking: row.get("tracking")?,
        due: row.get("due")?,
        provisional: row.get("provisional")?,
        since: row.get("since")?,
        ended: row.get("ended")?,
        late: row.get("late")?,
    })
}

/// One that waits for nobody is to be reminded of again when it waits the next time.
fn update(tx: &mut dyn Tx, row: &DeliveryRow) -> Stored<()> {
    tx.execute(
        "UPDATE delivery SET state = ?2, station = ?3, compartment = ?4, stored = ?5, wrong = ?6, tracking = ?7,
            since = ?8, ended = ?9, late = ?10,
            reminded = CASE WHEN CAST(?8 AS BIGINT) IS NULL THEN 0 ELSE reminded END
         WHERE case_id = ?1",
        values![
            row.case,
            row.state.as_str(),
            &row.station,
            row.compartment,
            row.stored,
            row.wrong,
            &row.tracking,
            row.since,
            row.ended,
            row.late,
        ],
    )?;
    Ok(())
}

/// Begins the delivery of a case that was closed with a result; a case has one.
pub(super) fn follow(tx: &mut dyn Tx, case: &CaseRow) -> Stored<()> {
    let Some(new) = &case.delivery else {
        return Ok(());
    };
    tx.execute(
        "INSERT INTO delivery (case_id, way, state, body, station, wrong, began, due, provisional, late, reminded)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, 0, 0) ON CONFLICT DO NOTHING",
        values![
            case.id,
            new.way.as_str(),
            State::first(new.way).as_str(),
            &new.body,
            &new.station,
            new.began,
            new.due,
            new.provisional,
        ],
    )?;
    Ok(())
}
