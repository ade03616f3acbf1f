//! A window without a display and sample pages, for tests and for the gallery.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::expect_used,
    reason = "each test uses its part, and a test may stop"
)]

pub mod headless;
pub mod pages;
pub mod pages_after;
pub mod pages_filing;
pub mod pages_portrait;
pub mod pages_service;
