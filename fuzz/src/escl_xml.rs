//! The XML a scanner may answer, and the place it names for a job.
#![no_main]

use kiosk_drivers::scanner::escl::protocol::{Capabilities, Status, job_path};
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(16);

fuzz_target!(|bytes: &[u8]| {
    // Refused or read; never more work than the bytes are worth.
    drop(Capabilities::parse(bytes));
    drop(Status::parse(bytes));
    if let Ok(location) = std::str::from_utf8(bytes) {
        job_path(location, "/eSCL");
    }
});
