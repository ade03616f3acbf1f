//! The thread around a [`Driver`].

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::health::{Condition, Health, HealthState};
use super::{Driver, Fault, Ladder, Report};
use crate::transport::{Transport, TransportError};

/// Opens a device's line anew; called once per attempt.
pub type Opener = Box<dyn FnMut() -> Result<Box<dyn Transport>, TransportError> + Send>;

/// The longest a read or write goes on without looking whether the thread is to stop.
const STOP_STEP: Duration = Duration::from_millis(100);

/// How often a failing device is asked again on the same line before it is reopened.
const ASK_AGAIN: u32 = 1;

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

    /// Stops the thread and waits for it: at most some hundred milliseconds.
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

/// Runs `driver` on a thread called `name`, on the lines `open` opens.
///
/// Everything the device says goes through `map` into `events`; when nobody receives any
/// more, the thread ends. `ladder` gives the pauses between attempts.
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
    let (commands, inbox) = mpsc::channel();
    let stop = Arc::new(AtomicBool::new(false));
    let mut runner = Runner {
        open,
        ladder,
        outlet: Outlet {
            health: None,
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
    health: Option<Health>,
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

    /// Reports the health if it is another than before.
    fn condition(&mut self, condition: Condition) {
        let Condition { state, detail } = condition;
        if self
            .health
            .as_ref()
            .is_some_and(|last| last.state == state && last.detail == detail)
        {
            return;
        }
        let health = Health {
            state,
            detail,
            since: Instant::now(),
        };
        self.health = Some(health.clone());
        self.report(Report::Health(health));
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

    /// Waits until `pause` is over or a command or stop comes.
    fn wait(&mut self, pause: Duration) {
        match self.inbox.recv_timeout(pause) {
            Ok(Message::Command(command)) => self.waiting.push_back(command),
            Ok(Message::Stop) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            }
        }
    }
}

struct Runner<V, C> {
    open: Opener,
    ladder: Ladder,
    outlet: Outlet<V>,
    queue: Queue<C>,
    noise: RandomState,
}

impl<V, C> Runner<V, C> {
    fn run<D: Driver<Command = C, Event = V>>(&mut self, driver: &mut D) {
        self.outlet
            .condition(Condition::new(HealthState::Starting, ""));
        while !self.outlet.stopped() {
            let fault = match (self.open)() {
                Ok(line) => self.use_line(driver, line),
                Err(error) => {
                    let fault = Fault::opening(error);
                    self.fail(driver, &fault);
                    fault
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
            let pause = self.ladder.climb(self.noise.hash_one(Instant::now()));
            self.queue.wait(pause);
        }
    }

    /// Identifies and runs the device on one line until the line is to be given up.
    fn use_line<D: Driver<Command = C, Event = V>>(
        &mut self,
        driver: &mut D,
        line: Box<dyn Transport>,
    ) -> Fault {
        let mut line = StoppableLine {
            line,
            stop: Arc::clone(&self.outlet.stop),
        };
        let mut asked_again = 0;
        loop {
            let fault = match self.identify_and_step(driver, &mut line, &mut asked_again) {
                Ok(never) => match never {},
                Err(fault) => fault,
            };
            if self.outlet.stopped() {
                return fault;
            }
            self.fail(driver, &fault);
            if !fault.kind.line_usable() || asked_again >= ASK_AGAIN {
                return fault;
            }
            asked_again += 1;
        }
    }

    fn identify_and_step<D: Driver<Command = C, Event = V>>(
        &mut self,
        driver: &mut D,
        line: &mut StoppableLine,
        asked_again: &mut u32,
    ) -> Result<std::convert::Infallible, Fault> {
        let identity = driver.identify(line)?;
        self.outlet.report(Report::Identified(identity));
        loop {
            self.outlet.condition(driver.condition());
            let Self { outlet, queue, .. } = self;
            driver.step(line, &mut || queue.next(), &mut |event| {
                outlet.report(Report::Event(event));
            })?;
            *asked_again = 0;
            self.ladder.reset();
            line.check_stop("run")?;
        }
    }

    fn fail<D: Driver<Command = C, Event = V>>(&mut self, driver: &mut D, fault: &Fault) {
        tracing::warn!(fault = %fault, source = ?fault.source, "device failed");
        driver.failed(fault, &mut |event| {
            self.outlet.report(Report::Event(event));
        });
        self.outlet.condition(fault.condition());
    }
}

/// A line on which a long wait ends when the thread is to stop.
struct StoppableLine {
    line: Box<dyn Transport>,
    stop: Arc<AtomicBool>,
}

impl StoppableLine {
    fn check_stop(&self, operation: &'static str) -> Result<(), TransportError> {
        if self.stop.load(Ordering::SeqCst) {
            return Err(TransportError {
                operation,
                device: "stopped".to_owned(),
                source: io::ErrorKind::Interrupted.into(),
            });
        }
        Ok(())
    }

    /// The next moment to look at the stop flag, not after `deadline`.
    fn step(&self, deadline: Duration) -> Duration {
        (self.line.now() + STOP_STEP).min(deadline)
    }
}

impl Transport for StoppableLine {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        loop {
            self.check_stop("read")?;
            let step = self.step(deadline);
            let count = self.line.read(buffer, step)?;
            if count > 0 || step >= deadline {
                return Ok(count);
            }
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        let mut written = 0;
        loop {
            self.check_stop("write")?;
            let step = self.step(deadline);
            written += self
                .line
                .write(bytes.get(written..).unwrap_or_default(), step)?;
            if written >= bytes.len() || step >= deadline {
                return Ok(written);
            }
        }
    }

    fn set_speed(&mut self, baud: u32) -> Result<bool, TransportError> {
        self.line.set_speed(baud)
    }
}
