//! Cases: read whole, changed in one transaction.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};
use uuid::Uuid;

use city_api::requests::ProblemCode;
use city_api::requests::identity::IdentityLevel;
use city_api::requests::outcome::CaseState;

use super::{Alarm, Event, TaskRow, alarms, events, queue};
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::values::{collect, first, id, instant, listed, maybe_instant, millis};
use crate::store::{StoreError, Stored};

/// Cases.
#[async_trait]
pub(crate) trait Cases {
    /// A case.
    async fn case(&self, key: CaseKey) -> Stored<Option<CaseRow>>;

    /// Reads a case, lets `change` make the new one, writes it and what happened: all or nothing; when it is refused,
    /// `refused` is noted with the code of the refusal. None when there is no such case.
    async fn change_case(
        &self,
        key: CaseKey,
        change: Change,
        refused: Option<Event>,
    ) -> Stored<Option<Result<CaseRow, Refusal>>>;

    /// Cases of a person, newest first, at most `most`.
    async fn cases_of(&self, person: [u8; 32], most: u32) -> Stored<Vec<CaseRow>>;

    /// All cases, newest first, at most `most`.
    async fn all_cases(&self, most: u32) -> Stored<Vec<CaseRow>>;

    /// Claims the case on which the city itself has to work first: a service is due, a clock ran out, a result is to be
    /// made. No other worker gets it before `until`, or before it is released. None when nothing is due.
    async fn claim_due(&self, now: Timestamp, until: Timestamp) -> Stored<Option<Uuid>>;

    /// Ends the claim on a case.
    async fn release(&self, case: Uuid) -> Stored<()>;

    /// Puts off what the city has to do on a case until `until`, or until somebody changes the case; its claim ends.
    async fn put_off(&self, case: Uuid, until: Timestamp) -> Stored<()>;
}

/// Names a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseKey {
    /// By its id, the id of the packet that opened it.
    Id(Uuid),
    /// By case number, filing number or receipt number.
    Number(String),
}

/// A case as the store sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CaseRow {
    /// Id of the packet that opened it.
    pub id: Uuid,
    /// 申报号.
    pub filing_number: String,
    /// 办件编号; None for an irregular case.
    pub case_number: Option<String>,
    /// Receipt number of the slip.
    pub receipt: String,
    /// Blind index of the person; None when nobody was identified.
    pub person: Option<[u8; 32]>,
    /// Identity level of the item.
    pub level: IdentityLevel,
    /// Handling code of the item; None when unknown.
    pub item: Option<String>,
    /// State.
    pub state: CaseState,
    /// When the packet was received.
    pub received: Timestamp,
    /// When the city itself has to act next on it; None when it waits for people.
    pub act_at: Option<Timestamp>,
    /// Wrapped data key.
    pub data_key: Vec<u8>,
    /// Encrypted record.
    pub record: Vec<u8>,
    /// Tasks by step.
    pub tasks: Vec<TaskRow>,
    /// What happened by this change: written with it, never read back.
    pub events: Vec<Event>,
    /// Raised by this change: written with it, never read back.
    pub alarms: Vec<Alarm>,
}

/// Makes the new case out of the old one, or says why not.
pub(crate) type Change =
    Box<dyn FnOnce(CaseRow) -> Result<Result<CaseRow, Refusal>, StoreError> + Send>;

/// Why an action on a case is refused; never personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Code of the problem.
    pub code: ProblemCode,
    /// Field to blame; None when none is.
    pub field: Option<String>,
    /// The reason.
    pub reason: String,
}

impl Refusal {
    /// A refusal without a field.
    #[must_use]
    pub(crate) fn new(code: ProblemCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            reason: reason.into(),
        }
    }

    /// Names the field to blame.
    #[must_use]
    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

#[async_trait]
impl Cases for Sqlite {
    async fn case(&self, key: CaseKey) -> Stored<Option<CaseRow>> {
        self.read("reading a case", move |tx| find(tx, &key)).await
    }

    async fn change_case(
        &self,
        key: CaseKey,
        change: Change,
        refused: Option<Event>,
    ) -> Stored<Option<Result<CaseRow, Refusal>>> {
        self.write("changing a case", move |tx| {
            let Some((case, changed)) = self::change(tx, &key, change)? else {
                return Ok(None);
            };
            match (&changed, refused) {
                (Ok(case), _) => tell(tx, case)?,
                (Err(refusal), Some(mut event)) => {
                    event.detail = format!("{}: {}", event.detail, refusal.code.name());
                    events::note(tx, Some(case), &event)?;
                }
                (Err(_), None) => {}
            }
            Ok(Some(changed))
        })
        .await
    }

    async fn cases_of(&self, person: [u8; 32], most: u32) -> Stored<Vec<CaseRow>> {
        self.read("reading a person's cases", move |tx| {
            of_person(tx, person, most)
        })
        .await
    }

    async fn all_cases(&self, most: u32) -> Stored<Vec<CaseRow>> {
        self.read("reading all cases", move |tx| all(tx, most))
            .await
    }

    async fn claim_due(&self, now: Timestamp, until: Timestamp) -> Stored<Option<Uuid>> {
        let due = move |tx: &Transaction<'_>| is_any_due(tx, now);
        // Most looks find nothing: they read, and take nobody's turn to write.
        if !self.read("looking for due cases", due).await? {
            return Ok(None);
        }
        self.write("claiming a due case", move |tx| claim(tx, now, until))
            .await
    }

    async fn release(&self, case: Uuid) -> Stored<()> {
        self.write("releasing a case", move |tx| release(tx, case))
            .await
    }

    async fn put_off(&self, case: Uuid, until: Timestamp) -> Stored<()> {
        self.write("putting a case off", move |tx| put_off(tx, case, until))
            .await
    }
}

const SELECT: &str =
    "SELECT id, filing_number, case_number, receipt, person, level, item, state, received, act_at,
    data_key, record FROM case_file";

pub(super) fn find(tx: &Transaction<'_>, key: &CaseKey) -> Stored<Option<CaseRow>> {
    let found = match key {
        CaseKey::Id(case) => first(
            &mut tx.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?,
            [case.to_string()],
            read,
        )?,
        CaseKey::Number(number) => first(
            &mut tx.prepare_cached(&format!(
                "{SELECT} WHERE case_number = ?1 OR filing_number = ?1 OR receipt = ?1 LIMIT 1"
            ))?,
            [number],
            read,
        )?,
    };
    found.map(|case| with_tasks(tx, case)).transpose()
}

/// The case's id and what became of it; None when there is no such case. The caller tells what happened.
pub(super) fn change(
    tx: &Transaction<'_>,
    key: &CaseKey,
    change: Change,
) -> Stored<Option<(Uuid, Result<CaseRow, Refusal>)>> {
    let Some(case) = find(tx, key)? else {
        return Ok(None);
    };
    let id = case.id;
    let changed = change(case)?;
    if let Ok(case) = &changed {
        update(tx, case)?;
    }
    Ok(Some((id, changed)))
}

pub(super) fn insert(tx: &Transaction<'_>, case: &CaseRow) -> Stored<()> {
    tx.execute(
        "INSERT INTO case_file (id, filing_number, case_number, receipt, person, level, item, state, received,
            act_at, data_key, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            case.id.to_string(),
            case.filing_number,
            case.case_number,
            case.receipt,
            case.person,
            case.level.name(),
            case.item,
            case.state.name(),
            millis(case.received),
            case.act_at.map(millis),
            case.data_key,
            case.record,
        ],
    )?;
    queue::insert_tasks(tx, case)
}

fn update(tx: &Transaction<'_>, case: &CaseRow) -> Stored<()> {
    tx.execute(
        "UPDATE case_file SET case_number = ?2, state = ?3, act_at = ?4, record = ?5 WHERE id = ?1",
        params![
            case.id.to_string(),
            case.case_number,
            case.state.name(),
            case.act_at.map(millis),
            case.record,
        ],
    )?;
    tx.execute("DELETE FROM task WHERE case_id = ?1", [case.id.to_string()])?;
    queue::insert_tasks(tx, case)
}

/// Writes what happened by the change.
pub(super) fn tell(tx: &Transaction<'_>, case: &CaseRow) -> Stored<()> {
    for event in &case.events {
        events::note(tx, Some(case.id), event)?;
    }
    for alarm in &case.alarms {
        alarms::add_alarm(tx, alarm)?;
    }
    Ok(())
}

pub(super) fn of_person(tx: &Transaction<'_>, person: [u8; 32], most: u32) -> Stored<Vec<CaseRow>> {
    let cases = collect(
        &mut tx.prepare_cached(&format!(
            "{SELECT} WHERE person = ?1 ORDER BY received DESC LIMIT ?2"
        ))?,
        params![person, most],
        read,
    )?;
    cases.into_iter().map(|case| with_tasks(tx, case)).collect()
}

/// Without their tasks: an overview does not need them.
pub(super) fn all(tx: &Transaction<'_>, most: u32) -> Stored<Vec<CaseRow>> {
    collect(
        &mut tx.prepare_cached(&format!("{SELECT} ORDER BY received DESC LIMIT ?1"))?,
        [most],
        read,
    )
}

fn is_any_due(tx: &Transaction<'_>, now: Timestamp) -> Stored<bool> {
    Ok(tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM case_file WHERE act_at <= ?1 AND (claimed IS NULL OR claimed <= ?1))",
        [millis(now)],
        |row| row.get(0),
    )?)
}

fn claim(tx: &Transaction<'_>, now: Timestamp, until: Timestamp) -> Stored<Option<Uuid>> {
    first(
        &mut tx.prepare_cached(
            "UPDATE case_file SET claimed = ?2 WHERE id = (
                SELECT id FROM case_file WHERE act_at <= ?1 AND (claimed IS NULL OR claimed <= ?1)
                ORDER BY act_at LIMIT 1
            ) RETURNING id",
        )?,
        params![millis(now), millis(until)],
        |row| id(row, "id"),
    )
}

fn release(tx: &Transaction<'_>, case: Uuid) -> Stored<()> {
    tx.execute(
        "UPDATE case_file SET claimed = NULL WHERE id = ?1",
        [case.to_string()],
    )?;
    Ok(())
}

pub(super) fn put_off(tx: &Transaction<'_>, case: Uuid, until: Timestamp) -> Stored<()> {
    tx.execute(
        "UPDATE case_file SET act_at = ?2, claimed = NULL WHERE id = ?1",
        params![case.to_string(), millis(until)],
    )?;
    Ok(())
}

fn with_tasks(tx: &Transaction<'_>, mut case: CaseRow) -> Stored<CaseRow> {
    case.tasks = collect(
        &mut tx.prepare_cached(
            "SELECT number, step, body, role, state, opened, due FROM task WHERE case_id = ?1 ORDER BY number",
        )?,
        [case.id.to_string()],
        queue::read_task,
    )?;
    Ok(case)
}

fn read(row: &Row<'_>) -> Stored<CaseRow> {
    Ok(CaseRow {
        id: id(row, "id")?,
        filing_number: row.get("filing_number")?,
        case_number: row.get("case_number")?,
        receipt: row.get("receipt")?,
        person: row.get("person")?,
        level: listed(row, "level", IdentityLevel::parse)?,
        item: row.get("item")?,
        state: listed(row, "state", CaseState::parse)?,
        received: instant(row, "received")?,
        act_at: maybe_instant(row, "act_at")?,
        data_key: row.get("data_key")?,
        record: row.get("record")?,
        tasks: Vec::new(),
        events: Vec::new(),
        alarms: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rusqlite::Connection;
    use uuid::Uuid;

    use super::{CaseRow, claim, insert, is_any_due, put_off, release, update};
    use crate::clock::after;
    use crate::store::sqlite::schema::migrate;
    use city_api::requests::identity::IdentityLevel;
    use city_api::requests::outcome::CaseState;

    fn due(at: Timestamp) -> CaseRow {
        let id = Uuid::now_v7();
        CaseRow {
            id,
            filing_number: id.to_string(),
            case_number: None,
            receipt: String::new(),
            person: None,
            level: IdentityLevel::None,
            item: None,
            state: CaseState::Processing,
            received: at,
            act_at: Some(at),
            data_key: vec![1],
            record: vec![1],
            tasks: Vec::new(),
            events: Vec::new(),
            alarms: Vec::new(),
        }
    }

    #[test]
    fn two_workers_never_act_on_one_case() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let tx = connection.transaction().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let cases = [due(now), due(now)];
        for case in &cases {
            insert(&tx, case).unwrap();
        }
        let until = after(now, 60);
        let first = claim(&tx, now, until).unwrap().unwrap();
        let second = claim(&tx, now, until).unwrap().unwrap();
        assert_ne!(first, second);
        assert!(!is_any_due(&tx, now).unwrap());
        assert_eq!(claim(&tx, now, until).unwrap(), None);

        // An officer changes the case meanwhile: it stays with the worker that acts on it.
        let changed = cases.iter().find(|case| case.id == first).unwrap();
        update(&tx, changed).unwrap();
        assert_eq!(claim(&tx, now, until).unwrap(), None);
        release(&tx, first).unwrap();
        assert_eq!(claim(&tx, now, until).unwrap(), Some(first));

        // The second is put off; the worker of the first fell over, and its claim runs out.
        put_off(&tx, second, after(now, 5)).unwrap();
        assert_eq!(claim(&tx, after(now, 4), until).unwrap(), None);
        assert_eq!(claim(&tx, after(now, 5), until).unwrap(), Some(second));
        assert!(claim(&tx, until, after(until, 60)).unwrap().is_some());
    }
}
