//! Filing at a window: the city seals what the officer typed and scanned into a packet of the station's desk and takes
//! it in like one of a kiosk. Its defects are refusals with their own words: the person is still there.

use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;

use city_api::application::{Application, to_bytes};
use city_api::numbers::ReceiptNumber;
use city_api::packet::{ChainHead, Draft, Header, Kind, PlainPart, Role, Sealed};
use city_api::requests::ProblemCode;
use city_api::time::CityTime;
use city_catalogue::case::EventKind;

use super::{Acknowledged, Authentic, accept};
use crate::app::App;
use crate::clock::civil;
use crate::file::{Defect, ReceivedBy};
use crate::store::{Event, KioskRow, NewPacket, PacketRow};
use crate::web::error::{Answer, Failure, internal};

/// What an officer of a window takes in.
#[derive(Debug)]
pub(crate) struct AtWindow {
    /// Id of the filing.
    pub(crate) id: Uuid,
    /// The station's desk.
    pub(crate) desk: KioskRow,
    /// Who takes it in.
    pub(crate) by: ReceivedBy,
    /// What is applied for.
    pub(crate) application: Application,
    /// The form that was shown and signed.
    pub(crate) form: Vec<u8>,
    /// Scanned pages.
    pub(crate) pages: Vec<Vec<u8>>,
}

/// Takes a filing in; the same under the same id is the same filing. The receipt number, and the acknowledgement.
pub(crate) async fn take_in(app: &App, filed: AtWindow) -> Answer<(ReceiptNumber, Acknowledged)> {
    let content = to_bytes(&filed.application).map_err(|error| internal(&error))?;
    if let Some(known) = app.store.packet(filed.id).await? {
        return again(app, &filed, known, &content).await;
    }
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
        clerk: Some(filed.by.clone()),
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

fn filed_parts(filed: &AtWindow, content: Zeroizing<Vec<u8>>) -> Vec<PlainPart> {
    let form = Zeroizing::new(filed.form.clone());
    let pages = filed.pages.iter().zip(1..).map(|(page, number)| PlainPart {
        role: Role::Page(number),
        bytes: Zeroizing::new(page.clone()),
    });
    [(Role::Content, content), (Role::Form, form)]
        .into_iter()
        .map(|(role, bytes)| PlainPart { role, bytes })
        .chain(pages)
        .collect()
}

async fn seal(
    app: &App,
    parts: Vec<PlainPart>,
    filed: &AtWindow,
    receipt: ReceiptNumber,
) -> Answer<Sealed> {
    let draft = Draft {
        kind: Kind::Application,
        kiosk: receipt.kiosk(),
        sam_id: None,
        id: filed.id,
        receipt,
        item: Some(filed.application.item.clone()),
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
    filed: &AtWindow,
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
    if header.parts.len() != parts.len() + 1 {
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

/// The refusal of a filing with a defect, noted (R28, R30).
pub(super) async fn refused(
    app: &App,
    packet: &Authentic,
    by: &ReceivedBy,
    defect: &Defect,
) -> Answer<Failure> {
    let item = packet.header.as_ref().ok();
    let item = item.and_then(|header| header.item.as_ref());
    let kind = match defect.key.as_str() {
        Defect::NOT_IN_FORCE | Defect::UNKNOWN => EventKind::ItemRefused,
        _ => EventKind::ActionRefused,
    };
    let detail = format!("filing at a window: {}", defect.key);
    let event = Event {
        item: item.map(|item| (item.code.clone(), item.version)),
        ..Event::new(packet.now, kind, &by.person, detail)
            .at_kiosk(&packet.kiosk)
            .of_body(&by.body)
    };
    app.store.note(None, event).await?;
    Ok(Failure::new(ProblemCode::BadField)
        .field("application")
        .detail(format!("{}: {}", defect.key, defect.detail)))
}
