//! The private decoders, for the fuzz targets only.

/// Reads `report` as both HID envelopes do.
pub fn hid_report(report: &[u8]) {
    crate::transport::hid::read_report(report);
}

/// Reads an answer of an IPP printer, and what it says of printer and job.
pub fn ipp_answer(bytes: Vec<u8>) {
    crate::document_printer::ipp::read_answer(bytes);
}

/// Counts the sides of `pdf`: as many as a document can have, or none.
pub fn pdf_pages(pdf: &[u8]) {
    crate::document_printer::count_pages(pdf);
}

/// A document of one page.
pub fn test_page() -> Vec<u8> {
    crate::conformance::test_pdf()
}

/// Looks at `bytes` as a scanner's JPEG, with its metadata and without, and as a page of
/// `scanimage`. What was taken for a whole page is still one without its metadata.
pub fn scanned_page(bytes: &[u8]) {
    crate::scanner::fuzz_page(bytes);
}

/// Looks at `bytes` as a camera's frame in both formats, and makes the page.
pub fn camera_frame(bytes: &[u8], width: u32, height: u32) {
    crate::scanner::camera::fuzz_frame(bytes, width, height);
}

/// The frame that a file in the place of a camera makes, and its page.
pub fn camera_file(bytes: &[u8]) {
    crate::scanner::camera::fuzz_file(bytes);
}

/// What `scanimage` may print of its options, and every choice among them.
pub fn scanimage_options(text: &str) {
    crate::scanner::fuzz_options(text);
}

/// What a decoder of photos may write.
pub fn photo(bytes: &[u8]) {
    crate::id_card::fuzz_photo(bytes);
}

/// What anybody may send to a simulated HTTP device.
#[cfg(feature = "simulator")]
pub fn http_request(mut bytes: &[u8]) {
    const MOST: usize = 1 << 16;
    if let Ok(request) = crate::sim_host::http::read_request(&mut bytes, MOST) {
        assert!(request.body.is_none_or(|body| body.len() <= MOST));
    }
}
