//! Watching the catalogue folder: what is dropped into it is published or refused within seconds.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::publish::{Files, Press, read_folder};
use crate::web::error::chain;

/// How often the folder is looked at.
const PAUSE: Duration = Duration::from_secs(2);
/// A bundle is issued anew before kiosks call it stale.
const REISSUE_SECONDS: i64 = 24 * 60 * 60;

/// Watches until the task is dropped.
pub(crate) async fn run(app: Arc<App>, folder: PathBuf, mut press: Press, mut known: Files) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let reading = folder.clone();
        let files = match tokio::task::spawn_blocking(move || read_folder(&reading)).await {
            Ok(Ok(files)) => files,
            Ok(Err(error)) => {
                tracing::warn!(error = %chain(&error), "the catalogue folder cannot be read");
                continue;
            }
            Err(_) => return,
        };
        let age = app
            .now()
            .duration_since(app.published().status.issued)
            .as_secs();
        if files == known && age < REISSUE_SECONDS {
            continue;
        }
        known.clone_from(&files);
        let keys = &app.keys;
        let published = press
            .publish(
                files,
                &keys.public,
                &keys.signing,
                app.store.as_ref(),
                app.now(),
            )
            .await;
        match published {
            Ok(published) => {
                tracing::info!(
                    version = published.version,
                    items = published.status.items,
                    "catalogue published"
                );
                app.set_published(published);
            }
            Err(error) => {
                tracing::error!(error = %chain(&error), "the catalogue cannot be published; the old one stays")
            }
        }
    }
}
