//! What people lay down: a sheet on a desk under a camera, a card on the glass.

use std::io;

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use serde::Deserialize;

/// What a camera over the desk sees: 8 megapixels.
const FRAME: (u16, u16) = (2448, 3264);
/// A sheet of A4 in it, at 240 dots per inch.
const SHEET: (f64, f64) = (1984.0, 2806.0);
/// How crooked people lay paper down: the slope of its upper edge.
const SLOPE: f64 = 0.026;
const DESK: [u8; 3] = [96, 84, 74];
/// Paper under a lamp is not as white as under a lid.
const PAPER: [u8; 3] = [221, 219, 214];
const INK: [u8; 3] = [48, 48, 52];

/// The glass at 300 dots per inch, and a card of ISO/IEC 7810 ID-1 on it.
const GLASS: (u16, u16) = (2480, 3508);
const CARD: (f64, f64) = (1011.0, 638.0);
const CARD_AT: (f64, f64) = (420.0, 360.0);
const CORNER: f64 = 37.6;
const SHADOW: f64 = 3.0;
const EDGE: [u8; 3] = [150, 158, 164];
const LID: [u8; 3] = [244, 244, 244];

/// A side of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardSide {
    /// The one with the portrait.
    Front,
    /// The other one.
    Back,
}

/// A frame of a camera over the desk as a JPEG, with a sheet of writing on it or with nothing;
/// `short` lines make another page.
///
/// # Errors
/// When the picture cannot be encoded, which a test excludes.
pub fn draw_desk(sheet: bool, short: bool) -> io::Result<Vec<u8>> {
    let middle = (f64::from(FRAME.0) / 2.0, f64::from(FRAME.1) / 2.0);
    drawn(FRAME, None, |x, y| {
        let (right, down) = (x - middle.0, y - middle.1);
        let on_sheet = (
            right + down * SLOPE + SHEET.0 / 2.0,
            down - right * SLOPE + SHEET.1 / 2.0,
        );
        match on_sheet {
            (x, y) if sheet && inside(x, y, SHEET) => written(x, y, short),
            _ => DESK,
        }
    })
}

/// The glass as a JPEG, with this side of a card on it.
///
/// # Errors
/// As [`draw_desk`].
pub fn draw_card(side: CardSide) -> io::Result<Vec<u8>> {
    drawn(GLASS, Some(300), |x, y| {
        let (x, y) = (x - CARD_AT.0, y - CARD_AT.1);
        let over = |at: f64, size: f64| (CORNER - at).max(at - (size - CORNER)).max(0.0);
        let round = over(x, CARD.0).hypot(over(y, CARD.1)) <= CORNER;
        let edge = x.min(y).min(CARD.0 - x).min(CARD.1 - y);
        if inside(x, y, CARD) && round {
            // The lid leaves a thin shadow around what is as thick as a card.
            if edge < SHADOW {
                EDGE
            } else {
                printed(side, x, y)
            }
        } else {
            LID
        }
    })
}

fn inside(x: f64, y: f64, size: (f64, f64)) -> bool {
    (0.0..size.0).contains(&x) && (0.0..size.1).contains(&y)
}

/// Lines of words on a sheet.
fn written(x: f64, y: f64, short: bool) -> [u8; 3] {
    let line = (y / 44.0).floor();
    let right = if short { 1_200.0 } else { 1_760.0 } - (line * 37.0).rem_euclid(100.0) * 4.0;
    let text = (180.0..right).contains(&x) && (220.0..2_600.0).contains(&y);
    let word = y.rem_euclid(44.0) < 16.0 && (x + line * 61.0).rem_euclid(96.0) < 74.0;
    if text && word { INK } else { PAPER }
}

/// A card as nobody has it: lines and a grey photo in front, a seal and lines at the back.
fn printed(side: CardSide, x: f64, y: f64) -> [u8; 3] {
    let word = |top: f64, right: f64| {
        (top..top + 26.0).contains(&y) && (70.0..right).contains(&x) && x.rem_euclid(34.0) < 24.0
    };
    let (photo, ink, seal) = match side {
        CardSide::Front => (
            (660.0..930.0).contains(&x) && (110.0..440.0).contains(&y),
            [
                (90.0, 420.0),
                (170.0, 300.0),
                (250.0, 520.0),
                (330.0, 560.0),
                (540.0, 900.0),
            ],
            false,
        ),
        CardSide::Back => (
            false,
            [
                (380.0, 620.0),
                (450.0, 700.0),
                (520.0, 640.0),
                (60.0, 0.0),
                (60.0, 0.0),
            ],
            ((x - 190.0).hypot(y - 180.0) - 90.0).abs() < 8.0,
        ),
    };
    if seal {
        [190, 52, 48]
    } else if photo {
        [120, 112, 116]
    } else if ink.into_iter().any(|(top, right)| word(top, right)) {
        INK
    } else {
        [206, 220, 230]
    }
}

fn drawn(
    (width, height): (u16, u16),
    dpi: Option<u16>,
    dot: impl Fn(f64, f64) -> [u8; 3],
) -> io::Result<Vec<u8>> {
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    for y in 0..height {
        for x in 0..width {
            pixels.extend(dot(f64::from(x) + 0.5, f64::from(y) + 0.5));
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 88);
    if let Some(dpi) = dpi {
        encoder.set_density(PixelDensity::dpi(dpi));
    }
    encoder
        .encode(&pixels, width, height, ColorType::Rgb)
        .map_err(io::Error::other)?;
    Ok(jpeg)
}
