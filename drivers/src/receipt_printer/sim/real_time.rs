//! The layer that sees every byte before the buffer does, also inside rasters.

use crate::receipt_printer::protocol::commands::{ClearBuffers, Command, StatusQuery};

/// Custom's hardware reset.
const RESET: [u8; 6] = [0x1C, 0xC0, 0x18, 0x10, 0x14, 0x1A];

/// What acts at once on reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RealTime {
    /// `DLE EOT n`.
    Status(StatusQuery),
    /// `DLE ENQ 1`: go on after an error.
    Continue,
    /// `DLE ENQ 2`: clear and go on after an error.
    ClearError,
    /// `DLE DC4 8`: clear both buffers.
    ClearBuffers,
    /// `DLE EOT 14h`: Custom's whole status.
    FullStatus,
    /// Custom's hardware reset.
    Reset,
}

/// Finds real-time commands in the stream of received bytes.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    seen: Vec<u8>,
}

impl Scanner {
    /// Takes one byte; returns the command it completes.
    pub(super) fn push(&mut self, byte: u8) -> Option<RealTime> {
        self.seen.push(byte);
        while !self.seen.is_empty() {
            match recognise(&self.seen) {
                Match::Whole(command) => {
                    self.seen.clear();
                    return Some(command);
                }
                Match::Beginning => return None,
                Match::Nothing => {
                    self.seen.remove(0);
                }
            }
        }
        None
    }
}

enum Match {
    Whole(RealTime),
    Beginning,
    Nothing,
}

fn recognise(seen: &[u8]) -> Match {
    match seen {
        [0x10] | [0x10, 0x04 | 0x05] => Match::Beginning,
        [0x10, 0x04, 0x14] => Match::Whole(RealTime::FullStatus),
        [0x10, 0x04, n] => StatusQuery::ALL
            .into_iter()
            .find(|query| query.number() == *n)
            .map_or(Match::Nothing, |query| {
                Match::Whole(RealTime::Status(query))
            }),
        [0x10, 0x05, 0x01] => Match::Whole(RealTime::Continue),
        [0x10, 0x05, 0x02] => Match::Whole(RealTime::ClearError),
        _ if seen == RESET => Match::Whole(RealTime::Reset),
        _ if RESET.starts_with(seen) => Match::Beginning,
        _ => {
            let clear = ClearBuffers.bytes();
            if seen == clear {
                Match::Whole(RealTime::ClearBuffers)
            } else if clear.starts_with(seen) {
                Match::Beginning
            } else {
                Match::Nothing
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_after_a_dle_that_leads_nowhere() {
        let mut scanner = Scanner::default();
        let found: Vec<RealTime> = [0x00, 0x10, 0x10, 0x04, 0x02, 0x10, 0x05, 0x02]
            .into_iter()
            .filter_map(|b| scanner.push(b))
            .collect();
        assert_eq!(
            found,
            [
                RealTime::Status(StatusQuery::OfflineCause),
                RealTime::ClearError
            ]
        );
    }

    #[test]
    fn a_clear_broken_off_does_not_hide_the_next_one() {
        let mut scanner = Scanner::default();
        let mut bytes = ClearBuffers.bytes();
        bytes.truncate(4);
        bytes.extend(ClearBuffers.bytes());
        let found: Vec<RealTime> = bytes.into_iter().filter_map(|b| scanner.push(b)).collect();
        assert_eq!(found, [RealTime::ClearBuffers]);
    }
}
