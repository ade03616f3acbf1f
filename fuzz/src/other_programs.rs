//! What programs that are not ours may say to us: a decoder of photos, `scanimage` of its options,
//! and whoever speaks HTTP to a simulated device.
#![no_main]

use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(16);

fuzz_target!(|bytes: &[u8]| {
    kiosk_drivers::fuzzing::photo(bytes);
    kiosk_drivers::fuzzing::http_request(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        kiosk_drivers::fuzzing::scanimage_options(text);
    }
});
