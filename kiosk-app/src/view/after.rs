//! Pages after the signature: storing, done, rating, goodbye, and the person's matters.

use kiosk_core::screen::{
    DonePage, GoodbyePage, MatterPage, MattersPage, OutcomeShown, Place, RatePage, SlipState,
    SubmitPage,
};
use kiosk_ui as ui;
use slint::SharedString;

use super::phrases::{Phrases, model, turn};
use super::{delivery, enquiry};

pub(super) fn submit(page: SubmitPage) -> ui::SubmitData {
    ui::SubmitData {
        failed: match page {
            SubmitPage::Storing => false,
            SubmitPage::NotStored => true,
        },
    }
}

pub(super) fn done(page: &DonePage, say: &Phrases<'_>) -> ui::DoneData {
    let (received, filing, case) = match &page.place {
        Place::StoredHere => (false, "", None),
        Place::Received { filing, case } => (true, filing.as_str(), case.as_deref()),
    };
    let (slip, slip_seconds) = slip(page.slip);
    ui::DoneData {
        item: say.text(&page.item),
        receipt: page.receipt.as_str().into(),
        received,
        filing: filing.into(),
        case_number: case.unwrap_or_default().into(),
        slip,
        slip_trouble: say.print_trouble(page.slip_trouble),
        slip_seconds,
        result: say.result(page.result.as_ref()),
        fees: say.fees(&page.fees),
        matters: i32::from(page.matters),
        ..outcome(&page.outcome, say)
    }
}

fn outcome(outcome: &OutcomeShown, say: &Phrases<'_>) -> ui::DoneData {
    let kind = |outcome| ui::DoneData {
        outcome,
        ..ui::DoneData::default()
    };
    match outcome {
        OutcomeShown::Unknown => kind(ui::OutcomeKind::Unknown),
        OutcomeShown::Deciding => kind(ui::OutcomeKind::Deciding),
        OutcomeShown::Granted => kind(ui::OutcomeKind::Granted),
        OutcomeShown::WaitsForDepartment => kind(ui::OutcomeKind::WaitsForDepartment),
        OutcomeShown::Filed { due } => ui::DoneData {
            due: due.map_or_else(SharedString::new, |due| say.words.day(due.date).into()),
            due_provisional: due.is_some_and(|due| due.provisional),
            ..kind(ui::OutcomeKind::Filed)
        },
        OutcomeShown::Refused { reason } => ui::DoneData {
            refusal: say.words.reason(reason).into(),
            ..kind(ui::OutcomeKind::Refused)
        },
    }
}

pub(super) fn slip(slip: SlipState) -> (ui::SlipKind, i32) {
    let kind = match slip {
        SlipState::Waiting { seconds } => {
            return (ui::SlipKind::Waiting, seconds.map_or(-1, i32::from));
        }
        SlipState::Printing => ui::SlipKind::Printing,
        SlipState::Ready => ui::SlipKind::Ready,
        SlipState::Printed => ui::SlipKind::Printed,
        SlipState::Taken => ui::SlipKind::Taken,
        SlipState::DrawnBack => ui::SlipKind::DrawnBack,
        SlipState::NotPrinted => ui::SlipKind::NotPrinted,
        SlipState::Partial => ui::SlipKind::Partial,
        SlipState::Unknown => ui::SlipKind::Unknown,
        SlipState::NoPrinter => ui::SlipKind::NoPrinter,
        SlipState::Declined => ui::SlipKind::Declined,
        SlipState::WithNext => ui::SlipKind::WithNext,
    };
    (kind, -1)
}

pub(super) fn rate(page: RatePage) -> ui::RateData {
    ui::RateData {
        level: page.level.map_or(0, i32::from),
        asks_reasons: page.reasons.is_some(),
        reasons: model(page.reasons.unwrap_or_default()),
    }
}

pub(super) fn goodbye(page: GoodbyePage) -> ui::GoodbyeData {
    ui::GoodbyeData {
        card: page.card,
        original: page.original,
        on_glass: page.on_glass,
        paper: page.paper,
        coming: page.coming,
        nothing_filed: page.nothing_filed,
        has_number: page.has_number,
    }
}

pub(super) fn matters(page: &MattersPage, say: &Phrases<'_>) -> ui::MattersData {
    let (at, of) = turn(page.turn);
    ui::MattersData {
        matters: model(page.matters.iter().map(|matter| ui::MatterRow {
            item: say.text(&matter.item),
            state: say.state(&matter.state),
            due: match say.due(matter.due) {
                day if day.is_empty() => day,
                day => say.words.fill("word.due", &[("date", &day)]).into(),
            },
            asked: matter.asked,
        })),
        total: i32::from(page.total),
        at,
        of,
        away: page.away,
        booked: page.booked.map_or_else(
            || say.get("appointment.open"),
            |next| say.next_booking(next),
        ),
    }
}

pub(super) fn matter(page: &MatterPage, say: &Phrases<'_>) -> ui::MatterData {
    ui::MatterData {
        item: say.text(&page.item),
        filing: page.filing.as_str().into(),
        case_number: page.case.as_deref().unwrap_or_default().into(),
        state: say.state(&page.state),
        holder: say.text(&page.holder),
        filed: say.words.moment(page.filed).into(),
        promised: say.due(page.promised),
        statutory: say.due(page.statutory),
        history: model(page.history.iter().map(|(when, state)| ui::HistoryRow {
            when: say.words.moment(*when).into(),
            what: say.state(state),
        })),
        asked: say.texts(&page.asked),
        words: say
            .words
            .given(page.words.as_deref().unwrap_or_default())
            .into(),
        result: say.result(page.result.as_ref()),
        delivery: delivery::of_case(page.delivery.as_ref(), say),
        enquiries: enquiry::of_case(&page.enquiries, say),
        may_object: page.may_object,
        may_withdraw: page.may_withdraw,
    }
}
