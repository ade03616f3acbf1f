//! Desks: threads that own a connection each and work off jobs one by one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::{StoreError, Stored};

type Job<C> = Box<dyn FnOnce(&mut C) + Send>;

/// Threads that take jobs from one queue, each with a connection `C` of its own.
#[derive(Debug)]
pub(in crate::store) struct Desks<C> {
    /// None once they are told to end.
    jobs: Option<Mutex<Sender<Job<C>>>>,
    threads: Vec<JoinHandle<()>>,
}

impl<C> Drop for Desks<C> {
    /// Waits until every connection is closed: whoever stops a city may move its database right after.
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            if thread.thread().id() != std::thread::current().id() {
                // A transaction that falls over is caught, so a thread ends well.
                let _ = thread.join();
            }
        }
    }
}

impl<C: Send + 'static> Desks<C> {
    /// A thread for every connection; they end with the desks.
    pub(in crate::store) fn start(connections: impl IntoIterator<Item = C>) -> Self {
        let (jobs, inbox) = channel::<Job<C>>();
        let inbox = Arc::new(Mutex::new(inbox));
        let at_work = |mut connection: C| {
            let inbox = Arc::clone(&inbox);
            std::thread::spawn(move || {
                while let Some(job) = next(&inbox) {
                    // Its transaction is rolled back on the way out and its asker hears of it; the next one goes on.
                    let done = catch_unwind(AssertUnwindSafe(|| job(&mut connection)));
                    if done.is_err() {
                        tracing::error!("a transaction fell over");
                    }
                }
            })
        };
        Self {
            threads: connections.into_iter().map(at_work).collect(),
            jobs: Some(Mutex::new(jobs)),
        }
    }

    /// Has the work done by the first thread that is free.
    ///
    /// # Errors
    /// What the work fails with, named by `operation`; [`StoreError::Ended`] when no thread is left.
    pub(in crate::store) async fn call<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut C) -> Stored<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job<C> = Box::new(move |connection| {
            // Nobody waits any more when the request was dropped; the work is done all the same.
            let _ = answer.send(work(connection));
        });
        let jobs = self.jobs.as_ref().ok_or(StoreError::Ended)?;
        jobs.lock()
            .map_err(|_| StoreError::Ended)?
            .send(job)
            .map_err(|_| StoreError::Ended)?;
        answered
            .await
            .map_err(|_| StoreError::Ended)?
            .map_err(|error| error.during(operation))
    }
}

/// None when the desks are gone.
fn next<C>(inbox: &Mutex<Receiver<Job<C>>>) -> Option<Job<C>> {
    inbox.lock().ok()?.recv().ok()
}

#[cfg(test)]
mod tests {
    use super::Desks;
    use crate::store::StoreError;

    #[tokio::test]
    async fn one_transaction_falls_over_and_the_next_is_carried_out() {
        let desks = Desks::start([1]);
        let fallen = desks.call("falling", |_: &mut i32| -> Result<(), StoreError> {
            panic!("by a mistake")
        });
        assert!(matches!(fallen.await, Err(StoreError::Ended)));
        let next = desks.call("going on", |held: &mut i32| Ok(*held));
        assert_eq!(next.await.unwrap(), 1);
    }
}
