//! A picture of a page laid flat: cut out, straight, judged.

use super::advice::{Advice, SideMark, advice, camera_advice, is_double};
use super::edge::runs_off;
use super::fit::{FittedPage, PageLimit, fit_picture};
use super::format::{Flat, Format};
use super::outline::{Quad, sheet};
use super::read::{Origin, PageFile};
use super::skew::skew;
use super::straighten::LEAST_DEGREES;
use super::turn::turned;
use super::warp::rectified;
use super::{LEAST_DPI, ScanError};
use crate::{Picture, PrivateBytes};

/// Inches of the longer side of A4.
const A4_INCHES: f64 = 297.0 / 25.4;
/// What fills more of a scan than this is not cut out: only its rim would be lost.
const WHOLE: f64 = 0.94;
/// A corner this near to the edge of a camera's picture may be cut off, in pixels.
const NEAR_FRAME: f64 = 5.0;
/// A resolution is measured to within two of a hundred.
const MEASURED: f64 = 0.98;
/// A sheet on the glass is a card when both of its sides are as long as a card's within so many
/// millimetres: the outline runs along the middle of an edge that is not quite sharp.
const CARD_WITHIN_MM: f64 = 2.0;
/// A feeder is asked for a little more than a page, up to here; where that is all alike it is what
/// the scanner sees behind the paper, and is cut off from so far on, in millimetres.
const FED_MM: f64 = 335.0;
const TAIL_MM: f64 = 300.0;
/// Dots of it differ from the middle one by more than this; so many of a thousand may.
const ALIKE: u8 = 24;
const UNLIKE: usize = 5;
/// Resolution a card needs.
const CARD_DPI: u16 = 300;

/// A page as it is to be filed, and what is to be said of it.
#[derive(Debug)]
pub struct FlatPage {
    picture: Picture,
    /// The file's own JPEG without metadata, as long as the picture is still that one.
    jpeg: Option<PrivateBytes>,
    /// Its resolution in dots per inch.
    pub dpi: u16,
    /// Corners of the sheet in the upright picture; `None`: the whole picture is the page.
    pub outline: Option<Quad>,
    /// Its format, when it was cut out and is a known one.
    pub format: Option<Format>,
    /// How crooked it lay, in degrees, falling to the right; `None` when nothing told.
    pub skew_degrees: Option<f64>,
    /// What to tell the person, the most important first.
    pub advice: Vec<Advice>,
}

impl FlatPage {
    /// The page.
    #[must_use]
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The same page with its picture made into another of the same resolution, for example with
    /// its purpose written over it.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn try_map<E>(self, make: impl FnOnce(Picture) -> Result<Picture, E>) -> Result<Self, E> {
        Ok(Self {
            picture: make(self.picture)?,
            jpeg: None,
            ..self
        })
    }

    /// To be compared with the other side.
    #[must_use]
    pub fn side_mark(&self) -> SideMark {
        SideMark::of(&self.picture)
    }

    /// The JPEG to file, without metadata. A scan that lay straight and fits keeps its own data.
    ///
    /// # Errors
    /// As [`fit_picture`].
    pub fn fit(self, limit: PageLimit) -> Result<FittedPage, ScanError> {
        let grey = !self.picture.is_colour();
        match self.jpeg {
            Some(jpeg) if jpeg.len() <= limit.max_bytes && (limit.colour || grey) => {
                Ok(FittedPage {
                    jpeg,
                    dpi: self.dpi,
                    quality: None,
                    grey,
                    width_px: self.picture.width(),
                    height_px: self.picture.height(),
                })
            }
            _ => fit_picture(&self.picture, self.dpi, limit),
        }
    }
}

/// Cuts the sheet out, lays it straight and judges it.
#[must_use]
pub fn lay_flat(file: PageFile) -> FlatPage {
    let made = match file.origin {
        Origin::Scan { dpi } => of_scan(&file.picture, dpi),
        Origin::Camera => of_camera(&file.picture),
    };
    let (picture, jpeg) = match made.picture {
        Some(picture) => (picture, None),
        None => (file.picture, file.jpeg),
    };
    FlatPage {
        picture,
        jpeg,
        dpi: made.dpi,
        outline: made.outline,
        format: made.format,
        skew_degrees: made.skew_degrees,
        advice: made.advice,
    }
}

/// A page cut out and straight.
struct Made {
    /// `None`: the picture as it is.
    picture: Option<Picture>,
    dpi: u16,
    outline: Option<Quad>,
    format: Option<Format>,
    skew_degrees: Option<f64>,
    advice: Vec<Advice>,
}

/// Of a scan the size is known: a sheet that lies alone on the glass is cut out as large as it
/// is, anything else only turned straight by its lines.
fn of_scan(whole: &Picture, dpi: u16) -> Made {
    let page = without_tail(whole, dpi);
    let picture = page.as_ref().unwrap_or(whole);
    let frame = f64::from(picture.width()) * f64::from(picture.height());
    let small = sheet(picture)
        .filter(|sheet| sheet.alone && sheet.corners.area() < WHOLE * frame)
        .map(|sheet| sheet.corners);
    let (cut, skew_degrees) = match &small {
        Some(corners) => {
            let (across, down) = corners.lengths();
            let (width, height) = (across.round() as u32, down.round() as u32);
            let [left, right, ..] = corners.0;
            let (x, y) = left.to(right);
            (
                rectified(picture, corners, width, height),
                Some(y.atan2(x).to_degrees()),
            )
        }
        None => straight(picture),
    };
    let made = cut.as_ref().unwrap_or(picture);
    let mut advice = advice(made, dpi);
    if small.is_none() && runs_off(picture, dpi) {
        advice.insert(0, Advice::CutOff);
    }
    if is_double(made, dpi) {
        advice.push(Advice::DoubleFeed);
    }
    Made {
        dpi,
        format: small.as_ref().and_then(|corners| card(corners, dpi)),
        outline: small,
        skew_degrees,
        advice,
        picture: cut.or(page),
    }
}

/// A card, by its size on the glass.
fn card(corners: &Quad, dpi: u16) -> Option<Format> {
    let (across, down) = corners.lengths();
    let mm = |pixels: f64| pixels / f64::from(dpi.max(1)) * 25.4;
    let (long, short) = Format::Card.millimetres();
    let near = |seen: f64, wanted: f64| (seen - wanted).abs() <= CARD_WITHIN_MM;
    let fits = near(mm(across.max(down)), long) && near(mm(across.min(down)), short);
    fits.then_some(Format::Card)
}

/// The page without what a feeder saw beyond its end; `None` when it saw nothing there, or
/// another sheet.
fn without_tail(picture: &Picture, dpi: u16) -> Option<Picture> {
    let row = |mm: f64| (mm / 25.4 * f64::from(dpi)).round() as usize;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if !is_double(picture, dpi) || height > row(FED_MM) {
        return None;
    }
    let stride = width * if picture.is_colour() { 3 } else { 1 };
    let mut tail = picture.pixels().get(stride * row(TAIL_MM)..)?.to_vec();
    tail.sort_unstable();
    let middle = *tail.get(tail.len() / 2)?;
    let unlike = tail
        .iter()
        .filter(|dot| dot.abs_diff(middle) > ALIKE)
        .count();
    if unlike * 1000 > tail.len() * UNLIKE {
        return None;
    }
    let end = row(A4_INCHES * 25.4).min(height);
    let kept = picture.pixels().get(..stride * end)?.to_vec();
    Picture::new(picture.width(), end as u32, picture.is_colour(), kept)
}

/// The page turned straight by its lines where they tell, and how crooked it was.
pub(super) fn straight(picture: &Picture) -> (Option<Picture>, Option<f64>) {
    let degrees = skew(picture);
    let crooked = degrees.filter(|degrees| degrees.abs() >= LEAST_DEGREES);
    (crooked.map(|degrees| turned(picture, -degrees)), degrees)
}

fn of_camera(picture: &Picture) -> Made {
    let Some(corners) = sheet(picture).map(|sheet| sheet.corners) else {
        return without_outline(picture);
    };
    let flat = Flat::of(&corners, picture);
    let cut = rectified(picture, &corners, flat.width, flat.height);
    let mut said = Vec::new();
    if near_frame(&corners, picture) {
        said.push(Advice::CutOff);
    }
    let least = match flat.format {
        Some(Format::Card) => CARD_DPI,
        Some(Format::A4) | None => LEAST_DPI,
    };
    if flat.seen_dpi < f64::from(least) * MEASURED {
        said.push(Advice::TooSmall);
    }
    let page = cut.as_ref().unwrap_or(picture);
    said.extend(camera_advice(page, flat.dpi, flat.format));
    let [left, right, ..] = corners.0;
    let (x, y) = left.to(right);
    Made {
        picture: cut,
        dpi: flat.dpi,
        outline: Some(corners),
        format: flat.format,
        skew_degrees: Some(y.atan2(x).to_degrees()),
        advice: said,
    }
}

/// Fewer than four corners were seen: nothing is cut away, and the person is asked to move it.
fn without_outline(picture: &Picture) -> Made {
    let (cut, skew_degrees) = straight(picture);
    let longer = f64::from(picture.width().max(picture.height()));
    let dpi = ((longer / A4_INCHES).round() as u16).max(1);
    let mut advice = vec![Advice::CutOff];
    advice.extend(camera_advice(cut.as_ref().unwrap_or(picture), dpi, None));
    Made {
        picture: cut,
        dpi,
        outline: None,
        format: None,
        skew_degrees,
        advice,
    }
}

fn near_frame(corners: &Quad, picture: &Picture) -> bool {
    let near = |at: f64, size: u32| at < NEAR_FRAME || at > f64::from(size) - 1.0 - NEAR_FRAME;
    corners
        .0
        .iter()
        .any(|point| near(point.x, picture.width()) || near(point.y, picture.height()))
}
