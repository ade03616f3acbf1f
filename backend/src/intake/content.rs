//! Opening the parts of a packet.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use city_api::application::from_bytes;
use city_api::packet::{Header, Role};

use crate::app::App;
use crate::file::Defect;
use crate::web::error::Answer;

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
    let mut opened = Opened::default();
    for part in &header.parts {
        let Some(sealed) = app.blobs.part(&part.sha256.to_string()).await? else {
            return Ok(Err(format!("part {} is not here any more", part.role)));
        };
        if sealed.len() as u64 != part.bytes {
            return Ok(Err(format!(
                "part {} has another length than its header says",
                part.role
            )));
        }
        let keys = Arc::clone(&app.keys);
        // Opening is work for the processor: it must not hold up other requests.
        let plain = tokio::task::spawn_blocking(move || keys.open_part(&sealed)).await;
        let plain = match plain {
            Ok(Ok(plain)) => plain,
            Ok(Err(error)) => return Ok(Err(format!("part {}: {error}", part.role))),
            Err(error) => return Err(crate::web::error::internal(&error)),
        };
        match part.role {
            Role::Content => opened.content = Some(plain),
            Role::Form => opened.form = Some(plain),
            Role::Visit | Role::Page(_) => {}
        }
    }
    Ok(Ok(opened))
}
