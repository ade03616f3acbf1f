//! Reading requests: bounded bytes, bounded time, JSON with the path of a wrong field.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use city_api::requests::{BadField, ProblemCode};

use super::error::{Answer, Failure};
use super::guard::Origin;
use crate::limits::Limits;

/// How long the body of a request may take to arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience(pub(crate) Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Limits::default().body)
    }
}

/// Bytes over the limit that are still read, so that the asker hears the answer instead of a broken line.
const DRAIN: usize = 256 * 1024;

/// Reads the rest of a request that is refused without it: a line that is closed while its asker still sends breaks, and
/// the answer is lost with it.
pub(crate) async fn drain(request: Request<Body>) {
    let (parts, body) = request.into_parts();
    let Patience(patience) = parts.extensions.get().copied().unwrap_or_default();
    // However it ends, the answer is the same.
    let _ = tokio::time::timeout(patience, axum::body::to_bytes(body, DRAIN)).await;
}

/// A request whose body is read.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
}

impl Whole {
    /// Reads the body of a request, at most `most` bytes of it.
    pub(crate) async fn read(request: Request<Body>, most: usize) -> Answer<Self> {
        let (parts, body) = request.into_parts();
        let announced = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok())
            .and_then(|length| length.parse::<usize>().ok());
        let too_large =
            || Failure::new(ProblemCode::TooLarge).detail(format!("at most {most} bytes"));
        if announced.is_some_and(|length| length > most + DRAIN) {
            return Err(too_large());
        }
        let Patience(patience) = parts.extensions.get().copied().unwrap_or_default();
        let read = tokio::time::timeout(patience, axum::body::to_bytes(body, most + DRAIN));
        let body = match read.await {
            Ok(Ok(body)) if body.len() > most => return Err(too_large()),
            Ok(Ok(body)) => body,
            Ok(Err(error)) if is_limit(&error) => return Err(too_large()),
            Ok(Err(_)) => {
                return Err(Failure::new(ProblemCode::Unreadable).detail("the body broke off"));
            }
            Err(_) => {
                let seconds = patience.as_secs();
                let detail = format!("the body did not arrive in {seconds} seconds");
                return Err(Failure::new(ProblemCode::TooSlow).detail(detail));
            }
        };
        Ok(Self { parts, body })
    }

    /// The head of a request alone: who asks is known before a large body is read.
    pub(crate) fn head<B>(request: &Request<B>) -> Self {
        let mut head = Request::new(());
        *head.method_mut() = request.method().clone();
        *head.uri_mut() = request.uri().clone();
        *head.headers_mut() = request.headers().clone();
        Self {
            parts: head.into_parts().0,
            body: Bytes::new(),
        }
    }

    /// The body as JSON of a request of the contract, checked.
    pub(crate) fn json<T: DeserializeOwned + city_api::requests::Request>(&self) -> Answer<T> {
        let kind = self
            .header(header::CONTENT_TYPE.as_str())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Failure::new(ProblemCode::MediaType).detail("application/json is expected"));
        }
        let value: T = parse(&self.body)?;
        value.check()?;
        Ok(value)
    }

    /// A header as text; None when it is absent or not text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    /// Whence it comes.
    pub(crate) fn origin(&self) -> Origin {
        Origin::of(&self.parts.extensions)
    }

    /// Path and query as in the request line.
    pub(crate) fn path(&self) -> &str {
        self.parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
    }

    /// An extractor on the head of the request.
    pub(crate) async fn extract<T: FromRequestParts<()>>(&mut self) -> Result<T, T::Rejection> {
        T::from_request_parts(&mut self.parts, &()).await
    }
}

fn is_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Parses JSON; a wrong field is named by its path, its value never repeated.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            let field = unknown_or_missing(&inner.to_string()).unwrap_or(path);
            Failure::from(BadField::new(field, kind_of(&inner)))
        } else {
            Failure::new(ProblemCode::Unreadable).detail(format!(
                "not JSON at line {}, column {}",
                inner.line(),
                inner.column()
            ))
        }
    })?;
    reader
        .end()
        .map_err(|_| Failure::new(ProblemCode::Unreadable).detail("more than one JSON value"))?;
    if holds_nul(bytes) {
        return Err(Failure::new(ProblemCode::BadField).detail("a text holds the character NUL"));
    }
    Ok(value)
}

/// Whether a text of the JSON holds NUL, which PostgreSQL does not keep: an escape, not the end of an escaped backslash.
fn holds_nul(json: &[u8]) -> bool {
    const NUL: &[u8] = br"\u0000";
    let places = json.windows(NUL.len()).enumerate();
    let mut places = places.filter(|(_, found)| *found == NUL);
    places.any(|(at, _)| {
        let before = json.iter().take(at).rev();
        before.take_while(|byte| **byte == b'\\').count() % 2 == 0
    })
}

/// The field that serde's own message names for an unknown or missing field.
fn unknown_or_missing(message: &str) -> Option<String> {
    let rest = message
        .strip_prefix("unknown field `")
        .or_else(|| message.strip_prefix("missing field `"))?;
    let (field, _) = rest.split_once('`')?;
    Some(field.chars().take(64).collect())
}

/// What is wrong, without the value that serde repeats.
fn kind_of(error: &serde_json::Error) -> &'static str {
    let message = error.to_string();
    if message.starts_with("unknown field") {
        "is not a field of this request"
    } else if message.starts_with("missing field") {
        "is missing"
    } else if message.starts_with("unknown variant") {
        "is not one of the allowed values"
    } else {
        "has the wrong type"
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use city_api::requests::officer::SupplementRequest;
    use city_api::requests::status::HeartbeatRequest;

    fn field(json: &str) -> (String, String) {
        let problem = parse::<SupplementRequest>(json.as_bytes()).unwrap_err().0;
        (
            problem.field.unwrap_or_default(),
            problem.detail.unwrap_or_default(),
        )
    }

    #[test]
    fn a_text_with_nul_is_refused_and_one_that_speaks_of_it_is_not() {
        let words = |words: &str| {
            let json = format!(r#"{{"materials":[1],"words":"{words}"}}"#);
            parse::<SupplementRequest>(json.as_bytes())
        };
        assert!(words(r"a\u0000").is_err());
        assert!(words(r"a\\\u0000").is_err());
        assert!(words(r"a\\u0000").is_ok());
    }

    #[test]
    fn the_wrong_field_is_named_and_its_value_is_not_repeated() {
        assert_eq!(
            field(r#"{"materials":[1,"x"],"words":"w"}"#).0,
            "materials[1]"
        );
        assert_eq!(
            field(r#"{"materials":[1]}"#),
            ("words".into(), "is missing".into())
        );
        assert_eq!(field(r#"{"materials":[1],"words":"w","x":1}"#).0, "x");
        let nested = r#"{"program":"p","uptimeSeconds":1,"outboxWaiting":0,"quarantined":0,
            "devices":[{"kind":"a","health":"590102199002150015"}]}"#;
        let problem = parse::<HeartbeatRequest>(nested.as_bytes()).unwrap_err().0;
        assert_eq!(problem.field.as_deref(), Some("devices[0].health"));
        assert!(!problem.detail.unwrap_or_default().contains("5901"));
    }
}
