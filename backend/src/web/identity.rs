//! The identity question. The card alone, the face, a code to the phone on record, or a member of staff: never one
//! way only.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::post;

use city_api::requests::identity::{
    IdentityCheckAnswer, IdentityCheckRequest, IdentityLevel, IdentityMethod,
};
use city_api::requests::{MAX_BODY_BYTES, Private, Problem, paths};
use city_catalogue::case::EventKind;
use city_catalogue::contract::{FACE, PHONE};

use super::body::Whole;
use super::error::{Answer, chain, internal};
use super::{Area, Shared, area, auth};
use crate::app::App;
use crate::clock::after;
use crate::codes::{GRANT_SECONDS, PHONE_SECONDS, PHONE_TRIES, digits};
use crate::departments::{Away, PersonQuestion};
use crate::door;
use crate::publish::Published;
use crate::secret::{new_token, token_hash};
use crate::sharing::{Permit, Wish, outcome};
use crate::store::{GrantRow, KioskRow};

area!(check: paths::IDENTITY_CHECKS => post(check));

/// Asks whether it is the person of the document; a yes carries a grant.
#[utoipa::path(post, path = "/v1/identity/checks", tag = "kiosk", request_body = IdentityCheckRequest,
    responses((status = 200, body = IdentityCheckAnswer), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn check(
    State(app): Shared,
    request: Request<Body>,
) -> Answer<Json<IdentityCheckAnswer>> {
    let request = Whole::read(request, MAX_BODY_BYTES).await?;
    let kiosk = auth::kiosk(&app, &request).await?;
    let asked: IdentityCheckRequest = request.json()?;
    if let Some(code) = &asked.item {
        door::item(&app, code, &kiosk).await?;
    }
    let answer = match asked.method {
        IdentityMethod::Card => grant(&app, &kiosk, &asked, IdentityLevel::IdCard).await?,
        IdentityMethod::Face => face(&app, &kiosk, &asked).await?,
        IdentityMethod::PhoneCode => phone(&app, &kiosk, &asked).await?,
        IdentityMethod::Staff => staff(&app, &kiosk, &asked).await?,
    };
    Ok(Json(answer))
}

/// What only the person can prove: the provider's yes to the face, or the code sent to the phone on record.
pub(super) async fn prove(
    app: &App,
    place: &KioskRow,
    asked: &IdentityCheckRequest,
) -> Answer<IdentityCheckAnswer> {
    match asked.method {
        IdentityMethod::Face => face(app, place, asked).await,
        IdentityMethod::PhoneCode => phone(app, place, asked).await,
        IdentityMethod::Card | IdentityMethod::Staff => Ok(IdentityCheckAnswer::No {}),
    }
}

async fn face(
    app: &App,
    kiosk: &KioskRow,
    asked: &IdentityCheckRequest,
) -> Answer<IdentityCheckAnswer> {
    let person = app.keys.master.person(asked.document_number.reveal());
    let published = app.published();
    let wish = Wish::at_kiosk(app.now(), kiosk, person, &published.bureau).of(FACE, None);
    let Some(permit) = permitted(app, &published, &wish).await? else {
        return Ok(IdentityCheckAnswer::Away {});
    };
    let answer = app.departments.face(&permit, &question(asked, None)).await;
    let row = wish.made(&permit, outcome(&answer, |_| true));
    app.store.log_calls(vec![row]).await?;
    match answer {
        Ok(answer) if answer.same => grant(app, kiosk, asked, IdentityLevel::IdCardFace).await,
        Ok(_) => Ok(IdentityCheckAnswer::No {}),
        Err(away) => Ok(provider_away(&away)),
    }
}

/// The permit; None, and noted, where no contract allows the identity question: another way is offered.
pub(super) async fn permitted(
    app: &App,
    published: &Published,
    wish: &Wish<'_>,
) -> Answer<Option<Permit>> {
    match wish.permit(published) {
        Ok(permit) => Ok(Some(permit)),
        Err(refused) => {
            app.store.log_calls(vec![wish.refused(&refused)]).await?;
            Ok(None)
        }
    }
}

pub(super) fn provider_away(away: &Away) -> IdentityCheckAnswer {
    tracing::warn!(error = %chain(away), "the identity provider is away");
    IdentityCheckAnswer::Away {}
}

async fn phone(
    app: &App,
    kiosk: &KioskRow,
    asked: &IdentityCheckRequest,
) -> Answer<IdentityCheckAnswer> {
    let person = app.keys.master.person(asked.document_number.reveal());
    let place = [b"phone".as_slice(), kiosk.id.as_bytes(), &person].concat();
    let Some(typed) = &asked.answer else {
        return send_code(app, kiosk, asked, place).await;
    };
    let code = app.keys.master.code("phone", typed.reveal().trim());
    match app.store.try_code(place, code, app.now()).await? {
        Some((true, _)) => grant(app, kiosk, asked, IdentityLevel::IdCardFace).await,
        Some((false, tries_left)) => Ok(IdentityCheckAnswer::WrongCode { tries_left }),
        None => Ok(IdentityCheckAnswer::WrongCode { tries_left: 0 }),
    }
}

async fn send_code(
    app: &App,
    kiosk: &KioskRow,
    asked: &IdentityCheckRequest,
    place: Vec<u8>,
) -> Answer<IdentityCheckAnswer> {
    let person = app.keys.master.person(asked.document_number.reveal());
    let published = app.published();
    let wish = Wish::at_kiosk(app.now(), kiosk, person, &published.bureau).of(PHONE, None);
    let Some(permit) = permitted(app, &published, &wish).await? else {
        return Ok(IdentityCheckAnswer::Away {});
    };
    let code = digits(6);
    let index = app.keys.master.code("phone", &code);
    let question = question(asked, Some(Private::new(code)));
    let sent = app.departments.send_code(&permit, &question).await;
    let row = wish.made(&permit, outcome(&sent, Option::is_some));
    app.store.log_calls(vec![row]).await?;
    match sent {
        Ok(Some(sent)) => {
            let now = app.now();
            let ends = after(now, PHONE_SECONDS);
            app.store
                .put_code(place, index, PHONE_TRIES, ends, now)
                .await?;
            Ok(IdentityCheckAnswer::CodeSent {
                masked_phone: sent.masked_phone,
            })
        }
        Ok(None) => Ok(IdentityCheckAnswer::No {}),
        Err(away) => Ok(provider_away(&away)),
    }
}

/// A member of staff looked at person and card, and typed a code made for one use.
async fn staff(
    app: &App,
    kiosk: &KioskRow,
    asked: &IdentityCheckRequest,
) -> Answer<IdentityCheckAnswer> {
    let typed = asked
        .answer
        .as_ref()
        .map_or("", |answer| answer.reveal().trim());
    let code = app.keys.master.code("staff", typed);
    let place = staff_place(typed, &app.keys.master);
    let now = app.now();
    if !app.staff_guesses.allowed(&kiosk.id, now) {
        return Ok(IdentityCheckAnswer::WrongCode { tries_left: 0 });
    }
    match app.store.try_code(place, code, now).await? {
        Some((true, _)) => {
            app.note(None, Some(kiosk), EventKind::StaffChecked, &kiosk.id, "")
                .await?;
            grant(app, kiosk, asked, IdentityLevel::IdCardFace).await
        }
        Some((false, _)) | None => {
            app.staff_guesses.wrong(&kiosk.id, now);
            Ok(IdentityCheckAnswer::WrongCode { tries_left: 1 })
        }
    }
}

/// Where a staff code is kept: under its own blind index, since nobody knows beforehand at which kiosk it is typed.
pub(crate) fn staff_place(code: &str, master: &crate::secret::MasterKey) -> Vec<u8> {
    [b"staff".as_slice(), &master.code("staff-place", code)].concat()
}

fn question(asked: &IdentityCheckRequest, code: Option<Private>) -> PersonQuestion {
    PersonQuestion {
        id_number: asked.document_number.clone(),
        name: asked.name.clone(),
        code,
    }
}

pub(super) async fn grant(
    app: &App,
    kiosk: &KioskRow,
    asked: &IdentityCheckRequest,
    level: IdentityLevel,
) -> Answer<IdentityCheckAnswer> {
    let (token, hash) = new_token();
    let now = app.now();
    let valid_until = after(now, GRANT_SECONDS);
    let number = asked.document_number.reveal();
    let place = grant_place(&hash);
    let seal = |place: &str, text: &Private| {
        let sealed = app.keys.master.seal(place, text.reveal().as_bytes());
        sealed.map_err(|error| internal(&error))
    };
    let row = GrantRow {
        kiosk: kiosk.id.clone(),
        person: app.keys.master.person(number),
        level,
        number: seal(&place, &asked.document_number)?,
        name: Some(seal(&name_place(&place), &asked.name)?),
        expires: valid_until,
    };
    app.store.add_grant(hash, row, now).await?;
    Ok(IdentityCheckAnswer::Yes {
        grant: Private::new(token),
        level,
        valid_until,
    })
}

/// The document number of the person of a grant.
pub(super) fn own_number(app: &App, token: &Private, grant: &GrantRow) -> Answer<Private> {
    let place = grant_place(&token_hash(token.reveal()));
    let number = app.keys.master.open_words(&place, &grant.number);
    number.map_err(|error| internal(&error))
}

/// The name that was proven with the grant; None in a grant from before it was kept.
pub(super) fn own_name(app: &App, token: &Private, grant: &GrantRow) -> Answer<Option<Private>> {
    let place = name_place(&grant_place(&token_hash(token.reveal())));
    let name = grant.name.as_ref();
    let name = name.map(|name| app.keys.master.open_words(&place, name));
    name.transpose().map_err(|error| internal(&error))
}

fn name_place(grant: &str) -> String {
    format!("{grant} name")
}

/// The place a grant's document number is bound to.
pub(crate) fn grant_place(hash: &[u8; 32]) -> String {
    format!("grant {}", hex::encode(hash))
}
