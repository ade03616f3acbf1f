//! Taking a matter back in words: the same for the screen and for the ear.

use kiosk_core::screen::{CaseShown, WithdrawPage, WithdrawRefusal, WithdrawTrouble};
use kiosk_ui as ui;

use super::appointment::{Fact, Said, drawn, fact};
use super::phrases::Phrases;

pub(super) fn withdraw(page: &WithdrawPage, say: &Phrases<'_>) -> ui::AppointmentData {
    let mark = match page {
        WithdrawPage::Confirm(_) => ui::AppointmentMark::None,
        WithdrawPage::Trouble(WithdrawTrouble::NoAnswer) => ui::AppointmentMark::Unsure,
        WithdrawPage::Trouble(_) => ui::AppointmentMark::Trouble,
        WithdrawPage::Done(_) => ui::AppointmentMark::Done,
    };
    drawn(said(page, say), mark)
}

pub(super) fn said(page: &WithdrawPage, say: &Phrases<'_>) -> Said {
    let (key, facts) = match page {
        WithdrawPage::Confirm(case) => ("withdraw.confirm", facts(case, say)),
        WithdrawPage::Trouble(trouble) => (trouble_key(*trouble), Vec::new()),
        WithdrawPage::Done(case) => ("withdraw.done", facts(case, say)),
    };
    Said {
        title: say.get(key),
        lead: say.get(&format!("{key}-detail")),
        facts,
        ..Said::default()
    }
}

/// Which matter it is.
pub(super) fn facts(case: &CaseShown, say: &Phrases<'_>) -> Vec<Fact> {
    let (label, number) = match &case.case {
        Some(number) => ("matter.case", number),
        None => ("matter.filing", &case.filing),
    };
    vec![
        fact("appointment.matter", say.text(&case.item), say),
        Fact {
            code: true,
            ..fact(label, number.as_str(), say)
        },
        fact("matter.filed", say.words.moment(case.filed), say),
        fact("withdraw.state", say.state(&case.state), say),
    ]
}

fn trouble_key(trouble: WithdrawTrouble) -> &'static str {
    match trouble {
        WithdrawTrouble::NotSent => "withdraw.not-sent",
        WithdrawTrouble::NoAnswer => "withdraw.unsure",
        WithdrawTrouble::Refused(refusal) => match refusal {
            WithdrawRefusal::Decided => "withdraw.decided",
            WithdrawRefusal::Gone => "withdraw.gone",
            WithdrawRefusal::NotProven => "withdraw.not-proven",
        },
    }
}
