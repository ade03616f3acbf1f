//! Pages that nobody here made, laid flat: test files of ocrmypdf, a page of scikit-image.

use std::path::Path;
use std::process::Command;

use kiosk_paper::scan::{
    Advice, Facing, Origin, PageFile, PageLimit, Quarter, ScanError, lay_flat, skew,
};
use kiosk_tests::peer::{peer, real_pages};

use crate::told;

const LIMIT: PageLimit = PageLimit {
    max_bytes: 2_000_000,
    colour: true,
};

/// The pages of a PDF as pictures of a resolution, as PNG files.
fn drawn(pdf: &Path, dpi: u32, more: &[&str]) -> Option<Vec<Vec<u8>>> {
    let pdftoppm = peer("pdftoppm")?;
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(pdftoppm)
        .args(["-png", "-r", &dpi.to_string()])
        .args(more)
        .arg(pdf)
        .arg(folder.path().join("page"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let files = std::fs::read_dir(folder.path()).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    Some(
        paths
            .iter()
            .map(|path| std::fs::read(path).unwrap())
            .collect(),
    )
}

/// The same of a PDF among the real pages.
fn pages(name: &str, dpi: u32) -> Option<Vec<Vec<u8>>> {
    drawn(&real_pages()?.join(name), dpi, &[])
}

#[test]
fn real_pages_laid_down_crooked_are_filed_straight() {
    for (name, about) in [("skew.pdf", 1.9), ("rotated_skew.pdf", -2.8)] {
        let Some(files) = pages(name, 200) else {
            return;
        };
        let flat = lay_flat(PageFile::read(&files[0]).unwrap());
        let found = flat.skew_degrees.unwrap();
        assert!((found - about).abs() < 0.15, "{name}: {found}");
        let left = skew(flat.picture()).unwrap();
        println!("{name}: {found:.3} degrees, {left:.3} left");
        assert!(left.abs() <= 0.05, "{name}: {left} left");
        assert_eq!(flat.advice, [], "{name}");
    }
}

#[test]
fn a_real_page_lying_any_way_round_is_turned_upright() {
    let Some(files) = pages("cardinal.pdf", 150) else {
        return;
    };
    let facing = [
        Facing::Upright,
        Facing::Turn(Quarter::Left),
        Facing::Turn(Quarter::Half),
        Facing::Turn(Quarter::Right),
    ];
    assert_eq!(files.len(), facing.len());
    let mut first = None;
    for (file, facing) in files.iter().zip(facing) {
        let (upright, found) = PageFile::read(file).unwrap().upright();
        assert_eq!(found, facing);
        let flat = lay_flat(upright);
        let crooked = flat.skew_degrees.unwrap_or(0.0);
        assert!(crooked.abs() < 0.1, "{facing:?}: {crooked}");
        let side = flat.side_mark();
        let upright = first.get_or_insert_with(|| flat.side_mark());
        assert!(side.is_same(upright), "{facing:?}: not the page it was");
    }
}

#[test]
fn no_real_page_that_lies_upright_is_turned() {
    for (name, dpi) in [
        ("multipage.pdf", 150),
        ("c03-29.pdf", 150),
        ("epson.pdf", 150),
        ("linn.pdf", 150),
        ("graph.pdf", 100),
    ] {
        for file in pages(name, dpi).unwrap_or_default() {
            let (_, facing) = PageFile::read(&file).unwrap().upright();
            assert!(
                matches!(facing, Facing::Upright | Facing::Unknown),
                "{name}: {facing:?}"
            );
        }
    }
}

#[test]
fn a_real_blank_page_is_said_to_be_blank() {
    let Some(files) = pages("blank.pdf", 200) else {
        return;
    };
    let flat = lay_flat(PageFile::read(&files[0]).unwrap());
    assert_eq!(flat.advice, [Advice::Blank]);
}

#[test]
fn every_page_of_a_real_file_of_many_is_filed() {
    let Some(files) = pages("multipage.pdf", 200) else {
        return;
    };
    assert_eq!(files.len(), 6);
    for (number, file) in files.iter().enumerate() {
        let flat = lay_flat(PageFile::read(file).unwrap());
        assert!(!flat.advice.contains(&Advice::Blank), "page {number}");
        // Two columns at different heights lie straight; one page was scanned crooked.
        let crooked = if number == 4 { 2.0 } else { 0.0 };
        let found = flat.skew_degrees.unwrap_or(0.0);
        assert!((found - crooked).abs() < 0.15, "page {number}: {found}");
        let filed = flat.fit(LIMIT).unwrap();
        assert!(filed.jpeg.len() <= LIMIT.max_bytes, "page {number}");
    }
}

#[test]
fn real_pictures_of_every_kind_of_colour_are_read() {
    let Some(folder) = real_pages() else { return };
    let kinds = [
        ("baiona.png", true),
        ("baiona_alpha.png", true),
        ("baiona_colormapped.png", true),
        ("baiona_gray.png", false),
        ("baiona_color.jpg", true),
        ("baiona_cmyk.jpg", true),
        ("typewriter.png", true),
    ];
    let brightness = |name: &str, colour: bool| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let file = PageFile::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(file.picture().is_colour(), colour, "{name}");
        let pixels = file.picture().pixels();
        let sum: u64 = pixels.iter().step_by(31).map(|v| u64::from(*v)).sum();
        sum * 31 / pixels.len() as u64
    };
    let levels = kinds.map(|(name, colour)| brightness(name, colour));
    println!("{levels:?}");
    // All but the last are one picture, so they are about as light.
    for (level, (name, _)) in levels[..6].iter().zip(kinds) {
        assert!(level.abs_diff(levels[0]) < 25, "{name}: {levels:?}");
    }
}

#[test]
fn a_real_picture_too_large_is_refused_by_its_size() {
    let Some(folder) = real_pages() else { return };
    let Some(files) = drawn(&folder.join("enormous.pdf"), 340, &["-gray"]) else {
        return;
    };
    let refused = PageFile::read(&files[0]).err();
    assert!(
        matches!(refused, Some(ScanError::TooLarge { width, height, .. }) if width > 10_000 && height > 10_000),
        "{refused:?}"
    );
    // 2400 dots an inch are many, but not too many: they become what the archive wants.
    let Some(files) = drawn(&folder.join("2400dpi.pdf"), 2400, &["-gray"]) else {
        return;
    };
    let file = PageFile::read(&files[0]).unwrap();
    assert_eq!(file.origin, Origin::Scan { dpi: 2400 });
    let filed = lay_flat(file).fit(LIMIT).unwrap();
    assert!(filed.jpeg.len() <= LIMIT.max_bytes);
}

#[test]
fn a_real_file_that_is_no_picture_is_refused_by_name() {
    let Some(folder) = real_pages() else { return };
    for name in ["invalid.pdf", "skew.pdf", "latin.hocr"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let refused = PageFile::read(&bytes).err();
        let bytes = bytes.len();
        assert_eq!(refused, Some(ScanError::NotPicture { bytes }), "{name}");
    }
}

#[test]
fn a_real_photo_of_an_unevenly_lit_page_is_neither_dark_nor_blank() {
    let Some(folder) = real_pages() else { return };
    let bytes = std::fs::read(folder.join("page.png")).unwrap();
    let file = PageFile::read(&bytes).unwrap();
    assert_eq!(file.origin, Origin::Camera);
    let flat = lay_flat(file);
    assert_eq!(
        flat.advice,
        [Advice::CutOff],
        "its edges are not in the picture"
    );
    assert!(flat.skew_degrees.unwrap_or(0.0).abs() < 0.5);
}
