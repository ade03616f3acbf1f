//! `kiosk display`: the screen of a hall.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use kiosk::city::HallClient;
use kiosk::hall_screen::{self, HallScreenError};

use super::{CITY, DEVICE, Exit, Failure, USAGE};

/// `kiosk display`.
#[derive(Args)]
pub(crate) struct Display {
    /// Where the city is.
    #[arg(long, value_name = "URL")]
    city: String,
    /// The certificate authority of the city's TLS (PEM); a public one when not told.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The station whose hall it is.
    #[arg(long, value_name = "ID")]
    hall: String,
    /// Size in pixels.
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1920x1080", value_parser = size)]
    size: (u32, u32),
    /// Without a frame, over the whole screen.
    #[arg(long)]
    full_screen: bool,
    /// Saves one picture of it as it is now and ends; exit code 4 when the city does not answer.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

/// Reads `1920x1080`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let bound = |side: &str| {
        side.parse()
            .ok()
            .filter(|side| (320..=16_384).contains(side))
    };
    text.split_once('x')
        .and_then(|(width, height)| bound(width).zip(bound(height)))
        .ok_or_else(|| "two numbers from 320 to 16384 are expected, such as 1920x1080".to_owned())
}

impl Display {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let ca = self
            .ca
            .map(|path| {
                std::fs::read_to_string(&path).with_context(|| {
                    format!("reading the certificate authority {}", path.display())
                })
            })
            .transpose()
            .exit(USAGE)?;
        let client = HallClient::new(&self.city, ca.as_deref(), &self.hall).exit(USAGE)?;
        let Some(picture) = self.picture else {
            return hall_screen::show(client, self.size, self.full_screen).map_err(failure);
        };
        if hall_screen::save(&client, self.size, &picture).map_err(failure)? {
            return Ok(());
        }
        Err(anyhow::anyhow!(
            "the city does not answer, and the picture says so"
        ))
        .exit(CITY)
    }
}

fn failure(error: HallScreenError) -> Failure {
    let code = match error {
        HallScreenError::City(_) => CITY,
        HallScreenError::Thread(_) | HallScreenError::Window(_) | HallScreenError::Picture(_) => {
            DEVICE
        }
    };
    Failure {
        code,
        error: error.into(),
    }
}
