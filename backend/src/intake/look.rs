//! What is handed to the city at a window or from home is looked at before it is sealed: pages are pictures or PDF, the
//! form is a PDF. At a kiosk the scanner's own software does that.

use std::sync::Arc;

use kiosk_paper::scan::PageFile;

use city_api::requests::BadField;

use crate::app::App;
use crate::web::error::{Answer, internal};

/// How a PDF begins.
const PDF: &[u8] = b"%PDF-";
/// How it ends, within so many bytes.
const PDF_END: &[u8] = b"%%EOF";
const END_WITHIN: usize = 1024;

/// Refuses a form that is no PDF, and pages that are neither a JPEG nor a PNG that opens nor a PDF.
pub(super) async fn look(app: &App, form: Option<&[u8]>, pages: &[Vec<u8>]) -> Answer<()> {
    if form.is_some_and(|form| !form.starts_with(PDF)) {
        return Err(BadField::new("form", "is no PDF").into());
    }
    for (at, page) in pages.iter().enumerate() {
        // A picture may open to some hundred megabytes: one at a time, also when who sent it has hung up.
        let turn = Arc::clone(&app.looks).acquire_owned().await;
        let turn = turn.map_err(|error| internal(&error))?;
        let page = page.clone();
        let is_page = tokio::task::spawn_blocking(move || {
            let is_page = is_page(&page);
            drop(turn);
            is_page
        });
        let is_page = is_page.await;
        if !is_page.map_err(|error| internal(&error))? {
            let field = format!("pages[{at}]");
            return Err(BadField::new(field, "is no JPEG, PNG or PDF that opens").into());
        }
    }
    Ok(())
}

fn is_page(bytes: &[u8]) -> bool {
    if !bytes.starts_with(PDF) {
        return PageFile::read(bytes).is_ok();
    }
    let tail = bytes.len().saturating_sub(END_WITHIN);
    let tail = bytes.get(tail..).unwrap_or_default();
    tail.windows(PDF_END.len()).any(|found| found == PDF_END)
}

#[cfg(test)]
mod tests {
    use super::is_page;

    #[test]
    fn a_page_that_broke_off_or_is_something_else_is_none() {
        let png = include_bytes!("../../tests/common/page.png");
        assert!(is_page(png));
        assert!(!is_page(&png[..png.len() / 2]));
        assert!(is_page(b"%PDF-1.7\n...\n%%EOF\n"));
        for bad in [b"%PDF-1.7".as_slice(), b"\xff\xd8\xff\xe0", b"a page", b""] {
            assert!(!is_page(bad));
        }
    }
}
