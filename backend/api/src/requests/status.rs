//! States without personal data: the catalogue's and a kiosk's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BadField, Request, at_most, text, whole};
use crate::digest::Sha256;
use crate::event_chain::EventHead;

/// `GET /v1/catalogue/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueStatus {
    /// Version of the bundle served.
    pub version: u64,
    /// When it was signed.
    #[schema(value_type = String, format = DateTime)]
    pub issued: Timestamp,
    /// Items in it.
    pub items: u32,
    /// Versions in the folder that are written or reviewed and not in force yet.
    #[serde(default)]
    pub drafts: u32,
    /// Files in the folder that were refused, with every fault.
    pub refused: Vec<RefusedFile>,
}

/// A file that is not in the catalogue, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedFile {
    /// Name of the file.
    pub file: String,
    /// Every fault in it.
    pub faults: Vec<FileFault>,
}

/// One fault of a catalogue file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileFault {
    /// Handling code or name of the item; None when the file as a whole is at fault.
    pub item: Option<String>,
    /// Field at fault; None when the item as a whole is.
    pub field: Option<String>,
    /// Name of the error, `specs/domain.md` 2.5.
    pub code: String,
    /// What is wrong.
    pub reason: String,
}

/// `POST /v1/heartbeats`: how the kiosk is; nothing about anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeartbeatRequest {
    /// Version of the kiosk program.
    #[schema(min_length = 1, max_length = 64)]
    pub program: String,
    /// Seconds since its start.
    #[schema(maximum = 9007199254740991_i64)]
    pub uptime_seconds: u64,
    /// Version of the catalogue it shows; None when it has none.
    #[schema(maximum = 9007199254740991_i64)]
    pub catalogue_version: Option<u64>,
    /// Packets that wait to be sent.
    #[schema(value_type = i64, minimum = 0, maximum = 4294967295_i64)]
    pub outbox_waiting: u32,
    /// Age of the oldest of them in seconds; None when none waits.
    #[schema(maximum = 9007199254740991_i64)]
    pub outbox_oldest_seconds: Option<u64>,
    /// Packets the city refused.
    #[schema(value_type = i64, minimum = 0, maximum = 4294967295_i64)]
    pub quarantined: u32,
    /// One line per device.
    #[schema(max_items = 32)]
    pub devices: Vec<DeviceState>,
    /// A place in the city's event chain whose hash the kiosk kept and asks for. The kiosk never sends the hash: the
    /// city has to know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 9007199254740991_i64)]
    pub event_sequence: Option<u64>,
    /// A second place, of which the kiosk chose any it kept; only for a city that said it takes one
    /// ([`EventChain::takes_older`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 9007199254740991_i64)]
    pub event_sequence_older: Option<u64>,
    /// Place in the chain where the city told something else than it told before; sent until somebody acknowledges it
    /// at the kiosk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 9007199254740991_i64)]
    pub event_fault: Option<u64>,
}

impl Request for HeartbeatRequest {
    fn check(&self) -> Result<(), BadField> {
        text("program", &self.program, 64)?;
        whole("uptimeSeconds", Some(self.uptime_seconds))?;
        whole("catalogueVersion", self.catalogue_version)?;
        whole("outboxOldestSeconds", self.outbox_oldest_seconds)?;
        whole("eventSequence", self.event_sequence)?;
        whole("eventSequenceOlder", self.event_sequence_older)?;
        whole("eventFault", self.event_fault)?;
        at_most("devices", self.devices.len(), 32)?;
        for (index, device) in self.devices.iter().enumerate() {
            text(&format!("devices[{index}].kind"), &device.kind, 32)?;
            if let Some(cause) = &device.cause {
                text(&format!("devices[{index}].cause"), cause, 64)?;
            }
        }
        Ok(())
    }
}

/// A device of a kiosk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceState {
    /// Kind as on the command line, for example `receipt-printer`.
    #[schema(min_length = 1, max_length = 32)]
    pub kind: String,
    /// Its health.
    pub health: DeviceHealth,
    /// Key of the cause, for example `paper-out`; None when all is well.
    #[schema(min_length = 1, max_length = 64)]
    pub cause: Option<String>,
}

/// Health of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DeviceHealth {
    /// Works.
    Ok,
    /// Works, wants attention soon.
    Warn,
    /// Does not work.
    Fault,
    /// Is not there.
    Absent,
}

/// Answer to a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatAnswer {
    /// The city's clock.
    #[schema(value_type = String, format = DateTime)]
    pub time: Timestamp,
    /// Version of the catalogue to have.
    pub catalogue_version: u64,
    /// The city's event chain, for the kiosk to keep; None from a city of before there was one.
    #[serde(default)]
    pub events: Option<EventChain>,
}

/// The event chain as the city tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventChain {
    /// Its newest place; None before the first event.
    pub head: Option<EventHead>,
    /// The hash at the place that was asked for; None when none was, or there is no such place.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{64}$")]
    pub asked: Option<Sha256>,
    /// The hash at the second place that was asked for; None as above.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{64}$")]
    pub asked_older: Option<Sha256>,
    /// A heartbeat may ask for a second place; false from a city of before, which would refuse it.
    #[serde(default)]
    pub takes_older: bool,
}
