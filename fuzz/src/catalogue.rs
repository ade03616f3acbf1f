//! What an editor may publish: catalogues, regions and calendars. Refused with places, or right.
#![no_main]

use city_catalogue::Catalogue;
use city_catalogue::clock::Calendar;
use city_catalogue::regions::Regions;
use libfuzzer_sys::fuzz_target;

use bounded::Bounded;

mod bounded;

#[global_allocator]
static MEMORY: Bounded = Bounded::mib(64);

fuzz_target!(|bytes: &[u8]| {
    if let Err(refused) = Catalogue::parse("fuzz", bytes) {
        assert!(!refused.faults.is_empty());
    }
    drop(Regions::parse("fuzz", bytes));
    drop(Calendar::parse("fuzz", bytes));
});
