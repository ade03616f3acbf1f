//! How much longer a card takes than its bytes: from the find that sees the card to the
//! event, over the wire time of all requests and answers at 115200 and 9600 on a paced pty.
//!
//! The poll interval is left out: how long a card lies there before it is looked for is
//! chance, not work. The bar is a ratio of 1.05; it is told beside the median and the spread,
//! and nothing fails on time.

use std::time::{Duration, Instant};

use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::id_card::{CardReader, Document, ReaderEvent};
use kiosk_drivers::runner::{Driver, Fault};
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::wire_time;
use kiosk_drivers::transport::{self, LineSettings, Transport, TransportError};

/// Speeds in bits per second, and cards read at each.
const SPEEDS: [(u32, usize); 2] = [(115_200, 15), (9600, 5)];
const BAR: f64 = 1.05;
/// A card at 9600 takes 3.5 s.
const PATIENCE: Duration = Duration::from_secs(30);

/// A line that notes the last find and the bytes since.
struct Tap {
    line: Box<dyn Transport>,
    found: Instant,
    bytes: usize,
}

impl Transport for Tap {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        let count = self.line.read(buffer, deadline)?;
        self.bytes += count;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        if bytes.get(7..9) == Some(&[0x20, 0x01]) {
            self.found = Instant::now();
            self.bytes = 0;
        }
        self.bytes += bytes.len();
        self.line.write(bytes, deadline)
    }

    fn set_speed(&mut self, baud: u32) -> Result<bool, TransportError> {
        self.line.set_speed(baud)
    }
}

/// Steps until an event satisfies `wanted`; `None`: it did not come in time.
fn step_until(
    driver: &mut CardReader,
    tap: &mut Tap,
    wanted: fn(&ReaderEvent) -> bool,
) -> Result<Option<Instant>, Fault> {
    let mut seen = None;
    let give_up = Instant::now() + PATIENCE;
    while seen.is_none() && Instant::now() < give_up {
        driver.step(tap, &mut || None, &mut |event| {
            if wanted(&event) {
                seen = Some(Instant::now());
            }
        })?;
    }
    Ok(seen)
}

/// Time over wire time of each card, ascending.
fn ratios(baud: u32, rounds: usize) -> Result<Vec<f64>, Box<dyn std::error::Error>> {
    let mut card = CardContent::blank(Document::Resident);
    "张示例".clone_into(&mut card.name);
    "590102199002150015".clone_into(&mut card.number);
    let host = SimHost::on_pty(SimReader::default(), Some(baud), None)?;
    let line = LineSettings {
        baud,
        ..LineSettings::default()
    };
    let mut tap = Tap {
        line: transport::open(host.selector(), line)?,
        found: Instant::now(),
        bytes: 0,
    };
    let mut driver = CardReader::default();
    driver.identify(&mut tap)?;
    let mut ratios = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        host.device(|reader| reader.put(card.clone()));
        let told = step_until(&mut driver, &mut tap, |event| {
            matches!(event, ReaderEvent::Card(_))
        })?;
        let taken = told
            .ok_or("the card was not read")?
            .duration_since(tap.found);
        ratios.push(taken.as_secs_f64() / wire_time(tap.bytes, Some(baud)).as_secs_f64());
        host.device(SimReader::remove);
        step_until(&mut driver, &mut tap, |event| {
            matches!(event, ReaderEvent::Removed)
        })?;
    }
    ratios.sort_by(f64::total_cmp);
    Ok(ratios)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for (baud, rounds) in SPEEDS {
        let ratios = ratios(baud, rounds)?;
        let at = |index: usize| ratios.get(index).copied().unwrap_or(f64::NAN);
        println!(
            "card to event over wire time at {baud}: median {:.3}, {:.3} to {:.3}, {rounds} rounds, bar {BAR}",
            at(rounds / 2),
            at(0),
            at(rounds - 1),
        );
    }
    Ok(())
}
