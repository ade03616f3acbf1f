//! Whom the person at the kiosk acts for: two cards in turn, what they are to each other, and how
//! the other agrees. Cards and codes look as they do for oneself, what is typed like a question.

use kiosk_core::screen::{
    Agreement, AgreementTrouble, NumberTrouble, PrincipalAsk, PrincipalPage, PrincipalTrouble,
    Relation,
};
use kiosk_ui as ui;
use slint::SharedString;

use super::identity::{boxes, card_trouble};
use super::phrases::{Phrases, model};
use crate::words::relation_key;

/// A page with a card, choices or a code.
pub(super) fn identify(page: &PrincipalPage, say: &Phrases<'_>) -> ui::IdentifyData {
    match page {
        PrincipalPage::PutCard { again, without } => ui::IdentifyData {
            stage: ui::IdentifyStage::PutCard,
            without: if *without {
                say.get("principal.without")
            } else {
                SharedString::new()
            },
            ..card("principal.put-card", again.map(principal_trouble), say)
        },
        PrincipalPage::IsItThem(person) => ui::IdentifyData {
            stage: ui::IdentifyStage::IsItYou,
            title: say.get("principal.is-it-them"),
            lead: say.get("principal.masked"),
            not_me: say.get("principal.not-them"),
            name: say.segments(&person.name),
            number: person.number.as_str().into(),
            expired: person.expired,
            ..ui::IdentifyData::default()
        },
        PrincipalPage::Choose { person, ask } => {
            let (key, choices) = choices(ask);
            let trouble = match ask {
                PrincipalAsk::Agreement { trouble, .. } => trouble.map(agreement_trouble),
                PrincipalAsk::Relation(_) | PrincipalAsk::Collect => None,
            };
            let detailed = matches!(ask, PrincipalAsk::Agreement { .. });
            ui::IdentifyData {
                stage: ui::IdentifyStage::Choose,
                title: say.get(key),
                lead: if detailed {
                    say.get("principal.agree-detail")
                } else {
                    SharedString::new()
                },
                name: say.segments(&person.name),
                number: person.number.as_str().into(),
                expired: person.expired,
                choices: model(
                    choices
                        .into_iter()
                        .map(|(icon, key, detail)| ui::ChoiceEntry {
                            icon,
                            name: say.get(key),
                            detail: if detail {
                                say.get(&format!("{key}-detail"))
                            } else {
                                SharedString::new()
                            },
                        }),
                ),
                ..troubled(trouble, say)
            }
        }
        PrincipalPage::Code {
            phone,
            typed,
            wrong,
        } => ui::IdentifyData {
            stage: ui::IdentifyStage::Code,
            title: say.get("principal.code-title"),
            // What to do about a wrong one stands in its own words.
            lead: say.words.fill(code_lead(*wrong), &[("0", phone)]).into(),
            phone: phone.as_str().into(),
            boxes: boxes(typed.reveal().chars()),
            wrong: *wrong,
            ..ui::IdentifyData::default()
        },
        PrincipalPage::OwnCard { again } => ui::IdentifyData {
            stage: ui::IdentifyStage::PutCard,
            ..card("principal.own-card", again.map(principal_trouble), say)
        },
        PrincipalPage::NotOfAge => ui::IdentifyData {
            stage: ui::IdentifyStage::Choose,
            title: say.get("principal.not-of-age"),
            lead: say.get("principal.not-of-age-detail"),
            ..ui::IdentifyData::default()
        },
        PrincipalPage::Name { .. } | PrincipalPage::Number { .. } => ui::IdentifyData::default(),
    }
}

/// A page with something typed.
pub(super) fn question(page: &PrincipalPage, say: &Phrases<'_>) -> ui::QuestionData {
    let typed = ui::QuestionData {
        kind: ui::AskKind::Text,
        answer: -1,
        at: 1,
        of: 1,
        ..ui::QuestionData::default()
    };
    match page {
        PrincipalPage::Name { text } => ui::QuestionData {
            label: say.get("principal.name"),
            hint: say.get("principal.name-hint"),
            text: text.as_str().into(),
            keyboard: ui::KeyboardKind::Full,
            ..typed
        },
        PrincipalPage::Number { text, trouble } => ui::QuestionData {
            label: say.get("principal.number"),
            hint: say.get("principal.number-hint"),
            text: text.as_str().into(),
            keyboard: ui::KeyboardKind::IdNumber,
            problem: trouble.map_or_else(SharedString::new, |it| say.get(number_trouble(it))),
            ..typed
        },
        PrincipalPage::PutCard { .. }
        | PrincipalPage::IsItThem(_)
        | PrincipalPage::Choose { .. }
        | PrincipalPage::Code { .. }
        | PrincipalPage::OwnCard { .. }
        | PrincipalPage::NotOfAge => typed,
    }
}

/// Whether the page is drawn like a question of the form.
pub(super) fn is_typed(page: &PrincipalPage) -> bool {
    match page {
        PrincipalPage::Name { .. } | PrincipalPage::Number { .. } => true,
        PrincipalPage::PutCard { .. }
        | PrincipalPage::IsItThem(_)
        | PrincipalPage::Choose { .. }
        | PrincipalPage::Code { .. }
        | PrincipalPage::OwnCard { .. }
        | PrincipalPage::NotOfAge => false,
    }
}

fn card(key: &str, trouble: Option<&'static str>, say: &Phrases<'_>) -> ui::IdentifyData {
    ui::IdentifyData {
        title: say.get(key),
        lead: say.get(&format!("{key}-detail")),
        ..troubled(trouble, say)
    }
}

fn troubled(key: Option<&'static str>, say: &Phrases<'_>) -> ui::IdentifyData {
    let Some(key) = key else {
        return ui::IdentifyData::default();
    };
    ui::IdentifyData {
        trouble: say.get(key),
        trouble_detail: say.get(&format!("{key}-detail")),
        ..ui::IdentifyData::default()
    }
}

/// What is asked and its answers: each with its icon, its words, and whether a line stands below.
pub(super) fn choices(
    ask: &PrincipalAsk,
) -> (&'static str, Vec<(ui::ChoiceIcon, &'static str, bool)>) {
    match ask {
        PrincipalAsk::Relation(relations) => {
            let of = |relation: &Relation| (icon(*relation), relation_key(*relation), false);
            ("principal.relation", relations.iter().map(of).collect())
        }
        PrincipalAsk::Collect => (
            "principal.collect",
            vec![
                (ui::ChoiceIcon::Sign, "principal.collect-no", true),
                (ui::ChoiceIcon::Take, "principal.collect-yes", true),
            ],
        ),
        PrincipalAsk::Agreement { ways, .. } => {
            let of = |way: &Agreement| match way {
                Agreement::PhoneCode => (ui::ChoiceIcon::Phone, "principal.phone-code", true),
                Agreement::Paper => (ui::ChoiceIcon::Scan, "principal.paper", true),
                Agreement::Guardian => (ui::ChoiceIcon::People, "principal.guardian", true),
            };
            ("principal.agree", ways.iter().map(of).collect())
        }
    }
}

fn icon(relation: Relation) -> ui::ChoiceIcon {
    match relation {
        Relation::Lawyer | Relation::Other => ui::ChoiceIcon::Person,
        Relation::Child
        | Relation::Spouse
        | Relation::Parent
        | Relation::Relative
        | Relation::Guardian => ui::ChoiceIcon::People,
    }
}

pub(super) fn principal_trouble(trouble: PrincipalTrouble) -> &'static str {
    match trouble {
        PrincipalTrouble::Card(trouble) => card_trouble(trouble),
        PrincipalTrouble::OwnCard => "principal-trouble.own-card",
        PrincipalTrouble::AnotherCard => "principal-trouble.another-card",
        PrincipalTrouble::ChildNeedsCard => "principal-trouble.child-needs-card",
    }
}

pub(super) fn agreement_trouble(trouble: AgreementTrouble) -> &'static str {
    match trouble {
        AgreementTrouble::NoWay => "agreement-trouble.no-way",
        AgreementTrouble::Away => "agreement-trouble.away",
        AgreementTrouble::NoPhone => "agreement-trouble.no-phone",
        AgreementTrouble::TooOften => "agreement-trouble.too-often",
        AgreementTrouble::Refused => "agreement-trouble.refused",
    }
}

pub(super) fn code_lead(wrong: bool) -> &'static str {
    if wrong {
        "identify.code-lead {0}"
    } else {
        "principal.code-lead {0}"
    }
}

pub(super) fn number_trouble(trouble: NumberTrouble) -> &'static str {
    match trouble {
        NumberTrouble::Wrong => "principal.number-wrong",
        NumberTrouble::Own => "principal.number-own",
    }
}
