//! Pages as PDF/A-2u.
//!
//! No clock and no random number goes in: the date is the document's, the file's id comes from
//! its content. Metadata hold title, language and date, and nothing about a person.
//!
//! Source: ISO 19005-2 (level u: every glyph tells its character).

use std::collections::HashMap;

use krilla::Document as Pdf;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use swash::zeno::Command;

use crate::PrivateBytes;
use crate::fonts::shape::GlyphRun;
use crate::fonts::{FontSet, code_point};

use super::marks::{Colour, Mark, PAGE_HEIGHT, PAGE_WIDTH, Page};
use super::{DocumentDate, DocumentError, Layout};

/// Name of the program in every file.
const PRODUCER: &str = "kiosk-paper";

pub(super) fn write(layout: &Layout) -> Result<PrivateBytes, DocumentError> {
    let mut pdf = archival(Archival::A2_U)?;
    let mut fonts = Fonts {
        set: &layout.fonts,
        loaded: HashMap::new(),
    };
    for content in &layout.pages {
        let mut page = pdf.start_page_with(page_settings(PAGE_WIDTH, PAGE_HEIGHT)?);
        let mut surface = page.surface();
        draw(&mut surface, content, &mut fonts);
        surface.finish();
        page.finish();
    }
    let about = metadata(layout.date)
        .title(plain(&layout.title))
        .language(plain(&layout.language));
    pdf.set_metadata(about);
    pdf.finish()
        .map(PrivateBytes::new)
        .map_err(|error| refused(&error))
}

/// An empty archival file of a level of PDF/A.
pub(super) fn archival(level: Archival) -> Result<Pdf, DocumentError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(level)
        .finish()
        .map_err(|_| DocumentError::Pdf("PDF/A is not offered".into()))?;
    Ok(Pdf::new_with(SerializeSettings {
        configuration,
        enable_tagging: false,
        ..SerializeSettings::default()
    }))
}

/// Text for metadata, which is XML: without control characters.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

pub(super) fn metadata(date: DocumentDate) -> Metadata {
    let created = DateTime::new(date.year)
        .month(date.month)
        .day(date.day)
        .hour(date.hour)
        .minute(date.minute)
        .second(0)
        .utc_offset_hour(date.utc_offset_hours)
        .utc_offset_minute(0);
    Metadata::new()
        .creation_date(created)
        .producer(PRODUCER.into())
        .creator(PRODUCER.into())
}

/// The kind of refusal without its details, which could quote text of the document.
pub(super) fn refused(error: &krilla::error::KrillaError) -> DocumentError {
    let detail = format!("{error:?}");
    let kind: String = detail
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric())
        .collect();
    DocumentError::Pdf(kind)
}

pub(super) fn page_settings(width: f32, height: f32) -> Result<PageSettings, DocumentError> {
    PageSettings::from_wh(width, height)
        .ok_or_else(|| DocumentError::Pdf("the page has no size".into()))
}

/// Fonts as the PDF library wants them, each loaded once a file.
struct Fonts<'a> {
    set: &'a FontSet,
    loaded: HashMap<usize, Option<Font>>,
}

impl Fonts<'_> {
    fn get(&mut self, face: usize) -> Option<Font> {
        let set = self.set;
        self.loaded
            .entry(face)
            .or_insert_with(|| {
                let face = set.face(face)?;
                Font::new(face.bytes.share().into(), face.index)
            })
            .clone()
    }
}

fn draw(surface: &mut Surface<'_>, page: &Page, fonts: &mut Fonts<'_>) {
    for mark in &page.marks {
        match mark {
            Mark::Text {
                x,
                y,
                run,
                colour,
                turn,
            } => {
                text(surface, fonts, (*x, *y), run, *colour, *turn);
            }
            Mark::CodePoint {
                x,
                y,
                side,
                character,
                colour,
            } => {
                code_point_box(surface, fonts, (*x, *y, *side), *character, *colour);
            }
            Mark::Rect {
                x,
                y,
                width,
                height,
                colour,
            } => {
                let mut path = PathBuilder::new();
                if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                    path.push_rect(rect);
                }
                fill(surface, path.finish(), *colour);
            }
            Mark::Shape { path, colour } => fill(surface, outline(path), *colour),
            Mark::Line { path, pen, colour } => {
                let Some(path) = outline(path) else { continue };
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke {
                    paint: paint(*colour),
                    width: *pen,
                    line_cap: LineCap::Round,
                    line_join: LineJoin::Round,
                    ..Stroke::default()
                }));
                surface.draw_path(&path);
                surface.set_stroke(None);
            }
        }
    }
}

fn paint(colour: Colour) -> krilla::paint::Paint {
    let [red, green, blue] = colour;
    rgb::Color::new(red, green, blue).into()
}

fn fill(surface: &mut Surface<'_>, path: Option<Path>, colour: Colour) {
    if let Some(path) = path {
        surface.set_fill(Some(Fill {
            paint: paint(colour),
            ..Fill::default()
        }));
        surface.draw_path(&path);
    }
}

fn outline(commands: &[Command]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for command in commands {
        match command {
            Command::MoveTo(to) => path.move_to(to.x, to.y),
            Command::LineTo(to) => path.line_to(to.x, to.y),
            Command::QuadTo(by, to) => path.quad_to(by.x, by.y, to.x, to.y),
            Command::CurveTo(a, b, to) => path.cubic_to(a.x, a.y, b.x, b.y, to.x, to.y),
            Command::Close => path.close(),
        }
    }
    path.finish()
}

fn text(
    surface: &mut Surface<'_>,
    fonts: &mut Fonts<'_>,
    (x, y): (f32, f32),
    run: &GlyphRun,
    colour: Colour,
    turn: f32,
) {
    let Some(font) = fonts.get(run.face) else {
        return;
    };
    let mut at = 0.0;
    let mut glyphs = Vec::with_capacity(run.glyphs.len());
    for glyph in &run.glyphs {
        let unit = |length: f32| length / run.size;
        let advance = unit(glyph.advance);
        let (shift, rise) = (unit(glyph.x - at), unit(-glyph.y));
        let id = GlyphId::new(u32::from(glyph.id));
        glyphs.push(KrillaGlyph::new(
            id,
            advance,
            shift,
            rise,
            0.0,
            glyph.text.0..glyph.text.1,
            None,
        ));
        at += glyph.advance;
    }
    surface.set_fill(Some(Fill {
        paint: paint(colour),
        ..Fill::default()
    }));
    let turned = turn != 0.0;
    if turned {
        surface.push_transform(&Transform::from_rotate_at(-turn.to_degrees(), x, y));
    }
    surface.draw_glyphs(
        Point::from_xy(x, y),
        &glyphs,
        font,
        &run.text,
        run.size,
        false,
    );
    if turned {
        surface.pop();
    }
}

/// The drawn box, and a space glyph that tells the character itself to search and copy.
fn code_point_box(
    surface: &mut Surface<'_>,
    fonts: &mut Fonts<'_>,
    (x, y, side): (f32, f32, f32),
    character: char,
    colour: Colour,
) {
    let cell = side / f32::from(code_point::GRID);
    let mut path = PathBuilder::new();
    for (left, top, width, height) in code_point::cells(character) {
        let [left, top, width, height] = [left, top, width, height].map(|n| f32::from(n) * cell);
        if let Some(rect) = Rect::from_xywh(x + left, y + top, width, height) {
            path.push_rect(rect);
        }
    }
    fill(surface, path.finish(), colour);
    let Some((face, glyph)) = fonts.set.glyph_of(' ') else {
        return;
    };
    let Some(font) = fonts.get(face) else { return };
    // PDF/A forbids to name these three as the text of a glyph.
    let named = !matches!(character, '\0' | '\u{FEFF}' | '\u{FFFE}');
    let text = if named {
        character
    } else {
        char::REPLACEMENT_CHARACTER
    }
    .to_string();
    let space = KrillaGlyph::new(
        GlyphId::new(u32::from(glyph)),
        1.0,
        0.0,
        0.0,
        0.0,
        0..text.len(),
        None,
    );
    surface.draw_glyphs(
        Point::from_xy(x, y + 0.88 * side),
        &[space],
        font,
        &text,
        side,
        false,
    );
}
