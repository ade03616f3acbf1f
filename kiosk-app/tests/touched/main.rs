//! Fingers that press the window anywhere, fast, twice, on what was there a moment ago: always a page of the kiosk,
//! back to idle when they are gone, no panic, and memory that does not grow from visit to visit.
//!
//! The core and the pretended city around it are those of the core's own visits; here its screens stand in the window,
//! and the touches come from what is really drawn there. 50,000 presses and keys, a million with `KIOSK_LONG`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "a test, with a room that others use more of"
)]

#[path = "../../core/tests/visits/finger.rs"]
mod finger;
#[path = "../../core/tests/visits/here.rs"]
mod here;
#[path = "../../core/tests/visits/samples.rs"]
mod samples;
#[path = "../../core/tests/visits/world.rs"]
mod world;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::civil::date;
use kiosk::audit::{Pressable, pressable};
use kiosk::headless::Canvas;
use kiosk::memory::VisitMemory;
use kiosk::shell::Walk;
use kiosk::slips::Standing;
use kiosk::view::Surroundings;
use kiosk_core::screen::PageNumber;
use kiosk_core::{Event, Key, Screen, Tap, Touch};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use slint::ComponentHandle;

use finger::Finger;
use world::World;

const PRESSES: u64 = 50_000;
const PRESSES_LONG: u64 = 1_000_000;
/// Fingers at once, each on a window of its own.
const FINGERS: u64 = 2;
/// Presses until the finger goes away and a kiosk is switched on anew.
const DAY: u64 = 400;
/// Visits until every page was shown and what is kept for good is there.
const WARM: u64 = 300;
/// What a visit may leave behind, in bytes. One picture of a page is a hundred times as much.
const LEAK: f64 = 4_096.0;

const SIZES: [(u32, u32); 3] = [(1080, 1920), (1920, 1080), (1280, 800)];

/// A kiosk whose screens stand in a window.
struct Glass {
    world: World,
    canvas: Canvas,
    memory: VisitMemory,
    touched: Rc<RefCell<Vec<(Touch, PageNumber)>>>,
    shown: Option<Screen>,
    pressable: Option<Vec<Pressable>>,
    random: StdRng,
    size: (u32, u32),
    visits: u64,
}

impl Glass {
    fn new(seed: u64) -> Self {
        let touched = Rc::new(RefCell::new(Vec::new()));
        let into = Rc::clone(&touched);
        let surroundings = Surroundings {
            standing: Standing::default(),
            simulated: false,
            now: Box::new(|| date(2026, 11, 23).at(14, 36, 0, 0)),
            has_glyph: Box::new(|_| true),
        };
        let size = SIZES[0];
        let tap = move |touch, page| into.borrow_mut().push((touch, page));
        Self {
            world: World::new(Vec::new()),
            canvas: Canvas::new(size.0, size.1, tap, surroundings).unwrap(),
            memory: VisitMemory::default(),
            touched,
            shown: None,
            pressable: None,
            random: StdRng::seed_from_u64(seed),
            size,
            visits: 0,
        }
    }

    /// Another kiosk, with a screen of another shape.
    fn switch_on(&mut self, day: u64) {
        let bits = (0..64).map(|_| self.random.random()).collect();
        self.world = World::new(bits);
        self.world.event(Event::Shelf(samples::shelf()));
        self.size = SIZES[(day % 3) as usize];
        self.canvas.resize(self.size.0, self.size.1);
        self.shown = None;
        self.show();
    }

    /// Puts the core's screen into the window when it is another one.
    fn show(&mut self) {
        let screen = self.world.screen();
        if self.shown.as_ref() == Some(&screen) {
            return;
        }
        let idle = |screen: &Screen| matches!(screen.page, kiosk_core::screen::Page::Idle(_));
        self.visits += u64::from(self.shown.as_ref().is_some_and(idle) && !idle(&screen));
        self.canvas.show(&screen, &self.memory);
        self.shown = Some(screen);
        self.pressable = None;
    }

    /// What the window said of a press or a key reaches the core as the shell hands it on.
    fn hand_on(&mut self) {
        for (touch, page) in self.touched.take() {
            self.world.tap(Tap {
                page,
                touch,
                random: [0; 16],
            });
        }
    }

    /// The middle of something that can be pressed, or any place at all.
    fn place(&mut self) -> (f32, f32) {
        let window = self.canvas.window().window();
        let there = self.pressable.get_or_insert_with(|| pressable(window));
        let (width, height) = (self.size.0 as f32, self.size.1 as f32);
        assert!(
            there.iter().all(|it| it.x <= width && it.y <= height),
            "something to press beyond the glass"
        );
        match self.random.random_range(0..8) {
            0 => (
                self.random.random_range(0.0..width),
                self.random.random_range(0.0..height),
            ),
            _ if there.is_empty() => (width / 2.0, height / 2.0),
            // The last of a page are its foot's: one of them leads on.
            1 | 2 => (there[there.len() - 1].x, there[there.len() - 1].y),
            _ => {
                let any = self.random.random_range(0..there.len());
                (there[any].x, there[any].y)
            }
        }
    }

    fn press(&mut self) {
        let (x, y) = self.place();
        let twice = self.random.random_range(0..16) == 0;
        for _ in 0..=u8::from(twice) {
            self.canvas.click(x, y);
        }
        self.hand_on();
    }

    fn key(&mut self) {
        let walks = [Walk::Before, Walk::After, Walk::Take];
        let keys = [Key::Down, Key::Select, Key::Up, Key::Repeat, Key::Back];
        if self.world.screen().display.aloud || self.random.random_range(0..16) == 0 {
            let key = keys[self.random.random_range(0..keys.len())];
            return self.world.key(key);
        }
        self.canvas.walk(walks[self.random.random_range(0..3)]);
        self.hand_on();
    }

    /// Presses as long as a day is; how often it was. On some days most people know what they do.
    fn day(&mut self) -> u64 {
        let know = [2, 8, 12][self.random.random_range(0..3)];
        let mut presses = 0;
        while presses < DAY {
            match self.random.random_range(0..16) {
                // What happens around a person, or what somebody who knows the page would do.
                sort if sort < know => Finger(self.random.random()).moves(&mut self.world),
                15 => {
                    self.key();
                    presses += 1;
                }
                _ => {
                    self.press();
                    presses += 1;
                }
            }
            if self.random.random_range(0..4) != 0 {
                self.world.settle();
            }
            self.show();
        }
        presses
    }

    /// Nobody is there any more.
    fn leave(&mut self) {
        let begun = self.world.now.up;
        while !self.world.kiosk.is_idle() {
            self.world.settle();
            if !self.world.kiosk.is_idle() {
                assert!(self.world.tick(), "nothing brings it back to idle");
            }
            self.show();
        }
        let took = self.world.now.up.saturating_sub(begun);
        assert!(
            took < Duration::from_secs(600),
            "back to idle took {took:?}"
        );
        self.show();
    }
}

/// Memory of this program that lies in RAM, in bytes; `None` where Linux does not tell.
fn resident() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: f64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4_096.0)
}

/// Growth for each visit, by least squares.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let both: f64 = samples.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    let alone: f64 = samples.iter().map(|it| (it.0 - x).powi(2)).sum();
    both / alone
}

#[test]
fn whatever_is_pressed_a_page_stands_and_nothing_of_a_visit_stays_in_memory() {
    let presses = match std::env::var_os("KIOSK_LONG") {
        Some(_) => PRESSES_LONG,
        None => PRESSES,
    };
    let (visits, pages) = (AtomicU64::new(0), Mutex::new(BTreeSet::new()));
    let samples = Mutex::new(Vec::new());
    let finger = |seed| {
        let mut glass = Glass::new(seed);
        let (mut done, mut day) = (0, seed);
        while done < presses / FINGERS {
            glass.switch_on(day);
            done += glass.day();
            glass.leave();
            let before = visits.fetch_add(glass.visits, Ordering::Relaxed);
            let all = before + std::mem::take(&mut glass.visits);
            let mut samples = samples.lock().unwrap();
            samples.extend(resident().map(|bytes| (all as f64, bytes)));
            pages
                .lock()
                .unwrap()
                .extend(std::mem::take(&mut glass.world.pages));
            day += 1;
        }
    };
    std::thread::scope(|scope| {
        for seed in 1..=FINGERS {
            scope.spawn(move || finger(seed));
        }
    });
    let (visits, pages) = (visits.into_inner(), pages.into_inner().unwrap());
    let mut samples = samples.into_inner().unwrap();
    samples.retain(|(visits, _)| *visits >= WARM as f64);
    println!(
        "{presses} presses, {visits} visits, {} kinds of pages",
        pages.len()
    );
    assert!(
        visits > 2 * WARM,
        "the fingers hardly ever begin: {visits} visits"
    );
    assert!(
        pages.len() >= 30,
        "the fingers stay at the entrance: {pages:?}"
    );
    if let (Some(first), Some(last)) = (samples.first(), samples.last()) {
        let slope = slope(&samples);
        println!(
            "memory: {:.1} MiB after {} visits, {:.1} MiB after {}: {slope:.0} bytes a visit (bar {LEAK})",
            first.1 / 1_048_576.0,
            first.0,
            last.1 / 1_048_576.0,
            last.0
        );
        assert!(slope < LEAK, "memory grows");
    }
}
