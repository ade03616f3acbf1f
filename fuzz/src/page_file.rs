//! The picture files that `kiosk page` and the camera of files take: read, laid flat, and the codes
//! on them. A picture larger than a stamp takes too long here; that its size is bounded is tested
//! elsewhere.
#![no_main]

use kiosk_paper::scan::{PageFile, PageInfo, codes, lay_flat};
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(64);

const MOST_PIXELS: u64 = 1 << 16;

/// Pixels that a file promises.
fn pixels(bytes: &[u8]) -> u64 {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => {
            let number = |at: usize| {
                let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
                u64::from(four.map_or(0, u32::from_be_bytes))
            };
            number(16).saturating_mul(number(20))
        }
        _ => PageInfo::read(bytes).map_or(0, |info| u64::from(info.width_px) * u64::from(info.height_px)),
    }
}

fuzz_target!(|bytes: &[u8]| {
    if pixels(bytes) > MOST_PIXELS {
        return;
    }
    kiosk_drivers::fuzzing::camera_file(bytes);
    if let Ok(file) = PageFile::read(bytes) {
        drop(codes(file.picture()));
        let flat = lay_flat(file);
        let picture = flat.picture();
        assert!(picture.width() > 0 && picture.height() > 0);
    }
});
