//! The program killed at any moment of submit and send: after "stored here" nothing is lost,
//! and nothing arrives twice.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use city_api::packet::ItemRef;
use city_backend::sample_city::departments::RunningDepartments;
use city_backend::{City, CityConfig, DepartmentsSource, RunningCity};
use kiosk::config::{self, Config};
use kiosk::store::trial::Synthetic;

/// Tells the child process its state folder.
const FOLDER: &str = "KIOSK_TRIAL_FOLDER";
/// Tells it the city's address.
const CITY: &str = "KIOSK_TRIAL_CITY";
/// Tells it how many applications to file.
const COUNT: &str = "KIOSK_TRIAL_COUNT";
/// Applications a child files in one life: few, so that most moments fall into the sending.
const LIFE: u32 = 4;
/// Kills in the ordinary test run.
const KILLS: u32 = 200;

/// The child: files and sends until it is killed. Without its variables it has nothing to do.
#[test]
fn child_files_and_sends_until_it_is_killed() {
    let (Ok(folder), Ok(city), Ok(count)) = (
        std::env::var(FOLDER),
        std::env::var(CITY),
        std::env::var(COUNT),
    ) else {
        return;
    };
    let folder = Path::new(&folder);
    let key = kiosk::city::load_or_create(&folder.join("device.key")).expect("the key");
    let synthetic = Synthetic {
        item: ItemRef {
            code: "11590100YT0000126C359051200100001".to_owned(),
            version: 1,
        },
        pages: 2,
        page_bytes: 40_000,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime
        .block_on(kiosk::city::trial::run(
            &folder.join("kiosk.db"),
            &city,
            key,
            count.parse().expect("a number"),
            &synthetic,
            &mut std::io::stderr(),
        ))
        .expect("the trial");
}

fn start(folder: &Path, city: &str, count: u32) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "child_files_and_sends_until_it_is_killed",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .env(CITY, city)
        .env(COUNT, count.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child")
}

/// The receipts a child said were stored, by what it wrote before it died. A line without its
/// end was not said: the child was killed while it wrote it.
fn stored(child: &mut Child) -> Vec<String> {
    let mut said = String::new();
    let mut pipe = child.stderr.take().expect("its words");
    pipe.read_to_string(&mut said).expect("words");
    said.split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n')?.strip_prefix("stored "))
        .filter_map(|rest| rest.split(' ').next())
        .map(|receipt| receipt.replace('-', ""))
        .collect()
}

fn enrolled(folder: &Path, city: &RunningCity) {
    let state = kiosk::app::state(folder).expect("a state folder");
    let ca = folder.join("ca.pem");
    std::fs::write(&ca, city.ca_pem().expect("its authority")).expect("written");
    let config = Config {
        state: folder.to_owned(),
        city: config::City {
            url: city.url().to_owned(),
            ca: Some(ca),
        },
        devices: config::Devices::default(),
        window: config::Window::default(),
        speech: config::Speech::default(),
        help_phone: "12345".to_owned(),
        slips: kiosk::slips::Templates::default(),
    };
    let code = city.enrol_code("S002").expect("a code");
    kiosk::link::enrol(
        &config,
        &state,
        &code,
        Some("05.03-20170101-0001234567-3456789012".into()),
    )
    .expect("enrolled");
}

/// How long a life takes when nobody ends it: on a busy machine longer, and the kills are to
/// fall into all of it.
fn whole_life(kiosk: &Path, city: &RunningCity, promised: &mut Vec<String>) -> Duration {
    let begun = Instant::now();
    let mut child = start(kiosk, city.url(), LIFE);
    promised.extend(stored(&mut child));
    assert!(child.wait().expect("its end").success(), "a whole life");
    begun.elapsed()
}

#[test]
fn two_hundred_kills_lose_nothing_and_double_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let departments =
        RunningDepartments::start(SocketAddr::from(([127, 0, 0, 1], 0))).expect("departments");
    let mut config = CityConfig::in_folder(&folder.path().join("city"));
    std::fs::create_dir_all(folder.path().join("city")).expect("a folder");
    config.departments = DepartmentsSource::Url(departments.url().to_owned());
    let city = City::start(config).expect("a city");
    let kiosk = folder.path().join("kiosk");
    enrolled(&kiosk, &city);
    let begun = Instant::now();
    let mut promised = Vec::new();
    let life = whole_life(&kiosk, &city, &mut promised);
    // A fixed sequence of moments that hits start, seal, commit, parts, header and acknowledgement.
    let mut moment: u64 = 7;
    for _ in 0..KILLS {
        let mut child = start(&kiosk, city.url(), LIFE);
        moment = moment
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::park_timeout(life * ((moment >> 33) % 1000) as u32 / 1000);
        child.kill().expect("SIGKILL");
        promised.extend(stored(&mut child));
        child.wait().expect("it is dead");
    }
    let mut last = start(&kiosk, city.url(), 0);
    promised.extend(stored(&mut last));
    assert!(
        last.wait().expect("the last one").success(),
        "the outbox was drained"
    );
    let mut held: BTreeMap<String, u32> = BTreeMap::new();
    for case in city.cases().expect("the cases") {
        *held.entry(case.receipt.replace('-', "")).or_default() += 1;
    }
    let lost: Vec<_> = promised
        .iter()
        .filter(|receipt| !held.contains_key(*receipt))
        .collect();
    let doubled: Vec<_> = held.iter().filter(|(_, count)| **count > 1).collect();
    println!(
        "{KILLS} kills in {:.0} s: {} promised, {} held, {} lost, {} doubled",
        begun.elapsed().as_secs_f64(),
        promised.len(),
        held.len(),
        lost.len(),
        doubled.len()
    );
    assert!(
        promised.len() > 50,
        "the children hardly came to file anything"
    );
    assert!(lost.is_empty(), "lost after \"stored here\": {lost:?}");
    assert!(doubled.is_empty(), "arrived twice: {doubled:?}");
    city.shutdown();
}
