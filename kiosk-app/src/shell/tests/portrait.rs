//! The portrait camera in the loop: frames on their way, a view that is closed, a cable pulled.

use kiosk_core::screen::ScanTrouble;
use kiosk_core::{PortraitOrder, PortraitWanted};
use kiosk_drivers::scanner::sim::{Bust, draw_frame};
use kiosk_paper::Picture;

use super::*;

const WITHIN: Duration = Duration::from_secs(20);
const WANTED: PortraitWanted = PortraitWanted {
    width_px: 358,
    height_px: 441,
    most_bytes: 1_000_000,
};
const VIEW: AskId = AskId(7);

/// A loop with a camera before which somebody sits.
fn before_the_camera(folder: &Path) -> Bench {
    let frame = folder.join("camera.jpg");
    std::fs::write(&frame, draw_frame(Some(Bust::WELL)).unwrap()).unwrap();
    bench_of(&config::Devices {
        camera: named(Selector::CameraFrames(frame)),
        ..config::Devices::default()
    })
}

impl Bench {
    /// The next piece of work, while the loop takes what the camera says.
    fn next_work(&mut self) -> Work {
        let end = std::time::Instant::now() + WITHIN;
        while std::time::Instant::now() < end {
            if let Ok(work) = self.work.try_recv() {
                return work;
            }
            let message = self.shell.inbox.recv_timeout(WITHIN).unwrap();
            self.shell.take(message);
        }
        panic!("no work");
    }
}

fn seen() -> Picture {
    Picture::new(1, 1, false, vec![9]).unwrap()
}

#[test]
fn one_frame_is_looked_at_at_a_time_and_the_taken_one_ends_the_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = before_the_camera(folder.path());
    bench.shell.portray(VIEW, PortraitOrder::Open(WANTED));
    assert!(matches!(bench.next_work(), Work::Look(VIEW, _, WANTED)));
    // However many frames come meanwhile, none waits for the work thread.
    for _ in 0..3 {
        let message = bench.shell.inbox.recv_timeout(WITHIN).unwrap();
        bench.shell.take(message);
    }
    assert!(bench.work.try_recv().is_err(), "the first is not done yet");
    let advice = Some(None);
    bench.shell.take(Message::Seen { ask: VIEW, advice });
    assert!(matches!(bench.next_work(), Work::Look(..)));
    bench.shell.portray(VIEW, PortraitOrder::Take(WANTED));
    assert!(matches!(bench.next_work(), Work::Portrait(VIEW, _, WANTED)));
    lock(&bench.shell.memory).see(VIEW, seen());
    assert!(
        lock(&bench.shell.memory).live().is_none(),
        "a frame that comes late is not kept"
    );
}

#[test]
fn a_closed_view_leaves_nothing_and_forgetting_wipes_an_open_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = before_the_camera(folder.path());
    bench.shell.portray(VIEW, PortraitOrder::Open(WANTED));
    lock(&bench.shell.memory).see(VIEW, seen());
    assert!(lock(&bench.shell.memory).live().is_some());
    lock(&bench.shell.memory).see(AskId(6), seen());
    bench.shell.portray(VIEW, PortraitOrder::Close);
    assert!(lock(&bench.shell.memory).live().is_none());
    bench.shell.portray(AskId(8), PortraitOrder::Open(WANTED));
    lock(&bench.shell.memory).see(AskId(8), seen());
    bench.shell.perform(Effect::Forget { owed: None });
    assert!(lock(&bench.shell.memory).live().is_none());
}

#[test]
fn a_cable_pulled_ends_the_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = before_the_camera(folder.path());
    bench.shell.portray(VIEW, PortraitOrder::Open(WANTED));
    assert!(matches!(bench.next_work(), Work::Look(..)));
    std::fs::remove_file(folder.path().join("camera.jpg")).unwrap();
    while bench.shell.view.is_some() {
        let message = bench.shell.inbox.recv_timeout(WITHIN).unwrap();
        bench.shell.take(message);
    }
    assert!(lock(&bench.shell.memory).live().is_none());
}

#[test]
fn a_kiosk_without_a_camera_says_so_at_once() {
    let mut bench = bench_of(&config::Devices::default());
    bench.shell.portray(VIEW, PortraitOrder::Open(WANTED));
    assert!(bench.shell.view.is_none());
    assert_eq!(
        crate::devices::scan_trouble(&kiosk_drivers::scanner::ScanFault::Covered),
        ScanTrouble::Covered
    );
}
