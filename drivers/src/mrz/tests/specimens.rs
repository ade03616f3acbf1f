//! The specimens of the standard, and what issuers may print.

use std::time::Duration;

use super::super::{Collected, Collector, Format, MrzDate, MrzError, Sex, check_digit};
use super::{TD1, TD1_LONG, TD2, TD3, read, today};
use crate::id_card::Date;

/// A TD3 around these fields; all check digits worked out.
pub(super) fn td3(name: &str, birth: &str, sex: char, expiry: &str, personal: &str) -> String {
    let fill = |text: &str, width: usize| format!("{text:<width$}").replace(' ', "<");
    let check = |text: &str| char::from(check_digit(text.as_bytes()).unwrap());
    let number = fill("X1", 9);
    let personal = fill(personal, 14);
    let body = [
        format!("{number}{}", check(&number)),
        format!("{birth}{}", check(birth)),
        format!("{expiry}{}{personal}{}", check(expiry), check(&personal)),
    ];
    format!(
        "P<D<<{}\n{}UTO{}{sex}{}{}",
        fill(name, 39),
        body[0],
        body[1],
        body[2],
        check(&body.concat())
    )
}

#[test]
fn the_passport_of_the_standard_reads_whole() {
    let passport = read(TD3).unwrap();
    assert_eq!(passport.format, Format::Td3);
    assert_eq!(passport.code, "P");
    assert_eq!(passport.issuer, "UTO");
    assert_eq!(passport.surname, "ERIKSSON");
    assert_eq!(passport.given_names, "ANNA MARIA");
    assert!(!passport.name_truncated);
    assert_eq!(passport.number, "L898902C3");
    assert_eq!(passport.nationality, "UTO");
    assert_eq!(passport.birth.to_string(), "1974-08-12");
    assert_eq!(passport.sex.code(), "2");
    assert_eq!(passport.expiry.to_string(), "2012-04-15");
    assert_eq!(passport.optional, "ZE184226B");
    assert!(!passport.mended);
}

#[test]
fn the_cards_of_the_standard_read_whole() {
    for (text, format) in [(TD1, Format::Td1), (TD2, Format::Td2)] {
        let card = read(text).unwrap();
        assert_eq!(card.format, format);
        assert_eq!(card.code, "I");
        assert_eq!(card.number, "D23145890");
        assert_eq!(card.surname, "ERIKSSON");
        assert_eq!(card.given_names, "ANNA MARIA");
        assert_eq!(card.birth.to_string(), "1974-08-12");
        assert_eq!(card.optional, "");
        assert_eq!(card.optional2, "");
    }
}

#[test]
fn a_number_longer_than_its_field_goes_on_in_the_optional_one() {
    let card = read(TD1_LONG).unwrap();
    assert_eq!(card.number, "D23145890734");
    assert_eq!(card.optional, "");
    assert_eq!(card.birth.to_string(), "1934-07-12");
    // 95 is not the past: a year of expiry is 20xx.
    assert_eq!(card.expiry.to_string(), "2095-07-12");
    let wrong = TD1_LONG.replace("7349", "7348");
    assert!(matches!(read(&wrong), Err(MrzError::CheckDigit(_))));
}

#[test]
fn typed_lines_may_be_small_wide_spaced_or_in_one() {
    let expected = read(TD3).unwrap();
    let wide: String = TD3
        .chars()
        .map(|c| match c {
            '\n' => c,
            c => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
        })
        .collect();
    for text in [
        TD3.to_lowercase(),
        wide,
        TD3.replace('\n', ""),
        format!("\r\n {}\r\n\r\n", TD3.replace('\n', "  \r\n")),
        TD3.replace("<<<<", " < < < <\t"),
    ] {
        assert_eq!(read(&text).unwrap(), expected, "{text:?}");
    }
}

#[test]
fn a_name_that_fills_its_field_is_said_to_be_cut() {
    let long = "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K";
    assert_eq!(long.len(), 39);
    let passport = read(&td3(long, "740812", 'F', "300415", "")).unwrap();
    assert!(passport.name_truncated);
    assert_eq!(passport.surname, "NILAVADHANANANDA");
    assert_eq!(passport.given_names, "CHAYAPA DEJTHAMRONG K");
    let one = read(&td3("ARKFREITH", "740812", 'F', "300415", "")).unwrap();
    assert_eq!(
        (one.surname.as_str(), one.given_names.as_str()),
        ("ARKFREITH", "")
    );
    assert!(!one.name_truncated);
    assert_eq!(one.issuer, "D");
}

#[test]
fn a_sex_that_is_not_stated_is_no_mistake() {
    for (cell, sex) in [
        ('M', Sex::Male),
        ('F', Sex::Female),
        ('<', Sex::Unspecified),
        ('X', Sex::Unspecified),
    ] {
        let passport = read(&td3("A<<B", "740812", cell, "300415", "")).unwrap();
        assert!(passport.sex == sex, "{cell}");
    }
    let strange = read(&td3("A<<B", "740812", 'Q', "300415", ""));
    assert_eq!(
        strange.unwrap_err().to_string(),
        "reading the machine-readable zone: the field sex makes no sense"
    );
}

#[test]
fn nobody_is_born_in_the_future() {
    let born = |birth: &str| {
        let passport = read(&td3("A<<B", birth, 'F', "300415", "")).unwrap();
        passport.birth.to_string()
    };
    assert_eq!(born("260401"), "2026-04-01");
    assert_eq!(born("260402"), "1926-04-02");
    assert_eq!(born("000229"), "2000-02-29");
    assert_eq!(born("490101"), "1949-01-01");
    // Only the year, only year and month, nothing at all.
    assert_eq!(born("26<<<<"), "2026");
    assert_eq!(born("27<<<<"), "1927");
    assert_eq!(born("2605<<"), "1926-05");
    assert_eq!(born("2604<<"), "2026-04");
    assert_eq!(born("<<<<<<"), "");
    // A day that never was is kept as it stands: the check digit says it was printed so.
    assert_eq!(born("991332"), "991332");
    let tomorrow = Date::from_digits("20260402").unwrap();
    let text = td3("A<<B", "260402", 'F', "300415", "");
    let passport = super::super::parse(&text, tomorrow).unwrap();
    assert!(passport.birth == MrzDate::Day(tomorrow));
}

#[test]
fn an_empty_personal_number_may_have_a_filler_for_its_check_digit() {
    let text = td3("A<<B", "740812", 'F', "300415", "");
    let zero = read(&text).unwrap();
    let mut filler = text.into_bytes();
    let at = filler.len() - 2;
    assert_eq!(filler[at], b'0');
    filler[at] = b'<';
    assert!(read(&String::from_utf8(filler).unwrap()).unwrap() == zero);
}

#[test]
fn nothing_of_the_holder_is_printed_by_debug() {
    let passport = read(TD3).unwrap();
    let printed = format!("{passport:?} {:?} {:?}", passport.birth, passport.sex);
    assert_eq!(
        printed,
        "TravelDocument(td3, [redacted]) [redacted] [redacted]"
    );
}

#[test]
fn lines_swiped_one_by_one_become_one_document() {
    for text in [TD1, TD2, TD3] {
        let mut collector = Collector::default();
        let lines: Vec<&str> = text.lines().collect();
        let (last, first) = lines.split_last().unwrap();
        for (number, line) in first.iter().enumerate() {
            let now = Duration::from_millis(100 * number as u64);
            assert_eq!(collector.push(now, line, today()), Collected::More);
        }
        let whole = collector.push(Duration::from_millis(900), last, today());
        assert_eq!(whole, Collected::Document(Box::new(read(text).unwrap())));
    }
}

#[test]
fn half_a_swipe_is_forgotten_and_the_next_one_counts() {
    let mut collector = Collector::default();
    let (first, second) = TD3.split_once('\n').unwrap();
    let at = Duration::from_millis;
    assert_eq!(collector.push(at(0), second, today()), Collected::More);
    assert_eq!(collector.push(at(3000), first, today()), Collected::More);
    let whole = collector.push(at(3100), second, today());
    assert!(matches!(whole, Collected::Document(_)));
    // Both lines in one payload, and things that are no zone at all.
    let whole = collector.push(at(9000), TD3, today());
    assert!(matches!(whole, Collected::Document(_)));
    for other in ["", "https://example.org", "ABC2-3456-789K", "\u{1b}[2J"] {
        assert_eq!(collector.push(at(9100), other, today()), Collected::Other);
    }
    // The first line again is still the first line.
    assert_eq!(collector.push(at(20_000), first, today()), Collected::More);
    assert_eq!(collector.push(at(20_100), first, today()), Collected::More);
    assert!(!collector.give_up(at(21_000)));
    assert!(collector.give_up(at(21_200)), "the second never came");
    assert_eq!(collector.push(at(21_300), second, today()), Collected::More);
}

#[test]
fn lines_that_come_from_the_last_to_the_first_are_the_same_document() {
    for text in [TD1, TD2, TD3, TD1_LONG] {
        let mut collector = Collector::default();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.reverse();
        let (last, first) = lines.split_last().unwrap();
        for line in first {
            let more = collector.push(Duration::ZERO, line, today());
            assert_eq!(more, Collected::More);
        }
        let whole = collector.push(Duration::ZERO, last, today());
        assert_eq!(whole, Collected::Document(Box::new(read(text).unwrap())));
    }
}
