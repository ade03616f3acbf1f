//! What a screen says, in the plain names of scripts; never a person's data.

use std::fmt::Write as _;

use kiosk_core::Screen;
use kiosk_core::screen::{
    Action, GoodbyePage, IdentifyPage, OutcomeShown, Overlay, Page, PortraitAdvice, PortraitPage,
    PortraitSeen, Reason, ResultPrinting, ResultShown, ScanPage, SlipState,
};
use kiosk_core::service::{PinTrouble, ServicePage};

use super::super::script::{
    Closed, ClosedReason, Expect, OutcomeSeen, OverlayKind, PageKind, PortraitState, ResultSeen,
    ServiceSeen, SlipSeen,
};
use super::Filed;

/// The kind of a page.
pub(super) fn kind(page: &Page) -> PageKind {
    match page {
        Page::Idle(_) => PageKind::Idle,
        Page::Start(_) => PageKind::Start,
        Page::Find(_) => PageKind::Find,
        Page::Guide(_) => PageKind::Guide,
        Page::Identify(_) => PageKind::Identify,
        Page::Principal(_) => PageKind::Principal,
        Page::Wait(_) => PageKind::Wait,
        Page::Notice(_) => PageKind::Notice,
        Page::Facts(_) => PageKind::Facts,
        Page::Question(_) => PageKind::Question,
        Page::Materials(_) => PageKind::Materials,
        Page::Material(_) => PageKind::Material,
        Page::Scan(_) => PageKind::Scan,
        Page::Portrait(_) => PageKind::Portrait,
        Page::Delivery(_) => PageKind::Delivery,
        Page::Review(_) => PageKind::Review,
        Page::Document(_) => PageKind::Document,
        Page::Sign(_) => PageKind::Sign,
        Page::Submit(_) => PageKind::Submit,
        Page::Done(_) => PageKind::Done,
        Page::Rate(_) => PageKind::Rate,
        Page::Goodbye(_) => PageKind::Goodbye,
        Page::Matters(_) => PageKind::Matters,
        Page::Matter(_) => PageKind::Matter,
        Page::CheckIn(_) => PageKind::CheckIn,
        Page::Appointment(_) => PageKind::Appointment,
        Page::Withdraw(_) => PageKind::Withdraw,
        Page::Enquiry(_) => PageKind::Enquiry,
        Page::Service(_) => PageKind::Service,
    }
}

/// What lies above.
fn overlay(overlay: Option<&Overlay>) -> OverlayKind {
    match overlay {
        None => OverlayKind::None,
        Some(Overlay::TimeOut { .. }) => OverlayKind::TimeOut,
        Some(Overlay::Cover {
            another_card: false,
            ..
        }) => OverlayKind::Cover,
        Some(Overlay::Cover { .. }) => OverlayKind::AnotherCard,
        Some(Overlay::ConfirmEnd { .. }) => OverlayKind::ConfirmEnd,
        Some(Overlay::Display) => OverlayKind::Display,
        Some(Overlay::Help { .. }) => OverlayKind::Help,
    }
}

/// The page, how far the visit is and what troubles it, for an error.
pub(super) fn describe(screen: &Screen) -> String {
    let mut words = format!("page {}", kind(&screen.page).name());
    let mut add = |text: std::fmt::Arguments<'_>| words.write_fmt(text).unwrap_or_default();
    if let Some(progress) = screen.progress {
        add(format_args!(
            ", step {} of {}",
            progress.step, progress.steps
        ));
    }
    if let Some(primary) = screen.foot.primary {
        let state = if primary.enabled { "" } else { " (greyed)" };
        add(format_args!(", action {:?}{state}", primary.action));
    }
    if screen.overlay.is_some() {
        add(format_args!(
            ", below {:?}",
            overlay(screen.overlay.as_ref())
        ));
    }
    match &screen.page {
        Page::Idle(page) => add(format_args!(", trouble {:?}", page.trouble)),
        Page::Guide(page) => add(format_args!(", closed {:?}", page.closed)),
        Page::Identify(IdentifyPage::PutCard { again }) => {
            add(format_args!(", put card, again {again:?}"));
        }
        Page::Wait(page) => add(format_args!(" for {:?}", page.what)),
        Page::Question(page) => {
            add(format_args!(" {}", page.label.zh));
            if let Some(problem) = &page.problem {
                add(format_args!(", problem {}", problem.key));
            }
        }
        Page::Scan(ScanPage::Place { trouble, .. }) => {
            add(format_args!(", place, trouble {trouble:?}"));
        }
        page @ Page::Portrait(_) => add(format_args!(", {:?}", portrait(page))),
        Page::Submit(page) => add(format_args!(", {page:?}")),
        Page::Service(page) => add(format_args!(", {:?}", service(page))),
        Page::Done(page) => add(format_args!(
            ", {:?}, slip {:?}",
            outcome(&page.outcome),
            slip(page.slip)
        )),
        _ => {}
    }
    words
}

/// Whether what is submitted next are papers for a case; `None` when the page does not tell.
pub(super) fn submits_supplement(screen: &Screen) -> Option<bool> {
    match &screen.page {
        Page::Materials(_) => Some(
            screen
                .foot
                .primary
                .is_some_and(|primary| primary.action == Action::Submit),
        ),
        Page::Sign(_) => Some(false),
        _ => None,
    }
}

/// The slip waits for a printer that is not ready.
pub(super) fn slip_without_printer(screen: &Screen) -> bool {
    matches!(&screen.page, Page::Done(page) if page.slip == SlipState::NoPrinter)
}

/// The result shown.
pub(super) fn result(screen: &Screen) -> Option<&ResultShown> {
    match &screen.page {
        Page::Done(page) => page.result.as_ref(),
        Page::Matter(page) => page.result.as_ref(),
        _ => None,
    }
}

/// The code with its first character changed.
pub(super) fn altered(code: &str) -> String {
    let mut characters = code.chars();
    let first = match characters.next() {
        Some('2') => '3',
        Some(_) | None => '2',
    };
    std::iter::once(first).chain(characters).collect()
}

/// Where in the technician's service.
fn service(page: &ServicePage) -> ServiceSeen {
    match page {
        ServicePage::Pin(page) => match page.trouble {
            None | Some(PinTrouble::Failed) => ServiceSeen::Pin,
            Some(PinTrouble::Wrong { .. }) => ServiceSeen::PinWrong,
            Some(PinTrouble::Locked { .. } | PinTrouble::LockedHard | PinTrouble::NoneSet) => {
                ServiceSeen::PinLocked
            }
        },
        ServicePage::Overview(_) => ServiceSeen::Overview,
        ServicePage::Device(_) => ServiceSeen::Device,
        ServicePage::Testing(_) => ServiceSeen::Testing,
        ServicePage::Report(page) if page.passed => ServiceSeen::Passed,
        ServicePage::Report(_) => ServiceSeen::Failed,
        ServicePage::Roll(_) => ServiceSeen::Roll,
        ServicePage::Events(_) => ServiceSeen::Events,
        ServicePage::Machine(_) => ServiceSeen::Machine,
    }
}

/// The first thing expected that the screen does not say, in words; `None` when all is there.
pub(super) fn unmet(expect: &Expect, screen: &Screen, filed: &[Filed]) -> Option<String> {
    let (page, last) = (&screen.page, filed.last());
    differs("page", expect.page, Some(kind(page)))
        .or_else(|| {
            let above = overlay(screen.overlay.as_ref());
            differs("overlay", expect.overlay, Some(above))
        })
        .or_else(|| {
            let seen = match page {
                Page::Service(page) => Some(service(page)),
                _ => None,
            };
            differs("service", expect.service, seen)
        })
        .or_else(|| differs("portrait", expect.portrait, portrait(page)))
        .or_else(|| differs("dark", expect.dark, Some(screen.display.dark)))
        .or_else(|| differs("stored", expect.stored, last.map(|filed| filed.stored)))
        .or_else(|| {
            let received = last.map(|filed| filed.received.is_some());
            differs("received", expect.received, received)
        })
        .or_else(|| differs("filed", expect.filed, Some(filed.len())))
        .or_else(|| differs("outcome", expect.outcome, outcome_of(page)))
        .or_else(|| differs("slip", expect.slip, slip_of(page)))
        .or_else(|| differs("result", expect.result, result(screen).map(printing)))
        .or_else(|| differs("due", expect.due, due(page)))
        .or_else(|| differs("card-left", expect.card_left, card_left(page)))
        .or_else(|| {
            differs(
                "original",
                expect.original,
                goodbye(page).map(|p| p.original),
            )
        })
        .or_else(|| {
            differs(
                "on-glass",
                expect.on_glass,
                goodbye(page).map(|p| p.on_glass),
            )
        })
        .or_else(|| differs("matters", expect.matters, matters(page)))
        .or_else(|| closed_unmet(expect.closed.as_ref(), page))
        .or_else(|| text_unmet(expect, screen))
}

fn differs<T: PartialEq + std::fmt::Debug>(
    what: &str,
    wanted: Option<T>,
    found: Option<T>,
) -> Option<String> {
    let wanted = wanted?;
    match found {
        Some(found) if found == wanted => None,
        Some(found) => Some(format!("{what} {wanted:?}, found {found:?}")),
        None => Some(format!("{what} {wanted:?}")),
    }
}

fn outcome(outcome: &OutcomeShown) -> OutcomeSeen {
    match outcome {
        OutcomeShown::Unknown => OutcomeSeen::Unknown,
        OutcomeShown::Deciding => OutcomeSeen::Deciding,
        OutcomeShown::Filed { .. } => OutcomeSeen::Filed,
        OutcomeShown::Granted => OutcomeSeen::Granted,
        OutcomeShown::Refused { .. } => OutcomeSeen::Refused,
        OutcomeShown::WaitsForDepartment => OutcomeSeen::Waits,
    }
}

/// A portrait on its way.
fn portrait(page: &Page) -> Option<PortraitState> {
    let Page::Portrait(page) = page else {
        return None;
    };
    Some(match page {
        PortraitPage::Live { seen, .. } => match seen {
            PortraitSeen::Starting => PortraitState::Starting,
            PortraitSeen::Advice(PortraitAdvice::Nobody) => PortraitState::Nobody,
            PortraitSeen::Advice(_) => PortraitState::Advice,
            PortraitSeen::Good => PortraitState::Good,
        },
        PortraitPage::Taking { .. } => PortraitState::Taking,
        PortraitPage::Look { advice: None, .. } => PortraitState::Taken,
        PortraitPage::Look { .. } => PortraitState::TakenBadly,
        PortraitPage::Trouble { .. } => PortraitState::Trouble,
    })
}

fn outcome_of(page: &Page) -> Option<OutcomeSeen> {
    match page {
        Page::Done(page) => Some(outcome(&page.outcome)),
        _ => None,
    }
}

fn slip(state: SlipState) -> SlipSeen {
    match state {
        SlipState::Waiting { .. } => SlipSeen::Waiting,
        SlipState::Printing => SlipSeen::Printing,
        SlipState::Ready => SlipSeen::Ready,
        SlipState::Printed => SlipSeen::Printed,
        SlipState::Taken => SlipSeen::Taken,
        SlipState::DrawnBack => SlipSeen::DrawnBack,
        SlipState::NotPrinted => SlipSeen::NotPrinted,
        SlipState::Partial => SlipSeen::Partial,
        SlipState::Unknown => SlipSeen::Unknown,
        SlipState::NoPrinter => SlipSeen::NoPrinter,
        SlipState::Declined => SlipSeen::Declined,
        SlipState::WithNext => SlipSeen::WithNext,
    }
}

fn slip_of(page: &Page) -> Option<SlipSeen> {
    match page {
        Page::Done(page) => Some(slip(page.slip)),
        Page::Guide(page) => page.print.map(slip),
        _ => None,
    }
}

fn printing(result: &ResultShown) -> ResultSeen {
    match result.printing {
        ResultPrinting::Offered => ResultSeen::Offered,
        ResultPrinting::Fetching => ResultSeen::Fetching,
        ResultPrinting::Printing => ResultSeen::Printing,
        ResultPrinting::Printed => ResultSeen::Printed,
        ResultPrinting::HandedOver => ResultSeen::HandedOver,
        ResultPrinting::NotPrinted => ResultSeen::NotPrinted,
        ResultPrinting::Partial => ResultSeen::Partial,
        ResultPrinting::Unknown => ResultSeen::Unknown,
        ResultPrinting::Electronic => ResultSeen::Electronic,
        ResultPrinting::AsChosen => ResultSeen::AsChosen,
        ResultPrinting::ForApplicant => ResultSeen::ForApplicant,
    }
}

fn due(page: &Page) -> Option<bool> {
    match page {
        Page::Done(page) => Some(matches!(page.outcome, OutcomeShown::Filed { due: Some(_) })),
        Page::Matters(page) => Some(page.matters.iter().any(|entry| entry.due.is_some())),
        Page::Matter(page) => Some(page.promised.is_some() || page.statutory.is_some()),
        _ => None,
    }
}

fn card_left(page: &Page) -> Option<bool> {
    match page {
        Page::Idle(page) => Some(page.card_left),
        Page::Goodbye(page) => Some(page.card),
        _ => None,
    }
}

fn goodbye(page: &Page) -> Option<&GoodbyePage> {
    match page {
        Page::Goodbye(page) => Some(page),
        _ => None,
    }
}

fn matters(page: &Page) -> Option<u32> {
    match page {
        Page::Done(page) => Some(u32::from(page.matters)),
        Page::Matters(page) => Some(u32::from(page.total)),
        Page::Start(page) => page.waiting,
        _ => None,
    }
}

fn closed_unmet(wanted: Option<&Closed>, page: &Page) -> Option<String> {
    let wanted = wanted?;
    let found = match page {
        Page::Find(page) => page
            .items
            .iter()
            .find(|item| item.name.zh == wanted.item)
            .map(|item| item.closed),
        Page::Guide(page) if page.name.zh == wanted.item => Some(page.closed),
        _ => None,
    };
    let found = found.map(|closed| closed.map(reason));
    if found == Some(wanted.reason) {
        return None;
    }
    Some(format!(
        "{} closed {:?}, found {found:?}",
        wanted.item, wanted.reason
    ))
}

fn reason(reason: Reason) -> ClosedReason {
    match reason {
        Reason::WindowOnly => ClosedReason::WindowOnly,
        Reason::ReaderBroken => ClosedReason::ReaderBroken,
        Reason::ReaderSwapped => ClosedReason::ReaderSwapped,
        Reason::ScannerBroken => ClosedReason::ScannerBroken,
        Reason::DocumentPrinterBroken => ClosedReason::DocumentPrinterBroken,
        Reason::NoCamera => ClosedReason::NoCamera,
        Reason::CityAway => ClosedReason::CityAway,
        Reason::CatalogueOld => ClosedReason::CatalogueOld,
        Reason::CannotStore => ClosedReason::CannotStore,
        Reason::NotEnrolled => ClosedReason::NotEnrolled,
        Reason::OnBattery => ClosedReason::OnBattery,
        Reason::Climate => ClosedReason::Climate,
        Reason::Starting => ClosedReason::Starting,
    }
}

/// The script's own texts may be named: they are written in it.
fn text_unmet(expect: &Expect, screen: &Screen) -> Option<String> {
    if expect.text.is_empty() && expect.absent.is_empty() {
        return None;
    }
    let shown = format!("{screen:?}");
    let missing = expect.text.iter().find(|text| !shown.contains(*text));
    let there = expect.absent.iter().find(|text| shown.contains(*text));
    match (missing, there) {
        (Some(text), _) => Some(format!("the text {text}")),
        (None, Some(text)) => Some(format!("no text {text}")),
        (None, None) => None,
    }
}
