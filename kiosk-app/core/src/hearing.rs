//! What the keypad does while a visit is read aloud.

use crate::aloud::{Aloud, Key, Letter, Press, Spelling, Stop, Volume};
use crate::aloud::{field, first_action, letters, stops};
use crate::kiosk::Kiosk;
use crate::screen::{Overlay, PageNumber};
use crate::steps::Step;
use crate::touch::{Tap, Touch};

/// How far the ear has come; forgotten with the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hearing {
    pub(crate) volume: Volume,
    pub(crate) hushed: bool,
    cursor: Option<usize>,
    spelling: Option<Spelling>,
    repeats: u32,
    again: u32,
    /// The page that was read to its end.
    heard: Option<PageNumber>,
}

impl Hearing {
    /// Another page stands there: it is heard from its beginning.
    pub(crate) fn turned(&mut self) {
        self.cursor = None;
        self.spelling = None;
        self.heard = None;
    }

    /// The page as it was heard is no longer what stands there.
    pub(crate) fn unheard(&mut self) {
        self.heard = None;
    }

    /// The page was read to its end.
    pub(crate) fn has_heard(&self, page: PageNumber) -> bool {
        self.heard == Some(page)
    }
}

impl Kiosk {
    /// The ear's part of the screen.
    pub(crate) fn aloud(&self) -> Aloud {
        let voice = self.devices.voice;
        if !self.visit.display.aloud {
            return Aloud {
                voice,
                ..Aloud::default()
            };
        }
        let hearing = self.visit.hearing;
        Aloud {
            voice,
            cursor: hearing.cursor,
            spelling: hearing.spelling,
            volume: hearing.volume,
            hushed: hearing.hushed,
            repeats: hearing.repeats,
            again: hearing.again,
        }
    }

    /// Reads aloud from now on, or no longer; nothing is begun without a voice.
    pub(crate) fn read_aloud(&mut self, on: bool) {
        if on && !self.devices.voice {
            return;
        }
        self.visit.display.aloud = on;
        self.visit.display.dark = false;
        self.visit.hearing = Hearing::default();
    }

    /// The screen goes dark, or bright again; only who hears the page can do without it.
    pub(crate) fn darken(&mut self) {
        self.visit.display.dark = self.visit.display.aloud && !self.visit.display.dark;
    }

    /// A plug in the socket begins to read aloud. Pulled out, what is personal is not said to
    /// the whole room: nothing is said until it is back, or until "repeat" asks for it.
    pub(crate) fn headphones(&mut self, plugged: bool) {
        if matches!(self.step, Step::Service(_)) {
            return;
        }
        match (plugged, self.visit.display.aloud) {
            (true, false) => self.read_aloud(true),
            (true, true) => {
                self.visit.hearing.hushed = false;
                self.repeat();
            }
            (false, true) => self.visit.hearing.hushed = true,
            // A socket that tells at its start that it is empty has touched nothing.
            (false, false) => return,
        }
        self.touched();
    }

    /// The page was read to its end.
    pub(crate) fn heard(&mut self, page: PageNumber) {
        if page == self.page() {
            self.visit.hearing.heard = Some(page);
        }
    }

    /// A key of the keypad. Without reading aloud only "repeat" means something here: the others
    /// are touches the shell makes of them.
    pub(crate) fn key(&mut self, press: Press) {
        if press.page != self.page() || matches!(self.step, Step::Service(_)) {
            return;
        }
        self.touched();
        if !self.visit.display.aloud {
            if press.key == Key::Repeat {
                self.read_aloud(true);
            }
            return;
        }
        match press.key {
            Key::Up => self.walk(false),
            Key::Down => self.walk(true),
            Key::Repeat => {
                self.visit.hearing.hushed = false;
                self.repeat();
            }
            Key::VolumeUp => self.visit.hearing.volume = self.visit.hearing.volume.louder(),
            Key::VolumeDown => self.visit.hearing.volume = self.visit.hearing.volume.softer(),
            Key::Select => self.select(press),
            Key::Back => self.key_back(press),
            Key::Left => self.offered(Touch::Turn(-1), press),
            Key::Right => self.offered(Touch::Turn(1), press),
            Key::Help => self.offered(Touch::Help, press),
            Key::Digit(digit) => {
                if field(&self.screen()).is_some() {
                    self.takes(Touch::Type(digit.to_string()), press);
                } else {
                    self.again();
                }
            }
        }
    }

    fn repeat(&mut self) {
        self.visit.hearing.repeats = self.visit.hearing.repeats.wrapping_add(1);
    }

    fn again(&mut self) {
        self.visit.hearing.again = self.visit.hearing.again.wrapping_add(1);
    }

    /// One stop or character on, around at the end; a step back from the page finds the last one.
    fn walk(&mut self, on: bool) {
        let many = match self.visit.hearing.spelling {
            Some(spelling) => letters(spelling.keyboard).len(),
            None => stops(&self.screen()).len(),
        };
        if many == 0 {
            return self.again();
        }
        let step = |at: Option<usize>| match (at, on) {
            (Some(at), true) => (at + 1) % many,
            (None, true) => 0,
            (Some(at), false) => (at + many - 1) % many,
            (None, false) => many - 1,
        };
        let hearing = &mut self.visit.hearing;
        let at = match &mut hearing.spelling {
            Some(spelling) => &mut spelling.at,
            None => &mut hearing.cursor,
        };
        let before = at.replace(step(*at));
        if before == *at {
            self.again();
        }
    }

    fn select(&mut self, press: Press) {
        if let Some(spelling) = self.visit.hearing.spelling {
            return self.spell(spelling, press);
        }
        let screen = self.screen();
        let stops = stops(&screen);
        match self.visit.hearing.cursor.and_then(|at| stops.get(at)) {
            Some(Stop::Field) => {
                self.visit.hearing.spelling =
                    field(&screen).map(|keyboard| Spelling { keyboard, at: None });
            }
            Some(Stop::Touch(touch)) => self.takes(touch.clone(), press),
            None => match first_action(&screen) {
                Some(touch) => self.takes(touch, press),
                None => self.walk(true),
            },
        }
    }

    fn spell(&mut self, spelling: Spelling, press: Press) {
        let letter = spelling
            .at
            .and_then(|at| letters(spelling.keyboard).get(at).copied());
        match letter {
            Some(Letter::Char(letter)) => self.takes(Touch::Type(letter.to_string()), press),
            Some(Letter::Erase) => self.takes(Touch::Erase, press),
            Some(Letter::Done) => self.visit.hearing.spelling = None,
            None => self.walk(true),
        }
    }

    fn key_back(&mut self, press: Press) {
        if self.visit.hearing.spelling.take().is_some() {
            return;
        }
        let leads = match self.screen().overlay {
            Some(Overlay::TimeOut { .. } | Overlay::Cover { .. }) => None,
            Some(Overlay::ConfirmEnd { .. } | Overlay::Display | Overlay::Help { .. }) => {
                Some(Touch::Close)
            }
            None => Some(Touch::Back),
        };
        match leads {
            Some(touch) => self.offered(touch, press),
            None => self.again(),
        }
    }

    /// The touch, where the screen offers it.
    fn offered(&mut self, touch: Touch, press: Press) {
        if stops(&self.screen()).contains(&Stop::Touch(touch.clone())) {
            self.takes(touch, press);
        } else {
            self.again();
        }
    }

    /// The touch itself. Where it changes nothing, what stands there is said again: silence would
    /// leave open whether the key was felt.
    fn takes(&mut self, touch: Touch, press: Press) {
        let before = self.screen();
        self.tap(Tap {
            page: press.page,
            touch,
            random: press.random,
        });
        if self.screen() == before {
            self.again();
        }
    }
}
