//! What a kiosk may send to the city, headers and contents, and what the city answers: bundles,
//! acknowledgements and keys; behind the signature that hides them.
#![no_main]

use std::sync::LazyLock;

use city_api::acknowledgement::SignedAcknowledgement;
use city_api::application::{Application, Rating, Supplement, from_bytes};
use city_api::bundle::SignedBundle;
use city_api::canonical;
use city_api::keys::{
    DeviceKey, Domain, SealingIdentity, SealingPublic, SigningPublic, SoftwareKey,
};
use city_api::packet::{Header, Peek};
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(32);

static CITY: LazyLock<SoftwareKey> = LazyLock::new(|| SoftwareKey::from_seed(&[7; 32]));

/// What the city may send to a kiosk, with the signature the harness makes right.
fn answered(bytes: &[u8]) {
    if let Ok(signature) = CITY.sign(Domain::Bundle, bytes) {
        let signed = SignedBundle { bytes: bytes.to_vec(), signature };
        drop(signed.verify(&CITY.public(), Some(1)));
    }
    if let Ok(signature) = CITY.sign(Domain::Acknowledgement, bytes) {
        let signed = SignedAcknowledgement { bytes: bytes.to_vec(), signature };
        drop(signed.verify(&CITY.public()));
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = Header::parse(bytes) {
        // What was understood once is understood again from its own words.
        let again = canonical::to_vec(&header).unwrap_or_default();
        assert!(Header::parse(&again).is_ok());
    }
    drop(Peek::parse(bytes));
    drop(from_bytes::<Application>(bytes));
    drop(from_bytes::<Supplement>(bytes));
    drop(from_bytes::<Rating>(bytes));
    answered(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = text.parse::<SigningPublic>();
        drop(text.parse::<SealingPublic>());
        drop(text.parse::<SealingIdentity>());
    }
});
