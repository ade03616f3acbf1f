//! The pen that fills a slip from the top.

use crate::Bitmap;
use crate::fonts::glyphs::{GlyphRequest, Rasteriser};
use crate::fonts::shape::{GlyphRun, Piece, TextBlock, TextLine, TextStyle, Unit};
use crate::fonts::{FontSet, Weight, code_point};

use super::{MAX_ROWS, MAX_TEXT, SlipPicture};

/// Coverage (of 255) from which a dot is burnt. Text is not dithered; together with
/// [`embolden`] this keeps every stroke of body text at two dots or more.
const THRESHOLD: u8 = 96;

/// Extra stroke weight in dots: thin strokes of the regular face are 0.062 em.
fn embolden(style: TextStyle) -> f32 {
    match style.weight {
        Weight::Regular => (1.95 - 0.062 * style.size).max(0.0),
        Weight::Bold => 0.0,
    }
}

/// Where text stands between two edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
}

/// Draws from the top down; stops at [`MAX_ROWS`].
pub(super) struct Pen<'a> {
    fonts: &'a FontSet,
    rasteriser: Rasteriser<'a>,
    bitmap: Bitmap,
    /// Next free row.
    pub(super) y: i32,
    missing: Vec<char>,
    cut: bool,
}

impl<'a> Pen<'a> {
    pub(super) fn new(fonts: &'a FontSet, width: u16) -> Self {
        Self {
            fonts,
            rasteriser: Rasteriser::new(fonts),
            bitmap: Bitmap::new(width, MAX_ROWS),
            y: 0,
            missing: Vec::new(),
            cut: false,
        }
    }

    /// Whether the slip was already cut off at its greatest length.
    pub(super) fn is_full(&self) -> bool {
        self.y >= MAX_ROWS as i32
    }

    pub(super) fn finish(mut self) -> SlipPicture {
        self.bitmap
            .set_rows(u32::try_from(self.y).unwrap_or(0).min(MAX_ROWS));
        SlipPicture {
            bitmap: self.bitmap,
            missing: self.missing,
            cut: self.cut,
        }
    }

    pub(super) fn skip(&mut self, rows: i32) {
        self.y = self.y.saturating_add(rows).min(MAX_ROWS as i32);
    }

    pub(super) fn fill(&mut self, x: i32, y: i32, width: i32, height: i32) {
        self.bitmap.fill(x, y, width, height, true);
    }

    /// Wraps a text to a width, cutting what is longer than [`MAX_TEXT`] characters.
    pub(super) fn shape(&mut self, text: &str, style: TextStyle, width: i32) -> TextBlock {
        let block = match text.char_indices().nth(MAX_TEXT) {
            Some((end, _)) => {
                self.cut = true;
                let kept = text.get(..end).unwrap_or_default();
                self.fonts
                    .shape(&format!("{kept}…"), style, Some(width as f32))
            }
            None => self.fonts.shape(text, style, Some(width as f32)),
        };
        for character in &block.missing {
            if !self.missing.contains(character) {
                self.missing.push(*character);
            }
        }
        block
    }

    /// Draws a block between `left` and `left + width` and moves below it.
    pub(super) fn block(
        &mut self,
        block: &TextBlock,
        style: TextStyle,
        left: i32,
        width: i32,
        align: Align,
    ) {
        for line in &block.lines {
            let height = style.line_height().round() as i32;
            if self.y + 2 * height > MAX_ROWS as i32 {
                self.stop(style, left);
                return;
            }
            let free = width - line.width.ceil() as i32;
            let x = left
                + match align {
                    Align::Left => 0,
                    Align::Middle => (free / 2).max(0),
                };
            self.line(line, style, x, self.y, true);
            self.y += height;
        }
    }

    /// Shapes and draws in one go.
    pub(super) fn text(
        &mut self,
        text: &str,
        style: TextStyle,
        left: i32,
        width: i32,
        align: Align,
    ) {
        let block = self.shape(text, style, width);
        self.block(&block, style, left, width, align);
    }

    /// One line with its top at `top`; `black` false draws white ink on a black band.
    pub(super) fn line(
        &mut self,
        line: &TextLine,
        style: TextStyle,
        x: i32,
        top: i32,
        black: bool,
    ) {
        for piece in &line.pieces {
            match piece {
                Piece::Glyphs(run) => self.glyphs(run, style, x, top, black),
                Piece::CodePoint {
                    x: offset,
                    character,
                } => {
                    let left = (x as f32 + offset).round() as i32;
                    self.code_point(*character, style, left, top, black);
                }
            }
        }
    }

    fn glyphs(&mut self, run: &GlyphRun, style: TextStyle, x: i32, top: i32, black: bool) {
        let baseline = top + style.baseline().round() as i32;
        let bitmap = &mut self.bitmap;
        for glyph in &run.glyphs {
            let request = GlyphRequest {
                face: run.face,
                id: glyph.id,
                size64: (style.size * 64.0) as u32,
                embolden64: (embolden(style) * 64.0) as u16,
                quarter: 0,
                turn: 0,
            };
            let Some(coverage) = self.rasteriser.glyph(request) else {
                continue;
            };
            let at = (x as f32 + run.x + glyph.x).round() as i32;
            let origin = (at, baseline + glyph.y.round() as i32);
            coverage.each(origin, true, |x, y, alpha| {
                if alpha >= THRESHOLD {
                    bitmap.put(x, y, black);
                }
            });
        }
    }

    /// A character no face has, as the cells of its code point.
    fn code_point(&mut self, character: char, style: TextStyle, left: i32, top: i32, black: bool) {
        let side = code_point::side(style.size, Unit::Dots) as i32;
        let cell = side / i32::from(code_point::GRID);
        let top = top + (style.line_height().round() as i32 - side) / 2;
        for (x, y, w, h) in code_point::cells(character) {
            let [x, y, w, h] = [x, y, w, h].map(|cells| i32::from(cells) * cell);
            self.bitmap.fill(left + x, top + y, w, h, black);
        }
    }

    /// A dashed frame in place of a missing value.
    pub(super) fn gap(&mut self, left: i32, width: i32, height: i32) {
        for x in (0..width).filter(|x| x % 8 < 5) {
            self.fill(left + x, self.y, 1, 2);
            self.fill(left + x, self.y + height - 2, 1, 2);
        }
        for y in (0..height).filter(|y| y % 8 < 5) {
            self.fill(left, self.y + y, 2, 1);
            self.fill(left + width - 2, self.y + y, 2, 1);
        }
    }

    /// Marks the place where a slip that is too long was cut off, and fills it.
    fn stop(&mut self, style: TextStyle, left: i32) {
        let dots = self.fonts.shape("…", style, None);
        if let Some(line) = dots.lines.first() {
            self.line(line, style, left, self.y, true);
        }
        self.cut_off();
    }

    /// Takes nothing more; what was to come is reported as cut.
    pub(super) fn cut_off(&mut self) {
        self.cut = true;
        self.y = MAX_ROWS as i32;
    }
}
