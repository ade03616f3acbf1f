//! Opening the parts of a packet.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use city_api::application::from_bytes;
use city_api::packet::{Header, PartRef, Role};

use crate::app::App;
use crate::blobs::{BlobError, Blobs};
use crate::file::Defect;
use crate::keys::Keys;
use crate::web::error::{Answer, internal};

/// What the packet says, and the bytes of its form (None when it has none); or the defect of an irregular case.
///
/// Opens every part: one that does not open is found while the kiosk still has the pages' number, not when an officer
/// looks for them weeks later.
pub(super) async fn read<T: DeserializeOwned>(
    app: &App,
    header: &Header,
) -> Answer<Result<(T, Option<Zeroizing<Vec<u8>>>), Defect>> {
    let decides = |role| matches!(role, Role::Content | Role::Form);
    let opened = match open(app, header.parts.clone(), decides).await? {
        Ok(opened) => opened,
        Err(defect) => return Ok(Err(defect)),
    };
    let (mut content, mut form) = (Zeroizing::default(), None);
    for (role, plain) in opened {
        match role {
            Role::Content => content = plain,
            Role::Form => form = Some(plain),
            Role::Visit | Role::Page(_) => {}
        }
    }
    Ok(from_bytes(&content)
        .map(|content| (content, form))
        .map_err(|error| Defect::new("content_unreadable", error.to_string())))
}

/// The bytes of the packet's pages in order; or the defect of one that does not open.
pub(super) async fn pages(app: &App, header: &Header) -> Answer<Result<Vec<Vec<u8>>, Defect>> {
    let pages = (1..).map_while(|number| header.part(Role::Page(number)));
    let opened = open(app, pages.copied().collect(), |_| true).await?;
    Ok(opened.map(|pages| pages.iter().map(|(_, plain)| plain.to_vec()).collect()))
}

/// Opened parts, in the order they were named.
type Opened = Vec<(Role, Zeroizing<Vec<u8>>)>;

/// Opens these parts one by one; those that are `kept` stay, the others are let go. The defect of the first that does
/// not open.
async fn open(
    app: &App,
    parts: Vec<PartRef>,
    kept: fn(Role) -> bool,
) -> Answer<Result<Opened, Defect>> {
    let (blobs, keys) = (app.blobs.clone(), Arc::clone(&app.keys));
    // Reading waits for the disk and opening is work for the processor: neither may hold up other requests.
    let opened = tokio::task::spawn_blocking(move || {
        let mut opened = Opened::new();
        for part in &parts {
            match open_one(&blobs, &keys, part)? {
                Ok(plain) if kept(part.role) => opened.push((part.role, plain)),
                Ok(_) => {}
                Err(reason) => {
                    let reason = format!("part {} {reason}", part.role);
                    return Ok(Err(Defect::new("part_unreadable", reason)));
                }
            }
        }
        Ok::<_, BlobError>(Ok(opened))
    });
    Ok(opened.await.map_err(|error| internal(&error))??)
}

fn open_one(
    blobs: &Blobs,
    keys: &Keys,
    part: &PartRef,
) -> Result<Result<Zeroizing<Vec<u8>>, String>, BlobError> {
    let Some(sealed) = blobs.part_waiting(&part.sha256.to_string())? else {
        return Ok(Err("is not here any more".to_owned()));
    };
    if sealed.len() as u64 != part.bytes {
        return Ok(Err("has another length than its header says".to_owned()));
    }
    let opened = keys.open_part(&sealed);
    Ok(opened.map_err(|error| format!("does not open: {error}")))
}
