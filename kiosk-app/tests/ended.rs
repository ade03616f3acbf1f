//! `kiosk run` told to end: the window closes, the devices are left in order, nothing is lost.
#![cfg(feature = "demo")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kiosk::config::Config;
use kiosk::{stop, window};
use kiosk_core::Settings;
use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::cabinet::{RegisterMap, Signal, Slot};
use kiosk_drivers::sim_host::SimHost;

/// Tells the child process its configuration.
const CONFIG: &str = "KIOSK_TRIAL_CONFIG";
/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The child: what `kiosk run` does, in a window system without a display. Without its variable
/// it has nothing to do.
#[test]
fn child_runs_until_it_is_told_to_end() {
    let Ok(config) = std::env::var(CONFIG) else {
        return;
    };
    i_slint_backend_testing::init_integration_test_with_system_time();
    let config = Config::read(Path::new(&config)).unwrap();
    let stop = stop::on_signal(window::close).unwrap();
    window::run(&config, Settings::default(), &stop).unwrap();
    assert!(stop.is_cancelled(), "it ended by itself");
}

fn child(config: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_runs_until_it_is_told_to_end"])
        .env(CONFIG, config)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "{what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

#[test]
fn told_to_end_the_kiosk_puts_its_lights_out_and_ends_well() {
    let map = RegisterMap::sample().unwrap();
    let board = SimHost::on_pty(SimBoard::new(&map), None, None).unwrap();
    board.device(|board| board.set(Signal::Presence, true));
    let lit = || board.device(|board| board.lit(Slot::Card) == Some(true));
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("kiosk.toml");
        let text = format!(
            "state = {:?}\n[city]\nurl = \"https://127.0.0.1:9\"\n[devices]\ncabinet = \"{}\"\n",
            folder.path().join("state"),
            board.selector()
        );
        std::fs::write(&config, text).unwrap();
        let mut kiosk = child(&config);
        until("nobody was seen", lit);
        let told = Command::new("kill")
            .args([signal, &kiosk.id().to_string()])
            .status();
        assert!(told.unwrap().success());
        until("it did not end", || kiosk.try_wait().unwrap().is_some());
        let status = kiosk.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{signal}: {status:?}");
        assert!(!lit(), "{signal}: a light is left on");
    }
}
