//! What a sheet seen by a camera is: its proportions, its format, its resolution.

use super::outline::Quad;
use crate::Picture;

/// Proportions this near to a format's are that format's, as a share.
const WITHIN: f64 = 0.08;
/// More dots than these are not kept of a camera's page.
const MOST_DPI: f64 = 300.0;
/// Focal lengths that cameras have, in diagonals of the picture.
const FOCAL: std::ops::Range<f64> = 0.4..8.0;
/// A tilt weaker than this tells nothing about the focal length.
const LEAST_TILT: f64 = 0.02;

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

    /// The format of such proportions, longer to shorter side.
    fn of(proportions: f64) -> Option<Self> {
        let off = |format: Self| {
            let (long, short) = format.millimetres();
            (proportions * short / long).ln().abs()
        };
        [Self::A4, Self::Card]
            .into_iter()
            .min_by(|one, other| off(*one).total_cmp(&off(*other)))
            .filter(|format| off(*format) <= WITHIN)
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
        let ratio = proportions(corners, picture).unwrap_or(across / down.max(1.0));
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

/// Width to height of the sheet itself, from how its sides run together; `None` when it lies too
/// flat for that, and the lengths seen tell it well enough.
///
/// Zhang and He, "Whiteboard scanning and image enhancement", 2007, section 3.2.
fn proportions(corners: &Quad, picture: &Picture) -> Option<f64> {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let diagonal = width.hypot(height);
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
    let across = minus(tr, tl, k2);
    let down = minus(bl, tl, k3);
    let ([a, b, c], [d, e, f]) = (across, down);
    if c.abs() < LEAST_TILT || f.abs() < LEAST_TILT {
        return None;
    }
    let focal2 = -(a * d + b * e) / (c * f);
    let known = focal2 > FOCAL.start.powi(2) && focal2 < FOCAL.end.powi(2);
    let length2 = |x: f64, y: f64, z: f64| (x * x + y * y) / focal2 + z * z;
    known.then(|| (length2(a, b, c) / length2(d, e, f)).sqrt())
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
