//! Inside a case: ask and be answered, object to data, take the matter back (R43, R67).

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use city_api::requests::feedback::{
    AnswerRequest, AskKind, AskRequest, CaseFact, EnquiriesAnswer, EnquiryView, FactSource,
    FactsAnswer, HandOverRequest, WithdrawRequest,
};
use city_api::requests::identity::IdentityLevel;
use city_api::requests::officer::ActionAnswer;
use city_api::requests::persons::GrantRequest;
use city_api::requests::{BadField, MAX_BODY_BYTES, Private, Problem, ProblemCode, Words, paths};
use city_catalogue::Lang;
use city_catalogue::case::EventKind;
use city_catalogue::form::{Context, Source, display, masked};
use city_catalogue::record::{Field, Item, Prefill};

use super::actions;
use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::civil;
use crate::file::CaseFile;
use crate::flow::{self, Officer};
use crate::store::{
    CaseKey, CaseRow, EnquiryChange, EnquiryKind, EnquiryRow, Event, KioskRow, Refusal, StoreError,
};

area!(
    ask: "/v1/cases/{number}/enquiries" => post(ask),
    withdraw: "/v1/cases/{number}/withdraw" => post(withdraw),
    facts: "/v1/cases/{number}/facts" => post(facts),
    own_enquiries: paths::OWN_ENQUIRIES => post(own_enquiries),
    open_enquiries: paths::ENQUIRIES => get(open_enquiries),
    answer_enquiry: "/v1/enquiries/{id}/answer" => post(answer_enquiry),
    hand_over: "/v1/enquiries/{id}/hand-over" => post(hand_over),
);

/// Most questions in an answer.
const MOST: u32 = 200;

/// What is asked and answered; sealed in the store.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    /// Field disputed.
    field: Option<String>,
    /// What was asked.
    words: Private,
    /// The answer.
    answer: Option<Private>,
    /// Who handed it to whom, and why.
    handed: Vec<(String, String, String)>,
}

/// A question or objection of the applicant; sent again with its id it is the same one.
#[utoipa::path(post, path = "/v1/cases/{number}/enquiries", tag = "kiosk", params(("number" = String, Path)),
    request_body = AskRequest,
    responses((status = 200, body = EnquiryView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn ask(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<EnquiryView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk_or_home(&app, &request).await?;
    let asked: AskRequest = request.json()?;
    let (row, _) = own_case(&app, &kiosk, &number, &asked.grant).await?;
    let file = CaseFile::open(row, &app.keys.master)?;
    let item = app.item_of(&file).await?;
    let item = item.as_ref().map(|item| item.filed.as_ref());
    let enquiry = enquiry(&app, &kiosk, &file, item, asked)?;
    let detail = format!("{} {}", enquiry.kind.name(), enquiry.id);
    let event = Event {
        item: file.item.clone().zip(file.record.item_version),
        ..Event::new(app.now(), EventKind::Asked, &kiosk.id, detail)
            .at_kiosk(&kiosk)
            .of_body(&enquiry.body)
    };
    let (case, person) = (enquiry.case, enquiry.person);
    let kept = app.store.ask(enquiry, event).await?;
    if kept.case != case || kept.person != person {
        return Err(Failure::new(ProblemCode::OtherContent).detail("another question has this id"));
    }
    Ok(Json(view(&app, kept).await?))
}

fn enquiry(
    app: &App,
    kiosk: &KioskRow,
    file: &CaseFile,
    item: Option<&Item>,
    asked: AskRequest,
) -> Answer<EnquiryRow> {
    if let Some(name) = &asked.field
        && item.is_none_or(|item| item.field(name).is_none())
    {
        return Err(BadField::new("field", "no question of this item's form").into());
    }
    let body = match &asked.field {
        Some(name) => holder(item, name).unwrap_or_else(|| file.record.body.clone()),
        None => {
            let holder = file.record.holder();
            holder.unwrap_or(&file.record.body).to_owned()
        }
    };
    let kind = match asked.kind {
        AskKind::Question => EnquiryKind::Question,
        AskKind::Objection => EnquiryKind::Objection,
    };
    let content = Content {
        field: asked.field,
        words: asked.words,
        answer: None,
        handed: Vec::new(),
    };
    new_row(
        app,
        kiosk,
        file.id,
        file.person,
        asked.id,
        kind,
        body,
        &content,
    )
    .map_err(Failure::from)
}

/// The objections of an application whose answers the applicant disputes: kept with the packet that opens its case.
pub(crate) fn objections(
    app: &App,
    kiosk: &KioskRow,
    packet: Uuid,
    application: &city_api::application::Application,
    item: &Item,
) -> Result<Vec<EnquiryRow>, StoreError> {
    let person = application.person.as_ref();
    let person = person.map(|person| app.keys.master.person(person.number.reveal()));
    let disputed = application
        .answers
        .iter()
        .filter(|(_, answer)| answer.disputed);
    let objection = |(name, _): (&str, _)| {
        let content = Content {
            field: Some(name.to_owned()),
            words: Private::from("申请时提出数据异议"),
            answer: None,
            handed: Vec::new(),
        };
        let body = holder(Some(item), name).unwrap_or_else(|| item.department.clone());
        let (id, kind) = (Uuid::now_v7(), EnquiryKind::Objection);
        new_row(app, kiosk, packet, person, id, kind, body, &content)
    };
    disputed.map(objection).collect()
}

#[allow(
    clippy::too_many_arguments,
    reason = "the row of a question has these parts, each from another place"
)]
fn new_row(
    app: &App,
    kiosk: &KioskRow,
    case: Uuid,
    person: Option<[u8; 32]>,
    id: Uuid,
    kind: EnquiryKind,
    body: String,
    content: &Content,
) -> Result<EnquiryRow, StoreError> {
    let published = app.published();
    let policy = &published.policy.feedback;
    let days = match kind {
        EnquiryKind::Question => policy.answer_workdays,
        EnquiryKind::Objection => policy.objection_workdays,
    };
    let now = app.now();
    let due = published.ground(now, None).workdays_from_now(days);
    Ok(EnquiryRow {
        id,
        case,
        kind,
        person,
        first: kiosk.id.clone(),
        station: kiosk.station.clone(),
        body,
        receiver: None,
        asked: now,
        due,
        answered: None,
        answered_by: None,
        content: seal(app, id, content)?,
        late: false,
    })
}

/// The body that provides a disputed value: the source of the register it was read from.
fn holder(item: Option<&Item>, field: &str) -> Option<String> {
    let item = item?;
    let Some(Prefill::Share(source)) = item.field(field)?.prefill() else {
        return None;
    };
    let mut shares = item.materials.iter().filter_map(|one| one.share.as_ref());
    // The source of a field names the register in its own words; the only share of an item is that register.
    let first = shares.next()?;
    let only = shares.next().is_none() || first.dataset.contains(source.as_str());
    only.then(|| first.provider.clone())
}

/// The questions of a person with their answers.
#[utoipa::path(post, path = "/v1/persons/enquiries", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = EnquiriesAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn own_enquiries(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<EnquiriesAnswer>> {
    let (_, _, grant) = auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let mut shown = Vec::new();
    for row in app.store.enquiries_of(grant.person, MOST).await? {
        // What belongs to a matter that asks for more is shown to who was identified for it.
        let case = app.store.case(CaseKey::Id(row.case)).await?;
        if let Some(case) = case.filter(|case| case.level <= grant.level) {
            shown.push(view_in(&app, row, Some(&case))?);
        }
    }
    Ok(Json(EnquiriesAnswer { enquiries: shown }))
}

/// Open questions of the officer's body.
#[utoipa::path(get, path = "/v1/enquiries", tag = "officer",
    responses((status = 200, body = EnquiriesAnswer), (status = 401, body = Problem)))]
pub(crate) async fn open_enquiries(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<EnquiriesAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = auth::officer(&app, &request).await?;
    let mut shown = Vec::new();
    for row in app.store.open_enquiries(officer.body, MOST).await? {
        shown.push(view(&app, row).await?);
    }
    Ok(Json(EnquiriesAnswer { enquiries: shown }))
}

/// Answers a question: by its body, and by the named receiver once it was handed over.
#[utoipa::path(post, path = "/v1/enquiries/{id}/answer", tag = "officer", params(("id" = String, Path)),
    request_body = AnswerRequest,
    responses((status = 200, body = EnquiryView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn answer_enquiry(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<EnquiryView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: AnswerRequest = request.json()?;
    let now = app.now();
    let person = officer.person.clone();
    let change = move |content: &mut Content, row: &mut EnquiryRow| {
        content.answer = Some(asked.words);
        row.answered = Some(now);
        row.answered_by = Some(person);
    };
    changed(&app, &id, officer, EventKind::Answered, change).await
}

/// Hands a question to a named receiver; it stays open.
#[utoipa::path(post, path = "/v1/enquiries/{id}/hand-over", tag = "officer", params(("id" = String, Path)),
    request_body = HandOverRequest,
    responses((status = 200, body = EnquiryView), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn hand_over(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<EnquiryView>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(&app, &request).await?;
    let asked: HandOverRequest = request.json()?;
    if app.published().catalogue.department(&asked.body).is_none() {
        return Err(BadField::new("body", "no body of this id").into());
    }
    let person = officer.person.clone();
    let change = move |content: &mut Content, row: &mut EnquiryRow| {
        content
            .handed
            .push((person, asked.receiver.clone(), asked.why));
        row.body = asked.body;
        row.receiver = Some(asked.receiver);
    };
    changed(&app, &id, officer, EventKind::HandedOver, change).await
}

async fn changed<F>(
    app: &Arc<App>,
    id: &str,
    officer: Officer,
    kind: EventKind,
    change: F,
) -> Answer<Json<EnquiryView>>
where
    F: FnOnce(&mut Content, &mut EnquiryRow) + Send + 'static,
{
    let nothing = || Failure::new(ProblemCode::NotFound).detail("no question has this id");
    let id: Uuid = id.parse().map_err(|_| nothing())?;
    let event = Event::new(app.now(), kind, &officer.person, id.to_string()).of_body(&officer.body);
    let inside = Arc::clone(app);
    let apply: EnquiryChange = Box::new(move |mut row| {
        may_answer(&row, &officer)?;
        let failed = || Refusal::new(ProblemCode::Internal, "the question cannot be opened");
        let mut content = opened(&inside, &row).map_err(|_| failed())?;
        change(&mut content, &mut row);
        row.content = seal(&inside, row.id, &content).map_err(|_| failed())?;
        Ok(row)
    });
    let row = app.store.change_enquiry(id, apply, event).await?;
    let row = row.ok_or_else(nothing)??;
    Ok(Json(view(app, row).await?))
}

fn may_answer(row: &EnquiryRow, officer: &Officer) -> Result<(), Refusal> {
    if row.answered.is_some() {
        return Err(Refusal::new(
            ProblemCode::WrongState,
            "it is answered already",
        ));
    }
    if row.body != officer.body {
        return Err(Refusal::new(
            ProblemCode::Forbidden,
            "another body has this question",
        ));
    }
    let named = row.receiver.as_ref();
    if named.is_some_and(|receiver| *receiver != officer.person) {
        return Err(Refusal::new(
            ProblemCode::Forbidden,
            "it was handed to another person",
        ));
    }
    Ok(())
}

/// 撤回, by the applicant at any kiosk. A case that is withdrawn stays so, whoever did not hear the answer.
#[utoipa::path(post, path = "/v1/cases/{number}/withdraw", tag = "kiosk", params(("number" = String, Path)),
    request_body = WithdrawRequest,
    responses((status = 200, body = ActionAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn withdraw(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<ActionAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk_or_home(&app, &request).await?;
    let asked: WithdrawRequest = request.json()?;
    let (_, key) = own_case(&app, &kiosk, &number, &asked.grant).await?;
    let file = actions::act(&app, key, None, move |file, ground| {
        flow::withdraw(&mut file.record, ground)?;
        if let Some(event) = file.record.happened.last_mut() {
            event.device = Some(kiosk.id);
        }
        Ok(())
    })
    .await?;
    Ok(Json(actions::answer(&file)))
}

/// What was known of the applicant when they filed, from their card or a register: it is shown before it is disputed.
#[utoipa::path(post, path = "/v1/cases/{number}/facts", tag = "kiosk", params(("number" = String, Path)),
    request_body = GrantRequest,
    responses((status = 200, body = FactsAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn facts(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<FactsAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk_or_home(&app, &request).await?;
    let asked: GrantRequest = request.json()?;
    let (row, _) = own_case(&app, &kiosk, &number, &asked.grant).await?;
    let file = CaseFile::open(row, &app.keys.master)?;
    let item = app.item_of(&file).await?;
    let published = app.published();
    let context = published.context(civil(app.now()).date());
    let item = item.as_ref().map(|item| item.filed.as_ref());
    let facts = item.map_or_else(Vec::new, |item| facts_of(&file, item, &context));
    let detail = format!("{} facts", facts.len());
    let kind = EventKind::CasesRead;
    app.note(Some(file.id), Some(&kiosk), kind, &kiosk.id, detail)
        .await?;
    Ok(Json(FactsAnswer { facts }))
}

fn facts_of(file: &CaseFile, item: &Item, context: &Context<'_>) -> Vec<CaseFact> {
    let Some(application) = &file.record.application else {
        return Vec::new();
    };
    let fact = |field: &Field| {
        let answer = application.answers.get(&field.name)?;
        let source = match answer.source {
            Source::Card => FactSource::Card,
            Source::Register => FactSource::Register,
            Source::Typed => return None,
        };
        let value = |lang| {
            Private::new(match field.is_masked() {
                true => masked(field, &answer.value, lang, context),
                false => display(field, &answer.value, lang, context),
            })
        };
        Some(CaseFact {
            field: field.name.clone(),
            label: Words::new(field.label.zh.clone(), field.label.en.clone()),
            value: value(Lang::Zh),
            value_en: value(Lang::En),
            source,
            disputed: answer.disputed,
        })
    };
    item.form.iter().filter_map(fact).collect()
}

/// A case of the person of the grant, identified as surely as its item asks.
async fn own_case(
    app: &App,
    kiosk: &KioskRow,
    number: &str,
    grant: &Private,
) -> Answer<(CaseRow, CaseKey)> {
    let grant = auth::grant(app, kiosk, grant, IdentityLevel::IdCard).await?;
    let key = CaseKey::Number(number.to_owned());
    let row = app.store.case(key).await?;
    // A case of somebody else is not there at all: numbers can be guessed.
    let row = row
        .filter(|row| row.person == Some(grant.person))
        .ok_or_else(no_case)?;
    auth::need_level(&grant, row.level)?;
    let key = CaseKey::Id(row.id);
    Ok((row, key))
}

fn no_case() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("no case of this person has this number")
}

async fn view(app: &App, row: EnquiryRow) -> Answer<EnquiryView> {
    let case = app.store.case(CaseKey::Id(row.case)).await?;
    view_in(app, row, case.as_ref())
}

fn view_in(app: &App, row: EnquiryRow, case: Option<&CaseRow>) -> Answer<EnquiryView> {
    let content = opened(app, &row)?;
    Ok(EnquiryView {
        id: row.id,
        case_number: case.map(CaseRow::number).unwrap_or_default().to_owned(),
        kind: match row.kind {
            EnquiryKind::Question => AskKind::Question,
            EnquiryKind::Objection => AskKind::Objection,
        },
        field: content.field,
        words: content.words,
        first_contact: row.first,
        station: row.station,
        body: app.body(&row.body),
        receiver: row.receiver,
        asked: row.asked,
        due: row.due,
        answer: content.answer,
        answered: row.answered,
        late: row.late,
    })
}

/// The place a question's ciphertext is bound to.
fn place(id: Uuid) -> String {
    format!("enquiry {id}")
}

fn opened(app: &App, row: &EnquiryRow) -> Answer<Content> {
    let plain = app.keys.master.open(&place(row.id), &row.content);
    let plain = zeroize::Zeroizing::new(plain.map_err(|error| internal(&error))?);
    serde_json::from_slice(&plain).map_err(|error| internal(&error))
}

fn seal(app: &App, id: Uuid, content: &Content) -> Result<Vec<u8>, StoreError> {
    let failed = |reason: String| StoreError::Content {
        operation: "keeping a question",
        reason,
    };
    let plain = city_api::application::to_bytes(content);
    let plain = plain.map_err(|error| failed(error.to_string()))?;
    let sealed = app.keys.master.seal(&place(id), &plain);
    sealed.map_err(|error| failed(error.to_string()))
}
