//! Our reading held against the `mrz` crate: its zones read by us, and damaged zones judged
//! by both.

use mrz::{MrzData, Td1Fields, Td2Fields, Td3Fields};
use proptest::prelude::*;

use super::super::{Format, MrzDate, Sex, TravelDocument};
use super::{TD1, TD1_LONG, TD2, TD3, read};

fn peer(format: Format, text: &str) -> Option<MrzData> {
    // The century of a birth date after the day of the tests, to the year.
    let options = mrz::ParseOptions::default().with_pivot_yy(26);
    let lines: Vec<&str> = text.lines().collect();
    match (format, lines.as_slice()) {
        (Format::Td1, [a, b, c]) => mrz::parse_td1_with(a, b, c, &options).ok(),
        (Format::Td2, [a, b]) => mrz::parse_td2_with(a, b, &options).ok(),
        (Format::Td3, [a, b]) => mrz::parse_td3_with(a, b, &options).ok(),
        _ => None,
    }
}

fn sex(theirs: mrz::Sex) -> Sex {
    match theirs {
        mrz::Sex::Male => Sex::Male,
        mrz::Sex::Female => Sex::Female,
        _ => Sex::Unspecified,
    }
}

fn same_day(ours: &MrzDate, theirs: mrz::MrzDate) -> bool {
    match (ours, theirs) {
        (MrzDate::Day(ours), mrz::MrzDate::Calendar(theirs)) => {
            let (year, month, day) = ours.parts();
            (i32::from(year), u32::from(month), u32::from(day))
                == (theirs.year, theirs.month, theirs.day)
        }
        (MrzDate::Day(_), _) | (_, mrz::MrzDate::Calendar(_)) => false,
        _ => true,
    }
}

/// What differs between the two readings of one zone.
fn difference(ours: &TravelDocument, theirs: &MrzData) -> Option<&'static str> {
    let plain = |text: &str| text.replace('<', " ").trim().to_owned();
    // Without a double filler the peer takes the last word for a given name, to make up for
    // readers that lose a filler; part 3, section 4.6 knows a primary identifier alone.
    let lone = ours.given_names.is_empty();
    let rows = [
        ("code", ours.code == plain(&theirs.document_type)),
        ("issuer", ours.issuer == plain(&theirs.issuing_country)),
        ("number", ours.number == theirs.full_document_number()),
        ("surname", lone || ours.surname == plain(&theirs.surname)),
        (
            "given",
            lone || ours.given_names == plain(&theirs.given_names),
        ),
        (
            "nationality",
            ours.nationality == plain(&theirs.nationality),
        ),
        ("birth", same_day(&ours.birth, theirs.date_of_birth)),
        ("expiry", same_day(&ours.expiry, theirs.date_of_expiry)),
        ("sex", ours.sex == sex(theirs.sex)),
        ("surname", lone || ours.surname == plain(&theirs.surname)),
        (
            "given",
            lone || ours.given_names == plain(&theirs.given_names),
        ),
    ];
    rows.into_iter()
        .find(|(_, same)| !same)
        .map(|(name, _)| name)
}

#[test]
fn both_read_the_specimens_alike() {
    for (format, text) in [
        (Format::Td1, TD1),
        (Format::Td2, TD2),
        (Format::Td3, TD3),
        (Format::Td1, TD1_LONG),
    ] {
        let theirs = peer(format, text).unwrap();
        assert!(theirs.checksum_consistent());
        assert_eq!(difference(&read(text).unwrap(), &theirs), None, "{text}");
    }
}

fn calendar(year: i32, month: u32, day: u32) -> mrz::MrzDate {
    mrz::MrzDate::Calendar(mrz::Date::new(year, month, day))
}

prop_compose! {
    /// A zone of a random holder, written by the peer.
    fn zone()(
        format in prop_oneof![Just(Format::Td1), Just(Format::Td2), Just(Format::Td3)],
        number in "[A-Z0-9]{1,9}",
        surname in "[A-Z]{1,12}( [A-Z]{1,8})?",
        given in "([A-Z]{1,10}( [A-Z]{1,10}){0,3})?",
        nation in "[A-Z]{3}",
        born in (1927_i32..=2025, 1_u32..=12, 1_u32..=28),
        until in (2000_i32..=2099, 1_u32..=12, 1_u32..=28),
        woman in any::<bool>(),
        more in proptest::option::of("[A-Z0-9]{1,7}"),
    ) -> (Format, String) {
        let born = calendar(born.0, born.1, born.2);
        let until = calendar(until.0, until.1, until.2);
        let sex = if woman { mrz::Sex::Female } else { mrz::Sex::Unspecified };
        let text = match format {
            Format::Td3 => mrz::format_td3(&Td3Fields {
                document_code: "P".into(), issuing_country: nation.clone(),
                document_number: number, surname, given_names: given, nationality: nation,
                date_of_birth: born, sex, date_of_expiry: until, personal_number: more,
            }),
            Format::Td2 => mrz::format_td2(&Td2Fields {
                document_code: "I".into(), issuing_country: nation.clone(),
                document_number: number, surname, given_names: given, nationality: nation,
                date_of_birth: born, sex, date_of_expiry: until, optional_data: more,
            }),
            Format::Td1 => mrz::format_td1(&Td1Fields {
                document_code: "I".into(), issuing_country: nation.clone(),
                document_number: number, optional_data_1: more, surname, given_names: given,
                nationality: nation, date_of_birth: born, sex, date_of_expiry: until,
                optional_data_2: None,
            }),
        };
        (format, text)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_the_peer_writes_we_read_as_it_does((format, text) in zone()) {
        let ours = read(&text).unwrap();
        let theirs = peer(format, &text).unwrap();
        prop_assert!(!ours.mended);
        prop_assert_eq!(difference(&ours, &theirs), None, "{}", text);
    }

    #[test]
    fn a_damaged_zone_is_right_for_both_or_for_none(
        (format, text) in zone(),
        at in 0_usize..90,
        cell in prop::sample::select(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<".to_vec()),
    ) {
        let mut bytes = text.clone().into_bytes();
        let at = at % bytes.len();
        prop_assume!(bytes[at] != b'\n' && bytes[at] != cell);
        bytes[at] = cell;
        let damaged = String::from_utf8(bytes).unwrap();
        let theirs = peer(format, &damaged);
        match read(&damaged) {
            Ok(ours) if ours.mended => {}
            Ok(ours) => {
                let theirs = theirs.unwrap();
                prop_assert!(theirs.checksum_consistent(), "{}", damaged);
                // No check digit covers the name, and the two divide a damaged one differently.
                let differs = difference(&ours, &theirs);
                prop_assert!(matches!(differs, None | Some("surname" | "given")), "{}", damaged);
            }
            // The peer takes a letter in a date, and a filler for a check digit, by value.
            Err(super::MrzError::CheckDigit(_)) if !cell.is_ascii_digit() => {}
            Err(super::MrzError::CheckDigit(field)) => {
                let consistent = theirs.is_some_and(|theirs| {
                    theirs.checksum_consistent() && !theirs.damaged_recovery
                });
                prop_assert!(!consistent, "{field}: {}", damaged);
            }
            Err(_) => {}
        }
    }
}
