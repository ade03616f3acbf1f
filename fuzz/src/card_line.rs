//! Everything a card reader may send: dirty streams, and frames whose checksum the harness makes
//! right so that what lies behind it is reached.
#![no_main]

use kiosk_drivers::id_card::protocol::frame::{AnswerParser, MAX_LEN, encode};
use kiosk_drivers::id_card::protocol::read::ReadData;
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(8);

fuzz_target!(|bytes: &[u8]| {
    let mut parser = AnswerParser::default();
    // The line splits anywhere: the first byte says where.
    let split = bytes.first().map_or(0, |first| usize::from(*first));
    let (before, after) = bytes.split_at(split.min(bytes.len()));
    parser.push(before);
    while parser.next_answer().is_some() {}
    parser.push(after);
    while parser.next_answer().is_some() {}
    while let Some(answer) = parser.next_after_silence() {
        assert!(answer.data().len() <= MAX_LEN);
    }
    parser.clear();

    // Whatever came before, the next good frame is found.
    let body = bytes.get(..bytes.len().min(MAX_LEN - 1)).unwrap_or(bytes);
    if body.len() >= 3 {
        parser.push(&encode(body));
        let answer = parser.next_answer();
        assert_eq!(answer.map(|answer| answer.data().to_vec()), Some(body[3..].to_vec()));
    }
    for fingerprint in [false, true] {
        if let Ok(read) = ReadData::parse(bytes, fingerprint) {
            assert!(read.text.len() + read.photo.len() <= bytes.len());
        }
    }
});
