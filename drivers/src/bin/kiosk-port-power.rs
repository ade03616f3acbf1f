//! `kiosk-port-power PORT`: takes a USB socket's power away for three seconds.
//!
//! The one thing of the kiosk that needs the superuser, so it does nothing else: it takes one
//! argument, a bus and port path such as `1-2.3`, reads no file and no variable, and writes
//! only the kernel's switch of that socket. Exit codes: 0 done, 2 usage, 3 it could not.

use std::path::Path;
use std::process::ExitCode;

use kiosk_drivers::usb_port::{PAUSE, UsbPort};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(port), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: kiosk-port-power PORT, such as 1-2.3");
        return ExitCode::from(2);
    };
    let port: UsbPort = match port.to_string_lossy().parse() {
        Ok(port) => port,
        Err(error) => {
            eprintln!("kiosk-port-power: {error}");
            return ExitCode::from(2);
        }
    };
    match port.switch(Path::new("/sys"), || std::thread::park_timeout(PAUSE)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kiosk-port-power: {error}");
            ExitCode::from(3)
        }
    }
}
