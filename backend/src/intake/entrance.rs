//! By which way a packet came: sealed by a kiosk, or handed to the city at a window or from home.

use jiff::Timestamp;

use city_api::requests::Words;
use city_api::requests::home::HOME;
use city_catalogue::case::EventKind;
use city_catalogue::record::{Channel, Item, Station};

use crate::file::{Defect, ReceivedBy};
use crate::publish::Published;
use crate::store::{Event, KioskRow};

/// By which way a packet came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entrance {
    /// A kiosk sealed it; its resident has gone.
    Kiosk,
    /// An officer took it in at a window.
    Window(ReceivedBy),
    /// The person of a grant sent it from home.
    Home,
}

impl Entrance {
    /// The channel of what came by it.
    pub(crate) fn channel(&self) -> Channel {
        match self {
            Self::Kiosk => Channel::Kiosk,
            Self::Window(_) => Channel::Window,
            Self::Home => Channel::Online,
        }
    }

    /// The officer who took it in; None at a kiosk and at home.
    pub(crate) fn clerk(&self) -> Option<&ReceivedBy> {
        match self {
            Self::Window(by) => Some(by),
            Self::Kiosk | Self::Home => None,
        }
    }

    /// Whether the person is still there and can be told what is wrong.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Self::Kiosk => false,
            Self::Window(_) | Self::Home => true,
        }
    }

    /// The defect of a filing for an item that is not applied for by this way; what a kiosk filed is looked at by an
    /// officer.
    pub(super) fn not_offered(&self, item: &Item) -> Option<Defect> {
        if item.channels.contains(&self.channel()) {
            return None;
        }
        let (key, place) = match self {
            Self::Kiosk => return None,
            Self::Window(_) => ("not_at_windows", "at a window"),
            Self::Home => ("not_online", "from home"),
        };
        let why = format!("this item is not applied for {place}");
        Some(Defect::new(key, why))
    }

    /// The station whose area counts, None inside for home, which lies in none; None for one that the catalogue does
    /// not know.
    pub(super) fn station<'p>(
        &self,
        at: &KioskRow,
        published: &'p Published,
    ) -> Option<Option<&'p Station>> {
        match self {
            Self::Home => Some(None),
            Self::Kiosk | Self::Window(_) => published.catalogue.station(&at.station).map(Some),
        }
    }

    /// Something that happened at this entrance, without a detail.
    pub(super) fn event(&self, at: &KioskRow, now: Timestamp, kind: EventKind) -> Event {
        let event = |actor: &str| Event::new(now, kind, actor, "").at_kiosk(at);
        match self {
            Self::Kiosk => event(&at.id),
            Self::Window(by) => event(&by.person).of_body(&by.body),
            Self::Home => event(HOME),
        }
    }

    /// What an officer should know of an identity that no reader checked; None when one did.
    pub(super) fn flag(&self) -> Option<Words> {
        match self {
            Self::Kiosk => None,
            Self::Window(by) => by.flag(),
            Self::Home => Some(Words::new(
                "在家申报：凭手机验证码核验身份，未经读卡",
                "Identity by a code to the phone on record, at home; no card was read",
            )),
        }
    }
}
