//! A flat seal that says it is none, and the watermark.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use swash::zeno::{Command, Vector};

use crate::fonts::Weight;
use crate::fonts::shape::{Piece, TextBlock, TextStyle, Unit};

use super::Seal;
use super::compose::centre;
use super::flow::{Align, Flow, Look};
use super::marks::{Colour, Mark, ink};

/// Words of a seal whose caller gave none: a drawing never passes for a real seal.
const SAMPLE: &str = "示例 SAMPLE";
/// Ring of the seal in points.
const RING: f32 = 2.4;
/// Most characters along the ring.
const MAX_RING: usize = 32;
/// Part of the ring the name may take, in radians: its foot stays free for the mark.
const ARC: f32 = 3.9;
/// A circle by four cubic curves: distance of the control points.
const CIRCLE: f32 = 0.552_284_8;

/// Draws the seal around `centre`.
pub(super) fn draw(flow: &mut Flow<'_>, seal: &Seal, centre: Vector, radius: f32) {
    let pen = radius - RING / 2.0;
    flow.push(Mark::Line {
        path: circle(centre, pen),
        pen: RING,
        colour: ink::SEAL,
    });
    flow.push(Mark::Shape {
        path: star(centre, radius * 0.27),
        colour: ink::SEAL,
    });
    ring(flow, &seal.issuer, centre, radius);
    let mark = if seal.mark.trim().is_empty() {
        SAMPLE
    } else {
        seal.mark.as_str()
    };
    let style = TextStyle::new(radius * 0.18, Weight::Bold, 1.25, Unit::Points);
    let look = Look {
        style,
        colour: ink::SEAL,
        align: Align::Middle,
    };
    let width = radius * 1.24;
    flow.write(
        mark,
        look,
        centre.x - width / 2.0,
        centre.y + radius * 0.46,
        width,
    );
}

/// The name along the upper part of the ring, letter by letter.
fn ring(flow: &mut Flow<'_>, name: &str, centre: Vector, radius: f32) {
    let letters: Vec<char> = name
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_RING)
        .collect();
    let count = letters.len().max(1) as f32;
    let size = (radius * ARC * 0.75 / (count * 1.22)).clamp(radius * 0.1, radius * 0.25);
    let style = TextStyle::new(size, Weight::Bold, 1.0, Unit::Points);
    let lines: Vec<_> = letters
        .iter()
        .map(|c| flow.shape(&c.to_string(), style, 1000.0))
        .collect();
    let path = radius - RING - size * 1.15;
    let gap = size * 0.22;
    let widths: Vec<f32> = lines
        .iter()
        .map(|block| block.width().max(size * 0.25))
        .collect();
    let whole: f32 = widths.iter().sum::<f32>() + gap * letters.len().saturating_sub(1) as f32;
    let mut along = -whole / 2.0;
    for (block, width) in lines.iter().zip(&widths) {
        let angle = (along + width / 2.0) / path;
        along += width + gap;
        for piece in block.lines.iter().flat_map(|line| &line.pieces) {
            let (sin, cos) = angle.sin_cos();
            // From the middle of the letter's foot to its left end, along the tangent.
            let foot = centre + Vector::new(sin, -cos) * path;
            let start = foot - Vector::new(cos, sin) * (width / 2.0);
            match piece {
                Piece::Glyphs(run) => flow.push(Mark::Text {
                    x: start.x,
                    y: start.y,
                    run: run.clone(),
                    colour: ink::SEAL,
                    turn: -angle,
                }),
                Piece::CodePoint { character, .. } => flow.push(Mark::CodePoint {
                    x: foot.x - size / 2.0,
                    y: foot.y - size,
                    side: size,
                    character: *character,
                    colour: ink::SEAL,
                }),
            }
        }
    }
}

fn circle(centre: Vector, radius: f32) -> Vec<Command> {
    let at = |x: f32, y: f32| centre + Vector::new(x, y) * radius;
    let k = CIRCLE;
    vec![
        Command::MoveTo(at(1.0, 0.0)),
        Command::CurveTo(at(1.0, k), at(k, 1.0), at(0.0, 1.0)),
        Command::CurveTo(at(-k, 1.0), at(-1.0, k), at(-1.0, 0.0)),
        Command::CurveTo(at(-1.0, -k), at(-k, -1.0), at(0.0, -1.0)),
        Command::CurveTo(at(k, -1.0), at(1.0, -k), at(1.0, 0.0)),
        Command::Close,
    ]
}

fn star(centre: Vector, radius: f32) -> Vec<Command> {
    let corner = |index: u8| {
        let angle = f32::from(index) * PI / 5.0 - FRAC_PI_2;
        let reach = if index.is_multiple_of(2) {
            radius
        } else {
            radius * 0.382
        };
        centre + Vector::new(angle.cos(), angle.sin()) * reach
    };
    let mut path = vec![Command::MoveTo(corner(0))];
    path.extend((1..10).map(|index| Command::LineTo(corner(index))));
    path.push(Command::Close);
    path
}

/// Pale words rising across the page, three times.
pub(super) fn watermark(flow: &mut Flow<'_>, text: &str) -> Vec<Mark> {
    const SIZE: f32 = 40.0;
    const TURN: f32 = TAU / 12.0;
    let style = TextStyle::new(SIZE, Weight::Bold, 1.2, Unit::Points);
    let mut block = flow.shape(text, style, 520.0);
    block.lines.truncate(1);
    [-240.0_f32, 0.0, 240.0]
        .into_iter()
        .flat_map(|step| rising(&block, centre() + Vector::new(0.0, step), TURN, PALE))
        .collect()
}

/// A text turned against the clock around the middle of its foot.
pub(super) fn rising(block: &TextBlock, middle: Vector, turn: f32, colour: Colour) -> Vec<Mark> {
    let along = Vector::new(turn.cos(), -turn.sin());
    let mut marks = Vec::new();
    for line in &block.lines {
        for piece in &line.pieces {
            let from = |x: f32| middle + along * (x - line.width / 2.0);
            marks.push(match piece {
                Piece::Glyphs(run) => Mark::Text {
                    x: from(run.x).x,
                    y: from(run.x).y,
                    run: run.clone(),
                    colour,
                    turn,
                },
                Piece::CodePoint { x, character } => Mark::CodePoint {
                    x: from(*x).x,
                    y: from(*x).y - CODE_POINT,
                    side: CODE_POINT,
                    character: *character,
                    colour,
                },
            });
        }
    }
    marks
}

/// Side of the box of a character that no font has, in a watermark.
const CODE_POINT: f32 = 16.0;

const PALE: Colour = ink::WATERMARK;
