//! The contract between kiosks and the city: requests, packets, acknowledgements, OpenAPI
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod acknowledgement;
pub mod application;
pub mod auth;
pub mod bundle;
pub mod canonical;
pub mod digest;
pub mod event_chain;
pub mod increment;
pub mod keys;
mod names;
pub mod numbers;
pub mod packet;
pub mod requests;
pub mod time;
