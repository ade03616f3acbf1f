//! A photo on paper, laid on the glass: found on the white of the lid and cut like a camera's.

use super::cut::Place;
use super::figure::{Seen, largest};
use super::ground::{Small, light};
use super::{Portrait, PortraitAdvice, PortraitRules, SMALL, finish, judge, scale};
use crate::Picture;
use crate::scan::ScanError;

/// Width of the small copy of a whole glass, in pixels: a photo of 26 mm is about 60 of them.
const GLASS: u32 = 480;
/// A dot this far from the lid is not lid.
const DISTANCE: f32 = 20.0;
/// A photo has at least this many pixels of the scan, and at most this part of its width.
const LEAST_PX: f64 = 150.0;
const MOST_PART: f64 = 0.6;
/// A rectangle filled to this part is a photo with a background of its own; less is a person on
/// white paper.
const FILLED: f64 = 0.88;

/// Cuts the portrait from a scan of a photo on paper; of at most `max_bytes`. Advice is `Nobody`
/// when no photo is found, and the middle of the scan is cut.
///
/// The photo lies upright; one on its head is not turned.
///
/// # Errors
/// As [`super::take`].
pub fn from_paper(
    scan: &Picture,
    rules: &PortraitRules,
    max_bytes: usize,
) -> Result<Portrait, ScanError> {
    let (place, advice) = match photo(scan) {
        Some(photo) => found(scan, &photo, rules),
        None => (Place::guide(scan, rules), Some(PortraitAdvice::Nobody)),
    };
    let picture = place.cut(scan, rules.width_px, rules.height_px);
    finish(&picture, rules, advice, max_bytes)
}

/// A photo on the glass, in pixels of the scan.
struct Photo {
    place: Place,
    /// It has a background of its own, which reaches to its edges.
    filled: bool,
}

fn photo(scan: &Picture) -> Option<Photo> {
    let small = Small::of(scan, GLASS);
    let factor = f64::from(scan.width()) / small.width.max(1) as f64;
    let lid = lid(&small);
    let mask: Vec<bool> = small
        .dots
        .iter()
        .map(|dot| {
            let far = dot.iter().zip(lid).map(|(dot, lid)| (dot - lid).abs());
            far.fold(0.0, f32::max) > DISTANCE
        })
        .collect();
    let part = largest(&mask, small.width, small.height);
    let dots = part.iter().enumerate().filter(|(_, dot)| **dot);
    let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
    let mut area = 0;
    for (at, _) in dots {
        let (x, y) = (at % small.width, at / small.width);
        (left, right) = (left.min(x), right.max(x + 1));
        (top, bottom) = (top.min(y), bottom.max(y + 1));
        area += 1;
    }
    let (across, down) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
    let (width, height) = (across as f64 * factor, down as f64 * factor);
    let fits = width.min(height) >= LEAST_PX && width <= f64::from(scan.width()) * MOST_PART;
    fits.then_some(Photo {
        place: Place {
            left: left as f64 * factor,
            top: top as f64 * factor,
            width,
            height,
        },
        filled: f64::from(area) > (across * down) as f64 * FILLED,
    })
}

/// The colour most of the glass has: the lid.
fn lid(small: &Small) -> [f32; 3] {
    let mut counts = [0_usize; 64];
    for dot in &small.dots {
        if let Some(count) = counts.get_mut((light(*dot) / 4.0) as usize) {
            *count += 1;
        }
    }
    let most = counts.iter().enumerate().max_by_key(|(_, count)| **count);
    let level = most.map_or(63, |(level, _)| level) as f32 * 4.0;
    let lid = small
        .dots
        .iter()
        .filter(|dot| (light(**dot) - level - 2.0).abs() <= 4.0);
    let mut sums = [0.0_f64; 3];
    let mut count = 0.0_f64;
    for dot in lid {
        for (sum, colour) in sums.iter_mut().zip(dot) {
            *sum += f64::from(*colour);
        }
        count += 1.0;
    }
    sums.map(|sum| (sum / count.max(1.0)) as f32)
}

/// Where the portrait lies in the photo, and what to mend.
fn found(scan: &Picture, photo: &Photo, rules: &PortraitRules) -> (Place, Option<PortraitAdvice>) {
    let around = if photo.filled {
        inset(&photo.place)
    } else {
        // The white around the person is part of the photo.
        let (side, above) = (photo.place.width * 0.25, photo.place.height * 0.12);
        Place {
            left: photo.place.left - side,
            top: photo.place.top - above,
            width: photo.place.width + 2.0 * side,
            height: photo.place.height + above,
        }
    };
    let (width, height) = ((around.width as u32).max(1), (around.height as u32).max(1));
    let cut = around.cut(scan, width, height);
    let seen = Seen::of(&cut, SMALL);
    let Some(head) = seen.head() else {
        // Perhaps a hat, perhaps no portrait: the photo as it is, and the resident decides.
        return (whole(&around, rules), Some(PortraitAdvice::Nobody));
    };
    let mut place = Place::of_head(&head, rules);
    let bottom = f64::from(cut.height());
    if place.top + place.height > bottom {
        // The photo ends above: the portrait is made of what there is.
        let height = (bottom - place.top).max(1.0);
        let width = height * place.width / place.height;
        place = Place {
            left: head.x - width / 2.0,
            width,
            height,
            ..place
        };
    }
    let advice = if scale(&head, rules) < 1.0 / (rules.most_enlarged * 1.25) {
        Some(PortraitAdvice::TooFar)
    } else {
        let blurred = || judge::blurred(&cut, &head, &place, rules);
        judge::wall(&seen, rules).or_else(|| blurred().then_some(PortraitAdvice::Blurred))
    };
    let place = Place {
        left: place.left + around.left,
        top: place.top + around.top,
        ..place
    };
    (place, advice)
}

/// Without the outermost edge, where paper and lid mix.
fn inset(place: &Place) -> Place {
    let edge = place.width.min(place.height) * 0.015;
    Place {
        left: place.left + edge,
        top: place.top + edge,
        width: place.width - 2.0 * edge,
        height: place.height - 2.0 * edge,
    }
}

/// As much of the photo as has the portrait's proportions.
fn whole(photo: &Place, rules: &PortraitRules) -> Place {
    let proportion = f64::from(rules.width_px) / f64::from(rules.height_px.max(1));
    let width = photo.width.min(photo.height * proportion);
    let height = width / proportion.max(0.01);
    Place {
        left: photo.left + (photo.width - width) / 2.0,
        top: photo.top,
        width,
        height,
    }
}
