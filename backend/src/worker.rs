//! What the city does by itself: steps of services, clocks that ran out, result documents.
//!
//! Cases say when the city has to act on them (`act_at`), so a restart loses nothing and nothing is done twice: every
//! outcome is written in the transaction that checks that it is still wanted. Any number of nodes may work: a worker
//! claims what it acts on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use city_api::requests::sharing::CallOutcome;
use city_catalogue::case::EventKind;
use city_catalogue::contract;

use crate::app::App;
use crate::clock::{after, civil};
use crate::departments::{StepAnswer, StepRequest};
use crate::file::{Bench, CaseFile, CaseItem, Duty};
use crate::flow::{self, Ground};
use crate::result;
use crate::sharing::{Refused, Wish, outcome};
use crate::store::{Alarm, AlarmKind, CaseKey, Change};
use crate::web::error::chain;

/// How often due cases are looked for when nobody wakes the worker.
const PAUSE: Duration = Duration::from_millis(500);
/// Most cases before the worker looks whether it was woken.
const BATCH: u32 = 50;
/// Seconds a worker has for a case it claimed; then another node may act on it. Five services that are all away take
/// half of it (`crate::departments`).
const CLAIM_SECONDS: i64 = 60;

/// An error of the worker: the store, the object store or a document.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Works until the task is dropped.
pub(crate) async fn run(app: Arc<App>) {
    let mut failed = Failures::new();
    let mut closed = None;
    loop {
        if let Err(error) = close_halls(&app, &mut closed).await {
            tracing::error!(error = %chain(error.as_ref()), "the halls of yesterday are not closed yet");
        }
        if let Err(error) = round(&app, &mut failed).await {
            tracing::error!(error = %chain(error.as_ref()), "the worker failed and goes on");
        }
        let _ = tokio::time::timeout(PAUSE, app.work.notified()).await;
    }
}

/// Once a day: what is left of the days before in the halls.
async fn close_halls(app: &App, closed: &mut Option<jiff::civil::Date>) -> Result<(), Failed> {
    let now = app.now();
    let today = civil(now).date();
    if *closed != Some(today) {
        let policy = app.published().policy.hall.clone();
        let more = app.store.close_halls(today, now, policy).await?;
        *closed = (!more).then_some(today);
    }
    Ok(())
}

/// How often in a row the city failed on a case, since it started.
type Failures = BTreeMap<Uuid, u32>;

/// Acts on the cases that are due, one by one. One that fails is put off longer and longer: it must not hold up the
/// others.
async fn round(app: &Arc<App>, failed: &mut Failures) -> Result<(), Failed> {
    for _ in 0..BATCH {
        let now = app.now();
        let until = after(now, CLAIM_SECONDS);
        let Some(case) = app.store.claim_due(now, until).await? else {
            return Ok(());
        };
        let Err(error) = act(app, case).await else {
            failed.remove(&case);
            app.store.release(case).await?;
            continue;
        };
        let tries = failed.entry(case).or_insert(0);
        let again = after(app.now(), flow::pause_after(*tries));
        *tries = tries.saturating_add(1);
        tracing::error!(%case, %again, error = %chain(error.as_ref()), "the city could not act on a case");
        app.store.put_off(case, again).await?;
    }
    Ok(())
}

async fn act(app: &Arc<App>, case: Uuid) -> Result<(), Failed> {
    let Some(row) = app.store.case(CaseKey::Id(case)).await? else {
        return Ok(());
    };
    let file = CaseFile::open(row, &app.keys.master)?;
    let item = app.item_of(&file).await?;
    for duty in file.record.duties(app.now()) {
        let item = item.clone();
        match duty {
            Duty::AskService(number) => ask_service(app, &file, item, &number).await?,
            Duty::IssueResult => result::issue(app, &file, item).await?,
            Duty::Clocks => change(app, case, item, flow::clocks_ran_out).await?,
        }
    }
    Ok(())
}

async fn ask_service(
    app: &Arc<App>,
    file: &CaseFile,
    item: Option<CaseItem>,
    number: &str,
) -> Result<(), Failed> {
    let mut tasks = file.record.tasks.iter();
    let Some(task) = tasks.find(|task| task.number == number) else {
        return Ok(());
    };
    let Bench::Service(service) = &task.bench else {
        return Ok(());
    };
    let item = item.ok_or("asking a service: the item of the case is not known")?;
    let person = file
        .record
        .application
        .as_ref()
        .and_then(|application| application.person.as_ref());
    let request = StepRequest {
        case_number: file
            .case_number
            .clone()
            .unwrap_or_else(|| file.filing_number.clone()),
        step: task.name.zh.clone(),
        id_number: person.map(|person| person.number.clone()),
        name: person.map(|person| person.name.clone()),
    };
    let basic = item.handled.codes.basic.as_deref().unwrap_or_default();
    let number = task.number.clone();
    let (dataset, code) = (contract::service(service), item.handled.code());
    let wish = Wish::for_case(app.now(), file, &file.record.body, "city");
    let wish = wish.of(&dataset, Some(code.as_str()));
    let permit = match wish.permit(&app.published()) {
        Ok(permit) => permit,
        Err(refused) => {
            let case_item = item.clone();
            return not_allowed(app, file, case_item, number, service, (&wish, &refused)).await;
        }
    };
    let asked = file.event(app.now(), EventKind::ServiceAsked, "city", number.as_str());
    app.store
        .note(Some(file.id), asked.of_body(service))
        .await?;
    let answer = app.departments.step(&permit, service, basic, request).await;
    let row = wish.made(&permit, outcome(&answer, |_| true));
    app.store.log_calls(vec![row]).await?;
    match answer {
        Ok(answer) => answered(app, file.id, item, number, answer).await,
        Err(away) => {
            tracing::warn!(%service, error = %chain(&away), "a department's service is away");
            let detail = format!("service {service} does not answer; case {} waits", file.id);
            let alarm = (AlarmKind::ServiceAway, detail);
            waits(app, file, item, number, alarm).await
        }
    }
}

/// The service may not be asked. Without a contract the case waits for one, visibly, as for a service that is away;
/// without the applicant's consent the officers of the body look themselves.
async fn not_allowed(
    app: &Arc<App>,
    file: &CaseFile,
    item: CaseItem,
    task: String,
    service: &str,
    (wish, refused): (&Wish<'_>, &Refused),
) -> Result<(), Failed> {
    let first = is_first(file, &task);
    if refused.outcome() == CallOutcome::NoConsent {
        app.store.log_calls(vec![wish.refused(refused)]).await?;
        return change(app, file.id, Some(item), move |file, ground| {
            flow::without_consent(&mut file.record, &task, ground);
        })
        .await;
    }
    // It is tried again and again; the log tells once that it was refused.
    if first {
        app.store.log_calls(vec![wish.refused(refused)]).await?;
    }
    let detail = format!(
        "no contract allows to ask service {service}; case {} waits",
        file.id
    );
    waits(app, file, item, task, (AlarmKind::NoContract, detail)).await
}

/// Whether a task was not tried in vain before.
fn is_first(file: &CaseFile, task: &str) -> bool {
    let known = file.record.tasks.iter().find(|known| known.number == task);
    known.is_some_and(|known| known.wait.is_none())
}

async fn answered(
    app: &Arc<App>,
    case: Uuid,
    item: CaseItem,
    task: String,
    answer: StepAnswer,
) -> Result<(), Failed> {
    change(app, case, Some(item), move |file, ground| {
        let StepAnswer {
            granted,
            reason,
            facts,
        } = answer;
        flow::service_answered(&mut file.record, &task, granted, reason, facts, ground);
    })
    .await?;
    app.work.notify_one();
    Ok(())
}

async fn waits(
    app: &Arc<App>,
    file: &CaseFile,
    item: CaseItem,
    task: String,
    (kind, detail): (AlarmKind, String),
) -> Result<(), Failed> {
    let first = is_first(file, &task);
    change(app, file.id, Some(item), move |file, ground| {
        flow::service_away(&mut file.record, &task, ground);
    })
    .await?;
    if first {
        let alarm = Alarm {
            at: app.now(),
            kind,
            kiosk: None,
            detail,
        };
        app.store.alarm(alarm).await?;
    }
    Ok(())
}

/// Changes a case in one transaction.
pub(crate) async fn change<F>(
    app: &Arc<App>,
    case: Uuid,
    item: Option<CaseItem>,
    apply: F,
) -> Result<(), Failed>
where
    F: FnOnce(&mut CaseFile, &Ground<'_>) + Send + 'static,
{
    let change = changing(app, item, apply);
    app.store
        .change_case(CaseKey::Id(case), change, None)
        .await?;
    Ok(())
}

/// A change of an opened case that cannot be refused.
pub(crate) fn changing<F>(app: &Arc<App>, item: Option<CaseItem>, apply: F) -> Change
where
    F: FnOnce(&mut CaseFile, &Ground<'_>) + Send + 'static,
{
    let app = Arc::clone(app);
    Box::new(move |row| {
        let mut file = CaseFile::open(row, &app.keys.master)?;
        let published = app.published();
        let ground = published.ground(app.now(), item.as_ref());
        apply(&mut file, &ground);
        file.into_row(&app.keys.master).map(Ok)
    })
}
