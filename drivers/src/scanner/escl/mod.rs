//! eSCL: XML and pictures over HTTP.
//!
//! Source: the scanner fact sheet, section 2, after the Mopria eSCL specification.

mod driver;
mod http;
pub mod protocol;

pub use driver::EsclScanner;
pub use http::Limits;
pub(crate) use http::Waiting;
