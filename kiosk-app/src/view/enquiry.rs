//! Questions inside a matter and objections to known facts, in words: the same for the screen and
//! for the ear.

use city_catalogue::Text;
use kiosk_core::screen::{
    EnquiryDraft, EnquiryPage, EnquiryRefusal, EnquiryShown, EnquiryTrouble, FactChoice,
    FactSource, Lang,
};
use kiosk_ui as ui;
use slint::{ModelRc, SharedString};

use super::appointment::{Fact, Row, Said, drawn, fact};
use super::phrases::{Phrases, model, turn};
use super::withdraw;

pub(super) fn enquiry(page: &EnquiryPage, say: &Phrases<'_>) -> ui::AppointmentData {
    let mark = match page {
        EnquiryPage::Trouble(EnquiryTrouble::NoAnswer) => ui::AppointmentMark::Unsure,
        EnquiryPage::Trouble(_) => ui::AppointmentMark::Trouble,
        EnquiryPage::Done(_) => ui::AppointmentMark::Done,
        EnquiryPage::Fact { .. }
        | EnquiryPage::Usual { .. }
        | EnquiryPage::Typed { .. }
        | EnquiryPage::Confirm(_) => ui::AppointmentMark::None,
    };
    let (at, of) = match page {
        EnquiryPage::Fact { turn: list, .. } => turn(*list),
        _ => (1, 1),
    };
    ui::AppointmentData {
        at,
        of,
        ..drawn(said(page, say), mark)
    }
}

/// The page that is typed into, asked like a question of the form; `None` for every other.
pub(super) fn asked(page: &EnquiryPage, say: &Phrases<'_>) -> Option<ui::QuestionData> {
    let EnquiryPage::Typed { fact, text, max } = page else {
        return None;
    };
    let said = said(page, say);
    Some(ui::QuestionData {
        label: said.title,
        // The field takes the room: what stands there was on the page before.
        hint: fact
            .as_ref()
            .map_or(said.lead, |fact| say.text(&fact.label)),
        kind: ui::AskKind::Text,
        text: text.as_str().into(),
        keyboard: ui::KeyboardKind::Full,
        count: slint::format!("{} / {max}", text.chars().count()),
        long: true,
        answer: -1,
        at: 1,
        of: 1,
        ..ui::QuestionData::default()
    })
}

pub(super) fn said(page: &EnquiryPage, say: &Phrases<'_>) -> Said {
    match page {
        EnquiryPage::Fact { facts, .. } if facts.is_empty() => Said {
            title: say.get("enquiry.fact-title"),
            note: say.get("enquiry.no-facts"),
            note_detail: say.get("enquiry.no-facts-detail"),
            ..Said::default()
        },
        EnquiryPage::Fact { facts, .. } => Said {
            rows: facts.iter().map(|fact| fact_row(fact, say)).collect(),
            ..titled("enquiry.fact-title", say)
        },
        EnquiryPage::Usual { fact, usual } => {
            let own = Row {
                title: say.get("enquiry.own"),
                detail: say.get("enquiry.own-detail"),
                ..Row::default()
            };
            let usual = usual.iter().map(|usual| Row {
                title: say.words.usual(*usual).into(),
                ..Row::default()
            });
            let said = match fact {
                Some(fact) => Said {
                    lead: named(fact, say),
                    ..titled("enquiry.ask-fact", say)
                },
                None => titled("enquiry.ask", say),
            };
            Said {
                rows: usual.chain([own]).collect(),
                ..said
            }
        }
        EnquiryPage::Typed { fact: None, .. } => titled("enquiry.type", say),
        EnquiryPage::Typed {
            fact: Some(fact), ..
        } => Said {
            lead: named(fact, say),
            ..titled("enquiry.type-fact", say)
        },
        EnquiryPage::Confirm(draft) => confirmed(draft, say),
        EnquiryPage::Trouble(trouble) => titled(trouble_key(*trouble), say),
        EnquiryPage::Done(shown) => sent(shown, say),
    }
}

/// Title and the sentence below it.
fn titled(key: &str, say: &Phrases<'_>) -> Said {
    Said {
        title: say.get(key),
        lead: say.get(&format!("{key}-detail")),
        ..Said::default()
    }
}

/// The value as the city shows it, in the resident's language where it has one.
fn value(fact: &FactChoice, say: &Phrases<'_>) -> SharedString {
    let (zh, en) = &fact.value;
    match say.words.0 {
        Lang::En if !en.is_empty() => en.reveal().into(),
        Lang::ZhHans | Lang::ZhHant | Lang::En => zh.reveal().into(),
    }
}

/// What it is and what stands there.
fn named(fact: &FactChoice, say: &Phrases<'_>) -> SharedString {
    of_fact(&fact.label, &value(fact, say), say)
}

fn of_fact(label: &Text, words: &str, say: &Phrases<'_>) -> SharedString {
    let label = say.words.text(label);
    let values = [("label", label.as_str()), ("words", words)];
    say.words.fill("enquiry.of-fact", &values).into()
}

fn fact_row(shown: &FactChoice, say: &Phrases<'_>) -> Row {
    let from = say.get(match shown.from {
        FactSource::Card => "facts.from-card",
        FactSource::Register => "facts.from-register",
        FactSource::Typed => "facts.typed",
    });
    let parts = [value(shown, say).to_string(), from.to_string()];
    Row {
        title: say.text(&shown.label),
        detail: parts.join(" · ").into(),
        badge: match shown.disputed {
            true => say.get("enquiry.disputed"),
            false => SharedString::new(),
        },
        closed: shown.disputed,
    }
}

fn confirmed(draft: &EnquiryDraft, say: &Phrases<'_>) -> Said {
    let words = say.words.wording(&draft.wording);
    let case = withdraw::facts(&draft.case, say);
    let mut case = case.into_iter();
    let (said, own): (Said, Vec<Fact>) = match &draft.fact {
        Some(disputed) => (
            titled("enquiry.confirm-fact", say),
            vec![
                fact("enquiry.fact", named(disputed, say), say),
                fact("enquiry.words-fact", words, say),
            ],
        ),
        None => (
            titled("enquiry.confirm", say),
            vec![fact("enquiry.words", words, say)],
        ),
    };
    // The matter and its number are enough to know it by.
    let facts = own.into_iter().chain(case.by_ref().take(2));
    Said {
        facts: facts.collect(),
        ..said
    }
}

fn sent(shown: &EnquiryShown, say: &Phrases<'_>) -> Said {
    let key = match shown.objection {
        true => "enquiry.sent-fact",
        false => "enquiry.sent",
    };
    let words = match shown.objection {
        true => "enquiry.words-fact",
        false => "enquiry.words",
    };
    let disputed = shown.fact.as_ref();
    let disputed = disputed.map(|label| fact("enquiry.fact", say.text(label), say));
    let facts = [
        fact(words, say.words.wording(&shown.wording), say),
        fact("enquiry.body", say.text(&shown.body), say),
        fact("enquiry.due", say.words.day(shown.due), say),
    ];
    Said {
        facts: disputed.into_iter().chain(facts).collect(),
        ..titled(key, say)
    }
}

fn trouble_key(trouble: EnquiryTrouble) -> &'static str {
    match trouble {
        EnquiryTrouble::CannotRead => "enquiry.cannot-read",
        EnquiryTrouble::NotSent => "enquiry.not-sent",
        EnquiryTrouble::NoAnswer => "enquiry.unsure",
        EnquiryTrouble::Refused(refusal) => match refusal {
            EnquiryRefusal::NotTaken => "enquiry.not-taken",
            EnquiryRefusal::Gone => "enquiry.gone",
            EnquiryRefusal::NotProven => "enquiry.not-proven",
        },
    }
}

/// One question or objection in its matter.
pub(super) struct Line {
    /// The fact disputed, if one is, and what was said.
    pub(super) said: SharedString,
    /// Who answers until when, or when it was answered.
    pub(super) state: SharedString,
    /// Empty while it is open.
    pub(super) answer: SharedString,
}

pub(super) fn line(shown: &EnquiryShown, say: &Phrases<'_>) -> Line {
    let words = say.words.wording(&shown.wording);
    let (state, answer) = match &shown.answer {
        Some((words, day)) => {
            let day = say.words.day(*day);
            let state = say.words.fill("enquiry.answered", &[("day", &day)]);
            (state, say.words.given(words.reveal()))
        }
        None => {
            let (body, day) = (say.words.text(&shown.body), say.words.day(shown.due));
            let values = [("body", body.as_str()), ("day", day.as_str())];
            (say.words.fill("enquiry.waits", &values), String::new())
        }
    };
    Line {
        said: match &shown.fact {
            Some(label) => of_fact(label, &words, say),
            None => words.into(),
        },
        state: state.into(),
        answer: answer.into(),
    }
}

/// What was asked in a case, on its page.
pub(super) fn of_case(all: &[EnquiryShown], say: &Phrases<'_>) -> ModelRc<ui::EnquiryRow> {
    model(all.iter().map(|shown| {
        let line = line(shown, say);
        ui::EnquiryRow {
            said: line.said,
            state: line.state,
            answer: line.answer,
        }
    }))
}
