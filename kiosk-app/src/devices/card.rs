//! A card as the driver read it becomes the person of the visit.

use jiff::civil::Date;
use kiosk_core::screen::CardTrouble;
use kiosk_core::{DocumentKind, Person, Secret};
use kiosk_drivers::id_card::{Card, CardDate, Document, ReaderFaultKind, Validity};

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

/// What a resident can do about a reader's fault; `None` when it is the machine's trouble.
#[must_use]
pub fn trouble(kind: ReaderFaultKind) -> Option<CardTrouble> {
    match kind {
        ReaderFaultKind::ReadFailed
        | ReaderFaultKind::SelectFailed
        | ReaderFaultKind::NotAccepted => Some(CardTrouble::LiftAndPutBack),
        ReaderFaultKind::UnsupportedCard => Some(CardTrouble::Unsupported),
        ReaderFaultKind::Refused
        | ReaderFaultKind::OutOfService
        | ReaderFaultKind::NoAnswer
        | ReaderFaultKind::Unplugged => None,
    }
}
