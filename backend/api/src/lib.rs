//! The contract between kiosks and the city: requests, packets, acknowledgements, OpenAPI
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod requests;
