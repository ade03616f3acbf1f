//! Rows of labels and values, and tables, split over pages line by line.

use swash::zeno::{Command, Vector};

use crate::fonts::shape::TextBlock;

use super::flow::{BODY, Flow, HEADING, LABEL, LEFT, Look, RIGHT, STRONG, WIDTH};
use super::marks::{Mark, ink};
use super::{DocumentError, Row, Section, Table};

/// White space above and below the text of a row.
const PAD: f32 = 4.6;
/// White space left and right of the text of a cell.
const SIDE: f32 = 8.0;
/// Width of the column of labels.
const LABELS: f32 = 128.0;
/// A row of at most this many lines is kept on one page.
const WHOLE_LINES: usize = 8;
/// Most columns of a table.
const MAX_COLUMNS: usize = 12;

/// A cell of a row that is being placed.
struct Cell {
    /// `None`: a gap, drawn as a dashed frame.
    text: Option<TextBlock>,
    look: Look,
    x: f32,
    width: f32,
}

/// A row of cells on one band, possibly with a tinted part.
struct Band {
    cells: Vec<Cell>,
    /// Left edge and width of the tint; `None`: no tint.
    tint: Option<(f32, f32)>,
}

impl Band {
    fn lines(&self) -> usize {
        self.cells
            .iter()
            .map(|cell| cell.text.as_ref().map_or(1, |t| t.lines.len()))
            .max()
            .unwrap_or(0)
            .max(1)
    }

    fn height(lines: usize) -> f32 {
        lines as f32 * BODY.line_height() + 2.0 * PAD
    }
}

pub(super) fn section(
    flow: &mut Flow<'_>,
    section: &Section,
    number: usize,
) -> Result<(), DocumentError> {
    if !section.heading.is_empty() {
        heading(flow, &section.heading)?;
    }
    if !section.rows.is_empty() {
        let y = flow.y;
        flow.hairline(y);
    }
    for row in &section.rows {
        let band = label_and_value(flow, row);
        place(flow, band, None)?;
    }
    if let Some(content) = &section.table {
        if !section.rows.is_empty() {
            flow.y += 10.0;
        }
        table(flow, content, number)?;
    }
    flow.y += 16.0;
    Ok(())
}

fn heading(flow: &mut Flow<'_>, text: &str) -> Result<(), DocumentError> {
    let block = flow.shape(text, HEADING, WIDTH - 12.0);
    let height = block.lines.len() as f32 * HEADING.line_height();
    // Never a heading alone at the foot of a page.
    flow.need(height + 8.0 + 2.0 * Band::height(1))?;
    let y = flow.y;
    flow.rect(LEFT, y + 3.0, 3.5, height - 6.0, ink::PRIMARY);
    flow.place(
        &block,
        Look::left(HEADING, ink::TEXT),
        LEFT + 12.0,
        y,
        WIDTH - 12.0,
    );
    flow.y += height + 6.0;
    Ok(())
}

fn label_and_value(flow: &mut Flow<'_>, row: &Row) -> Band {
    let value_x = LEFT + LABELS + SIDE;
    let value_width = RIGHT - SIDE - value_x;
    let label_width = LABELS - 2.0 * SIDE;
    let label = flow.shape(&row.label, LABEL, label_width);
    let value = row
        .value
        .as_ref()
        .map(|text| flow.shape(text, BODY, value_width));
    Band {
        cells: vec![
            Cell {
                text: Some(label),
                look: Look::left(LABEL, ink::QUIET),
                x: LEFT + SIDE,
                width: label_width,
            },
            Cell {
                text: value,
                look: Look::left(BODY, ink::TEXT),
                x: value_x,
                width: value_width,
            },
        ],
        tint: Some((LEFT, LABELS)),
    }
}

fn table(flow: &mut Flow<'_>, table: &Table, section: usize) -> Result<(), DocumentError> {
    let columns = table.columns.len();
    let cells = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns == 0 || columns > MAX_COLUMNS || cells > columns {
        return Err(DocumentError::Table {
            section,
            columns,
            cells,
        });
    }
    let edges = edges(table);
    let headings: Vec<Option<String>> = table
        .columns
        .iter()
        .map(|c| Some(c.heading.clone()))
        .collect();
    let head_look = Look::left(STRONG, ink::TEXT);
    let head = |flow: &mut Flow<'_>| Band {
        cells: table_cells(flow, &headings, &edges, head_look),
        tint: Some((LEFT, WIDTH)),
    };
    let first = head(flow);
    flow.need(Band::height(first.lines()) + Band::height(2))?;
    let y = flow.y;
    flow.hairline(y);
    place(flow, first, None)?;
    for row in &table.rows {
        // A row that is short of cells shows a dash there: a table has no dashed frames.
        let mut row = row.clone();
        row.resize(columns, None);
        let texts: Vec<Option<String>> = row
            .into_iter()
            .map(|cell| Some(cell.unwrap_or_else(|| "—".to_owned())))
            .collect();
        let cells = table_cells(flow, &texts, &edges, Look::left(BODY, ink::TEXT));
        place(flow, Band { cells, tint: None }, Some(&head))?;
    }
    Ok(())
}

/// Left edge and width of each column.
fn edges(table: &Table) -> Vec<(f32, f32)> {
    let shares = || {
        table
            .columns
            .iter()
            .map(|column| f32::from(column.share.max(1)))
    };
    let all: f32 = shares().sum();
    let mut x = LEFT;
    shares()
        .map(|share| {
            let edge = (x, WIDTH * share / all);
            x += edge.1;
            edge
        })
        .collect()
}

fn table_cells(
    flow: &mut Flow<'_>,
    texts: &[Option<String>],
    edges: &[(f32, f32)],
    look: Look,
) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(texts.len());
    for (text, (x, width)) in texts.iter().zip(edges) {
        let width = (width - 2.0 * SIDE).max(look.style.size);
        let text = text
            .as_ref()
            .map(|text| flow.shape(text, look.style, width));
        cells.push(Cell {
            text,
            look,
            x: x + SIDE,
            width,
        });
    }
    cells
}

/// Makes the head of a table anew for a page that continues it.
type Head<'h> = &'h dyn Fn(&mut Flow<'_>) -> Band;

/// Places a band, on as many pages as it needs.
fn place(flow: &mut Flow<'_>, band: Band, head: Option<Head<'_>>) -> Result<(), DocumentError> {
    let lines = band.lines();
    let mut done = 0;
    if lines <= WHOLE_LINES && Band::height(lines) > flow.room() {
        turn(flow, head)?;
    }
    while done < lines {
        let fits = ((flow.room() - 2.0 * PAD) / BODY.line_height()).floor();
        if fits < 1.0 {
            turn(flow, head)?;
            continue;
        }
        let count = (fits as usize).min(lines - done);
        part(flow, &band, done, count);
        done += count;
    }
    Ok(())
}

/// A new page that goes on where the last one ended.
fn turn(flow: &mut Flow<'_>, head: Option<Head<'_>>) -> Result<(), DocumentError> {
    flow.next_page()?;
    let y = flow.y;
    flow.hairline(y);
    if let Some(head) = head {
        let band = head(flow);
        // A head of more lines than a page holds is cut here; it stood whole on its first page.
        part(flow, &band, 0, band.lines().min(WHOLE_LINES));
    }
    Ok(())
}

/// Draws `count` lines of a band from line `first` on, and the hairline below.
fn part(flow: &mut Flow<'_>, band: &Band, first: usize, count: usize) {
    let (top, height) = (flow.y, Band::height(count));
    if let Some((x, width)) = band.tint {
        flow.rect(x, top, width, height, ink::TINT);
        // The tint must not eat the line above it.
        flow.hairline(top);
    }
    for cell in &band.cells {
        let drop = BODY.baseline() - cell.look.style.baseline();
        match &cell.text {
            None if first == 0 => gap(flow, cell.x, top + PAD, cell.width),
            None => {}
            Some(text) => {
                for (row, line) in text.lines.iter().skip(first).take(count).enumerate() {
                    let y = top + PAD + row as f32 * BODY.line_height() + drop;
                    if let Some(page) = flow.pages.last_mut() {
                        page.line(line, cell.look.style, cell.x, y, cell.look.colour);
                    }
                }
            }
        }
    }
    flow.y += height;
    let y = flow.y;
    flow.hairline(y);
}

/// A dashed frame where a value is missing.
fn gap(flow: &mut Flow<'_>, x: f32, y: f32, width: f32) {
    let (width, height) = (width.min(150.0), BODY.line_height());
    let (dash, step) = (3.0, 5.0);
    let mut path = Vec::new();
    let mut dashes = |from: Vector, along: Vector, length: f32| {
        let mut at = 0.0;
        while at < length {
            path.push(Command::MoveTo(from + along * at));
            path.push(Command::LineTo(from + along * (at + dash).min(length)));
            at += step;
        }
    };
    let (right, down) = (Vector::new(1.0, 0.0), Vector::new(0.0, 1.0));
    dashes(Vector::new(x, y), right, width);
    dashes(Vector::new(x, y + height), right, width);
    dashes(Vector::new(x, y), down, height);
    dashes(Vector::new(x + width, y), down, height);
    flow.push(Mark::Line {
        path,
        pen: 0.8,
        colour: ink::QUIET,
    });
}
