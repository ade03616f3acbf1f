//! Whoever walks with keys reaches everything, in the order in which it is read.

use i_slint_core::items::AccessibleRole;

use super::super::found::{Found, Rule};
use super::super::rect::Rect;
use super::super::scene::{Element, Scene};

/// What is reached, and in which order.
pub(in super::super) fn check(scene: &Scene, found: &mut Vec<Found>) {
    for (at, element) in scene.elements.iter().enumerate() {
        // What is drawn with a finger, such as a signature, is given in another way.
        let walked = element.target && element.enabled && element.role != AccessibleRole::Image;
        let there = element.place.column.is_some() || !element.place.seen.is_empty();
        if walked && there && !scene.focus.contains(&at) {
            found.push(Found::new(
                Rule::Focus,
                element,
                "not reached by keys",
                "in the order of focus",
            ));
        }
    }
    for label in &scene.behind {
        found.push(Found::new(
            Rule::Focus,
            format_args!("\"{label}\""),
            "reached by keys behind a sheet",
            "not reached",
        ));
    }
    let walk: Vec<_> = scene
        .focus
        .iter()
        .filter_map(|at| scene.elements.get(*at))
        .collect();
    for pair in walk.windows(2) {
        let [one, next] = pair else { continue };
        if backwards(place(scene, one, next), place(scene, next, one)) {
            found.push(Found::new(
                Rule::Focus,
                format_args!("{one} before {next}"),
                "against the order of reading",
                "down, and from left to right",
            ));
        }
    }
}

/// Where an element stands for another: what scrolls without the other is where its column is.
fn place(scene: &Scene, element: &Element, other: &Element) -> Rect {
    let own = element.place;
    let column = own.column.filter(|_| own.column != other.place.column);
    let column = column.and_then(|at| scene.columns.get(at));
    column.map_or(own.whole, |(column, _)| *column)
}

/// The next one is above without beginning a column further right, or left in the same line.
fn backwards(one: Rect, next: Rect) -> bool {
    let above = next.bottom() <= one.y + 1.0;
    let right = next.x >= one.right() - 1.0;
    let left = next.right() <= one.x + 1.0;
    let line = next.y < one.bottom() && next.bottom() > one.y;
    above && !right || line && left
}
