//! Enrolment, its list and its end, client certificates and heartbeats.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;

use city_api::keys::SigningPublic;
use city_api::requests::enrolment::{
    CertificateAnswer, CertificateRequest, CertificateView, EnrolledKiosk, EnrolmentAnswer,
    EnrolmentRequest, KiosksAnswer, Revocation, RevocationRequest,
};
use city_api::requests::status::{HeartbeatAnswer, HeartbeatRequest};
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem, ProblemCode, paths};
use city_catalogue::case::EventKind;
use city_catalogue::policy::StaffRole;

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::rate::Asker;
use super::supervision::query;
use super::{Area, Shared, area, auth};
use crate::codes;
use crate::store::{EnrolledRow, Event, KioskRow};

area!(
    enrol: paths::ENROLMENTS => post(enrol),
    certify: paths::CERTIFICATES => post(certify),
    heartbeat: paths::HEARTBEATS => post(heartbeat),
    kiosks: paths::KIOSKS => get(kiosks),
    revoke_kiosk: "/v1/kiosks/{id}/revoke" => post(revoke_kiosk),
);

/// Most kiosks in an answer.
const MOST: u32 = 1000;

/// Enrols a kiosk by a one-time code.
#[utoipa::path(post, path = "/v1/enrolments", tag = "kiosk", request_body = EnrolmentRequest,
    responses((status = 200, body = EnrolmentAnswer), (status = 410, body = Problem, description = "The code is spent"),
              (status = 422, body = Problem, description = "`field` names what is wrong")))]
pub(crate) async fn enrol(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<EnrolmentAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let asked: EnrolmentRequest = request.json()?;
    let asker = Asker::Code(request.origin().address);
    app.rates.look(&asker, app.now())?;
    let key: SigningPublic = asked
        .public_key
        .parse()
        .map_err(|_| BadField::new("publicKey", "is not an Ed25519 key"))?;
    let code = codes::enrolment(&app.keys.master, &asked.code);
    let kiosk = app
        .store
        .enrol(code, *key.as_bytes(), asked.sam_id, app.now())
        .await?;
    let Some(kiosk) = kiosk else {
        // Only wrong ones count: a hall of new kiosks enrols at one address.
        app.rates.take(asker, app.now())?;
        return Err(Failure::new(ProblemCode::CodeSpent).field("code"));
    };
    tracing::info!(kiosk = %kiosk.id, station = %kiosk.station, "kiosk enrolled");
    Ok(Json(EnrolmentAnswer {
        kiosk: kiosk.id,
        station: kiosk.station,
        city_keys: (&app.keys.public).into(),
        ca_pem: app.ca_pem.clone(),
    }))
}

/// Gives an enrolled kiosk a client certificate. Its signature alone says who asks: one that lost its certificate, or let
/// it expire, is not stranded.
#[utoipa::path(post, path = "/v1/certificates", tag = "kiosk", request_body = CertificateRequest,
    responses((status = 200, body = CertificateAnswer), (status = 401, body = Problem),
              (status = 404, body = Problem, description = "This city gives no client certificates"),
              (status = 422, body = Problem)))]
pub(crate) async fn certify(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<CertificateAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::signer(&app, &request).await?;
    let asked: CertificateRequest = request.json()?;
    let authority = app.mtls.as_ref().ok_or_else(|| {
        Failure::new(ProblemCode::NotFound).detail("this city gives no client certificates")
    })?;
    let key: SigningPublic = asked
        .tls_key
        .parse()
        .map_err(|_| BadField::new("tlsKey", "is not an Ed25519 key"))?;
    if *key.as_bytes() == kiosk.public_key {
        let why = "is the key that signs requests: TLS takes one of its own";
        return Err(BadField::new("tlsKey", why).into());
    }
    let issued = authority.issue(&kiosk.id, *key.as_bytes(), app.now());
    let issued = issued.map_err(|error| internal(&error))?;
    let (serial, ends) = (issued.serial, issued.ends);
    app.store.certified(kiosk.id.clone(), serial, ends).await?;
    tracing::info!(kiosk = %kiosk.id, ends = %issued.ends, "client certificate given");
    Ok(Json(CertificateAnswer {
        certificate_pem: issued.pem,
        renew_after: issued.renew,
        ends: issued.ends,
    }))
}

/// Takes a kiosk's state.
#[utoipa::path(post, path = "/v1/heartbeats", tag = "kiosk", request_body = HeartbeatRequest,
    responses((status = 200, body = HeartbeatAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn heartbeat(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<HeartbeatAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let beat: HeartbeatRequest = request.json()?;
    let body = serde_json::to_string(&beat).map_err(|error| internal(&error))?;
    let now = app.now();
    app.store.heartbeat(kiosk.id.clone(), now, body).await?;
    let events = app
        .store
        .event_chain(beat.event_sequence, beat.event_sequence_older)
        .await?;
    if let Some(sequence) = beat.event_fault.filter(|told| is_news(&kiosk, *told)) {
        tracing::error!(kiosk = %kiosk.id, sequence, "a kiosk kept another past than the event chain");
        app.store.chain_differs(kiosk, sequence, now).await?;
    }
    Ok(Json(HeartbeatAnswer {
        time: now,
        catalogue_version: app.published().version,
        events: Some(events),
    }))
}

/// Whether the kiosk did not say the same in its last heartbeat: it says so until somebody has looked.
fn is_news(kiosk: &KioskRow, fault: u64) -> bool {
    let last = kiosk.heartbeat.as_ref();
    let last = last.and_then(|(_, body)| serde_json::from_str::<HeartbeatRequest>(body).ok());
    last.and_then(|beat| beat.event_fault) != Some(fault)
}

/// Where the list of kiosks is read from.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KiosksAsked {
    /// Only those after this id.
    #[serde(default)]
    after: String,
}

/// Every kiosk that is or was enrolled, with its certificate, when it was last heard, and why it was revoked.
#[utoipa::path(get, path = "/v1/kiosks", tag = "staff", params(KiosksAsked),
    responses((status = 200, body = KiosksAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem)))]
pub(crate) async fn kiosks(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<KiosksAnswer>> {
    let mut request = Whole::read(request, 0).await?;
    let may = [StaffRole::System, StaffRole::Security];
    auth::role(&app, &request, &may, "read the list of kiosks").await?;
    let asked: KiosksAsked = query(&mut request).await?;
    let rows = app.store.enrolled(asked.after, MOST).await?;
    Ok(Json(KiosksAnswer {
        kiosks: rows.into_iter().map(enrolled).collect(),
    }))
}

fn enrolled(row: EnrolledRow) -> EnrolledKiosk {
    let (by, why) = row.revocation.unzip();
    EnrolledKiosk {
        id: row.kiosk.id,
        station: row.kiosk.station,
        enrolled: row.enrolled,
        heard: row.kiosk.heartbeat.map(|(at, _)| at),
        certificate: row
            .certificate
            .map(|(serial, ends)| CertificateView { serial, ends }),
        revocation: row.kiosk.revoked.map(|at| Revocation { at, by, why }),
    }
}

/// Ends the enrolment of a kiosk that was stolen or opened: from its next request on, at every node, neither its
/// signature nor any certificate of it is worth anything. It comes back by a new code, as another kiosk.
#[utoipa::path(post, path = "/v1/kiosks/{id}/revoke", tag = "staff", params(("id" = String, Path)),
    request_body = RevocationRequest,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem, description = "No kiosk of this id is enrolled, or it was revoked before"),
              (status = 422, body = Problem)))]
pub(crate) async fn revoke_kiosk(
    State(app): Shared,
    Path(id): Path<String>,
    request: Request<Body>,
) -> Answer<StatusCode> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let may = [StaffRole::Security];
    let staff = auth::role(&app, &request, &may, "revoke a kiosk").await?;
    let asked: RevocationRequest = request.json()?;
    let detail = format!("{id}: {}", asked.why);
    let event = Event::new(app.now(), EventKind::KioskRevoked, staff.person, detail);
    let event = event.of_body(&staff.body);
    if app.store.revoke_kiosk(id.clone(), asked.why, event).await? {
        tracing::warn!(kiosk = %id, "the enrolment of a kiosk was revoked");
        return Ok(StatusCode::NO_CONTENT);
    }
    let why = "no kiosk of this id is enrolled, or it was revoked before";
    Err(Failure::new(ProblemCode::NotFound).detail(why))
}
