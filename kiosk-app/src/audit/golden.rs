//! Every kind of page as somebody has looked at it once: in three languages, on end and across, the busiest also with
//! words twice as large.
//!
//! The pictures lie in `golden`, the languages below one another, each in a third of its width and in the few colours
//! it has most of. A page that is changed on purpose is written anew with `UPDATE_GOLDEN=1` and looked at before it is
//! committed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kiosk_core::{Display, TextSize};
use kiosk_paper::Picture;

use super::combination::Combination;
use super::look::Looker;
use super::{LANGUAGES, pages};

const ON_END: (u32, u32) = (1080, 1920);
const ACROSS: (u32, u32) = (1920, 1080);
/// A committed picture is so many times narrower than the screen.
const SMALLER: u32 = 3;
/// Pages with the most on them: what does not fit at twice the size shows here first.
const BUSIEST: [&str; 10] = [
    "start",
    "find",
    "guide",
    "facts",
    "materials",
    "question-rows",
    "review",
    "done",
    "matter",
    "appointment-slot",
];
/// Colours of a committed picture: flat pages with letters need no more, and it is a fifth as large.
const COLOURS: usize = 32;
/// A channel of a dot may be so far off, of 255.
const OFF: u8 = 16;
/// One dot in so many may be off by more: what another processor rounds otherwise at an edge.
const DOTS_A_WRONG_ONE: usize = 5_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/audit/golden")
}

/// Dots of `shown` that are not those of `golden`; `None` when the two differ in size.
fn wrong(shown: &Picture, golden: &Picture) -> Option<usize> {
    let same = (shown.width(), shown.height()) == (golden.width(), golden.height());
    let dots = shown.pixels().chunks_exact(3);
    let both = dots.zip(golden.pixels().chunks_exact(3));
    same.then(|| {
        both.filter(|(one, other)| one.iter().zip(*other).any(|(a, b)| a.abs_diff(*b) > OFF))
            .count()
    })
}

/// A picture in the colours it has most of: the colours, and for each dot the number of the nearest.
struct Few {
    colours: Vec<[u8; 3]>,
    dots: Vec<u8>,
    size: (u32, u32),
}

impl Few {
    fn of(picture: &Picture) -> Self {
        // Five bits of each channel.
        let place = |dot: &[u8]| {
            dot.iter()
                .fold(0, |all, it| all << 5 | usize::from(it >> 3))
        };
        let dots = picture.pixels().chunks_exact(3);
        let mut counts = vec![0_usize; 1 << 15];
        dots.clone().for_each(|dot| counts[place(dot)] += 1);
        let mut most: Vec<usize> = (0..counts.len()).filter(|it| counts[*it] > 0).collect();
        most.sort_by_key(|it| (usize::MAX - counts[*it], *it));
        let whole = |it: usize| [10, 5, 0].map(|bits| (it >> bits & 31) as u8 * 8);
        let colours: Vec<[u8; 3]> = most.iter().take(COLOURS).map(|it| whole(*it)).collect();
        let away = |one: [u8; 3], other: [u8; 3]| -> u32 {
            let each = one.iter().zip(other);
            each.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
        };
        let mut nearest = vec![0; counts.len()];
        for it in most {
            let known = (0_u8..).zip(&colours);
            let found = known.min_by_key(|(_, colour)| away(whole(it), **colour));
            nearest[it] = found.map_or(0, |(at, _)| at);
        }
        Self {
            colours,
            dots: dots.map(|dot| nearest[place(dot)]).collect(),
            size: (picture.width(), picture.height()),
        }
    }

    fn picture(&self) -> Picture {
        let dots = self.dots.iter();
        let pixels = dots
            .flat_map(|dot| self.colours[usize::from(*dot)])
            .collect();
        Picture::new(self.size.0, self.size.1, true, pixels).unwrap()
    }

    fn save(&self, path: &Path) {
        let file = std::fs::File::create(path).unwrap();
        let mut encoder = png::Encoder::new(file, self.size.0, self.size.1);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(self.colours.concat());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&self.dots)
            .unwrap();
    }
}

/// The committed picture, when there is one that can be read.
fn committed(path: &Path) -> Option<Picture> {
    let image = image::open(path).ok()?.into_rgb8();
    let (width, height) = image.dimensions();
    Picture::new(width, height, true, image.into_raw())
}

/// A page in all languages.
fn picture(looker: &mut Looker, sample: &pages::Sample, combination: Combination) -> Picture {
    let (mut height, mut pixels) = (0, Vec::new());
    let width = combination.size.0 / SMALLER;
    for lang in LANGUAGES {
        let shown = looker.picture(sample, lang, combination).unwrap();
        let small = shown.reduced(width);
        height += small.height();
        pixels.extend_from_slice(small.pixels());
    }
    Picture::new(width, height, true, pixels).unwrap()
}

/// Name of the file, page and how it is shown.
fn all() -> Vec<(String, pages::Sample, Combination)> {
    let mut all = Vec::new();
    for (kind, sample) in pages::one_of_each() {
        for text in [TextSize::Normal, TextSize::Largest] {
            if text == TextSize::Largest && !BUSIEST.contains(&kind) {
                continue;
            }
            for (size, way) in [(ON_END, "on-end"), (ACROSS, "across")] {
                let display = Display {
                    text,
                    ..Display::default()
                };
                let name = format!("{kind}-{way}-{}.png", text.percent());
                all.push((name, sample.clone(), Combination { size, display }));
            }
        }
    }
    // Those of one size together: a window is not made anew for each.
    all.sort_by_key(|(_, _, combination)| combination.size);
    all
}

#[test]
fn every_page_looks_as_committed_in_each_language_on_end_and_across() {
    let all = all();
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let (next, bad) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let compare = || {
        let mut looker = Looker::new().unwrap();
        while let Some((name, sample, combination)) = all.get(next.fetch_add(1, Ordering::Relaxed))
        {
            let few = Few::of(&picture(&mut looker, sample, *combination));
            let shown = few.picture();
            let path = folder().join(name);
            let golden = committed(&path);
            let wrong = golden.and_then(|golden| wrong(&shown, &golden));
            let dots = shown.pixels().len() / 3;
            if wrong.is_some_and(|wrong| wrong <= dots / DOTS_A_WRONG_ONE) {
                continue;
            }
            if update {
                few.save(&path);
            } else {
                bad.lock().unwrap().push(format!("{name}: {wrong:?} dots"));
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(compare);
        scope.spawn(compare);
    });
    assert_eq!(bad.into_inner().unwrap(), Vec::<String>::new());

    let named: BTreeSet<String> = all.into_iter().map(|(name, _, _)| name).collect();
    let there = std::fs::read_dir(folder()).unwrap();
    let there = there.map(|file| file.unwrap().file_name().into_string().unwrap());
    let of_nothing: Vec<String> = there.filter(|name| !named.contains(name)).collect();
    assert_eq!(of_nothing, Vec::<String>::new(), "pictures of no page");
}

#[test]
fn a_word_that_changed_or_a_shape_that_moved_is_seen_and_a_rounded_edge_is_not() {
    let picture = |pixels| Picture::new(100, 100, true, pixels).unwrap();
    let plain = vec![240_u8; 3 * 100 * 100];
    let (mut moved, mut rounded) = (plain.clone(), plain.clone());
    moved[3 * 100 * 50..3 * 100 * 51].fill(20);
    rounded.fill(250);
    assert_eq!(
        wrong(&picture(moved), &picture(plain.clone())),
        Some(100),
        "a line of a letter"
    );
    assert_eq!(wrong(&picture(rounded), &picture(plain.clone())), Some(0));
    let wider = Picture::new(200, 50, true, plain.clone()).unwrap();
    assert_eq!(wrong(&wider, &picture(plain)), None);
}
