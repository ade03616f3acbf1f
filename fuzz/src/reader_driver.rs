//! Everything a card reader may answer, heard by the driver itself, and every reply by itself.
//! A piece is dirty bytes, or the body of a frame whose checksum the harness makes right.
#![no_main]

use std::sync::mpsc;
use std::time::Duration;

use kiosk_drivers::id_card::protocol::commands::{
    FindCard, ReadCard, ReadCardWithFingerprint, ReadManagementNumber, ReadNewestAddress,
    ReadSamId, Request, ResetSam, SamStatus, SelectCard, SetRadioFrame,
};
use kiosk_drivers::id_card::protocol::frame::{AnswerParser, MAX_LEN, encode};
use kiosk_drivers::id_card::{CardReader, ReaderCommand, ReaderEvent};
use kiosk_drivers::runner::Driver;
use kiosk_drivers::transport::memory::MemoryLine;
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;
use said::Says;

mod bounded;
mod said;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(8);

/// Answers: two bytes of length, one that says whether it is a frame's body, and so many bytes.
fn pieces(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, mut pieces) = (bytes, vec![Vec::new()]);
    while let [high, low, kind, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (piece, later) = after.split_at(length.min(after.len()));
        rest = later;
        let frame = kind % 2 == 1 && (3..MAX_LEN).contains(&piece.len());
        pieces.push(if frame { encode(piece) } else { piece.to_vec() });
    }
    pieces
}

fn replies(pieces: &[Vec<u8>]) {
    let mut parser = AnswerParser::default();
    for piece in pieces {
        parser.push(piece);
        while let Some(answer) = parser.next_answer() {
            let _ = ResetSam.parse(&answer);
            let _ = SamStatus.parse(&answer);
            let _ = ReadSamId.parse(&answer);
            let _ = FindCard.parse(&answer);
            let _ = SelectCard.parse(&answer);
            let _ = ReadCard.parse(&answer);
            let _ = ReadCardWithFingerprint.parse(&answer);
            let _ = ReadNewestAddress.parse(&answer);
            let _ = ReadManagementNumber.parse(&answer);
            let _ = SetRadioFrame { bytes: 0x50 }.parse(&answer);
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let pieces = pieces(bytes);
    replies(&pieces);
    let line = MemoryLine::new(Says::pieces(pieces), None);
    let Ok(mut end) = line.open() else { return };
    let mut reader = CardReader::default();
    let mut told = |event| {
        if let ReaderEvent::Card(card) = event {
            assert!(card.name.chars().count() <= 256 && card.number.chars().count() <= 256);
        }
    };
    let begun = line.now();
    for round in 0..12 {
        let mut command = match round {
            6 => Some(ReaderCommand::ReadManagementNumber(mpsc::channel().0)),
            8 => Some(ReaderCommand::WantFingerprint(true)),
            9 => Some(ReaderCommand::ResetModule(mpsc::channel().0)),
            10 => Some(ReaderCommand::SetSpeed { baud: 9600, reply: mpsc::channel().0 }),
            _ => None,
        };
        let done = match round {
            0 | 5 => reader.identify(&mut end).map(drop),
            _ => reader.step(&mut end, &mut || command.take(), &mut told),
        };
        if let Err(fault) = done {
            reader.failed(&fault, &mut told);
        }
    }
    // Whatever comes, no answer is waited for without an end.
    assert!(line.now() - begun < Duration::from_secs(120), "{:?}", line.now() - begun);
});
