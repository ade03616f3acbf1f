//! `kiosk demo`: simulated devices and an embedded city, in a window or as scripted visits.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context;
use city_backend::DepartmentsSource;
use clap::Args;
use kiosk::demo::headless::{self, Ended, Playing};
use kiosk::demo::place::SAMPLE_PIN;
use kiosk::demo::script::{self, Script};
use kiosk::demo::window::Places;
use serde_json::json;

use super::{CHECK_FAILED, CITY, DEVICE, Exit, Failure, USAGE};

/// `kiosk demo`.
#[derive(Args, Default)]
#[command(
    after_help = "Examples:\n  kiosk demo\n  kiosk demo --list\n  kiosk demo --headless --visit all --out pictures\n  kiosk demo --headless --visit unemployment --size 1920x1080 --json"
)]
pub(crate) struct Demo {
    /// Plays scripted visits without a display.
    #[arg(long)]
    headless: bool,
    /// The visit to play, or `all`.
    #[arg(long, value_name = "NAME")]
    visit: Option<String>,
    /// A visit from a TOML file instead of a built-in one.
    #[arg(long, value_name = "FILE", conflicts_with = "visit")]
    script: Option<PathBuf>,
    /// Where pictures, slips and events go; a temporary folder when not told.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Wires, paper and waiting keep their real speed.
    #[arg(long)]
    paced: bool,
    /// Names the built-in visits, one a line.
    #[arg(long)]
    list: bool,
    /// Tells what can be pressed in the windows and where, one JSON object a line, whenever it changes.
    #[arg(long, conflicts_with_all = ["headless", "visit", "script"])]
    places: bool,
    /// Size of the screen, such as 1080x1920; at least 1280x800, or 1080x1600 on end.
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(u32, u32)>,
}

/// The smallest screens whose pages hold all they have to: wider than high, and on end.
const LANDSCAPE: (u32, u32) = (1280, 800);
const PORTRAIT: (u32, u32) = (1080, 1600);

fn size(text: &str) -> Result<(u32, u32), String> {
    let (width, height) = text.split_once('x').ok_or("write WIDTHxHEIGHT")?;
    let number = |text: &str| match text.parse::<u32>() {
        Ok(number) if (480..=7680).contains(&number) => Ok(number),
        _ => Err(format!("`{text}` is no size between 480 and 7680")),
    };
    let (width, height) = (number(width)?, number(height)?);
    let smallest = if width > height { LANDSCAPE } else { PORTRAIT };
    if width < smallest.0 || height < smallest.1 {
        return Err(format!(
            "the screen is drawn for {}x{} and larger, or {}x{} on end",
            LANDSCAPE.0, LANDSCAPE.1, PORTRAIT.0, PORTRAIT.1
        ));
    }
    Ok((width, height))
}

/// The departments' data service: this program again, as a process of its own.
fn departments() -> Result<DepartmentsSource, Failure> {
    Ok(DepartmentsSource::Process {
        program: std::env::current_exe()
            .context("finding this program")
            .exit(CITY)?,
        args: vec!["departments".to_owned()],
    })
}

impl Demo {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if self.list {
            for name in script::names() {
                println!("{name}");
            }
            return Ok(());
        }
        if self.headless || self.visit.is_some() || self.script.is_some() {
            return self.play();
        }
        self.window()
    }

    fn window(self) -> Result<(), Failure> {
        let size = self.size.unwrap_or((1080, 1920));
        let window = match kiosk::demo::window::open(size) {
            Ok(window) => window,
            Err(error) if error.no_display() => {
                eprintln!("kiosk: {}", kiosk::work::chain(&error));
                eprintln!("kiosk: playing the scripted visits without a display instead");
                return self.play();
            }
            Err(error) => return Err(error).exit(DEVICE),
        };
        let folder = tempfile::tempdir()
            .context("making a temporary folder")
            .exit(USAGE)?;
        let ready = |url: &str| {
            eprintln!("city: {url} (console {url}/console, API {url}/openapi.json)");
            eprintln!("service: touch the city's mark five times; the PIN is {SAMPLE_PIN}");
        };
        let places: Option<fn(&Places)> = self.places.then_some(tell_places);
        kiosk::demo::window::run(
            &window,
            folder.path(),
            self.paced || !self.places,
            departments()?,
            ready,
            places,
        )
        .exit(DEVICE)
    }

    fn visits(&self) -> Result<Vec<Script>, Failure> {
        if let Some(file) = &self.script {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("reading {}", file.display()))
                .exit(USAGE)?;
            let name = file
                .file_stem()
                .and_then(|name| name.to_str())
                .unwrap_or("visit");
            return Ok(vec![Script::parse(name, &text).exit(USAGE)?]);
        }
        match self.visit.as_deref() {
            None | Some("all") => script::names()
                .map(|name| Script::built_in(name).exit(USAGE))
                .collect(),
            Some(name) => Ok(vec![Script::built_in(name).exit(USAGE)?]),
        }
    }

    fn play(self) -> Result<(), Failure> {
        let visits = self.visits()?;
        let out = match &self.out {
            Some(out) => out.clone(),
            None => tempfile::tempdir()
                .context("making a temporary folder")
                .exit(USAGE)?
                .keep(),
        };
        let playing = Playing {
            visits,
            out: out.clone(),
            paced: self.paced,
            size: self.size.unwrap_or((1080, 1920)),
            departments: departments()?,
        };
        let as_json = self.json;
        let summary = headless::run(playing, move |visit| tell(visit, as_json)).exit(DEVICE)?;
        if as_json {
            println!(
                "{}",
                json!({
                    "event": "end",
                    "good": summary.good(),
                    "missing": summary.missing,
                    "surplus": summary.surplus,
                    "out": out,
                })
            );
        } else {
            println!("pictures in {}", out.display());
        }
        if summary.good() {
            Ok(())
        } else {
            Err(anyhow::anyhow!(
                "{} visits did not go as told; the city misses {} of what was filed and holds {} too many",
                summary.visits.iter().filter(|visit| visit.failed.is_some()).count(),
                summary.missing.len(),
                summary.surplus.len()
            ))
            .exit(CHECK_FAILED)
        }
    }
}

/// A line that its reader gets at once; one that nobody reads any more is no fault.
fn tell_places(places: &Places) {
    let mut out = std::io::stdout().lock();
    if serde_json::to_writer(&mut out, places).is_ok() {
        let _ = out.write_all(b"\n").and_then(|()| out.flush());
    }
}

fn tell(visit: &Ended, as_json: bool) {
    let seconds = visit.took.as_secs_f64();
    let failed = visit.failed.as_ref().map(|error| kiosk::work::chain(error));
    if as_json {
        println!(
            "{}",
            json!({
                "event": "visit",
                "name": visit.name,
                "good": failed.is_none(),
                "reason": failed,
                "screens": visit.screens,
                "seconds": seconds,
            })
        );
    } else {
        match failed {
            None => println!(
                "{}: well, {} screens, {seconds:.1} s",
                visit.name, visit.screens
            ),
            Some(reason) => println!("{}: FAILED after {seconds:.1} s: {reason}", visit.name),
        }
    }
}

/// The departments' data service of the sample city, on a free port; ends with its standard input.
#[derive(Args)]
pub(crate) struct Departments {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: std::net::SocketAddr,
}

impl Departments {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let service =
            city_backend::sample_city::departments::RunningDepartments::start(self.listen)
                .exit(CITY)?;
        println!("listening on {}", service.url());
        // Ends when the city that started it is gone, however it ended.
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink())
            .context("waiting for the city")
            .exit(CITY)?;
        Ok(())
    }
}
