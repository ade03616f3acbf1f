//! The desk: one thread for what needs the store or takes its time.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use kiosk_core::service::{Answer, DeviceFacts, PinAnswer};
use kiosk_core::{AskId, Event, Secret};
use kiosk_drivers::receipt_printer::PaperUse;

use super::entrance::Entrance;
use super::{Machine, facts, pin};
use crate::clock::{Clock, moment};
use crate::shell::Message;
use crate::store::{DeviceEventRecord, Store, StoreError};
use crate::work::chain;

/// One piece of the desk's work.
pub(super) enum Task {
    /// Say whether the entrance is open.
    Entrance(AskId),
    /// Compare a PIN.
    CheckPin(AskId, Secret),
    /// Complete the facts; the last says whether the roll is near its end.
    Look(AskId, Vec<DeviceFacts>, Machine, bool),
    /// A new roll of so many metres.
    Roll(AskId, u16),
    /// Note what happened to a device.
    Event(DeviceEventRecord),
    /// Paper was used, or a slip came out.
    Paper(PaperUse, u32),
    /// Add one to this counter.
    Count(&'static str),
    /// The service was left.
    Left,
}

/// The running desk; dropped, it finishes what it was given.
pub struct Desk {
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<()>>,
}

impl Desk {
    pub(super) fn start(store: Store, clock: Clock, inbox: Sender<Message>) -> io::Result<Self> {
        let (tasks, waiting) = mpsc::channel();
        let worker = Worker {
            entrance: Entrance::new(store.clone(), clock.now().up),
            disk: store.path().to_owned(),
            store,
            clock,
            inbox,
        };
        let thread = std::thread::Builder::new()
            .name("service".to_owned())
            .spawn(move || worker.run(&waiting))?;
        Ok(Self {
            tasks: Some(tasks),
            thread: Some(thread),
        })
    }

    pub(super) fn send(&self, task: Task) {
        if let Some(tasks) = &self.tasks
            && tasks.send(task).is_err()
        {
            tracing::error!("the service's thread has ended");
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the service's thread has ended by a fault");
        }
    }
}

struct Worker {
    store: Store,
    entrance: Entrance,
    disk: PathBuf,
    clock: Clock,
    inbox: Sender<Message>,
}

impl Worker {
    fn run(mut self, tasks: &Receiver<Task>) {
        while let Ok(task) = tasks.recv() {
            if let Err(error) = self.work(task) {
                tracing::error!("{}", chain(&error));
            }
        }
    }

    fn work(&mut self, task: Task) -> Result<(), StoreError> {
        match task {
            Task::Entrance(ask) => {
                let answer = self.entrance.stands(self.clock.now().up);
                let answer = answer.unwrap_or_else(|error| failed(&error));
                self.answer(ask, Answer::Pin(answer));
            }
            Task::CheckPin(ask, typed) => self.check(ask, &typed),
            Task::Look(ask, devices, machine, near_end) => {
                let now = self.clock.now().civil;
                let facts =
                    facts::complete(&self.store, &self.disk, devices, machine, near_end, now)?;
                self.answer(ask, Answer::Facts(Box::new(facts)));
            }
            Task::Roll(ask, metres) => {
                let length = u32::from(metres) * 1000;
                let kept = self.store.replace_roll(length, self.second());
                self.answer(ask, Answer::RollKept(kept.is_ok()));
                kept?;
                self.note("receipt-printer", "paper_replaced", &metres.to_string());
            }
            Task::Event(event) => self.store.note_device_event(&event)?,
            Task::Paper(used, slips) => self.store.add_paper(&used, slips)?,
            Task::Count(name) => self.store.add_to_counter(name, 1)?,
            Task::Left => {}
        }
        Ok(())
    }

    fn check(&mut self, ask: AskId, typed: &Secret) {
        let now = self.clock.now().up;
        let answer = self.entrance.check(typed.reveal(), now, pin::verify);
        let answer = answer.unwrap_or_else(|error| failed(&error));
        self.answer(ask, Answer::Pin(answer));
        let what = match answer {
            PinAnswer::Right => "entered",
            PinAnswer::Wrong { .. } => "pin_wrong",
            PinAnswer::Locked { .. } | PinAnswer::LockedHard => "pin_locked",
            PinAnswer::Ask | PinAnswer::NoneSet | PinAnswer::Failed => return,
        };
        self.note("service", what, "");
    }

    fn note(&self, device: &str, what: &str, detail: &str) {
        let event = DeviceEventRecord {
            time: self.second(),
            device: device.to_owned(),
            what: what.to_owned(),
            detail: detail.to_owned(),
        };
        if let Err(error) = self.store.note_device_event(&event) {
            tracing::error!("{}", chain(&error));
        }
    }

    fn second(&self) -> i64 {
        moment(self.clock.now().civil).as_second()
    }

    fn answer(&self, ask: AskId, answer: Answer) {
        // A loop that has ended asks nothing any more.
        let _ = self
            .inbox
            .send(Message::Core(Event::Service { ask, answer }));
    }
}

/// Nobody is let in when it cannot be counted or compared; the reason holds no digit.
fn failed(error: &dyn std::error::Error) -> PinAnswer {
    tracing::error!("{}", chain(error));
    PinAnswer::Failed
}
