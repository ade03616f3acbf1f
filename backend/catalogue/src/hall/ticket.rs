//! Ticket numbers: a letter and three digits, by station and day.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

closed_list! {
    /// Why somebody waits; the first letter of the ticket.
    Letter {
        /// Without an appointment.
        WalkIn = "A",
        /// With an appointment; the number is fixed when it is booked.
        Booked = "B",
        /// Priority: claimed by a button, no document is asked for.
        Priority = "V",
        /// For an enterprise.
        Enterprise = "E",
        /// Back after a correction notice.
        Returned = "R",
    }
}

impl Letter {
    /// The letter of this text; None when it is no letter of a ticket.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|letter| letter.as_str() == text)
    }

    /// Whether a kiosk may give such a ticket without the city: what it says needs no proof.
    #[must_use]
    pub fn is_given_offline(self) -> bool {
        matches!(self, Self::WalkIn | Self::Priority | Self::Enterprise)
    }
}

/// Number of a ticket: unique for a station and a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TicketNumber {
    /// The letter.
    pub letter: Letter,
    /// From 1; beyond 999 it widens.
    pub number: u32,
}

/// The text is no ticket number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading a ticket number: a letter and three digits are expected")]
pub struct NotATicket;

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:03}", self.letter.as_str(), self.number)
    }
}

impl FromStr for TicketNumber {
    type Err = NotATicket;

    fn from_str(text: &str) -> Result<Self, NotATicket> {
        let (letter, digits) = text.split_at_checked(1).ok_or(NotATicket)?;
        let letter = Letter::parse(letter).ok_or(NotATicket)?;
        if digits.len() < 3 || digits.len() > 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotATicket);
        }
        let number = digits.parse().map_err(|_| NotATicket)?;
        let read = Self { letter, number };
        // One number has one spelling: no zero, no needless zeros in front.
        if number == 0 || read.to_string() != text {
            return Err(NotATicket);
        }
        Ok(read)
    }
}

impl TryFrom<String> for TicketNumber {
    type Error = NotATicket;

    fn try_from(text: String) -> Result<Self, NotATicket> {
        text.parse()
    }
}

impl From<TicketNumber> for String {
    fn from(number: TicketNumber) -> Self {
        number.to_string()
    }
}
