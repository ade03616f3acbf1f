//! A person's matters and what the city already knows, behind a grant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;
use jiff::Timestamp;

use city_api::requests::identity::{
    HeldMaterial, HeldState, IdentityLevel, PrefillAnswer, PrefillRequest,
};
use city_api::requests::outcome::CaseState;
use city_api::requests::persons::{CasesAnswer, GrantRequest, SummaryAnswer};
use city_api::requests::{MAX_BODY_BYTES, Private, Problem, paths};
use city_catalogue::case::EventKind;
use city_catalogue::record::{Item, Prefill, Supply};

use super::body::Whole;
use super::error::{Answer, chain, internal};
use super::identity::grant_place;
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::after;
use crate::commitment::{self, Committing};
use crate::departments::{Away, RegisterAnswer};
use crate::door;
use crate::file::{CaseFile, DecisionRecord, Record};
use crate::intake::level;
use crate::publish::Published;
use crate::secret::token_hash;
use crate::sharing::{Wish, outcome};
use crate::store::CallRow;
use crate::view;

area!(
    prefill: paths::PREFILL => post(prefill),
    summary: paths::PERSON_SUMMARY => post(summary),
    cases: paths::PERSON_CASES => post(cases),
);

/// Most cases in an answer.
const MOST_CASES: u32 = 100;
/// Seconds a result is counted as waiting.
const RESULT_SECONDS: i64 = 90 * 24 * 60 * 60;

/// Counts only: what the card alone may show.
#[utoipa::path(post, path = "/v1/persons/summary", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = SummaryAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn summary(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<SummaryAnswer>> {
    let (_, _, grant) = auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let cases = app.store.cases_of(grant.person, MOST_CASES).await?;
    let oldest = after(app.now(), -RESULT_SECONDS);
    let mut counts = SummaryAnswer {
        open: 0,
        waiting_for_you: 0,
        results: 0,
    };
    for case in cases {
        counts.open += u32::from(!case.state.is_over());
        counts.waiting_for_you += u32::from(case.state == CaseState::Correction);
        let file = CaseFile::open(case, &app.keys.master)?;
        counts.results += u32::from(can_be_printed(&file.record, oldest));
    }
    Ok(Json(counts))
}

/// Whether there is a result that a kiosk prints, decided not before `oldest`.
fn can_be_printed(record: &Record, oldest: Timestamp) -> bool {
    let recent = |decision: &DecisionRecord| decision.at >= oldest;
    record.decision.as_ref().is_some_and(recent)
        && record
            .result
            .as_ref()
            .is_some_and(|result| result.kiosk_print)
}

/// The matters of a person whose items ask for no more than the level reached.
#[utoipa::path(post, path = "/v1/persons/cases", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = CasesAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn cases(State(app): Shared, request: Request<Body>) -> Answer<Json<CasesAnswer>> {
    let (kiosk, _, grant) =
        auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let all = app.store.cases_of(grant.person, MOST_CASES).await?;
    let (shown, hidden): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|case| case.level <= grant.level);
    let mut cases = Vec::with_capacity(shown.len());
    for row in shown {
        let file = CaseFile::open(row, &app.keys.master)?;
        let item = app.item_of(&file).await?;
        let item = item.as_ref().map(|item| item.filed.as_ref());
        cases.push(view::case_view(&app, &file, item).await?);
    }
    let detail = format!("{} cases", cases.len());
    let kind = EventKind::CasesRead;
    app.note(None, Some(&kiosk), kind, &kiosk.id, detail)
        .await?;
    Ok(Json(CasesAnswer {
        cases,
        hidden: u32::try_from(hidden.len()).unwrap_or(u32::MAX),
    }))
}

/// What the departments know for an item's form and materials, and whether the person's commitments count.
#[utoipa::path(post, path = "/v1/prefill", tag = "kiosk", request_body = PrefillRequest,
    responses((status = 200, body = PrefillAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem)))]
pub(crate) async fn prefill(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<PrefillAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let asked: PrefillRequest = request.json()?;
    let item = door::item(&app, &asked.item, &kiosk).await?;
    let level = level(&item);
    let grant = auth::grant(&app, &kiosk, &asked.grant, level.max(IdentityLevel::IdCard)).await?;
    let place = grant_place(&token_hash(asked.grant.reveal()));
    let number = app
        .keys
        .master
        .open(&place, &grant.number)
        .map_err(|error| internal(&error))?;
    let number = Private::new(String::from_utf8(number).unwrap_or_default());
    let mut look = Look {
        app: &app,
        published: app.published(),
        wish: Wish::at_kiosk(app.now(), &kiosk, grant.person, &item.department),
        item: asked.item.clone(),
        number,
        away: BTreeSet::new(),
        known: BTreeMap::new(),
        calls: Vec::new(),
    };
    let mut answer = look.up(&item).await;
    let who = Committing {
        person: grant.person,
        number: &look.number,
        item: Some(item.as_ref()),
        wish: look.wish.clone(),
    };
    answer.commitment_bar = commitment::bar(&app, &who, app.now()).await?;
    // Nothing is passed on of which the log does not tell.
    app.store.log_calls(std::mem::take(&mut look.calls)).await?;
    let detail = format!("{} data sets for item {}", look.known.len(), asked.item);
    let kind = EventKind::RegistersRead;
    app.note(None, Some(&kiosk), kind, &kiosk.id, detail)
        .await?;
    Ok(Json(answer))
}

/// Looks things up for one person; every data set is asked once, by its contract.
struct Look<'a> {
    app: &'a App,
    published: Arc<Published>,
    wish: Wish<'a>,
    item: String,
    number: Private,
    away: BTreeSet<String>,
    known: BTreeMap<String, RegisterAnswer>,
    calls: Vec<CallRow>,
}

impl Look<'_> {
    async fn up(&mut self, item: &Item) -> PrefillAnswer {
        let mut fields = BTreeMap::new();
        for field in &item.form {
            if let Some(Prefill::Share(source)) = field.prefill()
                && let Some(value) = self.value(&format!("share.{source}")).await
            {
                fields.insert(field.name.clone(), value);
            }
        }
        let mut materials = Vec::new();
        for material in item
            .materials
            .iter()
            .filter(|material| material.supply == Supply::Shared)
        {
            let Some(share) = &material.share else {
                continue;
            };
            let state = match self.register(&share.dataset).await {
                None => HeldState::Away,
                Some(answer) if answer.records.is_empty() => HeldState::NoRecord,
                Some(_) => HeldState::Held,
            };
            materials.push(HeldMaterial {
                seq: material.seq,
                state,
                dataset: share.dataset.clone(),
            });
        }
        PrefillAnswer {
            fields,
            materials,
            away: self.away.iter().cloned().collect(),
            commitment_bar: None,
        }
    }

    async fn value(&mut self, source: &str) -> Option<Private> {
        let found = match self.app.departments.prefill_source(source).await {
            Ok(found) => found?,
            Err(away) => {
                self.is_away(source, &away);
                return None;
            }
        };
        let answer = self.register(&found.dataset).await?;
        let value = answer.records.first()?.get(&found.field)?;
        match value {
            serde_json::Value::String(text) => Some(Private::new(text.clone())),
            serde_json::Value::Number(number) => Some(Private::new(number.to_string())),
            serde_json::Value::Bool(flag) => Some(Private::new(flag.to_string())),
            serde_json::Value::Null
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => None,
        }
    }

    async fn register(&mut self, dataset: &str) -> Option<RegisterAnswer> {
        if let Some(known) = self.known.get(dataset) {
            return Some(known.clone());
        }
        if self.away.contains(dataset) {
            return None;
        }
        let wish = self.wish.clone().of(dataset, Some(&self.item));
        let permit = match wish.permit(&self.published) {
            Ok(permit) => permit,
            Err(refused) => {
                self.calls.push(wish.refused(&refused));
                self.away.insert(dataset.to_owned());
                return None;
            }
        };
        let answer = self.app.departments.register(&permit, &self.number).await;
        let outcome = outcome(&answer, |answer| !answer.records.is_empty());
        self.calls.push(wish.made(&permit, outcome));
        match answer {
            Ok(answer) => {
                self.known.insert(dataset.to_owned(), answer.clone());
                Some(answer)
            }
            Err(away) => {
                self.is_away(dataset, &away);
                None
            }
        }
    }

    fn is_away(&mut self, dataset: &str, away: &Away) {
        tracing::warn!(dataset, error = %chain(away), "a department's register is away");
        self.away.insert(dataset.to_owned());
    }
}
