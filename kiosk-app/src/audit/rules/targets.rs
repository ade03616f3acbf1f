//! What is touched is large enough and far enough from the next.

use super::super::found::{Found, Rule};
use super::super::rect::Rect;
use super::super::scene::{Element, Scene};

/// A finger of anybody: 24 mm on a panel of 21.5 inch.
const TARGET: f32 = 96.0;
/// A key of a keyboard, which is typed on one after another: width and height.
const KEY: (f32, f32) = (64.0, 80.0);
/// Between two targets.
const APART: f32 = 24.0;
/// Between two keys.
const KEYS_APART: f32 = 8.0;
/// What rounding to whole pixels may take.
const ROUNDING: f32 = 0.5;

/// Size and distance of all targets; greyed ones too, for they will not stay grey.
pub(in super::super) fn check(scene: &Scene, found: &mut Vec<Found>) {
    let targets: Vec<(usize, &Element)> = scene
        .elements
        .iter()
        .enumerate()
        .filter(|(_, it)| it.target && (it.place.column.is_some() || !it.place.seen.is_empty()))
        .collect();
    for (_, element) in &targets {
        size(element, found);
    }
    for (at, (one, first)) in targets.iter().enumerate() {
        for (other, second) in targets.iter().skip(at + 1) {
            if !scene.within(*one, *other) && !scene.within(*other, *one) {
                distance(first, second, found);
            }
        }
    }
}

fn size(element: &Element, found: &mut Vec<Found>) {
    let (width, height) = if element.key { KEY } else { (TARGET, TARGET) };
    // What scrolls comes whole into sight; what does not is as large as what is seen of it.
    let place = if element.place.column.is_some() {
        element.place.whole
    } else {
        element.place.seen
    };
    if place.width < width - ROUNDING || place.height < height - ROUNDING {
        found.push(Found::new(
            Rule::Size,
            element,
            format_args!("{:.0}x{:.0} px", place.width, place.height),
            format_args!("{width}x{height} px"),
        ));
    }
}

/// Where both stand as they are seen together.
fn places(one: &Element, other: &Element) -> (Rect, Rect) {
    if one.place.column == other.place.column {
        (one.place.whole, other.place.whole)
    } else {
        (one.place.seen, other.place.seen)
    }
}

fn distance(one: &Element, other: &Element, found: &mut Vec<Found>) {
    let bar = if one.key && other.key {
        KEYS_APART
    } else {
        APART
    };
    let (first, second) = places(one, other);
    if first.is_empty() || second.is_empty() {
        return;
    }
    let gap = first.gap(second);
    if gap < bar - ROUNDING {
        found.push(Found::new(
            Rule::Distance,
            format_args!("{one} to {other}"),
            format_args!("{gap:.0} px"),
            format_args!("{bar} px"),
        ));
    }
}
