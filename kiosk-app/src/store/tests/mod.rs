//! The store under power cuts, double taps, full disks and false acknowledgements.

mod durable;
mod event_heads;
mod filing;
mod journal;
mod service;
mod settings;
mod tickets;

use city_api::acknowledgement::{Acknowledgement, SignedAcknowledgement};
use city_api::keys::{CityKeys, DeviceKey as _, SealingIdentity, SoftwareKey};
use city_api::numbers::FilingNumber;
use city_api::packet::{Draft, ItemRef};
use city_api::time::CityTime;

use super::trial::{Synthetic, draft, file_one};
use super::{AskedHeads, Enrolment, Filed, Options, Store, StoreError};

fn kiosk_key() -> SoftwareKey {
    SoftwareKey::from_seed(&[1; 32])
}

fn city_key() -> SoftwareKey {
    SoftwareKey::from_seed(&[2; 32])
}

fn enrolment() -> Enrolment {
    Enrolment {
        kiosk: "ABC".parse().unwrap(),
        station: "YT-01".to_owned(),
        city_keys: CityKeys {
            sealing_current: SealingIdentity::generate().public(),
            sealing_next: None,
            signing: city_key().public(),
        },
        sam_id: Some("0501-0001".to_owned()),
        ca_pem: None,
    }
}

fn small() -> Synthetic {
    Synthetic {
        item: ItemRef {
            code: "12590100YT00101489359201400300001".to_owned(),
            version: 1,
        },
        pages: 1,
        page_bytes: 2_000,
    }
}

fn with_page_of(page_bytes: usize) -> Synthetic {
    Synthetic {
        page_bytes,
        ..small()
    }
}

fn now() -> CityTime {
    "2026-03-02T09:15:00+08:00".parse().unwrap()
}

/// A store in a folder of its own that goes away with it.
fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("kiosk.db"), Options::default()).unwrap();
    (folder, store)
}

fn file(store: &Store) -> Filed {
    file_one(store, &enrolment(), &kiosk_key(), &small()).unwrap()
}

fn file_draft(store: &Store, draft: Draft) -> Result<Filed, StoreError> {
    let sealed = draft.seal(&enrolment().city_keys).unwrap();
    store.file(|head| sealed.sign(head, &kiosk_key()))
}

fn confirmation(filed: &Filed) -> SignedAcknowledgement {
    let acknowledgement = Acknowledgement {
        version: Acknowledgement::VERSION,
        id: filed.id,
        header_sha256: filed.header_sha256,
        filing_number: FilingNumber::new(now().date(), filed.sequence),
        case_number: None,
        time: now(),
        irregular: None,
        cases: Vec::new(),
    };
    acknowledgement.sign(&city_key()).unwrap()
}
