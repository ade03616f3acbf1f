//! A kiosk without a screen that files and sends synthetic applications: it exists to be killed.
//!
//! The whole-system tests start it as a process, kill it at random moments, start it again, and hold what it printed
//! against what the city has.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use city_api::keys::SoftwareKey;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{CityClient, CityError, Outbox, OutboxEvent, Pace};
use crate::store::trial::{Synthetic, file_one};
use crate::store::{Options, Store, StoreError};

/// Why a trial ended early.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The store.
    #[error("running a trial")]
    Store(#[from] StoreError),
    /// The client could not be set up.
    #[error("running a trial")]
    City(#[from] CityError),
    /// Nobody reads what it prints.
    #[error("printing what a trial did")]
    Print(#[from] std::io::Error),
}

/// Opens the enrolled store at `database`, files `count` synthetic applications while it sends, and returns when the
/// city has acknowledged everything, also what an earlier, killed trial left.
///
/// Prints to `out`, each line at once: `stored RECEIPT ID` only after the commit, `received RECEIPT ID FILING` only
/// after the city's signed word is stored.
///
/// # Errors
/// [`TrialError`].
pub async fn run(
    database: &Path,
    city_url: &str,
    key: SoftwareKey,
    count: u32,
    synthetic: &Synthetic,
    out: &mut (dyn Write + Send),
) -> Result<(), TrialError> {
    let store = Store::open(database, Options::default())?;
    let operation = "running a trial";
    let enrolment = store
        .enrolment()?
        .ok_or(StoreError::NotEnrolled { operation })?;
    let key = Arc::new(key);
    let ca = enrolment.ca_pem.as_deref();
    let client = CityClient::new(city_url, ca, enrolment.kiosk, key.clone())?;
    let (tell, mut told) = unbounded_channel();
    let outbox = Outbox::start(
        &tokio::runtime::Handle::current(),
        store.clone(),
        Arc::new(client),
        Pace::default(),
        move |event| {
            // Nobody listens any more when the trial is over.
            let _ = tell.send(event);
        },
    );
    for _ in 0..count {
        let filed = file_one(&store, &enrolment, key.as_ref(), synthetic)?;
        writeln!(out, "stored {} {}", filed.receipt, filed.id)?;
        out.flush()?;
        outbox.wake();
        print(&mut told, out)?;
    }
    while store.outbox_state()?.waiting > 0 {
        let received = tokio::time::timeout(Duration::from_millis(50), told.recv()).await;
        if let Ok(Some(event)) = received {
            line(&event, out)?;
        }
    }
    print(&mut told, out)
}

fn print(
    told: &mut UnboundedReceiver<OutboxEvent>,
    out: &mut (dyn Write + Send),
) -> Result<(), TrialError> {
    while let Ok(event) = told.try_recv() {
        line(&event, out)?;
    }
    Ok(())
}

fn line(event: &OutboxEvent, out: &mut (dyn Write + Send)) -> Result<(), TrialError> {
    match event {
        OutboxEvent::Received {
            id,
            receipt,
            acknowledgement,
        } => writeln!(
            out,
            "received {receipt} {id} {}",
            acknowledgement.filing_number
        )?,
        OutboxEvent::Quarantined {
            id,
            receipt,
            reason,
        } => writeln!(out, "quarantined {receipt} {id} {reason}")?,
        OutboxEvent::Waiting { .. } => {}
    }
    Ok(out.flush()?)
}
