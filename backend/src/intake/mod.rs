//! The packet's way in: authentic or refused, complete or asked for, then one transaction.
//!
//! An authentic packet is always received. A defect in it opens an irregular case with an officer and a clock,
//! because the resident has gone home with a slip.

mod application;
mod content;
mod supplement;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use city_api::acknowledgement::Acknowledgement;
use city_api::digest::Sha256;
use city_api::keys::Signature;
use city_api::numbers::{CaseNumber, FilingNumber};
use city_api::packet::{Header, Kind, Peek, Rejected, verify};
use city_api::requests::packets::AcknowledgementBody;
use city_api::requests::{Problem, ProblemCode};
use city_api::time::CityTime;

use crate::app::App;
use crate::blobs::Progress;
use crate::clock::civil;
use crate::file::Defect;
use crate::keys::Keys;
use crate::store::{
    Accepted, Acknowledge, Acknowledged, Alarm, AlarmKind, Filing, KioskRow, NewPacket, StoreError,
};
use crate::web::auth::public_key;
use crate::web::error::{Answer, Failure};

pub(crate) use application::level;

/// An authentic packet.
#[derive(Debug)]
pub(crate) struct Authentic {
    /// Its id.
    pub(crate) id: Uuid,
    /// Receipt number; None when it cannot be read.
    pub(crate) receipt: Option<String>,
    /// The header; the reason when it cannot be understood.
    pub(crate) header: Result<Header, String>,
    /// The kiosk.
    pub(crate) kiosk: KioskRow,
    /// Now.
    pub(crate) now: Timestamp,
}

/// What a packet leads to.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What the store does.
    pub(crate) filing: Filing,
    /// Key of the defect; None for a regular packet.
    pub(crate) irregular: Option<String>,
}

/// Receives a packet and answers with the city's acknowledgement.
pub(crate) async fn receive(
    app: &App,
    header: Vec<u8>,
    signature: &[u8],
) -> Answer<AcknowledgementBody> {
    let signature = Signature::from_slice(signature).map_err(|error| {
        Failure::new(ProblemCode::BadField)
            .field("signature")
            .detail(error.to_string())
    })?;
    let packet = authentic(app, &header, &signature).await?;
    let hash = Sha256::of(&header);
    if let Some(known) = app.store.packet(packet.id).await?
        && known.header_hash == *hash.as_bytes()
    {
        return Ok(body(&known.acknowledgement));
    }
    if let Ok(header) = &packet.header {
        all_parts_here(app, header).await?;
    }
    let new = NewPacket {
        id: packet.id,
        header_hash: *hash.as_bytes(),
        signature: signature.as_bytes().to_vec(),
        kiosk: packet.kiosk.id.clone(),
        sequence: packet.header.as_ref().map_or(0, |header| header.sequence),
        previous: packet
            .header
            .as_ref()
            .ok()
            .and_then(|header| header.previous)
            .map(|previous| *previous.as_bytes()),
        received: packet.now,
        day: civil(packet.now).date(),
        header,
    };
    let accepted = accept(app, &packet, new, hash).await?;
    check_sam(app, &packet).await?;
    app.work.notify_one();
    Ok(body(&accepted))
}

async fn accept(
    app: &App,
    packet: &Authentic,
    new: NewPacket,
    hash: Sha256,
) -> Answer<Acknowledged> {
    let mut plan = plan(app, packet).await?;
    // A supplement whose case no longer waits for it is received all the same, as an irregular case.
    for _ in 0..2 {
        let irregular = plan.irregular.clone();
        let sign = acknowledge(&app.keys, packet, hash, irregular.clone());
        match app
            .store
            .accept_packet(new.clone(), plan.filing, sign)
            .await?
        {
            Accepted::New {
                acknowledgement,
                case,
            } => {
                received(app, packet, case, irregular).await?;
                return Ok(acknowledgement);
            }
            Accepted::Again { acknowledgement } => return Ok(acknowledgement),
            Accepted::OtherContent => {
                return Err(Failure::new(ProblemCode::OtherContent)
                    .detail("this id was received with another header"));
            }
            Accepted::Refused(refusal) => {
                let defect = Defect::new("supplement_unmatched", refusal.reason);
                plan = application::irregular(app, packet, defect);
            }
        }
    }
    Err(Failure::new(ProblemCode::Internal))
}

/// Checks the signature against the enrolled key before anything else is believed.
async fn authentic(app: &App, header: &[u8], signature: &Signature) -> Answer<Authentic> {
    let peek = Peek::parse(header).map_err(|error| {
        Failure::new(ProblemCode::BadField)
            .field("header")
            .detail(error.to_string())
    })?;
    let now = app.now();
    let kiosk = app.store.kiosk(peek.kiosk.to_string()).await?;
    let key = kiosk
        .as_ref()
        .and_then(|kiosk| public_key(&kiosk.public_key));
    let (Some(kiosk), Some(key)) = (kiosk, key) else {
        return Err(forged(app, &peek, now, "its kiosk is not enrolled").await?);
    };
    let read = match verify(header, signature, &key) {
        Ok(header) => Ok(header),
        Err(Rejected::Defective(bad)) => Err(bad.to_string()),
        Err(Rejected::Forged(_)) => {
            return Err(forged(app, &peek, now, "the signature is not the kiosk's").await?);
        }
    };
    Ok(Authentic {
        id: peek.id,
        receipt: peek.receipt.map(|receipt| receipt.compact()),
        header: read,
        kiosk,
        now,
    })
}

async fn forged(app: &App, peek: &Peek, now: Timestamp, why: &str) -> Answer<Failure> {
    alarm(
        app,
        now,
        AlarmKind::Forged,
        &peek.kiosk.to_string(),
        format!("packet {}: {why}", peek.id),
    )
    .await?;
    Ok(Failure::new(ProblemCode::Forged).detail(why))
}

async fn all_parts_here(app: &App, header: &Header) -> Answer<()> {
    let mut missing = Vec::new();
    for part in &header.parts {
        let sha256 = part.sha256.to_string();
        match app.blobs.progress(&sha256).await? {
            Progress::Complete(_) => {}
            Progress::Partial(_) | Progress::Absent => missing.push(sha256),
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut problem = Problem::new(ProblemCode::PartMissing).field("header.parts");
    problem.missing_parts = missing;
    Err(problem.into())
}

async fn plan(app: &App, packet: &Authentic) -> Answer<Plan> {
    let header = match &packet.header {
        Ok(header) => header,
        Err(reason) => {
            let defect = Defect::new("header_unreadable", reason);
            return Ok(application::irregular(app, packet, defect));
        }
    };
    match header.kind {
        Kind::Application => application::plan(app, packet, header).await,
        Kind::Supplement => supplement::plan(app, packet, header).await,
        Kind::Rating => supplement::plan_rating(app, packet, header).await,
        Kind::CheckIn | Kind::Draft => {
            let reason = "this city does not serve this kind of packet yet";
            let defect = Defect::new("kind_not_served", reason);
            Ok(application::irregular(app, packet, defect))
        }
    }
}

/// Makes and signs the acknowledgement once the numbers are drawn.
fn acknowledge(
    keys: &Arc<Keys>,
    packet: &Authentic,
    hash: Sha256,
    irregular: Option<String>,
) -> Acknowledge {
    let keys = Arc::clone(keys);
    let (id, now) = (packet.id, packet.now);
    Box::new(move |filing, case| {
        let failed = |reason: String| StoreError::Content {
            operation: "acknowledging a packet",
            reason,
        };
        let filing_number: FilingNumber =
            filing.parse().map_err(|error| failed(format!("{error}")))?;
        let case_number: Option<CaseNumber> = case
            .map(str::parse)
            .transpose()
            .map_err(|error| failed(format!("{error}")))?;
        let signed = Acknowledgement {
            version: Acknowledgement::VERSION,
            id,
            header_sha256: hash,
            filing_number,
            case_number,
            time: CityTime::new(now),
            irregular,
        }
        .sign(&keys.signing)
        .map_err(|error| failed(error.to_string()))?;
        Ok(Acknowledged {
            bytes: signed.bytes,
            signature: signed.signature.as_bytes().to_vec(),
        })
    })
}

fn body(acknowledged: &Acknowledged) -> AcknowledgementBody {
    AcknowledgementBody::new(&acknowledged.bytes, &acknowledged.signature)
}

async fn received(
    app: &App,
    packet: &Authentic,
    case: Option<Uuid>,
    irregular: Option<String>,
) -> Answer<()> {
    let kiosk = packet.kiosk.id.clone();
    let detail = format!("packet {}", packet.id);
    app.store
        .note(case, packet.now, "received", kiosk.clone(), detail)
        .await?;
    if let Some(key) = irregular {
        let detail = format!("packet {}: {key}", packet.id);
        alarm(app, packet.now, AlarmKind::Irregular, &kiosk, detail).await?;
    }
    Ok(())
}

/// The reader's security module is pinned at enrolment; another one is alarmed, the packet stays accepted.
async fn check_sam(app: &App, packet: &Authentic) -> Answer<()> {
    let sam = packet
        .header
        .as_ref()
        .ok()
        .and_then(|header| header.sam_id.as_ref());
    if sam.is_some_and(|sam| *sam != packet.kiosk.sam_id) {
        let detail = format!(
            "packet {}: another security module in the reader",
            packet.id
        );
        alarm(
            app,
            packet.now,
            AlarmKind::SamChanged,
            &packet.kiosk.id,
            detail,
        )
        .await?;
    }
    Ok(())
}

async fn alarm(
    app: &App,
    at: Timestamp,
    kind: AlarmKind,
    kiosk: &str,
    detail: String,
) -> Answer<()> {
    tracing::warn!(kind = kind.name(), kiosk, %detail, "alarm");
    let alarm = Alarm {
        at,
        kind,
        kiosk: Some(kiosk.to_owned()),
        detail,
    };
    Ok(app.store.alarm(alarm).await?)
}

/// Filing and case number of a day.
pub(crate) fn numbers(
    day: Date,
    drawn: &crate::store::Drawn,
    implementation: Option<&str>,
) -> Result<(String, Option<String>), StoreError> {
    let filing = FilingNumber::new(day, drawn.filing).to_string();
    let case = match (drawn.case, implementation) {
        (Some(sequence), Some(code)) => {
            let number =
                CaseNumber::new(code, day, sequence).map_err(|error| StoreError::Content {
                    operation: "making a case number",
                    reason: error.to_string(),
                })?;
            Some(number.to_string())
        }
        (None, _) | (_, None) => None,
    };
    Ok((filing, case))
}
