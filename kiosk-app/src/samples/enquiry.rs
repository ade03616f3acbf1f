//! Pages of a question inside a matter and of an objection.

use jiff::civil::date;
use kiosk_core::Secret;
use kiosk_core::screen::*;

use super::{ONE, text, withdraw};

/// A question that was answered, and an objection that is open.
pub(super) fn asked() -> Vec<EnquiryShown> {
    let answer = "已安排律师，三个工作日内会与您电话联系。";
    let answer = (Secret::new(answer), date(2026, 11, 23));
    vec![
        shown(Some(text("户籍所在地", "Place of household")), None),
        EnquiryShown {
            answer: Some(answer),
            ..shown(None, None)
        },
    ]
}

fn shown(fact: Option<city_catalogue::Text>, own: Option<&str>) -> EnquiryShown {
    let usual = match fact {
        Some(_) => Usual::OutOfDate,
        None => Usual::WhenDone,
    };
    EnquiryShown {
        objection: fact.is_some(),
        fact,
        wording: own.map_or(Wording::Usual(usual), |words| {
            Wording::Own(Secret::new(words))
        }),
        body: text("云汀市司法局", "Yunting Justice Bureau"),
        asked: date(2026, 11, 23),
        due: date(2026, 11, 30),
        answer: None,
    }
}

fn fact(disputed: bool) -> FactChoice {
    FactChoice {
        label: text("户籍所在地", "Place of household"),
        value: (
            Secret::new("云汀市汀东区演示街道"),
            Secret::new("Yanshi Street, Tingdong District, Yunting"),
        ),
        from: FactSource::Register,
        disputed,
    }
}

/// Every page of it.
pub(super) fn all() -> Vec<(Page, Option<Action>)> {
    let name = FactChoice {
        label: text("申请人姓名", "Name of the applicant"),
        value: (Secret::new("李**"), Secret::new("李**")),
        from: FactSource::Card,
        disputed: false,
    };
    let facts = |facts| EnquiryPage::Fact { facts, turn: ONE };
    let usual = |fact, usual: &[Usual]| EnquiryPage::Usual {
        fact,
        usual: usual.to_vec(),
    };
    let typed = |fact, text: &str| EnquiryPage::Typed {
        fact,
        text: text.to_owned(),
        max: 300,
    };
    let own = "单位把我的劳动合同收走了，没有原件，可以用复印件吗？";
    let confirm = |fact, wording| {
        EnquiryPage::Confirm(Box::new(EnquiryDraft {
            case: withdraw::case("accepted"),
            fact,
            wording,
        }))
    };
    let open = |trouble| (EnquiryPage::Trouble(trouble), Some(Action::TryAgain));
    let refused = |refusal| {
        let trouble = EnquiryTrouble::Refused(refusal);
        (EnquiryPage::Trouble(trouble), Some(Action::MyMatters))
    };
    let done = |shown| (EnquiryPage::Done(Box::new(shown)), Some(Action::Finish));
    let disputed = Some(text("户籍所在地", "Place of household"));
    let question = Wording::Own(Secret::new(own));
    let pages = vec![
        (facts(vec![name, fact(false), fact(true)]), None),
        (facts(Vec::new()), None),
        (usual(None, &Usual::QUESTIONS), None),
        (usual(Some(fact(false)), &Usual::OBJECTIONS), None),
        (typed(None, own), Some(Action::Continue)),
        (typed(Some(fact(false)), ""), Some(Action::Continue)),
        (confirm(None, question), Some(Action::SendQuestion)),
        (
            confirm(Some(fact(false)), Wording::Usual(Usual::OutOfDate)),
            Some(Action::SendObjection),
        ),
        open(EnquiryTrouble::CannotRead),
        open(EnquiryTrouble::NotSent),
        open(EnquiryTrouble::NoAnswer),
        refused(EnquiryRefusal::NotTaken),
        refused(EnquiryRefusal::Gone),
        refused(EnquiryRefusal::NotProven),
        done(shown(None, Some(own))),
        done(shown(disputed, None)),
    ];
    let pages = pages.into_iter();
    pages
        .map(|(page, action)| (Page::Enquiry(page), action))
        .collect()
}
