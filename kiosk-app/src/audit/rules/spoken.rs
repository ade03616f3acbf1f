//! Whoever does not see the page learns all of it: everything has a label, what is touched says
//! what it is, and no text is left unspoken.

use i_slint_core::items::AccessibleRole;

use super::super::found::{Found, Rule};
use super::super::scene::{Element, Place, Scene};

/// Labels and roles of all elements, and what speaks for each text.
pub(in super::super) fn check(scene: &Scene, found: &mut Vec<Found>) {
    for element in scene.elements.iter().filter(|it| shown(it.place)) {
        labelled(element, found);
        if element.target && !touchable(element.role) {
            found.push(Found::new(
                Rule::Role,
                element,
                element.role,
                "the role of something that is touched",
            ));
        }
    }
    for place in scene.bare.iter().filter(|place| !place.is_empty()) {
        found.push(Found::new(
            Rule::Role,
            format_args!(
                "touch area of {:.0}x{:.0} px at {:.0},{:.0}",
                place.width, place.height, place.x, place.y
            ),
            "none",
            "a role and a label",
        ));
    }
    for text in &scene.texts {
        let speaker = text.element.and_then(|at| scene.elements.get(at));
        if !speaker.is_some_and(|it| speaks(it, &text.text)) {
            found.push(Found::new(
                Rule::Label,
                text,
                "not spoken",
                "an element that says it",
            ));
        }
    }
}

fn shown(place: Place) -> bool {
    place.column.is_some() || !place.seen.is_empty()
}

fn labelled(element: &Element, found: &mut Vec<Found>) {
    // A text without words is not there.
    if element.label.trim().is_empty() && element.role != AccessibleRole::Text {
        found.push(Found::new(
            Rule::Label,
            format_args!(
                "{} of {:.0}x{:.0} px at {:.0},{:.0}",
                element.role,
                element.place.whole.width,
                element.place.whole.height,
                element.place.whole.x,
                element.place.whole.y
            ),
            "none",
            "a label",
        ));
    }
}

/// The roles under which a person expects to touch; a picture where something is drawn.
fn touchable(role: AccessibleRole) -> bool {
    matches!(
        role,
        AccessibleRole::Button
            | AccessibleRole::Checkbox
            | AccessibleRole::RadioButton
            | AccessibleRole::TextInput
            | AccessibleRole::Image
            | AccessibleRole::Groupbox
    )
}

/// What is touched is named by its label; everything else says the words themselves.
fn speaks(element: &Element, text: &str) -> bool {
    let said = |part: &String| part.contains(text);
    element.target && !element.label.is_empty()
        || said(&element.label)
        || element.more.iter().any(said)
        || element.role == AccessibleRole::TextInput && !element.label.is_empty()
        || element.role == AccessibleRole::ProgressIndicator && !element.label.is_empty()
}
