//! Taking a matter back (撤回) as data: what the city is asked, what it answers, what the pages show.

use city_catalogue::record::Text;
use jiff::civil::DateTime;

use crate::person::Secret;

/// The city is asked to take a case back, for the person of the grant. Asked again, it is taken
/// back once.
#[derive(Clone, Debug)]
pub struct WithdrawAsk {
    /// The grant.
    pub grant: Secret,
    /// Case number, or filing number of a case without one.
    pub number: String,
}

/// The city's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawReply {
    /// It is taken back.
    Done,
    /// The city said no: nothing has changed.
    Refused(WithdrawRefusal),
    /// The question never reached the city: nothing has changed.
    NotSent,
}

/// Why the city did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawRefusal {
    /// It was decided or ended meanwhile.
    Decided,
    /// The city knows no such case of this person.
    Gone,
    /// The proof of who stands here is over, or not enough.
    NotProven,
}

/// Page 16: taking a matter back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WithdrawPage {
    /// What it means, and whether it is wanted: `Next` does it.
    Confirm(Box<CaseShown>),
    /// It was not done, or nobody knows.
    Trouble(WithdrawTrouble),
    /// The city did it.
    Done(Box<CaseShown>),
}

/// The case that is spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseShown {
    /// The item.
    pub item: Text,
    /// Filing number.
    pub filing: String,
    /// Case number; `None` for a case without one.
    pub case: Option<String>,
    /// State key of the city (`state.…`).
    pub state: String,
    /// Filed at.
    pub filed: DateTime,
}

/// Why it is not done. Each has its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawTrouble {
    /// The city could not be reached: nothing was done.
    NotSent,
    /// No answer came: nobody knows, and asking again is harmless.
    NoAnswer,
    /// The city said no.
    Refused(WithdrawRefusal),
}
