//! The thread around a [`Driver`].

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::arrival::{self, Arrival};
use super::health::{Condition, Counters, HealthState, Told};
use super::line::{Line, Opener, StoppableLine};
use super::recovery::{Recovery, Rung};
use super::{Driver, Fault, LOOK, Ladder, Report, climb};
use crate::transport::Transport;

/// A running device. Dropping it stops the thread and waits for it.
#[derive(Debug)]
pub struct DeviceThread<C> {
    commands: Sender<Message<C>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Message<C> {
    Command(C),
    Stop,
}

impl<C> DeviceThread<C> {
    /// Hands `command` to the driver; one that comes while the device cannot be reached is
    /// answered by the driver's own refusal event.
    ///
    /// Returns `false` when the thread has ended.
    pub fn send(&self, command: C) -> bool {
        self.commands.send(Message::Command(command)).is_ok()
    }

    /// Stops the thread and waits for it: some hundred milliseconds, and at most as long as
    /// the opening of its line takes when that is under way (3 s to an address that does not
    /// answer). A power-cycle of its port goes on to its end by itself.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = self.commands.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl<C> Drop for DeviceThread<C> {
    fn drop(&mut self) {
        self.end();
    }
}

/// [`start_on`] with a line that is only opened.
///
/// # Errors
/// When the system gives no thread.
pub fn start<D, M, E>(
    name: &str,
    driver: D,
    open: Opener,
    ladder: Ladder,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<D::Command>>
where
    D: Driver + 'static,
    M: Fn(Report<D::Event>) -> E + Send + 'static,
    E: Send + 'static,
{
    start_on(name, driver, Line::new(open), ladder, events, map)
}

/// Runs `driver` on a thread called `name`, on the line `line` names.
///
/// Everything the device says goes through `map` into `events`; when nobody receives any
/// more, the thread ends. `ladder` gives the pauses between attempts.
///
/// # Errors
/// When the system gives no thread.
pub fn start_on<D, M, E>(
    name: &str,
    driver: D,
    line: Line,
    ladder: Ladder,
    events: Sender<E>,
    map: M,
) -> io::Result<DeviceThread<D::Command>>
where
    D: Driver + 'static,
    M: Fn(Report<D::Event>) -> E + Send + 'static,
    E: Send + 'static,
{
    let (commands, inbox) = mpsc::channel();
    let stop = Arc::new(AtomicBool::new(false));
    let mut runner = Runner {
        recovery: Recovery::new(ladder, line.power.is_some()),
        line,
        outlet: Outlet {
            told: Told::default(),
            counters: Counters::default(),
            stop: Arc::clone(&stop),
            send: Box::new(move |report| events.send(map(report)).is_ok()),
        },
        queue: Queue {
            inbox,
            waiting: VecDeque::new(),
        },
        noise: RandomState::new(),
    };
    let mut driver = driver;
    let thread = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || runner.run(&mut driver))?;
    Ok(DeviceThread {
        commands,
        stop,
        thread: Some(thread),
    })
}

/// Where reports go.
struct Outlet<V> {
    told: Told,
    counters: Counters,
    stop: Arc<AtomicBool>,
    send: Box<dyn Fn(Report<V>) -> bool + Send>,
}

impl<V> Outlet<V> {
    fn report(&self, report: Report<V>) {
        if !(self.send)(report) {
            self.stop.store(true, Ordering::SeqCst);
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Reports the health where there is something new in it.
    fn condition(&mut self, condition: Condition, rung: Option<Rung>) {
        let now = Instant::now();
        if let Some(health) = self.told.news(now, condition, rung, &self.counters) {
            self.report(Report::Health(health));
        }
    }
}

/// Commands not yet carried out.
struct Queue<C> {
    inbox: Receiver<Message<C>>,
    waiting: VecDeque<C>,
}

impl<C> Queue<C> {
    fn next(&mut self) -> Option<C> {
        self.waiting
            .pop_front()
            .or_else(|| match self.inbox.try_recv() {
                Ok(Message::Command(command)) => Some(command),
                Ok(Message::Stop) | Err(_) => None,
            })
    }

    /// Waits until `pause` is over, a command or stop comes, or `arrived` says so.
    fn wait(&mut self, pause: Duration, arrived: impl Fn() -> bool) {
        let end = Instant::now() + pause;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.inbox.recv_timeout(left.min(LOOK)) {
                Ok(Message::Command(command)) => self.waiting.push_back(command),
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => {}
                Err(RecvTimeoutError::Timeout) if left > LOOK && !arrived() => continue,
                Err(RecvTimeoutError::Timeout) => {}
            }
            return;
        }
    }
}

struct Runner<V, C> {
    line: Line,
    recovery: Recovery,
    outlet: Outlet<V>,
    queue: Queue<C>,
    noise: RandomState,
}

impl<V, C> Runner<V, C> {
    fn run<D: Driver<Command = C, Event = V>>(&mut self, driver: &mut D) {
        self.outlet
            .condition(Condition::new(HealthState::Starting, ""), None);
        while !self.outlet.stopped() {
            // Watched from before the attempt, so that a device that comes meanwhile is seen.
            let arrival = self.line.place.as_ref().and_then(arrival::watch);
            let (fault, rung) = match (self.line.open)() {
                Ok(line) => self.use_line(driver, line),
                Err(error) => {
                    let fault = Fault::opening(error);
                    let rung = self.fail(driver, &fault);
                    (fault, rung)
                }
            };
            if self.outlet.stopped() {
                return;
            }
            // One that came during the attempt is worth another.
            while let Some(command) = self.queue.waiting.pop_front() {
                driver.refuse(command, &fault, &mut |event| {
                    self.outlet.report(Report::Event(event));
                });
            }
            if rung == Rung::PowerCycle {
                self.power_cycle();
            }
            let pause = self.recovery.pause(self.noise.hash_one(Instant::now()));
            let arrived = || arrival.as_ref().is_some_and(Arrival::seen);
            self.queue.wait(pause, arrived);
        }
    }

    /// Switches the port's power, and says meanwhile that it is off.
    fn power_cycle(&mut self) {
        let Some(power) = &self.line.power else {
            return;
        };
        let condition = Condition::new(HealthState::PowerOff, "power_cycle");
        self.outlet.condition(condition, Some(Rung::PowerCycle));
        let Outlet { counters, stop, .. } = &mut self.outlet;
        climb::power_cycle(power, counters, || stop.load(Ordering::SeqCst));
    }

    /// Identifies and runs the device on one line until the line is to be given up.
    fn use_line<D: Driver<Command = C, Event = V>>(
        &mut self,
        driver: &mut D,
        line: Box<dyn Transport>,
    ) -> (Fault, Rung) {
        self.outlet.counters.opened += 1;
        let mut line = StoppableLine {
            line,
            stop: Arc::clone(&self.outlet.stop),
        };
        loop {
            let fault = match self.identify_and_step(driver, &mut line) {
                Ok(never) => match never {},
                Err(fault) => fault,
            };
            if self.outlet.stopped() {
                return (fault, Rung::Reopen);
            }
            let rung = self.fail(driver, &fault);
            if !rung.on_same_line() {
                return (fault, rung);
            }
            if rung == Rung::Reset {
                match driver.reset(&mut line) {
                    Ok(done) => self.outlet.counters.resets += u64::from(done),
                    Err(fault) => tracing::warn!(%fault, "the device did not take its reset"),
                }
            }
        }
    }

    fn identify_and_step<D: Driver<Command = C, Event = V>>(
        &mut self,
        driver: &mut D,
        line: &mut StoppableLine,
    ) -> Result<std::convert::Infallible, Fault> {
        let identity = driver.identify(line)?;
        self.outlet.counters.identified += 1;
        self.outlet.report(Report::Identified(identity));
        loop {
            self.outlet.counters.driver = driver.counters();
            self.outlet.condition(driver.condition(), None);
            let Self { outlet, queue, .. } = self;
            driver.step(line, &mut || queue.next(), &mut |event| {
                outlet.report(Report::Event(event));
            })?;
            self.recovery.works();
            line.check_stop("run")?;
        }
    }

    /// Tells everybody of `fault` and returns the rung to climb.
    fn fail<D: Driver<Command = C, Event = V>>(&mut self, driver: &mut D, fault: &Fault) -> Rung {
        let counters = &mut self.outlet.counters;
        counters.driver = driver.counters();
        let (rung, condition) = climb::climb(&mut self.recovery, counters, fault);
        driver.failed(fault, &mut |event| {
            self.outlet.report(Report::Event(event));
        });
        self.outlet.condition(condition, Some(rung));
        rung
    }
}
