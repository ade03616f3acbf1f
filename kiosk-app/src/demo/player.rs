//! Plays a scripted visit: looks at the screen as a person does and touches what it offers.
//!
//! The player knows the kiosk by its [`Screen`]s and touches alone; everything else is the
//! [`Room`] around it. It waits for what a step needs and refuses what the screen does not
//! offer, so that a visit that plays is one a person could have made.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use kiosk_core::screen::{Page, PageNumber, Place};
use kiosk_core::{Screen, Touch};
use kiosk_drivers::cabinet::Signal;
use kiosk_drivers::scanner::sim::CardSide;

use super::camera::Sitter;
use super::script::{Officer, RoomAct, Script, Show, ShowCode, Step, Tap};

mod acts;
mod answers;
mod ear;
mod offer;
mod seen;
mod service;
mod walk;

/// A page may take so long to come.
const PATIENCE: Duration = Duration::from_secs(20);
/// Paper may take so long.
const PAPER_PATIENCE: Duration = Duration::from_secs(30);
/// A test of a device may take so long.
const TEST_PATIENCE: Duration = Duration::from_secs(90);
/// Most touches of one step: a way that needs more walks in circles.
const MOST_TOUCHES: usize = 400;

/// What a script can do to the room around the kiosk.
pub trait Room {
    /// Lays the card with this id of `cards.json` on the reader.
    ///
    /// # Errors
    /// When there is no such card.
    fn put_card(&mut self, id: &str) -> Result<(), String>;
    /// Takes the card from the reader.
    fn lift_card(&mut self);
    /// Lays the card down and pulls it away while it is being read.
    ///
    /// # Errors
    /// When there is no such card.
    fn lift_card_mid_read(&mut self, id: &str) -> Result<(), String>;
    /// In the next slip the paper ends after so many millimetres.
    fn paper_out_after(&mut self, millimetres: f64);
    /// New paper.
    fn refill(&mut self);
    /// Opens or closes the slip printer's cover.
    fn cover(&mut self, open: bool);
    /// Lays this page on the scanner's glass, from 1, or under the document camera.
    ///
    /// # Errors
    /// When the page cannot be laid there.
    fn page_on_glass(&mut self, page: u32) -> Result<(), String>;
    /// Lays a card on the scanner's glass, this side down.
    ///
    /// # Errors
    /// When it cannot be drawn.
    fn card_on_glass(&mut self, side: CardSide) -> Result<(), String>;
    /// Somebody sits down before the portrait camera, or goes; or it is unplugged.
    ///
    /// # Errors
    /// When the camera cannot be had.
    fn camera(&mut self, sitter: Sitter) -> Result<(), String>;
    /// Lays a photo of this person on the scanner's glass; of nobody, a sheet of white.
    ///
    /// # Errors
    /// When it cannot be drawn.
    fn photo_on_glass(&mut self, sitter: Sitter) -> Result<(), String>;
    /// Lays so many sheets into its feeder.
    fn sheets_in_feeder(&mut self, sheets: u32);
    /// Takes what lies on the glass.
    fn take_original(&mut self);
    /// Takes the city away or brings it back.
    ///
    /// # Errors
    /// When it does not start or stop.
    fn city(&mut self, up: bool) -> Result<(), String>;
    /// Lets the holder of this card have booked at the station of the kiosk stood at, for a slot
    /// that begins so many minutes from now, and the kiosk hear of it.
    ///
    /// # Errors
    /// When there is no such card, or the city or the kiosk does not take it.
    fn booked(&mut self, card: &str, minutes: i64) -> Result<(), String>;
    /// The numbers that the city has in its queue at that station today.
    ///
    /// # Errors
    /// When the city cannot be asked.
    fn queue(&mut self) -> Result<Vec<String>, String>;
    /// Does it with the case filed last, once that has arrived.
    ///
    /// # Errors
    /// When the case does not arrive or the city refuses.
    fn officer(&mut self, action: &Officer) -> Result<(), String>;
    /// The code that was sent last to the phone on record of this card's holder; of whose card was
    /// put last where none is named.
    ///
    /// # Errors
    /// When none was sent.
    fn phone_code(&mut self, card: Option<&str>) -> Result<String, String>;
    /// Holds a code before the code scanner.
    fn show_code(&mut self, text: &str);
    /// Presses a key of the keypad.
    ///
    /// # Errors
    /// When the keypad has no such key.
    fn key(&mut self, name: &str) -> Result<(), String>;
    /// What was read aloud since this was asked last, line by line.
    fn said(&mut self) -> Vec<String>;
    /// Turns a sensor or switch of the cabinet.
    fn sense(&mut self, signal: Signal, on: bool);
    /// A fresh code of a member of staff.
    ///
    /// # Errors
    /// When the city makes none.
    fn staff_code(&mut self) -> Result<String, String>;
    /// Whether the city's verify page confirms this number and code.
    ///
    /// # Errors
    /// When the page cannot be asked.
    fn verify(&mut self, number: &str, code: &str) -> Result<bool, String>;
    /// Goes to this kiosk, from 1; the screen that stands there is the next [`Room::screen`].
    ///
    /// # Errors
    /// When there is no such kiosk.
    fn kiosk(&mut self, number: u8) -> Result<(), String>;
    /// Skips the clock of the kiosk stood at.
    fn skip(&mut self, time: Duration);
    /// Touches the kiosk stood at; the room draws the random bytes.
    fn tap(&mut self, touch: Touch, page: PageNumber);
    /// The next changed screen of the kiosk stood at; `None` when none came in time.
    fn screen(&mut self, within: Duration) -> Option<Screen>;
}

/// What was played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Everything that was filed, in order; ratings apart.
    pub filed: Vec<Filed>,
    /// Screens that were shown.
    pub screens: usize,
}

/// One thing filed, as the screens told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Receipt number, grouped as shown.
    pub receipt: String,
    /// The item's Chinese name.
    pub item: String,
    /// "Stored here" was said.
    pub stored: bool,
    /// The city's filing number; `None` when the visit ended before the city answered.
    pub received: Option<String>,
    /// Papers for a case that was there already: the city opens no new one.
    pub supplement: bool,
}

/// Why a visit could not be played on. Names kinds of pages, never a person's data.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// Something else stood on the screen.
    #[error("step {step} ({name}): expected {expected}; there stood {stood}")]
    Expected {
        /// From 1.
        step: usize,
        /// The step as named in the script.
        name: &'static str,
        /// What was expected.
        expected: String,
        /// The page and how far the visit was.
        stood: String,
    },
    /// The screen does not offer the touch.
    #[error("step {step} ({name}): the screen does not offer {touch}; there stood {stood}")]
    NotOffered {
        /// From 1.
        step: usize,
        /// The step as named in the script.
        name: &'static str,
        /// The touch.
        touch: String,
        /// The page and how far the visit was.
        stood: String,
    },
    /// The room could not do it.
    #[error("step {step} ({name}): {cause}")]
    Room {
        /// From 1.
        step: usize,
        /// The step as named in the script.
        name: &'static str,
        /// The room's own words.
        cause: String,
    },
}

/// Why a step failed; the player adds which one and what stood there.
enum Fault {
    Expected(String),
    NotOffered(String),
    Room(String),
}

impl From<String> for Fault {
    fn from(cause: String) -> Self {
        Self::Room(cause)
    }
}

fn expected(what: impl Into<String>) -> Fault {
    Fault::Expected(what.into())
}

/// Plays `script` from the first kiosk on.
///
/// # Errors
/// At the first step that could not be done, with what stood on the screen.
pub fn play(script: &Script, room: &mut dyn Room) -> Result<Played, PlayError> {
    let mut player = Player {
        room,
        screen: None,
        played: Played::default(),
        supplement: false,
        heard: Vec::new(),
        numbers: BTreeSet::new(),
    };
    player
        .go_to_kiosk(1)
        .map_err(|fault| player.error(1, "kiosk", fault))?;
    for (place, step) in script.steps.iter().enumerate() {
        player
            .step(step)
            .map_err(|fault| player.error(place + 1, step.name(), fault))?;
    }
    player.drain();
    Ok(player.played)
}

/// The hand and the eye.
struct Player<'a> {
    room: &'a mut dyn Room,
    /// The latest screen; `None` until the first one came.
    screen: Option<Screen>,
    played: Played,
    /// What is submitted next are papers for a case.
    supplement: bool,
    /// What was read aloud since a step expected something of it.
    heard: Vec<String>,
    /// Numbers of the queue that were shown.
    numbers: BTreeSet<String>,
}

impl Player<'_> {
    fn error(&self, step: usize, name: &'static str, fault: Fault) -> PlayError {
        let stood = self
            .screen
            .as_ref()
            .map_or_else(|| "no screen".to_owned(), seen::describe);
        match fault {
            Fault::Expected(expected) => PlayError::Expected {
                step,
                name,
                expected,
                stood,
            },
            Fault::NotOffered(touch) => PlayError::NotOffered {
                step,
                name,
                touch,
                stood,
            },
            Fault::Room(cause) => PlayError::Room { step, name, cause },
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), Fault> {
        match step {
            Step::PutCard(id) => self.room.put_card(id)?,
            Step::PullCard(id) => self.room.lift_card_mid_read(id)?,
            Step::Room(act) => self.act(*act)?,
            Step::ShowCode(code) => self.show_code(code)?,
            Step::Key(name) => self.room.key(name)?,
            Step::Press(words) => self.press(words)?,
            Step::Spell(text) => self.spell(text)?,
            Step::PaperEndsAfter(length) => self.room.paper_out_after(*length),
            Step::Glass(page) => self.room.page_on_glass(*page)?,
            Step::CardOnGlass(side) => self.room.card_on_glass(*side)?,
            Step::Camera(sitter) => self.room.camera(*sitter)?,
            Step::Photo(sitter) => self.room.photo_on_glass(*sitter)?,
            Step::Feeder(sheets) => self.room.sheets_in_feeder(*sheets),
            Step::Kiosk(number) => self.go_to_kiosk(*number)?,
            Step::Booked(booked) => self.room.booked(&booked.card, booked.minutes)?,
            Step::Queued(numbers) => self.queued(*numbers)?,
            Step::Wait(seconds) => {
                self.drain();
                self.room.skip(Duration::from_secs(*seconds));
            }
            Step::Tap(Tap::PrintSlip) => self.print_slip()?,
            Step::Tap(tap) => self.tap_once_offered(*tap, 1)?,
            Step::DoubleTap(tap) => self.tap_once_offered(*tap, 2)?,
            Step::Choose(choice) => {
                self.tap_when("an open entry of the start page", |screen| {
                    offer::choice(screen, *choice)
                })?;
            }
            Step::Show(show) => self.show(*show)?,
            Step::Pick(place) => {
                let what = format!("choice {place} of a list");
                self.tap_when(&what, |screen| offer::picked(screen, *place))?;
            }
            Step::Type(text) => self.write(text)?,
            Step::Find(find) => self.find(find)?,
            Step::OpenMatter(item) => self.open_matter(item)?,
            Step::Identify(way) => self.identify(*way)?,
            Step::TheirCode(code) => self.their_code(code)?,
            Step::Go(go) => self.walk(go)?,
            Step::Rate(level) => self.rate(*level)?,
            Step::Verify(verify) => self.verify(*verify)?,
            Step::Officer(action) => self.room.officer(action)?,
            Step::Pin(pin) => self.pin(pin)?,
            Step::Service(act) => self.service(act)?,
            Step::Expect(expect) => self.expect(expect)?,
        }
        Ok(())
    }

    fn act(&mut self, act: RoomAct) -> Result<(), Fault> {
        match act {
            RoomAct::LiftCard => self.room.lift_card(),
            RoomAct::TakeOriginal => self.room.take_original(),
            RoomAct::Refill => self.room.refill(),
            RoomAct::OpenCover => self.room.cover(true),
            RoomAct::CloseCover => self.room.cover(false),
            RoomAct::CityDown => self.room.city(false)?,
            RoomAct::CityUp => self.room.city(true)?,
            RoomAct::PersonComes => self.room.sense(Signal::Presence, true),
            RoomAct::PersonLeaves => self.room.sense(Signal::Presence, false),
            RoomAct::OpenDoor => self.room.sense(Signal::Door, true),
            RoomAct::CloseDoor => self.room.sense(Signal::Door, false),
            RoomAct::PlugHeadphones => self.room.sense(Signal::Headphones, true),
            RoomAct::PullHeadphones => self.room.sense(Signal::Headphones, false),
            RoomAct::MainsOff => self.room.sense(Signal::Mains, false),
            RoomAct::MainsOn => self.room.sense(Signal::Mains, true),
        }
        Ok(())
    }

    fn show_code(&mut self, code: &ShowCode) -> Result<(), Fault> {
        self.drain();
        let text = match code {
            ShowCode::Text(text) => text.clone(),
            ShowCode::Receipt => {
                let last = self.played.filed.last();
                last.map(|filed| filed.receipt.clone())
                    .ok_or_else(|| expected("something filed before"))?
            }
        };
        self.room.show_code(&text);
        Ok(())
    }

    fn go_to_kiosk(&mut self, number: u8) -> Result<(), Fault> {
        self.drain();
        self.room.kiosk(number)?;
        self.screen = None;
        let deadline = Instant::now() + PATIENCE;
        if self.next(deadline) {
            Ok(())
        } else {
            Err(expected("a first screen"))
        }
    }

    // --- looking -----------------------------------------------------------------------

    /// Takes the next screen; false when none came before `deadline`.
    fn next(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.room.screen(left) {
            Some(screen) => {
                self.look_at(screen);
                true
            }
            None => false,
        }
    }

    /// Takes every screen that has come so far.
    fn drain(&mut self) {
        while let Some(screen) = self.room.screen(Duration::ZERO) {
            self.look_at(screen);
        }
    }

    /// Keeps the screen and what it says of the application filed last.
    fn look_at(&mut self, screen: Screen) {
        self.played.screens += 1;
        self.heard.extend(self.room.said());
        if let Some(supplement) = seen::submits_supplement(&screen) {
            self.supplement = supplement;
        }
        if let Page::CheckIn(page) = &screen.page {
            let ticket = page.outcome.ticket();
            self.numbers.extend(ticket.map(|it| it.number.clone()));
        }
        if let Page::Done(page) = &screen.page {
            let filed = &mut self.played.filed;
            if filed.last().is_none_or(|last| last.receipt != page.receipt) {
                filed.push(Filed {
                    receipt: page.receipt.clone(),
                    item: page.item.zh.clone(),
                    stored: false,
                    received: None,
                    supplement: self.supplement,
                });
            }
            if let Some(last) = filed.last_mut() {
                match &page.place {
                    Place::StoredHere => last.stored = true,
                    Place::Received { filing, .. } => last.received = Some(filing.clone()),
                }
            }
        }
        self.screen = Some(screen);
    }

    /// Waits until `find` finds what it looks for.
    fn until<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut find: impl FnMut(&Self, &Screen) -> Option<T>,
    ) -> Result<T, Fault> {
        let deadline = Instant::now() + patience;
        loop {
            let found = self.screen.as_ref().and_then(|screen| find(self, screen));
            if let Some(found) = found {
                return Ok(found);
            }
            if !self.next(deadline) {
                return Err(expected(what));
            }
        }
    }

    // --- touching ----------------------------------------------------------------------

    /// Touches and waits until the screen has changed; with `turns`, until another page stands.
    fn touch(&mut self, touch: Touch, turns: bool, times: u8) -> Result<(), Fault> {
        let Some(before) = self.screen.clone() else {
            return Err(expected("a screen to touch"));
        };
        let shape = touch.shape();
        for _ in 0..times {
            self.room.tap(touch.clone(), before.number);
        }
        let what = format!("the touch {shape} to change the screen");
        self.until(&what, PATIENCE, |_, now| {
            let changed = if turns {
                now.number != before.number
            } else {
                *now != before
            };
            changed.then_some(())
        })
    }

    /// Waits until `offer` finds its touch on the latest screen, then touches it.
    fn tap_when(
        &mut self,
        what: &str,
        offer: impl Fn(&Screen) -> Option<Touch>,
    ) -> Result<(), Fault> {
        self.drain();
        let touch = self.until(what, PATIENCE, |_, screen| offer(screen));
        let touch = touch.map_err(|_| Fault::NotOffered(what.to_owned()))?;
        self.touch(touch, false, 1)
    }

    fn tap_once_offered(&mut self, tap: Tap, times: u8) -> Result<(), Fault> {
        self.drain();
        let touch = self.until("", PATIENCE, |_, screen| offer::tap(screen, tap));
        let touch = touch.map_err(|_| Fault::NotOffered(format!("{tap:?}")))?;
        let turns = !matches!(
            tap,
            Tap::Next | Tap::Back | Tap::English | Tap::Chinese | Tap::Traditional
        );
        self.touch(touch, turns, times)
    }

    fn show(&mut self, show: Show) -> Result<(), Fault> {
        self.tap_when("language and display", offer::display)?;
        for touch in offer::shown(show) {
            self.touch(touch, false, 1)?;
        }
        self.tap_once_offered(Tap::Close, 1)
    }

    /// A printer that has just got its paper needs a moment; a person tries again once the page
    /// offers it again.
    fn print_slip(&mut self) -> Result<(), Fault> {
        self.tap_once_offered(Tap::PrintSlip, 1)?;
        if self.screen.as_ref().is_some_and(seen::slip_without_printer) {
            self.tap_once_offered(Tap::PrintSlip, 1)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
