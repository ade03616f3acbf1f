//! The city's answers in the core's words.

use city_api::requests::deliveries::DeliveryView;
use city_api::requests::feedback::{self, EnquiryView};
use city_api::requests::hall::{
    AppointmentView, AppointmentsAnswer, CheckInAnswer, SlotsAnswer, TicketView,
};
use city_api::requests::identity::{
    HeldState, IdentityCheckAnswer, IdentityMethod, OptionsAnswer, PrefillAnswer,
};
use city_api::requests::outcome::{CaseState, Dates, DueDate, ResultRef};
use city_api::requests::persons::CaseView;
use city_api::requests::{Private, ProblemCode, Words};
use city_catalogue::form::DynamicChoice;
use city_catalogue::record::{Item, Text};
use jiff::Timestamp;
use jiff::civil::DateTime;
use kiosk_core::screen::{CommitmentBar, Due, FactSource, Lang};
use kiosk_core::{
    AppointmentReply, BookingReply, CaseFact, CheckInReply, DeliveryReply, Enquiry, EnquiryRefusal,
    FactorReply, MatterReply, Outcome, OutcomeReply, Prefilled, Refusal, ResultReply, Shelf,
    SlotReply, TicketShown, Usual, WithdrawRefusal, Wording, value_from_source,
};

use crate::clock::civil;
use crate::words;

pub(super) fn factor(answer: IdentityCheckAnswer, method: IdentityMethod) -> FactorReply {
    match answer {
        IdentityCheckAnswer::Yes { grant, .. } => FactorReply::Yes {
            grant: kiosk_core::Secret::new(grant.reveal()),
        },
        IdentityCheckAnswer::No {} if method == IdentityMethod::PhoneCode => FactorReply::NoPhone,
        IdentityCheckAnswer::No {} if method == IdentityMethod::Staff => {
            FactorReply::WrongCode { left: 1 }
        }
        IdentityCheckAnswer::No {} => FactorReply::No,
        IdentityCheckAnswer::Away {} => FactorReply::Away,
        IdentityCheckAnswer::CodeSent { masked_phone } => FactorReply::CodeSent {
            phone: masked_phone,
        },
        IdentityCheckAnswer::WrongCode { tries_left } => {
            FactorReply::WrongCode { left: tries_left }
        }
    }
}

pub(super) fn text(words: Words) -> Text {
    Text {
        zh: words.zh,
        en: words.en,
    }
}

pub(super) fn options(answer: OptionsAnswer) -> Vec<DynamicChoice> {
    answer
        .options
        .into_iter()
        .map(|option| DynamicChoice {
            value: option.value,
            zh: option.label.zh,
            en: option.label.en,
            when: std::collections::BTreeMap::new(),
        })
        .collect()
}

/// Values of registers become values of their fields; one of another type is left to be asked.
pub(super) fn prefilled(
    answer: &PrefillAnswer,
    item: Option<&Item>,
    shelf: Option<&Shelf>,
) -> Prefilled {
    let fields = answer
        .fields
        .iter()
        .filter_map(|(name, value)| {
            let field = item?.field(name)?;
            Some((
                name.clone(),
                value_from_source(field, value.reveal(), Some(&shelf?.regions))?,
            ))
        })
        .collect();
    let held = answer
        .materials
        .iter()
        .map(|material| {
            let found = match material.state {
                HeldState::Held => Some(true),
                HeldState::NoRecord => Some(false),
                HeldState::Away => None,
            };
            (material.seq, found)
        })
        .collect();
    let bar = answer.commitment_bar.as_ref();
    let bar = bar.map(|bar| CommitmentBar {
        since: bar.since,
        until: bar.until,
        source: bar.source.clone().map(|body| text(body.name)),
    });
    Prefilled { fields, held, bar }
}

fn due(date: &DueDate) -> Due {
    Due {
        date: date.date,
        provisional: date.provisional,
    }
}

/// The date that matters in this state: acceptance first, the promise afterwards.
fn due_now(state: CaseState, dates: &Dates) -> Option<Due> {
    let date = match state {
        CaseState::Submitted
        | CaseState::PreAccepted
        | CaseState::Corrected
        | CaseState::Irregular => dates.accept_by.as_ref(),
        CaseState::Accepted | CaseState::Processing | CaseState::Extended => {
            dates.promised.as_ref()
        }
        CaseState::Draft
        | CaseState::Correction
        | CaseState::NotAccepted
        | CaseState::Special
        | CaseState::DecidedGranted
        | CaseState::DecidedRefused
        | CaseState::Closed
        | CaseState::Delivered
        | CaseState::Rated
        | CaseState::Archived
        | CaseState::Withdrawn
        | CaseState::Terminated
        | CaseState::Unknown => None,
    };
    date.map(due)
}

fn result(result: &ResultRef) -> ResultReply {
    ResultReply {
        id: result.id.to_string(),
        name: result.name.clone(),
        number: result.number.clone(),
        verification: result.verification_code.clone(),
        prints: result.kiosk_print,
    }
}

pub(super) fn outcome(outcome: city_api::requests::outcome::Outcome) -> OutcomeReply {
    let decided = outcome.decision.as_ref();
    let word = match (outcome.state, decided) {
        (_, Some(decision)) if decision.granted => Outcome::Granted,
        (_, Some(decision)) => Outcome::Refused {
            reason: decision.reason.clone().map(text).unwrap_or_default(),
        },
        (_, None) if outcome.waiting.is_some() => Outcome::WaitsForDepartment,
        (CaseState::Accepted | CaseState::Processing, None) if by_system(&outcome) => {
            Outcome::Deciding
        }
        (_, None) => Outcome::Filed,
    };
    OutcomeReply {
        outcome: word,
        due: due_now(outcome.state, &outcome.dates),
        result: outcome.result.as_ref().map(result),
    }
}

pub(super) fn checked_in(answer: CheckInAnswer) -> CheckInReply {
    CheckInReply {
        outcome: answer.outcome,
        ticket: answer.ticket.as_ref().map(ticket),
        station: answer.station,
        begins: answer.begins.map(civil),
        opens: answer.opens.map(civil),
    }
}

pub(super) fn bookings(answer: AppointmentsAnswer) -> AppointmentReply {
    AppointmentReply::Own {
        bookings: answer.appointments.into_iter().map(booking).collect(),
        barred_until: answer.barred_until,
    }
}

pub(super) fn booking(view: AppointmentView) -> BookingReply {
    BookingReply {
        id: view.id,
        item: city_catalogue::ItemCode::new(view.item),
        matter: text(view.name),
        station: view.station,
        begins: civil(view.begins),
        ends: civil(view.ends),
        state: view.state,
        number: view.ticket.to_string(),
        code: kiosk_core::Secret::new(view.code.reveal()),
    }
}

pub(super) fn slots(answer: &SlotsAnswer) -> AppointmentReply {
    let slots = answer.slots.iter().map(|slot| SlotReply {
        begins: civil(slot.begins),
        ends: civil(slot.ends),
        left: slot.left,
    });
    AppointmentReply::Slots(slots.collect())
}

/// A no that the resident can do something about; `None` for what is no answer to them. `books`:
/// no booking of theirs was named, only what is wanted.
pub(super) fn refusal(code: ProblemCode, books: bool) -> Option<Refusal> {
    Some(match code {
        ProblemCode::SlotFull => Refusal::SlotFull,
        ProblemCode::OneADay => Refusal::OneADay,
        ProblemCode::Barred => Refusal::Barred,
        ProblemCode::TooLate => Refusal::TooLate,
        ProblemCode::WrongState => Refusal::Gone,
        ProblemCode::NotFound if !books => Refusal::Gone,
        ProblemCode::NotFound | ProblemCode::BadField => Refusal::NotOffered,
        _ => return None,
    })
}

/// A no to taking a case back that the resident can do something about.
pub(super) fn withdraw_refusal(code: ProblemCode) -> Option<WithdrawRefusal> {
    Some(match code {
        ProblemCode::WrongState => WithdrawRefusal::Decided,
        ProblemCode::NotFound => WithdrawRefusal::Gone,
        ProblemCode::Unauthorised | ProblemCode::LevelTooLow => WithdrawRefusal::NotProven,
        _ => return None,
    })
}

/// A no to a question or objection that the resident can do something about.
pub(super) fn enquiry_refusal(code: ProblemCode) -> Option<EnquiryRefusal> {
    Some(match code {
        ProblemCode::BadField | ProblemCode::OtherContent => EnquiryRefusal::NotTaken,
        ProblemCode::NotFound => EnquiryRefusal::Gone,
        ProblemCode::Unauthorised | ProblemCode::LevelTooLow => EnquiryRefusal::NotProven,
        _ => return None,
    })
}

/// Officers read Chinese, whatever the resident's screen speaks.
pub(super) fn words(wording: &Wording) -> Private {
    Private::new(match wording {
        Wording::Usual(usual) => words::Words(Lang::ZhHans).usual(*usual),
        Wording::Own(words) => words.reveal().to_owned(),
    })
}

/// One of the usual sentences is told in the resident's language again.
pub(super) fn wording(said: &Private) -> Wording {
    let mut usual = Usual::QUESTIONS.into_iter().chain(Usual::OBJECTIONS);
    let words = words::Words(Lang::ZhHans);
    match usual.find(|usual| words.usual(*usual) == said.reveal()) {
        Some(usual) => Wording::Usual(usual),
        None => Wording::Own(kiosk_core::Secret::new(said.reveal())),
    }
}

pub(super) fn enquiry(view: EnquiryView) -> Enquiry {
    let asked = civil(view.asked).date();
    let answered = view.answered.map_or(asked, |at| civil(at).date());
    let answer = view.answer.as_ref();
    Enquiry {
        number: view.case_number,
        field: view.field,
        wording: wording(&view.words),
        body: text(view.body.name),
        asked,
        due: view.due,
        answer: answer.map(|answer| (kiosk_core::Secret::new(answer.reveal()), answered)),
    }
}

pub(super) fn fact(fact: feedback::CaseFact) -> CaseFact {
    let secret = |value: &Private| kiosk_core::Secret::new(value.reveal());
    CaseFact {
        field: fact.field,
        label: text(fact.label),
        value: (secret(&fact.value), secret(&fact.value_en)),
        from: match fact.source {
            feedback::FactSource::Card => FactSource::Card,
            feedback::FactSource::Register => FactSource::Register,
        },
    }
}

pub(super) fn ticket(ticket: &TicketView) -> TicketShown {
    TicketShown {
        number: ticket.number.to_string(),
        counter: ticket.counter,
        ahead: ticket.ahead,
        minutes: ticket.likely_seconds.map(|seconds| seconds.div_ceil(60)),
    }
}

/// An item promised for the same day is being decided by the system now.
fn by_system(outcome: &city_api::requests::outcome::Outcome) -> bool {
    let received = civil(outcome.dates.received).date();
    outcome
        .dates
        .promised
        .as_ref()
        .is_some_and(|promised| promised.date <= received)
}

pub(super) fn matter(case: CaseView) -> MatterReply {
    let asked = case.supplement.as_ref();
    MatterReply {
        receipt: case.receipt.clone(),
        application: case.packet,
        item: text(case.name.clone()),
        item_code: case.item.clone().unwrap_or_default(),
        filing: case.filing_number.clone(),
        case: case.case_number.clone(),
        state: case.state.name().to_owned(),
        holder: case.held_by.map(|body| text(body.name)).unwrap_or_default(),
        filed: civil(case.dates.received),
        due: due_now(case.state, &case.dates),
        promised: case.dates.promised.as_ref().map(due),
        statutory: case.dates.statutory.as_ref().map(due),
        history: history(&case.dates, case.decision.as_ref().map(|d| d.decided)),
        asked: asked.map_or_else(Vec::new, |asked| {
            asked
                .materials
                .iter()
                .map(|material| (material.seq, text(material.name.clone())))
                .collect()
        }),
        words: asked.map(|asked| kiosk_core::Secret::new(asked.words.reveal())),
        result: case.results.first().map(result),
        delivery: case.delivery.as_ref().map(delivery),
    }
}

fn delivery(view: &DeliveryView) -> DeliveryReply {
    DeliveryReply {
        way: view.way,
        state: view.state,
        due: Due {
            date: view.due,
            provisional: view.provisional,
        },
        station: view.station.clone(),
        compartment: view.compartment,
        tracking: view
            .tracking
            .as_ref()
            .map(|number| kiosk_core::Secret::new(number.reveal())),
        kept_until: view.kept_until,
        delivered: view.delivered.map(|at| civil(at).date()),
    }
}

/// What is known of the way so far, in order.
fn history(dates: &Dates, decided: Option<Timestamp>) -> Vec<(DateTime, String)> {
    let steps = [
        (Some(dates.received), "submitted"),
        (dates.accepted, "accepted"),
        (decided, "decided"),
    ];
    steps
        .into_iter()
        .filter_map(|(at, state)| Some((civil(at?), state.to_owned())))
        .collect()
}
