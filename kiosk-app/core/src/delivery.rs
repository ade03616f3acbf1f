//! How a result reaches the resident (领取方式): what is wished, what is asked for it, where it is.

use city_catalogue::delivery::{State, Way};
use city_catalogue::record::Text;
use jiff::civil::Date;

use crate::check_in::StationShown;
use crate::person::Secret;
use crate::screen::{Due, Turn};

/// The way the resident chose, with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Read with its electronic seal.
    Electronic,
    /// Printed at any kiosk.
    Print,
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
        /// Where to, as it was read on the screen and confirmed there: it gets here no other way.
        address: Secret,
    },
}

impl Wish {
    /// The way.
    #[must_use]
    pub fn way(&self) -> Way {
        match self {
            Self::Electronic => Way::Electronic,
            Self::Print => Way::Print,
            Self::Window { .. } => Way::Window,
            Self::Locker { .. } => Way::Locker,
            Self::Post { .. } => Way::Post,
        }
    }

    /// Where it is fetched; `None` for a way without a station.
    #[must_use]
    pub fn station(&self) -> Option<&str> {
        match self {
            Self::Window { station } | Self::Locker { station } => Some(station),
            Self::Electronic | Self::Print | Self::Post { .. } => None,
        }
    }
}

/// Page 8: how should the result reach you.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryPage {
    /// One of the ways the item offers: `Pick`.
    Way {
        /// In the order offered.
        ways: Vec<WayShown>,
    },
    /// Where it is fetched: `Pick`.
    Station {
        /// A window or a locker.
        way: Way,
        /// This kiosk's own station first.
        stations: Vec<StationChoice>,
        /// List page.
        turn: Turn,
    },
    /// Where it is posted to, by keyboard: `Type`, `Erase`, `ClearText`. `Next` confirms the
    /// address that stands there.
    Address {
        /// The address.
        text: String,
        /// It is the one on the card, unchanged.
        from_card: bool,
    },
}

/// One way on its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WayShown {
    /// The way.
    pub way: Way,
    /// Chosen.
    pub on: bool,
    /// The resident pays the postage.
    pub charged: bool,
}

/// One station on its card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationChoice {
    /// Name and address.
    pub station: StationShown,
    /// Chosen.
    pub on: bool,
}

/// What was chosen, on the review and in the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishShown {
    /// The way.
    pub way: Way,
    /// The station's name; `None` for a way without one.
    pub station: Option<Text>,
    /// The address; `None` unless it is posted.
    pub address: Option<Secret>,
    /// The item offers no other way.
    pub only: bool,
}

/// Where the result of a case is, as the city told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReply {
    /// How.
    pub way: Way,
    /// Where it stands.
    pub state: State,
    /// Last day of the delivery.
    pub due: Due,
    /// Id of the station where it is fetched; `None` for a way without one.
    pub station: Option<String>,
    /// Compartment of the locker it lies in; `None` elsewhere.
    pub compartment: Option<u32>,
    /// Number of the post; `None` while it was not posted.
    pub tracking: Option<Secret>,
    /// It is kept until then; `None` while it does not wait to be taken.
    pub kept_until: Option<Date>,
    /// When it was delivered; `None` before.
    pub delivered: Option<Date>,
}

/// The same on the page of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryShown {
    /// What the city told.
    pub reply: DeliveryReply,
    /// The station with its address; `None` for a way without one.
    pub station: Option<StationShown>,
}
