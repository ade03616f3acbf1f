//! The program `city-backend`: serves a city and does its administrator's work.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let command = cli::Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,city_backend=info")),
        )
        .init();
    match command.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("city-backend: {error:#}");
            ExitCode::from(4)
        }
    }
}
