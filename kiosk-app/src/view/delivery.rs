//! How the result reaches the resident: the question about it, and where it is in "my matters".

use city_catalogue::delivery::{State, Way};
use kiosk_core::screen::{DeliveryPage, DeliveryShown, WayShown};
use kiosk_ui as ui;
use slint::{ModelRc, SharedString};

use super::phrases::{Phrases, model, turn};
use crate::words::way_key;

/// The question, asked like one of the form.
pub(super) fn asked(page: &DeliveryPage, say: &Phrases<'_>) -> ui::QuestionData {
    let choice = ui::QuestionData {
        kind: ui::AskKind::Choice,
        answer: -1,
        at: 1,
        of: 1,
        ..ui::QuestionData::default()
    };
    match page {
        DeliveryPage::Way { ways } => ui::QuestionData {
            label: say.get("delivery.ask"),
            options: model(ways.iter().map(|way| option(*way, say))),
            ..choice
        },
        DeliveryPage::Station {
            way,
            stations,
            turn: list,
        } => {
            let (at, of) = turn(*list);
            ui::QuestionData {
                label: say.get(match way {
                    Way::Locker => "delivery.ask-locker",
                    Way::Print | Way::Window | Way::Electronic | Way::Post => "delivery.ask-window",
                }),
                options: model(stations.iter().map(|choice| ui::OptionEntry {
                    name: say.text(&choice.station.name),
                    detail: choice.station.address.as_str().into(),
                    on: choice.on,
                })),
                at,
                of,
                ..choice
            }
        }
        DeliveryPage::Address { text, from_card } => ui::QuestionData {
            label: say.get("delivery.ask-address"),
            hint: say.get(if *from_card {
                "delivery.address-from-card"
            } else {
                "delivery.address-hint"
            }),
            kind: ui::AskKind::Text,
            text: text.as_str().into(),
            keyboard: ui::KeyboardKind::Full,
            long: true,
            ..choice
        },
    }
}

fn option(shown: WayShown, say: &Phrases<'_>) -> ui::OptionEntry {
    let key = way_key(shown.way);
    let detail = if shown.charged {
        "delivery.way-post-charged".to_owned()
    } else {
        format!("{key}-detail")
    };
    ui::OptionEntry {
        name: say.get(key),
        detail: say.get(&detail),
        on: shown.on,
    }
}

/// What way, where, until when; empty while there is no result to hand over.
pub(super) fn of_case(
    delivery: Option<&DeliveryShown>,
    say: &Phrases<'_>,
) -> ModelRc<ui::LabelledText> {
    let Some(shown) = delivery else {
        return ModelRc::default();
    };
    let reply = &shown.reply;
    let line = |label: &str, value: SharedString| ui::LabelledText {
        label: say.get(label),
        value,
        number: false,
    };
    let mut lines = vec![
        line("delivery.label", say.get(way_key(reply.way))),
        line("delivery.where", place(shown, say)),
    ];
    if let Some(tracking) = &reply.tracking {
        lines.push(line("delivery.tracking", tracking.reveal().into()));
    }
    let day = |label, day| line(label, say.words.day(day).into());
    lines.extend(match reply.state {
        State::ToHandOut | State::Posted => {
            Some(line("delivery.due", say.words.due(reply.due).into()))
        }
        State::AtStation | State::InLocker | State::Undelivered => reply
            .kept_until
            .map(|until| day("delivery.kept-until", until)),
        State::Delivered => reply.delivered.map(|on| day("delivery.delivered", on)),
        State::Ready | State::Returned => None,
    });
    model(lines)
}

/// Where it is now, with the station and its compartment where there are some.
fn place(shown: &DeliveryShown, say: &Phrases<'_>) -> SharedString {
    let key = match shown.reply.state {
        State::Ready if shown.reply.way == Way::Print => "delivery.state-print",
        State::Ready => "delivery.state-ready",
        State::ToHandOut if shown.reply.way == Way::Post => "delivery.state-to-post",
        State::ToHandOut => "delivery.state-to-hand-out",
        State::AtStation => "delivery.state-at-station",
        State::InLocker => "delivery.state-in-locker",
        State::Posted => "delivery.state-posted",
        State::Undelivered => "delivery.state-undelivered",
        State::Delivered => "delivery.state-delivered",
        State::Returned => "delivery.state-returned",
    };
    let station = shown.station.as_ref();
    let name = station.map_or_else(String::new, |station| say.words.text(&station.name));
    let address = station.map_or("", |station| station.address.as_str());
    let compartment = shown.reply.compartment.unwrap_or(0).to_string();
    let values = [
        ("station", name.as_str()),
        ("address", address),
        ("compartment", compartment.as_str()),
    ];
    say.words.fill(key, &values).into()
}
