//! What stands in a recording instead of a person's bytes: as long, as well formed, about nobody.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::id_card::Document;
use crate::id_card::protocol::shape::unusual;
use crate::id_card::protocol::text::{self, BLOCK, Field, layout};

/// SHA-256 in hex of `bytes` behind a salt that nobody keeps: equal bytes of one recording can
/// be told to be equal, and a number of eighteen digits cannot be found by trying.
pub(super) fn hash(salt: &[u8], bytes: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(salt)
        .chain_update(bytes)
        .finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Fills `place` with the hash's digits again and again: other text, other filling.
pub(super) fn fill_text(place: &mut [u8], hash: &str) {
    for (slot, digit) in place.iter_mut().zip(hash.bytes().cycle()) {
        *slot = digit;
    }
}

/// Fills an address or another run of UTF-16LE with the first digits of the hash.
pub(super) fn fill_wide(place: &mut [u8], hash: &str) {
    let (pairs, rest) = place.as_chunks_mut::<2>();
    let digits = hash.bytes().take(8).chain(std::iter::repeat(b' '));
    for (pair, digit) in pairs.iter_mut().zip(digits) {
        *pair = [digit, 0];
    }
    rest.fill(0);
}

/// Makes the text block of a card that of a specimen of the same document. One that was read
/// twice before it was believed, because it looked unusual, looks unusual again.
pub(super) fn fill_card(block: &mut [u8], hash: &str) {
    let original = Zeroizing::new(block.to_vec());
    let card = text::parse(&original);
    let strange = unusual(&original, &card);
    fill_wide(block, "");
    let (start, length) = layout::TYPE;
    let mark = original.get(start..start + length).unwrap_or_default();
    write_bytes(block, layout::TYPE, mark);
    let name = hash.get(..8).unwrap_or_default();
    let number = |number| if strange { "" } else { number };
    match card.document {
        Document::Resident => {
            write(block, layout::NAME, name);
            write(block, layout::ETHNICITY, "01");
            common(block, "19491231", number("11010519491231002X"));
        }
        Document::Hmt => {
            write(block, layout::NAME, name);
            write(block, layout::PERMIT, "H01234567");
            write(block, layout::TIMES, "01");
            common(block, "19900101", number("810000199001010019"));
        }
        Document::Foreigner2023 => {
            write(block, layout::NAME, name);
            write(block, layout::Y_ENGLISH, name);
            write(block, layout::Y_NATION, "PAK");
            write(block, layout::Y_RENEWED, "00");
            common(block, "19800101", number("931586198001010028"));
        }
        Document::Foreigner2017 => {
            write(block, layout::I_ENGLISH, name);
            write(block, layout::I_NATION, "CAN");
            write(block, layout::I_SEX, "2");
            write(block, layout::I_BIRTH, "19810803");
            write(block, layout::I_VERSION, "01");
            write(block, layout::I_AUTHORITY, "1500");
            write(block, layout::I_NUMBER, number("CAN110081080310"));
        }
    }
    write(block, layout::FROM, "20200101");
    write(block, layout::TO, "20300101");
}

/// Sex, birth date and number of all but the card of 2017.
fn common(block: &mut [u8], birth: &str, number: &str) {
    write(block, layout::SEX, "1");
    write(block, layout::BIRTH, birth);
    write(block, layout::NUMBER, number);
}

fn write(block: &mut [u8], field: Field, text: &str) {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    write_bytes(block, field, &wide);
}

fn write_bytes(block: &mut [u8], (start, length): Field, bytes: &[u8]) {
    if block.len() < BLOCK {
        return;
    }
    let place = block.get_mut(start..start + length).unwrap_or_default();
    for (slot, byte) in place.iter_mut().zip(bytes) {
        *slot = *byte;
    }
}
