//! What is asked of a scanner and what comes back.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

use super::fault::ScanFault;

/// Where the paper lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The glass: exactly one page.
    Platen,
    /// The feeder, front sides.
    Feeder,
    /// The feeder, both sides.
    Duplex,
}

/// The colours wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourMode {
    /// 24-bit colour; seals need it.
    Colour,
    /// 8-bit grey.
    Grey,
}

/// The part of the glass to scan, from its corner, in three-hundredths of an inch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Width in 1/300 inch.
    pub width: u32,
    /// Height in 1/300 inch.
    pub height: u32,
}

impl Region {
    /// An A4 page.
    pub const A4: Self = Self {
        width: 2480,
        height: 3508,
    };
    /// All of the glass.
    pub const ALL: Self = Self {
        width: u32::MAX,
        height: u32::MAX,
    };
    /// So much more is asked of a feeder than the end of the page, 33 mm: of two sheets that go
    /// through as one the second lags behind, and what comes is longer than one.
    const LAG: u32 = 390;
    /// An identity card on the glass with some margin.
    pub const CARD: Self = Self {
        width: 1300,
        height: 900,
    };
}

/// What to scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanSettings {
    /// Where the paper lies.
    pub source: Source,
    /// The part to scan, clamped to what the source has.
    pub region: Region,
    /// Dots per inch wanted; the nearest the scanner offers is taken.
    pub dpi: u32,
    /// Colours wanted; the other ones are taken when the scanner has only those.
    pub colour: ColourMode,
    /// Only a look at what lies there: the scanner may be quick about it.
    #[serde(default)]
    pub preview: bool,
    /// Most pages from the feeder; a scanner that draws sheets ahead draws no more than these.
    /// `None` = all of them.
    #[serde(default)]
    pub most_pages: Option<u32>,
}

impl Region {
    /// What to ask of a feeder whose sheets are as large as this.
    pub(super) fn fed(self) -> Self {
        Self {
            height: self.height.saturating_add(Self::LAG),
            ..self
        }
    }
}

impl ScanSettings {
    /// A quick look at all of the glass: 75 dpi, in colour.
    ///
    /// Source: the scanner fact sheet, section 2.3.
    pub const PREVIEW: Self = Self {
        source: Source::Platen,
        region: Region::ALL,
        dpi: 75,
        colour: ColourMode::Colour,
        preview: true,
        most_pages: None,
    };
}

impl Source {
    /// The places of a scanner with these, as [`super::Scanner::places`] names them.
    pub(super) fn places(feeder: bool, glass: bool) -> &'static [Self] {
        match (feeder, glass) {
            (true, true) => &[Self::Feeder, Self::Platen],
            (true, false) => &[Self::Feeder],
            (false, _) => &[Self::Platen],
        }
    }
}

impl Default for ScanSettings {
    /// An A4 page from the glass, 300 dpi, in colour.
    fn default() -> Self {
        Self {
            source: Source::Platen,
            region: Region::A4,
            dpi: 300,
            colour: ColourMode::Colour,
            preview: false,
            most_pages: None,
        }
    }
}

/// One scanned side: a JPEG that was decoded to its last row, without metadata.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Page {
    /// The JPEG as the scanner made it, freed of everything that is not the picture.
    pub jpeg: Vec<u8>,
    /// Width in pixels, as decoded.
    pub width_px: u32,
    /// Height in pixels, as decoded.
    pub height_px: u32,
    /// Dots per inch, when request, picture and file agree on it; `None` when they do not.
    pub dpi: Option<u32>,
    /// 1 for grey, 3 for colour, as decoded: a scanner may send another than was asked.
    pub components: u8,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Page({} x {} px, {:?} dpi, [redacted])",
            self.width_px, self.height_px, self.dpi
        )
    }
}

/// The answer to [`super::Scanner::next_page`].
#[derive(Debug, PartialEq, Eq)]
pub enum NextPage {
    /// One page.
    Page(Page),
    /// All pages have come.
    End,
    /// A page is coming: so many percent of its rows are here. Ask again at once.
    Coming(u8),
    /// Not ready yet: ask again after this pause.
    Retry(Duration),
    /// There is no page, and the job is over.
    Fault(ScanFault),
}
