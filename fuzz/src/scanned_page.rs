//! What a scanner may send as a page: a JPEG, or what `scanimage` leaves in a file.
#![no_main]

use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(64);

fuzz_target!(|input: &[u8]| {
    kiosk_drivers::fuzzing::scanned_page(input);
});
