//! How every device of this kiosk is: one table, for the core, the heartbeat, `kiosk check` and
//! the technician.

use std::collections::BTreeMap;

use kiosk_core::DeviceState;
use kiosk_drivers::runner::{Health, HealthState};

use crate::config;

/// The kinds of devices, in the order they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Id-card reader.
    IdCard,
    /// Receipt printer.
    ReceiptPrinter,
    /// Scanner.
    Scanner,
    /// Camera for portraits.
    Camera,
    /// Document printer.
    DocumentPrinter,
    /// Code scanner.
    CodeScanner,
    /// Tactile keypad.
    Keypad,
    /// The cabinet's board.
    Cabinet,
}

impl Kind {
    /// All kinds, in the order they are listed.
    pub const ALL: [Self; 8] = [
        Self::IdCard,
        Self::ReceiptPrinter,
        Self::Scanner,
        Self::Camera,
        Self::DocumentPrinter,
        Self::CodeScanner,
        Self::Keypad,
        Self::Cabinet,
    ];

    /// The kind that the command line calls so; `None` for none of ours.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// As on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IdCard => "id-card",
            Self::ReceiptPrinter => "receipt-printer",
            Self::Scanner => "scanner",
            Self::Camera => "camera",
            Self::DocumentPrinter => "document-printer",
            Self::CodeScanner => "code-scanner",
            Self::Keypad => "keypad",
            Self::Cabinet => "cabinet",
        }
    }
}

/// The last known health of each configured device; `None` until it told.
#[derive(Debug, Default)]
pub(super) struct HealthTable(BTreeMap<Kind, Option<Health>>);

impl HealthTable {
    /// The devices that `config` names, none of which has told anything yet.
    pub(super) fn of_config(config: &config::Devices) -> Self {
        let there = Kind::ALL
            .into_iter()
            .filter(|kind| config.selector(*kind).is_some());
        Self(there.map(|kind| (kind, None)).collect())
    }

    /// A device told how it is; true when its state or the reason is another than before, and
    /// not only a number that was counted.
    pub(super) fn note(&mut self, kind: Kind, health: &Health) -> bool {
        let before = self.0.insert(kind, Some(health.clone())).flatten();
        before.is_none_or(|was| was.state != health.state || was.detail != health.detail)
    }

    /// What a device told before is no longer true; one that is not configured stays away.
    pub(super) fn forget(&mut self, kind: Kind) {
        if let Some(health) = self.0.get_mut(&kind) {
            *health = None;
        }
    }

    /// The configured kinds.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.0.keys().copied()
    }

    /// What it told last; `None` when it has not, or is not there.
    pub(super) fn of(&self, kind: Kind) -> Option<&Health> {
        self.0.get(&kind)?.as_ref()
    }

    /// As far as a visit cares.
    pub(super) fn state(&self, kind: Kind) -> DeviceState {
        match self.0.get(&kind) {
            None => DeviceState::Absent,
            Some(Some(health)) if usable(health.state) => DeviceState::Ready,
            Some(Some(health)) if health.state != HealthState::Starting => DeviceState::NotReady,
            Some(_) => DeviceState::Starting,
        }
    }

    /// Kind, state and detail of every configured device.
    pub(super) fn rows(&self) -> impl Iterator<Item = (Kind, HealthState, String)> {
        self.0.iter().map(|(kind, health)| match health {
            Some(health) => (*kind, health.state, health.detail.to_string()),
            None => (*kind, HealthState::Starting, String::new()),
        })
    }
}

/// Whether a device in this state can be given work.
#[must_use]
pub fn usable(state: HealthState) -> bool {
    match state {
        HealthState::Online | HealthState::Busy => true,
        HealthState::Starting
        | HealthState::Offline
        | HealthState::NoDevice
        | HealthState::HardwareError
        | HealthState::UserError
        | HealthState::PowerOff
        | HealthState::FraudAttempt
        | HealthState::PotentialFraud => false,
    }
}
