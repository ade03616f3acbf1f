//! Text into lines of placed glyphs.

use std::borrow::Cow;
use std::sync::PoisonError;

use parley::style::{
    FontFamily, FontFamilyName, FontWeight, LineHeight, OverflowWrap, StyleProperty,
};
use parley::{InlineBox, InlineBoxKind, Layout, PositionedLayoutItem};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{FontSet, Shaper, Weight, code_point};

/// What the sizes of a page count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Dots of a 203 dpi printer; everything is drawn on whole dots.
    Dots,
    /// Points of 1/72 inch.
    Points,
}

/// How a piece of text is set. Sizes are in the unit of the page: dots or points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TextStyle {
    /// Height of the em square.
    pub(crate) size: f32,
    /// Regular or bold.
    pub(crate) weight: Weight,
    /// Line height as a multiple of `size`.
    pub(crate) leading: f32,
    /// The unit of `size`.
    pub(crate) unit: Unit,
}

impl TextStyle {
    pub(crate) const fn new(size: f32, weight: Weight, leading: f32, unit: Unit) -> Self {
        Self {
            size,
            weight,
            leading,
            unit,
        }
    }

    pub(crate) fn line_height(&self) -> f32 {
        self.size * self.leading
    }

    /// From the top of a line to its baseline: the em square of Han characters, which reaches
    /// 0.88 above and 0.12 below the baseline, sits in the middle of the line.
    pub(crate) fn baseline(&self) -> f32 {
        (self.line_height() - self.size) / 2.0 + 0.88 * self.size
    }
}

/// A glyph of a [`GlyphRun`]; `x` and `y` from the start of the run, `y` down.
#[derive(Clone, Copy, Debug, PartialEq, Zeroize)]
pub(crate) struct PlacedGlyph {
    pub(crate) id: u16,
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) advance: f32,
    /// First and last byte (exclusive) of the run's text that this glyph stands for.
    pub(crate) text: (usize, usize),
}

/// Glyphs of one face on one line.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct GlyphRun {
    pub(crate) face: usize,
    pub(crate) size: f32,
    /// From the left edge of the line.
    pub(crate) x: f32,
    pub(crate) glyphs: Vec<PlacedGlyph>,
    pub(crate) text: String,
}

/// A part of a line.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub(crate) enum Piece {
    /// Ordinary text.
    Glyphs(GlyphRun),
    /// A character without a glyph, to be drawn as its code point, `x` from the left edge.
    CodePoint { x: f32, character: char },
}

/// One line of text, placed from its own left edge.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct TextLine {
    /// Width of what is visible.
    pub(crate) width: f32,
    pub(crate) pieces: Vec<Piece>,
}

/// Text wrapped to a width.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct TextBlock {
    pub(crate) lines: Vec<TextLine>,
    /// Characters drawn as code points, each once.
    pub(crate) missing: Vec<char>,
}

impl TextBlock {
    /// Width of the widest line.
    pub(crate) fn width(&self) -> f32 {
        self.lines.iter().map(|line| line.width).fold(0.0, f32::max)
    }
}

crate::private::redacted_debug!(GlyphRun, Piece, TextLine, TextBlock);

impl FontSet {
    /// Wraps `text` to `width` (`None`: only at line ends in the text) at words and Han characters.
    pub(crate) fn shape(&self, text: &str, style: TextStyle, width: Option<f32>) -> TextBlock {
        let text = clean(text);
        let mut missing = self.missing(&text);
        let (block, undrawn) = self.shape_once(&text, style, width, &missing);
        if undrawn.is_empty() {
            return block;
        }
        // A base letter and a mark may each have a glyph but no font has both: then all of the
        // cluster is drawn as code points.
        missing.extend(undrawn);
        self.shape_once(&text, style, width, &missing).0
    }

    fn shape_once(
        &self,
        text: &str,
        style: TextStyle,
        width: Option<f32>,
        missing: &[char],
    ) -> (TextBlock, Vec<char>) {
        let mut drawn = String::with_capacity(text.len());
        let mut boxes = Vec::new();
        for character in text.chars() {
            if missing.contains(&character) {
                boxes.push((drawn.len(), character));
            } else {
                drawn.push(character);
            }
        }
        let mut guard = self.shaper.lock().unwrap_or_else(PoisonError::into_inner);
        let mut layout = self.build(&mut guard, &drawn, style, &boxes);
        drop(guard);
        layout.break_all_lines(width);
        let collected = self.collect(&layout, &drawn, style, &boxes);
        drawn.zeroize();
        collected
    }

    fn build(
        &self,
        shaper: &mut Shaper,
        text: &str,
        style: TextStyle,
        boxes: &[(usize, char)],
    ) -> Layout<()> {
        let families: Vec<FontFamilyName<'_>> = self
            .chain(style.weight)
            .iter()
            .map(|name| FontFamilyName::Named(Cow::Borrowed(name)))
            .collect();
        let weight = match style.weight {
            Weight::Regular => FontWeight::NORMAL,
            Weight::Bold => FontWeight::BOLD,
        };
        let mut builder = shaper
            .layouts
            .ranged_builder(&mut shaper.fonts, text, 1.0, false);
        builder.push_default(FontFamily::List(Cow::Owned(families)));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(weight));
        builder.push_default(LineHeight::FontSizeRelative(style.leading));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let side = code_point::side(style.size, style.unit);
        for (number, (index, _)) in boxes.iter().enumerate() {
            builder.push_inline_box(InlineBox {
                id: number as u64,
                kind: InlineBoxKind::InFlow,
                index: *index,
                width: side * code_point::ADVANCE,
                height: side,
            });
        }
        builder.build(text)
    }

    fn collect(
        &self,
        layout: &Layout<()>,
        text: &str,
        style: TextStyle,
        boxes: &[(usize, char)],
    ) -> (TextBlock, Vec<char>) {
        let mut undrawn = Vec::new();
        let mut lines = Vec::new();
        for line in layout.lines() {
            let mut pieces = Vec::new();
            for item in line.items() {
                match item {
                    PositionedLayoutItem::GlyphRun(run) => {
                        pieces.extend(
                            self.place(&run, text, style.size, &mut undrawn)
                                .map(Piece::Glyphs),
                        );
                    }
                    PositionedLayoutItem::InlineBox(placed) => {
                        let found = boxes.get(usize::try_from(placed.id).unwrap_or(usize::MAX));
                        pieces.extend(found.map(|(_, character)| Piece::CodePoint {
                            x: placed.x,
                            character: *character,
                        }));
                    }
                }
            }
            let metrics = line.metrics();
            lines.push(TextLine {
                width: metrics.advance - metrics.trailing_whitespace,
                pieces,
            });
        }
        let mut missing: Vec<char> = Vec::new();
        for (_, character) in boxes {
            if !missing.contains(character) {
                missing.push(*character);
            }
        }
        (TextBlock { lines, missing }, undrawn)
    }

    /// One shaped run as ours; characters the shaper found no glyph for go to `undrawn`.
    fn place(
        &self,
        run: &parley::GlyphRun<'_, ()>,
        text: &str,
        size: f32,
        undrawn: &mut Vec<char>,
    ) -> Option<GlyphRun> {
        let font = run.run().font();
        let face = *self.by_blob.get(&(font.data.id(), font.index))?;
        let all = run.run().text_range();
        let mut glyphs: Vec<PlacedGlyph> = Vec::new();
        let mut x = 0.0;
        for cluster in run.run().visual_clusters() {
            let range = cluster.text_range();
            if cluster.is_ligature_continuation() {
                if let Some(last) = glyphs.last_mut() {
                    last.text.1 = last.text.1.max(range.end.saturating_sub(all.start));
                }
                continue;
            }
            for glyph in cluster.glyphs() {
                let source = text.get(range.clone()).unwrap_or_default();
                match u16::try_from(glyph.id) {
                    Ok(id) if id != 0 => glyphs.push(PlacedGlyph {
                        id,
                        x: x + glyph.x,
                        y: glyph.y,
                        advance: glyph.advance,
                        text: (
                            range.start.saturating_sub(all.start),
                            range.end.saturating_sub(all.start),
                        ),
                    }),
                    _ => undrawn.extend(source.chars().filter(|c| wants_glyph(*c))),
                }
                x += glyph.advance;
            }
        }
        let text = text.get(all)?.to_owned();
        (!glyphs.is_empty()).then(|| GlyphRun {
            face,
            size,
            x: run.offset(),
            glyphs,
            text,
        })
    }
}

/// Text as paper can show it: one kind of line end, no tabs, and no invisible characters that
/// turn the order of others around, because what is read must be what is signed.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    cleaned.push('\n');
                }
            }
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{B}' | '\u{C}' => cleaned.push('\n'),
            '\t' => cleaned.push(' '),
            '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}' => {}
            '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{61C}' => {}
            other => cleaned.push(other),
        }
    }
    cleaned
}

/// Whether a character must be seen: all but line ends, joiners and variation selectors.
pub(crate) fn wants_glyph(character: char) -> bool {
    !matches!(
        character,
        '\n' | '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'
    )
}
