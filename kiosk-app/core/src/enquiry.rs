//! Asking inside a matter (咨询) and objecting to a known fact (数据异议), as data: what the city is
//! asked, what it answers, what the pages show.

use std::fmt;

use city_catalogue::record::Text;
use jiff::civil::Date;
use uuid::Uuid;

use crate::person::Secret;
use crate::screen::{CaseShown, FactSource, Turn};

/// What the city is asked; always for the person of the grant alone.
#[derive(Clone, Debug)]
pub enum EnquiryAsk {
    /// Everything the person has asked so far.
    Own {
        /// The grant.
        grant: Secret,
    },
    /// What was known of the person when a case was filed, from their card or a register.
    Facts {
        /// The grant.
        grant: Secret,
        /// Case number, or filing number of a case without one.
        number: String,
    },
    /// A question or an objection. The same id again is the same one.
    Ask {
        /// Its id.
        id: Uuid,
        /// The grant.
        grant: Secret,
        /// Case number, or filing number of a case without one.
        number: String,
        /// Name of the form field whose value is disputed; `None` for a question.
        field: Option<String>,
        /// What is said.
        wording: Wording,
    },
}

/// What is said: one of the usual sentences, or what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wording {
    /// One of those that are offered; the shell has the words.
    Usual(Usual),
    /// Typed.
    Own(Secret),
}

/// A sentence that is often needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usual {
    /// How far is it?
    Progress,
    /// When will it be done?
    WhenDone,
    /// Is anything still to be brought?
    MorePapers,
    /// How do I get the result?
    GetResult,
    /// My phone or address has changed.
    NewContact,
    /// The fact was right once.
    OutOfDate,
    /// The fact is written wrongly.
    Miswritten,
    /// The fact is somebody else's.
    NotMine,
}

impl Usual {
    /// Usual questions, in the order in which they are offered.
    pub const QUESTIONS: [Self; 5] = [
        Self::Progress,
        Self::WhenDone,
        Self::MorePapers,
        Self::GetResult,
        Self::NewContact,
    ];
    /// What is usually wrong with a fact, in the order in which it is offered.
    pub const OBJECTIONS: [Self; 3] = [Self::OutOfDate, Self::Miswritten, Self::NotMine];
}

/// The city's answer.
#[derive(Clone, Debug)]
pub enum EnquiryReply {
    /// Everything the person has asked.
    Own(Vec<Enquiry>),
    /// What was known, in the order of the form.
    Facts(Vec<CaseFact>),
    /// The city has the question.
    Asked(Box<Enquiry>),
    /// The city said no: nothing was asked.
    Refused(EnquiryRefusal),
    /// The question never reached the city: nothing was asked.
    NotSent,
}

/// Why the city did not take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnquiryRefusal {
    /// It does not take this.
    NotTaken,
    /// The city knows no such case of this person.
    Gone,
    /// The proof of who stands here is over, or not enough.
    NotProven,
}

/// A question or an objection as the city keeps it; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Enquiry {
    /// Number of its case.
    pub number: String,
    /// Name of the form field disputed; `None` for a question.
    pub field: Option<String>,
    /// What was said.
    pub wording: Wording,
    /// The body that has it.
    pub body: Text,
    /// When it was asked.
    pub asked: Date,
    /// Last day to answer.
    pub due: Date,
    /// The answer, with its day; `None` while it is open.
    pub answer: Option<(Secret, Date)>,
}

impl fmt::Debug for Enquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Something known of the person when the case was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseFact {
    /// Name of the form field.
    pub field: String,
    /// What it is.
    pub label: Text,
    /// As the city shows it, masked where the form says so, in both languages.
    pub value: (Secret, Secret),
    /// Where it came from.
    pub from: FactSource,
}

/// Page 17: asking inside a matter, and objecting to a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnquiryPage {
    /// Which fact is wrong: `Pick`, unless an objection to it is open.
    Fact {
        /// Those of this list page.
        facts: Vec<FactChoice>,
        /// List page.
        turn: Turn,
    },
    /// What is to be said: `Pick` one of the usual sentences, or the place after them to type.
    Usual {
        /// The fact that is disputed; `None` for a question.
        fact: Option<FactChoice>,
        /// The sentences.
        usual: Vec<Usual>,
    },
    /// By keyboard: `Type`, `Erase`, `ClearText`.
    Typed {
        /// The fact that is disputed; `None` for a question.
        fact: Option<FactChoice>,
        /// What stands there.
        text: String,
        /// Most characters.
        max: u32,
    },
    /// As it will be sent: `Next` does it.
    Confirm(Box<EnquiryDraft>),
    /// It was not done, or nobody knows.
    Trouble(EnquiryTrouble),
    /// The city has it.
    Done(Box<EnquiryShown>),
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactChoice {
    /// What it is.
    pub label: Text,
    /// Its value in both languages, masked where the form says so.
    pub value: (Secret, Secret),
    /// Where it came from.
    pub from: FactSource,
    /// An objection to it is open.
    pub disputed: bool,
}

/// What will be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnquiryDraft {
    /// In which case.
    pub case: CaseShown,
    /// The fact that is disputed; `None` for a question.
    pub fact: Option<FactChoice>,
    /// What is said.
    pub wording: Wording,
}

/// A question or an objection as shown in its matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnquiryShown {
    /// It is an objection.
    pub objection: bool,
    /// The fact disputed; `None` for a question, and where the form has no such fact any more.
    pub fact: Option<Text>,
    /// What was said.
    pub wording: Wording,
    /// The body that has it.
    pub body: Text,
    /// When it was asked.
    pub asked: Date,
    /// Last day to answer.
    pub due: Date,
    /// The answer, with its day; `None` while it is open.
    pub answer: Option<(Secret, Date)>,
}

/// Why it is not done. Each has its own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnquiryTrouble {
    /// The city could not be asked what is known: nothing was asked or changed.
    CannotRead,
    /// The city could not be reached: nothing was asked.
    NotSent,
    /// No answer came: nobody knows, and asking again is harmless.
    NoAnswer,
    /// The city said no.
    Refused(EnquiryRefusal),
}
