//! The kiosk program: the shell around the visit's core.
//!
//! One loop ([`shell`]) joins devices, store, city and screen; the core decides, the shell does.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod app;
#[cfg(feature = "demo")]
pub mod audit;
pub mod city;
pub mod clock;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod devices;
pub mod documents;
pub mod filer;
pub mod filing;
pub mod fonts;
#[cfg(feature = "demo")]
pub mod gallery;
pub mod hall_screen;
pub mod headless;
pub mod link;
pub mod memory;
#[cfg(any(test, feature = "demo"))]
pub(crate) mod samples;
pub mod service;
pub mod shelf;
pub mod shell;
pub mod slips;
pub mod speech;
pub mod stop;
pub mod store;
pub mod traditional;
pub mod view;
pub mod window;
pub mod words;
pub mod work;
