//! Lines that come one by one, as a code scanner or a swipe reader delivers them.

use std::time::Duration;

use zeroize::Zeroizing;

use super::document::{Format, TravelDocument};
use super::field::MrzError;
use super::layout::{LAYOUTS, Layout};
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

/// Gathers the lines of one document, in whatever order they come: a scanner that sees both
/// lines of a passport may begin with either. Lines more than a second apart belong to different
/// documents, and a line that comes again takes the place of the one before.
#[derive(Default)]
pub struct Collector {
    lines: [Zeroizing<String>; 3],
    width: usize,
    last: Duration,
}

impl Collector {
    /// Takes what was scanned at `now`: one line, several, or something else altogether.
    pub fn push(&mut self, now: Duration, text: &str, today: Date) -> Collected {
        self.give_up(now);
        self.last = now;
        let Some((layout, line)) = line(text) else {
            return self.other(text, today);
        };
        if self.width != layout.width {
            self.clear();
        }
        self.width = layout.width;
        if let Some(place) = self.lines.get_mut(place(layout, &line)) {
            *place = line;
        }
        let mut lines = self.lines.iter().take(layout.lines);
        if lines.any(|line| line.is_empty()) {
            Collected::More
        } else {
            self.finish(layout, today)
        }
    }

    /// Forgets lines whose others did not come in time; whether there were any.
    pub fn give_up(&mut self, now: Duration) -> bool {
        let late = self.width > 0 && now.saturating_sub(self.last) > PAUSE;
        if late {
            self.clear();
        }
        late
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

    fn finish(&mut self, layout: &Layout, today: Date) -> Collected {
        let mut zone = Zeroizing::new(String::with_capacity(layout.lines * layout.width));
        for line in self.lines.iter().take(layout.lines) {
            zone.push_str(line);
        }
        self.clear();
        match super::parse(&zone, today) {
            Ok(document) => Collected::Document(Box::new(document)),
            Err(error) => Collected::Failed(error),
        }
    }

    fn clear(&mut self) {
        *self = Self {
            last: self.last,
            ..Self::default()
        };
    }
}

/// The cells of a single line and the format it belongs to; `None` for any other text.
fn line(text: &str) -> Option<(&'static Layout, Zeroizing<String>)> {
    if text.len() > super::MAX_TEXT {
        return None;
    }
    let mut cells = Zeroizing::new(String::with_capacity(text.len()));
    for cell in text.chars().filter_map(plain) {
        if !matches!(cell, 'A'..='Z' | '0'..='9' | '<') {
            return None;
        }
        cells.push(cell);
    }
    let layout = LAYOUTS
        .into_iter()
        .find(|layout| layout.width == cells.len())?;
    Some((layout, cells))
}

/// Which line of its document this is, from 0: a name has no digit, every other line has a check
/// digit, and the second one of a card begins with the date of birth.
fn place(layout: &Layout, cells: &str) -> usize {
    let digits = cells.contains(|cell: char| cell.is_ascii_digit());
    match layout.format {
        Format::Td1 if cells.starts_with(|cell: char| !cell.is_ascii_alphabetic()) => 1,
        Format::Td1 if digits => 0,
        Format::Td1 => 2,
        Format::Td2 | Format::Td3 => usize::from(digits),
    }
}
