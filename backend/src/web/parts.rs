//! Sealed parts: how far one is here, and the bytes of one.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::head;

use city_api::digest::Sha256;
use city_api::packet::MAX_PART_BYTES;
use city_api::requests::upload::{COMPLETE_HEADER, ContentRange, MAX_CHUNK_BYTES, OFFSET_HEADER};
use city_api::requests::{BadField, Problem, ProblemCode};

use super::body::Whole;
use super::error::{Answer, Failure};
use super::{Area, Shared, area, auth};
use crate::blobs::{Progress, Received};

area!(
    progress, receive: "/v1/parts/{sha256}" => head(progress).put(receive),
);

/// How many bytes of a part the city holds. Sealed parts are never given out again: there is no GET.
#[utoipa::path(head, path = "/v1/parts/{sha256}", tag = "kiosk",
    params(("sha256" = String, Path, description = "SHA-256 of the ciphertext, 64 hexadecimal digits")),
    responses((status = 200, description = "Headers upload-offset and upload-complete"),
              (status = 404, description = "The city holds none")))]
pub(crate) async fn progress(
    State(app): Shared,
    Path(sha256): Path<String>,
    request: Request<Body>,
) -> Answer<Response> {
    let request = Whole::read(request, 0).await?;
    auth::signer(&app, &request).await?;
    check_name(&sha256)?;
    Ok(match app.blobs.progress(&sha256).await? {
        Progress::Absent => StatusCode::NOT_FOUND.into_response(),
        Progress::Partial(held) => offset(StatusCode::OK, held, false),
        Progress::Complete(held) => offset(StatusCode::OK, held, true),
    })
}

/// Takes the bytes of a part, whole or by ranges.
#[utoipa::path(put, path = "/v1/parts/{sha256}", tag = "kiosk",
    params(("sha256" = String, Path, description = "SHA-256 of the ciphertext, 64 hexadecimal digits"),
           ("Content-Range" = Option<String>, Header, description = "bytes FIRST-LAST/TOTAL; absent for the whole part")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "Complete"), (status = 202, description = "More is to come: upload-offset"),
              (status = 409, body = Problem, description = "Continues elsewhere: upload-offset"),
              (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn receive(
    State(app): Shared,
    Path(sha256): Path<String>,
    request: Request<Body>,
) -> Answer<Response> {
    let request = Whole::read(request, MAX_CHUNK_BYTES).await?;
    auth::signer(&app, &request).await?;
    check_name(&sha256)?;
    let range = range(&request)?;
    let bytes = request.body.to_vec();
    Ok(
        match app
            .blobs
            .receive(&sha256, range.first, range.total, bytes)
            .await?
        {
            Received::Complete => offset(StatusCode::CREATED, range.total, true),
            Received::More(held) => offset(StatusCode::ACCEPTED, held, false),
            Received::WrongOffset(held) => {
                let mut response = Failure::new(ProblemCode::WrongOffset).into_response();
                response
                    .headers_mut()
                    .insert(OFFSET_HEADER, HeaderValue::from(held));
                response
            }
            Received::HashMismatch => {
                return Err(
                    Failure::new(ProblemCode::HashMismatch).detail("thrown away; begin anew")
                );
            }
        },
    )
}

fn range(request: &Whole) -> Result<ContentRange, BadField> {
    let length = request.body.len() as u64;
    let range = match request.header("content-range") {
        Some(header) => header.parse()?,
        None => ContentRange::of(0, length, length)
            .ok_or_else(|| BadField::new("body", "an empty part does not exist"))?,
    };
    if range.length() != length || range.total > MAX_PART_BYTES {
        return Err(BadField::new(
            "Content-Range",
            "does not have the length of the body",
        ));
    }
    Ok(range)
}

fn check_name(sha256: &str) -> Result<(), BadField> {
    let bad = |_| BadField::new("sha256", "must be 64 hexadecimal digits in lower case");
    sha256.parse::<Sha256>().map(|_| ()).map_err(bad)
}

fn offset(status: StatusCode, held: u64, complete: bool) -> Response {
    let complete = HeaderValue::from_static(if complete { "true" } else { "false" });
    (
        status,
        [
            (OFFSET_HEADER, HeaderValue::from(held)),
            (COMPLETE_HEADER, complete),
        ],
    )
        .into_response()
}
