//! A test that runs again by itself where nothing of this machine is seen: namespaces of its own
//! for mounts, network and processes.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::peer;

/// Set for the inner run.
const INSIDE: &str = "KIOSK_PRIVATE";
/// Where a running avahi is found.
const AVAHI: &str = "/run/avahi-daemon/socket";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/private.sh");

/// What a test finds in its namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A loopback of its own, every port of it free.
    Network,
    /// The same, with D-Bus and avahi.
    Avahi,
}

/// Whether the test called `name` (its whole path in the test program) is to go on here.
///
/// `true`: it runs inside; or namespaces are not allowed, and the machine's own avahi is all
/// that it needs. `false`: it has run inside and passed, or there is no inside, which is said.
///
/// # Panics
/// When the inner run fails; what it said is in the message. With `KIOSK_PEERS=required` when
/// there is no inside for a test that needs no more than a network of its own.
#[must_use]
pub fn goes_on_here(name: &str, needs: Needs) -> bool {
    if env::var_os(INSIDE).is_some() {
        return true;
    }
    match run_inside(name, needs) {
        Ok(()) => false,
        Err(_) if needs == Needs::Avahi && Path::new(AVAHI).exists() => true,
        Err(reason) => {
            let reason = format!("namespaces are not allowed here, {name} is not run: {reason}");
            // What wants avahi has nowhere else to run; a free port is asked for in CI.
            assert!(
                needs == Needs::Avahi || !peer::is_required(),
                "{}=required: {reason}",
                peer::VARIABLE
            );
            peer::say(&reason);
            false
        }
    }
}

/// Runs the test inside; the reason when there is no inside.
fn run_inside(name: &str, needs: Needs) -> Result<(), String> {
    let tried = unshare().arg("true").output();
    let tried = tried.map_err(|error| format!("unshare: {error}"))?;
    if !tried.status.success() {
        return Err(String::from_utf8_lossy(&tried.stderr).into_owned());
    }
    let needs = match needs {
        Needs::Network => "network",
        Needs::Avahi => "avahi",
    };
    let program = env::current_exe().map_err(|error| format!("this program: {error}"))?;
    let output = unshare()
        .args(["sh", SCRIPT, needs])
        .arg(program)
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, needs)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("unshare: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{name} in its own namespaces: {}\n{said}\n{complained}",
        output.status
    );
    Ok(())
}

/// New namespaces, as root or as a user who becomes root in them.
fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args([
        "--mount",
        "--net",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
    ]);
    if !rustix::process::geteuid().is_root() {
        command.arg("--map-root-user");
    }
    command
}
