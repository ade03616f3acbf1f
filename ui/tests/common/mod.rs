//! A window without a display and sample pages, for tests and for the gallery.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test uses its part"
)]

pub mod headless;
pub mod pages;
pub mod pages_filing;
