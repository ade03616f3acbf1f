//! One type per command a slip needs, each encoding itself.
//!
//! Source: Epson ESC/POS reference; the printer fact sheet, sections 1.1 to 1.10.

use serde::{Deserialize, Serialize};

/// A command that has exactly one byte form.
pub trait Command {
    /// Appends the bytes of the command.
    fn encode(&self, out: &mut Vec<u8>);

    /// The bytes of the command alone.
    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }
}

/// `ESC @`: clears the print buffer and all modes, but not the receive buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Initialise;

impl Command for Initialise {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x1B, 0x40]);
    }
}

/// `GS P`: motion units as fractions of an inch; 203 makes one unit one dot row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MotionUnits {
    /// Horizontal units an inch; 0 is the printer's default.
    pub horizontal: u8,
    /// Vertical units an inch; 0 is the printer's default.
    pub vertical: u8,
}

impl MotionUnits {
    /// One unit is one dot on a head of 8 dots a millimetre.
    pub const DOTS: Self = Self {
        horizontal: 203,
        vertical: 203,
    };
}

impl Command for MotionUnits {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x1D, 0x50, self.horizontal, self.vertical]);
    }
}

/// `ESC c 5 1`: the panel's feed button off, as a public kiosk wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PanelButtonsOff;

impl Command for PanelButtonsOff {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x1B, 0x63, 0x35, 0x01]);
    }
}

/// `GS a 0F`: automatic status back on drawer, online, error and paper changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnableStatusBack;

impl Command for EnableStatusBack {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x1D, 0x61, 0x0F]);
    }
}

/// `ESC J`: paper forward by vertical motion units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Motion units, rows after [`MotionUnits::DOTS`].
    pub units: u8,
}

impl Command for Feed {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x1B, 0x4A, self.units]);
    }
}

/// `GS v 0`: the header of a raster band in normal size; `rows` times `bytes_per_row` bytes follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RasterHeader {
    /// Bytes of one row, at most the head.
    pub bytes_per_row: u8,
    /// Rows in the band.
    pub rows: u8,
}

impl Command for RasterHeader {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[
            0x1D,
            0x76,
            0x30,
            0x00,
            self.bytes_per_row,
            0x00,
            self.rows,
            0x00,
        ]);
    }
}

/// `GS ( H` fn 48: asks for [`super::returns::Return::Process`] once everything before it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportProcess {
    /// The number that comes back.
    pub id: ProcessId,
}

impl Command for ReportProcess {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30]);
        out.extend_from_slice(&self.id.digits());
    }
}

/// `GS r 1`: one status byte once everything before it is processed. The answer carries no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence;

impl Command for Fence {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x1D, 0x72, 0x01]);
    }
}

/// `DLE EOT 14h`: Custom's whole status in six bytes, at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FullStatusQuery;

impl Command for FullStatusQuery {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x10, 0x04, 0x14]);
    }
}

/// `GS I 43h`: the model the printer claims to be, as a block. Clones lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentifyModel;

impl Command for IdentifyModel {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x1D, 0x49, 0x43]);
    }
}

/// `DLE EOT n`: one status byte at once, even offline or with a full buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusQuery {
    /// n = 1: printer.
    Printer,
    /// n = 2: why offline.
    OfflineCause,
    /// n = 3: errors.
    Error,
    /// n = 4: paper sensors.
    Paper,
}

impl StatusQuery {
    /// All four, in the order they are asked.
    pub const ALL: [Self; 4] = [Self::Printer, Self::OfflineCause, Self::Error, Self::Paper];

    /// The parameter byte n.
    pub fn number(self) -> u8 {
        match self {
            Self::Printer => 1,
            Self::OfflineCause => 2,
            Self::Error => 3,
            Self::Paper => 4,
        }
    }
}

impl Command for StatusQuery {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x10, 0x04, self.number()]);
    }
}

/// `DLE ENQ 2`: leaves a cutter error after clearing both buffers; remove the cause first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoverFromError;

impl Command for RecoverFromError {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x10, 0x05, 0x02]);
    }
}

/// `DLE DC4 8`: clears both buffers at any time and answers [`super::returns::Return::Cleared`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearBuffers;

impl Command for ClearBuffers {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]);
    }
}

/// The number of a job's last command, `0001` to `9999`, ascending and then from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct ProcessId(u16);

impl ProcessId {
    /// The number for any value: 1 to 9999, wrapping, so that a caller can pass random bits.
    pub fn wrapping(value: u16) -> Self {
        Self((value.wrapping_sub(1)) % 9999 + 1)
    }

    /// The number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 % 9999 + 1)
    }

    /// The value, 1 to 9999.
    pub fn get(self) -> u16 {
        self.0
    }

    /// The four ASCII digits on the wire.
    pub fn digits(self) -> [u8; 4] {
        let digit = |unit: u16| b'0' + (self.0 / unit % 10) as u8;
        [digit(1000), digit(100), digit(10), digit(1)]
    }

    /// The number of four ASCII digits; `None` for anything else.
    pub fn from_digits(digits: [u8; 4]) -> Option<Self> {
        let mut value = 0u16;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u16::from(digit - b'0');
        }
        (value != 0).then_some(Self(value))
    }
}

impl TryFrom<u16> for ProcessId {
    type Error = &'static str;

    fn try_from(value: u16) -> Result<Self, Self::Error> {
        match value {
            1..=9999 => Ok(Self(value)),
            _ => Err("a process id is 1 to 9999"),
        }
    }
}

impl From<ProcessId> for u16 {
    fn from(id: ProcessId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_the_command_manual() {
        assert_eq!(Initialise.bytes(), [0x1B, 0x40]);
        assert_eq!(MotionUnits::DOTS.bytes(), [0x1D, 0x50, 0xCB, 0xCB]);
        assert_eq!(PanelButtonsOff.bytes(), [0x1B, 0x63, 0x35, 0x01]);
        assert_eq!(EnableStatusBack.bytes(), [0x1D, 0x61, 0x0F]);
        assert_eq!(Feed { units: 200 }.bytes(), [0x1B, 0x4A, 200]);
        assert_eq!(Fence.bytes(), [0x1D, 0x72, 0x01]);
        assert_eq!(FullStatusQuery.bytes(), [0x10, 0x04, 0x14]);
        assert_eq!(IdentifyModel.bytes(), [0x1D, 0x49, 0x43]);
        assert_eq!(
            RasterHeader {
                bytes_per_row: 72,
                rows: 128
            }
            .bytes(),
            [0x1D, 0x76, 0x30, 0x00, 0x48, 0x00, 0x80, 0x00]
        );
        assert_eq!(
            ReportProcess {
                id: ProcessId::wrapping(42)
            }
            .bytes(),
            [
                0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, b'0', b'0', b'4', b'2'
            ]
        );
        assert_eq!(StatusQuery::Paper.bytes(), [0x10, 0x04, 0x04]);
        assert_eq!(RecoverFromError.bytes(), [0x10, 0x05, 0x02]);
        assert_eq!(
            ClearBuffers.bytes(),
            [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]
        );
    }

    #[test]
    fn process_ids_ascend_and_wrap_without_zero() {
        assert_eq!(ProcessId::wrapping(9999).next(), ProcessId::wrapping(1));
        assert_eq!(ProcessId::wrapping(10_000).get(), 1);
        assert!((1..=9999).contains(&ProcessId::wrapping(0).get()));
        assert_eq!(ProcessId::from_digits(*b"0000"), None);
        assert_eq!(ProcessId::from_digits(*b"12 4"), None);
        for value in [1, 42, 999, 1234, 9999] {
            let id = ProcessId::wrapping(value);
            assert_eq!(ProcessId::from_digits(id.digits()), Some(id));
        }
    }
}
