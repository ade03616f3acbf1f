//! Opening the parts of a packet.

use std::sync::Arc;

use zeroize::Zeroizing;

use city_api::packet::{Header, Role};

use crate::app::App;
use crate::web::error::Answer;

/// The opened parts that decide about a filing; the pages were opened too and are let go.
#[derive(Debug)]
pub(crate) struct Opened {
    content: Option<Zeroizing<Vec<u8>>>,
    form: Option<Zeroizing<Vec<u8>>>,
}

impl Opened {
    /// The content part.
    pub(crate) fn content(&self) -> &[u8] {
        self.content.as_ref().map_or(&[], |bytes| bytes.as_slice())
    }

    /// The form part; None when the packet has none.
    pub(crate) fn form(&self) -> Option<&[u8]> {
        self.form.as_ref().map(|bytes| bytes.as_slice())
    }
}

/// Opens every part: one that does not open is found while the kiosk still has the pages' number, not when an officer
/// looks for them weeks later. The error is the reason of an irregular case.
pub(crate) async fn open(app: &App, header: &Header) -> Answer<Result<Opened, String>> {
    let mut opened = Opened {
        content: None,
        form: None,
    };
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
        let plain = tokio::task::spawn_blocking(move || keys.opener.open(&sealed)).await;
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
