//! A result document of which the sides are counted before it is printed.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| kiosk_drivers::fuzzing::pdf_pages(bytes));
