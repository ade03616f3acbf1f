//! Supplements and ratings: packets that concern a case which is already here.

use std::sync::Arc;

use city_api::application::{Action, Parties, Rating, Supplement};
use city_api::packet::Header;
use city_catalogue::case::EventKind;
use city_catalogue::form::Answers;
use city_catalogue::record::Item;
use uuid::Uuid;

use super::parties::{self, Acting};
use super::{Authentic, Entrance, Plan, application, content, home};
use crate::app::App;
use crate::clock::civil;
use crate::commitment::{self, Committing};
use crate::file::{Brought, CaseFile, CaseItem, Defect};
use crate::flow;
use crate::publish::Published;
use crate::sharing::Wish;
use crate::store::{
    CaseKey, CaseRow, Change, Filing, KIOSK_CHANNEL, NewRating, OrderDates, WEB_CHANNEL,
};
use crate::web::error::{Answer, internal};
use crate::web::orders::words_place;

/// The plan for a supplement.
pub(super) async fn plan(app: &App, packet: &Authentic, header: &Header) -> Answer<Plan> {
    let irregular = |defect| Ok(application::irregular(app, packet, defect));
    let supplement: Supplement = match content::read(app, header).await? {
        Ok((supplement, _)) => supplement,
        Err(defect) => return irregular(defect),
    };
    if let Err(error) = supplement.check(header) {
        return irregular(Defect::new(error.key(), error.to_string()));
    }
    let key = CaseKey::Number(supplement.case.clone());
    let unmatched = |why: &str| irregular(Defect::new("supplement_unmatched", why));
    let Some(row) = app.store.case(key.clone()).await? else {
        return unmatched("the case it names does not exist");
    };
    let brings = supplement
        .person
        .as_ref()
        .map(|person| app.keys.master.person(person.number.reveal()));
    if row.person != brings {
        return unmatched("it is brought by another person than the applicant");
    }
    if supplement.identity.level < row.level {
        return unmatched("who brings it was identified less surely than the item asks for");
    }
    let file = CaseFile::open(row, &app.keys.master)?;
    let item = app.item_of(&file).await?;
    let filed = item.as_ref().map(|item| item.filed.as_ref());
    if let Some(defect) = home::of_supplement(packet, filed, &supplement) {
        return irregular(home::elsewhere(packet, filed, defect));
    }
    let mut acting = Acting::default();
    if let (Some(agent), Some(filed)) = (&supplement.agent, filed) {
        let application = file.record.application.as_ref();
        let parties = Parties {
            person: supplement.person.as_ref(),
            organisation: application.and_then(|application| application.organisation.as_ref()),
            agent: Some(agent),
        };
        acting = parties::check(app, packet, header, parties, &[Action::Correct], filed).await?;
    }
    if let Some(defect) = acting.defect {
        return irregular(defect);
    }
    if let Some(defect) = check_answers(&supplement, &file, filed, &app.published()) {
        return irregular(defect);
    }
    let body = filed.map_or("", |item| item.department.as_str());
    let who = supplement.person.as_ref().zip(brings);
    let who = who.map(|(person, index)| Committing {
        person: index,
        number: &person.number,
        item: filed,
        wish: Wish {
            case: Some(file.id),
            application: file.record.application.as_ref(),
            ..Wish::at_kiosk(app.now(), &packet.kiosk, index, body)
        },
    });
    let barred = commitment::defect(app, who, &supplement.materials, header.time).await?;
    if let Some(defect) = barred {
        return irregular(defect);
    }
    Ok(Plan {
        notes: acting.notes,
        authority: acting.authority,
        ..Plan::of(Filing::Change {
            key,
            change: bring(app, packet, supplement, item),
        })
    })
}

/// Corrected answers are checked together with the others, by the rules of the day the case was received.
fn check_answers(
    supplement: &Supplement,
    file: &CaseFile,
    item: Option<&Item>,
    published: &Published,
) -> Option<Defect> {
    let application = file.record.application.as_ref()?;
    if supplement.answers.is_empty() {
        return None;
    }
    let mut answers = application.answers.clone();
    correct(&mut answers, &supplement.answers);
    let day = civil(file.received).date();
    application::form_defect(item?, &answers, day, published)
}

fn correct(answers: &mut Answers, corrected: &Answers) {
    for (field, answer) in corrected.iter() {
        answers.set(field, answer.clone());
    }
}

fn bring(app: &App, packet: &Authentic, supplement: Supplement, item: Option<CaseItem>) -> Change {
    let published = app.published();
    let keys = Arc::clone(&app.keys);
    let now = packet.now;
    let brought = Brought {
        packet: packet.id,
        at: now,
        materials: supplement.materials.clone(),
        received_by: packet.entrance.clerk().cloned(),
    };
    let flag = packet.entrance.flag();
    Box::new(move |row| {
        let mut file = CaseFile::open(row, &keys.master)?;
        let ground = published.ground(now, item.as_ref());
        if let Err(refusal) = flow::bring_supplement(&mut file.record, brought, &ground) {
            return Ok(Err(refusal));
        }
        let flags = &mut file.record.flags;
        flags.extend(flag.filter(|flag| !flags.contains(flag)));
        if let Some(application) = &mut file.record.application {
            correct(&mut application.answers, &supplement.answers);
        }
        file.into_row(&keys.master).map(Ok)
    })
}

/// The plan for a rating: kept with the case of the packet it names, counted once for that packet; the level alone goes
/// into the events.
pub(super) async fn plan_rating(app: &App, packet: &Authentic, header: &Header) -> Answer<Plan> {
    let irregular = |defect| Ok(application::irregular(app, packet, defect));
    let rating: Rating = match content::read(app, header).await? {
        Ok((rating, _)) => rating,
        Err(defect) => return irregular(defect),
    };
    if !rating.is_complete() {
        let why = "a bad rating says neither a reason nor words";
        return irregular(Defect::new("rating_incomplete", why));
    }
    let (level, channel) = (u8::from(rating.level), channel(packet));
    let Some(contact) = rating.case else {
        return Ok(Plan {
            notes: vec![(
                EventKind::Rated,
                format!("level {level}, channel {channel}"),
            )],
            ..Plan::of(Filing::Keep)
        });
    };
    let Some(case) = rated_case(app, contact).await? else {
        let why = "the packet it rates opened or changed no case";
        return irregular(Defect::new("rating_unmatched", why));
    };
    let file = CaseFile::open(case, &app.keys.master)?;
    let words = rating.words.as_ref().map(|words| {
        let place = words_place(contact);
        app.keys.master.seal(&place, words.reveal().as_bytes())
    });
    let published = app.published();
    let policy = &published.policy.feedback;
    let ground = published.ground(packet.now, None);
    Ok(Plan::of(Filing::Rate(NewRating {
        contact,
        case: file.id,
        level,
        body: file.record.body.clone(),
        item: file.item.clone(),
        reasons: rating.reasons.clone(),
        words: words.transpose().map_err(|error| internal(&error))?,
        person: file.person,
        order: rating.level.is_bad().then(|| OrderDates {
            call_by: ground.workdays_from_now(policy.call_back_workdays),
            rectify_by: ground.workdays_from_now(policy.rectify_workdays),
        }),
        channel,
        // A kiosk or a desk has one person before it; home has the whole city.
        praise_an_hour: match packet.entrance {
            Entrance::Kiosk | Entrance::Window(_) => Some(policy.praise_an_hour),
            Entrance::Home => None,
        },
    })))
}

fn channel(packet: &Authentic) -> u8 {
    match packet.entrance {
        Entrance::Kiosk | Entrance::Window(_) => KIOSK_CHANNEL,
        Entrance::Home => WEB_CHANNEL,
    }
}

/// The case of the packet that a rating names; None when there is none.
pub(crate) async fn rated_case(app: &App, contact: Uuid) -> Answer<Option<CaseRow>> {
    let rated = app.store.packet(contact).await?;
    Ok(match rated.and_then(|rated| rated.case) {
        Some(case) => app.store.case(CaseKey::Id(case)).await?,
        // A bundle is rated case by case: by the id of the case.
        None => {
            let case = app.store.case(CaseKey::Id(contact)).await?;
            case.filter(|case| case.facts.bundle.is_some())
        }
    })
}
