//! `kiosk`: the kiosk program and its tools for technicians, scripts and checks.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
