//! Whether a text block looks as text blocks do.
//!
//! The checksum of a frame is one XOR: a byte that came twice, or a zero lost before zero
//! fill, passes it one time in 256 and shifts everything behind it. Whatever is unusual on a
//! card is therefore read twice before it is believed. It is never refused: rare
//! characters, impossible dates and wrong numbers are on real chips too.

use zeroize::Zeroizing;

use super::super::card::{Card, Document};
use super::super::date::{CardDate, Validity};
use super::codes;
use super::text::{self, Field, layout};

/// A space whose two bytes were swapped: the padding of a block that slipped by one byte.
const SWAPPED_SPACE: char = '\u{2000}';

/// Whether `block`, read as `card`, holds something a usual card does not.
#[must_use]
pub fn unusual(block: &[u8], card: &Card) -> bool {
    !card.number_valid
        || !dates_are_dates(card)
        || !codes_are_known(card)
        || !reserved(card.document)
            .iter()
            .all(|field| blank(block, *field))
        || !ascii(card.document)
            .iter()
            .all(|field| plain(block, *field))
        || whole(block).contains(SWAPPED_SPACE)
}

fn dates_are_dates(card: &Card) -> bool {
    let day = |date: &Option<CardDate>| match date {
        Some(CardDate::Date(_)) | None => true,
        Some(CardDate::Unreadable(_)) => false,
    };
    day(&card.birth_date)
        && day(&card.valid_from)
        && match &card.valid_to {
            Some(Validity::Date(_) | Validity::LongTerm) | None => true,
            Some(Validity::Unreadable(_)) => false,
        }
}

fn codes_are_known(card: &Card) -> bool {
    let known = |code: Option<&str>, name: fn(&str) -> Option<&'static str>| {
        code.is_none_or(|code| name(code).is_some())
    };
    known(card.sex_code.as_deref(), codes::sex_name)
        && known(card.ethnicity_code.as_deref(), codes::ethnicity_name)
}

/// What is blank on this document.
fn reserved(document: Document) -> &'static [Field] {
    match document {
        Document::Resident => &[(220, 36)],
        Document::Hmt => &[(32, 4), (242, 6), (250, 6)],
        Document::Foreigner2017 => &[(250, 6)],
        Document::Foreigner2023 => &[(158, 30)],
    }
}

/// What is written in ASCII on this document, beside dates, codes and the number.
fn ascii(document: Document) -> &'static [Field] {
    match document {
        Document::Resident => &[],
        Document::Hmt => &[layout::PERMIT, layout::TIMES],
        Document::Foreigner2017 => &[
            layout::I_ENGLISH,
            layout::I_NATION,
            layout::I_VERSION,
            layout::I_AUTHORITY,
        ],
        Document::Foreigner2023 => &[
            layout::Y_RENEWED,
            layout::Y_ENGLISH,
            layout::Y_ENGLISH_MORE,
            layout::Y_NATION,
            layout::Y_LINK,
        ],
    }
}

fn field(block: &[u8], (offset, length): Field) -> Zeroizing<String> {
    let bytes = block.get(offset..offset + length).unwrap_or_default();
    Zeroizing::new(text::decode(bytes))
}

fn whole(block: &[u8]) -> Zeroizing<String> {
    field(block, (0, text::BLOCK))
}

fn blank(block: &[u8], place: Field) -> bool {
    field(block, place).is_empty()
}

fn plain(block: &[u8], place: Field) -> bool {
    field(block, place).is_ascii()
}

#[cfg(all(test, feature = "simulator"))]
mod tests {
    use proptest::prelude::*;

    use super::super::super::sim::CardContent;
    use super::super::super::tests::golden::{specimen_2017, specimen_2023, specimen_permit};
    use super::super::super::tests::zhang_san;
    use super::*;

    fn unusual_block(block: &[u8]) -> bool {
        unusual(block, &text::parse(block))
    }

    fn cards() -> [CardContent; 4] {
        [
            zhang_san(),
            specimen_2017(),
            specimen_2023(),
            specimen_permit(),
        ]
    }

    #[test]
    fn the_cards_of_every_day_are_usual() {
        for card in cards() {
            assert!(!unusual_block(&card.text_block()), "{card:?}");
        }
    }

    #[test]
    fn a_wrong_number_an_impossible_date_and_an_unknown_code_are_unusual() {
        let mut number = zhang_san();
        number.number = "110105194912310021".to_owned();
        let mut date = zhang_san();
        date.birth_date = "1949-12-32".to_owned();
        let mut code = zhang_san();
        code.ethnicity_code = "57".to_owned();
        for card in [number, date, code] {
            assert!(unusual_block(&card.text_block()));
        }
    }

    proptest! {
        #[test]
        fn a_block_that_slipped_is_unusual(which in 0_usize..4, place in 0_usize..250, by in 1_usize..4, twice: bool) {
            let block = cards()[which].text_block();
            let mut slipped = block.clone();
            if twice {
                let again = block[place..place + by].to_vec();
                slipped.splice(place..place, again);
            } else {
                slipped.drain(place..place + by);
            }
            // Behind the text comes a photo of zeros.
            slipped.resize(text::BLOCK, 0);
            let (was, is) = (text::parse(&block), text::parse(&slipped));
            prop_assert!(was == is || unusual_block(&slipped));
        }

        #[test]
        fn any_block_is_looked_at(block in prop::collection::vec(any::<u8>(), 0..300)) {
            let first = unusual_block(&block);
            prop_assert_eq!(first, unusual_block(&block));
        }
    }
}
