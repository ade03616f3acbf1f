//! Who asks: a kiosk by its signature, an officer by a token, a person at a kiosk by a grant.

use axum::http::header;

use city_api::auth::{Claim, Request, Unauthorised};
use city_api::digest::Sha256;
use city_api::keys::SigningPublic;
use city_api::requests::identity::IdentityLevel;
use city_api::requests::{Private, ProblemCode};

use super::body::Whole;
use super::error::{Answer, Failure};
use crate::app::App;
use crate::flow::Officer;
use crate::secret::token_hash;
use crate::store::{GrantRow, KioskRow};

/// The kiosk that signed this request.
pub(crate) async fn kiosk(app: &App, request: &Whole) -> Answer<KioskRow> {
    let unknown = || Failure::new(ProblemCode::Unauthorised);
    let claim = request
        .header(header::AUTHORIZATION.as_str())
        .ok_or_else(|| unknown().detail("a kiosk signs its requests"))?;
    let claim = Claim::parse(claim).map_err(|error| unknown().detail(error.to_string()))?;
    let kiosk = app.store.kiosk(claim.kiosk.to_string()).await?;
    let kiosk = kiosk.ok_or_else(|| unknown().detail("this kiosk is not enrolled"))?;
    let key = SigningPublic::from_bytes(kiosk.public_key).map_err(|_| unknown())?;
    let signed = Request {
        method: request.parts.method.as_str(),
        path: request.path(),
        body: Sha256::of(&request.body),
    };
    match claim.verify(&key, app.now(), &signed) {
        Ok(()) => Ok(kiosk),
        Err(Unauthorised::Skew) => Err(Failure::new(ProblemCode::ClockSkew)
            .detail(format!("the city's clock says {}", app.now()))),
        Err(error @ (Unauthorised::Unreadable | Unauthorised::Forged)) => {
            Err(unknown().detail(error.to_string()))
        }
    }
}

/// The officer of the bearer token.
pub(crate) async fn officer(app: &App, request: &Whole) -> Answer<Officer> {
    let token = request
        .header(header::AUTHORIZATION.as_str())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| {
            Failure::new(ProblemCode::Unauthorised).detail("a bearer token is needed")
        })?;
    let row = app.store.officer(token_hash(token.trim())).await?;
    let row = row
        .ok_or_else(|| Failure::new(ProblemCode::Unauthorised).detail("this token is not known"))?;
    Ok(Officer {
        person: row.person,
        body: row.body,
        role: row.role,
    })
}

/// The grant, of at least this level, given to this kiosk.
pub(crate) async fn grant(
    app: &App,
    kiosk: &KioskRow,
    token: &Private,
    level: IdentityLevel,
) -> Answer<GrantRow> {
    let found = app
        .store
        .grant(token_hash(token.reveal()), app.now())
        .await?;
    let grant = found
        .filter(|grant| grant.kiosk == kiosk.id)
        .ok_or_else(|| {
            Failure::new(ProblemCode::Unauthorised)
                .detail("the grant is unknown or over")
                .field("grant")
        })?;
    if grant.level < level {
        return Err(Failure::new(ProblemCode::LevelTooLow)
            .detail(format!("{} is needed", level.name()))
            .field("grant"));
    }
    Ok(grant)
}
