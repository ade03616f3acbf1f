//! The outbox's sender: one task that sends every waiting packet until the city has signed for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use city_api::acknowledgement::{Acknowledgement, SignedAcknowledgement};
use city_api::numbers::ReceiptNumber;
use city_api::time::CityTime;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{CityClient, CityError, Pace};
use crate::store::{Pending, Store, StoreError};

/// Packets looked at in one round.
const ROUND: u32 = 1_000;

/// Acknowledgements are kept for so long: a repeat of one may come late.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Old acknowledgements are looked for this often.
const FORGETS_EVERY: Duration = Duration::from_secs(24 * 3_600);

/// What the sender has to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxEvent {
    /// The city has it, and its signed word is stored here.
    Received {
        /// Id of the packet.
        id: Uuid,
        /// The number the resident holds.
        receipt: ReceiptNumber,
        /// What the city confirmed.
        acknowledgement: Box<Acknowledgement>,
    },
    /// The city called it not authentic. It is kept, and nobody waits for it.
    Quarantined {
        /// Id of the packet.
        id: Uuid,
        /// The number the resident holds.
        receipt: ReceiptNumber,
        /// Key of the reason.
        reason: &'static str,
    },
    /// An attempt failed; it is tried again.
    Waiting {
        /// Id of the packet.
        id: Uuid,
        /// Key of the reason, for example `unreachable`.
        reason: &'static str,
    },
}

/// The running sender. Dropped, it stops; what was not sent is on disk and is sent by the next one.
pub struct Outbox {
    wake: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Outbox {
    /// Starts the sender on `runtime`. It begins with what an earlier program left, and tells `tell` what happens.
    pub fn start(
        runtime: &Handle,
        store: Store,
        client: Arc<CityClient>,
        pace: Pace,
        tell: impl Fn(OutboxEvent) + Send + Sync + 'static,
    ) -> Self {
        let wake = Arc::new(Notify::new());
        let sender = Sender {
            store,
            client,
            pace,
            tell: Box::new(tell),
            wake: wake.clone(),
            away: 0,
            later: HashMap::new(),
            forgot: None,
        };
        Self {
            task: runtime.spawn(sender.run()),
            wake,
        }
    }

    /// Sends now: something was filed, or the network is back.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Runs slow work of the store beside the runtime's threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, CityError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(CityError::Setup("the program is stopping".to_owned())),
    }
}

struct Sender {
    store: Store,
    client: Arc<CityClient>,
    pace: Pace,
    tell: Box<dyn Fn(OutboxEvent) + Send + Sync>,
    wake: Arc<Notify>,
    /// Rounds in a row in which the city was away.
    away: u32,
    /// Packets that failed on their own account: attempts, and when the next is due.
    later: HashMap<Uuid, (u32, Instant)>,
    /// When old acknowledgements were forgotten last.
    forgot: Option<Instant>,
}

/// What one packet's attempt means for the round.
enum Sent {
    /// Done with this packet; go on.
    Next,
    /// The city is away; the others would fail too.
    Away,
}

impl Sender {
    async fn run(mut self) {
        loop {
            let wait = self.round().await;
            let wake = self.wake.notified();
            match wait {
                None => wake.await,
                Some(wait) => {
                    // Woken or not, the next round begins.
                    let _ = tokio::time::timeout(wait, wake).await;
                }
            }
        }
    }

    /// Sends what is due; returns how long to wait, None for until woken.
    async fn round(&mut self) -> Option<Duration> {
        self.forget().await;
        let store = self.store.clone();
        let packets = match blocking(move || store.pending(ROUND)).await {
            Ok(packets) => packets,
            Err(error) => {
                tracing::error!(error = error.key(), "the outbox cannot be read");
                return Some(self.pace.most);
            }
        };
        let mut away = false;
        for packet in &packets {
            if self.is_due(packet) && matches!(self.attempt(packet).await, Sent::Away) {
                away = true;
                break;
            }
        }
        self.away = if away { self.away.saturating_add(1) } else { 0 };
        if !packets.is_empty() {
            // Nobody waits now: empty the log, so that the next submission is one write.
            let store = self.store.clone();
            if let Err(error) = blocking(move || store.tidy()).await {
                tracing::warn!(error = error.key(), "the store could not be tidied");
            }
        }
        self.wait()
    }

    /// Forgets old acknowledgements, once a day.
    async fn forget(&mut self) {
        if self.forgot.is_some_and(|at| at.elapsed() < FORGETS_EVERY) {
            return;
        }
        self.forgot = Some(Instant::now());
        let before = CityTime::new(Timestamp::now() - KEPT);
        let store = self.store.clone();
        if let Err(error) = blocking(move || store.forget_acknowledged(before)).await {
            tracing::warn!(
                error = error.key(),
                "old acknowledgements could not be forgotten"
            );
        }
    }

    fn is_due(&self, packet: &Pending) -> bool {
        self.later
            .get(&packet.fields.id)
            .is_none_or(|(_, due)| *due <= Instant::now())
    }

    /// How long nothing is to be done.
    fn wait(&self) -> Option<Duration> {
        if self.away > 0 {
            return Some(self.pace.wait(self.away, rand::random()));
        }
        let due = self.later.values().map(|(_, due)| *due).min()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    async fn attempt(&mut self, packet: &Pending) -> Sent {
        let result = match self.client.send(&self.store, packet).await {
            Ok(signed) => self.accept(packet, signed).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(()) => Sent::Next,
            Err(error) if error.is_final() => {
                self.set_aside(packet, error.key()).await;
                Sent::Next
            }
            Err(error) => {
                self.note(packet, &error).await;
                if error.is_away() {
                    Sent::Away
                } else {
                    self.defer(packet.fields.id);
                    Sent::Next
                }
            }
        }
    }

    /// Believes an acknowledgement only when the enrolled city signed it for exactly this header; then the sealed copy
    /// goes, in the same commit in which the acknowledgement comes.
    async fn accept(
        &mut self,
        packet: &Pending,
        signed: SignedAcknowledgement,
    ) -> Result<(), CityError> {
        let (id, receipt) = (packet.fields.id, packet.fields.receipt);
        let store = self.store.clone();
        let acknowledgement = blocking(move || {
            let operation = "storing an acknowledgement";
            let enrolment = store
                .enrolment()?
                .ok_or(StoreError::NotEnrolled { operation })?;
            let now = CityTime::new(Timestamp::now());
            store.acknowledge(id, &signed, &enrolment.city_keys.signing, now)
        })
        .await?;
        self.later.remove(&id);
        (self.tell)(OutboxEvent::Received {
            id,
            receipt,
            acknowledgement: Box::new(acknowledgement),
        });
        Ok(())
    }

    async fn set_aside(&mut self, packet: &Pending, reason: &'static str) {
        let (id, receipt) = (packet.fields.id, packet.fields.receipt);
        let store = self.store.clone();
        match blocking(move || store.quarantine(id, reason)).await {
            Ok(()) => {
                self.later.remove(&id);
                (self.tell)(OutboxEvent::Quarantined {
                    id,
                    receipt,
                    reason,
                });
            }
            Err(error) => {
                tracing::error!(error = error.key(), "a packet could not be quarantined");
                self.defer(id);
            }
        }
    }

    async fn note(&self, packet: &Pending, error: &CityError) {
        let (id, reason) = (packet.fields.id, error.key());
        tracing::warn!(packet = %id, reason, "a packet could not be sent");
        let store = self.store.clone();
        if let Err(error) = blocking(move || store.note_attempt(id, reason)).await {
            tracing::warn!(error = error.key(), "an attempt could not be noted");
        }
        (self.tell)(OutboxEvent::Waiting { id, reason });
    }

    fn defer(&mut self, id: Uuid) {
        let (attempts, due) = self.later.entry(id).or_insert((0, Instant::now()));
        *attempts = attempts.saturating_add(1);
        *due = Instant::now() + self.pace.wait(*attempts, rand::random());
    }
}
