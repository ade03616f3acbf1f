//! What a kiosk may send to the city: headers and contents, behind the signature that hides them.
#![no_main]

use city_api::application::{Application, Rating, Supplement, from_bytes};
use city_api::canonical;
use city_api::packet::{Header, Peek};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = Header::parse(bytes) {
        // What was understood once is understood again from its own words.
        let again = canonical::to_vec(&header).unwrap_or_default();
        assert!(Header::parse(&again).is_ok());
    }
    drop(Peek::parse(bytes));
    drop(from_bytes::<Application>(bytes));
    drop(from_bytes::<Supplement>(bytes));
    drop(from_bytes::<Rating>(bytes));
});
