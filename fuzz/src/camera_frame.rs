//! What a camera may send as a frame: MJPEG, and YUYV of a size it named itself.
#![no_main]

use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(64);

fuzz_target!(|input: &[u8]| {
    if let [width, height, bytes @ ..] = input {
        kiosk_drivers::fuzzing::camera_frame(bytes, (*width).into(), (*height).into());
    }
});
