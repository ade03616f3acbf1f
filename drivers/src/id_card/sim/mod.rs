//! A reader that exists as a program and speaks the bytes of a real one.
//!
//! It follows the state table of the module (find, select, read, done), answers damaged
//! requests as the module does, and can be told to misbehave.

mod content;
mod faults;
mod requests;

use std::collections::VecDeque;
use std::time::Duration;

pub use content::CardContent;
pub use faults::{Faults, StatusOverride};
use requests::{Incoming, Requests};

use super::protocol::commands::SPEEDS;
use super::protocol::frame;
use super::protocol::sam_id::SamId;
use super::protocol::status::Status;
use crate::transport::simulated::SimulatedDevice;

/// Between two words of a reader that talks without end.
const CHATTER: Duration = Duration::from_millis(30);

/// Where the module is with the card on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    NoCard,
    Present,
    Found,
    Selected,
    Done,
}

/// The simulated reader.
pub struct SimReader {
    /// How it misbehaves.
    pub faults: Faults,
    sam_id: SamId,
    cards: Vec<CardContent>,
    state: State,
    requests: Requests,
    outgoing: VecDeque<(Duration, Vec<u8>)>,
    /// Whether what is on its way out comes from the card.
    reading: bool,
    answered: u64,
    chatted: Duration,
}

impl Default for SimReader {
    fn default() -> Self {
        // The published example of a module's number.
        Self::new(SamId([
            0x05, 0x00, 0x03, 0x00, 0x75, 0xC5, 0x33, 0x01, 0x87, 0xD6, 0x12, 0x00, 0x14, 0x6A,
            0x0A, 0xCE,
        ]))
    }
}

impl SimReader {
    /// The number of its module.
    #[must_use]
    pub fn sam_id(&self) -> SamId {
        self.sam_id
    }

    /// A good reader with nothing on it, whose module has the number `sam_id`.
    #[must_use]
    pub fn new(sam_id: SamId) -> Self {
        Self {
            faults: Faults::default(),
            sam_id,
            cards: Vec::new(),
            state: State::NoCard,
            requests: Requests::default(),
            outgoing: VecDeque::new(),
            reading: false,
            answered: 0,
            chatted: Duration::ZERO,
        }
    }

    /// Lays a card on the reader; a second one beside it keeps both from being selected.
    pub fn put(&mut self, card: CardContent) {
        self.cards.push(card);
        if self.cards.len() == 1 {
            self.state = State::Present;
        }
    }

    /// Lays another card down in place of what lies there, without a moment between. What
    /// was being read stays on its way.
    pub fn swap(&mut self, card: CardContent) {
        self.cards = vec![card];
        self.state = State::Present;
    }

    /// Says something unasked.
    pub fn say(&mut self, bytes: &[u8]) {
        self.outgoing.push_back((Duration::ZERO, bytes.to_vec()));
    }

    /// Lifts whatever lies on the reader; what was just being read from a card fails.
    pub fn remove(&mut self) {
        self.cards.clear();
        self.state = State::NoCard;
        if let Some((due, _)) = self.outgoing.front().filter(|_| self.reading) {
            let failed = (*due, frame::encode(&status(Status::ReadFailed)));
            self.outgoing.clear();
            self.outgoing.push_back(failed);
        }
    }

    /// Whether a card lies on the reader.
    #[must_use]
    pub fn occupied(&self) -> bool {
        !self.cards.is_empty()
    }

    /// How many requests were answered since the start.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.answered
    }

    fn answer(&mut self, now: Duration, incoming: &Incoming) {
        let body = match incoming {
            Incoming::WrongChecksum => status(Status::WrongChecksum),
            Incoming::WrongLength => status(Status::WrongLength),
            Incoming::Request { command, data } => self.carry_out(*command, data),
        };
        if self.faults.silent {
            return;
        }
        if self.faults.drop_answers > 0 {
            self.faults.drop_answers -= 1;
            return;
        }
        let mut bytes = frame::encode(&body);
        self.spoil(&mut bytes);
        self.answered += 1;
        self.reading = matches!(
            incoming,
            Incoming::Request {
                command: [0x30, _],
                ..
            }
        );
        let slow = if self.reading {
            self.faults.slow_reads
        } else {
            Duration::ZERO
        };
        self.send(now + self.faults.delay + slow, &bytes);
    }

    fn carry_out(&mut self, command: [u8; 2], data: &[u8]) -> Vec<u8> {
        if self.faults.self_test_failed {
            return status(Status::SelfTestFailed);
        }
        if self.faults.not_authorised {
            return status(Status::NotAuthorised);
        }
        let expected = usize::from(command == [0x61, 0xFF]);
        if data.len() != expected && known(command) {
            return status(Status::WrongLength);
        }
        if let Some(forced) = self.forced_status(command) {
            return vec![0, 0, forced];
        }
        match command {
            [0x10, 0xFF] => self.reset(),
            [0x11, 0xFF] | [0x61, 0xFF] => status(Status::Success),
            [0x12, 0xFF] => success(&self.sam_id.0),
            [0x20, 0x01] => self.find(),
            [0x20, 0x02] => self.select(),
            [0x30, 0x01] => self.read(false),
            [0x30, 0x10] if !self.faults.no_fingerprint => self.read(true),
            [0x30, 0x03] if !self.faults.no_newest_address => self.newest_address(),
            [0x30, 0x05] => self.management_number(),
            [0x60, speed] if usize::from(speed) < SPEEDS.len() => status(Status::Success),
            _ => status(Status::BadCommand),
        }
    }

    fn forced_status(&mut self, command: [u8; 2]) -> Option<u8> {
        let forced = self.faults.status.as_mut()?;
        if forced.command != command || forced.times == 0 {
            return None;
        }
        forced.times -= 1;
        Some(forced.status)
    }

    fn reset(&mut self) -> Vec<u8> {
        self.state = if self.cards.is_empty() {
            State::NoCard
        } else {
            State::Present
        };
        status(Status::Success)
    }

    fn find(&mut self) -> Vec<u8> {
        match self.state {
            State::NoCard => status(Status::NoCard),
            State::Done if self.faults.refind_needs_lift => status(Status::NoCard),
            State::Present | State::Found | State::Selected | State::Done => {
                self.state = State::Found;
                let mut body = status(Status::Found);
                body.extend([self.chip_byte(); 4]);
                body
            }
        }
    }

    fn select(&mut self) -> Vec<u8> {
        match self.state {
            State::Found | State::Selected if self.cards.len() == 1 => {
                self.state = State::Selected;
                success(&[self.chip_byte(); 8])
            }
            State::NoCard | State::Present | State::Found | State::Selected | State::Done => {
                status(Status::SelectFailed)
            }
        }
    }

    /// What the chip's numbers in find and select consist of.
    fn chip_byte(&self) -> u8 {
        // A run of AA, the hardest of all to have in an answer.
        if self.faults.chip_numbers { 0xAA } else { 0 }
    }

    /// The card, once it is selected.
    fn open_card(&self) -> Option<&CardContent> {
        match self.state {
            State::Selected | State::Done => self.cards.first(),
            State::NoCard | State::Present | State::Found => None,
        }
    }

    fn read(&mut self, with_fingerprint: bool) -> Vec<u8> {
        let Some(card) = self.open_card() else {
            return status(Status::ReadFailed);
        };
        let length = |there: bool| if there { [0x04, 0x00] } else { [0x00, 0x00] };
        let fingerprint = with_fingerprint && card.fingerprint;
        let mut data = vec![0x01, 0x00];
        data.extend(length(card.photo));
        if with_fingerprint {
            data.extend(length(fingerprint));
        }
        data.extend(card.text_block());
        for there in [card.photo, fingerprint] {
            data.extend(std::iter::repeat_n(0, if there { 1024 } else { 0 }));
        }
        self.state = State::Done;
        success(&data)
    }

    fn newest_address(&self) -> Vec<u8> {
        match self.open_card().map(CardContent::newest_address) {
            None => status(Status::ReadFailed),
            Some(None) => status(Status::NotOnCard),
            Some(Some(address)) => success(&address),
        }
    }

    fn management_number(&self) -> Vec<u8> {
        match self.open_card() {
            None => status(Status::ReadFailed),
            Some(_) => success(b"IIN\0\0\0\0\0SN\0\0\0\0\0\0DN\0\0\0\0\0\0\0\0\0\0"),
        }
    }

    /// Damages an answer as told.
    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        if self.faults.words {
            *bytes = b"ERROR: NO MODULE\r\n".to_vec();
        }
        if self.faults.break_checksums > 0 {
            self.faults.break_checksums -= 1;
            if let Some(sum) = bytes.last_mut() {
                *sum ^= 0x55;
            }
        }
        if let (times @ 1.., by) = self.faults.break_lengths {
            self.faults.break_lengths.0 = times - 1;
            if let Some(low) = bytes.get_mut(6) {
                *low = low.wrapping_add_signed(by);
            }
        }
        if self.faults.double_checksum_byte > 0 && bytes.len() > 1000 {
            self.faults.double_checksum_byte -= 1;
            double_checksum_byte(bytes);
        }
        if self.faults.break_off > 0 {
            self.faults.break_off -= 1;
            bytes.truncate(bytes.len() / 2);
        }
        if !self.faults.garbage.is_empty() {
            bytes.splice(..0, self.faults.garbage.iter().copied());
        }
        bytes.extend(&self.faults.trailing);
    }

    fn send(&mut self, at: Duration, bytes: &[u8]) {
        let size = match self.faults.split {
            0 => bytes.len().max(1),
            size => size,
        };
        let mut due = self.outgoing.back().map_or(at, |(last, _)| at.max(*last));
        for piece in bytes.chunks(size) {
            self.outgoing.push_back((due, piece.to_vec()));
            due += self.faults.split_gap;
        }
    }
}

/// Doubles the first byte of the text that equals the checksum, and drops the checksum,
/// whose place the last byte of the photo takes.
fn double_checksum_byte(bytes: &mut Vec<u8>) {
    let Some(sum) = bytes.pop() else { return };
    let text = bytes.get(14..).unwrap_or_default();
    if let Some(place) = text.iter().position(|byte| *byte == sum) {
        bytes.insert(14 + place, sum);
    }
}

fn known([cmd, para]: [u8; 2]) -> bool {
    matches!(
        (cmd, para),
        (0x10..=0x12 | 0x61, 0xFF)
            | (0x20, 0x01 | 0x02)
            | (0x30, 0x01 | 0x03 | 0x05 | 0x10)
            | (0x60, 0x00..=0x04)
    )
}

fn status(status: Status) -> Vec<u8> {
    vec![0, 0, status.into()]
}

fn success(data: &[u8]) -> Vec<u8> {
    let mut body = status(Status::Success);
    body.extend(data);
    body
}

impl SimulatedDevice for SimReader {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        let lost = self.faults.lose_bytes.min(bytes.len());
        self.faults.lose_bytes -= lost;
        self.requests
            .push(now, bytes.get(lost..).unwrap_or_default());
        while let Some(incoming) = self.requests.next() {
            self.answer(now, &incoming);
        }
    }

    fn next_due(&self) -> Option<Duration> {
        let answer = self.outgoing.front().map(|(due, _)| *due);
        let chatter = self.faults.chatter.then_some(self.chatted + CHATTER);
        [answer, self.requests.gives_up_at(), chatter]
            .into_iter()
            .flatten()
            .min()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        if self.requests.gives_up_at().is_some_and(|at| at <= now) {
            let incoming = self.requests.give_up();
            self.answer(now, &incoming);
        }
        let mut bytes = Vec::new();
        if self.faults.chatter && now >= self.chatted + CHATTER {
            self.chatted = now;
            bytes.extend(b"\xAA\xAA\xAA\x96WAIT");
        }
        while let Some((_, piece)) = self.outgoing.pop_front_if(|(due, _)| *due <= now) {
            bytes.extend(piece);
        }
        bytes
    }
}
