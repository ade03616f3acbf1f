//! Which bytes of a recording are a person's.

use std::ops::Range;

use super::specimen;
use crate::code_scanner::{Family, decode};
use crate::id_card::protocol::frame::{MAX_LEN, PREAMBLE, checksum, find_preamble};

/// Preamble and LEN of a frame.
const HEAD: usize = 7;

/// Head, SW1 to SW3: what a frame says of itself and not of a person.
const ANSWER_HEAD: usize = HEAD + 3;

/// The longest data of an answer that is the module's own: its number.
const MODULE_DATA: usize = 16;

/// What of the device's bytes is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Redaction {
    /// Nothing.
    Nothing,
    /// Everything a card says, and everything that is no well-formed answer.
    Cards,
    /// Everything a code scanner of this family says that is no answer to a command.
    Codes(Option<Family>),
}

/// Bytes that were replaced.
pub(super) struct Replaced {
    pub(super) bytes: usize,
    pub(super) hash: String,
}

impl Redaction {
    /// Replaces what is a person's in `bytes`, all that came since the host last spoke.
    pub(super) fn apply(self, bytes: &mut [u8], salt: &[u8]) -> Vec<Replaced> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Cards => cards(bytes, salt),
            Self::Codes(family) => codes(bytes, family, salt),
        }
    }
}

/// Where the next frame lies, if its head came whole: all of it, as far as it came.
fn frame_in(bytes: &[u8], from: usize) -> Option<(Range<usize>, bool)> {
    let start = from + find_preamble(bytes.get(from..)?)?;
    let length = match bytes.get(start + 5..start + HEAD)? {
        [high, low] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => return None,
    };
    if !(4..=MAX_LEN).contains(&length) {
        return None;
    }
    let end = start + HEAD + length;
    let whole = bytes
        .get(start + PREAMBLE.len()..end)
        .is_some_and(|checked| checksum(checked) == 0);
    Some((start..end.min(bytes.len()), whole))
}

fn cards(bytes: &mut [u8], salt: &[u8]) -> Vec<Replaced> {
    let mut replaced = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (frame, whole) = frame_in(bytes, at).unwrap_or((bytes.len()..bytes.len(), false));
        replace(bytes, at..frame.start, salt, &mut replaced, |place, _| {
            place.fill(0)
        });
        let data = (frame.start + ANSWER_HEAD).min(frame.end)..frame.end.saturating_sub(1);
        if whole && data.len() > MODULE_DATA {
            replace(bytes, data, salt, &mut replaced, fill_read);
            mend(bytes, frame.clone());
        } else if !whole && data.start < frame.end {
            let rest = data.start..frame.end;
            replace(bytes, rest, salt, &mut replaced, |place, _| place.fill(0));
            spoil(bytes, frame.clone());
        }
        at = frame.end.max(at + 1);
    }
    replaced
}

/// Fills the data of an answer: a read of text and pictures, or something shorter.
fn fill_read(data: &mut [u8], hash: &str) {
    let long = text_place(data);
    match long {
        Some(text) => {
            if let Some(pictures) = data.get_mut(text.end..) {
                pictures.fill(0);
            }
            if let Some(block) = data.get_mut(text) {
                specimen::fill_card(block, hash);
            }
        }
        None => specimen::fill_wide(data, hash),
    }
}

/// Where the text of a read lies: behind two lengths, or three with fingerprints. The lengths
/// themselves say nothing of a person and stay.
fn text_place(data: &[u8]) -> Option<Range<usize>> {
    [2, 3].into_iter().find_map(|fields| {
        let (pairs, _) = data.get(..2 * fields)?.as_chunks::<2>();
        let lengths: Vec<usize> = pairs
            .iter()
            .map(|pair| usize::from(u16::from_be_bytes(*pair)))
            .collect();
        let text = *lengths.first()?;
        let fits = 2 * fields + lengths.iter().sum::<usize>() == data.len();
        (fits && text >= 256).then(|| 2 * fields..2 * fields + text)
    })
}

/// Gives a frame its checksum again.
fn mend(bytes: &mut [u8], frame: Range<usize>) {
    let checked = bytes.get(frame.start + PREAMBLE.len()..frame.end - 1);
    let sum = checksum(checked.unwrap_or_default());
    if let Some(last) = bytes.get_mut(frame.end - 1) {
        *last = sum;
    }
}

/// Keeps a frame that was damaged from being whole by chance.
fn spoil(bytes: &mut [u8], frame: Range<usize>) {
    mend(bytes, frame.clone());
    if let Some(last) = bytes.get_mut(frame.end - 1) {
        *last ^= 0x55;
    }
}

fn codes(bytes: &mut [u8], family: Option<Family>, salt: &[u8]) -> Vec<Replaced> {
    let ends = |byte: &u8| matches!(byte, b'\r' | b'\n' | b'\t');
    let mut replaced = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let mut replies = family.into_iter().flat_map(Family::replies);
        if let Some(reply) = replies.find(|reply| rest.starts_with(reply)) {
            at += reply.len();
            continue;
        }
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let readable = decode(rest.get(..length).unwrap_or_default()).is_ok();
        replace(
            bytes,
            at..at + length,
            salt,
            &mut replaced,
            |place, hash| {
                if readable {
                    specimen::fill_text(place, hash);
                } else {
                    place.fill(0xFF);
                }
            },
        );
        at += length + 1;
    }
    replaced
}

/// Replaces one run of bytes, unless it is empty.
fn replace(
    bytes: &mut [u8],
    run: Range<usize>,
    salt: &[u8],
    replaced: &mut Vec<Replaced>,
    fill: impl FnOnce(&mut [u8], &str),
) {
    let Some(place) = bytes.get_mut(run).filter(|place| !place.is_empty()) else {
        return;
    };
    let hash = specimen::hash(salt, place);
    fill(place, &hash);
    let bytes = place.len();
    replaced.push(Replaced { bytes, hash });
}
