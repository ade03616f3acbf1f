//! What optical readers and tired fingers make of a zone.

use proptest::prelude::*;

use super::super::{Collector, Field, MAX_TEXT, MrzError};
use super::{TD1, TD1_LONG, TD2, TD3, read, today};

#[test]
fn letters_in_a_date_are_digits_where_the_check_digit_agrees() {
    let expected = read(TD3).unwrap();
    for (right, seen) in [
        ("7408122", "74O8I22"),
        ("7408122", "740B1Z2"),
        ("1204159", "I2O4159"),
        ("1204159", "120415S"),
        ("<<<<<10", "<<<<<IO"),
    ] {
        let result = read(&TD3.replace(right, seen));
        if seen == "120415S" {
            // S is a 5 and the check digit is 9: nothing proves it.
            assert_eq!(result.unwrap_err(), MrzError::CheckDigit(Field::Expiry));
            continue;
        }
        let passport = result.unwrap();
        assert!(passport.mended, "{seen}");
        assert_eq!(passport.birth, expected.birth);
        assert_eq!(passport.expiry, expected.expiry);
        assert_eq!(passport.number, expected.number);
    }
}

#[test]
fn a_confused_character_of_the_number_is_read_again_and_never_guessed() {
    for seen in ["L89B902C36", "LB98902C36", "L8989O2C36", "L89890ZC36"] {
        let error = read(&TD3.replace("L898902C36", seen)).unwrap_err();
        assert_eq!(error, MrzError::CheckDigit(Field::Number), "{seen}");
    }
    let error = read(&TD3.replace("ZE184226B", "2E184226B")).unwrap_err();
    assert_eq!(error, MrzError::CheckDigit(Field::Optional));
    // Its check digit is a digit and nothing else.
    let mended = read(&TD1.replace("D231458907", "D23145890T"));
    assert!(mended.is_err());
    let mended = read(&TD1_LONG.replace("7349", "734G"));
    assert!(mended.is_err());
}

#[test]
fn a_letter_that_resembles_no_digit_has_no_place_in_a_date() {
    // T is 29 and U is 30: the sum is that of 9 and 0, and nobody printed them.
    let error = read(&TD3.replace("1204159", "12U4159")).unwrap_err();
    assert_eq!(
        error,
        MrzError::Character {
            line: 2,
            column: 24
        }
    );
}

#[test]
fn a_digit_in_a_name_is_never_guessed() {
    let error = read(&TD3.replace("ERIKSSON", "ERIKSS0N")).unwrap_err();
    assert_eq!(
        error,
        MrzError::Character {
            line: 1,
            column: 12
        }
    );
    let error = read(&TD3.replace("36UTO", "36UT0")).unwrap_err();
    assert_eq!(
        error,
        MrzError::Character {
            line: 2,
            column: 13
        }
    );
}

#[test]
fn every_single_wrong_digit_of_the_proven_fields_is_noticed() {
    for text in [TD1, TD2, TD3, TD1_LONG] {
        for at in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            if !bytes[at].is_ascii_digit() {
                continue;
            }
            let right = bytes[at];
            for wrong in (b'0'..=b'9').filter(|digit| *digit != right) {
                bytes[at] = wrong;
                let seen = String::from_utf8(bytes.clone()).unwrap();
                let error = read(&seen).unwrap_err();
                assert!(matches!(error, MrzError::CheckDigit(_)), "{at} {seen}");
            }
        }
    }
}

#[test]
fn what_is_no_zone_says_so() {
    assert_eq!(
        read("").unwrap_err(),
        MrzError::Shape {
            lines: 0,
            longest: 0
        }
    );
    assert_eq!(
        read("P<UTOERIKSSON").unwrap_err().to_string(),
        "reading the machine-readable zone: 1 lines, the longest of 13"
    );
    assert_eq!(
        read(&TD3.replacen("P<", "V<", 1)).unwrap_err(),
        MrzError::Unsupported
    );
    assert_eq!(
        read(&TD3.replacen("ANNA", "ÄNNA", 1)).unwrap_err(),
        MrzError::Character {
            line: 1,
            column: 16
        }
    );
    assert_eq!(
        read(&"<".repeat(MAX_TEXT + 1)).unwrap_err(),
        MrzError::TooLong
    );
    let nameless = TD3.replace("ERIKSSON<<ANNA<MARIA", &"<".repeat(20));
    assert_eq!(read(&nameless).unwrap_err(), MrzError::Field(Field::Name));
}

proptest! {
    #[test]
    fn any_text_is_refused_or_read(text in "[A-Z0-9<\r\n]{0,100}|.{0,200}|[A-Z0-9<]{44}\n[A-Z0-9<]{44}") {
        let _ = read(&text);
        let mut collector = Collector::default();
        for line in text.lines() {
            let _ = collector.push(std::time::Duration::ZERO, line, today());
        }
    }

    #[test]
    fn any_bytes_put_into_a_zone_never_panic(at in 0_usize..89, cells in "[A-Z0-9<]{1,20}") {
        for zone in [TD1, TD2, TD3, TD1_LONG] {
            let mut text = zone.to_owned();
            let from = at.min(text.len());
            let to = (from + cells.len()).min(text.len());
            text.replace_range(from..to, &cells);
            let _ = read(&text);
        }
    }
}
