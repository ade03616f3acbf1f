//! Watching the catalogue folder: what is dropped into it is published or refused within seconds.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::publish::{Files, Press, PublishError, read_folder};
use crate::store::REISSUE_MILLIS;
use crate::web::error::chain;

/// How often the folder is looked at.
const PAUSE: Duration = Duration::from_secs(2);

/// The catalogue folder and what is known of it.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The folder.
    pub folder: PathBuf,
    /// What checks and signs.
    pub press: Press,
    /// The content that was published or refused.
    pub known: Files,
}

/// Watches until the task is dropped.
pub(crate) async fn run(app: Arc<App>, mut watch: Watch) {
    loop {
        tokio::time::sleep(PAUSE).await;
        watch.look(&app).await;
    }
}

impl Watch {
    /// Looks once and publishes what is new.
    async fn look(&mut self, app: &App) {
        let folder = self.folder.clone();
        let files = match tokio::task::spawn_blocking(move || read_folder(&folder)).await {
            Ok(Ok(files)) => files,
            Ok(Err(error)) => {
                tracing::warn!(error = %chain(&error), "the catalogue folder cannot be read");
                return;
            }
            Err(error) => {
                tracing::error!(%error, "reading the catalogue folder broke off");
                return;
            }
        };
        let age = app.now().duration_since(app.published().status.issued);
        let behind = match self.press.is_behind(&app.store).await {
            Ok(behind) => behind,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "versions written here cannot be looked for");
                false
            }
        };
        if behind || files != self.known || age.as_millis() >= i128::from(REISSUE_MILLIS) {
            self.publish(app, files).await;
        }
    }

    async fn publish(&mut self, app: &App, files: Files) {
        let keys = &app.keys;
        let offered = files.clone();
        let store = app.store.as_ref();
        let published = self
            .press
            .publish(files, &keys.public, &keys.signing, store, app.now())
            .await;
        match published {
            Ok(published) => {
                self.known = offered;
                tracing::info!(
                    version = published.version,
                    items = published.status.items,
                    "catalogue published"
                );
                app.set_published(published);
            }
            Err(error) => {
                // What is refused stays so until it changes; any other failure is tried again.
                if matches!(error, PublishError::Refused(_)) {
                    self.known = offered;
                }
                tracing::error!(error = %chain(&error), "the catalogue cannot be published; the old one stays");
            }
        }
    }
}

#[cfg(all(test, feature = "sample-city"))]
mod tests {
    use super::Watch;
    use crate::config::CityConfig;
    use crate::publish::{Press, read_folder};

    #[tokio::test]
    async fn the_database_failed_once_and_the_catalogue_is_published_at_the_next_look() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let config = CityConfig::in_folder(folder.path());
        let app = crate::city::open(&config, "http://city", None, None)
            .await
            .unwrap();
        let mut watch = Watch {
            folder: config.catalogue.clone(),
            press: Press::new(&config.catalogue),
            known: read_folder(&config.catalogue).unwrap(),
        };
        let calendar = config.catalogue.join("holidays.json");
        let mut text = std::fs::read_to_string(&calendar).unwrap();
        text.push('\n');
        std::fs::write(
            &calendar,
            text.replace("\"name\": \"元旦\"", "\"name\": \"新年\""),
        )
        .unwrap();

        let crate::Database::Sqlite(path) = &config.database else {
            panic!("a city in a folder is on SQLite");
        };
        let database = rusqlite::Connection::open(path).unwrap();
        let rename = |from: &str, to: &str| {
            let sql = format!("ALTER TABLE {from} RENAME TO {to}");
            database.execute_batch(&sql).unwrap();
        };
        rename("bundle", "gone");
        watch.look(&app).await;
        assert_eq!(app.published().version, 1);
        rename("gone", "bundle");
        watch.look(&app).await;
        assert_eq!(app.published().version, 2);
    }
}
