//! A city publishes an item once, as data: it is on the running kiosk's list within a minute; a
//! faulty one is refused with its reasons and changes nothing.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use city_backend::DepartmentsSource;
use city_backend::sample_city::departments::RunningDepartments;
use kiosk::demo::city::SampleCity;
use kiosk::demo::place::Place;
use kiosk::headless::HeadlessAudience;
use serde_json::{Value, json};

const CATALOGUE: &str = include_str!("../../backend/sample-city/catalogue.json");
const BROKEN: &str = include_str!("../../backend/sample-city/catalogue-broken.json");

/// A service item the sample city does not have: another handling item of 失业登记.
fn new_item() -> Value {
    let catalogue: Value = serde_json::from_str(CATALOGUE).expect("the catalogue");
    let mut item = catalogue["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|item| item["name"]["zh"] == "失业登记")
        .expect("失业登记")
        .clone();
    let implementation = item["codes"]["implementation"]
        .as_str()
        .expect("a code")
        .to_owned();
    item["codes"]["handling"] = json!(format!("{implementation}02"));
    item["name"] = json!({"zh": "失业登记信息变更", "en": "Change of unemployment registration"});
    item
}

fn drop_file(folder: &Path, name: &str, item: &Value) {
    std::fs::write(folder.join(name), item.to_string()).expect("dropped");
}

fn wait(what: &str, within: Duration, done: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    while !done() {
        assert!(
            begun.elapsed() < within,
            "{what} did not happen within {within:?}"
        );
        std::thread::park_timeout(Duration::from_millis(200));
    }
    begun.elapsed()
}

#[test]
fn a_dropped_item_reaches_the_running_kiosk_within_a_minute_and_a_faulty_one_never() {
    let folder = tempfile::tempdir().expect("a folder");
    let departments =
        RunningDepartments::start(SocketAddr::from(([127, 0, 0, 1], 0))).expect("departments");
    let city_folder = folder.path().join("city");
    std::fs::create_dir_all(&city_folder).expect("a folder");
    let city = SampleCity::start(
        &city_folder,
        DepartmentsSource::Url(departments.url().to_owned()),
    )
    .expect("a city");
    let (audience, _screens) = HeadlessAudience::new();
    let kiosk_folder = folder.path().join("kiosk");
    std::fs::create_dir_all(&kiosk_folder).expect("a folder");
    let engine = kiosk::config::SpeechEngine::Silent;
    let place = Place::start(1, &kiosk_folder, &city, false, engine, audience).expect("a kiosk");
    let dropped = city_folder.join("catalogue");
    let broken: Value = serde_json::from_str(BROKEN).expect("the broken items");
    drop_file(&dropped, "faulty.json", &broken["cases"][4]["item"]);
    drop_file(&dropped, "change.json", &new_item());
    let listed = |name: &str| {
        let bundle = place
            .app
            .store()
            .bundle()
            .expect("the store")
            .expect("a bundle");
        bundle.documents["catalogue"].to_string().contains(name)
    };
    let took = wait("the new item on the kiosk", Duration::from_secs(60), || {
        listed("失业登记信息变更")
    });
    println!("on the running kiosk after {:.0} s", took.as_secs_f64());
    assert!(!listed("社区出具的健在证明"), "the faulty item is nowhere");
    let reasons = wait(
        "the refusal with its reasons",
        Duration::from_secs(20),
        || {
            std::fs::read_to_string(dropped.join("faulty.json.refused.txt"))
                .or_else(|_| std::fs::read_to_string(dropped.join("faulty.refused.txt")))
                .is_ok_and(|text| text.contains("E_CERT_NO_BASIS"))
        },
    );
    println!(
        "refused with its reasons after {:.0} s more",
        reasons.as_secs_f64()
    );
}
