//! Who moves a case.

use serde::{Deserialize, Serialize};

closed_list! {
    /// Who does something with a case.
    Actor {
        /// The applicant, at a kiosk or a window.
        Applicant = "applicant",
        /// The window or station that takes filings.
        Window = "window",
        /// An officer of a department.
        Officer = "officer",
        /// Who decides in a department.
        Approver = "approver",
        /// The head of a body.
        Head = "head",
        /// The city's platform or a department's service, without a person.
        System = "system",
        /// Who hands a result over: post or locker.
        Courier = "courier",
    }
}

/// Who does it, and which person that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By<'a> {
    /// As what.
    pub actor: Actor,
    /// The person; `None` for the system.
    pub person: Option<&'a str>,
}

impl<'a> By<'a> {
    /// The platform or a service, without a person.
    pub const SYSTEM: Self = Self {
        actor: Actor::System,
        person: None,
    };

    /// A person as `actor`.
    #[must_use]
    pub const fn person(actor: Actor, person: &'a str) -> Self {
        Self {
            actor,
            person: Some(person),
        }
    }
}
