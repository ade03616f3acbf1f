//! Synthetic applications: for kill tests and benchmarks. Sealed, signed and filed like any other; about nobody.

use city_api::application::{Application, How, Identity, MaterialRef, Notice, to_bytes};
use city_api::digest::Sha256;
use city_api::keys::DeviceKey;
use city_api::numbers::ReceiptNumber;
use city_api::packet::{Draft, ItemRef, Kind, PlainPart, Role, SealError};
use city_api::requests::identity::IdentityLevel;
use city_api::time::CityTime;
use jiff::Timestamp;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Enrolment, Filed, Store, StoreError};

/// What a synthetic application looks like from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synthetic {
    /// The item it is for.
    pub item: ItemRef,
    /// Scanned pages.
    pub pages: u16,
    /// Bytes of each page.
    pub page_bytes: usize,
}

/// Seals, signs and files one synthetic application. It is on disk when this returns.
///
/// # Errors
/// [`StoreError`], as [`Store::file`].
pub fn file_one(
    store: &Store,
    enrolment: &Enrolment,
    key: &dyn DeviceKey,
    synthetic: &Synthetic,
) -> Result<Filed, StoreError> {
    let sealed = draft(enrolment, synthetic)?.seal(&enrolment.city_keys)?;
    store.file(|head| sealed.sign(head, key))
}

/// The packet before sealing, with a new id, receipt number and random pages.
///
/// # Errors
/// [`SealError::Json`] when the content cannot be written (not so in practice).
pub fn draft(enrolment: &Enrolment, synthetic: &Synthetic) -> Result<Draft, SealError> {
    let form = format!("form of a synthetic application {}", Uuid::now_v7()).into_bytes();
    let content = application(enrolment, synthetic, &form);
    let content = to_bytes(&content).map_err(SealError::Json)?;
    let mut parts = vec![
        part(Role::Content, content),
        part(Role::Form, Zeroizing::new(form)),
    ];
    for page in 1..=synthetic.pages {
        let bytes = (0..synthetic.page_bytes.div_ceil(8))
            .flat_map(|_| rand::random::<u64>().to_le_bytes())
            .take(synthetic.page_bytes)
            .collect();
        parts.push(part(Role::Page(page), Zeroizing::new(bytes)));
    }
    Ok(Draft {
        kind: Kind::Application,
        kiosk: enrolment.kiosk,
        sam_id: enrolment.sam_id.clone(),
        id: Uuid::now_v7(),
        receipt: ReceiptNumber::new(enrolment.kiosk, rand::random()),
        item: Some(synthetic.item.clone()),
        time: CityTime::new(Timestamp::now()),
        parts,
    })
}

fn part(role: Role, bytes: Zeroizing<Vec<u8>>) -> PlainPart {
    PlainPart { role, bytes }
}

fn application(enrolment: &Enrolment, synthetic: &Synthetic, form: &[u8]) -> Application {
    Application {
        item: synthetic.item.clone(),
        person: None,
        organisation: None,
        agent: None,
        identity: Identity {
            level: IdentityLevel::None,
            methods: Vec::new(),
            grant: None,
            later: false,
        },
        answers: city_catalogue::form::Answers::new(),
        notice: Notice {
            version: "synthetic".to_owned(),
            text_sha256: Sha256::of(b"synthetic"),
            consents: Vec::new(),
        },
        materials: vec![MaterialRef {
            seq: 1,
            field: None,
            how: How::Scanned {
                pages: (1..=synthetic.pages).map(Role::Page).collect(),
            },
        }],
        form_sha256: Sha256::of(form),
        signature: None,
        fees: Vec::new(),
        station: enrolment.station.clone(),
        draft: None,
        delivery: None,
    }
}
