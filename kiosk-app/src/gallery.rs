//! Every component in every state, for the eye: in a window, or as pictures in every language,
//! size of words and contrast.

use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use kiosk_core::screen::Lang;
use kiosk_core::{Contrast, Display, TextSize};
use kiosk_ui::{self as ui, GalleryWindow};
use slint::ComponentHandle;

use crate::hall_screen;
use crate::headless::{Canvas, HeadlessError};
use crate::samples;
use crate::slips::Standing;
use crate::view::{Surroundings, set_display, speak};
use crate::window::WindowError;
use crate::words::Words;

/// How long a picture is given to settle.
const SETTLE: Duration = Duration::from_millis(300);
/// Width of a picture: the screen on end.
const WIDTH: u32 = 1080;

/// Draws the gallery into `folder`; returns how many pictures that were.
///
/// # Errors
/// [`HeadlessError`].
pub fn draw(folder: &Path) -> Result<usize, HeadlessError> {
    // The canvas brings the fonts; the gallery takes its place on the surface.
    let canvas = Canvas::new(WIDTH, 1920, |_, _| {}, surroundings())?;
    let gallery = GalleryWindow::new().map_err(HeadlessError::Window)?;
    gallery.show().map_err(HeadlessError::Window)?;
    let mut pictures = 0;
    for lang in [Lang::ZhHans, Lang::En] {
        for text in TextSize::ALL {
            for contrast in Contrast::ALL {
                let display = Display {
                    text,
                    contrast,
                    ..Display::default()
                };
                set(&gallery, lang, display);
                canvas.pass(SETTLE);
                canvas.resize(WIDTH, height(&gallery));
                canvas.pass(SETTLE);
                let name = format!("{}-{}-{contrast:?}.png", Words(lang).code(), text.percent());
                canvas.save_png(&folder.join(name))?;
                pictures += 1;
            }
        }
    }
    // Other windows than the kiosk's own.
    gallery.hide().map_err(HeadlessError::Window)?;
    pictures += hall_screen::pictures(&canvas, folder)?;
    Ok(pictures)
}

fn surroundings() -> Surroundings {
    Surroundings {
        standing: Standing::default(),
        simulated: false,
        now: Box::new(|| date(2026, 11, 23).at(14, 36, 0, 0)),
        has_glyph: Box::new(|_| true),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "some thousand pixels"
)]
fn height(gallery: &GalleryWindow) -> u32 {
    gallery.get_full().ceil().clamp(800.0, 60_000.0) as u32
}

fn set(gallery: &GalleryWindow, lang: Lang, display: Display) {
    let (frame, theme) = (gallery.global::<ui::Frame>(), gallery.global::<ui::Theme>());
    speak(&frame, &theme, lang);
    set_display(&frame, &theme, display);
    let words = Words(lang);
    let city = samples::text("云汀市政务服务", "Yunting City Services");
    frame.set_city(words.text(&city).into());
    frame.set_clock("14:36".into());
    frame.set_overlay_phone("000-5550-0031".into());
    frame.set_back(true);
    frame.set_help(true);
    frame.set_end(true);
    frame.set_has_primary(true);
    frame.set_primary_enabled(true);
    frame.set_primary(words.get("action.continue").into());
}

/// Shows the gallery in a window until it is closed; the buttons of its head change language,
/// size of words and contrast.
///
/// # Errors
/// [`WindowError`].
pub fn show() -> Result<(), WindowError> {
    let gallery = GalleryWindow::new().map_err(WindowError::no_display)?;
    gallery.show().map_err(WindowError::no_display)?;
    set(&gallery, Lang::ZhHans, Display::default());
    let touched = gallery.global::<ui::Touched>();
    let overlay = |kind| {
        let gallery = gallery.as_weak();
        move || {
            if let Some(gallery) = gallery.upgrade() {
                gallery.global::<ui::Frame>().set_overlay(kind);
            }
        }
    };
    touched.on_display(overlay(ui::OverlayKind::Display));
    touched.on_help(overlay(ui::OverlayKind::Help));
    touched.on_end(overlay(ui::OverlayKind::ConfirmEnd));
    touched.on_next(overlay(ui::OverlayKind::TimeOut));
    touched.on_close(overlay(ui::OverlayKind::None));
    touched.on_end_now(overlay(ui::OverlayKind::None));
    touched.on_more_time(overlay(ui::OverlayKind::None));
    let window = gallery.as_weak();
    touched.on_contrast(move |contrast| {
        if let Some(gallery) = window.upgrade() {
            gallery.global::<ui::Theme>().set_contrast(contrast);
        }
    });
    let window = gallery.as_weak();
    touched.on_text_size(move |percent| {
        if let Some(gallery) = window.upgrade() {
            gallery.global::<ui::Frame>().set_text_percent(percent);
            let scale = u8::try_from(percent).map_or(1.0, |it| f32::from(it) / 100.0);
            gallery.global::<ui::Theme>().set_text_scale(scale);
        }
    });
    let window = gallery.as_weak();
    touched.on_language(move |language| {
        if let Some(gallery) = window.upgrade() {
            let lang = match language {
                ui::Language::ZhHans => Lang::ZhHans,
                ui::Language::En => Lang::En,
                ui::Language::ZhHant => Lang::ZhHant,
            };
            let frame = gallery.global::<ui::Frame>();
            speak(&frame, &gallery.global::<ui::Theme>(), lang);
        }
    });
    gallery.run().map_err(WindowError::Run)
}
