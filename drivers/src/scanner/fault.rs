//! What can go wrong at a scanner, each with its own words for the resident.

use crate::runner::{Fault, FaultKind};

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanFault {
    /// The feeder is empty.
    #[error("scanning: there is no paper in the feeder")]
    NoPaper,
    /// Paper is stuck.
    #[error("scanning: paper is jammed")]
    Jam,
    /// A cover or hatch is open.
    #[error("scanning: the cover is open")]
    CoverOpen,
    /// The scanner works for somebody else, or warms up for too long.
    #[error("scanning: the scanner is busy")]
    Busy,
    /// Two sheets were drawn in at once.
    #[error("scanning: two sheets were drawn in at once")]
    DoubleFeed,
    /// The scanner cannot be reached.
    #[error("scanning: the scanner cannot be reached")]
    Offline,
    /// The scanner cannot do what was asked.
    #[error("scanning: the scanner does not support these settings")]
    Unsupported,
    /// The page came without its end.
    #[error("scanning: the page is incomplete")]
    Truncated,
    /// The scanner said that it sent a page and sent nothing.
    #[error("scanning: the page is empty")]
    EmptyImage,
    /// A camera sees nothing: its lens is covered.
    #[error("scanning: the camera sees nothing, its lens is covered")]
    Covered,
    /// Somebody cancelled the job.
    #[error("scanning: cancelled")]
    Cancelled,
    /// The scanner took too long.
    #[error("scanning: the scanner took too long")]
    Timeout,
    /// Something else, in the device's or the protocol's words.
    #[error("scanning: {0}")]
    Device(String),
}

impl ScanFault {
    /// The stable name: `no_paper`, `jam`, `cover_open`, `busy`, `double_feed`, `offline`,
    /// `unsupported`, `truncated`, `empty_image`, `covered`, `cancelled`, `timeout`, `device`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoPaper => "no_paper",
            Self::Jam => "jam",
            Self::CoverOpen => "cover_open",
            Self::Busy => "busy",
            Self::DoubleFeed => "double_feed",
            Self::Offline => "offline",
            Self::Unsupported => "unsupported",
            Self::Truncated => "truncated",
            Self::EmptyImage => "empty_image",
            Self::Covered => "covered",
            Self::Cancelled => "cancelled",
            Self::Timeout => "timeout",
            Self::Device(_) => "device",
        }
    }

    /// The same in the words of the recovery ladder; `operation` is what was being done.
    pub(super) fn during(self, operation: &'static str) -> Fault {
        let kind = match self {
            Self::Offline | Self::Timeout | Self::Busy | Self::Cancelled => FaultKind::NoAnswer,
            Self::Truncated | Self::EmptyImage => FaultKind::Garbled,
            Self::NoPaper | Self::Jam | Self::CoverOpen | Self::DoubleFeed | Self::Covered => {
                FaultKind::NeedsHand
            }
            Self::Unsupported | Self::Device(_) => FaultKind::OutOfService,
        };
        Fault::new(kind, operation)
            .with_key(self.kind())
            .because(self)
    }
}
