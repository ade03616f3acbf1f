//! The flow of content from page to page.

use std::sync::Arc;

use crate::FontSet;
use crate::fonts::Weight;
use crate::fonts::shape::{TextBlock, TextStyle, Unit};

use super::marks::{Colour, Mark, PAGE_HEIGHT, PAGE_WIDTH, Page, ink};
use super::{DocumentError, MAX_PAGES};

/// Left and right edge of the content.
pub(super) const LEFT: f32 = 56.0;
pub(super) const RIGHT: f32 = PAGE_WIDTH - 56.0;
/// Width of the content.
pub(super) const WIDTH: f32 = RIGHT - LEFT;
/// Where content begins on the first page and on the others, under their head lines.
const TOP_FIRST: f32 = 50.0;
const TOP_NEXT: f32 = 78.0;
/// Where content ends, above the foot line.
const BOTTOM: f32 = PAGE_HEIGHT - 68.0;

const fn points(size: f32, weight: Weight, leading: f32) -> TextStyle {
    TextStyle::new(size, weight, leading, Unit::Points)
}

pub(super) const TITLE: TextStyle = points(21.0, Weight::Bold, 1.35);
pub(super) const HEADING: TextStyle = points(12.5, Weight::Bold, 1.4);
pub(super) const BODY: TextStyle = points(10.5, Weight::Regular, 1.5);
pub(super) const STRONG: TextStyle = points(10.5, Weight::Bold, 1.5);
pub(super) const LABEL: TextStyle = points(9.5, Weight::Regular, 1.5);
pub(super) const SMALL: TextStyle = points(8.5, Weight::Regular, 1.45);
pub(super) const CODE: TextStyle = points(14.0, Weight::Bold, 1.35);

/// Where text stands between two edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// Pages being filled from the top.
pub(super) struct Flow<'a> {
    pub(super) fonts: &'a Arc<FontSet>,
    pub(super) pages: Vec<Page>,
    /// Next free height on the last page.
    pub(super) y: f32,
    pub(super) missing: Vec<char>,
}

impl<'a> Flow<'a> {
    pub(super) fn new(fonts: &'a Arc<FontSet>) -> Self {
        Self {
            fonts,
            pages: vec![Page::default()],
            y: TOP_FIRST,
            missing: Vec::new(),
        }
    }

    pub(super) fn shape(&mut self, text: &str, style: TextStyle, width: f32) -> TextBlock {
        let block = self.fonts.shape(text, style, Some(width));
        for character in &block.missing {
            if !self.missing.contains(character) {
                self.missing.push(*character);
            }
        }
        block
    }

    /// Adds a mark to the last page.
    pub(super) fn push(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    pub(super) fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.push(Mark::Rect {
            x,
            y,
            width,
            height,
            colour,
        });
    }

    /// A hairline across the content.
    pub(super) fn hairline(&mut self, y: f32) {
        self.rect(LEFT, y, WIDTH, 0.6, ink::HAIRLINE);
    }

    /// Draws a block with its top at `y` on the last page; no page break.
    pub(super) fn place(&mut self, block: &TextBlock, look: Look, x: f32, y: f32, width: f32) {
        let mut top = y;
        for line in &block.lines {
            let free = (width - line.width).max(0.0);
            let left = x + match look.align {
                Align::Left => 0.0,
                Align::Middle => free / 2.0,
                Align::Right => free,
            };
            if let Some(page) = self.pages.last_mut() {
                page.line(line, look.style, left, top, look.colour);
            }
            top += look.style.line_height();
        }
    }

    /// Shapes a text and places it, without a page break; gives the height it took.
    pub(super) fn write(&mut self, text: &str, look: Look, x: f32, y: f32, width: f32) -> f32 {
        let block = self.shape(text, look.style, width);
        self.place(&block, look, x, y, width);
        block.lines.len() as f32 * look.style.line_height()
    }

    /// Height left on the page.
    pub(super) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    /// Begins a new page unless `height` is left on this one; says whether it did.
    pub(super) fn need(&mut self, height: f32) -> Result<bool, DocumentError> {
        if height <= self.room() || self.y <= TOP_NEXT {
            return Ok(false);
        }
        self.next_page()?;
        Ok(true)
    }

    pub(super) fn next_page(&mut self) -> Result<(), DocumentError> {
        if self.pages.len() >= MAX_PAGES {
            return Err(DocumentError::TooManyPages);
        }
        self.pages.push(Page::default());
        self.y = TOP_NEXT;
        Ok(())
    }
}

/// Style, colour and side of a text.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) style: TextStyle,
    pub(super) colour: Colour,
    pub(super) align: Align,
}

impl Look {
    pub(super) const fn left(style: TextStyle, colour: Colour) -> Self {
        Self {
            style,
            colour,
            align: Align::Left,
        }
    }

    pub(super) const fn middle(style: TextStyle, colour: Colour) -> Self {
        Self {
            style,
            colour,
            align: Align::Middle,
        }
    }

    pub(super) const fn right(style: TextStyle, colour: Colour) -> Self {
        Self {
            style,
            colour,
            align: Align::Right,
        }
    }
}
