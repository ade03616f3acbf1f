//! Thousands of damaged answers on their way from a printer, over real sockets. A wrong success is
//! a document told as printed that did not come out, one told as not printed that did, and one
//! that came out twice.
//!
//! Bits are not turned in the number of a job: TCP has a checksum, IPP has none, and a job of
//! another number is another job.

use std::ops::Range;
use std::time::Instant;

use super::*;
use crate::sim_host::mutating_relay::Relay;
use crate::transport::mutating::{stories, wanted};

/// Answers spoiled at one printer.
const STORY: u64 = 100;

/// Printers at once: much of the time goes by with waiting.
const AT_ONCE: u64 = 4;

/// How long the printer may take to be right again.
const RECOVERED: Duration = Duration::from_secs(10);

/// The value of `job-id` in an answer.
fn number_of_the_job(answer: &[u8]) -> Range<usize> {
    let name = b"job-id";
    let at = answer.windows(name.len()).position(|it| it == name);
    at.map_or(0..0, |at| at..at + name.len() + 2 + 4)
}

/// No more patience than a loopback needs: an answer that is lost is known to be at once.
fn hasty() -> Patience {
    let ms = Duration::from_millis;
    Patience {
        poll: ms(1),
        hindered: ms(100),
        resolve: ms(30),
        ..patience()
    }
}

/// Prints at one printer until so many answers were spoiled; then a document must come out again.
/// Returns how many answers were, and how many documents were told as printed meanwhile.
fn story(seed: u64) -> (u64, u64) {
    let sim = IppSim::start(Build::default()).unwrap();
    let url = sim.url();
    let authority = url["ipp://".len()..].split('/').next().unwrap();
    let relay = Relay::start(authority.parse().unwrap(), seed, number_of_the_job).unwrap();
    let address = format!("ipp://{}/ipp/print", relay.address());
    let mut printer = IppPrinter::new(&address, hasty()).unwrap();
    let mut printed = 0;
    relay.spoil(500);
    while relay.spoiled() < STORY {
        let (jobs, sheets) = (sim.jobs(), sim.printed().len());
        let (outcome, _) = print(&mut printer);
        let came_out = sim.printed().len() - sheets;
        let told = match outcome {
            Outcome::Printed => came_out == 1,
            Outcome::NotPrinted(_) => came_out == 0,
            Outcome::Unknown(_) | Outcome::Partial(_) => came_out <= 1,
            Outcome::Processed | Outcome::PrintedTaken | Outcome::PrintedNotTaken => false,
        };
        assert!(told, "seed {seed}: {outcome:?}, {came_out} came out");
        assert!(sim.jobs() <= jobs + 1, "seed {seed}: sent again unasked");
        printed += u64::from(outcome == Outcome::Printed);
    }
    relay.spoil(0);
    let mended = Instant::now();
    while print(&mut printer).0 != Outcome::Printed {
        assert!(
            mended.elapsed() < RECOVERED,
            "seed {seed}: not right in time"
        );
    }
    assert_eq!(printer.condition().unwrap().state, HealthState::Online);
    (relay.spoiled(), printed)
}

#[test]
fn thousands_of_spoiled_answers_make_no_document_printed_that_is_not_and_none_twice() {
    let (spoiled, printed) = stories(wanted(10_000, 100_000), AT_ONCE, story);
    println!("{spoiled} spoiled answers, {printed} documents told as printed");
    assert!(printed > spoiled / 100, "{printed}");
}
