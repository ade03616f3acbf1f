//! What is asked, and whether an answer is right: the one evaluator of kiosk and city.
//!
//! A value read from a chip or a register is exempt from pattern, length, repertoire and checksum:
//! it is accepted, shown, and reported by [`flags`] instead. Foreigners, rare characters and wrong
//! chips are people too.

mod check;
mod context;
mod dates;
mod display;
mod normalise;
mod numbers;
mod places;
mod problem;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub use check::{check, check_all, flags, visible};
pub use context::{Context, DynamicChoice, DynamicOptions, Script, as_published};
pub use display::{display, display_cell, masked};
pub use normalise::normalise;
pub use problem::{FieldProblem, Flag, FlagKind, Problem};
pub use value::{Answer, Answers, Month, Scanned, Source, Value};
