//! The keys folder: what makes the city the city. Every file is readable by the city's user alone.
//!
//! `master.key` wraps what is at rest, `signing.key` signs acknowledgements and bundles,
//! `sealing-current.key`, `sealing-next.key` and `sealing-retired-*.key` open packets. A missing file is made, so a
//! fresh folder is a new city; losing the folder loses every case, so it is backed up apart from the data.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use city_api::keys::{CityKeys, DeviceKey as _, SealingIdentity, SoftwareKey};
use city_api::packet::{self, OpenError};

use crate::secret::{Key, MasterKey};

const MASTER: &str = "master.key";
const SIGNING: &str = "signing.key";
const SEALING_CURRENT: &str = "sealing-current.key";
const SEALING_NEXT: &str = "sealing-next.key";

/// What is wrong with the keys folder.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file or the folder cannot be made or read.
    #[error("{operation} {path}")]
    File {
        /// What was done.
        operation: &'static str,
        /// Where.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file does not hold a key.
    #[error("reading {path}: not a key")]
    NotAKey {
        /// Where.
        path: String,
    },
    /// Others than the city's user may read a file.
    #[error("{path} may be read by others than its owner; chmod 600")]
    Readable {
        /// Where.
        path: String,
    },
}

/// The city's keys, loaded.
#[derive(Debug)]
pub(crate) struct Keys {
    /// Signs acknowledgements and bundles.
    pub signing: SoftwareKey,
    /// Wraps what is at rest.
    pub master: MasterKey,
    /// Open parts: the likeliest first.
    identities: Vec<SealingIdentity>,
    /// The public halves for kiosks.
    pub public: CityKeys,
}

impl Keys {
    /// The content of a sealed part.
    ///
    /// # Errors
    /// [`OpenError`] when it was sealed to none of the keys, or altered.
    pub(crate) fn open_part(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        packet::open(ciphertext, &self.identities)
    }

    /// Loads the keys of a city that is there; makes none.
    ///
    /// # Errors
    /// [`KeysError`] when a key is missing, no key, or may be read by others.
    pub(crate) fn open_existing(folder: &Path) -> Result<Self, KeysError> {
        for name in [MASTER, SIGNING, SEALING_CURRENT, SEALING_NEXT] {
            let path = folder.join(name);
            std::fs::metadata(&path).map_err(failed("looking at", &path))?;
        }
        Self::open(folder)
    }

    /// Loads the keys of a folder; makes the folder and every key that is missing.
    ///
    /// # Errors
    /// [`KeysError`] when the folder cannot be used, a file is no key, or others may read one.
    pub(crate) fn open(folder: &Path) -> Result<Self, KeysError> {
        make_folder(folder)?;
        let master = Key::from_bytes(*bytes32(&folder.join(MASTER))?);
        let signing = SoftwareKey::from_seed(&*bytes32(&folder.join(SIGNING))?);
        let current = sealing(&folder.join(SEALING_CURRENT))?;
        let next = sealing(&folder.join(SEALING_NEXT))?;
        let public = CityKeys {
            sealing_current: current.public(),
            sealing_next: Some(next.public()),
            signing: signing.public(),
        };
        let mut identities = vec![current, next];
        for path in retired(folder)? {
            identities.push(sealing(&path)?);
        }
        Ok(Self {
            signing,
            master: MasterKey::new(&master),
            identities,
            public,
        })
    }
}

pub(crate) fn make_folder(folder: &Path) -> Result<(), KeysError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(failed("making the keys folder", folder))
}

fn retired(folder: &Path) -> Result<Vec<PathBuf>, KeysError> {
    let entries = std::fs::read_dir(folder).map_err(failed("listing", folder))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed("listing", folder))?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("sealing-retired-") && name.ends_with(".key") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn bytes32(path: &Path) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    let text = read_or_make(path, || {
        Zeroizing::new(hex::encode(rand::random::<[u8; 32]>()))
    })?;
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| not_a_key(path))?;
    Ok(bytes)
}

fn sealing(path: &Path) -> Result<SealingIdentity, KeysError> {
    let text = read_or_make(path, || SealingIdentity::generate().secret())?;
    text.parse().map_err(|_| not_a_key(path))
}

/// The text of a secret file; made when it is not there.
pub(crate) fn read_or_make(
    path: &Path,
    make: impl FnOnce() -> Zeroizing<String>,
) -> Result<Zeroizing<String>, KeysError> {
    if !path.exists() {
        write_secret(path, &make())?;
    }
    let mode = std::fs::metadata(path)
        .map_err(failed("looking at", path))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(KeysError::Readable {
            path: path.display().to_string(),
        });
    }
    std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(failed("reading", path))
}

/// Writes a secret file whole or not at all: a power cut must not leave half a key.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<(), KeysError> {
    let temporary = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        match path.parent() {
            Some(folder) => std::fs::File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    };
    write().map_err(failed("writing", path))
}

fn failed(operation: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> KeysError {
    let path = path.display().to_string();
    move |source| KeysError::File {
        operation,
        path,
        source,
    }
}

fn not_a_key(path: &Path) -> KeysError {
    KeysError::NotAKey {
        path: path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Keys, KeysError};

    #[test]
    fn a_fresh_folder_is_a_new_city_and_stays_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let first = Keys::open(&path).unwrap();
        let again = Keys::open(&path).unwrap();
        assert_eq!(first.public, again.public);
        for entry in std::fs::read_dir(&path).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_that_others_may_read_stops_the_start() {
        let folder = tempfile::tempdir().unwrap();
        Keys::open(folder.path()).unwrap();
        let file = folder.path().join("signing.key");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            Keys::open(folder.path()),
            Err(KeysError::Readable { .. })
        ));
    }

    #[test]
    fn a_damaged_key_is_named_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        Keys::open(folder.path()).unwrap();
        std::fs::write(folder.path().join("master.key"), "x").unwrap();
        let error = Keys::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("master.key"), "{error}");
    }
}
