//! No text lies on another, on something that is touched for another thing, or under anything.

use super::super::found::{Found, Rule};
use super::super::rect::Rect;
use super::super::scene::{Place, Scene};

/// Letters may come so near that their lines touch, but not more.
const TOUCH: f32 = 2.0;

/// All texts with each other, with what is touched, and with what is painted later.
pub(in super::super) fn check(scene: &Scene, found: &mut Vec<Found>) {
    for (at, text) in scene.texts.iter().enumerate() {
        for other in scene.texts.iter().skip(at + 1) {
            if let Some(size) = common(text.letters, other.letters) {
                found.push(Found::new(
                    Rule::Overlap,
                    format_args!("{text} and {other}"),
                    size,
                    "0 px",
                ));
            }
        }
        if let Some(size) = visible(text.painted_over) {
            found.push(Found::new(
                Rule::Overlap,
                format_args!("{text} under something"),
                size,
                "0 px",
            ));
        }
        for (place, target) in scene
            .elements
            .iter()
            .enumerate()
            .filter(|(_, it)| it.target)
        {
            let own = text.element.is_some_and(|it| scene.within(it, place));
            if !own && let Some(size) = common(text.letters, target.place) {
                found.push(Found::new(
                    Rule::Overlap,
                    format_args!("{text} on {target}"),
                    size,
                    "0 px",
                ));
            }
        }
    }
}

fn common(one: Place, other: Place) -> Option<String> {
    visible(if one.column == other.column {
        one.whole.and(other.whole)
    } else {
        one.seen.and(other.seen)
    })
}

fn visible(common: Rect) -> Option<String> {
    let real = common.width > TOUCH && common.height > TOUCH;
    real.then(|| format!("{:.0}x{:.0} px", common.width, common.height))
}
