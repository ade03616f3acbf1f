//! Looks at clocks by itself: raises cards, notes those that were not answered, fills in facts of old cases.
//!
//! Any number of nodes may look: a card is raised once for its case, task, colour and day.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use city_catalogue::case::EventKind;
use city_catalogue::clock::{RunningDays, Warning};

use crate::app::App;
use crate::clock::{after, civil};
use crate::file::CaseFile;
use crate::flow::Ground;
use crate::saved;
use crate::store::{CardRow, Event, LateTask, RunningCase};
use crate::web::error::chain;
use crate::worker::Failed;

/// How often it is asked whether it is time to look: the city's clock may be set ahead.
const PAUSE: Duration = Duration::from_millis(500);
/// Cases read at once.
const BATCH: u32 = 500;

/// Looks until the task is dropped.
pub(crate) async fn run(app: Arc<App>) {
    if let Err(error) = fill_facts(&app).await {
        tracing::error!(error = %chain(error.as_ref()), "facts of old cases are not all filled in");
    }
    let mut next = Timestamp::MIN;
    loop {
        let now = app.now();
        if next <= now {
            let minutes = app.published().policy.supervision.look_minutes;
            next = after(now, 60 * i64::from(minutes));
            if let Err(error) = look(&app).await {
                tracing::error!(error = %chain(error.as_ref()), "the clocks cannot be looked at; again later");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Opens cases from before there were facts and fills these in. One that does not open is left as it is.
async fn fill_facts(app: &App) -> Result<(), Failed> {
    loop {
        let cases = app.store.without_facts(BATCH).await?;
        let mut filled = 0;
        for case in cases {
            let id = case.id;
            match CaseFile::open(case, &app.keys.master) {
                Ok(file) => {
                    app.store
                        .fill_facts(file.into_row(&app.keys.master)?)
                        .await?;
                    filled += 1;
                }
                Err(error) => {
                    tracing::warn!(case = %id, error = %chain(&error), "an old case does not open");
                }
            }
        }
        if filled == 0 {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}

async fn look(app: &App) -> Result<(), Failed> {
    let published = app.published();
    let ground = published.ground(app.now(), None);
    let mut last: Option<Uuid> = None;
    loop {
        let cases = app.store.running_cases(last, BATCH).await?;
        let Some(end) = cases.last().map(|case| case.id) else {
            break;
        };
        last = Some(end);
        let cards: Vec<CardRow> = cases
            .iter()
            .filter_map(|case| case_card(case, &ground))
            .collect();
        if !cards.is_empty() {
            app.store.raise_cards(cards).await?;
        }
    }
    loop {
        let late = app.store.late_tasks(ground.today(), BATCH).await?;
        let cards: Vec<CardRow> = late
            .iter()
            .filter_map(|task| task_card(task, &ground))
            .collect();
        if cards.is_empty() || app.store.raise_cards(cards).await? == 0 {
            break;
        }
    }
    lapse_drafts(app).await?;
    app.store
        .note_unanswered(ground.today(), ground.now)
        .await?;
    Ok(())
}

/// Deletes drafts whose days are over, with their pages.
async fn lapse_drafts(app: &App) -> Result<(), Failed> {
    loop {
        let event = Event::new(app.now(), EventKind::DraftsLapsed, "city", "");
        let lapsed = app.store.lapse_saved(BATCH, event).await?;
        if lapsed.is_empty() {
            return Ok(());
        }
        for draft in lapsed {
            saved::drop_pages(app, &draft.pages).await;
        }
    }
}

fn case_card(case: &RunningCase, ground: &Ground<'_>) -> Option<CardRow> {
    let days = RunningDays {
        accepted: ground
            .calendar
            .acceptance_day(civil(case.accepted), ground.hours),
        promised: case.promised,
        statutory: case.statutory,
    };
    let policy = &ground.policy.supervision;
    let (level, due) = days.warning(ground.today(), ground.calendar, policy)?;
    let reason = match level {
        Warning::Blue => "承诺期限将至 · the promised limit ends soon",
        Warning::Yellow => "承诺期限今日届满 · the promised limit ends today",
        Warning::Red => "超过承诺期限 · the promised limit is over",
        Warning::DoubleRed => "超过法定期限 · the limit of the law is over",
    };
    card(case, String::new(), level, due, reason, ground)
}

fn task_card(task: &LateTask, ground: &Ground<'_>) -> Option<CardRow> {
    let reason = "环节超时 · a step is over its own limit";
    let (number, due) = (task.number.clone(), task.due);
    card(&task.case, number, Warning::Yellow, due, reason, ground)
}

/// None when the days to answer cannot be counted: beyond all calendars.
fn card(
    case: &RunningCase,
    task: String,
    level: Warning,
    due: jiff::civil::Date,
    reason: &str,
    ground: &Ground<'_>,
) -> Option<CardRow> {
    let days = ground.policy.supervision.answer_workdays;
    let (body, person) = case.holder.clone();
    Some(CardRow {
        id: Uuid::now_v7(),
        case: case.id,
        case_number: case.number.clone(),
        task,
        level,
        due,
        item: case.item.clone(),
        body,
        person,
        raised: ground.now,
        reason: reason.to_owned(),
        answer_by: ground.workdays(ground.acceptance_day(), days)?.date,
        answer: None,
    })
}
