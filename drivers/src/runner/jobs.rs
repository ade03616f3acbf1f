//! A device that works on numbered jobs, on a thread of its own: what a job does blocks, and is
//! cancelled from outside.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{CancelToken, Condition, Counters, Health, HealthState, Report};

/// A device as its thread uses it.
pub(crate) trait JobDevice: Send + 'static {
    /// What a job is about.
    type Work: Send + 'static;
    /// What the device has to say.
    type Event: 'static;

    /// The detail of the health while a job runs.
    const BUSY: &'static str;

    /// Asks between two jobs how the device is.
    fn look(&mut self, outlet: &mut Outlet<Self::Event>);

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
    health: Option<Health>,
    tell: Box<dyn Fn(Report<V>) + Send>,
}

impl<V> Outlet<V> {
    pub(crate) fn report(&self, report: Report<V>) {
        (self.tell)(report);
    }

    pub(crate) fn say(&self, event: V) {
        self.report(Report::Event(event));
    }

    /// Reports the health if it is another than before.
    pub(crate) fn condition(&mut self, condition: Condition) {
        let health = Health::changed(&mut self.health, condition, None, &Counters::default());
        if let Some(health) = health {
            self.report(Report::Health(health));
        }
    }
}

/// The running thread. Dropping it cancels what runs and waits for its end.
pub(crate) struct JobThread<W> {
    orders: Sender<Order<W>>,
    tokens: Tokens,
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
    /// Between jobs it is asked for its health every `poll`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start<D, M, E>(
        name: &str,
        device: D,
        poll: Duration,
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
        let outlet = Outlet {
            health: None,
            // A program that no longer listens is about to stop this thread.
            tell: Box::new(move |report| drop(events.send(map(report)))),
        };
        let known = tokens.clone();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(device, &inbox, &known, poll, outlet))?;
        Ok(Self {
            orders,
            tokens,
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
        self.tokens
            .with(|tokens| tokens.values().for_each(CancelToken::cancel));
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run<D: JobDevice>(
    mut device: D,
    inbox: &Receiver<Order<D::Work>>,
    tokens: &Tokens,
    poll: Duration,
    mut outlet: Outlet<D::Event>,
) {
    outlet.condition(Condition::new(HealthState::Starting, ""));
    loop {
        device.look(&mut outlet);
        match inbox.recv_timeout(poll) {
            Ok(Order::Work { job, work, cancel }) => {
                outlet.condition(Condition::new(HealthState::Busy, D::BUSY));
                device.work(job, work, &cancel, &mut outlet);
                tokens.with(|tokens| tokens.remove(&job));
            }
            Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
