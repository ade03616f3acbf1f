//! Everything the panel offers, done to the simulated devices of a kiosk that runs.

use std::cell::{Cell, RefCell};
use std::sync::PoisonError;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use city_backend::DepartmentsSource;
use kiosk_core::Screen;
use kiosk_core::screen::Lang;
use kiosk_drivers::runner::HealthState;

use super::groups::{GROUPS, Group, Tick};
use super::{Place, SampleCity, Stage, cards};
use crate::config::SpeechEngine;
use crate::shell::Audience;
use crate::words::Words;

/// A device notices what was done to it within this time.
const NOTICES: Duration = Duration::from_secs(30);

/// Wakes the test whenever something happened in the loop.
struct Wakes(Sender<()>);

impl Audience for Wakes {
    fn show(&mut self, _: Screen) {
        // A test that has ended needs no word.
        let _ = self.0.send(());
    }

    fn note(&mut self, _: Duration, _: &str) {
        let _ = self.0.send(());
    }
}

/// Ticks that leave the state of the device as it is: no fault, or one that only the next cut meets.
const HARMLESS: [&str; 5] = [
    "panel.cutter-jammed",
    "panel.two-cards",
    "panel.near-end",
    "panel.somebody",
    "panel.headphones",
];

fn well(stage: &Stage, group: &Group) -> bool {
    let health = stage.place.borrow().app.health();
    let health = health.lock().unwrap_or_else(PoisonError::into_inner);
    let kind = group.name.trim_start_matches("service.device.");
    let mut of_kind = health.iter().filter(|(name, _, _)| *name == kind);
    of_kind.any(|(_, state, detail)| *state == HealthState::Online && detail.is_empty())
}

/// Waits until every device that `ticks` concern is well, or until none of them is.
fn until(stage: &Stage, woken: &Receiver<()>, ticks: &[(&Group, &Tick)], wanted: bool) {
    let end = Instant::now() + NOTICES;
    let late = |(group, _): &&(&Group, &Tick)| well(stage, group) != wanted;
    while let Some((group, tick)) = ticks.iter().find(late) {
        let left = end.saturating_duration_since(Instant::now());
        assert!(
            !left.is_zero(),
            "{} {}: well should be {wanted}",
            group.name,
            tick.words
        );
        let _ = woken.recv_timeout(left.min(Duration::from_millis(100)));
    }
}

#[test]
fn every_fault_of_the_panel_is_noticed_by_its_device_and_put_right_again() {
    let folder = tempfile::tempdir().unwrap();
    let city = SampleCity::start(&folder.path().join("city"), DepartmentsSource::None).unwrap();
    let (wake, woken) = mpsc::channel();
    let engine = SpeechEngine::Silent;
    let place = Place::start(1, folder.path(), &city, false, engine, Wakes(wake)).unwrap();
    let stage = Stage {
        place: RefCell::new(place),
        city: RefCell::new(city),
        window: slint::Weak::default(),
        cards: cards().unwrap(),
        card: Cell::new(None),
        second_card: Cell::new(false),
    };
    let devices: Vec<&Group> = GROUPS
        .iter()
        .filter(|group| group.name.starts_with("service.device."))
        .collect();
    assert!(devices.len() >= 8, "one group a device");
    // One fault of each device at a time: they do not wait for each other.
    let most = devices.iter().map(|group| group.ticks.len()).max();
    for at in 0..most.unwrap() {
        let round: Vec<(&Group, &Tick)> = devices
            .iter()
            .filter_map(|group| Some((*group, group.ticks.get(at)?)))
            .collect();
        let faults: Vec<(&Group, &Tick)> = round
            .iter()
            .copied()
            .filter(|(_, tick)| !HARMLESS.contains(&tick.words))
            .collect();
        until(&stage, &woken, &faults, true);
        for (group, tick) in &round {
            (tick.act)(&stage, true).unwrap_or_else(|e| panic!("{} {e}", group.name));
        }
        until(&stage, &woken, &faults, false);
        for (group, tick) in &round {
            (tick.act)(&stage, false).unwrap_or_else(|e| panic!("{} {e}", group.name));
        }
        until(&stage, &woken, &faults, true);
    }
    for group in devices {
        for deed in group.buttons {
            // No application has reached the city whose slip could be shown.
            let done = (deed.act)(&stage);
            assert_eq!(done.is_ok(), deed.words != "panel.show-receipt");
        }
    }
    stage.place.into_inner().app.end().unwrap();
}

#[test]
fn everything_on_the_panel_has_words_in_both_languages() {
    for lang in [Lang::ZhHans, Lang::En] {
        let words = Words(lang);
        for group in GROUPS {
            let deeds = group.buttons.iter().map(|deed| deed.words);
            let ticks = group
                .ticks
                .iter()
                .flat_map(|tick| tick.heals.iter().copied().chain([tick.words]));
            for key in deeds.chain(ticks).chain([group.name]) {
                let text = words.get(key);
                assert!(!text.is_empty() && text != key, "{key} in {lang:?}");
            }
        }
    }
}
