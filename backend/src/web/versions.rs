//! What items and contracts have alike on their way into force: drafts, reviews by others, their history.

use axum::Json;
use axum::body::Body;
use axum::extract::Request;

use city_api::requests::library::{Act, ActRequest, DraftsAnswer, VersionAnswer, VersionsAnswer};
use city_api::requests::officer::OfficerRole;
use city_api::requests::{BadField, MAX_BODY_BYTES, ProblemCode};
use city_catalogue::Refused;
use city_catalogue::library::Denied;

use super::auth;
use super::body::Whole;
use super::error::{Answer, Failure, internal};
use super::library::MOST_ACTS;
use crate::app::App;
use crate::flow::Officer;
use crate::store::{ActKind, ActRow, Shelf, VersionRow};

/// Most drafts in an answer.
const MOST_DRAFTS: u32 = 1000;
/// Name of what is written here, in the faults of a record.
pub(super) const HERE: &str = "draft";

/// Versions that are not in force yet.
pub(super) async fn drafts(
    app: &App,
    shelf: Shelf,
    request: Request<Body>,
) -> Answer<Json<DraftsAnswer>> {
    let request = Whole::read(request, 0).await?;
    auth::officer(app, &request).await?;
    let rows = app.store.drafts(shelf, MOST_DRAFTS).await?;
    let drafts = rows.into_iter().map(answer).collect();
    Ok(Json(DraftsAnswer { drafts }))
}

/// What was done with every version, by whom.
pub(super) async fn history(
    app: &App,
    shelf: Shelf,
    code: String,
    request: Request<Body>,
) -> Answer<Json<VersionsAnswer>> {
    let request = Whole::read(request, 0).await?;
    auth::officer(app, &request).await?;
    let acts = app.store.acts(shelf, code, MOST_ACTS).await?;
    if acts.is_empty() {
        return Err(nothing());
    }
    let acts = acts.into_iter().map(|act| Act {
        version: act.version,
        act: act.kind.name().to_owned(),
        person: Some(act.person),
        at: act.at,
        why: act.why,
    });
    Ok(Json(VersionsAnswer {
        acts: acts.collect(),
    }))
}

/// An approver and the reason given.
pub(super) async fn approver(app: &App, request: Request<Body>) -> Answer<(Officer, String)> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let officer = auth::officer(app, &request).await?;
    let asked: ActRequest = request.json()?;
    if officer.role != OfficerRole::Approver {
        let why = "an approver reviews, enforces and cancels";
        return Err(Failure::new(ProblemCode::Forbidden).detail(why));
    }
    Ok((officer, asked.why))
}

/// One of these bodies, or the body that runs the platform; no window.
pub(super) fn may_keep(app: &App, officer: &Officer, bodies: &[&str], why: &str) -> Answer<()> {
    let own = bodies.contains(&officer.body.as_str()) || officer.body == app.published().bureau;
    if own && officer.role != OfficerRole::Window {
        return Ok(());
    }
    Err(Failure::new(ProblemCode::Forbidden).detail(why))
}

/// A version that was written here.
pub(super) async fn known(
    app: &App,
    shelf: Shelf,
    code: &str,
    version: &str,
) -> Answer<VersionRow> {
    let number: u32 = version.parse().map_err(|_| nothing())?;
    let row = app.store.version(shelf, code.to_owned(), number).await?;
    row.ok_or_else(nothing)
}

/// The number of a cancellation.
pub(super) async fn next(app: &App, shelf: Shelf, code: &str) -> Answer<u32> {
    Ok(app.store.next_version(shelf, code.to_owned()).await??)
}

/// What an officer does with a version, and why.
#[derive(Debug)]
pub(super) struct Doing {
    /// What stands there.
    pub(super) shelf: Shelf,
    /// What is done.
    pub(super) kind: ActKind,
    /// Who does it.
    pub(super) officer: Officer,
    /// Why.
    pub(super) why: String,
}

impl Doing {
    /// As it is kept.
    pub(super) fn act(&self, app: &App, code: &str, version: u32) -> ActRow {
        ActRow {
            code: code.to_owned(),
            version,
            kind: self.kind,
            person: self.officer.person.clone(),
            at: app.now(),
            why: self.why.clone(),
        }
    }

    /// Keeps a version that is new.
    pub(super) async fn add(self, app: &App, row: VersionRow) -> Answer<Json<VersionAnswer>> {
        let act = self.act(app, &row.code, row.version);
        if !app.store.add_draft(self.shelf, row.clone(), act).await? {
            let why = "this version, or a higher one, is or was known";
            return Err(Failure::new(ProblemCode::WrongState).detail(why));
        }
        Ok(Json(answer(row)))
    }

    /// Moves a version that was written here.
    pub(super) async fn advance<F>(
        self,
        app: &App,
        known: &VersionRow,
        advance: F,
    ) -> Answer<Json<VersionAnswer>>
    where
        F: FnOnce(VersionRow) -> Result<VersionRow, Denied> + Send + 'static,
    {
        let act = self.act(app, &known.code, known.version);
        let moved = app
            .store
            .advance_version(self.shelf, act, Box::new(advance))
            .await?;
        let row = moved.ok_or_else(nothing)?.map_err(denied)?;
        Ok(Json(answer(row)))
    }

    /// Another person found a draft right.
    pub(super) async fn review(self, app: &App, known: &VersionRow) -> Answer<Json<VersionAnswer>> {
        let person = self.officer.person.clone();
        let review = move |mut row: VersionRow| {
            row.life.review(&person)?;
            Ok(row)
        };
        self.advance(app, known, review).await
    }

    /// A reviewed version comes into force as `record`; the one before is changed.
    pub(super) async fn enforce(
        self,
        app: &App,
        known: &VersionRow,
        record: String,
    ) -> Answer<Json<VersionAnswer>> {
        let enforce = move |mut row: VersionRow| {
            row.life.enforce()?;
            row.record = record;
            row.published = true;
            Ok(row)
        };
        self.advance(app, known, enforce).await
    }

    /// A version that never was in force is given up.
    pub(super) async fn discard(
        self,
        app: &App,
        known: &VersionRow,
    ) -> Answer<Json<VersionAnswer>> {
        let said = self.why.clone();
        let discard = move |mut row: VersionRow| {
            if row.published {
                return Err(Denied::Status(row.life.status.as_str()));
            }
            row.life.cancel(&said)?;
            Ok(row)
        };
        self.advance(app, known, discard).await
    }
}

/// A record as JSON.
pub(super) fn record(of: &impl serde::Serialize) -> Answer<String> {
    // By way of a value: its keys are in order.
    let value = serde_json::to_value(of).map_err(|error| internal(&error))?;
    Ok(value.to_string())
}

/// Every fault of a record, in the field it was sent in.
pub(super) fn faults(field: &str, refused: &Refused) -> Failure {
    let faults: Vec<String> = refused.faults.iter().map(ToString::to_string).collect();
    BadField::new(field, faults.join("\n")).into()
}

fn answer(row: VersionRow) -> VersionAnswer {
    VersionAnswer {
        code: row.code,
        version: row.version,
        status: row.life.status.as_str().to_owned(),
        reviews_needed: u32::try_from(row.life.reviews_needed()).unwrap_or(u32::MAX),
        editor: row.life.editor,
        reviewers: row.life.reviewers,
    }
}

/// A step of a life that is not taken.
pub(super) fn denied(denied: Denied) -> Failure {
    let code = match denied {
        Denied::Status(_) => ProblemCode::WrongState,
        Denied::Editor | Denied::SameReviewer => ProblemCode::SamePerson,
        Denied::NoReason => ProblemCode::BadField,
    };
    Failure::new(code).detail(denied.to_string())
}

/// There is no such version.
pub(super) fn nothing() -> Failure {
    Failure::new(ProblemCode::NotFound).detail("there is no such version")
}
