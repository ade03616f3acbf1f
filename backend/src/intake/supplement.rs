//! Supplements and ratings: packets that concern a case which is already here.

use std::sync::Arc;

use city_api::application::{Rating, Supplement};
use city_api::packet::Header;

use super::{Authentic, Plan, application, content};
use crate::app::App;
use crate::file::{CaseFile, Defect};
use crate::flow::{self, Ground};
use crate::store::{CaseKey, Change, Filing};
use crate::web::error::Answer;

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
    let file = CaseFile::open(row, &app.keys.master)?;
    let item = app.item_of(&file).await?;
    Ok(Plan {
        filing: Filing::Change {
            key,
            change: bring(app, packet, supplement, item),
        },
        irregular: None,
    })
}

fn bring(
    app: &App,
    packet: &Authentic,
    supplement: Supplement,
    item: Option<city_catalogue::record::Item>,
) -> Change {
    let published = app.published();
    let keys = Arc::clone(&app.keys);
    let hours = app.hours.clone();
    let (id, now) = (packet.id, packet.now);
    Box::new(move |row| {
        let mut file = CaseFile::open(row, &keys.master)?;
        let ground = Ground {
            now,
            calendar: &published.calendar,
            hours: &hours,
            item: item.as_ref(),
            bureau: &published.bureau,
        };
        let materials = supplement.materials.clone();
        if let Err(refusal) = flow::bring_supplement(&mut file.record, id, materials, &ground) {
            return Ok(Err(refusal));
        }
        if let Some(application) = &mut file.record.application {
            for (field, answer) in supplement.answers.iter() {
                application.answers.set(field, answer.clone());
            }
        }
        file.into_row(&keys.master).map(Ok)
    })
}

/// The plan for a rating: kept with its case; the level alone goes into the case's events.
pub(super) async fn plan_rating(app: &App, packet: &Authentic, header: &Header) -> Answer<Plan> {
    let rating: Rating = match content::read(app, header).await? {
        Ok((rating, _)) => rating,
        Err(defect) => return Ok(application::irregular(app, packet, defect)),
    };
    let level = u8::from(rating.level);
    app.store
        .note(
            rating.case,
            packet.now,
            "rated",
            packet.kiosk.id.clone(),
            format!("level {level}, channel 5"),
        )
        .await?;
    Ok(Plan {
        filing: Filing::Keep {
            key: rating.case.map(CaseKey::Id),
        },
        irregular: None,
    })
}
