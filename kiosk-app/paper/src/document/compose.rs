//! The order of things on a document, and what stands on every page.

use std::sync::Arc;

use swash::zeno::{Command, Vector};

use crate::FontSet;
use crate::qr::{QUIET_ZONE, QrGrid};

use super::flow::{BODY, CODE, Flow, LABEL, LEFT, Look, RIGHT, SMALL, STRONG, TITLE, WIDTH};
use super::marks::{Mark, PAGE_HEIGHT, PAGE_WIDTH, Page, ink};
use super::{Document, DocumentError, Layout, MAX_CHARACTERS, Signature, Verification, form, seal};

/// Space below a declaration.
const PARAGRAPH_GAP: f32 = 6.0;
/// Space above signature, seal and verification.
const CLOSING_GAP: f32 = 14.0;
/// Most lines of the last declaration that are kept on the page of the signature.
const WHOLE_LINES: usize = 12;
/// Height of the line under a signature.
const SIGN_HEIGHT: f32 = 58.0;
/// Width of the line under a signature.
const SIGN_WIDTH: f32 = 200.0;
/// Diameter of a seal.
const SEAL_SIDE: f32 = 116.0;
/// Side of a QR code with its quiet zone.
const QR_SIDE: f32 = 92.0;

pub(super) fn compose(document: &Document, fonts: &Arc<FontSet>) -> Result<Layout, DocumentError> {
    let characters = document.characters();
    if characters > MAX_CHARACTERS {
        return Err(DocumentError::TooLong { characters });
    }
    let mut flow = Flow::new(fonts);
    head(&mut flow, document);
    for (number, section) in document.sections.iter().enumerate() {
        form::section(&mut flow, section, number)?;
    }
    for (number, statement) in document.statements.iter().enumerate() {
        if number + 1 == document.statements.len() {
            // Nobody signs a page that does not say what is signed.
            let lines = flow
                .shape(statement, BODY, WIDTH)
                .lines
                .len()
                .min(WHOLE_LINES);
            flow.need(
                lines as f32 * BODY.line_height() + PARAGRAPH_GAP + closing_height(document),
            )?;
        }
        paragraph(&mut flow, statement)?;
    }
    closing(&mut flow, document)?;
    furnish(&mut flow, document);
    Ok(Layout {
        fonts: Arc::clone(fonts),
        pages: flow.pages,
        missing: flow.missing,
        title: document.title.clone(),
        language: document.language.clone(),
        date: document.date,
    })
}

/// Issuer and number in one line, the title below, a strong rule.
fn head(flow: &mut Flow<'_>, document: &Document) {
    let top = flow.y;
    let half = WIDTH / 2.0;
    let mut height = flow.write(
        &document.issuer,
        Look::left(LABEL, ink::QUIET),
        LEFT,
        top,
        half - 8.0,
    );
    if let Some(number) = &document.number {
        let value = number.value.as_deref().unwrap_or("—");
        let text = format!("{}  {value}", number.label);
        let look = Look::right(STRONG, ink::TEXT);
        height = height.max(flow.write(&text, look, LEFT + half, top - 1.0, half));
    }
    flow.y += height + 12.0;
    let y = flow.y;
    flow.y += flow.write(
        &document.title,
        Look::middle(TITLE, ink::TEXT),
        LEFT,
        y,
        WIDTH,
    ) + 12.0;
    let y = flow.y;
    flow.rect(LEFT, y, WIDTH, 1.6, ink::PRIMARY);
    flow.y += 20.0;
}

/// A declaration: text over the whole width, split between pages where it must be.
fn paragraph(flow: &mut Flow<'_>, text: &str) -> Result<(), DocumentError> {
    let block = flow.shape(text, BODY, WIDTH);
    for line in &block.lines {
        flow.need(BODY.line_height())?;
        let y = flow.y;
        if let Some(page) = flow.pages.last_mut() {
            page.line(line, BODY, LEFT, y, ink::TEXT);
        }
        flow.y += BODY.line_height();
    }
    flow.y += PARAGRAPH_GAP;
    Ok(())
}

/// Height of what [`closing`] draws, with the gap above it; 0 when there is nothing.
fn closing_height(document: &Document) -> f32 {
    let heights = [
        document
            .signature
            .as_ref()
            .map_or(0.0, |_| SIGN_HEIGHT + 44.0),
        document
            .verification
            .as_ref()
            .map_or(0.0, |_| QR_SIDE + 8.0),
        document.seal.as_ref().map_or(0.0, |_| SEAL_SIDE + 8.0),
    ];
    match heights.into_iter().fold(0.0, f32::max) {
        0.0 => 0.0,
        height => height + CLOSING_GAP,
    }
}

/// Verification at the left; signature or seal at the right; all on one page.
fn closing(flow: &mut Flow<'_>, document: &Document) -> Result<(), DocumentError> {
    let height = closing_height(document);
    if height == 0.0 {
        return Ok(());
    }
    flow.need(height)?;
    let bottom = flow.y + height;
    flow.y += CLOSING_GAP;
    let top = flow.y;
    if let Some(verification) = &document.verification {
        verify(flow, verification, top)?;
    }
    if let Some(signature) = &document.signature {
        signed(flow, signature, top);
    }
    if let Some(content) = &document.seal {
        let centre = Vector::new(RIGHT - SEAL_SIDE / 2.0 - 6.0, top + SEAL_SIDE / 2.0);
        seal::draw(flow, content, centre, SEAL_SIDE / 2.0);
    }
    flow.y = bottom;
    Ok(())
}

fn verify(flow: &mut Flow<'_>, verification: &Verification, top: f32) -> Result<(), DocumentError> {
    let grid = QrGrid::new(&verification.qr)?;
    let module = QR_SIDE / (grid.side() + 2 * QUIET_ZONE) as f32;
    let quiet = QUIET_ZONE as f32 * module;
    // The quiet zone is white paper: the dark modules begin at the text's left edge.
    let mut path = Vec::new();
    for y in 0..grid.side() {
        for x in (0..grid.side()).filter(|x| grid.is_dark(*x, y)) {
            let corner = Vector::new(LEFT + x as f32 * module, top + quiet + y as f32 * module);
            square(&mut path, corner, module);
        }
    }
    flow.push(Mark::Shape {
        path,
        colour: [0; 3],
    });
    let x = LEFT + QR_SIDE - quiet + 4.0;
    let width = 190.0;
    let mut y = top + quiet - 2.0;
    y += flow.write(
        &verification.label,
        Look::left(LABEL, ink::QUIET),
        x,
        y,
        width,
    );
    y += flow.write(&verification.code, Look::left(CODE, ink::TEXT), x, y, width) + 2.0;
    flow.write(
        &verification.note,
        Look::left(SMALL, ink::QUIET),
        x,
        y,
        width,
    );
    Ok(())
}

fn square(path: &mut Vec<Command>, corner: Vector, side: f32) {
    let across = Vector::new(side, 0.0);
    let down = Vector::new(0.0, side);
    path.extend([
        Command::MoveTo(corner),
        Command::LineTo(corner + across),
        Command::LineTo(corner + across + down),
        Command::LineTo(corner + down),
        Command::Close,
    ]);
}

/// The label, the signature on its line, and the note below.
fn signed(flow: &mut Flow<'_>, signature: &Signature, top: f32) {
    let left = RIGHT - SIGN_WIDTH;
    let label = flow.write(
        &signature.label,
        Look::left(LABEL, ink::QUIET),
        left,
        top,
        SIGN_WIDTH,
    );
    let area = top + label;
    if let Some(strokes) = &signature.strokes {
        let width = (SIGN_HEIGHT * strokes.aspect()).min(SIGN_WIDTH);
        let scale = width / strokes.width();
        let y = area + (SIGN_HEIGHT - strokes.height() * scale);
        let path = strokes.path(left + (SIGN_WIDTH - width) / 2.0, y, scale);
        let pen = strokes.pen_width(scale).clamp(0.7, 2.0);
        if !path.is_empty() {
            flow.push(Mark::Line {
                path,
                pen,
                colour: [0; 3],
            });
        }
    }
    flow.rect(left, area + SIGN_HEIGHT, SIGN_WIDTH, 0.8, ink::TEXT);
    flow.write(
        &signature.note,
        Look::left(LABEL, ink::QUIET),
        left,
        area + SIGN_HEIGHT + 3.0,
        SIGN_WIDTH,
    );
}

/// Head line of the following pages, foot line and number of every page, watermark below all.
fn furnish(flow: &mut Flow<'_>, document: &Document) {
    let count = flow.pages.len();
    let width = WIDTH - 60.0;
    let footer = first_line(flow, &document.footer, width);
    let title = first_line(flow, &document.title, WIDTH * 0.6);
    let number = document
        .number
        .as_ref()
        .and_then(|n| n.value.clone())
        .unwrap_or_default();
    let number = first_line(flow, &number, WIDTH * 0.38);
    let watermark = document
        .watermark
        .as_deref()
        .map(|text| seal::watermark(flow, text));
    for index in 0..count {
        let numbers = first_line(flow, &format!("{}/{count}", index + 1), 60.0);
        let Some(page) = flow.pages.get_mut(index) else {
            continue;
        };
        let foot = PAGE_HEIGHT - 50.0;
        page.rect(LEFT, foot, WIDTH, 0.6, ink::HAIRLINE);
        put(page, &footer, LEFT, foot + 6.0);
        put(page, &numbers, RIGHT - numbers.width(), foot + 6.0);
        if index > 0 {
            put(page, &title, LEFT, 44.0);
            put(page, &number, RIGHT - number.width(), 44.0);
            page.rect(LEFT, 61.0, WIDTH, 0.6, ink::HAIRLINE);
        }
        if let Some(marks) = &watermark {
            page.marks.splice(0..0, marks.iter().cloned());
        }
    }
}

fn first_line(flow: &mut Flow<'_>, text: &str, width: f32) -> crate::fonts::shape::TextBlock {
    let mut block = flow.shape(text, SMALL, width);
    block.lines.truncate(1);
    block
}

fn put(page: &mut Page, block: &crate::fonts::shape::TextBlock, x: f32, y: f32) {
    for line in &block.lines {
        page.line(line, SMALL, x, y, ink::QUIET);
    }
}

/// The middle of the page, for what is centred on it.
pub(super) fn centre() -> Vector {
    Vector::new(PAGE_WIDTH / 2.0, PAGE_HEIGHT / 2.0)
}
