//! Portraits taken at the kiosk: what the shell is told and tells, and the page.

use city_catalogue::record::Text;

use crate::event::Scanned;
use crate::screen::{PictureId, ScanTrouble};

/// What a portrait must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortraitWanted {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Most bytes of it as it is filed.
    pub most_bytes: u64,
}

/// What the shell does with the portrait camera; each carries the number of the live view it is
/// about, and so do the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortraitOrder {
    /// Open the camera and show what it sees, until it is closed.
    Open(PortraitWanted),
    /// Take the picture now; ends the live view.
    Take(PortraitWanted),
    /// Close the camera; no answer is wanted any more.
    Close,
}

/// What the camera's live view says; answers to [`crate::Effect::Portrait`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortraitEvent {
    /// Something else than before is to mend about what is seen, or nothing any more.
    Seen(Option<PortraitAdvice>),
    /// The picture was taken and cut; the camera is closed.
    Taken {
        /// The portrait as it will be filed.
        portrait: Scanned,
        /// What to mend first; `None` when it is good.
        advice: Option<PortraitAdvice>,
    },
    /// The camera gives no picture, or none that can be filed; it is closed.
    Trouble(ScanTrouble),
}

impl PortraitEvent {
    pub(crate) fn shape(&self) -> &'static str {
        match self {
            Self::Seen(Some(_)) => "portrait:advice",
            Self::Seen(None) => "portrait:good",
            Self::Taken { .. } => "portrait:taken",
            Self::Trouble(_) => "portrait:trouble",
        }
    }
}

/// What a resident can mend about their portrait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortraitAdvice {
    /// Nobody is seen.
    Nobody,
    /// Come nearer.
    TooFar,
    /// Step back.
    TooNear,
    /// Put the head into the oval.
    OffCentre,
    /// Something is behind the person.
    NotPlain,
    /// The background is too dark or has a colour.
    NotLight,
    /// Too little light.
    TooDark,
    /// Too much light.
    TooBright,
    /// Light from one side.
    Uneven,
    /// Blurred.
    Blurred,
}

/// Why no portrait can be taken here, so that only a photo on paper is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraAway {
    /// This kiosk has none.
    Absent,
    /// It does not work now.
    Broken,
}

/// What is seen live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortraitSeen {
    /// Nothing yet: the camera starts.
    Starting,
    /// This is to mend first.
    Advice(PortraitAdvice),
    /// The picture can be taken.
    Good,
}

/// Taking a portrait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortraitPage {
    /// What the camera sees, as in a mirror; `Next` takes the picture.
    Live {
        /// The material.
        name: Text,
        /// What to say of it.
        seen: PortraitSeen,
    },
    /// The picture is taken and cut.
    Taking {
        /// The material.
        name: Text,
    },
    /// The portrait as it will be filed: `Next` keeps it, `Retake` takes another.
    Look {
        /// The material.
        name: Text,
        /// The portrait.
        picture: PictureId,
        /// What to mend first; `None` when it is good.
        advice: Option<PortraitAdvice>,
    },
    /// The camera fails: `Next` brings a photo on paper, `Retake` tries the camera again.
    Trouble {
        /// The material.
        name: Text,
        /// What is wrong.
        trouble: ScanTrouble,
    },
}
