//! Encryption at rest: the master key, a data key per case, blind indexes of persons and codes.
//!
//! XChaCha20-Poly1305 with random nonces. Every ciphertext is bound to its place (`place`), so that a row
//! moved to another case does not open there. Persons are found by an HMAC of the document number: the
//! database alone names nobody.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use city_api::requests::Private;

const NONCE_BYTES: usize = 24;

/// A ciphertext that does not open: another key, another place, or damaged bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("opening data at rest: wrong key, wrong place or damaged bytes")]
pub(crate) struct Sealed;

/// A key of 32 bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Key {
    /// A fresh random key.
    #[must_use]
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// The key with these bytes.
    #[must_use]
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Encrypts `plain` for `place`.
    ///
    /// # Errors
    /// [`Sealed`] when `plain` is longer than the cipher allows.
    pub(crate) fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, Sealed> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Key::seal`] made for the same place.
    ///
    /// # Errors
    /// [`Sealed`] when key or place differ or a byte changed.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_BYTES).ok_or(Sealed)?;
        let payload = Payload {
            msg: ciphertext,
            aad: place.as_bytes(),
        };
        self.cipher()
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| Sealed)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.0).into())
    }
}

/// The key that wraps all others and makes the blind indexes.
#[derive(Debug, Clone)]
pub(crate) struct MasterKey {
    wrap: Key,
    index: Key,
}

impl MasterKey {
    /// Derives the parts from the master secret, so that indexes and wrapping never share a key.
    #[must_use]
    pub(crate) fn new(secret: &Key) -> Self {
        Self {
            wrap: Key(hmac(&secret.0, &[b"city:wrap"])),
            index: Key(hmac(&secret.0, &[b"city:index"])),
        }
    }

    /// A fresh data key and its wrapped form for the row of `place`.
    ///
    /// # Errors
    /// [`Sealed`] never in practice: a key is short.
    pub(crate) fn new_data_key(&self, place: &str) -> Result<(Key, Vec<u8>), Sealed> {
        let key = Key::random();
        let wrapped = self.wrap.seal(place, &key.0)?;
        Ok((key, wrapped))
    }

    /// The data key of `place`.
    ///
    /// # Errors
    /// [`Sealed`] when the wrapped key is not of this master key and place.
    pub(crate) fn data_key(&self, place: &str, wrapped: &[u8]) -> Result<Key, Sealed> {
        let mut bytes = self.wrap.open(place, wrapped)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .map(Key)
            .map_err(|_| Sealed);
        bytes.zeroize();
        key
    }

    /// Encrypts a small text outside any case, for `place`.
    ///
    /// # Errors
    /// [`Sealed`] when `plain` is longer than the cipher allows.
    pub(crate) fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, Sealed> {
        self.wrap.seal(place, plain)
    }

    /// Opens what [`MasterKey::seal`] made for the same place.
    ///
    /// # Errors
    /// [`Sealed`] when key or place differ or a byte changed.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Sealed> {
        self.wrap.open(place, sealed)
    }

    /// Opens words that [`MasterKey::seal`] sealed for the same place.
    ///
    /// # Errors
    /// [`Sealed`] when key or place differ, a byte changed, or it is no text.
    pub(crate) fn open_words(&self, place: &str, sealed: &[u8]) -> Result<Private, Sealed> {
        let words = String::from_utf8(self.open(place, sealed)?);
        words.map(Private::new).map_err(|_| Sealed)
    }

    /// Blind index of a person: the same for every way the number can be typed.
    #[must_use]
    pub(crate) fn person(&self, document_number: &str) -> [u8; 32] {
        let canonical = canonical(document_number);
        hmac(&self.index.0, &[b"person", canonical.as_bytes()])
    }

    /// The key of what only a person may open, made from their document number.
    #[must_use]
    pub(crate) fn person_key(&self, document_number: &str) -> Key {
        let canonical = canonical(document_number);
        Key(hmac(&self.wrap.0, &[b"person", canonical.as_bytes()]))
    }

    /// Seed of the key that signs client certificates of kiosks.
    #[must_use]
    pub(crate) fn client_authority(&self) -> [u8; 32] {
        hmac(&self.wrap.0, &[b"client authority"])
    }

    /// Blind index of what a case was decided on.
    #[must_use]
    pub(crate) fn inputs(&self, canonical: &[u8]) -> [u8; 32] {
        hmac(&self.index.0, &[b"inputs", canonical])
    }

    /// Blind index of a code that people type: without the key, trying all codes finds nothing.
    #[must_use]
    pub(crate) fn code(&self, purpose: &str, code: &str) -> [u8; 32] {
        hmac(
            &self.index.0,
            &[b"code", purpose.as_bytes(), b"\0", code.as_bytes()],
        )
    }
}

/// A document number, the same for every way it can be typed.
fn canonical(number: &str) -> zeroize::Zeroizing<String> {
    let characters = number.chars().filter(|c| !c.is_whitespace());
    let mut canonical = zeroize::Zeroizing::new(String::with_capacity(number.len()));
    canonical.extend(characters.map(|c| c.to_ascii_uppercase()));
    canonical
}

/// SHA-256 in lower-case hex.
#[cfg(test)]
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A random token of 32 bytes in hex and the hash under which it is stored.
#[must_use]
pub(crate) fn new_token() -> (String, [u8; 32]) {
    let token = hex::encode(rand::random::<[u8; 32]>());
    let hash = token_hash(&token);
    (token, hash)
}

/// The hash under which a token is stored.
#[must_use]
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::{Key, MasterKey, token_hash};

    #[test]
    fn a_row_moved_to_another_case_does_not_open() {
        let key = Key::random();
        let sealed = key.seal("case 1", b"answers").unwrap();
        assert_eq!(key.open("case 1", &sealed).unwrap(), b"answers");
        assert!(key.open("case 2", &sealed).is_err());
        assert!(Key::random().open("case 1", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(key.open("case 1", &damaged).is_err(), "byte {at}");
        }
        assert!(key.open("case 1", &sealed[..10]).is_err());
    }

    #[test]
    fn a_person_is_found_however_the_number_is_typed() {
        let master = MasterKey::new(&Key::from_bytes([7; 32]));
        assert_eq!(
            master.person("59010219771111005x"),
            master.person("590102 19771111 005X")
        );
        assert_ne!(
            master.person("590102199002150015"),
            master.person("590102198507310024")
        );
        let other = MasterKey::new(&Key::from_bytes([8; 32]));
        assert_ne!(
            master.person("590102199002150015"),
            other.person("590102199002150015")
        );
    }

    #[test]
    fn what_one_person_keeps_opens_for_no_other() {
        let master = MasterKey::new(&Key::from_bytes([7; 32]));
        let sealed = master
            .person_key("59010219771111005X")
            .seal("draft", b"answers");
        let sealed = sealed.unwrap();
        let typed = master.person_key("590102 19771111 005x");
        assert_eq!(typed.open("draft", &sealed).unwrap(), b"answers");
        let other = master.person_key("590102199002150015");
        assert!(other.open("draft", &sealed).is_err());
        assert!(master.open("draft", &sealed).is_err());
    }

    #[test]
    fn data_keys_are_wrapped_for_one_place() {
        let master = MasterKey::new(&Key::random());
        let (key, wrapped) = master.new_data_key("case 1").unwrap();
        assert_eq!(
            master.data_key("case 1", &wrapped).unwrap().bytes(),
            key.bytes()
        );
        assert!(master.data_key("case 2", &wrapped).is_err());
        assert_eq!(format!("{key:?}"), "[redacted]");
    }

    #[test]
    fn codes_for_one_purpose_mean_nothing_for_another() {
        let master = MasterKey::new(&Key::random());
        assert_ne!(
            master.code("staff", "12345678"),
            master.code("phone", "12345678")
        );
        assert_eq!(token_hash("a"), token_hash("a"));
    }
}
