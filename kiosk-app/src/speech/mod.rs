//! The voice: what is read aloud becomes sound.
//!
//! The loop hands every screen to [`Speech`], which finds out what is to be said of it and gives it
//! to a [`Voice`]. A voice is a thread that speaks line by line: a recorded prompt where there is
//! one, else a speech program ([`engine`]). What is said of a new page cuts off what was said of
//! the one before.

pub mod engine;
mod programs;
mod prompts;
#[cfg(test)]
mod tests;

use kiosk_core::Screen;
use kiosk_core::screen::PageNumber;

use crate::view::{Said, said};

pub use programs::{ProgramVoice, SpeechError};

/// What speaks.
pub trait Voice: Send {
    /// Speaks what is said, after what is being said or in its place. Never waits.
    fn say(&mut self, said: Said);

    /// Pages that were spoken to their end since the last call, for a voice that tells nobody else.
    fn spoken(&mut self) -> Vec<PageNumber> {
        Vec::new()
    }
}

/// A voice without sound: everything counts as spoken at once. For demonstrations and tests.
#[derive(Debug, Default)]
pub struct SilentVoice(Vec<PageNumber>);

impl Voice for SilentVoice {
    fn say(&mut self, said: Said) {
        self.0.extend(said.page);
    }

    fn spoken(&mut self) -> Vec<PageNumber> {
        std::mem::take(&mut self.0)
    }
}

/// Follows the screens and has said what the ear needs to know of each.
pub struct Speech {
    voice: Box<dyn Voice>,
    before: Option<Screen>,
}

impl Speech {
    /// Nothing was said yet.
    #[must_use]
    pub fn new(voice: Box<dyn Voice>) -> Self {
        Self {
            voice,
            before: None,
        }
    }

    /// Another screen stands there; what is said of it comes back.
    pub fn follow(&mut self, screen: &Screen) -> Option<Said> {
        let said = said(self.before.as_ref(), screen);
        // What is not read aloud is not kept: it is a person's.
        self.before = screen.display.aloud.then(|| screen.clone());
        if let Some(said) = &said {
            self.voice.say(said.clone());
        }
        said
    }

    /// Pages that were spoken to their end since the last call.
    pub fn spoken(&mut self) -> Vec<PageNumber> {
        self.voice.spoken()
    }
}
