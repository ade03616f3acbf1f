//! Programs that are not ours and judge what we made.
//!
//! A test that needs one asks [`peer`]. On a developer's machine a missing program is named
//! and the test passes; with `KIOSK_PEERS=required`, as `.ci/run` sets it, it fails.

use std::env;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Name of the variable that turns a missing peer into a failure; its value is `required`.
pub const VARIABLE: &str = "KIOSK_PEERS";

/// Name of the variable that names the folder with real pages.
pub const PAGES: &str = "KIOSK_PAGES";

/// A program or a Python package, and where it comes from.
struct Source {
    name: &'static str,
    /// What is run; a Python interpreter for packages.
    program: &'static str,
    /// What the interpreter must be able to import, and more; `None`: the program stands for
    /// itself.
    module: Option<&'static str>,
    install: &'static str,
}

const SOURCES: &[Source] = &[
    debian("qpdf", "apt-get install qpdf"),
    debian("pdftotext", "apt-get install poppler-utils"),
    debian("pdfimages", "apt-get install poppler-utils"),
    debian("pdftoppm", "apt-get install poppler-utils"),
    debian("zbarimg", "apt-get install zbar-tools"),
    debian("age", "apt-get install age"),
    debian(
        "ippeveprinter",
        "apt-get install cups-ipp-utils avahi-daemon dbus iproute2",
    ),
    python("python-escpos", "escpos"),
    python("pyserial", "serial"),
    Source {
        name: "leptonica",
        program: "python3",
        module: Some("PIL, ctypes; ctypes.CDLL('liblept.so.5')"),
        install: "apt-get install liblept5; pip install pillow, in a virtual environment",
    },
    debian("espeak-ng", "apt-get install espeak-ng"),
    debian("scanimage", "apt-get install sane-utils"),
    Source {
        name: "sane-airscan",
        program: "airscan-discover",
        module: None,
        install: "apt-get install sane-airscan",
    },
    Source {
        name: "schemathesis",
        program: "schemathesis",
        module: None,
        install: "pip install schemathesis cryptography, in a virtual environment whose bin comes first in PATH",
    },
    Source {
        name: "receiptio",
        program: "receiptio",
        module: None,
        install: "npm install receiptio receiptline, in a folder whose node_modules/.bin is in PATH",
    },
];

const fn debian(name: &'static str, install: &'static str) -> Source {
    Source {
        name,
        program: name,
        module: None,
        install,
    }
}

const fn python(name: &'static str, module: &'static str) -> Source {
    Source {
        name,
        program: "python3",
        module: Some(module),
        install: "pip install it, in a virtual environment whose bin comes first in PATH",
    }
}

/// Finds a peer. `None`: it is not installed and need not be; what is missing has been printed.
///
/// For a Python package the answer is an interpreter that can import it.
///
/// # Panics
/// With `KIOSK_PEERS=required` when the peer is missing, and always for a name not listed here.
#[must_use]
pub fn peer(name: &str) -> Option<PathBuf> {
    let found = find(name, &env::var_os("PATH").unwrap_or_default());
    found.map_or_else(|missing| lacking(&missing), Some)
}

/// Says what is missing; fails where it is required.
fn lacking<T>(missing: &str) -> Option<T> {
    #[expect(clippy::panic, reason = "a test asks, and this is how it is to fail")]
    if is_required() {
        panic!("{VARIABLE}=required: {missing}")
    }
    say(&format!("{missing}; not compared"));
    None
}

/// Whether a missing peer is a failure.
pub(crate) fn is_required() -> bool {
    env::var(VARIABLE).is_ok_and(|value| value == "required")
}

/// Says why something is not compared, where whoever runs the tests sees it: what a test that
/// passes prints is kept from them.
pub(crate) fn say(reason: &str) {
    // With nowhere to say it the test passes all the same.
    let _ = writeln!(io::stderr(), "{reason}");
}

/// The folder with real pages that nobody here made, where [`PAGES`] says it is. `None`: they are
/// not here and need not be; that has been printed.
///
/// # Panics
/// With `KIOSK_PEERS=required` when they are missing.
#[must_use]
pub fn real_pages() -> Option<PathBuf> {
    let folder = env::var_os(PAGES).map(PathBuf::from);
    let found = folder.filter(|folder| folder.join("page.png").is_file());
    found.or_else(|| {
        lacking(&format!(
            "real pages missing: .ci/run fetches them and sets {PAGES}"
        ))
    })
}

/// The peer's path, or the sentence that says what to install.
fn find(name: &str, search: &std::ffi::OsStr) -> Result<PathBuf, String> {
    #[expect(
        clippy::panic,
        reason = "a peer without an installation hint is a mistake in a test"
    )]
    let Some(source) = SOURCES.iter().find(|source| source.name == name) else {
        panic!("no peer is called {name}")
    };
    env::split_paths(search)
        .map(|folder| folder.join(source.program))
        .find(|path| executable(path) && imports(path, source.module))
        .ok_or_else(|| format!("peer missing: {name} ({})", source.install))
}

fn executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn imports(interpreter: &Path, module: Option<&str>) -> bool {
    module.is_none_or(|module| {
        let script = format!("import {module}");
        let run = Command::new(interpreter).args(["-c", &script]).output();
        run.is_ok_and(|output| output.status.success())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_peer_is_named_with_what_to_install() {
        let missing = find("zbarimg", "/nowhere".as_ref()).err();
        let told = missing.unwrap_or_default();
        assert!(
            told.contains("zbarimg") && told.contains("zbar-tools"),
            "{told}"
        );
    }

    #[test]
    fn a_file_that_cannot_be_run_is_no_peer() {
        assert!(!executable(Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/Cargo.toml"
        ))));
        assert!(!executable(Path::new(env!("CARGO_MANIFEST_DIR"))));
    }
}
