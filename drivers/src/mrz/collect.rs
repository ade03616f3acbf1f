//! Lines that come one by one, as a code scanner or a swipe reader delivers them.

use std::time::Duration;

use zeroize::Zeroizing;

use super::document::TravelDocument;
use super::field::MrzError;
use super::layout::LAYOUTS;
use super::zone::plain;
use crate::id_card::Date;

/// The longest pause between two lines of one document.
const PAUSE: Duration = Duration::from_secs(1);

/// What a line led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collected {
    /// No line of a machine-readable zone: something else was scanned.
    Other,
    /// A line of a zone; more are needed.
    More,
    /// The zone is whole and right.
    Document(Box<TravelDocument>),
    /// The zone is whole and wrong: have it read again.
    Failed(MrzError),
}

/// Gathers the lines of one document; lines more than a second apart belong to different ones.
#[derive(Default)]
pub struct Collector {
    lines: Zeroizing<String>,
    count: usize,
    width: usize,
    last: Duration,
}

impl Collector {
    /// Takes what was scanned at `now`: one line, several, or something else altogether.
    pub fn push(&mut self, now: Duration, text: &str, today: Date) -> Collected {
        if now.saturating_sub(self.last) > PAUSE {
            self.clear();
        }
        self.last = now;
        let width = match width(text) {
            Some(width) => width,
            None => return self.other(text, today),
        };
        if self.width != width {
            self.clear();
        }
        self.width = width;
        self.count += 1;
        self.lines.push_str(text);
        self.lines.push('\n');
        let whole = LAYOUTS
            .iter()
            .any(|layout| layout.width == width && layout.lines == self.count);
        if whole {
            self.finish(today)
        } else {
            Collected::More
        }
    }

    /// A text that is no single line may still be a whole zone.
    fn other(&mut self, text: &str, today: Date) -> Collected {
        self.clear();
        match super::parse(text, today) {
            Ok(document) => Collected::Document(Box::new(document)),
            Err(MrzError::CheckDigit(field)) => Collected::Failed(MrzError::CheckDigit(field)),
            Err(
                MrzError::TooLong
                | MrzError::Shape { .. }
                | MrzError::Character { .. }
                | MrzError::Unsupported
                | MrzError::Field(_),
            ) => Collected::Other,
        }
    }

    fn finish(&mut self, today: Date) -> Collected {
        let result = super::parse(&self.lines, today);
        self.clear();
        match result {
            Ok(document) => Collected::Document(Box::new(document)),
            Err(error) => Collected::Failed(error),
        }
    }

    fn clear(&mut self) {
        self.lines = Zeroizing::default();
        self.count = 0;
        self.width = 0;
    }
}

/// The width of a single line of a zone; `None` for any other text.
fn width(text: &str) -> Option<usize> {
    if text.len() > super::MAX_TEXT {
        return None;
    }
    let mut count = 0;
    for cell in text.chars().filter_map(plain) {
        if !matches!(cell, 'A'..='Z' | '0'..='9' | '<') {
            return None;
        }
        count += 1;
    }
    LAYOUTS
        .iter()
        .map(|layout| layout.width)
        .find(|width| *width == count)
}
