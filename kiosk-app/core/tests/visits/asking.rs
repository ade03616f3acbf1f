//! Questions and facts: what a card fills in, what a field takes, where Back leads.

use std::sync::Arc;

use city_catalogue::form::Value;
use city_catalogue::record::{Choice, Field, FieldType};
use kiosk_core::screen::{Ask, Page, SubmitPage, Tick};
use kiosk_core::{
    Effect, Event, FilingKind, Link, MatterReply, Prefilled, Reply, Request, Touch,
    value_from_source,
};

use crate::room::Room;
use crate::samples::{person, shelf};

/// Some field of the catalogue, made one of `kind`.
fn field(kind: FieldType) -> Field {
    let shelf = shelf();
    let item = shelf.catalogue.items().first().expect("an item");
    let mut field = item.form.first().expect("a field").clone();
    field.field_type = kind;
    field
}

#[test]
fn a_card_fills_a_day_as_a_day_and_leaves_an_unreadable_one_to_be_asked() {
    let read = |kind, text| value_from_source(&field(kind), text, None);
    assert_eq!(
        read(FieldType::Date, "1990-02-15"),
        Some(Value::Date(jiff::civil::date(1990, 2, 15)))
    );
    assert_eq!(read(FieldType::Date, "15.2.90"), None);
    assert_eq!(read(FieldType::Month, "1990"), None);
    assert_eq!(read(FieldType::Table, "x"), None);
    assert_eq!(read(FieldType::Text, "  "), None);
}

#[test]
fn a_choice_is_taken_by_its_value_or_its_words() {
    let mut sex = field(FieldType::Select);
    let choice = |value: &str, zh: &str, en: &str| Choice {
        value: value.into(),
        zh: zh.into(),
        en: en.into(),
    };
    sex.options = Some(vec![choice("m", "男", "Male"), choice("f", "女", "Female")]);
    for text in ["f", "女", "Female"] {
        let chosen = value_from_source(&sex, text, None);
        assert_eq!(chosen, Some(Value::Choice("f".into())));
    }
    assert_eq!(value_from_source(&sex, "9", None), None);
}

/// To the first question of 失业登记 that asks for a day.
fn asked_for_a_day(room: &mut Room) {
    room.find("失业登记");
    room.prove();
    for _ in 0..40 {
        if let Page::Question(page) = room.page()
            && matches!(page.ask, Ask::Date { .. })
        {
            return;
        }
        room.step_forward();
    }
    panic!("no day is asked: {:?}", room.page());
}

#[test]
fn a_day_takes_eight_digits_and_no_more() {
    let mut room = Room::new();
    asked_for_a_day(&mut room);
    room.touch(Touch::Type("20261120999".into()));
    let Page::Question(page) = room.page() else {
        panic!("question")
    };
    let Ask::Date { digits, .. } = page.ask else {
        panic!("a day")
    };
    assert_eq!(digits, "20261120");
}

#[test]
fn a_table_that_is_full_takes_no_more_rows() {
    let mut room = Room::new();
    room.find("最低生活保障确认");
    room.prove();
    for _ in 0..60 {
        if let Page::Question(page) = room.page()
            && matches!(page.ask, Ask::Rows { .. })
        {
            break;
        }
        room.step_forward();
    }
    for _ in 0..400 {
        let Page::Question(page) = room.page() else {
            panic!("{:?}", room.page())
        };
        match page.ask {
            Ask::Rows { may_add: false, .. } => break,
            Ask::Rows { .. } => room.touch(Touch::AddRow),
            ask => room.fill(&ask),
        }
    }
    let full = room.page();
    assert!(
        matches!(&full, Page::Question(page) if matches!(page.ask, Ask::Rows { may_add: false, .. })),
        "{full:?}"
    );
    room.touch(Touch::AddRow);
    assert_eq!(room.page(), full);
}

#[test]
fn choices_fetched_for_a_change_lead_back_to_the_review() {
    let mut room = Room::new();
    room.find("创业培训报名");
    room.prove();
    for _ in 0..60 {
        match room.page() {
            Page::Review(_) => break,
            Page::Wait(_) => {
                let ask = room.asked();
                let answer = Ok(Reply::Options(vec![session()]));
                room.event(Event::City { ask, answer });
            }
            _ => room.step_forward(),
        }
    }
    let Page::Review(review) = room.page() else {
        panic!("{:?}", room.page())
    };
    for place in (0..review.rows.len()).rev() {
        room.touch(Touch::Change(place));
        let Page::Wait(_) = room.page() else {
            while !matches!(room.page(), Page::Review(_)) {
                room.touch(Touch::Back);
            }
            continue;
        };
        let ask = room.asked();
        let answer = Ok(Reply::Options(vec![session()]));
        room.event(Event::City { ask, answer });
        room.touch(Touch::Back);
        assert!(matches!(room.page(), Page::Review(_)), "{:?}", room.page());
        return;
    }
    panic!("no question with choices of the city");
}

fn session() -> city_catalogue::form::DynamicChoice {
    city_catalogue::form::DynamicChoice {
        value: "s1".into(),
        zh: "第一期".into(),
        en: "First".into(),
        when: std::collections::BTreeMap::new(),
    }
}

/// Opens the person's one case, for which papers are asked.
fn opened_matter(room: &mut Room, matter: MatterReply) {
    room.touch(Touch::Start);
    room.touch(Touch::Pick(1));
    room.card(1);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    let ask = room.asked();
    let grant = kiosk_core::Secret::new("g");
    let answer = Ok(Reply::Factor(kiosk_core::FactorReply::Yes { grant }));
    room.event(Event::City { ask, answer });
    let ask = room.asked();
    let answer = Ok(Reply::Matters(vec![matter]));
    room.event(Event::City { ask, answer });
    room.touch(Touch::Pick(0));
}

#[test]
fn a_supplement_not_stored_goes_back_to_its_papers() {
    let mut room = Room::new();
    opened_matter(&mut room, crate::samples::matter(0));
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    room.touch(Touch::Pick(0));
    room.touch(Touch::Next);
    let ask = room.asked();
    crate::papers::comes(&mut room, ask, &[crate::papers::page(1)]);
    room.touch(Touch::Next);
    room.touch(Touch::Next);
    let Some(Effect::File { ask, filing }) = room.effects.first() else {
        panic!("{:?}", room.page())
    };
    assert!(matches!(filing.kind, FilingKind::Supplement { .. }));
    let ask = *ask;
    room.event(Event::NotStored { ask });
    assert_eq!(room.page(), Page::Submit(SubmitPage::NotStored));
    room.touch(Touch::Back);
    assert!(
        matches!(room.page(), Page::Materials(_)),
        "{:?}",
        room.page()
    );
}

#[test]
fn reasons_of_a_bad_rating_are_not_filed_with_a_good_one() {
    let mut room = Room::new();
    room.stored();
    room.touch(Touch::Next);
    room.touch(Touch::Pick(4));
    room.touch(Touch::Toggle(2));
    room.touch(Touch::Pick(0));
    room.touch(Touch::Toggle(1));
    room.touch(Touch::Next);
    let rated = room.effects.iter().find_map(|effect| match effect {
        Effect::File { filing, .. } => Some(filing.kind.clone()),
        _ => None,
    });
    let Some(FilingKind::Rating { level, reasons, .. }) = rated else {
        panic!("rated")
    };
    assert_eq!((level, reasons), (5, Vec::new()));
}

#[test]
fn a_child_of_thirteen_is_asked_for_the_guardian_after_midnight_too() {
    // 00:30 in the city is the day before in UTC: the birthday is what the city's clock says.
    let consents = |month: i8, day: i8| {
        let mut room = Room::new();
        room.now.civil = jiff::civil::date(2026, 11, 23).at(0, 30, 0, 0);
        let mut child = person(1);
        child.number = kiosk_core::Secret::new(format!("5901022012{month:02}{day:02}0016"));
        room.find("失业登记");
        room.touch(Touch::Next);
        room.event(Event::Reader(kiosk_core::ReaderEvent::Card(Box::new(
            child,
        ))));
        room.prove_known();
        let Page::Notice(page) = room.page() else {
            panic!("{:?}", room.page())
        };
        page.ticks
            .iter()
            .map(|tick: &Tick| tick.consent)
            .collect::<Vec<_>>()
    };
    let guardian = kiosk_core::screen::Consent::Guardian;
    assert!(consents(11, 24).contains(&guardian), "14 tomorrow");
    assert!(!consents(11, 23).contains(&guardian), "14 today");
}

#[test]
fn a_printed_debug_line_tells_nothing_of_a_person() {
    let matter = MatterReply {
        words: Some(kiosk_core::Secret::new("缺判决书")),
        ..crate::samples::matter(0)
    };
    let mut who = person(1);
    who.sex_code = "2".into();
    for line in [format!("{matter:?}"), format!("{who:?}")] {
        assert_eq!(line, "[redacted]");
    }
    let request = Request::Matters {
        grant: kiosk_core::Secret::new("token-1234"),
    };
    assert!(!format!("{request:?}").contains("1234"));
}

#[test]
fn a_register_that_answers_in_another_type_leaves_the_question_to_be_asked() {
    let mut room = Room::new();
    room.event(Event::Link(Link::Up));
    room.find("失业保险金申领");
    room.touch(Touch::Next);
    room.card(1);
    room.prove_known_up_to_registers();
    let ask = room.asked();
    let item = shelf()
        .catalogue
        .items()
        .iter()
        .find(|item| item.name.zh == "失业保险金申领")
        .map(Arc::clone)
        .expect("the item");
    let day = item
        .form
        .iter()
        .find(|field| field.field_type == FieldType::Date)
        .expect("a day");
    let known = Prefilled {
        fields: vec![(day.name.clone(), Value::Text("soon".into()))],
        held: Vec::new(),
        bar: None,
    };
    let answer = Ok(Reply::Prefilled(known));
    room.event(Event::City { ask, answer });
    room.reach_the_signature();
    room.touch(Touch::Next);
    let Some(Effect::File { filing, .. }) = room.effects.first() else {
        panic!("filed")
    };
    assert!(matches!(
        filing.answers.value(&day.name),
        Some(Value::Date(_)) | None
    ));
}
