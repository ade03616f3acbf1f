//! Takes the printer's return channel apart: flow control, status bytes and blocks share one line.
//!
//! Source: Epson, "transmission status identification"; the printer fact sheet, section 1.7.

use super::commands::ProcessId;
use crate::receipt_printer::profile::StatusStyle;

/// One thing the printer said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Return {
    /// `11`: the buffer has room again, or the printer has just started.
    Xon,
    /// `13`: the buffer is nearly full.
    Xoff,
    /// The answer to the `DLE EOT n` that was asked first and is not answered yet.
    RealTime(u8),
    /// Four bytes of automatic status back.
    StatusBack([u8; 4]),
    /// `10 0F p u r e`: Custom's whole status, without its two leading bytes.
    FullStatus([u8; 4]),
    /// The answer to `GS r` or a one-byte `GS I`.
    Queued(u8),
    /// `37 22 d d d d 00`: everything before this process number is printed.
    Process([u8; 4]),
    /// `37 25 00`: both buffers are cleared.
    Cleared,
    /// `3B 31 00`: the printer was switched on or reset; what it held is lost.
    PoweredOn,
    /// Another block, header byte included and the closing `00` left out.
    Block(Vec<u8>),
    /// A byte that fits no class.
    Stray(u8),
}

impl Return {
    /// The process number, when this is one in our form.
    pub fn process_id(&self) -> Option<ProcessId> {
        match self {
            Return::Process(digits) => ProcessId::from_digits(*digits),
            _ => None,
        }
    }
}

/// The bytes of one connection, in the middle of whatever is being received.
#[derive(Debug, Default)]
pub struct Demultiplexer {
    style: StatusStyle,
    state: State,
    broken: u64,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Between,
    StatusBack(Vec<u8>),
    FullStatus(Vec<u8>),
    Block(Vec<u8>),
}

/// Longest block kept; identification strings stay far below.
const MAX_BLOCK: usize = 256;

impl Demultiplexer {
    /// For a printer whose sensors are read as `style` says; the bytes of two styles collide.
    pub fn new(style: StatusStyle) -> Self {
        Self {
            style,
            ..Self::default()
        }
    }

    /// How many groups and blocks broke off so far; whatever they were is lost.
    pub fn broken(&self) -> u64 {
        self.broken
    }

    /// Takes one byte; returns what it completes.
    ///
    /// XON and XOFF are recognised in the middle of a status group or a block as well.
    pub fn push(&mut self, byte: u8) -> Option<Return> {
        match byte {
            0x11 => return Some(Return::Xon),
            0x13 => return Some(Return::Xoff),
            _ => {}
        }
        match std::mem::take(&mut self.state) {
            State::Between => self.begin(byte),
            State::StatusBack(group) => self.continue_group(group, byte),
            State::FullStatus(group) => self.continue_full(group, byte),
            State::Block(block) => self.continue_block(block, byte),
        }
    }

    fn begin(&mut self, byte: u8) -> Option<Return> {
        match byte {
            0x35 | 0x37 | 0x39 | 0x3B | 0x3D | 0x5F => {
                self.state = State::Block(vec![byte]);
                None
            }
            0x10 if self.style == StatusStyle::FullStatus => {
                self.state = State::FullStatus(vec![byte]);
                None
            }
            _ if byte & self.fixed_bits() == 0x12 => Some(Return::RealTime(byte)),
            _ if byte & 0x93 == 0x10 => {
                self.state = State::StatusBack(vec![byte]);
                None
            }
            _ if byte & 0x90 == 0 => Some(Return::Queued(byte)),
            _ => Some(Return::Stray(byte)),
        }
    }

    /// The bits of a real-time answer that are always the same; the torn flag is bit 7.
    fn fixed_bits(&self) -> u8 {
        match self.style {
            StatusStyle::RealTime | StatusStyle::FullStatus => 0x93,
            StatusStyle::TornFlag => 0x13,
        }
    }

    fn continue_full(&mut self, mut group: Vec<u8>, byte: u8) -> Option<Return> {
        let fits = if group.len() == 1 {
            byte == 0x0F
        } else {
            byte & 0x10 == 0
        };
        if !fits {
            // Broken off, or another answer that begins with the same byte.
            self.broken += 1;
            return self.begin(byte);
        }
        group.push(byte);
        match *group.as_slice() {
            [_, _, paper, user, recoverable, fatal] => {
                Some(Return::FullStatus([paper, user, recoverable, fatal]))
            }
            _ => {
                self.state = State::FullStatus(group);
                None
            }
        }
    }

    fn continue_group(&mut self, mut group: Vec<u8>, byte: u8) -> Option<Return> {
        if byte & 0x90 != 0 {
            // The group was broken off (line noise, power cut): this byte begins something new.
            self.broken += 1;
            return self.begin(byte);
        }
        group.push(byte);
        match <[u8; 4]>::try_from(group.as_slice()) {
            Ok(bytes) => Some(Return::StatusBack(bytes)),
            Err(_) => {
                self.state = State::StatusBack(group);
                None
            }
        }
    }

    fn continue_block(&mut self, mut block: Vec<u8>, byte: u8) -> Option<Return> {
        if byte == 0x00 {
            return Some(name_block(block));
        }
        block.push(byte);
        if block.len() > MAX_BLOCK {
            return Some(Return::Block(block));
        }
        self.state = State::Block(block);
        None
    }
}

fn name_block(block: Vec<u8>) -> Return {
    match *block.as_slice() {
        [0x37, 0x22, a, b, c, d] => Return::Process([a, b, c, d]),
        [0x37, 0x25] => Return::Cleared,
        // What follows belongs to something else whose beginning the reset cut off.
        [0x3B, 0x31, ..] => Return::PoweredOn,
        _ => Return::Block(block),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(bytes: &[u8]) -> Vec<Return> {
        let mut line = Demultiplexer::default();
        bytes.iter().filter_map(|byte| line.push(*byte)).collect()
    }

    #[test]
    fn every_class_is_told_from_the_others() {
        let said = all(&[
            0x11, 0x16, 0x18, 0x00, 0x0C, 0x0F, 0x37, 0x22, b'0', b'0', b'4', b'2', 0x00, 0x37,
            0x25, 0x00, 0x3B, 0x31, 0x00, 0x0C, 0x5F, b'T', b'M', 0x00, 0x80,
        ]);
        assert_eq!(
            said,
            [
                Return::Xon,
                Return::RealTime(0x16),
                Return::StatusBack([0x18, 0x00, 0x0C, 0x0F]),
                Return::Process(*b"0042"),
                Return::Cleared,
                Return::PoweredOn,
                Return::Queued(0x0C),
                Return::Block(vec![0x5F, b'T', b'M']),
                Return::Stray(0x80),
            ]
        );
    }

    #[test]
    fn xoff_inside_a_block_and_inside_a_status_group() {
        assert_eq!(
            all(&[
                0x37, 0x22, b'0', 0x13, b'0', b'0', b'7', 0x00, 0x10, 0x00, 0x13, 0x00, 0x11, 0x0F
            ]),
            [
                Return::Xoff,
                Return::Process(*b"0007"),
                Return::Xoff,
                Return::Xon,
                Return::StatusBack([0x10, 0x00, 0x00, 0x0F]),
            ]
        );
    }

    #[test]
    fn every_real_time_answer_of_the_tables_is_recognised() {
        for byte in [0x12u8, 0x16, 0x1A, 0x1E, 0x32, 0x52, 0x72, 0x7E] {
            assert_eq!(all(&[byte]), [Return::RealTime(byte)]);
        }
    }

    #[test]
    fn a_status_group_broken_off_by_a_power_cut_does_not_swallow_the_next_answer() {
        assert_eq!(all(&[0x10, 0x00, 0x16]), [Return::RealTime(0x16)]);
    }

    fn all_in(style: StatusStyle, bytes: &[u8]) -> Vec<Return> {
        let mut line = Demultiplexer::new(style);
        bytes.iter().filter_map(|byte| line.push(*byte)).collect()
    }

    #[test]
    fn six_bytes_of_a_presenter_with_flow_control_between_them() {
        assert_eq!(
            all_in(
                StatusStyle::FullStatus,
                &[
                    0x10, 0x0F, 0x24, 0x13, 0x02, 0x11, 0x40, 0x80, 0x0C, 0x10, 0x12
                ]
            ),
            [
                Return::Xoff,
                Return::Xon,
                Return::FullStatus([0x24, 0x02, 0x40, 0x80]),
                Return::Queued(0x0C),
                Return::RealTime(0x12),
            ]
        );
    }

    #[test]
    fn a_slip_not_torn_away_is_an_answer_only_where_the_family_says_so() {
        assert_eq!(
            all_in(StatusStyle::TornFlag, &[0x92, 0x12]),
            [Return::RealTime(0x92), Return::RealTime(0x12)]
        );
        assert_eq!(all(&[0x92]), [Return::Stray(0x92)]);
    }

    #[test]
    fn a_process_number_that_is_not_four_digits_names_no_id() {
        assert_eq!(Return::Process(*b"00 1").process_id(), None);
        assert_eq!(Return::Cleared.process_id(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_and_the_next_answer_is_found(
            noise in proptest::collection::vec(any::<u8>(), 0..600),
            style in proptest::sample::select(vec![
                StatusStyle::RealTime, StatusStyle::TornFlag, StatusStyle::FullStatus,
            ]),
        ) {
            let mut line = Demultiplexer::new(style);
            for byte in noise {
                line.push(byte);
            }
            // Whatever was open is closed by a NUL after at most one block.
            for byte in [0x00, 0x00, 0x00, 0x00] {
                line.push(byte);
            }
            prop_assert_eq!(line.push(0x12), Some(Return::RealTime(0x12)));
        }
    }
}
