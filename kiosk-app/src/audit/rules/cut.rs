//! Every text is seen whole: it has the room it needs, stays in its box, and what does not fit a
//! page can be shown with a button.

use i_slint_core::items::AccessibleRole;

use super::super::found::{Found, Rule};
use super::super::scene::{Scene, Words};

/// What rounding may take.
const ROUNDING: f32 = 1.0;

/// All texts and columns; `turns` are the words on the buttons that show more.
pub(in super::super) fn check(scene: &Scene, turns: &[String], found: &mut Vec<Found>) {
    for text in &scene.texts {
        if typed(scene, text) {
            ending(text, found);
        } else {
            room(text, found);
            inside(scene, text, found);
        }
    }
    let turned = scene
        .elements
        .iter()
        .any(|it| it.target && turns.contains(&it.label));
    for (place, longer) in &scene.columns {
        if *longer && !turned && !place.is_empty() {
            found.push(Found::new(
                Rule::Rest,
                format_args!("column of {:.0}x{:.0} px", place.width, place.height),
                "longer than its place",
                "a button that shows the rest",
            ));
        }
    }
}

/// It is being typed into a field, of which it may be longer.
fn typed(scene: &Scene, text: &Words) -> bool {
    let element = text.element.and_then(|at| scene.elements.get(at));
    element.is_some_and(|it| it.role == AccessibleRole::TextInput)
}

/// Of what is typed the end is seen, where typing goes on.
fn ending(text: &Words, found: &mut Vec<Found>) {
    let (whole, seen) = (text.letters.whole, text.letters.seen);
    let hidden = (whole.right() - seen.right()).max(whole.bottom() - seen.bottom());
    if hidden > ROUNDING {
        found.push(Found::new(
            Rule::Cut,
            text,
            format_args!("the end of what is typed is {hidden:.0} px out of sight"),
            "0 px",
        ));
    }
}

fn room(text: &Words, found: &mut Vec<Found>) {
    let blank = text.size * 0.3;
    let wide = text.needed.0 - text.given.0;
    let high = text.needed.1 - text.given.1;
    if wide > ROUNDING || high > blank {
        found.push(Found::new(
            Rule::Cut,
            text,
            format_args!("has {:.0}x{:.0} px", text.given.0, text.given.1),
            format_args!("needs {:.0}x{:.0} px", text.needed.0, text.needed.1),
        ));
    }
}

/// Neither out of the boxes drawn around it nor, where nothing scrolls, cut off by anything.
fn inside(scene: &Scene, text: &Words, found: &mut Vec<Found>) {
    let whole = text.letters.whole;
    let box_ = text.frame.unwrap_or(if text.letters.column.is_some() {
        whole
    } else {
        scene.window
    });
    let out = whole.beyond(box_);
    let hidden = if text.letters.column.is_some() {
        // It scrolls up and down, never across.
        let column = text.letters.column.and_then(|at| scene.columns.get(at));
        column.map_or(0.0, |(place, _)| {
            (place.x - whole.x).max(whole.right() - place.right())
        })
    } else {
        whole.beyond(text.letters.seen)
    };
    let worst = out.max(hidden);
    if worst > ROUNDING {
        found.push(Found::new(
            Rule::Cut,
            text,
            format_args!("{worst:.0} px out of its place"),
            "0 px",
        ));
    }
}
