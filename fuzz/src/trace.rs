//! What may stand in a recording somebody sends in, and what the driver makes of it.
#![no_main]

use kiosk_drivers::conformance::Target;
use kiosk_drivers::selector::Selector;
use kiosk_drivers::trace::{Trace, replay};
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(64);

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(trace) = Trace::parse(text) {
        // How it ends is the recording's affair; that it ends is ours.
        let _ = replay(&trace, &Target::new(Selector::Sim), false, &mut |_| {});
    }
});
