//! `kiosk simulate` from outside: a program that only knows bytes talks to each device.
#![cfg(feature = "demo")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kiosk");

/// A running program; a test that fails leaves none behind.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the simulator and waits until it says where it is.
fn simulate(kind: &str, args: &[&str]) -> (Running, String) {
    let mut child = Command::new(PROGRAM)
        .args(["simulate", kind])
        .args(args)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    let place = line.trim().strip_prefix(&format!("simulating {kind} on "));
    let place = place.unwrap_or_else(|| panic!("{line}")).to_owned();
    std::thread::spawn(move || errors.lines().for_each(drop));
    (Running(child), place)
}

/// The same on a free port, connected; a second word is its script.
fn connected(kind: &str, args: &[&str]) -> (Running, TcpStream) {
    let (running, place) = simulate(kind, &[&["--listen", "127.0.0.1:0"], args].concat());
    let stream = TcpStream::connect(place.strip_prefix("tcp:").unwrap()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    (running, stream)
}

fn run(args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).output().unwrap()
}

fn file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("faults.toml");
    std::fs::write(&path, text).unwrap();
    path
}

fn ask(stream: &mut TcpStream, request: &[u8], answer: usize) -> Vec<u8> {
    stream.write_all(request).unwrap();
    let mut bytes = vec![0; answer];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

/// "Find a card", as a program of another maker sends it.
const FIND: [u8; 10] = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x20, 1, 0x22];

#[test]
fn an_id_card_reader_finds_the_card_that_its_script_puts() {
    let folder = tempfile::tempdir().unwrap();
    let script = file(
        folder.path(),
        "[[fault]]\nafter-bytes-to-host = 11\ncard = { document = \"resident\", name = \"张示例\" }",
    );
    let (_running, mut line) = connected("id-card", &["--script", script.to_str().unwrap()]);
    let none = ask(&mut line, &FIND, 11);
    assert_eq!(none, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x80, 0x84]);
    let found = ask(&mut line, &FIND, 15);
    assert_eq!(
        found[..10],
        [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 8, 0, 0, 0x9F]
    );
}

#[test]
fn every_family_of_receipt_printers_answers_for_its_paper() {
    for profile in ["epson", "custom", "cashino", "generic"] {
        let (_running, mut line) = connected("receipt-printer", &["--profile", profile]);
        line.write_all(&[0x10, 0x04, 4]).unwrap();
        let mut byte = [0];
        // Those that speak Epson's language say first that they are switched on.
        while byte[0] != 0x12 {
            line.read_exact(&mut byte).unwrap();
        }
    }
}

#[test]
fn a_receipt_printer_whose_paper_is_out_by_script_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let script = file(folder.path(), "[[fault]]\npaper-out-rows = 0");
    let args = ["--profile", "generic", "--script", script.to_str().unwrap()];
    let (_running, mut line) = connected("receipt-printer", &args);
    assert_eq!(ask(&mut line, &[0x10, 0x04, 4], 1), [0x72]);
}

#[test]
fn a_code_scanner_says_the_code_shown_when_it_is_triggered() {
    let folder = tempfile::tempdir().unwrap();
    let script = file(folder.path(), "[[fault]]\ncode = \"ABC2-3456-789K\"");
    let args = [
        "--family",
        "honeywell",
        "--script",
        script.to_str().unwrap(),
    ];
    let (_running, mut line) = connected("code-scanner", &args);
    assert_eq!(
        ask(&mut line, &[0x16, 0x54, 0x0D], 16),
        b"ABC2-3456-789K\r\n"
    );
}

#[test]
fn a_cabinet_answers_by_its_map() {
    let map = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../drivers/src/cabinet/sample-map.toml"
    );
    let (_running, mut line) = connected("cabinet", &["--map", map]);
    // Unit 1, read two input registers at 0: 25.0 degrees and a full battery, with its CRC.
    let answer = ask(&mut line, &[1, 4, 0, 0, 0, 2, 0x71, 0xCB], 9);
    assert_eq!(answer[..3], [1, 4, 4]);
    assert!(answer[3..7].contains(&250), "{answer:?}");
}

#[test]
fn a_keypad_sends_the_kernels_events_for_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let script = file(folder.path(), "[[fault]]\nafter-ms = 300\nkey = \"down\"");
    let (_running, mut line) = connected("keypad", &["--script", script.to_str().unwrap()]);
    let mut event = [0; 24];
    line.read_exact(&mut event).unwrap();
    // EV_KEY, KEY_DOWN, pressed.
    assert_eq!(event[16..], [1, 0, 108, 0, 1, 0, 0, 0]);
}

#[test]
fn a_scanner_tells_its_state_over_http() {
    let folder = tempfile::tempdir().unwrap();
    let script = file(folder.path(), "[[fault]]\nfeeder-state = \"ScannerAdfJam\"");
    let args = ["--script", script.to_str().unwrap()];
    let (_running, place) = simulate("scanner", &args);
    let host = place.strip_prefix("escl:http://").unwrap();
    let host = host.strip_suffix("/eSCL/").unwrap();
    let mut said = String::new();
    // The script is played as soon as the place is told.
    while !said.contains("ScannerAdfJam") {
        said.clear();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "GET /eSCL/ScannerStatus HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        .unwrap();
        stream.read_to_string(&mut said).unwrap();
        assert!(said.starts_with("HTTP/1.1 200 OK"), "{said}");
    }
}

#[test]
fn a_narrow_receipt_printer_gets_a_narrow_slip() {
    let (_running, place) = simulate("receipt-printer", &["--profile", "cashino"]);
    let print = |profile: &str| {
        let slip = ["print", "--sample", "--json", "--profile", profile];
        run(&[&slip[..], &["--device", &place]].concat())
    };
    let printed = print("cashino");
    let said = String::from_utf8_lossy(&printed.stdout);
    assert!(said.contains("\"outcome\":\"pr"), "{printed:?}");
    let unknown = print("there-is-none");
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
}

#[test]
fn a_document_printer_keeps_what_it_printed() {
    let folder = tempfile::tempdir().unwrap();
    let pdf = folder.path().join("in.pdf");
    std::fs::write(&pdf, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n").unwrap();
    let out = folder.path().join("printed");
    let (_running, place) = simulate("document-printer", &["--out", out.to_str().unwrap()]);
    let printed = run(&[
        "print",
        "--pdf",
        pdf.to_str().unwrap(),
        "--device",
        &place,
        "--json",
    ]);
    let said = String::from_utf8_lossy(&printed.stdout);
    assert!(said.contains("\"outcome\":\"printed\""), "{printed:?}");
    let kept = std::fs::read(out.join("document-0001.pdf")).unwrap();
    assert_eq!(kept, std::fs::read(&pdf).unwrap());
}

#[test]
fn a_device_on_a_link_is_there_while_the_program_runs() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("keys");
    let (running, place) = simulate("keypad", &["--link", link.to_str().unwrap()]);
    assert_eq!(place, format!("serial:{}", link.display()));
    assert!(link.is_symlink());
    drop(running);
}

#[test]
fn what_cannot_be_simulated_ends_with_code_2_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = file(folder.path(), "[[fault]]\nafter-seconds = 3\nrefill = true");
    let script = wrong.to_str().unwrap();
    for (args, why) in [
        (vec!["camera"], "name one with --out"),
        (
            vec!["camera", "--listen", "127.0.0.1:0"],
            "--listen is not for the kind `camera`",
        ),
        (vec!["chip-card"], "no driver for the kind `chip-card`"),
        (
            vec!["id-card", "--profile", "epson"],
            "--profile is not for the kind `id-card`",
        ),
        (
            vec!["scanner", "--link", "x"],
            "--link is not for the kind `scanner`",
        ),
        (
            vec!["receipt-printer", "--script", script],
            "line 2: unknown field `after-seconds`",
        ),
        (
            vec!["cabinet", "--map", "there-is-none.toml"],
            "there-is-none.toml",
        ),
    ] {
        let output = run(&[vec!["simulate"], args.clone()].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(why), "{args:?}: {said}");
    }
}
