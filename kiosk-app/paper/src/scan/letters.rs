//! What the letters of a page tell of its lines: whether they are level, and which side is up.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::ink::Small;
use crate::Picture;

/// Lines are looked for in strips this wide: columns and a crooked page then do no harm.
const STRIP: usize = 112;
/// A straight run of ink this long is a rule of a table or the edge of paper, not a letter.
const RULE: usize = 48;
/// Dots left out at every edge: shadows of the lid.
const EDGE: usize = 24;
/// Heights of a line of text.
const LINE: std::ops::RangeInclusive<usize> = 9..=64;
/// So many letters make a line of a strip, and so many a line of words: a name or a number that
/// stands in every row of a table would speak for all rows at once.
const LEAST_LETTERS: usize = 2;
const WORDS: usize = 6;
/// Above or below the small letters of Latin text lies more of a line's ink than this, in parts
/// of a hundred; Han characters fill their line evenly.
const CLEARLY: f64 = 12.0;
/// What stands below one another in a table is one sign, often repeated: at most so many small
/// signs count in a column so many dots wide, and so many lines in a strip.
const COLUMN: usize = 8;
const MOST_SIGNS: usize = 3;
const MOST_LINES: usize = 8;

/// Which dots are ink, 1 or 0, without rules and edges.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Ink {
    width: usize,
    dots: Vec<u8>,
}

impl Ink {
    /// Of a page whose small letters are about ten dots high.
    pub(super) fn of(page: &Picture) -> Self {
        let small = Small::of(page, 1);
        let mut ink = Self {
            width: small.width,
            dots: small.ink(),
        };
        ink.clear_edges();
        let mut across = ink.transposed();
        ink.clear_runs();
        across.clear_runs();
        let across = across.transposed();
        for (dot, other) in ink.dots.iter_mut().zip(&across.dots) {
            *dot &= *other;
        }
        ink
    }

    fn height(&self) -> usize {
        self.dots.len() / self.width.max(1)
    }

    /// How many dots are ink.
    pub(super) fn count(&self) -> usize {
        self.dots.iter().map(|dot| usize::from(*dot)).sum()
    }

    /// Columns as rows.
    pub(super) fn transposed(&self) -> Self {
        let (width, height) = (self.width, self.height());
        let mut dots = Vec::with_capacity(self.dots.len());
        for x in 0..width {
            dots.extend(self.dots.iter().skip(x).step_by(width.max(1)));
        }
        Self {
            width: height,
            dots,
        }
    }

    fn clear_edges(&mut self) {
        let (width, height) = (self.width.max(1), self.height());
        for (y, row) in self.dots.chunks_exact_mut(width).enumerate() {
            let whole = y < EDGE || y + EDGE >= height;
            let end = row.len();
            for (x, dot) in row.iter_mut().enumerate() {
                if whole || x < EDGE || x + EDGE >= end {
                    *dot = 0;
                }
            }
        }
    }

    /// Takes out what runs along a row as no letter does.
    fn clear_runs(&mut self) {
        for row in self.dots.chunks_exact_mut(self.width.max(1)) {
            for run in row.chunk_by_mut(|one, next| one == next) {
                if run.len() >= RULE {
                    run.fill(0);
                }
            }
        }
    }

    /// How sharp the stripes of ink along the rows are, strip by strip.
    pub(super) fn stripes(&self) -> f64 {
        let (mut sharp, mut all) = (0.0, 0.0);
        for left in (0..self.width).step_by(STRIP) {
            let counts = self.profile(left);
            let sum: f64 = counts.iter().sum();
            let mean = sum / counts.len().max(1) as f64;
            sharp += counts
                .iter()
                .map(|count| (count - mean).powi(2))
                .sum::<f64>();
            all += sum;
        }
        sharp / f64::max(all, 1.0)
    }

    /// How long, on the average, the pieces of ink along the rows are when gaps of up to `gap`
    /// dots are closed: along a line the letters of a word join, across it lines stay apart.
    pub(super) fn joined(&self, gap: usize) -> f64 {
        let (mut squares, mut all) = (0.0, 0.0);
        let mut add = |length: usize| {
            squares += (length * length) as f64;
            all += length as f64;
        };
        for row in self.dots.chunks_exact(self.width.max(1)) {
            let (mut begin, mut last) = (None, 0);
            for (x, _) in row.iter().enumerate().filter(|(_, dot)| **dot == 1) {
                match begin {
                    Some(first) if x - last > gap + 1 => {
                        add(last + 1 - first);
                        begin = Some(x);
                    }
                    Some(_) => {}
                    None => begin = Some(x),
                }
                last = x;
            }
            if let Some(first) = begin {
                add(last + 1 - first);
            }
        }
        squares / f64::max(all, 1.0)
    }

    /// Dots of ink in each row of the strip that begins at `left`.
    fn profile(&self, left: usize) -> Vec<f64> {
        let rows = self.dots.chunks_exact(self.width.max(1));
        rows.map(|row| {
            let end = (left + STRIP).min(row.len());
            let dots = row.get(left..end).unwrap_or_default();
            f64::from(dots.iter().map(|dot| u32::from(*dot)).sum::<u32>())
        })
        .collect()
    }

    /// What speaks for this side being up, and what against it.
    pub(super) fn votes(&self) -> Votes {
        let mut votes = Votes::default();
        for left in (0..self.width).step_by(STRIP) {
            let counts = self.profile(left);
            let mut strip = StripVotes::default();
            let mut top = 0;
            for run in counts.chunk_by(|one, next| (*one > 0.0) == (*next > 0.0)) {
                let filled = run.first().is_some_and(|count| *count > 0.0);
                if filled && LINE.contains(&run.len()) {
                    strip.add(run, &self.segments(left, top, run.len()));
                }
                top += run.len();
            }
            strip.count(&mut votes);
        }
        votes
    }

    /// The letters of a piece of a line: ink without a gap from left to right.
    fn segments(&self, left: usize, top: usize, height: usize) -> Vec<Segment> {
        let width = STRIP.min(self.width - left);
        let row = |y: usize| {
            let at = (top + y) * self.width + left;
            self.dots.get(at..at + width).unwrap_or_default()
        };
        let mut columns = vec![None::<(usize, usize)>; width];
        for y in 0..height {
            for (column, dot) in columns.iter_mut().zip(row(y)) {
                if *dot == 1 {
                    let (first, _) = column.unwrap_or((y, y));
                    *column = Some((first, y));
                }
            }
        }
        let mut at = 0;
        columns
            .chunk_by(|one, next| one.is_some() == next.is_some())
            .filter_map(|run| {
                at += run.len();
                Segment::of(at - run.len(), run)
            })
            .collect()
    }
}

/// A letter, or letters that touch; rows from the top of the line.
struct Segment {
    left: usize,
    width: usize,
    first: usize,
    last: usize,
}

impl Segment {
    fn of(left: usize, columns: &[Option<(usize, usize)>]) -> Option<Self> {
        let first = columns.iter().flatten().map(|(first, _)| *first).min()?;
        let last = columns.iter().flatten().map(|(_, last)| *last).max()?;
        Some(Self {
            left,
            width: columns.len(),
            first,
            last,
        })
    }

    fn height(&self) -> usize {
        self.last - self.first + 1
    }

    /// Where a small sign stands in a line so high; `None` for letters, dashes and dust.
    fn side(&self, line: usize) -> Option<Side> {
        let small = self.width * 10 <= line * 4 && self.height() * 20 <= line * 9;
        if !small || self.height() < 2 || self.width < 2 {
            return None;
        }
        match (self.first + self.last) * 100 / line {
            130.. => Some(Side::Foot),
            ..=70 => Some(Side::Head),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Head,
    Foot,
}

/// How much speaks for this side being up, and how much against it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Votes {
    up: usize,
    down: usize,
}

impl Votes {
    fn add(&mut self, side: Side, votes: usize) {
        match side {
            Side::Foot => self.up += votes,
            Side::Head => self.down += votes,
        }
    }

    /// Standard deviations by which more speaks for this side being up than against it.
    pub(super) fn deviations(self) -> f64 {
        let all = (self.up + self.down) as f64;
        (self.up as f64 - self.down as f64) / all.max(1.0).sqrt()
    }
}

/// The signs of one strip.
#[derive(Default)]
struct StripVotes {
    small: Vec<(usize, Side)>,
    lines: Vec<Side>,
}

impl StripVotes {
    fn add(&mut self, rows: &[f64], letters: &[Segment]) {
        let line = rows.len();
        let tall = letters.iter().filter(|one| one.height() * 10 >= line * 6);
        if tall.count() < LEAST_LETTERS {
            return;
        }
        let signs = letters
            .iter()
            .filter_map(|one| Some((one.left / COLUMN, one.side(line)?)));
        self.small.extend(signs);
        if letters.len() >= WORDS {
            self.lines.extend(weight(rows));
        }
    }

    fn count(&mut self, votes: &mut Votes) {
        self.small.sort_unstable_by_key(|(column, _)| *column);
        for side in [Side::Head, Side::Foot] {
            for signs in self.small.chunk_by(|(one, _), (next, _)| one == next) {
                let of = signs.iter().filter(|(_, one)| *one == side).count();
                votes.add(side, of.min(MOST_SIGNS));
            }
            let of = self.lines.iter().filter(|one| **one == side).count();
            votes.add(side, of.min(MOST_LINES));
        }
    }
}

/// Whether the small letters of a line stand at its foot, as in Latin text, or at its head: they
/// fill the rows between the first and the last that are half full.
fn weight(rows: &[f64]) -> Option<Side> {
    let full = rows.iter().copied().fold(0.0, f64::max) / 2.0;
    let first = rows.iter().position(|count| *count >= full)?;
    let last = rows.iter().rposition(|count| *count >= full)?;
    let sum = |rows: &[f64]| rows.iter().sum::<f64>();
    let above = sum(rows.get(..first).unwrap_or_default());
    let below = sum(rows.get(last + 1..).unwrap_or_default());
    let least = sum(rows) * CLEARLY / 100.0;
    if above > below + least {
        Some(Side::Foot)
    } else if below > above + least {
        Some(Side::Head)
    } else {
        None
    }
}
