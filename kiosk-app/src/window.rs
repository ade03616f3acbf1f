//! The window on a display: screens in, touches out.
//!
//! The loop runs on its own thread; its screens are posted to the thread of the window.

use std::cell::RefCell;
use std::sync::mpsc::Sender;
use std::time::Duration;

use kiosk_core::screen::PageNumber;
use kiosk_core::{Screen, Settings, Tap, Touch};
use kiosk_drivers::keypad::Key;
use kiosk_drivers::runner::CancelToken;
use kiosk_drivers::selector::Selector;
use kiosk_paper::FontError;
use kiosk_ui::{AppWindow, Theme};
use rand::Rng;
use slint::{ComponentHandle, LogicalSize, PlatformError};

use crate::app::{App, AppError};
use crate::clock::Clock;
use crate::config::{Config, Devices, SelectorText, Window};
use crate::fonts::Fonts;
use crate::shell::{Audience, Message, Walk};
use crate::slips::Standing;
use crate::view::{Surroundings, View};
use crate::work::{SharedMemory, lock};

/// Why the kiosk has no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// No display can be opened.
    #[error("opening the window: {missing}")]
    NoDisplay {
        /// What to look at first.
        missing: &'static str,
        /// What the window system says.
        #[source]
        source: PlatformError,
    },
    /// The window worked and then failed.
    #[error("running the window")]
    Run(#[source] PlatformError),
    /// The embedded fonts cannot be read.
    #[error("reading the embedded fonts")]
    Fonts(#[from] FontError),
    /// The kiosk behind the window cannot start, or ended by a fault.
    #[error(transparent)]
    App(#[from] Box<AppError>),
}

impl WindowError {
    /// No display could be opened, for this reason of the window system.
    pub(crate) fn no_display(source: PlatformError) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let missing = if set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") || set("DISPLAY") {
            "the display named by WAYLAND_DISPLAY or DISPLAY does not answer"
        } else {
            "no display: neither WAYLAND_DISPLAY nor DISPLAY is set"
        };
        Self::NoDisplay { missing, source }
    }
}

/// The view of the window and the pictures it shows.
struct Shown {
    view: View,
    memory: SharedMemory,
}

thread_local! {
    /// What screens are shown on. Only this thread may touch a window, and what is posted to
    /// it cannot carry the view along.
    static SHOWN: RefCell<Option<Shown>> = const { RefCell::new(None) };
}

/// Posts screens to the thread of the window.
pub struct WindowAudience {
    window: slint::Weak<AppWindow>,
}

impl WindowAudience {
    /// The audience in front of `window`. Screens shown before [`attach`] and before the
    /// window's event loop runs wait for both.
    #[must_use]
    pub fn new(window: &AppWindow) -> Self {
        Self {
            window: window.as_weak(),
        }
    }
}

impl Audience for WindowAudience {
    fn show(&mut self, screen: Screen) {
        let posted = self.window.upgrade_in_event_loop(move |_| {
            SHOWN.with_borrow(|shown| {
                if let Some(shown) = shown {
                    shown.view.show(&screen, &lock(&shown.memory));
                }
            });
        });
        if posted.is_err() {
            tracing::debug!("a screen came after the window was closed");
        }
    }

    fn walk(&mut self, walk: Walk) {
        let posted = self.window.upgrade_in_event_loop(move |_| {
            SHOWN.with_borrow(|shown| {
                if let Some(shown) = shown {
                    shown.view.walk(walk);
                }
            });
        });
        if posted.is_err() {
            tracing::debug!("a key came after the window was closed");
        }
    }

    fn live(&mut self) {
        let posted = self.window.upgrade_in_event_loop(move |_| {
            SHOWN.with_borrow(|shown| {
                if let Some(shown) = shown {
                    shown.view.live(&lock(&shown.memory));
                }
            });
        });
        if posted.is_err() {
            tracing::debug!("a frame came after the window was closed");
        }
    }

    fn note(&mut self, at: Duration, what: &str) {
        tracing::info!(target: "visit", up = at.as_secs_f64(), "{what}");
    }
}

/// The loop has ended, in order or by a fault: the window has nothing to show any more.
impl Drop for WindowAudience {
    fn drop(&mut self) {
        close();
    }
}

/// Ends the window's event loop, from any thread; nothing happens when there is none.
pub fn close() {
    // Not told at once: a loop that is about to run takes no notice of what it was told before.
    // Refused when the event loop has ended first, as it does in order.
    let _ = slint::invoke_from_event_loop(|| {
        // Within the loop it is never refused.
        let _ = slint::quit_event_loop();
    });
}

/// The view is on the window as long as this lives.
#[must_use = "the window shows nothing once this is dropped"]
pub struct Attached(());

impl Drop for Attached {
    fn drop(&mut self) {
        // Taken out first: dropping a view may run code of the window.
        let shown = SHOWN.with_borrow_mut(Option::take);
        drop(shown);
    }
}

/// Opens the window with the size and shape of `config`; it is shown by `run`.
///
/// # Errors
/// [`WindowError::NoDisplay`].
pub fn open(config: &Window) -> Result<AppWindow, WindowError> {
    let window = AppWindow::new().map_err(WindowError::no_display)?;
    lay_out(
        window.window(),
        (config.width, config.height),
        config.full_screen,
    );
    window.global::<Theme>().set_full_screen(config.full_screen);
    Ok(window)
}

/// Gives a window the whole display, or else this size in pixels.
pub(crate) fn lay_out(window: &slint::Window, size: (u32, u32), full_screen: bool) {
    if full_screen {
        // Without a size of its own: under a compositor that one would win over the display's.
        window.set_fullscreen(true);
    } else {
        // Pixels of a display stay far below what a float holds exactly.
        window.set_size(LogicalSize::new(size.0 as f32, size.1 as f32));
    }
}

/// Puts the view on `window`: screens of a [`WindowAudience`] are shown with the pictures of
/// `memory`, touches go to `inbox`. Belongs to the window's thread, once at a time.
///
/// # Errors
/// [`WindowError::Fonts`] when the embedded fonts cannot be read, which a test excludes.
pub fn attach(
    window: &AppWindow,
    inbox: Sender<Message>,
    memory: SharedMemory,
    standing: &Standing,
    simulated: bool,
    clock: Clock,
) -> Result<Attached, WindowError> {
    let fonts = Fonts::new()?;
    let keys = inbox.clone();
    let tap = move |touch: Touch, page: PageNumber| {
        let random = rand::rng().random();
        // A loop that has ended takes no touches; the window is about to close.
        let _ = inbox.send(Message::Tap(Tap {
            page,
            touch,
            random,
        }));
    };
    window.global::<kiosk_ui::Touched>().on_key(move |text| {
        let key = key_of(&text);
        // As with touches.
        key.is_some_and(|key| keys.send(Message::Key(key)).is_ok())
    });
    let surroundings = Surroundings {
        standing: standing.clone(),
        simulated,
        now: Box::new(move || clock.now().civil),
        has_glyph: Box::new(move |character| fonts.has(character)),
    };
    let view = View::new(window, tap, surroundings);
    SHOWN.set(Some(Shown { view, memory }));
    Ok(Attached(()))
}

/// The key of the keypad that a key of an ordinary keyboard stands for, for trying out.
fn key_of(text: &str) -> Option<Key> {
    use slint::platform::Key as Named;
    let mut characters = text.chars();
    let (first, None) = (characters.next()?, characters.next()) else {
        return None;
    };
    let named = [
        (Named::UpArrow, Key::Up),
        (Named::DownArrow, Key::Down),
        (Named::LeftArrow, Key::Left),
        (Named::RightArrow, Key::Right),
        (Named::Return, Key::Select),
        (Named::Backspace, Key::Back),
        (Named::F1, Key::Help),
    ];
    let named = named.into_iter().find(|(it, _)| char::from(*it) == first);
    named.map(|(_, key)| key).or(match first {
        'r' | 'R' => Some(Key::Repeat),
        '+' | '=' => Some(Key::VolumeUp),
        '-' => Some(Key::VolumeDown),
        digit => digit
            .to_digit(10)
            .and_then(|it| u8::try_from(it).ok())
            .map(Key::Digit),
    })
}

/// Whether any device of the configuration is a simulator inside this program.
#[must_use]
pub fn simulated(devices: &Devices) -> bool {
    [
        &devices.id_card,
        &devices.receipt_printer,
        &devices.scanner,
        &devices.camera,
        &devices.document_printer,
        &devices.code_scanner,
        &devices.keypad,
        &devices.cabinet,
    ]
    .into_iter()
    .flatten()
    .any(|SelectorText(selector)| matches!(selector, Selector::Sim))
}

/// Runs the kiosk in a window until it is closed: by hand, or by [`close`] once `stop` is pulled.
///
/// # Errors
/// [`WindowError`], also when the kiosk behind the window ends by a fault; a city that is away or
/// a device that is broken is no error.
pub fn run(config: &Config, settings: Settings, stop: &CancelToken) -> Result<(), WindowError> {
    let window = open(&config.window)?;
    // Told before there was a window to close.
    if stop.is_cancelled() {
        return Ok(());
    }
    let clock = Clock::new();
    let audience = WindowAudience::new(&window);
    let app = App::start(config, settings, clock.clone(), audience).map_err(Box::new)?;
    let attached = attach(
        &window,
        app.inbox(),
        app.memory(),
        app.standing(),
        simulated(&config.devices),
        clock,
    )?;
    window.show().map_err(WindowError::no_display)?;
    let ran = window.run().map_err(WindowError::Run);
    drop(attached);
    let ended = app.end().map_err(|error| Box::new(error).into());
    ran.and(ended)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Mutex};

    use kiosk_core::screen::Lang;
    use slint::EventLoopError;
    use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
    use slint::platform::{EventLoopProxy, Platform, WindowAdapter};

    use super::*;
    use crate::memory::VisitMemory;
    use crate::samples;

    type Posted = Box<dyn FnOnce() + Send>;

    /// A window system whose event loop is turned by hand; without a loop it has no display.
    struct ByHand(Option<Sender<Posted>>);

    impl Platform for ByHand {
        fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
            if self.0.is_none() {
                return Err(PlatformError::Unsupported);
            }
            Ok(MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer))
        }

        fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
            let posted = self.0.clone()?;
            Some(Box::new(Proxy(posted)))
        }
    }

    struct Proxy(Sender<Posted>);

    impl EventLoopProxy for Proxy {
        fn quit_event_loop(&self) -> Result<(), EventLoopError> {
            Ok(())
        }

        fn invoke_from_event_loop(&self, event: Posted) -> Result<(), EventLoopError> {
            let gone = |_| EventLoopError::EventLoopTerminated;
            self.0.send(event).map_err(gone)
        }
    }

    #[test]
    fn without_a_display_the_reason_is_named() {
        slint::platform::set_platform(Box::new(ByHand(None))).unwrap();
        let error = open(&Window::default()).err().unwrap();
        assert!(matches!(error, WindowError::NoDisplay { .. }));
        assert!(error.to_string().contains("DISPLAY"), "{error}");
    }

    #[test]
    fn screens_of_the_loop_reach_the_window_and_touches_the_loop() {
        let (posted, to_do) = channel();
        slint::platform::set_platform(Box::new(ByHand(Some(posted)))).unwrap();
        let window = open(&Window::default()).unwrap();
        let (inbox, messages) = channel();
        let memory: SharedMemory = Arc::new(Mutex::new(VisitMemory::default()));
        let standing = Standing::default();
        let attached = attach(&window, inbox, memory, &standing, true, Clock::new()).unwrap();

        let mut audience = WindowAudience::new(&window);
        let screen = samples::screen(9, Lang::En, samples::facts(), None);
        std::thread::spawn(move || audience.show(screen))
            .join()
            .unwrap();
        to_do.try_iter().for_each(|event: Posted| event());
        let frame = window.global::<kiosk_ui::Frame>();
        assert_eq!(frame.get_page(), kiosk_ui::PageKind::Facts);

        window.global::<kiosk_ui::Touched>().invoke_dispute(2);
        let Ok(Message::Tap(tap)) = messages.try_recv() else {
            panic!("the touch did not arrive");
        };
        assert_eq!((tap.page, tap.touch), (PageNumber(9), Touch::Dispute(2)));

        let mut late = WindowAudience::new(&window);
        drop(attached);
        late.show(samples::screen(10, Lang::En, samples::typed(""), None));
        to_do.try_iter().for_each(|event: Posted| event());
        assert_eq!(
            frame.get_page(),
            kiosk_ui::PageKind::Facts,
            "nobody draws any more"
        );
    }

    #[test]
    fn a_keyboard_stands_for_the_keypad() {
        let text = |key: slint::platform::Key| char::from(key).to_string();
        assert_eq!(
            key_of(&text(slint::platform::Key::DownArrow)),
            Some(Key::Down)
        );
        assert_eq!(key_of("r"), Some(Key::Repeat));
        assert_eq!(key_of("-"), Some(Key::VolumeDown));
        assert_eq!(key_of("7"), Some(Key::Digit(7)));
        assert_eq!(key_of("x"), None);
        assert_eq!(key_of("rr"), None);
    }

    #[test]
    fn one_simulated_device_is_enough_to_say_so() {
        let devices = |text: &str| toml::from_str::<Devices>(text).unwrap();
        assert!(simulated(&devices("scanner = \"sim:\"")));
        assert!(!simulated(&devices(
            "scanner = \"escl:http://127.0.0.1:8080/eSCL\""
        )));
        assert!(!simulated(&devices("")));
    }
}
