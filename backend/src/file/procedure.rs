//! Special procedures, the extension and the end of a case by an officer, as they stand in its file.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use city_api::requests::Private;
use city_api::requests::procedure::{Ending, Sought, SpecialKind};
use city_catalogue::clock::{Running, Stopped};

use super::Record;

/// The limits of a case as they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunningLimits {
    /// Of the promise.
    pub promised: Running,
    /// Of the law.
    pub statutory: Running,
}

/// The limits of a case that stand still; one that was over before is None and stays over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoppedLimits {
    /// Of the promise.
    pub promised: Option<Stopped>,
    /// Of the law.
    pub statutory: Option<Stopped>,
    /// Of the open tasks, by their numbers.
    pub tasks: Vec<(String, Stopped)>,
}

/// Who asked for something, why and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AskedFor {
    /// The person.
    pub person: String,
    /// Why.
    pub reason: Private,
    /// When.
    pub at: Timestamp,
}

/// What the approver said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Approved {
    /// Granted.
    pub granted: bool,
    /// The person.
    pub person: String,
    /// Why.
    pub opinion: Private,
    /// When.
    pub at: Timestamp,
}

/// A special procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpecialRecord {
    /// Kind.
    pub kind: SpecialKind,
    /// Working days it is expected to take.
    pub days: u32,
    /// Who asked.
    pub asked: AskedFor,
    /// What the approver said; None before.
    pub answer: Option<Approved>,
    /// Who recorded which result and when; None before.
    pub ended: Option<SpecialEnd>,
}

/// The end of a special procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpecialEnd {
    /// The person.
    pub person: String,
    /// The result.
    pub result: Private,
    /// When.
    pub at: Timestamp,
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExtensionRecord {
    /// Days it gives, in the unit of the item's limit.
    pub days: u32,
    /// Who asked.
    pub asked: AskedFor,
    /// What the approver said; None before.
    pub answer: Option<Approved>,
}

/// The end of a case by an officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TerminationRecord {
    /// How.
    pub ending: Ending,
    /// The person.
    pub person: String,
    /// Why.
    pub reason: Private,
    /// When.
    pub at: Timestamp,
}

impl Record {
    /// What an approver has to answer; None when nothing waits, or the case moved on meanwhile.
    #[must_use]
    pub(crate) fn sought(&self) -> Option<Sought> {
        if !self.state.is_processing() {
            return None;
        }
        let special = self.specials.last();
        let extension = self.extensions.last();
        if special.is_some_and(|special| special.answer.is_none()) {
            Some(Sought::Special)
        } else if extension.is_some_and(|extension| extension.answer.is_none()) {
            Some(Sought::Extension)
        } else {
            None
        }
    }

    /// The body that decides.
    #[must_use]
    pub(crate) fn deciding_body(&self) -> &str {
        let deciding = self.tasks.iter().find(|task| task.decides);
        deciding.map_or(&self.body, |task| &task.body)
    }

    /// The special procedure that was granted last; None when there was none.
    #[must_use]
    pub(crate) fn special(&self) -> Option<(&SpecialRecord, Timestamp)> {
        let mut granted = self.specials.iter().filter_map(|special| {
            let answer = special.answer.as_ref()?;
            answer.granted.then_some((special, answer.at))
        });
        granted.next_back()
    }

    /// The extension that was granted; None when there was none.
    #[must_use]
    pub(crate) fn extension(&self) -> Option<(&ExtensionRecord, Timestamp)> {
        let mut granted = self.extensions.iter().filter_map(|extension| {
            let answer = extension.answer.as_ref()?;
            answer.granted.then_some((extension, answer.at))
        });
        granted.next_back()
    }
}
