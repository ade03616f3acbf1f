//! The program that switches USB sockets, and how the recovery ladder calls it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io;
use std::path::PathBuf;
use std::process::{Command, Output};

use kiosk_drivers::usb_port::power_switch;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kiosk-port-power");

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The error of calling `program` for the device at `selector`.
fn failure(program: &str, selector: &str) -> io::Error {
    let switch = power_switch(PathBuf::from(program), selector.parse().unwrap());
    switch.unwrap()().unwrap_err()
}

#[test]
fn it_takes_one_port_and_nothing_else() {
    for arguments in [&[][..], &["1-2", "1-3"], &["../../etc"], &["--help"], &[""]] {
        let done = run(arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(said(&done).contains("1-2.3"), "{}", said(&done));
    }
    let absent = run(&["255-1.7.7"]);
    assert_eq!(absent.status.code(), Some(3));
    assert!(said(&absent).contains("no USB port 255-1.7.7"));
}

#[test]
fn a_device_whose_power_cannot_be_switched_is_told_apart() {
    let switch = power_switch("/bin/true".into(), "usb:0400:c35a@1-2.3".parse().unwrap());
    switch.unwrap()().unwrap();
    let error = failure(PROGRAM, "usb:0400:c35a@255-1.7.7");
    assert!(error.to_string().contains("exit status: 3"), "{error}");
    let error = failure(PROGRAM, "usb:0400:c35a");
    assert!(error.to_string().contains("not known"), "{error}");
    let error = failure("/there/is/none", "usb:0400:c35a@1-2.3");
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}
