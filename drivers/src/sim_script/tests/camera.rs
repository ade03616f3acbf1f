//! Scripts on the simulated camera, against its real driver.

use std::cell::RefCell;
use std::time::Duration;

use super::super::{CameraDeed, Script};
use crate::runner::CancelToken;
use crate::scanner::camera::sim::CameraSim;
use crate::scanner::camera::{CameraScanner, Settings};
use crate::scanner::{NextPage, ScanFault, ScanSettings, Scanner};

fn scan(driver: &mut CameraScanner) -> Result<Vec<u8>, ScanFault> {
    driver.start(&ScanSettings::default(), &CancelToken::default())?;
    match driver.next_page() {
        NextPage::Page(page) => Ok(page.jpeg.clone()),
        NextPage::Fault(fault) => Err(fault),
        other => panic!("{other:?}"),
    }
}

/// What scans say before the script, at each of its pauses, and at its end.
fn scans(script: &str) -> Vec<Result<Vec<u8>, ScanFault>> {
    let room = tempfile::tempdir().unwrap();
    let mut camera = CameraSim::start_in(&room.path().join("desk")).unwrap();
    let patience = Settings {
        frame: Duration::from_millis(30),
        ..Settings::default()
    };
    let driver = RefCell::new(CameraScanner::playing(&room.path().join("desk"), patience));
    let said = RefCell::new(Vec::new());
    let look = || said.borrow_mut().push(scan(&mut driver.borrow_mut()));
    let script = Script::<CameraDeed>::parse("camera.toml", script).unwrap();
    camera.play(script, |_| look()).unwrap();
    look();
    said.into_inner()
}

#[test]
fn frames_that_stop_a_plug_that_is_pulled_and_put_back_are_each_told() {
    let said = scans(
        "[[fault]]\nframe-fault = \"stalled\"\n[[fault]]\nafter-ms = 9\nunplug = true\n\
         [[fault]]\nafter-ms = 9\nframe-fault = \"none\"\n[[fault]]\nafter-ms = 9\nreplug = true",
    );
    let [good, stalled, pulled, still_pulled, back] = said.try_into().unwrap();
    assert_eq!(stalled, Err(ScanFault::Timeout));
    assert_eq!(pulled, Err(ScanFault::Offline));
    assert_eq!(still_pulled, Err(ScanFault::Offline));
    assert!(good.is_ok());
    assert_eq!(good, back);
}

#[test]
fn frames_that_are_no_pictures_are_never_a_page() {
    for fault in ["cut", "empty", "rubbish"] {
        let said = scans(&format!(
            "[[fault]]\nframe-fault = \"{fault}\"\n[[fault]]\nframe-fault = \"none\""
        ));
        let [good, wrong, mended] = said.try_into().unwrap();
        assert!(wrong.is_err(), "{fault}");
        assert!(good.is_ok(), "{fault}");
        assert_eq!(good, mended, "{fault}");
    }
}

#[test]
fn a_camera_has_no_line_to_spoil_and_counts_no_bytes() {
    let room = tempfile::tempdir().unwrap();
    let mut camera = CameraSim::start_in(&room.path().join("desk")).unwrap();
    for (text, wanted) in [
        ("drop = 1", "no line of bytes"),
        ("after-bytes-to-host = 9\nunplug = true", "use after-ms"),
    ] {
        let script = Script::parse("camera.toml", &format!("[[fault]]\n{text}")).unwrap();
        let said = camera.play(script, |_| ()).unwrap_err().to_string();
        assert!(said.contains(wanted), "{said}");
    }
}

#[test]
fn a_folder_of_somebody_elses_pictures_is_left_alone() {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("holiday.jpg"), b"mine").unwrap();
    assert!(CameraSim::start_in(room.path()).is_err());
    assert_eq!(
        std::fs::read(room.path().join("holiday.jpg")).unwrap(),
        b"mine"
    );
}
