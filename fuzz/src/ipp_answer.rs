//! What an A4 printer may answer over IPP.
#![no_main]

use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(64);

fuzz_target!(|bytes: &[u8]| kiosk_drivers::fuzzing::ipp_answer(bytes.to_vec()));
