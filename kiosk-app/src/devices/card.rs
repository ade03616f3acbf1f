//! A card as the driver read it becomes the person of the visit.

use jiff::civil::Date;
use kiosk_core::screen::CardTrouble;
use kiosk_core::{DocumentKind, Person, Secret};
use kiosk_drivers::id_card::{Card, CardDate, Document, ReaderFault, Validity};

/// The person of a card. A foreigner without a Chinese name goes by the Latin one.
#[must_use]
pub fn person(card: &Card) -> Person {
    let latin = card.english_name.clone().unwrap_or_default();
    let name = if card.name.is_empty() {
        latin.clone()
    } else {
        card.name.clone()
    };
    let address = card.new_address.as_ref().or(card.address.as_ref());
    Person {
        document: kind(card.document),
        name: Secret::new(name),
        latin_name: Secret::new(latin),
        number: Secret::new(card.number.clone()),
        number_valid: card.number_valid,
        sex_code: card.sex_code.clone().unwrap_or_default(),
        born: match &card.birth_date {
            Some(CardDate::Date(born)) => day(born.parts()),
            Some(CardDate::Unreadable(_)) | None => None,
        },
        address: Secret::new(address.cloned().unwrap_or_default()),
        valid_to: match &card.valid_to {
            Some(Validity::Date(last)) => day(last.parts()),
            Some(Validity::LongTerm | Validity::Unreadable(_)) | None => None,
        },
    }
}

fn kind(document: Document) -> DocumentKind {
    match document {
        Document::Resident => DocumentKind::Resident,
        Document::Hmt => DocumentKind::Hmt,
        Document::Foreigner2017 => DocumentKind::Foreigner2017,
        Document::Foreigner2023 => DocumentKind::Foreigner2023,
    }
}

fn day((year, month, day): (u16, u8, u8)) -> Option<Date> {
    let year = i16::try_from(year).ok()?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// What to tell the resident of a reader's fault: as the driver words it, by what can be done.
#[must_use]
pub fn trouble(fault: &ReaderFault) -> CardTrouble {
    match fault.words().resident_key {
        "card_unsupported" => CardTrouble::Unsupported,
        "card_one" => CardTrouble::OneCard,
        "reader_out_of_service" => CardTrouble::OutOfService,
        // The others ask to lay the card down again, in words that differ only in tone.
        _ => CardTrouble::LiftAndPutBack,
    }
}

#[cfg(test)]
mod tests {
    use kiosk_drivers::id_card::ReaderFaultKind;

    use super::*;

    fn told(kind: ReaderFaultKind, sw3: Option<u8>) -> CardTrouble {
        trouble(&ReaderFault {
            kind,
            detail: String::new(),
            sw3,
        })
    }

    #[test]
    fn every_fault_of_the_reader_has_words_for_the_resident() {
        use ReaderFaultKind as Kind;
        let read = told(Kind::ReadFailed, Some(0x41));
        assert_eq!(read, CardTrouble::LiftAndPutBack);
        assert_eq!(told(Kind::SelectFailed, None), CardTrouble::OneCard);
        assert_eq!(told(Kind::UnsupportedCard, None), CardTrouble::Unsupported);
        assert_eq!(told(Kind::Unplugged, None), CardTrouble::OutOfService);
        assert_eq!(told(Kind::NoAnswer, None), CardTrouble::OutOfService);
        assert_eq!(told(Kind::OutOfService, None), CardTrouble::OutOfService);
        for sw3 in 0..=u8::MAX {
            let fault = ReaderFault {
                kind: Kind::Refused,
                detail: String::new(),
                sw3: Some(sw3),
            };
            assert!(!fault.words().technician.en.is_empty(), "{sw3:02X}");
        }
    }
}
