//! Handed in from home (R60): an application, what was asked for, a rating. The grant stands in a header, so that nobody
//! sends pages who may not; the person of the grant is the only one who is there.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;

use city_api::application::{Application, Identity, Person, Rating, Supplement, same_number};
use city_api::digest::Sha256;
use city_api::requests::home::{HOME, HomeFilingRequest, HomeRatingRequest, HomeSupplementRequest};
use city_api::requests::identity::{IdentityLevel, IdentityMethod};
use city_api::requests::paths::GRANT_HEADER;
use city_api::requests::window::{MAX_FILING_BYTES, TakenInAnswer};
use city_api::requests::{BadField, MAX_BODY_BYTES, Private, Problem, ProblemCode};

use super::body::Whole;
use super::error::{Answer, Failure};
use super::handed::{content, ours, take_in};
use super::rate::Asker;
use super::{Area, Shared, area, auth, identity};
use crate::app::App;
use crate::intake::{Entrance, Handed, HandedIn, rated_case};
use crate::store::{CaseKey, CaseRow, GrantRow, KioskRow};

area!(
    file: "/v1/home-filings" => post(file),
    supplement: "/v1/home-supplements" => post(supplement),
    rate: "/v1/home-ratings" => post(rate),
);

/// Who is at home, and what the city files as there.
struct AtHome {
    grant: GrantRow,
    name: Option<Private>,
    number: Private,
    desk: KioskRow,
}

/// Files an application, by the rules of a kiosk's packet; a defect is a refusal that says what it is.
#[utoipa::path(post, path = "/v1/home-filings", tag = "open", request_body = HomeFilingRequest,
    params(("city-grant" = String, Header, description = "A grant that was given at home")),
    responses((status = 200, body = TakenInAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "this city gives no grant outside kiosks and windows"),
              (status = 409, body = Problem, description = "Other content under this id"),
              (status = 413, body = Problem),
              (status = 422, body = Problem, description = "What is wrong, and where it is done when not at home"),
              (status = 429, body = Problem)))]
pub(crate) async fn file(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<TakenInAnswer>> {
    let there = at_home(&app, &Whole::head(&request)).await?;
    let request = Whole::read(request, MAX_FILING_BYTES).await?;
    let asked: HomeFilingRequest = request.json()?;
    let (form, pages) = (asked.form()?, asked.pages()?);
    let written = vec![
        ours("identity", there.identity())?,
        ours("station", HOME)?,
        ours("formSha256", Sha256::of(&form))?,
    ];
    let application: Application = content("application", &asked.application, written)?;
    there.is("application.person", application.person.as_ref())?;
    let handed = Handed::Application(Box::new(application), form);
    take_in(&app, there.handed_in(asked.id, handed, pages)).await
}

/// Brings what was asked for in a case of one's own, by the rules of a kiosk's packet.
#[utoipa::path(post, path = "/v1/home-supplements", tag = "open", request_body = HomeSupplementRequest,
    params(("city-grant" = String, Header, description = "A grant that was given at home")),
    responses((status = 200, body = TakenInAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "the item asks for more than the grant"),
              (status = 404, body = Problem), (status = 409, body = Problem, description = "Other content under this id"),
              (status = 413, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn supplement(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<TakenInAnswer>> {
    let there = at_home(&app, &Whole::head(&request)).await?;
    let request = Whole::read(request, MAX_FILING_BYTES).await?;
    let asked: HomeSupplementRequest = request.json()?;
    let pages = asked.pages()?;
    let written = vec![ours("identity", there.identity())?, ours("station", HOME)?];
    let supplement: Supplement = content("supplement", &asked.supplement, written)?;
    let key = CaseKey::Number(supplement.case.clone());
    there.owns(app.store.case(key).await?)?;
    there.is("supplement.person", supplement.person.as_ref())?;
    let handed = Handed::Supplement(Box::new(supplement));
    take_in(&app, there.handed_in(asked.id, handed, pages)).await
}

/// Rates the service in a case of one's own.
#[utoipa::path(post, path = "/v1/home-ratings", tag = "open", request_body = HomeRatingRequest,
    params(("city-grant" = String, Header, description = "A grant that was given at home")),
    responses((status = 200, body = TakenInAnswer), (status = 401, body = Problem),
              (status = 403, body = Problem, description = "the item asks for more than the grant"),
              (status = 404, body = Problem), (status = 409, body = Problem, description = "Other content under this id"),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn rate(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<TakenInAnswer>> {
    let there = at_home(&app, &Whole::head(&request)).await?;
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let asked: HomeRatingRequest = request.json()?;
    there.owns(rated_case(&app, asked.contact).await?)?;
    let rating = Rating {
        level: asked.level,
        reasons: asked.reasons,
        words: asked.words,
        case: Some(asked.contact),
        station: HOME.to_owned(),
    };
    let handed = there.handed_in(asked.id, Handed::Rating(rating), Vec::new());
    take_in(&app, handed).await
}

/// The person of the grant in the head of a request; counted, before anything else of it is read.
async fn at_home(app: &App, head: &Whole) -> Answer<AtHome> {
    let most = auth::home_level(app)?;
    let token = head.header(GRANT_HEADER).map(Private::new);
    let token = token.ok_or_else(|| {
        Failure::new(ProblemCode::Unauthorised).detail("a grant that was given at home is needed")
    })?;
    let mut grant = auth::grant(app, &auth::home(), &token, IdentityLevel::IdCard).await?;
    // The policy may have changed since.
    grant.level = grant.level.min(most);
    let now = app.now();
    app.rates.take(Asker::Home(grant.person), now)?;
    let key = *app.keys.public.signing.as_bytes();
    Ok(AtHome {
        name: identity::own_name(app, &token, &grant)?,
        number: identity::own_number(app, &token, &grant)?,
        desk: app.store.desk(HOME.to_owned(), key, now).await?,
        grant,
    })
}

impl AtHome {
    fn identity(&self) -> Identity {
        Identity {
            level: self.grant.level,
            methods: vec![IdentityMethod::PhoneCode],
            grant: None,
            later: false,
        }
    }

    /// Refuses another person than the one of the grant, and what only a document says; nobody named is nobody else.
    fn is(&self, field: &str, person: Option<&Person>) -> Result<(), BadField> {
        let Some(person) = person else {
            return Ok(());
        };
        let name = self.name.as_ref().map(|name| name.reveal().trim());
        let another = "is not who the grant was given to";
        if !same_number(&person.number, &self.number) {
            return Err(BadField::new(format!("{field}.number"), another));
        }
        if name != Some(person.name.reveal().trim()) {
            return Err(BadField::new(format!("{field}.name"), another));
        }
        let read = [
            &person.english_name,
            &person.sex_code,
            &person.ethnicity_code,
            &person.nationality,
            &person.birth_date,
            &person.address,
            &person.issuer,
            &person.valid_from,
            &person.valid_to,
        ];
        if read.into_iter().any(Option::is_some) {
            let why = "has what is read from a document; at home there is number and name";
            return Err(BadField::new(field, why));
        }
        Ok(())
    }

    /// Refuses a case of somebody else like one that is not there: numbers can be guessed.
    fn owns(&self, case: Option<CaseRow>) -> Answer<()> {
        let case = case.filter(|case| case.person == Some(self.grant.person));
        let case = case.ok_or_else(|| {
            Failure::new(ProblemCode::NotFound).detail("no case of this person has this number")
        })?;
        auth::need_level(&self.grant, case.level).map_err(|_| {
            let needed = case.level.name();
            Failure::new(ProblemCode::LevelTooLow)
                .detail(format!(
                    "{needed} is needed: it is done at a kiosk or at a window"
                ))
                .field("grant")
        })
    }

    fn handed_in(self, id: uuid::Uuid, handed: Handed, pages: Vec<Vec<u8>>) -> HandedIn {
        HandedIn {
            id,
            desk: self.desk,
            entrance: Entrance::Home,
            handed,
            pages,
        }
    }
}
