//! The screen of a hall: a window of its own that asks the city who was called, and shows it.
//!
//! It knows numbers and counters, nobody's name, and needs no enrolment: what it shows anybody may see.

mod board;
#[cfg(feature = "demo")]
mod samples;

use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use city_api::requests::hall::HallAnswer;
use kiosk_core::screen::Lang;
use kiosk_ui::{self as ui, HallWindow};
use slint::{ComponentHandle, ModelRc, Timer, TimerMode, VecModel};

pub use board::{Board, Call, Heard, News, Shown};

use crate::city::{CityError, HallClient};
use crate::clock::Clock;
use crate::headless::{Canvas, HeadlessError};
use crate::slips::Standing;
use crate::view::Surroundings;
use crate::window::{WindowError, lay_out};
use crate::words::Words;

/// The city is asked this often.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// What is shown is brought up to date this often.
const DRAW_EVERY: Duration = Duration::from_millis(250);
/// How long a picture is given to settle.
const SETTLE: Duration = Duration::from_millis(100);

/// Why there is no screen of a hall.
#[derive(Debug, thiserror::Error)]
pub enum HallScreenError {
    /// The city refuses: most likely a station that is none.
    #[error("looking at the hall")]
    City(#[from] CityError),
    /// No thread or runtime.
    #[error("starting to look at the hall")]
    Thread(#[source] std::io::Error),
    /// No window.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// No picture.
    #[error(transparent)]
    Picture(#[from] HeadlessError),
}

/// What a look brought: `None` when the city did not answer.
pub(crate) type Look = Option<HallAnswer>;

/// What stands on the screen beside the calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Name of the station, in Chinese and English; empty until the city told it.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Opens the window in `size` and shows the hall until the window is closed.
///
/// # Errors
/// [`HallScreenError`]; a city that is away is no error, the screen says it.
pub fn show(
    client: HallClient,
    size: (u32, u32),
    full_screen: bool,
) -> Result<(), HallScreenError> {
    let window = HallWindow::new().map_err(WindowError::no_display)?;
    lay_out(window.window(), size, full_screen);
    let looks = look_on(client)?;
    let clock = Clock::new();
    let (mut board, mut place) = (Board::default(), Place::default());
    let timer = Timer::default();
    let on = window.as_weak();
    let mut stood = None;
    timer.start(TimerMode::Repeated, DRAW_EVERY, move || {
        let now = clock.now();
        for answer in looks.try_iter().flatten() {
            place = place_of(&answer);
            board.news(now, news(answer));
        }
        board.tick(now);
        let shown = (board.shown(now), place.clone(), minute(now.civil));
        if let Some(window) = on.upgrade()
            && stood.as_ref() != Some(&shown)
        {
            let (board, place, clock) = &shown;
            draw(&window, board, place, clock);
            stood = Some(shown);
        }
    });
    window.run().map_err(WindowError::Run)?;
    Ok(())
}

/// Saves one picture of the hall as it is now; whether the city answered.
///
/// # Errors
/// [`HallScreenError`].
pub fn save(client: &HallClient, size: (u32, u32), file: &Path) -> Result<bool, HallScreenError> {
    let answer = runtime()?.block_on(look(client))?;
    let now = Clock::new().now();
    let (mut board, mut place) = (Board::default(), Place::default());
    let answered = answer.is_some();
    if let Some(answer) = answer {
        place = place_of(&answer);
        board.news(now, news(answer));
    }
    let canvas = Canvas::new(size.0, size.1, |_, _| {}, surroundings())?;
    let easel = Easel::on(&canvas, size)?;
    easel.save(&board.shown(now), &place, &minute(now.civil), file)?;
    Ok(answered)
}

/// Saves a screen for each state that looks different into `folder`, for the eye; returns how many that were.
///
/// # Errors
/// [`HeadlessError`].
#[cfg(feature = "demo")]
pub fn pictures(canvas: &Canvas, folder: &Path) -> Result<usize, HeadlessError> {
    let easel = Easel::on(canvas, (1920, 1080))?;
    let states = samples::states();
    for (name, shown) in &states {
        let file = folder.join(format!("hall-{name}.png"));
        easel.save(shown, &samples::place(), "10:42", &file)?;
    }
    Ok(states.len())
}

/// Draws screens of halls into files.
struct Easel<'a> {
    canvas: &'a Canvas,
    window: HallWindow,
}

impl<'a> Easel<'a> {
    /// The hall takes its place on the canvas, which brought the fonts.
    fn on(canvas: &'a Canvas, (width, height): (u32, u32)) -> Result<Self, HeadlessError> {
        let window = HallWindow::new().map_err(HeadlessError::Window)?;
        window.show().map_err(HeadlessError::Window)?;
        canvas.resize(width, height);
        Ok(Self { canvas, window })
    }

    fn save(
        &self,
        shown: &Shown,
        place: &Place,
        clock: &str,
        file: &Path,
    ) -> Result<(), HeadlessError> {
        draw(&self.window, shown, place, clock);
        self.canvas.pass(SETTLE);
        self.canvas.save_png(file)
    }
}

fn surroundings() -> Surroundings {
    Surroundings {
        standing: Standing::default(),
        simulated: false,
        now: Box::new(|| Clock::new().now().civil),
        has_glyph: Box::new(|_| true),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, HallScreenError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(HallScreenError::Thread)
}

/// Asks once. That the city is away is an answer, that it refuses is none.
pub(crate) async fn look(client: &HallClient) -> Result<Look, CityError> {
    match client.look().await {
        Ok(answer) => Ok(Some(answer)),
        Err(error @ CityError::Refused { .. }) if !error.is_away() => Err(error),
        Err(error) => {
            tracing::info!("{}", crate::work::chain(&error));
            Ok(None)
        }
    }
}

/// Looks again and again on a thread of its own, until nobody wants to hear of it.
fn look_on(client: HallClient) -> Result<Receiver<Look>, HallScreenError> {
    let (tell, looks) = channel();
    let runtime = runtime()?;
    // A station that is none is said at once.
    tell_first(&tell, runtime.block_on(look(&client))?);
    let looking = async move {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let seen = look(&client).await.unwrap_or_else(|error| {
                tracing::error!("{}", crate::work::chain(&error));
                None
            });
            if tell.send(seen).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("hall".to_owned())
        .spawn(move || runtime.block_on(looking))
        .map_err(HallScreenError::Thread)?;
    Ok(looks)
}

fn tell_first(tell: &Sender<Look>, seen: Look) {
    // The other end is still here.
    drop(tell.send(seen));
}

pub(crate) fn news(answer: HallAnswer) -> News {
    News {
        waiting: answer.waiting.values().sum(),
        calls: answer
            .calls
            .into_iter()
            .map(|call| Call {
                number: call.number.to_string(),
                counter: call.counter,
                at: call.at,
            })
            .collect(),
    }
}

fn place_of(answer: &HallAnswer) -> Place {
    Place {
        zh: answer.name.zh.clone(),
        en: answer.name.en.clone(),
    }
}

/// Hour and minute.
fn minute(at: jiff::civil::DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// The same in both languages.
fn both(key: &str, values: &[(&str, &str)]) -> ui::HallWords {
    let filled = |lang| Words(lang).fill(key, values).into();
    ui::HallWords {
        zh: filled(Lang::ZhHans),
        en: filled(Lang::En),
    }
}

fn draw(window: &HallWindow, shown: &Shown, place: &Place, clock: &str) {
    let call = |call: &Call| ui::HallCall {
        number: call.number.as_str().into(),
        counter: call.counter.to_string().into(),
    };
    window.set_station(ui::HallWords {
        zh: place.zh.as_str().into(),
        en: place.en.as_str().into(),
    });
    window.set_clock(clock.into());
    window.set_number(both("hall.number", &[]));
    window.set_counter(both("hall.counter", &[]));
    window.set_advice(both("hall.advice", &[]));
    let calls: Vec<ui::HallCall> = shown.calls.iter().map(call).collect();
    window.set_calls(ModelRc::from(Rc::new(VecModel::from(calls))));
    let nobody = shown.calls.is_empty() && shown.heard == Heard::Now;
    window.set_nobody(if nobody {
        both("hall.nobody", &[])
    } else {
        ui::HallWords::default()
    });
    let announced = shown.announced.as_ref();
    window.set_announced(announced.map(call).unwrap_or_default());
    let go = announced.map(|call| both("check-in.counter", &[("n", &call.counter.to_string())]));
    window.set_go(go.unwrap_or_default());
    let waiting = shown.waiting.map(|waiting| waiting.to_string());
    let waiting = waiting.map(|waiting| both("hall.waiting", &[("n", &waiting)]));
    window.set_waiting(waiting.unwrap_or_default());
    window.set_silent(match shown.heard {
        Heard::Now => ui::HallWords::default(),
        Heard::Never => both("hall.silent", &[]),
        Heard::Since(at) => both("hall.silent-since", &[("time", &minute(at))]),
    });
}

#[cfg(all(test, feature = "demo"))]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_of_the_screen_looks_different_and_none_is_blank() {
        let folder = tempfile::tempdir().unwrap();
        let canvas = Canvas::new(640, 360, |_, _| {}, surroundings()).unwrap();
        let drawn = pictures(&canvas, folder.path()).unwrap();
        let looks: BTreeSet<Vec<u8>> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| {
                let picture = image::open(file.unwrap().path()).unwrap().into_rgb8();
                assert_eq!(picture.dimensions(), (1920, 1080));
                picture.into_raw()
            })
            .collect();
        assert_eq!(looks.len(), drawn);
        for look in looks {
            let colours: BTreeSet<&[u8]> = look.chunks_exact(3).collect();
            assert!(colours.len() > 10, "{} colours", colours.len());
        }
    }
}
