//! The hand-over of a result (送达): the ways an item offers, where a delivery stands, and who moves it.
//!
//! One table ([`State::step`]) says which move leads where and who may make it; everything that is not in it is
//! refused. Times and persons stay outside.
//!
//! Source: domain specification, sections 5.2 and 4.2; 行政许可法 Art. 44.

mod table;
#[cfg(test)]
mod tests;
mod way;

pub use table::{Move, Refusal, State};
pub use way::Way;
