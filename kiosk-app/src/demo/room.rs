//! The room of the scripted visits: two kiosks, simulated devices, the embedded city.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use city_backend::sample_city;
use city_catalogue::Catalogue;
use jiff::SignedDuration;
use jiff::civil::Time;
use kiosk_core::screen::{Page, PageNumber, Reason};
use kiosk_core::{ListedBy, Screen, Secret, Tap, Touch};
use kiosk_drivers::cabinet::Signal;
use kiosk_drivers::keypad::{Key, KeyMap};
use kiosk_drivers::receipt_printer::sim::Piece;
use kiosk_drivers::scanner::sim::{CardSide, Sheet, draw_card, draw_page};
use rand::Rng;

use super::camera::Sitter;
use super::city::SampleCity;
use super::devices::{SampleCard, cards};
use super::place::{self, Place, PlaceError};
use super::player::Room;
use super::script::Officer;
use crate::clock::moment;
use crate::config::SpeechEngine;
use crate::devices::usable;
use crate::shell::{Audience, Message};
use crate::slips::Standing;
use crate::view::Said;
use crate::work::SharedMemory;

/// What is filed arrives within this time, or an officer finds nothing.
const ARRIVES_WITHIN: Duration = Duration::from_secs(20);
/// A visit that broke off is ended within this time.
const ENDS_WITHIN: Duration = Duration::from_secs(60);
/// Longer than a kiosk waits for anybody at any one page.
const LEFT_ALONE: Duration = Duration::from_secs(61);
/// A change is on the screen after this time.
const SHOWS_WITHIN: Duration = Duration::from_millis(300);
/// A switch or sensor of the cabinet has been told after this time.
const SETTLED_AFTER: Duration = Duration::from_millis(1500);
/// A key is pressed this long after the one before.
const PRESSED_AFTER: Duration = Duration::from_millis(40);
/// A card pulled in mid read is away again after this time.
const PULLED_AFTER: Duration = Duration::from_millis(120);

/// What the drawing thread is told.
pub enum Drawn {
    /// Another kiosk begins to show screens.
    Kiosk {
        /// From 1.
        number: u8,
        /// Its pictures.
        memory: SharedMemory,
        /// What stands in its head.
        standing: Standing,
    },
    /// A screen of a kiosk.
    Screen(u8, Box<Screen>),
    /// Another visit begins: its pictures go there.
    Visit(PathBuf),
    /// Everything has been played.
    End,
}

/// Sends a kiosk's screens to the drawing thread, and its notes to the visit's record.
struct Shows {
    number: u8,
    drawn: Sender<Drawn>,
    notes: Sender<Note>,
    spoken: Arc<Mutex<Spoken>>,
}

/// What was read aloud in the visit.
#[derive(Debug, Default)]
struct Spoken {
    /// All of it.
    all: Vec<Said>,
    /// How much of it the person has taken notice of.
    noticed: usize,
}

/// Something that happened at a kiosk, without any value.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The kiosk, from 1.
    pub kiosk: u8,
    /// Milliseconds since it started.
    pub at: u64,
    /// The shape of the event.
    pub event: String,
}

impl Audience for Shows {
    fn show(&mut self, screen: Screen) {
        // When nobody draws any more the visits are over.
        drop(
            self.drawn
                .send(Drawn::Screen(self.number, Box::new(screen))),
        );
    }

    fn said(&mut self, said: &Said) {
        let mut spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        spoken.all.push(said.clone());
    }

    fn note(&mut self, at: Duration, what: &str) {
        let note = Note {
            kiosk: self.number,
            at: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            event: what.to_owned(),
        };
        drop(self.notes.send(note));
    }
}

/// The room.
pub struct DemoRoom {
    folder: PathBuf,
    paced: bool,
    city: SampleCity,
    catalogue: Catalogue,
    cards: Vec<SampleCard>,
    places: BTreeMap<u8, Place>,
    at: u8,
    card: Option<String>,
    drawn: Sender<Drawn>,
    notes: Sender<Note>,
    screens: Receiver<(u8, Screen)>,
    waiting: VecDeque<Screen>,
    last: BTreeMap<u8, Screen>,
    spoken: Arc<Mutex<Spoken>>,
}

impl DemoRoom {
    /// A room whose state lies in `folder`. Screens go to `drawn` and come back drawn in `screens`.
    ///
    /// # Errors
    /// [`PlaceError`] when the first kiosk cannot be started.
    pub fn new(
        folder: PathBuf,
        paced: bool,
        city: SampleCity,
        drawn: Sender<Drawn>,
        notes: Sender<Note>,
        screens: Receiver<(u8, Screen)>,
    ) -> Result<Self, PlaceError> {
        let (_, catalogue) = sample_city::FILES[0];
        let mut room = Self {
            folder,
            paced,
            city,
            catalogue: Catalogue::parse("catalogue.json", catalogue.as_bytes())?,
            cards: cards()?,
            places: BTreeMap::new(),
            at: 1,
            card: None,
            drawn,
            notes,
            screens,
            waiting: VecDeque::new(),
            last: BTreeMap::new(),
            spoken: Arc::default(),
        };
        room.open(1)?;
        Ok(room)
    }

    fn open(&mut self, number: u8) -> Result<(), PlaceError> {
        if self.places.contains_key(&number) {
            return Ok(());
        }
        let audience = Shows {
            number,
            drawn: self.drawn.clone(),
            notes: self.notes.clone(),
            spoken: Arc::clone(&self.spoken),
        };
        let folder = self.folder.join(format!("kiosk-{number}"));
        std::fs::create_dir_all(&folder).map_err(|source| PlaceError::Folder {
            path: folder.clone(),
            source,
        })?;
        let place = Place::start(
            number,
            &folder,
            &self.city,
            self.paced,
            SpeechEngine::Silent,
            audience,
        )?;
        // When nobody draws any more the visits are over.
        drop(self.drawn.send(Drawn::Kiosk {
            number,
            memory: place.app.memory(),
            standing: place.standing.clone(),
        }));
        self.places.insert(number, place);
        Ok(())
    }

    /// The city, to compare what it holds with what was filed.
    #[must_use]
    pub fn sample_city(&self) -> &SampleCity {
        &self.city
    }

    /// Begins a visit at the first kiosk with full paper, devices that work and a city that
    /// answers; no kiosk is left in a visit that broke off.
    ///
    /// # Errors
    /// When the city does not start, a device does not come back, or a kiosk does not come back to
    /// its first page.
    pub fn begin(&mut self) -> Result<(), String> {
        self.city(true)?;
        self.card = None;
        for place in self.places.values() {
            place.devices.settle();
            place.devices.reader.device(|reader| reader.remove());
            place.devices.printer.device(|recorded| {
                recorded.printer.refill();
                recorded.printer.set_cover_open(false);
            });
        }
        let numbers: Vec<u8> = self.places.keys().copied().collect();
        for number in numbers {
            self.kiosk(number)?;
            self.abandon()?;
        }
        self.mended()?;
        // What the last visit printed is its own.
        drop(self.paper());
        drop(self.spoken());
        self.kiosk(1)
    }

    /// Waits until every kiosk has found all of its devices working: one that was unplugged in the
    /// visit before is looked for only every few seconds.
    fn mended(&self) -> Result<(), String> {
        let end = Instant::now() + ENDS_WITHIN;
        loop {
            let broken = self.places.iter().find_map(|(number, place)| {
                let health = place.app.health();
                let table = health.lock().unwrap_or_else(PoisonError::into_inner);
                let (kind, _, detail) = table.iter().find(|(_, state, _)| !usable(*state))?;
                Some(format!("kiosk {number}: {kind} does not work {detail}"))
            });
            match broken {
                None => return Ok(()),
                Some(broken) if Instant::now() > end => return Err(broken.trim_end().to_owned()),
                Some(_) => std::thread::park_timeout(SHOWS_WITHIN / 6),
            }
        }
    }

    /// Lets the time pass after which a kiosk that nobody touches ends the visit.
    fn abandon(&mut self) -> Result<(), String> {
        let end = Instant::now() + ENDS_WITHIN;
        while let Ok((number, screen)) = self.screens.try_recv() {
            self.last.insert(number, screen);
        }
        self.waiting.clear();
        let idle = |screen: Option<&Screen>| {
            screen.is_none_or(|screen| matches!(screen.page, Page::Idle(_)))
        };
        while !idle(self.last.get(&self.at)) {
            if Instant::now() > end {
                return Err(format!("kiosk {} does not end its visit", self.at));
            }
            self.skip(LEFT_ALONE);
            // The next screen, or none when a device is still at work.
            drop(self.screen(SHOWS_WITHIN));
        }
        Ok(())
    }

    /// Waits until the kiosk that was just started lets somebody begin.
    fn made_ready(&mut self) {
        let end = Instant::now() + ENDS_WITHIN;
        let starts = |screen: Option<&Screen>| match screen.map(|screen| &screen.page) {
            None => true,
            Some(Page::Idle(page)) => page.halted == Some(Reason::Starting),
            Some(_) => false,
        };
        while starts(self.last.get(&self.at)) && Instant::now() < end {
            drop(self.screen(SHOWS_WITHIN));
        }
    }

    /// What came out of the printers since the visit began: pieces of paper and raw bytes.
    pub fn paper(&mut self) -> Vec<(u8, Vec<Piece>, Vec<u8>)> {
        self.places
            .iter()
            .map(|(number, place)| {
                place.devices.printer.device(|recorded| {
                    (
                        *number,
                        recorded.printer.take_pieces(),
                        recorded.take_bytes(),
                    )
                })
            })
            .collect()
    }

    /// What was read aloud since the visit began.
    pub fn spoken(&mut self) -> Vec<Said> {
        let mut spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *spoken).all
    }

    /// Waits until no kiosk has anything left to send.
    #[must_use]
    pub fn sent(&self) -> bool {
        let end = Instant::now() + ARRIVES_WITHIN;
        let empty = || {
            self.places.values().all(|place| {
                place
                    .app
                    .store()
                    .outbox_state()
                    .is_ok_and(|outbox| outbox.waiting == 0)
            })
        };
        while !empty() {
            if Instant::now() > end {
                return false;
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        true
    }

    fn place(&self) -> Result<&Place, String> {
        self.places
            .get(&self.at)
            .ok_or_else(|| "no such kiosk".to_owned())
    }

    fn card_content(&self, id: &str) -> Result<kiosk_drivers::id_card::sim::CardContent, String> {
        let card = self
            .cards
            .iter()
            .find(|card| card.id == id)
            .ok_or_else(|| format!("cards.json has no `{id}`"))?;
        card.content().map_err(|error| error.to_string())
    }

    /// The number of the case filed last, once everything has arrived.
    fn last_case(&self) -> Result<(String, Option<String>), String> {
        if !self.sent() {
            return Err("what was filed did not arrive".to_owned());
        }
        let cases = self.city.cases().map_err(|error| chain(&error))?;
        let last = cases.into_iter().next().ok_or("the city holds no case")?;
        let number = last.case_number.unwrap_or(last.filing_number);
        Ok((number, last.item))
    }
}

/// Lets so much time pass. To park is not enough: it ends at once when what woke this thread last still stands.
fn pause(time: Duration) {
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    crate::work::chain(error)
}

impl Room for DemoRoom {
    fn put_card(&mut self, id: &str) -> Result<(), String> {
        let content = self.card_content(id)?;
        self.card = Some(id.to_owned());
        self.place()?
            .devices
            .reader
            .device(|reader| reader.put(content));
        Ok(())
    }

    fn lift_card(&mut self) {
        if let Ok(place) = self.place() {
            place.devices.reader.device(|reader| reader.remove());
        }
    }

    fn lift_card_mid_read(&mut self, id: &str) -> Result<(), String> {
        let content = self.card_content(id)?;
        let reader = &self.place()?.devices.reader;
        let delay = reader.device(|reader| {
            let before = reader.faults.delay;
            reader.faults.delay = PULLED_AFTER * 4;
            reader.put(content);
            before
        });
        // The reader finds the card within its poll interval and is answered too late.
        pause(Duration::from_millis(900));
        reader.device(|reader| {
            reader.remove();
            reader.faults.delay = delay;
        });
        Ok(())
    }

    fn paper_out_after(&mut self, millimetres: f64) {
        if let Ok(place) = self.place() {
            place
                .devices
                .printer
                .device(|recorded| recorded.printer.end_roll_after(millimetres));
        }
    }

    fn refill(&mut self) {
        if let Ok(place) = self.place() {
            place
                .devices
                .printer
                .device(|recorded| recorded.printer.refill());
        }
    }

    fn cover(&mut self, open: bool) {
        if let Ok(place) = self.place() {
            place
                .devices
                .printer
                .device(|recorded| recorded.printer.set_cover_open(open));
        }
    }

    fn page_on_glass(&mut self, page: u32) -> Result<(), String> {
        let laid = self.place()?.devices.lay_page(page.is_multiple_of(2));
        laid.map_err(|error| chain(&error))
    }

    fn card_on_glass(&mut self, side: CardSide) -> Result<(), String> {
        let card = draw_card(side).map_err(|error| chain(&error))?;
        self.place()?.devices.scanner.load_page(card);
        Ok(())
    }

    fn camera(&mut self, sitter: Sitter) -> Result<(), String> {
        let camera = &self.place()?.devices.camera;
        camera.before(sitter).map_err(|error| chain(&error))
    }

    fn photo_on_glass(&mut self, sitter: Sitter) -> Result<(), String> {
        let photo = super::camera::photo_on_glass(sitter).map_err(|error| chain(&error))?;
        self.place()?.devices.scanner.load_page(photo);
        Ok(())
    }

    fn sheets_in_feeder(&mut self, sheets: u32) {
        if let (Ok(place), Ok(jpeg)) = (self.place(), draw_page(2480, 3508, 300, true)) {
            let sheet = Sheet {
                front: Some(jpeg),
                back: None,
            };
            let sheets = (0..sheets).map(|_| sheet.clone());
            place.devices.scanner.load_feeder(sheets);
        }
    }

    fn take_original(&mut self) {
        if let Ok(place) = self.place() {
            place.devices.take_page();
        }
    }

    fn city(&mut self, up: bool) -> Result<(), String> {
        self.city.set_up(up).map_err(|error| chain(&error))
    }

    fn officer(&mut self, action: &Officer) -> Result<(), String> {
        let (number, item) = self.last_case()?;
        let item = item
            .and_then(|code| {
                self.catalogue
                    .item(&city_catalogue::ItemCode::new(code))
                    .cloned()
            })
            .ok_or("the last case has no known item")?;
        let done = match action {
            Officer::Accept => self.city.accept(&number),
            Officer::Supplement(asked) => {
                let materials: Vec<u32> = item
                    .materials
                    .iter()
                    .filter(|material| asked.materials.contains(&material.name.zh))
                    .map(|material| material.seq)
                    .collect();
                self.city.supplement(&number, &materials, &asked.words)
            }
            Officer::Answer(words) => {
                let bodies = self.catalogue.departments().iter();
                let bodies: Vec<String> = bodies.map(|body| body.id.clone()).collect();
                self.city.answer(&number, &bodies, words)
            }
            Officer::Decide(decision) => {
                let mut bodies: Vec<String> = item
                    .steps
                    .iter()
                    .map(|step| step.department.clone())
                    .collect();
                bodies.sort();
                bodies.dedup();
                self.city
                    .decide(&number, &bodies, decision.granted, &decision.opinion)
                    .map(drop)
            }
        };
        done.map_err(|error| chain(&error))
    }

    fn phone_code(&mut self, card: Option<&str>) -> Result<String, String> {
        let put = self.card.clone();
        let card = card.map(str::to_owned).or(put).ok_or("no card was put")?;
        let number = self.card_content(&card)?.number.clone();
        let phone = self
            .catalogue
            .demo_persons()
            .iter()
            .find(|person| person.id_number == number)
            .map(|person| person.mobile.clone())
            .ok_or("nobody's phone is on record")?;
        self.city.phone_code(&phone).map_err(|error| chain(&error))
    }

    fn show_code(&mut self, text: &str) {
        if let Ok(place) = self.place() {
            place
                .devices
                .codes
                .device(|scanner| scanner.show(text.as_bytes()));
        }
    }

    fn key(&mut self, name: &str) -> Result<(), String> {
        let key = Key::named(name);
        let code = key.and_then(|key| KeyMap::default().code(key));
        let code = code.ok_or_else(|| format!("the keypad has no key `{name}`"))?;
        // No hand is quicker: a key that comes sooner than this is taken for one that bounces.
        pause(PRESSED_AFTER);
        let keypad = &self.place()?.devices.keypad;
        keypad.device(|keys| keys.tap(code, Duration::ZERO));
        Ok(())
    }

    fn said(&mut self) -> Vec<String> {
        let mut spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = spoken.all.get(spoken.noticed..).unwrap_or_default();
        let lines = fresh.iter().flat_map(|said| &said.lines);
        let lines = lines.map(|line| line.text.clone()).collect();
        spoken.noticed = spoken.all.len();
        lines
    }

    fn sense(&mut self, signal: Signal, on: bool) {
        if let Ok(place) = self.place() {
            place.devices.cabinet.device(|board| board.set(signal, on));
            // The driver waits until a switch has settled before it tells of it.
            pause(SETTLED_AFTER);
        }
    }

    fn booked(&mut self, card: &str, minutes: i64) -> Result<(), String> {
        let number = self.card_content(card)?.number.clone();
        // By the kiosk's clock, which the visits before have set ahead of the city's.
        let now = self.place()?.clock.now().civil;
        let begins = now.saturating_add(SignedDuration::from_mins(minutes));
        // A slot of today, also right after midnight.
        let begins = begins.max(now.date().to_datetime(Time::midnight()));
        let station = place::station(self.at);
        let entered = self.city.expect_today(station, &number, moment(begins));
        entered.map_err(|error| chain(&error))?;
        let hall = self.place()?.app.hall();
        hall.look_again();
        let by = ListedBy::Number(Secret::new(number));
        let end = Instant::now() + ARRIVES_WITHIN;
        while !matches!(hall.find(&by), Some(Some(_))) {
            if Instant::now() > end {
                return Err("the kiosk does not hear of the booking".to_owned());
            }
            std::thread::park_timeout(SHOWS_WITHIN / 6);
        }
        Ok(())
    }

    fn queue(&mut self) -> Result<Vec<String>, String> {
        let queue = self.city.queue(place::station(self.at));
        queue.map_err(|error| chain(&error))
    }

    fn staff_code(&mut self) -> Result<String, String> {
        self.city.staff_code().map_err(|error| chain(&error))
    }

    fn verify(&mut self, number: &str, code: &str) -> Result<bool, String> {
        self.city
            .verify(number, code)
            .map_err(|error| chain(&error))
    }

    fn kiosk(&mut self, number: u8) -> Result<(), String> {
        self.open(number).map_err(|error| chain(&error))?;
        self.at = number;
        self.waiting.clear();
        self.made_ready();
        self.waiting.extend(self.last.get(&number).cloned());
        Ok(())
    }

    fn skip(&mut self, time: Duration) {
        if let Ok(place) = self.place() {
            place.clock.skip(time);
            // A loop that has ended has no clock to look at.
            drop(place.app.inbox().send(Message::Wake));
        }
    }

    fn tap(&mut self, touch: Touch, page: PageNumber) {
        if let Ok(place) = self.place() {
            let random = rand::rng().random();
            let tap = Tap {
                page,
                touch,
                random,
            };
            drop(place.app.inbox().send(Message::Tap(tap)));
        }
    }

    fn screen(&mut self, within: Duration) -> Option<Screen> {
        if let Some(screen) = self.waiting.pop_front() {
            return Some(screen);
        }
        let end = Instant::now() + within;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.screens.recv_timeout(left) {
                Ok((number, screen)) => {
                    self.last.insert(number, screen.clone());
                    if number == self.at {
                        return Some(screen);
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests;
