//! The private decoders, for the fuzz targets only.

/// Reads `report` as both HID envelopes do.
pub fn hid_report(report: &[u8]) {
    crate::transport::hid::read_report(report);
}

/// Reads an answer of an IPP printer, and what it says of printer and job.
pub fn ipp_answer(bytes: Vec<u8>) {
    crate::document_printer::ipp::read_answer(bytes);
}
