//! Glyphs and paths as coverage, one byte a pixel.

use std::collections::HashMap;

use swash::scale::ScaleContext;
use swash::zeno::{
    Angle, Command, Fill, Format, Mask, Origin, PathData, Placement, Stroke, Style, Transform,
};

use super::FontSet;

/// How one glyph is drawn; equal requests share one mask.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GlyphRequest {
    pub(crate) face: usize,
    pub(crate) id: u16,
    /// Pixels per em, times 64.
    pub(crate) size64: u32,
    /// Extra stroke weight in pixels, times 64.
    pub(crate) embolden64: u16,
    /// Horizontal shift in quarters of a pixel.
    pub(crate) quarter: u8,
    /// Turn against the clock in thousandths of a radian.
    pub(crate) turn: i32,
}

/// Coverage of a shape; `left` and `top` from the origin, `top` counted upwards.
pub(crate) struct Coverage {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: usize,
    pub(crate) alpha: Vec<u8>,
}

impl Coverage {
    fn new(placement: Placement, alpha: Vec<u8>) -> Self {
        Self {
            left: placement.left,
            top: placement.top,
            width: placement.width as usize,
            alpha,
        }
    }

    /// Calls `paint(x, y, alpha)` for every pixel with ink, around an origin in pixels.
    pub(crate) fn each(
        &self,
        origin: (i32, i32),
        upwards: bool,
        mut paint: impl FnMut(i32, i32, u8),
    ) {
        if self.width == 0 {
            return;
        }
        let top = if upwards {
            origin.1 - self.top
        } else {
            origin.1 + self.top
        };
        for (y, row) in (top..).zip(self.alpha.chunks_exact(self.width)) {
            for (x, alpha) in (origin.0 + self.left..).zip(row) {
                if *alpha > 0 {
                    paint(x, y, *alpha);
                }
            }
        }
    }
}

impl Coverage {
    /// This edge (a stroke along the outline) under the filled shape it belongs to. Half of the
    /// edge lies inside of the shape, so half of its coverage is new where both have some.
    ///
    /// The rasteriser's own emboldening moves points along their normals and turns some Han
    /// characters (云, 结) hollow; an edge only ever adds ink.
    fn under(mut self, filled: &Self) -> Self {
        let (left, top, width) = (self.left, self.top, self.width);
        filled.each((0, 0), true, |x, y, alpha| {
            let (Ok(column), Ok(row)) = (usize::try_from(x - left), usize::try_from(y + top))
            else {
                return;
            };
            if column < width
                && let Some(value) = self.alpha.get_mut(row * width + column)
            {
                let both = u16::from(alpha) + u16::from(*value) / 2;
                *value = u8::try_from(both).unwrap_or(u8::MAX).max(*value);
            }
        });
        self
    }
}

/// Draws glyphs of a [`FontSet`] and keeps what it drew for the rest of one picture.
pub(crate) struct Rasteriser<'a> {
    fonts: &'a FontSet,
    context: ScaleContext,
    drawn: HashMap<GlyphRequest, Option<Coverage>>,
}

impl<'a> Rasteriser<'a> {
    pub(crate) fn new(fonts: &'a FontSet) -> Self {
        Self {
            fonts,
            context: ScaleContext::new(),
            drawn: HashMap::new(),
        }
    }

    /// The coverage of a glyph; `None` when it has no ink.
    pub(crate) fn glyph(&mut self, request: GlyphRequest) -> Option<&Coverage> {
        if !self.drawn.contains_key(&request) {
            let coverage = self.draw(request);
            self.drawn.insert(request, coverage);
        }
        self.drawn.get(&request)?.as_ref()
    }

    fn draw(&mut self, request: GlyphRequest) -> Option<Coverage> {
        let face = self.fonts.face(request.face)?;
        let size = request.size64 as f32 / 64.0;
        let mut scaler = self
            .context
            .builder(face.font())
            .size(size)
            .hint(false)
            .build();
        let outline = scaler.scale_outline(request.id)?;
        let shift = Transform::translation(f32::from(request.quarter) / 4.0, 0.0);
        let turn = Transform::rotation(Angle::from_radians(request.turn as f32 / 1000.0));
        let path: Vec<Command> = outline
            .path()
            .commands()
            .map(|command| command.transform(&turn.then(&shift)))
            .collect();
        let filled = upward_mask(&path, Fill::NonZero.into());
        let drawn = if request.embolden64 > 0 {
            let width = f32::from(request.embolden64) / 64.0;
            let edge = upward_mask(&path, Stroke::new(width).into());
            edge.under(&filled)
        } else {
            filled
        };
        (drawn.width > 0).then_some(drawn)
    }
}

fn upward_mask(path: &[Command], style: Style<'_>) -> Coverage {
    // `inspect` makes the mask measure itself first; without it `top` leaves the height out.
    let (alpha, placement) = Mask::new(path)
        .format(Format::Alpha)
        .origin(Origin::BottomLeft)
        .style(style)
        .inspect(|_, _, _| {})
        .render();
    Coverage::new(placement, alpha)
}

/// The coverage of a path in pixels, `top` counted downwards.
pub(crate) fn path<'s>(commands: &[Command], style: impl Into<Style<'s>>) -> Coverage {
    let (alpha, placement) = Mask::new(commands).style(style).render();
    Coverage::new(placement, alpha)
}
