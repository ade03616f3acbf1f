//! Places the lines of a slip.

use crate::fonts::shape::{TextStyle, Unit};
use crate::fonts::{FontSet, Weight};
use crate::qr::{QUIET_ZONE, QrGrid};

use super::pen::{Align, Pen};
use super::{MAX_ROWS, PaperWidth, Slip, SlipError, SlipLine, SlipPicture};

/// Fewest dots of a QR module that phones read from thermal paper.
const MIN_MODULE: u32 = 4;
/// Most dots of a QR module: larger costs paper and time.
const MAX_MODULE: u32 = 8;
/// A code grows to this share of the paper: three fifths.
const QR_SHARE: (u32, u32) = (3, 5);
/// Most dots of a [`SlipLine::Space`].
const MAX_SPACE: i32 = 240;

/// The measures of one paper width, all in dots.
struct Look {
    width: i32,
    margin: i32,
    /// White between a label and its value; on 58 mm paper four Han characters fit beside it.
    gap: i32,
    heading: TextStyle,
    body: TextStyle,
    strong: TextStyle,
    small: TextStyle,
    number: TextStyle,
}

const fn dots(size: f32, weight: Weight, leading: f32) -> TextStyle {
    TextStyle::new(size, weight, leading, Unit::Dots)
}

impl Look {
    fn of(paper: PaperWidth) -> Self {
        let width = i32::from(paper.dots());
        match paper {
            PaperWidth::Mm80 => Self {
                width,
                margin: 12,
                gap: 16,
                heading: dots(42.0, Weight::Bold, 1.3),
                body: dots(28.0, Weight::Regular, 1.43),
                strong: dots(28.0, Weight::Bold, 1.43),
                small: dots(24.0, Weight::Regular, 1.42),
                number: dots(62.0, Weight::Bold, 1.25),
            },
            PaperWidth::Mm58 => Self {
                width,
                margin: 6,
                gap: 12,
                heading: dots(34.0, Weight::Bold, 1.3),
                body: dots(26.0, Weight::Regular, 1.4),
                strong: dots(26.0, Weight::Bold, 1.4),
                small: dots(24.0, Weight::Regular, 1.34),
                number: dots(46.0, Weight::Bold, 1.25),
            },
        }
    }

    fn inner(&self) -> i32 {
        self.width - 2 * self.margin
    }
}

pub(super) fn draw(
    slip: &Slip,
    fonts: &FontSet,
    paper: PaperWidth,
) -> Result<SlipPicture, SlipError> {
    let look = Look::of(paper);
    let mut pen = Pen::new(fonts, paper.dots());
    for (number, line) in slip.lines.iter().enumerate() {
        if pen.is_full() {
            pen.cut_off();
            break;
        }
        place(&mut pen, &look, line, number)?;
    }
    Ok(pen.finish())
}

fn place(pen: &mut Pen<'_>, look: &Look, line: &SlipLine, number: usize) -> Result<(), SlipError> {
    let (left, inner) = (look.margin, look.inner());
    match line {
        SlipLine::Heading(text) => {
            pen.text(text, look.heading, left, inner, Align::Middle);
            pen.skip(4);
        }
        SlipLine::Caption(text) => pen.text(text, look.small, left, inner, Align::Middle),
        SlipLine::Paragraph(text) => {
            pen.text(text, look.body, left, inner, Align::Left);
            pen.skip(8);
        }
        SlipLine::Notice(text) => notice(pen, look, text),
        SlipLine::Note(text) => {
            pen.text(text, look.small, left, inner, Align::Left);
            pen.skip(6);
        }
        SlipLine::Row { label, value } => row(pen, look, left, label, value.as_deref()),
        SlipLine::Rule => {
            pen.skip(10);
            pen.fill(left, pen.y, inner, 2);
            pen.skip(14);
        }
        SlipLine::Divider => divider(pen, look),
        SlipLine::Number { label, number } => big_number(pen, look, label, number.as_deref()),
        SlipLine::Qr(text) => qr(pen, look, text, number)?,
        SlipLine::Space(rows) => pen.skip(i32::from(*rows).min(MAX_SPACE)),
        SlipLine::Item { title, rows } => item(pen, look, title, rows),
        SlipLine::Copy(count) => copy_mark(pen, look, *count),
    }
    Ok(())
}

fn notice(pen: &mut Pen<'_>, look: &Look, text: &str) {
    pen.skip(6);
    let top = pen.y;
    pen.text(
        text,
        look.strong,
        look.margin + 20,
        look.inner() - 20,
        Align::Left,
    );
    let height = pen.y.min(MAX_ROWS as i32) - top;
    pen.fill(look.margin, top + 4, 8, height - 8);
    pen.skip(14);
}

/// A label at the left and its value from a fixed column, or below it when the label is long.
fn row(pen: &mut Pen<'_>, look: &Look, left: i32, label: &str, value: Option<&str>) {
    let right = look.width - look.margin;
    let column = left + (right - left) * 3 / 10;
    let label = pen.shape(label, look.small, right - left);
    let fits = label.lines.len() <= 1 && left + label.width().ceil() as i32 + look.gap <= column;
    let beside = fits
        && !value.is_some_and(|text| whole_below(pen, look, text, right - column, right - left));
    let top = pen.y;
    // The label's baseline meets the value's.
    let drop = (look.body.baseline() - look.small.baseline()).round() as i32;
    if beside {
        if let Some(line) = label.lines.first() {
            pen.line(line, look.small, left, top + drop, true);
        }
    } else {
        pen.block(&label, look.small, left, right - left, Align::Left);
    }
    let value_left = if beside { column } else { left };
    match value {
        Some(text) => pen.text(text, look.body, value_left, right - value_left, Align::Left),
        None => {
            let height = look.body.line_height().round() as i32;
            pen.skip(4);
            pen.gap(
                value_left,
                (right - value_left).min(8 * look.body.size as i32),
                height - 8,
            );
            pen.skip(height - 4);
        }
    }
    pen.skip(6);
}

/// Whether a value, a number above all, breaks in the column but stays whole on a line of its own.
fn whole_below(pen: &mut Pen<'_>, look: &Look, text: &str, column: i32, full: i32) -> bool {
    text.chars().count() <= 40
        && pen.shape(text, look.body, column).lines.len() > 1
        && pen.shape(text, look.body, full).lines.len() == 1
}

fn divider(pen: &mut Pen<'_>, look: &Look) {
    pen.skip(14);
    let mut x = look.margin;
    while x < look.width - look.margin {
        pen.fill(x, pen.y, 12.min(look.width - look.margin - x), 2);
        x += 20;
    }
    pen.skip(18);
}

/// A number in one line: a long one is set smaller before it is ever broken.
fn big_number(pen: &mut Pen<'_>, look: &Look, label: &str, number: Option<&str>) {
    let (left, inner) = (look.margin, look.inner());
    pen.skip(10);
    pen.text(label, look.small, left, inner, Align::Middle);
    let Some(text) = number else {
        let height = look.number.size as i32;
        pen.skip(6);
        pen.gap(left + inner / 6, inner * 2 / 3, height);
        pen.skip(height + 14);
        return;
    };
    let mut style = look.number;
    let mut block = pen.shape(text, style, inner);
    while block.lines.len() > 1 && style.size > look.body.size {
        style.size -= 2.0;
        block = pen.shape(text, style, inner);
    }
    pen.block(&block, style, left, inner, Align::Middle);
    pen.skip(8);
}

fn qr(pen: &mut Pen<'_>, look: &Look, text: &str, line: usize) -> Result<(), SlipError> {
    let grid = QrGrid::new(text).map_err(|source| SlipError::Qr { line, source })?;
    let modules = grid.side() + 2 * QUIET_ZONE;
    let width = look.width.unsigned_abs();
    let module = (width * QR_SHARE.0 / QR_SHARE.1 / modules).clamp(MIN_MODULE, MAX_MODULE);
    if modules * module > width {
        let width = u16::try_from(width).unwrap_or(u16::MAX);
        return Err(SlipError::QrTooWide {
            line,
            modules,
            width,
        });
    }
    let side = (modules * module) as i32;
    if pen.y + side > MAX_ROWS as i32 {
        pen.cut_off();
        return Ok(());
    }
    let quiet = (QUIET_ZONE * module) as i32;
    let (left, top) = ((look.width - side) / 2 + quiet, pen.y + quiet);
    for y in 0..grid.side() {
        for x in (0..grid.side()).filter(|x| grid.is_dark(*x, y)) {
            let [x, y, size] = [x * module, y * module, module].map(|dots| dots as i32);
            pen.fill(left + x, top + y, size, size);
        }
    }
    pen.skip(side);
    Ok(())
}

fn item(pen: &mut Pen<'_>, look: &Look, title: &str, rows: &[(String, Option<String>)]) {
    let inset = look.margin + 20;
    let top = pen.y;
    pen.text(
        title,
        look.strong,
        inset,
        look.width - look.margin - inset,
        Align::Left,
    );
    pen.skip(4);
    for (label, value) in rows {
        if pen.is_full() {
            break;
        }
        row(pen, look, inset, label, value.as_deref());
    }
    let height = pen.y - top;
    pen.fill(look.margin, top + 8, 4, height - 16);
    pen.skip(10);
}

fn copy_mark(pen: &mut Pen<'_>, look: &Look, count: u32) {
    pen.skip(10);
    let block = pen.shape(&format!("副本 COPY {count}"), look.strong, look.inner());
    let height = look.strong.line_height().round() as i32;
    if pen.y + height + 8 > MAX_ROWS as i32 {
        pen.cut_off();
        return;
    }
    pen.fill(look.margin, pen.y, look.inner(), height);
    if let Some(line) = block.lines.first() {
        let x = (look.width - line.width.ceil() as i32) / 2;
        pen.line(line, look.strong, x, pen.y, false);
    }
    pen.skip(height + 14);
}
