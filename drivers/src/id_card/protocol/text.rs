//! The 256 bytes of text on a chip, for each of the four documents.
//!
//! UTF-16LE, padded with spaces. Which document it is stands at byte 248.

use zeroize::{Zeroize, Zeroizing};

use super::super::card::{Card, Document};
use super::super::date::{CardDate, Validity};
use super::number;

/// Length of a text block in bytes.
pub const BLOCK: usize = 256;

/// Where a field lies: offset and length in bytes.
pub type Field = (usize, usize);

/// The layouts, as offsets and lengths in bytes.
pub mod layout {
    use super::Field;

    /// Name of residents, permit holders and of the card of 2023.
    pub const NAME: Field = (0, 30);
    /// Sex code, on all but the card of 2017.
    pub const SEX: Field = (30, 2);
    /// Ethnicity code of residents.
    pub const ETHNICITY: Field = (32, 4);
    /// Birth date, on all but the card of 2017.
    pub const BIRTH: Field = (36, 16);
    /// Address of residents and permit holders.
    pub const ADDRESS: Field = (52, 70);
    /// The 18-character number, on all but the card of 2017.
    pub const NUMBER: Field = (122, 36);
    /// Issuing authority of residents and permit holders.
    pub const ISSUER: Field = (158, 30);
    /// First day of validity, everywhere.
    pub const FROM: Field = (188, 16);
    /// Last day of validity, everywhere.
    pub const TO: Field = (204, 16);
    /// Which document this is, everywhere.
    pub const TYPE: Field = (248, 2);

    /// Permit: number of the travel permit.
    pub const PERMIT: Field = (220, 18);
    /// Permit: how often it was issued.
    pub const TIMES: Field = (238, 4);

    /// Card of 2017: English name.
    pub const I_ENGLISH: Field = (0, 120);
    /// Card of 2017: sex code.
    pub const I_SEX: Field = (120, 2);
    /// Card of 2017: the 15-character number.
    pub const I_NUMBER: Field = (122, 30);
    /// Card of 2017: nationality.
    pub const I_NATION: Field = (152, 6);
    /// Card of 2017: Chinese name.
    pub const I_NAME: Field = (158, 30);
    /// Card of 2017: birth date.
    pub const I_BIRTH: Field = (220, 16);
    /// Card of 2017: version.
    pub const I_VERSION: Field = (236, 4);
    /// Card of 2017: code of the authority that took the application.
    pub const I_AUTHORITY: Field = (240, 8);

    /// Card of 2023: how often it was renewed.
    pub const Y_RENEWED: Field = (32, 4);
    /// Card of 2023: first 35 characters of the English name.
    pub const Y_ENGLISH: Field = (52, 70);
    /// Card of 2023: the other characters of the English name.
    pub const Y_ENGLISH_MORE: Field = (220, 22);
    /// Card of 2023: nationality.
    pub const Y_NATION: Field = (242, 6);
    /// Card of 2023: link to the number on an earlier card.
    pub const Y_LINK: Field = (250, 6);
}

/// What pads a field.
const PADDING: [char; 3] = [' ', '\0', '\u{3000}'];

/// Decodes UTF-16LE and trims the padding at both ends; inner spaces stay.
///
/// A lone surrogate becomes U+FFFD; private-use characters, which rare names use, stay.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    // Room for the longest UTF-8 of so many units: no growth, so no unwiped copy.
    let mut whole = String::with_capacity(bytes.len() / 2 * 3);
    whole.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    let trimmed = whole.trim_matches(PADDING).to_owned();
    whole.zeroize();
    trimmed
}

/// One text block under the eyes of the decoder.
struct Block<'a>(&'a [u8]);

impl Block<'_> {
    fn text(&self, (offset, length): Field) -> String {
        decode(self.0.get(offset..offset + length).unwrap_or_default())
    }

    fn optional(&self, field: Field) -> Option<String> {
        Some(self.text(field)).filter(|text| !text.is_empty())
    }

    fn date(&self, field: Field) -> Option<CardDate> {
        self.optional(field).map(CardDate::parse)
    }
}

/// Which document a text block belongs to.
#[must_use]
pub fn document(block: &[u8]) -> Document {
    let (offset, length) = layout::TYPE;
    match block.get(offset..offset + length) {
        Some([0x49, 0x00]) => Document::Foreigner2017,
        Some([0x59, 0x00]) => Document::Foreigner2023,
        Some([0x4A, 0x00]) => Document::Hmt,
        _ => Document::Resident,
    }
}

/// Reads a text block of 256 bytes; what is missing from a shorter one reads as blank.
#[must_use]
pub fn parse(block: &[u8]) -> Card {
    let mut card = Card::blank(document(block));
    let block = Block(block);
    match card.document {
        Document::Resident => resident(&block, &mut card),
        Document::Hmt => permit(&block, &mut card),
        Document::Foreigner2017 => foreigner_2017(&block, &mut card),
        Document::Foreigner2023 => foreigner_2023(&block, &mut card),
    }
    card.valid_from = block.date(layout::FROM);
    card.valid_to = block.optional(layout::TO).map(Validity::parse);
    card.number_valid = match card.document {
        Document::Foreigner2017 => number::foreigner_number_valid(&card.number),
        Document::Resident | Document::Hmt | Document::Foreigner2023 => {
            number::citizen_number_valid(&card.number)
        }
    };
    card.number_agrees = agrees(&card);
    card
}

fn resident(block: &Block<'_>, card: &mut Card) {
    common(block, card);
    card.ethnicity_code = block.optional(layout::ETHNICITY);
    card.address = block.optional(layout::ADDRESS);
    card.issuer = block.optional(layout::ISSUER);
}

fn permit(block: &Block<'_>, card: &mut Card) {
    common(block, card);
    card.address = block.optional(layout::ADDRESS);
    card.issuer = block.optional(layout::ISSUER);
    card.permit_number = block.optional(layout::PERMIT);
    card.times_issued = block.optional(layout::TIMES);
}

/// The fields in which all but the card of 2017 agree.
fn common(block: &Block<'_>, card: &mut Card) {
    card.name = block.text(layout::NAME);
    card.sex_code = block.optional(layout::SEX);
    card.birth_date = block.date(layout::BIRTH);
    card.number = block.text(layout::NUMBER);
    card.number.make_ascii_uppercase();
}

fn foreigner_2017(block: &Block<'_>, card: &mut Card) {
    card.name = block.text(layout::I_NAME);
    card.english_name = block.optional(layout::I_ENGLISH);
    card.sex_code = block.optional(layout::I_SEX);
    card.number = block.text(layout::I_NUMBER);
    card.nationality = block.optional(layout::I_NATION);
    card.birth_date = block.date(layout::I_BIRTH);
    card.authority_code = block.optional(layout::I_AUTHORITY);
}

fn foreigner_2023(block: &Block<'_>, card: &mut Card) {
    common(block, card);
    // The name is cut at 35 characters wherever that falls, so the parts are joined before
    // the padding is trimmed.
    let mut english = Zeroizing::new(Vec::with_capacity(92));
    for (offset, length) in [layout::Y_ENGLISH, layout::Y_ENGLISH_MORE] {
        english.extend(block.0.get(offset..offset + length).unwrap_or_default());
    }
    card.english_name = Some(decode(&english)).filter(|name| !name.is_empty());
    card.nationality = block.optional(layout::Y_NATION);
    card.times_renewed = block.optional(layout::Y_RENEWED);
    card.earlier_number = number::earlier_number(
        card.nationality.as_deref().unwrap_or_default(),
        &card.number,
        &Zeroizing::new(block.text(layout::Y_LINK)),
    );
}

/// Whether the number says the same birth date and sex as the fields; what is unreadable
/// contradicts nothing.
fn agrees(card: &Card) -> bool {
    let born = match &card.birth_date {
        Some(CardDate::Date(date)) => Zeroizing::new(date.digits()),
        Some(CardDate::Unreadable(_)) | None => return true,
    };
    let (written, sequence) = match card.document {
        Document::Foreigner2017 => {
            let short = born.get(2..).unwrap_or_default();
            return card.number.get(7..13).is_none_or(|date| date == short);
        }
        Document::Foreigner2023 => (card.number.get(6..14), None),
        Document::Resident | Document::Hmt => (card.number.get(6..14), card.number.get(16..17)),
    };
    let male = sequence
        .and_then(|digit| digit.parse::<u8>().ok())
        .map(|digit| digit % 2 == 1);
    let sex_agrees = match card.sex_code.as_deref() {
        Some("1") => male != Some(false),
        Some("2") => male != Some(true),
        Some(_) | None => true,
    };
    sex_agrees && written.is_none_or(|date| date == *born)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_rare_or_broken_character_in_a_name_survives() {
        // 陈𬱖样: a surrogate pair; then a private-use character; then half a pair.
        assert_eq!(
            decode(&[0x48, 0x96, 0x73, 0xD8, 0x56, 0xDC, 0x37, 0x68]),
            "陈𬱖样"
        );
        assert_eq!(decode(&[0x00, 0xE0, 0x20, 0x00]), "\u{E000}");
        assert_eq!(decode(&[0x73, 0xD8, 0x37, 0x68]), "\u{FFFD}样");
        assert_eq!(decode(&[0x37, 0x68, 0x73, 0xD8, 0x20, 0x00]), "样\u{FFFD}");
    }

    #[test]
    fn padding_goes_and_inner_spaces_stay() {
        let text: Vec<u8> = "\u{3000} ZHENG  JIAN\0 "
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(decode(&text), "ZHENG  JIAN");
    }

    #[test]
    fn both_bytes_of_the_type_count() {
        let mut block = [0x20; BLOCK];
        block[248] = b'Y';
        assert_eq!(document(&block), Document::Resident);
        block[249] = 0;
        assert_eq!(document(&block), Document::Foreigner2023);
        assert_eq!(document(&block[..200]), Document::Resident);
    }

    proptest! {
        #[test]
        fn any_block_of_any_length_reads(mut block in prop::collection::vec(any::<u8>(), 0..300), kind in 0..4_u8) {
            let letter = [0x49, 0x59, 0x4A, 0x20][usize::from(kind)];
            if let Some(place) = block.get_mut(248..250) {
                place.copy_from_slice(&[letter, 0]);
            }
            let card = parse(&block);
            prop_assert_eq!(card.document, document(&block));
            prop_assert!(card.to_json(false).is_object());
        }
    }
}
