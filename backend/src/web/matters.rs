//! Several items as one matter (一件事): the progress of all its cases in one view, for resident, kiosk and officer.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};

use city_api::acknowledgement::Acknowledgement;
use city_api::requests::matters::{
    BundleView, BundlesAnswer, ItemOutcome, Matter, MatterAnswer, MatterCase, MatterItem,
    OutcomesAnswer, Progress,
};
use city_api::requests::outcome::CaseState;
use city_api::requests::persons::GrantRequest;
use city_api::requests::{Problem, ProblemCode, Words, paths};
use city_catalogue::case::EventKind;
use city_catalogue::policy::StaffRole;

use super::auth::{self, Staff};
use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::packets::parse_id;
use super::{Area, Shared, area};
use crate::app::App;
use crate::file::CaseFile;
use crate::publish::Published;
use crate::store::{CaseKey, CaseRow};
use crate::view;

area!(
    bundles: paths::PERSON_BUNDLES => post(bundles),
    outcomes: "/v1/packets/{id}/outcomes" => get(outcomes),
    matter: "/v1/matters/{number}" => get(matter),
);

/// Most matters of a person that are looked through.
const MOST_CASES: u32 = 100;
/// Who reads the progress of a matter.
const READERS: [StaffRole; 4] = [
    StaffRole::Window,
    StaffRole::Officer,
    StaffRole::Approver,
    StaffRole::Supervisor,
];

/// The bundles of the person at the kiosk, each with all its cases.
#[utoipa::path(post, path = "/v1/persons/bundles", tag = "kiosk", request_body = GrantRequest,
    responses((status = 200, body = BundlesAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn bundles(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<BundlesAnswer>> {
    let (kiosk, _, grant) =
        auth::resident(&app, request, |asked: &GrantRequest| &asked.grant).await?;
    let rows = app.store.cases_of(grant.person, MOST_CASES).await?;
    let mut numbers: Vec<String> = rows
        .into_iter()
        .filter_map(|row| row.facts.bundle)
        .collect();
    // The cases of one bundle came together: they stand side by side.
    numbers.dedup();
    let mut bundles = Vec::with_capacity(numbers.len());
    for number in numbers {
        let rows = app.store.matter(number).await?;
        let files = opened(&app, rows)?;
        let Some(matter) = of(&app.published(), &files) else {
            continue;
        };
        let (shown, hidden): (Vec<_>, Vec<_>) =
            files.iter().partition(|file| file.level <= grant.level);
        let mut cases = Vec::with_capacity(shown.len());
        for file in shown {
            let item = app.item_of(file).await?;
            let item = item.as_ref().map(|item| item.filed.as_ref());
            cases.push(view::case_view(&app, file, item).await?);
        }
        bundles.push(BundleView {
            matter,
            receipt: files.first().map(view::receipt).unwrap_or_default(),
            cases,
            hidden: u32::try_from(hidden.len()).unwrap_or(u32::MAX),
        });
    }
    let detail = format!("{} bundles", bundles.len());
    let kind = EventKind::CasesRead;
    app.note(None, Some(&kiosk), kind, &kiosk.id, detail)
        .await?;
    Ok(Json(BundlesAnswer { bundles }))
}

/// What became of everything in a packet, for the kiosk that filed it: of a bundle, each of its cases.
#[utoipa::path(get, path = "/v1/packets/{id}/outcomes", tag = "kiosk", params(("id" = Uuid, Path)),
    responses((status = 200, body = OutcomesAnswer), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn outcomes(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<OutcomesAnswer>> {
    let request = Whole::read(request, 0).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let id = parse_id(&id)?;
    let nothing = || Failure::new(ProblemCode::NotFound);
    let packet = app.store.packet(id).await?;
    let packet = packet.filter(|packet| packet.kiosk == kiosk.id);
    let packet = packet.ok_or_else(nothing)?;
    let (bundle, rows) = match packet.case {
        Some(case) => {
            let row = app.store.case(CaseKey::Id(case)).await?;
            (None, row.into_iter().collect())
        }
        None => {
            let read = serde_json::from_slice(&packet.acknowledgement.bytes);
            let said: Acknowledgement = read.map_err(|error| internal(&error))?;
            let number = said.filing_number.to_string();
            let rows = app.store.matter(number.clone()).await?;
            (Some(number), rows)
        }
    };
    if rows.is_empty() {
        return Err(nothing());
    }
    let outcome = |file: CaseFile| ItemOutcome {
        item: file.item.clone(),
        name: file.record.name.clone(),
        outcome: view::outcome(&app, id, &file),
    };
    let outcomes = opened(&app, rows)?.into_iter().map(outcome).collect();
    Ok(Json(OutcomesAnswer { bundle, outcomes }))
}

/// A bundle by its number, or by the receipt number of its slip, for the bodies that take part in it. Nothing of what
/// was filed is in it.
#[utoipa::path(get, path = "/v1/matters/{number}", tag = "officer", params(("number" = String, Path)),
    responses((status = 200, body = MatterAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "their body takes no part in it"),
              (status = 404, body = Problem)))]
pub(crate) async fn matter(
    State(app): Shared,
    Path(number): Path<String>,
    request: Request<Body>,
) -> Answer<Json<MatterAnswer>> {
    let request = Whole::read(request, 0).await?;
    let staff = auth::role(&app, &request, &READERS, "read a matter").await?;
    let number: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
    let files = opened(&app, app.store.matter(number).await?)?;
    let published = app.published();
    let matter = of(&published, &files);
    let matter = matter.ok_or_else(|| Failure::new(ProblemCode::NotFound))?;
    if !takes_part(&staff, &published.bureau, &files) {
        let detail = "a matter is read by the bodies that take part in it";
        return Err(Failure::new(ProblemCode::Forbidden).detail(detail));
    }
    Ok(Json(MatterAnswer {
        matter,
        cases: files.iter().map(|file| case(&app, file)).collect(),
    }))
}

fn takes_part(staff: &Staff, bureau: &str, files: &[CaseFile]) -> bool {
    let has_part = |file: &CaseFile| {
        let tasks = file.record.tasks.iter();
        file.record.body == staff.body || tasks.into_iter().any(|task| task.body == staff.body)
    };
    staff.role == StaffRole::Supervisor || staff.body == bureau || files.iter().any(has_part)
}

fn opened(app: &App, rows: Vec<CaseRow>) -> Answer<Vec<CaseFile>> {
    let rows = rows.into_iter();
    let files = rows.map(|row| CaseFile::open(row, &app.keys.master));
    Ok(files.collect::<Result<_, _>>()?)
}

/// The matter these cases were filed as; None when there are none.
fn of(published: &Published, files: &[CaseFile]) -> Option<Matter> {
    let first = files.first()?;
    let bundle = first.record.bundle.as_ref()?;
    let catalogue = &published.catalogue;
    let items = catalogue
        .bundle(&bundle.id)
        .into_iter()
        .flat_map(|known| &known.items);
    let is_filed = |code: &str| files.iter().any(|file| file.item.as_deref() == Some(code));
    let left_out = items
        .filter(|code| !is_filed(code.as_str()))
        .filter_map(|code| catalogue.item(code))
        .map(|item| MatterItem {
            code: item.code().to_string(),
            name: Words::new(item.name.zh.clone(), item.name.en.clone()),
        });
    Some(Matter {
        number: bundle.number.clone(),
        bundle: bundle.id.clone(),
        name: bundle.name.clone(),
        received: first.received,
        progress: progress(files),
        left_out: left_out.collect(),
    })
}

fn progress(files: &[CaseFile]) -> Progress {
    let count = |fits: &dyn Fn(&CaseFile) -> bool| {
        let fitting = files.iter().filter(|file| fits(file)).count();
        u32::try_from(fitting).unwrap_or(u32::MAX)
    };
    let state = |file: &CaseFile| file.record.shown_state();
    let granted = |file: &CaseFile| {
        let decision = file.record.decision.as_ref();
        decision.map(|decision| decision.granted)
    };
    Progress {
        cases: count(&|_| true),
        open: count(&|file| !state(file).is_over()),
        waiting_for_you: count(&|file| state(file) == CaseState::Correction),
        granted: count(&|file| granted(file) == Some(true)),
        refused: count(&|file| {
            granted(file) == Some(false) || state(file) == CaseState::NotAccepted
        }),
    }
}

fn case(app: &App, file: &CaseFile) -> MatterCase {
    let record = &file.record;
    let decision = record.decision.as_ref();
    MatterCase {
        item: file.item.clone(),
        name: record.name.clone(),
        number: file
            .case_number
            .clone()
            .unwrap_or_else(|| file.filing_number.clone()),
        state: record.shown_state(),
        body: app.body(&record.body),
        held_by: record.holder().map(|body| app.body(body)),
        granted: decision.map(|decision| decision.granted),
        dates: view::dates(file),
    }
}
