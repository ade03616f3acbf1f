//! What a copy may be used for, written over it (用途水印), so that it is of no use elsewhere.

use std::f32::consts::TAU;
use std::sync::Arc;

use swash::zeno::Vector;

use crate::fonts::Weight;
use crate::fonts::shape::{TextStyle, Unit};
use crate::scan::ScanError;
use crate::{FontSet, Picture};

use super::marks::{Colour, PAGE_HEIGHT, PAGE_WIDTH, Page};
use super::{picture, seal};

/// Most characters of a purpose.
pub const MAX_PURPOSE: usize = 60;
/// Size of the words in points: they cross a card some times and hide nothing.
const SIZE: f32 = 13.0;
/// How the words rise.
const TURN: f32 = TAU / 14.0;
/// From line to line, and from words to words on a line, in points.
const LINES: f32 = 62.0;
const GAP: f32 = 46.0;
/// Seen on white paper and on a photo, and letters below stay readable.
const COLOUR: Colour = [0xB9, 0xC0, 0xCC];

/// `page` with `words` rising across all of it, letters below shining through.
///
/// # Errors
/// [`ScanError::Purpose`] when `words` are none or more than [`MAX_PURPOSE`] characters.
pub fn with_purpose(
    page: Picture,
    dpi: u16,
    words: &str,
    fonts: &Arc<FontSet>,
) -> Result<Picture, ScanError> {
    let words = super::pdf::plain(words.trim());
    let characters = words.chars().count();
    if !(1..=MAX_PURPOSE).contains(&characters) {
        return Err(ScanError::Purpose {
            characters,
            most: MAX_PURPOSE,
        });
    }
    let width = (PAGE_WIDTH / 72.0 * f32::from(dpi)).round() as u32;
    let sheet = picture::draw(fonts, &words_across(&words, fonts), width);
    Ok(multiplied(page, &sheet))
}

/// A sheet of A4 full of the words.
fn words_across(words: &str, fonts: &FontSet) -> Page {
    let style = TextStyle::new(SIZE, Weight::Bold, 1.2, Unit::Points);
    let block = fonts.shape(words, style, None);
    let (sin, cos) = TURN.sin_cos();
    let step = block.width() + GAP;
    let middle = Vector::new(PAGE_WIDTH / 2.0, PAGE_HEIGHT / 2.0);
    let reach = PAGE_WIDTH.hypot(PAGE_HEIGHT) / 2.0;
    let (rows, columns) = ((reach / LINES).ceil() as i32, (reach / step).ceil() as i32);
    let mut page = Page::default();
    for row in -rows..=rows {
        // Every other line is shifted, so that no part of the page stays free.
        let shift = if row % 2 == 0 { 0.0 } else { step / 2.0 };
        for column in -columns..=columns {
            let (along, off) = (column as f32 * step + shift, row as f32 * LINES);
            let at = Vector::new(along * cos + off * sin, off * cos - along * sin);
            page.marks
                .extend(seal::rising(&block, middle + at, TURN, COLOUR));
        }
    }
    page
}

/// The page seen through the sheet, which is repeated where the page is larger. Both in colour.
fn multiplied(page: Picture, sheet: &Picture) -> Picture {
    let mut page = page.into_colour();
    let stride = page.width().max(1) as usize * 3;
    let sheet_stride = sheet.width().max(1) as usize * 3;
    let rows = sheet.pixels().chunks_exact(sheet_stride).cycle();
    for (row, over) in page.pixels_mut().chunks_exact_mut(stride).zip(rows) {
        for (value, over) in row.iter_mut().zip(over.iter().cycle()) {
            let product = (u16::from(*value) * u16::from(*over) + 127) / 255;
            *value = u8::try_from(product).unwrap_or(u8::MAX);
        }
    }
    page
}
