//! Deliveries as more than one way to the city sees them: their sealed words, their view, who may take a result.

use city_api::application::{Action, Delivery, Recipient};
use city_api::requests::deliveries::{DeliveryView, Label};
use city_api::requests::{Private, Words};
use city_catalogue::delivery::State;
use jiff::ToSpan as _;
use jiff::civil::Date;
use uuid::Uuid;

use crate::app::App;
use crate::clock::civil;
use crate::codes;
use crate::file::CaseFile;
use crate::proxy;
use crate::secret::{MasterKey, Sealed};
use crate::store::{CaseRow, DeliveryRow, NoticeKind, StoreError};

/// The place a tracking number is bound to.
fn place(case: Uuid) -> String {
    format!("delivery {case}")
}

/// A tracking number as it is kept.
///
/// # Errors
/// [`Sealed`] when it cannot be sealed.
pub(crate) fn seal_tracking(
    master: &MasterKey,
    case: Uuid,
    number: &Private,
) -> Result<Vec<u8>, Sealed> {
    master.seal(&place(case), number.reveal().as_bytes())
}

/// The tracking number of a delivery; None while it was not posted.
///
/// # Errors
/// [`StoreError::Content`] when it is not of this city's key, or damaged.
pub(crate) fn tracking(
    master: &MasterKey,
    row: &DeliveryRow,
) -> Result<Option<Private>, StoreError> {
    let sealed = row.tracking.as_ref();
    let opened = sealed.map(|sealed| master.open_words(&place(row.case), sealed));
    opened.transpose().map_err(|error| StoreError::Content {
        operation: "reading a tracking number",
        reason: error.to_string(),
    })
}

/// The code of the locker it lies in; None elsewhere.
#[must_use]
pub(crate) fn code(master: &MasterKey, row: &DeliveryRow) -> Option<Private> {
    let stored = row.stored.filter(|_| row.state == State::InLocker);
    stored.map(|stored| codes::pick_up(master, row.case, stored))
}

/// Where it stands.
///
/// # Errors
/// [`StoreError::Content`] as for [`tracking`].
pub(crate) fn view(app: &App, row: &DeliveryRow) -> Result<DeliveryView, StoreError> {
    let compartment = match row.state {
        State::InLocker | State::Returned => row.compartment,
        State::Ready
        | State::ToHandOut
        | State::AtStation
        | State::Posted
        | State::Undelivered
        | State::Delivered => None,
    };
    Ok(DeliveryView {
        way: row.way,
        state: row.state,
        due: row.due,
        provisional: row.provisional,
        station: row.station.clone(),
        compartment,
        tracking: tracking(&app.keys.master, row)?,
        since: row.since,
        kept_until: kept_until(row, app.published().policy.delivery.return_days),
        delivered: row.ended,
    })
}

/// Last day a result that waits is kept, `days` after it began to; None while it does not wait.
fn kept_until(row: &DeliveryRow, days: u32) -> Option<Date> {
    let since = row.since.filter(|_| row.state.waits())?;
    let day = civil(since).date();
    Some(day.saturating_add(i64::from(days).days()))
}

/// Whom and where the post of a case goes to; None when the applicant chose no post.
#[must_use]
pub(crate) fn label(file: &CaseFile) -> Option<Label> {
    let application = file.record.application.as_ref()?;
    let Some(Delivery::Post {
        address, recipient, ..
    }) = &application.delivery
    else {
        return None;
    };
    let name = match recipient {
        Recipient::Agent => application.agent.as_ref()?.person.name.clone(),
        Recipient::Applicant => match &application.organisation {
            Some(organisation) => organisation.name.clone(),
            None => application.person.as_ref()?.name.clone(),
        },
    };
    Some(Label {
        name,
        address: address.clone(),
    })
}

/// Whether a person may take the result of a case, as it is told: the applicant, or an agent whose authority lets them
/// collect today. None for everybody else.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn taker(
    app: &App,
    person: [u8; 32],
    case: &CaseRow,
) -> Result<Option<String>, StoreError> {
    let (Some(principal), Some(item)) = (case.person, case.item.as_deref()) else {
        return Ok(None);
    };
    if person == principal {
        return Ok(Some("applicant".to_owned()));
    }
    let authority = proxy::lets(app, (person, principal), item, Action::Collect).await?;
    Ok(authority.map(|authority| proxy::told(authority, &person, &principal, &[Action::Collect])))
}

/// Whether the authority of the agent a result is posted to lets them collect today; true for post to the applicant.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn may_be_posted(
    app: &App,
    file: &CaseFile,
    case: &CaseRow,
) -> Result<bool, StoreError> {
    let application = file.record.application.as_ref();
    let Some(application) = application else {
        return Ok(false);
    };
    let for_agent = application.delivery.as_ref();
    if !for_agent.is_some_and(Delivery::is_for_agent) {
        return Ok(true);
    }
    let Some(agent) = &application.agent else {
        return Ok(false);
    };
    let agent = app.keys.master.person(agent.person.number.reveal());
    Ok(taker(app, agent, case).await?.is_some())
}

/// What a message says about the hand-over of a result; None when it has moved on meanwhile.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn words(
    app: &App,
    file: &CaseFile,
    kind: NoticeKind,
) -> Result<Option<Words>, StoreError> {
    let Some(row) = app.store.delivery(file.id).await? else {
        return Ok(None);
    };
    let number = file.case_number.as_ref().unwrap_or(&file.filing_number);
    let name = &file.record.name;
    let (rest, rest_en) = match (kind, row.state) {
        (NoticeKind::Collect, State::AtStation | State::InLocker) => lies(app, &row),
        (NoticeKind::Posted, State::Posted) => {
            let tracking = tracking(&app.keys.master, &row)?;
            let tracking = tracking.as_ref().map_or("", Private::reveal);
            (
                format!("已寄出，运单号{tracking}"),
                format!("was posted, tracking number {tracking}"),
            )
        }
        (NoticeKind::Uncollected, state) if state.waits() => {
            let days = app.published().policy.delivery.return_days;
            (
                format!("尚未领取，满{days}日未领取的将退回发证机构"),
                format!("still waits for you; after {days} days it goes back to the body"),
            )
        }
        (NoticeKind::Returned, State::Returned) => {
            let body = app.body(&row.body).name;
            (
                format!("无人领取，已退回{}，如需领取请联系任一窗口", body.zh),
                format!("went back to {}: ask any window for it", body.en),
            )
        }
        (_, _) => return Ok(None),
    };
    Ok(Some(Words::new(
        format!("您申请的{}（{number}）的结果{rest}。", name.zh),
        format!("The result of {} ({number}) {rest_en}.", name.en),
    )))
}

/// Where it lies, and how it is fetched there.
fn lies(app: &App, row: &DeliveryRow) -> (String, String) {
    let published = app.published();
    let id = row.station.as_deref().unwrap_or_default();
    let station = published.catalogue.station(id);
    let (zh, en) = station.map_or((id, id), |at| (at.zh.as_str(), at.en.as_str()));
    match (code(&app.keys.master, row), row.compartment) {
        (Some(code), Some(compartment)) => (
            format!(
                "已放入{zh}自助领取柜{compartment}号格，取件码{}，请在旁边的自助终端核验身份后领取",
                code.reveal()
            ),
            format!(
                "lies in compartment {compartment} of the locker at {en}; code {}, at the kiosk beside it",
                code.reveal()
            ),
        ),
        (_, None) | (None, Some(_)) => (
            format!("已到{zh}，请携带身份证件到窗口领取"),
            format!("is at {en}: a window hands it out, bring your identity card"),
        ),
    }
}
