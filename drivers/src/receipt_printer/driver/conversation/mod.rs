//! Talking with one printer: paced writing, flow control, and what it said meanwhile.

mod waiting;

use std::time::Duration;

use super::Settings;
use crate::receipt_printer::profile::{Confirmation, Flow, StatusStyle};
use crate::receipt_printer::protocol::commands::{
    ClearBuffers, Command, FullStatusQuery, StatusQuery,
};
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
    /// It was not understood in mid job: whatever it said may have been that it was reset.
    Garbled,
    /// The printer has no way to confirm anything.
    NoConfirmation,
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
    style: StatusStyle,
    /// The printer holds back by XOFF; from another, that byte is noise.
    obeys_xoff: bool,
    /// Which connection this is; a confirmation counts only on the one it was asked on.
    epoch: u64,
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
    /// Fences asked for since the job began.
    fences_asked: u32,
    /// Answers to them. One more than asked for is somebody else's.
    fences: u32,
    /// Fences are the proof: then a question without an answer leaves one of them doubtful.
    fences_prove: bool,
    /// What the next fence is made of, so that one is not taken for the one before.
    fence_round: u32,
    model: Option<Vec<u8>>,
    /// Something was not understood since the job began.
    garbled: bool,
    /// Groups broken off before the job began.
    broken_before: u64,
    /// The next byte is the first of a slip.
    slip_begins: bool,
}

impl Conversation {
    /// A new connection to a printer set up as `settings` say, listened to in `style`.
    pub(super) fn new(settings: &Settings, style: StatusStyle, epoch: u64) -> Self {
        Self {
            lines: Demultiplexer::new(style),
            style,
            obeys_xoff: settings.profile.flow == Flow::XonXoff,
            fences_prove: settings.profile.confirmation == Confirmation::Fence,
            epoch,
            pace: settings.pace,
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
            Return::Xon | Return::Xoff if !self.obeys_xoff => self.garbled = true,
            Return::Xon => {
                // Without an XOFF before it, it may be all that came through of a power notice.
                self.garbled |= !self.held;
                self.held = false;
            }
            Return::Xoff => self.held = true,
            Return::RealTime(byte) => self.answer = Some(*byte),
            Return::StatusBack(group) => {
                let slip_waiting = self.status.slip_waiting;
                self.status = Status {
                    slip_waiting,
                    ..Status::from_status_back(*group)
                };
                self.status_groups += 1;
            }
            Return::FullStatus(group) => {
                self.status = Status::from_full_status(*group);
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
            Return::Queued(_) => {
                self.fences = self.fences.saturating_add(1);
                self.garbled |= self.fences > self.fences_asked;
            }
            Return::Block(block) => {
                self.model = Some(block.clone());
                self.garbled = true;
            }
            Return::Stray(_) => self.garbled = true,
        }
    }

    /// A problem that does not end by itself within a job.
    fn blocking_problem(&self) -> Option<Problem> {
        self.status.problem().filter(|problem| match problem {
            Problem::PaperOut
            | Problem::CoverOpen
            | Problem::Jam
            | Problem::Cutter
            | Problem::Mechanism => true,
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
        self.fences = 0;
        self.fences_asked = 0;
        self.garbled = false;
        self.broken_before = self.lines.broken();
    }

    /// The block the printer sent last that was no confirmation, taken away.
    pub(super) fn take_block(&mut self) -> Option<Vec<u8>> {
        self.model.take()
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
        let mut rest = bytes;
        while !rest.is_empty() {
            // A write of one byte that fails has handed nothing over: that much is certain then.
            let most = if self.slip_begins { 1 } else { PIECE };
            let (piece, later) = rest.split_at(most.min(rest.len()));
            self.wait_for_room(line)?;
            self.hand_over(line, piece)?;
            self.slip_begins = false;
            rest = later;
        }
        Ok(())
    }

    /// Says that the next byte sent is the first of a slip.
    pub(super) fn begin_slip(&mut self) {
        self.slip_begins = true;
    }

    /// Whether a byte was handed over since [`Self::begin_slip`].
    pub(super) fn slip_begun(&self) -> bool {
        !self.slip_begins
    }

    /// Hands over a real-time command, whatever the flow control says.
    pub(super) fn send_now(
        &mut self,
        line: &mut dyn Transport,
        command: &impl Command,
    ) -> Result<(), Stop> {
        self.send_bytes_now(line, &command.bytes())
    }

    /// The same for a command a profile names.
    pub(super) fn send_bytes_now(
        &mut self,
        line: &mut dyn Transport,
        bytes: &[u8],
    ) -> Result<(), Stop> {
        self.hand_over(line, bytes)
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
                // A printer that reports nothing by itself may hold back because paper is out.
                // Asked inside a band it spoils the picture, but this slip is lost anyway.
                self.ask_trouble(line)?;
                self.check()?;
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
                if self.style == StatusStyle::TornFlag && query == StatusQuery::Printer {
                    self.status.take_torn_flag(byte);
                }
                self.status.take_answer(query, byte & 0x7F);
                return Ok(Some(byte));
            }
            // Perhaps it came, and was taken for the answer to a fence.
            self.garbled |= self.fences_prove;
        }
        Ok(None)
    }

    /// Asks for everything the sensors say; true when all of it was answered.
    pub(super) fn ask_all(&mut self, line: &mut dyn Transport) -> Result<bool, Stop> {
        match self.style {
            StatusStyle::FullStatus => self.ask_full(line),
            StatusStyle::RealTime | StatusStyle::TornFlag => self.ask_each(line, &StatusQuery::ALL),
        }
    }

    /// Asks only what can stop a job; true when all of it was answered.
    pub(super) fn ask_trouble(&mut self, line: &mut dyn Transport) -> Result<bool, Stop> {
        match self.style {
            StatusStyle::FullStatus => self.ask_full(line),
            StatusStyle::RealTime | StatusStyle::TornFlag => {
                self.ask_each(line, &[StatusQuery::OfflineCause, StatusQuery::Error])
            }
        }
    }

    fn ask_each(
        &mut self,
        line: &mut dyn Transport,
        queries: &[StatusQuery],
    ) -> Result<bool, Stop> {
        for query in queries {
            if self.ask(line, *query)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn ask_full(&mut self, line: &mut dyn Transport) -> Result<bool, Stop> {
        let now = line.now();
        self.listen(line, now)?;
        for _ in 0..ATTEMPTS {
            let before = self.status_groups;
            self.send_now(line, &FullStatusQuery)?;
            if self.await_status(line, before, ANSWER_TIME)? {
                return Ok(true);
            }
            self.garbled |= self.fences_prove;
        }
        Ok(false)
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

    /// Forgets flow control: the printer was reset and its buffer is empty.
    pub(super) fn was_reset(&mut self) {
        self.held = false;
        self.begin_job();
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
}
