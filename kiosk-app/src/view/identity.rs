//! Who is here: the card, the second factor, codes; and waiting for an answer.

use kiosk_core::screen::{
    CardTrouble, FactorTrouble, FactorWay, IdentifyPage, MaskedPerson, WaitPage, Waiting,
};
use kiosk_ui as ui;
use slint::{ModelRc, SharedString};

use super::phrases::{Phrases, model};

/// Boxes of a code.
const BOXES: usize = 6;

/// Stands for a digit nobody else should read.
const HIDDEN: char = '•';

pub(super) fn identify(page: &IdentifyPage, say: &Phrases<'_>) -> ui::IdentifyData {
    match page {
        IdentifyPage::PutCard { again } => ui::IdentifyData {
            stage: ui::IdentifyStage::PutCard,
            ..trouble(again.map(card_trouble), say)
        },
        IdentifyPage::IsItYou(person) => ui::IdentifyData {
            stage: ui::IdentifyStage::IsItYou,
            name: say.segments(&person.name),
            number: person.number.as_str().into(),
            expired: person.expired,
            ..ui::IdentifyData::default()
        },
        IdentifyPage::SecondFactor {
            person,
            ways,
            trouble,
        } => second_factor(person, ways, *trouble, say),
        IdentifyPage::Code {
            phone,
            typed,
            wrong,
        } => ui::IdentifyData {
            stage: ui::IdentifyStage::Code,
            phone: phone.as_str().into(),
            boxes: boxes(typed.reveal().chars()),
            wrong: *wrong,
            ..ui::IdentifyData::default()
        },
        IdentifyPage::Staff { typed, wrong } => ui::IdentifyData {
            stage: ui::IdentifyStage::Staff,
            boxes: boxes(std::iter::repeat_n(HIDDEN, usize::from(*typed))),
            wrong: *wrong,
            ..ui::IdentifyData::default()
        },
    }
}

fn second_factor(
    person: &MaskedPerson,
    ways: &[FactorWay],
    failed: Option<FactorTrouble>,
    say: &Phrases<'_>,
) -> ui::IdentifyData {
    ui::IdentifyData {
        stage: ui::IdentifyStage::SecondFactor,
        name: say.segments(&person.name),
        number: person.number.as_str().into(),
        expired: person.expired,
        ways: model(ways.iter().map(|way| match way {
            FactorWay::Face => ui::FactorWay::Face,
            FactorWay::PhoneCode => ui::FactorWay::PhoneCode,
            FactorWay::Staff => ui::FactorWay::Staff,
            FactorWay::CheckedLater => ui::FactorWay::CheckedLater,
        })),
        ..trouble(failed.map(factor_trouble), say)
    }
}

fn trouble(key: Option<&str>, say: &Phrases<'_>) -> ui::IdentifyData {
    let Some(key) = key else {
        return ui::IdentifyData::default();
    };
    ui::IdentifyData {
        trouble: say.get(key),
        trouble_detail: say.get(&format!("{key}-detail")),
        ..ui::IdentifyData::default()
    }
}

pub(super) fn card_trouble(trouble: CardTrouble) -> &'static str {
    match trouble {
        CardTrouble::LiftAndPutBack => "card-trouble.lift-and-put-back",
        CardTrouble::Unsupported => "card-trouble.unsupported",
        CardTrouble::OneCard => "card-trouble.one-card",
        CardTrouble::OutOfService => "card-trouble.out-of-service",
    }
}

pub(super) fn factor_trouble(trouble: FactorTrouble) -> &'static str {
    match trouble {
        FactorTrouble::SaidNo => "factor-trouble.said-no",
        FactorTrouble::Away => "factor-trouble.away",
        FactorTrouble::NoPhone => "factor-trouble.no-phone",
        FactorTrouble::TooOften => "factor-trouble.too-often",
    }
}

pub(super) fn boxes(typed: impl Iterator<Item = char>) -> ModelRc<SharedString> {
    let typed = typed.map(|digit| SharedString::from(digit.to_string()));
    model(
        typed
            .chain(std::iter::repeat(SharedString::new()))
            .take(BOXES),
    )
}

pub(super) fn wait(page: WaitPage, say: &Phrases<'_>) -> ui::WaitData {
    let key = wait_key(page);
    ui::WaitData {
        title: say.get(key),
        detail: say.get(&format!("{key}-detail")),
    }
}

pub(super) fn wait_key(page: WaitPage) -> &'static str {
    match page.what {
        Waiting::Identity => "wait.identity",
        Waiting::Principal => "wait.principal",
        Waiting::Registers => "wait.registers",
        Waiting::Options => "wait.options",
        Waiting::Document => "wait.document",
        Waiting::Matters => "wait.matters",
        Waiting::CheckIn => "wait.check-in",
        Waiting::Appointments => "wait.appointments",
        Waiting::Booking => "wait.booking",
        Waiting::Withdrawal => "wait.withdrawal",
        Waiting::Facts => "wait.facts",
        Waiting::Enquiry => "wait.enquiry",
        Waiting::Ticket => "wait.ticket",
    }
}
