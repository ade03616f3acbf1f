//! Contrast of every text with what it is painted on, by the colours of the markup.

use super::super::colour::contrast;
use super::super::found::{Found, Rule};
use super::super::scene::{Scene, Words};

/// The contrast a text must have.
pub(in super::super) fn bar(text: &Words) -> f32 {
    if text.large() { 4.5 } else { 7.0 }
}

/// Contrast of all texts; greyed ones too, for they are still read.
pub(in super::super) fn check(scene: &Scene, found: &mut Vec<Found>) {
    for text in &scene.texts {
        let (measured, bar) = (contrast(text.colour, text.ground), bar(text));
        if measured < bar - 0.005 {
            found.push(Found::new(
                Rule::Contrast,
                text,
                format_args!(
                    "{measured:.2} (#{:02x}{:02x}{:02x} on #{:02x}{:02x}{:02x})",
                    text.colour.red(),
                    text.colour.green(),
                    text.colour.blue(),
                    text.ground.red(),
                    text.ground.green(),
                    text.ground.blue()
                ),
                bar,
            ));
        }
    }
}
