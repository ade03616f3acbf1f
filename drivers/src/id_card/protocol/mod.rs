//! The SAM protocol as pure functions: no device, no clock.

pub mod codes;
pub mod commands;
pub mod frame;
pub mod number;
pub mod read;
pub mod sam_id;
pub mod shape;
pub mod status;
pub mod text;
pub mod words;
