//! Numbers as people mistype them.

use proptest::prelude::*;

use super::*;

fn kiosk() -> KioskId {
    "ABC".parse().unwrap()
}

#[test]
fn a_receipt_number_reads_back_however_it_is_typed() {
    let number = ReceiptNumber::new(kiosk(), [0, 1, 2, 3, 4, 5, 6, 7]);
    let shown = number.to_string();
    assert!(shown.starts_with("ABC2-3456-789"), "{shown}");
    assert_eq!(number.kiosk(), kiosk());
    for typed in [
        shown.clone(),
        shown.to_lowercase(),
        shown.replace('-', " "),
        shown.replace('-', ""),
        format!("  {shown} "),
        shown.replace('-', "\u{2013}"),
    ] {
        assert_eq!(typed.parse(), Ok(number), "{typed}");
    }
}

#[test]
fn zero_and_letter_o_are_named_by_their_place() {
    assert_eq!(
        "ABC0-3456-789K".parse::<ReceiptNumber>(),
        Err(NumberError::Character { position: 4 })
    );
    assert_eq!(
        "ABC".parse::<ReceiptNumber>(),
        Err(NumberError::Length {
            expected: 12,
            found: 3
        })
    );
}

#[test]
fn kiosk_names_are_distinct_and_end() {
    let names: std::collections::BTreeSet<_> = (0..KioskId::COUNT)
        .filter_map(KioskId::from_index)
        .collect();
    assert_eq!(names.len(), usize::from(KioskId::COUNT));
    assert_eq!(KioskId::from_index(KioskId::COUNT), None);
}

#[test]
fn the_seventh_case_of_a_day_has_the_number_of_the_specification() {
    let day = jiff::civil::date(2026, 3, 2);
    let number = CaseNumber::new("12590100YT001014893592014003000", day, 7).unwrap();
    assert_eq!(
        number.as_str(),
        "12590100YT001014893592014003000202603020007"
    );
    let wide = CaseNumber::new("12590100YT001014893592014003000", day, 10_000).unwrap();
    assert!(wide.as_str().ends_with("2026030210000"));
    assert_eq!(wide.as_str().parse(), Ok(wide.clone()));
    assert!(CaseNumber::new("12590100YT", day, 7).is_err());
    assert!("办件".parse::<CaseNumber>().is_err());
}

#[test]
fn filing_numbers_read_back() {
    let number = FilingNumber::new(jiff::civil::date(2026, 3, 2), 12);
    assert_eq!(number.as_str(), "S20260302000012");
    assert_eq!(number.as_str().parse(), Ok(number));
    assert!("20260302000012".parse::<FilingNumber>().is_err());
    assert!("S2026".parse::<FilingNumber>().is_err());
}

proptest! {
    #[test]
    fn one_wrong_character_is_always_found(random: [u8; 8], place in 0usize..12, other in 0usize..32) {
        let number = ReceiptNumber::new(kiosk(), random);
        let mut typed = number.compact().into_bytes();
        let wrong = ALPHABET[other];
        prop_assume!(typed[place] != wrong);
        typed[place] = wrong;
        let typed = String::from_utf8(typed).unwrap();
        prop_assert_eq!(typed.parse::<ReceiptNumber>(), Err(NumberError::Check));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,40}") {
        let _ = text.parse::<KioskId>();
        if let Ok(number) = text.parse::<ReceiptNumber>() {
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }
        if let Ok(code) = text.parse::<VerificationCode>() {
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }
    }

    #[test]
    fn verification_codes_read_back(random: [u8; 11]) {
        let code = VerificationCode::new(random);
        prop_assert_eq!(code.to_string().to_lowercase().parse(), Ok(code));
    }
}
