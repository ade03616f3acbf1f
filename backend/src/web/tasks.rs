//! Open tasks of officers, and what a body may see of a case.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::get;

use city_api::application::How;
use city_api::requests::officer::{Held, ReviewPoint, TaskMaterial, TaskView, TasksAnswer};
use city_api::requests::{Private, Problem, Words, paths};
use city_catalogue::case::EventKind;
use city_catalogue::form::display;
use city_catalogue::record::{Field, FieldType, Item, Lang, Prefill};

use super::body::Whole;
use super::error::Answer;
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::civil;
use crate::file::{CaseFile, CaseItem};
use crate::flow::{self, Officer};
use crate::publish::Published;

area!(tasks: paths::TASKS => get(tasks));

/// Most tasks in an answer.
const MOST_TASKS: u32 = 200;

/// Open tasks of the officer's body and role.
#[utoipa::path(get, path = "/v1/tasks", tag = "officer",
    responses((status = 200, body = TasksAnswer), (status = 401, body = Problem)))]
pub(crate) async fn tasks(State(app): Shared, request: Request<Body>) -> Answer<Json<TasksAnswer>> {
    let request = Whole::read(request, 0).await?;
    let officer = auth::officer(&app, &request).await?;
    let rows = app
        .store
        .open_tasks(officer.body.clone(), officer.role, MOST_TASKS)
        .await?;
    let mut tasks = Vec::with_capacity(rows.len());
    let mut files = Vec::with_capacity(rows.len());
    for (task, case) in rows {
        let file = CaseFile::open(case, &app.keys.master)?;
        let item = app.item_of(&file).await?;
        tasks.extend(task_view(
            &app,
            &officer,
            &task.number,
            &file,
            item.as_ref(),
        ));
        files.push(file);
    }
    let files: Vec<&CaseFile> = files.iter().collect();
    seen(&app, &officer, &files).await?;
    Ok(Json(TasksAnswer { tasks }))
}

/// That an officer sees personal data of these cases is an event of each (R51).
pub(super) async fn seen(app: &App, officer: &Officer, files: &[&CaseFile]) -> Answer<()> {
    if files.is_empty() {
        return Ok(());
    }
    let event = |file: &&CaseFile| {
        let (kind, role) = (EventKind::TasksRead, officer.role.name());
        let event = file.event(app.now(), kind, &officer.person, role);
        (file.id, event.of_body(&officer.body))
    };
    app.store
        .note_all(files.iter().map(event).collect())
        .await?;
    Ok(())
}

/// A task as its officer sees it; None when the case has no such task.
pub(super) fn task_view(
    app: &App,
    officer: &Officer,
    number: &str,
    file: &CaseFile,
    item: Option<&CaseItem>,
) -> Option<TaskView> {
    let detail = file
        .record
        .tasks
        .iter()
        .find(|detail| detail.number == number)?;
    let published = app.published();
    let ground = published.ground(app.now(), item);
    let sees = Sees::new(officer, file, &published);
    let points = flow::points(&file.record, detail, &ground);
    let item = item.map(|item| item.filed.as_ref());
    let lease = detail.lease.as_ref();
    let bundle = file.record.bundle.as_ref();
    Some(TaskView {
        bundle: bundle.map(|bundle| bundle.number.clone()),
        kind: detail.kind(),
        held: lease
            .filter(|lease| lease.until > ground.now)
            .map(|lease| Held {
                by_you: lease.holder == officer.person,
                until: lease.until,
            }),
        review_points: points
            .into_iter()
            .map(|point| ReviewPoint {
                key: point.key,
                text: point.text,
            })
            .collect(),
        number: detail.number.clone(),
        case_number: file
            .case_number
            .clone()
            .unwrap_or_else(|| file.filing_number.clone()),
        item: file.record.name.clone(),
        step: detail.name.clone(),
        body: app.body(&detail.body),
        role: officer.role,
        state: file.record.shown_state(),
        opened: detail.opened.unwrap_or(file.received),
        due: detail.due,
        fields: item
            .map(|item| fields(file, item, &sees, &published))
            .unwrap_or_default(),
        materials: item
            .map(|item| materials(file, item, &sees))
            .unwrap_or_default(),
        flags: flags(file),
    })
}

fn flags(file: &CaseFile) -> Vec<Words> {
    let defect = file.record.defect.as_ref().map(|defect| {
        let text = format!("{}: {}", defect.key, defect.detail);
        Words::new(text.clone(), text)
    });
    defect
        .into_iter()
        .chain(file.record.flags.iter().cloned())
        .collect()
}

/// What a body may see of a case: the bureau and the competent body all of it, every other body only what came from
/// its own registers, beside who applies (`specs/domain.md` R64).
pub(super) struct Sees<'a> {
    everything: bool,
    body: &'a str,
}

impl<'a> Sees<'a> {
    pub(super) fn new(officer: &'a Officer, file: &CaseFile, published: &Published) -> Self {
        Self {
            everything: officer.body == published.bureau || officer.body == file.record.body,
            body: &officer.body,
        }
    }

    fn field(&self, field: &Field) -> bool {
        self.everything
            // Other bodies need name and number to look a person up, not where they live.
            || matches!(field.prefill(), Some(Prefill::IdCard(_)))
                && field.field_type != FieldType::Address
    }

    pub(super) fn material(&self, material: &city_catalogue::record::Material) -> bool {
        self.everything || flow::comes_from(material, self.body)
    }
}

fn fields(
    file: &CaseFile,
    item: &Item,
    sees: &Sees<'_>,
    published: &Published,
) -> BTreeMap<String, Private> {
    let Some(application) = &file.record.application else {
        return BTreeMap::new();
    };
    let context = published.context(civil(file.received).date());
    item.form
        .iter()
        .filter(|field| sees.field(field))
        .filter_map(|field| {
            let value = application.answers.value(&field.name)?;
            let shown = display(field, value, Lang::Zh, &context);
            Some((field.label.zh.clone(), Private::new(shown)))
        })
        .collect()
}

fn materials(file: &CaseFile, item: &Item, sees: &Sees<'_>) -> Vec<TaskMaterial> {
    let filed = file
        .record
        .application
        .iter()
        .flat_map(|application| &application.materials);
    let brought = file
        .record
        .supplements
        .iter()
        .filter_map(|asked| asked.brought.as_ref())
        .flat_map(|brought| &brought.materials);
    filed
        .chain(brought)
        .filter_map(|given| {
            let material = item
                .materials
                .iter()
                .find(|material| material.seq == given.seq)?;
            let (how, pages) = how(&given.how);
            sees.material(material).then(|| TaskMaterial {
                seq: given.seq,
                name: Words::new(material.name.zh.clone(), material.name.en.clone()),
                how: how.to_owned(),
                pages,
            })
        })
        .collect()
}

fn how(how: &How) -> (&'static str, u32) {
    match how {
        How::AlreadyHeld { .. } => ("held", 0),
        How::NoRecord { .. } => ("no_record", 0),
        How::AskedLater { .. } => ("asked_later", 0),
        How::FromCard {} => ("card", 0),
        How::Generated {} => ("generated", 0),
        How::Scanned { pages } => ("scanned", u32::try_from(pages.len()).unwrap_or(u32::MAX)),
        How::Promised { .. } => ("promised", 0),
        How::Later { .. } => ("later", 0),
        How::NotBrought {} => ("not_brought", 0),
    }
}
