//! Packets that were altered, cut off or sealed to others.

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;
use crate::digest::Sha256;
use crate::keys::{CityKeys, DeviceKey, Domain, SealingIdentity, Signature, SoftwareKey};

pub(crate) fn kiosk_key() -> SoftwareKey {
    SoftwareKey::from_seed(&[0x11; 32])
}

/// The city's identities (current, next) and public keys.
pub(crate) fn city() -> ([SealingIdentity; 2], CityKeys) {
    let identities = [SealingIdentity::generate(), SealingIdentity::generate()];
    let [current, next] = &identities;
    let keys = CityKeys {
        sealing_current: current.public(),
        sealing_next: Some(next.public()),
        signing: SoftwareKey::from_seed(&[0x22; 32]).public(),
    };
    (identities, keys)
}

pub(crate) fn draft(sequence: u8) -> Draft {
    let kiosk = "ABC".parse().unwrap();
    Draft {
        kind: Kind::Application,
        kiosk,
        sam_id: Some("05.03-20260101-0000000001-0123456789".to_owned()),
        id: uuid::Uuid::from_u128(0x0195_5000_0000_7000_8000_0000_0000_0000 + u128::from(sequence)),
        receipt: crate::numbers::ReceiptNumber::new(kiosk, [sequence; 8]),
        item: Some(ItemRef {
            code: "12590100YT00101489359201400300001".to_owned(),
            version: 1,
        }),
        time: "2026-03-02T09:15:00+08:00".parse().unwrap(),
        parts: vec![
            PlainPart {
                role: Role::Content,
                bytes: Zeroizing::new(br#"{"kind":"sample"}"#.to_vec()),
            },
            PlainPart {
                role: Role::Page(1),
                bytes: Zeroizing::new(vec![0xAB; 100_000]),
            },
        ],
    }
}

fn sealed() -> ([SealingIdentity; 2], Sealed) {
    let (identities, keys) = city();
    let packet = draft(1).seal(&keys).unwrap();
    (
        identities,
        packet.sign(ChainHead::START, &kiosk_key()).unwrap(),
    )
}

#[test]
fn the_current_and_the_next_key_open_every_part() {
    let (identities, packet) = sealed();
    let header = verify(&packet.header, &packet.signature, &kiosk_key().public()).unwrap();
    assert_eq!(header, packet.fields);
    for identity in identities {
        let one = [identity];
        for (part, named) in packet.parts.iter().zip(&header.parts) {
            assert_eq!(Sha256::of(&part.ciphertext), named.sha256);
            assert_eq!(part.ciphertext.len() as u64, named.bytes);
        }
        let page = open(&packet.parts[1].ciphertext, &one).unwrap();
        assert_eq!(*page, vec![0xAB; 100_000]);
    }
    let stranger = [SealingIdentity::generate()];
    assert!(matches!(
        open(&packet.parts[0].ciphertext, &stranger),
        Err(OpenError::Age(_))
    ));
}

#[test]
fn every_flipped_byte_of_header_and_signature_is_refused() {
    let (_, packet) = sealed();
    let key = kiosk_key().public();
    let forged = |header: &[u8], signature: &Signature| {
        matches!(verify(header, signature, &key), Err(Rejected::Forged(_)))
    };
    for place in 0..packet.header.len() {
        for bit in [1, 0x20, 0x80] {
            let mut header = packet.header.clone();
            header[place] ^= bit;
            assert!(forged(&header, &packet.signature), "header byte {place}");
        }
    }
    for place in 0..64 {
        let mut bytes = *packet.signature.as_bytes();
        bytes[place] ^= 1;
        let signature = Signature::from_slice(&bytes).unwrap();
        assert!(forged(&packet.header, &signature), "signature byte {place}");
    }
    assert!(forged(&packet.header[1..], &packet.signature));
}

#[test]
fn a_part_altered_or_cut_off_does_not_open() {
    let (identities, packet) = sealed();
    let whole = &packet.parts[1].ciphertext;
    for place in (0..whole.len()).step_by(997).chain([whole.len() - 1]) {
        let mut altered = whole.clone();
        altered[place] ^= 1;
        assert!(open(&altered, &identities).is_err(), "byte {place}");
    }
    for length in [0, 1, 100, whole.len() / 2, whole.len() - 1] {
        assert!(
            open(&whole[..length], &identities).is_err(),
            "cut at {length}"
        );
    }
}

#[test]
fn the_next_header_carries_the_hash_of_the_one_before() {
    let (_, keys) = city();
    let (_, first) = sealed();
    let head = ChainHead {
        sequence: 2,
        previous: Some(first.header_sha256()),
    };
    let second = draft(2)
        .seal(&keys)
        .unwrap()
        .sign(head, &kiosk_key())
        .unwrap();
    assert_eq!(second.fields.sequence, 2);
    assert_eq!(second.fields.previous, Some(Sha256::of(&first.header)));
}

#[test]
fn an_authentic_header_of_a_newer_kiosk_is_a_defect_not_a_forgery() {
    let (_, packet) = sealed();
    let newer = String::from_utf8(packet.header).unwrap().replace(
        "\"version\":1,\"suite\"",
        "\"version\":2,\"colour\":\"red\",\"suite\"",
    );
    let key = kiosk_key();
    let signature = key.sign(Domain::Packet, newer.as_bytes()).unwrap();
    assert!(matches!(
        verify(newer.as_bytes(), &signature, &key.public()),
        Err(Rejected::Defective(_))
    ));
    let peek = Peek::parse(newer.as_bytes()).unwrap();
    assert_eq!(peek.id, packet.fields.id);
    assert_eq!(peek.receipt, Some(packet.fields.receipt));
}

#[test]
fn a_packet_of_sixty_five_parts_is_not_made() {
    let (_, keys) = city();
    let mut big = draft(1);
    big.parts = (1..=65)
        .map(|number| PlainPart {
            role: Role::Page(number),
            bytes: Zeroizing::new(Vec::new()),
        })
        .collect();
    assert!(matches!(big.seal(&keys), Err(SealError::TooLarge)));
}

#[test]
fn a_page_named_twice_or_another_kiosks_receipt_is_refused() {
    let (_, keys) = city();
    let mut twice = draft(1);
    twice.parts[1].role = Role::Content;
    assert!(matches!(twice.seal(&keys), Err(SealError::Header(_))));
    let mut foreign = draft(1);
    foreign.kiosk = "ABD".parse().unwrap();
    assert!(matches!(foreign.seal(&keys), Err(SealError::Header(_))));
}

#[test]
fn plaintext_never_shows_in_debug() {
    let shown = format!("{:?}", draft(1));
    assert!(
        !shown.contains("sample") && !shown.contains("171"),
        "{shown}"
    );
}

#[test]
fn bounds_of_the_header_are_kept() {
    let (_, packet) = sealed();
    let text = String::from_utf8(packet.header).unwrap();
    let longer = format!("{}{}", text, " ".repeat(MAX_HEADER_BYTES));
    for bad in [
        text.replace("\"sequence\":1", "\"sequence\":0"),
        text.replace("\"sequence\":1", "\"sequence\":9223372036854775808"),
        text.replace("\"role\":\"page-1\"", "\"role\":\"page-01\""),
        text.replace("\"kind\":\"application\"", "\"kind\":\"other\""),
        text.replace("\"samId\":\"05", "\"samId\":\"0 5"),
        text.replace("+08:00", "+09:00"),
        text.replace("{\"version\":1,", "{\"version\":1,\"version\":1,"),
        longer,
        format!("{text}x"),
    ] {
        assert!(Header::parse(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(Header::parse(text.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Header::parse(&bytes);
        let _ = Peek::parse(&bytes);
        prop_assert!(open(&bytes, &[]).is_err());
    }

    #[test]
    fn a_header_cut_or_spliced_anywhere_never_panics(cut in 0usize..900, insert in ".{0,12}") {
        let text = include_str!("../../vectors/application.header.json");
        let cut = cut.min(text.len());
        let spliced = format!("{}{insert}{}", &text[..cut], &text[cut..]);
        if let Ok(header) = Header::parse(spliced.as_bytes()) {
            prop_assert!(header.check().is_ok());
        }
    }
}
