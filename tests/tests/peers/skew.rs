//! Real pages turned by known angles: our skew beside Leptonica's on the very same pictures.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use kiosk_paper::Picture;
use kiosk_paper::scan::skew;
use kiosk_tests::peer::{peer, real_pages};

use crate::told;

/// The most a dense page may be off, in degrees.
const BAR: f64 = 0.10;
/// Turned by less, a page stays as it is.
const LEAST: f64 = 0.15;

/// What was found of one page turned by a known angle.
struct Found {
    turned: f64,
    ours: Option<f64>,
    leptonicas: Option<f64>,
}

/// A binary PGM as Pillow writes it.
fn grey(path: &str) -> Picture {
    let bytes = std::fs::read(path).unwrap();
    let head: Vec<&[u8]> = bytes.splitn(4, |byte| byte.is_ascii_whitespace()).collect();
    let number = |word: &[u8]| std::str::from_utf8(word).unwrap().parse::<u32>().unwrap();
    let (width, height) = (number(head[1]), number(head[2]));
    let start = bytes.len() - width as usize * height as usize;
    Picture::new(width, height, false, bytes[start..].to_vec()).unwrap()
}

/// Each page turned by each angle, and how long both took in all, in milliseconds.
fn survey(interpreter: &Path, pages: &[String]) -> Vec<Vec<Found>> {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(interpreter)
        .args(["-c", include_str!("skew.py")])
        .arg(folder.path())
        .args(pages)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let (mut all, mut own, mut peers) = (Vec::new(), 0.0, 0.0);
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [path, turned, leptonicas, taken] = words[..] else {
            panic!("{line}")
        };
        let picture = grey(path);
        let begun = Instant::now();
        let ours = skew(&picture);
        own += begun.elapsed().as_secs_f64() * 1000.0;
        peers += taken.parse::<f64>().unwrap();
        all.push(Found {
            turned: turned.parse().unwrap(),
            ours,
            leptonicas: leptonicas.parse().ok(),
        });
    }
    println!(
        "{} pictures: {own:.0} ms, Leptonica {peers:.0} ms",
        all.len()
    );
    let each = all.len() / pages.len();
    let mut all = all.into_iter();
    pages
        .iter()
        .map(|_| all.by_ref().take(each).collect())
        .collect()
}

/// The angle found of the page as it is.
fn own_angle(found: &[Found], of: fn(&Found) -> Option<f64>) -> f64 {
    let straight = found.iter().find(|found| found.turned == 0.0).unwrap();
    of(straight).unwrap()
}

/// The most that the angles found differ from those the page was turned by; those that were not
/// told are left out.
fn worst(found: &[Found], of: fn(&Found) -> Option<f64>) -> f64 {
    let own = own_angle(found, of);
    let off = |found: &Found| of(found).map(|angle| (angle - own - found.turned).abs());
    found.iter().filter_map(off).fold(0.0, f64::max)
}

#[test]
fn dense_real_pages_turned_by_known_angles_are_measured_better_than_by_leptonica() {
    let (Some(interpreter), Some(folder)) = (peer("leptonica"), real_pages()) else {
        return;
    };
    let names = ["linn.png", "typewriter.png"];
    let pages = names.map(|name| folder.join(name).display().to_string());
    for (name, found) in names.iter().zip(survey(&interpreter, &pages)) {
        assert!(found.iter().all(|found| found.ours.is_some()), "{name}");
        let (ours, theirs) = (worst(&found, |f| f.ours), worst(&found, |f| f.leptonicas));
        println!("{name}: at the most {ours:.3} degrees off, Leptonica {theirs:.3}; bar {BAR}");
        assert!(
            ours <= BAR && ours <= theirs,
            "{name}: {ours}, Leptonica {theirs}"
        );
        let apart = own_angle(&found, |f| f.ours) - own_angle(&found, |f| f.leptonicas);
        assert!(
            apart.abs() <= BAR,
            "{name}: as it is, {apart} from Leptonica"
        );
    }
}

#[test]
fn sparse_real_pages_turned_by_known_angles_are_never_made_worse() {
    let (Some(interpreter), Some(folder)) = (peer("leptonica"), real_pages()) else {
        return;
    };
    let page = folder.join("linn.png").display().to_string();
    let pages = [6, 4, 2].map(|count| format!("{page}:{count}"));
    let mut told = 0;
    for (page, found) in pages.iter().zip(survey(&interpreter, &pages)) {
        for Found { turned, ours, .. } in found {
            let ours = ours.filter(|angle| angle.abs() >= LEAST);
            told += usize::from(ours.is_some());
            let left = (turned - ours.unwrap_or(0.0)).abs();
            assert!(
                left <= turned.abs().max(BAR),
                "{page} by {turned}: {ours:?}"
            );
        }
    }
    println!("{told} of 27 sparse pages were turned");
    assert!(told > 9, "{told}");
}
