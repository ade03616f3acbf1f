//! Packets and what became of them.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};
use uuid::Uuid;

use city_api::requests::outcome::Outcome;
use city_api::requests::packets::{AcknowledgementBody, MAX_PACKET_BODY_BYTES, PacketBody};
use city_api::requests::{BadField, Problem, ProblemCode, paths};

use super::body::Whole;
use super::error::{Answer, Failure};
use super::{Area, Shared, area, auth};
use crate::file::CaseFile;
use crate::store::CaseKey;
use crate::{intake, view};

area!(
    receive: paths::PACKETS => post(receive),
    outcome: "/v1/packets/{id}/outcome" => get(outcome),
);

/// Takes a packet; repeats get the same acknowledgement for ever.
#[utoipa::path(post, path = "/v1/packets", tag = "kiosk", request_body = PacketBody,
    responses((status = 200, body = AcknowledgementBody),
              (status = 403, body = Problem, description = "Forged: quarantine it"),
              (status = 409, body = Problem, description = "Other content under this id: quarantine it"),
              (status = 422, body = Problem, description = "`part_missing` names the parts to send first")))]
pub(crate) async fn receive(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<AcknowledgementBody>> {
    // No request signature is asked for: the packet carries its own, and an expired or skewed clock strands nothing.
    let packet: PacketBody = Whole::read(request, MAX_PACKET_BODY_BYTES).await?.json()?;
    let (header, signature) = packet.bytes()?;
    Ok(Json(intake::receive(&app, header, &signature).await?))
}

/// What became of a packet, for the kiosk that filed it.
#[utoipa::path(get, path = "/v1/packets/{id}/outcome", tag = "kiosk", params(("id" = Uuid, Path)),
    responses((status = 200, body = Outcome), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn outcome(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<Json<Outcome>> {
    let request = Whole::read(request, 0).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let id = parse_id(&id)?;
    let nothing = || Failure::new(ProblemCode::NotFound);
    let packet = app
        .store
        .packet(id)
        .await?
        .filter(|packet| packet.kiosk == kiosk.id);
    let packet = packet.ok_or_else(nothing)?;
    let case = packet
        .case
        .ok_or_else(|| nothing().detail("it opened no case, or several: see its outcomes"))?;
    let row = app
        .store
        .case(CaseKey::Id(case))
        .await?
        .ok_or_else(nothing)?;
    let file = CaseFile::open(row, &app.keys.master)?;
    Ok(Json(view::outcome(&app, id, &file)))
}

/// An id of a path.
pub(crate) fn parse_id(text: &str) -> Result<Uuid, BadField> {
    Uuid::parse_str(text).map_err(|_| BadField::new("id", "is not a UUID"))
}
