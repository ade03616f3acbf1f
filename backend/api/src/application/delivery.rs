//! How the applicant wants the result (领取方式), chosen when filing.

use city_catalogue::delivery::Way;
use city_catalogue::record::Item;
use serde::{Deserialize, Serialize};

use crate::requests::Private;

/// Most characters of an address.
const MOST_ADDRESS: usize = 200;

/// A way and what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "camelCase", deny_unknown_fields)]
pub enum Delivery {
    /// Read with its electronic seal.
    Electronic {},
    /// Printed at any kiosk.
    Print {},
    /// Handed out at a window.
    Window {
        /// Id of the station.
        station: String,
    },
    /// Put into the locker of a station.
    Locker {
        /// Id of the station.
        station: String,
    },
    /// Posted.
    Post {
        /// The address as on the label.
        address: Private,
        /// The applicant read the address on the screen and confirmed it.
        confirmed: bool,
        /// Whose name is on the label.
        recipient: Recipient,
    },
}

/// Who receives the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The applicant.
    Applicant,
    /// The agent of the application, whose authority must let them collect.
    Agent,
}

/// Why a chosen way is not taken; each has its own words and its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDelivered {
    /// The item does not offer it.
    #[error("the item does not offer its result by {}", .0.as_str())]
    NotOffered(Way),
    /// There is no such station with windows.
    #[error("the station chosen for the result has no window")]
    NoWindow,
    /// The station has no locker.
    #[error("the station chosen for the result has no locker")]
    NoLocker,
    /// Nowhere to post it to.
    #[error("the address for the result is empty or longer than 200 characters")]
    NoAddress,
    /// The applicant did not confirm the address.
    #[error("the address for the result is not confirmed")]
    NotConfirmed,
    /// The post is for an agent, and nobody acts for the applicant.
    #[error("the result is to be posted to an agent, and the application names none")]
    NoAgent,
}

impl NotDelivered {
    /// Stable key for [`Acknowledgement::irregular`](crate::acknowledgement::Acknowledgement::irregular).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::NotOffered(_) => "delivery_not_offered",
            Self::NoWindow => "delivery_station",
            Self::NoLocker => "delivery_locker",
            Self::NoAddress => "delivery_address",
            Self::NotConfirmed => "delivery_address_unconfirmed",
            Self::NoAgent => "delivery_recipient",
        }
    }
}

impl Delivery {
    /// The way.
    #[must_use]
    pub fn way(&self) -> Way {
        match self {
            Self::Electronic {} => Way::Electronic,
            Self::Print {} => Way::Print,
            Self::Window { .. } => Way::Window,
            Self::Locker { .. } => Way::Locker,
            Self::Post { .. } => Way::Post,
        }
    }

    /// The station where it is fetched; None for a way without one.
    #[must_use]
    pub fn station(&self) -> Option<&str> {
        match self {
            Self::Window { station } | Self::Locker { station } => Some(station),
            Self::Electronic {} | Self::Print {} | Self::Post { .. } => None,
        }
    }

    /// Whether it is posted to the agent.
    #[must_use]
    pub fn is_for_agent(&self) -> bool {
        match self {
            Self::Post { recipient, .. } => *recipient == Recipient::Agent,
            Self::Electronic {} | Self::Print {} | Self::Window { .. } | Self::Locker { .. } => {
                false
            }
        }
    }

    /// Whether the item's result can go this way. `has_windows` and `has_locker` answer for a station; what an agent
    /// may do stands in [`Parties::check`](super::Parties::check).
    ///
    /// # Errors
    /// The first [`NotDelivered`] found.
    pub fn check(
        &self,
        item: &Item,
        has_agent: bool,
        has_windows: impl Fn(&str) -> bool,
        has_locker: impl Fn(&str) -> bool,
    ) -> Result<(), NotDelivered> {
        if !self.way().is_offered(item) {
            return Err(NotDelivered::NotOffered(self.way()));
        }
        match self {
            Self::Electronic {} | Self::Print {} => Ok(()),
            Self::Window { station } | Self::Locker { station } if !has_windows(station) => {
                Err(NotDelivered::NoWindow)
            }
            Self::Locker { station } if !has_locker(station) => Err(NotDelivered::NoLocker),
            Self::Window { .. } | Self::Locker { .. } => Ok(()),
            Self::Post {
                address, confirmed, ..
            } => {
                let address = address.reveal();
                if address.trim().is_empty() || address.chars().count() > MOST_ADDRESS {
                    Err(NotDelivered::NoAddress)
                } else if !confirmed {
                    Err(NotDelivered::NotConfirmed)
                } else if self.is_for_agent() && !has_agent {
                    Err(NotDelivered::NoAgent)
                } else {
                    Ok(())
                }
            }
        }
    }
}
