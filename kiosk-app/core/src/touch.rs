//! What a finger can say. The view reports; only the core knows what it means.

use crate::display::{Contrast, TextSize};
use crate::screen::{Lang, PageNumber, Point};

/// One touch with the page it was made on and fresh random bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Tap {
    /// The number of the screen that was touched.
    pub page: PageNumber,
    /// What was touched.
    pub touch: Touch,
    /// Drawn by the shell for this touch; the core has no other randomness.
    pub random: [u8; 16],
}

/// All touches. Places count from 0 within the list page shown.
#[derive(Clone, PartialEq)]
pub enum Touch {
    /// "Start" on the idle page.
    Start,
    /// The primary action of the foot.
    Next,
    /// Back.
    Back,
    /// Help.
    Help,
    /// Call a person to help.
    CallHelp,
    /// Nobody is needed any more.
    WithdrawHelp,
    /// End the visit (asks first).
    End,
    /// End it now.
    EndNow,
    /// Close what lies above.
    Close,
    /// More time.
    MoreTime,
    /// Another language.
    Language(Lang),
    /// Language and display.
    Display,
    /// Words of this size.
    TextSize(TextSize),
    /// These colours.
    Contrast(Contrast),
    /// Reach mode, or no longer.
    Reach,
    /// Elder mode, or no longer.
    Elder,
    /// Read aloud, or no longer.
    Aloud,
    /// The screen goes dark, or bright again.
    Dark,
    /// The choice at this place.
    Pick(usize),
    /// Turns the tick at this place.
    Toggle(usize),
    /// "Wrong?" beside this fact.
    Dispute(usize),
    /// Show this masked value for a moment.
    Reveal(usize),
    /// "Change" beside this row.
    Change(usize),
    /// Characters chosen on the keyboard.
    Type(String),
    /// Backspace; on a region: one level up.
    Erase,
    /// Clear the field.
    ClearText,
    /// Type the machine-readable lines of a passport in place of its number, or no longer.
    TypeZone,
    /// Turns the list or document by so many pages.
    Turn(i8),
    /// One finished stroke of the signature.
    Stroke(Vec<Point>),
    /// Signs what was read aloud.
    SignAloud,
    /// Wipes the signature.
    ClearStrokes,
    /// Scan this page again.
    Retake,
    /// Keep this page and scan another.
    AddPage,
    /// Turn this page by a quarter with the clock.
    TurnPage,
    /// Put this page before the one before it.
    MoveEarlier,
    /// Take this page out.
    RemovePage,
    /// A new row of the table.
    AddRow,
    /// Removes this row.
    RemoveRow(usize),
    /// "This is not me".
    NotMe,
    /// Leave without (rating, optional question).
    Skip,
    /// File this for somebody else.
    ForAnother,
    /// Another matter in the same visit.
    Another,
    /// Print the slip again, or now.
    PrintSlip,
    /// No paper wanted: the number on the screen is enough.
    NoPaper,
    /// Print the guide.
    PrintGuide,
    /// The person's appointments: book, move, cancel.
    Appointments,
    /// Take the open matter back.
    Withdraw,
    /// Ask something inside the open matter.
    Ask,
    /// Something known of the person in the open matter is wrong.
    Object,
    /// The hidden entrance of the technician's service.
    Service,
}

impl Touch {
    /// The kind of touch without what was typed or picked, for the visit's record.
    #[must_use]
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Next => "next",
            Self::Back => "back",
            Self::Help => "help",
            Self::CallHelp => "call-help",
            Self::WithdrawHelp => "withdraw-help",
            Self::End => "end",
            Self::EndNow => "end-now",
            Self::Close => "close",
            Self::MoreTime => "more-time",
            Self::Language(_) => "language",
            Self::Display => "display",
            Self::TextSize(_) => "text-size",
            Self::Contrast(_) => "contrast",
            Self::Reach => "reach",
            Self::Elder => "elder",
            Self::Aloud => "aloud",
            Self::Dark => "dark",
            Self::Pick(_) => "pick",
            Self::Toggle(_) => "toggle",
            Self::Dispute(_) => "dispute",
            Self::Reveal(_) => "reveal",
            Self::Change(_) => "change",
            Self::Type(_) => "type",
            Self::Erase => "erase",
            Self::ClearText => "clear-text",
            Self::TypeZone => "type-zone",
            Self::Turn(_) => "turn",
            Self::Stroke(_) => "stroke",
            Self::SignAloud => "sign-aloud",
            Self::ClearStrokes => "clear-strokes",
            Self::Retake => "retake",
            Self::AddPage => "add-page",
            Self::TurnPage => "turn-page",
            Self::MoveEarlier => "move-earlier",
            Self::RemovePage => "remove-page",
            Self::AddRow => "add-row",
            Self::RemoveRow(_) => "remove-row",
            Self::NotMe => "not-me",
            Self::Skip => "skip",
            Self::ForAnother => "for-another",
            Self::Another => "another",
            Self::PrintSlip => "print-slip",
            Self::NoPaper => "no-paper",
            Self::PrintGuide => "print-guide",
            Self::Appointments => "appointments",
            Self::Withdraw => "withdraw",
            Self::Ask => "ask",
            Self::Object => "object",
            Self::Service => "service",
        }
    }
}

/// What was typed belongs to a person: only the shape is printed.
impl std::fmt::Debug for Touch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.shape())
    }
}
