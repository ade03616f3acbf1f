//! Data sharing by contract: the contracts, an officer's call, the log, its counts, who used a person's data.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;

use city_api::requests::identity::IdentityLevel;
use city_api::requests::persons::GrantRequest;
use city_api::requests::sharing::{
    CallCount, CallCountsAnswer, CallsBy, ContractView, ContractsAnswer, DataAnswer,
    DataCallsAnswer, DataRequest, DataSeen, DataUse, DataUsesAnswer, DataView,
};
use city_api::requests::{MAX_BODY_BYTES, Private, Problem, ProblemCode, paths};
use city_catalogue::case::EventKind;
use city_catalogue::contract::Contract;
use city_catalogue::policy::StaffRole;

use super::body::Whole;
use super::claims::case_of;
use super::error::{Answer, Failure, chain};
use super::supervision::{CountsAsked, Format, cell, days, period, query, table};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::civil;
use crate::file::CaseFile;
use crate::flow::{self, Officer};
use crate::sharing::{Permit, Wish, outcome, purpose};
use crate::store::{CallRow, Event, ViewRow};

area!(
    contracts: paths::CONTRACTS => get(contracts),
    data: "/v1/tasks/{number}/data" => post(data),
    calls: paths::DATA_CALLS => get(calls),
    counts: paths::DATA_CALL_COUNTS => get(counts),
    uses: paths::DATA_USES => post(uses),
);

/// Most calls of the log in an answer.
const MOST_CALLS: u32 = 500;
/// Most calls about a person, and most looks into their matters, in an answer.
const MOST_USES: u32 = 200;

/// Every contract of the city: whose data is called by whom, for what, on which ground.
#[utoipa::path(get, path = "/v1/contracts", tag = "open", responses((status = 200, body = ContractsAnswer)))]
pub(crate) async fn contracts(State(app): Shared) -> Json<ContractsAnswer> {
    let published = app.published();
    let today = civil(app.now()).date();
    let contracts = published.contracts.all().iter();
    Json(ContractsAnswer {
        contracts: contracts
            .map(|contract| view(&app, contract, today))
            .collect(),
    })
}

fn view(app: &App, contract: &Contract, today: Date) -> ContractView {
    let article = contract.ground.article.as_deref().unwrap_or_default();
    ContractView {
        id: contract.id.clone(),
        version: contract.version,
        purpose: purpose(contract),
        item: contract.item.as_ref().map(ToString::to_string),
        ground: format!("{} {article}", contract.ground.title)
            .trim()
            .to_owned(),
        consent: contract.consent.clone(),
        dataset: contract.dataset.clone(),
        fields: contract.fields.clone(),
        provider: app.body(&contract.provider),
        caller: app.body(&contract.caller),
        from: contract.from,
        to: contract.to,
        in_force: contract.in_force(today),
    }
}

/// What a data set holds on the applicant, for the officer whose task needs it, by the contract of the officer's body.
#[utoipa::path(post, path = "/v1/tasks/{number}/data", tag = "officer", params(("number" = String, Path)),
    request_body = DataRequest,
    responses((status = 200, body = DataAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "not a task of theirs, no contract, or no consent"),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
              (status = 503, body = Problem, description = "the provider does not answer")))]
pub(crate) async fn data(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<DataAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: DataRequest = request.json()?;
    let nothing = || Failure::new(ProblemCode::NotFound).detail("there is no such task");
    let row = app
        .store
        .case(case_of(&number))
        .await?
        .ok_or_else(nothing)?;
    let file = CaseFile::open(row, &app.keys.master)?;
    if let Err(refusal) = flow::own_task(&file.record, &officer, Some(&number), app.now()) {
        let detail = format!("call data: {}", refusal.code.name());
        let event = file.event(app.now(), EventKind::ActionRefused, &officer.person, detail);
        let event = event.of_body(&officer.body);
        app.store.note(Some(file.id), event).await?;
        return Err(refusal.into());
    }
    call(&app, &officer, &file, &asked.dataset).await.map(Json)
}

async fn call(app: &App, officer: &Officer, file: &CaseFile, dataset: &str) -> Answer<DataAnswer> {
    let item = app.item_of(file).await?;
    let code = item.as_ref().map(|item| item.handled.code());
    let code = code.as_ref().map(|code| code.as_str());
    let wish = Wish::for_case(app.now(), file, &officer.body, &officer.person).of(dataset, code);
    let permit = match wish.permit(&app.published()) {
        Ok(permit) => permit,
        Err(refused) => {
            app.store.log_calls(vec![wish.refused(&refused)]).await?;
            let why = refused.outcome().name();
            return Err(Failure::new(ProblemCode::Forbidden)
                .field("dataset")
                .detail(why));
        }
    };
    let application = file.record.application.as_ref();
    let person = application.and_then(|filed| filed.person.as_ref());
    let person = person.ok_or_else(|| {
        Failure::new(ProblemCode::WrongState).detail("nobody was identified in this case")
    })?;
    let answer = app.departments.register(&permit, &person.number).await;
    let outcome = outcome(&answer, |answer| !answer.records.is_empty());
    app.store
        .log_calls(vec![wish.made(&permit, outcome)])
        .await?;
    match answer {
        Ok(answer) => Ok(answer_of(app, &permit, answer.records)),
        Err(away) => {
            tracing::warn!(dataset, error = %chain(&away), "a department's register is away");
            Err(Failure::new(ProblemCode::Away).detail("the provider does not answer"))
        }
    }
}

fn answer_of(
    app: &App,
    permit: &Permit,
    records: Vec<BTreeMap<String, serde_json::Value>>,
) -> DataAnswer {
    let contract = permit.contract();
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => Private::new(text),
        other => Private::new(other.to_string()),
    };
    let record = |record: BTreeMap<String, serde_json::Value>| {
        let fields = record.into_iter();
        fields.map(|(field, value)| (field, text(value))).collect()
    };
    DataAnswer {
        contract: contract.id.clone(),
        purpose: purpose(contract),
        provider: app.body(&contract.provider),
        records: records.into_iter().map(record).collect(),
    }
}

/// Where the log is read from.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CallsAsked {
    /// Only those after this number.
    #[serde(default)]
    #[param(value_type = i64, minimum = 0, maximum = 4294967295_i64)]
    after: u32,
}

/// The log of calls, for auditors; that they read it is an event.
#[utoipa::path(get, path = "/v1/data-calls", tag = "staff", params(CallsAsked),
    responses((status = 200, body = DataCallsAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem)))]
pub(crate) async fn calls(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<DataCallsAnswer>> {
    let mut request = Whole::read(request, 0).await?;
    let staff = auth::role(&app, &request, &[StaffRole::Audit], "read data calls").await?;
    let asked: CallsAsked = query(&mut request).await?;
    let calls = app.store.data_calls(asked.after, MOST_CALLS).await?;
    let detail = format!("{} calls after {}", calls.len(), asked.after);
    let event = Event::new(app.now(), EventKind::DataCallsRead, staff.person, detail);
    app.store.note(None, event).await?;
    Ok(Json(DataCallsAnswer { calls }))
}

/// What counts of calls are asked by.
type CallCountsAsked = CountsAsked<CallsBy>;

/// Counts of the calls in a period.
#[utoipa::path(get, path = "/v1/statistics/data-calls", tag = "supervision", params(CallCountsAsked),
    responses((status = 200, content((CallCountsAnswer = "application/json"), (String = "text/csv"))),
              (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn counts(State(app): Shared, request: Request<Body>) -> Answer<Response> {
    let mut request = Whole::read(request, 0).await?;
    auth::role(&app, &request, &[StaffRole::Supervisor], "read counts").await?;
    let asked: CallCountsAsked = query(&mut request).await?;
    let (from, to) = days(&app, asked.from, asked.to)?;
    let by = asked.by.unwrap_or(CallsBy::Contract);
    let lines = app.store.count_calls(by, period(from, to)?).await?;
    if asked.format == Some(Format::Csv) {
        return Ok(table(csv(by, &lines)));
    }
    Ok(Json(CallCountsAnswer { from, to, lines }).into_response())
}

fn csv(by: CallsBy, lines: &[CallCount]) -> String {
    let mut text = format!("{},calls,answered,noRecord,away,refused\n", by.name());
    for line in lines {
        let key = cell(&line.key);
        text.push_str(&format!(
            "{key},{},{},{},{},{}\n",
            line.calls, line.answered, line.no_record, line.away, line.refused
        ));
    }
    text
}

/// Who used the data of the person at the kiosk, and what for. The card alone does not show it.
#[utoipa::path(post, path = "/v1/persons/data-uses", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = DataUsesAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn uses(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<DataUsesAnswer>> {
    let (kiosk, _, grant) =
        auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    auth::need_level(&grant, IdentityLevel::IdCardFace)?;
    let calls = app.store.calls_about(grant.person, MOST_USES).await?;
    let views = app.store.views_of(grant.person, MOST_USES).await?;
    let detail = format!("{} calls, {} views", calls.len(), views.len());
    let kind = EventKind::DataUsesRead;
    app.note(None, Some(&kiosk), kind, &kiosk.id, detail)
        .await?;
    let calls = calls.into_iter();
    let views = views.into_iter();
    Ok(Json(DataUsesAnswer {
        calls: calls
            .map(|(call, number)| used(&app, call, number))
            .collect(),
        views: views.map(|view| seen(&app, view)).collect(),
    }))
}

fn used(app: &App, call: CallRow, case_number: Option<String>) -> DataUse {
    DataUse {
        at: call.at,
        caller: app.body(&call.caller),
        provider: call.provider.map(|body| app.body(&body)),
        purpose: call.purpose,
        dataset: call.dataset,
        fields: call.fields,
        item: call.item,
        case_number,
        outcome: call.outcome,
    }
}

fn seen(app: &App, view: ViewRow) -> DataView {
    DataView {
        at: view.at,
        body: view.body.map(|body| app.body(&body)),
        station: view.station,
        what: match view.kind.as_str() {
            "result read" => DataSeen::Result,
            // `web/pages.rs` says which page, `web/tasks.rs` the role.
            _ if view.detail.starts_with("material ") => DataSeen::Page,
            _ => DataSeen::File,
        },
        case_number: view.number,
    }
}
