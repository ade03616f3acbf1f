//! Exact lengths: what a printer takes from the front of its buffer as one command.
//!
//! Source: the printer fact sheet, sections 1.1 to 1.4 and 1.6 to 1.10.

/// One command as far as it matters to paper and status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// `ESC @`.
    Initialise,
    /// `LF`.
    LineFeed,
    /// `ESC J n`, in vertical motion units.
    Feed(u8),
    /// `ESC d n`.
    FeedLines(u8),
    /// `GS P x y`: the vertical unit.
    VerticalUnits(u8),
    /// `GS a n`.
    StatusBack(u8),
    /// `GS V`: with `Some(n)` after feeding to the knife and n units more.
    Cut(Option<u8>),
    /// `GS v 0`: this many data bytes a row and rows follow.
    Raster { bytes_per_row: u16, rows: u16 },
    /// `GS ( H` fn 48.
    ReportProcess([u8; 4]),
    /// `GS r n`.
    QueuedStatus(u8),
    /// `GS I n`.
    Identify(u8),
    /// `GS e 3 m`: push the slip to the output.
    Present,
    /// `GS e 2`: draw it back.
    Retract,
    /// `GS e 5`: throw it out.
    Eject,
    /// A byte that prints.
    Text(u8),
    /// A command without effect on paper and status; this many more bytes belong to it.
    Nothing { more: u32 },
}

/// Takes the next command from the front of `buffer`: its bytes and its meaning.
///
/// `None` while the command is not complete yet.
pub(super) fn next(buffer: &[u8]) -> Option<(usize, Action)> {
    match *buffer {
        [] => None,
        [0x1B, ref rest @ ..] => escape(rest),
        [0x1C, ref rest @ ..] => chinese(rest),
        [0x1D, ref rest @ ..] => group(rest),
        [0x10, ref rest @ ..] => real_time(rest),
        [0x0A, ..] => Some((1, Action::LineFeed)),
        [0x00 | 0x09 | 0x0C | 0x0D | 0x11 | 0x13 | 0x18, ..] => skip(1),
        [byte, ..] => Some((1, Action::Text(byte))),
    }
}

fn skip(length: usize) -> Option<(usize, Action)> {
    Some((length, Action::Nothing { more: 0 }))
}

/// A command of fixed `length` without effect, once it is all there.
fn fixed(rest: &[u8], length: usize) -> Option<(usize, Action)> {
    (rest.len() + 1 >= length).then_some((length, Action::Nothing { more: 0 }))
}

fn escape(rest: &[u8]) -> Option<(usize, Action)> {
    match *rest {
        [] => None,
        [0x40, ..] => Some((2, Action::Initialise)),
        [0x4A, n, ..] => Some((3, Action::Feed(n))),
        [0x64, n, ..] => Some((3, Action::FeedLines(n))),
        [0x69 | 0x6D, ..] => Some((2, Action::Cut(None))),
        [0x76, ..] => Some((2, Action::QueuedStatus(1))),
        [0x32 | 0x4C, ..] => skip(2),
        [
            0x21 | 0x45 | 0x47 | 0x2D | 0x7B | 0x56 | 0x4D | 0x61 | 0x74 | 0x52 | 0x33 | 0x75
            | 0x4A | 0x64,
            ..,
        ] => fixed(rest, 3),
        [0x24 | 0x5C | 0x63, ..] => fixed(rest, 4),
        [0x70, ..] => fixed(rest, 5),
        // Epson: the prefix is dropped and what follows prints.
        [_, ..] => skip(1),
    }
}

fn chinese(rest: &[u8]) -> Option<(usize, Action)> {
    match *rest {
        [] | [0x28] | [0x28, _] | [0x28, _, _] => None,
        [0x26 | 0x2E, ..] => skip(2),
        [0x21 | 0x2D | 0x57 | 0x43, ..] => fixed(rest, 3),
        [0x53, ..] => fixed(rest, 4),
        [0x28, _, low, high, ..] => Some((
            5,
            Action::Nothing {
                more: u32::from(u16::from_le_bytes([low, high])),
            },
        )),
        [_, ..] => skip(1),
    }
}

fn group(rest: &[u8]) -> Option<(usize, Action)> {
    match *rest {
        [] | [0x56] => None,
        [0x50, _, vertical, ..] => Some((4, Action::VerticalUnits(vertical))),
        [0x61, n, ..] => Some((3, Action::StatusBack(n))),
        [0x72, n, ..] => Some((3, Action::QueuedStatus(n))),
        [0x49, n, ..] => Some((3, Action::Identify(n))),
        [0x65, 0x03, _, ..] => Some((4, Action::Present)),
        [0x65, 0x03] | [0x65] => None,
        [0x65, 0x02, ..] => Some((3, Action::Retract)),
        [0x65, 0x05, ..] => Some((3, Action::Eject)),
        [0x56, 0x00 | 0x01 | 0x30 | 0x31, ..] => Some((3, Action::Cut(None))),
        [0x56, 0x41 | 0x42, n, ..] => Some((4, Action::Cut(Some(n)))),
        [0x56, _, _, ..] => Some((4, Action::Cut(None))),
        [0x76, 0x30, _, xl, xh, yl, yh, ..] => {
            let bytes_per_row = u16::from_le_bytes([xl, xh]);
            Some((
                8,
                Action::Raster {
                    bytes_per_row,
                    rows: u16::from_le_bytes([yl, yh]),
                },
            ))
        }
        [0x28, 0x48, 0x06, 0x00, 0x30, 0x30, a, b, c, d, ..] => {
            Some((11, Action::ReportProcess([a, b, c, d])))
        }
        [0x28, 0x48, ..] if rest.len() < 10 => None,
        [0x28, _, low, high, ..] => Some((
            5,
            Action::Nothing {
                more: u32::from(u16::from_le_bytes([low, high])),
            },
        )),
        [0x38, 0x4C, a, b, c, d, ..] => Some((
            7,
            Action::Nothing {
                more: u32::from_le_bytes([a, b, c, d]),
            },
        )),
        [0x6B, ..] => barcode(rest),
        [
            0x21 | 0x42 | 0x68 | 0x77 | 0x48 | 0x66 | 0x61 | 0x72 | 0x49,
            ..,
        ] => fixed(rest, 3),
        [0x4C | 0x57 | 0x50 | 0x56, ..] => fixed(rest, 4),
        [0x76, 0x30, ..] | [0x28, ..] | [0x38, 0x4C, ..] | [0x76] | [0x38] => None,
        [_, ..] => skip(1),
    }
}

fn barcode(rest: &[u8]) -> Option<(usize, Action)> {
    match *rest {
        [_, 0x41..=0x7F, count, ..] => Some((
            4,
            Action::Nothing {
                more: u32::from(count),
            },
        )),
        [_, 0x00..=0x06, ref data @ ..] => {
            let end = data.iter().position(|byte| *byte == 0)?;
            skip(3 + end + 1)
        }
        [_, _, _, ..] => skip(1),
        _ => None,
    }
}

/// Real-time commands have acted on reception; here they are only taken out.
fn real_time(rest: &[u8]) -> Option<(usize, Action)> {
    match *rest {
        [] | [0x14] => None,
        [0x04 | 0x05, ..] => fixed(rest, 3),
        [0x14, 0x1A, ..] => skip(3),
        [0x14, 0x08, ..] => fixed(rest, 10),
        [0x14, _, ..] => fixed(rest, 5),
        [_, ..] => skip(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_have_their_exact_lengths() {
        let whole: [(&[u8], Action); 12] = [
            (&[0x1B, 0x40], Action::Initialise),
            (&[0x1B, 0x4A, 9], Action::Feed(9)),
            (&[0x1D, 0x50, 203, 203], Action::VerticalUnits(203)),
            (&[0x1D, 0x61, 0x0F], Action::StatusBack(0x0F)),
            (&[0x1D, 0x56, 0x42, 0], Action::Cut(Some(0))),
            (&[0x1D, 0x56, 0x30], Action::Cut(None)),
            (
                &[0x1D, 0x76, 0x30, 0, 72, 0, 128, 0],
                Action::Raster {
                    bytes_per_row: 72,
                    rows: 128,
                },
            ),
            (
                &[0x1D, 0x28, 0x48, 6, 0, 0x30, 0x30, b'0', b'0', b'4', b'2'],
                Action::ReportProcess(*b"0042"),
            ),
            (&[0x1D, 0x28, 0x6B, 3, 0], Action::Nothing { more: 3 }),
            (&[0x1D, 0x6B, 0x49, 4], Action::Nothing { more: 4 }),
            (&[0x1B, 0x63, 0x35, 1], Action::Nothing { more: 0 }),
            (
                &[0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8],
                Action::Nothing { more: 0 },
            ),
        ];
        for (bytes, action) in whole {
            let mut longer = bytes.to_vec();
            longer.extend([0xAA; 4]);
            assert_eq!(next(&longer), Some((bytes.len(), action)), "{bytes:02x?}");
            for end in 0..bytes.len() {
                assert_eq!(next(&bytes[..end]), None, "{bytes:02x?} cut at {end}");
            }
        }
    }

    #[test]
    fn an_unknown_command_loses_its_prefix_and_prints() {
        assert_eq!(next(&[0x1B, 0xEE]), Some((1, Action::Nothing { more: 0 })));
        assert_eq!(next(&[0xEE]), Some((1, Action::Text(0xEE))));
    }
}
