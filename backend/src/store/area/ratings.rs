//! Ratings: one for each service contact (`specs/domain.md` 4.6).

use uuid::Uuid;

use city_catalogue::case::EventKind;

use super::{Event, NewPacket, events};
use crate::store::Stored;
use crate::store::tx::Tx;
use crate::store::value::values;

/// Counts a rating; a further one of the same contact is noted and not counted.
pub(super) fn rate(
    tx: &mut dyn Tx,
    packet: &NewPacket,
    contact: Uuid,
    case: Uuid,
    level: u8,
) -> Stored<()> {
    let counted = tx.execute(
        "INSERT INTO rating (contact, packet, case_id, level, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        values![
            contact,
            packet.id,
            case,
            level,
            packet.received,
        ],
    )?;
    let kind = if counted == 1 {
        EventKind::Rated
    } else {
        EventKind::RatedAgain
    };
    let detail = format!("level {level}, channel 5");
    let event = Event {
        device: Some(packet.kiosk.clone()),
        ..Event::new(packet.received, kind, packet.kiosk.clone(), detail)
    };
    events::note(tx, Some(case), &event)
}
