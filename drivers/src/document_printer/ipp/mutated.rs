//! Thousands of damaged answers: a job that is not done is never taken for a printed one.
//!
//! Bytes are dropped, doubled, added, cut off and turned. Only the byte that is the job's
//! state stays as it was: IPP has no checksum of its own, TCP has.

use super::status::{Standing, standing};
use super::wire;
use crate::receipt_printer::{Cause, Outcome};

/// An answer to a question for a job in `state` (RFC 8011, 5.3.7), and where the state stands.
fn job(state: u8) -> (Vec<u8>, usize) {
    let mut bytes = vec![2, 0, 0, 0, 0, 0, 0, 1, 1];
    attribute(&mut bytes, 0x47, "attributes-charset", b"utf-8");
    attribute(&mut bytes, 0x48, "attributes-natural-language", b"en");
    bytes.push(2);
    attribute(&mut bytes, 0x21, "job-id", &[0, 0, 0, 7]);
    attribute(&mut bytes, 0x23, "job-state", &[0, 0, 0, state]);
    let at = bytes.len() - 1;
    attribute(&mut bytes, 0x44, "job-state-reasons", b"job-printing");
    attribute(&mut bytes, 0x21, "job-impressions-completed", &[0; 4]);
    bytes.push(3);
    (bytes, at)
}

fn attribute(bytes: &mut Vec<u8>, tag: u8, name: &str, value: &[u8]) {
    bytes.push(tag);
    for part in [name.as_bytes(), value] {
        bytes.extend(u16::try_from(part.len()).unwrap().to_be_bytes());
        bytes.extend(part);
    }
}

/// What a damaged answer says of the job; `None` where it is no answer.
fn said(bytes: Vec<u8>) -> Option<Standing> {
    let answer = wire::answer(bytes).ok()?;
    let told = answer.is_ok() && answer.job.has("job-state");
    told.then(|| standing(&answer.job, None, false, Cause::Mechanism))
}

/// SplitMix64: the same in every run.
fn next(random: &mut u64) -> usize {
    *random = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *random;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) as usize >> 1
}

#[test]
fn thousands_of_damaged_answers_never_make_a_job_printed_that_is_not() {
    let long = std::env::var_os("KIOSK_LONG").is_some();
    let count = if long { 100_000 } else { 10_000 };
    let mut random = 1;
    let (mut understood, mut refused) = (0, 0);
    for number in 0..count {
        let state = [3, 5, 6, 7, 8][number % 5];
        let (mut bytes, value) = job(state);
        let at = next(&mut random) % value;
        match next(&mut random) % 6 {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, bytes[at]),
            2 => bytes[at] ^= 1 << (next(&mut random) % 8),
            3 => bytes.truncate(next(&mut random) % bytes.len()),
            4 => bytes.insert(at, (next(&mut random) % 256) as u8),
            _ => {
                let end = bytes.len().min(at + next(&mut random) % 20);
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
        }
        match said(bytes) {
            Some(Standing::Ended(outcome)) => {
                assert_ne!(outcome, Outcome::Printed, "number {number}");
                understood += 1;
            }
            Some(Standing::Going { .. }) => understood += 1,
            None => refused += 1,
        }
    }
    assert!(
        understood > count / 20 && refused > count / 20,
        "{understood} {refused}"
    );
    // The answer that came whole is believed.
    assert_eq!(said(job(9).0), Some(Standing::Ended(Outcome::Printed)));
}
