//! Filing, acknowledging, quarantine.

use city_api::digest::Sha256;
use city_api::keys::{DeviceKey, Domain, KeyError, Signature, SigningPublic};
use city_api::packet::{ChainHead, SealError, verify};

use super::*;

#[test]
fn packets_stand_in_one_chain_and_read_back_whole() {
    let (_folder, store) = store();
    let (first, second) = (file(&store), file(&store));
    let waiting = store.pending(10).unwrap();
    let [one, two] = waiting.as_slice() else {
        panic!("two packets wait");
    };
    assert_eq!((one.fields.id, two.fields.id), (first.id, second.id));
    assert_eq!((one.fields.sequence, two.fields.sequence), (1, 2));
    assert_eq!(two.fields.previous, Some(Sha256::of(&one.header)));
    verify(&one.header, &one.signature, &kiosk_key().public()).unwrap();
    for part in &one.fields.parts {
        let bytes = store.part(first.id, part.sha256, 0, usize::MAX).unwrap();
        assert_eq!(Sha256::of(&bytes), part.sha256);
        let middle = store.part(first.id, part.sha256, 10, 20).unwrap();
        assert_eq!(middle, bytes[10..30]);
        let beyond = store
            .part(first.id, part.sha256, part.bytes + 5, 20)
            .unwrap();
        assert!(beyond.is_empty());
    }
}

#[test]
fn a_double_tap_on_submit_files_once_even_after_the_city_has_it() {
    let (_folder, store) = store();
    let again = |id| {
        let mut draft = draft(&enrolment(), &small()).unwrap();
        draft.id = id;
        draft
    };
    let filed = file(&store);
    let second = file_draft(&store, again(filed.id));
    assert!(matches!(second, Err(StoreError::AlreadyFiled(id)) if id == filed.id));
    store
        .acknowledge(filed.id, &confirmation(&filed), &city_key().public(), now())
        .unwrap();
    let third = file_draft(&store, again(filed.id));
    assert!(matches!(third, Err(StoreError::AlreadyFiled(_))));
    assert_eq!(store.chain_head().unwrap().sequence, 2);
}

/// A TPM that was pulled.
struct Broken;

impl DeviceKey for Broken {
    fn sign(&self, _: Domain, _: &[u8]) -> Result<Signature, KeyError> {
        Err(KeyError("the device is gone".into()))
    }

    fn public(&self) -> SigningPublic {
        kiosk_key().public()
    }
}

#[test]
fn a_device_key_that_does_not_sign_leaves_no_trace() {
    let (_folder, store) = store();
    let failed = file_one(&store, &enrolment(), &Broken, &small());
    assert!(matches!(failed, Err(StoreError::Seal(SealError::Key(_)))));
    assert_eq!(store.chain_head().unwrap(), ChainHead::START);
    assert_eq!(file(&store).sequence, 1);
}

#[test]
fn a_packet_signed_for_another_place_in_the_chain_is_refused() {
    let (_folder, store) = store();
    let sealed = draft(&enrolment(), &small())
        .unwrap()
        .seal(&enrolment().city_keys)
        .unwrap();
    let elsewhere = ChainHead {
        sequence: 7,
        previous: None,
    };
    let filed = store.file(|_| sealed.sign(elsewhere, &kiosk_key()));
    assert!(matches!(filed, Err(StoreError::Chain)));
}

#[test]
fn only_the_citys_word_for_exactly_this_packet_deletes_it() {
    let (_folder, store) = store();
    let (filed, other) = (file(&store), file(&store));
    let city = city_key().public();
    let foreign = kiosk_key().public();
    for (signed, key) in [
        (confirmation(&filed), foreign),
        (confirmation(&other), city),
        (
            confirmation(&Filed {
                header_sha256: Sha256::of(b"another"),
                ..filed
            }),
            city,
        ),
    ] {
        let refused = store.acknowledge(filed.id, &signed, &key, now());
        assert!(matches!(refused, Err(StoreError::Acknowledgement(_))));
    }
    assert_eq!(store.outbox_state().unwrap().waiting, 2);
    let read = store
        .acknowledge(filed.id, &confirmation(&filed), &city, now())
        .unwrap();
    let state = store.outbox_state().unwrap();
    assert_eq!((state.waiting, state.quarantined), (1, 0));
    let known = store.acknowledged(filed.receipt);
    assert_eq!(known[0], read);
    // The same answer a second time, as after a kill between commit and the sender's next step.
    let repeat = store.acknowledge(filed.id, &confirmation(&filed), &city, now());
    assert_eq!(repeat.unwrap(), read);
    assert_eq!(store.acknowledged(filed.receipt).len(), 1);
}

#[test]
fn a_quarantined_packet_blocks_nothing_and_can_be_carried_out() {
    let (folder, store) = store();
    let (bad, good) = (file(&store), file(&store));
    store.quarantine(bad.id, "forged").unwrap();
    let waiting = store.pending(10).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].fields.id, good.id);
    let shown = store.quarantined().unwrap();
    assert_eq!(shown[0].id, bad.id);
    assert_eq!(shown[0].reason, "forged");
    store.export(bad.id, folder.path()).unwrap();
    let header = std::fs::read(folder.path().join(format!("{}.header.json", bad.id))).unwrap();
    assert_eq!(Sha256::of(&header), bad.header_sha256);
    let fields = city_api::packet::Header::parse(&header).unwrap();
    for part in fields.parts {
        let bytes = std::fs::read(folder.path().join(format!("{}.age", part.sha256))).unwrap();
        assert_eq!(Sha256::of(&bytes), part.sha256);
    }
    let nobody = store.quarantine(uuid::Uuid::nil(), "forged");
    assert!(matches!(nobody, Err(StoreError::NotThere { .. })));
}

#[test]
fn attempts_and_the_age_of_the_oldest_are_told() {
    let (_folder, store) = store();
    assert_eq!(store.outbox_state().unwrap().oldest, None);
    let filed = file(&store);
    store.note_attempt(filed.id, "unreachable").unwrap();
    store.note_attempt(filed.id, "away").unwrap();
    let waiting = store.pending(1).unwrap();
    assert_eq!(waiting[0].attempts, 2);
    assert_eq!(waiting[0].last_error.as_deref(), Some("away"));
    assert_eq!(
        store.outbox_state().unwrap().oldest,
        Some(waiting[0].fields.time)
    );
}

#[test]
fn acknowledgements_are_forgotten_after_their_time() {
    let (_folder, store) = store();
    let filed = file(&store);
    store
        .acknowledge(filed.id, &confirmation(&filed), &city_key().public(), now())
        .unwrap();
    assert_eq!(store.forget_acknowledged(now()).unwrap(), 0);
    let later = CityTime::new(now().timestamp() + jiff::SignedDuration::from_hours(1));
    assert_eq!(store.forget_acknowledged(later).unwrap(), 1);
    assert!(store.acknowledged(filed.receipt).is_empty());
}
