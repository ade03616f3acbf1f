//! Planning a packet of kind `check_in`: it counts from the time it was made, at whichever kiosk that was.

use city_api::application::Arrival;
use city_api::packet::Header;

use super::{Authentic, Plan, application, content};
use crate::app::App;
use crate::store::{Asked, CheckInBy, Filing};
use crate::web::error::Answer;

/// The plan for a check-in: kept without a case; who has checked in elsewhere meanwhile keeps their ticket.
pub(super) async fn plan(app: &App, packet: &Authentic, header: &Header) -> Answer<Plan> {
    let arrival: Arrival = match content::read(app, header).await? {
        Ok((arrival, _)) => arrival,
        Err(defect) => return Ok(application::irregular(app, packet, defect)),
    };
    let at = header.time.timestamp().min(packet.now);
    let asked = Asked {
        kiosk: packet.kiosk.clone(),
        now: packet.now,
        policy: app.published().policy.hall.clone(),
    };
    Ok(Plan {
        filing: Filing::CheckIn {
            by: CheckInBy::Known(arrival.appointment, at),
            asked: Box::new(asked),
        },
        irregular: None,
        cases: Vec::new(),
        notes: Vec::new(),
        objections: Vec::new(),
    })
}
