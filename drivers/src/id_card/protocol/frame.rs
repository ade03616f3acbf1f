//! Frames: preamble, length, body, checksum; and finding them in a dirty stream.
//!
//! Layout: `AA AA AA 96 69`, LEN (2 bytes, big-endian, counts everything after itself),
//! body, CHK = XOR of everything from LEN to the byte before CHK.

use zeroize::{Zeroize, Zeroizing};

/// What every frame begins with.
pub const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// The largest LEN taken for real; the largest known is 2,314.
pub const MAX_LEN: usize = 4096;

/// Preamble and LEN.
const HEAD: usize = 7;

/// The smallest LEN of an answer: SW1, SW2, SW3 and CHK.
const MIN_ANSWER_LEN: usize = 4;

/// XOR of `bytes`.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// Builds the frame around `body` (CMD, PARA and data, or SW1 to SW3 and data).
///
/// `body` is at most 4,095 bytes long; what lies beyond is not sent.
#[must_use]
pub fn encode(body: &[u8]) -> Vec<u8> {
    let body = body.get(..MAX_LEN - 1).unwrap_or(body);
    let length = u16::try_from(body.len() + 1).unwrap_or(u16::MAX);
    let mut frame = Vec::with_capacity(HEAD + body.len() + 1);
    frame.extend(PREAMBLE);
    frame.extend(length.to_be_bytes());
    frame.extend(body);
    let sum = checksum(frame.get(PREAMBLE.len()..).unwrap_or_default());
    frame.push(sum);
    frame
}

/// Where the first preamble in `bytes` begins. Overlap-safe: a preamble at the end of a
/// longer run of AA is found.
#[must_use]
pub fn find_preamble(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(PREAMBLE.len())
        .position(|window| window == PREAMBLE)
}

/// How many bytes at the end of `bytes` may be the beginning of a preamble.
fn begun(bytes: &[u8]) -> usize {
    (1..PREAMBLE.len())
        .rev()
        .find(|&count| bytes.ends_with(PREAMBLE.get(..count).unwrap_or_default()))
        .unwrap_or(0)
}

/// An answer of the module. Holds a person's data after a read, so it wipes itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// SW3, the module's own result; the only byte success is decided on.
    #[must_use]
    pub fn status(&self) -> u8 {
        self.body.get(2).copied().unwrap_or_default()
    }

    /// The data after SW3.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        self.body.get(3..).unwrap_or_default()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Answer({:02X}, {} bytes)",
            self.status(),
            self.data().len()
        )
    }
}

/// Finds answers in a stream that may be split anywhere and may hold garbage.
pub struct AnswerParser {
    /// Never grows beyond what it was made with, so no unwiped copy is left behind.
    buffer: Zeroizing<Vec<u8>>,
    garbage: usize,
}

impl Default for AnswerParser {
    fn default() -> Self {
        Self {
            buffer: Zeroizing::new(Vec::with_capacity(2 * (HEAD + MAX_LEN))),
            garbage: 0,
        }
    }
}

impl AnswerParser {
    /// Takes bytes from the line. Those beyond two frames' worth push the oldest out.
    pub fn push(&mut self, bytes: &[u8]) {
        let capacity = self.buffer.capacity();
        let bytes = bytes
            .get(bytes.len().saturating_sub(capacity)..)
            .unwrap_or(bytes);
        let excess = (self.buffer.len() + bytes.len()).saturating_sub(capacity);
        self.skip(excess);
        self.buffer.extend(bytes);
    }

    /// The next whole answer, if its last byte has come.
    pub fn next_answer(&mut self) -> Option<Answer> {
        loop {
            self.align();
            let (high, low) = (*self.buffer.get(5)?, *self.buffer.get(6)?);
            let length = usize::from(u16::from_be_bytes([high, low]));
            if !(MIN_ANSWER_LEN..=MAX_LEN).contains(&length) {
                self.skip(1);
                continue;
            }
            let frame = self.buffer.get(..HEAD + length)?;
            if checksum(frame.get(PREAMBLE.len()..).unwrap_or_default()) != 0 {
                self.skip(1);
                continue;
            }
            let body = frame.get(HEAD..HEAD + length - 1).unwrap_or_default();
            let answer = Answer {
                body: Zeroizing::new(body.to_vec()),
            };
            self.remove(HEAD + length);
            return Some(answer);
        }
    }

    /// Says that no more bytes come for now: a frame that was begun is given up, and what
    /// lies behind its first byte is searched.
    pub fn next_after_silence(&mut self) -> Option<Answer> {
        while !self.buffer.is_empty() {
            self.skip(1);
            if let Some(answer) = self.next_answer() {
                return Some(answer);
            }
        }
        None
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.remove(self.buffer.len());
        self.garbage = 0;
    }

    /// Bytes that belonged to no answer, since the last [`Self::clear`].
    #[must_use]
    pub fn garbage(&self) -> usize {
        self.garbage
    }

    /// Whether an answer may have begun.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Drops everything before the first preamble, whole or begun.
    fn align(&mut self) {
        let keep_from = match find_preamble(&self.buffer) {
            Some(start) => start,
            None => self.buffer.len() - begun(&self.buffer),
        };
        self.skip(keep_from);
    }

    fn skip(&mut self, count: usize) {
        self.garbage = self.garbage.saturating_add(count);
        self.remove(count);
    }

    /// Removes bytes at the front and wipes the room they leave at the end.
    fn remove(&mut self, count: usize) {
        let length = self.buffer.len();
        let count = count.min(length);
        self.buffer.rotate_left(count);
        if let Some(tail) = self.buffer.get_mut(length - count..) {
            tail.zeroize();
        }
        self.buffer.truncate(length - count);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(parser: &mut AnswerParser) -> Vec<Answer> {
        std::iter::from_fn(|| parser.next_answer()).collect()
    }

    #[test]
    fn a_run_of_aa_before_the_preamble_hides_nothing() {
        for extra in 0..9 {
            let mut parser = AnswerParser::default();
            parser.push(&vec![0xAA; extra]);
            parser.push(&encode(&[0, 0, 0x90]));
            assert_eq!(all(&mut parser).len(), 1, "{extra} times AA");
            assert_eq!(parser.garbage(), extra);
        }
    }

    #[test]
    fn a_false_length_costs_one_byte_not_the_next_answer() {
        for length in [[0, 0], [0, 3], [0x10, 0x01], [0xFF, 0xFF]] {
            let mut parser = AnswerParser::default();
            parser.push(&PREAMBLE);
            parser.push(&length);
            parser.push(&encode(&[0, 0, 0x9F, 0, 0, 0, 0]));
            assert_eq!(all(&mut parser)[0].status(), 0x9F);
        }
    }

    #[test]
    fn an_answer_that_breaks_off_gives_way_to_the_one_behind_it() {
        let mut parser = AnswerParser::default();
        parser.push(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x05, 0x08, 0, 0, 0x90]);
        parser.push(&encode(&[0, 0, 0x80]));
        assert!(parser.next_answer().is_none());
        assert_eq!(parser.next_after_silence().unwrap().status(), 0x80);
        assert!(parser.is_empty());
    }

    #[test]
    fn zero_fill_behind_an_answer_is_ignored() {
        let mut parser = AnswerParser::default();
        let mut bytes = encode(&[0, 0, 0x90]);
        bytes.extend([0; 53]);
        bytes.extend(encode(&[0, 0, 0x80]));
        parser.push(&bytes);
        let found: Vec<u8> = all(&mut parser).iter().map(Answer::status).collect();
        assert_eq!(found, [0x90, 0x80]);
    }

    /// Bytes that look like parts of frames far more often than chance would have it.
    fn dirt() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(vec![0xAA]),
            Just(vec![0xAA, 0xAA, 0xAA, 0x96]),
            Just(PREAMBLE.to_vec()),
            Just(vec![0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x05, 0x08]),
            Just(b"ERROR 12\r\n".to_vec()),
            prop::collection::vec(any::<u8>(), 0..12),
        ];
        prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_never_panic_nor_grow(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 0..12)
        ) {
            let mut parser = AnswerParser::default();
            let room = parser.buffer.capacity();
            for piece in &pieces {
                parser.push(piece);
                while parser.next_answer().is_some() {}
                prop_assert_eq!(parser.buffer.capacity(), room);
            }
            while parser.next_after_silence().is_some() {}
            prop_assert!(parser.is_empty());
        }

        #[test]
        fn the_next_good_answer_is_found_behind_dirt(
            before in dirt(),
            body in prop::collection::vec(any::<u8>(), 3..60),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut stream = before.clone();
            stream.extend(encode(&body));
            let (first, second) = stream.split_at(cut.index(stream.len()));
            let mut parser = AnswerParser::default();
            let mut found = Vec::new();
            for piece in [first, second] {
                parser.push(piece);
                found.extend(all(&mut parser));
            }
            found.extend(std::iter::from_fn(|| parser.next_after_silence()));
            // One time in 256 dirt has a right checksum and is itself an answer.
            prop_assert!(!found.is_empty());
            if found.len() == 1 && find_preamble(&before).is_none() {
                prop_assert_eq!(&*found[0].body, &body);
            }
        }

        #[test]
        fn an_answer_split_anywhere_is_the_same_answer(
            body in prop::collection::vec(any::<u8>(), 3..1300),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let frame = encode(&body);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(frame.len())).collect();
            cuts.extend([0, frame.len()]);
            cuts.sort_unstable();
            let mut parser = AnswerParser::default();
            let mut found = Vec::new();
            for pair in cuts.windows(2) {
                parser.push(&frame[pair[0]..pair[1]]);
                found.extend(all(&mut parser));
            }
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(&*found[0].body, &body);
        }
    }
}
