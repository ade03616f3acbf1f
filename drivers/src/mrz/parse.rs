//! From cells to a document: every check digit, and what it proves.

use zeroize::{Zeroize, Zeroizing};

use super::check::{as_digit, check_digit};
use super::document::{Format, MrzDate, Sex, TravelDocument};
use super::field::{Field, MrzError};
use super::layout::Span;
use super::zone::{Zone, words};
use crate::id_card::Date;

/// Reads all fields of `zone`.
pub(super) fn document(mut zone: Zone, today: Date) -> Result<TravelDocument, MrzError> {
    let layout = zone.layout;
    let code = letters(&zone, layout.code, Field::Code)?;
    if !supported(layout.format, &code) {
        return Err(MrzError::Unsupported);
    }
    let mut mended = false;
    for (field, (span, check)) in [(Field::Birth, layout.birth), (Field::Expiry, layout.expiry)] {
        mended |= digits(&mut zone, span) | digits(&mut zone, check);
        no_letters(&zone, span)?;
        if check_digit(zone.cells(span)) != Some(zone.cell(check)) {
            return Err(MrzError::CheckDigit(field));
        }
    }
    mended |= digits(&mut zone, layout.composite_check);
    let long = prove_number(&mut zone, &mut mended)?;
    prove_optional(&mut zone, &mut mended)?;
    if !composite_right(&zone) {
        return Err(MrzError::CheckDigit(Field::Composite));
    }
    let (number, optional) = match long {
        Some(long) => (long.number.to_string(), words(&long.rest)),
        None => (
            zone.text(layout.number.0),
            words(&Zeroizing::new(zone.text(layout.optional))),
        ),
    };
    if number.is_empty() || number.starts_with('<') {
        return Err(MrzError::Field(Field::Number));
    }
    let name = name(&zone)?;
    Ok(TravelDocument {
        format: layout.format,
        code,
        issuer: letters(&zone, layout.issuer, Field::Issuer)?,
        surname: name.0,
        given_names: name.1,
        name_truncated: zone.cells(layout.name).last() != Some(&b'<'),
        number,
        nationality: letters(&zone, layout.nationality, Field::Nationality)?,
        birth: date(zone.cells(layout.birth.0), Some(today)),
        sex: sex(&zone)?,
        expiry: date(zone.cells(layout.expiry.0), None),
        optional,
        optional2: layout
            .optional2
            .map(|span| words(&Zeroizing::new(zone.text(span))))
            .unwrap_or_default(),
        mended,
    })
}

/// Passports are `P…`; cards `A…`, `C…` or `I…`. A visa (`V…`) has the size of TD2 or TD3
/// and no composite check digit.
fn supported(format: Format, code: &str) -> bool {
    let first = code.bytes().next();
    match format {
        Format::Td3 => first == Some(b'P'),
        Format::Td1 | Format::Td2 => matches!(first, Some(b'A' | b'C' | b'I')),
    }
}

/// Puts digits where a reader saw letters in cells that hold digits only; whether it did.
fn digits(zone: &mut Zone, span: Span) -> bool {
    let mut changed = false;
    for cell in zone.cells_mut(span) {
        if let Some(digit) = as_digit(*cell) {
            *cell = digit;
            changed = true;
        }
    }
    changed
}

/// A letter in a date has the value of some digit in the check digit's sum.
fn no_letters(zone: &Zone, span: Span) -> Result<(), MrzError> {
    match zone.cells(span).iter().position(u8::is_ascii_alphabetic) {
        None => Ok(()),
        Some(at) => Err(MrzError::Character {
            line: span.line,
            column: span.from + at,
        }),
    }
}

/// A field of letters, fillers only behind them.
fn letters(zone: &Zone, span: Span, field: Field) -> Result<String, MrzError> {
    let cells = zone.cells(span);
    if let Some(at) = cells.iter().position(u8::is_ascii_digit) {
        return Err(MrzError::Character {
            line: span.line,
            column: span.from + at,
        });
    }
    let text = zone.text(span);
    if text.is_empty() || text.contains('<') {
        return Err(MrzError::Field(field));
    }
    Ok(text)
}

/// A document number of more than nine characters: it goes on in the optional field.
struct LongNumber {
    number: Zeroizing<String>,
    check: u8,
    rest: Zeroizing<String>,
}

/// The long number of cards, marked by a filler for the check digit (part 5, note j).
fn long_number(zone: &Zone) -> Option<LongNumber> {
    let layout = zone.layout;
    let (span, check) = layout.number;
    if zone.cell(check) != b'<' || layout.format == Format::Td3 {
        return None;
    }
    let optional = Zeroizing::new(zone.text(layout.optional));
    let (more, rest) = optional.split_once('<').unwrap_or((&optional, ""));
    let (check, more) = more.as_bytes().split_last()?;
    let mut number = Zeroizing::new(zone.text(span));
    number.extend(more.iter().map(|cell| char::from(*cell)));
    Some(LongNumber {
        number,
        check: *check,
        rest: Zeroizing::new(rest.to_owned()),
    })
}

/// Holds the number against its check digit. Letters and digits may stand in it, so nothing
/// is mended: another wrong cell and an exchange can cancel out modulo 10.
fn prove_number(zone: &mut Zone, mended: &mut bool) -> Result<Option<LongNumber>, MrzError> {
    let (span, check) = zone.layout.number;
    if let Some(long) = long_number(zone) {
        return match check_digit(long.number.as_bytes()) == Some(long.check) {
            true => Ok(Some(long)),
            false => Err(MrzError::CheckDigit(Field::Number)),
        };
    }
    *mended |= digits(zone, check);
    match check_digit(zone.cells(span)) == Some(zone.cell(check)) {
        true => Ok(None),
        false => Err(MrzError::CheckDigit(Field::Number)),
    }
}

/// Holds the personal number of a TD3 against its check digit; `<` will do when it is empty.
fn prove_optional(zone: &mut Zone, mended: &mut bool) -> Result<(), MrzError> {
    let span = zone.layout.optional;
    let Some(check) = zone.layout.optional_check else {
        return Ok(());
    };
    *mended |= digits(zone, check);
    let empty = zone.cells(span).iter().all(|cell| *cell == b'<');
    if empty && zone.cell(check) == b'<' {
        return Ok(());
    }
    match check_digit(zone.cells(span)) == Some(zone.cell(check)) {
        true => Ok(()),
        false => Err(MrzError::CheckDigit(Field::Optional)),
    }
}

fn composite_right(zone: &Zone) -> bool {
    let mut cells = Zeroizing::new(Vec::with_capacity(90));
    for span in zone.layout.composite {
        cells.extend_from_slice(zone.cells(*span));
    }
    check_digit(&cells) == Some(zone.cell(zone.layout.composite_check))
}

/// Primary and secondary identifier, divided by the first two fillers in a row.
fn name(zone: &Zone) -> Result<(String, String), MrzError> {
    let span = zone.layout.name;
    if let Some(at) = zone.cells(span).iter().position(u8::is_ascii_digit) {
        return Err(MrzError::Character {
            line: span.line,
            column: span.from + at,
        });
    }
    let text = Zeroizing::new(zone.text(span));
    if text.is_empty() || text.starts_with('<') {
        return Err(MrzError::Field(Field::Name));
    }
    let (primary, secondary) = text.split_once("<<").unwrap_or((&text, ""));
    Ok((words(primary), words(secondary)))
}

fn sex(zone: &Zone) -> Result<Sex, MrzError> {
    match zone.cell(zone.layout.sex) {
        b'M' => Ok(Sex::Male),
        b'F' => Ok(Sex::Female),
        b'<' | b'X' => Ok(Sex::Unspecified),
        _ => Err(MrzError::Field(Field::Sex)),
    }
}

/// A date of two digits each. With `born_before` the century is the one that puts it not
/// after that day; without, it is 20xx.
fn date(cells: &[u8], born_before: Option<Date>) -> MrzDate {
    if cells.iter().all(|cell| *cell == b'<') {
        return MrzDate::Unknown;
    }
    let text: Zeroizing<String> =
        Zeroizing::new(cells.iter().map(|cell| char::from(*cell)).collect());
    let read = match born_before {
        None => in_century(20, &text),
        Some(today) => in_century(20, &text)
            .filter(|date| !after(date, today))
            .or_else(|| in_century(19, &text)),
    };
    read.unwrap_or_else(|| MrzDate::Unreadable(text.to_string()))
}

fn in_century(century: u16, text: &str) -> Option<MrzDate> {
    let mut whole = format!("{century}{text}");
    let day = Date::from_digits(&whole);
    whole.zeroize();
    if let Some(day) = day {
        return Some(MrzDate::Day(day));
    }
    let known = text.trim_end_matches('<');
    let number = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse::<u16>().ok())?
    };
    let year = century * 100 + number(known.get(..2)?)?;
    match known.len() {
        2 => Some(MrzDate::Partial { year, month: None }),
        4 => {
            let month = u8::try_from(number(known.get(2..)?)?).ok()?;
            (1..=12).contains(&month).then_some(MrzDate::Partial {
                year,
                month: Some(month),
            })
        }
        _ => None,
    }
}

/// Whether `date` lies wholly after `today`, as far as it is known.
fn after(date: &MrzDate, today: Date) -> bool {
    let (year, month, day) = today.parts();
    match date {
        MrzDate::Day(date) => date.parts() > (year, month, day),
        MrzDate::Partial {
            year: its_year,
            month: its_month,
        } => (*its_year, its_month.unwrap_or(1)) > (year, month),
        MrzDate::Unknown | MrzDate::Unreadable(_) => false,
    }
}
