//! Who asks: a kiosk by its signature, staff by a session or a machine's token, a person at a kiosk by a grant.

use axum::http::header;
use jiff::Timestamp;

use city_api::auth::{Claim, Request, Unauthorised};
use city_api::digest::Sha256;
use city_api::keys::SigningPublic;
use city_api::requests::drafts::STATION_HEADER;
use city_api::requests::home::{CHANNEL_HEADER, HOME};
use city_api::requests::identity::IdentityLevel;
use city_api::requests::officer::OfficerRole;
use city_api::requests::{BadField, MAX_BODY_BYTES, Private, ProblemCode, paths};
use city_catalogue::case::EventKind;
use city_catalogue::policy::{StaffPolicy, StaffRole, WindowScope};
use city_catalogue::record::Identity;

use super::body::Whole;
use super::error::{Answer, Failure};
use super::rate::Asker;
use crate::app::App;
use crate::clock::civil;
use crate::flow::Officer;
use crate::mtls::Shown;
use crate::secret::token_hash;
use crate::store::{AccountRow, CaseRow, Event, GrantRow, KioskRow};

/// What a kiosk hears whose enrolment was revoked.
pub(crate) const REVOKED: &str = "the enrolment of this kiosk was revoked";

/// The kiosk that signed this request; its client certificate holds, where one is shown or required.
pub(crate) async fn kiosk(app: &App, request: &Whole) -> Answer<KioskRow> {
    let kiosk = signer(app, request).await?;
    if let Some(authority) = &app.mtls {
        let shown = request.parts.extensions.get::<Option<Shown>>();
        let shown = shown.and_then(Option::as_ref);
        let checked = authority.check(shown, &kiosk.id, app.now());
        checked.map_err(|flaw| {
            tracing::warn!(kiosk = %kiosk.id, %flaw, "a kiosk was refused for its certificate");
            Failure::new(ProblemCode::Certificate).detail(flaw.to_string())
        })?;
    }
    Ok(kiosk)
}

/// The kiosk that signed this request, whatever certificate it shows: to hand over what is sealed, and to get another
/// certificate.
pub(crate) async fn signer(app: &App, request: &Whole) -> Answer<KioskRow> {
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
        Ok(()) if kiosk.revoked.is_some() => Err(unknown().detail(REVOKED)),
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

/// People at home, together: the grant alone says who it is.
pub(super) fn home() -> KioskRow {
    KioskRow {
        id: HOME.to_owned(),
        public_key: [0; 32],
        sam_id: String::new(),
        station: HOME.to_owned(),
        heartbeat: None,
        revoked: None,
    }
}

/// What a code to the phone on record reaches at home; refused where the city gives no grant there.
pub(super) fn home_level(app: &App) -> Answer<IdentityLevel> {
    match app.published().policy.people.home {
        Identity::None => Err(Failure::new(ProblemCode::Forbidden)
            .detail("this city gives no grant outside kiosks and windows")),
        Identity::IdCard => Ok(IdentityLevel::IdCard),
        Identity::IdCardFace => Ok(IdentityLevel::IdCardFace),
    }
}

/// Where somebody asks for what is theirs: at a kiosk by its signature, or at home.
pub(super) async fn kiosk_or_home(app: &App, request: &Whole) -> Answer<KioskRow> {
    if request.header(CHANNEL_HEADER) == Some(HOME) {
        home_level(app)?;
        return Ok(home());
    }
    kiosk(app, request).await
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

/// Somebody at a window of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clerk {
    /// Name of the account.
    pub person: String,
    /// Body.
    pub body: String,
    /// What they may take in.
    pub scope: WindowScope,
    /// What the windows of the station file as.
    pub desk: KioskRow,
}

/// The account of an officer of a window, logged in with a valid training record: a machine's token stands for
/// nobody who looked at a person.
pub(super) async fn window(app: &App, request: &Whole, what: &str) -> Answer<AccountRow> {
    let staff = role(app, request, &[StaffRole::Window], what).await?;
    let token = token_hash(bearer(request)?);
    let account = match app.store.officer(token).await? {
        Some(_) => None,
        None => app.store.account(staff.person).await?,
    };
    account.ok_or_else(|| {
        Failure::new(ProblemCode::Forbidden)
            .detail("an officer of a window logs in under their own account")
    })
}

/// The officer at a station; what is not in the scope of the account is noted.
pub(super) async fn at_station(app: &App, account: AccountRow, station: &str) -> Answer<Clerk> {
    let published = app.published();
    let windows = published.catalogue.station(station).map(|at| at.windows);
    if windows.is_none_or(|windows| windows == 0) {
        return Err(BadField::new("station", "is no station with windows").into());
    }
    if !account.scope.allows_station(station) {
        let detail = format!("work at station {station}");
        let event = Event::new(app.now(), EventKind::ActionRefused, &account.name, detail);
        app.store.note(None, event.of_body(&account.body)).await?;
        return Err(Failure::new(ProblemCode::Forbidden)
            .detail("this window officer does not work at this station")
            .field("station"));
    }
    let key = *app.keys.public.signing.as_bytes();
    let desk = app.store.desk(station.to_owned(), key, app.now()).await?;
    Ok(Clerk {
        person: account.name,
        body: account.body,
        scope: account.scope,
        desk,
    })
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

/// Where somebody asks for what is theirs: at a kiosk, at home, or before an officer of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The kiosk, the desk of the window's station, or home.
    pub at: KioskRow,
    /// Name and body of the officer; None at a kiosk and at home.
    pub by: Option<(String, String)>,
}

impl Place {
    /// Whether a case that was filed here is one that whoever asks may follow: at a window, one that they took in.
    pub(super) fn is_of(&self, case: &CaseRow) -> bool {
        let officer = self.by.as_ref().map(|(person, _)| person);
        officer.is_none_or(|officer| case.facts.received_by.as_ref() == Some(officer))
    }

    /// What was done here.
    pub(super) fn event(&self, app: &App, kind: EventKind, detail: String) -> Event {
        let actor = self.by.as_ref().map_or(&self.at.id, |(person, _)| person);
        let event = Event::new(app.now(), kind, actor, detail).at_kiosk(&self.at);
        match &self.by {
            Some((_, body)) => event.of_body(body),
            None => event,
        }
    }

    /// Notes what was done here.
    pub(super) async fn note(&self, app: &App, kind: EventKind, detail: String) -> Answer<()> {
        app.store.note(None, self.event(app, kind, detail)).await?;
        Ok(())
    }
}

/// The place of a request: a kiosk by its signature, a window by its officer's session and its station.
pub(super) async fn place(app: &App, request: &Whole) -> Answer<Place> {
    if bearer(request).is_err() {
        let at = kiosk_or_home(app, request).await?;
        return Ok(Place { at, by: None });
    }
    let account = window(app, request, "serve a person at a window").await?;
    let station = request.header(STATION_HEADER).unwrap_or_default();
    let clerk = at_station(app, account, station).await?;
    Ok(Place {
        at: clerk.desk,
        by: Some((clerk.person, clerk.body)),
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

/// What a person asks at a kiosk or at home, identified by card at least: the kiosk, the request, and the grant whose token is in it.
pub(super) async fn resident<T>(
    app: &App,
    request: axum::extract::Request,
    token: impl Fn(&T) -> &Private,
) -> Answer<(KioskRow, T, GrantRow)>
where
    T: serde::de::DeserializeOwned + city_api::requests::Request,
{
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = kiosk_or_home(app, &request).await?;
    let asked: T = request.json()?;
    let grant = grant(app, &kiosk, token(&asked), IdentityLevel::IdCard).await?;
    Ok((kiosk, asked, grant))
}
