//! The pages of the service, as plain data.

use super::facts::{
    CheckFacts, DeviceEvent, DeviceFacts, HealthShown, MachineFacts, RollFacts, TestLevel,
};
use crate::availability::Link;
use crate::screen::Turn;

/// All pages of the service.
#[derive(Clone, Debug, PartialEq)]
pub enum ServicePage {
    /// The PIN.
    Pin(PinPage),
    /// Every device, the events, the machine.
    Overview(OverviewPage),
    /// One device.
    Device(Box<DevicePage>),
    /// A test is running.
    Testing(TestingPage),
    /// What came of it.
    Report(ReportPage),
    /// The length of a new roll.
    Roll(RollPage),
    /// What happened to devices.
    Events(EventsPage),
    /// This machine.
    Machine(MachinePage),
}

/// The PIN as it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinPage {
    /// Digits typed; never which.
    pub typed: u8,
    /// It is being compared.
    pub checking: bool,
    /// What is wrong.
    pub trouble: Option<PinTrouble>,
}

/// Why the entrance stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinTrouble {
    /// Not the technician's PIN.
    Wrong {
        /// Tries left until a lock-out.
        left: u8,
    },
    /// Locked for so long.
    Locked {
        /// Seconds left.
        seconds: u32,
    },
    /// Locked until it is unlocked at the machine itself.
    LockedHard,
    /// No PIN was ever set.
    NoneSet,
    /// The try could not be counted or compared.
    Failed,
}

/// The overview. A touch on an entry is [`crate::Touch::Pick`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverviewPage {
    /// The entries of this list page.
    pub entries: Vec<OverviewEntry>,
    /// The list page.
    pub turn: Turn,
}

/// One entry of the overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverviewEntry {
    /// A device.
    Device {
        /// Its kind.
        kind: &'static str,
        /// Its state.
        state: HealthShown,
        /// Key of the reason.
        detail: String,
    },
    /// What happened to devices.
    Events {
        /// How many are kept.
        count: u16,
    },
    /// This machine.
    Machine {
        /// The city answers.
        link: Link,
        /// Packets that wait for the city.
        waiting: u32,
        /// Packets the city refused.
        quarantined: u32,
    },
}

/// One device.
#[derive(Clone, Debug, PartialEq)]
pub struct DevicePage {
    /// What is known of it.
    pub device: DeviceFacts,
    /// What happened to it last, the newest first.
    pub events: Vec<DeviceEvent>,
    /// What can be done; the touch is [`crate::Touch::Pick`].
    pub actions: Vec<DeviceAction>,
}

/// What can be done with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceAction {
    /// Test it.
    Test(TestLevel),
    /// Enter a new roll.
    PaperReplaced,
}

/// A test is running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestingPage {
    /// Kind of the device.
    pub kind: &'static str,
    /// How thoroughly.
    pub level: TestLevel,
    /// What the technician is to do: key and value. `None` while the device works by itself.
    /// Done is [`crate::Touch::Next`], skip [`crate::Touch::Skip`], stop [`crate::Touch::Back`].
    pub instruction: Option<(&'static str, String)>,
    /// The checks that ended last, the newest first.
    pub checks: Vec<CheckFacts>,
}

/// The report of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportPage {
    /// Kind of the device.
    pub kind: &'static str,
    /// How thoroughly.
    pub level: TestLevel,
    /// Nothing failed.
    pub passed: bool,
    /// What the device said it is.
    pub identity: Option<String>,
    /// The checks of this list page.
    pub checks: Vec<CheckFacts>,
    /// The list page.
    pub turn: Turn,
}

/// The length of a new roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollPage {
    /// The metres as they grow.
    pub digits: String,
    /// The roll that is counted now.
    pub roll: Option<RollFacts>,
    /// It could not be kept.
    pub failed: bool,
}

/// What happened to devices, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventsPage {
    /// The events of this list page.
    pub events: Vec<DeviceEvent>,
    /// The list page.
    pub turn: Turn,
}

/// This machine.
#[derive(Clone, Debug, PartialEq)]
pub struct MachinePage {
    /// Its numbers.
    pub machine: MachineFacts,
    /// Whether the city answers.
    pub link: Link,
    /// Version of the catalogue in force; `None` when there is none.
    pub catalogue: Option<u64>,
}
