//! Screens without a display: drawn into memory by the software renderer, saved as PNG files.
//!
//! The canvas has its own clock that moves only when told, so that the same screens give the
//! same pictures on every machine.

use std::cell::{Cell, Ref, RefCell};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};
use kiosk_core::screen::PageNumber;
use kiosk_core::{Screen, Touch};
use kiosk_paper::Picture;
use kiosk_ui::AppWindow;
use slint::SharedPixelBuffer;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, PointerEventButton, SetPlatformError, WindowAdapter, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, PhysicalSize, PlatformError, Rgb8Pixel};

use crate::memory::VisitMemory;
use crate::shell::Audience;
use crate::shell::Walk;
use crate::view::{Surroundings, View};

/// Time between two looks at timers and animations.
const FRAME: Duration = Duration::from_millis(50);

/// How long a new screen is given before its picture is taken: scrolling has settled (220 ms),
/// no second has passed on a countdown.
const SETTLE: Duration = Duration::from_millis(300);

/// Why nothing can be drawn or saved.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// This thread draws on something already.
    #[error("preparing to draw into memory: this thread has a screen already")]
    Taken(#[source] SetPlatformError),
    /// The window cannot be made.
    #[error("making the window in memory")]
    Window(#[source] PlatformError),
    /// The file cannot be made.
    #[error("creating the picture {path}")]
    Create {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The picture cannot be written.
    #[error("writing the picture {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The reason.
        #[source]
        source: ImageError,
    },
}

/// Slint's platform of one thread: a window in memory and a clock moved by hand.
struct Headless {
    window: Rc<MinimalSoftwareWindow>,
    now: Rc<Cell<Duration>>,
}

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        self.now.get()
    }
}

/// The kiosk's window in memory, with the view on it. One per thread.
pub struct Canvas {
    surface: Rc<MinimalSoftwareWindow>,
    now: Rc<Cell<Duration>>,
    window: AppWindow,
    view: View,
    /// One buffer for each size the window was drawn in: making one takes longer than drawing.
    /// Every picture is drawn whole: what the partial renderer left stale would stay for ever.
    pixels: RefCell<Vec<SharedPixelBuffer<Rgb8Pixel>>>,
}

impl Canvas {
    /// Makes this thread draw a window of `width` by `height` pixels into memory; `tap` gets
    /// the touches of [`Canvas::click`] with the number of the screen touched.
    ///
    /// # Errors
    /// [`HeadlessError::Taken`] on a thread that has a canvas or a window already.
    pub fn new(
        width: u32,
        height: u32,
        tap: impl Fn(Touch, PageNumber) + 'static,
        surroundings: Surroundings,
    ) -> Result<Self, HeadlessError> {
        let surface = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
        let now = Rc::new(Cell::new(FRAME));
        slint::platform::set_platform(Box::new(Headless {
            window: Rc::clone(&surface),
            now: Rc::clone(&now),
        }))
        .map_err(HeadlessError::Taken)?;
        surface.set_size(PhysicalSize::new(width, height));
        let window = AppWindow::new().map_err(HeadlessError::Window)?;
        let view = View::new(&window, tap, surroundings);
        window.show().map_err(HeadlessError::Window)?;
        Ok(Self {
            surface,
            now,
            window,
            view,
            pixels: RefCell::default(),
        })
    }

    /// Gives the window another size.
    pub fn resize(&self, width: u32, height: u32) {
        self.surface.set_size(PhysicalSize::new(width, height));
    }

    /// Shows `screen` and lets it settle.
    pub fn show(&self, screen: &Screen, memory: &VisitMemory) {
        self.view.show(screen, memory);
        self.pass(SETTLE);
    }

    /// Walks over the elements of the screen, as the keypad does.
    pub fn walk(&self, walk: Walk) {
        self.view.walk(walk);
    }

    /// Lets `time` pass for animations and countdowns.
    pub fn pass(&self, time: Duration) {
        slint::platform::update_timers_and_animations();
        let end = self.now.get() + time;
        while self.now.get() < end {
            self.now.set((self.now.get() + FRAME).min(end));
            slint::platform::update_timers_and_animations();
        }
    }

    /// Lets time pass until it is a whole number of `turn`s since the start, where what moves for ever with that turn
    /// stands as it always does then.
    pub fn pass_to(&self, turn: Duration) {
        let over = self.now.get().as_nanos() % turn.as_nanos().max(1);
        let over = Duration::from_nanos(u64::try_from(over).unwrap_or(0));
        self.pass(turn.saturating_sub(over));
    }

    /// Presses and releases at this place, in pixels from the upper left corner.
    pub fn click(&self, x: f32, y: f32) {
        let position = LogicalPosition::new(x, y);
        let button = PointerEventButton::Left;
        let window = self.window.window();
        for event in [
            WindowEvent::PointerMoved { position },
            WindowEvent::PointerPressed { position, button },
            WindowEvent::PointerReleased { position, button },
            WindowEvent::PointerExited,
        ] {
            window.dispatch_event(event);
        }
    }

    /// The window, for tests that look for words and buttons.
    #[must_use]
    pub fn window(&self) -> &AppWindow {
        &self.window
    }

    /// Draws the window, when something changed since the last time.
    fn draw(&self) -> Ref<'_, SharedPixelBuffer<Rgb8Pixel>> {
        let PhysicalSize { width, height } = self.surface.size();
        let mut all = self.pixels.borrow_mut();
        let fits = |it: &SharedPixelBuffer<_>| (it.width(), it.height()) == (width, height);
        let at = all.iter().position(fits).unwrap_or_else(|| {
            all.push(SharedPixelBuffer::new(width, height));
            all.len() - 1
        });
        let stride = usize::try_from(width).unwrap_or(0);
        self.surface.draw_if_needed(|renderer| {
            renderer.render(all[at].make_mut_slice(), stride);
        });
        drop(all);
        Ref::map(self.pixels.borrow(), |all| &all[at])
    }

    /// Draws the window and lends its pixels with the width of a line.
    pub fn with_pixels<T>(&self, look: impl FnOnce(usize, &[Rgb8Pixel]) -> T) -> T {
        let pixels = self.draw();
        look(
            usize::try_from(pixels.width()).unwrap_or(0),
            pixels.as_slice(),
        )
    }

    /// What the window shows now; `None` never happens as long as the buffer has its size.
    #[must_use]
    pub fn picture(&self) -> Option<Picture> {
        let pixels = self.draw();
        let bytes = pixels.as_bytes().to_vec();
        Picture::new(pixels.width(), pixels.height(), true, bytes)
    }

    /// Saves what the window shows now as PNG.
    ///
    /// # Errors
    /// [`HeadlessError`] with the path.
    pub fn save_png(&self, path: &Path) -> Result<(), HeadlessError> {
        let pixels = self.draw();
        let file = File::create(path).map_err(|source| HeadlessError::Create {
            path: path.to_owned(),
            source,
        })?;
        PngEncoder::new_with_quality(BufWriter::new(file), CompressionType::Fast, FilterType::Up)
            .write_image(
                pixels.as_bytes(),
                pixels.width(),
                pixels.height(),
                ExtendedColorType::Rgb8,
            )
            .map_err(|source| HeadlessError::Write {
                path: path.to_owned(),
                source,
            })
    }
}

/// Sends screens to the thread that draws them.
pub struct HeadlessAudience {
    screens: Sender<Screen>,
}

impl HeadlessAudience {
    /// The audience for the loop, and where its screens come out.
    #[must_use]
    pub fn new() -> (Self, Receiver<Screen>) {
        let (screens, drawn) = channel();
        (Self { screens }, drawn)
    }
}

impl Audience for HeadlessAudience {
    fn show(&mut self, screen: Screen) {
        // Nobody draws any more once the pictures are taken; the visit still ends in order.
        let _ = self.screens.send(screen);
    }

    fn note(&mut self, _: Duration, _: &str) {}
}

#[cfg(test)]
mod tests {
    use kiosk_core::screen::Lang;

    use super::*;
    use crate::samples;
    use crate::view::tests::surroundings;

    #[test]
    fn the_same_page_looks_the_same_again() {
        let folder = tempfile::tempdir().unwrap();
        let (mut audience, screens) = HeadlessAudience::new();
        let shown = [samples::facts(), samples::typed("云"), samples::facts()];
        for (number, page) in (1..).zip(shown) {
            audience.show(samples::screen(number, Lang::ZhHans, page, None));
        }
        let canvas = Canvas::new(1080, 1920, |_, _| {}, surroundings()).unwrap();
        let memory = VisitMemory::default();
        let pictures: Vec<_> = screens
            .try_iter()
            .map(|screen| {
                canvas.show(&screen, &memory);
                let path = folder.path().join("page.png");
                canvas.save_png(&path).unwrap();
                image::open(path).unwrap().into_rgb8()
            })
            .collect();
        assert_eq!(pictures[0].dimensions(), (1080, 1920));
        assert_eq!(pictures[0], pictures[2]);
        assert_ne!(pictures[0], pictures[1]);
    }

    #[test]
    fn a_folder_that_is_gone_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let canvas = Canvas::new(320, 200, |_, _| {}, surroundings()).unwrap();
        let error = canvas
            .save_png(&folder.path().join("gone/1.png"))
            .unwrap_err();
        assert!(error.to_string().contains("gone/1.png"), "{error}");
    }

    #[test]
    fn a_second_screen_on_a_thread_is_refused() {
        let _first = Canvas::new(320, 200, |_, _| {}, surroundings()).unwrap();
        let second = Canvas::new(320, 200, |_, _| {}, surroundings());
        assert!(matches!(second, Err(HeadlessError::Taken(_))));
    }

    #[test]
    fn a_window_that_draws_only_what_changed_shows_the_same_after_many_pages() {
        let canvas = Canvas::new(1080, 1920, |_, _| {}, surroundings()).unwrap();
        // The same pages in a quarter of the pixels.
        let scale_factor = 0.5;
        let smaller = WindowEvent::ScaleFactorChanged { scale_factor };
        canvas.window.window().dispatch_event(smaller);
        canvas.surface.set_size(PhysicalSize::new(540, 960));
        let drawing = |kind| {
            canvas.surface.request_redraw();
            canvas
                .surface
                .draw_if_needed(|renderer| renderer.set_repaint_buffer_type(kind));
            canvas.surface.request_redraw();
        };
        let memory = VisitMemory::default();
        drawing(RepaintBufferType::ReusedBuffer);
        let mut number = 0;
        for lang in [Lang::ZhHans, Lang::En] {
            for (page, action) in samples::all() {
                number += 1;
                canvas.show(&samples::screen(number, lang, page, action), &memory);
                canvas.draw();
            }
        }
        let last = samples::screen(number + 1, Lang::ZhHans, samples::facts(), None);
        canvas.show(&last, &memory);
        let shown = canvas.picture().unwrap();
        drawing(RepaintBufferType::NewBuffer);
        let whole = canvas.picture().unwrap();
        let differ = shown.to_rgb() != whole.to_rgb();
        assert!(!differ, "something of an earlier page is still shown");
    }
}
