//! QR and bar codes on a page: what stands in them as text, and nothing else.
//!
//! What a code says is somebody's data and comes from outside: it is shown to who asked, never
//! followed, and never logged.

use std::panic::catch_unwind;

use rxing::{BarcodeFormat, DecodeHints, RXingResult, helpers};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::Picture;

/// Longest side looked at in pixels: A4 at 300 dpi. Narrow bars need that many.
const LENGTH: u32 = 3_600;
/// Most codes of a page that are told.
const MOST_CODES: usize = 16;
/// Most characters of a code: a QR code holds up to 4,296, no number or address so many.
const MOST_CHARACTERS: usize = 1_000;

/// What a code looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// ISO/IEC 18004.
    Qr,
    /// ISO/IEC 15417.
    Code128,
    /// ISO/IEC 16388.
    Code39,
    /// ISO/IEC 15420, thirteen digits.
    Ean13,
}

impl CodeKind {
    const ALL: [(Self, BarcodeFormat, &'static str); 4] = [
        (Self::Qr, BarcodeFormat::QR_CODE, "qr"),
        (Self::Code128, BarcodeFormat::CODE_128, "code-128"),
        (Self::Code39, BarcodeFormat::CODE_39, "code-39"),
        (Self::Ean13, BarcodeFormat::EAN_13, "ean-13"),
    ];

    /// The stable name: `qr`, `code-128`, `code-39`, `ean-13`.
    #[must_use]
    pub fn name(self) -> &'static str {
        let mut kinds = Self::ALL.iter();
        kinds
            .find(|(kind, ..)| *kind == self)
            .map_or("", |(.., name)| name)
    }
}

/// A code on a page.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PageCode {
    /// What it looks like.
    #[zeroize(skip)]
    pub kind: CodeKind,
    /// What it says, in one line, control characters as a replacement sign.
    pub text: String,
    /// Whether it says more than that.
    pub cut: bool,
}

crate::private::redacted_debug!(PageCode);

/// The codes on a page, which may lie any way round; at most 16. A page on which the search
/// fails has none.
#[must_use]
pub fn codes(page: &Picture) -> Vec<PageCode> {
    let longer = page.width().max(page.height()).max(1);
    let width = u64::from(page.width()) * u64::from(LENGTH.min(longer)) / u64::from(longer);
    let small = page.reduced(u32::try_from(width).unwrap_or(LENGTH)).grey();
    let (width, height) = (small.width(), small.height());
    let luma = small.pixels().to_vec();
    // What lies on a page is not ours to choose, and the reader was not written to withstand it.
    let found = catch_unwind(move || {
        let kinds = CodeKind::ALL.iter().map(|(_, format, _)| *format);
        let mut hints = DecodeHints {
            PossibleFormats: Some(kinds.collect()),
            ..DecodeHints::default()
        };
        helpers::detect_multiple_in_luma_with_hints(luma, width, height, &mut hints)
    });
    let found = found.ok().and_then(Result::ok).unwrap_or_default();
    let mut codes: Vec<PageCode> = Vec::new();
    for code in found.iter().filter_map(PageCode::of) {
        if codes.len() < MOST_CODES && !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

impl PageCode {
    fn of(found: &RXingResult) -> Option<Self> {
        let mut kinds = CodeKind::ALL.iter();
        let (kind, ..) = kinds.find(|(_, format, _)| format == found.getBarcodeFormat())?;
        let text = found.getText();
        let plain = |character: char| match character {
            character if character.is_control() => char::REPLACEMENT_CHARACTER,
            character => character,
        };
        Some(Self {
            kind: *kind,
            text: text.chars().take(MOST_CHARACTERS).map(plain).collect(),
            cut: text.chars().nth(MOST_CHARACTERS).is_some(),
        })
    }
}
