//! 送达: the hand-over of a result begins with the close of its case, and ends it.

use city_api::application::Delivery;
use city_api::requests::Words;
use city_api::requests::outcome::DueDate;
use city_catalogue::case::{By, EventKind, Move};
use city_catalogue::delivery::Way;
use city_catalogue::record::Item;

use super::{Ground, settle, stages};
use crate::clock::civil;
use crate::file::{Bench, Record};
use crate::store::{NewDelivery, TaskState};

/// Begins the delivery of a case that was closed with a result; its days count from the decision (行政许可法 Art. 44).
pub(super) fn begin(record: &mut Record, ground: &Ground<'_>) {
    let item = ground.item.filter(|_| record.result.is_some());
    let (Some(item), Some(decision)) = (item, &record.decision) else {
        return;
    };
    let chosen = chosen(record, &item.filed, ground);
    let way = chosen.map_or_else(|| Way::unchosen(&item.filed), Delivery::way);
    let fetched_at = chosen.and_then(Delivery::station);
    let station = (!way.is_fetched()).then(|| fetched_at.unwrap_or(&record.station).to_owned());
    let from = civil(decision.at).date();
    // Beyond all calendars there is no last day to name; it is handed out today.
    let due = ground.workdays(from, ground.policy.delivery.workdays);
    let due = due.unwrap_or_else(|| DueDate {
        date: ground.today(),
        provisional: false,
    });
    if way.is_fetched() {
        nobody_hands_over(record);
    }
    let body = record.body.clone();
    let detail = format!("{}, by {}", way.as_str(), due.date);
    let kind = EventKind::DeliveryBegan;
    record.tell(ground.now, kind, None, Some(&body), detail);
    record.delivering = true;
    record.delivery = Some(NewDelivery {
        way,
        body,
        station,
        began: ground.now,
        due: due.date,
        provisional: due.provisional,
    });
}

/// What the applicant chose; None when that was nothing, or a defect that an officer passed over.
fn chosen<'r>(record: &'r Record, item: &Item, ground: &Ground<'_>) -> Option<&'r Delivery> {
    let application = record.application.as_ref()?;
    let lockers = &ground.policy.delivery.lockers;
    let has_agent = application.agent.is_some();
    let chosen = application.delivery.as_ref()?;
    let checked = chosen.check(
        item,
        has_agent,
        |_| true,
        |station| lockers.contains_key(station),
    );
    checked.ok().map(|()| chosen)
}

/// The applicant reads or prints it: no officer is to hand it over.
fn nobody_hands_over(record: &mut Record) {
    let tasks = record.tasks.iter_mut();
    let handing = tasks.filter(|task| task.delivery && matches!(task.bench, Bench::Officer(_)));
    for task in handing.filter(|task| task.is_left()) {
        task.state = TaskState::Cancelled;
        task.lease = None;
    }
}

/// 送达: the result is in the right hands, and what was left to hand over is done.
pub(crate) fn delivered(record: &mut Record, by: By<'_>, ground: &Ground<'_>) {
    settle(record, Move::Deliver, by);
    for at in 0..record.tasks.len() {
        let task = record.tasks.get(at);
        if task.is_some_and(|task| task.delivery && task.is_left()) {
            let words = Words::new("已送达", "Delivered");
            stages::finish(record, at, by.person, true, words, ground);
        }
    }
}
