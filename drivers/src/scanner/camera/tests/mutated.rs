//! Thousands of damaged frames: bytes dropped, doubled, turned, added, whole frames cut and late.
//! A wrong success is a page of another size than the picture, or with rows missing.
//!
//! A turned bit in the picture is another picture, which nobody can know, and so are the four
//! bytes of its size.

use super::*;
use crate::transport::mutating::{Dice, spoil, stories, wanted};

/// Frames spoiled at one camera.
const STORY: u64 = 500;

/// Jobs until the page must be there again.
const JOBS: usize = 3;

/// A camera whose frames are damaged.
#[derive(Clone)]
struct Damaged {
    format: Format,
    frames: Arc<std::sync::Mutex<Stream>>,
}

struct Stream {
    dice: Dice,
    /// So many of a thousand frames are spoiled.
    rate: usize,
    spoiled: u64,
    number: usize,
}

impl Head for Damaged {
    fn name(&self) -> Result<String, ScanFault> {
        Ok("damaged".to_owned())
    }

    fn present(&self) -> bool {
        true
    }

    fn open(&self) -> Result<Box<dyn Frames>, ScanFault> {
        Ok(Box::new(self.clone()))
    }
}

impl Frames for Damaged {
    fn next(&mut self, _until: Instant, _cancel: &CancelToken) -> Result<Frame, ScanFault> {
        let mut guard = self.frames.lock().unwrap();
        let stream = &mut *guard;
        stream.number += 1;
        let mut bytes = match self.format {
            Format::Jpeg => noisy(200, 4, stream.number),
            Format::Yuyv { .. } => yuyv(stream.number),
        };
        if stream.dice.happens(stream.rate) {
            stream.spoiled += 1;
            let size = size_of_the_picture(&bytes);
            if spoil(&mut stream.dice, &mut bytes, |at| !size.contains(&at)) {
                return Err(ScanFault::Timeout);
            }
        }
        Ok(Frame {
            format: self.format,
            bytes: Zeroizing::new(bytes),
        })
    }

    fn still(&self) -> bool {
        false
    }
}

/// Rows that differ from all others by a dot.
fn yuyv(number: usize) -> Vec<u8> {
    let mut bytes = [128, 110].repeat(64 * 48);
    bytes[..2].copy_from_slice(&(number as u16).to_be_bytes());
    bytes
}

/// Height and width of a JPEG.
fn size_of_the_picture(bytes: &[u8]) -> std::ops::Range<usize> {
    let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]);
    frame.map_or(0..0, |at| at + 5..at + 9)
}

/// A page, or the reason for none.
fn page(scanner: &mut CameraScanner) -> Result<Page, ScanFault> {
    scanner.start(&ScanSettings::default(), &CancelToken::default())?;
    match scanner.next_page() {
        NextPage::Page(page) => {
            assert_eq!((page.width_px, page.height_px), (64, 48), "another size");
            assert!(crate::scanner::jpeg::examine(&page.jpeg).is_ok());
            assert_eq!(scanner.next_page(), NextPage::End);
            Ok(page)
        }
        NextPage::Fault(fault) => Err(fault),
        other => panic!("{other:?}"),
    }
}

fn story(seed: u64) -> (u64, u64) {
    let yuyv = Format::Yuyv {
        width: 64,
        height: 48,
        stride: 128,
    };
    let head = Damaged {
        format: if seed.is_multiple_of(2) {
            Format::Jpeg
        } else {
            yuyv
        },
        frames: Arc::new(std::sync::Mutex::new(Stream {
            dice: Dice::new(seed),
            rate: 400,
            spoiled: 0,
            number: 0,
        })),
    };
    let stream = || head.frames.lock().unwrap();
    let mut scanner = CameraScanner::of(Box::new(head.clone()), Settings::default());
    let mut pages = 0;
    while stream().spoiled < STORY {
        pages += u64::from(page(&mut scanner).is_ok());
    }
    stream().rate = 0;
    let right = (0..JOBS).any(|_| page(&mut scanner).is_ok());
    assert!(right, "seed {seed}: no page though the frames are good");
    (stream().spoiled, pages)
}

#[test]
fn thousands_of_spoiled_frames_make_no_page_of_another_size_or_with_rows_missing() {
    let (spoiled, pages) = stories(wanted(10_000, 100_000), 2, story);
    println!("{spoiled} spoiled frames, {pages} pages");
    assert!(pages > spoiled / 100, "{pages}");
}
