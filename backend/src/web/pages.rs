//! Scanned pages, for the officer whose task needs them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use uuid::Uuid;
use zeroize::Zeroizing;

use city_api::application::{How, MaterialRef};
use city_api::packet::{Header, Role};
use city_api::requests::{Problem, ProblemCode};
use city_catalogue::case::EventKind;

use super::auth;
use super::body::Whole;
use super::claims::case_of;
use super::error::{Answer, Failure, internal};
use super::tasks::Sees;
use super::{Area, Shared, area};
use crate::app::App;
use crate::file::CaseFile;
use crate::flow;
use crate::store::Event;

area!(page: "/v1/tasks/{number}/materials/{seq}/pages/{page}" => get(page));

/// A scanned page of a material, as it was sealed at the kiosk; pages of supplements follow those of the filing.
#[utoipa::path(get, path = "/v1/tasks/{number}/materials/{seq}/pages/{page}", tag = "officer",
    params(("number" = String, Path, description = "Number of the officer's open task"),
           ("seq" = String, Path, description = "`seq` of the material"),
           ("page" = String, Path, description = "From 1")),
    responses((status = 200, content_type = "application/octet-stream", description = "JPEG, PNG or PDF"),
              (status = 401, body = Problem),
              (status = 403, body = Problem, description = "not a task of theirs, or it needs no such material"),
              (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn page(
    State(app): Shared,
    Path((number, seq, page)): Path<(String, String, String)>,
    request: Request<Body>,
) -> Answer<Response> {
    let request = Whole::read(request, 0).await?;
    let officer = auth::officer(&app, &request).await?;
    let nothing = || Failure::new(ProblemCode::NotFound).detail("there is no such page");
    let place: (u32, usize) = seq
        .parse()
        .ok()
        .zip(page.parse().ok())
        .ok_or_else(nothing)?;
    let (seq, page) = place;
    let row = app
        .store
        .case(case_of(&number))
        .await?
        .ok_or_else(nothing)?;
    let file = CaseFile::open(row, &app.keys.master)?;
    let seen = format!("material {seq} page {page}");
    let event = |kind: EventKind, detail: String| Event {
        item: file.item.clone().zip(file.record.item_version),
        station: Some(file.record.station.clone()),
        ..Event::new(app.now(), kind, &officer.person, detail).of_body(&officer.body)
    };
    let own = flow::own_task(&file.record, &officer, Some(&number), app.now());
    let item = app.item_of(&file).await?;
    let item = item.map(|item| item.filed);
    let mut materials = item.iter().flat_map(|item| &item.materials);
    let material = materials.find(|material| material.seq == seq);
    let sees = Sees::new(&officer, &file, &app.published());
    let needed = material.is_none_or(|material| sees.material(material));
    if let Some(refused) = own.err().map(Failure::from).or((!needed).then(not_needed)) {
        let detail = format!("{seen}: {}", refused.0.code.name());
        let event = event(EventKind::ActionRefused, detail);
        app.store.note(Some(file.id), event).await?;
        return Err(refused);
    }
    let before = page.checked_sub(1).ok_or_else(nothing)?;
    let found = pages(&file, seq).nth(before);
    let (packet, role) = found.ok_or_else(nothing)?;
    let plain = read(&app, packet, role).await?.ok_or_else(nothing)?;
    let event = event(EventKind::TasksRead, seen);
    app.store.note(Some(file.id), event).await?;
    Ok(answer(&plain))
}

fn not_needed() -> Failure {
    Failure::new(ProblemCode::Forbidden).detail("the task of this body does not need this material")
}

/// Every scanned page of a material: the packet it came with, and its part there.
fn pages(file: &CaseFile, seq: u32) -> impl Iterator<Item = (Uuid, Role)> {
    let application = file.record.application.iter();
    let filed = application.flat_map(|application| &application.materials);
    let filed = filed.map(|given| (file.packet(), given));
    let brought = file.record.supplements.iter();
    let brought = brought
        .filter_map(|asked| asked.brought.as_ref())
        .flat_map(|brought| {
            brought
                .materials
                .iter()
                .map(|given| (brought.packet, given))
        });
    let all: Vec<(Uuid, &MaterialRef)> = filed.chain(brought).collect();
    let all = all.into_iter().filter(move |(_, given)| given.seq == seq);
    all.flat_map(|(packet, given)| {
        let pages = match &given.how {
            How::Scanned { pages } => pages.clone(),
            _ => Vec::new(),
        };
        pages.into_iter().map(move |role| (packet, role))
    })
}

/// The opened part of a packet; None when it is not here.
async fn read(app: &App, packet: Uuid, role: Role) -> Answer<Option<Zeroizing<Vec<u8>>>> {
    let Some(bytes) = app.store.packet_header(packet).await? else {
        return Ok(None);
    };
    let header = Header::parse(&bytes).map_err(|error| internal(&error))?;
    let Some(part) = header.part(role) else {
        return Ok(None);
    };
    let Some(sealed) = app.blobs.part(&part.sha256.to_string()).await? else {
        return Ok(None);
    };
    let keys = Arc::clone(&app.keys);
    let opened = tokio::task::spawn_blocking(move || keys.open_part(&sealed)).await;
    let opened = opened
        .map_err(|error| internal(&error))?
        .map_err(|error| internal(&error))?;
    Ok(Some(opened))
}

fn answer(plain: &[u8]) -> Response {
    let kind = match plain {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        _ => "application/octet-stream",
    };
    let mut response = plain.to_vec().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
