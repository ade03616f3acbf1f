//! The kiosk's screens: pages, components, theme, words and fonts.
//!
//! Nothing here knows the visit: pages draw the data of [`Pages`] and [`Frame`] and report
//! touches through [`Touched`]. [`words`] serves the same translations to slips and documents,
//! [`ime`] turns typed letters into characters, [`keyboard`] joins it to the keyboard drawn.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

/// What Slint generates from the markup. It takes minutes to compile, and the tests in here ask nothing of it: those
/// that do stand in `tests`.
#[cfg(not(test))]
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::todo,
    clippy::unimplemented,
    reason = "generated from ui/*.slint, where everything is documented"
)]
mod generated {
    slint::include_modules!();
}

pub mod fonts;
pub mod ime;
#[cfg(not(test))]
pub mod keyboard;
mod po;
pub mod words;

#[cfg(not(test))]
pub use generated::*;
