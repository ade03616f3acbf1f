//! 事后核查: officers look whether commitments hold that stand in for materials (R12).

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};

use city_api::requests::commitment::{
    AfterCheck, AfterChecksAnswer, CheckOutcome, CheckOutcomeRequest, CheckState, Repair,
    RepairRequest,
};
use city_api::requests::officer::OfficerRole;
use city_api::requests::{MAX_BODY_BYTES, Private, Problem, ProblemCode, Words, paths};
use city_catalogue::case::EventKind;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::after;
use crate::file::CaseFile;
use crate::flow::Officer;
use crate::store::{CaseKey, CheckRow, Event, Refusal};

area!(
    after_checks: paths::AFTER_CHECKS => get(after_checks),
    broken: paths::BROKEN_COMMITMENTS => get(broken),
    check_outcome: "/v1/after-checks/{id}/outcome" => post(check_outcome),
    repair: "/v1/after-checks/{id}/repair" => post(repair),
);

/// Most checks in an answer.
const MOST: u32 = 200;
/// Seconds of a day.
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Open checks of the officer's body.
#[utoipa::path(get, path = "/v1/after-checks", tag = "officer",
    responses((status = 200, body = AfterChecksAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn after_checks(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<AfterChecksAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = inspector(&app, &request).await?;
    let rows = app.store.open_checks(officer.body.clone(), MOST).await?;
    Ok(Json(shown(&app, &officer, rows).await?))
}

/// Commitments that were found false and still bar their person, of the officer's body.
#[utoipa::path(get, path = "/v1/after-checks/broken", tag = "officer",
    responses((status = 200, body = AfterChecksAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn broken(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<AfterChecksAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = inspector(&app, &request).await?;
    let days = app.published().policy.commitment.broken_days;
    // The day it was found false does not count.
    let since = after(app.now(), -(i64::from(days) + 1) * DAY_SECONDS);
    let body = officer.body.clone();
    let rows = app.store.broken_checks(body, since, MOST).await?;
    Ok(Json(shown(&app, &officer, rows).await?))
}

/// Checks as an officer sees them; that they were seen is noted.
async fn shown(app: &App, officer: &Officer, rows: Vec<CheckRow>) -> Answer<AfterChecksAnswer> {
    let mut after_checks = Vec::with_capacity(rows.len());
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        let case = row.case;
        let (file, check) = view(app, row).await?;
        after_checks.push(check);
        let kind = EventKind::ChecksRead;
        let event = file.event(app.now(), kind, &officer.person, officer.role.name());
        seen.push((case, event.of_body(&officer.body)));
    }
    if !seen.is_empty() {
        app.store.note_all(seen).await?;
    }
    Ok(AfterChecksAnswer { after_checks })
}

/// What was found: the commitment holds, is to be put right, or what was granted on it is revoked.
#[utoipa::path(post, path = "/v1/after-checks/{id}/outcome", tag = "officer",
    params(("id" = String, Path, format = Uuid)), request_body = CheckOutcomeRequest,
    responses((status = 200, body = AfterCheck), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn check_outcome(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AfterCheck>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = inspector(&app, &request).await?;
    let asked: CheckOutcomeRequest = request.json()?;
    let (check, file) = opened(&app, &id).await?;
    let id = check.id;
    let words = sealed(&app, &place(id), &asked.words)?;
    let now = app.now();
    let published = app.published();
    let rectify_by = published
        .ground(now, None)
        .workdays_from_now(published.policy.commitment.rectify_workdays);
    let next = match asked.outcome {
        CheckOutcome::Kept => CheckState::Kept,
        CheckOutcome::Rectify => CheckState::Rectify,
        CheckOutcome::Revoke => CheckState::Revoked,
    };
    let detail = format!("material {}: {}", check.material, next.name());
    let event = file.event(now, EventKind::CheckDone, &officer.person, detail);
    let event: Event = event.of_body(&officer.body);
    let granted = file.record.decision.as_ref();
    let granted = granted.is_some_and(|decision| decision.granted);
    let change = Box::new(move |check| {
        if next == CheckState::Revoked && !granted {
            let why = "nothing was granted on it yet: decide the case";
            return Err(Refusal::new(ProblemCode::WrongState, why).field("outcome"));
        }
        found(check, next, &officer, words, (now, rectify_by))
    });
    let row = app.store.change_check(id, change, event).await?;
    let row = row.ok_or_else(nothing)??;
    Ok(Json(view(&app, row).await?.1))
}

/// A check looked at by an officer of its body.
fn found(
    mut check: CheckRow,
    next: CheckState,
    officer: &Officer,
    words: Vec<u8>,
    (now, rectify_by): (Timestamp, Date),
) -> Result<CheckRow, Refusal> {
    own(&check, officer)?;
    let follows = match (check.state, next) {
        (CheckState::Open, _) => true,
        // It is put right once.
        (CheckState::Rectify, CheckState::Kept | CheckState::Revoked) => true,
        _ => false,
    };
    if !follows {
        let why = format!(
            "a check that is {} does not become {}",
            check.state.name(),
            next.name()
        );
        return Err(Refusal::new(ProblemCode::WrongState, why));
    }
    check.state = next;
    check.found_by = Some(officer.person.clone());
    check.words = Some(words);
    if next == CheckState::Rectify {
        (check.due, check.late) = (rectify_by, false);
    } else {
        check.closed = Some(now);
    }
    Ok(check)
}

/// A commitment that was found false is repaired: its person commits again. What was revoked stays so.
#[utoipa::path(post, path = "/v1/after-checks/{id}/repair", tag = "officer",
    params(("id" = String, Path, format = Uuid)), request_body = RepairRequest,
    responses((status = 200, body = AfterCheck), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn repair(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<AfterCheck>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = inspector(&app, &request).await?;
    let asked: RepairRequest = request.json()?;
    let (check, file) = opened(&app, &id).await?;
    let id = check.id;
    let words = sealed(&app, &repair_place(id), &asked.words)?;
    let now = app.now();
    let detail = format!("material {}", check.material);
    let kind = EventKind::CommitmentRepaired;
    let event = file.event(now, kind, &officer.person, detail);
    let event = event.of_body(&officer.body);
    let change = Box::new(move |mut check: CheckRow| {
        own(&check, &officer)?;
        if check.state != CheckState::Revoked || check.repaired.is_some() {
            let why = "nothing was found false in it, or it is repaired";
            return Err(Refusal::new(ProblemCode::WrongState, why));
        }
        check.repaired = Some((now, officer.person, words));
        Ok(check)
    });
    let row = app.store.change_check(id, change, event).await?;
    let row = row.ok_or_else(nothing)??;
    Ok(Json(view(&app, row).await?.1))
}

/// The check of this id with its case.
async fn opened(app: &App, id: &str) -> Answer<(CheckRow, CaseFile)> {
    let id: Uuid = id.parse().map_err(|_| nothing())?;
    let check = app.store.check(id).await?.ok_or_else(nothing)?;
    let file = file_of(app, &check).await?;
    Ok((check, file))
}

async fn file_of(app: &App, check: &CheckRow) -> Answer<CaseFile> {
    let case = app.store.case(CaseKey::Id(check.case)).await?;
    Ok(CaseFile::open(case.ok_or_else(nothing)?, &app.keys.master)?)
}

/// Words as they are kept.
fn sealed(app: &App, place: &str, words: &Private) -> Answer<Vec<u8>> {
    let sealed = app.keys.master.seal(place, words.reveal().as_bytes());
    sealed.map_err(|error| internal(&error))
}

/// Refuses officers of every body but the check's.
fn own(check: &CheckRow, officer: &Officer) -> Result<(), Refusal> {
    if check.body == officer.body {
        return Ok(());
    }
    let why = "the body that decides looks whether the commitment holds (越位)";
    Err(Refusal::new(ProblemCode::Forbidden, why))
}

/// Officers and approvers look; a window does not.
async fn inspector(app: &App, request: &Whole) -> Answer<Officer> {
    let officer = auth::officer(app, request).await?;
    if officer.role == OfficerRole::Window {
        return Err(
            Failure::new(ProblemCode::Forbidden).detail("a window does not check commitments")
        );
    }
    Ok(officer)
}

async fn view(app: &App, row: CheckRow) -> Answer<(CaseFile, AfterCheck)> {
    let file = file_of(app, &row).await?;
    let item = app.item_of(&file).await?;
    let material = item.as_ref().and_then(|item| {
        let mut materials = item.filed.materials.iter();
        materials.find(|material| material.seq == row.material)
    });
    let text = file.record.promise(row.material);
    let open = |place: String, sealed: Vec<u8>| {
        let words = app.keys.master.open_words(&place, &sealed);
        words.map_err(|error| internal(&error))
    };
    let words = row.words.map(|sealed| open(place(row.id), sealed));
    let repair = row.repaired.map(|(at, by, sealed)| {
        let words = open(repair_place(row.id), sealed)?;
        Answer::Ok(Repair { at, by, words })
    });
    let check = AfterCheck {
        id: row.id,
        case_number: file
            .case_number
            .clone()
            .unwrap_or_else(|| file.filing_number.clone()),
        item: file.item.clone(),
        name: file.record.name.clone(),
        material: row.material,
        material_name: material.map_or_else(Words::default, |material| {
            Words::new(material.name.zh.clone(), material.name.en.clone())
        }),
        text_version: text.map(|(version, _)| version.to_owned()),
        text_sha256: text.map(|(_, hash)| hash.to_string()),
        body: app.body(&row.body),
        state: row.state,
        opened: row.opened,
        due: row.due,
        late: row.late,
        words: words.transpose()?,
        repair: repair.transpose()?,
    };
    Ok((file, check))
}

/// The place an officer's words are bound to.
fn place(check: Uuid) -> String {
    format!("check {check}")
}

/// The place the words on a repair are bound to.
fn repair_place(check: Uuid) -> String {
    format!("repair {check}")
}

fn nothing() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("there is no such check")
}
