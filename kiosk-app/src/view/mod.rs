//! The core's [`Screen`] onto the Slint window, touches of the window to the core.
//!
//! The view decides nothing: it finds words for what the core says and reports what was
//! touched, with the number of the screen that was touched.

mod after;
mod appointment;
mod browse;
mod check_in;
mod delivery;
mod enquiry;
mod form;
mod found;
mod frame;
mod identity;
mod kinds;
mod pages;
mod papers;
mod phrases;
mod portrait;
mod principal;
mod service;
mod spoken;
#[cfg(test)]
pub(crate) mod tests;
mod touches;
mod walk;
mod withdraw;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use jiff::civil::DateTime;
use kiosk_core::screen::{Keyboard, Lang, Page, PageNumber, PictureId, PortraitPage};
use kiosk_core::{Screen, Touch};
use kiosk_ui::{self as ui, AppWindow};
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer, Timer, TimerMode};

use crate::memory::VisitMemory;
use crate::slips::Standing;
use crate::words::Words;
use phrases::Phrases;

#[cfg(feature = "demo")]
pub(crate) use frame::{display as set_display, speak};
#[cfg(feature = "demo")]
pub(crate) use spoken::typed;
pub use spoken::{Line, Said, declaration, lines, said};

/// How often clock and countdown are looked at.
const BEAT: Duration = Duration::from_secs(1);

/// What the view must know besides the screens.
pub struct Surroundings {
    /// City and station.
    pub standing: Standing,
    /// Devices are simulated: said on every page.
    pub simulated: bool,
    /// The clock in the head: the civil time in the city.
    pub now: Box<dyn Fn() -> DateTime>,
    /// Whether the screen can draw a character; others are shown as their code point.
    pub has_glyph: Box<dyn Fn(char) -> bool>,
}

/// Shows screens in one window and reports its touches. Belongs to the window's thread.
pub struct View {
    window: slint::Weak<AppWindow>,
    keyboard: ui::keyboard::Keyboard,
    surroundings: Rc<Surroundings>,
    /// Number of the screen shown last.
    number: Rc<Cell<PageNumber>>,
    lang: Rc<Cell<Lang>>,
    shown: RefCell<Option<Screen>>,
    picture: RefCell<Option<(PictureId, Image)>>,
    /// Counts the seconds until the slip prints.
    slip: Timer,
    /// Moves the clock in the head.
    _clock: Timer,
}

impl View {
    /// Connects everything that can be touched in `window`: `tap` gets each touch with the
    /// number of the screen it was made on. Touches end when the window is dropped.
    pub fn new(
        window: &AppWindow,
        tap: impl Fn(Touch, PageNumber) + 'static,
        surroundings: Surroundings,
    ) -> Self {
        let number = Rc::new(Cell::new(PageNumber::default()));
        let lang = Rc::new(Cell::new(Lang::default()));
        let surroundings = Rc::new(surroundings);
        let at = Rc::clone(&number);
        let tap: touches::Tap = Rc::new(move |touch| tap(touch, at.get()));
        let screen = Rc::clone(&surroundings);
        let view = Self {
            keyboard: touches::connect(window, &tap, move |c| (screen.has_glyph)(c)),
            _clock: clock(window, &lang, &surroundings),
            window: window.as_weak(),
            surroundings,
            number,
            lang,
            shown: RefCell::default(),
            picture: RefCell::default(),
            slip: Timer::default(),
        };
        view.speak(window);
        view
    }

    /// Shows `screen`; its pictures come from `memory`. One that is not there any more leaves
    /// its place empty.
    pub fn show(&self, screen: &Screen, memory: &VisitMemory) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let before = self.shown.replace(Some(screen.clone()));
        self.number.set(screen.number);
        if self.lang.replace(screen.lang) != screen.lang {
            self.speak(&window);
        }
        let say = Phrases {
            words: Words(screen.lang),
            has_glyph: &*self.surroundings.has_glyph,
        };
        let same = before
            .as_ref()
            .is_some_and(|before| before.lang == screen.lang && before.page == screen.page);
        if !same {
            self.page(&window, before.as_ref(), screen, memory, &say);
        }
        let frame = window.global::<ui::Frame>();
        frame::display(&frame, &window.global::<ui::Theme>(), screen.display);
        frame.set_voice(screen.aloud.voice);
        frame::progress(&frame, screen.progress);
        frame::foot(&frame, screen.foot, &say);
        frame::overlay(&frame, screen.overlay.as_ref());
        frame::help(&frame, screen.help);
        frame::codes(&frame, screen.codes, &say);
        frame::lights(&frame, screen.lights);
        self.type_on(&window, before.as_ref(), screen);
        frame.set_number(phrases::int(screen.number.0));
        frame.set_drawn_anew(!frame.get_drawn_anew());
    }

    /// Every word outside the page in the present language.
    fn speak(&self, window: &AppWindow) {
        let lang = self.lang.get();
        let frame = window.global::<ui::Frame>();
        frame::speak(&frame, &window.global::<ui::Theme>(), lang);
        let around = &self.surroundings;
        frame::stand(&frame, Words(lang), &around.standing, around.simulated);
        frame::tell_time(&frame, Words(lang), (around.now)());
    }

    fn page(
        &self,
        window: &AppWindow,
        before: Option<&Screen>,
        screen: &Screen,
        memory: &VisitMemory,
        say: &Phrases<'_>,
    ) {
        let all = window.global::<ui::Pages>();
        let kind = kinds::kind(&screen.page);
        let left = before.map(|before| kinds::kind(&before.page));
        let picture = match &screen.page {
            Page::Portrait(PortraitPage::Live { .. }) => live(memory),
            page => self.picture(pages::picture_of(page), memory),
        };
        pages::set(&all, &screen.page, picture, say);
        let theme = window.global::<ui::Theme>();
        theme.set_fixture(kinds::fixture(&screen.page));
        window.global::<ui::Frame>().set_page(kind);
        if let Some(left) = left.filter(|left| *left != kind) {
            pages::forget(&all, left);
        }
        self.count_slip(window, &screen.page);
    }

    /// Shows what the portrait camera sees now, where its page stands.
    pub fn live(&self, memory: &VisitMemory) {
        let shown = self.shown.borrow();
        let stands = shown
            .as_ref()
            .is_some_and(|screen| matches!(screen.page, Page::Portrait(PortraitPage::Live { .. })));
        if let Some(window) = self.window.upgrade().filter(|_| stands) {
            let pages = window.global::<ui::Pages>();
            let mut portrait = pages.get_portrait();
            portrait.picture = live(memory);
            pages.set_portrait(portrait);
        }
    }

    /// The picture `id`, made for the screen once; the one shown before is dropped.
    fn picture(&self, id: Option<PictureId>, memory: &VisitMemory) -> Image {
        let mut kept = self.picture.borrow_mut();
        let Some(id) = id else {
            *kept = None;
            return Image::default();
        };
        if let Some((known, image)) = kept.as_ref()
            && *known == id
        {
            return image.clone();
        }
        let image = memory.picture(id).map(image);
        *kept = image.clone().map(|image| (id, image));
        image.unwrap_or_default()
    }

    /// Seconds until the slip prints go on between screens.
    fn count_slip(&self, window: &AppWindow, page: &Page) {
        self.slip.stop();
        let Page::Done(_) = page else {
            return;
        };
        if window.global::<ui::Pages>().get_done().slip_seconds <= 0 {
            return;
        }
        let window = self.window.clone();
        self.slip.start(TimerMode::Repeated, BEAT, move || {
            if let Some(window) = window.upgrade() {
                let pages = window.global::<ui::Pages>();
                let mut done = pages.get_done();
                done.slip_seconds = (done.slip_seconds - 1).max(0);
                pages.set_done(done);
            }
        });
    }

    /// A new page gets its keyboard as it begins: pinyin, or letters for those who read Latin.
    fn type_on(&self, window: &AppWindow, before: Option<&Screen>, screen: &Screen) {
        let letters = kinds::letters(&screen.page);
        let page = |screen: &Screen| (kinds::kind(&screen.page), kinds::letters(&screen.page));
        let same_page = before.is_some_and(|before| page(before) == page(screen));
        let same_number = before.is_some_and(|before| before.number == screen.number);
        if !same_page {
            // A search is typed only once its field is touched.
            let typing = letters.is_some() && !matches!(screen.page, Page::Find(_));
            window.global::<ui::Theme>().set_typing(typing);
        }
        let Some(letters) = letters.filter(|_| !same_page || !same_number) else {
            return;
        };
        self.keyboard.reset(match letters {
            Keyboard::Full => ui::KeyboardMode::Pinyin,
            Keyboard::Zone => ui::KeyboardMode::Zone,
            Keyboard::Latin | Keyboard::Digits | Keyboard::IdNumber | Keyboard::Money => {
                ui::KeyboardMode::Capitals
            }
        });
        if letters == Keyboard::Full && screen.lang == Lang::En {
            window
                .global::<ui::KeyboardAdapter>()
                .invoke_pick_mode(ui::KeyboardMode::Latin);
        }
    }
}

/// Starts the clock in the head.
fn clock(window: &AppWindow, lang: &Rc<Cell<Lang>>, surroundings: &Rc<Surroundings>) -> Timer {
    let (window, lang) = (window.as_weak(), Rc::clone(lang));
    let surroundings = Rc::clone(surroundings);
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, BEAT, move || {
        if let Some(window) = window.upgrade() {
            let frame = window.global::<ui::Frame>();
            frame::tell_time(&frame, Words(lang.get()), (surroundings.now)());
        }
    });
    timer
}

/// What the portrait camera saw last; nothing before its first frame.
fn live(memory: &VisitMemory) -> Image {
    memory.live().map(image).unwrap_or_default()
}

/// A picture of the visit for the screen.
fn image(picture: &kiosk_paper::Picture) -> Image {
    let rgb = picture.to_rgb();
    Image::from_rgb8(SharedPixelBuffer::<Rgb8Pixel>::clone_from_slice(
        &rgb,
        picture.width(),
        picture.height(),
    ))
}
