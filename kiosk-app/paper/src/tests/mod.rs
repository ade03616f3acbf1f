//! Tests over several modules; pictures are compared with `tests/golden`.

mod advised;
mod bombs;
pub(crate) mod camera;
mod codes;
mod crooked;
mod desks;
mod documents;
mod faces;
mod flat;
mod glass;
mod portraits;
mod scans;
mod slips;
mod upright;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::FontSet;

static REGULAR: &[u8] = include_bytes!("../../../../ui/fonts/KioskSans-Regular.otf");
static BOLD: &[u8] = include_bytes!("../../../../ui/fonts/KioskSans-Bold.otf");

/// The committed fonts and nothing of this machine.
pub(crate) fn fonts() -> Arc<FontSet> {
    static FONTS: OnceLock<Arc<FontSet>> = OnceLock::new();
    let set = || Arc::new(FontSet::new(&[REGULAR.into(), BOLD.into()], &[]).unwrap());
    Arc::clone(FONTS.get_or_init(set))
}

/// Whether `KIOSK_LONG=1` asks for every case there is.
pub(crate) fn long() -> bool {
    std::env::var("KIOSK_LONG").is_ok_and(|value| value == "1")
}

/// Compares with the committed picture, pixel by pixel. Set `UPDATE_GOLDEN=1` to write it anew,
/// then look at it before committing.
pub(crate) fn assert_golden(name: &str, png: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, png).unwrap();
    }
    let expected = std::fs::read(&path).unwrap();
    let decode = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgb8();
    let (actual, expected) = (decode(png), decode(&expected));
    assert_eq!(actual.dimensions(), expected.dimensions(), "{name}: size");
    let wrong = actual
        .pixels()
        .zip(expected.pixels())
        .filter(|(a, b)| a != b)
        .count();
    assert_eq!(wrong, 0, "{name}: pixels that differ");
}

/// A picture for the eye, written beside the build when `PAPER_PICTURES` names a folder.
pub(crate) fn keep_picture(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("PAPER_PICTURES") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(PathBuf::from(folder).join(name), bytes).unwrap();
    }
}
