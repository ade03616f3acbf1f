//! What a technician may write into the files that describe a device.
#![no_main]

use kiosk_drivers::cabinet::RegisterMap;
use kiosk_drivers::keypad::KeyMap;
use kiosk_drivers::receipt_printer::Profile;
use kiosk_drivers::scanner::escl::protocol::QuirkTable;
use kiosk_drivers::sim_script::{PrinterDeed, ReaderDeed, Script};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(Profile::parse(text));
        drop(RegisterMap::parse(text));
        drop(KeyMap::parse(text));
        drop(QuirkTable::parse(text));
        drop(Script::<PrinterDeed>::parse("fuzz", text));
        drop(Script::<ReaderDeed>::parse("fuzz", text));
    }
});
