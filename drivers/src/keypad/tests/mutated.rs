//! Thousands of taps on a bad cable. A wrong success is a key told that was not pressed, or told
//! more often than it was.
//!
//! The kernel's events have no checksum: a bit turned in the field that names the key is another
//! key, and nobody can know. So bits are turned in the time of an event only; dropped, doubled,
//! added, cut off and late is every byte of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::input_event::SIZE;
use crate::transport::Transport;
use crate::transport::mutating::{Dice, Mutating, stories, wanted};

/// Taps spoiled in one story.
const STORY: u64 = 200;

/// How long the keypad may take to be right again.
const RECOVERED: Duration = Duration::from_secs(10);

/// The last of a tap that comes late.
const LATE: Duration = Duration::from_millis(900);

/// Does something to the keypad.
type Hand<'a> = dyn Fn(&mut dyn FnMut(&mut SimKeys)) + 'a;

/// What was pressed, and what was told of it.
struct Tally {
    map: KeyMap,
    codes: Vec<u16>,
    pressed: BTreeMap<Key, u32>,
    told: BTreeMap<Key, u32>,
    plugged: u32,
    plugs_told: u32,
}

impl Tally {
    fn new() -> Self {
        let map = KeyMap::default();
        Self {
            codes: map.keys().filter_map(|key| map.code(key)).collect(),
            map,
            pressed: BTreeMap::new(),
            told: BTreeMap::new(),
            plugged: 0,
            plugs_told: 0,
        }
    }

    /// Taps any key, or moves the headphone plug.
    fn press(&mut self, dice: &mut Dice, keys: &mut SimKeys) {
        if dice.below(10) == 0 {
            self.plugged += 1;
            keys.switch(SW_HEADPHONE_INSERT, dice.below(2) == 0, ms(10));
            return;
        }
        let code = self.codes[dice.below(self.codes.len())];
        self.tap(keys, code);
    }

    fn tap(&mut self, keys: &mut SimKeys, code: u16) {
        let key = self.map.key(code).unwrap();
        *self.pressed.entry(key).or_default() += 1;
        keys.tap(code, ms(10));
    }

    fn count(&mut self, event: KeypadEvent) {
        match event {
            KeypadEvent::Pressed(key) => {
                let told = self.told.entry(key).or_default();
                *told += 1;
                let pressed = self.pressed.get(&key).copied().unwrap_or(0);
                assert!(*told <= pressed, "{} was not pressed", key.name());
            }
            KeypadEvent::Headphones(_) => {
                self.plugs_told += 1;
                assert!(self.plugs_told <= self.plugged, "nobody moved the plug");
            }
            KeypadEvent::Held(key) => panic!("{} was not held", key.name()),
        }
    }
}

fn cable(rate: usize, seed: u64) -> Mutating<SimKeys> {
    let time_of_an_event = |at| at % SIZE < SIZE - 8;
    Mutating::new(SimKeys::default(), rate, LATE, seed).turning(time_of_an_event)
}

/// A keypad's driver at the end of `line`.
struct Driven {
    line: Box<dyn Transport>,
    driver: Keypad,
    tally: Tally,
}

impl Driven {
    fn new(mut line: Box<dyn Transport>) -> Self {
        let mut driver = Keypad::new(KeyMap::default());
        driver.identify(&mut *line).unwrap();
        let tally = Tally::new();
        Self {
            line,
            driver,
            tally,
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.line.now() + time;
        while self.line.now() < end {
            let emit = &mut |event| self.tally.count(event);
            self.driver
                .step(&mut *self.line, &mut || None, emit)
                .unwrap();
        }
    }

    /// Whether every key is told at one tap.
    fn is_right(&mut self, device: &Hand<'_>) -> bool {
        let codes = self.tally.codes.clone();
        let before = self.tally.told.clone();
        device(&mut |keys| codes.iter().for_each(|code| self.tally.tap(keys, *code)));
        self.run(ms(400));
        codes.iter().all(|code| {
            let key = self.tally.map.key(*code).unwrap();
            self.tally.told.get(&key) > before.get(&key)
        })
    }

    fn recovers(&mut self, device: &Hand<'_>) {
        let mended = self.line.now();
        while !self.is_right(device) {
            assert!(self.line.now() - mended < RECOVERED, "not right in time");
        }
        assert!(self.line.now() - mended < RECOVERED, "not right in time");
        assert_eq!(self.driver.condition().state, HealthState::Online);
    }
}

/// A keypad that is tapped until so many taps were spoiled, and then must be right again.
fn story(seed: u64) -> (u64, u64) {
    let rate = [300, 600, 900][(seed % 3) as usize];
    let line = MemoryLine::new(cable(rate, seed), Some(115_200));
    let mut driven = Driven::new(Box::new(line.open().unwrap()));
    let mut dice = Dice::new(seed);
    while line.device(|cable| cable.spoiled) < STORY {
        line.device(|cable| driven.tally.press(&mut dice, &mut cable.device));
        let pause = ms(50 + dice.below(400) as u64);
        driven.run(pause);
    }
    let good = line.device(Mutating::mend);
    driven.run(good.saturating_sub(line.now()));
    driven.recovers(&|deed| line.device(|cable| deed(&mut cable.device)));
    let told = driven.tally.told.values().copied().sum::<u32>();
    (line.device(|cable| cable.spoiled), told.into())
}

#[test]
fn thousands_of_spoiled_taps_are_never_another_key_and_are_got_over() {
    let (mutated, told) = stories(wanted(10_000, 100_000), 2, story);
    println!("{mutated} spoiled taps, {told} keys told");
    assert!(told > mutated / 4, "{told} of {mutated}");
}

#[test]
fn two_hundred_spoiled_taps_over_real_ptys_are_never_another_key_either() {
    // Most of the time goes by with waiting for quiet: many keypads wait at once.
    std::thread::scope(|scope| {
        for seed in 0..20 {
            scope.spawn(move || over_a_pty(seed));
        }
    });
}

/// Ten spoiled taps, and then the keypad must be right again.
fn over_a_pty(seed: u64) {
    let host = SimHost::on_pty(cable(700, seed), None, None).unwrap();
    let line = transport::open(host.selector(), LineSettings::default()).unwrap();
    let mut driven = Driven::new(line);
    let mut dice = Dice::new(seed);
    while host.device(|cable| cable.spoiled) < STORY / 20 {
        host.device(|cable| driven.tally.press(&mut dice, &mut cable.device));
        driven.run(ms(30));
    }
    host.device(Mutating::mend);
    driven.run(LATE);
    driven.recovers(&|deed| host.device(|cable| deed(&mut cable.device)));
}
