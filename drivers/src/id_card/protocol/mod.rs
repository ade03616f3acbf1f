//! The SAM protocol as pure functions: no device, no clock.

pub mod codes;
pub mod commands;
pub mod frame;
pub mod number;
pub mod read;
pub mod status;
pub mod text;
