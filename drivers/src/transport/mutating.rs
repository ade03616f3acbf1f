//! A cable that spoils what passes, for the counted tests: bytes dropped, doubled, turned, added,
//! and whole messages cut, swallowed, doubled or late. The same in every run.

use std::time::Duration;

use super::outgoing::Outgoing;
use super::simulated::SimulatedDevice;

/// Numbers that look random, the same for the same seed (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    /// Whether it happens, `rate` times in a thousand.
    pub(crate) fn happens(&mut self, rate: usize) -> bool {
        self.below(1000) < rate
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// How many of a thing make a run: the ordinary number, or with `KIOSK_LONG` the long one.
pub(crate) fn wanted<N>(ordinary: N, long: N) -> N {
    match std::env::var_os("KIOSK_LONG") {
        Some(_) => long,
        None => ordinary,
    }
}

/// Tells stories, `at_once` at a time, until what they count has come to `wanted`. A story takes its
/// number and gives what was mutated in it and what went well; the sums of both are returned.
pub(crate) fn stories(
    wanted: u64,
    at_once: u64,
    story: impl Fn(u64) -> (u64, u64) + Sync,
) -> (u64, u64) {
    let tell = |lane: u64| {
        let (mut mutated, mut well, mut number) = (0, 0, lane);
        while mutated < wanted.div_ceil(at_once) {
            let told = story(number);
            (mutated, well) = (mutated + told.0, well + told.1);
            number += at_once;
        }
        (mutated, well)
    };
    std::thread::scope(|scope| {
        let tell = &tell;
        let lanes: Vec<_> = (0..at_once)
            .map(|lane| scope.spawn(move || tell(lane)))
            .collect();
        let told = lanes.into_iter().map(|lane| lane.join().unwrap());
        told.fold((0, 0), |sum, told| (sum.0 + told.0, sum.1 + told.1))
    })
}

/// Spoils a message that is not empty; returns whether it comes late, and whole then.
///
/// Only bytes at places that `may_turn` allows are turned into others.
pub(crate) fn spoil(
    dice: &mut Dice,
    bytes: &mut Vec<u8>,
    may_turn: impl Fn(usize) -> bool,
) -> bool {
    let at = dice.below(bytes.len());
    let run = at..(at + 1 + dice.below(8)).min(bytes.len());
    match dice.below(10) {
        0 => drop(bytes.remove(at)),
        1 => drop(bytes.drain(run)),
        2 => bytes.insert(at, bytes[at]),
        3 => {
            let again = bytes[run].to_vec();
            bytes.splice(at..at, again);
        }
        4 | 5 => {
            let turned = (at..bytes.len()).chain(0..at).find(|at| may_turn(*at));
            let mask = 1 << dice.below(8);
            if let Some(byte) = turned.and_then(|at| bytes.get_mut(at)) {
                *byte ^= mask;
            }
        }
        // Down to nothing at all.
        6 => bytes.truncate(at),
        7 => bytes.extend(bytes.clone()),
        8 => {
            let noise: Vec<u8> = (0..=dice.below(40)).map(|_| dice.byte()).collect();
            bytes.splice(at..at, noise);
        }
        _ => return true,
    }
    false
}

/// A simulated device at the end of such a cable.
pub(crate) struct Mutating<D> {
    pub(crate) device: D,
    /// So many of a thousand messages are spoiled; 0: the cable is mended.
    pub(crate) rate: usize,
    /// Of the messages to the device, whole commands as a rule.
    pub(crate) rate_to_device: usize,
    /// Messages spoiled so far.
    pub(crate) spoiled: u64,
    /// The longest a message comes late, in milliseconds.
    late: usize,
    may_turn: fn(usize) -> bool,
    dice: Dice,
    /// The moment before which nothing said later comes: a wire keeps the order.
    last_due: Duration,
    outgoing: Outgoing,
}

impl<D> Mutating<D> {
    /// `rate` of a thousand messages to the host are spoiled, some of them `late` at most.
    pub(crate) fn new(device: D, rate: usize, late: Duration, seed: u64) -> Self {
        Self {
            device,
            rate,
            rate_to_device: 0,
            spoiled: 0,
            late: usize::try_from(late.as_millis()).unwrap(),
            may_turn: |_| true,
            dice: Dice::new(seed),
            last_due: Duration::ZERO,
            outgoing: Outgoing::default(),
        }
    }

    /// The same, where messages to the device are spoiled as often.
    pub(crate) fn both_ways(self) -> Self {
        Self {
            rate_to_device: self.rate,
            ..self
        }
    }

    /// The same, where only bytes at some places of a message are turned into others.
    pub(crate) fn turning(self, may_turn: fn(usize) -> bool) -> Self {
        Self { may_turn, ..self }
    }

    /// Mends the cable; returns when the last thing said late has come.
    pub(crate) fn mend(&mut self) -> Duration {
        self.rate = 0;
        self.rate_to_device = 0;
        self.last_due
    }

    fn pass(&mut self, bytes: &mut Vec<u8>, rate: usize) -> Duration {
        if bytes.is_empty() || !self.dice.happens(rate) {
            return Duration::ZERO;
        }
        self.spoiled += 1;
        let late = spoil(&mut self.dice, bytes, self.may_turn);
        let by = if late { self.dice.below(self.late) } else { 0 };
        Duration::from_millis(by as u64)
    }
}

impl<D: SimulatedDevice> SimulatedDevice for Mutating<D> {
    /// What comes late on its way to the device comes now: it is the answer that is waited for.
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        self.pass(&mut bytes, self.rate_to_device);
        self.device.receive(now, &bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        let due = [self.device.next_due(), self.outgoing.next_due()];
        due.into_iter().flatten().min()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        let mut bytes = self.device.poll(now);
        if !bytes.is_empty() {
            let late = self.pass(&mut bytes, self.rate);
            self.last_due = self.last_due.max(now + late);
            self.outgoing.push(self.last_due, bytes);
        }
        self.outgoing.take(now)
    }
}

#[test]
fn a_cable_spoils_as_many_messages_as_it_says_and_none_once_it_is_mended() {
    /// Says the same whenever it is asked.
    struct Echo(Vec<u8>);

    impl SimulatedDevice for Echo {
        fn receive(&mut self, _now: Duration, bytes: &[u8]) {
            self.0.extend(bytes);
        }

        fn next_due(&self) -> Option<Duration> {
            None
        }

        fn poll(&mut self, _now: Duration) -> Vec<u8> {
            std::mem::take(&mut self.0)
        }
    }

    let mut cable = Mutating::new(Echo(Vec::new()), 500, Duration::from_millis(900), 1);
    let mut whole = 0;
    for second in 0..1000 {
        let now = Duration::from_secs(second);
        cable.receive(now, b"a message of some length");
        whole += u64::from(cable.poll(now) == b"a message of some length");
        // What is late has come before the next.
        cable.poll(now + Duration::from_millis(900));
    }
    assert_eq!(whole + cable.spoiled, 1000);
    assert!((450..550).contains(&cable.spoiled), "{}", cable.spoiled);
    cable.mend();
    cable.receive(Duration::from_secs(1000), b"again");
    assert_eq!(cable.poll(Duration::from_secs(1000)), b"again");
}
