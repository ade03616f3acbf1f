//! From home (R60): a person proves who they are by a code to the phone on record and gets a grant that is bound to no
//! kiosk. With it they book, ask, read, keep drafts that any kiosk or window takes up, and hand in (`home_filings`).

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;

use city_api::requests::home::HomeIdentityRequest;
use city_api::requests::identity::{IdentityCheckAnswer, IdentityCheckRequest, IdentityMethod};
use city_api::requests::{MAX_BODY_BYTES, Private, Problem, ProblemCode};
use city_catalogue::contract::PHONE;

use super::body::Whole;
use super::error::{Answer, Failure};
use super::{Area, Shared, area, auth, identity};
use crate::app::App;
use crate::clock::after;
use crate::codes::{PHONE_SECONDS, PHONE_TRIES, digits};
use crate::departments::PersonQuestion;
use crate::sharing::{Wish, outcome};

area!(identify: "/v1/home-identity-checks" => post(identify));

/// What stands for the digits of a phone: at home they would tell who is known here.
const MASKED: &str = "***";

/// Asks for a code, or for the grant with the code that was typed.
#[utoipa::path(post, path = "/v1/home-identity-checks", tag = "open", request_body = HomeIdentityRequest,
    responses((status = 200, body = IdentityCheckAnswer),
              (status = 403, body = Problem, description = "this city gives no grant outside kiosks and windows"),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn identify(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<IdentityCheckAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let level = auth::home_level(&app)?;
    let asked: HomeIdentityRequest = request.json()?;
    let person = app.keys.master.person(asked.document_number.reveal());
    let place = [b"home".as_slice(), &person].concat();
    let Some(typed) = &asked.answer else {
        return send_code(&app, &asked, &person, place).await.map(Json);
    };
    let code = app.keys.master.code("home", typed.reveal().trim());
    let answer = match app.store.try_code(place, code, app.now()).await? {
        Some((true, _)) => {
            let question = IdentityCheckRequest {
                item: None,
                document_number: asked.document_number,
                name: asked.name,
                method: IdentityMethod::PhoneCode,
                answer: None,
            };
            identity::grant(&app, &auth::home(), &question, level).await?
        }
        Some((false, tries_left)) => IdentityCheckAnswer::WrongCode { tries_left },
        None => IdentityCheckAnswer::WrongCode { tries_left: 0 },
    };
    Ok(Json(answer))
}

/// A code is kept for everybody and sent to who has a phone on record: the answer does not tell who that is.
async fn send_code(
    app: &App,
    asked: &HomeIdentityRequest,
    person: &[u8; 32],
    place: Vec<u8>,
) -> Answer<IdentityCheckAnswer> {
    let now = app.now();
    let who = hex::encode(person);
    if !app.home_codes.allowed(&who, now) {
        return Err(Failure::new(ProblemCode::TooMany)
            .detail("too many codes were asked for within the hour"));
    }
    app.home_codes.wrong(&who, now);
    let code = digits(6);
    let index = app.keys.master.code("home", &code);
    let question = PersonQuestion {
        id_number: asked.document_number.clone(),
        name: asked.name.clone(),
        code: Some(Private::new(code)),
    };
    let published = app.published();
    let home = auth::home();
    let wish = Wish::at_kiosk(now, &home, *person, &published.bureau).of(PHONE, None);
    let Some(permit) = identity::permitted(app, &published, &wish).await? else {
        return Ok(IdentityCheckAnswer::Away {});
    };
    let sent = app.departments.send_code(&permit, &question).await;
    let row = wish.made(&permit, outcome(&sent, Option::is_some));
    app.store.log_calls(vec![row]).await?;
    if let Err(away) = sent {
        return Ok(identity::provider_away(&away));
    }
    let ends = after(now, PHONE_SECONDS);
    app.store
        .put_code(place, index, PHONE_TRIES, ends, now)
        .await?;
    Ok(IdentityCheckAnswer::CodeSent {
        masked_phone: MASKED.to_owned(),
    })
}
