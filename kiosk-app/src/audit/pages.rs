//! The screens that are looked at: the samples of every page, what varies on them word by word,
//! and what only touches bring about.
//!
//! A page, a question or a reason that is added to the core does not compile here until it is
//! named, and once named it is a finding until a screen shows it.

use std::collections::BTreeSet;

use jiff::civil::date;
use kiosk_core::screen::*;
use kiosk_core::service::ServicePage;
use kiosk_core::{CodeAsk, CodeTrouble, HelpShown, Lights, PrintTrouble, Screen};
use kiosk_ui::KeyboardMode;

use super::found::{Found, Rule};
use crate::samples;

/// Names of all kinds of something, and which one a value is.
macro_rules! kinds {
    ($names:ident, $name:ident($of:ty) { $($kind:pat => $word:literal,)* }) => {
        const $names: &[&str] = &[$($word),*];

        fn $name(it: &$of) -> &'static str {
            match it {
                $($kind => $word,)*
            }
        }
    };
}

kinds!(PAGES, page_kind(Page) {
    Page::Idle(_) => "idle",
    Page::Start(_) => "start",
    Page::Find(_) => "find",
    Page::Guide(_) => "guide",
    Page::Identify(IdentifyPage::PutCard { .. }) => "identify-put-card",
    Page::Identify(IdentifyPage::IsItYou(_)) => "identify-is-it-you",
    Page::Identify(IdentifyPage::SecondFactor { .. }) => "identify-second-factor",
    Page::Identify(IdentifyPage::Code { .. }) => "identify-code",
    Page::Identify(IdentifyPage::Staff { .. }) => "identify-staff",
    Page::Principal(PrincipalPage::PutCard { .. }) => "principal-put-card",
    Page::Principal(PrincipalPage::IsItThem(_)) => "principal-is-it-them",
    Page::Principal(PrincipalPage::Choose { ask: PrincipalAsk::Relation(_), .. }) => "principal-relation",
    Page::Principal(PrincipalPage::Choose { ask: PrincipalAsk::Collect, .. }) => "principal-collect",
    Page::Principal(PrincipalPage::Choose { ask: PrincipalAsk::Agreement { .. }, .. }) => "principal-agreement",
    Page::Principal(PrincipalPage::Name { .. }) => "principal-name",
    Page::Principal(PrincipalPage::Number { .. }) => "principal-number",
    Page::Principal(PrincipalPage::Code { .. }) => "principal-code",
    Page::Principal(PrincipalPage::OwnCard { .. }) => "principal-own-card",
    Page::Principal(PrincipalPage::NotOfAge) => "principal-not-of-age",
    Page::Wait(_) => "wait",
    Page::Notice(_) => "notice",
    Page::Facts(_) => "facts",
    Page::Question(_) => "question",
    Page::Materials(_) => "materials",
    Page::Material(_) => "material",
    Page::Scan(ScanPage::Place { .. }) => "scan-place",
    Page::Scan(ScanPage::Scanning { .. }) => "scan-scanning",
    Page::Scan(ScanPage::Look { .. }) => "scan-look",
    Page::Scan(ScanPage::Pages { .. }) => "scan-pages",
    Page::Portrait(PortraitPage::Live { .. }) => "portrait-live",
    Page::Portrait(PortraitPage::Taking { .. }) => "portrait-taking",
    Page::Portrait(PortraitPage::Look { .. }) => "portrait-look",
    Page::Portrait(PortraitPage::Trouble { .. }) => "portrait-trouble",
    Page::Review(_) => "review",
    Page::Document(_) => "document",
    Page::Sign(_) => "sign",
    Page::Submit(SubmitPage::Storing) => "submit-storing",
    Page::Submit(SubmitPage::NotStored) => "submit-not-stored",
    Page::Done(_) => "done",
    Page::Rate(_) => "rate",
    Page::Goodbye(_) => "goodbye",
    Page::Matters(_) => "matters",
    Page::Matter(_) => "matter",
    Page::Delivery(DeliveryPage::Way { .. }) => "delivery-way",
    Page::Delivery(DeliveryPage::Station { .. }) => "delivery-station",
    Page::Delivery(DeliveryPage::Address { .. }) => "delivery-address",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::InTime { .. }, .. }) => "check-in-in-time",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::Already { .. }, .. }) => "check-in-already",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::TooEarly { .. }, .. }) => "check-in-too-early",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::Late { .. }, .. }) => "check-in-late",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::OtherStation { .. }, .. }) => "check-in-other-station",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::OtherDay { .. }, .. }) => "check-in-other-day",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::NoBooking { .. }, .. }) => "check-in-no-booking",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::WalkIn { .. }, .. }) => "check-in-walk-in",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::Away, .. }) => "check-in-away",
    Page::Appointment(AppointmentPage::List { .. }) => "appointment-list",
    Page::Appointment(AppointmentPage::Booking(_)) => "appointment-booking",
    Page::Appointment(AppointmentPage::Matter { .. }) => "appointment-matter",
    Page::Appointment(AppointmentPage::Station { .. }) => "appointment-station",
    Page::Appointment(AppointmentPage::Day { .. }) => "appointment-day",
    Page::Appointment(AppointmentPage::Slot { .. }) => "appointment-slot",
    Page::Appointment(AppointmentPage::Confirm(_)) => "appointment-confirm",
    Page::Appointment(AppointmentPage::Trouble(_)) => "appointment-trouble",
    Page::Appointment(AppointmentPage::Done(_)) => "appointment-done",
    Page::Enquiry(EnquiryPage::Fact { .. }) => "enquiry-fact",
    Page::Enquiry(EnquiryPage::Usual { .. }) => "enquiry-usual",
    Page::Enquiry(EnquiryPage::Typed { .. }) => "enquiry-typed",
    Page::Enquiry(EnquiryPage::Confirm(_)) => "enquiry-confirm",
    Page::Enquiry(EnquiryPage::Trouble(_)) => "enquiry-trouble",
    Page::Enquiry(EnquiryPage::Done(_)) => "enquiry-done",
    Page::Withdraw(WithdrawPage::Confirm(_)) => "withdraw-confirm",
    Page::Withdraw(WithdrawPage::Trouble(_)) => "withdraw-trouble",
    Page::Withdraw(WithdrawPage::Done(_)) => "withdraw-done",
    Page::CheckIn(CheckInShown { outcome: CheckInPage::NoNumber, .. }) => "check-in-no-number",
    Page::Service(_) => "service",
});

kinds!(QUESTIONS, question_kind(Ask) {
    Ask::Text { keyboard: Keyboard::Full, .. } => "question-text",
    Ask::Text { keyboard: Keyboard::Latin, .. } => "question-latin",
    Ask::Text { keyboard: Keyboard::Digits, .. } => "question-digits",
    Ask::Text { keyboard: Keyboard::IdNumber, .. } => "question-id-number",
    Ask::Text { keyboard: Keyboard::Money, .. } => "question-money",
    Ask::Text { keyboard: Keyboard::Zone, .. } => "question-zone",
    Ask::Choice { .. } => "question-choice",
    Ask::Choices { .. } => "question-choices",
    Ask::YesNo { .. } => "question-yes-no",
    Ask::Statement { .. } => "question-statement",
    Ask::Date { .. } => "question-date",
    Ask::Region { .. } => "question-region",
    Ask::Rows { .. } => "question-rows",
});

kinds!(SERVICES, service_kind(ServicePage) {
    ServicePage::Pin(_) => "service-pin",
    ServicePage::Overview(_) => "service-overview",
    ServicePage::Device(_) => "service-device",
    ServicePage::Testing(_) => "service-testing",
    ServicePage::Report(_) => "service-report",
    ServicePage::Roll(_) => "service-roll",
    ServicePage::Events(_) => "service-events",
    ServicePage::Machine(_) => "service-machine",
});

kinds!(OVERLAYS, overlay_kind(Overlay) {
    Overlay::TimeOut { .. } => "overlay-time-out",
    Overlay::Cover { .. } => "overlay-cover",
    Overlay::ConfirmEnd { .. } => "overlay-confirm-end",
    Overlay::Display => "overlay-display",
    Overlay::Help { .. } => "overlay-help",
});

/// All values of a plain list of the core; one that is added there has to be added here.
macro_rules! every {
    ($name:ident, $of:ident { $($value:ident),* $(,)? }) => {
        const $name: &[$of] = &[$($of::$value),*];
        const _: fn(&$of) = |it| match it {
            $($of::$value => {})*
        };
    };
}

every!(
    ACTIONS,
    Action {
        Begin,
        Continue,
        ThisIsMe,
        ForThem,
        ConfirmCode,
        Confirm,
        Agree,
        AllRight,
        Scan,
        PagesDone,
        KeepPage,
        OtherSide,
        TakePhoto,
        KeepPhoto,
        PaperPhoto,
        NextPage,
        ReadIt,
        Submit,
        TryAgain,
        Finish,
        Rate,
        BringPapers,
        TakeNumber,
        PostThere,
        BookNew,
        Book,
        MoveBooking,
        CancelBooking,
        ChooseAgain,
        MyAppointments,
        Withdraw,
        MyMatters,
        SendQuestion,
        SendObjection,
    }
);
every!(
    REASONS,
    Reason {
        WindowOnly,
        ReaderBroken,
        ReaderSwapped,
        ScannerBroken,
        DocumentPrinterBroken,
        NoCamera,
        CityAway,
        CatalogueOld,
        CannotStore,
        NotEnrolled,
        OnBattery,
        Climate,
        Starting,
    }
);
every!(
    OFFLINES,
    Offline {
        Connected,
        FilesOffline,
        CheckedLater,
        GuideOnly
    }
);
every!(
    CARD_TROUBLES,
    CardTrouble {
        LiftAndPutBack,
        Unsupported,
        OneCard,
        OutOfService
    }
);
every!(
    FACTOR_TROUBLES,
    FactorTrouble {
        SaidNo,
        Away,
        NoPhone,
        TooOften
    }
);
every!(NUMBER_TROUBLES, NumberTrouble { Wrong, Own });
every!(
    AGREEMENT_TROUBLES,
    AgreementTrouble {
        NoWay,
        Away,
        NoPhone,
        TooOften,
        Refused
    }
);
every!(
    SCAN_TROUBLES,
    ScanTrouble {
        NoPaper,
        Jam,
        CoverOpen,
        Busy,
        DoubleFeed,
        Offline,
        Broken,
        Covered,
        Timeout,
        Enough,
        SheetsLeft,
        NoCard,
        TooLarge,
        LeftBehind,
        Device,
    }
);
every!(
    PAGE_ADVICE,
    PageAdvice {
        Blank,
        NearlyBlank,
        CutOff,
        TooSmall,
        Glare,
        Blur,
        SameSide,
        Sideways,
        DoubleFeed,
        Dark,
        Bright,
        Coarse,
        NoPhoto,
        NotWhite,
    }
);
every!(
    PORTRAIT_ADVICE,
    PortraitAdvice {
        Nobody,
        TooFar,
        TooNear,
        OffCentre,
        NotPlain,
        NotLight,
        TooDark,
        TooBright,
        Uneven,
        Blurred,
    }
);
every!(
    PRINT_TROUBLES,
    PrintTrouble {
        Paper,
        Cover,
        Jam,
        SlipWaiting,
        OutputFull,
        Pauses,
        Fault,
    }
);
every!(
    RESULTS,
    ResultPrinting {
        Offered,
        Fetching,
        Printing,
        Printed,
        HandedOver,
        NotPrinted,
        Partial,
        Unknown,
        Electronic,
        AsChosen,
        ForApplicant,
    }
);
every!(
    CODE_TROUBLES,
    CodeTrouble {
        NoReceipt,
        NotMine,
        NoNumber,
        NoBooking,
        Doubtful,
        Unreadable,
    }
);
every!(
    HELPS,
    HelpShown {
        NotCalled,
        Calling,
        Waiting,
        Unanswered,
        Coming,
        Over,
        Away,
    }
);
every!(
    WAITS,
    Waiting {
        Identity,
        Principal,
        Registers,
        Options,
        Document,
        Matters,
        CheckIn,
        Ticket,
        Appointments,
        Booking,
        Withdrawal,
        Facts,
        Enquiry,
    }
);

kinds!(MATERIALS, material_kind(MaterialState) {
    MaterialState::AlreadyHeld => "already held",
    MaterialState::NotFound => "not found",
    MaterialState::AskedLater => "asked later",
    MaterialState::FromCard => "from card",
    MaterialState::Generated => "generated",
    MaterialState::ToScan => "to scan",
    MaterialState::ToScanOrPromise => "to scan or promise",
    MaterialState::ToPromise => "to promise",
    MaterialState::Scanned(_) => "scanned",
    MaterialState::Promised => "promised",
    MaterialState::Later(_) => "later",
    MaterialState::NotBrought => "not brought",
    MaterialState::Optional => "optional",
});

const MATERIAL_STATES: [MaterialState; 13] = [
    MaterialState::AlreadyHeld,
    MaterialState::NotFound,
    MaterialState::AskedLater,
    MaterialState::FromCard,
    MaterialState::Generated,
    MaterialState::ToScan,
    MaterialState::ToScanOrPromise,
    MaterialState::ToPromise,
    MaterialState::Scanned(12),
    MaterialState::Promised,
    MaterialState::Later(date(2026, 12, 7)),
    MaterialState::NotBrought,
    MaterialState::Optional,
];

kinds!(SLIPS, slip_kind(SlipState) {
    SlipState::Waiting { .. } => "waiting",
    SlipState::Printing => "printing",
    SlipState::Ready => "ready",
    SlipState::Printed => "printed",
    SlipState::Taken => "taken",
    SlipState::DrawnBack => "drawn back",
    SlipState::NotPrinted => "not printed",
    SlipState::Partial => "partial",
    SlipState::Unknown => "unknown",
    SlipState::NoPrinter => "no printer",
    SlipState::Declined => "declined",
    SlipState::WithNext => "with next",
});

const SLIP_STATES: [SlipState; 13] = [
    SlipState::Waiting { seconds: None },
    SlipState::Waiting { seconds: Some(9) },
    SlipState::Printing,
    SlipState::Ready,
    SlipState::Printed,
    SlipState::Taken,
    SlipState::DrawnBack,
    SlipState::NotPrinted,
    SlipState::Partial,
    SlipState::Unknown,
    SlipState::NoPrinter,
    SlipState::Declined,
    SlipState::WithNext,
];

/// What is done on a page before it is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Then {
    Nothing,
    /// The search field is touched and these keys are typed.
    Search(&'static str),
    /// The keyboard is changed and these keys are typed.
    Keys(KeyboardMode, &'static str),
}

/// A screen that is looked at.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Its kind and what varies on it; no two are the same.
    pub(super) name: String,
    pub(super) screen: Screen,
    pub(super) then: Then,
    /// Only words vary on it: a few combinations do.
    pub(super) words_only: bool,
}

fn kind(page: &Page) -> &'static str {
    match page {
        Page::Question(question) => question_kind(&question.ask),
        Page::Service(service) => service_kind(service),
        page => page_kind(page),
    }
}

fn sample(page: Page, action: Option<Action>) -> Sample {
    let name = kind(&page).to_owned();
    let mut screen = samples::screen(0, Lang::ZhHans, page, action);
    if !of_application(&screen.page) {
        screen.progress = None;
    }
    if matches!(screen.page, Page::Idle(_)) {
        screen.foot = Foot::default();
    }
    Sample {
        name,
        screen,
        then: Then::Nothing,
        words_only: false,
    }
}

/// The page is a step of an application: its head says how far that is.
fn of_application(page: &Page) -> bool {
    match page {
        Page::Identify(_)
        | Page::Principal(_)
        | Page::Notice(_)
        | Page::Facts(_)
        | Page::Question(_)
        | Page::Materials(_)
        | Page::Material(_)
        | Page::Scan(_)
        | Page::Portrait(_)
        | Page::Delivery(_)
        | Page::Review(_)
        | Page::Document(_)
        | Page::Sign(_)
        | Page::Submit(_) => true,
        Page::Wait(wait) => match wait.what {
            Waiting::Identity
            | Waiting::Principal
            | Waiting::Registers
            | Waiting::Options
            | Waiting::Document => true,
            Waiting::Matters
            | Waiting::CheckIn
            | Waiting::Ticket
            | Waiting::Appointments
            | Waiting::Booking
            | Waiting::Withdrawal
            | Waiting::Facts
            | Waiting::Enquiry => false,
        },
        Page::Idle(_)
        | Page::Start(_)
        | Page::Find(_)
        | Page::Guide(_)
        | Page::Done(_)
        | Page::Rate(_)
        | Page::Goodbye(_)
        | Page::Matters(_)
        | Page::Matter(_)
        | Page::CheckIn(_)
        | Page::Appointment(_)
        | Page::Withdraw(_)
        | Page::Enquiry(_)
        | Page::Service(_) => false,
    }
}

/// One that differs from another in words.
fn said(word: impl std::fmt::Debug, page: Page, action: Option<Action>) -> Sample {
    let mut sample = sample(page, action);
    sample.name = format!("{} {word:?}", sample.name);
    sample.words_only = true;
    sample
}

/// All screens, and a finding for every kind that none of them shows.
pub(super) fn all() -> (Vec<Sample>, Vec<Found>) {
    let mut all: Vec<Sample> = samples::all()
        .into_iter()
        .map(|(page, action)| sample(page, action))
        .collect();
    all.extend(waits());
    all.extend(browsing());
    all.extend(identifying());
    all.extend(acting());
    all.extend(asking());
    all.extend(typing());
    all.extend(papers());
    all.extend(portraits());
    all.extend(printing());
    all.extend(around());
    number(&mut all);
    let found = missing(&all);
    (all, found)
}

/// The first screen of every kind of page and overlay, with the kind's name.
#[cfg(test)]
pub(super) fn one_of_each() -> Vec<(&'static str, Sample)> {
    let (mut seen, mut each) = (BTreeSet::new(), Vec::new());
    for sample in all().0 {
        let overlay = sample.screen.overlay.as_ref().map(overlay_kind);
        let kind = overlay.unwrap_or_else(|| kind(&sample.screen.page));
        if seen.insert(kind) {
            each.push((kind, sample));
        }
    }
    each
}

/// How many kinds of pages and overlays there are.
pub(super) fn kinds() -> usize {
    PAGES.len() - 2 + QUESTIONS.len() + SERVICES.len() + OVERLAYS.len()
}

/// Every name once: the second of a kind is the second.
fn number(all: &mut [Sample]) {
    let mut seen = BTreeSet::new();
    for sample in all {
        let base = sample.name.clone();
        let mut count = 1;
        while !seen.insert(sample.name.clone()) {
            count += 1;
            sample.name = format!("{base} {count}");
        }
    }
}

fn missing(all: &[Sample]) -> Vec<Found> {
    let overlays = all.iter().filter_map(|it| it.screen.overlay.as_ref());
    let shown: BTreeSet<&str> = all
        .iter()
        .map(|it| kind(&it.screen.page))
        .chain(overlays.map(overlay_kind))
        .collect();
    let states: BTreeSet<&str> = MATERIAL_STATES.iter().map(material_kind).collect();
    let slips: BTreeSet<&str> = SLIP_STATES.iter().map(slip_kind).collect();
    let pages = PAGES
        .iter()
        .filter(|it| !["question", "service"].contains(it));
    let kinds = pages.chain(QUESTIONS).chain(SERVICES).chain(OVERLAYS);
    kinds
        .filter(|it| !shown.contains(**it))
        .chain(MATERIALS.iter().filter(|it| !states.contains(**it)))
        .chain(SLIPS.iter().filter(|it| !slips.contains(**it)))
        .map(|it| Found::new(Rule::Page, it, "no screen shows it", "one screen"))
        .collect()
}

fn waits() -> Vec<Sample> {
    let wait = |what: &Waiting| said(what, Page::Wait(WaitPage { what: *what }), None);
    WAITS.iter().map(wait).collect()
}

fn browsing() -> Vec<Sample> {
    let idle = |reason: &Reason, halted: bool| {
        let page = Page::Idle(IdlePage {
            items_open: 0,
            trouble: Some(*reason),
            card_left: false,
            near: false,
            halted: halted.then_some(*reason),
        });
        said((reason, halted), page, None)
    };
    let well = |near| {
        sample(
            Page::Idle(IdlePage {
                items_open: 56,
                trouble: None,
                card_left: false,
                near,
                halted: None,
            }),
            None,
        )
    };
    let mut all = vec![well(false), well(true)];
    all.extend(REASONS.iter().map(|reason| idle(reason, false)));
    all.extend(REASONS.iter().map(|reason| idle(reason, true)));
    for reasons in REASONS.chunks(6) {
        let items = reasons.iter().map(|reason| ItemEntry {
            closed: Some(*reason),
            ..item()
        });
        all.push(sample(list(items.collect()), None));
    }
    all.push(sample(list(vec![item(); 6]), None));
    all.push(sample(list(Vec::new()), None));
    for offline in OFFLINES {
        all.extend(
            guide(|guide| guide.offline = *offline)
                .map(|page| said(offline, page, Some(Action::Begin))),
        );
    }
    for reason in REASONS {
        all.extend(
            guide(|guide| guide.closed = Some(*reason)).map(|page| said(reason, page, None)),
        );
    }
    for slip in SLIP_STATES {
        all.extend(
            guide(|guide| guide.print = Some(slip))
                .map(|page| said(slip, page, Some(Action::Begin))),
        );
    }
    all
}

fn item() -> ItemEntry {
    ItemEntry {
        name: samples::text("失业登记", "Unemployment registration"),
        body: samples::text(
            "云汀市公共就业服务中心",
            "Yunting Employment Service Centre",
        ),
        instant: true,
        closed: None,
    }
}

fn list(items: Vec<ItemEntry>) -> Page {
    Page::Find(FindPage {
        query: String::new(),
        groups: Vec::new(),
        open: Some(samples::text("劳动就业", "Work")),
        total: u16::try_from(items.len()).unwrap_or(u16::MAX),
        items,
        turn: Turn { at: 1, of: 2 },
    })
}

/// The sample's guide with a change; `None` never happens as long as there is one.
fn guide(change: impl Fn(&mut GuidePage)) -> Option<Page> {
    let is = |page: &Page| matches!(page, Page::Guide(_));
    let (mut page, _) = samples::all().into_iter().find(|(page, _)| is(page))?;
    if let Page::Guide(guide) = &mut page {
        change(guide);
    }
    Some(page)
}

fn identifying() -> Vec<Sample> {
    let person = || MaskedPerson {
        name: "陈*".to_owned(),
        number: "5****************X".to_owned(),
        expired: false,
    };
    let put = |again: Option<CardTrouble>| Page::Identify(IdentifyPage::PutCard { again });
    let mut all = vec![sample(put(None), None)];
    all.extend(
        CARD_TROUBLES
            .iter()
            .map(|it| said(it, put(Some(*it)), None)),
    );
    all.extend(FACTOR_TROUBLES.iter().map(|it| {
        let page = IdentifyPage::SecondFactor {
            person: person(),
            ways: vec![FactorWay::PhoneCode, FactorWay::Staff],
            trouble: Some(*it),
        };
        said(it, Page::Identify(page), None)
    }));
    all
}

/// What varies on the pages about whom somebody acts for, in the guide and on the review.
fn acting() -> Vec<Sample> {
    let person = || MaskedPerson {
        name: "周**".to_owned(),
        number: "5****************7".to_owned(),
        expired: true,
    };
    let principal = |page| Page::Principal(page);
    let put = |again, without| PrincipalPage::PutCard { again, without };
    let mut all = vec![sample(principal(put(None, true)), None)];
    for again in [
        PrincipalTrouble::Card(CardTrouble::LiftAndPutBack),
        PrincipalTrouble::AnotherCard,
        PrincipalTrouble::ChildNeedsCard,
    ] {
        all.push(said(again, principal(put(Some(again), false)), None));
    }
    all.push(said(
        "own card",
        principal(PrincipalPage::OwnCard { again: None }),
        None,
    ));
    all.extend(NUMBER_TROUBLES.iter().map(|it| {
        let page = PrincipalPage::Number {
            text: "590102".to_owned(),
            trouble: Some(*it),
        };
        said(it, principal(page), Some(Action::Continue))
    }));
    all.extend(AGREEMENT_TROUBLES.iter().map(|it| {
        let ways = match it {
            AgreementTrouble::NoWay => Vec::new(),
            _ => vec![Agreement::PhoneCode, Agreement::Paper],
        };
        let ask = PrincipalAsk::Agreement {
            ways,
            trouble: Some(*it),
        };
        let person = person();
        said(it, principal(PrincipalPage::Choose { person, ask }), None)
    }));
    for agents in [
        AgentsShown::NotSaid,
        AgentsShown::Taken { note: None },
        AgentsShown::NotTaken { note: None },
    ] {
        all.extend(
            guide(|guide| guide.agents = agents.clone())
                .map(|page| said(&agents, page, Some(Action::Begin))),
        );
    }
    let row = |party| ReviewRow {
        label: samples::text("", ""),
        value: String::new(),
        material: None,
        party: Some(party),
        delivery: None,
        change: false,
        masked: false,
    };
    let parties = [false, true].map(|may_collect| PartyShown::Agent {
        person: person(),
        relation: Relation::Relative,
        may_collect,
    });
    let rows = [PartyShown::Applicant(person())].into_iter().chain(parties);
    let page = Page::Review(ReviewPage {
        rows: rows.map(row).collect(),
        turn: Turn { at: 1, of: 1 },
    });
    all.push(sample(page, Some(Action::AllRight)));
    all
}

fn ask(ask: Ask, problem: Option<ProblemShown>) -> Page {
    Page::Question(Box::new(QuestionPage {
        label: samples::text("单位名称", "Name of the employer"),
        optional: problem.is_some(),
        sensitive: false,
        zone: matches!(
            ask,
            Ask::Text {
                keyboard: Keyboard::Latin,
                ..
            }
        ),
        ask,
        problem,
    }))
}

fn text(text: &str, keyboard: Keyboard, long: bool) -> Ask {
    Ask::Text {
        text: text.to_owned(),
        keyboard,
        max: Some(50),
        long,
    }
}

fn asking() -> Vec<Sample> {
    let problem = || ProblemShown {
        key: "too-long",
        values: vec![("max", "50".to_owned())],
    };
    let option = |zh: &str, en: &str| OptionShown {
        name: samples::text(zh, en),
        on: false,
    };
    let options = || {
        vec![
            option("互联网零售", "Online retail"),
            option("小吃服务", "Snack service"),
            option(
                "居民服务、修理和其他服务业中未列明的其他日用产品修理业",
                "Repair of other household goods not listed elsewhere",
            ),
            option("理发及美容服务", "Hairdressing and beauty"),
        ]
    };
    let turn = Turn { at: 2, of: 3 };
    let asks = [
        text("E00000001", Keyboard::Latin, false),
        text("15400000005", Keyboard::Digits, false),
        text("", Keyboard::IdNumber, false),
        text("1234.50", Keyboard::Money, false),
        text("", Keyboard::Full, false),
        text("", Keyboard::Full, true),
        Ask::Choice {
            options: options(),
            turn,
        },
        Ask::Choices {
            options: options(),
            turn,
        },
        Ask::YesNo { answer: None },
        Ask::Statement { on: true },
        Ask::Date {
            digits: "2026".to_owned(),
            month: true,
        },
        Ask::Region {
            path: Vec::new(),
            options: options(),
            turn,
        },
        Ask::Region {
            path: vec![samples::text("云汀市", "Yunting")],
            options: Vec::new(),
            turn: Turn { at: 1, of: 1 },
        },
        Ask::Rows {
            columns: vec![
                samples::text("姓名", "Name"),
                samples::text("关系", "Relation"),
            ],
            rows: Vec::new(),
            may_add: true,
        },
    ];
    let next = Some(Action::Continue);
    let mut all: Vec<Sample> = asks
        .into_iter()
        .map(|it| sample(ask(it, None), next))
        .collect();
    let wrong = ask(
        text("15400000005", Keyboard::Digits, false),
        Some(problem()),
    );
    all.push(sample(wrong, next));
    all
}

/// The keyboard in each mode, on a page that asks and on the one that searches.
fn typing() -> Vec<Sample> {
    let modes = [
        (KeyboardMode::Pinyin, "wangxiaoming"),
        (KeyboardMode::Strokes, "hhs"),
        (KeyboardMode::CodePoint, "3134A"),
        (KeyboardMode::Latin, ""),
        (KeyboardMode::Signs, ""),
    ];
    let mut all = Vec::new();
    for (mode, keys) in modes {
        let mut typed = sample(
            ask(text("云汀", Keyboard::Full, false), None),
            Some(Action::Continue),
        );
        typed.name = format!("keyboard {mode:?}");
        typed.then = Then::Keys(mode, keys);
        all.push(typed);
    }
    for query in ["", "失业"] {
        let mut searched = sample(
            Page::Find(FindPage {
                query: query.to_owned(),
                groups: Vec::new(),
                open: None,
                items: vec![item(); 6],
                total: 6,
                turn: Turn { at: 1, of: 1 },
            }),
            None,
        );
        searched.name = "find typing".to_owned();
        searched.then = Then::Search("shi");
        all.push(searched);
    }
    all
}

fn papers() -> Vec<Sample> {
    let lease = || samples::text("房屋租赁合同", "Lease contract");
    let mut all = Vec::new();
    for states in MATERIAL_STATES.chunks(5) {
        let rows = states.iter().map(|state| MaterialEntry {
            name: lease(),
            state: *state,
            opens: true,
        });
        let page = Page::Materials(MaterialsPage {
            materials: rows.collect(),
            turn: Turn { at: 1, of: 3 },
        });
        all.push(sample(page, Some(Action::Continue)));
        let rows = states.iter().map(|state| ReviewRow {
            label: lease(),
            value: String::new(),
            material: Some(*state),
            party: None,
            delivery: None,
            change: true,
            masked: false,
        });
        let page = Page::Review(ReviewPage {
            rows: rows.collect(),
            turn: Turn { at: 1, of: 3 },
        });
        all.push(sample(page, Some(Action::AllRight)));
    }
    for (desk, photo) in [(false, false), (true, false), (true, true)] {
        all.extend(SCAN_TROUBLES.iter().map(|trouble| {
            let page = ScanPage::Place {
                name: lease(),
                pages: 2,
                feeder: !desk,
                desk,
                back: !photo && desk,
                photo,
                trouble: Some(*trouble),
            };
            said(trouble, Page::Scan(page), Some(Action::Scan))
        }));
        all.extend(PAGE_ADVICE.iter().map(|advice| {
            let page = ScanPage::Look {
                name: lease(),
                picture: PictureId(1),
                page: 1,
                may_add: !photo,
                may_turn: true,
                desk,
                left: false,
                advice: Some(*advice),
            };
            said(advice, Page::Scan(page), Some(Action::KeepPage))
        }));
    }
    all
}

fn portraits() -> Vec<Sample> {
    let name = || samples::text("一寸免冠照片", "Portrait");
    let live = |seen| Page::Portrait(PortraitPage::Live { name: name(), seen });
    let mut all = vec![
        sample(live(PortraitSeen::Starting), None),
        sample(live(PortraitSeen::Good), Some(Action::TakePhoto)),
    ];
    all.extend(PORTRAIT_ADVICE.iter().map(|advice| {
        let page = live(PortraitSeen::Advice(*advice));
        said(advice, page, Some(Action::TakePhoto))
    }));
    all.extend(PORTRAIT_ADVICE.iter().map(|advice| {
        let page = PortraitPage::Look {
            name: name(),
            picture: PictureId(1),
            advice: Some(*advice),
        };
        said(advice, Page::Portrait(page), Some(Action::KeepPhoto))
    }));
    all.extend(SCAN_TROUBLES.iter().map(|trouble| {
        let page = PortraitPage::Trouble {
            name: name(),
            trouble: *trouble,
        };
        said(trouble, Page::Portrait(page), Some(Action::PaperPhoto))
    }));
    all
}

fn printing() -> Vec<Sample> {
    let done = |slip, slip_trouble, result, matters| {
        let mut page = samples::done(Place::StoredHere, OutcomeShown::Granted, slip);
        if let Page::Done(page) = &mut page {
            page.slip_trouble = slip_trouble;
            page.result = result;
            page.fees = Vec::new();
            page.matters = matters;
        }
        page
    };
    let finish = Some(Action::Finish);
    let mut all: Vec<Sample> = SLIP_STATES
        .iter()
        .map(|slip| said(slip, done(*slip, None, None, 1), finish))
        .collect();
    all.extend(PRINT_TROUBLES.iter().map(|trouble| {
        let page = done(SlipState::NoPrinter, Some(*trouble), None, 2);
        said(trouble, page, finish)
    }));
    all.extend(RESULTS.iter().map(|printing| {
        let result = samples::result(*printing, None);
        said(
            printing,
            done(SlipState::Printed, None, Some(result), 1),
            finish,
        )
    }));
    all.extend(PRINT_TROUBLES.iter().map(|trouble| {
        let result = samples::result(ResultPrinting::Printing, Some(*trouble));
        said(
            trouble,
            done(SlipState::Printed, None, Some(result), 1),
            finish,
        )
    }));
    let tickets = samples::check_ins()
        .into_iter()
        .find_map(|(page, _)| match page {
            Page::CheckIn(page) if page.outcome.ticket().is_some() => Some(page),
            _ => None,
        });
    for print in SLIP_STATES.iter().map(|print| Some(*print)).chain([None]) {
        all.extend(tickets.clone().map(|page| {
            let page = Page::CheckIn(CheckInShown { print, ..page });
            said(print, page, finish)
        }));
    }
    all
}

/// Foot, overlays, codes and lights.
fn around() -> Vec<Sample> {
    let mut all: Vec<Sample> = ACTIONS
        .iter()
        .map(|action| said(action, samples::facts(), Some(*action)))
        .collect();
    let overlays = [
        Overlay::TimeOut { seconds: 30 },
        Overlay::Cover {
            seconds: 30,
            another_card: false,
        },
        Overlay::Cover {
            seconds: 30,
            another_card: true,
        },
        Overlay::ConfirmEnd { answers: true },
        Overlay::ConfirmEnd { answers: false },
        Overlay::Display,
        Overlay::Help {
            phone: "000-5550-0031".to_owned(),
        },
    ];
    all.extend(overlays.into_iter().map(|overlay| {
        let mut above = sample(samples::facts(), Some(Action::Continue));
        above.name = overlay_kind(&overlay).to_owned();
        above.screen.overlay = Some(overlay);
        above
    }));
    all.extend(HELPS.iter().map(|help| {
        let mut above = said(help, samples::facts(), Some(Action::Continue));
        above.screen.help = *help;
        above.screen.overlay = Some(Overlay::Help {
            phone: "000-5550-0031".to_owned(),
        });
        above
    }));
    all.extend(HELPS.iter().map(|help| {
        let mut called = said(("foot", help), samples::facts(), Some(Action::Continue));
        called.screen.help = *help;
        called
    }));
    let asked = [None]
        .into_iter()
        .chain(CODE_TROUBLES.iter().copied().map(Some));
    let is = |page: &Page| matches!(page, Page::Start(_) | Page::Matters(_));
    for trouble in asked {
        for (page, action) in samples::all().into_iter().filter(|(page, _)| is(page)) {
            let mut coded = said(trouble, page, action);
            coded.screen.codes = Some(CodeAsk { trouble });
            coded.screen.lights = Lights {
                code: true,
                ..Lights::default()
            };
            all.push(coded);
        }
    }
    let mut lit = sample(Page::Identify(IdentifyPage::PutCard { again: None }), None);
    lit.screen.lights.card = true;
    all.push(lit);
    all
}

/// A screen that a walk through the real catalogue has met.
pub(super) fn met(screen: Screen) -> Sample {
    let name = match &screen.page {
        Page::Guide(guide) => format!("guide of {}", guide.name.zh),
        page => format!("{} of the catalogue", kind(page)),
    };
    Sample {
        name,
        screen,
        then: Then::Nothing,
        words_only: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_of_page_is_left_out_and_a_missing_one_is_found() {
        let (all, found) = all();
        assert_eq!(found, []);
        let without: Vec<Sample> = all
            .into_iter()
            .filter(|it| !matches!(it.screen.page, Page::Rate(_)))
            .collect();
        let found = missing(&without);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].element, "rate");
    }
}
