//! The text block of a card: any 256 bytes, and any other number of them.
#![no_main]

use kiosk_drivers::id_card::protocol::text;
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(8);

fuzz_target!(|bytes: &[u8]| {
    let card = text::parse(bytes);
    // Two characters a unit at most, and a bounded number of fields.
    assert!(card.name.chars().count() <= bytes.len());
    assert!(card.number.chars().count() <= bytes.len());
});
