//! Templates that ask for too much, and values that are not there.

use proptest::prelude::*;

use super::{MAX_LINES, MAX_TEMPLATE, Template, TemplateError, Values, Vocabulary};
use crate::slip::SlipLine;
use crate::slip::template::{List, check::Problem};

fn words(language: &str, key: &str) -> Option<String> {
    match (language, key) {
        ("zh", "name") => Some("姓名".to_owned()),
        (_, "name") => Some("Name".to_owned()),
        (_, "call") => Some("Call {phone}".to_owned()),
        _ => None,
    }
}

const LISTS: &[List<'_>] = &[
    List {
        name: "matter",
        inside: None,
        fields: &["item"],
    },
    List {
        name: "fee",
        inside: Some("matter"),
        fields: &["amount"],
    },
];

fn vocabulary() -> Vocabulary<'static> {
    Vocabulary {
        fields: &["name", "phone"],
        lists: LISTS,
        languages: &["zh", "en"],
        derived: &[],
        words: &words,
        marks_copies: false,
    }
}

fn told(text: &str) -> String {
    Template::parse(text, &vocabulary())
        .unwrap_err()
        .to_string()
}

fn lines(text: &str, values: &Values) -> Vec<SlipLine> {
    let template = Template::parse(text, &vocabulary()).unwrap();
    template.fill("en", &vocabulary(), values).lines.clone()
}

#[test]
fn a_mistake_is_told_with_its_place_and_reason() {
    for (text, reasons) in [
        ("lines = [{ note = \"{nam}\" }]", ["lines, line 1", "{nam}"]),
        ("lines = [{ note = \"@nam\" }]", ["lines, line 1", "@nam"]),
        ("lines = [{ note = \"{name\" }]", ["line 1", "not closed"]),
        (
            "lines = [\n{ rule = \"thin\" }, { note = { zh = \"好\" } }]",
            ["line 2", "in en"],
        ),
        ("lines = [{ each = \"fee\" }]", ["line 1", "no list fee"]),
        ("lines = [{ each = \"matter\" }]", ["line 1", "each.matter"]),
        (
            "lines = []\neach.bill = []",
            ["each.bill", "no list is called so"],
        ),
        (
            "lines = []\neach.matter = [{ note = \"{amount}\" }]",
            ["matter, line 1", "{amount}"],
        ),
        (
            "lines = [{ note = \"x\", when = \"paid\" }]",
            ["line 1", "{paid}"],
        ),
        ("lines = [{ when = \"name\" }]", ["line 1", "needs a kind"]),
        (
            "lines = [{ note = \"a\", qr = \"b\" }]",
            ["line 1", "one kind"],
        ),
        ("lines = [{ nota = \"a\" }]", ["line 1", "nota"]),
        ("lines = [{ note = 1 }]", ["line 1", "a text is"]),
        ("lines = [{ mark = \"copy\" }]", ["mark", "not 1 times"]),
        ("lines = [", ["line 1", "array"]),
    ] {
        let told = told(text);
        assert!(
            reasons.iter().all(|reason| told.contains(reason)),
            "{text}\n{told}"
        );
    }
    let long = " ".repeat(MAX_TEMPLATE + 1);
    assert!(told(&long).contains("16385 bytes"));
}

#[test]
fn a_slip_that_may_be_a_copy_must_have_the_mark_without_condition() {
    let copies = Vocabulary {
        marks_copies: true,
        ..vocabulary()
    };
    for (text, right) in [
        ("lines = [{ mark = \"copy\" }]", true),
        ("lines = []", false),
        ("lines = [{ mark = \"copy\", when = \"name\" }]", false),
        ("lines = [{ mark = \"copy\" }, { mark = \"copy\" }]", false),
        ("lines = []\neach.matter = [{ mark = \"copy\" }]", false),
    ] {
        let parsed = Template::parse(text, &copies);
        let refused = matches!(parsed, Err(TemplateError::CopyMark(_)));
        assert_eq!((parsed.is_ok(), refused), (right, !right), "{text}");
    }
}

#[test]
fn what_is_missing_is_a_gap_in_its_line() {
    let text = "lines = [
        { row = [\"@name\", \"{name}\"] },
        { number = [\"@name\", \"{name}\"] },
        { qr = \"{name}\" },
        { note = \"@call\" },
        { caption = \"x\", when = \"name\" },
        { heading = \"y\", unless = \"name\" },
    ]";
    let gap = |label: &str| SlipLine::Number {
        label: label.to_owned(),
        number: None,
    };
    let expected = vec![
        SlipLine::Row {
            label: "Name".to_owned(),
            value: None,
        },
        gap("Name"),
        gap(""),
        SlipLine::Note("Call ____".to_owned()),
        SlipLine::Heading("y".to_owned()),
    ];
    assert!(lines(text, &Values::new()) == expected);
    let blank = Values::new()
        .with("name", "  ".to_owned())
        .with("phone", None);
    assert!(lines(text, &blank) == expected, "blank is unknown too");
}

#[test]
fn entries_print_in_order_and_see_the_fields_around_them() {
    let text = "lines = [{ each = \"matter\" }, { note = \"none\", unless = \"matter\" }]
        each.matter = [{ paragraph = \"{item}\" }, { each = \"fee\" }]
        each.fee = [{ note = \"{name} {item} {amount}\" }]";
    let fee = |amount: &str| Values::new().with("amount", amount.to_owned());
    let values = Values::new().with("name", "N".to_owned()).with_list(
        "matter",
        [
            Values::new()
                .with("item", "a".to_owned())
                .with_list("fee", [fee("1"), fee("2")]),
            Values::new().with("item", "b".to_owned()),
        ],
    );
    let expected = [
        SlipLine::Paragraph("a".to_owned()),
        SlipLine::Note("N a 1".to_owned()),
        SlipLine::Note("N a 2".to_owned()),
        SlipLine::Paragraph("b".to_owned()),
    ];
    assert!(lines(text, &values) == expected);
    assert!(lines(text, &Values::new()) == [SlipLine::Note("none".to_owned())]);
}

#[test]
fn a_value_is_never_taken_for_a_field() {
    let values = Values::new().with("name", "{phone} @name".to_owned());
    let line = lines("lines = [{ note = \"{name}\" }]", &values);
    assert!(line == [SlipLine::Note("{phone} @name".to_owned())]);
}

#[test]
fn a_list_without_end_ends() {
    let entries = (0..5 * MAX_LINES).map(|_| Values::new());
    let values = Values::new().with_list("matter", entries);
    let text = "lines = [{ each = \"matter\" }]\neach.matter = [{ rule = \"thin\" }]";
    assert_eq!(lines(text, &values).len(), MAX_LINES);
}

#[test]
fn the_word_of_another_language_is_no_word() {
    let text = "lines = [{ note = { zh = \"好\", en = \"Good\" } }, { note = \"@name\" }]";
    let template = Template::parse(text, &vocabulary()).unwrap();
    let slip = template.fill("zh", &vocabulary(), &Values::new());
    let expected = ["好", "姓名"].map(|words| SlipLine::Note(words.to_owned()));
    assert!(slip.lines == expected);
    let unknown = Problem::Words("x".to_owned());
    assert_eq!(unknown.to_string(), "there are no words @x");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_template_or_an_error(text in "(lines = \\[)?[\\{\\}a-z=\\[\\]\" @,.\n]{0,80}") {
        if let Ok(template) = Template::parse(&text, &vocabulary()) {
            let slip = template.fill("en", &vocabulary(), &Values::new());
            prop_assert!(slip.lines.len() <= MAX_LINES);
        }
    }
}
