//! The city: takes packets from kiosks, files cases, publishes the catalogue
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod blobs;
pub mod clock;
mod file;
mod flow;
mod keys;
mod opener;
mod secret;
mod store;
