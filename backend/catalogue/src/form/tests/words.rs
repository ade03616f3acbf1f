//! How answers are brought into their one form and shown.

use jiff::civil::date;
use serde_json::json;

use crate::form::{Month, Scanned, Value, display, masked, normalise};
use crate::record::{Field, Lang};
use crate::sample::{City, field};

fn of_type(field_type: &str) -> Field {
    field(json!({"type": field_type}))
}

fn shown(field: &Field, value: &Value, lang: Lang) -> String {
    let city = City::load();
    display(field, value, lang, &city.context())
}

fn hidden(field: &Field, value: &Value) -> String {
    let city = City::load();
    masked(field, value, Lang::Zh, &city.context())
}

#[test]
fn what_is_typed_gets_its_one_form() {
    for (field_type, typed, stored) in [
        (
            "idNumber",
            "５９０１０２１９７７１１１１００５ｘ",
            "59010219771111005X",
        ),
        ("idNumber", " 590102 19771111 005x ", "59010219771111005X"),
        ("mobile", "154-0000-0001", "15400000001"),
        ("bankCard", "6299 9900 0000 0010", "6299990000000010"),
        ("uscc", "92590102yt090001xm", "92590102YT090001XM"),
        ("text", "买买提•示例", "买买提·示例"),
        ("text", "买买提・示例 ", "买买提·示例"),
        ("money", "１，２００．５０", "1200.50"),
        ("textarea", "第１项•说明", "第1项•说明"),
        ("text", "陈𬱖样", "陈𬱖样"),
    ] {
        assert_eq!(normalise(&of_type(field_type), typed), stored, "{typed}");
    }
}

#[test]
fn answers_read_as_people_write_them() {
    let money = of_type("money");
    assert_eq!(
        shown(&money, &Value::Number("1234567.50".into()), Lang::Zh),
        "1,234,567.50"
    );
    assert_eq!(
        shown(&money, &Value::Number("-999".into()), Lang::Zh),
        "-999"
    );
    let day = Value::Date(date(2026, 3, 2));
    assert_eq!(shown(&of_type("date"), &day, Lang::Zh), "2026年3月2日");
    assert_eq!(shown(&of_type("date"), &day, Lang::En), "2026-03-02");
    let month = Value::Month(Month {
        year: 2026,
        month: 3,
    });
    assert_eq!(shown(&of_type("month"), &month, Lang::Zh), "2026年3月");
    let place = Value::Address {
        region: "590102".into(),
        detail: "示例大道1号".into(),
    };
    let address = of_type("address");
    assert_eq!(
        shown(&address, &place, Lang::Zh),
        "示例省云汀市汀东区示例大道1号"
    );
    let card = Value::Address {
        region: String::new(),
        detail: "外地某街1号".into(),
    };
    assert_eq!(shown(&address, &card, Lang::Zh), "外地某街1号");
    let pages = Value::Files(Scanned {
        pages: 2,
        ..Scanned::default()
    });
    assert_eq!(shown(&of_type("file"), &pages, Lang::En), "2 pages");
}

#[test]
fn choices_read_as_their_labels() {
    let options = json!([{"value": "1", "zh": "因病", "en": "Illness"}, {"value": "2", "zh": "因灾", "en": "Disaster"}]);
    let risk = field(json!({"type": "multiselect", "options": options}));
    let both = Value::Choices(vec!["1".into(), "2".into()]);
    assert_eq!(shown(&risk, &both, Lang::Zh), "因病、因灾");
    assert_eq!(shown(&risk, &both, Lang::En), "Illness, Disaster");
    let hospital = field(json!({"type": "select", "dynamicOptions": "/api/hospitals"}));
    assert_eq!(
        shown(&hospital, &Value::Choice("H002".into()), Lang::Zh),
        "云汀市中医院（虚构）"
    );
    assert_eq!(
        shown(&hospital, &Value::Choice("H999".into()), Lang::Zh),
        "H999"
    );
    let columns = json!([{"name": "name", "label": {"zh": "姓名", "en": "Name"}, "type": "text", "required": true},
        {"name": "income", "label": {"zh": "月收入", "en": "Income"}, "type": "money", "required": true}]);
    let table = field(json!({"type": "table", "columns": columns}));
    let cells = [
        ("name", Value::Text("李样本".into())),
        ("income", Value::Number("3000".into())),
    ];
    let row = cells
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    assert_eq!(
        shown(&table, &Value::Rows(vec![row]), Lang::Zh),
        "李样本、3,000"
    );
}

#[test]
fn labels_are_written_in_the_script_asked_for_and_what_was_given_is_not() {
    let city = City::load();
    let context = city.context().written(|words| format!("[{words}]").into());
    let shown = |field: &Field, value: &Value| display(field, value, Lang::Zh, &context);
    let name = of_type("text");
    assert_eq!(shown(&name, &Value::Text("张示例".into())), "张示例");
    let place = Value::Address {
        region: "590104001".into(),
        detail: "示例路1号".into(),
    };
    assert!(!shown(&of_type("address"), &place).contains('['));
    let region = Value::Region("590104001".into());
    assert!(shown(&of_type("region"), &region).starts_with('['));
    let options = json!([{"value": "1", "zh": "因病", "en": "Illness"}]);
    let risk = field(json!({"type": "multiselect", "options": options}));
    let choice = |value: &str| Value::Choices(vec![value.into()]);
    assert_eq!(shown(&risk, &choice("1")), "[因病]");
    assert_eq!(shown(&risk, &choice("9")), "9", "no label, no words");
    assert_eq!(shown(&of_type("signature"), &Value::Signed), "[已签名]");
}

#[test]
fn masked_answers_tell_only_the_ends() {
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(
        hidden(&of_type("idNumber"), &text("590102199002150015")),
        "5*************0015"
    );
    assert_eq!(
        hidden(&of_type("mobile"), &text("15400000001")),
        "1******0001"
    );
    assert_eq!(hidden(&of_type("text"), &text("张示例")), "张**");
    assert_eq!(hidden(&of_type("text"), &text("𬱖样")), "𬱖*");
    assert_eq!(hidden(&of_type("idNumber"), &text("12345")), "1****");
    assert_eq!(
        hidden(&of_type("money"), &Value::Number("3000".into())),
        "****"
    );
    assert_eq!(
        hidden(&of_type("date"), &Value::Date(date(2026, 3, 2))),
        "***"
    );
    let number = Field {
        name: "number".into(),
        ..of_type("idNumber")
    };
    let name = Field {
        name: "name".into(),
        ..of_type("text")
    };
    let family = Field {
        columns: Some(vec![name, number]),
        ..of_type("table")
    };
    let row = [("name", "李样本"), ("number", "590102199002150015")]
        .map(|(column, value)| (column.to_owned(), text(value)));
    assert!(family.is_masked());
    assert_eq!(
        hidden(&family, &Value::Rows(vec![row.into()])),
        "李样本、5*************0015"
    );
}
