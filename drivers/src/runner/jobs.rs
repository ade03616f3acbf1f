//! A device that works on numbered jobs, on a thread of its own: what a job does blocks, and is
//! cancelled from outside.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::arrival::{self, Arrival};
use super::health::Told;
use super::{
    CancelToken, Condition, Counters, Fault, HealthState, Identity, LOOK, Recovery, Report, Rung,
    Upkeep, climb,
};

/// A device as its thread uses it.
pub(crate) trait JobDevice: Send + 'static {
    /// What a job is about.
    type Work: Send + 'static;
    /// What the device has to say.
    type Event: 'static;

    /// The detail of the health while a job runs.
    const BUSY: &'static str;

    /// Asks the device who it is: before it is first looked at, and again after every fault.
    ///
    /// # Errors
    /// [`Fault`] when nobody answers, or nonsense.
    fn identify(&mut self, outlet: &Outlet<Self::Event>) -> Result<Identity, Fault>;

    /// Asks between two jobs how the device is.
    ///
    /// # Errors
    /// [`Fault`] when nobody answers, or nonsense.
    fn look(&mut self) -> Result<Condition, Fault>;

    /// Forgets what the device said of itself: after a fault another one may stand there.
    fn forget(&mut self) {}

    /// Does one job to its end.
    fn work(
        &mut self,
        job: u64,
        work: Self::Work,
        cancel: &CancelToken,
        outlet: &mut Outlet<Self::Event>,
    );
}

/// Where a device's thread reports to.
pub(crate) struct Outlet<V> {
    told: Told,
    counters: Counters,
    tell: Box<dyn Fn(Report<V>) + Send>,
}

impl<V> Outlet<V> {
    fn report(&self, report: Report<V>) {
        (self.tell)(report);
    }

    pub(crate) fn say(&self, event: V) {
        self.report(Report::Event(event));
    }

    /// Reports how the device is while a job runs; its supplies are those of the last look.
    pub(crate) fn meanwhile(&mut self, condition: Condition) {
        let condition = condition.with_supplies(self.told.supplies());
        self.condition(condition, None);
    }

    /// Reports the health where there is something new in it.
    fn condition(&mut self, condition: Condition, rung: Option<Rung>) {
        let health = self
            .told
            .news(Instant::now(), condition, rung, &self.counters);
        if let Some(health) = health {
            self.report(Report::Health(health));
        }
    }
}

/// The running thread. Dropping it cancels what runs and waits for its end.
pub(crate) struct JobThread<W> {
    orders: Sender<Order<W>>,
    tokens: Tokens,
    stop: CancelToken,
    thread: Option<JoinHandle<()>>,
}

impl<W> std::fmt::Debug for JobThread<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobThread").finish_non_exhaustive()
    }
}

/// The jobs that wait or run.
#[derive(Clone, Default)]
struct Tokens(Arc<Mutex<HashMap<u64, CancelToken>>>);

impl Tokens {
    fn with<R>(&self, act: impl FnOnce(&mut HashMap<u64, CancelToken>) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

enum Order<W> {
    Work {
        job: u64,
        work: W,
        cancel: CancelToken,
    },
    Stop,
}

impl<W: Send + 'static> JobThread<W> {
    /// Runs `device` on a thread called `name`; everything it says goes through `map` into `events`.
    ///
    /// Between jobs it is looked after as `upkeep` says.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start<D, M, E>(
        name: &str,
        device: D,
        upkeep: Upkeep,
        events: Sender<E>,
        map: M,
    ) -> io::Result<Self>
    where
        D: JobDevice<Work = W>,
        M: Fn(Report<D::Event>) -> E + Send + 'static,
        E: Send + 'static,
    {
        let (orders, inbox) = mpsc::channel();
        let tokens = Tokens::default();
        let stop = CancelToken::default();
        let mut runner = Runner {
            device,
            inbox,
            tokens: tokens.clone(),
            // None of these devices has a reset command.
            recovery: Recovery::new(upkeep.pauses.clone(), upkeep.power.is_some()).without_reset(),
            upkeep,
            outlet: Outlet {
                told: Told::default(),
                counters: Counters::default(),
                // A program that no longer listens is about to stop this thread.
                tell: Box::new(move |report| drop(events.send(map(report)))),
            },
            identified: false,
            noise: RandomState::new(),
            stop: stop.clone(),
        };
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || runner.run())?;
        Ok(Self {
            orders,
            tokens,
            stop,
            thread: Some(thread),
        })
    }

    /// Hands a job over; `false` when the thread has ended.
    pub(crate) fn work(&self, job: u64, work: W) -> bool {
        let cancel = CancelToken::default();
        self.tokens
            .with(|tokens| tokens.insert(job, cancel.clone()));
        self.orders.send(Order::Work { job, work, cancel }).is_ok()
    }

    /// Cancels a job that runs or waits, at once; one already over is left alone. `false` when the thread has ended.
    pub(crate) fn cancel(&self, job: u64) -> bool {
        self.tokens
            .with(|tokens| tokens.get(&job).map(CancelToken::cancel));
        !self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl<W> Drop for JobThread<W> {
    fn drop(&mut self) {
        self.stop.cancel();
        self.tokens
            .with(|tokens| tokens.values().for_each(CancelToken::cancel));
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Runner<D: JobDevice> {
    device: D,
    inbox: Receiver<Order<D::Work>>,
    tokens: Tokens,
    upkeep: Upkeep,
    recovery: Recovery,
    outlet: Outlet<D::Event>,
    identified: bool,
    noise: RandomState,
    stop: CancelToken,
}

impl<D: JobDevice> Runner<D> {
    fn run(&mut self) {
        self.outlet
            .condition(Condition::new(HealthState::Starting, ""), None);
        loop {
            // Watched from before the look, so that a device that comes meanwhile is seen.
            let arrival = self.upkeep.place.as_ref().and_then(arrival::watch);
            let pause = match self.look() {
                Ok(condition) => {
                    self.recovery.works();
                    self.outlet.condition(condition, None);
                    self.upkeep.poll
                }
                Err(fault) => self.fail(&fault),
            };
            match self.wait(pause, arrival.as_ref()) {
                Ok(Order::Work { job, work, cancel }) => {
                    let busy = Condition::new(HealthState::Busy, D::BUSY);
                    self.outlet.meanwhile(busy);
                    self.device.work(job, work, &cancel, &mut self.outlet);
                    self.tokens.with(|tokens| tokens.remove(&job));
                }
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Asks how the device is, and first of all who.
    fn look(&mut self) -> Result<Condition, Fault> {
        if !self.identified {
            let identity = self.device.identify(&self.outlet)?;
            self.identified = true;
            self.outlet.counters.identified += 1;
            self.outlet.report(Report::Identified(identity));
        }
        self.device.look()
    }

    /// Tells of `fault`, climbs a rung, and returns how long to wait before the next look.
    fn fail(&mut self, fault: &Fault) -> Duration {
        let Outlet { counters, .. } = &mut self.outlet;
        let (rung, condition) = climb::climb(&mut self.recovery, counters, fault);
        self.device.forget();
        self.identified = false;
        self.outlet.condition(condition, Some(rung));
        if rung.on_same_line() {
            return Duration::ZERO;
        }
        if rung == Rung::PowerCycle
            && let Some(power) = &self.upkeep.power
        {
            let condition = Condition::new(HealthState::PowerOff, "power_cycle");
            self.outlet.condition(condition, Some(rung));
            let Outlet { counters, .. } = &mut self.outlet;
            climb::power_cycle(power, counters, || self.stop.is_cancelled());
        }
        self.recovery.pause(self.noise.hash_one(Instant::now()))
    }

    /// Waits for an order, until `pause` is over or the device's node has appeared.
    fn wait(
        &self,
        pause: Duration,
        arrival: Option<&Arrival>,
    ) -> Result<Order<D::Work>, RecvTimeoutError> {
        let Some(arrival) = arrival else {
            return self.inbox.recv_timeout(pause);
        };
        let end = Instant::now() + pause;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.inbox.recv_timeout(left.min(LOOK)) {
                Err(RecvTimeoutError::Timeout) if left > LOOK && !arrival.seen() => {}
                order => return order,
            }
        }
    }
}

#[cfg(test)]
#[path = "jobs_tests.rs"]
mod tests;
