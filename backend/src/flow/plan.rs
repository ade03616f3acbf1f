//! Opening a case: its tasks from the item's steps, its first clock.

use city_api::application::Application;
use city_api::requests::Words;
use city_api::requests::officer::OfficerRole;
use city_catalogue::case::{EventKind, State};
use city_catalogue::record::{Channel, Item, Step, StepRole};
use uuid::Uuid;

use super::{Ground, IRREGULAR_WORKDAYS, stages};
use crate::file::{Bench, Bundled, CaseItem, Defect, ReceivedBy, Record, TaskDetail};
use crate::flow::ACCEPTANCE_WORKDAYS;
use crate::store::TaskState;

/// What the intake found out about a filing.
#[derive(Debug)]
pub(crate) struct Filed {
    /// Kiosk that filed it.
    pub kiosk: String,
    /// Station of the kiosk.
    pub station: String,
    /// Number that tasks are named after.
    pub number: String,
    /// Competent body.
    pub body: String,
    /// Why that body.
    pub routing: Words,
    /// What was filed; None when it could not be read.
    pub application: Option<Application>,
    /// Things an officer should look at.
    pub flags: Vec<Words>,
    /// How it came.
    pub channel: Channel,
    /// Who took it in at a window; None for what came another way.
    pub received_by: Option<ReceivedBy>,
    /// The packet it came with.
    pub packet: Uuid,
    /// The bundle it was filed in; None for one filed alone.
    pub bundle: Option<Bundled>,
}

/// A regular case: tasks planned, the first stage open; an item that the city itself accepts is accepted.
#[must_use]
pub(crate) fn open(filed: Filed, item: &CaseItem, ground: &Ground<'_>) -> Record {
    let number = filed.number.clone();
    let mut record = blank(filed, Some(item));
    record.tasks = tasks(&item.handled, &number, &record.body, ground.bureau);
    record.accept_by = ground.workdays(ground.acceptance_day(), ACCEPTANCE_WORKDAYS);
    stages::advance(&mut record, ground);
    record
}

/// An irregular case: one task for the window, with a clock of its own.
#[must_use]
pub(crate) fn irregular(
    filed: Filed,
    item: Option<&CaseItem>,
    defect: Defect,
    ground: &Ground<'_>,
) -> Record {
    let number = filed.number.clone();
    let mut record = blank(filed, item);
    record.state = State::Irregular;
    record.tell(ground.now, EventKind::Irregular, None, None, &defect.key);
    record.defect = Some(defect);
    record.accept_by = ground.workdays(ground.acceptance_day(), ACCEPTANCE_WORKDAYS);
    record.tasks = vec![TaskDetail {
        number: task_number(&number, 1),
        step: 0,
        name: Words::new("核查有缺陷的申报", "Look at a filing with a defect"),
        stage: 0,
        body: ground.bureau.to_owned(),
        bench: Bench::Officer(OfficerRole::Window),
        decides: false,
        delivery: false,
        state: TaskState::Open,
        opened: Some(ground.now),
        due: ground.workdays(ground.acceptance_day(), IRREGULAR_WORKDAYS),
        done: None,
        wait: None,
        lease: None,
        returns: Vec::new(),
        moved: None,
    }];
    let kind = EventKind::TaskOpened;
    let number = task_number(&number, 1);
    record.tell(ground.now, kind, None, Some(ground.bureau), number);
    record
}

/// Plans the steps of an irregular case that an officer has put right.
pub(super) fn plan_repaired(record: &mut Record, item: &Item, number: &str, ground: &Ground<'_>) {
    let first = record.tasks.len();
    let planned = tasks(item, number, &record.body.clone(), ground.bureau);
    record.tasks.extend(planned.into_iter().map(|mut task| {
        task.stage += 1;
        task
    }));
    for (at, task) in record.tasks.iter_mut().enumerate().skip(first) {
        task.number = task_number(number, at + 1);
    }
}

fn blank(filed: Filed, item: Option<&CaseItem>) -> Record {
    let known = item.map(|item| item.filed.as_ref());
    Record {
        state: State::Submitted,
        result_code: None,
        kiosk: filed.kiosk,
        station: filed.station,
        item_version: known.map(|item| item.version),
        handled_as: item.and_then(CaseItem::handled_as),
        name: known.map_or_else(
            || Words::new("未识别的事项", "Item not recognised"),
            |item| Words::new(item.name.zh.clone(), item.name.en.clone()),
        ),
        body: filed.body,
        routing: filed.routing,
        packet: Some(filed.packet),
        bundle: filed.bundle,
        application: filed.application,
        flags: filed.flags,
        channel: filed.channel,
        received_by: filed.received_by,
        defect: None,
        accept_by: None,
        accepted: None,
        promised: None,
        statutory: None,
        supplements: Vec::new(),
        tasks: Vec::new(),
        decision: None,
        result: None,
        result_due: None,
        issues_result: item.is_some(),
        closed: None,
        extended: false,
        running: None,
        stopped: None,
        specials: Vec::new(),
        extensions: Vec::new(),
        termination: None,
        overdue: None,
        delivering: false,
        happened: Vec::new(),
        checks: Vec::new(),
        delivery: None,
    }
}

/// The steps of the record it is handled by as tasks. `body` is the competent body: steps of the record's own body go
/// to it.
fn tasks(item: &Item, number: &str, body: &str, bureau: &str) -> Vec<TaskDetail> {
    let deciding = deciding_step(item, bureau);
    let mut stage = 0;
    let mut group: Option<&str> = None;
    let mut tasks = Vec::with_capacity(item.steps.len());
    for (at, step) in item.steps.iter().enumerate() {
        let together = step.parallel_group.is_some() && step.parallel_group.as_deref() == group;
        if at > 0 && !together {
            stage += 1;
        }
        group = step.parallel_group.as_deref();
        let after_decision = deciding.is_some_and(|deciding| at > deciding);
        tasks.push(TaskDetail {
            number: task_number(number, at + 1),
            step: step.seq,
            name: Words::new(step.name.zh.clone(), step.name.en.clone()),
            stage,
            body: if step.department == item.department {
                body.to_owned()
            } else {
                step.department.clone()
            },
            bench: bench(step, bureau),
            decides: deciding == Some(at),
            delivery: after_decision && is_delivery(step, bureau),
            state: TaskState::Pending,
            opened: None,
            due: None,
            done: None,
            wait: None,
            lease: None,
            returns: Vec::new(),
            moved: None,
        });
    }
    tasks
}

fn bench(step: &Step, bureau: &str) -> Bench {
    match step.role {
        StepRole::Applicant => Bench::Applicant,
        StepRole::Window => Bench::Officer(OfficerRole::Window),
        StepRole::Officer => Bench::Officer(OfficerRole::Officer),
        StepRole::Approver => Bench::Officer(OfficerRole::Approver),
        StepRole::System if step.service() == bureau => Bench::City,
        StepRole::System => Bench::Service(step.service().to_owned()),
    }
}

/// Handing over to the resident does not keep a decided case open (`specs/domain.md` 4.2: closed, then delivered).
fn is_delivery(step: &Step, bureau: &str) -> bool {
    match step.role {
        StepRole::Applicant | StepRole::Window => true,
        StepRole::System => step.service() == bureau,
        StepRole::Officer | StepRole::Approver => false,
    }
}

/// The step whose outcome decides: the last approver's, else the last officer's, else the last of a service, else the
/// last of the city itself.
fn deciding_step(item: &Item, bureau: &str) -> Option<usize> {
    let last = |fits: &dyn Fn(&Step) -> bool| item.steps.iter().rposition(fits);
    last(&|step| step.role == StepRole::Approver)
        .or_else(|| last(&|step| step.role == StepRole::Officer))
        .or_else(|| last(&|step| step.role == StepRole::System && step.service() != bureau))
        .or_else(|| last(&|step| step.role == StepRole::System))
}

fn task_number(number: &str, count: usize) -> String {
    format!("{number}-{count:02}")
}
