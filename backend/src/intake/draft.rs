//! Planning a packet of kind `draft`: kept for its person, opened by nobody else. A draft with a defect opens no case:
//! no officer may read it; it is received, alarmed and not kept.

use city_api::application::SavedDraft;
use city_api::packet::Header;
use city_api::requests::identity::IdentityLevel;
use city_catalogue::case::EventKind;

use super::{Authentic, Plan, content};
use crate::app::App;
use crate::door;
use crate::file::Defect;
use crate::saved::{self, Keeping, Saved};
use crate::store::{Filing, NewSaved};
use crate::web::error::{Answer, chain};

/// The plan for a draft.
pub(super) async fn plan(app: &App, packet: &Authentic, header: &Header) -> Answer<Plan> {
    let not_kept = |defect| {
        Ok(Plan {
            irregular: Some(defect),
            ..Plan::of(Filing::Keep)
        })
    };
    let draft: SavedDraft = match content::read(app, header).await? {
        Ok((draft, _)) => draft,
        Err(defect) => return not_kept(defect),
    };
    if let Err(error) = draft.check(header) {
        return not_kept(Defect::new(error.key(), error.to_string()));
    }
    if !draft.wished {
        let why = "the resident did not ask for it to be kept";
        return not_kept(Defect::new("draft_not_wished", why));
    }
    if draft.identity.level < IdentityLevel::IdCard {
        let why = "nobody was identified whose draft it would be";
        return not_kept(Defect::new("identity_missing", why));
    }
    let kept = app
        .kept_item(&draft.item.code, Some(draft.item.version))
        .await?;
    let found = match kept {
        Some(kept) => door::check(&kept, header.time.timestamp()).map(|()| kept.item),
        None => Err("this version of the item was never in force".to_owned()),
    };
    let item = match found {
        Ok(item) => item,
        Err(reason) => return not_kept(Defect::new(Defect::NOT_IN_FORCE, reason)),
    };
    let number = draft.person.number.reveal();
    let person = app.keys.master.person(number);
    let others = app.store.saved_of(person, packet.now).await?;
    let replaced = others.iter().find(|old| Some(old.id) == draft.replaces);
    if replaced.is_none() && is_full(app, others.len()) {
        let why = "this person has as many drafts as the city keeps";
        return not_kept(Defect::new("drafts_full", why));
    }
    let pages = match content::pages(app, header).await? {
        Ok(pages) => pages,
        Err(defect) => return not_kept(defect),
    };
    let keeping = Keeping {
        id: packet.id,
        number,
        station: &packet.kiosk.station,
        item: &item,
    };
    let saved = Saved {
        answers: draft.answers.clone(),
        materials: draft.materials.clone(),
    };
    let row = saved::row(app, keeping, &saved, &pages).await?;
    Ok(Plan {
        notes: vec![(EventKind::DraftKept, packet.id.to_string())],
        dropped: replaced.map(|old| old.pages.clone()).unwrap_or_default(),
        ..Plan::of(Filing::Save(NewSaved {
            row,
            replaces: draft.replaces,
        }))
    })
}

/// Whether a person with so many drafts may keep no further one.
pub(crate) fn is_full(app: &App, drafts: usize) -> bool {
    let most = app.published().policy.people.most_drafts;
    usize::try_from(most).is_ok_and(|most| drafts >= most)
}

/// Drops the parts of a draft's packet: what they held is kept under the person's key alone.
pub(super) async fn drop_parts(app: &App, header: &Header) {
    for part in &header.parts {
        if let Err(error) = app.blobs.drop_part(&part.sha256.to_string()).await {
            tracing::error!(error = %chain(&error), "a part of a draft stays behind");
        }
    }
}
