//! The contract as OpenAPI, made from the handlers themselves.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use utoipa::OpenApi;

use super::error::{Answer, internal};

/// What the contract says of itself; the areas say the rest.
#[derive(OpenApi)]
#[openapi(info(
    title = "City of the kiosks",
    description = "Contract between kiosks, officers and the city. Times are RFC 3339, errors RFC 9457."
))]
struct Contract;

/// The document as pretty JSON with a final line end, as it is committed.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn to_json() -> Result<String, serde_json::Error> {
    let mut contract = Contract::openapi();
    for area in super::areas() {
        contract.merge(area.contract);
    }
    contract.to_pretty_json().map(|json| json + "\n")
}

/// `GET /openapi.json`.
pub(crate) async fn document() -> Answer<Response> {
    let mut response = to_json().map_err(|error| internal(&error))?.into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

#[cfg(test)]
mod tests {
    /// Set to write the committed document anew.
    const REWRITE: &str = "CITY_REWRITE_OPENAPI";

    #[test]
    fn the_committed_contract_is_the_one_that_is_served() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("api/openapi.json");
        let made = super::to_json().unwrap();
        if std::env::var_os(REWRITE).is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            made == committed,
            "backend/api/openapi.json is old; run the test with {REWRITE}=1"
        );
    }
}
