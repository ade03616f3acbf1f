//! A window that draws into memory, with a clock that is stepped by hand.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use slint::PhysicalSize;
use slint::platform::software_renderer::{
    MinimalSoftwareWindow, PremultipliedRgbaColor, RepaintBufferType,
};
use slint::platform::{Platform, WindowAdapter};

struct Headless {
    window: Rc<MinimalSoftwareWindow>,
    now: Rc<Cell<Duration>>,
}

impl Platform for Headless {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, slint::PlatformError> {
        Ok(self.window.clone())
    }

    fn duration_since_start(&self) -> Duration {
        self.now.get()
    }
}

/// The one window of this thread.
pub struct Canvas {
    window: Rc<MinimalSoftwareWindow>,
    now: Rc<Cell<Duration>>,
}

/// A picture in 8 bit RGB.
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

impl Canvas {
    /// Makes this thread draw into memory.
    pub fn new(width: u32, height: u32) -> Self {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
        let now = Rc::new(Cell::new(Duration::from_secs(1)));
        slint::platform::set_platform(Box::new(Headless {
            window: window.clone(),
            now: now.clone(),
        }))
        .expect("the platform is set once");
        window.set_size(PhysicalSize::new(width, height));
        Self { window, now }
    }

    pub fn resize(&self, width: u32, height: u32) {
        self.window.set_size(PhysicalSize::new(width, height));
    }

    /// Lets time pass in steps of a frame, so that animations and timers run.
    pub fn pass(&self, time: Duration) {
        // Pages and their timers come to life with the first frame.
        self.picture();
        let end = self.now.get() + time;
        while self.now.get() < end {
            self.now.set(self.now.get() + Duration::from_millis(50));
            slint::platform::update_timers_and_animations();
        }
    }

    /// What the window shows now.
    pub fn picture(&self) -> Picture {
        let size = self.window.window().size();
        let (width, height) = (size.width, size.height);
        let mut buffer = vec![PremultipliedRgbaColor::default(); (width * height) as usize];
        self.window.request_redraw();
        self.window.draw_if_needed(|renderer| {
            renderer.render(&mut buffer, width as usize);
        });
        let rgb = buffer
            .iter()
            .flat_map(|p| [p.red, p.green, p.blue])
            .collect();
        Picture { width, height, rgb }
    }
}
