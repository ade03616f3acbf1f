//! Portraits for documents, from a camera's frame or a photo on paper, without a model of faces.
//!
//! The head is found by its outline against a light background: [`look`] says what to mend
//! first, [`take`] cuts the picture that is filed, [`from_paper`] cuts it from a scanned photo.
//! Nothing here knows who is seen, or whether it is a face at all; a resident whose outline the
//! rules do not find (a high headdress, a wall that is not plain) can have the picture taken all
//! the same: it is then cut where the guide on the screen stands.

mod cut;
mod figure;
mod ground;
mod judge;
mod paper;

use crate::scan::ScanError;
use crate::scan::encode::encode;
use crate::scan::turn::mirrored;
use crate::{Picture, PrivateBytes};
use cut::Place;
use figure::{Head, Seen};

pub use paper::from_paper;

/// Width of the small copy in which outlines are looked for, in pixels.
const SMALL: u32 = 160;
/// Qualities tried in turn. Source: the technical requirements of the social-security card's
/// picture name 70 as the usual one; above it is better, below it only to fit.
const QUALITIES: [u8; 5] = [85, 70, 60, 50, 40];

/// What a portrait must be.
///
/// Size and room above the head follow GA 461-2004 (identity cards: face 207 ± 14 pixels wide,
/// 7 to 21 pixels above the hair, of 358 x 441 at 350 dpi), as published by those who ask for
/// such pictures; the standard's own text was not at hand. How an outline, which has hair and
/// ears, relates to a face is our own estimate and is marked below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PortraitRules {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Resolution written into the file.
    pub dpi: u16,
    /// Width of the head's outline in pixels. Unconfirmed: a face of 207 with a tenth for hair
    /// and ears.
    pub head_px: f64,
    /// Pixels above the head.
    pub above_px: f64,
    /// Loose hair is so much wider than the head it hangs about. Unconfirmed.
    pub loose_hair: f64,
    /// How far a camera's picture may be blown up. Unconfirmed.
    pub most_enlarged: f64,
    /// The background's brightness, of 255, below which it is no light one. Unconfirmed.
    pub least_light: f64,
    /// Between the largest and the smallest of its three colours, above which it is no white or
    /// grey one. Unconfirmed.
    pub most_colour: f64,
}

impl PortraitRules {
    /// The rules for a picture of this size, in proportion to those of 358 x 441.
    #[must_use]
    pub fn of(width_px: u32, height_px: u32) -> Self {
        let scale = f64::from(width_px.max(1)) / 358.0;
        Self {
            width_px,
            height_px,
            dpi: 350,
            head_px: 228.0 * scale,
            above_px: 14.0 * scale,
            loose_hair: 1.15,
            most_enlarged: 1.2,
            least_light: 140.0,
            most_colour: 40.0,
        }
    }
}

/// What to mend about a portrait: one thing at a time, the first that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortraitAdvice {
    /// No head and shoulders are seen.
    Nobody,
    /// The head is too small: come nearer.
    TooFar,
    /// The head or its room does not fit: step back.
    TooNear,
    /// The head stands too far to a side, too high or too low.
    OffCentre,
    /// Something is seen behind the head.
    NotPlain,
    /// The background is too dark or has a colour.
    NotLight,
    /// There is too little light.
    TooDark,
    /// There is too much light.
    TooBright,
    /// One side is much brighter than the other.
    Uneven,
    /// The picture is blurred.
    Blurred,
}

/// A portrait as it is filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portrait {
    /// The JPEG, of exactly the pixels wanted.
    pub jpeg: PrivateBytes,
    /// What to mend first; `None` when it is good.
    pub advice: Option<PortraitAdvice>,
}

/// What to mend about a camera's frame; `None` when the picture can be taken.
#[must_use]
pub fn look(frame: &Picture, rules: &PortraitRules) -> Option<PortraitAdvice> {
    judged(frame, rules).1
}

/// Cuts the portrait from a camera's frame: by the head's outline, or where the guide stands when
/// none is found; of at most `max_bytes`.
///
/// # Errors
/// [`ScanError::CannotFit`] when even the lowest quality is larger than allowed,
/// [`ScanError::Encode`] when a side is longer than a JPEG can be.
pub fn take(
    frame: &Picture,
    rules: &PortraitRules,
    max_bytes: usize,
) -> Result<Portrait, ScanError> {
    let (place, advice) = judged(frame, rules);
    let place = place.unwrap_or_else(|| Place::guide(frame, rules));
    let picture = place.cut(frame, rules.width_px, rules.height_px);
    finish(&picture, rules, advice, max_bytes)
}

/// The middle of a camera's frame as the person before it sees themselves: in the proportions of
/// the portrait, left and right as in a mirror, at most `width_px` wide. The head belongs into
/// the oval that [`guide`] tells.
#[must_use]
pub fn mirror(frame: &Picture, rules: &PortraitRules, width_px: u32) -> Picture {
    let view = Place::view(frame, rules);
    let width = width_px.min(view.width as u32).max(1);
    let height = f64::from(width) * f64::from(rules.height_px) / f64::from(rules.width_px.max(1));
    mirrored(&view.cut(frame, width, (height as u32).max(1)))
}

/// The oval for the head within the picture of [`mirror`], in thousandths of its width and
/// height: left, top, width and height.
#[must_use]
pub fn guide(rules: &PortraitRules) -> [u16; 4] {
    let share = cut::GUIDE;
    let edge = (1.0 - share) / 2.0;
    let (width, height) = (f64::from(rules.width_px), f64::from(rules.height_px));
    let across = rules.head_px / width * share;
    // A head is about 1.35 times as high as it is wide. Unconfirmed.
    let down = rules.head_px * 1.35 / height * share;
    let top = edge + rules.above_px / height * share;
    [(1.0 - across) / 2.0, top, across, down].map(|part| (part * 1000.0).round() as u16)
}

/// Where the portrait lies in a frame, and what to mend first.
fn judged(frame: &Picture, rules: &PortraitRules) -> (Option<Place>, Option<PortraitAdvice>) {
    let seen = Seen::of(frame, SMALL);
    let Some(head) = seen.head() else {
        return (None, Some(judge::without_head(&seen)));
    };
    let place = Place::of_head(&head, rules);
    let advice = judge::with_head(frame, &seen, &head, &place, rules);
    (Some(place), advice)
}

/// How many pixels of the source one of the portrait is, by the width of the head.
fn scale(head: &Head, rules: &PortraitRules) -> f64 {
    let wanted = rules.head_px * if head.loose { rules.loose_hair } else { 1.0 };
    head.width / wanted.max(1.0)
}

fn finish(
    picture: &Picture,
    rules: &PortraitRules,
    advice: Option<PortraitAdvice>,
    max_bytes: usize,
) -> Result<Portrait, ScanError> {
    let mut smallest = usize::MAX;
    for quality in QUALITIES {
        let jpeg = encode(picture, rules.dpi, quality)?;
        if jpeg.len() <= max_bytes {
            return Ok(Portrait { jpeg, advice });
        }
        smallest = smallest.min(jpeg.len());
    }
    Err(ScanError::CannotFit {
        bytes: smallest,
        allowed: max_bytes,
    })
}
