//! The room after a visit that broke off.

use std::sync::mpsc;

use city_backend::DepartmentsSource;

use super::*;
use crate::demo::player::play;
use crate::demo::script::Script;

/// Breaks off in the middle of a visit: there is no such card.
const BREAKS_OFF: &str = "title = { zh = \"例\", en = \"Sample\" }\nabout = \"x\"\n\
    [[step]]\nput-card = \"zhang-shili\"\n[[step]]\nchoose = \"apply\"\n\
    [[step]]\nfind = { words = \"失业\", open = \"失业登记\" }\n[[step]]\nput-card = \"nobody\"\n";

#[test]
fn after_a_visit_that_broke_off_the_next_begins_at_the_first_page() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("city");
    std::fs::create_dir_all(&at).unwrap();
    // No visit gets so far that a department is asked.
    let departments = DepartmentsSource::Url("http://127.0.0.1:9".to_owned());
    let city = SampleCity::start(&at, departments).unwrap();
    let (drawn, to_draw) = mpsc::channel();
    let (back, screens) = mpsc::channel();
    let (notes, _noted) = mpsc::channel();
    std::thread::spawn(move || {
        for next in to_draw {
            if let Drawn::Screen(number, screen) = next {
                let _ = back.send((number, *screen));
            }
        }
    });
    let state = folder.path().to_owned();
    let mut room = DemoRoom::new(state, false, city, drawn, notes, screens).unwrap();
    let script = Script::parse("sample", BREAKS_OFF).unwrap();
    let ends = [(); 2].map(|()| {
        room.begin().unwrap();
        play(&script, &mut room).unwrap_err().to_string()
    });
    assert!(ends[0].starts_with("step 4 "), "{}", ends[0]);
    assert_eq!(ends[0], ends[1], "the second begins as the first did");
}

/// A key that came sooner than a hand can press was taken for a contact that bounces, and the visit stood still.
#[test]
fn a_pause_lasts_though_something_woke_the_thread_a_moment_ago() {
    let begun = Instant::now();
    std::thread::current().unpark();
    pause(PRESSED_AFTER);
    assert!(begun.elapsed() >= PRESSED_AFTER);
}
