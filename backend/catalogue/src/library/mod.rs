//! The code library as a whole: what items cost people, how versions differ, what contradicts what, who may change it.
//!
//! * [`burden`]: materials, visits, steps and days of an item (R1)
//! * [`diff`]: what changed between two versions (R14, R57)
//! * [`graph`]: results that are materials of each other (R16)
//! * [`life`]: draft, reviewed, in force, changed, cancelled (R15, R21)
//! * [`report`]: coverage, stale, wording, gaps, the longest (R7, R14, R22, R52)
//! * [`guide`]: guide and handbook from one record (R53, R54)
//! * [`bundle`]: several items as one matter (R58)

pub mod bundle;
pub mod burden;
pub mod diff;
pub mod graph;
pub mod guide;
pub mod life;
pub mod report;
#[cfg(test)]
mod tests;

pub use burden::{Burden, Measure};
pub use diff::VersionDiff;
pub use life::{Denied, Life};
