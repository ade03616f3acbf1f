//! A device that works on jobs and falls silent, is swapped, or comes late.

use super::*;
use crate::runner::{FaultKind, Health, Ladder, PowerSwitch};
use crate::selector::Selector;

/// What stands behind the address.
#[derive(Default)]
struct Desk {
    name: &'static str,
    silent: bool,
}

type Shared = Arc<Mutex<Desk>>;

struct Lamp {
    desk: Shared,
    /// What it said it is; asked once.
    known: Option<&'static str>,
}

impl Lamp {
    fn answer(&self, operation: &'static str) -> Result<&'static str, Fault> {
        let desk = self.desk.lock().unwrap();
        if desk.silent {
            return Err(Fault::new(FaultKind::NoAnswer, operation));
        }
        Ok(desk.name)
    }
}

impl JobDevice for Lamp {
    type Work = ();
    type Event = &'static str;

    const BUSY: &'static str = "shining";

    fn identify(&mut self, _outlet: &Outlet<&'static str>) -> Result<Identity, Fault> {
        let name = match self.known {
            Some(name) => name,
            None => self.answer("identify")?,
        };
        self.known = Some(name);
        Ok(Identity {
            name: name.to_owned(),
            detail: None,
        })
    }

    fn look(&mut self) -> Result<Condition, Fault> {
        self.answer("look").map(|_| Condition::ONLINE)
    }

    fn forget(&mut self) {
        self.known = None;
    }

    fn work(&mut self, _: u64, (): (), _: &CancelToken, outlet: &mut Outlet<&'static str>) {
        outlet.say(self.answer("work").unwrap_or("dark"));
    }
}

/// Pauses that are over at once.
fn short() -> Ladder {
    Ladder::new(Duration::from_micros(10), Duration::from_micros(20))
}

fn hour() -> Duration {
    Duration::from_secs(3600)
}

struct Room {
    desk: Shared,
    thread: JobThread<()>,
    reports: Receiver<Report<&'static str>>,
}

impl Room {
    fn new(desk: Desk, upkeep: Upkeep) -> Self {
        let desk = Arc::new(Mutex::new(desk));
        let lamp = Lamp {
            desk: Arc::clone(&desk),
            known: None,
        };
        let (events, reports) = mpsc::channel();
        let thread = JobThread::start("lamp", lamp, upkeep, events, |report| report).unwrap();
        Self {
            desk,
            thread,
            reports,
        }
    }

    fn desk(&self, change: impl FnOnce(&mut Desk)) {
        change(&mut self.desk.lock().unwrap());
    }

    fn next(&self) -> Report<&'static str> {
        self.reports.recv_timeout(Duration::from_secs(10)).unwrap()
    }

    /// All health until the first that `last` holds for.
    fn healths(&self, last: impl Fn(&Health) -> bool) -> Vec<Health> {
        let mut all = Vec::new();
        while all.last().is_none_or(|health| !last(health)) {
            if let Report::Health(health) = self.next() {
                all.push(health);
            }
        }
        all
    }

    fn identity(&self) -> String {
        loop {
            if let Report::Identified(identity) = self.next() {
                return identity.name;
            }
        }
    }
}

fn silent() -> Desk {
    Desk {
        name: "lamp",
        silent: true,
    }
}

#[test]
fn a_device_that_stays_silent_climbs_the_ladder_counts_as_broken_and_is_asked_all_the_same() {
    let room = Room::new(silent(), Upkeep::every(hour()).with_pauses(short()));
    let seen = room.healths(|health| health.rung == Some(Rung::Broken));
    let rungs: Vec<_> = seen.iter().map(|health| health.rung).collect();
    let climbed = [Rung::Retry, Rung::Reopen, Rung::Reopen, Rung::Reopen];
    assert_eq!(rungs[1..5], climbed.map(Some));
    let broken = seen.last().unwrap();
    assert_eq!(broken.state, HealthState::HardwareError);
    assert_eq!(broken.detail, "no_answer");
    let counters = &broken.counters;
    let counted = (counters.faults, counters.retries, counters.reopens);
    assert_eq!(counted, (5, 1, 4));
    assert_eq!((counters.broken, counters.resets), (1, 0));
    room.desk(|desk| desk.silent = false);
    let well = room.healths(|health| health.state == HealthState::Online);
    let last = well.last().unwrap();
    assert_eq!((last.rung, last.counters.identified), (None, 1));
}

#[test]
fn a_silent_device_has_its_port_switched_before_it_counts_as_broken() {
    let (switched, switchings) = mpsc::channel();
    let power: PowerSwitch = Box::new(move || switched.send(()).map_err(io::Error::other));
    let upkeep = Upkeep::every(hour()).with_pauses(short());
    let room = Room::new(silent(), upkeep.with_power_switch(power));
    let seen = room.healths(|health| health.rung == Some(Rung::Broken));
    let off = |health: &&Health| health.state == HealthState::PowerOff;
    assert_eq!(seen.iter().filter(off).count(), 1);
    assert_eq!(seen.last().unwrap().counters.power_cycles, 1);
    assert!(switchings.try_recv().is_ok());
}

#[test]
fn another_device_put_in_the_place_of_one_that_fell_silent_says_who_it_is() {
    let lamp = Desk {
        name: "lamp",
        silent: false,
    };
    let upkeep = Upkeep::every(Duration::from_millis(1)).with_pauses(short());
    let room = Room::new(lamp, upkeep);
    assert_eq!(room.identity(), "lamp");
    room.desk(|desk| desk.silent = true);
    room.healths(|health| health.state == HealthState::Offline);
    room.desk(|desk| {
        *desk = Desk {
            name: "candle",
            silent: false,
        }
    });
    assert_eq!(room.identity(), "candle");
}

#[test]
fn a_job_ends_the_pause_of_a_device_that_is_away() {
    let pauses = Ladder::new(hour(), hour());
    let room = Room::new(silent(), Upkeep::every(hour()).with_pauses(pauses));
    room.healths(|health| health.rung == Some(Rung::Reopen));
    assert!(room.thread.work(1, ()));
    let event = loop {
        if let Report::Event(event) = room.next() {
            break event;
        }
    };
    assert_eq!(event, "dark");
}

#[test]
fn a_device_whose_node_appears_in_a_pause_of_an_hour_is_used_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().join("video0");
    let pauses = Ladder::new(hour(), hour());
    let upkeep = Upkeep::every(hour()).with_pauses(pauses);
    let room = Room::new(silent(), upkeep.at(&Selector::Camera(node.clone())));
    room.healths(|health| health.rung == Some(Rung::Reopen));
    room.desk(|desk| desk.silent = false);
    std::fs::write(node, "").unwrap();
    room.healths(|health| health.state == HealthState::Online);
}

#[test]
fn a_stop_does_not_wait_until_the_power_is_back() {
    let (back, power_back) = mpsc::channel::<()>();
    let (tell, switching) = mpsc::channel();
    let power: PowerSwitch = Box::new(move || {
        let _ = tell.send("off");
        // Told only after the thread has stopped.
        let _ = power_back.recv_timeout(Duration::from_secs(20));
        let _ = tell.send("on");
        Ok(())
    });
    let upkeep = Upkeep::every(hour()).with_pauses(short());
    let room = Room::new(silent(), upkeep.with_power_switch(power));
    let told = || switching.recv_timeout(Duration::from_secs(10));
    assert_eq!(told(), Ok("off"));
    drop(room.thread);
    assert!(switching.try_recv().is_err(), "the stop waited");
    back.send(()).unwrap();
    // A port left off would stay off.
    assert_eq!(told(), Ok("on"));
}
