//! Scanned pages as one PDF, the JPEG bytes as they are.

use krilla::configure::Archival;
use krilla::geom::Size;
use krilla::image::Image;

use crate::PrivateBytes;
use crate::scan::PageInfo;

use super::{DocumentDate, DocumentError, MAX_PAGES, pdf};

/// Points per inch.
const INCH: f32 = 72.0;

/// A scanned page for a PDF.
#[derive(Clone, Copy)]
pub struct JpegPage<'a> {
    /// The page.
    pub jpeg: &'a [u8],
    /// Dots per inch, by which it is sized (75 to 1200, others are moved there).
    pub dpi: u16,
}

crate::private::redacted_debug!(JpegPage<'_>);

/// One PDF/A-2b with a page for each JPEG.
///
/// The bytes of each JPEG go in unchanged, so that its hash can still be found in the file.
/// `title` goes into the metadata and must tell nothing about a person.
///
/// # Errors
/// [`DocumentError::TooManyPages`] beyond [`MAX_PAGES`]; [`DocumentError::Page`] naming the page
/// that is no JPEG or of a kind a PDF cannot hold; [`DocumentError::Pdf`] when there is no page.
pub fn pdf_from_jpegs(
    pages: &[JpegPage<'_>],
    title: &str,
    date: DocumentDate,
) -> Result<PrivateBytes, DocumentError> {
    if pages.is_empty() {
        return Err(DocumentError::Pdf("there is no page".into()));
    }
    if pages.len() > MAX_PAGES {
        return Err(DocumentError::TooManyPages);
    }
    let mut file = pdf::archival(Archival::A2_B)?;
    for (number, JpegPage { jpeg, dpi }) in pages.iter().enumerate() {
        let wrong = |reason: String| DocumentError::Page {
            page: number,
            reason,
        };
        let info = PageInfo::read(jpeg).map_err(|error| wrong(error.to_string()))?;
        let image = Image::from_jpeg(jpeg.to_vec().into(), false)
            .map_err(|_| wrong("the JPEG is of a kind a PDF cannot hold".into()))?;
        let points = |pixels: u32| pixels as f32 * INCH / f32::from((*dpi).clamp(75, 1200));
        let (width, height) = (points(info.width_px), points(info.height_px));
        let size =
            Size::from_wh(width, height).ok_or_else(|| wrong("the page has no size".into()))?;
        let mut page = file.start_page_with(pdf::page_settings(width, height)?);
        let mut surface = page.surface();
        surface.draw_image(image, size);
        surface.finish();
        page.finish();
    }
    file.set_metadata(
        pdf::metadata(date)
            .title(pdf::plain(title))
            .language("zh-CN".into()),
    );
    file.finish()
        .map(PrivateBytes::new)
        .map_err(|error| pdf::refused(&error))
}
