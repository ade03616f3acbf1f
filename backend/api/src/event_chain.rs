//! The chain over the city's events: each is hashed together with the hash of the one before, so that whoever kept one
//! hash notices when anything before it is changed, left out or put in.
//!
//! The hash of an event is `SHA-256(previous ‖ canonical JSON of [`ChainedEvent`])`. `previous` is the 32 bytes of the
//! hash before; 32 zero bytes before the first. Events are chained in the order the city found them committed, which
//! for events that were written at the same time need not be that of their numbers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::canonical;
use crate::digest::Sha256;

/// A place in the chain and the hash there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventHead {
    /// Place in the chain; the first is 1.
    pub sequence: u64,
    /// Hash of the event there, and of all before it.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    pub hash: Sha256,
}

/// What of an event is in its hash: all of it, its detail by its own hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChainedEvent {
    /// Number of the event.
    pub number: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Name of what happened.
    pub kind: String,
    /// Who did it.
    pub actor: String,
    /// Id of the case; None when it concerns none.
    pub case_id: Option<String>,
    /// Handling code of the item; None when it concerns none.
    pub item: Option<String>,
    /// Version of the item.
    pub item_version: Option<u32>,
    /// Body that did it, or that it falls to.
    pub body: Option<String>,
    /// Station.
    pub station: Option<String>,
    /// Kiosk it was done at.
    pub device: Option<String>,
    /// Hash of the detail's text.
    pub detail_sha256: Sha256,
}

impl ChainedEvent {
    /// The hash of this event at its place, after `previous`; None before the first.
    ///
    /// # Errors
    /// When the event cannot be written as JSON, which no value of these types brings about.
    pub fn hash(&self, previous: Option<&Sha256>) -> Result<Sha256, serde_json::Error> {
        let mut bytes = previous.map_or([0; 32], |hash| *hash.as_bytes()).to_vec();
        bytes.extend(canonical::to_vec(self)?);
        Ok(Sha256::of(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> ChainedEvent {
        ChainedEvent {
            number: 7,
            at: 1_772_414_100_000,
            kind: "received".into(),
            actor: "kiosk A22".into(),
            case_id: Some("0195557a-0000-7000-8000-000000000000".into()),
            item: Some("12590100YT00101489359201400300001".into()),
            item_version: Some(1),
            body: None,
            station: Some("S001".into()),
            device: Some("A22".into()),
            detail_sha256: Sha256::of("材料".as_bytes()),
        }
    }

    #[test]
    fn every_field_and_the_hash_before_are_in_the_hash() {
        let first = event().hash(None).unwrap();
        let mut hashes = vec![first, event().hash(Some(&first)).unwrap()];
        let changes: [fn(&mut ChainedEvent); 11] = [
            |event| event.number = 8,
            |event| event.at += 1,
            |event| event.kind = "accepted".into(),
            |event| event.actor = "kiosk A23".into(),
            |event| event.case_id = None,
            |event| event.item = None,
            |event| event.item_version = Some(2),
            |event| event.body = Some("ZSJ".into()),
            |event| event.station = None,
            |event| event.device = Some("A23".into()),
            |event| event.detail_sha256 = Sha256::of(b""),
        ];
        for change in changes {
            let mut changed = event();
            change(&mut changed);
            hashes.push(changed.hash(None).unwrap());
        }
        let all = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
    }

    /// What an auditor with another program computes.
    #[test]
    fn the_bytes_that_are_hashed_are_those_documented() {
        let text = format!(
            "{}{}",
            "\0".repeat(32),
            r#"{"actor":"kiosk A22","at":1772414100000,"body":null,"caseId":"0195557a-0000-7000-8000-000000000000","detailSha256":"DETAIL","device":"A22","item":"12590100YT00101489359201400300001","itemVersion":1,"kind":"received","number":7,"station":"S001"}"#
        );
        let text = text.replace("DETAIL", &event().detail_sha256.to_string());
        assert_eq!(event().hash(None).unwrap(), Sha256::of(text.as_bytes()));
    }
}
