//! The reports of card readers at HID, in both envelopes.
#![no_main]

use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(8);

fuzz_target!(|bytes: &[u8]| {
    for report in bytes.chunks(64) {
        kiosk_drivers::fuzzing::hid_report(report);
    }
});
