//! The object store: sealed parts by their hash, and result documents.
//!
//! A folder by default; with the feature `s3` a bucket of an S3 service.
//!
//! A part that comes in several requests waits as chunk objects; it becomes a part only when all bytes are there
//! and have the hash. So every object is written once, and S3 will do as well as a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use sha2::{Digest, Sha256};

use crate::config::BlobPlace;

/// Folder of the chunks of parts that are not complete.
pub const UPLOADS: &str = "incoming";
/// Folder of the parts.
const PARTS: &str = "parts";
/// Folder of the parts that no packet named when they were last looked at.
const ASIDE: &str = "orphans";
/// Folder of the documents.
const DOCUMENTS: &str = "documents";

/// What went wrong with the object store.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The folder cannot be made or read.
    #[error("opening the folder of blobs {path}")]
    Open {
        /// The folder.
        path: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// Reading or writing an object failed.
    #[error("{operation} in the object store")]
    Store {
        /// What was done.
        operation: &'static str,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// The bucket's name or its settings are no good.
    #[error("opening the bucket of blobs {url}")]
    Bucket {
        /// The bucket.
        url: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// This build has no S3.
    #[error("opening the bucket of blobs {url}: this build has no S3 (feature `s3`)")]
    NoS3 {
        /// The bucket.
        url: String,
    },
    /// The folder cannot be made or read.
    #[error("{operation} in the folder of blobs: {path}")]
    Folder {
        /// What was done.
        operation: &'static str,
        /// The folder.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Nothing is here.
    Absent,
    /// The first bytes are here.
    Partial(u64),
    /// All bytes are here and have the hash.
    Complete(u64),
}

/// What a chunk led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// More is to come from this offset.
    More(u64),
    /// The part is complete.
    Complete,
    /// The chunk does not begin where the bytes end; they end here.
    WrongOffset(u64),
    /// All bytes came and their hash is another; they are thrown away.
    HashMismatch,
}

/// The city's object store.
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    objects: Arc<dyn ObjectStore>,
    /// The folder that holds them; None for a bucket.
    local: Option<LocalFileSystem>,
}

/// An object as a sweep sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its last name: the hash of a part, the name of a document.
    pub name: String,
    /// When it was written.
    pub written: Timestamp,
}

impl Blobs {
    /// Opens the place; a folder that is not there is made.
    ///
    /// # Errors
    /// [`BlobError`] when it cannot be opened, or this build cannot.
    pub(crate) fn open(place: &BlobPlace) -> Result<Self, BlobError> {
        match place {
            BlobPlace::Folder(path) => Self::folder(path),
            #[cfg(feature = "s3")]
            BlobPlace::S3 { url, options } => Self::bucket(url, options),
            #[cfg(not(feature = "s3"))]
            BlobPlace::S3 { url, .. } => Err(BlobError::NoS3 { url: url.clone() }),
        }
    }

    /// A bucket as object store: credentials and region come from `options`, else from the environment (`AWS_…`).
    #[cfg(feature = "s3")]
    fn bucket(url: &str, options: &[(String, String)]) -> Result<Self, BlobError> {
        let wrong = |source| BlobError::Bucket {
            url: url.to_owned(),
            source,
        };
        let mut builder = object_store::aws::AmazonS3Builder::from_env()
            .with_url(url)
            // A kiosk waits for the answer and sends again by itself.
            .with_retry(object_store::RetryConfig {
                max_retries: 2,
                retry_timeout: std::time::Duration::from_secs(5),
                ..object_store::RetryConfig::default()
            })
            // Not every S3 service knows the deletion of many at once.
            .with_disable_bulk_delete(true);
        for (key, value) in options {
            builder = builder.with_config(key.parse().map_err(wrong)?, value);
        }
        let bucket = builder.build().map_err(wrong)?;
        let rest = url.trim_start_matches("s3://").split_once('/');
        let prefix = rest.map_or("", |(_, prefix)| prefix);
        Ok(Self {
            objects: Arc::new(object_store::prefix::PrefixStore::new(bucket, prefix)),
            local: None,
        })
    }

    /// A folder as object store; made when it is not there. Every object is synced to disk before its row.
    ///
    /// # Errors
    /// [`BlobError`] when the folder cannot be made.
    pub(crate) fn folder(path: &Path) -> Result<Self, BlobError> {
        let name = path.display().to_string();
        std::fs::create_dir_all(path).map_err(|source| BlobError::Folder {
            operation: "making",
            path: name.clone(),
            source,
        })?;
        let local = LocalFileSystem::new_with_prefix(path)
            .map_err(|source| BlobError::Open { path: name, source })?;
        let local = local.with_fsync(true);
        Ok(Self {
            objects: Arc::new(local.clone()),
            local: Some(local),
        })
    }

    /// Whether the store can be reached.
    ///
    /// # Errors
    /// [`BlobError::Folder`] or [`BlobError::Store`] when it cannot be read.
    pub(crate) async fn answers(&self) -> Result<(), BlobError> {
        let Some(local) = self.local.clone() else {
            // A bucket says that an object is not there; one that does not answer says nothing.
            return self.is_there(&document_key("ready")).await.map(drop);
        };
        // The object store takes a folder that is gone for an empty one.
        let read = move || {
            let folder = file(&local, &Key::default(), FOLDER)?;
            std::fs::read_dir(&folder)
                .map(drop)
                .map_err(folder_failed(FOLDER, &folder))
        };
        waiting(FOLDER, read).await
    }

    /// Which of these parts are not complete here.
    ///
    /// # Errors
    /// [`BlobError`] when the store cannot be read.
    pub(crate) async fn missing(&self, names: Vec<String>) -> Result<Vec<String>, BlobError> {
        let Some(local) = self.local.clone() else {
            let mut missing = Vec::new();
            for name in names {
                if !self.is_there(&part_key(&name)).await? {
                    missing.push(name);
                }
            }
            return Ok(missing);
        };
        // All of them in one turn of a thread: a filing asks for each of its parts.
        let look = move || {
            let mut missing = Vec::new();
            for name in names {
                let path = file(&local, &part_key(&name), LOOKING)?;
                let is_there = path.try_exists().map_err(folder_failed(LOOKING, &path))?;
                if !is_there {
                    missing.push(name);
                }
            }
            Ok(missing)
        };
        waiting(LOOKING, look).await
    }

    /// How far the part of this hash is.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn progress(&self, sha256: &str) -> Result<Progress, BlobError> {
        match self.objects.head(&part_key(sha256)).await {
            Ok(meta) => return Ok(Progress::Complete(meta.size)),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(source) => return Err(failed("looking for a part")(source)),
        }
        let held = contiguous(&self.chunks(sha256).await?);
        Ok(if held == 0 {
            Progress::Absent
        } else {
            Progress::Partial(held)
        })
    }

    /// Takes the bytes from offset `first` of a part of `total` bytes.
    ///
    /// A chunk that is already here is taken again without harm: the kiosk may not have heard the answer.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read or written.
    pub(crate) async fn receive(
        &self,
        sha256: &str,
        first: u64,
        total: u64,
        bytes: Vec<u8>,
    ) -> Result<Received, BlobError> {
        let held = match self.progress(sha256).await? {
            Progress::Complete(_) => return Ok(Received::Complete),
            Progress::Partial(held) => held,
            Progress::Absent => 0,
        };
        if held >= total {
            // The last chunk was written and the city fell before it joined them.
            let whole = self.join(sha256).await?;
            return self.complete(sha256, whole).await;
        }
        if first > held {
            return Ok(Received::WrongOffset(held));
        }
        let end = first + bytes.len() as u64;
        if first == 0 && end == total {
            return self.complete(sha256, bytes).await;
        }
        if end <= held {
            return Ok(Received::More(held));
        }
        if first < held {
            return Ok(Received::WrongOffset(held));
        }
        self.put("writing a chunk", &chunk_key(sha256, first), bytes)
            .await?;
        if end < total {
            return Ok(Received::More(end));
        }
        let whole = self.join(sha256).await?;
        self.complete(sha256, whole).await
    }

    async fn complete(&self, sha256: &str, whole: Vec<u8>) -> Result<Received, BlobError> {
        let sound = hex::encode(Sha256::digest(&whole)) == sha256;
        if sound {
            self.put("writing a part", &part_key(sha256), whole).await?;
        }
        self.drop_chunks(sha256).await?;
        Ok(if sound {
            Received::Complete
        } else {
            Received::HashMismatch
        })
    }

    /// The bytes of a complete part; None when it is not here.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn part(&self, sha256: &str) -> Result<Option<Vec<u8>>, BlobError> {
        let found = self.get(READING, &part_key(sha256)).await?;
        if found.is_some() {
            return Ok(found);
        }
        // A sweep put it aside in the moment its packet came.
        self.get("reading a part put aside", &aside_key(sha256))
            .await
    }

    /// The same for a thread that may wait ([`tokio::task::spawn_blocking`]): a folder is read at once.
    ///
    /// # Errors
    /// [`BlobError`] when the store cannot be read.
    pub(crate) fn part_waiting(&self, sha256: &str) -> Result<Option<Vec<u8>>, BlobError> {
        let Some(local) = &self.local else {
            return tokio::runtime::Handle::current().block_on(self.part(sha256));
        };
        for key in [part_key(sha256), aside_key(sha256)] {
            let path = file(local, &key, READING)?;
            match std::fs::read(&path) {
                Ok(bytes) => return Ok(Some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(folder_failed(READING, &path)(error)),
            }
        }
        Ok(None)
    }

    /// Whether a complete part of this hash is here, or put aside.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn holds(&self, sha256: &str) -> Result<bool, BlobError> {
        Ok(self.is_there(&part_key(sha256)).await? || self.is_there(&aside_key(sha256)).await?)
    }

    /// Whether a document of this name is here.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn holds_document(&self, name: &str) -> Result<bool, BlobError> {
        self.is_there(&document_key(name)).await
    }

    async fn is_there(&self, key: &Key) -> Result<bool, BlobError> {
        match self.objects.head(key).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(failed("looking for an object")(source)),
        }
    }

    /// Puts a part aside: it is read as before, and counts as absent for a kiosk that asks.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read or written.
    pub(crate) async fn put_aside(&self, sha256: &str) -> Result<(), BlobError> {
        self.rename(&part_key(sha256), &aside_key(sha256)).await
    }

    /// Puts a part back that was put aside.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read or written.
    pub(crate) async fn put_back(&self, sha256: &str) -> Result<(), BlobError> {
        self.rename(&aside_key(sha256), &part_key(sha256)).await
    }

    /// Written anew, so that its age begins with the move; the old one goes last.
    async fn rename(&self, from: &Key, to: &Key) -> Result<(), BlobError> {
        if let Some(bytes) = self.get("reading an object to move", from).await? {
            self.put("moving an object", to, bytes).await?;
            self.drop_object(from).await?;
        }
        Ok(())
    }

    /// Removes a part that was put aside; one that is not here is no error.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be written.
    pub(crate) async fn drop_aside(&self, sha256: &str) -> Result<(), BlobError> {
        self.drop_object(&aside_key(sha256)).await
    }

    /// Removes a document; one that is not here is no error.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be written.
    pub(crate) async fn drop_document(&self, name: &str) -> Result<(), BlobError> {
        self.drop_object(&document_key(name)).await
    }

    async fn drop_object(&self, key: &Key) -> Result<(), BlobError> {
        match self.objects.delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(failed("removing an object")(source)),
        }
    }

    /// The groups in which complete parts are kept; [`Blobs::listed`] lists one.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn part_groups(&self) -> Result<Vec<Key>, BlobError> {
        self.folders(PARTS).await
    }

    /// The groups in which documents are kept.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn document_groups(&self) -> Result<Vec<Key>, BlobError> {
        self.folders(DOCUMENTS).await
    }

    /// The parts that were put aside.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn aside(&self) -> Result<Vec<Listed>, BlobError> {
        self.listed(&Key::from(ASIDE)).await
    }

    async fn folders(&self, root: &str) -> Result<Vec<Key>, BlobError> {
        let root = Key::from(root);
        let listed = self.objects.list_with_delimiter(Some(&root)).await;
        Ok(listed.map_err(failed("listing folders"))?.common_prefixes)
    }

    /// The objects of a folder.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn listed(&self, folder: &Key) -> Result<Vec<Listed>, BlobError> {
        let listed = self.objects.list_with_delimiter(Some(folder)).await;
        let objects = listed.map_err(failed("listing objects"))?.objects;
        let read = |meta: &object_store::ObjectMeta| {
            let written = Timestamp::from_millisecond(meta.last_modified.timestamp_millis());
            Some(Listed {
                name: meta.location.filename()?.to_owned(),
                written: written.ok()?,
            })
        };
        Ok(objects.iter().filter_map(read).collect())
    }

    /// Hashes of parts that are not complete, with the time the last chunk came.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn uploads(&self) -> Result<BTreeMap<String, Timestamp>, BlobError> {
        let mut found = BTreeMap::new();
        for folder in self.folders(UPLOADS).await? {
            let newest = self
                .listed(&folder)
                .await?
                .into_iter()
                .map(|chunk| chunk.written)
                .max();
            if let (Some(name), Some(newest)) = (folder.filename(), newest) {
                found.insert(name.to_owned(), newest);
            }
        }
        Ok(found)
    }

    /// Drops a part that is needed no more; one that is not here is no error.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be written.
    pub(crate) async fn drop_part(&self, sha256: &str) -> Result<(), BlobError> {
        self.drop_object(&part_key(sha256)).await
    }

    /// Stores an encrypted document and returns its name.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be written.
    pub(crate) async fn put_document(&self, encrypted: Vec<u8>) -> Result<String, BlobError> {
        let name = hex::encode(Sha256::digest(&encrypted));
        self.put("writing a document", &document_key(&name), encrypted)
            .await?;
        Ok(name)
    }

    /// The encrypted document of this name; None when it is not here.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read.
    pub(crate) async fn document(&self, name: &str) -> Result<Option<Vec<u8>>, BlobError> {
        self.get("reading a document", &document_key(name)).await
    }

    async fn put(
        &self,
        operation: &'static str,
        key: &Key,
        bytes: Vec<u8>,
    ) -> Result<(), BlobError> {
        self.objects
            .put(key, PutPayload::from(bytes))
            .await
            .map(|_| ())
            .map_err(failed(operation))
    }

    async fn get(&self, operation: &'static str, key: &Key) -> Result<Option<Vec<u8>>, BlobError> {
        match self.objects.get(key).await {
            Ok(found) => Ok(Some(
                found.bytes().await.map_err(failed(operation))?.to_vec(),
            )),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed(operation)(source)),
        }
    }

    /// Chunks held of a part as (offset, bytes), by offset.
    async fn chunks(&self, sha256: &str) -> Result<Vec<(u64, u64)>, BlobError> {
        let listed = self
            .objects
            .list_with_delimiter(Some(&Key::from(format!("{UPLOADS}/{sha256}"))))
            .await
            .map_err(failed("listing chunks"))?;
        let mut chunks: Vec<(u64, u64)> = listed
            .objects
            .iter()
            .filter_map(|meta| Some((meta.location.filename()?.parse().ok()?, meta.size)))
            .collect();
        chunks.sort_unstable();
        Ok(chunks)
    }

    async fn join(&self, sha256: &str) -> Result<Vec<u8>, BlobError> {
        let mut whole = Vec::new();
        for (offset, _) in self.chunks(sha256).await? {
            if offset != whole.len() as u64 {
                break;
            }
            let chunk = self
                .get("reading a chunk", &chunk_key(sha256, offset))
                .await?;
            whole.extend(chunk.unwrap_or_default());
        }
        Ok(whole)
    }

    /// Removes the chunks of a part.
    ///
    /// # Errors
    /// [`BlobError::Store`] when the store cannot be read or written.
    pub(crate) async fn drop_chunks(&self, sha256: &str) -> Result<(), BlobError> {
        for (offset, _) in self.chunks(sha256).await? {
            self.objects
                .delete(&chunk_key(sha256, offset))
                .await
                .map_err(failed("dropping a chunk"))?;
        }
        Ok(())
    }
}

const FOLDER: &str = "reading";
const LOOKING: &str = "looking for parts";
const READING: &str = "reading a part";

/// The file of an object in the folder.
fn file(local: &LocalFileSystem, key: &Key, operation: &'static str) -> Result<PathBuf, BlobError> {
    local.path_to_filesystem(key).map_err(failed(operation))
}

/// Work that waits for the disk, on a thread for it.
async fn waiting<T: Send + 'static>(
    operation: &'static str,
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|source| BlobError::Store {
        operation,
        source: object_store::Error::JoinError { source },
    })?
}

fn folder_failed(operation: &'static str, path: &Path) -> impl Fn(std::io::Error) -> BlobError {
    let path = path.display().to_string();
    move |source| BlobError::Folder {
        operation,
        path: path.clone(),
        source,
    }
}

fn failed(operation: &'static str) -> impl Fn(object_store::Error) -> BlobError {
    move |source| BlobError::Store { operation, source }
}

/// Bytes held without a gap from the beginning.
fn contiguous(chunks: &[(u64, u64)]) -> u64 {
    chunks.iter().fold(
        0,
        |held, &(offset, size)| if offset == held { held + size } else { held },
    )
}

fn part_key(sha256: &str) -> Key {
    Key::from(format!(
        "{PARTS}/{}/{sha256}",
        sha256.get(..2).unwrap_or("00")
    ))
}

fn aside_key(sha256: &str) -> Key {
    Key::from(format!("{ASIDE}/{sha256}"))
}

fn chunk_key(sha256: &str, offset: u64) -> Key {
    Key::from(format!("{UPLOADS}/{sha256}/{offset:020}"))
}

fn document_key(name: &str) -> Key {
    Key::from(format!(
        "{DOCUMENTS}/{}/{name}",
        name.get(..2).unwrap_or("00")
    ))
}

#[cfg(test)]
mod tests {
    use super::{Blobs, Progress, Received};
    use crate::secret::sha256_hex;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::folder(folder.path()).unwrap();
        (folder, blobs)
    }

    #[tokio::test]
    async fn the_line_broke_in_the_middle_and_the_upload_goes_on() {
        let (_folder, blobs) = blobs();
        let bytes: Vec<u8> = (0..=255).collect();
        let sha = sha256_hex(&bytes);
        assert_eq!(blobs.progress(&sha).await.unwrap(), Progress::Absent);
        assert_eq!(
            blobs
                .receive(&sha, 0, 256, bytes[..100].to_vec())
                .await
                .unwrap(),
            Received::More(100)
        );
        assert_eq!(blobs.progress(&sha).await.unwrap(), Progress::Partial(100));
        assert_eq!(
            blobs
                .receive(&sha, 0, 256, bytes[..100].to_vec())
                .await
                .unwrap(),
            Received::More(100)
        );
        assert_eq!(
            blobs
                .receive(&sha, 150, 256, bytes[150..].to_vec())
                .await
                .unwrap(),
            Received::WrongOffset(100)
        );
        assert_eq!(
            blobs
                .receive(&sha, 100, 256, bytes[100..].to_vec())
                .await
                .unwrap(),
            Received::Complete
        );
        assert_eq!(blobs.part(&sha).await.unwrap(), Some(bytes));
        assert_eq!(blobs.progress(&sha).await.unwrap(), Progress::Complete(256));
    }

    #[tokio::test]
    async fn the_city_fell_after_the_last_chunk_and_the_part_is_completed_by_the_next_try() {
        let bytes: Vec<u8> = (0..=255).collect();
        let sha = sha256_hex(&bytes);
        for first in [0, 100] {
            let (_folder, blobs) = blobs();
            for (offset, chunk) in [(0, &bytes[..100]), (100, &bytes[100..])] {
                let key = super::chunk_key(&sha, offset);
                blobs
                    .put("writing a chunk", &key, chunk.to_vec())
                    .await
                    .unwrap();
            }
            let again = bytes[first as usize..(first as usize + 100)].to_vec();
            let received = blobs.receive(&sha, first, 256, again).await.unwrap();
            assert_eq!(received, Received::Complete);
            assert_eq!(blobs.part(&sha).await.unwrap(), Some(bytes.clone()));
            assert_eq!(contents(&blobs, &sha).await, 0, "chunks stay behind");
        }
    }

    async fn contents(blobs: &Blobs, sha: &str) -> usize {
        blobs.chunks(sha).await.unwrap().len()
    }

    #[tokio::test]
    async fn a_part_damaged_on_the_way_is_thrown_away() {
        let (_folder, blobs) = blobs();
        let sha = sha256_hex(b"right");
        assert_eq!(
            blobs.receive(&sha, 0, 5, b"wrong".to_vec()).await.unwrap(),
            Received::HashMismatch
        );
        assert_eq!(
            blobs.receive(&sha, 0, 5, b"wr".to_vec()).await.unwrap(),
            Received::More(2)
        );
        assert_eq!(
            blobs.receive(&sha, 2, 5, b"ong".to_vec()).await.unwrap(),
            Received::HashMismatch
        );
        assert_eq!(blobs.progress(&sha).await.unwrap(), Progress::Absent);
        assert_eq!(blobs.part(&sha).await.unwrap(), None);
    }
}
