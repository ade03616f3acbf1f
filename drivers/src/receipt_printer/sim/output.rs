//! Behind the knife: a slip inside, at the output, or drawn back.

use super::paper::Piece;

/// Slips kept in the bin of a simulator that runs for weeks.
const MAX_BIN: usize = 64;

/// The presenter.
#[derive(Debug, Default)]
pub(super) struct Output {
    inside: Option<Piece>,
    waiting: Option<Piece>,
    bin: Vec<Piece>,
    /// Nothing can be drawn back.
    pub(super) stuck: bool,
}

impl Output {
    /// A slip cut off comes in; what was there before is pushed out in front of it.
    #[must_use]
    pub(super) fn push_in(&mut self, slip: Piece) -> Option<Piece> {
        self.inside.replace(slip)
    }

    /// The slip inside goes to the output; one already there falls out.
    #[must_use]
    pub(super) fn present(&mut self) -> Option<Piece> {
        match self.inside.take() {
            Some(slip) => self.waiting.replace(slip),
            None => None,
        }
    }

    /// Whatever is inside or at the output is drawn into the bin.
    pub(super) fn draw_back(&mut self) {
        if self.stuck {
            return;
        }
        let slips = [self.inside.take(), self.waiting.take()];
        self.bin.extend(slips.into_iter().flatten());
        let over = self.bin.len().saturating_sub(MAX_BIN);
        self.bin.drain(..over);
    }

    /// The slip at the output, taken away.
    pub(super) fn take(&mut self) -> Option<Piece> {
        self.waiting.take()
    }

    pub(super) fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    pub(super) fn bin(&self) -> &[Piece] {
        &self.bin
    }
}
