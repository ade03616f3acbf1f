//! For the tests of devices on threads of their own: waiting for what they report.

use std::sync::mpsc::Receiver;
use std::time::Duration;

/// Waits for `wanted`, at most ten seconds, and returns what came before it.
pub(crate) fn until(reports: &Receiver<String>, wanted: &str) -> Vec<String> {
    let mut before = Vec::new();
    loop {
        match reports.recv_timeout(Duration::from_secs(10)) {
            Ok(report) if report == wanted => return before,
            Ok(report) => before.push(report),
            Err(_) => panic!("waited for {wanted:?}, got {before:?}"),
        }
    }
}
