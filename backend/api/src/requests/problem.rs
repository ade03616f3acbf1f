//! Errors of the contract: RFC 9457 problem details with a closed list of codes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Media type of every error answer.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error answer (`application/problem+json`, RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `urn:city:problem:` and the code.
    pub r#type: String,
    /// The code alone, for programs.
    pub code: ProblemCode,
    /// Short sentence, the same for every problem of this code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong this time; never personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Path of the offending field; None when no field is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// SHA-256 of the parts the city does not hold yet (`part_missing` only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_parts: Vec<String>,
}

impl Problem {
    /// A problem of this code without detail.
    #[must_use]
    pub fn new(code: ProblemCode) -> Self {
        Self {
            r#type: format!("urn:city:problem:{}", code.name()),
            code,
            title: code.title().to_owned(),
            status: code.status(),
            detail: None,
            field: None,
            missing_parts: Vec::new(),
        }
    }

    /// Adds what is wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds the path of the offending field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl From<super::BadField> for Problem {
    fn from(bad: super::BadField) -> Self {
        Self::new(ProblemCode::BadField)
            .field(bad.field)
            .detail(bad.reason)
    }
}

/// Every kind of error the city answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// 400: the body is not JSON, or the URL cannot be read.
    Unreadable,
    /// 422: a field has the wrong shape or is out of bounds; `field` names it.
    BadField,
    /// 401: no signature or token, or one the city does not know.
    Unauthorised,
    /// 401: the request was signed more than five minutes away from the city's clock.
    ClockSkew,
    /// 401: the client certificate is missing where one is required, over, or not this kiosk's. Get another; handing over
    /// packets and parts goes on without one.
    Certificate,
    /// 403: the packet's signature is not the kiosk's. Quarantine it.
    Forged,
    /// 403: this body, role or person may not do this.
    Forbidden,
    /// 403: accepting and deciding by one person.
    SamePerson,
    /// 403: the identity level reached is lower than the item's.
    LevelTooLow,
    /// 404: nothing under this address, or nothing of yours.
    NotFound,
    /// 405: the address exists, the method does not.
    MethodNotAllowed,
    /// 408: the body took too long to arrive; the connection is closed.
    TooSlow,
    /// 409: another packet has this id. Quarantine it.
    OtherContent,
    /// 409: the case's state does not allow this now.
    WrongState,
    /// 409: every place of the slot is taken.
    SlotFull,
    /// 409: the person has a booking on that day.
    OneADay,
    /// 403: nothing can be booked for some days, after too many no-shows.
    Barred,
    /// 409: the booking begins too soon to be changed.
    TooLate,
    /// 409: another officer works on this task until the time the detail names.
    Taken,
    /// 409: the upload continues elsewhere; the header `upload-offset` says where.
    WrongOffset,
    /// 410: the one-time code was used, or its time is over, or it never was.
    CodeSpent,
    /// 413: more bytes than the contract allows.
    TooLarge,
    /// 415: the media type is not the one of the contract.
    MediaType,
    /// 422: parts named in the header are not here yet; `missingParts` names them. Send them, then again.
    PartMissing,
    /// 422: the bytes received do not have the hash they were announced with.
    HashMismatch,
    /// 429: too many requests or tries; wait as long as `Retry-After` says.
    TooMany,
    /// 500: the city's fault, logged there.
    Internal,
    /// 503: a department's service, or the city's own database, does not answer; the same again later.
    Away,
}

impl ProblemCode {
    /// HTTP status of the code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Unreadable => 400,
            Self::Unauthorised | Self::ClockSkew | Self::Certificate => 401,
            Self::Forged
            | Self::Forbidden
            | Self::SamePerson
            | Self::LevelTooLow
            | Self::Barred => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::TooSlow => 408,
            Self::SlotFull
            | Self::OneADay
            | Self::TooLate
            | Self::OtherContent
            | Self::WrongState
            | Self::Taken
            | Self::WrongOffset => 409,
            Self::CodeSpent => 410,
            Self::TooLarge => 413,
            Self::MediaType => 415,
            Self::BadField | Self::PartMissing | Self::HashMismatch => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Away => 503,
        }
    }

    /// The code as it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::BadField => "bad_field",
            Self::Unauthorised => "unauthorised",
            Self::ClockSkew => "clock_skew",
            Self::Certificate => "certificate",
            Self::Forged => "forged",
            Self::Forbidden => "forbidden",
            Self::SamePerson => "same_person",
            Self::LevelTooLow => "level_too_low",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::TooSlow => "too_slow",
            Self::OtherContent => "other_content",
            Self::WrongState => "wrong_state",
            Self::SlotFull => "slot_full",
            Self::OneADay => "one_a_day",
            Self::Barred => "barred",
            Self::TooLate => "too_late",
            Self::Taken => "taken",
            Self::WrongOffset => "wrong_offset",
            Self::CodeSpent => "code_spent",
            Self::TooLarge => "too_large",
            Self::MediaType => "media_type",
            Self::PartMissing => "part_missing",
            Self::HashMismatch => "hash_mismatch",
            Self::TooMany => "too_many",
            Self::Internal => "internal",
            Self::Away => "away",
        }
    }

    /// The sentence for people, the same for every problem of this code.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Unreadable => "The request cannot be read",
            Self::BadField => "A field is wrong",
            Self::Unauthorised => "Who asks is not known",
            Self::Certificate => "The client certificate does not hold",
            Self::ClockSkew => "The clocks are too far apart",
            Self::Forged => "The signature is not the kiosk's",
            Self::Forbidden => "Not allowed for this body or role",
            Self::SamePerson => "Accepting and deciding need two persons",
            Self::LevelTooLow => "The item asks for a higher identity level",
            Self::NotFound => "Nothing is here",
            Self::MethodNotAllowed => "This method is not for this address",
            Self::TooSlow => "The request took too long",
            Self::OtherContent => "Another packet has this id",
            Self::WrongState => "The state of the case does not allow this",
            Self::SlotFull => "The slot is full",
            Self::OneADay => "There is a booking on that day already",
            Self::Barred => "Nothing can be booked for some days",
            Self::TooLate => "It begins too soon to be changed",
            Self::Taken => "Another officer works on this task",
            Self::WrongOffset => "The upload continues elsewhere",
            Self::CodeSpent => "The code is used or its time is over",
            Self::TooLarge => "Too many bytes",
            Self::MediaType => "Not the media type of the contract",
            Self::PartMissing => "Parts are missing",
            Self::HashMismatch => "The bytes do not have their hash",
            Self::TooMany => "Too many requests or tries",
            Self::Internal => "The city failed",
            Self::Away => "A service behind the city does not answer",
        }
    }
}
