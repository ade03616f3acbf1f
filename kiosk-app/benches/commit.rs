//! The commit of a submission over a raw write and `fdatasync` of equal bytes in the same folder (bar 1.5).
//!
//! Both are measured in turn, one pair at a time, so that what else the disk does meets both. The packet is about
//! 300 KB. Sealing is processor time before the commit and is printed apart. Tidying between submissions is what the
//! outbox does when nobody waits.

use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use city_api::keys::{CityKeys, DeviceKey as _, SealingIdentity, SoftwareKey};
use city_api::packet::{ItemRef, SealedDraft};
use kiosk::store::trial::{Synthetic, draft};
use kiosk::store::{Enrolment, Options, Store};

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 60;
const BAR: f64 = 1.5;

fn main() -> Result<(), Failure> {
    // `cargo test --benches` calls with `--test`: one round proves that it runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") {
        ROUNDS
    } else {
        3
    };
    let folder = tempfile::tempdir_in(".")?;
    let store = Store::open(&folder.path().join("kiosk.db"), Options::default())?;
    let key = SoftwareKey::from_seed(&[1; 32]);
    let enrolment = enrolment(&key)?;
    let mut raw = raw_file(folder.path())?;
    let (mut sealing, mut commits, mut raws) = (Vec::new(), Vec::new(), Vec::new());
    let mut noise = Vec::new();
    for _ in 0..rounds {
        let begin = Instant::now();
        let sealed = seal(&enrolment)?;
        sealing.push(begin.elapsed());
        let mut length = 0;
        let begin = Instant::now();
        store.file(|head| {
            let packet = sealed.sign(head, &key)?;
            let parts = packet.parts.iter().map(|part| part.ciphertext.len());
            length = packet.header.len() + parts.sum::<usize>();
            Ok(packet)
        })?;
        commits.push(begin.elapsed());
        noise.resize(length, 0x5A);
        raws.push(write_raw(&mut raw, &noise)?);
        store.tidy()?;
    }
    let bytes = raw.stream_position()? / rounds as u64;
    let commit = report("commit", &mut commits);
    let raw = report("write + fdatasync", &mut raws);
    report("sealing (before the commit)", &mut sealing);
    let ratio = commit.as_secs_f64() / raw.as_secs_f64();
    println!("{bytes} bytes, {rounds} rounds: commit over raw {ratio:.2} (bar {BAR})");
    Ok(())
}

fn enrolment(key: &SoftwareKey) -> Result<Enrolment, Failure> {
    Ok(Enrolment {
        kiosk: "ABC".parse()?,
        station: "bench".to_owned(),
        city_keys: CityKeys {
            sealing_current: SealingIdentity::generate().public(),
            sealing_next: Some(SealingIdentity::generate().public()),
            signing: key.public(),
        },
        sam_id: None,
        ca_pem: None,
    })
}

fn seal(enrolment: &Enrolment) -> Result<SealedDraft, Failure> {
    let synthetic = Synthetic {
        item: ItemRef {
            code: "12590100YT00101489359201400300001".to_owned(),
            version: 1,
        },
        pages: 2,
        page_bytes: 150_000,
    };
    Ok(draft(enrolment, &synthetic)?.seal(&enrolment.city_keys)?)
}

fn raw_file(folder: &Path) -> Result<File, Failure> {
    Ok(OpenOptions::new()
        .create_new(true)
        .write(true)
        .open(folder.join("raw"))?)
}

fn write_raw(file: &mut File, bytes: &[u8]) -> Result<Duration, Failure> {
    let begin = Instant::now();
    file.write_all(black_box(bytes))?;
    file.sync_data()?;
    Ok(begin.elapsed())
}

/// Prints median and the middle 80 per cent; returns the median.
fn report(what: &str, times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    let at = |share: usize| {
        times
            .get(times.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{what}: median {:.2?}, 10 % {:.2?}, 90 % {:.2?}",
        at(50),
        at(10),
        at(90)
    );
    at(50)
}
