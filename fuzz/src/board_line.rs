//! Everything the cabinet's board may answer, heard by the driver itself.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use kiosk_drivers::cabinet::{Cabinet, CabinetCommand, RegisterMap, Slot};
use kiosk_drivers::runner::Driver;
use kiosk_drivers::transport::memory::MemoryLine;
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;
use said::Says;

mod bounded;
mod said;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(8);

static MAP: LazyLock<RegisterMap> =
    LazyLock::new(|| RegisterMap::sample().unwrap_or_else(|error| panic!("{error}")));

fuzz_target!(|bytes: &[u8]| {
    let line = MemoryLine::new(Says::new(bytes), None);
    let Ok(mut end) = line.open() else { return };
    let mut cabinet = Cabinet::new(MAP.clone());
    let begun = line.now();
    for round in 0..8 {
        let light = CabinetCommand::Light { slot: Slot::Card, on: round % 2 == 0 };
        let mut light = Some(light);
        let done = match round % 4 {
            0 => cabinet.identify(&mut end).map(drop),
            _ => cabinet.step(&mut end, &mut || light.take(), &mut |_| {}),
        };
        if let Err(fault) = done {
            cabinet.failed(&fault, &mut |_| {});
        }
    }
    // Whatever comes, an answer is waited for no longer than the map says.
    assert!(line.now() - begun < Duration::from_secs(60));
});
