//! Cases: read whole, changed in one transaction.

use jiff::Timestamp;
use uuid::Uuid;

use city_api::requests::ProblemCode;
use city_api::requests::identity::IdentityLevel;
use city_api::requests::outcome::CaseState;

use super::{
    Alarm, CaseFacts, Event, NewCheck, NewDelivery, TaskRow, after_checks, alarms, deliveries,
    events, facts, notices, queue,
};
use crate::store::tx::{FOR_UPDATE, SKIP_LOCKED, Tx};
use crate::store::value::{Row, Value, values};
use crate::store::{Store, StoreError, Stored};

/// Names a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseKey {
    /// By its id, the id of the packet that opened it.
    Id(Uuid),
    /// By case number, filing number or receipt number; the receipt number of a bundle stands for several and names none.
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
    /// What is known of it without its key.
    pub facts: CaseFacts,
    /// Tasks by step.
    pub tasks: Vec<TaskRow>,
    /// What happened by this change: written with it, never read back.
    pub events: Vec<Event>,
    /// Raised by this change: written with it, never read back.
    pub alarms: Vec<Alarm>,
    /// Opened by this change: written with it, never read back.
    pub checks: Vec<NewCheck>,
    /// Begun by this change: written with it, never read back.
    pub delivery: Option<NewDelivery>,
}

impl CaseRow {
    /// The number people are told: the case number, before there is one the filing number.
    #[must_use]
    pub(crate) fn number(&self) -> &str {
        self.case_number.as_ref().unwrap_or(&self.filing_number)
    }
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

impl Store {
    /// A case.
    pub(crate) async fn case(&self, key: CaseKey) -> Stored<Option<CaseRow>> {
        self.read("reading a case", move |tx| find(tx, &key)).await
    }

    /// Reads a case, lets `change` make the new one, writes it and what happened: all or nothing; when it is refused,
    /// `refused` is noted with the code of the refusal. None when there is no such case.
    pub(crate) async fn change_case(
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

    /// Cases of a person, newest first, at most `most`.
    pub(crate) async fn cases_of(&self, person: [u8; 32], most: u32) -> Stored<Vec<CaseRow>> {
        self.read("reading a person's cases", move |tx| {
            of_person(tx, person, most)
        })
        .await
    }

    /// The cases of a bundle by its number or by the receipt number of its slip, in the order of its items.
    pub(crate) async fn matter(&self, number: String) -> Stored<Vec<CaseRow>> {
        self.read("reading a bundle", move |tx| {
            let by = "bundle = ?1 OR (receipt = ?1 AND bundle IS NOT NULL)
                ORDER BY length(filing_number), filing_number";
            where_is(tx, by, values![number])
        })
        .await
    }

    /// The cases in which an approver of this body has to answer something, the oldest first, at most `most`.
    pub(crate) async fn awaiting(&self, body: String, most: u32) -> Stored<Vec<CaseRow>> {
        self.read("reading what waits for an approver", move |tx| {
            let by = "awaits = ?1 ORDER BY received, id LIMIT ?2";
            where_is(tx, by, values![body, most])
        })
        .await
    }

    /// All cases, newest first, at most `most`.
    pub(crate) async fn all_cases(&self, most: u32) -> Stored<Vec<CaseRow>> {
        self.read("reading all cases", move |tx| all(tx, most))
            .await
    }

    /// Claims the case on which the city itself has to work first: a service is due, a clock ran out, a result is to be
    /// made. No other worker gets it before `until`, or before it is released. None when nothing is due.
    pub(crate) async fn claim_due(&self, now: Timestamp, until: Timestamp) -> Stored<Option<Uuid>> {
        let due = move |tx: &mut dyn Tx| is_any_due(tx, now);
        // Most looks find nothing: they read, and take nobody's turn to write.
        if !self.read("looking for due cases", due).await? {
            return Ok(None);
        }
        self.write("claiming a due case", move |tx| claim(tx, now, until))
            .await
    }

    /// Ends the claim on a case.
    pub(crate) async fn release(&self, case: Uuid) -> Stored<()> {
        self.write("releasing a case", move |tx| release(tx, case))
            .await
    }

    /// Puts off what the city has to do on a case until `until`, or until somebody changes the case; its claim ends.
    pub(crate) async fn put_off(&self, case: Uuid, until: Timestamp) -> Stored<()> {
        self.write("putting a case off", move |tx| put_off(tx, case, until))
            .await
    }
}

const SELECT: &str =
    "SELECT id, filing_number, case_number, receipt, person, level, item, state, received, act_at,
    data_key, record, body, station, kiosk, channel, item_version, accepted_at, accepted_by, received_by, brought_by,
    closed_at, done_on,
    result_code, granted, corrections, promised, statutory, provisional, decided_by, inputs, bundle, awaits FROM case_file";

pub(super) fn find(tx: &mut dyn Tx, key: &CaseKey) -> Stored<Option<CaseRow>> {
    select(tx, key, "")
}

/// `locks` is what the row is read with.
fn select(tx: &mut dyn Tx, key: &CaseKey, locks: &str) -> Stored<Option<CaseRow>> {
    let found = match key {
        CaseKey::Id(case) => tx.row(&format!("{SELECT} WHERE id = ?1{locks}"), values![*case])?,
        // PostgreSQL takes no text with a zero in it, and nobody was told such a number.
        CaseKey::Number(number) if number.contains('\0') => return Ok(None),
        CaseKey::Number(number) => {
            let by = "case_number = ?1 OR filing_number = ?1 OR (receipt = ?1 AND bundle IS NULL) LIMIT 1";
            tx.row(&format!("{SELECT} WHERE {by}{locks}"), values![number])?
        }
    };
    found.map(|row| with_tasks(tx, read(&row)?)).transpose()
}

/// The case's id and what became of it; None when there is no such case. The caller tells what happened.
pub(super) fn change(
    tx: &mut dyn Tx,
    key: &CaseKey,
    change: Change,
) -> Stored<Option<(Uuid, Result<CaseRow, Refusal>)>> {
    let Some(case) = select(tx, key, FOR_UPDATE)? else {
        return Ok(None);
    };
    let id = case.id;
    let changed = change(case)?;
    if let Ok(case) = &changed {
        update(tx, case)?;
    }
    Ok(Some((id, changed)))
}

pub(super) fn insert(tx: &mut dyn Tx, case: &CaseRow) -> Stored<()> {
    let own: &[Value] = values![
        case.id,
        &case.filing_number,
        &case.case_number,
        &case.receipt,
        case.person,
        case.level.name(),
        &case.item,
        case.state.name(),
        case.received,
        case.act_at,
        &case.data_key,
        &case.record,
    ];
    let into = format!(
        "case_file (id, filing_number, case_number, receipt, person, level, item, state, received,
            act_at, data_key, record, {})",
        facts::COLUMNS.join(", ")
    );
    tx.insert(&into, &[[own, &case.facts.values()].concat()])?;
    queue::insert_tasks(tx, case)
}

fn update(tx: &mut dyn Tx, case: &CaseRow) -> Stored<()> {
    let own: &[Value] = values![
        case.id,
        &case.case_number,
        case.state.name(),
        case.act_at,
        &case.record,
    ];
    let sql = format!(
        "UPDATE case_file SET case_number = ?2, state = ?3, act_at = ?4, record = ?5, {} WHERE id = ?1",
        facts::set_from(own.len() + 1)
    );
    tx.execute(&sql, &[own, &case.facts.values()].concat())?;
    tx.execute("DELETE FROM task WHERE case_id = ?1", values![case.id])?;
    queue::insert_tasks(tx, case)
}

/// Writes what happened by the change.
pub(super) fn tell(tx: &mut dyn Tx, case: &CaseRow) -> Stored<()> {
    events::note_all(tx, Some(case.id), &case.events)?;
    follow(tx, case)
}

/// Writes what follows from what happened.
pub(super) fn follow(tx: &mut dyn Tx, case: &CaseRow) -> Stored<()> {
    for event in &case.events {
        notices::add_for(tx, case.id, event)?;
    }
    for alarm in &case.alarms {
        alarms::add_alarm(tx, alarm)?;
    }
    deliveries::follow(tx, case)?;
    after_checks::follow(tx, case)
}

pub(super) fn of_person(tx: &mut dyn Tx, person: [u8; 32], most: u32) -> Stored<Vec<CaseRow>> {
    let sql = format!("{SELECT} WHERE person = ?1 ORDER BY received DESC LIMIT ?2");
    let rows = tx.rows(&sql, values![person, most])?;
    let cases = rows.iter().map(|row| with_tasks(tx, read(row)?));
    cases.collect()
}

/// Cases by a condition, with their tasks.
pub(super) fn where_is(tx: &mut dyn Tx, condition: &str, values: &[Value]) -> Stored<Vec<CaseRow>> {
    let rows = tx.rows(&format!("{SELECT} WHERE {condition}"), values)?;
    let cases = rows.iter().map(|row| with_tasks(tx, read(row)?));
    cases.collect()
}

/// Without their tasks: an overview does not need them.
pub(super) fn all(tx: &mut dyn Tx, most: u32) -> Stored<Vec<CaseRow>> {
    let sql = format!("{SELECT} ORDER BY received DESC LIMIT ?1");
    tx.rows(&sql, values![most])?.iter().map(read).collect()
}

fn is_any_due(tx: &mut dyn Tx, now: Timestamp) -> Stored<bool> {
    tx.answer(
        // The earliest first: PostgreSQL would read all cases for whether there is any.
        "SELECT EXISTS (
            SELECT 1 FROM (
                SELECT act_at FROM case_file WHERE act_at IS NOT NULL AND (claimed IS NULL OR claimed <= ?1)
                ORDER BY act_at LIMIT 1
            ) AS earliest WHERE act_at <= ?1
        ) AS answer",
        values![now],
    )
}

fn claim(tx: &mut dyn Tx, now: Timestamp, until: Timestamp) -> Stored<Option<Uuid>> {
    let sql = format!(
        "UPDATE case_file SET claimed = ?2 WHERE id = (
            SELECT id FROM case_file WHERE act_at <= ?1 AND (claimed IS NULL OR claimed <= ?1)
            ORDER BY act_at LIMIT 1{SKIP_LOCKED}
        ) RETURNING id"
    );
    let claimed = tx.row(&sql, values![now, until])?;
    claimed.map(|row| row.get("id")).transpose()
}

fn release(tx: &mut dyn Tx, case: Uuid) -> Stored<()> {
    tx.execute(
        "UPDATE case_file SET claimed = NULL WHERE id = ?1",
        values![case],
    )?;
    Ok(())
}

pub(super) fn put_off(tx: &mut dyn Tx, case: Uuid, until: Timestamp) -> Stored<()> {
    tx.execute(
        "UPDATE case_file SET act_at = ?2, claimed = NULL WHERE id = ?1",
        values![case, until],
    )?;
    Ok(())
}

fn with_tasks(tx: &mut dyn Tx, mut case: CaseRow) -> Stored<CaseRow> {
    let rows = tx.rows(
        "SELECT number, step, body, role, state, opened, due, kind, holder, lease_until, returned FROM task
         WHERE case_id = ?1 ORDER BY number",
        values![case.id],
    )?;
    case.tasks = rows.iter().map(queue::read_task).collect::<Stored<_>>()?;
    Ok(case)
}

fn read(row: &Row) -> Stored<CaseRow> {
    Ok(CaseRow {
        id: row.get("id")?,
        filing_number: row.get("filing_number")?,
        case_number: row.get("case_number")?,
        receipt: row.get("receipt")?,
        person: row.get("person")?,
        level: row.listed("level", IdentityLevel::parse)?,
        item: row.get("item")?,
        state: row.listed("state", CaseState::parse)?,
        received: row.get("received")?,
        act_at: row.get("act_at")?,
        data_key: row.get("data_key")?,
        record: row.get("record")?,
        facts: CaseFacts::read(row)?,
        tasks: Vec::new(),
        events: Vec::new(),
        alarms: Vec::new(),
        checks: Vec::new(),
        delivery: None,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::{CaseFacts, CaseKey, CaseRow, insert};
    use crate::clock::after;
    use crate::store::Store;
    use crate::test_database;
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
            facts: CaseFacts::default(),
            tasks: Vec::new(),
            events: Vec::new(),
            alarms: Vec::new(),
            checks: Vec::new(),
            delivery: None,
        }
    }

    #[tokio::test]
    async fn two_workers_never_act_on_one_case() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&test_database::empty(folder.path())).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let cases = [due(now), due(now)];
        let kept = cases.clone();
        store
            .write("keeping cases", move |tx| {
                kept.iter().try_for_each(|case| insert(tx, case))
            })
            .await
            .unwrap();
        let until = after(now, 60);
        let claim = |now, until| {
            let store = &store;
            async move { store.claim_due(now, until).await.unwrap() }
        };
        let first = claim(now, until).await.unwrap();
        let second = claim(now, until).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(claim(now, until).await, None);

        // An officer changes the case meanwhile: it stays with the worker that acts on it.
        let same = Box::new(|case| Ok(Ok(case)));
        let changed = store.change_case(CaseKey::Id(first), same, None).await;
        changed.unwrap().unwrap().unwrap();
        assert_eq!(claim(now, until).await, None);
        store.release(first).await.unwrap();
        assert_eq!(claim(now, until).await, Some(first));

        // The second is put off; the worker of the first fell over, and its claim runs out.
        store.put_off(second, after(now, 5)).await.unwrap();
        assert_eq!(claim(after(now, 4), until).await, None);
        assert_eq!(claim(after(now, 5), until).await, Some(second));
        assert!(claim(until, after(until, 60)).await.is_some());
    }
}
