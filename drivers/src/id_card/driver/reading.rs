//! A card on the reader: looked for, read whole, believed, watched.

use std::error::Error;

use zeroize::Zeroizing;

use super::super::card::{Card, Fingerprint};
use super::super::event::{ReaderEvent, ReaderFault, ReaderFaultKind, kind_of};
use super::super::exchange::ExchangeError;
use super::super::photo::Photo;
use super::super::protocol::commands::{
    FindCard, ReadCard, ReadCardWithFingerprint, ReadNewestAddress, ResetSam, SelectCard,
};
use super::super::protocol::read::ReadData;
use super::super::protocol::shape;
use super::super::protocol::status::Status;
use super::super::protocol::text;
use super::{CardReader, Field};
use crate::runner::Fault;
use crate::transport::Transport;

/// Exchanges in a row without an answer until the reader counts as gone.
const PATIENCE: u32 = 3;

/// Selections in a row that may fail before somebody is told; one or two fail while a card
/// is being laid down.
const SELECTS: u32 = 3;

/// Readings of one card that differ before somebody is told.
const DISBELIEFS: u32 = 4;

/// Why a card was not read, so far.
enum Unread {
    /// Nothing lies there.
    NotThere,
    /// Something lies there, not well enough yet.
    NotYet,
    /// Somebody has to be told.
    Tell(ReaderFault),
    /// No usable answer.
    Lost(ExchangeError),
}

impl CardReader {
    /// Looks for a card, and in the round after that reads it.
    pub(super) fn look(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(ReaderEvent),
    ) -> Result<(), Fault> {
        if std::mem::take(&mut self.found) {
            let read = self.read_card(line);
            return self.take_card(read, emit);
        }
        if self.reset_first {
            match self.exchange.ask(line, &ResetSam) {
                Ok(()) | Err(ExchangeError::Status(_)) => self.reset_first = false,
                Err(error) => return self.forgive(error, "reset SAM"),
            }
        }
        match self.exchange.ask(line, &FindCard) {
            Ok(_) => {
                self.found = true;
                Ok(())
            }
            Err(error) => self.take_card(Err(unread(error, "find card")), emit),
        }
    }

    /// Tells of a card that was read, or of what kept it from being read.
    fn take_card(
        &mut self,
        read: Result<Box<Card>, Unread>,
        emit: &mut dyn FnMut(ReaderEvent),
    ) -> Result<(), Fault> {
        let unread = match read {
            Ok(card) => {
                self.unanswered = 0;
                self.field = Field::Read;
                self.cards_read += 1;
                self.forget_card();
                tracing::debug!(card = card.outline(), "card read");
                emit(ReaderEvent::Card(card));
                return Ok(());
            }
            Err(unread) => unread,
        };
        match unread {
            Unread::Lost(error) => {
                self.reset_first = self.interrupted;
                return self.forgive(error, "find and read");
            }
            Unread::NotYet => {}
            Unread::NotThere => self.field_empty(emit),
            Unread::Tell(fault) => {
                let status = fault.sw3.map(Status::from);
                self.tell_card(fault, emit);
                self.reset_first |=
                    matches!(status, Some(Status::UnknownError | Status::RandomFailed));
            }
        }
        self.unanswered = 0;
        self.interrupted = false;
        Ok(())
    }

    /// Select, read, newest address of a card that was found: all of it or nothing.
    fn read_card(&mut self, line: &mut dyn Transport) -> Result<Box<Card>, Unread> {
        self.interrupted = true;
        self.select(line)?;
        let read = self.read_chip(line)?;
        let mut card = Box::new(text::parse(&read.text));
        self.believe(&read.text, &card)?;
        card.photo = !read.photo.is_empty();
        card.fingerprint = Fingerprint::new(&read.fingerprint);
        card.new_address = self.read_newest_address(line)?;
        card.picture = self.decode(&read.photo);
        Ok(card)
    }

    /// The photo, where a decoder is set up, the card has one, and nothing went wrong.
    fn decode(&self, compressed: &[u8]) -> Option<Photo> {
        let decoder = self.settings.decoder.as_ref()?;
        if compressed.is_empty() {
            return None;
        }
        match decoder.decode(compressed) {
            Ok(photo) => Some(photo),
            Err(error) => {
                tracing::warn!(%error, source = ?error.source(), "no photo");
                None
            }
        }
    }

    /// The address after a move, where the card holds one and the module knows the command.
    fn read_newest_address(&mut self, line: &mut dyn Transport) -> Result<Option<String>, Unread> {
        self.watch_by_reading = false;
        let mut answer = self.exchange.ask_until_agreed(line, &ReadNewestAddress);
        if unknown_command(&answer) {
            // A request that was damaged on its way can look like an unknown command.
            answer = self.exchange.ask_until_agreed(line, &ReadNewestAddress);
        }
        self.watch_by_reading = unknown_command(&answer);
        match answer {
            Ok(address) => Ok(Some(address.to_string()).filter(|text| !text.is_empty())),
            Err(ExchangeError::Status(Status::NotOnCard)) => Ok(None),
            Err(_) if self.watch_by_reading => Ok(None),
            Err(error) => Err(unread(error, "read newest address")),
        }
    }

    fn select(&mut self, line: &mut dyn Transport) -> Result<(), Unread> {
        match self.exchange.ask(line, &SelectCard) {
            Ok(_) => {
                self.selects_failed = 0;
                Ok(())
            }
            Err(ExchangeError::Status(status @ Status::SelectFailed)) => {
                self.selects_failed = self.selects_failed.saturating_add(1);
                if self.selects_failed < SELECTS {
                    return Err(Unread::NotYet);
                }
                let kind = ReaderFaultKind::SelectFailed;
                let fault = ReaderFault::status(kind, "select card", status);
                Err(Unread::Tell(fault))
            }
            Err(error) => Err(unread(error, "select card")),
        }
    }

    /// Text, photo and, where a rule asks for it and the module can, fingerprint.
    fn read_chip(&mut self, line: &mut dyn Transport) -> Result<ReadData, Unread> {
        let mut read = self.ask_chip(line);
        if matches!(read, Err(ExchangeError::Status(Status::RandomFailed))) {
            self.randoms_failed += 1;
            if self.randoms_failed == 1 {
                read = self.ask_chip(line);
            }
        }
        read.map_err(|error| unread(error, "read card"))
    }

    fn ask_chip(&mut self, line: &mut dyn Transport) -> Result<ReadData, ExchangeError> {
        if self.want_fingerprint {
            let answer = self.exchange.ask(line, &ReadCardWithFingerprint);
            if !unknown_command(&answer) {
                return answer;
            }
        }
        self.exchange.ask(line, &ReadCard)
    }

    /// Believes a usual card at once and an unusual one when it reads the same again.
    fn believe(&mut self, block: &[u8], card: &Card) -> Result<(), Unread> {
        if !shape::unusual(block, card) {
            return Ok(());
        }
        if self.doubted.as_ref().is_some_and(|last| ***last == *block) {
            return Ok(());
        }
        self.doubted = Some(Zeroizing::new(block.to_vec()));
        self.disbelieved += 1;
        self.reset_first = true;
        if self.disbelieved < DISBELIEFS {
            tracing::debug!("an unusual card is read once more");
            return Err(Unread::NotYet);
        }
        self.disbelieved = 0;
        let fault = ReaderFault::new(ReaderFaultKind::ReadFailed, "read card twice the same");
        Err(Unread::Tell(fault))
    }

    /// Tells of a card that cannot be read, once as long as it lies there.
    fn tell_card(&mut self, fault: ReaderFault, emit: &mut dyn FnMut(ReaderEvent)) {
        if self.field != Field::Failed {
            self.field = Field::Failed;
            tracing::info!(%fault, status = fault.sw3, "card not read");
            emit(ReaderEvent::Fault(fault));
        }
    }

    /// Find saw nothing: a card whose reading failed or broke off was lifted.
    fn field_empty(&mut self, emit: &mut dyn FnMut(ReaderEvent)) {
        if self.interrupted {
            let fault = ReaderFault::new(ReaderFaultKind::ReadFailed, "read card");
            self.tell_card(fault, emit);
        }
        self.forget_card();
        self.empty(emit);
    }

    /// Asks whether the card that was read still lies there.
    pub(super) fn watch(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(ReaderEvent),
    ) -> Result<(), Fault> {
        let answer = if self.watch_by_reading {
            self.exchange.ask(line, &ReadCard).map(drop)
        } else {
            self.exchange.ask(line, &ReadNewestAddress).map(drop)
        };
        match answer {
            Ok(()) | Err(ExchangeError::Status(Status::NotOnCard)) => {}
            Err(ExchangeError::Status(Status::ReadFailed | Status::NoCard)) => self.empty(emit),
            // The line garbled our question twice: that says nothing of the card.
            Err(ExchangeError::Status(Status::WrongChecksum | Status::WrongLength)) => {
                return self.forgive(ExchangeError::Garbled, "watch card");
            }
            Err(ExchangeError::Status(status)) if !unfit(status) => {
                self.reset_first = true;
                self.empty(emit);
            }
            Err(error) => return self.forgive(error, "watch card"),
        }
        self.unanswered = 0;
        Ok(())
    }

    /// Counts an exchange without a usable answer; one or two are forgiven.
    pub(super) fn forgive(
        &mut self,
        error: ExchangeError,
        doing: &'static str,
    ) -> Result<(), Fault> {
        if matches!(error, ExchangeError::Silence | ExchangeError::Garbled) {
            self.unanswered += 1;
            if self.unanswered < PATIENCE {
                return Ok(());
            }
        }
        Err(error.into_fault(doing))
    }
}

/// Whether the module does not know what it was asked, or may not do it.
fn unknown_command<T>(answer: &Result<T, ExchangeError>) -> bool {
    matches!(
        answer,
        Err(ExchangeError::Status(
            Status::BadCommand | Status::NotAllowed
        ))
    )
}

/// Whether the module says of itself that it cannot work.
fn unfit(status: Status) -> bool {
    matches!(status, Status::SelfTestFailed | Status::NotAuthorised)
}

/// What a failed exchange means for the card.
fn unread(error: ExchangeError, doing: &'static str) -> Unread {
    match error {
        ExchangeError::Status(status) if unfit(status) => Unread::Lost(error),
        ExchangeError::Status(Status::NoCard) => Unread::NotThere,
        // A failed selection is counted where it is made; elsewhere the card was moved.
        ExchangeError::Status(status @ Status::SelectFailed) => Unread::Tell(ReaderFault::status(
            ReaderFaultKind::ReadFailed,
            doing,
            status,
        )),
        ExchangeError::Status(status) => {
            Unread::Tell(ReaderFault::status(kind_of(status), doing, status))
        }
        ExchangeError::Silence | ExchangeError::Garbled | ExchangeError::Line(_) => {
            Unread::Lost(error)
        }
    }
}
