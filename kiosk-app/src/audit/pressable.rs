//! What of a window a finger can press, and where, for a program that presses it.

use serde::Serialize;

use super::scene::Scene;

/// Something that reacts to a finger, as it stands on the glass.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pressable {
    /// What a screen reader says.
    pub label: String,
    /// What it can be pressed for; not while it is greyed.
    pub enabled: bool,
    /// Its middle, in pixels of the window's upper left corner.
    pub x: f32,
    /// The same, downwards.
    pub y: f32,
}

/// Everything of the window that reacts to a finger and is seen, in the order it is painted.
pub fn pressable(window: &slint::Window) -> Vec<Pressable> {
    let scale = window.scale_factor();
    let scene = Scene::read(window);
    let targets = scene.elements.into_iter().filter(|it| it.target);
    targets
        .filter(|it| !it.place.seen.is_empty())
        .map(|it| {
            let seen = it.place.seen;
            Pressable {
                label: it.label,
                enabled: it.enabled,
                x: (seen.x + seen.width / 2.0) * scale,
                y: (seen.y + seen.height / 2.0) * scale,
            }
        })
        .collect()
}
