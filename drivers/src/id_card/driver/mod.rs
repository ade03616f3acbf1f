//! The behaviour of a reader: polls, reads whole or not at all, notices removal.

mod orders;
mod reading;

use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use super::command::ReaderCommand;
use super::event::{OTHER_MODULE, ReaderEvent, ReaderFault};
use super::exchange::{Exchange, ExchangeError};
use super::photo::PhotoDecoder;
use super::protocol::commands::{ReadSamId, ResetSam, SPEEDS, SamStatus};
use super::protocol::sam_id::SamId;
use crate::runner::{Condition, Driver, Fault, FaultKind, HealthState, Identity};
use crate::transport::Transport;

/// From the end of one exchange to the next find, the makers' advice.
const POLL: Duration = Duration::from_millis(300);

/// Status requests at open, because the first bytes after power-up may be lost.
const FIRST_ASKS: u32 = 3;

/// What a reader is to do beyond reading cards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The module the kiosk was enrolled with; another one is told of and not used. `None`
    /// takes any.
    pub pinned: Option<SamId>,
    /// A program that decodes photos; without one no card has a picture.
    pub decoder: Option<PhotoDecoder>,
}

/// What lies on the reader, as far as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Empty,
    /// A card that was read whole and told of.
    Read,
    /// A card that could not be read and was told of.
    Failed,
}

/// The driver of one reader.
pub struct CardReader {
    settings: Settings,
    exchange: Exchange,
    field: Field,
    /// The line speed at which the module was found; `None` where the carrier has none.
    speed: Option<u32>,
    /// Told at the next step, because only a step can tell.
    sam_id: Option<SamId>,
    next_poll: Duration,
    /// Exchanges in a row without a usable answer.
    unanswered: u32,
    selects_failed: u32,
    /// Random numbers the module failed to draw, in a row.
    randoms_failed: u32,
    /// A card was found just now and is read in the next round, so that the reader is told
    /// as busy meanwhile.
    found: bool,
    /// A card was found and its reading broke off, in the exchange before this.
    interrupted: bool,
    /// The module may think it has read the card that lies there, so it is reset first.
    reset_first: bool,
    /// The text of a card that looked unusual, until it is read the same once more.
    doubted: Option<Zeroizing<Vec<u8>>>,
    /// Readings of the card that lies there that were not believed.
    disbelieved: u32,
    /// A rule asks for fingerprints.
    want_fingerprint: bool,
    /// The module knows no newest address, so a card is watched by reading it again.
    watch_by_reading: bool,
    /// The fault of the device last told, so that a reader that stays away is told once.
    told: Option<ReaderFault>,
    cards_read: u64,
}

impl Default for CardReader {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl CardReader {
    /// A driver that has not seen its reader yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            exchange: Exchange::default(),
            field: Field::Empty,
            speed: None,
            sam_id: None,
            next_poll: Duration::ZERO,
            unanswered: 0,
            selects_failed: 0,
            randoms_failed: 0,
            found: false,
            interrupted: false,
            reset_first: false,
            doubted: None,
            disbelieved: 0,
            want_fingerprint: false,
            watch_by_reading: false,
            told: None,
            cards_read: 0,
        }
    }

    /// Looks for the module: at the speed it last had, then at the others, fastest first.
    fn find_module(&mut self, line: &mut dyn Transport) -> Result<(), ExchangeError> {
        let known = self.speed.take();
        let others = SPEEDS.into_iter().filter(|speed| Some(*speed) != known);
        let mut asks = FIRST_ASKS;
        let mut failure = ExchangeError::Silence;
        for speed in known.into_iter().chain(others) {
            let adjustable = line.set_speed(speed)?;
            for _ in 0..asks {
                match self.exchange.ask(line, &SamStatus) {
                    Ok(()) => {
                        self.speed = adjustable.then_some(speed);
                        return Ok(());
                    }
                    Err(error @ (ExchangeError::Silence | ExchangeError::Garbled)) => {
                        failure = error;
                    }
                    Err(error) => return Err(error),
                }
            }
            if !adjustable {
                break;
            }
            asks = 1;
        }
        Err(failure)
    }

    /// Reads the module's number, and resets the module so that a card left on it counts as
    /// newly put. A module that cannot be reset is used as it is.
    fn prepare_module(&mut self, line: &mut dyn Transport) -> Result<SamId, ExchangeError> {
        let id = match self.exchange.ask_until_agreed(line, &ReadSamId) {
            Err(ExchangeError::Silence | ExchangeError::Garbled) => {
                self.exchange.ask_until_agreed(line, &ReadSamId)
            }
            result => result,
        }?;
        match self.exchange.ask(line, &ResetSam) {
            Err(error @ ExchangeError::Line(_)) => Err(error),
            Ok(()) | Err(_) => Ok(id),
        }
    }

    /// Waits until the next poll, throwing away what a reader says unasked.
    fn pause(&mut self, line: &mut dyn Transport) -> Result<(), Fault> {
        let mut stray = [0; 64];
        while line.now() < self.next_poll {
            line.read(&mut stray, self.next_poll)?;
        }
        stray.zeroize();
        Ok(())
    }

    /// Forgets what is known of the card.
    fn forget_card(&mut self) {
        self.selects_failed = 0;
        self.randoms_failed = 0;
        self.found = false;
        self.interrupted = false;
        self.doubted = None;
        self.disbelieved = 0;
    }

    /// Notes that nothing lies on the reader, and says so if something did.
    fn empty(&mut self, emit: &mut dyn FnMut(ReaderEvent)) {
        if self.field != Field::Empty {
            self.field = Field::Empty;
            emit(ReaderEvent::Removed);
        }
    }
}

impl Driver for CardReader {
    type Command = ReaderCommand;
    type Event = ReaderEvent;

    fn identify(&mut self, line: &mut dyn Transport) -> Result<Identity, Fault> {
        self.field = Field::Empty;
        self.unanswered = 0;
        self.reset_first = false;
        self.forget_card();
        self.find_module(line)
            .map_err(|error| error.into_fault("SAM status"))?;
        let id = self
            .prepare_module(line)
            .map_err(|error| error.into_fault("read SAM id"))?;
        self.sam_id = Some(id);
        if self.settings.pinned.is_some_and(|pinned| pinned != id) {
            let fault = Fault::new(FaultKind::Suspicious, "compare SAM id");
            return Err(fault.with_key(OTHER_MODULE));
        }
        Ok(Identity {
            name: id.to_string(),
            detail: self.speed.map(|speed| format!("{speed} bit/s")),
        })
    }

    fn step(
        &mut self,
        line: &mut dyn Transport,
        commands: &mut dyn FnMut() -> Option<ReaderCommand>,
        emit: &mut dyn FnMut(ReaderEvent),
    ) -> Result<(), Fault> {
        if let Some(id) = self.sam_id.take() {
            self.told = None;
            emit(ReaderEvent::SamId(id));
        }
        if !self.found {
            self.pause(line)?;
            while let Some(command) = commands() {
                self.carry_out(line, command, emit)?;
            }
        }
        let result = match self.field {
            Field::Read => self.watch(line, emit),
            Field::Empty | Field::Failed => self.look(line, emit),
        };
        self.next_poll = line.now() + POLL;
        result
    }

    fn reset(&mut self, line: &mut dyn Transport) -> Result<bool, Fault> {
        let reset = self.exchange.ask(line, &ResetSam);
        reset.map_err(|error| error.into_fault("reset SAM"))?;
        Ok(true)
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        let tally = self.exchange.tally;
        vec![
            ("cards_read", self.cards_read),
            ("requests", tally.requests),
            ("resent", tally.resent),
            ("silent", tally.silent),
            ("garbled", tally.garbled),
            ("garbage_bytes", tally.garbage_bytes),
        ]
    }

    /// A card that could not be read is tried again and again, which nobody need be told.
    fn condition(&self) -> Condition {
        if self.found && self.field == Field::Empty {
            Condition::new(HealthState::Busy, "reading")
        } else {
            Condition::ONLINE
        }
    }

    fn failed(&mut self, fault: &Fault, emit: &mut dyn FnMut(ReaderEvent)) {
        self.empty(emit);
        self.forget_card();
        let fault = ReaderFault::of_device(fault);
        if self.told.as_ref() != Some(&fault) {
            // A module that is refused is still told of.
            if let Some(id) = self.sam_id.take() {
                emit(ReaderEvent::SamId(id));
            }
            self.told = Some(fault.clone());
            emit(ReaderEvent::Fault(fault));
        }
    }

    fn refuse(
        &mut self,
        command: ReaderCommand,
        fault: &Fault,
        _emit: &mut dyn FnMut(ReaderEvent),
    ) {
        if let ReaderCommand::WantFingerprint(want) = command {
            self.want_fingerprint = want;
        } else {
            command.refuse(ReaderFault::of_device(fault));
        }
    }
}
