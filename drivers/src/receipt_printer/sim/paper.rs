//! The roll and what comes off it: rows, pieces, and where the knife falls.

use std::collections::VecDeque;

use crate::receipt_printer::bitmap::Bitmap;

/// Rows from the head to the knife: 12 mm.
pub(super) const KNIFE_GAP_ROWS: usize = 96;

/// Pieces and rows kept; a simulator that runs for weeks must not grow.
const MAX_PIECES: usize = 64;
const MAX_ROWS: usize = 40_000;

/// How a piece left the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceEnd {
    /// Cut off by the knife.
    Cut,
    /// The end of the roll, not cut.
    RollEnd,
}

/// One piece of paper out of the printer.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece {
    head_bytes: usize,
    rows: Vec<u8>,
    /// Bytes that printed in the resident font, because a command was not understood.
    pub text: Vec<u8>,
    /// How it came off.
    pub end: PieceEnd,
}

impl Piece {
    /// The picture on the paper; `None` for a piece of no length.
    pub fn bitmap(&self) -> Option<Bitmap> {
        let width = u16::try_from(self.head_bytes * 8).ok()?;
        let kept = self.rows.len().min(Bitmap::MAX_ROWS * self.head_bytes);
        Bitmap::new(width, self.rows.get(..kept)?.to_vec()).ok()
    }

    /// Rows of paper, 8 to a millimetre.
    pub fn height(&self) -> usize {
        self.rows.len() / self.head_bytes.max(1)
    }

    /// Whether nothing at all is printed on it.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.rows.iter().all(|byte| *byte == 0)
    }
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Piece({} rows, {:?}, [redacted])",
            self.height(),
            self.end
        )
    }
}

/// The paper in the printer.
#[derive(Debug)]
pub(super) struct Paper {
    head_bytes: usize,
    current: Piece,
    pieces: VecDeque<Piece>,
    /// Rows until the roll ends; `None` = endless.
    left: Option<u64>,
}

impl Paper {
    pub(super) fn new(head_bytes: usize) -> Self {
        Self {
            head_bytes,
            current: fresh(head_bytes),
            pieces: VecDeque::new(),
            left: None,
        }
    }

    /// Lets the roll end after this many more rows; `None` = endless.
    pub(super) fn set_left(&mut self, rows: Option<u64>) {
        self.left = rows;
    }

    /// Whether the sensor sees the end.
    pub(super) fn at_end(&self) -> bool {
        self.left == Some(0)
    }

    /// A new roll: what hung out of the printer falls off.
    pub(super) fn refill(&mut self) {
        let torn = std::mem::replace(&mut self.current, fresh(self.head_bytes));
        self.keep(Piece {
            end: PieceEnd::RollEnd,
            ..torn
        });
        self.left = None;
    }

    /// Prints one row, clipped to the head.
    pub(super) fn print_row(&mut self, row: &[u8]) {
        self.left = self.left.map(|left| left.saturating_sub(1));
        if self.current.height() >= MAX_ROWS {
            return;
        }
        let used = row.len().min(self.head_bytes);
        self.current.rows.extend(row.iter().take(used));
        self.current
            .rows
            .extend(std::iter::repeat_n(0, self.head_bytes - used));
    }

    pub(super) fn print_text(&mut self, text: &[u8]) {
        if self.current.text.len() < MAX_ROWS {
            self.current.text.extend_from_slice(text);
        }
    }

    /// The knife falls: what is past it comes off.
    pub(super) fn cut(&mut self) {
        let off = self.cut_off();
        self.keep(off);
    }

    /// A slip reaches somebody's hands by another way.
    pub(super) fn hand_over(&mut self, slip: Piece) {
        self.keep(slip);
    }

    /// Whether paper hangs out past the bar.
    pub(super) fn untorn(&self) -> bool {
        self.current.height() > KNIFE_GAP_ROWS
    }

    /// The knife falls, and the piece goes where the caller says.
    pub(super) fn cut_off(&mut self) -> Piece {
        let height = self.current.height();
        let at = height.saturating_sub(KNIFE_GAP_ROWS) * self.head_bytes;
        let rest = self.current.rows.split_off(at);
        let next = Piece {
            head_bytes: self.head_bytes,
            rows: rest,
            text: Vec::new(),
            end: PieceEnd::Cut,
        };
        std::mem::replace(&mut self.current, next)
    }

    fn keep(&mut self, piece: Piece) {
        self.pieces.push_back(piece);
        if self.pieces.len() > MAX_PIECES {
            self.pieces.pop_front();
        }
    }

    pub(super) fn pieces(&self) -> Vec<Piece> {
        self.pieces.iter().cloned().collect()
    }

    pub(super) fn take_pieces(&mut self) -> Vec<Piece> {
        self.pieces.drain(..).collect()
    }

    pub(super) fn current(&self) -> &Piece {
        &self.current
    }
}

fn fresh(head_bytes: usize) -> Piece {
    Piece {
        head_bytes,
        rows: vec![0; KNIFE_GAP_ROWS * head_bytes],
        text: Vec::new(),
        end: PieceEnd::Cut,
    }
}
