//! Speech programs, run as children: `spd-say` of speech-dispatcher, or `espeak-ng`.
//!
//! The text goes in by standard input, never on the command line, where every process could read
//! what was said to a person.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use kiosk_core::screen::Lang;

/// Words a minute: a little slower than the programs' own.
const RATE: &str = "160";

/// A program that speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `spd-say`, which asks a speech-dispatcher that is running.
    SpeechDispatcher(PathBuf),
    /// `espeak-ng`, which speaks by itself.
    Espeak(PathBuf),
}

impl Engine {
    /// The engines installed in `search` (as `PATH` is written), the first to be tried first.
    #[must_use]
    pub fn installed(search: &std::ffi::OsStr) -> Vec<Self> {
        let find = |name| find(name, search);
        let dispatcher = find("spd-say").map(Self::SpeechDispatcher);
        let espeak = find("espeak-ng").map(Self::Espeak);
        dispatcher.into_iter().chain(espeak).collect()
    }

    /// The program's name, for the log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SpeechDispatcher(_) => "spd-say",
            Self::Espeak(_) => "espeak-ng",
        }
    }

    /// Begins to speak `text`; the child ends when it was spoken. `volume` is 1 to 10.
    ///
    /// # Errors
    /// When the program does not start or takes no text.
    pub fn speak(&self, text: &str, lang: Lang, volume: u8) -> io::Result<Child> {
        let mut command = match self {
            Self::SpeechDispatcher(program) => {
                let mut command = Command::new(program);
                let loudness = i32::from(volume.min(10)) * 20 - 100;
                command
                    .args(["--pipe-mode", "--wait", "--language", language(lang)])
                    .arg("--volume")
                    .arg(loudness.to_string());
                command
            }
            Self::Espeak(program) => {
                let mut command = espeak(program, lang);
                let loudness = u32::from(volume.min(10)) * 20;
                command.arg("-a").arg(loudness.to_string());
                command
            }
        };
        feed(&mut command, text.as_bytes())
    }
}

/// Writes `text` as sound into the WAV file `into`, by the `espeak-ng` at `program`.
///
/// # Errors
/// When the program cannot be run or does not make the file.
pub fn write_wav(program: &Path, text: &str, lang: Lang, into: &Path) -> io::Result<()> {
    let mut command = espeak(program, lang);
    command.arg("-w").arg(into);
    let status = feed(&mut command, text.as_bytes())?.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("espeak-ng ended with {status}")))
    }
}

/// The program `name` in `search`, where it may be run.
#[must_use]
pub fn find(name: &str, search: &std::ffi::OsStr) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    std::env::split_paths(search)
        .map(|folder| folder.join(name))
        .find(|path| {
            path.metadata()
                .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
        })
}

fn espeak(program: &Path, lang: Lang) -> Command {
    let voice = match lang {
        Lang::ZhHans | Lang::ZhHant => "cmn",
        Lang::En => "en",
    };
    let mut command = Command::new(program);
    command.args(["-v", voice, "-s", RATE, "-b", "1", "--stdin"]);
    command
}

fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhHans | Lang::ZhHant => "zh",
        Lang::En => "en",
    }
}

/// Starts `command` and gives it `bytes`.
pub(super) fn feed(command: &mut Command, bytes: &[u8]) -> io::Result<Child> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let fed = match child.stdin.take() {
        Some(mut input) => input.write_all(bytes).and_then(|()| input.write_all(b"\n")),
        None => Err(io::Error::other("no standard input")),
    };
    if let Err(error) = fed {
        // It ended before it had read all: what it says of that is its exit status.
        if error.kind() != io::ErrorKind::BrokenPipe {
            end(&mut child);
            return Err(error);
        }
    }
    Ok(child)
}

/// Ends a child that is no longer wanted, and waits for it.
pub(super) fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
