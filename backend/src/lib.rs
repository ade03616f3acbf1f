//! The city: takes packets from kiosks, files cases, publishes the catalogue.
//!
//! [`City::start`] serves the whole contract (`backend/api/openapi.json`) from one folder: a database, an object store of
//! sealed parts, keys, the catalogue. Inside, `intake` decides what a packet is, `flow` moves cases (pure), `store`
//! commits whole transactions, `worker` does what the city does by itself, `web` speaks HTTP.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

// The tests of this crate and those beside it open databases by one file.
#[cfg(test)]
extern crate self as city_backend;
#[cfg(test)]
#[path = "../tests/common/database.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests beside this crate use the rest"
)]
mod test_database;

mod admin;
mod app;
mod blobs;
mod chain;
mod child;
mod city;
pub mod clock;
mod codes;
mod commitment;
mod config;
mod departments;
mod door;
mod file;
mod flow;
mod fonts;
mod handover;
mod handshake;
mod increments;
mod intake;
mod items;
mod keys;
mod limits;
mod metrics;
mod mtls;
pub mod notify;
mod password;
mod proxy;
mod publish;
mod result;
#[cfg(feature = "sample-city")]
#[path = "../sample-city/mod.rs"]
pub mod sample_city;
mod saved;
mod secret;
mod sharing;
mod store;
mod supervise;
mod sweep;
mod tls;
mod view;
mod watch;
mod web;
mod worker;

pub use admin::{Admin, AdminError, NewAccount};
pub use blobs::UPLOADS;
pub use chain::{ChainFault, ChainReport, verify as verify_chain};
pub use city::{CaseOverview, City, CityError, RunningCity};
pub use config::{BlobPlace, CityConfig, Database, DepartmentsSource, NoDatabase};
pub use limits::{Limits, Rate};
pub use mtls::{CERTIFICATE_DAYS, Mtls, MtlsError};
pub use sweep::{MissingPart, SweepError, Swept};
pub use tls::{Certificate, Tls, TlsError};
