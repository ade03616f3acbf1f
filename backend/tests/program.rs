//! The program as scripts use it: serve and stop, codes and tokens, catalogue check.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_city-backend");

fn places(folder: &Path) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    vec![
        "--database".into(),
        format!("sqlite:{}", path("city.sqlite")),
        "--blobs".into(),
        path("blobs"),
        "--keys".into(),
        path("keys"),
    ]
}

/// A running program; a test that fails leaves none behind.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program and waits until it says where it listens.
fn serve(folder: &Path) -> (Running, String) {
    let (child, url, _) = serve_with(folder, &[]);
    (child, url)
}

/// The same with more said; also where its figures are.
fn serve_with(folder: &Path, more: &[&str]) -> (Running, String, Option<String>) {
    // The test's own HTTP client needs it, plain HTTP or not.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut child = Command::new(PROGRAM)
        .arg("serve")
        .args(places(folder))
        .args(["--listen", "127.0.0.1:0"])
        .args(more)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let (mut line, mut figures) = (String::new(), None);
    while !line.starts_with("listening on ") {
        if let Some(url) = line.trim().strip_prefix("figures on ") {
            figures = Some(url.to_owned());
        }
        line.clear();
        assert!(
            errors.read_line(&mut line).unwrap() > 0,
            "it ended before it listened"
        );
    }
    std::thread::spawn(move || errors.lines().for_each(drop));
    let url = line
        .trim()
        .strip_prefix("listening on ")
        .unwrap()
        .to_owned();
    (Running(child), url, figures)
}

fn run(args: &[&str], folder: Option<&Path>) -> Output {
    Command::new(PROGRAM)
        .args(args)
        .args(folder.map(places).unwrap_or_default())
        .output()
        .unwrap()
}

fn terminate(mut running: Running) -> Option<i32> {
    let id = running.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    running.0.wait().unwrap().code()
}

#[test]
fn told_to_stop_it_says_so_for_a_while_and_serves_on() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--metrics", "127.0.0.1:0", "--drain-seconds", "3"];
    let (mut child, url, figures) = serve_with(folder.path(), &more);
    let get = |url: &str| reqwest::blocking::get(url);
    let figures = get(&figures.unwrap()).unwrap().text().unwrap();
    assert!(figures.contains("city_ready 1"), "{figures}");
    let id = child.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let ready = format!("{url}/readyz");
    while get(&ready).unwrap().status() == 200 {
        std::thread::yield_now();
    }
    assert_eq!(get(&ready).unwrap().status(), 503);
    assert_eq!(get(&format!("{url}/v1/items")).unwrap().status(), 200);
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    assert!(get(&ready).is_err());
}

#[test]
fn it_serves_with_departments_of_its_own_and_ends_with_zero_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let (child, url) = serve(folder.path());
    let get = |path: &str| reqwest::blocking::get(format!("{url}{path}"));
    assert_eq!(get("/readyz").unwrap().text().unwrap(), "ready");
    assert!(get("/openapi.json").unwrap().status().is_success());

    let code = run(&["enrol-code", "--station", "S001"], Some(folder.path()));
    let code = String::from_utf8(code.stdout).unwrap();
    assert_eq!(code.trim().len(), 14);
    let enrolment = serde_json::json!({"code": code.trim(), "samId": "1",
        "publicKey": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"});
    let answer = reqwest::blocking::Client::new()
        .post(format!("{url}/v1/enrolments"))
        .json(&enrolment)
        .send()
        .unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().unwrap());

    let token = run(
        &["officer-token", "--body", "ZSJ", "--role", "window"],
        Some(folder.path()),
    );
    let token = String::from_utf8(token.stdout).unwrap();
    let tasks = reqwest::blocking::Client::new()
        .get(format!("{url}/v1/tasks"))
        .bearer_auth(token.trim())
        .send()
        .unwrap();
    assert_eq!(tasks.status(), 200);

    assert_eq!(terminate(child), Some(0));
    assert!(get("/readyz").is_err());
}

#[test]
fn a_backup_of_the_running_city_is_restored_into_an_empty_place_only() {
    let folder = tempfile::tempdir().unwrap();
    let (child, _) = serve(folder.path());
    let copy = folder.path().join("copy").display().to_string();
    let upload = folder.path().join("blobs/incoming/0123");
    std::fs::create_dir_all(&upload).unwrap();
    std::fs::write(upload.join("0"), "half a part").unwrap();
    let part = folder.path().join("blobs/parts/01");
    std::fs::create_dir_all(&part).unwrap();
    std::fs::write(part.join("0123"), "a part").unwrap();
    // Gone between listing and copying: what a running city does with a file on its way to its name.
    std::os::unix::fs::symlink("nowhere", part.join("0123#1")).unwrap();
    let backup = run(&["backup", "--to", &copy], Some(folder.path()));
    let said = String::from_utf8_lossy(&backup.stdout).into_owned();
    assert!(said.contains("database and 1 blobs"), "{said}{backup:?}");
    let copied = Path::new(&copy).join("blobs");
    assert!(copied.join("parts/01/0123").exists() && !copied.join("incoming").exists());
    assert_eq!(terminate(child), Some(0));
    let other = tempfile::tempdir().unwrap();
    assert!(
        run(&["restore", "--from", &copy], Some(other.path()))
            .status
            .success()
    );
    assert!(other.path().join("city.sqlite").exists());
    let again = run(&["restore", "--from", &copy], Some(other.path()));
    assert_eq!(again.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&again.stderr).contains("nothing was changed"));
}

#[test]
fn a_mistyped_path_station_or_body_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("ctiy");
    let copy = folder.path().join("copy").display().to_string();
    let token = ["officer-token", "--role", "window", "--body"];
    for command in [
        &["enrol-code", "--station", "S001"][..],
        &[&token[..], &["ZSJ"]].concat(),
        &["backup", "--to", &copy],
    ] {
        let done = run(command, Some(&nowhere));
        assert_eq!(done.status.code(), Some(4), "{command:?}");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains("city.sqlite is not there"), "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let (child, _) = serve(folder.path());
    for (command, unknown) in [
        (&["enrol-code", "--station", "S999"][..], "station S999"),
        (&[&token[..], &["QQQ"]].concat(), "body QQQ"),
    ] {
        let done = run(command, Some(folder.path()));
        assert_eq!(done.status.code(), Some(4));
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(
            said.contains(&format!("{unknown} is not in the catalogue")),
            "{said}"
        );
    }
    std::fs::remove_file(folder.path().join("keys/signing.key")).unwrap();
    let done = run(&["enrol-code", "--station", "S001"], Some(folder.path()));
    assert_eq!(done.status.code(), Some(4));
    assert!(!folder.path().join("keys/signing.key").exists());
    assert_eq!(terminate(child), Some(0));
}

fn sample(name: &str) -> String {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "sample-city"].iter().collect();
    folder.join(name).display().to_string()
}

#[test]
fn the_check_prints_every_fault_and_ends_with_one() {
    let good = run(&["catalogue", "check", &sample("catalogue.json")], None);
    assert_eq!(good.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&good.stdout).contains("62 items"));

    let args = [
        "catalogue",
        "check",
        &sample("catalogue-broken.json"),
        "--against",
        &sample("catalogue.json"),
        "--json",
    ];
    let broken = run(&args, None);
    assert_eq!(broken.status.code(), Some(1));
    let lines: Vec<serde_json::Value> = String::from_utf8(broken.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let codes: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["code"].as_str())
        .collect();
    for code in [
        "E_CODE_MISSING",
        "E_CODE_DUPLICATE",
        "E_USCC_CHECK",
        "E_DEPT_UNKNOWN",
        "E_CERT_NO_BASIS",
        "E_STEP_GT_PROMISE",
    ] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    for line in &lines {
        assert!(
            ["file", "item", "field", "code", "reason", "caseId"]
                .iter()
                .all(|key| line.get(key).is_some()),
            "{line}"
        );
    }
    assert_eq!(
        run(&["catalogue", "check", "/nonexistent.json"], None)
            .status
            .code(),
        Some(4)
    );
    assert_eq!(run(&["catalogue", "burn"], None).status.code(), Some(2));
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in [
        &["serve"][..],
        &["enrol-code"],
        &["revoke-kiosk"],
        &["officer-token"],
        &["catalogue", "check"],
        &["departments"],
        &["backup"],
        &["restore"],
        &["sweep"],
    ] {
        let help = run(&[command, &["--help"]].concat(), None);
        assert!(help.status.success());
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(
            text.contains("Example") && text.contains("city-backend "),
            "{command:?}"
        );
    }
}

#[test]
fn a_changed_event_is_named_by_its_number_and_the_exit_code_and_a_mistyped_path_makes_no_city() {
    let folder = tempfile::tempdir().unwrap();
    let (child, _) = serve(folder.path());
    let code = run(
        &[
            "account", "add", "--name", "zhao", "--body", "ZSJ", "--role", "window",
        ],
        Some(folder.path()),
    );
    assert!(code.status.success(), "{code:?}");
    let path = folder.path().join("city.sqlite");
    let database = format!("sqlite:{}", path.display());
    let verify = |more: &[&str]| {
        let args = [&["chain", "verify", "--database", &database], more].concat();
        let done = run(&args, None);
        let said = String::from_utf8(done.stdout).unwrap();
        (done.status.code(), said)
    };
    while !verify(&[]).1.starts_with("1 events fit") {
        std::thread::yield_now();
    }
    let (code, json) = verify(&["--json"]);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &report["good"]), (Some(0), &true.into()));
    assert_eq!(terminate(child), Some(0));

    let heads = folder.path().join("heads.jsonl");
    let mut kept = report["head"].clone();
    std::fs::write(&heads, format!("{kept}\n")).unwrap();
    let heads = heads.display().to_string();
    assert_eq!(verify(&["--heads", &heads]).0, Some(0));
    kept["sequence"] = 2.into();
    std::fs::write(&heads, format!("{kept}\n")).unwrap();
    let cut = "place 2 was kept, and the chain ends before it\n";
    assert_eq!(verify(&["--heads", &heads]), (Some(1), cut.to_owned()));

    let change = "UPDATE event SET actor = 'nobody' WHERE id = 1";
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute(change, [])
        .unwrap();
    let changed = "event 1, place 1: the row is not the one that was sealed\n";
    assert_eq!(verify(&[]), (Some(1), changed.to_owned()));
    let nowhere = format!("sqlite:{}", folder.path().join("no.sqlite").display());
    let done = run(&["chain", "verify", "--database", &nowhere], None);
    assert_eq!(done.status.code(), Some(4));
    assert!(!folder.path().join("no.sqlite").exists());
}
