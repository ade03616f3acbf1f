//! Every rule of a field alone.

use jiff::civil::date;
use serde_json::{Value as Json, json};

use crate::form::{Answer, Answers, Month, Problem, Scanned, Source, Value, check};
use crate::record::Checksum;
use crate::sample::{City, field};

/// Checks one typed value against a field with these rules, beside `answers`.
fn beside(rules: Json, value: Value, answers: &Answers) -> Result<(), Problem> {
    let city = City::load();
    check(
        &field(rules),
        &Answer::typed(value),
        answers,
        &city.context(),
    )
}

fn ask(rules: Json, value: Value) -> Result<(), Problem> {
    beside(rules, value, &Answers::new())
}

fn text(rules: Json, text: &str) -> Result<(), Problem> {
    ask(rules, Value::Text(text.into()))
}

fn number(rules: Json, text: &str) -> Result<(), Problem> {
    ask(rules, Value::Number(text.into()))
}

#[test]
fn lengths_are_counted_by_character_and_not_by_byte() {
    let rules = || json!({"type": "text", "minLength": 2, "maxLength": 3});
    assert_eq!(text(rules(), "陈𬱖样"), Ok(()));
    assert_eq!(text(rules(), "陈"), Err(Problem::TooShort { min: 2 }));
    assert_eq!(text(rules(), "陈𬱖样样"), Err(Problem::TooLong { max: 3 }));
    let endless = "字".repeat(2_001);
    assert_eq!(
        text(json!({"type": "text"}), &endless),
        Err(Problem::TooLong { max: 2_000 })
    );
}

#[test]
fn patterns_match_whole_scripts_and_ascii_digits_only() {
    let name = || json!({"type": "text", "pattern": "^[\\p{Script=Han}·]{2,25}$"});
    for good in ["张示例", "陈𬱖样", "买买提·示例"] {
        assert_eq!(text(name(), good), Ok(()), "{good}");
    }
    assert_eq!(text(name(), "Zhang"), Err(Problem::Pattern));
    assert_eq!(
        text(name(), "买买提•示例"),
        Err(Problem::Pattern),
        "a bullet is no middle dot"
    );
    let mobile = || json!({"type": "mobile", "pattern": "^1[3-9]\\d{9}$"});
    assert_eq!(text(mobile(), "15400000001"), Ok(()));
    assert_eq!(text(mobile(), "1540000000１"), Err(Problem::Pattern));
    assert_eq!(
        text(mobile(), "15400000001\n"),
        Err(Problem::Character {
            code: "U+000A".into()
        })
    );
}

#[test]
fn characters_of_no_language_are_named() {
    let rules = || json!({"type": "text", "gb18030Level": 3});
    assert_eq!(text(rules(), "𬱖𠮷㐂"), Ok(()));
    assert_eq!(
        text(rules(), "陈\u{E000}"),
        Err(Problem::Character {
            code: "U+E000".into()
        })
    );
    assert_eq!(
        text(rules(), "陈\u{FFFD}"),
        Err(Problem::Character {
            code: "U+FFFD".into()
        })
    );
    assert_eq!(
        text(rules(), "a\nb"),
        Err(Problem::Character {
            code: "U+000A".into()
        })
    );
    assert_eq!(text(json!({"type": "textarea"}), "a\nb"), Ok(()));
}

#[test]
fn check_digits_of_all_three_kinds_are_checked() {
    let id = || json!({"type": "idNumber", "checksum": "GB 11643"});
    assert_eq!(text(id(), "59010219771111005X"), Ok(()));
    assert_eq!(
        text(id(), "931586198001010028"),
        Ok(()),
        "a foreigner's card of 2023"
    );
    let wrong = |rule| Err(Problem::Checksum { rule });
    assert_eq!(
        text(id(), "590102199002150016"),
        wrong(Checksum::CitizenNumber)
    );
    assert_eq!(text(id(), "590102199002300011"), Err(Problem::BirthDate));
    assert_eq!(
        text(id(), "590102202603030012"),
        Err(Problem::BirthDate),
        "born tomorrow"
    );
    let uscc = || json!({"type": "uscc", "checksum": "GB 32100"});
    assert_eq!(text(uscc(), "92590102YT090001XM"), Ok(()));
    assert_eq!(
        text(uscc(), "92590102YT090001XN"),
        wrong(Checksum::CreditCode)
    );
    let card = || json!({"type": "bankCard", "pattern": "^\\d{16,19}$", "checksum": "Luhn"});
    assert_eq!(text(card(), "6299990000000018"), wrong(Checksum::Luhn));
    assert_eq!(text(card(), "6299990000000017"), Ok(()));
}

#[test]
fn a_child_under_14_is_told_from_an_older_one() {
    let rules = || json!({"type": "idNumber", "minorUnder14": true});
    assert_eq!(text(rules(), "590102201506010040"), Ok(()));
    assert_eq!(
        text(rules(), "590102201203020014"),
        Err(Problem::NotUnder14),
        "14 today"
    );
    assert_eq!(text(rules(), "590102201203030017"), Ok(()), "14 tomorrow");
    assert_eq!(text(rules(), "child"), Err(Problem::BirthDate));
}

#[test]
fn numbers_keep_their_bounds_to_the_last_decimal() {
    let money = || json!({"type": "money", "min": 0.01, "max": 1000000});
    for good in ["0.01", "1000000", "1000000.00", "80.5"] {
        assert_eq!(number(money(), good), Ok(()), "{good}");
    }
    assert_eq!(
        number(money(), "0"),
        Err(Problem::BelowMin { min: "0.01".into() })
    );
    assert_eq!(
        number(money(), "1000000.01"),
        Err(Problem::AboveMax {
            max: "1000000".into()
        })
    );
    assert_eq!(number(money(), "0.015"), Err(Problem::NotCents));
    assert_eq!(number(money(), "1e3"), Err(Problem::NotNumber));
    let count = || json!({"type": "number", "integer": true, "min": 1});
    assert_eq!(number(count(), "12"), Ok(()));
    assert_eq!(number(count(), "1.5"), Err(Problem::NotInteger));
    let loan = || json!({"type": "money", "min": 10000, "max": 300000, "step": 1000});
    assert_eq!(number(loan(), "45000"), Ok(()));
    assert_eq!(
        number(loan(), "45500"),
        Err(Problem::NotStep {
            step: "1000".into()
        })
    );
}

#[test]
fn days_keep_their_windows() {
    // Today is Monday 2026-03-02.
    let day = |rules: Json, day| ask(rules, Value::Date(day));
    let past = || json!({"type": "date", "maxToday": true});
    assert_eq!(day(past(), date(2026, 3, 2)), Ok(()));
    assert_eq!(day(past(), date(2026, 3, 3)), Err(Problem::InFuture));
    let coming = || json!({"type": "date", "minToday": true, "maxDaysAhead": 7});
    assert_eq!(day(coming(), date(2026, 3, 9)), Ok(()));
    assert_eq!(day(coming(), date(2026, 3, 1)), Err(Problem::InPast));
    assert_eq!(
        day(coming(), date(2026, 3, 10)),
        Err(Problem::TooFarAhead { days: 7 })
    );
    let recent = || json!({"type": "date", "withinMonths": 12});
    assert_eq!(day(recent(), date(2025, 3, 2)), Ok(()));
    assert_eq!(
        day(recent(), date(2025, 3, 1)),
        Err(Problem::TooLongAgo { months: 12 })
    );
    let settled = || json!({"type": "date", "minAgeDays": 180});
    assert_eq!(day(settled(), date(2025, 9, 3)), Ok(()));
    assert_eq!(
        day(settled(), date(2025, 9, 4)),
        Err(Problem::TooRecent { days: 180 })
    );
    let working = || json!({"type": "date", "workdayOnly": true});
    assert_eq!(
        day(working(), date(2026, 5, 9)),
        Ok(()),
        "a make-up Saturday"
    );
    assert_eq!(day(working(), date(2026, 5, 5)), Err(Problem::NotWorkday));
}

#[test]
fn months_keep_their_order_and_bounds() {
    let month = |text: &str| Value::Month(Month::parse(text).unwrap());
    let from = || json!({"type": "month", "min": "2019-01", "maxToday": true});
    assert_eq!(ask(from(), month("2026-03")), Ok(()));
    assert_eq!(
        ask(from(), month("2018-12")),
        Err(Problem::BelowMin {
            min: "2019-01".into()
        })
    );
    assert_eq!(ask(from(), month("2026-04")), Err(Problem::InFuture));
    let mut answers = Answers::new();
    answers.set("fromMonth", Answer::typed(month("2025-06")));
    let to = || json!({"type": "month", "gteField": "fromMonth"});
    assert_eq!(beside(to(), month("2025-06"), &answers), Ok(()));
    let before = Problem::BeforeField {
        field: "fromMonth".into(),
    };
    assert_eq!(beside(to(), month("2025-05"), &answers), Err(before));
    let nonsense = Value::Month(Month {
        year: 2025,
        month: 13,
    });
    assert_eq!(ask(from(), nonsense), Err(Problem::WrongKind));
}

#[test]
fn only_what_is_offered_can_be_chosen() {
    let options =
        json!([{"value": "1", "zh": "一", "en": "one"}, {"value": "2", "zh": "二", "en": "two"}]);
    let select = || json!({"type": "select", "options": options});
    assert_eq!(ask(select(), Value::Choice("2".into())), Ok(()));
    assert_eq!(
        ask(select(), Value::Choice("3".into())),
        Err(Problem::NotOffered)
    );
    let several =
        || json!({"type": "multiselect", "options": options, "minItems": 1, "maxItems": 1});
    let choices = |list: &[&str]| Value::Choices(list.iter().map(|v| (*v).to_owned()).collect());
    assert_eq!(ask(several(), choices(&["1"])), Ok(()));
    assert_eq!(
        ask(several(), choices(&["1", "2"])),
        Err(Problem::TooManyItems { max: 1 })
    );
    assert_eq!(ask(several(), choices(&[])), Err(Problem::Required));
    let free = || json!({"type": "multiselect", "options": options, "minItems": 2});
    assert_eq!(
        ask(free(), choices(&["1"])),
        Err(Problem::TooFewItems { min: 2 })
    );
    assert_eq!(ask(free(), choices(&["1", "1"])), Err(Problem::ItemTwice));
}

#[test]
fn slots_depend_on_the_venue_chosen_before() {
    let slot = || json!({"type": "select", "dynamicOptions": "/api/venues/slots"});
    let nine = || Value::Choice("V1-0900".into());
    let mut answers = Answers::new();
    assert_eq!(beside(slot(), nine(), &answers), Err(Problem::NotOffered));
    answers.set("venue", Answer::typed(Value::Choice("V1".into())));
    assert_eq!(beside(slot(), nine(), &answers), Ok(()));
    let away = json!({"type": "select", "dynamicOptions": "/api/nowhere"});
    assert_eq!(ask(away, nine()), Err(Problem::OptionsUnavailable));
}

#[test]
fn divisions_lie_under_their_root() {
    let region = |rules: Json, code: &str| ask(rules, Value::Region(code.into()));
    let city = || json!({"type": "region", "regionRoot": "590100"});
    let outside = Problem::RegionOutside {
        root: "590100".into(),
    };
    assert_eq!(region(city(), "590102"), Ok(()));
    assert_eq!(region(city(), "590102001"), Ok(()));
    assert_eq!(
        region(city(), "590100"),
        Err(outside.clone()),
        "the city itself says nothing"
    );
    assert_eq!(region(city(), "530000"), Err(outside));
    assert_eq!(region(city(), "999999"), Err(Problem::UnknownRegion));
    assert_eq!(region(json!({"type": "region"}), "530000"), Ok(()));
    let address = |region: &str, detail: &str| {
        let rules = json!({"type": "address", "regionRoot": "590100", "maxLength": 8});
        ask(
            rules,
            Value::Address {
                region: region.into(),
                detail: detail.into(),
            },
        )
    };
    assert_eq!(address("590103", "样例街8号"), Ok(()));
    assert_eq!(address("590103", " "), Err(Problem::NoAddressDetail));
    assert_eq!(address("590103", "样例街8号样例楼"), Ok(()));
    assert_eq!(
        address("590103", "样例街8号样例楼9"),
        Err(Problem::TooLong { max: 8 })
    );
}

#[test]
fn a_promise_must_be_given_and_a_consent_need_not() {
    let promise = || json!({"type": "boolean", "mustBeTrue": true});
    assert_eq!(ask(promise(), Value::Flag(true)), Ok(()));
    assert_eq!(ask(promise(), Value::Flag(false)), Err(Problem::MustBeTrue));
    let consent = json!({"type": "boolean", "required": false, "singleConsent": true});
    assert_eq!(ask(consent, Value::Flag(false)), Ok(()));
}

#[test]
fn files_keep_type_size_and_pixels_as_far_as_known() {
    let file =
        || json!({"type": "file", "accept": ["image/jpeg"], "maxSizeMB": 1, "pixels": "358x441"});
    let scanned = |media: &str, bytes, pixels| {
        let media_type = Some(media.to_owned());
        Value::Files(Scanned {
            pages: 1,
            media_type,
            bytes: Some(bytes),
            pixels: Some(pixels),
        })
    };
    assert_eq!(
        ask(file(), scanned("image/jpeg", 1_000_000, (358, 441))),
        Ok(())
    );
    let accept = vec!["image/jpeg".to_owned()];
    assert_eq!(
        ask(file(), scanned("image/png", 9, (358, 441))),
        Err(Problem::FileType { accept })
    );
    let large = ask(file(), scanned("image/jpeg", 1_000_001, (358, 441)));
    assert_eq!(large, Err(Problem::FileTooLarge { max_mb: 1 }));
    let pixels = Problem::FilePixels {
        width: 358,
        height: 441,
    };
    assert_eq!(
        ask(file(), scanned("image/jpeg", 9, (441, 358))),
        Err(pixels)
    );
    assert_eq!(
        ask(
            file(),
            Value::Files(Scanned {
                pages: 2,
                ..Scanned::default()
            })
        ),
        Ok(())
    );
    assert_eq!(
        ask(file(), Value::Files(Scanned::default())),
        Err(Problem::Required)
    );
    assert_eq!(ask(json!({"type": "signature"}), Value::Signed), Ok(()));
}

#[test]
fn a_value_of_another_type_is_refused_whatever_its_source() {
    for source in [Source::Typed, Source::Card, Source::Register] {
        let answer = Answer::from_source(Value::Flag(true), source);
        let city = City::load();
        let result = check(
            &field(json!({"type": "text"})),
            &answer,
            &Answers::new(),
            &city.context(),
        );
        assert_eq!(result, Err(Problem::WrongKind));
    }
    assert_eq!(text(json!({"type": "text"}), "  "), Err(Problem::Required));
    assert_eq!(text(json!({"type": "text", "required": false}), ""), Ok(()));
}

#[test]
fn a_read_only_value_cannot_be_typed_over() {
    let rules = json!({"type": "text", "readonly": true, "prefill": "idcard.name"});
    assert_eq!(text(rules, "别人"), Err(Problem::ReadOnly));
}
