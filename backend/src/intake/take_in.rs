//! What is handed to the city itself, at a window or from home: the city seals what was typed and scanned into a packet of
//! its own desk there and takes it in like one of a kiosk. Its defects are refusals with their own words: the person is
//! still there.

use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;

use city_api::application::{Application, Rating, Supplement, to_bytes};
use city_api::numbers::ReceiptNumber;
use city_api::packet::{ChainHead, Draft, Header, ItemRef, Kind, PlainPart, Role, Sealed};
use city_api::requests::ProblemCode;
use city_api::time::CityTime;
use city_catalogue::case::EventKind;

use super::look::look;
use super::{Acknowledged, Authentic, Entrance, accept};
use crate::app::App;
use crate::clock::civil;
use crate::file::Defect;
use crate::store::{Event, KioskRow, NewPacket, PacketRow};
use crate::web::error::{Answer, Failure, internal};

/// What is handed in, as a kiosk would have sealed it.
#[derive(Debug)]
pub(crate) enum Handed {
    /// An application, and the form that was shown and signed.
    Application(Box<Application>, Vec<u8>),
    /// What was asked for.
    Supplement(Box<Supplement>),
    /// A rating.
    Rating(Rating),
}

impl Handed {
    fn kind(&self) -> Kind {
        match self {
            Self::Application(..) => Kind::Application,
            Self::Supplement(_) => Kind::Supplement,
            Self::Rating(_) => Kind::Rating,
        }
    }

    fn item(&self) -> Option<&ItemRef> {
        match self {
            Self::Application(application, _) => Some(&application.item),
            Self::Supplement(_) | Self::Rating(_) => None,
        }
    }

    fn form(&self) -> Option<&[u8]> {
        match self {
            Self::Application(_, form) => Some(form),
            Self::Supplement(_) | Self::Rating(_) => None,
        }
    }

    fn content(&self) -> Answer<Zeroizing<Vec<u8>>> {
        let bytes = match self {
            Self::Application(application, _) => to_bytes(application.as_ref()),
            Self::Supplement(supplement) => to_bytes(supplement.as_ref()),
            Self::Rating(rating) => to_bytes(rating),
        };
        bytes.map_err(|error| internal(&error))
    }
}

/// What was handed in, where, and by whom.
#[derive(Debug)]
pub(crate) struct HandedIn {
    /// Id of the packet it becomes.
    pub(crate) id: Uuid,
    /// What the city files as there: a station's desk, or that of home.
    pub(crate) desk: KioskRow,
    /// Who hands it in.
    pub(crate) entrance: Entrance,
    /// What it is.
    pub(crate) handed: Handed,
    /// Pages.
    pub(crate) pages: Vec<Vec<u8>>,
}

/// Takes it in; the same under the same id is the same. The receipt number, and the acknowledgement.
pub(crate) async fn take_in(app: &App, filed: HandedIn) -> Answer<(ReceiptNumber, Acknowledged)> {
    let content = filed.handed.content()?;
    if let Some(known) = app.store.packet(filed.id).await? {
        return again(app, &filed, known, &content).await;
    }
    look(app, filed.handed.form(), &filed.pages).await?;
    let (id, desk) = (filed.id, filed.desk.clone());
    let (now, receipt) = (app.now(), receipt(&desk)?);
    let sealed = seal(app, filed_parts(&filed, content.clone()), &filed, receipt).await?;
    for part in &sealed.parts {
        let (name, total) = (part.sha256.to_string(), part.ciphertext.len() as u64);
        let bytes = part.ciphertext.clone();
        app.blobs.receive(&name, 0, total, bytes).await?;
    }
    let hash = sealed.header_sha256();
    let packet = Authentic {
        id,
        receipt: Some(receipt.compact()),
        header: Ok(sealed.fields.clone()),
        kiosk: desk.clone(),
        now,
        entrance: filed.entrance.clone(),
    };
    let new = NewPacket {
        id,
        header_hash: *hash.as_bytes(),
        signature: sealed.signature.as_bytes().to_vec(),
        kiosk: desk.id.clone(),
        // The city itself makes a desk's packets, many at once: they are no chain.
        sequence: None,
        previous: None,
        received: now,
        day: civil(now).date(),
        header: sealed.header.clone(),
        own: true,
        events: Vec::new(),
        alarms: Vec::new(),
        objections: Vec::new(),
        authority: None,
        draft: None,
    };
    match accept(app, &packet, new, hash).await {
        Ok(acknowledged) => {
            app.work.notify_one();
            Ok((receipt, acknowledged))
        }
        Err(failure) => {
            // A refusal leaves nothing behind; after any other failure the packet may be here all the same.
            let refused = [ProblemCode::BadField, ProblemCode::OtherContent];
            if refused.contains(&failure.0.code) {
                for part in &sealed.parts {
                    app.blobs.drop_part(&part.sha256.to_string()).await?;
                }
            }
            // Filed twice at once: the other one was first.
            match app.store.packet(id).await? {
                Some(known) => again(app, &filed, known, &content).await,
                None => Err(failure),
            }
        }
    }
}

fn receipt(desk: &KioskRow) -> Answer<ReceiptNumber> {
    let id = desk.id.parse().map_err(|error| internal(&error))?;
    Ok(ReceiptNumber::new(id, rand::random()))
}

fn filed_parts(filed: &HandedIn, content: Zeroizing<Vec<u8>>) -> Vec<PlainPart> {
    let form = filed.handed.form().map(<[u8]>::to_vec);
    let form = form.map(|form| (Role::Form, Zeroizing::new(form)));
    let pages = filed.pages.iter().zip(1..).map(|(page, number)| PlainPart {
        role: Role::Page(number),
        bytes: Zeroizing::new(page.clone()),
    });
    std::iter::once((Role::Content, content))
        .chain(form)
        .map(|(role, bytes)| PlainPart { role, bytes })
        .chain(pages)
        .collect()
}

async fn seal(
    app: &App,
    parts: Vec<PlainPart>,
    filed: &HandedIn,
    receipt: ReceiptNumber,
) -> Answer<Sealed> {
    let draft = Draft {
        kind: filed.handed.kind(),
        kiosk: receipt.kiosk(),
        sam_id: None,
        id: filed.id,
        receipt,
        item: filed.handed.item().cloned(),
        time: CityTime::new(app.now()),
        parts,
    };
    let keys = Arc::clone(&app.keys);
    // Sealing is work for the processor: it must not hold up other requests.
    let sealed = tokio::task::spawn_blocking(move || {
        draft
            .seal(&keys.public)?
            .sign(ChainHead::START, &keys.signing)
    });
    sealed
        .await
        .map_err(|error| internal(&error))?
        .map_err(|error| internal(&error))
}

/// The filing of this id once more: the same answer for the same content, 409 for another.
async fn again(
    app: &App,
    filed: &HandedIn,
    known: PacketRow,
    content: &[u8],
) -> Answer<(ReceiptNumber, Acknowledged)> {
    let other =
        || Failure::new(ProblemCode::OtherContent).detail("this id was filed with other content");
    if known.kiosk != filed.desk.id {
        return Err(other());
    }
    let header = app.store.packet_header(known.id).await?.ok_or_else(other)?;
    let header = Header::parse(&header).map_err(|error| internal(&error))?;
    // The content names the form by its hash.
    let pages = filed.pages.iter().zip(1..);
    let pages = pages.map(|(page, number)| (Role::Page(number), page.as_slice()));
    let parts: Vec<(Role, &[u8])> = std::iter::once((Role::Content, content))
        .chain(pages)
        .collect();
    let form = usize::from(filed.handed.form().is_some());
    if header.kind != filed.handed.kind() || header.parts.len() != parts.len() + form {
        return Err(other());
    }
    for (role, bytes) in parts {
        let part = header.part(role).ok_or_else(other)?;
        let sealed = app.blobs.part(&part.sha256.to_string()).await?;
        let sealed = sealed.ok_or_else(other)?;
        let kept = app.keys.open_part(&sealed);
        let kept = kept.map_err(|error| internal(&error))?;
        if kept.as_slice() != bytes {
            return Err(other());
        }
    }
    Ok((header.receipt, known.acknowledgement))
}

/// The refusal of what has a defect, noted (R28, R30).
pub(super) async fn refused(app: &App, packet: &Authentic, defect: &Defect) -> Answer<Failure> {
    let header = packet.header.as_ref().ok();
    let item = header.and_then(|header| header.item.as_ref());
    let kind = match defect.key.as_str() {
        Defect::NOT_IN_FORCE | Defect::UNKNOWN => EventKind::ItemRefused,
        _ => EventKind::ActionRefused,
    };
    let place = match packet.entrance {
        Entrance::Kiosk => "at a kiosk",
        Entrance::Window(_) => "at a window",
        Entrance::Home => "from home",
    };
    let field = name(header.map_or(Kind::Application, |header| header.kind));
    let event = Event {
        item: item.map(|item| (item.code.clone(), item.version)),
        detail: format!("{field} {place}: {}", defect.key),
        ..packet.entrance.event(&packet.kiosk, packet.now, kind)
    };
    app.store.note(None, event).await?;
    Ok(Failure::new(ProblemCode::BadField)
        .field(field)
        .detail(format!("{}: {}", defect.key, defect.detail)))
}

/// What a request calls it.
fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Application => "application",
        Kind::Bundle => "bundle",
        Kind::Supplement => "supplement",
        Kind::Rating => "rating",
        Kind::CheckIn => "check-in",
        Kind::Draft => "draft",
    }
}
