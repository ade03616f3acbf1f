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

/// The opened parts that decide about a filing; the pages were opened too and are let go.
#[derive(Debug, Default)]
struct Opened {
    content: Option<Zeroizing<Vec<u8>>>,
    form: Option<Zeroizing<Vec<u8>>>,
}

/// What the packet says, and the bytes of its form (None when it has none); or the defect of an irregular case.
pub(super) async fn read<T: DeserializeOwned>(
    app: &App,
    header: &Header,
) -> Answer<Result<(T, Option<Zeroizing<Vec<u8>>>), Defect>> {
    let opened = match open(app, header).await? {
        Ok(opened) => opened,
        Err(reason) => return Ok(Err(Defect::new("part_unreadable", reason))),
    };
    let content = opened.content.unwrap_or_default();
    Ok(from_bytes(&content)
        .map(|content| (content, opened.form))
        .map_err(|error| Defect::new("content_unreadable", error.to_string())))
}

/// The bytes of the packet's pages in order; or the defect of one that does not open.
pub(super) async fn pages(app: &App, header: &Header) -> Answer<Result<Vec<Vec<u8>>, Defect>> {
    let mut pages = Vec::new();
    for number in 1.. {
        let Some(part) = header.part(Role::Page(number)) else {
            break;
        };
        let unreadable = |reason: String| Ok(Err(Defect::new("part_unreadable", reason)));
        let Some(sealed) = app.blobs.part(&part.sha256.to_string()).await? else {
            return unreadable(format!("part {} is not here any more", part.role));
        };
        match app.keys.open_part(&sealed) {
            Ok(plain) => pages.push(plain.to_vec()),
            Err(error) => return unreadable(format!("part {}: {error}", part.role)),
        }
    }
    Ok(Ok(pages))
}

/// Opens every part: one that does not open is found while the kiosk still has the pages' number, not when an officer
/// looks for them weeks later. The error is the reason of an irregular case.
async fn open(app: &App, header: &Header) -> Answer<Result<Opened, String>> {
    let (blobs, keys) = (app.blobs.clone(), Arc::clone(&app.keys));
    let parts = header.parts.clone();
    // Reading waits for the disk and opening is work for the processor: neither may hold up other requests.
    let opened = tokio::task::spawn_blocking(move || {
        let mut opened = Opened::default();
        for part in &parts {
            let plain = match open_one(&blobs, &keys, part)? {
                Ok(plain) => plain,
                Err(reason) => return Ok(Err(format!("part {} {reason}", part.role))),
            };
            match part.role {
                Role::Content => opened.content = Some(plain),
                Role::Form => opened.form = Some(plain),
                Role::Visit | Role::Page(_) => {}
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
