//! What an A4 printer may answer over IPP.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| kiosk_drivers::fuzzing::ipp_answer(bytes.to_vec()));
