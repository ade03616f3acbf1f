//! The kiosk's signing key in a file only its user can read; a TPM takes its place later.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use city_api::keys::SoftwareKey;
use zeroize::Zeroizing;

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or made.
    #[error("{operation} the device key {path} failed")]
    File {
        /// `reading` or `making`.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// Others can read it.
    #[error("the device key {path} can be read by others: its mode must be 0600")]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// It does not hold a key.
    #[error("the device key {path} does not hold 64 hexadecimal digits")]
    Content {
        /// The file.
        path: PathBuf,
    },
}

/// Reads the key at `path`, or makes a new one there (mode 0600, on disk before this returns).
///
/// # Errors
/// [`KeyFileError`]; an existing file is never overwritten.
pub fn load_or_create(path: &Path) -> Result<SoftwareKey, KeyFileError> {
    match File::open(path) {
        Ok(file) => load(file, path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => create(path),
        Err(source) => Err(failed("reading", path)(source)),
    }
}

fn failed(operation: &'static str, path: &Path) -> impl Fn(std::io::Error) -> KeyFileError {
    let path = path.to_owned();
    move |source| KeyFileError::File {
        operation,
        path: path.clone(),
        source,
    }
}

fn load(file: File, path: &Path) -> Result<SoftwareKey, KeyFileError> {
    let reading = failed("reading", path);
    let mode = file.metadata().map_err(&reading)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open {
            path: path.to_owned(),
        });
    }
    let mut text = Zeroizing::new(String::with_capacity(128));
    file.take(128).read_to_string(&mut text).map_err(&reading)?;
    let mut seed = Zeroizing::new([0; 32]);
    let digits: Vec<&str> = text.split_ascii_whitespace().collect();
    let [digits] = digits.as_slice() else {
        return Err(content(path));
    };
    decode(digits, &mut seed).ok_or_else(|| content(path))?;
    Ok(SoftwareKey::from_seed(&seed))
}

fn content(path: &Path) -> KeyFileError {
    KeyFileError::Content {
        path: path.to_owned(),
    }
}

fn decode(digits: &str, seed: &mut [u8; 32]) -> Option<()> {
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (place, byte) in seed.iter_mut().enumerate() {
        let pair = digits.get(2 * place..2 * place + 2)?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(())
}

fn create(path: &Path) -> Result<SoftwareKey, KeyFileError> {
    let making = failed("making", path);
    let seed: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
    let mut text = Zeroizing::new(String::with_capacity(65));
    for byte in seed.iter() {
        text.push_str(&format!("{byte:02x}"));
    }
    text.push('\n');
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(&making)?;
    file.write_all(text.as_bytes()).map_err(&making)?;
    file.sync_all().map_err(&making)?;
    // The name, too, must survive a power cut: the city knows the kiosk by this key.
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .map_err(&making)?;
    Ok(SoftwareKey::from_seed(&seed))
}

#[cfg(test)]
mod tests {
    use city_api::keys::DeviceKey as _;

    use super::*;

    #[test]
    fn the_kiosk_keeps_its_key_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.key");
        let made = load_or_create(&path).unwrap().public();
        assert_eq!(load_or_create(&path).unwrap().public(), made);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_others_can_read_or_that_was_cut_off_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.key");
        load_or_create(&path).unwrap();
        std::fs::write(&path, "00ff").unwrap();
        let cut = load_or_create(&path);
        assert!(matches!(cut, Err(KeyFileError::Content { .. })), "{cut:?}");
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(&path, open).unwrap();
        let open = load_or_create(&path);
        assert!(matches!(open, Err(KeyFileError::Open { .. })), "{open:?}");
    }
}
