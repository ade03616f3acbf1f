//! What the shell tells the technician about devices and machine; nothing about any person.

use jiff::civil::DateTime;

/// A state a device can be in: the ten of XFS4IoT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthShown {
    /// Not opened yet.
    Starting,
    /// Ready for use.
    Online,
    /// Not reachable.
    Offline,
    /// Without power.
    PowerOff,
    /// Nothing is plugged in.
    NoDevice,
    /// Broken, or not the one expected.
    HardwareError,
    /// Someone here can mend it.
    UserError,
    /// Working, or being tested.
    Busy,
    /// Somebody tampers with it.
    FraudAttempt,
    /// It may have been tampered with.
    PotentialFraud,
}

/// How much there is of something that a device uses up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelShown {
    /// No shortage.
    Enough,
    /// Nearly used up.
    Low,
    /// Used up.
    Out,
}

/// How thoroughly a device is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestLevel {
    /// Only asked: no paper, no light, no noise.
    Silent,
    /// Made to work by itself.
    Active,
    /// The technician does something and the device must notice.
    Guided,
}

/// Everything the service shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceFacts {
    /// Every configured device.
    pub devices: Vec<DeviceFacts>,
    /// What happened to devices, the newest first.
    pub events: Vec<DeviceEvent>,
    /// This machine.
    pub machine: MachineFacts,
}

/// One device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceFacts {
    /// Its kind, as on the command line.
    pub kind: &'static str,
    /// Its state.
    pub state: HealthShown,
    /// Key of the reason; empty when there is nothing to add.
    pub detail: String,
    /// When it came into this state; `None` before its first word.
    pub since: Option<DateTime>,
    /// What it uses up, by stable names, as far as it tells.
    pub supplies: Vec<(&'static str, LevelShown)>,
    /// What was counted, by stable names.
    pub counters: Vec<(&'static str, u64)>,
    /// The tests there are.
    pub tests: Vec<TestLevel>,
    /// The paper in it; `None` for devices without a roll.
    pub roll: Option<RollFacts>,
}

/// The receipt printer's paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RollFacts {
    /// Millimetres ever used.
    pub used_mm: u64,
    /// Cuts ever made.
    pub cuts: u64,
    /// Slips ever drawn back.
    pub retracts: u64,
    /// Slips ever printed.
    pub slips: u64,
    /// When the roll was put in; `None` when nobody ever entered one.
    pub since: Option<DateTime>,
    /// Its length when it was put in, in millimetres.
    pub length_mm: u32,
    /// Left of it, in millimetres.
    pub left_mm: u32,
    /// Slips left; `None` before the first.
    pub slips_left: Option<u32>,
    /// Hours left at the pace so far; `None` before the first slip.
    pub hours_left: Option<u32>,
}

/// Something that happened to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceEvent {
    /// When.
    pub at: DateTime,
    /// Kind of the device.
    pub device: String,
    /// Key of what happened.
    pub what: String,
    /// Key of the reason; empty when there is nothing to add.
    pub detail: String,
}

/// This machine, in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineFacts {
    /// Packets that wait for the city.
    pub waiting: u32,
    /// When the oldest of them was filed.
    pub oldest: Option<DateTime>,
    /// Packets the city refused.
    pub quarantined: u32,
    /// Free bytes on the disk; `None` when the system does not tell.
    pub disk_free: Option<u64>,
    /// The store takes applications.
    pub can_store: bool,
    /// Enrolled at a city.
    pub enrolled: bool,
    /// Something reads aloud here.
    pub has_voice: bool,
    /// The city tells the past of its events as it told it before.
    pub past_kept: bool,
    /// The clock when this was gathered.
    pub clock: DateTime,
    /// Version of this program.
    pub version: &'static str,
}

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// Not so.
    Failed,
    /// Not tried.
    Skipped,
}

/// One check of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckFacts {
    /// Its stable name.
    pub name: String,
    /// What came of it.
    pub verdict: Verdict,
    /// What was found, in the driver's words; never a person's data.
    pub detail: String,
}

/// The report of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFacts {
    /// Kind of the device.
    pub kind: &'static str,
    /// How thoroughly it was tested.
    pub level: TestLevel,
    /// What the device said it is.
    pub identity: Option<String>,
    /// Every check, in order.
    pub checks: Vec<CheckFacts>,
}

impl TestFacts {
    /// At least one check passed and none failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        let none_failed = self.checks.iter().all(|c| c.verdict != Verdict::Failed);
        none_failed && self.checks.iter().any(|c| c.verdict == Verdict::Passed)
    }
}
