//! Everything a receipt printer may send back, and everything a host may send to our simulator.
#![no_main]

use std::time::Duration;

use kiosk_drivers::receipt_printer::protocol::returns::{Demultiplexer, Return};
use kiosk_drivers::receipt_printer::protocol::status::Status;
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::transport::simulated::SimulatedDevice;
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(64);

fuzz_target!(|bytes: &[u8]| {
    let mut returns = Demultiplexer::default();
    for byte in bytes {
        if let Some(Return::StatusBack(group)) = returns.push(*byte) {
            Status::from_status_back(group).problem();
        }
    }
    let mut printer = PrinterSim::new(Build::default());
    let mut now = Duration::ZERO;
    for part in bytes.chunks(64) {
        printer.receive(now, part);
        now += Duration::from_millis(50);
        printer.poll(now);
    }
});
