//! What a script can expect of a screen, in plain names.

use serde::Deserialize;

/// What must stand on the screen; all that is named must hold at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Expect {
    /// The kind of page.
    pub page: Option<PageKind>,
    /// What lies above it; `none` for nothing.
    pub overlay: Option<OverlayKind>,
    /// "Stored here" was said (or not) of the application filed last, now or on the way.
    pub stored: Option<bool>,
    /// "Received by the city" was said (or not) of the application filed last.
    pub received: Option<bool>,
    /// What the city says on the done page.
    pub outcome: Option<OutcomeSeen>,
    /// The slip on the done page.
    pub slip: Option<SlipSeen>,
    /// The printing of the result, on the done page or a case's.
    pub result: Option<ResultSeen>,
    /// Whether a due date is shown, on the done page, the list of matters or a case's page.
    pub due: Option<bool>,
    /// Why an item is closed, in a list or on its guide.
    pub closed: Option<Closed>,
    /// Whether a card left on the reader is said, on the idle and the goodbye page.
    pub card_left: Option<bool>,
    /// Whether the original is still to be taken, on the goodbye page.
    pub original: Option<bool>,
    /// Whether it was seen on the glass, on the goodbye page.
    pub on_glass: Option<bool>,
    /// Matters: of this visit on the done page, in all on "my matters", waiting on the start page.
    pub matters: Option<u32>,
    /// Applications filed since the script began.
    pub filed: Option<usize>,
    /// What is seen of a portrait, or what became of it.
    pub portrait: Option<PortraitState>,
    /// Where in the technician's service.
    pub service: Option<ServiceSeen>,
    /// Texts that must occur in the screen's data.
    pub text: Vec<String>,
    /// Texts that must not.
    pub absent: Vec<String>,
    /// Texts that must have been read aloud since the step before that expected any.
    pub said: Vec<String>,
    /// Whether the screen is dark.
    pub dark: Option<bool>,
}

impl Expect {
    /// Names nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Waits for paper, which takes longer than a page.
    #[must_use]
    pub fn prints(&self) -> bool {
        self.slip.is_some() || self.result.is_some()
    }
}

/// Kinds of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageKind {
    /// Nobody is here.
    Idle,
    /// What do you want to do.
    Start,
    /// Search and lists.
    Find,
    /// The guide of an item.
    Guide,
    /// Card and second factor.
    Identify,
    /// The second person, for whom somebody acts.
    Principal,
    /// Something is fetched or made.
    Wait,
    /// Notice and consents.
    Notice,
    /// What is known already.
    Facts,
    /// One question.
    Question,
    /// The checklist.
    Materials,
    /// One material.
    Material,
    /// Scanning.
    Scan,
    /// A portrait.
    Portrait,
    /// How the result should reach the person.
    Delivery,
    /// All answers once more.
    Review,
    /// The document.
    Document,
    /// The signature.
    Sign,
    /// Being stored, or not stored.
    Submit,
    /// Stored or received.
    Done,
    /// Rating.
    Rate,
    /// Goodbye.
    Goodbye,
    /// My matters.
    Matters,
    /// One case.
    Matter,
    /// The outcome of a check-in.
    CheckIn,
    /// Appointments.
    Appointment,
    /// A matter is taken back.
    Withdraw,
    /// A question or objection inside a matter.
    Enquiry,
    /// The technician's service.
    Service,
}

impl PageKind {
    /// As named in a script.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Start => "start",
            Self::Find => "find",
            Self::Guide => "guide",
            Self::Identify => "identify",
            Self::Principal => "principal",
            Self::Wait => "wait",
            Self::Notice => "notice",
            Self::Facts => "facts",
            Self::Question => "question",
            Self::Materials => "materials",
            Self::Material => "material",
            Self::Scan => "scan",
            Self::Portrait => "portrait",
            Self::Delivery => "delivery",
            Self::Review => "review",
            Self::Document => "document",
            Self::Sign => "sign",
            Self::Submit => "submit",
            Self::Done => "done",
            Self::Rate => "rate",
            Self::Goodbye => "goodbye",
            Self::Matters => "matters",
            Self::Matter => "matter",
            Self::CheckIn => "check-in",
            Self::Appointment => "appointment",
            Self::Withdraw => "withdraw",
            Self::Enquiry => "enquiry",
            Self::Service => "service",
        }
    }
}

/// A portrait on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortraitState {
    /// The camera starts.
    Starting,
    /// Nobody is seen.
    Nobody,
    /// Somebody is seen, and something is to mend.
    Advice,
    /// Somebody is seen as they should be.
    Good,
    /// The picture is being taken.
    Taking,
    /// It was taken, and there is nothing to mend.
    Taken,
    /// It was taken, and something is to mend.
    TakenBadly,
    /// The camera does not work.
    Trouble,
}

/// What lies above the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverlayKind {
    /// Nothing.
    None,
    /// Nobody touches.
    TimeOut,
    /// The card was taken.
    Cover,
    /// The card was taken and another one was put.
    AnotherCard,
    /// Really end?
    ConfirmEnd,
    /// Language and display.
    Display,
    /// Help.
    Help,
}

/// What the city says of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeSeen {
    /// Nothing yet.
    Unknown,
    /// Being decided.
    Deciding,
    /// With officers.
    Filed,
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Waits for a department.
    Waits,
}

/// The slip's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlipSeen {
    /// Not yet printed.
    Waiting,
    /// Being printed.
    Printing,
    /// At the output.
    Ready,
    /// Printed.
    Printed,
    /// Printed and taken.
    Taken,
    /// Drawn back.
    DrawnBack,
    /// Nothing came out.
    NotPrinted,
    /// Some paper came out.
    Partial,
    /// Nobody knows.
    Unknown,
    /// No printer.
    NoPrinter,
    /// No paper was wanted.
    Declined,
    /// With the next matter.
    WithNext,
}

/// A result's printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResultSeen {
    /// Can be printed.
    Offered,
    /// Being fetched.
    Fetching,
    /// Being printed.
    Printing,
    /// Printed.
    Printed,
    /// With the printer, which does not tell more.
    HandedOver,
    /// Not printed.
    NotPrinted,
    /// Some pages came out.
    Partial,
    /// Nobody knows.
    Unknown,
    /// Not printed at kiosks.
    Electronic,
    /// Handed over another way, as was chosen.
    AsChosen,
    /// Only the applicant may collect it, not the agent.
    ForApplicant,
}

/// Where in the technician's service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceSeen {
    /// The PIN is asked for.
    Pin,
    /// It was wrong.
    PinWrong,
    /// The entrance is locked, or no PIN was ever set.
    PinLocked,
    /// Devices and machine.
    Overview,
    /// One device.
    Device,
    /// A test is running.
    Testing,
    /// A test was passed.
    Passed,
    /// A test was not passed.
    Failed,
    /// The length of a new roll.
    Roll,
    /// Device events.
    Events,
    /// This machine.
    Machine,
}

/// Why an item is closed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// Its Chinese name.
    pub item: String,
    /// The reason; `None` means it can be begun.
    pub reason: Option<ClosedReason>,
}

/// Reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedReason {
    /// Handled at a window only.
    WindowOnly,
    /// The reader does not work.
    ReaderBroken,
    /// Another security module.
    ReaderSwapped,
    /// The scanner does not work.
    ScannerBroken,
    /// The document printer does not work.
    DocumentPrinterBroken,
    /// No camera.
    NoCamera,
    /// The city is away.
    CityAway,
    /// The catalogue is too old.
    CatalogueOld,
    /// Nothing can be stored.
    CannotStore,
    /// Not enrolled.
    NotEnrolled,
    /// No mains.
    OnBattery,
    /// Too hot or too cold inside.
    Climate,
    /// Just started.
    Starting,
}
