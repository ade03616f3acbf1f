//! Talking with one printer: paced writing, flow control, and what it said meanwhile.

use std::time::Duration;

use crate::receipt_printer::protocol::commands::{ClearBuffers, Command, StatusQuery};
use crate::receipt_printer::protocol::returns::{Demultiplexer, Return};
use crate::receipt_printer::protocol::status::{Problem, Status};
use crate::transport::{Transport, TransportError};

/// Bytes handed over in one go; between two the return channel is looked at.
const PIECE: usize = 32;
/// Bytes that may be under way at most. The printer says XOFF with 128 bytes left.
const LEAD: usize = 96;
/// How long an answer to a real-time command may take.
const ANSWER_TIME: Duration = Duration::from_millis(500);
/// How often a real-time command is repeated.
const ATTEMPTS: u32 = 3;
/// How long clearing may take to be confirmed.
const CLEAR_TIME: Duration = Duration::from_secs(1);
/// How long the printer may hold us back without saying why.
const HOLD_TIME: Duration = Duration::from_secs(8);
/// How long a hot head may hold us back: it cools by itself.
const COOLING_TIME: Duration = Duration::from_secs(60);
/// Confirmations kept; more than a few means the printer babbles.
const MAX_CONFIRMATIONS: usize = 16;

/// Why handing over or waiting ended before its time.
#[derive(Debug)]
pub(super) enum Stop {
    /// The printer said that something needs a hand.
    Problem(Problem),
    /// The printer was switched off and on.
    PowerLost,
    /// It took nothing, or said nothing, for too long.
    Timeout,
    /// It confirmed only other numbers.
    WrongConfirmation,
    /// The line is gone.
    Broken(TransportError),
}

impl From<TransportError> for Stop {
    fn from(error: TransportError) -> Self {
        Self::Broken(error)
    }
}

/// The state of one connection.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    lines: Demultiplexer,
    /// What is known of the mechanism.
    pub(super) status: Status,
    /// Bits per second of the wire; `None` = the carrier paces itself.
    pace: Option<u32>,
    /// When the bytes handed over so far are through.
    through_at: Duration,
    /// When the printer was last heard.
    pub(super) heard_at: Duration,
    held: bool,
    answer: Option<u8>,
    cleared: bool,
    status_groups: u64,
    powered_on: bool,
    confirmations: Vec<[u8; 4]>,
}

impl Conversation {
    pub(super) fn new(pace: Option<u32>) -> Self {
        Self {
            pace,
            ..Self::default()
        }
    }

    /// Reads once, until `deadline` at most, and takes in what was said.
    pub(super) fn listen(
        &mut self,
        line: &mut dyn Transport,
        deadline: Duration,
    ) -> Result<(), TransportError> {
        let mut buffer = [0u8; 256];
        let count = line.read(&mut buffer, deadline)?;
        if count > 0 {
            self.heard_at = line.now();
        }
        for byte in buffer.iter().take(count) {
            if let Some(said) = self.lines.push(*byte) {
                self.note(&said);
            }
        }
        Ok(())
    }

    fn note(&mut self, said: &Return) {
        match said {
            Return::Xon => self.held = false,
            Return::Xoff => self.held = true,
            Return::RealTime(byte) => self.answer = Some(*byte),
            Return::StatusBack(group) => {
                self.status = Status::from_status_back(*group);
                self.status_groups += 1;
            }
            Return::Process(digits) => {
                // Said after a fault it would only mean that the printer went on by itself.
                if self.blocking_problem().is_none() && self.confirmations.len() < MAX_CONFIRMATIONS
                {
                    self.confirmations.push(*digits);
                }
            }
            Return::Cleared => {
                self.cleared = true;
                self.held = false;
            }
            Return::PoweredOn => {
                self.powered_on = true;
                self.held = false;
            }
            Return::Queued(_) | Return::Block(_) | Return::Stray(_) => {}
        }
    }

    /// A problem that does not end by itself within a job.
    fn blocking_problem(&self) -> Option<Problem> {
        self.status.problem().filter(|problem| match problem {
            Problem::PaperOut | Problem::CoverOpen | Problem::Cutter | Problem::Mechanism => true,
            Problem::HeadHot | Problem::Offline => false,
        })
    }

    /// Whether the printer was switched off and on since the last [`Self::begin_job`].
    pub(super) fn was_switched_on(&self) -> bool {
        self.powered_on
    }

    /// Forgets what earlier jobs left behind.
    pub(super) fn begin_job(&mut self) {
        self.powered_on = false;
        self.confirmations.clear();
    }

    /// Forgets confirmations that cannot be of what is sent next.
    pub(super) fn expect_confirmation(&mut self) {
        self.confirmations.clear();
    }

    fn check(&self) -> Result<(), Stop> {
        if self.powered_on {
            return Err(Stop::PowerLost);
        }
        self.blocking_problem()
            .map_or(Ok(()), |problem| Err(Stop::Problem(problem)))
    }

    /// Hands over `bytes` as fast as wire and printer take them.
    pub(super) fn send(&mut self, line: &mut dyn Transport, bytes: &[u8]) -> Result<(), Stop> {
        for piece in bytes.chunks(PIECE) {
            self.wait_for_room(line)?;
            self.hand_over(line, piece)?;
        }
        Ok(())
    }

    /// Hands over a real-time command, whatever the flow control says.
    pub(super) fn send_now(
        &mut self,
        line: &mut dyn Transport,
        command: &impl Command,
    ) -> Result<(), Stop> {
        self.hand_over(line, &command.bytes())
    }

    fn hand_over(&mut self, line: &mut dyn Transport, piece: &[u8]) -> Result<(), Stop> {
        let deadline = line.now() + HOLD_TIME;
        let mut rest = piece;
        while !rest.is_empty() {
            let step = (line.now() + ANSWER_TIME).min(deadline);
            let taken = line.write(rest, step)?;
            rest = rest.get(taken..).unwrap_or_default();
            if !rest.is_empty() {
                let now = line.now();
                self.listen(line, now)?;
                if now >= deadline {
                    return Err(Stop::Timeout);
                }
            }
        }
        self.through_at = self.through_at.max(line.now()) + self.wire_time(piece.len());
        Ok(())
    }

    /// Waits until the wire and the printer have room; meanwhile it listens.
    fn wait_for_room(&mut self, line: &mut dyn Transport) -> Result<(), Stop> {
        let begun = line.now();
        loop {
            let patience = if self.status.auto_recoverable {
                COOLING_TIME
            } else {
                HOLD_TIME
            };
            let give_up = begun + patience;
            let lead = self.wire_time(LEAD - PIECE);
            let free_at = self.through_at.saturating_sub(lead);
            let wait_until = if self.held { give_up } else { free_at };
            self.listen(line, wait_until)?;
            self.check()?;
            if !self.held && line.now() >= free_at {
                return Ok(());
            }
            if self.held && line.now() >= give_up {
                return Err(Stop::Timeout);
            }
        }
    }

    fn wire_time(&self, bytes: usize) -> Duration {
        match self.pace {
            None | Some(0) => Duration::ZERO,
            Some(pace) => Duration::from_nanos(bytes as u64 * 10_000_000_000 / u64::from(pace)),
        }
    }

    /// Asks one status byte; `None` when nobody answers three times.
    ///
    /// Only one query is outstanding at a time, because answers do not say to which they belong.
    pub(super) fn ask(
        &mut self,
        line: &mut dyn Transport,
        query: StatusQuery,
    ) -> Result<Option<u8>, Stop> {
        let now = line.now();
        self.listen(line, now)?;
        for _ in 0..ATTEMPTS {
            self.answer = None;
            self.send_now(line, &query)?;
            let deadline = line.now() + ANSWER_TIME;
            while self.answer.is_none() && line.now() < deadline {
                self.listen(line, deadline)?;
            }
            if let Some(byte) = self.answer.take() {
                self.status.take_answer(query, byte);
                return Ok(Some(byte));
            }
        }
        Ok(None)
    }

    /// Asks all four; true when each was answered.
    pub(super) fn ask_all(&mut self, line: &mut dyn Transport) -> Result<bool, Stop> {
        for query in StatusQuery::ALL {
            if self.ask(line, query)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Clears both buffers in real time; true once the printer confirmed it.
    pub(super) fn clear(&mut self, line: &mut dyn Transport) -> Result<bool, Stop> {
        for _ in 0..ATTEMPTS {
            self.cleared = false;
            self.send_now(line, &ClearBuffers)?;
            let deadline = line.now() + CLEAR_TIME;
            while !self.cleared && line.now() < deadline {
                self.listen(line, deadline)?;
            }
            if self.cleared {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits for a status group that was not there before `groups_before`; false when none came.
    pub(super) fn await_status(
        &mut self,
        line: &mut dyn Transport,
        groups_before: u64,
        within: Duration,
    ) -> Result<bool, Stop> {
        let deadline = line.now() + within;
        while self.status_groups == groups_before && line.now() < deadline {
            self.listen(line, deadline)?;
        }
        Ok(self.status_groups != groups_before)
    }

    /// How many status groups have come.
    pub(super) fn status_groups(&self) -> u64 {
        self.status_groups
    }

    /// Waits until `digits` are confirmed; looks at the sensors every `poll`.
    pub(super) fn await_confirmation(
        &mut self,
        line: &mut dyn Transport,
        digits: [u8; 4],
        deadline: Duration,
        poll: Duration,
    ) -> Result<(), Stop> {
        let mut next_poll = line.now() + poll;
        loop {
            if self.confirmations.contains(&digits) {
                return Ok(());
            }
            self.check()?;
            if line.now() >= deadline {
                return Err(if self.confirmations.is_empty() {
                    Stop::Timeout
                } else {
                    Stop::WrongConfirmation
                });
            }
            if line.now() >= next_poll {
                // In case a status group was lost on the way.
                self.ask(line, StatusQuery::OfflineCause)?;
                self.ask(line, StatusQuery::Error)?;
                next_poll = line.now() + poll;
                continue;
            }
            self.listen(line, deadline.min(next_poll))?;
        }
    }
}
