//! How a simulated reader is told to misbehave.

use std::time::Duration;

/// How the reader is told to misbehave; the default is a good reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// Thinks so long before every answer.
    pub delay: Duration,
    /// Swallows so many of the next answers.
    pub drop_answers: u32,
    /// Sends every answer in pieces of so many bytes; 0 = whole.
    pub split: usize,
    /// Waits so long between pieces.
    pub split_gap: Duration,
    /// Sends these bytes before every answer.
    pub garbage: Vec<u8>,
    /// Breaks the checksum of so many of the next answers.
    pub break_checksums: u32,
    /// Breaks so many of the next answers off in the middle.
    pub break_off: u32,
    /// Gives the next answers to a command this status instead.
    pub status: Option<StatusOverride>,
    /// Loses so many of the next bytes from the host, as after power-up.
    pub lose_bytes: usize,
    /// Fails its self-test: every answer is 60.
    pub self_test_failed: bool,
    /// Is not authorised: every answer is 66.
    pub not_authorised: bool,
    /// Says nothing at all.
    pub silent: bool,
    /// Answers with words, as combination boards do.
    pub words: bool,
    /// Finds a card again only after it was lifted; the rule of most modules.
    pub refind_needs_lift: bool,
    /// Does not know the newest address (30 03).
    pub no_newest_address: bool,
    /// Does not know fingerprints (30 10).
    pub no_fingerprint: bool,
    /// Sends these bytes behind every answer: zero fill, or another frame in the same breath.
    pub trailing: Vec<u8>,
    /// Breaks the length of so many of the next answers, by this much.
    pub break_lengths: (u32, i8),
    /// Gives the chip's numbers in find and select, as older modules do, instead of zeros.
    pub chip_numbers: bool,
    /// Talks without end between its answers.
    pub chatter: bool,
    /// Takes so much longer for reads from the card.
    pub slow_reads: Duration,
    /// Sends so many of the next reads with one byte twice, such that the checksum still holds.
    pub double_checksum_byte: u32,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            drop_answers: 0,
            split: 0,
            split_gap: Duration::ZERO,
            garbage: Vec::new(),
            break_checksums: 0,
            break_off: 0,
            status: None,
            lose_bytes: 0,
            self_test_failed: false,
            not_authorised: false,
            silent: false,
            words: false,
            refind_needs_lift: true,
            no_newest_address: false,
            no_fingerprint: false,
            trailing: Vec::new(),
            break_lengths: (0, 0),
            chip_numbers: false,
            chatter: false,
            slow_reads: Duration::ZERO,
            double_checksum_byte: 0,
        }
    }
}

/// A status to give instead of the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusOverride {
    /// CMD and PARA it holds for.
    pub command: [u8; 2],
    /// SW3 to give.
    pub status: u8,
    /// How many answers it holds for.
    pub times: u32,
}
