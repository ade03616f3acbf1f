//! The chain over events: the city seals it by itself, an auditor verifies it from the rows.
//!
//! What the database says of itself proves nothing against whoever can write to it. So every kiosk keeps the heads it
//! was told with its heartbeats, and [`verify`] takes them too.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use city_api::digest::Sha256;
use city_api::event_chain::EventHead;

use crate::admin::AdminError;
use crate::app::App;
use crate::config::Database;
use crate::store::{ChainRow, Store, StoreError, event_hash};
use crate::web::error::chain;

/// How often new events are looked for: a kiosk hears of an event with the heartbeat after that.
const PAUSE: Duration = Duration::from_secs(1);
/// Events sealed in one transaction; others that write wait for it on SQLite.
const BATCH: u32 = 500;
/// Places read at once.
const PAGE: u32 = 5_000;

/// Seals until the task is dropped.
pub(crate) async fn run(app: Arc<App>) {
    loop {
        match app.store.seal_events(BATCH).await {
            Ok(BATCH) => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = %chain(&error), "the events are not sealed; again later");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What became of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// Its newest place; None before the first event.
    pub head: Option<EventHead>,
    /// Events that are written and not sealed yet.
    pub waiting: u64,
    /// The first thing that does not fit; None when all does.
    pub fault: Option<ChainFault>,
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The row of the event, or its hash, is not what was sealed.
    #[error("event {event}, place {sequence}: the row is not the one that was sealed")]
    Changed {
        /// Place in the chain.
        sequence: u64,
        /// Number of the event.
        event: i64,
    },
    /// The event was deleted.
    #[error("event {event}, place {sequence}: the row is gone")]
    Gone {
        /// Place in the chain.
        sequence: u64,
        /// Number of the event.
        event: i64,
    },
    /// The chain itself has no such place.
    #[error("place {sequence} is not in the chain")]
    Hole {
        /// Place in the chain.
        sequence: u64,
    },
    /// An event was put in among those that were sealed.
    #[error("event {event} is not in the chain, and those before and after it are")]
    PutIn {
        /// Number of the event.
        event: i64,
    },
    /// The rows fit each other and not what somebody kept.
    #[error("place {sequence} is not as it was kept; the last place that is: {}",
        .fits.map_or_else(|| "none".to_owned(), |place| place.to_string()))]
    Rewritten {
        /// Place of the kept head.
        sequence: u64,
        /// The last kept head before it that fits; what was changed lies after it.
        fits: Option<u64>,
    },
    /// The chain ends before what somebody kept.
    #[error("place {sequence} was kept, and the chain ends before it")]
    CutOff {
        /// Place of the kept head.
        sequence: u64,
    },
}

/// Recomputes the chain of a database from its rows, and holds it against heads that were kept elsewhere. The city may
/// serve at the same time.
///
/// # Errors
/// [`AdminError`] when the database cannot be opened or read. That something does not fit is in the report.
pub fn verify(database: &Database, kept: &[EventHead]) -> Result<ChainReport, AdminError> {
    let store = Store::open(database)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(AdminError::Runtime)?;
    Ok(runtime.block_on(walk(&store, kept))?)
}

async fn walk(store: &Store, kept: &[EventHead]) -> Result<ChainReport, StoreError> {
    let mut walk = Walk {
        kept: BTreeMap::new(),
        head: None,
        fits: None,
    };
    for head in kept {
        let hashes = walk.kept.entry(head.sequence).or_default();
        hashes.push(head.hash);
    }
    let mut fault = None;
    while fault.is_none() {
        let after = walk.head.map_or(0, |head| head.sequence);
        let rows = store.chain_rows(after, PAGE).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            fault = walk.step(&row)?;
            if fault.is_some() {
                break;
            }
        }
    }
    let (put_in, waiting) = store.beside_chain().await?;
    let fault = fault
        .or_else(|| walk.cut_off())
        .or_else(|| put_in.map(|event| ChainFault::PutIn { event }));
    Ok(ChainReport {
        head: walk.head,
        waiting,
        fault,
    })
}

/// How far the chain was recomputed.
struct Walk {
    /// Several where a city contradicted itself.
    kept: BTreeMap<u64, Vec<Sha256>>,
    head: Option<EventHead>,
    fits: Option<u64>,
}

impl Walk {
    fn step(&mut self, row: &ChainRow) -> Result<Option<ChainFault>, StoreError> {
        let (sequence, event) = (row.sequence, row.event);
        let expected = self.head.map_or(1, |head| head.sequence + 1);
        if sequence != expected {
            return Ok(Some(ChainFault::Hole { sequence: expected }));
        }
        let Some(content) = &row.content else {
            return Ok(Some(ChainFault::Gone { sequence, event }));
        };
        let previous = self.head.map(|head| head.hash);
        let hash = event_hash(content, previous.as_ref())?;
        if row.hash != Some(hash) {
            return Ok(Some(ChainFault::Changed { sequence, event }));
        }
        self.head = Some(EventHead { sequence, hash });
        match self.kept.get(&sequence) {
            Some(kept) if kept.iter().any(|kept| *kept != hash) => {
                let fits = self.fits;
                Ok(Some(ChainFault::Rewritten { sequence, fits }))
            }
            Some(_) => {
                self.fits = Some(sequence);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// The first kept head beyond the chain's end.
    fn cut_off(&self) -> Option<ChainFault> {
        let end = self.head.map_or(0, |head| head.sequence);
        let beyond = self.kept.keys().find(|kept| **kept > end);
        beyond.map(|sequence| ChainFault::CutOff {
            sequence: *sequence,
        })
    }
}
