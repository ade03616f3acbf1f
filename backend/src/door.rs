//! The doors of the city: none opens for an item that is not in force (`specs/domain.md` R27, R28).
//!
//! A packet is received all the same, as an irregular case: its resident has gone. Every other door says no and the
//! refusal is noted.

use std::sync::Arc;

use jiff::Timestamp;

use city_api::requests::ProblemCode;
use city_catalogue::case::EventKind;
use city_catalogue::record::Item;

use crate::app::{App, KeptItem};
use crate::clock::{after, civil};
use crate::store::KioskRow;
use crate::web::error::{Answer, Failure};

/// How long a kiosk files by a catalogue that it could not renew (`design.md`, "Offline class of an item").
const OLDEST_CATALOGUE_SECONDS: i64 = 72 * 60 * 60;

/// Whether the version could be filed at `filed`: in force on that day by its own dates, and not replaced or cancelled
/// longer ago than the oldest catalogue a kiosk files by.
///
/// # Errors
/// The reason, for the officer.
pub(crate) fn check(kept: &KeptItem, filed: Timestamp) -> Result<(), String> {
    let day = civil(filed).date();
    if !kept.item.in_force(day) {
        return Err(format!("it was not in force on {day}"));
    }
    match kept.ended {
        Some(ended) if filed > after(ended, OLDEST_CATALOGUE_SECONDS) => {
            let ended = civil(ended).date();
            Err(format!("it went out of force on {ended}"))
        }
        Some(_) | None => Ok(()),
    }
}

/// The item of this code in its newest version, for a request of a kiosk that is no packet.
///
/// # Errors
/// 422 when no version of it is in force; the refusal is noted.
pub(crate) async fn item(app: &App, code: &str, kiosk: &KioskRow) -> Answer<Arc<Item>> {
    let kept = app.kept_item(code, None).await?;
    let refused = match kept {
        Some(kept) => match check(&kept, app.now()) {
            Ok(()) => return Ok(kept.item),
            Err(reason) => reason,
        },
        None => "it is not known".to_owned(),
    };
    let detail = format!("{code}: {refused}");
    let kind = EventKind::ItemRefused;
    app.note(None, Some(kiosk), kind, &kiosk.id, detail).await?;
    Err(Failure::new(ProblemCode::BadField)
        .field("item")
        .detail("is not an item in force"))
}
