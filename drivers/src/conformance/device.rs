//! The device under test: its driver's thread, and what that reported.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use super::guide::Instruction;
use super::session::{Found, Session};
use crate::runner::{Condition, Fault, Health, HealthState, Identity, Report};
use crate::transport::{Transport, TransportError};

/// Events kept at most; a device that says more is not conforming, and not listened to.
const MAX_EVENTS: usize = 1000;

type Opener<'a> = Box<dyn Fn() -> Result<Box<dyn Transport>, TransportError> + 'a>;

type Start<'a, T, E> = Box<dyn Fn(Sender<Report<E>>) -> io::Result<T> + 'a>;

/// A device under test, run by a thread `T` that reports events `E`.
pub(super) struct Device<'a, T, E> {
    start: Start<'a, T, E>,
    /// Opens the bare line, where there is one; a driver says nothing until its device did.
    line: Option<Opener<'a>>,
    /// Before `inbox`, so that the thread ends first.
    thread: Option<T>,
    inbox: Receiver<Report<E>>,
    identity: Option<Identity>,
    health: Option<Health>,
    events: VecDeque<E>,
}

impl<'a, T, E> Device<'a, T, E> {
    pub(super) fn new(start: impl Fn(Sender<Report<E>>) -> io::Result<T> + 'a) -> Self {
        Self {
            start: Box::new(start),
            line: None,
            thread: None,
            inbox: mpsc::channel().1,
            identity: None,
            health: None,
            events: VecDeque::new(),
        }
    }

    /// The same on a line that `open` opens.
    pub(super) fn on(
        mut self,
        open: impl Fn() -> Result<Box<dyn Transport>, TransportError> + 'a,
    ) -> Self {
        self.line = Some(Box::new(open));
        self
    }

    /// Starts the thread anew; what was known before is forgotten.
    pub(super) fn open(&mut self) -> Result<(), String> {
        self.thread = None;
        let (events, inbox) = mpsc::channel();
        self.inbox = inbox;
        (self.identity, self.health) = (None, None);
        self.events.clear();
        let thread = (self.start)(events).map_err(|error| format!("no thread: {error}"))?;
        self.thread = Some(thread);
        Ok(())
    }

    /// The running thread; `None` before [`Self::open`].
    pub(super) fn thread(&self) -> Option<&T> {
        self.thread.as_ref()
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub(super) fn state(&self) -> HealthState {
        self.health
            .as_ref()
            .map_or(HealthState::Starting, |health| health.state)
    }

    pub(super) fn online(&self) -> bool {
        self.state() == HealthState::Online
    }

    /// Whether the device is in this condition.
    fn is(&self, wanted: &Condition) -> bool {
        let same = |health: &Health| health.state == wanted.state && health.detail == wanted.detail;
        self.health.as_ref().is_some_and(same)
    }

    /// State and reason in one word or two.
    pub(super) fn words(&self) -> String {
        let detail = self.health.as_ref().map_or("", |health| &health.detail);
        format!("{} {detail}", self.state().name())
            .trim_end()
            .to_owned()
    }

    /// Takes the first event `pick` wants, in order of their coming; those before it are gone.
    pub(super) fn take<R>(&mut self, mut pick: impl FnMut(E) -> Option<R>) -> Option<R> {
        while let Some(event) = self.events.pop_front() {
            if let Some(result) = pick(event) {
                return Some(result);
            }
        }
        None
    }

    /// Takes in what was said so far.
    pub(super) fn listen(&mut self) {
        while let Ok(report) = self.inbox.try_recv() {
            self.note(report);
        }
    }

    /// Forgets what was said so far.
    pub(super) fn forget(&mut self) {
        self.listen();
        self.events.clear();
    }

    /// Looks with `done` after every report, for `limit` at most.
    ///
    /// # Errors
    /// The device's state in words, when the time is over or the thread has ended.
    pub(super) fn until<R>(
        &mut self,
        limit: Duration,
        mut done: impl FnMut(&mut Self) -> Option<R>,
    ) -> Result<R, String> {
        let end = Instant::now() + limit;
        loop {
            if let Some(result) = done(self) {
                return Ok(result);
            }
            let left = end.saturating_duration_since(Instant::now());
            self.next(left, limit)?;
        }
    }

    /// Waits for one report, for `left` of `limit`.
    ///
    /// # Errors
    /// As of [`Self::until`].
    pub(super) fn next(&mut self, left: Duration, limit: Duration) -> Result<(), String> {
        match self.inbox.recv_timeout(left) {
            Ok(report) => {
                self.note(report);
                Ok(())
            }
            Err(_) => {
                let seconds = limit.as_secs_f32();
                Err(format!("not within {seconds:.0} s: {}", self.words()))
            }
        }
    }

    fn note(&mut self, report: Report<E>) {
        match report {
            Report::Identified(identity) => self.identity = Some(identity),
            Report::Health(health) => self.health = Some(health),
            Report::Event(event) if self.events.len() < MAX_EVENTS => self.events.push_back(event),
            Report::Event(_) => {}
        }
    }

    /// Waits until the device is ready for use.
    pub(super) fn ready(&mut self, limit: Duration) -> Result<(), String> {
        self.until(limit, |device| device.online().then_some(()))
    }

    /// Whether the device could be reached at all; `None` while that is not known.
    fn reached(&self) -> Option<Result<(), String>> {
        match self.state() {
            HealthState::Starting => self.identity.is_some().then_some(Ok(())),
            HealthState::Online | HealthState::Busy | HealthState::UserError => Some(Ok(())),
            HealthState::Offline
            | HealthState::PowerOff
            | HealthState::NoDevice
            | HealthState::HardwareError
            | HealthState::FraudAttempt
            | HealthState::PotentialFraud => Some(Err(self.words())),
        }
    }
}

/// The checks every device passes in silence; true when it is worth going on.
pub(super) fn silent<T, E>(session: &mut Session<'_>, device: &mut Device<'_, T, E>) -> bool {
    opens(session, device)
        && identifies(session, device)
        && session.check("status", |session| {
            let limit = session.limit(|limits| limits.answer);
            device.ready(limit).map(|()| device.words()).into()
        })
        && comes_back(session, device)
}

fn opens<T, E>(session: &mut Session<'_>, device: &mut Device<'_, T, E>) -> bool {
    session.check("opens", |session| {
        if let Some(line) = &device.line
            && let Err(error) = line()
        {
            return Found::Failed(Fault::opening(error).key.into_owned());
        }
        if let Err(reason) = device.open() {
            return Found::Failed(reason);
        }
        if device.line.is_some() {
            return Found::Passed(String::new());
        }
        let limit = session.limit(|limits| limits.answer);
        let reached = device.until(limit, |device| device.reached());
        reached
            .and_then(|reached| reached)
            .map(|()| String::new())
            .into()
    })
}

fn identifies<T, E>(session: &mut Session<'_>, device: &mut Device<'_, T, E>) -> bool {
    session.check("identifies", |session| {
        let limit = session.limit(|limits| limits.answer);
        let identity = device.until(limit, |device| device.identity().cloned());
        if let Ok(identity) = &identity {
            session.identified(&identity.name);
        }
        identity.map(|identity| words(&identity)).into()
    })
}

/// Opens the line anew: the device says the same of itself, and is ready in time.
fn comes_back<T, E>(session: &mut Session<'_>, device: &mut Device<'_, T, E>) -> bool {
    let before = device.identity().cloned();
    let same = session.check("same-identity", |session| {
        if let Err(reason) = device.open() {
            return Found::Failed(reason);
        }
        let limit = session.limit(|limits| limits.answer);
        match device.until(limit, |device| device.identity().cloned()) {
            Ok(identity) if Some(&identity) == before.as_ref() => Found::Passed(String::new()),
            Ok(identity) => Found::Failed(format!("now it is {}", words(&identity))),
            Err(reason) => Found::Failed(reason),
        }
    });
    same && session.check("reopens", |session| {
        let limit = session.limit(|limits| limits.recover);
        device.ready(limit).map(|()| device.words()).into()
    })
}

fn words(identity: &Identity) -> String {
    match &identity.detail {
        Some(detail) => format!("{}, {detail}", identity.name),
        None => identity.name.clone(),
    }
}

/// The cable is pulled and plugged in: both are noticed, and the device is ready in time.
pub(super) fn cable<T, E>(session: &mut Session<'_>, device: &mut Device<'_, T, E>) -> bool {
    let pulled = session.check("unplugged", |session| {
        let limit = session.limit(|limits| limits.answer);
        if let Err(reason) = device.ready(limit) {
            return Found::Failed(reason);
        }
        if let Err(found) = session.ask(Instruction::PullCable) {
            return found;
        }
        let limit = session.limit(|limits| limits.notice);
        let gone = device.until(limit, |device| device.reached().and_then(Result::err));
        gone.into()
    });
    pulled
        && session.check("plugged-in", |session| {
            if let Err(found) = session.ask(Instruction::PlugCable) {
                return found;
            }
            let start = Instant::now();
            let limit = session.limit(|limits| limits.recover);
            let ready = device.ready(limit);
            let seconds = start.elapsed().as_secs_f32();
            ready.map(|()| format!("ready after {seconds:.1} s")).into()
        })
}

/// A person does something, and the device is expected to come into a state.
pub(super) fn notices<T, E>(
    session: &mut Session<'_>,
    device: &mut Device<'_, T, E>,
    name: &'static str,
    instruction: Instruction,
    wanted: &Condition,
) -> bool {
    session.check(name, |session| {
        device.forget();
        if let Err(found) = session.ask(instruction) {
            return found;
        }
        let limit = session.limit(|limits| limits.notice);
        let seen = device.until(limit, |device| device.is(wanted).then_some(()));
        seen.map(|()| device.words()).into()
    })
}
