//! The limits of a case: how they stand still, run on, and are extended.

use jiff::civil::Date;

use city_api::requests::outcome::DueDate;
use city_catalogue::clock::{Running, Stopped};
use city_catalogue::record::{Limit, LimitUnit};

use super::Ground;
use crate::file::{Record, RunningLimits, StoppedLimits};
use crate::store::TaskState;

/// Stops every limit that is not over by whole days. What is over stays over: a stop heals no delay.
pub(super) fn stop(record: &mut Record, ground: &Ground<'_>) {
    let running = running(record, ground);
    let halt = |running: Running| halted(running, ground);
    let lasts = |due: &Option<DueDate>| due.is_some_and(|due| due.date >= ground.today());
    let promised = running.filter(|_| lasts(&record.promised));
    let statutory = running.filter(|_| lasts(&record.statutory));
    record.running = running;
    let mut stopped = StoppedLimits {
        promised: promised.and_then(|running| halt(running.promised)),
        statutory: statutory.and_then(|running| halt(running.statutory)),
        tasks: Vec::new(),
    };
    for task in &mut record.tasks {
        let due = task.due.filter(|due| due.date >= ground.today());
        let (Some(due), TaskState::Open) = (due, task.state) else {
            continue;
        };
        let unit = unit_of_step(task.step, ground);
        if let Some(limit) = halt(from_date(due.date, unit, ground)) {
            stopped.tasks.push((task.number.clone(), limit));
            task.due = None;
        }
    }
    if stopped.promised.is_some() {
        record.promised = None;
    }
    if stopped.statutory.is_some() {
        record.statutory = None;
    }
    record.stopped = Some(stopped);
}

/// Lets what was stopped run on from today.
pub(super) fn resume(record: &mut Record, ground: &Ground<'_>) {
    let Some(stopped) = record.stopped.take() else {
        return;
    };
    if let Some(running) = stopped.promised.and_then(|limit| resumed(limit, ground)) {
        record.promised = due(running, ground);
        if let Some(limits) = &mut record.running {
            limits.promised = running;
        }
    }
    if let Some(running) = stopped.statutory.and_then(|limit| resumed(limit, ground)) {
        record.statutory = due(running, ground);
        if let Some(limits) = &mut record.running {
            limits.statutory = running;
        }
    }
    for (number, limit) in stopped.tasks {
        let task = record.tasks.iter_mut().find(|task| task.number == number);
        if let (Some(task), Some(running)) = (task, resumed(limit, ground)) {
            task.due = due(running, ground);
        }
    }
}

/// Gives the limits more days, in their unit. A promise that is over stays broken.
pub(super) fn extend(record: &mut Record, days: u32, ground: &Ground<'_>) {
    let Some(mut limits) = running(record, ground) else {
        return;
    };
    let more = |running: Running| match running.unit {
        LimitUnit::Workday | LimitUnit::Day => running.extend(days),
        LimitUnit::Hour => running.extend(days.saturating_mul(24)),
    };
    let today = ground.today();
    if record.promised.is_some_and(|due| due.date >= today) {
        limits.promised = more(limits.promised);
        record.promised = due(limits.promised, ground);
    }
    limits.statutory = more(limits.statutory);
    record.statutory = due(limits.statutory, ground);
    record.running = Some(limits);
}

/// The limits as they run; for a case from before they were kept, what is left by its dates.
fn running(record: &Record, ground: &Ground<'_>) -> Option<RunningLimits> {
    let item = &ground.item?.handled;
    let left = |due: Option<DueDate>, limit: &Limit| {
        due.map(|due| from_date(due.date, limit.unit, ground))
    };
    record.running.or_else(|| {
        Some(RunningLimits {
            promised: left(record.promised, &item.promised_limit)?,
            statutory: left(record.statutory, &item.statutory_limit)?,
        })
    })
}

fn from_date(due: Date, unit: LimitUnit, ground: &Ground<'_>) -> Running {
    let today = ground.today();
    let days = || u32::try_from((due - today).get_days()).unwrap_or(0);
    let remaining = match unit {
        LimitUnit::Workday => ground.calendar.working_days_between(today, due),
        LimitUnit::Day => days(),
        LimitUnit::Hour => days().saturating_mul(24),
    };
    Running {
        from: today,
        remaining,
        unit,
    }
}

fn unit_of_step(step: u32, ground: &Ground<'_>) -> LimitUnit {
    let mut steps = ground
        .item
        .iter()
        .flat_map(|item| item.handled.steps.iter());
    let step = steps.find(|known| known.seq == step);
    step.map_or(LimitUnit::Workday, |step| step.limit.unit)
}

/// One that was accepted after office hours runs from the next working day: nothing of it is used before.
fn halted(running: Running, ground: &Ground<'_>) -> Option<Stopped> {
    let day = ground.today().max(running.from);
    running.stop(day, ground.calendar).ok()
}

fn resumed(stopped: Stopped, ground: &Ground<'_>) -> Option<Running> {
    stopped.resume(ground.today().max(stopped.stopped_on)).ok()
}

fn due(running: Running, ground: &Ground<'_>) -> Option<DueDate> {
    ground.due_after(running.from, running.remaining, running.unit)
}
