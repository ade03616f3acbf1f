//! Why a request to the city did not succeed. Nothing in here names a person: no URL, no body.

use city_api::keys::KeyError;
use city_api::requests::{Problem, ProblemCode};

use crate::store::StoreError;

/// Why a request to the city did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// The address or the certificate authority cannot be used.
    #[error("setting up the connection to the city: {0}")]
    Setup(String),
    /// No answer: no network, no server, a foreign certificate, or too slow.
    #[error("{operation}: the city does not answer")]
    Unreachable {
        /// What was asked.
        operation: &'static str,
        /// Why, without the address.
        #[source]
        source: reqwest::Error,
    },
    /// The city said no, and why.
    #[error("{operation}: the city refuses: {}", described(.problem))]
    Refused {
        /// What was asked.
        operation: &'static str,
        /// The city's reason.
        problem: Box<Problem>,
    },
    /// The answer is not what the contract says.
    #[error("{operation}: the city's answer cannot be used: {reason}")]
    Answer {
        /// What was asked.
        operation: &'static str,
        /// What is wrong with the answer.
        reason: &'static str,
        /// HTTP status of the answer.
        status: u16,
    },
    /// The city has given no list of who is expected.
    #[error("looking for a booking without the city: there is no list of today")]
    NoList,
    /// The kiosk's key did not sign.
    #[error("signing a request to the city")]
    Key(#[from] KeyError),
    /// The kiosk's own store failed.
    #[error("reading or writing the outbox")]
    Store(#[from] StoreError),
}

fn described(problem: &Problem) -> &str {
    problem.code.name()
}

impl CityError {
    /// The city cannot be asked now; asking later may help. What was asked is not at fault.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            // Too many requests of the station, or too slow a line.
            Self::Refused { problem, .. } => {
                problem.status >= 500 || matches!(problem.status, 408 | 429)
            }
            Self::Answer { status, .. } => *status >= 500,
            Self::Setup(_) | Self::NoList | Self::Key(_) | Self::Store(_) => false,
        }
    }

    /// The packet is not authentic in the eyes of the city: sending it again never helps.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self.code(),
            Some(ProblemCode::Forged | ProblemCode::OtherContent)
        )
    }

    /// The city's code; None when it did not refuse.
    #[must_use]
    pub fn code(&self) -> Option<ProblemCode> {
        let Self::Refused { problem, .. } = self else {
            return None;
        };
        Some(problem.code)
    }

    /// It never reached the city: nothing was done there.
    #[must_use]
    pub fn never_left(&self) -> bool {
        matches!(self, Self::Unreachable { source, .. } if source.is_connect())
    }

    /// Stable key for the store and the technician.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Setup(_) => "setup",
            Self::NoList => "no-list",
            Self::Unreachable { .. } => "unreachable",
            Self::Refused { problem, .. } => problem.code.name(),
            Self::Answer { .. } => "bad_answer",
            Self::Key(_) => "device_key",
            Self::Store(StoreError::Acknowledgement(_)) => "acknowledgement_not_believed",
            Self::Store(_) => "store",
        }
    }
}
