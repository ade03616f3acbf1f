//! Drivers for the devices of a kiosk, one folder each: `protocol` (bytes, pure),
//! `driver` (behaviour) and `sim` (a device that speaks the same bytes).
//!
//! A driver turns bytes into events and commands into bytes and decides nothing.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

#[cfg(all(test, feature = "simulator"))]
mod at_once;
pub mod cabinet;
mod child;
pub mod code_scanner;
pub mod conformance;
pub mod document_printer;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod id_card;
pub mod input_event;
pub mod keypad;
pub mod listing;
pub mod mrz;
mod poll;
pub mod receipt_printer;
pub mod runner;
pub mod scanner;
pub mod selector;
mod settings_file;
#[cfg(feature = "simulator")]
pub mod sim_host;
#[cfg(feature = "simulator")]
pub mod sim_script;
pub mod trace;
pub mod transport;
pub mod usb_port;
