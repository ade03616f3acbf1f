//! Enrolment, client certificates and heartbeats.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;

use city_api::keys::SigningPublic;
use city_api::requests::enrolment::{
    CertificateAnswer, CertificateRequest, EnrolmentAnswer, EnrolmentRequest,
};
use city_api::requests::status::{HeartbeatAnswer, HeartbeatRequest};
use city_api::requests::{BadField, MAX_BODY_BYTES, Problem, ProblemCode, paths};

use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::rate::Asker;
use super::{Area, Shared, area, auth};
use crate::codes;
use crate::store::KioskRow;

area!(
    enrol: paths::ENROLMENTS => post(enrol),
    certify: paths::CERTIFICATES => post(certify),
    heartbeat: paths::HEARTBEATS => post(heartbeat),
);

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
    let events = app.store.event_chain(beat.event_sequence).await?;
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
