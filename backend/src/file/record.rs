//! What is in a case; encrypted at rest, so it may hold personal data.
//!
//! A field that is not known here is left out: while nodes are renewed one by one, an older one reads what a newer one
//! wrote.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use city_api::application::{Application, How, MaterialRef, NotAllowed};
use city_api::digest::Sha256;
use city_api::requests::identity::IdentityLevel;
use city_api::requests::officer::{OfficerRole, TaskKind};
use city_api::requests::outcome::{CaseState, DueDate, ResultRef};
use city_api::requests::{Private, Words};
use city_catalogue::case::{EventKind, ResultCode, Standing, State};
use city_catalogue::record::Channel;

use super::inputs;
use super::{ExtensionRecord, RunningLimits, SpecialRecord, StoppedLimits, TerminationRecord};
use crate::clock::zone;
use crate::store::{Event, NewCheck, NewDelivery, TaskState};

/// A case, opened.
#[derive(Debug, Clone)]
pub(crate) struct CaseFile {
    /// Id of the packet that opened it; an id of its own where the packet opened several.
    pub id: Uuid,
    /// 申报号.
    pub filing_number: String,
    /// 办件编号; None for an irregular case.
    pub case_number: Option<String>,
    /// Receipt number of the slip, without hyphens.
    pub receipt: String,
    /// Blind index of the person.
    pub person: Option<[u8; 32]>,
    /// Identity level of the item.
    pub level: IdentityLevel,
    /// Handling code.
    pub item: Option<String>,
    /// When the packet was received.
    pub received: Timestamp,
    /// Wrapped data key.
    pub key: Vec<u8>,
    /// The content.
    pub record: Record,
}

/// The content of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    /// State, `specs/domain.md` 4.2.
    pub state: State,
    /// How it was closed.
    pub result_code: Option<ResultCode>,
    /// Kiosk that filed it.
    pub kiosk: String,
    /// Station it was filed at; responsible for completeness and delivery.
    pub station: String,
    /// Version of the item.
    pub item_version: Option<u32>,
    /// Code and version of the record the competent body handles it by; None when it is the one filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handled_as: Option<(String, u32)>,
    /// Name of the item.
    pub name: Words,
    /// Competent body.
    pub body: String,
    /// Why that body.
    pub routing: Words,
    /// The packet it came with, whose parts its pages are; None in records from before there were bundles: the packet
    /// has the id of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packet: Option<Uuid>,
    /// The bundle (一件事) it was filed in; None for one filed alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Bundled>,
    /// What was filed; None when it could not be read.
    pub application: Option<Application>,
    /// Things an officer should look at.
    pub flags: Vec<Words>,
    /// How it came.
    #[serde(default = "by_kiosk")]
    pub channel: Channel,
    /// Who took it in at a window; None for what came another way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_by: Option<ReceivedBy>,
    /// The defect of an irregular case.
    pub defect: Option<Defect>,
    /// Until when it must be accepted or asked about.
    pub accept_by: Option<DueDate>,
    /// Acceptance.
    pub accepted: Option<AcceptedBy>,
    /// Promised end.
    pub promised: Option<DueDate>,
    /// Statutory end.
    pub statutory: Option<DueDate>,
    /// Correction notices, the newest last.
    pub supplements: Vec<SupplementRecord>,
    /// Tasks in the order of the steps.
    pub tasks: Vec<TaskDetail>,
    /// The decision.
    pub decision: Option<DecisionRecord>,
    /// The result document.
    pub result: Option<ResultRef>,
    /// The next try to make the result document.
    pub result_due: Option<Timestamp>,
    /// The item issues a result document.
    pub issues_result: bool,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// Its limit was extended; that happens once.
    #[serde(default)]
    pub extended: bool,
    /// The limits as they run; None before acceptance, and in records from before they were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<RunningLimits>,
    /// The limits that stand still; None while all run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<StoppedLimits>,
    /// Special procedures that were asked for, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specials: Vec<SpecialRecord>,
    /// Extensions that were asked for, the newest last; one is granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<ExtensionRecord>,
    /// How an officer ended it without a decision; None when nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termination: Option<TerminationRecord>,
    /// The clock of an irregular case that ran out last; None while all run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<Overdue>,
    /// The hand-over of its result began; false in records from before there were deliveries.
    #[serde(default)]
    pub delivering: bool,
    /// What happened since the case was opened here: the store writes it with the case.
    #[serde(skip)]
    pub happened: Vec<Event>,
    /// Checks opened since then: the store writes them with the case.
    #[serde(skip)]
    pub checks: Vec<NewCheck>,
    /// The delivery that began since then: the store writes it with the case.
    #[serde(skip)]
    pub delivery: Option<NewDelivery>,
}

/// Before there were windows, every case came from a kiosk.
fn by_kiosk() -> Channel {
    Channel::Kiosk
}

/// Who took a filing in at a window, and how they knew the person before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceivedBy {
    /// The officer.
    pub person: String,
    /// Their body.
    pub body: String,
    /// The papers that were looked at, in the officer's words; None when the card was read.
    pub papers: Option<Private>,
}

impl ReceivedBy {
    /// What is to be looked at about an identity that no reader checked.
    #[must_use]
    pub(crate) fn flag(&self) -> Option<Words> {
        self.papers.as_ref().map(|_| {
            Words::new(
                "窗口人工核验身份证件，未经读卡",
                "Identity by papers seen at the window; no card was read",
            )
        })
    }
}

/// The bundle a case was filed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bundled {
    /// Number of the bundle: the filing number of the packet as a whole.
    pub number: String,
    /// Id in the catalogue.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What an officer should know of it; None when nothing.
    #[serde(skip)]
    pub flag: Option<Words>,
}

impl CaseFile {
    /// The packet it came with.
    #[must_use]
    pub(crate) fn packet(&self) -> Uuid {
        self.record.packet.unwrap_or(self.id)
    }
}

/// The clocks of a case that no program can accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Overdue {
    /// Nobody looked at it within the city's own days.
    Look,
    /// Nobody accepted it or named what is missing within the days of the law.
    Law,
}

/// A defect of an authentic packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Defect {
    /// Stable key, as in the acknowledgement.
    pub key: String,
    /// What an officer should know.
    pub detail: String,
}

impl Defect {
    /// Key of a filing for an item that was not in force that day: nobody may accept it.
    pub(crate) const NOT_IN_FORCE: &'static str = "item_not_in_force";

    /// Key of a filing for an item the city does not know.
    pub(crate) const UNKNOWN: &'static str = "item_unknown";

    /// The defect of parties that may not act.
    pub(crate) fn of(not_allowed: NotAllowed) -> Self {
        Self::new(not_allowed.key(), not_allowed.to_string())
    }

    /// The defect `key` with what an officer should know.
    pub(crate) fn new(key: &str, detail: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            detail: detail.into(),
        }
    }
}

/// Who accepted and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AcceptedBy {
    /// When.
    pub at: Timestamp,
    /// The person; None when the system accepted.
    pub person: Option<String>,
}

/// A correction notice and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SupplementRecord {
    /// Materials asked for.
    pub materials: Vec<u32>,
    /// Words to the resident.
    pub words: Private,
    /// When it was asked.
    pub asked: Timestamp,
    /// Who asked.
    pub person: String,
    /// Bring it by then.
    pub bring_by: DueDate,
    /// The packet that brought it, when, and its materials.
    pub brought: Option<Brought>,
}

/// A supplement that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Brought {
    /// Packet.
    pub packet: Uuid,
    /// When.
    pub at: Timestamp,
    /// Its materials; pages are parts of that packet.
    pub materials: Vec<MaterialRef>,
    /// Who took it in at a window; None for what came another way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_by: Option<ReceivedBy>,
}

/// Who does a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Bench {
    /// The city's platform itself.
    City,
    /// A department's service of this name, over the network.
    Service(String),
    /// Officers of the body.
    Officer(OfficerRole),
    /// The resident.
    Applicant,
}

/// One body's part of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskDetail {
    /// Case number, hyphen, two digits.
    pub number: String,
    /// `seq` of the step; 0 for a task that no step names.
    pub step: u32,
    /// Name of the step.
    pub name: Words,
    /// Tasks of one stage are open together.
    pub stage: u32,
    /// Body.
    pub body: String,
    /// Who does it.
    pub bench: Bench,
    /// Its outcome decides the case.
    pub decides: bool,
    /// It happens after the case is closed: hand-over to the resident.
    pub delivery: bool,
    /// State.
    pub state: TaskState,
    /// Since when it is open.
    pub opened: Option<Timestamp>,
    /// When it should be done.
    pub due: Option<DueDate>,
    /// What came of it.
    pub done: Option<TaskDone>,
    /// Its service did not answer; None while it was not asked, or answered.
    #[serde(default)]
    pub wait: Option<Wait>,
    /// Who works on it; the store keeps it beside the case. A lease that is over is none.
    #[serde(skip)]
    pub lease: Option<Lease>,
    /// It was given back as wrongly routed, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    /// When it came to its body, where that was after it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Timestamp>,
}

/// A claim on a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lease {
    /// The person.
    pub holder: String,
    /// It ends by itself then.
    pub until: Timestamp,
}

/// A task that was given back as wrongly routed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Return {
    /// When.
    pub at: Timestamp,
    /// By which body.
    pub body: String,
    /// By whom.
    pub person: String,
    /// Why.
    pub reason: Private,
    /// The right body, as they say; None when they do not know.
    pub right: Option<String>,
}

impl TaskDetail {
    /// Whether it is still to be done, now or later.
    #[must_use]
    pub(crate) fn is_left(&self) -> bool {
        matches!(
            self.state,
            TaskState::Pending | TaskState::Open | TaskState::DeadLetter
        )
    }

    /// What kind of task it is.
    #[must_use]
    pub(crate) fn kind(&self) -> TaskKind {
        match self.step {
            0 => TaskKind::Irregular,
            _ if self.delivery => TaskKind::Delivery,
            _ => TaskKind::Step,
        }
    }

    /// When it came to its body; `now` for one that is not open yet.
    #[must_use]
    pub(crate) fn arrived(&self, now: Timestamp) -> Timestamp {
        self.moved.or(self.opened).unwrap_or(now)
    }

    /// The lease of another person than `person` that lasts at `now`.
    #[must_use]
    pub(crate) fn held_by_another(&self, person: &str, now: Timestamp) -> Option<&Lease> {
        let lease = self.lease.as_ref();
        lease.filter(|lease| lease.holder != person && lease.until > now)
    }

    /// Whether `person` has a lease that lasts at `now`.
    #[must_use]
    pub(crate) fn is_held_by(&self, person: &str, now: Timestamp) -> bool {
        let lease = self.lease.as_ref();
        lease.is_some_and(|lease| lease.holder == person && lease.until > now)
    }

    /// Whether it waits for a department's service.
    #[must_use]
    pub(crate) fn awaits_service(&self) -> bool {
        self.state == TaskState::Open && matches!(self.bench, Bench::Service(_))
    }

    /// When its service is to be asked; None for a task that waits for no service.
    #[must_use]
    pub(crate) fn ask_at(&self) -> Option<Timestamp> {
        let next_try = self.wait.as_ref().map(|wait| wait.next_try);
        next_try.or(self.opened).filter(|_| self.awaits_service())
    }
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskDone {
    /// When.
    pub at: Timestamp,
    /// The person; None when the city or a service did it.
    pub person: Option<String>,
    /// Passed or not.
    pub passed: bool,
    /// Why.
    pub opinion: Words,
    /// Whether each review point was met, by its key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub points: BTreeMap<String, bool>,
}

/// A service that did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wait {
    /// The body.
    pub body: String,
    /// Since when.
    pub since: Timestamp,
    /// The next try.
    pub next_try: Timestamp,
    /// Tries so far.
    pub tries: u32,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DecisionRecord {
    /// 准予 or 不予.
    pub granted: bool,
    /// Why; always there for a refusal.
    pub reason: Option<Words>,
    /// When.
    pub at: Timestamp,
    /// The body.
    pub body: String,
    /// The person; None when a service decided.
    pub person: Option<String>,
    /// What the service gave for the result document: label and value.
    pub facts: Vec<(String, Private)>,
}

/// Something the city itself does with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Duty {
    /// Asks the service that the task of this number waits for.
    AskService(String),
    /// Makes the result document.
    IssueResult,
    /// Does what follows from the clocks that ran out.
    Clocks,
}

impl Record {
    /// Tells what happened; `person` is None for what the city did by itself.
    pub(crate) fn tell(
        &mut self,
        at: Timestamp,
        kind: EventKind,
        person: Option<&str>,
        body: Option<&str>,
        detail: impl Into<String>,
    ) {
        let event = Event::new(at, kind, person.unwrap_or("city"), detail);
        self.happened.push(match body {
            Some(body) => event.of_body(body),
            None => event,
        });
    }

    /// How a material was settled last: with the application, or by what was brought later.
    fn settled(&self, material: u32) -> Option<&How> {
        let filed = self.application.iter();
        let filed = filed.flat_map(|application| &application.materials);
        let brought = self.supplements.iter();
        let brought = brought.filter_map(|asked| asked.brought.as_ref());
        let brought = brought.flat_map(|brought| &brought.materials);
        let mut all = filed.chain(brought);
        all.rfind(|given| given.seq == material)
            .map(|given| &given.how)
    }

    /// Version and hash of the text that the applicant promised instead of a material; None when they did not.
    #[must_use]
    pub(crate) fn promise(&self, material: u32) -> Option<(&str, &Sha256)> {
        match self.settled(material)? {
            How::Promised {
                version,
                text_sha256,
            } => Some((version, text_sha256)),
            _ => None,
        }
    }

    /// How each material was settled last, by `seq`.
    #[must_use]
    pub(super) fn ways(&self) -> BTreeMap<u32, &'static str> {
        let application = self.application.iter();
        let listed = application.flat_map(|application| &application.materials);
        listed
            .filter_map(|given| Some((given.seq, inputs::way(self.settled(given.seq)?))))
            .collect()
    }

    /// The officer who decided, or did not accept; None for a service, and while neither happened.
    #[must_use]
    pub(super) fn decided_by(&self) -> Option<String> {
        if let Some(decision) = &self.decision {
            return decision.person.clone();
        }
        let mut done = self.tasks.iter().filter_map(|task| task.done.as_ref());
        let refused = done.rfind(|done| !done.passed);
        refused.and_then(|done| done.person.clone())
    }

    /// The materials that a promise stands in for, by `seq`.
    #[must_use]
    pub(crate) fn promised_materials(&self) -> Vec<u32> {
        let application = self.application.iter();
        let listed = application.flat_map(|application| &application.materials);
        let mut listed: Vec<u32> = listed.map(|given| given.seq).collect();
        listed.sort_unstable();
        listed.dedup();
        listed.retain(|material| self.promise(*material).is_some());
        listed
    }

    /// Nothing that is left to do is needed any more.
    pub(crate) fn cancel_what_is_left(&mut self) {
        for task in self.tasks.iter_mut().filter(|task| task.is_left()) {
            task.state = TaskState::Cancelled;
        }
    }

    /// The state as it is shown.
    #[must_use]
    pub(crate) fn shown_state(&self) -> CaseState {
        match self.state {
            State::Draft => CaseState::Draft,
            State::Submitted => CaseState::Submitted,
            State::Irregular => CaseState::Irregular,
            State::PreAccepted => CaseState::PreAccepted,
            State::Correction => CaseState::Correction,
            State::Corrected => CaseState::Corrected,
            State::NotAccepted => CaseState::NotAccepted,
            State::Accepted => CaseState::Accepted,
            State::Processing => CaseState::Processing,
            State::Special => CaseState::Special,
            State::Extended => CaseState::Extended,
            State::DecidedGranted => CaseState::DecidedGranted,
            State::DecidedRefused => CaseState::DecidedRefused,
            // Older records have no state of their own for 不予受理.
            State::Closed if self.result_code == Some(ResultCode::Returned) => {
                CaseState::NotAccepted
            }
            State::Closed => CaseState::Closed,
            State::Delivered => CaseState::Delivered,
            State::Rated => CaseState::Rated,
            State::Archived => CaseState::Archived,
            State::Withdrawn => CaseState::Withdrawn,
            State::Terminated => CaseState::Terminated,
        }
    }

    /// Where the case stands, for the table of moves.
    #[must_use]
    pub(crate) fn standing(&self) -> Standing<'_> {
        let accepted = self.accepted.as_ref();
        Standing {
            state: self.state,
            extended: self.extended,
            accepted: accepted.is_some(),
            accepted_by: accepted.and_then(|accepted| accepted.person.as_deref()),
        }
    }

    /// Whether this person accepted it, took it in or took in what was brought for it: they never decide it (接办分离).
    #[must_use]
    pub(crate) fn was_taken_by(&self, person: &str) -> bool {
        let accepted = self.accepted.as_ref();
        let accepted = accepted.and_then(|accepted| accepted.person.as_deref());
        let received = self.received_by.as_ref();
        let received = received.map(|received| received.person.as_str());
        [accepted, received].contains(&Some(person)) || self.brought_by().any(|by| by == person)
    }

    /// Who took in at a window what was brought for it.
    pub(super) fn brought_by(&self) -> impl Iterator<Item = &str> {
        let brought = self.supplements.iter();
        let brought = brought.filter_map(|asked| asked.brought.as_ref()?.received_by.as_ref());
        brought.map(|by| by.person.as_str())
    }

    /// Whether nothing of the item is planned yet: an officer looks at the filing first.
    #[must_use]
    pub(crate) fn is_only_looked_at(&self) -> bool {
        self.tasks.iter().all(|task| task.step == 0)
    }

    /// Until when an officer has to look at an irregular case; None for every other case.
    #[must_use]
    pub(crate) fn look_by(&self) -> Option<DueDate> {
        let look = self.tasks.iter().find(|task| task.step == 0);
        look.and_then(|task| task.due)
            .filter(|_| self.state == State::Irregular)
    }

    /// Whether the clock of the law runs: accept it or name what is missing.
    fn acceptance_runs(&self) -> bool {
        let waits = self.state.awaits_acceptance() || self.state == State::Irregular;
        waits && self.overdue != Some(Overdue::Law)
    }

    /// The tasks whose services may be asked: none while the clock stands, for their answers could decide.
    fn services(&self) -> impl Iterator<Item = &TaskDetail> {
        let stands = self.state == State::Special;
        self.tasks.iter().filter(move |_| !stands)
    }

    /// When the city itself has to act next; None when it waits for people.
    #[must_use]
    pub(crate) fn next_act(&self) -> Option<Timestamp> {
        let service = self.services().filter_map(TaskDetail::ask_at).min();
        let look = self.look_by().filter(|_| self.overdue.is_none());
        let accept = self.accept_by.filter(|_| self.acceptance_runs());
        let bring = self
            .supplements
            .last()
            .filter(|_| self.state == State::Correction)
            .map(|asked| day_after(asked.bring_by));
        let clocks = [look, accept].map(|due| due.map(day_after));
        [service, bring, self.result_due]
            .into_iter()
            .chain(clocks)
            .flatten()
            .min()
    }

    /// What the city itself has to do now: ask the services that are due, else make the result, else what follows from
    /// a clock that ran out.
    #[must_use]
    pub(crate) fn duties(&self, now: Timestamp) -> Vec<Duty> {
        let services: Vec<Duty> = self
            .services()
            .filter(|task| task.ask_at().is_some_and(|at| at <= now))
            .map(|task| Duty::AskService(task.number.clone()))
            .collect();
        if !services.is_empty() {
            return services;
        }
        if self.result_due.is_some_and(|due| due <= now) {
            return vec![Duty::IssueResult];
        }
        vec![Duty::Clocks]
    }

    /// The service that is away and asked next; None when the case waits for none.
    #[must_use]
    pub(crate) fn waits_for(&self) -> Option<&Wait> {
        self.tasks
            .iter()
            .filter(|task| task.awaits_service())
            .filter_map(|task| task.wait.as_ref())
            .min_by_key(|wait| wait.next_try)
    }

    /// The open tasks of a body and role.
    #[must_use]
    pub(crate) fn open_tasks(&self, body: &str, role: OfficerRole) -> Vec<usize> {
        self.tasks
            .iter()
            .enumerate()
            .filter(|(_, task)| {
                task.state == TaskState::Open
                    && task.body == body
                    && task.bench == Bench::Officer(role)
            })
            .map(|(at, _)| at)
            .collect()
    }

    /// Who holds the case now: the body of the first open task; None when nothing is open.
    #[must_use]
    pub(crate) fn holder(&self) -> Option<&str> {
        self.tasks
            .iter()
            .find(|task| {
                matches!(task.state, TaskState::Open | TaskState::DeadLetter) && !task.delivery
            })
            .map(|task| task.body.as_str())
    }
}

/// The first moment after the last day of a limit.
fn day_after(due: DueDate) -> Timestamp {
    let midnight = due.date.tomorrow().unwrap_or(due.date).to_zoned(zone());
    midnight.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
