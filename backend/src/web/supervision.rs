//! Supervision: cards and their answers, counts, the report on duties.

use std::collections::BTreeSet;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;

use city_api::requests::supervision::{
    Card, CardAnswer, CardAnswerRequest, CardsAnswer, ConsistencyAnswer, ConsistencyLine, CountBy,
    CountLine, DutiesAnswer, DutyLine, StatisticsAnswer,
};
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem, ProblemCode, paths};
use city_catalogue::case::EventKind;
use city_catalogue::policy::StaffRole;
use city_catalogue::record::{Item, Status};

use super::auth;
use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::{Area, Shared, area};
use crate::app::App;
use crate::clock::{civil, whole_days};
use crate::publish::Published;
use crate::store::{CardRow, Event, Period};

area!(
    cards: paths::CARDS => get(cards),
    answer: "/v1/cards/{id}/answer" => post(answer),
    statistics: paths::STATISTICS => get(statistics),
    duties: paths::DUTIES => get(duties),
    consistency: paths::CONSISTENCY => get(consistency),
);

/// Most cards in an answer.
const MOST_CARDS: u32 = 500;
/// Who is shown cards, and answers those of their own body.
const HANDLERS: [StaffRole; 4] = [
    StaffRole::Window,
    StaffRole::Officer,
    StaffRole::Approver,
    StaffRole::Supervisor,
];

/// All cards for a supervisor, those of their body for everybody else.
#[utoipa::path(get, path = "/v1/cards", tag = "supervision",
    responses((status = 200, body = CardsAnswer), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn cards(State(app): Shared, request: Request<Body>) -> Answer<Json<CardsAnswer>> {
    let request = Whole::read(request, 0).await?;
    let staff = auth::role(&app, &request, &HANDLERS, "read cards").await?;
    let body = (staff.role != StaffRole::Supervisor).then_some(staff.body);
    let rows = app.store.cards(body, MOST_CARDS).await?;
    let cards: Answer<Vec<Card>> = rows.into_iter().map(|row| card(&app, row)).collect();
    Ok(Json(CardsAnswer { cards: cards? }))
}

fn card(app: &App, row: CardRow) -> Answer<Card> {
    let today = civil(app.now()).date();
    let unanswered = row.answer.is_none() && row.answer_by < today;
    let answer = row
        .answer
        .map(|(at, person, sealed)| -> Answer<CardAnswer> {
            let words = app.keys.master.open_words(&place(row.id), &sealed);
            Ok(CardAnswer {
                at,
                person,
                words: words.map_err(|error| internal(&error))?,
            })
        });
    Ok(Card {
        id: row.id,
        level: row.level,
        case_number: row.case_number,
        task: (!row.task.is_empty()).then_some(row.task),
        item: row.item.map(|(code, _)| code),
        body: row.body,
        person: row.person,
        raised: row.raised,
        due: row.due,
        reason: row.reason,
        answer_by: row.answer_by,
        answer: answer.transpose()?,
        unanswered,
    })
}

/// The place an answer's ciphertext is bound to.
fn place(card: uuid::Uuid) -> String {
    format!("card {card}")
}

/// Answers a card in writing, once: by the body it is raised against.
#[utoipa::path(post, path = "/v1/cards/{id}/answer", tag = "supervision", params(("id" = String, Path, format = Uuid)),
    request_body = CardAnswerRequest,
    responses((status = 200, body = Card), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn answer(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<Card>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let staff = auth::role(&app, &request, &HANDLERS, "answer a card").await?;
    let asked: CardAnswerRequest = request.json()?;
    let nothing = || Failure::new(ProblemCode::NotFound).detail("no card has this id");
    let id: uuid::Uuid = id.parse().map_err(|_| nothing())?;
    let row = app.store.card(id).await?.ok_or_else(nothing)?;
    if row.body != staff.body {
        return Err(Failure::new(ProblemCode::Forbidden)
            .detail("a card is answered by the body it is raised against"));
    }
    let words = asked.words.reveal().as_bytes();
    let sealed = app.keys.master.seal(&place(id), words);
    let sealed = sealed.map_err(|error| internal(&error))?;
    let kind = EventKind::CardAnswered;
    let event = Event::new(app.now(), kind, &staff.person, id.to_string()).of_body(&staff.body);
    let event = Event {
        item: row.item.clone(),
        ..event
    };
    if !app.store.answer_card(row, sealed, event).await? {
        return Err(Failure::new(ProblemCode::WrongState).detail("the card is answered already"));
    }
    let row = app.store.card(id).await?.ok_or_else(nothing)?;
    Ok(Json(card(&app, row)?))
}

/// A period, how it is counted and how it is written.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CountsAsked<By: utoipa::ToSchema> {
    /// First day; absent: the first of this month.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    pub(super) from: Option<Date>,
    /// Last day; absent: today.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    pub(super) to: Option<Date>,
    /// What a line stands for; absent: `body` for cases, `contract` for data calls.
    #[param(inline)]
    pub(super) by: Option<By>,
    /// `csv` for a table; absent: JSON.
    #[serde(default)]
    #[param(inline)]
    pub(super) format: Option<Format>,
}

/// What counts of cases are asked by.
type CaseCountsAsked = CountsAsked<CountBy>;

/// How counts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// JSON.
    Json,
    /// A line of names, then a line for each value.
    Csv,
}

/// Counts of the cases received in a period.
#[utoipa::path(get, path = "/v1/statistics", tag = "supervision", params(CaseCountsAsked),
    responses((status = 200, content((StatisticsAnswer = "application/json"), (String = "text/csv"))),
              (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn statistics(State(app): Shared, request: Request<Body>) -> Answer<Response> {
    let mut request = Whole::read(request, 0).await?;
    auth::role(&app, &request, &[StaffRole::Supervisor], "read counts").await?;
    let asked: CaseCountsAsked = query(&mut request).await?;
    let (from, to) = days(&app, asked.from, asked.to)?;
    let by = asked.by.unwrap_or(CountBy::Body);
    let today = civil(app.now()).date();
    let lines = app.store.count_by(by, period(from, to)?, today).await?;
    if asked.format == Some(Format::Csv) {
        return Ok(table(csv(by, &lines)));
    }
    Ok(Json(StatisticsAnswer { from, to, lines }).into_response())
}

/// A table as its own kind of answer.
pub(super) fn table(csv: String) -> Response {
    let mut response = csv.into_response();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// What the query asks for.
pub(super) async fn query<T: serde::de::DeserializeOwned + Send>(request: &mut Whole) -> Answer<T> {
    let asked = request.extract::<Query<T>>().await;
    let Query(asked) =
        asked.map_err(|error| Failure::new(ProblemCode::Unreadable).detail(error.body_text()))?;
    Ok(asked)
}

/// The days asked for, else this month until today.
pub(super) fn days(app: &App, from: Option<Date>, to: Option<Date>) -> Answer<(Date, Date)> {
    let to = to.unwrap_or_else(|| civil(app.now()).date());
    let from = from.unwrap_or_else(|| to.first_of_month());
    if to < from {
        return Err(BadField::new("to", "lies before the first day").into());
    }
    Ok((from, to))
}

/// The days as instants.
pub(super) fn period(from: Date, to: Date) -> Answer<Period> {
    let beyond = || BadField::new("to", "is beyond the calendar");
    Ok(whole_days(from, to).ok_or_else(beyond)?)
}

fn csv(by: CountBy, lines: &[CountLine]) -> String {
    let mut text = format!(
        "{},filed,accepted,refused,corrected,closed,overdue,deliveredLate,averageDays,ratings,badRatings\n",
        by.name()
    );
    for line in lines {
        let key = cell(&line.key);
        let average = line.average_tenth_days.map_or_else(String::new, |tenths| {
            format!("{}.{}", tenths / 10, tenths % 10)
        });
        text.push_str(&format!(
            "{key},{},{},{},{},{},{},{},{average},{},{}\n",
            line.filed,
            line.accepted,
            line.refused,
            line.corrected,
            line.closed,
            line.overdue,
            line.delivered_late,
            line.ratings,
            line.bad_ratings,
        ));
    }
    text
}

pub(super) fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A period and how it is written.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TableAsked {
    /// First day; absent: the first of this month.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Last day; absent: today.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    /// `csv` for a table; absent: JSON.
    #[serde(default)]
    #[param(inline)]
    format: Option<Format>,
}

/// Most lines of the report on equal cases.
const MOST_LINES: u32 = 2_000;

/// 无差别服务: cases received in a period with equal inputs and different outcomes, by station and officer.
#[utoipa::path(get, path = "/v1/reports/consistency", tag = "supervision", params(TableAsked),
    responses((status = 200, content((ConsistencyAnswer = "application/json"), (String = "text/csv"))),
              (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn consistency(State(app): Shared, request: Request<Body>) -> Answer<Response> {
    let mut request = Whole::read(request, 0).await?;
    let what = "read the report on equal cases";
    auth::role(&app, &request, &[StaffRole::Supervisor], what).await?;
    let asked: TableAsked = query(&mut request).await?;
    let (from, to) = days(&app, asked.from, asked.to)?;
    let mut lines = app
        .store
        .unequal_outcomes(period(from, to)?, MOST_LINES + 1)
        .await?;
    let more = lines.len() > MOST_LINES as usize;
    lines.truncate(MOST_LINES as usize);
    if asked.format == Some(Format::Csv) {
        return Ok(table(consistency_csv(&lines)));
    }
    Ok(Json(ConsistencyAnswer {
        from,
        to,
        lines,
        more,
    })
    .into_response())
}

fn consistency_csv(lines: &[ConsistencyLine]) -> String {
    let mut text = "group,item,version,station,officer,outcome,cases,example\n".to_owned();
    for line in lines {
        text.push_str(&format!(
            "{},{},{},{},{},{},{},{}\n",
            line.group,
            cell(&line.item),
            line.version,
            cell(&line.station),
            cell(line.officer.as_deref().unwrap_or_default()),
            line.outcome.name(),
            line.cases,
            cell(&line.example),
        ));
    }
    text
}

/// The days of a report.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DaysAsked {
    /// First day; absent: the first of this month.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Last day; absent: today.
    #[serde(default)]
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

/// 越位, 错位, 缺位: who did what is not theirs, in the wrong role, or not what is.
#[utoipa::path(get, path = "/v1/reports/duties", tag = "supervision", params(DaysAsked),
    responses((status = 200, body = DutiesAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn duties(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<DutiesAnswer>> {
    let mut request = Whole::read(request, 0).await?;
    auth::role(
        &app,
        &request,
        &[StaffRole::Supervisor],
        "read the report on duties",
    )
    .await?;
    let asked: DaysAsked = query(&mut request).await?;
    let (from, to) = days(&app, asked.from, asked.to)?;
    let period = period(from, to)?;
    let published = app.published();
    let refused = app.store.refused_actions(period).await?;
    // Only what the body or role may not do; a wrong field or state is a mistake, not a step out of place.
    let forbidden = refused
        .into_iter()
        .filter(|line| line.what.ends_with(": forbidden") || line.what.ends_with(": same_person"));
    let (misplaced, overstepped) = forbidden.partition(|line| is_in_flow(&published, line));
    let filed: BTreeSet<String> = app.store.items_filed(period).await?.into_iter().collect();
    let in_force = |item: &&std::sync::Arc<Item>| item.status == Status::InForce;
    let codes = published.catalogue.items().iter().filter(in_force);
    let codes = codes.map(|item| item.code().as_str().to_owned());
    Ok(Json(DutiesAnswer {
        from,
        to,
        overstepped,
        misplaced,
        neglected: app.store.neglected(period).await?,
        never_handled: codes.filter(|code| !filed.contains(code)).collect(),
    }))
}

/// Whether the body takes part in the flow of the item, by any record of its basic code: a district's body handles by
/// its own.
fn is_in_flow(published: &Published, line: &DutyLine) -> bool {
    let items = published.catalogue.items();
    let filed = items.iter().find(|item| item.code().as_str() == line.item);
    let basic = filed.and_then(|item| item.codes.basic.as_deref());
    items
        .iter()
        .filter(|item| {
            item.code().as_str() == line.item
                || basic.is_some_and(|basic| item.codes.basic.as_deref() == Some(basic))
        })
        .any(|item| item.involves(&line.body))
}
