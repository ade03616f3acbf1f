//! How SAM frames travel inside HID reports: two makers, two envelopes. Pure.
//!
//! Source: variants B and C of the fact sheet, each from one maker's published driver only;
//! neither was tried on hardware. What the sheet leaves open is read generously here, because
//! the SAM frame inside has a length and a checksum of its own.

/// Bytes of a report, without the report id.
pub(super) const REPORT: usize = 64;

/// A report in either direction.
pub(super) type Report = [u8; REPORT];

/// Which envelope a device uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Envelope {
    /// Variant B: `88`, sequence, length, command `B1`, frame, sum; answered by `AA` and
    /// pieces of up to 54 bytes.
    PassThrough,
    /// Variant C: one byte of length, then up to 63 bytes; `FF` asks for the next part.
    Counted,
}

/// What a report from the device says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Bytes of the stream; with `more`, the device waits for our sign to send the next part.
    Bytes { bytes: &'a [u8], more: bool },
    /// The device waits for the next part of our request.
    Next,
    /// No report of this envelope.
    Garbage(&'static str),
}

/// First byte of a request and of an answer, and the command, of variant B.
const REQUEST: u8 = 0x88;
const ANSWER: u8 = 0xAA;
const ID_CARD: u8 = 0xB1;

/// Variant B: bytes before and behind the frame in a request, before the piece in an answer.
const REQUEST_HEAD: usize = 6;
const ANSWER_HEAD: usize = 8;
const SUM: usize = 2;

/// Variant B: the most bytes in one piece of an answer.
const PIECE: usize = REPORT - ANSWER_HEAD - SUM;

/// Variant C: the sign for "send the next part", in both directions.
const NEXT: u8 = 0xFF;

impl Envelope {
    /// The envelope of a device by vendor and product id; `None` for a device nobody knows.
    pub(super) fn of((vendor, product): (u16, u16)) -> Option<Self> {
        match (vendor, product) {
            (0x10C4, 0x0007) | (0x203B, 0x0101) => Some(Self::PassThrough),
            (0x0483, 0x572B) => Some(Self::Counted),
            _ => None,
        }
    }

    /// The most bytes one request may have.
    pub(super) fn most(self) -> usize {
        match self {
            Self::PassThrough => REPORT - REQUEST_HEAD - SUM,
            Self::Counted => 4 * (REPORT - 1),
        }
    }

    /// The reports that carry the request `bytes`, the `sequence`th, in order.
    pub(super) fn wrap(self, bytes: &[u8], sequence: u16) -> Vec<Report> {
        match self {
            Self::PassThrough => vec![pass_through(bytes, sequence)],
            Self::Counted => bytes.chunks(REPORT - 1).map(counted).collect(),
        }
    }

    /// The report that asks the device for its next part.
    pub(super) fn acknowledgement(self) -> Report {
        let mut report = [0; REPORT];
        report[0] = NEXT;
        report
    }

    /// Reads a report from the device.
    pub(super) fn unwrap(self, report: &[u8]) -> Piece<'_> {
        match (self, report) {
            (_, []) => Piece::Garbage("an empty report"),
            (Self::PassThrough, [ANSWER, ..]) => pass_through_piece(report),
            (Self::PassThrough, _) => Piece::Garbage("no answer's first byte"),
            (Self::Counted, [NEXT, ..]) => Piece::Next,
            (Self::Counted, [count, rest @ ..]) => {
                let count = usize::from(*count);
                match rest.get(..count).filter(|_| count < REPORT) {
                    Some(bytes) => Piece::Bytes {
                        bytes,
                        more: count == REPORT - 1,
                    },
                    None => Piece::Garbage("more bytes announced than a report has"),
                }
            }
        }
    }
}

/// Copies `part` into `report` from `at` on, as far as it fits.
fn put(report: &mut Report, at: usize, part: &[u8]) {
    for (slot, byte) in report.iter_mut().skip(at).zip(part) {
        *slot = *byte;
    }
}

fn pass_through(frame: &[u8], sequence: u16) -> Report {
    let mut report = [0; REPORT];
    let length = u16::try_from(frame.len() + 1).unwrap_or(u16::MAX);
    put(&mut report, 0, &[REQUEST]);
    put(&mut report, 1, &sequence.to_le_bytes());
    put(&mut report, 3, &length.to_le_bytes());
    put(&mut report, 5, &[ID_CARD]);
    put(&mut report, REQUEST_HEAD, frame);
    let end = REQUEST_HEAD + frame.len();
    let sum = sum(report.get(3..end).unwrap_or_default());
    put(&mut report, end, &sum.to_le_bytes());
    report
}

fn counted(part: &[u8]) -> Report {
    let mut report = [0; REPORT];
    report[0] = u8::try_from(part.len()).unwrap_or(0);
    put(&mut report, 1, part);
    report
}

/// The sum of variant B, over everything from the length field on.
fn sum(bytes: &[u8]) -> u16 {
    bytes
        .iter()
        .fold(0, |sum, byte| sum.wrapping_add(u16::from(*byte)))
}

/// A piece of variant B. Its length counts what stands between it and the sum (result byte,
/// packet number, bytes); where it counts otherwise, the piece fills the report.
fn pass_through_piece(report: &[u8]) -> Piece<'_> {
    let Some([low, high]) = report.get(3..5) else {
        return Piece::Garbage("too short for a length");
    };
    let announced = usize::from(u16::from_le_bytes([*low, *high])).checked_sub(3);
    let counts = announced.into_iter().filter(|count| *count <= PIECE);
    for count in counts.chain([PIECE]) {
        let end = ANSWER_HEAD + count;
        let right = match (report.get(3..end), report.get(end..end + SUM)) {
            (Some(summed), Some([low, high])) => sum(summed) == u16::from_le_bytes([*low, *high]),
            (_, _) => false,
        };
        if right {
            let bytes = report.get(ANSWER_HEAD..end).unwrap_or_default();
            return Piece::Bytes { bytes, more: false };
        }
    }
    Piece::Garbage("a wrong sum")
}

#[cfg(all(test, feature = "simulator"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIND: [u8; 10] = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x20, 0x01, 0x22];

    #[test]
    fn a_request_in_the_first_envelope_is_the_published_shape() {
        let reports = Envelope::PassThrough.wrap(&FIND, 0x0102);
        let [report] = reports[..] else { panic!() };
        assert_eq!(report[..6], [0x88, 0x02, 0x01, 11, 0, 0xB1]);
        assert_eq!(report[6..16], FIND);
        let sum: u16 = report[3..16].iter().map(|byte| u16::from(*byte)).sum();
        assert_eq!(report[16..18], sum.to_le_bytes());
        assert!(report[18..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_request_in_the_second_envelope_has_its_length_in_front() {
        let reports = Envelope::Counted.wrap(&FIND, 7);
        assert_eq!(reports[0][..11], [&[10][..], &FIND].concat());
        let long = Envelope::Counted.wrap(&[7; 100], 0);
        assert_eq!((long.len(), long[0][0], long[1][0]), (2, 63, 37));
    }

    #[test]
    fn makers_are_known_by_their_ids() {
        assert_eq!(Envelope::of((0x10C4, 0x0007)), Some(Envelope::PassThrough));
        assert_eq!(Envelope::of((0x203B, 0x0101)), Some(Envelope::PassThrough));
        assert_eq!(Envelope::of((0x0483, 0x572B)), Some(Envelope::Counted));
        assert_eq!(Envelope::of((0x046D, 0xC31C)), None);
    }

    #[test]
    fn a_damaged_or_foreign_report_is_garbage() {
        let garbage = |envelope: Envelope, report: &[u8]| {
            matches!(envelope.unwrap(report), Piece::Garbage(_))
        };
        for envelope in [Envelope::PassThrough, Envelope::Counted] {
            assert!(garbage(envelope, &[]));
        }
        assert!(garbage(Envelope::PassThrough, &[0xAA, 0, 0]));
        assert!(garbage(Envelope::PassThrough, &[0x88; 64]));
        let mut report = super::super::tests::answer_report(&FIND, 0);
        assert!(!garbage(Envelope::PassThrough, &report));
        report[9] ^= 1;
        assert!(garbage(Envelope::PassThrough, &report));
        assert!(garbage(Envelope::Counted, &[64; 64]));
        assert!(garbage(Envelope::Counted, &[64; 80]));
        assert!(garbage(Envelope::Counted, &[10, 1, 2]));
    }

    proptest! {
        #[test]
        fn any_report_is_read_or_garbage(report in prop::collection::vec(any::<u8>(), 0..80), second: bool) {
            let envelope = if second { Envelope::Counted } else { Envelope::PassThrough };
            if let Piece::Bytes { bytes, .. } = envelope.unwrap(&report) {
                prop_assert!(bytes.len() < REPORT);
            }
        }

        #[test]
        fn what_was_put_into_the_second_envelope_comes_out(bytes in prop::collection::vec(any::<u8>(), 0..252)) {
            let mut out: Vec<u8> = Vec::new();
            for report in Envelope::Counted.wrap(&bytes, 0) {
                match Envelope::Counted.unwrap(&report) {
                    Piece::Bytes { bytes, .. } => out.extend(bytes),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
            prop_assert_eq!(out, bytes);
        }
    }
}
