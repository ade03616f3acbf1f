//! Does something still lie on the glass? A quick look at it beside the empty glass.

use super::{ScanError, decode};

/// Cells across the look; a cell of an A4 glass is some 2.6 mm wide.
const COLUMNS: u32 = 80;
/// Cells at each edge that do not count: the lid throws its shadow there.
const EDGE: usize = 2;
/// A cell as much darker or lighter on the whole shows something else than the lid.
const MEAN_DIFFERS: u8 = 18;
/// A cell with a spot as much darker shows writing.
const SPOT_DIFFERS: u8 = 48;
/// Cells that may differ, of a thousand: dust, and scratches in the glass.
const DUST: usize = 2;

/// A look at the glass as a grid of cells: nothing on it can be read any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlassLook {
    columns: usize,
    cells: Vec<Cell>,
}

/// Light of one cell, 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    mean: u8,
    darkest: u8,
}

impl Cell {
    fn differs(self, empty: Self) -> bool {
        self.mean.abs_diff(empty.mean) > MEAN_DIFFERS
            || empty.darkest.saturating_sub(self.darkest) > SPOT_DIFFERS
    }
}

impl GlassLook {
    /// Takes a preview of the whole glass, a JPEG of any resolution.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn read(jpeg: &[u8]) -> Result<Self, ScanError> {
        let picture = decode(jpeg)?.grey();
        let (width, height) = (picture.width(), picture.height());
        let side = width.div_ceil(COLUMNS).max(1);
        let (columns, rows) = (width.div_ceil(side), height.div_ceil(side));
        let mut cells = Vec::with_capacity(columns as usize * rows as usize);
        for row in 0..rows {
            for column in 0..columns {
                cells.push(cell(
                    picture.pixels(),
                    width as usize,
                    (column, row),
                    side as usize,
                ));
            }
        }
        let columns = columns as usize;
        Ok(Self { columns, cells })
    }

    /// Whether nothing lies on the glass. `empty` is a look at the same glass with nothing on it;
    /// without one, or with one of another glass, a glass of one brightness is empty. A sheet
    /// without a word under a lid as white as itself is not seen.
    #[must_use]
    pub fn is_empty(&self, empty: Option<&Self>) -> bool {
        let inner = self.inner();
        let empty = empty
            .filter(|empty| (empty.columns, empty.cells.len()) == (self.columns, self.cells.len()));
        let empty = empty.map_or_else(|| even(&inner), Self::inner);
        let pairs = inner.iter().zip(empty);
        let differing = pairs.filter(|(cell, empty)| cell.differs(*empty)).count();
        differing * 1000 <= inner.len() * DUST
    }

    /// The cells that count.
    fn inner(&self) -> Vec<Cell> {
        let rows = self.cells.len() / self.columns.max(1);
        let middle = |at: usize, of: usize| (EDGE..of.saturating_sub(EDGE)).contains(&at);
        let place = |at: usize| (at % self.columns, at / self.columns);
        let cells = self.cells.iter().enumerate();
        cells
            .filter(|(at, _)| {
                let (column, row) = place(*at);
                middle(column, self.columns) && middle(row, rows)
            })
            .map(|(_, cell)| *cell)
            .collect()
    }
}

/// The cell at column and row of cells, each `side` dots wide and high.
fn cell(light: &[u8], width: usize, (column, row): (u32, u32), side: usize) -> Cell {
    let (left, top) = (column as usize * side, row as usize * side);
    let rows = light.chunks_exact(width.max(1)).skip(top).take(side);
    let dots = rows.flat_map(|row| row.iter().skip(left).take(side));
    let (mut sum, mut count, mut darkest) = (0_usize, 0_usize, u8::MAX);
    for dot in dots {
        sum += usize::from(*dot);
        count += 1;
        darkest = darkest.min(*dot);
    }
    let mean = u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX);
    Cell { mean, darkest }
}

/// An empty glass of one brightness: that of most cells.
fn even(cells: &[Cell]) -> Vec<Cell> {
    let mut light: Vec<u8> = cells.iter().map(|cell| cell.mean).collect();
    light.sort_unstable();
    let lid = light.get(light.len() / 2).copied().unwrap_or(u8::MAX);
    let cell = Cell {
        mean: lid,
        darkest: lid,
    };
    vec![cell; cells.len()]
}
