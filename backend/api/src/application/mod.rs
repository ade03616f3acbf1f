//! What is inside a packet: the content parts, seen by nobody between the kiosk and the city.
//!
//! Everything here belongs to a person. It zeroes itself when dropped, prints as `[redacted]`, and is written to
//! bytes that zero themselves ([`to_bytes`]).

mod arrival;
mod defect;
mod delivery;
mod joint;
mod material;
mod party;
mod person;
mod rating;
mod saved;
#[cfg(test)]
mod tests;

use city_catalogue::form::Answers;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::digest::Sha256;
use crate::packet::ItemRef;
use crate::requests::Private;
use crate::time::CityTime;

pub use arrival::Arrival;
pub use defect::Defect;
pub use delivery::{Delivery, NotDelivered, Recipient};
pub use joint::{JointAnswer, JointApplication, JointFee, JointGiven, JointPlace};
pub use material::{How, MaterialRef};
pub use party::{
    Action, Agent, Agreed, Authority, AuthorityForm, MOST_ITEMS, NotAllowed, Organisation, Parties,
    Party, Relation, same_number,
};
pub use person::{DocumentKind, Identity, Person};
pub use rating::{Rating, RatingLevel};
pub use saved::SavedDraft;

/// Most bytes of a content part.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Content of a packet of kind `application`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// The item in the version the resident saw; the same as in the header.
    pub item: ItemRef,
    /// The applicant as on the document, or the legal person of the organisation that applies; None for an item that
    /// identifies nobody.
    pub person: Option<Person>,
    /// The organisation that applies; None when a person does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Organisation>,
    /// Who acts for the applicant; None when the applicant is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// How far whoever was there, applicant or agent, was identified.
    pub identity: Identity,
    /// The answers; each carries its source and whether the resident disputes it (数据异议).
    pub answers: Answers,
    /// The notice that was shown before the first question, and what was consented to.
    pub notice: Notice,
    /// One entry per material of the item that was needed.
    pub materials: Vec<MaterialRef>,
    /// SHA-256 of the form document that was shown and signed (part [`Form`](crate::packet::Role::Form)).
    pub form_sha256: Sha256,
    /// The applicant's signature; None where the item asks for none.
    pub signature: Option<FormSignature>,
    /// The fees that are due, with their bases; empty for a free item.
    pub fees: Vec<Fee>,
    /// Id of the station.
    pub station: String,
    /// The kept draft it was made from, which is gone with it; None when it was made from none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<uuid::Uuid>,
    /// How the applicant wants the result; None leaves it to the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
}

/// Content of a packet of kind `supplement`: what an officer asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Supplement {
    /// Case or filing number, as "my matters" shows it.
    pub case: String,
    /// The applicant; None for a case of an item that identifies nobody.
    pub person: Option<Person>,
    /// Who brings it for the applicant; None when the applicant does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// How far whoever was there, applicant or agent, was identified.
    pub identity: Identity,
    /// The materials brought.
    pub materials: Vec<MaterialRef>,
    /// Corrected answers; empty when only materials were asked for.
    #[serde(default)]
    pub answers: Answers,
    /// Id of the station.
    pub station: String,
}

impl Application {
    /// Who applies and who acts.
    #[must_use]
    pub fn parties(&self) -> Parties<'_> {
        Parties {
            person: self.person.as_ref(),
            organisation: self.organisation.as_ref(),
            agent: self.agent.as_ref(),
        }
    }
}

/// The notice on personal data (告知书) that was agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Notice {
    /// Version of its text.
    pub version: String,
    /// SHA-256 of its legal text (UTF-8, Chinese), whatever language the screen showed.
    pub text_sha256: Sha256,
    /// Each consent asked for, and whether it was given.
    pub consents: Vec<Consent>,
}

/// One consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Consent {
    /// Which, for example `sensitive`, `minor` or the name of a form field.
    pub key: String,
    /// Given or refused.
    pub given: bool,
}

/// The signature under the form: written on the screen, or given by keypad after it was read aloud.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FormSignature {
    /// Strokes as written; none where it was read aloud.
    pub strokes: Vec<Vec<Point>>,
    /// Signed without seeing; None for a written signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aloud: Option<ReadAloud>,
    /// When the last stroke ended, or when it was confirmed.
    pub time: CityTime,
    /// SHA-256 of the form that was on the screen above the signature.
    pub form_sha256: Sha256,
    /// The sentence signed under, as shown.
    pub statement: String,
}

/// A signature of a person who does not see: the statement and what it is for were spoken to their end, then confirmed
/// by keypad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadAloud {
    /// Language it was spoken in, for example `zh-Hans`.
    pub language: String,
    /// SHA-256 of the spoken text (UTF-8).
    pub text_sha256: Sha256,
}

impl FormSignature {
    /// Whether anybody signed: a stroke was written or what was read aloud was confirmed, not both.
    #[must_use]
    pub fn is_given(&self) -> bool {
        let is_written = self.strokes.iter().any(|stroke| !stroke.is_empty());
        is_written != self.aloud.is_some()
    }
}

impl Drop for FormSignature {
    fn drop(&mut self) {
        for point in self.strokes.iter_mut().flatten() {
            zeroize::Zeroize::zeroize(&mut point.x);
            zeroize::Zeroize::zeroize(&mut point.y);
            zeroize::Zeroize::zeroize(&mut point.millis);
        }
    }
}

impl std::fmt::Debug for FormSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FormSignature([redacted], form {})", self.form_sha256)
    }
}

/// A point of a stroke.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// From the left edge of the signature field, in its widths (0 to 1).
    pub x: f32,
    /// From its upper edge, in its heights (0 to 1).
    pub y: f32,
    /// Milliseconds since the first point.
    pub millis: u32,
}

impl std::fmt::Debug for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A fee that is due; the kiosk takes no money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fee {
    /// Its name.
    pub name: String,
    /// The standard in words (收费标准).
    pub standard: String,
    /// Amount in cents (分); None when it depends on the case.
    pub cents: Option<u64>,
    /// Legal basis of the fee, as shown and printed.
    pub basis: String,
}

/// A content part does not have the shape of its kind.
#[derive(Debug, thiserror::Error)]
pub enum BadContent {
    /// More than [`MAX_BYTES`].
    #[error("reading a packet's content: more than 4 MiB")]
    TooLarge,
    /// Not the JSON of this kind. The message names place and field, never a value.
    #[error("reading a packet's content: line {line}, column {column}: {problem}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Kind of fault.
        problem: &'static str,
    },
}

/// Reads a content part: [`Application`], [`JointApplication`], [`Supplement`] or [`Rating`].
///
/// # Errors
/// [`BadContent`] tells the place, never a value: an error may end in a log.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BadContent> {
    if bytes.len() > MAX_BYTES {
        return Err(BadContent::TooLarge);
    }
    serde_json::from_slice(bytes).map_err(|error| BadContent::Json {
        line: error.line(),
        column: error.column(),
        problem: match error.classify() {
            serde_json::error::Category::Io => "cannot be read",
            serde_json::error::Category::Syntax => "is not JSON",
            serde_json::error::Category::Data => "has the wrong shape",
            serde_json::error::Category::Eof => "ends early",
        },
    })
}

/// Writes a content part into bytes that zero themselves and were never copied while growing.
///
/// # Errors
/// When the content cannot be written as JSON (not so for the types of this module).
pub fn to_bytes<T: Serialize>(content: &T) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, content)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, content)?;
    Ok(bytes)
}

/// Counts what would be written.
struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
