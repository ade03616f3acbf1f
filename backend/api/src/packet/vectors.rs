//! The committed test vectors of `backend/api/vectors`: another implementation can be held against them.
//!
//! `CITY_API_VECTORS=write` writes them anew (sealing is random); otherwise they are read and checked.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use zeroize::Zeroizing;

use super::tests::draft;
use super::*;
use crate::acknowledgement::{Acknowledgement, SignedAcknowledgement};
use crate::keys::{CityKeys, DeviceKey as _, SealingIdentity, Signature, SoftwareKey};
use crate::numbers::FilingNumber;

const PLAINTEXT: &str = "{\"sample\":\"陈𬱖样\"}\n";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name))
        .unwrap_or_else(|error| panic!("reading vector {name}: {error}"))
}

fn text(name: &str) -> String {
    String::from_utf8(read(name)).unwrap().trim_end().to_owned()
}

fn key(name: &str) -> SoftwareKey {
    let mut seed = [0; 32];
    hex::decode_to_slice(text(name), &mut seed).unwrap();
    SoftwareKey::from_seed(&seed)
}

fn identity(name: &str) -> SealingIdentity {
    text(name).parse().unwrap()
}

fn write() {
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder().join(name), bytes).unwrap();
    let line = |name: &str, text: &str| put(name, format!("{text}\n").as_bytes());
    let (kiosk, city) = (key("kiosk.seed.hex"), key("city.seed.hex"));
    let keys = CityKeys {
        sealing_current: identity("city.current.age-key").public(),
        sealing_next: Some(identity("city.next.age-key").public()),
        signing: city.public(),
    };
    let mut draft = draft(1);
    draft.parts.truncate(1);
    draft.parts[0].bytes = Zeroizing::new(PLAINTEXT.as_bytes().to_vec());
    let packet = draft
        .seal(&keys)
        .unwrap()
        .sign(ChainHead::START, &kiosk)
        .unwrap();
    put("application.header.json", &packet.header);
    line(
        "application.signature.base64",
        &packet.signature.to_string(),
    );
    put("application.content.age", &packet.parts[0].ciphertext);
    put("application.content.plain", PLAINTEXT.as_bytes());
    line("kiosk.public.hex", &kiosk.public().to_string());
    line("city.public.hex", &city.public().to_string());
    let answer = Acknowledgement {
        version: Acknowledgement::VERSION,
        id: packet.fields.id,
        header_sha256: packet.header_sha256(),
        filing_number: FilingNumber::new(packet.fields.time.date(), 1),
        case_number: None,
        time: packet.fields.time,
        irregular: None,
        cases: Vec::new(),
    };
    let signed = answer.sign(&city).unwrap();
    put("acknowledgement.json", &signed.bytes);
    line(
        "acknowledgement.signature.base64",
        &signed.signature.to_string(),
    );
}

fn signature(name: &str) -> Signature {
    text(name).parse().unwrap()
}

#[test]
fn the_committed_vectors_are_what_this_program_reads_and_signs() {
    if std::env::var("CITY_API_VECTORS").is_ok_and(|value| value == "write") {
        write();
    }
    let kiosk = key("kiosk.seed.hex");
    assert_eq!(text("kiosk.public.hex"), kiosk.public().to_string());
    let bytes = read("application.header.json");
    let signed = signature("application.signature.base64");
    let header = verify(&bytes, &signed, &kiosk.public()).unwrap();
    // Ed25519 is deterministic: the same bytes give the same signature for ever.
    assert_eq!(
        kiosk.sign(crate::keys::Domain::Packet, &bytes).unwrap(),
        signed
    );
    // Fields, their order and their spelling did not change since the vector was made.
    assert_eq!(serde_json::to_vec(&header).unwrap(), bytes);
    let part = read("application.content.age");
    assert_eq!(header.parts[0].sha256, crate::digest::Sha256::of(&part));
    for name in ["city.current.age-key", "city.next.age-key"] {
        let plain = open(&part, &[identity(name)]).unwrap();
        assert_eq!(*plain, read("application.content.plain"), "{name}");
    }
}

#[test]
fn the_committed_acknowledgement_confirms_the_committed_packet() {
    let city = key("city.seed.hex").public();
    let signed = SignedAcknowledgement {
        bytes: read("acknowledgement.json"),
        signature: signature("acknowledgement.signature.base64"),
    };
    let header = read("application.header.json");
    let id = Header::parse(&header).unwrap().id;
    let read = signed.verify(&city).unwrap();
    read.confirms(id, crate::digest::Sha256::of(&header))
        .unwrap();
}

/// Runs the `age` of the system; None when it is not installed and need not be.
fn age(arguments: &[&std::ffi::OsStr]) -> Option<std::process::Output> {
    match Command::new("age").args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) if std::env::var("KIOSK_PEERS").is_ok_and(|v| v == "required") => {
            panic!("the peer program `age` is required: {error}")
        }
        Err(_) => {
            // Not by print, which is kept from whoever runs a test that passes.
            let reason = "peer program missing: age (Debian package `age`); not compared";
            let _ = writeln!(std::io::stderr(), "{reason}");
            None
        }
    }
}

#[test]
fn another_age_program_opens_our_parts() {
    let sealed = tempfile::NamedTempFile::new().unwrap();
    let city = identity("city.current.age-key");
    let keys = CityKeys {
        sealing_current: city.public(),
        sealing_next: None,
        signing: key("city.seed.hex").public(),
    };
    let packet = draft(3).seal(&keys).unwrap();
    let packet = packet
        .sign(ChainHead::START, &key("kiosk.seed.hex"))
        .unwrap();
    for (part, expected) in packet.parts.iter().zip(draft(3).parts) {
        std::fs::write(sealed.path(), &part.ciphertext).unwrap();
        let secret = folder().join("city.current.age-key");
        let arguments = [
            "--decrypt".as_ref(),
            "--identity".as_ref(),
            secret.as_os_str(),
            sealed.path().as_os_str(),
        ];
        let Some(output) = age(&arguments) else {
            return;
        };
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        assert_eq!(output.stdout, *expected.bytes);
    }
}
