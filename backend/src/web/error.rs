//! Error answers: every failure becomes a problem of the contract.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use city_api::requests::problem::MEDIA_TYPE;
use city_api::requests::{BadField, Problem, ProblemCode};

use crate::blobs::BlobError;
use crate::store::{Refusal, StoreError};

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Box<Problem>);

/// Result of a handler.
pub(crate) type Answer<T> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(code: ProblemCode) -> Self {
        Self(Box::new(Problem::new(code)))
    }

    pub(crate) fn detail(self, detail: impl Into<String>) -> Self {
        Self(Box::new(self.0.detail(detail)))
    }

    pub(crate) fn field(self, field: impl Into<String>) -> Self {
        Self(Box::new(self.0.field(field)))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<BadField> for Failure {
    fn from(bad: BadField) -> Self {
        Self(Box::new(bad.into()))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let mut problem = Problem::new(refusal.code).detail(refusal.reason);
        problem.field = refusal.field;
        Self(Box::new(problem))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let mut failure = internal(&error);
        if let StoreError::Away { .. } = error {
            failure = Self::new(ProblemCode::Away);
        }
        failure
    }
}

impl From<BlobError> for Failure {
    /// The object store is another machine as a rule: who asks may ask again.
    fn from(error: BlobError) -> Self {
        tracing::error!(error = %chain(&error), "the object store failed a request");
        Self::new(ProblemCode::Away)
    }
}

/// The city's own fault: the chain goes to the log, the asker learns only that it was not theirs.
pub(crate) fn internal(error: &dyn std::error::Error) -> Failure {
    tracing::error!(error = %chain(error), "a request failed");
    Failure::new(ProblemCode::Internal)
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = (status, body).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }
}
