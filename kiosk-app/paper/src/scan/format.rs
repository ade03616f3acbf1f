//! What a sheet seen by a camera is: its proportions, its format, its resolution.

use super::outline::Quad;
use crate::Picture;

/// Proportions this near to a format's are that format's, as a share.
const WITHIN: f64 = 0.08;
/// More dots than these are not kept of a camera's page.
const MOST_DPI: f64 = 300.0;
/// Focal length of cameras that look at desks, in diagonals of the picture: they see an angle
/// of about 70 degrees. By such a factor others differ from it, as a natural logarithm.
const FOCAL: f64 = 0.72;
const FOCAL_SPREAD: f64 = 0.35;
/// Factors tried, the same way, and how far apart.
const FOCAL_STEPS: std::ops::RangeInclusive<i32> = -30..=50;
const FOCAL_STEP: f64 = 0.03;
/// By how much corners that were found make a right angle look wrong, as its cosine.
const SQUARE_SPREAD: f64 = 0.01;
/// By how much they make a format's proportions look wrong, and from which doubt on a sheet has
/// none of the formats.
const FORMAT_SPREAD: f64 = 0.02;
const NO_FORMAT: f64 = 1.0;

/// A known format of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 210 x 297 mm.
    A4,
    /// 85.60 x 53.98 mm, ISO/IEC 7810.
    Card,
}

impl Format {
    /// The longer and the shorter side in millimetres.
    #[must_use]
    pub fn millimetres(self) -> (f64, f64) {
        match self {
            Self::A4 => (297.0, 210.0),
            Self::Card => (85.60, 53.98),
        }
    }

    const ALL: [Self; 2] = [Self::A4, Self::Card];

    /// How far such proportions, longer to shorter side, are from this format's.
    fn off(self, proportions: f64) -> f64 {
        let (long, short) = self.millimetres();
        (proportions * short / long).ln().abs()
    }

    /// The format of such proportions, longer to shorter side.
    fn of(proportions: f64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .min_by(|one, other| one.off(proportions).total_cmp(&other.off(proportions)))
            .filter(|format| format.off(proportions) <= WITHIN)
    }
}

/// How a sheet seen by a camera is to be laid flat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flat {
    pub(super) width: u32,
    pub(super) height: u32,
    /// `None`: no format that is known; its longer side is then taken for that of A4.
    pub(super) format: Option<Format>,
    /// Resolution of the laid-out page.
    pub(super) dpi: u16,
    /// Dots per inch the camera really saw.
    pub(super) seen_dpi: f64,
}

impl Flat {
    pub(super) fn of(corners: &Quad, picture: &Picture) -> Self {
        let (across, down) = corners.lengths();
        let ratio = proportions(corners, picture);
        let lying = ratio > 1.0;
        let proportions = if lying { ratio } else { 1.0 / ratio.max(1e-6) };
        let format = Format::of(proportions);
        let (long_mm, short_mm) = match format {
            Some(format) => format.millimetres(),
            None => (297.0, 297.0 / proportions),
        };
        let (long_px, short_px) = if lying {
            (across, down)
        } else {
            (down, across)
        };
        // The direction in which fewer dots were seen counts.
        let seen_dpi = (long_px / long_mm).min(short_px / short_mm) * 25.4;
        let best = (long_px / long_mm).max(short_px / short_mm) * 25.4;
        let dpi = best.min(MOST_DPI).round().max(1.0);
        let pixels = |mm: f64| (mm / 25.4 * dpi).round().max(1.0) as u32;
        let (long, short) = (pixels(long_mm), pixels(short_mm));
        let (width, height) = if lying { (long, short) } else { (short, long) };
        Self {
            width,
            height,
            format,
            dpi: dpi as u16,
            seen_dpi,
        }
    }
}

/// Width to height of the sheet itself, from how its sides run together.
///
/// For each focal length the corners are four places on one sheet in space. The right one makes
/// the sheet's angles right; where it leans to one side only, every one does, and then the usual
/// focal length is the best guess, or one near it that makes the sheet one of a known format. The
/// likeliest of all that is taken.
///
/// After Zhang and He, "Whiteboard scanning and image enhancement", 2007, section 3.2.
fn proportions(corners: &Quad, picture: &Picture) -> f64 {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let diagonal = width.hypot(height).max(1.0);
    // From the middle of the picture, in diagonals.
    let [tl, tr, br, bl] = corners.0.map(|p| {
        [
            (p.x - width / 2.0) / diagonal,
            (p.y - height / 2.0) / diagonal,
            1.0,
        ]
    });
    let k2 = dot(cross(tl, br), bl) / dot(cross(tr, br), bl);
    let k3 = dot(cross(tl, br), tr) / dot(cross(bl, br), tr);
    let (across, down) = (minus(tr, tl, k2), minus(bl, tl, k3));
    let seen_with = |step: i32| {
        let off = f64::from(step) * FOCAL_STEP;
        let focal = FOCAL * off.exp();
        let [across, down] = [across, down].map(|[x, y, z]| [x / focal, y / focal, z]);
        let (wide, high) = (dot(across, across).sqrt(), dot(down, down).sqrt());
        let cosine = dot(across, down) / (wide * high);
        let ratio = wide / high;
        let format = Format::ALL
            .map(|format| format.off(ratio.max(1.0 / ratio)) / FORMAT_SPREAD)
            .into_iter()
            .fold(NO_FORMAT, |least, off| least.min(off.powi(2)));
        let doubt = (cosine / SQUARE_SPREAD).powi(2) + (off / FOCAL_SPREAD).powi(2) + format;
        (doubt, ratio)
    };
    let likeliest = FOCAL_STEPS
        .map(seen_with)
        .min_by(|one, other| one.0.total_cmp(&other.0));
    let (across, down) = corners.lengths();
    likeliest
        .map(|(_, ratio)| ratio)
        .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
        .unwrap_or(across / down.max(1.0))
}

fn cross([a, b, c]: [f64; 3], [d, e, f]: [f64; 3]) -> [f64; 3] {
    [b * f - c * e, c * d - a * f, a * e - b * d]
}

fn dot([a, b, c]: [f64; 3], [d, e, f]: [f64; 3]) -> f64 {
    a * d + b * e + c * f
}

/// `times` one point less another.
fn minus([a, b, c]: [f64; 3], [d, e, f]: [f64; 3], times: f64) -> [f64; 3] {
    [times * a - d, times * b - e, times * c - f]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::camera::{Camera, HEIGHT, WIDTH};

    /// Cameras that lean to one side only, to both and not at all. One that leans far to one side
    /// only tells nothing of its focal length, so there it is about the usual one.
    fn cameras() -> Vec<Camera> {
        let any = [
            (0.0, 0.0),
            (25.0, 0.0),
            (0.0, -25.0),
            (20.0, 20.0),
            (-35.0, 25.0),
            (18.0, -40.0),
        ];
        let far = [(38.0, 0.0), (0.0, 38.0), (-42.0, 3.0)];
        let of = |leans: &[(f64, f64)], focals: [f64; 4]| {
            let turned = |lean: (f64, f64), focal: f64| {
                [-12.0, 0.0, 0.7, 9.0].map(move |turn| Camera { focal, lean, turn })
            };
            leans
                .iter()
                .flat_map(|lean| focals.map(|focal| turned(*lean, focal)))
                .flatten()
                .collect::<Vec<_>>()
        };
        [
            of(&any, [0.62, 0.72, 0.85, 1.0]),
            of(&far, [0.66, 0.7, 0.75, 0.8]),
        ]
        .concat()
    }

    #[test]
    fn a_sheet_keeps_its_proportions_however_the_camera_leans() {
        let sheets = [
            ((210.0, 297.0), Some(Format::A4)),
            ((297.0, 210.0), Some(Format::A4)),
            ((85.6, 53.98), Some(Format::Card)),
            ((53.98, 85.6), Some(Format::Card)),
            ((200.0, 200.0), None),
            ((120.0, 240.0), None),
        ];
        let count = WIDTH as usize * HEIGHT as usize;
        let picture = Picture::new(WIDTH, HEIGHT, false, vec![0; count]).unwrap();
        for camera in cameras() {
            for (size, format) in sheets {
                let corners = camera.sees(size, 0.4);
                let flat = Flat::of(&Quad(corners), &picture);
                assert_eq!(flat.format, format, "{camera:?} {size:?}: {flat:?}");
                let seen = f64::from(flat.width) / f64::from(flat.height);
                let off = (seen / (size.0 / size.1)).ln().abs();
                assert!(off < 0.08, "{camera:?} {size:?}: {seen}");
            }
        }
    }
}
