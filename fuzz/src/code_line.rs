//! Everything a code scanner may send, heard by the driver itself.
#![no_main]

use kiosk_drivers::code_scanner::{
    CodeEvent, CodeScanner, Ending, Family, MAX_PAYLOAD, ScanCommand, Settings,
};
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
    let (first, said) = bytes.split_first().unwrap_or((&0, &[]));
    let families = [None, Some(Family::Honeywell), Some(Family::Newland), Some(Family::Gm65)];
    let settings = Settings {
        family: families[usize::from(*first) % 4],
        ending: if first & 4 == 0 { Ending::Any } else { Ending::Terminator },
    };
    let line = MemoryLine::new(Says::new(said), None);
    let Ok(mut end) = line.open() else { return };
    let mut scanner = CodeScanner::new(settings);
    let mut told = |event| {
        if let CodeEvent::Code(code) = event {
            // GB 18030 takes two bytes or more where UTF-8 takes up to four.
            assert!(code.text().len() <= 2 * MAX_PAYLOAD);
        }
    };
    for round in 0..12 {
        let mut command = (round % 3 == 0).then_some(ScanCommand::Trigger);
        let done = match round {
            0 => scanner.identify(&mut end).map(drop),
            _ => scanner.step(&mut end, &mut || command.take(), &mut told),
        };
        if let Err(fault) = done {
            scanner.failed(&fault, &mut told);
        }
    }
});
