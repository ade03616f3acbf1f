//! Whole forms of the sample city, filled in rightly and wrongly.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use crate::form::{
    Answer, Answers, FieldProblem, FlagKind, Month, Problem, Scanned, Source, Value, check_all,
    flags, visible,
};
use crate::load::Catalogue;
use crate::record::{Checksum, Item};
use crate::sample::{City, catalogue};

fn named(catalogue: &Catalogue, zh: &str) -> Arc<Item> {
    let item = catalogue.items().iter().find(|item| item.name.zh == zh);
    Arc::clone(item.unwrap())
}

fn choice(value: &str) -> Answer {
    Answer::typed(Value::Choice(value.into()))
}

fn card(text: &str) -> Answer {
    Answer::from_source(Value::Text(text.into()), Source::Card)
}

/// 失业登记 as 张示例 fills it in.
fn unemployment() -> Answers {
    let mut answers = Answers::new();
    answers.set("applicantName", card("张示例"));
    answers.set("applicantId", card("590102199002150015"));
    answers.set("mobile", Answer::typed(Value::Text("15400000001".into())));
    answers.set("reason", choice("1"));
    answers.set("lastDay", Answer::typed(Value::Date(date(2026, 2, 27))));
    answers.set("education", choice("3"));
    answers.set("training", Answer::typed(Value::Flag(false)));
    answers
}

fn problems(item: &Item, answers: &Answers) -> Vec<(String, Problem)> {
    let city = City::load();
    let all = check_all(item, answers, &city.context());
    all.into_iter().map(|p| (p.field, p.problem)).collect()
}

#[test]
fn a_form_filled_in_rightly_has_no_problem() {
    let item = named(&catalogue(), "失业登记");
    let (answers, city) = (unemployment(), City::load());
    assert_eq!(check_all(&item, &answers, &city.context()), []);
    assert_eq!(flags(&item, &answers, &city.context()), []);
}

#[test]
fn everything_missing_unknown_and_wrong_is_named_at_once() {
    let item = named(&catalogue(), "失业登记");
    let mut answers = unemployment();
    answers.remove("education");
    answers.remove("applicantName");
    answers.set("reason", choice("7"));
    answers.set("salary", Answer::typed(Value::Number("1".into())));
    let expected = [
        ("applicantName".to_owned(), Problem::NotOnCard),
        ("reason".to_owned(), Problem::NotOffered),
        ("education".to_owned(), Problem::Required),
        ("salary".to_owned(), Problem::UnknownField),
    ];
    assert_eq!(problems(&item, &answers), expected);
}

#[test]
fn chips_are_people_too() {
    let item = named(&catalogue(), "失业登记");
    let city = City::load();
    let mut answers = unemployment();
    answers.set("applicantName", card("ZHENGJIAN, YANGBEN"));
    answers.set("applicantId", card("CAN110081080310"));
    assert_eq!(check_all(&item, &answers, &city.context()), []);
    let rule = Checksum::CitizenNumber;
    let kinds: Vec<_> = flags(&item, &answers, &city.context())
        .into_iter()
        .map(|f| f.kind)
        .collect();
    let expected = [
        FlagKind::Exempt {
            problem: Problem::Pattern,
        },
        FlagKind::Exempt {
            problem: Problem::Checksum { rule },
        },
    ];
    assert_eq!(kinds, expected);
    answers.set(
        "applicantName",
        Answer::typed(Value::Text("ZHENGJIAN, YANGBEN".into())),
    );
    assert_eq!(
        problems(&item, &answers),
        [("applicantName".to_owned(), Problem::ReadOnly)]
    );
}

#[test]
fn a_question_is_asked_only_under_its_condition() {
    let item = named(&catalogue(), "公共信用报告查询打印");
    let names = |answers: &Answers| -> Vec<String> {
        visible(&item.form, answers)
            .iter()
            .map(|field| field.name.clone())
            .collect()
    };
    let mut answers = Answers::new();
    assert!(!names(&answers).contains(&"uscc".to_owned()));
    answers.set("subjectType", choice("2"));
    assert!(names(&answers).contains(&"uscc".to_owned()));
    let code = Value::Text("91590100YT0900028U".into());
    answers.set("uscc", Answer::typed(code));
    let uscc = |answers: &Answers| problems(&item, answers).into_iter().find(|p| p.0 == "uscc");
    assert_eq!(uscc(&answers), None);
    answers.set("subjectType", choice("1"));
    assert_eq!(uscc(&answers), Some(("uscc".to_owned(), Problem::NotAsked)));
}

#[test]
fn a_wrong_cell_is_named_with_row_and_column() {
    let item = named(&catalogue(), "公共租赁住房资格确认");
    let row = |name: &str, number: &str| {
        let cell = |text: &str| Value::Text(text.into());
        let relation = Value::Choice("1".into());
        BTreeMap::from([
            ("name".to_owned(), cell(name)),
            ("idNumber".to_owned(), cell(number)),
            ("relation".to_owned(), relation),
        ])
    };
    let mut wrong = row("李样本", "590102198507310025");
    wrong.insert("shoe".into(), Value::Flag(true));
    wrong.remove("relation");
    let mut answers = Answers::new();
    let good = row("李样本", "590102198507310024");
    answers.set(
        "members",
        Answer::typed(Value::Rows(vec![good.clone(), wrong])),
    );
    let city = City::load();
    let found = check_all(&item, &answers, &city.context());
    let at = |column: &str, problem| FieldProblem {
        field: "members".into(),
        row: Some(1),
        column: Some(column.into()),
        problem,
    };
    let rule = Checksum::CitizenNumber;
    for wanted in [
        at("idNumber", Problem::Checksum { rule }),
        at("relation", Problem::Required),
        at("shoe", Problem::UnknownField),
    ] {
        assert!(found.contains(&wanted), "{found:?}");
    }
    answers.set("members", Answer::typed(Value::Rows(vec![good; 11])));
    let rows = ("members".to_owned(), Problem::TooManyRows { max: 10 });
    assert!(problems(&item, &answers).contains(&rows));
    answers.set("members", Answer::typed(Value::Rows(Vec::new())));
    assert!(
        !problems(&item, &answers)
            .iter()
            .any(|(field, _)| field == "members")
    );
}

#[test]
fn a_register_that_is_away_leaves_its_field_to_the_city() {
    let item = named(&catalogue(), "高龄津贴申领");
    let mut answers = Answers::new();
    let missing: Vec<_> = problems(&item, &answers).into_iter().map(|p| p.0).collect();
    assert!(
        missing.contains(&"bankCard".to_owned()),
        "an account can be typed"
    );
    assert!(
        !missing.contains(&"hukouRegion".to_owned()),
        "the registered residence cannot"
    );
    let city = City::load();
    let flag = flags(&item, &answers, &city.context()).remove(0);
    assert_eq!(
        (flag.field.as_str(), flag.kind),
        ("hukouRegion", FlagKind::AwaitsRegister)
    );
    let home = Value::Region("590102".into());
    answers.set("hukouRegion", Answer::from_source(home, Source::Register));
    assert!(answers.dispute("hukouRegion", true));
    let flag = flags(&item, &answers, &city.context()).remove(0);
    assert_eq!(flag.kind, FlagKind::Disputed);
    assert!(!answers.dispute("mobile", true));
}

#[test]
fn answers_travel_and_print_without_telling() {
    let answers = unemployment();
    let json = serde_json::to_string(&answers).unwrap();
    assert_eq!(serde_json::from_str::<Answers>(&json).unwrap(), answers);
    assert_eq!(format!("{answers:?}"), "[redacted]");
    assert_eq!(
        format!("{:?}", answers.get("mobile").unwrap()),
        "[redacted]"
    );
    let mut value = Value::Text("15400000001".into());
    zeroize::Zeroize::zeroize(&mut value);
    assert_eq!(value, Value::Text(String::new()));
}

/// Any value, nested one level.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        ".{0,30}".prop_map(Value::Text),
        "[-0-9.]{0,30}".prop_map(Value::Number),
        any::<bool>().prop_map(Value::Flag),
        "[0-9]{0,2}".prop_map(Value::Choice),
        prop::collection::vec("[0-9]", 0..4).prop_map(Value::Choices),
        (1_i16..9_999, 1_i8..13, 1_i8..29).prop_map(|(y, m, d)| Value::Date(date(y, m, d))),
        any::<(i16, i8)>().prop_map(|(year, month)| Value::Month(Month { year, month })),
        "59010[0-9]{0,4}".prop_map(Value::Region),
        ("59010[0-9]", ".{0,9}").prop_map(|(region, detail)| Value::Address { region, detail }),
        any::<(u16, u64, u32)>().prop_map(|(pages, bytes, side)| Value::Files(Scanned {
            pages,
            media_type: None,
            bytes: Some(bytes),
            pixels: Some((side, side)),
        })),
        Just(Value::Signed),
    ];
    let cell = ("(name|idNumber|relation|income|x)", leaf.clone());
    let row = prop::collection::btree_map(cell.0, cell.1, 0..4);
    let table = prop::collection::vec(row, 0..4).prop_map(Value::Rows);
    prop_oneof![9 => leaf, 1 => table]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_answers_panic(
        at in 0_usize..62,
        values in prop::collection::vec((any_value(), 0_u8..3), 12),
    ) {
        SAMPLE.with(|(catalogue, city)| {
            let item = &catalogue.items()[at];
            let mut answers = Answers::new();
            for (field, (value, source)) in item.form.iter().zip(values) {
                let source = [Source::Typed, Source::Card, Source::Register][usize::from(source)];
                let shown = crate::form::display(field, &value, crate::Lang::Zh, &city.context());
                let masked = crate::form::masked(field, &value, crate::Lang::Zh, &city.context());
                assert!(shown.len() <= 400 && masked.len() <= 400);
                answers.set(field.name.clone(), Answer::from_source(value, source));
            }
            let found = check_all(item, &answers, &city.context());
            let _ = flags(item, &answers, &city.context());
            assert!(found.iter().all(|p| !p.problem.key().is_empty()));
        });
    }
}

thread_local! {
    static SAMPLE: (Catalogue, City) = (catalogue(), City::load());
}
