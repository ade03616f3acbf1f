//! What a conformance run found.

use std::fmt;

use serde_json::json;

use crate::receipt_printer::PaperUse;

/// The kinds of devices that have a driver and a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// Reader of identity cards.
    IdCard,
    /// Tactile keypad.
    Keypad,
    /// Scanner of bar codes and QR codes.
    CodeScanner,
    /// Printer of slips.
    ReceiptPrinter,
    /// Printer of A4 documents.
    DocumentPrinter,
    /// Scanner of pages.
    Scanner,
    /// The I/O board of the cabinet.
    Cabinet,
}

impl DeviceKind {
    /// All of them, in the order of the command line.
    pub const ALL: [Self; 7] = [
        Self::IdCard,
        Self::Keypad,
        Self::CodeScanner,
        Self::ReceiptPrinter,
        Self::DocumentPrinter,
        Self::Scanner,
        Self::Cabinet,
    ];

    /// The stable name, as on the command line and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IdCard => "id-card",
            Self::Keypad => "keypad",
            Self::CodeScanner => "code-scanner",
            Self::ReceiptPrinter => "receipt-printer",
            Self::DocumentPrinter => "document-printer",
            Self::Scanner => "scanner",
            Self::Cabinet => "cabinet",
        }
    }

    /// The kind with this [`Self::name`]; `None` when there is none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How much a run does; each level does what the ones before it do, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Asks only: no paper, no light, no noise.
    Silent,
    /// Makes the device work by itself.
    Active,
    /// Has a person do things to it.
    Guided,
}

impl Level {
    /// The stable name, as on the command line and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Active => "active",
            Self::Guided => "guided",
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The device did what it should.
    Passed,
    /// It did not.
    Failed,
    /// It was not tried: not possible with this device, or not wanted.
    Skipped,
}

impl Verdict {
    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The stable name, such as `same-identity`.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was seen, for a technician; never a person's data.
    pub detail: String,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.verdict {
            Verdict::Passed => "ok",
            Verdict::Failed => "FAILED",
            Verdict::Skipped => "skipped",
        };
        write!(f, "  {:<18} {mark:<8} {}", self.name, self.detail)
    }
}

/// What a whole run found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The kind tested.
    pub kind: DeviceKind,
    /// The device's selector.
    pub device: String,
    /// How much was done.
    pub level: Level,
    /// What the device calls itself; `None` when it never said.
    pub identity: Option<String>,
    /// What was looked at, in order.
    pub checks: Vec<Check>,
    /// Receipt paper and strokes of the knife that the run took; nothing at other devices.
    pub paper: PaperUse,
}

impl Report {
    /// Whether the device conforms: something was shown and nothing failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.count(Verdict::Passed) > 0 && self.count(Verdict::Failed) == 0
    }

    /// One line for whoever reads no further: the first failure, or how much was shown.
    #[must_use]
    pub fn summary(&self) -> String {
        match self.failure() {
            Some(check) => format!("{}: {}", check.name, check.detail),
            None => format!(
                "{} checks passed, {} skipped",
                self.count(Verdict::Passed),
                self.count(Verdict::Skipped)
            ),
        }
    }

    /// The first check that failed; `None` when none did.
    #[must_use]
    pub fn failure(&self) -> Option<&Check> {
        let failed = |check: &&Check| check.verdict == Verdict::Failed;
        self.checks.iter().find(failed)
    }

    /// The check called `name`; `None` when the run did not come to it.
    #[must_use]
    pub fn check(&self, name: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }

    fn count(&self, verdict: Verdict) -> usize {
        let same = |check: &&Check| check.verdict == verdict;
        self.checks.iter().filter(same).count()
    }

    /// The report as `kiosk device test --json` prints it.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let checks: Vec<_> = self
            .checks
            .iter()
            .map(|check| {
                json!({
                    "name": check.name,
                    "verdict": check.verdict.name(),
                    "detail": check.detail,
                })
            })
            .collect();
        json!({
            "kind": self.kind.name(),
            "device": self.device,
            "level": self.level.name(),
            "passed": self.passed(),
            "identity": self.identity,
            "detail": self.summary(),
            "checks": checks,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(f, "{check}")?;
        }
        let word = if self.passed() { "passed" } else { "FAILED" };
        let identity = self.identity.as_deref().unwrap_or("-");
        write!(
            f,
            "{} {}: {word} ({identity}) {}",
            self.kind.name(),
            self.device,
            self.summary()
        )
    }
}
