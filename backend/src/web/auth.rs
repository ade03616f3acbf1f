//! Who asks: a kiosk by its signature, staff by a session or a machine's token, a person at a kiosk by a grant.

use axum::http::header;
use jiff::Timestamp;

use city_api::auth::{Claim, Request, Unauthorised};
use city_api::digest::Sha256;
use city_api::keys::SigningPublic;
use city_api::requests::identity::IdentityLevel;
use city_api::requests::officer::OfficerRole;
use city_api::requests::{MAX_BODY_BYTES, Private, ProblemCode, paths};
use city_catalogue::case::EventKind;
use city_catalogue::policy::{StaffPolicy, StaffRole};

use super::body::Whole;
use super::error::{Answer, Failure};
use super::rate::Asker;
use crate::app::App;
use crate::clock::civil;
use crate::flow::Officer;
use crate::secret::token_hash;
use crate::store::{AccountRow, Event, GrantRow, KioskRow};

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
        Ok(()) => {
            request.origin().is_known();
            // How a kiosk is must be known when all come back at once, and when one asks too much.
            if request.parts.uri.path() != paths::HEARTBEATS {
                let asker = Asker::Kiosk(kiosk.id.clone());
                app.rates.take(asker, app.now())?;
            }
            Ok(kiosk)
        }
        Err(Unauthorised::Skew) => Err(Failure::new(ProblemCode::ClockSkew)
            .detail(format!("the city's clock says {}", app.now()))),
        Err(error @ (Unauthorised::Unreadable | Unauthorised::Forged)) => {
            Err(unknown().detail(error.to_string()))
        }
    }
}

/// Somebody who works for the city, or a machine that works for an officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Staff {
    /// The person: the name of the account, or what the token was made for.
    pub person: String,
    /// Body.
    pub body: String,
    /// The one role of this session or token.
    pub role: StaffRole,
}

/// The bearer token of a request.
pub(super) fn bearer(request: &Whole) -> Answer<&str> {
    let value = request.header(header::AUTHORIZATION.as_str());
    let token = value.and_then(|value| value.strip_prefix("Bearer "));
    token
        .map(str::trim)
        .ok_or_else(|| Failure::new(ProblemCode::Unauthorised).detail("a bearer token is needed"))
}

/// Who works under the bearer token: a session of an account, or a machine's token.
pub(crate) async fn staff(app: &App, request: &Whole) -> Answer<Staff> {
    let token = token_hash(bearer(request)?);
    if let Some(row) = app.store.officer(token).await? {
        known_by(app, request, token)?;
        return Ok(Staff {
            person: row.person,
            body: row.body,
            role: staff_role(row.role),
        });
    }
    let policy = app.published().policy.staff.clone();
    let session = app.store.session(token, policy.clone(), app.now()).await?;
    let session = session.ok_or_else(|| {
        Failure::new(ProblemCode::Unauthorised)
            .detail("this token is not known, or its session is over")
    })?;
    known_by(app, request, token)?;
    if !is_trained(&policy, &session.account, session.role, app.now()) {
        return Err(Failure::new(ProblemCode::Forbidden)
            .detail("the training record of this account is not valid any more"));
    }
    Ok(Staff {
        person: session.account.name,
        body: session.account.body,
        role: session.role,
    })
}

/// Counts a request by the token that is known.
fn known_by(app: &App, request: &Whole, token: [u8; 32]) -> Answer<()> {
    request.origin().is_known();
    Ok(app.rates.take(Asker::Staff(token), app.now())?)
}

/// Whether the training record of an account is valid today, where the role needs one (R49).
pub(super) fn is_trained(
    policy: &StaffPolicy,
    account: &AccountRow,
    role: StaffRole,
    now: Timestamp,
) -> bool {
    let today = civil(now).date();
    !policy.trained.contains(&role) || account.trained_until.is_some_and(|until| until >= today)
}

/// Who asks, in one of these roles; what another role tries is noted (R30).
pub(crate) async fn role(
    app: &App,
    request: &Whole,
    may: &[StaffRole],
    what: &str,
) -> Answer<Staff> {
    let staff = staff(app, request).await?;
    need(app, &staff, may, what).await?;
    Ok(staff)
}

/// Refuses, and notes, what the role of this session may not do.
pub(super) async fn need(app: &App, staff: &Staff, may: &[StaffRole], what: &str) -> Answer<()> {
    if may.contains(&staff.role) {
        return Ok(());
    }
    let detail = format!(
        "{what}: {} as {}",
        ProblemCode::Forbidden.name(),
        staff.role.as_str()
    );
    let event = Event::new(app.now(), EventKind::ActionRefused, &staff.person, detail);
    app.store.note(None, event.of_body(&staff.body)).await?;
    Err(Failure::new(ProblemCode::Forbidden)
        .detail(format!("role {} may not {what}", staff.role.as_str())))
}

/// The officer under the bearer token.
pub(crate) async fn officer(app: &App, request: &Whole) -> Answer<Officer> {
    let may = [StaffRole::Window, StaffRole::Officer, StaffRole::Approver];
    let staff = role(app, request, &may, "handle cases").await?;
    let role = match staff.role {
        StaffRole::Window => OfficerRole::Window,
        StaffRole::Approver => OfficerRole::Approver,
        StaffRole::Officer
        | StaffRole::System
        | StaffRole::Security
        | StaffRole::Audit
        | StaffRole::Supervisor => OfficerRole::Officer,
    };
    Ok(Officer {
        person: staff.person,
        body: staff.body,
        role,
    })
}

fn staff_role(role: OfficerRole) -> StaffRole {
    match role {
        OfficerRole::Window => StaffRole::Window,
        OfficerRole::Officer => StaffRole::Officer,
        OfficerRole::Approver => StaffRole::Approver,
    }
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
    need_level(&grant, level)?;
    Ok(grant)
}

/// Refuses a grant that was reached by less than this level.
pub(super) fn need_level(grant: &GrantRow, level: IdentityLevel) -> Answer<()> {
    if grant.level >= level {
        return Ok(());
    }
    Err(Failure::new(ProblemCode::LevelTooLow)
        .detail(format!("{} is needed", level.name()))
        .field("grant"))
}

/// What a person asks at a kiosk, identified by card at least: the kiosk, the request, and the grant whose token is in it.
pub(super) async fn resident<T>(
    app: &App,
    request: axum::extract::Request,
    token: impl Fn(&T) -> &Private,
) -> Answer<(KioskRow, T, GrantRow)>
where
    T: serde::de::DeserializeOwned + city_api::requests::Request,
{
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = kiosk(app, &request).await?;
    let asked: T = request.json()?;
    let grant = grant(app, &kiosk, token(&asked), IdentityLevel::IdCard).await?;
    Ok((kiosk, asked, grant))
}
