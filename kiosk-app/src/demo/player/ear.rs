//! A visit without seeing: the keypad is pressed, and what is read aloud decides what is next.

use kiosk_core::Screen;
use kiosk_core::screen::Lang;

use super::{Fault, MOST_TOUCHES, PATIENCE, Player, expected};
use crate::words::Words;

impl Player<'_> {
    /// The first text that was not read aloud, in words; `None` when all were.
    pub(super) fn unheard(&self, texts: &[String]) -> Option<String> {
        let heard = |text: &&String| self.heard.iter().any(|line| line.contains(*text));
        let missing = texts.iter().find(|text| !heard(text));
        missing.map(|text| format!("to hear {text}"))
    }

    /// Walks down until `words` are read out, and takes what they stand for.
    pub(super) fn press(&mut self, words: &str) -> Result<(), Fault> {
        self.drain();
        self.walk_to(|line| line.contains(words), words)?;
        self.key("select")
    }

    /// Spells `text` into the field that was taken: each character is walked to by ear, then
    /// "done".
    pub(super) fn spell(&mut self, text: &str) -> Result<(), Fault> {
        self.drain();
        for character in text.chars() {
            let named = character.to_string();
            self.walk_to(|line| line == named, &named)?;
            self.key("select")?;
        }
        let lang = self.screen.as_ref().map_or(Lang::default(), |it| it.lang);
        let done = Words(lang).get("spoken.done");
        self.walk_to(|line| line == done, &done)?;
        self.key("select")
    }

    fn walk_to(&mut self, wanted: impl Fn(&str) -> bool, words: &str) -> Result<(), Fault> {
        for _ in 0..MOST_TOUCHES {
            self.key("down")?;
            if self.heard.last().is_some_and(|line| wanted(line)) {
                return Ok(());
            }
        }
        Err(expected(format!("to hear {words} on the way down")))
    }

    /// A key, and what is heard of it.
    fn key(&mut self, name: &str) -> Result<(), Fault> {
        let Some(before) = self.screen.clone() else {
            return Err(expected("a screen"));
        };
        self.room.key(name)?;
        // What changes by itself meanwhile is not the walk's.
        let walks = name == "down";
        let felt = |now: &Screen| now.aloud != before.aloud || now.number != before.number;
        let what = format!("the key {name} to be felt");
        self.until(&what, PATIENCE, |_, now| {
            (felt(now) || !walks && *now != before).then_some(())
        })
    }
}
