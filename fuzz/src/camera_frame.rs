//! What a camera may send as a frame: MJPEG, and YUYV of a size it named itself.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let [width, height, bytes @ ..] = input {
        kiosk_drivers::fuzzing::camera_frame(bytes, (*width).into(), (*height).into());
    }
});
