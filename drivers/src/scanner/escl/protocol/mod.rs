//! The documents of eSCL, pure: capabilities and status in, job settings out.

mod capabilities;
mod location;
mod quirks;
mod settings;
mod status;
pub(in crate::scanner) mod xml;

pub use capabilities::{Capabilities, InputCaps, Profile, Resolutions};
pub use location::job_path;
pub use quirks::{Host, QuirkTable, Quirks, QuirksError};
pub use settings::JobSettings;
pub use status::{AdfState, JobState, ScannerState, Status};
pub use xml::XmlError;
