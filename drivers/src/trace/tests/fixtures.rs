//! The recordings in `fixtures`: each is played back and has to say what stands beside it.
//!
//! `KIOSK_RECORD=1 cargo test -p kiosk-drivers trace` records the simulators anew.

use std::path::{Path, PathBuf};

use super::{played, scenes};
use crate::id_card::Document;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn lines(said: &[serde_json::Value]) -> String {
    said.iter().map(|value| format!("{value}\n")).collect()
}

fn record_anew() {
    let card = |document| scenes::card_read(scenes::card(document), false);
    for (name, (text, _)) in [
        ("card-resident", card(Document::Resident)),
        ("card-hmt", card(Document::Hmt)),
        ("card-foreigner2017", card(Document::Foreigner2017)),
        ("card-foreigner2023", card(Document::Foreigner2023)),
        ("code-scan", scenes::code_scan(false)),
        ("slip-paper-out", scenes::slip_with_paper_out()),
        ("cabinet", scenes::cabinet()),
        ("keypad", scenes::keypad()),
    ] {
        let events = lines(&played(&text, true).unwrap());
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(folder().join(format!("{name}.trace")), text).unwrap();
        std::fs::write(folder().join(format!("{name}.events")), events).unwrap();
    }
}

#[test]
fn every_recording_in_the_folder_plays_back_to_the_events_beside_it() {
    if std::env::var_os("KIOSK_RECORD").is_some() {
        record_anew();
    }
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "trace") {
            continue;
        }
        count += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let said =
            played(&text, true).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let wanted = std::fs::read_to_string(path.with_extension("events")).unwrap();
        assert_eq!(lines(&said), wanted, "{}", path.display());
    }
    assert!(count >= 8, "only {count} recordings");
}
