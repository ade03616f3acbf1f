//! What to mend about a portrait, one thing at a time.
//!
//! How dark a face is says nothing about the light: the wall behind it does. A face counts as too
//! dark only where hardly anything of it can be seen.

use super::cut::Place;
use super::figure::{Head, Seen};
use super::ground::light;
use super::{PortraitAdvice, PortraitRules, scale};
use crate::Picture;

/// Mean distance of the border from a plane, of 255, above which a wall is not plain.
const ROUGH: f32 = 9.0;
/// Brightness of the whole picture, of 255, below which nothing is to be seen.
const DARK: f32 = 45.0;
/// Brightness of a face below which nothing of it is to be seen, whatever its colour.
const FACE_DARK: f32 = 28.0;
/// Part of a face that is white through and through, above which it is too bright.
const GLARING: f32 = 0.2;
/// From one side of the wall to the other.
const SLOPE: f32 = 70.0;
/// One half of the face is so many times as bright as the other, and by so much.
const HALVES: (f32, f32) = (1.6, 30.0);
/// How far the portrait may reach beyond the frame at a side, as a part of its width.
const BEYOND: f64 = 0.04;
/// The steepest step of an outline as a part of its contrast, in the portrait's pixels, below
/// which it is blurred: a blur of about three pixels.
const STEEP: f32 = 0.14;
/// An outline with less contrast tells nothing.
const CONTRAST: f32 = 40.0;
/// Pixels to each side of the outline that are looked at.
const ACROSS: i64 = 14;

/// What is wrong with the light or the wall, whoever stands before it.
fn scene(seen: &Seen) -> Option<PortraitAdvice> {
    if mean_light(seen) < DARK {
        Some(PortraitAdvice::TooDark)
    } else if seen.ground.rough > ROUGH {
        Some(PortraitAdvice::NotPlain)
    } else {
        None
    }
}

/// Advice where no head was found.
pub(super) fn without_head(seen: &Seen) -> PortraitAdvice {
    scene(seen).unwrap_or_else(|| {
        if seen.looms() {
            PortraitAdvice::TooNear
        } else if seen.sunk() {
            PortraitAdvice::OffCentre
        } else {
            PortraitAdvice::Nobody
        }
    })
}

/// Advice where one was found; `None` when the picture is good.
pub(super) fn with_head(
    frame: &Picture,
    seen: &Seen,
    head: &Head,
    place: &Place,
    rules: &PortraitRules,
) -> Option<PortraitAdvice> {
    scene(seen)
        .or_else(|| distance(frame, seen, head, place, rules))
        .or_else(|| wall(seen, rules))
        .or_else(|| face(seen, head))
        .or_else(|| blurred(frame, head, place, rules).then_some(PortraitAdvice::Blurred))
}

fn mean_light(seen: &Seen) -> f32 {
    let dots = &seen.small.dots;
    dots.iter().map(|dot| light(*dot)).sum::<f32>() / dots.len().max(1) as f32
}

fn distance(
    frame: &Picture,
    seen: &Seen,
    head: &Head,
    place: &Place,
    rules: &PortraitRules,
) -> Option<PortraitAdvice> {
    let (width, height) = (f64::from(frame.width()), f64::from(frame.height()));
    let beyond = place.width * BEYOND;
    let tall = place.height > height + beyond || place.width > width + beyond;
    if tall || head.top < seen.factor * 1.5 && head.width > width * 0.4 {
        return Some(PortraitAdvice::TooNear);
    }
    if scale(head, rules) < 1.0 / rules.most_enlarged {
        return Some(PortraitAdvice::TooFar);
    }
    let off = place.left < -beyond
        || place.top < -beyond
        || place.left + place.width > width + beyond
        || place.top + place.height > height + beyond;
    off.then_some(PortraitAdvice::OffCentre)
}

/// Advice about the wall behind.
pub(super) fn wall(seen: &Seen, rules: &PortraitRules) -> Option<PortraitAdvice> {
    if seen.ground.slope() > SLOPE {
        return Some(PortraitAdvice::Uneven);
    }
    let colour = seen.ground.at(0.5, 0.25);
    let most = colour.iter().copied().fold(f32::MIN, f32::max);
    let least = colour.iter().copied().fold(f32::MAX, f32::min);
    let dark = f64::from(light(colour)) < rules.least_light;
    let coloured = f64::from(most - least) > rules.most_colour;
    (dark || coloured).then_some(PortraitAdvice::NotLight)
}

/// The middle of the head, where the face is, whatever it looks like.
fn face(seen: &Seen, head: &Head) -> Option<PortraitAdvice> {
    let small = |pixels: f64| (pixels / seen.factor).max(0.0) as usize;
    let rows = small(head.top + head.width * 0.35)..small(head.top + head.width * 1.05);
    let half = |from: f64, to: f64| -> Vec<f32> {
        let columns = small(head.x + head.width * from)..small(head.x + head.width * to);
        rows.clone()
            .flat_map(|y| columns.clone().map(move |x| (x, y)))
            .map(|(x, y)| light(seen.small.at(x, y)))
            .collect()
    };
    let (left, right) = (half(-0.3, 0.0), half(0.0, 0.3));
    let mean = |half: &[f32]| half.iter().sum::<f32>() / half.len().max(1) as f32;
    let (one, other) = (mean(&left), mean(&right));
    let (less, more) = (one.min(other), one.max(other));
    if more < FACE_DARK {
        return Some(PortraitAdvice::TooDark);
    }
    let all = left.iter().chain(&right);
    let white = all.clone().filter(|light| **light >= 250.0).count() as f32;
    if white > all.count() as f32 * GLARING {
        return Some(PortraitAdvice::TooBright);
    }
    let uneven = more > less * HALVES.0 && more - less > HALVES.1;
    uneven.then_some(PortraitAdvice::Uneven)
}

/// Whether the outline of the head runs over many pixels of the portrait. One that hardly stands
/// out from the wall is not judged.
pub(super) fn blurred(
    picture: &Picture,
    head: &Head,
    place: &Place,
    rules: &PortraitRules,
) -> bool {
    let cut = place.cut(picture, rules.width_px, rules.height_px).grey();
    let scale = place.width / f64::from(rules.width_px.max(1));
    let row = |y: f64| ((y - place.top) / scale) as i64;
    let rows = row(head.top + head.width * 0.2)..row(head.shoulders + head.width * 0.3);
    let mut steep: Vec<f32> = rows.flat_map(|y| outline_steps(&cut, y)).collect();
    steep.sort_unstable_by(f32::total_cmp);
    // Hair is soft by nature; somewhere a cheek or a collar is not.
    let sharp = steep.get(steep.len() * 4 / 5);
    steep.len() >= 20 && sharp.is_some_and(|sharp| *sharp < STEEP)
}

/// How steep the outline is at the left and the right of a row.
fn outline_steps(cut: &Picture, y: i64) -> Vec<f32> {
    let width = cut.width() as usize;
    let Some(row) = usize::try_from(y)
        .ok()
        .and_then(|y| cut.pixels().get(y * width..(y + 1) * width))
    else {
        return Vec::new();
    };
    let wall = |edge: Option<&u8>| edge.map_or(0.0, |edge| f32::from(*edge));
    let differs = |dot: &u8, wall: f32| (f32::from(*dot) - wall).abs() > CONTRAST;
    let left = wall(row.first());
    let right = wall(row.last());
    let first = row.iter().position(|dot| differs(dot, left));
    let last = row.iter().rposition(|dot| differs(dot, right));
    [first, last]
        .into_iter()
        .flatten()
        .filter_map(|edge| steepness(row, edge))
        .collect()
}

fn steepness(row: &[u8], edge: usize) -> Option<f32> {
    let from = usize::try_from((edge as i64 - ACROSS).max(0)).ok()?;
    let around = row.get(from..(edge + ACROSS as usize).min(row.len()))?;
    let most = around.iter().max()?;
    let least = around.iter().min()?;
    let contrast = f32::from(most - least);
    let step = around.windows(2).map(|pair| match pair {
        [a, b] => f32::from(a.abs_diff(*b)),
        _ => 0.0,
    });
    (contrast >= CONTRAST).then(|| step.fold(0.0, f32::max) / contrast)
}
