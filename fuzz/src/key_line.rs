//! Everything an input device may send, heard by the keypad's driver and as a wedge.
#![no_main]

use kiosk_drivers::code_scanner::CodeScanner;
use kiosk_drivers::input_event::{InputEvents, SIZE};
use kiosk_drivers::keypad::{KeyMap, Keypad};
use kiosk_drivers::runner::Driver;
use kiosk_drivers::transport::memory::MemoryLine;
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;
use said::Says;

mod bounded;
mod said;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(8);

fuzz_target!(|bytes: &[u8]| {
    let mut events = InputEvents::default();
    let mut count = 0;
    events.push(bytes, &mut |_| count += 1);
    assert_eq!(count, bytes.len() / SIZE);
    let mut keypad = Keypad::new(KeyMap::default());
    let mut wedge = CodeScanner::wedge();
    let line = MemoryLine::new(Says::new(bytes), None);
    if let Ok(mut end) = line.open() {
        for _ in 0..4 {
            if let Err(fault) = keypad.step(&mut end, &mut || None, &mut |_| {}) {
                keypad.failed(&fault, &mut |_| {});
            }
        }
    }
    let line = MemoryLine::new(Says::new(bytes), None);
    if let Ok(mut end) = line.open() {
        for _ in 0..4 {
            if let Err(fault) = wedge.step(&mut end, &mut || None, &mut |_| {}) {
                wedge.failed(&fault, &mut |_| {});
            }
        }
    }
});
