//! The kiosk's side of the city's HTTP contract: the client, and the outbox that sends until it is acknowledged.
//!
//! Requests are signed by the kiosk's key, answers are bounded, and transport is TLS 1.3 to the pinned authority.
//! Trust does not rest on transport: packets are sealed and signed, acknowledgements and bundles are signed by the
//! city. So an expired certificate never strands the outbox, and a foreign one never sees a request.

mod backoff;
mod client;
mod device_key;
mod error;
mod http;
mod outbox;
#[cfg(test)]
mod tests;
mod tls;
pub mod trial;
mod upload;

pub use backoff::Pace;
pub use client::{Changed, CityClient, HallClient, enrol};
pub use device_key::{KeyFileError, load_or_create};
pub use error::CityError;
pub(crate) use outbox::blocking;
pub use outbox::{Outbox, OutboxEvent};
