//! What happens before the lens: nobody looks, a picture is taken, the cable is pulled.

use std::fs;
use std::sync::mpsc::{self, Receiver};

use jpeg_encoder::{ColorType, Encoder};

use super::*;
use crate::runner::HealthState;
use crate::scanner::camera::camera;
use crate::selector::Selector;

const WITHIN: Duration = Duration::from_secs(10);

/// A picture of stripes of this width.
fn picture(width: usize) -> Vec<u8> {
    let of = |at: usize| {
        if (at % 64 / width).is_multiple_of(2) {
            230
        } else {
            60
        }
    };
    let pixels: Vec<u8> = (0..64 * 48).map(of).collect();
    let mut jpeg = Vec::new();
    let encoder = Encoder::new(&mut jpeg, 90);
    encoder.encode(&pixels, 64, 48, ColorType::Luma).unwrap();
    jpeg
}

struct Lens {
    folder: tempfile::TempDir,
    camera: LiveThread,
    said: Receiver<Report<LiveEvent>>,
}

impl Lens {
    fn new(files: &[(&str, Vec<u8>)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let one = files.len() == 1;
        let path = one.then(|| folder.path().join(files[0].0));
        let path = path.unwrap_or_else(|| folder.path().to_owned());
        let camera = camera(&Selector::CameraFrames(path)).unwrap();
        let (events, said) = mpsc::channel();
        let upkeep = Upkeep::every(Duration::from_millis(20));
        let camera = LiveThread::start("lens", camera, upkeep, events, |it| it).unwrap();
        Self {
            folder,
            camera,
            said,
        }
    }

    fn event(&self) -> LiveEvent {
        loop {
            if let Report::Event(event) = self.said.recv_timeout(WITHIN).unwrap() {
                return event;
            }
        }
    }

    /// The last word of a view.
    fn ended(&self) -> LiveEvent {
        loop {
            match self.event() {
                LiveEvent::Frame { .. } => {}
                end => return end,
            }
        }
    }

    fn health(&self, state: HealthState) {
        loop {
            if let Report::Health(health) = self.said.recv_timeout(WITHIN).unwrap()
                && health.state == state
            {
                return;
            }
        }
    }
}

#[test]
fn frames_come_until_the_picture_is_taken_and_then_the_camera_is_closed() {
    let lens = Lens::new(&[("a.jpg", picture(8))]);
    assert!(lens.camera.open(3));
    for _ in 0..2 {
        let LiveEvent::Frame { job: 3, frame } = lens.event() else {
            panic!("no frame")
        };
        assert_eq!((frame.width_px, frame.height_px), (64, 48));
    }
    lens.camera.take(3);
    assert!(matches!(lens.ended(), LiveEvent::Taken { job: 3, .. }));
    lens.health(HealthState::Online);
    // The next view is a new one, and no picture is taken of it unasked.
    assert!(lens.camera.open(4));
    assert!(matches!(lens.event(), LiveEvent::Frame { job: 4, .. }));
    assert!(matches!(lens.event(), LiveEvent::Frame { job: 4, .. }));
}

#[test]
fn of_three_frames_the_sharpest_is_taken() {
    let lens = Lens::new(&[
        ("a.jpg", picture(32)),
        ("b.jpg", picture(4)),
        ("c.jpg", picture(16)),
    ]);
    lens.camera.open(1);
    lens.camera.take(1);
    let sharp = Frame {
        format: super::super::frame::Format::Jpeg,
        bytes: picture(4).into(),
    };
    let frame = sharp.page().unwrap();
    assert_eq!(lens.ended(), LiveEvent::Taken { job: 1, frame });
}

#[test]
fn a_view_that_is_closed_says_nothing_more() {
    let lens = Lens::new(&[("a.jpg", picture(8))]);
    lens.camera.open(1);
    assert!(matches!(lens.event(), LiveEvent::Frame { .. }));
    lens.camera.close(1);
    lens.health(HealthState::Online);
    while let Ok(report) = lens.said.recv_timeout(Duration::from_millis(300)) {
        assert!(!matches!(report, Report::Event(_)), "{report:?}");
    }
}

#[test]
fn a_cable_pulled_before_a_person_is_a_fault_and_the_camera_away() {
    let lens = Lens::new(&[("a.jpg", picture(8))]);
    lens.camera.open(1);
    assert!(matches!(lens.event(), LiveEvent::Frame { .. }));
    fs::remove_file(lens.folder.path().join("a.jpg")).unwrap();
    let fault = ScanFault::Offline;
    assert_eq!(lens.ended(), LiveEvent::Fault { job: 1, fault });
    lens.health(HealthState::Offline);
    fs::write(lens.folder.path().join("a.jpg"), picture(8)).unwrap();
    lens.health(HealthState::Online);
}

#[test]
fn a_covered_lens_and_a_broken_stream_are_named() {
    let black = {
        let mut jpeg = Vec::new();
        let encoder = Encoder::new(&mut jpeg, 90);
        encoder
            .encode(&[2; 64 * 48], 64, 48, ColorType::Luma)
            .unwrap();
        jpeg
    };
    let lens = Lens::new(&[("a.jpg", black)]);
    lens.camera.open(1);
    lens.camera.take(1);
    let fault = ScanFault::Covered;
    assert_eq!(lens.ended(), LiveEvent::Fault { job: 1, fault });
    let whole = picture(8);
    let lens = Lens::new(&[("a.jpg", whole[..whole.len() / 2].to_vec())]);
    lens.camera.open(1);
    assert!(matches!(lens.ended(), LiveEvent::Fault { .. }));
}

#[test]
fn only_a_camera_is_one() {
    for name in ["camera:/dev/video0", "v4l:/dev/video0", "camera:file:a.jpg"] {
        assert!(camera(&name.parse().unwrap()).is_some());
    }
    for name in [
        "escl:http://127.0.0.1/eSCL",
        "sane:test:0",
        "sim:",
        "file:a.jpg",
    ] {
        assert!(camera(&name.parse().unwrap()).is_none());
    }
}
