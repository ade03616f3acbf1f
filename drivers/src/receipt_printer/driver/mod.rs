//! The behaviour of a receipt printer: clear at start, print, account for it, watch the paper.

mod clearing;
mod conversation;
mod job;
mod outlet;
mod probe;
mod start;
mod verdict;

use std::time::Duration;

use crate::runner::{self, Condition, Driver, Fault, FaultKind, HealthState, Identity, Level};
use crate::selector::Selector;
use crate::transport::{LineSettings, Transport};
use conversation::{Conversation, Stop};
pub use probe::Findings;

use super::journal::{JobRecord, Journal};
use super::outcome::{Cause, Job, JobId, Outcome};
use super::profile::{Clearing, Profile};
use super::protocol::commands::{Command, ProcessId, RecoverFromError};
use super::protocol::status::{Problem, Status};
use super::usage::PaperUse;

/// How long one idle round listens.
const IDLE_ROUND: Duration = Duration::from_millis(100);
/// How often a silent printer is asked whether it is still there.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// The same while it cannot print and may not report changes by itself.
const TROUBLE_HEARTBEAT: Duration = Duration::from_secs(1);
/// How often a printer in a cutter error is told to try again.
const RECOVERY_PAUSE: Duration = Duration::from_secs(10);

/// What the driver has to know of its printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What the printer's family can do and how it is told.
    pub profile: Profile,
    /// Bits per second to pace by; `None` = the carrier paces itself.
    pub pace: Option<u32>,
    /// The first process number when the journal knows none; pass random bits.
    pub first_process_id: ProcessId,
    /// How long the confirmation may take after the paper is through.
    pub confirm_within: Duration,
}

impl Settings {
    /// Settings for an Epson-like 80 mm printer reached by `selector`; `random` are any 16 bits.
    pub fn for_selector(selector: &Selector, random: u16) -> Self {
        Self::for_profile(Profile::default(), selector, random)
    }

    /// Settings for a printer of the family `profile` reached by `selector`.
    ///
    /// A serial line is paced by its speed. A socket is paced by the head, so that no more
    /// than a few bytes lie between us and a real-time command.
    pub fn for_profile(profile: Profile, selector: &Selector, random: u16) -> Self {
        let pace = match selector {
            Selector::Serial { baud, .. } => Some(baud.unwrap_or(115_200)),
            _ => Some(1_000_000),
        };
        Self {
            profile,
            pace,
            first_process_id: ProcessId::wrapping(random),
            confirm_within: Duration::from_secs(15),
        }
    }

    /// How the line to this printer is opened.
    pub fn line(&self) -> LineSettings {
        self.profile.line()
    }
}

/// What the printer can be told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterCommand {
    /// Print one slip; ends with exactly one [`PrinterEvent::Outcome`].
    Print(Job),
    /// Ask the sensors and report a [`PrinterEvent::Status`] whether or not it changed.
    Status,
    /// Clear the buffers and cut the paper path free; ends with [`PrinterEvent::Cleared`] when it worked.
    ClearAtStart,
    /// Find out by a maintenance slip what the printer really does; ends with
    /// [`PrinterEvent::Probed`]. What it does not know prints as text on that slip.
    Probe,
}

/// What the printer has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterEvent {
    /// A job has ended; also one that a crash cut short, at the next start.
    Outcome {
        /// The kiosk's name of the job.
        job: JobId,
        /// How it ended.
        outcome: Outcome,
    },
    /// The slip can be taken now; the outcome follows when it was, or was drawn back.
    SlipReady {
        /// The kiosk's name of the job.
        job: JobId,
    },
    /// Paper and mechanics used by what was just done, to be added to the counters.
    Used(PaperUse),
    /// What [`PrinterCommand::Probe`] found.
    Probed(Findings),
    /// The roll got thin, ran out, or was replaced.
    Supply(Supply),
    /// The sensors, after [`PrinterCommand::Status`].
    Status(Status),
    /// The buffers are confirmed empty and nothing of an earlier slip hangs at the head.
    Cleared,
}

/// How much paper there is, as far as the sensors tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supply {
    /// Enough.
    Enough,
    /// The near-end sensor sees the core.
    NearEnd,
    /// No paper.
    Out,
}

impl Supply {
    fn of(status: &Status) -> Self {
        if status.paper_end {
            Self::Out
        } else if status.near_end {
            Self::NearEnd
        } else {
            Self::Enough
        }
    }

    /// The same as the runner names it.
    fn paper(self) -> runner::Supply {
        runner::Supply {
            name: "paper",
            level: match self {
                Self::Enough => Level::Enough,
                Self::NearEnd => Level::Low,
                Self::Out => Level::Out,
            },
        }
    }
}

/// The driver of one receipt printer.
pub struct PrinterDriver<J> {
    settings: Settings,
    journal: J,
    talk: Conversation,
    epoch: u64,
    process_id: Option<ProcessId>,
    /// The job whose paper may still hang at the head.
    uncut: Option<JobRecord>,
    /// The buffers were cleared since the line was opened and since the last trouble.
    cleared: bool,
    /// Modes and automatic status are set.
    modes_set: bool,
    supply: Option<Supply>,
    waiting: Vec<PrinterEvent>,
    recover_at: Duration,
    /// When the sensors are next asked in mid job where nothing is reported unasked.
    look_at: Duration,
    /// The slip that is printed next, told as being busy before it begins.
    next: Option<Job>,
    tally: Tally,
}

/// What is counted since the driver was made.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// Slips of which the journal knows, so that bytes were handed over.
    slips: u64,
    /// Buffers cleared for certain.
    cleared: u64,
    /// The printer said that its power came back.
    restarted: u64,
    /// A blocked knife was told to try again.
    recovered: u64,
}

impl<J: Journal> PrinterDriver<J> {
    /// A driver that keeps its jobs in `journal`.
    pub fn new(settings: Settings, journal: J) -> Self {
        Self {
            talk: Conversation::new(&settings, settings.profile.status, 0),
            settings,
            journal,
            epoch: 0,
            process_id: None,
            uncut: None,
            cleared: false,
            modes_set: false,
            supply: None,
            waiting: Vec::new(),
            recover_at: Duration::ZERO,
            look_at: Duration::ZERO,
            next: None,
            tally: Tally::default(),
        }
    }

    fn obey(
        &mut self,
        line: &mut dyn Transport,
        command: PrinterCommand,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<(), Fault> {
        match command {
            PrinterCommand::Print(job) => {
                self.next = Some(job);
                Ok(())
            }
            PrinterCommand::Status => {
                if !self
                    .talk
                    .ask_all(line)
                    .map_err(|stop| fault("ask status", stop))?
                {
                    return Err(Fault::new(FaultKind::NoAnswer, "ask status"));
                }
                emit(PrinterEvent::Status(self.talk.status));
                Ok(())
            }
            PrinterCommand::ClearAtStart => {
                self.clear_and_prepare(line)?;
                self.cut_free(line, emit)?;
                if self.uncut.is_none() && self.cleared {
                    emit(PrinterEvent::Cleared);
                }
                Ok(())
            }
            PrinterCommand::Probe => {
                let findings = self.probe(line).map_err(|stop| fault("probe", stop))?;
                emit(PrinterEvent::Probed(findings));
                Ok(())
            }
        }
    }

    /// Does what a change of status asks for.
    fn look_after(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<(), Fault> {
        if self.talk.was_switched_on() {
            self.tally.restarted += 1;
            self.talk.begin_job();
            self.cleared = false;
        }
        let problem = self.talk.status.problem();
        if problem == Some(Problem::Cutter) && line.now() >= self.recover_at {
            self.recover_at = line.now() + RECOVERY_PAUSE;
            self.tally.recovered += 1;
            self.talk
                .send_now(line, &RecoverFromError)
                .map_err(|stop| fault("recover", stop))?;
            self.talk
                .ask_all(line)
                .map_err(|stop| fault("recover", stop))?;
        }
        // Only the real-time clear works on a printer that needs a hand; the others wait for it.
        let at_any_time = self.settings.profile.clear == Clearing::RealTime;
        if !self.cleared && (at_any_time || self.talk.status.problem().is_none()) {
            self.clear_and_prepare(line)?;
        }
        let trouble = self.talk.status.problem().is_some();
        if !trouble && self.cleared {
            if !self.modes_set {
                self.set_modes(line)
                    .or_else(|stop| waits_for_a_hand("prepare", stop))?;
            }
            self.cut_free(line, emit)?;
            if line.now() >= self.recover_at && self.talk.status.slip_waiting {
                self.recover_at = line.now() + RECOVERY_PAUSE;
                self.empty_output(line, emit)
                    .or_else(|stop| waits_for_a_hand("draw back", stop))?;
            }
        }
        let pause = if trouble {
            TROUBLE_HEARTBEAT
        } else {
            HEARTBEAT
        };
        if line.now().saturating_sub(self.talk.heard_at) >= pause {
            self.heartbeat(line)?;
        }
        let supply = Supply::of(&self.talk.status);
        if self.supply != Some(supply) && !self.talk.status.cover_open {
            self.supply = Some(supply);
            emit(PrinterEvent::Supply(supply));
        }
        Ok(())
    }

    /// Cleared, set up, cut free, and nothing needs a hand.
    #[cfg(test)]
    pub(super) fn ready(&self) -> bool {
        let at_hand = self.talk.status.problem().is_none() && !self.talk.status.slip_waiting;
        self.cleared && self.modes_set && self.uncut.is_none() && at_hand
    }

    fn heartbeat(&mut self, line: &mut dyn Transport) -> Result<(), Fault> {
        let answered = self
            .talk
            .ask_all(line)
            .map_err(|stop| fault("heartbeat", stop))?;
        if answered {
            Ok(())
        } else {
            Err(Fault::new(FaultKind::NoAnswer, "heartbeat"))
        }
    }

    fn next_process_id(&mut self) -> Result<ProcessId, super::journal::JournalError> {
        let last = match self.process_id {
            Some(last) => Some(last),
            None => self.journal.last_process_id()?,
        };
        let next = last.map_or(self.settings.first_process_id, ProcessId::next);
        self.process_id = Some(next);
        Ok(next)
    }
}

impl<J: Journal> Driver for PrinterDriver<J> {
    type Command = PrinterCommand;
    type Event = PrinterEvent;

    fn identify(&mut self, line: &mut dyn Transport) -> Result<Identity, Fault> {
        self.epoch += 1;
        let profile = &self.settings.profile;
        let identity = Identity {
            name: "ESC/POS receipt printer".to_owned(),
            detail: Some(profile.name.clone()),
        };
        self.talk = Conversation::new(&self.settings, profile.status, self.epoch);
        self.cleared = false;
        self.recall_open_job();
        let answered = self.answers(line).map_err(|stop| fault("identify", stop))?;
        if !answered {
            return Err(self.who_is_it(line));
        }
        self.clear_and_prepare(line)?;
        Ok(identity)
    }

    fn step(
        &mut self,
        line: &mut dyn Transport,
        commands: &mut dyn FnMut() -> Option<PrinterCommand>,
        emit: &mut dyn FnMut(PrinterEvent),
    ) -> Result<(), Fault> {
        for event in self.waiting.drain(..) {
            emit(event);
        }
        if let Some(job) = self.next.take() {
            return self.print(line, &job, emit);
        }
        self.look_after(line, emit)?;
        match commands() {
            Some(command) => self.obey(line, command, emit),
            None => {
                let until = line.now() + IDLE_ROUND;
                self.talk.listen(line, until).map_err(Fault::from)
            }
        }
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        let tally = self.tally;
        vec![
            ("slips", tally.slips),
            ("cleared", tally.cleared),
            ("restarted", tally.restarted),
            ("recovered", tally.recovered),
        ]
    }

    fn condition(&self) -> Condition {
        let condition = match self.talk.status.problem() {
            None if self.next.is_some() => Condition::new(HealthState::Busy, "printing"),
            None if self.talk.status.slip_waiting => {
                Condition::new(HealthState::UserError, Cause::SlipWaiting.as_str())
            }
            // Something of an earlier slip may still come out, or hangs at the head.
            None if !self.cleared || self.uncut.is_some() => {
                Condition::new(HealthState::Starting, "clearing")
            }
            None => Condition::ONLINE,
            Some(problem) => {
                let state = match problem {
                    Problem::PaperOut | Problem::CoverOpen | Problem::Jam | Problem::Cutter => {
                        HealthState::UserError
                    }
                    Problem::HeadHot => HealthState::Busy,
                    Problem::Mechanism => HealthState::HardwareError,
                    Problem::Offline => HealthState::Offline,
                };
                Condition::new(state, problem.as_str())
            }
        };
        condition.with_supplies(self.supply.map(Supply::paper).into_iter().collect())
    }

    fn failed(&mut self, _fault: &Fault, emit: &mut dyn FnMut(PrinterEvent)) {
        self.cleared = false;
        for event in self.waiting.drain(..) {
            emit(event);
        }
    }

    fn refuse(
        &mut self,
        command: PrinterCommand,
        _fault: &Fault,
        emit: &mut dyn FnMut(PrinterEvent),
    ) {
        match command {
            PrinterCommand::Print(job) => {
                emit(PrinterEvent::Outcome {
                    job: job.id,
                    outcome: Outcome::NotPrinted(Cause::Offline),
                });
            }
            PrinterCommand::Status | PrinterCommand::ClearAtStart | PrinterCommand::Probe => {}
        }
    }
}

/// The runner's word for what ended an operation outside a job.
fn fault(operation: &'static str, stop: Stop) -> Fault {
    match stop {
        Stop::Broken(error) => Fault::from(error),
        Stop::Problem(problem) => {
            Fault::new(FaultKind::NeedsHand, operation).with_key(problem.as_str())
        }
        Stop::PowerLost
        | Stop::Timeout
        | Stop::WrongConfirmation
        | Stop::Garbled
        | Stop::NoConfirmation => Fault::new(FaultKind::NoAnswer, operation),
    }
}

/// A printer that needs a hand is no fault of the line: its condition says so already.
fn waits_for_a_hand(operation: &'static str, stop: Stop) -> Result<(), Fault> {
    match stop {
        Stop::Problem(_) => Ok(()),
        other => Err(fault(operation, other)),
    }
}

/// Appends `command` to `out`; reads better in a row of commands.
fn put(out: &mut Vec<u8>, command: &impl Command) {
    command.encode(out);
}
