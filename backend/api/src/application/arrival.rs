//! A check-in that a kiosk took without the city (`specs/domain.md` 5.4).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Content of a packet of kind `check_in`: somebody of today's list was there at the packet's time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arrival {
    /// Id of the booking.
    pub appointment: Uuid,
    /// Id of the station.
    pub station: String,
}
