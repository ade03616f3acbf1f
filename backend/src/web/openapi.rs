//! The contract as OpenAPI, made from the handlers themselves.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, Content, Ref, RefOr, Response as Described, Schema};

use city_api::requests::problem::MEDIA_TYPE;
use city_api::requests::{ProblemCode, paths};

use super::error::{Answer, internal};
use super::guard::MOST_CHARACTERS;

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
    complete(&mut contract);
    contract.to_pretty_json().map(|json| json + "\n")
}

/// Name of the scheme by which a kiosk signs its requests.
const SIGNATURE: &str = "kioskSignature";
/// Name of the scheme of sessions and tokens.
const BEARER: &str = "bearer";
/// Addresses of kiosks and staff that are open all the same: the code, the packet, the password say who asks.
const OPEN: [&str; 2] = [paths::ENROLMENTS, paths::PACKETS];

/// Text without control characters.
const NO_CONTROL: &str = "^[^\\u0000-\\u001F\\u007F-\\u009F]*$";

/// Adds what every route has alike: who may ask it, the problems it may answer beside its own, their media type.
fn complete(contract: &mut utoipa::openapi::OpenApi) {
    let components = contract.components.get_or_insert_with(Components::new);
    let mut signature = ApiKeyValue::new(header::AUTHORIZATION.as_str());
    signature.description = Some(
        "Kiosk kiosk=\"…\", time=\"…\", signature=\"…\": an Ed25519 signature over method, path, time and body".to_owned(),
    );
    let scheme = SecurityScheme::ApiKey(ApiKey::Header(signature));
    components.add_security_scheme(SIGNATURE, scheme);
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme(BEARER, scheme);
    for (path, item) in &mut contract.paths.paths {
        for operation in operations(item) {
            protect(path, operation);
            bound(operation);
            answers(operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let log_out = item.delete.as_mut();
    [
        item.get.as_mut(),
        item.head.as_mut(),
        item.post.as_mut(),
        item.put.as_mut(),
        log_out,
    ]
    .into_iter()
    .flatten()
}

/// Who may ask, by the tag; a session begins without one.
fn protect(path: &str, operation: &mut Operation) {
    let tags = operation.tags.iter().flatten();
    let scheme = match tags.map(String::as_str).next() {
        _ if OPEN.contains(&path) => None,
        Some("staff") if path == paths::SESSIONS && operation.request_body.is_some() => None,
        Some("kiosk") => Some(SIGNATURE),
        Some("officer" | "staff" | "library" | "supervision") => Some(BEARER),
        Some(_) | None => None,
    };
    let none: [&str; 0] = [];
    operation.security = scheme.map(|name| vec![SecurityRequirement::new(name, none)]);
}

/// What the guard asks of every text in an address.
fn bound(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else {
            continue;
        };
        let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema else {
            continue;
        };
        let is_text = matches!(&schema.schema_type, SchemaType::Type(Type::String));
        if !is_text || schema.format.is_some() || schema.enum_values.is_some() {
            continue;
        }
        match parameter.parameter_in {
            ParameterIn::Path => {
                schema.min_length = Some(1);
                schema.max_length = Some(MOST_CHARACTERS);
            }
            ParameterIn::Query => {}
            _ => continue,
        }
        schema.pattern = Some(NO_CONTROL.to_owned());
    }
}

/// The problems of every route of this kind; what the route says of one itself stays.
fn answers(operation: &mut Operation) {
    let mut codes = vec![
        ProblemCode::Unreadable,
        ProblemCode::TooSlow,
        ProblemCode::TooLarge,
        ProblemCode::TooMany,
        ProblemCode::Away,
    ];
    if operation.security.is_some() {
        codes.extend([ProblemCode::Unauthorised, ProblemCode::Forbidden]);
    }
    let parameters = operation.parameters.iter().flatten();
    let mut parameters = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let in_path = |parameter: &Parameter| matches!(parameter.parameter_in, ParameterIn::Path);
    if parameters.clone().any(in_path) {
        codes.push(ProblemCode::NotFound);
    }
    if operation.request_body.is_some() {
        codes.push(ProblemCode::MediaType);
    }
    if operation.request_body.is_some() || parameters.next().is_some() {
        codes.push(ProblemCode::BadField);
    }
    let responses = &mut operation.responses.responses;
    for code in codes {
        let said = || RefOr::T(Described::new(code.title()));
        responses
            .entry(code.status().to_string())
            .or_insert_with(said);
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && status.starts_with(['4', '5'])
        {
            as_problem(response);
            if response.description.is_empty() {
                response.description = refusal(status).to_owned();
            }
        }
    }
}

/// What a status says where a route says no more.
fn refusal(status: &str) -> &'static str {
    match status {
        "401" => "Nobody who is known asks",
        "403" => "Not for who asks",
        "404" => "Nothing is here, or nothing of who asks",
        "409" => "The state of things does not allow it",
        "422" => "`field` names what is wrong",
        _ => "See `code`",
    }
}

/// A failure is a problem; a page that says so in HTML may be one too.
fn as_problem(response: &mut Described) {
    response.content.shift_remove("application/json");
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    response
        .content
        .insert(MEDIA_TYPE.to_owned(), RefOr::T(problem));
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
