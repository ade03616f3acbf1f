//! Both sides of a card on one page, as large as they are.

use super::format::Format;
use super::outline::{Point, Quad};
use super::turn::{Quarter, quarter_turned};
use super::warp::rectified;
use crate::Picture;

/// Resolution of a page of cards in dots per inch.
pub const CARD_PAGE_DPI: u16 = 300;
/// Radius of a card's corners in millimetres, ISO/IEC 7810.
const CORNER_MM: f64 = 3.18;
/// Where the middle of each side lies, as a part of the page's height.
const MIDDLES: [f64; 2] = [0.32, 0.62];

/// A page of A4 at [`CARD_PAGE_DPI`] with the portrait side above and the other side below, each
/// 85.60 x 53.98 mm and in the middle of the width. A side that stands upright is laid down; what
/// lies outside of the round corners is left white.
#[must_use]
pub fn card_page(portrait_side: &Picture, other_side: &Picture) -> Picture {
    let (long, short) = Format::A4.millimetres();
    let mut page = Picture::white(pixels(short), pixels(long));
    for (side, middle) in [portrait_side, other_side].into_iter().zip(MIDDLES) {
        if let Some(card) = true_size(side) {
            let left = (page.width() - card.width()) / 2;
            let top = (f64::from(page.height()) * middle) as u32 - card.height() / 2;
            paste(&mut page, &card, left, top);
        }
    }
    page
}

fn pixels(millimetres: f64) -> u32 {
    (millimetres / 25.4 * f64::from(CARD_PAGE_DPI)).round() as u32
}

/// The card lying, in colour, of exactly its size; `None` for a picture without pixels.
fn true_size(side: &Picture) -> Option<Picture> {
    let upright = side.height() > side.width();
    let lying = upright.then(|| quarter_turned(side, Quarter::Left));
    let side = lying.as_ref().unwrap_or(side);
    let (long, short) = Format::Card.millimetres();
    let (width, height) = (pixels(long), pixels(short));
    // Areas are averaged first where there are many more dots, then it is stretched exactly.
    let reduced = (side.width() > width).then(|| side.reduced(width));
    let side = reduced.as_ref().unwrap_or(side);
    let (right, bottom) = (f64::from(side.width()), f64::from(side.height()));
    let corner = |x: f64, y: f64| Point { x, y };
    let whole = Quad([
        corner(0.0, 0.0),
        corner(right, 0.0),
        corner(right, bottom),
        corner(0.0, bottom),
    ]);
    let exact = rectified(side, &whole, width, height)?;
    Picture::new(width, height, true, exact.to_rgb().into_vec())
}

/// Lays the card on the page, but for what lies outside of its round corners.
fn paste(page: &mut Picture, card: &Picture, left: u32, top: u32) {
    let radius = f64::from(CARD_PAGE_DPI) * CORNER_MM / 25.4;
    let (width, height) = (f64::from(card.width()), f64::from(card.height()));
    for (y, row) in card
        .pixels()
        .chunks_exact(card.width() as usize * 3)
        .enumerate()
    {
        for (x, dot) in row.chunks_exact(3).enumerate() {
            let [r, g, b] = *dot else { continue };
            let over = |at: f64, size: f64| (radius - at).max(at - (size - radius)).max(0.0);
            let off = over(x as f64 + 0.5, width).hypot(over(y as f64 + 0.5, height));
            let share = (radius + 0.5 - off).clamp(0.0, 1.0);
            let (x, y) = (left + x as u32, top + y as u32);
            page.blend(x as i32, y as i32, [r, g, b], (share * 255.0) as u8);
        }
    }
}
