//! What the person in front sees, as plain data: no words, no colours, no pixels.
//!
//! The view turns it into a picture; texts are keys or come from the catalogue. A
//! [`PictureId`] names pixels the shell keeps for this visit only.

use std::time::Duration;

use jiff::civil::{Date, DateTime};

use city_catalogue::record::Text;

use crate::aloud::Aloud;
use crate::availability::PrintTrouble;
use crate::code::CodeAsk;
use crate::display::Display;
use crate::event::PrintedAs;
use crate::help::HelpShown;
use crate::lights::Lights;
use crate::person::Secret;

pub use crate::appointment::{
    AppointmentPage, AppointmentTrouble, BookingEntry, BookingShown, ConfirmShown, DayShown, Deed,
    DoneDeed, NextBooking, Refusal, SlotReply,
};
pub use crate::check_in::{Alone, CheckInPage, CheckInShown, StationShown, TicketShown};
pub use crate::delivery::{DeliveryPage, DeliveryShown, StationChoice, WayShown, WishShown};
pub use crate::enquiry::{
    EnquiryDraft, EnquiryPage, EnquiryRefusal, EnquiryShown, EnquiryTrouble, FactChoice, Usual,
    Wording,
};
pub use crate::portrait::{CameraAway, PortraitAdvice, PortraitPage, PortraitSeen};
pub use crate::principal::{
    AgentsShown, Agreement, AgreementTrouble, NumberTrouble, PrincipalAsk, PrincipalPage,
    PrincipalTrouble, Relation,
};
pub use crate::withdrawal::{CaseShown, WithdrawPage, WithdrawRefusal, WithdrawTrouble};

/// A language the screen can speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Simplified Chinese, the default after each visit.
    #[default]
    ZhHans,
    /// English.
    En,
    /// Traditional Chinese.
    ZhHant,
}

impl Lang {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::ZhHans, Self::ZhHant, Self::En];

    /// Chinese in one of its scripts.
    #[must_use]
    pub const fn is_chinese(self) -> bool {
        match self {
            Self::ZhHans | Self::ZhHant => true,
            Self::En => false,
        }
    }
}

/// Grows by one whenever another page stands on the screen.
///
/// A touch carries the number of the page it was made on; one made on an earlier page
/// (a double tap) is ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageNumber(pub u32);

/// A picture the shell holds in memory for this visit (a scanned page, a page of the form).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PictureId(pub u32);

/// The whole screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// The number touches on this screen must carry.
    pub number: PageNumber,
    /// Language of all words.
    pub lang: Lang,
    /// How it is shown.
    pub display: Display,
    /// Where in the visit we are; `None` on pages outside an application.
    pub progress: Option<Progress>,
    /// The page itself.
    pub page: Page,
    /// The fixed foot.
    pub foot: Foot,
    /// What lies above the page; while it is there only its own touches count.
    pub overlay: Option<Overlay>,
    /// The call for a person's help: said in the foot and on the help above the page.
    pub help: HelpShown,
    /// The page asks for something a code can carry; `None` where it does not or nothing reads
    /// codes here.
    pub codes: Option<CodeAsk>,
    /// The slots that are lit.
    pub lights: Lights,
    /// What the ear needs to know beside the page.
    pub aloud: Aloud,
}

/// "Step 3 of 6, about 2 minutes".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// From 1.
    pub step: u8,
    /// All steps of this application.
    pub steps: u8,
    /// Minutes still needed, estimated from the questions and papers left; at least 1.
    pub minutes: u8,
}

/// The foot: Back left, Help and End in the middle, one primary action right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Foot {
    /// Back is offered.
    pub back: bool,
    /// Help is offered (all pages but idle).
    pub help: bool,
    /// End is offered.
    pub end: bool,
    /// The primary action; its touch is [`crate::Touch::Next`]. `None` leaves the place empty.
    pub primary: Option<Primary>,
}

/// The primary action of a page; the view has the words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Primary {
    /// What it does.
    pub action: Action,
    /// False greys it (something on the page is still missing).
    pub enabled: bool,
}

/// Every primary action; one word key each (`action.begin` …).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Begin this application.
    Begin,
    /// Go on to the next page.
    Continue,
    /// This is me.
    ThisIsMe,
    /// They are whom I act for.
    ForThem,
    /// Confirm the code typed.
    ConfirmCode,
    /// Confirm what was typed.
    Confirm,
    /// Agree and go on.
    Agree,
    /// Everything is right.
    AllRight,
    /// Scan what lies on the glass.
    Scan,
    /// These are all the pages.
    PagesDone,
    /// Keep the page shown.
    KeepPage,
    /// Keep what was scanned, then scan its other side.
    OtherSide,
    /// Take the picture now.
    TakePhoto,
    /// Keep the portrait shown.
    KeepPhoto,
    /// Bring the portrait on paper.
    PaperPhoto,
    /// Next page of the document.
    NextPage,
    /// I have read it, go to sign.
    ReadIt,
    /// Submit, once.
    Submit,
    /// Try again what failed.
    TryAgain,
    /// Finish this visit.
    Finish,
    /// Send the rating.
    Rate,
    /// Bring the papers asked for.
    BringPapers,
    /// Take a walk-in number.
    TakeNumber,
    /// This is the address to post it to.
    PostThere,
    /// Book another appointment.
    BookNew,
    /// Book this one.
    Book,
    /// Move the booking to this time.
    MoveBooking,
    /// Cancel this booking.
    CancelBooking,
    /// Choose another time or place.
    ChooseAgain,
    /// See what is booked.
    MyAppointments,
    /// Take this matter back.
    Withdraw,
    /// See how the matters stand now.
    MyMatters,
    /// Send this question.
    SendQuestion,
    /// Send this objection.
    SendObjection,
}

/// All pages.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// Nobody is here.
    Idle(IdlePage),
    /// What do you want to do.
    Start(StartPage),
    /// Search and lists of service items.
    Find(FindPage),
    /// The one-time complete notice of an item.
    Guide(Box<GuidePage>),
    /// The card and the second factor.
    Identify(IdentifyPage),
    /// Whom the person acts for.
    Principal(PrincipalPage),
    /// Something is fetched or made; says what.
    Wait(WaitPage),
    /// Who asks, why, what; consents.
    Notice(NoticePage),
    /// What is known already.
    Facts(FactsPage),
    /// One question.
    Question(Box<QuestionPage>),
    /// The checklist of materials.
    Materials(MaterialsPage),
    /// One material: how it will be brought.
    Material(MaterialPage),
    /// Lay it down, scan, look, keep.
    Scan(ScanPage),
    /// A portrait: look, take, keep.
    Portrait(PortraitPage),
    /// How the result should reach the person.
    Delivery(DeliveryPage),
    /// All answers with Change beside each.
    Review(ReviewPage),
    /// The document as it will be filed.
    Document(DocumentPage),
    /// The signature.
    Sign(SignPage),
    /// Being stored, or not stored.
    Submit(SubmitPage),
    /// Stored here or received by the city; results and slip.
    Done(DonePage),
    /// Five faces.
    Rate(RatePage),
    /// Take your card, your original, your paper.
    Goodbye(GoodbyePage),
    /// The person's cases.
    Matters(MattersPage),
    /// One case.
    Matter(Box<MatterPage>),
    /// The outcome of a check-in.
    CheckIn(CheckInShown),
    /// Appointments.
    Appointment(AppointmentPage),
    /// A matter is taken back.
    Withdraw(WithdrawPage),
    /// A question or objection inside a matter.
    Enquiry(EnquiryPage),
    /// The technician's service.
    Service(Box<crate::service::ServicePage>),
}

impl Page {
    /// The kind of page in a word, for file names, logs and calls for help: never what stands on it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle(_) => "idle",
            Self::Start(_) => "start",
            Self::Find(_) => "find",
            Self::Guide(_) => "guide",
            Self::Identify(_) => "identify",
            Self::Principal(_) => "principal",
            Self::Wait(_) => "wait",
            Self::Notice(_) => "notice",
            Self::Facts(_) => "facts",
            Self::Question(_) => "question",
            Self::Materials(_) => "materials",
            Self::Material(_) => "material",
            Self::Scan(_) => "scan",
            Self::Portrait(_) => "portrait",
            Self::Delivery(_) => "delivery",
            Self::Review(_) => "review",
            Self::Document(_) => "document",
            Self::Sign(_) => "sign",
            Self::Submit(_) => "submit",
            Self::Done(_) => "done",
            Self::Rate(_) => "rate",
            Self::Goodbye(_) => "goodbye",
            Self::Matters(_) => "matters",
            Self::Matter(_) => "matter",
            Self::CheckIn(_) => "check-in",
            Self::Appointment(_) => "appointment",
            Self::Withdraw(_) => "withdraw",
            Self::Enquiry(_) => "enquiry",
            Self::Service(_) => "service",
        }
    }
}

/// Page 1: idle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdlePage {
    /// Service items that can be begun now.
    pub items_open: u16,
    /// Why nothing can be filed now; `None` when things are well.
    pub trouble: Option<Reason>,
    /// A card lies on the reader though nobody is here.
    pub card_left: bool,
    /// Somebody came near, as the cabinet sees it.
    pub near: bool,
    /// Why no visit can begin at all now, guides included; `None` when one can.
    pub halted: Option<Reason>,
}

/// Page 2: start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartPage {
    /// At most six choices; the touch is [`crate::Touch::Pick`] with their place.
    pub choices: Vec<StartEntry>,
    /// Matters that wait for the person whose card lies on the reader; `None` when not known.
    pub waiting: Option<u32>,
}

/// One choice of the start page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartEntry {
    /// What it opens.
    pub choice: StartChoice,
    /// Why it cannot be chosen now; `None` when it can.
    pub closed: Option<Reason>,
}

/// What can be begun from the start page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartChoice {
    /// Apply for something.
    Apply,
    /// See and go on with my matters.
    MyMatters,
    /// Print a certificate.
    Print,
    /// Read guides.
    Guides,
    /// Check in for an appointment.
    CheckIn,
    /// A person's help.
    HumanHelp,
}

/// Page 3: find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindPage {
    /// What was typed into the search field.
    pub query: String,
    /// Themes and life events, shown while nothing is typed and no theme is open.
    pub groups: Vec<GroupEntry>,
    /// The open theme or life event; `None` while searching or on the overview.
    pub open: Option<Text>,
    /// The items of this list page; the touch is `Pick` with its place (groups likewise).
    pub items: Vec<ItemEntry>,
    /// Items in the whole list.
    pub total: u16,
    /// Where in the list or overview; turned by [`crate::Touch::Turn`].
    pub turn: Turn,
}

/// Page `at` of `of`, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// From 1.
    pub at: u16,
    /// At least 1.
    pub of: u16,
}

/// A theme of a field (日常生产生活 · 劳动就业) or a life event (失业一件事).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEntry {
    /// Theme or life event.
    pub kind: GroupKind,
    /// Its name.
    pub name: Text,
    /// How many items.
    pub items: u16,
}

/// The two ways items are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A theme within the field 创业创新 (business) of R8.
    BusinessTheme,
    /// A theme within the field 日常生产生活 (daily life) of R8.
    LifeTheme,
    /// A bundle (一件事).
    LifeEvent,
}

/// One item in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemEntry {
    /// Its name.
    pub name: Text,
    /// The body that decides.
    pub body: Text,
    /// Decided on the spot (即办件).
    pub instant: bool,
    /// Why it cannot be begun here now; it stays visible.
    pub closed: Option<Reason>,
}

/// Why something is closed or grey; the view has the words (`reason.…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The item is handled at a window only.
    WindowOnly,
    /// The id-card reader does not work.
    ReaderBroken,
    /// The reader holds another security module than the one enrolled.
    ReaderSwapped,
    /// The scanner does not work.
    ScannerBroken,
    /// The document printer does not work.
    DocumentPrinterBroken,
    /// This kiosk has no camera for portraits.
    NoCamera,
    /// The city cannot be reached and the item needs it.
    CityAway,
    /// The catalogue was not refreshed for too long; nothing is filed on old rules.
    CatalogueOld,
    /// This kiosk cannot store applications now (disk).
    CannotStore,
    /// This kiosk was not enrolled yet.
    NotEnrolled,
    /// There is no mains power: only who is here already goes on.
    OnBattery,
    /// It is too hot or too cold inside the kiosk.
    Climate,
    /// The kiosk was just started and makes itself ready.
    Starting,
}

/// Page 4: guide.
#[derive(Clone, Debug, PartialEq)]
pub struct GuidePage {
    /// The item's name.
    pub name: Text,
    /// The body that decides.
    pub body: Text,
    /// Decided on the spot.
    pub instant: bool,
    /// What to bring, with how it is met.
    pub materials: Vec<GuideMaterial>,
    /// Accept conditions, in the catalogue's language.
    pub conditions: Vec<String>,
    /// The steps with who and how long.
    pub steps: Vec<GuideStep>,
    /// The promised limit.
    pub promised: LimitShown,
    /// The statutory limit.
    pub statutory: LimitShown,
    /// Fees; empty means free of charge.
    pub fees: Vec<FeeShown>,
    /// Phone for questions.
    pub phone: String,
    /// Where a window handles it.
    pub address: String,
    /// Offline class, said before the first question.
    pub offline: Offline,
    /// Result may be printed here.
    pub prints_here: bool,
    /// Why it cannot be begun; `None` when it can.
    pub closed: Option<Reason>,
    /// Whether somebody else may file it for the applicant.
    pub agents: AgentsShown,
    /// How the print of this guide stands; `None` when none was asked for.
    pub print: Option<SlipState>,
    /// The version of the item's record.
    pub version: u32,
    /// Long guides turn.
    pub turn: Turn,
}

/// What the offline class means for this person now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offline {
    /// The city answers: nothing to say.
    Connected,
    /// Can be filed without the city.
    FilesOffline,
    /// Is filed now and checked later.
    CheckedLater,
    /// Only the guide can be read now.
    GuideOnly,
}

/// One material on the guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideMaterial {
    /// Its name.
    pub name: Text,
    /// How it is met.
    pub state: MaterialState,
}

/// How a material is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaterialState {
    /// Held by a department: 免提交.
    AlreadyHeld,
    /// A department should hold it but no record was found; an officer looks.
    NotFound,
    /// A department holds it but could not be asked now.
    AskedLater,
    /// Read from the card.
    FromCard,
    /// Made from the answers.
    Generated,
    /// To be scanned.
    ToScan,
    /// To be scanned, or promised instead.
    ToScanOrPromise,
    /// A promise to be made (告知承诺).
    ToPromise,
    /// Scanned, with so many pages.
    Scanned(u16),
    /// Promised.
    Promised,
    /// Brought later (容缺) by this date.
    Later(Date),
    /// Not necessary and not brought.
    NotBrought,
    /// Not necessary, may be brought.
    Optional,
}

/// One step of the flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideStep {
    /// Its name.
    pub name: Text,
    /// The body that does it.
    pub body: Text,
    /// How long.
    pub limit: LimitShown,
}

/// A time limit as shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitShown {
    /// 0 means on the spot.
    pub value: u32,
    /// Working days, natural days or hours; never converted.
    pub unit: LimitUnitShown,
}

/// Unit of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitUnitShown {
    /// Working days.
    Workday,
    /// Natural days.
    Day,
    /// Hours.
    Hour,
}

/// One fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeShown {
    /// Its name.
    pub name: String,
    /// The standard in words.
    pub standard: String,
    /// Amount in fen; `None` when it depends on the case.
    pub amount_fen: Option<u64>,
    /// The legal basis.
    pub basis: String,
}

/// Page 5: identify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentifyPage {
    /// Put your card on the reader.
    PutCard {
        /// The last read failed: lift it and put it back.
        again: Option<CardTrouble>,
    },
    /// Read; is it you?
    IsItYou(MaskedPerson),
    /// The second factor: choices by `Pick`.
    SecondFactor {
        /// Who.
        person: MaskedPerson,
        /// What is offered, in order.
        ways: Vec<FactorWay>,
        /// What went wrong with the last try.
        trouble: Option<FactorTrouble>,
    },
    /// A code was sent to the phone on record; digits by `Type`.
    Code {
        /// The phone, masked.
        phone: String,
        /// What was typed so far.
        typed: Secret,
        /// The last code was wrong.
        wrong: bool,
    },
    /// A member of staff comes and confirms with their own code; digits by `Type`.
    Staff {
        /// How many digits were typed.
        typed: u8,
        /// The last code was wrong.
        wrong: bool,
    },
}

/// A person as shown: never more than this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedPerson {
    /// First character, the rest masked.
    pub name: String,
    /// First character and last four.
    pub number: String,
    /// The card's date of expiry has passed.
    pub expired: bool,
}

/// What went wrong reading a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardTrouble {
    /// Lifted too early or not readable: lift it and put it back.
    LiftAndPutBack,
    /// Not a card this reader knows.
    Unsupported,
    /// More than one card lies there.
    OneCard,
    /// The reader itself does not work: another kiosk or a window can.
    OutOfService,
}

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorWay {
    /// A yes/no question to the identity provider.
    Face,
    /// A code to the phone on record.
    PhoneCode,
    /// A member of staff looks.
    Staff,
    /// File now, the identity is checked later (the city is away).
    CheckedLater,
}

/// Why the second factor did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorTrouble {
    /// The provider said no.
    SaidNo,
    /// The provider or the city did not answer.
    Away,
    /// No phone is on record.
    NoPhone,
    /// The code was wrong too often, or is too old.
    TooOften,
}

/// Something takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitPage {
    /// What is done.
    pub what: Waiting,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The identity provider is asked.
    Identity,
    /// The city is asked whether somebody lets the person act for them.
    Principal,
    /// Departments are asked what they hold.
    Registers,
    /// The city is asked for choices (hospitals, dates).
    Options,
    /// The form is made.
    Document,
    /// The city is asked for the person's cases.
    Matters,
    /// The city is asked for the booking.
    CheckIn,
    /// The city is asked for a walk-in number.
    Ticket,
    /// The city is asked for bookings, or for what can be booked.
    Appointments,
    /// The city is asked to book, move or cancel.
    Booking,
    /// The city is asked to take a matter back.
    Withdrawal,
    /// The city is asked what was known of the person.
    Facts,
    /// The city is asked to take a question or an objection.
    Enquiry,
}

/// Page 6: notice and consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticePage {
    /// The item.
    pub item: Text,
    /// Who asks.
    pub body: Text,
    /// The kinds of data asked (labels of the form).
    pub kinds: Vec<Text>,
    /// Those of them that are sensitive.
    pub sensitive: Vec<Text>,
    /// A person under 14 is concerned: the guardian's consent has its own tick.
    pub minor: bool,
    /// Ticks in order (`Toggle` with the place): general, then sensitive, then minor.
    pub ticks: Vec<Tick>,
}

/// One consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Which consent.
    pub consent: Consent,
    /// Ticked; never from the start.
    pub on: bool,
}

/// The consents that are asked apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Consent {
    /// The notice was read.
    Notice,
    /// Sensitive data.
    Sensitive,
    /// A child's data, by the guardian.
    Guardian,
}

/// What is known already; `Dispute` with the place says "wrong?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsPage {
    /// The facts.
    pub facts: Vec<Fact>,
    /// List page.
    pub turn: Turn,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The question it answers.
    pub label: Text,
    /// The answer as shown (masked when sensitive and not revealed).
    pub value: String,
    /// Where it comes from.
    pub from: FactSource,
    /// The resident said it is wrong.
    pub disputed: bool,
    /// Masked; a touch on it (`Reveal`) shows it for 5 s.
    pub masked: bool,
    /// May be typed anew here; otherwise a correction is asked from the body that keeps it.
    pub editable: bool,
}

/// Where a fact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactSource {
    /// The card.
    Card,
    /// A department's register.
    Register,
    /// Typed by the resident.
    Typed,
}

/// Page 7: one question.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionPage {
    /// The question (for a table: the column's label).
    pub label: Text,
    /// May be left empty.
    pub optional: bool,
    /// Sensitive: typed text is shown, but masked anywhere else.
    pub sensitive: bool,
    /// How it is asked.
    pub ask: Ask,
    /// The lines of a passport can be typed in place of the number: `TypeZone` opens them, and
    /// leads back from [`Keyboard::Zone`].
    pub zone: bool,
    /// What is wrong with the answer; shown after the try to go on.
    pub problem: Option<ProblemShown>,
}

/// How a question is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Text by keyboard: `Type`, `Erase`, `ClearText`.
    Text {
        /// What was typed.
        text: String,
        /// Which keyboard stands below.
        keyboard: Keyboard,
        /// Longest text in characters; `None` without a bound of the form.
        max: Option<u32>,
        /// Several lines.
        long: bool,
    },
    /// One of several: `Pick`.
    Choice {
        /// The choices.
        options: Vec<OptionShown>,
        /// List page.
        turn: Turn,
    },
    /// Any of several: `Toggle`.
    Choices {
        /// The choices.
        options: Vec<OptionShown>,
        /// List page.
        turn: Turn,
    },
    /// Yes (`Pick(0)`) or no (`Pick(1)`).
    YesNo {
        /// `None` when not answered.
        answer: Option<bool>,
    },
    /// A statement that must be ticked: `Toggle(0)`.
    Statement {
        /// Ticked.
        on: bool,
    },
    /// A date or month by digits (`Type`), shown as it grows: `2026-11-__`.
    Date {
        /// Digits typed.
        digits: String,
        /// Year and month only.
        month: bool,
    },
    /// A place: pick the region level by level (`Pick`; `Erase` goes one level up).
    Region {
        /// Names picked so far.
        path: Vec<Text>,
        /// The next level; empty when the region is complete.
        options: Vec<OptionShown>,
        /// List page.
        turn: Turn,
    },
    /// Rows of a table: `Pick` edits one, `AddRow` adds, `RemoveRow` removes.
    Rows {
        /// Column labels.
        columns: Vec<Text>,
        /// Cells as shown.
        rows: Vec<Vec<String>>,
        /// More rows may be added.
        may_add: bool,
    },
}

/// One choice as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionShown {
    /// Its words.
    pub name: Text,
    /// Chosen.
    pub on: bool,
}

/// A keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyboard {
    /// Pinyin, Latin and digits.
    Full,
    /// Capital letters and digits.
    Latin,
    /// Digits only.
    Digits,
    /// Digits and X.
    IdNumber,
    /// Digits and a decimal point.
    Money,
    /// Capital letters, digits and the filler `<` of machine-readable lines.
    Zone,
}

/// A problem with an answer: its key (`problem.…`) and the values for the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemShown {
    /// Word key.
    pub key: &'static str,
    /// Values to fill in, by name.
    pub values: Vec<(&'static str, String)>,
}

/// Page 8: the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialsPage {
    /// All materials of the item; `Pick` opens one that needs something.
    pub materials: Vec<MaterialEntry>,
    /// List page.
    pub turn: Turn,
}

/// One row of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialEntry {
    /// Its name.
    pub name: Text,
    /// How it is met.
    pub state: MaterialState,
    /// Can be opened.
    pub opens: bool,
}

/// One material; `Pick` with the place of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaterialPage {
    /// Its name.
    pub name: Text,
    /// What makes it acceptable, in the catalogue's language.
    pub standard: Option<String>,
    /// Common errors, in the catalogue's language.
    pub common_errors: Vec<String>,
    /// How it is met now.
    pub state: MaterialState,
    /// What can be done.
    pub ways: Vec<MaterialWay>,
    /// The promise's text is shown when the way `Promise` is open: liability and what is promised.
    pub promise: bool,
    /// Why a portrait can only be brought on paper; `None` where it can be taken here, and for
    /// what is no portrait.
    pub camera: Option<CameraAway>,
    /// It is a portrait.
    pub portrait: bool,
    /// Why it cannot be promised, where others may; `None` where it can, and where nobody may.
    pub bar: Option<CommitmentBar>,
}

/// No commitment of the person counts for now: one before was found false, or a register lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentBar {
    /// Day it was found false, or the person was listed.
    pub since: Date,
    /// Last day of the bar; it ends before when it is repaired. `None` when nobody knows.
    pub until: Option<Date>,
    /// Body whose register lists the person; `None` for a commitment that was found false.
    pub source: Option<Text>,
}

/// How a material can be brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaterialWay {
    /// Have the portrait taken here.
    Photograph,
    /// Scan it.
    Scan,
    /// Promise instead (告知承诺).
    Promise,
    /// Bring it later (容缺), within so many working days.
    Later {
        /// Working days.
        workdays: u32,
    },
    /// Leave it out.
    LeaveOut,
}

/// The scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanPage {
    /// Lay it on the glass, into the feeder, or under the camera.
    Place {
        /// The material.
        name: Text,
        /// Pages kept so far.
        pages: u16,
        /// There is a feeder that takes several sheets.
        feeder: bool,
        /// A camera over the desk scans: there is no glass.
        desk: bool,
        /// Its other side is laid down now.
        back: bool,
        /// A photo is laid down, from which a portrait is cut.
        photo: bool,
        /// What went wrong last time.
        trouble: Option<ScanTrouble>,
    },
    /// Scanning.
    Scanning {
        /// The material.
        name: Text,
        /// Pages that have come.
        pages: u16,
        /// So many percent of the next one's rows are here; 0 when that is not known.
        percent: u8,
        /// As in [`ScanPage::Place`].
        desk: bool,
    },
    /// Look at it: `Next` keeps, `Retake` scans again, `AddPage` keeps and scans another.
    Look {
        /// The material.
        name: Text,
        /// The page.
        picture: PictureId,
        /// Which page, from 1.
        page: u16,
        /// Another page may be added.
        may_add: bool,
        /// `TurnPage` turns it by a quarter.
        may_turn: bool,
        /// As in [`ScanPage::Place`].
        desk: bool,
        /// Sheets may be left in the feeder: no more of them were wanted.
        left: bool,
        /// What to mend first; `None` when the page is good.
        advice: Option<PageAdvice>,
    },
    /// The pages kept, one at a time: `Turn` shows another, `MoveEarlier` puts it before the one
    /// before it, `Retake` scans it anew, `RemovePage` takes it out, `AddPage` scans another.
    Pages {
        /// The material.
        name: Text,
        /// The page shown.
        picture: PictureId,
        /// Which page, from 1.
        page: u16,
        /// How many are kept.
        pages: u16,
        /// Another page may be added.
        may_add: bool,
        /// `TurnPage` turns it by a quarter.
        may_turn: bool,
        /// As in [`ScanPage::Place`].
        desk: bool,
        /// As in [`ScanPage::Look`].
        left: bool,
        /// What to mend about it first; `None` when the page is good.
        advice: Option<PageAdvice>,
    },
}

/// What a resident can mend about a scanned page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageAdvice {
    /// Nothing is on it: was it laid the wrong way round?
    Blank,
    /// Almost nothing is on it.
    NearlyBlank,
    /// A part of it lies outside of the picture.
    CutOff,
    /// Too far from the camera.
    TooSmall,
    /// A lamp shines in it.
    Glare,
    /// Blurred.
    Blur,
    /// The same side as before.
    SameSide,
    /// It lies on its side.
    Sideways,
    /// Perhaps two sheets at once.
    DoubleFeed,
    /// Too dark to read.
    Dark,
    /// Too bright: what was pale is gone.
    Bright,
    /// Too coarse for the archive.
    Coarse,
    /// No photo of a person is found on the glass.
    NoPhoto,
    /// The photo's background is not white.
    NotWhite,
}

/// What a scan can suffer from; each has its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanTrouble {
    /// Nothing lay there.
    NoPaper,
    /// Paper jam.
    Jam,
    /// The lid or cover is open.
    CoverOpen,
    /// In use.
    Busy,
    /// Two sheets at once.
    DoubleFeed,
    /// The scanner is not there.
    Offline,
    /// The picture came broken or empty.
    Broken,
    /// A camera's lens is covered.
    Covered,
    /// Took too long.
    Timeout,
    /// No more pages fit into this application.
    Enough,
    /// All pages that fit came; sheets may be left in the feeder.
    SheetsLeft,
    /// The back of a card was wanted, and no card is seen.
    NoCard,
    /// Even grey at the least resolution the page is larger than what is left for its material.
    TooLarge,
    /// Nothing went wrong yet: the person before may have left a paper on the glass.
    LeftBehind,
    /// Any other fault of the device.
    Device,
}

/// Page 9: review; `Change` with the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewPage {
    /// Answers, materials and how the result reaches the person.
    pub rows: Vec<ReviewRow>,
    /// List page.
    pub turn: Turn,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRow {
    /// The question or material.
    pub label: Text,
    /// The answer as shown; empty for a material.
    pub value: String,
    /// A material's state.
    pub material: Option<MaterialState>,
    /// Who applies or acts: the view has the words for it. `None` for other rows.
    pub party: Option<PartyShown>,
    /// How the result reaches the person: the view has the words for it. `None` for other rows.
    pub delivery: Option<WishShown>,
    /// Change is offered.
    pub change: bool,
    /// Masked.
    pub masked: bool,
}

/// A person with their part in an application that one files for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartyShown {
    /// Who is acted for.
    Applicant(MaskedPerson),
    /// Who acts.
    Agent {
        /// Who.
        person: MaskedPerson,
        /// What they are to the applicant.
        relation: Relation,
        /// They collect the result, too.
        may_collect: bool,
    },
}

/// The document as it will be filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPage {
    /// The page shown.
    pub picture: PictureId,
    /// Which one; all must have been seen.
    pub turn: Turn,
}

/// The signature.
#[derive(Clone, Debug, PartialEq)]
pub struct SignPage {
    /// The item.
    pub item: Text,
    /// Strokes so far, in thousandths of the pad's width and height.
    pub strokes: Vec<Vec<Point>>,
    /// Enough was drawn, or it was signed without seeing.
    pub enough: bool,
    /// Fees that will be due.
    pub fees: Vec<FeeShown>,
    /// Masked name of whom the person signs for; `None` when they sign for themselves.
    pub applicant: Option<String>,
    /// Signing without seeing; `None` where nothing is read aloud.
    pub aloud: Option<SignAloud>,
}

/// Signing without seeing: the declaration is read aloud and confirmed by keypad
/// ([`crate::Touch::SignAloud`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignAloud {
    /// The page was read to its end: it can be confirmed.
    pub heard: bool,
    /// It was confirmed.
    pub given: bool,
}

/// A point on the pad, 0 to 1000 in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
}

/// Being stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmitPage {
    /// Sealing and storing.
    Storing,
    /// Not stored; nothing was filed; the answers are still here.
    NotStored,
}

/// Page 10: done.
#[derive(Clone, Debug, PartialEq)]
pub struct DonePage {
    /// The item.
    pub item: Text,
    /// Receipt number, grouped.
    pub receipt: String,
    /// Where it is now: two honest pictures.
    pub place: Place,
    /// What the city says of it.
    pub outcome: OutcomeShown,
    /// The slip.
    pub slip: SlipState,
    /// What keeps the slip from being printed now; `None` while it comes or when nothing does.
    pub slip_trouble: Option<PrintTrouble>,
    /// The printed result, for an instant item.
    pub result: Option<ResultShown>,
    /// Fees due with their basis.
    pub fees: Vec<FeeShown>,
    /// All matters of this visit so far.
    pub matters: u8,
}

/// Where an application is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On this machine, sent as soon as the city answers.
    StoredHere,
    /// In the city.
    Received {
        /// Filing number (申报号).
        filing: String,
        /// Case number (办件编号), once known.
        case: Option<String>,
    },
}

/// What the city says.
#[derive(Clone, Debug, PartialEq)]
pub enum OutcomeShown {
    /// Not known yet.
    Unknown,
    /// An instant item is being decided.
    Deciding,
    /// With the city; answer due.
    Filed {
        /// When it must be accepted or answered.
        due: Option<Due>,
    },
    /// Granted on the spot.
    Granted,
    /// Refused, with the reason in words.
    Refused {
        /// The reason.
        reason: Text,
    },
    /// The department did not answer: the case waits for it.
    WaitsForDepartment,
}

/// A due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub date: Date,
    /// Computed without the year's holiday notice (暂定).
    pub provisional: bool,
}

/// The slip's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipState {
    /// Waits for the city or for the time to pass; the seconds left.
    Waiting {
        /// Until it prints by itself; `None` while the city's answer is awaited.
        seconds: Option<u8>,
    },
    /// Printing.
    Printing,
    /// It lies at the output.
    Ready,
    /// The printer said so.
    Printed,
    /// Printed, and taken from the output.
    Taken,
    /// Nobody took it: it was drawn back into the machine.
    DrawnBack,
    /// Certainly nothing came out.
    NotPrinted,
    /// Some paper came out.
    Partial,
    /// Nobody knows.
    Unknown,
    /// No printer takes it now: the number stands on the screen. Printed once one does.
    NoPrinter,
    /// No paper was wanted: the number stands on the screen.
    Declined,
    /// Later, with the next matter.
    WithNext,
}

impl SlipState {
    /// It prints, or lies at the output and was not taken yet.
    pub(crate) fn is_under_way(self) -> bool {
        matches!(self, Self::Printing | Self::Ready)
    }

    /// How a print that ended so is said. A slip that was processed counts as printed
    /// (specs/printers, section 2): a printer that confirms no more is chosen by its profile.
    pub(crate) fn of(outcome: PrintedAs) -> Self {
        match outcome {
            PrintedAs::Printed | PrintedAs::Processed => Self::Printed,
            PrintedAs::Taken => Self::Taken,
            PrintedAs::DrawnBack => Self::DrawnBack,
            PrintedAs::NotPrinted => Self::NotPrinted,
            PrintedAs::Partial => Self::Partial,
            PrintedAs::Unknown => Self::Unknown,
        }
    }
}

/// A result.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultShown {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// The code the city's verify page asks for.
    pub verification: String,
    /// Its printing.
    pub printing: ResultPrinting,
    /// What keeps it from being printed now; `None` when nothing does.
    pub trouble: Option<PrintTrouble>,
}

/// How the printing of a result stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultPrinting {
    /// Can be printed here when it is asked for.
    Offered,
    /// Being fetched from the city.
    Fetching,
    /// Being printed.
    Printing,
    /// The printer said so.
    Printed,
    /// The printer, or who prints for us, has all of it and does not tell what came out.
    HandedOver,
    /// Certainly nothing came out: it can be printed at any kiosk from "my matters".
    NotPrinted,
    /// Some pages came out.
    Partial,
    /// Nobody knows: the whole of it may lie in the tray.
    Unknown,
    /// This item's result is not printed at kiosks.
    Electronic,
    /// It reaches the person another way, as they chose: it is not printed unasked.
    AsChosen,
    /// Only the applicant may collect it, and an agent stands here.
    ForApplicant,
}

impl ResultPrinting {
    /// How a print that ended so is said.
    pub(crate) fn of(outcome: PrintedAs) -> Self {
        match outcome {
            PrintedAs::Printed | PrintedAs::Taken => Self::Printed,
            PrintedAs::Processed => Self::HandedOver,
            PrintedAs::NotPrinted | PrintedAs::DrawnBack => Self::NotPrinted,
            PrintedAs::Partial => Self::Partial,
            PrintedAs::Unknown => Self::Unknown,
        }
    }

    /// Whether a touch prints it: never a second time where it is known to have come out.
    #[must_use]
    pub fn prints_on_touch(self) -> bool {
        match self {
            Self::Offered | Self::NotPrinted | Self::Partial | Self::Unknown => true,
            Self::Fetching
            | Self::Printing
            | Self::Printed
            | Self::HandedOver
            | Self::Electronic
            | Self::AsChosen
            | Self::ForApplicant => false,
        }
    }

    /// Whether what is wrong with the printer matters to whoever waits for it.
    pub(crate) fn tells_trouble(self) -> bool {
        match self {
            Self::Offered | Self::Printing | Self::NotPrinted | Self::Partial | Self::Unknown => {
                true
            }
            Self::Fetching
            | Self::Printed
            | Self::HandedOver
            | Self::Electronic
            | Self::AsChosen
            | Self::ForApplicant => false,
        }
    }
}

/// Page 11: rate; `Pick` 0 to 4 for 5 to 1, `Next` sends, `Skip` leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RatePage {
    /// 1 to 5; `None` is nothing chosen.
    pub level: Option<u8>,
    /// For 1 and 2 a reason is needed: `Toggle` 0 to 4.
    pub reasons: Option<[bool; 5]>,
}

/// Page 12: goodbye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoodbyePage {
    /// A card lies on the reader: take it.
    pub card: bool,
    /// Something was scanned: take the original. Not when the glass was seen empty.
    pub original: bool,
    /// The original still lies on the glass, as seen.
    pub on_glass: bool,
    /// Paper came out: take it.
    pub paper: bool,
    /// Paper is still being printed: wait for it.
    pub coming: bool,
    /// Nothing was filed in this visit.
    pub nothing_filed: bool,
    /// The person has a number that will be called.
    pub has_number: bool,
}

/// Page 13: my matters; `Pick` opens one, `Appointments` the person's appointments.
#[derive(Clone, Debug, PartialEq)]
pub struct MattersPage {
    /// The cases of this list page.
    pub matters: Vec<MatterEntry>,
    /// In all.
    pub total: u16,
    /// List page.
    pub turn: Turn,
    /// The city could not be asked.
    pub away: bool,
    /// The next booking; `None` when there is none or it is not known.
    pub booked: Option<NextBooking>,
}

/// One case in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatterEntry {
    /// The item.
    pub item: Text,
    /// State key of the city (`state.…`).
    pub state: String,
    /// Due date of the state.
    pub due: Option<Due>,
    /// Something is asked of the resident.
    pub asked: bool,
}

/// One case.
#[derive(Clone, Debug, PartialEq)]
pub struct MatterPage {
    /// The item.
    pub item: Text,
    /// Filing number.
    pub filing: String,
    /// Case number.
    pub case: Option<String>,
    /// State key of the city (`state.…`).
    pub state: String,
    /// Who holds it now.
    pub holder: Text,
    /// Filed at.
    pub filed: DateTime,
    /// Promised date.
    pub promised: Option<Due>,
    /// Statutory date.
    pub statutory: Option<Due>,
    /// What has happened: when and which state.
    pub history: Vec<(DateTime, String)>,
    /// Papers asked for, in the officer's words.
    pub asked: Vec<Text>,
    /// The officer's words.
    pub words: Option<String>,
    /// A result that can be printed here: `Pick(0)`.
    pub result: Option<ResultShown>,
    /// How the result reaches the person, and where it is; `None` while there is none.
    pub delivery: Option<DeliveryShown>,
    /// What was asked in it so far, the newest first; a question is asked by `Ask`.
    pub enquiries: Vec<EnquiryShown>,
    /// Something known of the person may stand in it, which can be disputed: `Object`.
    pub may_object: bool,
    /// It can be taken back: `Withdraw`.
    pub may_withdraw: bool,
}

/// What lies above the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Nobody touches: `MoreTime` or the visit ends.
    TimeOut {
        /// Seconds left when this screen was made; the view counts on by itself.
        seconds: u8,
    },
    /// The card was taken: everything is covered. `EndNow` ends.
    Cover {
        /// Seconds until the visit ends.
        seconds: u8,
        /// Another card was put.
        another_card: bool,
    },
    /// Really end? `EndNow` or `Close`.
    ConfirmEnd {
        /// Answers would be lost.
        answers: bool,
    },
    /// Language and display: `Language`, `TextSize`, `Contrast`, `Reach`, `Elder`,
    /// `Aloud`. `Close`.
    Display,
    /// Help: what to do and whom to call. `CallHelp`, `WithdrawHelp`, `Close`.
    Help {
        /// Phone of the body or the city.
        phone: String,
    },
}

/// How long the view lets a revealed value stand.
pub const REVEAL: Duration = Duration::from_secs(5);
