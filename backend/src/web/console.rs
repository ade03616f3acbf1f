//! `/console`: how the city is, without personal data; and the probes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use city_api::requests::status::HeartbeatRequest;
use city_api::requests::{Problem, ProblemCode, paths};

use super::error::{Answer, Failure};
use super::page::{escape, page, table};
use super::{Area, Shared, area};
use crate::app::App;
use crate::clock::civil;
use crate::metrics::ready;
use crate::store::KioskRow;

area!(
    console: paths::CONSOLE => get(console),
    healthz: paths::HEALTHZ => get(healthz),
    readyz: paths::READYZ => get(readyz),
);

/// Most alarms shown.
const MOST_ALARMS: u32 = 50;

/// The status page.
#[utoipa::path(get, path = "/console", tag = "open", responses((status = 200, content_type = "text/html")))]
pub(crate) async fn console(State(app): Shared) -> Answer<Response> {
    let counts = app.store.counts().await?;
    let published = app.published();
    let status = &published.status;
    let mut numbers = vec![
        vec!["包 · Packets".to_owned(), counts.packets.to_string()],
        vec![
            "待办任务 · Open tasks".to_owned(),
            counts.open_tasks.to_string(),
        ],
        vec!["办理结果 · Results".to_owned(), counts.results.to_string()],
        vec!["告警 · Alarms".to_owned(), counts.alarms.to_string()],
        vec![
            "目录 · Catalogue".to_owned(),
            format!(
                "v{} · {} · {} items",
                status.version,
                civil(status.issued),
                status.items
            ),
        ],
    ];
    for (state, count) in &counts.cases {
        numbers.push(vec![
            format!("办件 · Cases: {}", state.name()),
            count.to_string(),
        ]);
    }
    let refused: Vec<Vec<String>> = status
        .refused
        .iter()
        .flat_map(|file| {
            file.faults
                .iter()
                .map(|fault| vec![file.file.clone(), fault.code.clone(), fault.reason.clone()])
        })
        .collect();
    let body = format!(
        "<p class=\"note\">{}</p>{}<h2>自助终端 · Kiosks</h2>{}<h2>被拒目录文件 · Refused catalogue files</h2>{}\
         <h2>告警 · Alarms</h2>{}",
        escape(&civil(app.now()).to_string()),
        table(&numbers),
        table(&kiosks(&app).await?),
        table(&refused),
        table(&alarms(&app).await?),
    );
    let city = &published.catalogue.city().name.zh;
    let title = format!("{city}政务服务 · City status");
    Ok(page(StatusCode::OK, &title, &body))
}

async fn kiosks(app: &App) -> Answer<Vec<Vec<String>>> {
    let row = |kiosk: KioskRow| {
        let beat = kiosk.heartbeat.as_ref();
        let seen = beat.map_or_else(|| "-".to_owned(), |(at, _)| civil(*at).to_string());
        let state: Option<HeartbeatRequest> =
            beat.and_then(|(_, body)| serde_json::from_str(body).ok());
        let state = state.map_or_else(String::new, |state| {
            let faults = state
                .devices
                .iter()
                .filter_map(|device| device.cause.as_deref())
                .collect::<Vec<_>>();
            format!("outbox {} · {}", state.outbox_waiting, faults.join(", "))
        });
        vec![kiosk.id, kiosk.station, seen, state]
    };
    Ok(app.store.kiosks().await?.into_iter().map(row).collect())
}

async fn alarms(app: &App) -> Answer<Vec<Vec<String>>> {
    let alarms = app.store.alarms(MOST_ALARMS).await?;
    Ok(alarms
        .into_iter()
        .map(|alarm| {
            vec![
                civil(alarm.at).to_string(),
                alarm.kind.name().to_owned(),
                alarm.kiosk.unwrap_or_default(),
                alarm.detail,
            ]
        })
        .collect())
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "open", responses((status = 200, content_type = "text/plain", body = String)))]
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// The process can serve: its database and its object store answer, and it was not told to stop.
#[utoipa::path(get, path = "/readyz", tag = "open",
    responses((status = 200, content_type = "text/plain", body = String), (status = 503, body = Problem)))]
pub(crate) async fn readyz(State(app): Shared) -> Answer<&'static str> {
    match ready(&app).await {
        Ok(()) => Ok("ready"),
        Err(missing) => Err(Failure::new(ProblemCode::Away).detail(missing)),
    }
}
