//! How much longer a slip takes than its bytes need on the wire.
//!
//! A slip of 150 mm goes over a pty paced at 115200 bits per second, so the head never
//! waits for anything but bytes. Compared is the time from the command to the last byte of
//! the raster reaching the printer with the time those bytes need on the wire. The bar is 1.05;
//! it is told beside the median and the spread, and nothing fails on time.

use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::receipt_printer::{
    Bitmap, Job, JobId, MemoryJournal, Outcome, PrinterCommand, PrinterDriver, PrinterEvent,
    ProcessId, Settings,
};
use kiosk_drivers::runner::{self, Ladder, Report};
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::{SimulatedDevice, wire_time};
use kiosk_drivers::transport::{self, LineSettings};

const BAUD: u32 = 115_200;
const SLIPS: usize = 5;
const BAR: f64 = 1.05;

/// A printer that notes when bytes reach it.
struct Watched {
    printer: PrinterSim,
    arrivals: Arc<Mutex<Arrivals>>,
}

#[derive(Default)]
struct Arrivals {
    bytes: usize,
    last: Option<Instant>,
}

impl SimulatedDevice for Watched {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        // Status queries while the confirmation is awaited are not the slip.
        if bytes.len() > 3 || bytes.first() != Some(&0x10) {
            let mut arrivals = lock(&self.arrivals);
            arrivals.bytes += bytes.len();
            arrivals.last = Some(Instant::now());
        }
        self.printer.receive(now, bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        self.printer.next_due()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        self.printer.poll(now)
    }
}

fn lock(arrivals: &Mutex<Arrivals>) -> std::sync::MutexGuard<'_, Arrivals> {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 150 mm, three quarters of the rows printed over the whole width.
fn slip(number: usize) -> Result<Job, Box<dyn std::error::Error>> {
    let mut data = vec![0u8; 150 * 8 * 72];
    for (index, row) in data.chunks_exact_mut(72).enumerate() {
        if index % 40 < 30 {
            row.fill(0x5A);
        }
    }
    Ok(Job {
        id: JobId(format!("slip {number}")),
        content_hash: [0; 32],
        bitmap: Bitmap::new(576, data)?,
        copies: 1,
        reprint: None,
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arrivals = Arc::new(Mutex::new(Arrivals::default()));
    let printer = PrinterSim::new(Build::default());
    let watched = Watched {
        printer,
        arrivals: Arc::clone(&arrivals),
    };
    let host = SimHost::on_pty(watched, Some(BAUD), None)?;
    let selector = host.selector().clone();
    let settings = Settings {
        pace: Some(BAUD),
        first_process_id: ProcessId::wrapping(1),
        ..Settings::for_selector(&selector, 1)
    };
    let (sender, reports) = mpsc::channel();
    let open = Box::new(move || transport::open(&selector, LineSettings::default()));
    let driver = PrinterDriver::new(settings, MemoryJournal::default());
    let printer = runner::start(
        "printer",
        driver,
        open,
        Ladder::default(),
        sender,
        |report| report,
    )?;
    while !matches!(reports.recv()?, Report::Identified(_)) {}

    let mut ratios = Vec::new();
    for number in 0..SLIPS {
        *lock(&arrivals) = Arrivals::default();
        let begun = Instant::now();
        printer.send(PrinterCommand::Print(slip(number)?));
        let outcome = loop {
            if let Report::Event(PrinterEvent::Outcome { outcome, .. }) = reports.recv()? {
                break outcome;
            }
        };
        if outcome != Outcome::Printed {
            return Err(format!("slip {number} ended as {outcome:?}").into());
        }
        let arrivals = lock(&arrivals);
        let took = arrivals
            .last
            .ok_or("no byte arrived")?
            .duration_since(begun);
        let wire = wire_time(arrivals.bytes, Some(BAUD));
        println!(
            "slip {number}: {} bytes in {took:.3?}, {wire:.3?} on the wire",
            arrivals.bytes
        );
        ratios.push(took.as_secs_f64() / wire.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    let at = |index: usize| ratios.get(index).copied().unwrap_or(f64::NAN);
    println!(
        "slip over wire time at {BAUD}: median {:.3}, {:.3} to {:.3}, {SLIPS} slips, bar {BAR}",
        at(SLIPS / 2),
        at(0),
        at(SLIPS - 1),
    );
    Ok(())
}
