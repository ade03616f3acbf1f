//! A character no font can draw, shown as its code point in a small box.
//!
//! Never blank and never "?": a name must stay tellable. The digits are a 3 by 5 dot pattern on
//! a grid of 15 by 15 cells, so the mark needs no font at all and looks the same everywhere.

use super::shape::Unit;

/// Cells along one side of the box.
pub(crate) const GRID: u8 = 15;
/// Width of the box with its space to the right, in sides of the box.
pub(crate) const ADVANCE: f32 = 1.1;

/// The hexadecimal digits, five rows of three cells, left cell in the high bit.
const DIGITS: [[u8; 5]; 16] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b111, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b001, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
    [0b010, 0b101, 0b111, 0b101, 0b101],
    [0b110, 0b101, 0b110, 0b101, 0b110],
    [0b011, 0b100, 0b100, 0b100, 0b011],
    [0b110, 0b101, 0b101, 0b101, 0b110],
    [0b111, 0b100, 0b110, 0b100, 0b111],
    [0b111, 0b100, 0b110, 0b100, 0b100],
];

/// Side of the box for text of this size: in whole dots at least two dots a cell, or the digits
/// cannot be read.
pub(crate) fn side(size: f32, unit: Unit) -> f32 {
    match unit {
        Unit::Dots => f32::from(GRID) * (size / f32::from(GRID)).round().max(2.0),
        Unit::Points => size,
    }
}

/// The ink of the mark as rectangles `(x, y, width, height)` in fifteenths of the side.
pub(crate) fn cells(character: char) -> Vec<(u8, u8, u8, u8)> {
    let last = GRID - 1;
    let mut ink = vec![
        (0, 0, GRID, 1),
        (0, last, GRID, 1),
        (0, 1, 1, last - 1),
        (last, 1, 1, last - 1),
    ];
    let code = u32::from(character);
    let (per_row, places) = if code > 0xFFFF { (3_u8, 6_u8) } else { (2, 4) };
    let left = (GRID - (per_row * 4 - 1)) / 2;
    for place in 0..places {
        let digit = (code >> (4 * (places - 1 - place))) & 0xF;
        let x = left + (place % per_row) * 4;
        let y = 2 + (place / per_row) * 6;
        let rows = DIGITS.get(digit as usize).copied().unwrap_or_default();
        for (row, bits) in (y..).zip(rows) {
            ink.extend(
                (0..3)
                    .filter(|cell| bits & (0b100 >> cell) != 0)
                    .map(|cell| (x + cell, row, 1, 1)),
            );
        }
    }
    ink
}
