//! The rules, one file each: what stands in a window in, findings out.

pub(super) mod contrast;
pub(super) mod cut;
pub(super) mod focus;
pub(super) mod glyphs;
pub(super) mod overlap;
pub(super) mod pixels;
pub(super) mod private;
pub(super) mod spoken;
pub(super) mod taps;
pub(super) mod targets;
pub(super) mod words;
