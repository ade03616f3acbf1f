//! Pages as pixels, from the very marks the PDF is made of.

use swash::zeno::{Command, Transform, Vector};

use crate::Picture;
use crate::fonts::glyphs::{self, GlyphRequest, Rasteriser};
use crate::fonts::shape::GlyphRun;
use crate::fonts::{FontSet, code_point};
use crate::strokes::pen;

use super::marks::{Colour, Mark, PAGE_HEIGHT, PAGE_WIDTH, Page};

/// Narrowest and widest picture of a page in pixels (600 dpi).
const WIDTHS: (u32, u32) = (64, 4960);

/// One page being drawn.
struct Canvas<'a> {
    picture: Picture,
    rasteriser: Rasteriser<'a>,
    /// Pixels per point.
    scale: f32,
}

pub(super) fn draw(fonts: &FontSet, page: &Page, width: u32) -> Picture {
    let width = width.clamp(WIDTHS.0, WIDTHS.1);
    let scale = width as f32 / PAGE_WIDTH;
    let height = (PAGE_HEIGHT * scale).round() as u32;
    let mut canvas = Canvas {
        picture: Picture::white(width, height),
        rasteriser: Rasteriser::new(fonts),
        scale,
    };
    for mark in &page.marks {
        canvas.mark(mark);
    }
    canvas.picture
}

impl Canvas<'_> {
    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Text {
                x,
                y,
                run,
                colour,
                turn,
            } => self.text((*x, *y), run, *colour, *turn),
            Mark::CodePoint {
                x,
                y,
                side,
                character,
                colour,
            } => {
                let cell = side / f32::from(code_point::GRID);
                for (left, top, width, height) in code_point::cells(*character) {
                    let [left, top, width, height] =
                        [left, top, width, height].map(|cells| f32::from(cells) * cell);
                    self.rect([x + left, y + top, width, height], *colour, false);
                }
            }
            Mark::Rect {
                x,
                y,
                width,
                height,
                colour,
            } => {
                self.rect([*x, *y, *width, *height], *colour, true);
            }
            Mark::Shape { path, colour } => {
                let path = self.scaled(path);
                self.cover(&glyphs::path(&path, swash::zeno::Fill::NonZero), *colour);
            }
            Mark::Line {
                path,
                pen: width,
                colour,
            } => {
                let path = self.scaled(path);
                let pen = pen((width * self.scale).max(0.8));
                self.cover(&glyphs::path(&path, pen), *colour);
            }
        }
    }

    fn scaled(&self, path: &[Command]) -> Vec<Command> {
        let transform = Transform::scale(self.scale, self.scale);
        path.iter()
            .map(|command| command.transform(&transform))
            .collect()
    }

    fn cover(&mut self, coverage: &glyphs::Coverage, colour: Colour) {
        let picture = &mut self.picture;
        coverage.each((0, 0), false, |x, y, alpha| {
            picture.blend(x, y, colour, alpha)
        });
    }

    /// A rectangle; `crisp` puts its edges on whole pixels and keeps it at least one wide.
    fn rect(&mut self, [x, y, width, height]: [f32; 4], colour: Colour, crisp: bool) {
        let [left, top, right, bottom] = [x, y, x + width, y + height].map(|v| v * self.scale);
        if crisp {
            let (left, top) = (left.round() as i32, top.round() as i32);
            let right = (right.round() as i32).max(left + 1);
            let bottom = (bottom.round() as i32).max(top + 1);
            for y in top..bottom {
                for x in left..right {
                    self.picture.blend(x, y, colour, 255);
                }
            }
            return;
        }
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        let mut path: Vec<Command> = corners
            .iter()
            .map(|(x, y)| Command::LineTo(Vector::new(*x, *y)))
            .collect();
        if let Some(first) = path.first_mut() {
            *first = Command::MoveTo(Vector::new(left, top));
        }
        path.push(Command::Close);
        self.cover(&glyphs::path(&path, swash::zeno::Fill::NonZero), colour);
    }

    fn text(&mut self, (x, y): (f32, f32), run: &GlyphRun, colour: Colour, turn: f32) {
        let (sin, cos) = turn.sin_cos();
        for glyph in &run.glyphs {
            // Against the clock, with y down.
            let at_x = (x + glyph.x * cos + glyph.y * sin) * self.scale;
            let at_y = (y - glyph.x * sin + glyph.y * cos) * self.scale;
            let left = (at_x * 4.0).round() / 4.0;
            let request = GlyphRequest {
                face: run.face,
                id: glyph.id,
                size64: (run.size * self.scale * 64.0).round() as u32,
                embolden64: 0,
                quarter: ((left - left.floor()) * 4.0) as u8,
                turn: (turn * 1000.0).round() as i32,
            };
            let origin = (left.floor() as i32, at_y.round() as i32);
            let picture = &mut self.picture;
            if let Some(coverage) = self.rasteriser.glyph(request) {
                coverage.each(origin, true, |x, y, alpha| {
                    picture.blend(x, y, colour, alpha)
                });
            }
        }
    }
}
