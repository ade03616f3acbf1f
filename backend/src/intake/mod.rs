//! The packet's way in: authentic or refused, complete or asked for, then one transaction.
//!
//! An authentic packet is always received. A defect in it opens an irregular case with an officer and a clock,
//! because the resident has gone home with a slip. At a window and at home the person is still there: a defect is a
//! refusal.

mod application;
mod arrival;
mod bundle;
mod content;
mod draft;
mod entrance;
mod home;
mod look;
mod materials;
mod parties;
mod supplement;
mod take_in;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use city_api::acknowledgement::{AcknowledgedCase, Acknowledgement};
use city_api::digest::Sha256;
use city_api::keys::{Signature, SigningPublic};
use city_api::numbers::{CaseNumber, FilingNumber};
use city_api::packet::{Header, Kind, Peek, Rejected, verify};
use city_api::requests::packets::AcknowledgementBody;
use city_api::requests::{Problem, ProblemCode};
use city_api::time::CityTime;
use city_catalogue::case::EventKind;

use crate::app::App;
use crate::clock::civil;
use crate::file::Defect;
use crate::keys::Keys;
use crate::saved;
use crate::store::{
    Accepted, Acknowledge, Acknowledged, Alarm, AlarmKind, AuthorityRow, EnquiryRow, Event, Filing,
    KioskRow, NewPacket, PacketRow, StoreError,
};
use crate::web::auth::REVOKED;
use crate::web::error::{Answer, Failure};
use crate::web::guess::MOST_WRONG;

pub(crate) use application::level;
pub(crate) use draft::is_full;
pub(crate) use entrance::Entrance;
pub(crate) use materials::Commitments;
pub(crate) use supplement::rated_case;
pub(crate) use take_in::{Handed, HandedIn, take_in};

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
    /// By which way it came.
    pub(crate) entrance: Entrance,
}

/// What a packet leads to.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What the store does.
    pub(crate) filing: Filing,
    /// The defect; None for a regular packet.
    pub(crate) irregular: Option<Defect>,
    /// The cases of a bundle in the order of its items: handling code, and key of its defect. Empty for all else.
    pub(crate) cases: Vec<(String, Option<String>)>,
    /// What else is noted with it: kind and detail.
    pub(crate) notes: Vec<(EventKind, String)>,
    /// Objections to data that came with it.
    pub(crate) objections: Vec<EnquiryRow>,
    /// The authority an agent showed.
    pub(crate) authority: Option<AuthorityRow>,
    /// The draft it was made from.
    pub(crate) draft: Option<Uuid>,
    /// Documents of drafts that are gone when it is received.
    pub(crate) dropped: Vec<String>,
}

impl Plan {
    /// The plan of a packet that is in order.
    fn of(filing: Filing) -> Self {
        Self {
            filing,
            irregular: None,
            cases: Vec::new(),
            notes: Vec::new(),
            objections: Vec::new(),
            authority: None,
            draft: None,
            dropped: Vec::new(),
        }
    }
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
    let (packet, known) = authentic(app, &header, &signature).await?;
    let hash = Sha256::of(&header);
    if let Some(known) = known
        && known.header_hash == *hash.as_bytes()
    {
        drop_draft(app, &packet).await;
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
        sequence: packet.header.as_ref().ok().map(|header| header.sequence),
        previous: packet
            .header
            .as_ref()
            .ok()
            .and_then(|header| header.previous)
            .map(|previous| *previous.as_bytes()),
        received: packet.now,
        day: civil(packet.now).date(),
        header,
        own: false,
        events: Vec::new(),
        alarms: Vec::new(),
        objections: Vec::new(),
        authority: None,
        draft: None,
    };
    let accepted = accept(app, &packet, new, hash).await?;
    drop_draft(app, &packet).await;
    app.work.notify_one();
    Ok(body(&accepted))
}

/// The parts of a draft are kept under the person's key; those sealed to the city go, each time they come.
async fn drop_draft(app: &App, packet: &Authentic) {
    if let Ok(header) = &packet.header
        && header.kind == Kind::Draft
    {
        draft::drop_parts(app, header).await;
    }
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
        if let Some(defect) = plan
            .irregular
            .as_ref()
            .filter(|_| packet.entrance.is_there())
        {
            return Err(take_in::refused(app, packet, defect).await?);
        }
        let mut new = new.clone();
        new.events = events(packet, plan.notes);
        new.objections = plan.objections;
        new.authority = plan.authority;
        new.draft = plan.draft;
        let irregular = plan.irregular.map(|defect| defect.key);
        let defects = plan.cases.iter().filter_map(|(_, key)| key.as_deref());
        new.alarms = alarms(packet, irregular.as_deref().into_iter().chain(defects));
        let raised = new.alarms.clone();
        let sign = acknowledge(&app.keys, packet, hash, (irregular, plan.cases));
        match app.store.accept_packet(new, plan.filing, sign).await? {
            Accepted::New { acknowledgement } => {
                raised.iter().for_each(log);
                saved::drop_pages(app, &plan.dropped).await;
                app.metrics.filings.inc();
                return Ok(acknowledgement);
            }
            Accepted::Again { acknowledgement } => return Ok(acknowledgement),
            Accepted::OtherContent => {
                return Err(Failure::new(ProblemCode::OtherContent)
                    .detail("this id was received with another header"));
            }
            Accepted::Refused(refusal) => {
                // The draft of an application was filed meanwhile: looked at once more, it is seen.
                plan = if refusal.code == ProblemCode::Taken {
                    self::plan(app, packet).await?
                } else {
                    let defect = Defect::new("supplement_unmatched", refusal.reason);
                    application::irregular(app, packet, defect)
                };
            }
        }
    }
    Err(Failure::new(ProblemCode::Internal))
}

/// Checks the signature against the enrolled key before anything else is believed; with it what is known under its id.
async fn authentic(
    app: &App,
    header: &[u8],
    signature: &Signature,
) -> Answer<(Authentic, Option<PacketRow>)> {
    let peek = Peek::parse(header).map_err(|error| {
        Failure::new(ProblemCode::BadField)
            .field("header")
            .detail(error.to_string())
    })?;
    let now = app.now();
    let (kiosk, known) = app.store.filer(peek.kiosk.to_string(), peek.id).await?;
    let key = kiosk
        .as_ref()
        .and_then(|kiosk| SigningPublic::from_bytes(kiosk.public_key).ok());
    let (Some(kiosk), Some(key)) = (kiosk, key) else {
        return Err(forged(app, &peek, now, None).await?);
    };
    if kiosk.revoked.is_some() {
        return Err(forged(app, &peek, now, Some(&kiosk)).await?.detail(REVOKED));
    }
    let read = match verify(header, signature, &key) {
        Ok(header) => Ok(header),
        Err(Rejected::Defective(bad)) => Err(bad.to_string()),
        Err(Rejected::Forged(_)) => {
            return Err(forged(app, &peek, now, Some(&kiosk)).await?);
        }
    };
    let authentic = Authentic {
        id: peek.id,
        receipt: peek.receipt.map(|receipt| receipt.compact()),
        header: read,
        kiosk,
        now,
        entrance: Entrance::Kiosk,
    };
    Ok((authentic, known))
}

/// Alarms a packet that is not the kiosk's; `kiosk` is None when the one it names is not enrolled.
///
/// Anybody can send such packets, so of one kiosk, and of all that are not enrolled together, only the first ten within
/// an hour become alarms; of the further ones the hundredth, the thousandth and so on tell how many there were.
async fn forged(
    app: &App,
    peek: &Peek,
    now: Timestamp,
    kiosk: Option<&KioskRow>,
) -> Answer<Failure> {
    let why = match kiosk {
        Some(_) => "the signature is not the kiosk's",
        None => "its kiosk is not enrolled",
    };
    let whose = kiosk.map_or("", |kiosk| kiosk.id.as_str());
    let count = app.forgeries.wrong(whose, now);
    if count <= MOST_WRONG || count.checked_ilog10().map(|digits| 10_u32.pow(digits)) == Some(count)
    {
        let alarm = Alarm {
            at: now,
            kind: AlarmKind::Forged,
            kiosk: Some(peek.kiosk.to_string()),
            detail: format!("packet {}: {why}, {count} within the hour", peek.id),
        };
        log(&alarm);
        app.store.alarm(alarm).await?;
    }
    Ok(Failure::new(ProblemCode::Forged).detail(why))
}

async fn all_parts_here(app: &App, header: &Header) -> Answer<()> {
    let parts = header.parts.iter().map(|part| part.sha256.to_string());
    let missing = app.blobs.missing(parts.collect()).await?;
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
        Kind::Bundle => bundle::plan(app, packet, header).await,
        Kind::Supplement => supplement::plan(app, packet, header).await,
        Kind::Rating => supplement::plan_rating(app, packet, header).await,
        Kind::CheckIn => arrival::plan(app, packet, header).await,
        Kind::Draft => draft::plan(app, packet, header).await,
    }
}

/// Makes and signs the acknowledgement once the numbers are drawn.
fn acknowledge(
    keys: &Arc<Keys>,
    packet: &Authentic,
    hash: Sha256,
    (irregular, cases): (Option<String>, Vec<(String, Option<String>)>),
) -> Acknowledge {
    let keys = Arc::clone(keys);
    let (id, now) = (packet.id, packet.now);
    Box::new(move |numbers| {
        let (filing_number, case_number) = parsed(&numbers.filing, numbers.case.as_deref())?;
        let each = cases.into_iter().zip(&numbers.each);
        let each = each.map(|((item, irregular), (filing, case))| {
            let (filing_number, case_number) = parsed(filing, case.as_deref())?;
            Ok(AcknowledgedCase {
                item,
                filing_number,
                case_number,
                irregular,
            })
        });
        let signed = Acknowledgement {
            version: Acknowledgement::VERSION,
            id,
            header_sha256: hash,
            filing_number,
            case_number,
            time: CityTime::new(now),
            irregular,
            cases: each.collect::<Result<_, StoreError>>()?,
        }
        .sign(&keys.signing)
        .map_err(|error| unacknowledged(&error))?;
        Ok(Acknowledged {
            bytes: signed.bytes,
            signature: signed.signature.as_bytes().to_vec(),
        })
    })
}

/// Filing and case number as they were drawn.
fn parsed(
    filing: &str,
    case: Option<&str>,
) -> Result<(FilingNumber, Option<CaseNumber>), StoreError> {
    let filing = filing.parse().map_err(|error| unacknowledged(&error))?;
    let case = case.map(str::parse).transpose();
    Ok((filing, case.map_err(|error| unacknowledged(&error))?))
}

fn unacknowledged(error: &dyn std::error::Error) -> StoreError {
    StoreError::Content {
        operation: "acknowledging a packet",
        reason: error.to_string(),
    }
}

fn body(acknowledged: &Acknowledged) -> AcknowledgementBody {
    AcknowledgementBody::new(&acknowledged.bytes, &acknowledged.signature)
}

/// What goes into the events with the packet.
fn events(packet: &Authentic, notes: Vec<(EventKind, String)>) -> Vec<Event> {
    let item = packet.header.as_ref().ok();
    let item = item.and_then(|header| header.item.as_ref());
    let item = item.map(|item| (item.code.clone(), item.version));
    let received = (EventKind::Received, format!("packet {}", packet.id));
    let event = |kind, detail| {
        let event = packet.entrance.event(&packet.kiosk, packet.now, kind);
        Event { detail, ..event }
    };
    let known = packet.entrance.clerk().map(|by| {
        let how = by.papers.as_ref().map_or("card read", |_| "papers seen");
        (EventKind::StaffChecked, format!("{how} at the window"))
    });
    std::iter::once(received)
        .chain(known)
        .chain(notes)
        .map(|(kind, detail)| Event {
            item: item.clone(),
            ..event(kind, detail)
        })
        .collect()
}

/// What a supervisor looks at: a defect, and another security module than the one pinned at enrolment. The packet is
/// accepted all the same.
fn alarms<'a>(packet: &Authentic, irregular: impl Iterator<Item = &'a str>) -> Vec<Alarm> {
    let alarm = |kind, what: &str| Alarm {
        at: packet.now,
        kind,
        kiosk: Some(packet.kiosk.id.clone()),
        detail: format!("packet {}: {what}", packet.id),
    };
    let header = packet.header.as_ref().ok();
    let other_sam = header
        .and_then(|header| header.sam_id.as_ref())
        .is_some_and(|sam| *sam != packet.kiosk.sam_id);
    let irregular = irregular.map(|key| alarm(AlarmKind::Irregular, key));
    let changed = "another security module in the reader";
    let changed = other_sam.then(|| alarm(AlarmKind::SamChanged, changed));
    irregular.chain(changed).collect()
}

fn log(alarm: &Alarm) {
    let kiosk = alarm.kiosk.as_deref().unwrap_or_default();
    tracing::warn!(kind = alarm.kind.name(), kiosk, detail = %alarm.detail, "alarm");
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
