//! The demonstration in a window, with a panel for everything a person or a fault would do to
//! the real devices.

mod faults;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use city_backend::DepartmentsSource;
use kiosk_drivers::scanner::sim::draw_page;
use kiosk_ui::{AppWindow, FaultPanel};
use slint::{ComponentHandle, ModelRc, SharedString, Timer, TimerMode, VecModel};

use super::city::{SampleCity, SampleCityError};
use super::devices::{SampleCard, cards};
use super::headless::piece_picture;
use super::place::{Place, PlaceError};
use crate::config::Window;
use crate::window::{self, WindowAudience, WindowError};
use crate::words::Words;

/// How often the panel looks at the printer's paper.
const LOOK: Duration = Duration::from_millis(500);

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
    cards: Vec<SampleCard>,
    /// Pieces of paper seen so far.
    pieces: Cell<usize>,
}

/// Runs the demonstration until the window is closed. `ready` is told where the city is.
///
/// # Errors
/// [`DemoWindowError`].
pub fn run(
    window: &AppWindow,
    folder: &Path,
    paced: bool,
    departments: DepartmentsSource,
    ready: impl FnOnce(&str),
) -> Result<(), DemoWindowError> {
    let city = SampleCity::start(&folder.join("city"), departments)?;
    ready(&city.url()?);
    let place = Place::start(1, folder, &city, paced, WindowAudience::new(window))?;
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
        cards: cards()?,
        pieces: Cell::new(0),
    });
    let panel = panel(&stage)?;
    let looking = look_at_paper(&panel, &stage);
    panel.show().map_err(DemoWindowError::Panel)?;
    window.show().map_err(WindowError::no_display)?;
    let ran = window.run().map_err(WindowError::Run);
    drop(looking);
    // A panel that cannot be hidden is gone with the program.
    drop(panel.hide());
    // The panel's handlers hold the stage.
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

fn panel(stage: &Rc<Stage>) -> Result<FaultPanel, DemoWindowError> {
    let panel = FaultPanel::new().map_err(DemoWindowError::Panel)?;
    let words = Words(kiosk_core::screen::Lang::ZhHans);
    panel.set_cards(names(stage.cards.iter().map(SampleCard::name)));
    panel.set_papers(names([
        words.get("panel.page-colour"),
        words.get("panel.page-grey"),
    ]));
    card_hands(&panel, stage);
    paper_hands(&panel, stage);
    faults::hands(&panel, stage);
    let (weak, at) = (panel.as_weak(), Rc::clone(stage));
    panel.on_set_city(move |up| {
        let done = at.city.borrow_mut().set_up(up);
        if let Err(error) = &done {
            tracing::error!("{}", crate::work::chain(error));
        }
        if let Some(panel) = weak.upgrade() {
            panel.set_city_on(up && done.is_ok());
        }
    });
    Ok(panel)
}

fn names(names: impl IntoIterator<Item = String>) -> ModelRc<SharedString> {
    let names: Vec<SharedString> = names.into_iter().map(SharedString::from).collect();
    ModelRc::new(VecModel::from(names))
}

fn card_hands(panel: &FaultPanel, stage: &Rc<Stage>) {
    let (weak, at) = (panel.as_weak(), Rc::clone(stage));
    panel.on_put_card(move |place| {
        let card = usize::try_from(place)
            .ok()
            .and_then(|place| at.cards.get(place));
        let Some(content) = card.and_then(|card| card.content().ok()) else {
            return;
        };
        at.place.borrow().devices.reader.device(|reader| {
            reader.remove();
            reader.put(content);
        });
        if let Some(panel) = weak.upgrade() {
            panel.set_card(place);
        }
    });
    let (weak, at) = (panel.as_weak(), Rc::clone(stage));
    panel.on_remove_card(move || {
        at.place
            .borrow()
            .devices
            .reader
            .device(|reader| reader.remove());
        if let Some(panel) = weak.upgrade() {
            panel.set_card(-1);
        }
    });
}

fn paper_hands(panel: &FaultPanel, stage: &Rc<Stage>) {
    let (weak, at) = (panel.as_weak(), Rc::clone(stage));
    panel.on_put_paper(move |place| {
        if let Ok(jpeg) = draw_page(2480, 3508, 300, place == 1) {
            at.place.borrow().devices.scanner.load_page(jpeg);
        }
        if let Some(panel) = weak.upgrade() {
            panel.set_paper(place);
        }
    });
    let weak = panel.as_weak();
    panel.on_remove_paper(move || {
        if let Some(panel) = weak.upgrade() {
            panel.set_paper(-1);
        }
    });
}

/// Shows the last slip that came out.
fn look_at_paper(panel: &FaultPanel, stage: &Rc<Stage>) -> Timer {
    let (weak, at) = (panel.as_weak(), Rc::clone(stage));
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, LOOK, move || {
        let pieces = at
            .place
            .borrow()
            .devices
            .printer
            .device(|recorded| recorded.printer.pieces());
        if pieces.len() == at.pieces.replace(pieces.len()) {
            return;
        }
        let last = pieces.iter().rev().find(|piece| !piece.is_blank());
        let picture = last.and_then(piece_picture).map(|(width, height, grey)| {
            let rgb: Vec<u8> = grey.iter().flat_map(|dot| [*dot; 3]).collect();
            slint::Image::from_rgb8(slint::SharedPixelBuffer::clone_from_slice(
                &rgb, width, height,
            ))
        });
        if let (Some(panel), Some(picture)) = (weak.upgrade(), picture) {
            panel.set_slip(picture);
            panel.set_has_slip(true);
        }
    });
    timer
}
