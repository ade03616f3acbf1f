//! Special procedures, the extension, and the end of a case by an officer.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};

use city_api::requests::officer::{ActionAnswer, OfficerRole};
use city_api::requests::procedure::{
    Approval, ApprovalRequest, ApprovalsAnswer, ExtensionRequest, Sought, SpecialEndRequest,
    SpecialRequest, TerminateRequest,
};
use city_api::requests::{Problem, ProblemCode, paths};
use city_catalogue::case::EventKind;

use super::actions::carry_out;
use super::body::Whole;
use super::error::{Answer, Failure};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::file::CaseFile;
use crate::flow;

area!(
    special: "/v1/cases/{number}/special" => post(special),
    special_answer: "/v1/cases/{number}/special/answer" => post(special_answer),
    special_end: "/v1/cases/{number}/special/end" => post(special_end),
    extension: "/v1/cases/{number}/extension" => post(extension),
    extension_answer: "/v1/cases/{number}/extension/answer" => post(extension_answer),
    terminate: "/v1/cases/{number}/terminate" => post(terminate),
    approvals: paths::APPROVALS => get(approvals),
);

/// Most approvals in an answer.
const MOST: u32 = 200;

/// 特别程序申请, by an officer of the deciding body.
#[utoipa::path(post, path = "/v1/cases/{number}/special", tag = "officer", params(("number" = String, Path)),
    request_body = SpecialRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn special(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let what = "ask for a special procedure";
    carry_out(
        &app,
        number,
        request,
        what,
        |file, officer, asked: SpecialRequest, ground| {
            flow::ask_special(&mut file.record, officer, asked, ground)
        },
    )
    .await
}

/// The approver's answer to it: granted, the clock stands.
#[utoipa::path(post, path = "/v1/cases/{number}/special/answer", tag = "officer", params(("number" = String, Path)),
    request_body = ApprovalRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "`same_person`: who asked cannot approve"),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn special_answer(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    answer(&app, number, request, Sought::Special).await
}

/// 特别程序结果: the clock runs on.
#[utoipa::path(post, path = "/v1/cases/{number}/special/end", tag = "officer", params(("number" = String, Path)),
    request_body = SpecialEndRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn special_end(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let what = "end a special procedure";
    carry_out(
        &app,
        number,
        request,
        what,
        |file, officer, asked: SpecialEndRequest, ground| {
            flow::end_special(&mut file.record, officer, asked.result, ground)
        },
    )
    .await
}

/// 延期申请, once, by an officer of the deciding body.
#[utoipa::path(post, path = "/v1/cases/{number}/extension", tag = "officer", params(("number" = String, Path)),
    request_body = ExtensionRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn extension(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let what = "ask for an extension";
    carry_out(
        &app,
        number,
        request,
        what,
        |file, officer, asked: ExtensionRequest, ground| {
            flow::ask_extension(&mut file.record, officer, asked.reason, ground)
        },
    )
    .await
}

/// The approver's answer to it: granted, the limits move.
#[utoipa::path(post, path = "/v1/cases/{number}/extension/answer", tag = "officer", params(("number" = String, Path)),
    request_body = ApprovalRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "`same_person`: who asked cannot approve"),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn extension_answer(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    answer(&app, number, request, Sought::Extension).await
}

/// The approver's answer to what was asked for.
async fn answer(
    app: &Arc<App>,
    number: String,
    request: Request<Body>,
    sought: Sought,
) -> Answer<Json<ActionAnswer>> {
    let what = match sought {
        Sought::Special => "answer a special procedure",
        Sought::Extension => "answer an extension",
    };
    carry_out(
        app,
        number,
        request,
        what,
        move |file, officer, asked: ApprovalRequest, ground| {
            flow::answer_sought(&mut file.record, officer, sought, asked, ground)
        },
    )
    .await
}

/// 终止, 作废, 删除, 转报: ended without a decision.
#[utoipa::path(post, path = "/v1/cases/{number}/terminate", tag = "officer", params(("number" = String, Path)),
    request_body = TerminateRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn terminate(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let what = "end a case";
    carry_out(
        &app,
        number,
        request,
        what,
        |file, officer, asked: TerminateRequest, ground| {
            flow::terminate(&mut file.record, officer, asked, ground)
        },
    )
    .await
}

/// What officers of the approver's body ask for.
#[utoipa::path(get, path = "/v1/approvals", tag = "officer",
    responses((status = 200, body = ApprovalsAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn approvals(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<ApprovalsAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = auth::officer(&app, &request).await?;
    if officer.role != OfficerRole::Approver {
        let why = "only an approver answers what is asked for";
        return Err(Failure::new(ProblemCode::Forbidden).detail(why));
    }
    let (mut approvals, mut seen) = (Vec::new(), Vec::new());
    for row in app.store.awaiting(officer.body.clone(), MOST).await? {
        let file = CaseFile::open(row, &app.keys.master)?;
        let kind = EventKind::TasksRead;
        let event = file.event(app.now(), kind, &officer.person, officer.role.name());
        seen.push((file.id, event.of_body(&officer.body)));
        approvals.extend(approval(&file));
    }
    if !seen.is_empty() {
        app.store.note_all(seen).await?;
    }
    Ok(Json(ApprovalsAnswer { approvals }))
}

fn approval(file: &CaseFile) -> Option<Approval> {
    let record = &file.record;
    let sought = record.sought()?;
    let (kind, days, asked) = match sought {
        Sought::Special => {
            let special = record.specials.last()?;
            (Some(special.kind), special.days, &special.asked)
        }
        Sought::Extension => {
            let extension = record.extensions.last()?;
            (None, extension.days, &extension.asked)
        }
    };
    let number = file.case_number.as_ref().unwrap_or(&file.filing_number);
    Some(Approval {
        case_number: number.clone(),
        name: record.name.clone(),
        sought,
        kind,
        days,
        reason: asked.reason.clone(),
        asked_by: asked.person.clone(),
        asked: asked.at,
    })
}
