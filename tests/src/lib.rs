//! What the whole-system tests share.

pub mod ippeveprinter;
pub mod peer;
pub mod private;
