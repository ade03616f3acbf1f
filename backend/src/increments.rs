//! Increments of the bundle in force: made once for each version that kiosks hold, however many of them ask at once.

use std::collections::BTreeMap;

use axum::body::Bytes;
use tokio::sync::Mutex;

use city_api::bundle::{Bundle, SignedBundle};
use city_api::increment::Increment;

use crate::publish::unkept;
use crate::store::Store;
use crate::web::error::{Answer, internal};

/// Most increments kept; kiosks that were away for longer than that many versions have theirs made anew.
const MOST: usize = 16;

/// Increments to one bundle as JSON, by the version they begin at.
#[derive(Debug, Default)]
pub(crate) struct Increments(Mutex<BTreeMap<u64, Bytes>>);

impl Increments {
    /// The increment from version `from` to `bundle`; None when that version is not kept any more.
    ///
    /// # Errors
    /// When the store fails, or a bundle in it cannot be read.
    pub(crate) async fn to(
        &self,
        bundle: &SignedBundle,
        from: u64,
        store: &Store,
    ) -> Answer<Option<Bytes>> {
        // Whoever asks meanwhile waits for the one that is being made.
        let mut made = self.0.lock().await;
        if let Some(increment) = made.get(&from) {
            return Ok(Some(increment.clone()));
        }
        let Some(old) = store.bundle(from).await? else {
            return Ok(None);
        };
        let bundle = bundle.clone();
        // Comparing two catalogues is work for the processor: it must not hold up other requests.
        let increment = tokio::task::spawn_blocking(move || between(&old, &bundle));
        let increment = increment.await.map_err(|error| internal(&error))?;
        let increment = increment.map_err(|error| internal(&error))?;
        if made.len() >= MOST {
            made.pop_first();
        }
        made.insert(from, increment.clone());
        Ok(Some(increment))
    }
}

fn between(old: &[u8], bundle: &SignedBundle) -> Result<Bytes, serde_json::Error> {
    let mut new: Bundle = serde_json::from_slice(&bundle.bytes)?;
    let old = unkept(old, &mut new)?;
    let increment = Increment::between(&old, &new, &bundle.signature)?;
    serde_json::to_vec(&increment).map(Bytes::from)
}
