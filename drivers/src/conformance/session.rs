//! One run in progress: what was found, what is left of the time, who lends a hand.

use std::time::{Duration, Instant};

use super::guide::{Answer, Guide, Instruction};
use super::report::{Check, DeviceKind, Level, Report, Verdict};
use super::target::{Limits, Target};
use crate::receipt_printer::PaperUse;

/// What a check found, with its words.
pub(super) enum Found {
    Passed(String),
    Failed(String),
    Skipped(String),
}

impl From<Result<String, String>> for Found {
    fn from(result: Result<String, String>) -> Self {
        match result {
            Ok(detail) => Self::Passed(detail),
            Err(detail) => Self::Failed(detail),
        }
    }
}

/// A run in progress.
pub(super) struct Session<'a> {
    level: Level,
    identity: Option<String>,
    checks: Vec<Check>,
    paper: PaperUse,
    guide: &'a mut dyn Guide,
    limits: Limits,
    end: Instant,
    stopped: bool,
}

impl<'a> Session<'a> {
    pub(super) fn new(limits: Limits, level: Level, guide: &'a mut dyn Guide) -> Self {
        Self {
            level,
            identity: None,
            checks: Vec::new(),
            paper: PaperUse::default(),
            guide,
            limits,
            end: Instant::now() + limits.whole,
            stopped: false,
        }
    }

    /// What was found of the device at `target`.
    pub(super) fn report(self, kind: DeviceKind, target: &Target) -> Report {
        Report {
            kind,
            device: target.selector.to_string(),
            level: self.level,
            identity: self.identity,
            checks: self.checks,
            paper: self.paper,
        }
    }

    /// Receipt paper was used.
    pub(super) fn used(&mut self, paper: &PaperUse) {
        self.paper = self.paper.plus(paper);
    }

    /// What was found.
    pub(super) fn checks(self) -> Vec<Check> {
        self.checks
    }

    /// Whether the run goes up to `level`.
    pub(super) fn reaches(&self, level: Level) -> bool {
        self.level >= level
    }

    /// Notes what the device calls itself.
    pub(super) fn identified(&mut self, name: &str) {
        self.identity = Some(name.to_owned());
    }

    /// How long may be waited, with what is left of the whole.
    pub(super) fn limit(&self, of: impl FnOnce(&Limits) -> Duration) -> Duration {
        let left = self.end.saturating_duration_since(Instant::now());
        of(&self.limits).min(left)
    }

    /// Looks at one thing and notes what was found; true when it passed.
    pub(super) fn check(
        &mut self,
        name: &'static str,
        look: impl FnOnce(&mut Self) -> Found,
    ) -> bool {
        let found = if self.stopped {
            Found::Skipped("the run was ended".to_owned())
        } else if self.end <= Instant::now() {
            Found::Failed("no time is left of the whole run's".to_owned())
        } else {
            look(self)
        };
        let (verdict, detail) = match found {
            Found::Passed(detail) => (Verdict::Passed, detail),
            Found::Failed(detail) => (Verdict::Failed, detail),
            Found::Skipped(detail) => (Verdict::Skipped, detail),
        };
        let check = Check {
            name,
            verdict,
            detail,
        };
        self.guide.ended(&check);
        self.checks.push(check);
        verdict == Verdict::Passed
    }

    /// Whether the last check was left out.
    pub(super) fn skipped(&self) -> bool {
        let last = self.checks.last();
        last.is_some_and(|check| check.verdict == Verdict::Skipped)
    }

    /// Notes that a check is not possible with this device.
    pub(super) fn leave_out(&mut self, name: &'static str, reason: &str) {
        self.check(name, |_| Found::Skipped(reason.to_owned()));
    }

    /// Has a person do something.
    ///
    /// # Errors
    /// What the check found, when it was not done.
    pub(super) fn ask(&mut self, instruction: Instruction) -> Result<(), Found> {
        match self.guide.ask(instruction) {
            Answer::Done => Ok(()),
            Answer::Skip => Err(Found::Skipped("left out by hand".to_owned())),
            Answer::Stop => {
                self.stopped = true;
                Err(Found::Skipped("the run was ended".to_owned()))
            }
        }
    }
}
