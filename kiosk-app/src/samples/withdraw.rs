//! Pages of a matter that is taken back.

use jiff::civil::date;
use kiosk_core::screen::*;

use super::text;

/// A matter of the person.
pub(super) fn case(state: &str) -> CaseShown {
    CaseShown {
        item: text("法律援助申请", "Legal aid application"),
        filing: "590100202611230001".to_owned(),
        case: Some("11590100YT0000126C35905120010000202611230001".to_owned()),
        state: state.to_owned(),
        filed: date(2026, 11, 20).at(9, 30, 0, 0),
    }
}

/// Every page of it.
pub(super) fn all() -> Vec<(Page, Option<Action>)> {
    let refused = |refusal| {
        let trouble = WithdrawTrouble::Refused(refusal);
        (WithdrawPage::Trouble(trouble), Action::MyMatters)
    };
    let open = |trouble| (WithdrawPage::Trouble(trouble), Action::TryAgain);
    let confirm = WithdrawPage::Confirm(Box::new(case("accepted")));
    let done = WithdrawPage::Done(Box::new(case("withdrawn")));
    let pages = [
        (confirm, Action::Withdraw),
        open(WithdrawTrouble::NotSent),
        open(WithdrawTrouble::NoAnswer),
        refused(WithdrawRefusal::Decided),
        refused(WithdrawRefusal::Gone),
        refused(WithdrawRefusal::NotProven),
        (done, Action::Finish),
    ];
    pages
        .map(|(page, action)| (Page::Withdraw(page), Some(action)))
        .into()
}
