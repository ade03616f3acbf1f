//! Everything a receipt printer may answer, heard by the driver itself: of every family, at
//! start, at rest, in a job, in a trial and while it is cleared.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use kiosk_drivers::receipt_printer::{
    Bitmap, Job, JobId, MemoryJournal, PrinterCommand, PrinterDriver, PrinterEvent, ProcessId,
    Profile, Settings,
};
use kiosk_drivers::runner::Driver;
use kiosk_drivers::transport::memory::MemoryLine;
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;
use said::Says;

mod bounded;
mod said;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(16);

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let named = ["epson", "custom", "cashino", "generic"].into_iter().map(Profile::named);
    named.flatten().collect()
});

fn job() -> PrinterCommand {
    PrinterCommand::Print(Job {
        id: JobId("slip".to_owned()),
        content_hash: [0; 32],
        bitmap: Bitmap::new(576, vec![0xA5; 72 * 3]).unwrap_or_else(|error| panic!("{error}")),
        copies: 1,
        reprint: None,
    })
}

fuzz_target!(|bytes: &[u8]| {
    let (first, said) = bytes.split_first().unwrap_or((&0, &[]));
    let settings = Settings {
        profile: PROFILES[usize::from(*first) % PROFILES.len()].clone(),
        pace: None,
        first_process_id: ProcessId::wrapping(1),
        confirm_within: Duration::from_secs(2),
    };
    let line = MemoryLine::new(Says::new(said), None);
    let Ok(mut end) = line.open() else { return };
    let mut driver = PrinterDriver::new(settings, MemoryJournal::default());
    let (mut jobs, mut outcomes) = (0, 0);
    let begun = line.now();
    for round in 0..10 {
        let mut command = match round {
            2 | 6 => Some(job()),
            3 => Some(PrinterCommand::Status),
            7 => Some(PrinterCommand::Probe),
            8 => Some(PrinterCommand::ClearAtStart),
            _ => None,
        };
        jobs += u32::from(matches!(command, Some(PrinterCommand::Print(_))));
        let mut told = |event| {
            outcomes += u32::from(matches!(event, PrinterEvent::Outcome { .. }));
        };
        let done = match round {
            0 | 5 => driver.identify(&mut end).map(drop),
            _ => driver.step(&mut end, &mut || command.take(), &mut told),
        };
        if let Err(fault) = done {
            driver.failed(&fault, &mut told);
        }
    }
    assert!(outcomes <= jobs, "more outcomes than jobs");
    // Whatever comes, no answer is waited for without an end.
    assert!(line.now() - begun < Duration::from_secs(600), "{:?}", line.now() - begun);
});
