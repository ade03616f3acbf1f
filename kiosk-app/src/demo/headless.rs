//! Plays scripted visits through the real loop and writes down what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use city_backend::DepartmentsSource;
use kiosk_core::screen::{Foot, Page, PageNumber, WaitPage, Waiting};
use kiosk_core::{Aloud, Lights, Screen};
use kiosk_drivers::receipt_printer::sim::Piece;

use super::city::{SampleCity, SampleCityError};
use super::place::PlaceError;
use super::player::{Filed, PlayError, play};
use super::room::{DemoRoom, Drawn, Note};
use super::script::Script;
use crate::fonts::Fonts;
use crate::headless::{Canvas, HeadlessError};
use crate::slips::Standing;
use crate::speech::engine;
use crate::view::{Said, Surroundings};
use crate::work::{SharedMemory, lock};

/// The city must hold what was filed within this time after the last visit.
const SETTLES_WITHIN: Duration = Duration::from_secs(20);

/// What is played and where it goes.
pub struct Playing {
    /// The visits, in order.
    pub visits: Vec<Script>,
    /// A folder for the pictures, made when missing.
    pub out: PathBuf,
    /// The wire and the paper keep their real speed.
    pub paced: bool,
    /// Size of the screen in pixels.
    pub size: (u32, u32),
    /// Where the departments' data service is.
    pub departments: DepartmentsSource,
}

/// What came of it.
#[derive(Debug)]
pub struct Summary {
    /// Per visit: its name, how it ended, seconds and screens.
    pub visits: Vec<Ended>,
    /// Receipt numbers filed and not held by the city.
    pub missing: Vec<String>,
    /// Receipt numbers the city holds and nobody filed, or twice.
    pub surplus: Vec<String>,
}

/// How one visit ended.
#[derive(Debug)]
pub struct Ended {
    /// Its name.
    pub name: String,
    /// The step that failed, and why; `None` when all went as told.
    pub failed: Option<PlayError>,
    /// Screens shown.
    pub screens: usize,
    /// How long it took.
    pub took: Duration,
}

impl Summary {
    /// Every visit went as told, and the city holds exactly what was filed.
    #[must_use]
    pub fn good(&self) -> bool {
        self.missing.is_empty()
            && self.surplus.is_empty()
            && self.visits.iter().all(|visit| visit.failed.is_none())
    }
}

/// Why visits cannot be played at all.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A folder or file.
    #[error("writing {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The embedded city.
    #[error(transparent)]
    City(#[from] SampleCityError),
    /// A kiosk.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The pictures.
    #[error(transparent)]
    Picture(#[from] HeadlessError),
    /// The embedded fonts.
    #[error("reading the embedded fonts")]
    Fonts(#[from] kiosk_paper::FontError),
    /// The room could not be made ready.
    #[error("making the room ready: {0}")]
    Room(String),
    /// A thread.
    #[error("starting a thread")]
    Thread(#[source] io::Error),
    /// The playing thread broke off.
    #[error("the visits broke off")]
    BrokeOff,
}

fn writing(path: &Path) -> impl FnOnce(io::Error) -> DemoError {
    let path = path.to_owned();
    |source| DemoError::Write { path, source }
}

/// Plays everything; screens are drawn on this thread. `progress` is told as visits end.
///
/// # Errors
/// [`DemoError`] when the city, a kiosk or the pictures cannot be had. A visit that does not go
/// as told is in the summary.
pub fn run(
    playing: Playing,
    progress: impl Fn(&Ended) + Send + 'static,
) -> Result<Summary, DemoError> {
    let state = tempfile::tempdir().map_err(writing(&playing.out))?;
    fs::create_dir_all(&playing.out).map_err(writing(&playing.out))?;
    let folder = state.path().to_owned();
    let (drawn, screens) = mpsc::channel();
    let (back, played) = mpsc::channel();
    let (notes, noted) = mpsc::channel();
    let size = playing.size;
    let player = std::thread::Builder::new()
        .name("visits".to_owned())
        .spawn(move || {
            let ends = drawn.clone();
            let summary = play_all(&playing, folder, drawn, notes, &noted, played, &progress);
            // The drawing thread may have stopped on an error of its own.
            drop(ends.send(Drawn::End));
            summary
        })
        .map_err(DemoError::Thread)?;
    let drawn = draw_all(&screens, &back, size);
    drop((screens, back));
    let summary = player.join().map_err(|_| DemoError::BrokeOff)?;
    drawn?;
    summary
}

fn play_all(
    playing: &Playing,
    folder: PathBuf,
    drawn: Sender<Drawn>,
    notes: Sender<Note>,
    noted: &Receiver<Note>,
    screens: Receiver<(u8, Screen)>,
    progress: &impl Fn(&Ended),
) -> Result<Summary, DemoError> {
    let city_folder = folder.join("city");
    fs::create_dir_all(&city_folder).map_err(writing(&city_folder))?;
    let city = SampleCity::start(&city_folder, playing.departments.clone())?;
    let tell = drawn.clone();
    let mut room = DemoRoom::new(folder, playing.paced, city, drawn, notes, screens)?;
    let mut ended = Vec::new();
    let mut filed = Vec::new();
    for script in &playing.visits {
        let out = playing.out.join(&script.name);
        fs::create_dir_all(&out).map_err(writing(&out))?;
        // The drawing thread ends only when told to.
        drop(tell.send(Drawn::Visit(out.clone())));
        room.begin().map_err(DemoError::Room)?;
        let begun = Instant::now();
        let played = play(script, &mut room);
        let (failed, screens) = match played {
            Ok(played) => {
                filed.extend(played.filed);
                (None, played.screens)
            }
            Err(error) => (Some(error), 0),
        };
        write_paper(&out, &room.paper())?;
        write_notes(&out, noted)?;
        write_spoken(&out, &room.spoken())?;
        let visit = Ended {
            name: script.name.clone(),
            failed,
            screens,
            took: begun.elapsed(),
        };
        progress(&visit);
        ended.push(visit);
    }
    let (missing, surplus) = compare(&room, &filed)?;
    Ok(Summary {
        visits: ended,
        missing,
        surplus,
    })
}

/// The receipts filed for new cases, and what the city has of them.
fn compare(room: &DemoRoom, filed: &[Filed]) -> Result<(Vec<String>, Vec<String>), DemoError> {
    let wanted: BTreeSet<String> = filed
        .iter()
        .filter(|filed| !filed.supplement && filed.stored)
        .map(|filed| filed.receipt.replace('-', ""))
        .collect();
    let end = Instant::now() + SETTLES_WITHIN;
    loop {
        let mut held: BTreeMap<String, usize> = BTreeMap::new();
        for case in room.sample_city().cases()? {
            *held.entry(case.receipt.replace('-', "")).or_default() += 1;
        }
        let missing: Vec<String> = wanted
            .iter()
            .filter(|receipt| !held.contains_key(*receipt))
            .cloned()
            .collect();
        let surplus: Vec<String> = held
            .iter()
            .filter(|(receipt, count)| **count > 1 || !wanted.contains(*receipt))
            .map(|(receipt, _)| receipt.clone())
            .collect();
        if (missing.is_empty() && surplus.is_empty()) || Instant::now() > end {
            return Ok((missing, surplus));
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

/// Slips as pictures, a piece of paper each, and the bytes the printer received.
fn write_paper(out: &Path, paper: &[(u8, Vec<Piece>, Vec<u8>)]) -> Result<(), DemoError> {
    for (kiosk, pieces, bytes) in paper {
        for (place, piece) in pieces.iter().filter(|piece| !piece.is_blank()).enumerate() {
            let path = out.join(format!("slip-{kiosk}-{}.png", place + 1));
            save_piece(&path, piece)?;
        }
        if !bytes.is_empty() {
            let path = out.join(format!("slip-{kiosk}.escpos"));
            fs::write(&path, bytes).map_err(writing(&path))?;
        }
    }
    Ok(())
}

/// Saves a piece of paper as the person would hold it.
///
/// # Errors
/// [`DemoError::Write`].
pub fn save_piece(path: &Path, piece: &Piece) -> Result<(), DemoError> {
    let Some((width, height, grey)) = piece_picture(piece) else {
        return Ok(());
    };
    image::save_buffer(path, &grey, width, height, image::ExtendedColorType::L8)
        .map_err(|error| writing(path)(io::Error::other(error)))
}

/// A piece of paper as 8-bit grey: width, height, pixels; `None` when nothing is on it.
#[must_use]
pub fn piece_picture(piece: &Piece) -> Option<(u32, u32, Vec<u8>)> {
    let bitmap = piece.bitmap()?;
    let width = usize::from(bitmap.width());
    let mut grey = Vec::with_capacity(width * bitmap.height());
    for row in bitmap.rows() {
        let dots = row
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        grey.extend(dots.take(width).map(|dot| if dot == 1 { 0 } else { 255 }));
    }
    let height = u32::try_from(bitmap.height()).ok()?;
    Some((u32::from(bitmap.width()), height, grey))
}

/// What was read aloud as text, a blank line before what cut off the rest. As sound too where
/// `espeak-ng` is installed: the pages, since of a walk each step cuts off the one before.
fn write_spoken(out: &Path, spoken: &[Said]) -> Result<(), DemoError> {
    let Some(first) = spoken.first() else {
        return Ok(());
    };
    let mut text = String::new();
    let mut pages = String::new();
    for said in spoken.iter().filter(|said| !said.lines.is_empty()) {
        if said.cuts && !text.is_empty() {
            text.push('\n');
        }
        for line in &said.lines {
            let into = [Some(&mut text), said.page.map(|_| &mut pages)];
            for into in into.into_iter().flatten() {
                into.push_str(&line.text);
                into.push('\n');
            }
        }
    }
    let path = out.join("spoken.txt");
    fs::write(&path, &text).map_err(writing(&path))?;
    let search = std::env::var_os("PATH").unwrap_or_default();
    if let Some(program) = engine::find("espeak-ng", &search) {
        let path = out.join("spoken.wav");
        engine::write_wav(&program, &pages, first.lang, &path).map_err(writing(&path))?;
    }
    Ok(())
}

fn write_notes(out: &Path, noted: &Receiver<Note>) -> Result<(), DemoError> {
    let path = out.join("events.jsonl");
    let mut file = io::BufWriter::new(fs::File::create(&path).map_err(writing(&path))?);
    for note in noted.try_iter() {
        serde_json::to_writer(&mut file, &note)
            .map_err(io::Error::other)
            .and_then(|()| file.write_all(b"\n"))
            .map_err(writing(&path))?;
    }
    file.flush().map_err(writing(&path))
}

/// Hands every screen on to the player and draws it, in order. A screen is handed on once it
/// stands on the canvas, with the pictures of the visit: the visit goes on while it is drawn.
fn draw_all(
    drawn: &Receiver<Drawn>,
    back: &Sender<(u8, Screen)>,
    (width, height): (u32, u32),
) -> Result<(), DemoError> {
    let mut canvas: Option<Canvas> = None;
    let mut memories: BTreeMap<u8, SharedMemory> = BTreeMap::new();
    let mut folder: Option<PathBuf> = None;
    let mut count = 0u32;
    let mut early = Vec::new();
    let mut before: Option<Screen> = None;
    while let Ok(next) = drawn.recv() {
        match next {
            Drawn::End => return Ok(()),
            Drawn::Visit(out) => {
                folder = Some(out);
                count = 0;
                before = None;
            }
            Drawn::Kiosk {
                number,
                memory,
                standing,
            } => {
                if canvas.is_none() {
                    canvas = Some(Canvas::new(
                        width,
                        height,
                        |_, _| {},
                        surroundings(standing)?,
                    )?);
                }
                memories.insert(number, memory);
                for (number, screen) in early.drain(..) {
                    drop(back.send((number, screen)));
                }
            }
            Drawn::Screen(number, screen) => {
                let (Some(canvas), Some(memory)) = (&canvas, memories.get(&number)) else {
                    early.push((number, *screen));
                    continue;
                };
                let picture = folder.as_ref().and_then(|folder| {
                    canvas.show(&screen, &lock(memory));
                    // Walking by ear changes nothing to be seen, in the dark nothing does.
                    let seen = Some(to_be_seen(&screen));
                    if before == seen {
                        return None;
                    }
                    before = seen;
                    count += 1;
                    Some(folder.join(picture_name(count, &screen)))
                });
                // A player that has stopped wants no more screens.
                drop(back.send((number, *screen)));
                if let Some(picture) = picture {
                    canvas.save_png(&picture)?;
                }
            }
        }
    }
    Ok(())
}

/// The screen without what only the ear knows.
fn to_be_seen(screen: &Screen) -> Screen {
    let aloud = Aloud {
        voice: screen.aloud.voice,
        ..Aloud::default()
    };
    if screen.display.dark {
        return Screen {
            number: PageNumber::default(),
            progress: None,
            page: Page::Wait(WaitPage {
                what: Waiting::Identity,
            }),
            foot: Foot::default(),
            overlay: None,
            codes: None,
            lights: Lights::default(),
            aloud,
            ..screen.clone()
        };
    }
    Screen {
        aloud,
        ..screen.clone()
    }
}

fn picture_name(count: u32, screen: &Screen) -> String {
    let name = if screen.display.dark {
        "dark"
    } else {
        screen.page.name()
    };
    format!("{count:03}-{name}.png")
}

/// What pictures show around the page: the sample city, simulated devices, a clock that stands.
fn surroundings(standing: Standing) -> Result<Surroundings, DemoError> {
    let fonts = Fonts::new()?;
    Ok(Surroundings {
        standing,
        simulated: true,
        now: Box::new(|| jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0)),
        has_glyph: Box::new(move |character| fonts.has(character)),
    })
}
