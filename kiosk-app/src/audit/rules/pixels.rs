//! Contrast of every text as it was drawn: what the markup cannot know, such as a picture below
//! a text or a colour that never reached the screen.

use slint::{Color, Rgb8Pixel};

use super::super::colour::contrast;
use super::super::found::{Found, Rule};
use super::super::rect::Rect;
use super::super::scene::{BLANK, Scene, Words};
use super::contrast::bar;

/// A colour that fills so much of the place of a text is a ground of it.
const GROUND: f32 = 0.12;
/// Colours as near as this are one: letters have soft edges.
const NEAR: i32 = 40;
/// Every so manieth pixel is looked at, across and down.
const STEP: usize = 3;

/// A picture of the window.
pub(in super::super) struct Pixels<'a> {
    pub(in super::super) width: usize,
    pub(in super::super) all: &'a [Rgb8Pixel],
}

/// Contrast of all texts that are wholly seen.
pub(in super::super) fn check(scene: &Scene, pixels: &Pixels<'_>, found: &mut Vec<Found>) {
    for text in &scene.texts {
        let place = text.letters.seen.and(scene.window);
        let whole = place.area() >= 0.95 * text.letters.whole.area();
        if !whole || place.is_empty() || !text.painted_over.is_empty() {
            continue;
        }
        let bar = bar(text);
        // A character such as "_" is so low and thin that it stands in the blank of its line,
        // between the pixels that are looked at.
        let measured = measure(sampled(pixels, place, STEP), text)
            .or_else(|| measure(sampled(pixels, line(text), 1), text));
        match measured {
            Some(measured) if measured >= bar - 0.005 => {}
            Some(measured) => found.push(Found::new(
                Rule::Pixels,
                text,
                format_args!("{measured:.2}"),
                bar,
            )),
            None => found.push(Found::new(Rule::Pixels, text, "no letters drawn", bar)),
        }
    }
}

fn apart(pixel: Rgb8Pixel, colour: Color) -> i32 {
    let far = |one: u8, other: u8| (i32::from(one) - i32::from(other)).abs();
    far(pixel.r, colour.red())
        .max(far(pixel.g, colour.green()))
        .max(far(pixel.b, colour.blue()))
}

/// The least contrast of the letters, as they were drawn, with a ground; `None` when nothing of
/// the letters' colour is there.
fn measure(sampled: impl Iterator<Item = Rgb8Pixel>, text: &Words) -> Option<f32> {
    // A few colours and many soft edges: the ground is nearly always the first.
    let mut counts: Vec<((u8, u8, u8), u32)> = Vec::new();
    let mut nearest: Option<(i32, Rgb8Pixel)> = None;
    let mut seen = 0_u32;
    for pixel in sampled {
        seen += 1;
        let far = apart(pixel, text.colour);
        if nearest.is_none_or(|(best, _)| far < best) {
            nearest = Some((far, pixel));
        }
        if far > NEAR {
            let colour = (pixel.r, pixel.g, pixel.b);
            match counts.iter_mut().find(|(known, _)| *known == colour) {
                Some((_, count)) => *count += 1,
                None => counts.push((colour, 1)),
            }
        }
    }
    let (far, drawn) = nearest?;
    if far > NEAR {
        return None;
    }
    let drawn = Color::from_rgb_u8(drawn.r, drawn.g, drawn.b);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share of some thousand pixels"
    )]
    let share = |count: u32| count as f32 / seen.max(1) as f32;
    counts
        .into_iter()
        .filter(|(_, count)| share(*count) >= GROUND)
        .map(|((r, g, b), _)| contrast(drawn, Color::from_rgb_u8(r, g, b)))
        .reduce(f32::min)
        // Letters and ground of one colour leave no ground beside the letters.
        .or(Some(1.0))
}

/// Of a text its whole line, as far as it is seen.
fn line(text: &Words) -> Rect {
    let letters = text.letters.seen;
    let blank = text.size * BLANK;
    Rect::new(
        letters.x,
        letters.y - blank,
        letters.width,
        letters.height + 2.0 * blank,
    )
}

fn sampled<'a>(
    pixels: &'a Pixels<'_>,
    place: Rect,
    step: usize,
) -> impl Iterator<Item = Rgb8Pixel> + 'a {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place within the window"
    )]
    let edge = |at: f32| at.max(0.0) as usize;
    let (left, right) = (edge(place.x.ceil()), edge(place.right().floor()));
    let rows = edge(place.y.ceil())..edge(place.bottom().floor());
    rows.step_by(step).flat_map(move |row| {
        let line = pixels.all.get(row * pixels.width..(row + 1) * pixels.width);
        let line = line.unwrap_or_default();
        line.get(left..right.min(line.len()))
            .unwrap_or_default()
            .iter()
            .step_by(step)
            .copied()
    })
}
