//! `kiosk gallery`: every component in every state.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use kiosk::gallery;

use super::{DEVICE, Exit, Failure, USAGE};

/// `kiosk gallery`.
#[derive(Args)]
pub(crate) struct Gallery {
    /// Draws it there in every language, size of words and contrast, instead of into a window.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Gallery {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let Some(out) = self.out else {
            return gallery::show().exit(DEVICE);
        };
        std::fs::create_dir_all(&out)
            .with_context(|| format!("making {}", out.display()))
            .exit(USAGE)?;
        let pictures = gallery::draw(&out).exit(DEVICE)?;
        println!("{pictures} pictures in {}", out.display());
        Ok(())
    }
}
