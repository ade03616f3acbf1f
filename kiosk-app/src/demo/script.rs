//! Scripted visits as data: one TOML file each, which anyone can add.
//!
//! ```toml
//! title = { zh = "失业登记", en = "Unemployment registration" }
//! about = "Decided on the spot."
//!
//! [[step]]
//! put-card = "zhang-shili"
//!
//! [[step]]
//! expect = { page = "start" }
//! ```
//!
//! Every `[[step]]` has exactly one key, one of [`Step`]; a key that is not known is refused with
//! its line. What a step does to the kiosk is in [`super::player`].

use std::collections::BTreeMap;

use city_catalogue::delivery;
use kiosk_drivers::scanner::sim::CardSide;
use serde::Deserialize;

use super::camera::Sitter;

mod expect;

pub use expect::{
    Closed, ClosedReason, Expect, OutcomeSeen, OverlayKind, PageKind, PortraitState, ResultSeen,
    ServiceSeen, SlipSeen,
};

/// Longest script, in bytes.
const LONGEST: usize = 256 * 1024;
/// Most steps of a script.
const MOST_STEPS: usize = 1_000;

/// A script that cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// Not TOML, or a key or value that no step has.
    #[error("reading the visit `{name}`, line {line}: {}", source.message())]
    Malformed {
        /// The visit.
        name: String,
        /// From 1.
        line: usize,
        /// What the reader says.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A value out of its bounds.
    #[error("reading the visit `{name}`, step {step}: {fault}")]
    Value {
        /// The visit.
        name: String,
        /// From 1.
        step: usize,
        /// What is wrong.
        fault: &'static str,
    },
    /// Too long, too many steps or none.
    #[error("reading the visit `{name}`: {fault}")]
    Size {
        /// The visit.
        name: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// No built-in visit has this name.
    #[error("there is no visit `{name}`; the visits are: {known}")]
    NoSuchVisit {
        /// The name asked for.
        name: String,
        /// All names.
        known: String,
    },
}

/// One scripted visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// Its name: the file's name without the ending.
    pub name: String,
    /// Its title.
    pub title: Title,
    /// What it shows, in a sentence or two.
    pub about: String,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// A title in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The file as it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Title,
    about: String,
    #[serde(rename = "step", default)]
    steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Lays the card with this id of `cards.json` on the reader.
    PutCard(String),
    /// Lays it down and pulls it away while it is being read.
    PullCard(String),
    /// Something simple happens in the room.
    Room(RoomAct),
    /// Holds a code before the code scanner until it was read.
    ShowCode(ShowCode),
    /// Presses a key of the tactile keypad, by its name (`down`, `select` …).
    Key(String),
    /// Walks with the keypad to what is read out with these words in it, and takes it.
    Press(String),
    /// Spells this text with the keypad into the field that was taken.
    Spell(String),
    /// In the next slip the paper ends after so many millimetres.
    PaperEndsAfter(f64),
    /// Lays this page on the scanner's glass, from 1; at kiosk 2 under its document camera.
    Glass(u32),
    /// Lays a card on the scanner's glass, this side down.
    CardOnGlass(CardSide),
    /// Somebody sits down before the portrait camera, or goes; or it is unplugged.
    Camera(Sitter),
    /// Lays a photo on paper on the scanner's glass.
    Photo(Sitter),
    /// Lays so many sheets into its feeder.
    Feeder(u32),
    /// Goes to this kiosk, from 1.
    Kiosk(u8),
    /// Somebody has booked for today at this kiosk's station, and the kiosk has heard of it.
    Booked(Booked),
    /// So many numbers were given in this visit, and the city has each of them in its queue once.
    Queued(usize),
    /// So many seconds pass at the kiosk.
    Wait(u64),
    /// One touch, once the screen offers it.
    Tap(Tap),
    /// The same touch twice on the same page.
    DoubleTap(Tap),
    /// An entry of the start page.
    Choose(Choice),
    /// Language and display: chooses what is named, closes the sheet.
    Show(Show),
    /// The choice at this place of a list, from 1, where it can be picked.
    Pick(usize),
    /// Types this text into the field of the page, instead of what was typed there before.
    Type(String),
    /// Searches and opens an item.
    Find(Find),
    /// Opens the case of this item in "my matters".
    OpenMatter(String),
    /// Proves who it is, from the card on the reader to the page after.
    Identify(Way),
    /// Types the code that was sent to the phone of this card's holder (an id of `cards.json`), or a
    /// wrong one, and confirms it.
    TheirCode(TheirCode),
    /// Goes on page by page.
    Go(Go),
    /// Rates with 1 to 5.
    Rate(u8),
    /// Asks the city's verify page about the result on the screen.
    Verify(Verify),
    /// What an officer does with the case filed last.
    Officer(Officer),
    /// Types the technician's PIN and confirms it.
    Pin(String),
    /// What a technician does in the service.
    Service(ServiceAct),
    /// What must stand on the screen, at once or soon.
    Expect(Box<Expect>),
}

/// A booking for today.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booked {
    /// Id of the person's card in `cards.json`.
    pub card: String,
    /// The slot begins so many minutes from now; it has begun when they are negative.
    pub minutes: i64,
}

/// Simple happenings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoomAct {
    /// The card is taken from the reader.
    LiftCard,
    /// What lies on the scanner's glass is taken.
    TakeOriginal,
    /// New paper in the slip printer.
    Refill,
    /// The slip printer's cover is opened.
    OpenCover,
    /// It is closed.
    CloseCover,
    /// The city can no longer be reached.
    CityDown,
    /// It can again.
    CityUp,
    /// Somebody steps before the kiosk.
    PersonComes,
    /// They go away.
    PersonLeaves,
    /// The service door is opened.
    OpenDoor,
    /// It is closed.
    CloseDoor,
    /// Headphones are plugged in.
    PlugHeadphones,
    /// They are pulled out.
    PullHeadphones,
    /// The mains fails.
    MainsOff,
    /// It is back.
    MainsOn,
}

/// A code on paper or a phone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShowCode {
    /// The receipt number of the application filed last.
    Receipt,
    /// Any text.
    Text(String),
}

/// Touches with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tap {
    /// "Start" on the idle page.
    Start,
    /// The primary action, whatever it is.
    Next,
    /// The primary action "begin".
    Begin,
    /// The primary action "submit".
    Submit,
    /// The primary action "finish".
    Finish,
    /// The primary action "bring papers".
    BringPapers,
    /// Back.
    Back,
    /// Help.
    Help,
    /// Call the staff.
    CallHelp,
    /// End the visit (asks first).
    End,
    /// End it now.
    EndNow,
    /// Close what lies above.
    Close,
    /// More time.
    MoreTime,
    /// Another matter.
    Another,
    /// Leave without.
    Skip,
    /// File it for somebody else.
    ForAnother,
    /// Take or scan it again.
    Retake,
    /// Print the slip, or print it again.
    PrintSlip,
    /// No paper wanted.
    NoPaper,
    /// Print the guide.
    PrintGuide,
    /// Print the result of the open case.
    PrintResult,
    /// Book, move or cancel an appointment.
    Appointments,
    /// Take the open case back.
    Withdraw,
    /// Ask something in the open case.
    Ask,
    /// Something known of the person in the open case is wrong.
    Object,
    /// "This is not me".
    NotMe,
    /// The hidden entrance of the technician's service.
    Service,
    /// English words.
    English,
    /// Simplified Chinese words.
    Chinese,
    /// Traditional Chinese words.
    Traditional,
}

/// How the screen is to be shown; what is not named stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Show {
    /// Percent of the normal size of words.
    pub text: Option<u8>,
    /// Colours.
    pub contrast: Option<Colours>,
    /// Touches reach mode: on, or off again.
    pub reach: bool,
    /// Touches elder mode.
    pub elder: bool,
}

/// The contrast modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colours {
    /// The city's colours.
    Standard,
    /// Warm paper.
    Soft,
    /// Black on white.
    BlackOnWhite,
    /// Yellow on black.
    YellowOnBlack,
}

/// Acts in the technician's service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceAct {
    /// Opens the device of this kind from the overview.
    Open(String),
    /// Tests the open device and waits for the report.
    Test(ServiceTest),
    /// A new roll of so many metres is in the open printer.
    Paper(u16),
    /// Opens what happened to the devices, from the overview.
    Events,
    /// Opens this machine, from the overview.
    Machine,
    /// One page back.
    Back,
    /// Leaves the service.
    Leave,
}

/// Tests that need nobody's hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceTest {
    /// Only asked.
    Silent,
    /// Made to work.
    Active,
}

/// Entries of the start page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Apply for something.
    Apply,
    /// My matters.
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

/// Searching for an item.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// What is typed: words, pinyin or initials.
    pub words: String,
    /// The Chinese name of the item that is opened.
    pub open: String,
}

/// A code that an applicant tells their agent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TheirCode {
    /// The one that was sent to the holder of this card.
    Of(String),
    /// Another one.
    Wrong(String),
}

/// How the second factor is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The identity provider compares the face.
    Face,
    /// A code to the phone on record.
    PhoneCode,
    /// A code of a member of staff.
    StaffCode,
    /// Checked later by the city.
    Later,
}

/// The way through an application, page by page.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Go {
    /// The kind of page to stop at. At `materials` what is named below has been brought, at
    /// `sign` the signature is drawn.
    pub to: PageKind,
    /// Stops at the question with this Chinese label (with `to = "question"`); `None` stops at
    /// the first one.
    #[serde(default)]
    pub asking: Option<String>,
    /// Answers by the question's Chinese label.
    #[serde(default)]
    pub answers: BTreeMap<String, Answer>,
    /// How materials are brought, by Chinese name.
    #[serde(default)]
    pub materials: BTreeMap<String, Bring>,
    /// How the result should reach the person; `None` takes what the kiosk proposes.
    #[serde(default)]
    pub delivery: Option<Deliver>,
}

/// How a result goes, such as `{ way = "post", address = "…" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliver {
    /// `print`, `window`, `electronic`, `locker` or `post`.
    pub way: delivery::Way,
    /// Chinese name of the station, for a window or a locker; `None` takes the one proposed.
    #[serde(default)]
    pub station: Option<String>,
    /// The address to type; `None` takes the one proposed.
    #[serde(default)]
    pub address: Option<String>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a text, a whole number, true or false, a list of names, a place { region, detail } or a list of rows"
)]
pub enum Answer {
    /// Yes or no, or a statement ticked.
    Flag(bool),
    /// A number to type.
    Number(i64),
    /// Text to type, a date (`2026-02-27`), a month (`2026-02`), or the name of one choice.
    Text(String),
    /// Names of choices, or of regions from the top down.
    Names(Vec<String>),
    /// An address.
    Place(Place),
    /// Rows of a table: cells by the column's label.
    Rows(Vec<BTreeMap<String, Answer>>),
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Names of regions from the top down.
    pub region: Vec<String>,
    /// Street and house.
    pub detail: String,
}

/// How a material is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bring {
    /// The portrait is taken by the camera.
    Photograph,
    /// What lies on the glass is scanned.
    Scan,
    /// A promise instead.
    Promise,
    /// Brought later.
    Later,
    /// Left out.
    LeaveOut,
}

/// What the verify page is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    /// The code as printed: confirmed.
    Genuine,
    /// The code with one character changed: denied.
    Altered,
}

/// What an officer does with the case filed last.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Officer {
    /// Accepts it (受理).
    Accept,
    /// Asks for papers (补正).
    Supplement(Asked),
    /// Decides it.
    Decide(Decision),
    /// Answers the questions in it that are open, in these words.
    Answer(String),
}

/// Papers an officer asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Chinese names of the item's materials.
    pub materials: Vec<String>,
    /// Words to the resident.
    pub words: String,
}

/// An officer's decision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Granted or refused.
    pub granted: bool,
    /// The reason.
    pub opinion: String,
}

/// The visits that come with the program, in the order they are played.
const BUILT_IN: [(&str, &str); 34] = [
    ("unemployment", include_str!("visits/unemployment.toml")),
    ("large-type", include_str!("visits/large-type.toml")),
    ("eyes-free", include_str!("visits/eyes-free.toml")),
    ("low-reach", include_str!("visits/low-reach.toml")),
    ("legal-aid", include_str!("visits/legal-aid.toml")),
    (
        "household-business",
        include_str!("visits/household-business.toml"),
    ),
    ("subsistence", include_str!("visits/subsistence.toml")),
    ("rare-name", include_str!("visits/rare-name.toml")),
    ("foreigner", include_str!("visits/foreigner.toml")),
    ("traditional", include_str!("visits/traditional.toml")),
    ("walks-away", include_str!("visits/walks-away.toml")),
    ("paper-out", include_str!("visits/paper-out.toml")),
    ("city-away", include_str!("visits/city-away.toml")),
    ("card-lifted", include_str!("visits/card-lifted.toml")),
    ("double-tap", include_str!("visits/double-tap.toml")),
    ("two-matters", include_str!("visits/two-matters.toml")),
    ("delivery", include_str!("visits/delivery.toml")),
    ("for-another", include_str!("visits/for-another.toml")),
    (
        "for-another-phone",
        include_str!("visits/for-another-phone.toml"),
    ),
    (
        "for-another-paper",
        include_str!("visits/for-another-paper.toml"),
    ),
    ("portrait", include_str!("visits/portrait.toml")),
    ("portrait-paper", include_str!("visits/portrait-paper.toml")),
    ("card-sides", include_str!("visits/card-sides.toml")),
    ("supplement", include_str!("visits/supplement.toml")),
    ("refused", include_str!("visits/refused.toml")),
    ("slip-code", include_str!("visits/slip-code.toml")),
    ("help", include_str!("visits/help.toml")),
    ("check-in", include_str!("visits/check-in.toml")),
    ("appointment", include_str!("visits/appointment.toml")),
    ("withdraw", include_str!("visits/withdraw.toml")),
    ("enquiry", include_str!("visits/enquiry.toml")),
    ("check-in-away", include_str!("visits/check-in-away.toml")),
    ("cabinet", include_str!("visits/cabinet.toml")),
    ("service", include_str!("visits/service.toml")),
];

/// The names of the built-in visits, in the order they are played.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

impl Script {
    /// The built-in visit of this name.
    ///
    /// # Errors
    /// [`ScriptError::NoSuchVisit`] when none has it.
    pub fn built_in(name: &str) -> Result<Self, ScriptError> {
        let known = BUILT_IN.iter().find(|(known, _)| *known == name);
        let Some((name, text)) = known else {
            return Err(ScriptError::NoSuchVisit {
                name: name.to_owned(),
                known: names().collect::<Vec<_>>().join(", "),
            });
        };
        Self::parse(name, text)
    }

    /// Reads a script; `name` is the file's name without the ending.
    ///
    /// # Errors
    /// When the text is not a script: with the line of what is wrong, or the step out of bounds.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScriptError> {
        let size = |fault| ScriptError::Size {
            name: name.to_owned(),
            fault,
        };
        if text.len() > LONGEST {
            return Err(size("longer than 256 KiB"));
        }
        let file: File = toml::from_str(text).map_err(|source| ScriptError::Malformed {
            name: name.to_owned(),
            line: source.span().map_or(1, |at| line_of(text, at.start)),
            source: Box::new(source),
        })?;
        if file.steps.is_empty() || file.steps.len() > MOST_STEPS {
            return Err(size("a visit has 1 to 1000 steps"));
        }
        for (place, step) in file.steps.iter().enumerate() {
            step.check().map_err(|fault| ScriptError::Value {
                name: name.to_owned(),
                step: place + 1,
                fault,
            })?;
        }
        Ok(Self {
            name: name.to_owned(),
            title: file.title,
            about: file.about,
            steps: file.steps,
        })
    }
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

impl Step {
    /// The step as named in a script.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::PutCard(_) => "put-card",
            Self::PullCard(_) => "pull-card",
            Self::Room(_) => "room",
            Self::ShowCode(_) => "show-code",
            Self::Key(_) => "key",
            Self::Press(_) => "press",
            Self::Spell(_) => "spell",
            Self::PaperEndsAfter(_) => "paper-ends-after",
            Self::Glass(_) => "glass",
            Self::CardOnGlass(_) => "card-on-glass",
            Self::Camera(_) => "camera",
            Self::Photo(_) => "photo",
            Self::Feeder(_) => "feeder",
            Self::Kiosk(_) => "kiosk",
            Self::Booked(_) => "booked",
            Self::Queued(_) => "queued",
            Self::Wait(_) => "wait",
            Self::Tap(_) => "tap",
            Self::DoubleTap(_) => "double-tap",
            Self::Choose(_) => "choose",
            Self::Pick(_) => "pick",
            Self::Type(_) => "type",
            Self::Find(_) => "find",
            Self::OpenMatter(_) => "open-matter",
            Self::Identify(_) => "identify",
            Self::TheirCode(_) => "their-code",
            Self::Go(_) => "go",
            Self::Rate(_) => "rate",
            Self::Verify(_) => "verify",
            Self::Officer(_) => "officer",
            Self::Pin(_) => "pin",
            Self::Service(_) => "service",
            Self::Show(_) => "show",
            Self::Expect(_) => "expect",
        }
    }

    fn check(&self) -> Result<(), &'static str> {
        let (good, fault) = match self {
            Self::PaperEndsAfter(length) => (
                (0.0..=10_000.0).contains(length),
                "paper-ends-after is 0 to 10000 millimetres",
            ),
            Self::Glass(page) => (*page >= 1, "pages count from 1"),
            Self::Feeder(sheets) => ((1..=50).contains(sheets), "a feeder takes 1 to 50 sheets"),
            Self::Kiosk(number) => (*number >= 1, "kiosks count from 1"),
            Self::Pick(place) => (*place >= 1, "choices count from 1"),
            Self::Booked(booked) => (
                (-720..=720).contains(&booked.minutes),
                "a booking begins within half a day",
            ),
            Self::Wait(seconds) => (*seconds <= 86_400, "wait is at most a day"),
            Self::Rate(level) => ((1..=5).contains(level), "rate is 1 to 5"),
            Self::Pin(pin) => (pin.parse::<u64>().is_ok(), "a pin is digits"),
            Self::Service(ServiceAct::Paper(metres)) => {
                ((1..=999).contains(metres), "a roll has 1 to 999 metres")
            }
            Self::Expect(expect) => (!expect.is_empty(), "expect names nothing"),
            _ => (true, ""),
        };
        if good { Ok(()) } else { Err(fault) }
    }
}

#[cfg(test)]
mod tests;
