//! The demonstration in a window, with a panel for everything a person or a fault would do to
//! the real devices.

mod groups;
mod panel;
mod places;

use std::cell::{Cell, RefCell};
use std::io;
use std::path::Path;
use std::rc::Rc;

use city_backend::DepartmentsSource;
use kiosk_core::screen::Lang;
use kiosk_ui::{AppWindow, Frame, Language};
use slint::ComponentHandle;

use super::city::{SampleCity, SampleCityError};
use super::devices::{SampleCard, cards};
use super::place::{Place, PlaceError};
use crate::config::{SpeechEngine, Window};
use crate::window::{self, WindowAudience, WindowError};

pub use places::Places;

/// Why the demonstration cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum DemoWindowError {
    /// The window.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// The city.
    #[error(transparent)]
    City(#[from] SampleCityError),
    /// The kiosk.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The panel.
    #[error("opening the panel")]
    Panel(#[source] slint::PlatformError),
    /// The sample cards, which a test excludes.
    #[error("reading the sample cards")]
    Cards(#[from] serde_json::Error),
}

impl DemoWindowError {
    /// There is no display to open a window on.
    #[must_use]
    pub fn no_display(&self) -> bool {
        matches!(self, Self::Window(WindowError::NoDisplay { .. }))
    }
}

/// Opens the kiosk's window; done first, so that a missing display is known at once.
///
/// # Errors
/// [`DemoWindowError::Window`].
pub fn open(size: (u32, u32)) -> Result<AppWindow, DemoWindowError> {
    let (width, height) = size;
    Ok(window::open(&Window {
        width,
        height,
        full_screen: false,
    })?)
}

/// What the panel acts on.
struct Stage {
    place: RefCell<Place>,
    city: RefCell<SampleCity>,
    window: slint::Weak<AppWindow>,
    cards: Vec<SampleCard>,
    /// The card on the reader; `None` when none is.
    card: Cell<Option<usize>>,
    /// Another lies beside it.
    second_card: Cell<bool>,
}

impl Stage {
    /// Lays the cards chosen on the reader, and no other.
    fn lay_cards(&self) -> io::Result<()> {
        let card = |place: usize| self.cards.get(place).map(SampleCard::content).transpose();
        let (chosen, two) = (self.card.get(), self.second_card.get());
        let first = chosen.or(two.then_some(0));
        let second = two.then_some(usize::from(first == Some(0)));
        let first = first.map(card).transpose()?.flatten();
        let second = second.map(card).transpose()?.flatten();
        let place = self.place.borrow();
        place.devices.reader.device(|reader| {
            reader.remove();
            [first, second]
                .into_iter()
                .flatten()
                .for_each(|card| reader.put(card));
        });
        Ok(())
    }

    /// The language of the kiosk's screen.
    fn lang(&self) -> Lang {
        let shown = self.window.upgrade();
        match shown.map(|window| window.global::<Frame>().get_language()) {
            Some(Language::En) => Lang::En,
            Some(Language::ZhHant) => Lang::ZhHant,
            Some(Language::ZhHans) | None => Lang::ZhHans,
        }
    }
}

/// Runs the demonstration until the window is closed. `ready` is told where the city is, `places`
/// what can be pressed, whenever that changes; nobody is told when there is none.
///
/// # Errors
/// [`DemoWindowError`].
pub fn run(
    window: &AppWindow,
    folder: &Path,
    paced: bool,
    departments: DepartmentsSource,
    ready: impl FnOnce(&str),
    places: Option<fn(&Places)>,
) -> Result<(), DemoWindowError> {
    let city = SampleCity::start(&folder.join("city"), departments)?;
    ready(&city.url()?);
    let engine = SpeechEngine::Auto;
    let audience = WindowAudience::new(window);
    let place = Place::start(1, folder, &city, paced, engine, audience)?;
    let attached = window::attach(
        window,
        place.app.inbox(),
        place.app.memory(),
        &place.standing,
        true,
        place.clock.clone(),
    )?;
    let stage = Rc::new(Stage {
        place: RefCell::new(place),
        city: RefCell::new(city),
        window: window.as_weak(),
        cards: cards()?,
        card: Cell::new(None),
        second_card: Cell::new(false),
    });
    let (panel, looking) = panel::open(&stage)?;
    let watching = places.map(|tell| places::watch(window, panel.window(), tell));
    window.show().map_err(WindowError::no_display)?;
    let ran = window.run().map_err(WindowError::Run);
    drop((looking, watching));
    // The panel holds the stage.
    drop(panel);
    drop(attached);
    if let Some(stage) = Rc::into_inner(stage) {
        stage
            .place
            .into_inner()
            .app
            .end()
            .map_err(PlaceError::from)?;
    }
    Ok(ran?)
}

#[cfg(test)]
mod tests;
