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
