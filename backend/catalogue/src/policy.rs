//! What the specification leaves to the city (marked P and M there): settings of `policy.json`, never constants (R76).
//!
//! A file or field that is absent is the default; one that is not known is refused. Each area has a section of its own.

mod commitment;
mod delivery;
mod feedback;
mod hall;
mod library;
mod people;
mod procedure;
mod queue;
mod scope;
mod staff;
mod supervision;

pub use commitment::CommitmentPolicy;
pub use delivery::DeliveryPolicy;
pub use feedback::FeedbackPolicy;
pub use hall::HallPolicy;
pub use library::LibraryPolicy;
pub use people::PeoplePolicy;
pub use procedure::ProcedurePolicy;
pub use queue::QueuePolicy;
pub use scope::WindowScope;
pub use staff::{StaffPolicy, StaffRole};
pub use supervision::SupervisionPolicy;

use serde::{Deserialize, Serialize};

use crate::load::{Fault, FaultCode, Refused};

/// The settings of a city.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policy {
    /// Accounts and sessions of the people who work for the city.
    pub staff: StaffPolicy,
    /// Tasks in the queues of the departments.
    pub queue: QueuePolicy,
    /// Cards (电子监察).
    pub supervision: SupervisionPolicy,
    /// The code library.
    pub library: LibraryPolicy,
    /// Ratings, questions and objections.
    pub feedback: FeedbackPolicy,
    /// Appointments and queues of the halls.
    pub hall: HallPolicy,
    /// Authorities of agents, and drafts.
    pub people: PeoplePolicy,
    /// Commitments instead of materials.
    pub commitment: CommitmentPolicy,
    /// Extensions of cases.
    pub procedure: ProcedurePolicy,
    /// Hand-over of results.
    pub delivery: DeliveryPolicy,
}

impl Policy {
    /// Reads `policy.json`. `file` is only used to name faults.
    ///
    /// # Errors
    /// [`Refused`] (`E_RECORD`) for a wrong shape or a field that is not known.
    pub fn parse(file: &str, json: &[u8]) -> Result<Self, Refused> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| Refused {
            faults: vec![Fault {
                file: file.to_owned(),
                item: None,
                field: error.path().to_string(),
                code: FaultCode::Record,
                reason: error.into_inner().to_string(),
            }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;

    #[test]
    fn a_city_without_the_file_has_the_defaults_and_a_mistyped_setting_is_refused() {
        let policy = Policy::parse("policy.json", b"{}").unwrap();
        assert_eq!(policy, Policy::default());
        let one = Policy::parse("policy.json", br#"{"queue":{"leaseMinutes":5}}"#).unwrap();
        assert_eq!((one.queue.lease_minutes, one.queue.return_workdays), (5, 1));
        let refused = Policy::parse("policy.json", br#"{"queue":{"leaseMinuts":5}}"#).unwrap_err();
        assert_eq!(refused.faults[0].field, "queue.leaseMinuts");
    }
}
