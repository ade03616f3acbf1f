//! The cells of a zone: text made into lines of the right shape.

use zeroize::Zeroizing;

use super::MAX_TEXT;
use super::field::MrzError;
use super::layout::{LAYOUTS, Layout, Span};

/// The cells of one zone, line after line.
pub(super) struct Zone {
    cells: Zeroizing<Vec<u8>>,
    pub(super) layout: &'static Layout,
}

/// A character as the zone prints it: upper case and half width. `None` for a blank.
pub(super) fn plain(character: char) -> Option<char> {
    let half = match u32::from(character) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(character),
        _ => character,
    };
    (!half.is_whitespace()).then_some(half.to_ascii_uppercase())
}

impl Zone {
    pub(super) fn read(text: &str) -> Result<Self, MrzError> {
        if text.len() > MAX_TEXT {
            return Err(MrzError::TooLong);
        }
        let mut lines: Vec<Zeroizing<Vec<char>>> = text
            .split(['\r', '\n'])
            .map(|line| Zeroizing::new(line.chars().filter_map(plain).collect()))
            .collect();
        lines.retain(|line| !line.is_empty());
        let longest = lines.iter().map(|line| line.len()).max().unwrap_or(0);
        let layout = layout(&lines).ok_or(MrzError::Shape {
            lines: lines.len(),
            longest,
        })?;
        let mut cells = Zeroizing::new(Vec::with_capacity(layout.lines * layout.width));
        for character in lines.iter().flat_map(|line| line.iter()) {
            match u8::try_from(*character) {
                Ok(cell @ (b'A'..=b'Z' | b'0'..=b'9' | b'<')) => cells.push(cell),
                _ => {
                    return Err(MrzError::Character {
                        line: cells.len() / layout.width + 1,
                        column: cells.len() % layout.width + 1,
                    });
                }
            }
        }
        Ok(Self { cells, layout })
    }

    pub(super) fn cells(&self, span: Span) -> &[u8] {
        let start = (span.line - 1) * self.layout.width + span.from - 1;
        self.cells.get(start..start + span.len).unwrap_or_default()
    }

    /// The one cell of a check digit or of the sex; a filler where there is none.
    pub(super) fn cell(&self, span: Span) -> u8 {
        self.cells(span).first().copied().unwrap_or(b'<')
    }

    pub(super) fn cells_mut(&mut self, span: Span) -> &mut [u8] {
        let start = (span.line - 1) * self.layout.width + span.from - 1;
        self.cells
            .get_mut(start..start + span.len)
            .unwrap_or_default()
    }

    /// The text of a field as it stands, fillers at the end cut off.
    pub(super) fn text(&self, span: Span) -> String {
        let text: String = self
            .cells(span)
            .iter()
            .map(|cell| char::from(*cell))
            .collect();
        cut(text)
    }
}

/// Cuts fillers off the end in place, so that no copy is left behind.
pub(super) fn cut(mut text: String) -> String {
    let length = text.trim_end_matches('<').len();
    text.truncate(length);
    text
}

/// The words of a field: every run of fillers is one blank.
pub(super) fn words(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in text.split('<').filter(|word| !word.is_empty()) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// The format these lines have, whole or all in one line.
fn layout(lines: &[Zeroizing<Vec<char>>]) -> Option<&'static Layout> {
    LAYOUTS.into_iter().find(|layout| match lines {
        [one] => one.len() == layout.lines * layout.width,
        several => {
            several.len() == layout.lines && several.iter().all(|line| line.len() == layout.width)
        }
    })
}
