//! Machine-readable zones as a code scanner or a hurried hand may deliver them.
#![no_main]

use std::time::Duration;

use kiosk_drivers::id_card::Date;
use kiosk_drivers::mrz::{Collector, parse};
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(8);

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some(today) = Date::from_digits("20261123") else {
        return;
    };
    drop(parse(text, today));
    let mut collector = Collector::default();
    for (number, line) in text.lines().enumerate() {
        collector.push(Duration::from_millis(number as u64 * 300), line, today);
    }
});
