//! Figures for Prometheus, and where they are asked for: an address of their own, since the city's is open to all.
//!
//! Labels are names of the contract alone: routes by their template, statuses, operations. No number of a case, no
//! kiosk and no person is one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use city_api::requests::paths;

use crate::app::App;
use crate::store::Figures;
use crate::web;
use crate::web::error::chain;

/// Where the figures are.
pub(crate) const METRICS: &str = "/metrics";
/// What a scrape is answered with.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Seconds by which the durations of requests are told apart: the bar of a filing is 0.25.
const BUCKETS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// A route, and how it answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

/// What is counted while the city runs.
#[derive(Debug)]
pub(crate) struct Metrics {
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram>,
    /// Packets taken in for the first time.
    pub(crate) filings: Counter,
    registry: Registry,
}

impl Metrics {
    /// Of a city with this store; `failed` and `away` are its counters.
    pub(crate) fn new(engine: &'static str, failed: Counter, away: Counter) -> Self {
        let mut registry = Registry::with_prefix("city");
        let requests = Family::default();
        registry.register("requests", "Requests answered", requests.clone());
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let seconds = Family::new_with_constructor(histogram);
        registry.register(
            "request_duration_seconds",
            "Time from the head of a request to its answer",
            seconds.clone(),
        );
        let filings = Counter::default();
        registry.register("filings", "Packets taken in", filings.clone());
        registry.register("store_errors", "Transactions that failed", failed);
        registry.register(
            "store_away",
            "Transactions the database did not answer",
            away,
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION")), ("engine", engine)]);
        registry.register("build", "What runs", build);
        Self {
            requests,
            seconds,
            filings,
            registry,
        }
    }

    fn count(
        &self,
        method: &Method,
        route: Option<&MatchedPath>,
        status: StatusCode,
        took: Duration,
    ) {
        // Only methods that a route may have: whoever asks could make up others without end.
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::DELETE => "DELETE",
            _ => "other",
        };
        let route = route.map_or("none", MatchedPath::as_str).to_owned();
        let status = status.as_u16();
        let asked = Route {
            method,
            route: route.clone(),
        };
        self.seconds
            .get_or_create(&asked)
            .observe(took.as_secs_f64());
        let answered = Answered {
            method,
            route,
            status,
        };
        self.requests.get_or_create(&answered).inc();
    }

    /// All figures as text.
    fn text(&self, figures: Option<&Figures>, ready: bool) -> Result<String, std::fmt::Error> {
        let mut now = Registry::with_prefix("city");
        let mut gauge = |name: &str, help: &str, value: u64| {
            let gauge: Gauge = Gauge::default();
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
            now.register(name, help, gauge);
        };
        gauge("ready", "1 while this node can serve", ready.into());
        // A store that is away leaves them out: an old number would be taken for one of now.
        if let Some(figures) = figures {
            gauge("tasks_open", "Tasks open", figures.open_tasks);
            gauge(
                "dead_letters",
                "Tasks that no body takes",
                figures.dead_letters,
            );
            gauge(
                "notices_waiting",
                "Messages to residents not sent yet",
                figures.notices,
            );
            gauge(
                "tickets_waiting",
                "People waiting in the halls today",
                figures.tickets,
            );
            gauge(
                "enquiries_open",
                "Questions not answered yet",
                figures.enquiries,
            );
        }
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        encode_registry(&mut text, &now)?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

/// Counts a request on its way.
pub(crate) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = std::time::Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let (status, took) = (response.status(), begun.elapsed());
    app.metrics.count(&method, route.as_ref(), status, took);
    response
}

/// Whether this node can serve: it is not told to stop, its database answers and its folder of blobs is there.
///
/// # Errors
/// What is missing.
pub(crate) async fn ready(app: &App) -> Result<(), &'static str> {
    if app.draining.load(Ordering::Relaxed) {
        return Err("this node is about to stop");
    }
    if let Err(error) = app.store.answers().await {
        tracing::warn!(error = %chain(&error), "not ready");
        return Err("the database does not answer");
    }
    if let Err(error) = app.blobs.answers().await {
        tracing::warn!(error = %chain(&error), "not ready");
        return Err("the object store does not answer");
    }
    Ok(())
}

/// What is served at the address of figures.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route(METRICS, get(metrics))
        .route(paths::HEALTHZ, get(web::healthz))
        .route(paths::READYZ, get(web::readyz))
        .with_state(app)
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let today = crate::clock::civil(app.now()).date();
    let figures = app.store.figures(today).await.ok();
    let ready = ready(&app).await.is_ok();
    match app.metrics.text(figures.as_ref(), ready) {
        Ok(text) => {
            let kind = HeaderValue::from_static(OPEN_METRICS);
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => web::error::internal(&error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{Method, StatusCode};
    use prometheus_client::metrics::counter::Counter;

    use super::Metrics;
    use crate::store::Figures;

    #[test]
    fn a_made_up_method_or_address_makes_no_figure_of_its_own() {
        let metrics = Metrics::new("sqlite", Counter::default(), Counter::default());
        for made_up in ["BREW", "DRINK"] {
            let method = Method::from_bytes(made_up.as_bytes()).unwrap();
            let took = Duration::from_millis(3);
            metrics.count(&method, None, StatusCode::NOT_FOUND, took);
        }
        let text = metrics.text(None, false).unwrap();
        let line = r#"city_requests_total{method="other",route="none",status="404"} 2"#;
        assert!(text.contains(line), "{text}");
        assert!(!text.contains("BREW") && !text.contains("tasks_open"));
        assert!(text.contains("city_ready 0") && text.ends_with("# EOF\n"));
        let figures = Figures {
            open_tasks: 7,
            ..Figures::default()
        };
        let text = metrics.text(Some(&figures), true).unwrap();
        assert!(text.contains("city_tasks_open 7") && text.contains("city_ready 1"));
    }
}
