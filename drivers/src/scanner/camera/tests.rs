//! What happens at the desk: light, focus, fingers at the cable.

#[cfg(feature = "simulator")]
mod mutated;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use jpeg_encoder::{ColorType, Encoder};
use zeroize::Zeroizing;

use super::frame::Format;
use super::*;
use crate::runner::{Condition, Report, Upkeep};
use crate::scanner::{
    NextPage, Page, ScanSettings, Scanner, ScannerCommand, ScannerEvent, ScannerThread, Source,
};

/// A picture of stripes; `light` of 255 where it is white, `width` pixels a stripe.
fn picture(light: u8, width: usize) -> Vec<u8> {
    let of = |at: usize| {
        if (at % 64 / width).is_multiple_of(2) {
            light
        } else {
            light / 4
        }
    };
    let pixels: Vec<u8> = (0..64 * 48).map(of).collect();
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 90)
        .encode(&pixels, 64, 48, ColorType::Luma)
        .unwrap();
    jpeg
}

/// A picture that differs from all others by a comment, as a camera's noise makes it.
fn noisy(light: u8, width: usize, number: usize) -> Vec<u8> {
    let jpeg = picture(light, width);
    let comment = (number as u32).to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xFE, 0, 6], &comment, &jpeg[2..]].concat()
}

type Said = Result<Vec<u8>, ScanFault>;

/// A camera that sends what it is told, and counts how often it is open.
#[derive(Clone, Default)]
struct Told {
    frames: Vec<Said>,
    open: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
    refused: Option<ScanFault>,
}

impl Told {
    fn scanner(&self) -> CameraScanner {
        let settings = Settings {
            frame: Duration::from_millis(50),
            ..Settings::default()
        };
        CameraScanner::of(Box::new(self.clone()), settings)
    }

    fn scan(&self) -> Result<Page, ScanFault> {
        let mut scanner = self.scanner();
        scanner.start(&ScanSettings::default(), &CancelToken::default())?;
        assert_eq!(self.open.load(Ordering::SeqCst), 1);
        let next = scanner.next_page();
        assert_eq!(
            self.open.load(Ordering::SeqCst),
            0,
            "closed before the page is shown"
        );
        assert_eq!(scanner.next_page(), NextPage::End);
        match next {
            NextPage::Page(page) => Ok(page),
            NextPage::Fault(fault) => Err(fault),
            other => panic!("{other:?}"),
        }
    }
}

impl Head for Told {
    fn name(&self) -> Result<String, ScanFault> {
        Ok("told".to_owned())
    }

    fn present(&self) -> bool {
        self.refused != Some(ScanFault::Offline)
    }

    fn open(&self) -> Result<Box<dyn Frames>, ScanFault> {
        if let Some(fault) = &self.refused {
            return Err(fault.clone());
        }
        self.open.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Sending {
            frames: self.frames.clone().into(),
            told: self.clone(),
        }))
    }
}

struct Sending {
    frames: VecDeque<Said>,
    told: Told,
}

impl Frames for Sending {
    fn next(&mut self, until: Instant, cancel: &CancelToken) -> Result<Frame, ScanFault> {
        self.told.asked.fetch_add(1, Ordering::SeqCst);
        let Some(said) = self.frames.pop_front() else {
            // A camera that has nothing more to send is waited for.
            let left = until.saturating_duration_since(Instant::now());
            let cancelled = cancel.wait(left);
            return Err(if cancelled {
                ScanFault::Cancelled
            } else {
                ScanFault::Timeout
            });
        };
        Ok(Frame {
            format: Format::Jpeg,
            bytes: Zeroizing::new(said?),
        })
    }

    fn still(&self) -> bool {
        false
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.told.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Eight frames while the exposure is found, and then these.
fn after_settling(then: impl IntoIterator<Item = Said>) -> Told {
    let settling = (0..8).map(|number| Ok(noisy(250, 2, number)));
    Told {
        frames: settling.chain(then).collect(),
        ..Told::default()
    }
}

/// The page `bytes` make.
fn page_of(bytes: &[u8]) -> Vec<u8> {
    crate::scanner::jpeg::strip_metadata(bytes)
}

#[test]
fn the_sharpest_of_three_is_kept_and_the_camera_is_closed() {
    let three = [noisy(200, 16, 1), noisy(200, 4, 2), noisy(200, 8, 3)];
    let told = after_settling(three.clone().map(Ok));
    let page = told.scan().unwrap();
    assert_eq!(page.jpeg, page_of(&three[1]));
    assert_eq!(told.asked.load(Ordering::SeqCst), 8 + 3);
}

#[test]
fn while_the_light_changes_or_the_lens_moves_no_frame_is_taken() {
    let dark = [60, 90, 120].map(|light| Ok(noisy(light, 2, light.into())));
    let steady = [16, 8, 4].map(|width| Ok(noisy(200, width, width)));
    let told = after_settling(
        dark.into_iter()
            .chain(steady)
            .chain([Ok(noisy(200, 4, 99))]),
    );
    // The finer stripes of the dark frames count no more, and the lens was sharper each time.
    assert_eq!(told.scan().unwrap().jpeg, page_of(&noisy(200, 4, 0)));
    assert_eq!(told.asked.load(Ordering::SeqCst), 8 + 3 + 4);
}

#[test]
fn a_lamp_that_flickers_does_not_block_the_desk() {
    let flicker = (0..40).map(|n| Ok(noisy(if n % 2 == 0 { 120 } else { 220 }, 4, n)));
    let told = after_settling(flicker);
    assert!(told.scan().is_ok());
    assert_eq!(told.asked.load(Ordering::SeqCst), 40);
}

#[test]
fn a_frame_in_pieces_is_passed_over_and_only_pieces_are_a_fault() {
    let cut = |n: usize| Ok(noisy(200, 4, n)[..300].to_vec());
    let mixed = [
        cut(1),
        Ok(noisy(200, 4, 2)),
        cut(3),
        Ok(noisy(200, 4, 4)),
        Ok(noisy(200, 4, 5)),
    ];
    assert!(after_settling(mixed).scan().is_ok());
    assert_eq!(
        after_settling((0..40).map(cut)).scan(),
        Err(ScanFault::Truncated)
    );
    let nothing = (0..9).map(|_| Ok(Vec::new()));
    let told = after_settling(nothing.chain((0..40).map(cut)));
    assert_eq!(told.scan(), Err(ScanFault::Truncated));
}

#[test]
fn the_lens_is_covered() {
    let told = after_settling((0..3).map(|n| Ok(noisy(6, 4, n))));
    assert_eq!(told.scan(), Err(ScanFault::Covered));
}

#[test]
fn the_picture_is_frozen() {
    let told = Told {
        frames: vec![Ok(noisy(200, 4, 1)); 12],
        ..Told::default()
    };
    let fault = told.scan().unwrap_err();
    assert!(fault.to_string().contains("frozen"), "{fault}");
    assert_eq!(told.asked.load(Ordering::SeqCst), 10);
}

#[test]
fn the_cable_is_pulled_in_mid_stream() {
    let told = after_settling([Ok(noisy(200, 4, 1)), Err(ScanFault::Offline)]);
    assert_eq!(told.scan(), Err(ScanFault::Offline));
}

#[test]
fn no_frame_comes_in_time() {
    assert_eq!(after_settling([]).scan(), Err(ScanFault::Timeout));
}

#[test]
fn nobody_is_there_or_somebody_else_has_the_camera() {
    for fault in [ScanFault::Offline, ScanFault::Busy] {
        let told = Told {
            refused: Some(fault.clone()),
            ..Told::default()
        };
        assert_eq!(told.scan(), Err(fault));
    }
}

#[test]
fn a_camera_has_no_feeder() {
    let told = after_settling([]);
    for source in [Source::Feeder, Source::Duplex] {
        let settings = ScanSettings {
            source,
            ..ScanSettings::default()
        };
        let refused = told.scanner().start(&settings, &CancelToken::default());
        assert_eq!(refused, Err(ScanFault::Unsupported));
    }
    assert_eq!(told.open.load(Ordering::SeqCst), 0);
}

#[test]
fn cancelled_while_it_waits_the_camera_is_closed() {
    let told = after_settling([]);
    let settings = Settings {
        frame: Duration::from_secs(60),
        ..Settings::default()
    };
    let scanner = CameraScanner::of(Box::new(told.clone()), settings);
    let (sender, reports) = mpsc::channel();
    let upkeep = Upkeep::every(Duration::from_secs(60));
    let thread =
        ScannerThread::start("camera", Box::new(scanner), upkeep, sender, |it| it).unwrap();
    thread.send(ScannerCommand::Scan {
        job: 1,
        settings: ScanSettings::default(),
    });
    let mut asked = false;
    let fault = loop {
        match reports.recv_timeout(Duration::from_secs(60)).unwrap() {
            Report::Event(ScannerEvent::Progress { .. }) if !asked => {
                asked = true;
                thread.send(ScannerCommand::Cancel { job: 1 });
            }
            Report::Event(ScannerEvent::Fault { fault, .. }) => break fault,
            _ => {}
        }
    };
    assert_eq!(fault, ScanFault::Cancelled);
    assert_eq!(told.open.load(Ordering::SeqCst), 0);
}

#[test]
fn a_job_given_up_before_its_page_closes_the_camera() {
    let told = after_settling([]);
    let mut scanner = told.scanner();
    scanner
        .start(&ScanSettings::default(), &CancelToken::default())
        .unwrap();
    scanner.cancel();
    assert_eq!(told.open.load(Ordering::SeqCst), 0);
    scanner
        .start(&ScanSettings::default(), &CancelToken::default())
        .unwrap();
    drop(scanner);
    assert_eq!(told.open.load(Ordering::SeqCst), 0);
}

/// A camera of files, with little patience.
fn playing(path: &Path) -> CameraScanner {
    let settings = Settings {
        frame: Duration::from_millis(50),
        ..Settings::default()
    };
    CameraScanner::playing(path, settings)
}

fn scan(scanner: &mut CameraScanner) -> NextPage {
    match scanner.start(&ScanSettings::default(), &CancelToken::default()) {
        Ok(()) => scanner.next_page(),
        Err(fault) => NextPage::Fault(fault),
    }
}

#[test]
fn a_folder_plays_as_frames_through_the_same_choice() {
    let folder = tempfile::tempdir().unwrap();
    for (name, width) in [("1.jpg", 16), ("2.jpg", 4), ("3.jpg", 8)] {
        std::fs::write(folder.path().join(name), picture(200, width)).unwrap();
    }
    let mut scanner = playing(folder.path());
    assert_eq!(scanner.status(), Ok(Condition::ONLINE));
    assert!(scanner.identify().unwrap().contains("pictures"));
    let NextPage::Page(page) = scan(&mut scanner) else {
        panic!("no page");
    };
    assert_eq!(page.jpeg, picture(200, 4));
    for name in ["1.jpg", "2.jpg", "3.jpg"] {
        std::fs::write(folder.path().join(name), picture(200, 4)).unwrap();
    }
    assert!(
        matches!(scan(&mut scanner), NextPage::Fault(ScanFault::Device(text)) if text.contains("frozen"))
    );
}

#[test]
fn one_picture_of_any_kind_stands_still_and_is_scanned() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 64, 48);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&[200, 100, 50, 255].repeat(64 * 48))
        .unwrap();
    writer.finish().unwrap();
    let yuyv = [128, 110].repeat(64 * 48);
    for (path, components) in [
        (file("one.jpg", &picture(200, 4)), 1),
        (file("one.png", &png), 3),
        (file("desk-64x48.yuyv", &yuyv), 3),
    ] {
        let NextPage::Page(page) = scan(&mut playing(&path)) else {
            panic!("no page of {}", path.display());
        };
        assert_eq!(
            (page.width_px, page.height_px, page.components),
            (64, 48, components)
        );
    }
    let unnamed = scan(&mut playing(&file("desk.yuyv", &yuyv)));
    assert!(
        matches!(unnamed, NextPage::Fault(ScanFault::Device(text)) if text.contains("WIDTHxHEIGHT"))
    );
}

#[test]
fn an_empty_folder_is_a_camera_that_sends_nothing_and_none_is_no_camera() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        scan(&mut playing(folder.path())),
        NextPage::Fault(ScanFault::Timeout)
    );
    let absent = folder.path().join("unplugged");
    let mut scanner = playing(&absent);
    assert_eq!(scan(&mut scanner), NextPage::Fault(ScanFault::Offline));
    assert_eq!(scanner.status(), Err(ScanFault::Offline));
    assert_eq!(scanner.identify(), Err(ScanFault::Offline));
}

#[test]
fn a_png_that_is_none_or_beyond_all_bounds_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.png");
    // A header that promises 30 000 by 30 000 pixels, and nothing behind it.
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 30_000, 30_000);
    encoder.set_color(png::ColorType::Rgb);
    drop(encoder.write_header().unwrap());
    std::fs::write(&path, &png).unwrap();
    assert!(matches!(
        scan(&mut playing(&path)),
        NextPage::Fault(ScanFault::Device(_))
    ));
    std::fs::write(&path, b"\x89PNG\r\n\x1a\nnothing").unwrap();
    assert!(matches!(
        scan(&mut playing(&path)),
        NextPage::Fault(ScanFault::Device(_))
    ));
}
