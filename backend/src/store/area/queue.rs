//! Tasks, and the queues that officers take them from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use city_api::requests::officer::{OfficerRole, TaskKind};

use super::{CaseKey, CaseRow, cases};
use crate::store::tx::Tx;
use crate::store::value::{Row, Value, damaged, values};
use crate::store::{Store, Stored};

/// A task as the store sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaskRow {
    /// `seq` of the step; several tasks may share one step.
    pub step: u32,
    /// Case number, hyphen, two digits.
    pub number: String,
    /// Body.
    pub body: String,
    /// Role; None for steps that the city or the applicant does.
    pub role: Option<OfficerRole>,
    /// State.
    pub state: TaskState,
    /// Since when it is open.
    pub opened: Option<Timestamp>,
    /// When it should be done, `YYYY-MM-DD`.
    pub due: Option<jiff::civil::Date>,
    /// What kind of task it is.
    pub kind: TaskKind,
    /// Who works on it, and until when it is theirs; a lease that is over is none.
    pub lease: Option<(String, Timestamp)>,
    /// How often it was given back as wrongly routed.
    pub returned: u32,
}

/// State of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskState {
    /// An earlier step is not done.
    Pending,
    /// To be done now.
    Open,
    /// Done.
    Done,
    /// Not needed any more.
    Cancelled,
    /// To be done now, but no body takes it: a supervisor routes it by hand.
    DeadLetter,
}

city_api::names! {
    pub(crate) TaskState
    Pending = "pending",
    Open = "open",
    Done = "done",
    Cancelled = "cancelled",
    DeadLetter = "dead_letter",
}

impl Store {
    /// Open tasks of a body and role with their cases, the most urgent first, at most `most`.
    pub(crate) async fn open_tasks(
        &self,
        body: String,
        role: OfficerRole,
        most: u32,
    ) -> Stored<Vec<(TaskRow, CaseRow)>> {
        self.read("reading tasks", move |tx| open_tasks(tx, &body, role, most))
            .await
    }
}

pub(super) fn open_tasks(
    tx: &mut dyn Tx,
    body: &str,
    role: OfficerRole,
    most: u32,
) -> Stored<Vec<(TaskRow, CaseRow)>> {
    let sql = "SELECT case_id, number FROM task WHERE state = 'open' AND body = ?1 AND role = ?2
         ORDER BY due IS NULL, due, opened LIMIT ?3";
    with_cases(tx, sql, values![body, role.name(), most])
}

/// The tasks that a statement answers by `case_id` and `number`, with their cases.
pub(super) fn with_cases(
    tx: &mut dyn Tx,
    sql: &str,
    values: &[Value],
) -> Stored<Vec<(TaskRow, CaseRow)>> {
    let open = tx.rows(sql, values)?;
    let mut found = Vec::with_capacity(open.len());
    for row in open {
        let number: String = row.get("number")?;
        let case = cases::find(tx, &CaseKey::Id(row.get("case_id")?))?
            .ok_or_else(|| damaged("the case of a task"))?;
        if let Some(task) = case
            .tasks
            .iter()
            .find(|task| task.number == number)
            .cloned()
        {
            found.push((task, case));
        }
    }
    Ok(found)
}

pub(super) fn insert_tasks(tx: &mut dyn Tx, case: &CaseRow) -> Stored<()> {
    let row = |task: &TaskRow| {
        let (holder, until) = task.lease.clone().unzip();
        values![
            case.id,
            &task.number,
            task.step,
            &task.body,
            task.role.map(OfficerRole::name),
            task.state.name(),
            task.opened,
            task.due,
            task.kind.name(),
            holder,
            until,
            task.returned,
        ]
        .to_vec()
    };
    let rows: Vec<Vec<Value>> = case.tasks.iter().map(row).collect();
    tx.insert(
        "task (case_id, number, step, body, role, state, opened, due, kind, holder, lease_until, returned)",
        &rows,
    )
}

pub(super) fn read_task(row: &Row) -> Stored<TaskRow> {
    let (holder, until): (Option<String>, Option<Timestamp>) =
        (row.get("holder")?, row.get("lease_until")?);
    let role: Option<String> = row.get("role")?;
    Ok(TaskRow {
        step: row.get("step")?,
        number: row.get("number")?,
        body: row.get("body")?,
        role: role
            .map(|name| OfficerRole::parse(&name).ok_or_else(|| damaged("a role")))
            .transpose()?,
        state: row.listed("state", TaskState::parse)?,
        opened: row.get("opened")?,
        due: row.get("due")?,
        kind: row.listed("kind", TaskKind::parse)?,
        lease: holder.zip(until),
        returned: row.get("returned")?,
    })
}
