//! Portraits of drawn busts: nobody's face, only ovals, hair and shoulders.

use super::keep_picture;
use crate::Picture;
use crate::scan::portrait::{
    Portrait, PortraitAdvice, PortraitRules, from_paper, guide, look, mirror, take,
};
use crate::scan::{PageInfo, ScanError, decode};

const WALL: [f64; 3] = [224.0, 226.0, 228.0];

/// A drawn person before a wall.
#[derive(Clone)]
struct Bust {
    size: (u32, u32),
    /// Middle of the head across, the top of its hair, and the width of the head.
    head: (f64, f64, f64),
    skin: [f64; 3],
    hair: [f64; 3],
    shirt: [f64; 3],
    wall: [f64; 3],
    /// Of the head's width: how far hair hangs down; 0 for short hair.
    loose: f64,
    /// The wall's brightness changes by so much from left to right.
    slope: f64,
    /// Light of the face's right half, as a part.
    half: f64,
    /// Light of everything.
    light: f64,
    /// Bricks behind.
    bricks: bool,
    noise: f64,
    /// Passes of a box of three pixels.
    blur: usize,
}

impl Default for Bust {
    fn default() -> Self {
        Self {
            size: (960, 720),
            head: (480.0, 150.0, 240.0),
            skin: [218.0, 172.0, 145.0],
            hair: [38.0, 32.0, 30.0],
            shirt: [52.0, 74.0, 118.0],
            wall: WALL,
            loose: 0.0,
            slope: 12.0,
            half: 0.9,
            light: 1.0,
            bricks: false,
            noise: 4.0,
            blur: 1,
        }
    }
}

impl Bust {
    fn wall_at(&self, x: f64, y: f64) -> [f64; 3] {
        let bent = (x / f64::from(self.size.0) - 0.5) * self.slope;
        let joint =
            self.bricks && (y % 60.0 < 10.0 || (x + (y / 60.0).floor() * 45.0) % 90.0 < 10.0);
        self.wall.map(|c| c + bent - if joint { 70.0 } else { 0.0 })
    }

    fn at(&self, x: f64, y: f64) -> [f64; 3] {
        let (middle, top, width) = self.head;
        let (dx, dy) = ((x - middle) / width, (y - top) / width);
        let oval = |cx: f64, cy: f64, rx: f64, ry: f64| {
            ((dx - cx) / rx).powi(2) + ((dy - cy) / ry).powi(2) <= 1.0
        };
        let shade = |c: [f64; 3]| c.map(|c| if dx > 0.0 { c * self.half } else { c });
        if oval(0.0, 0.72, 0.42, 0.58) && dy > 0.32 {
            let eye = oval(-0.17, 0.62, 0.06, 0.03) || oval(0.17, 0.62, 0.06, 0.03);
            return shade(if eye { self.hair } else { self.skin });
        }
        if self.loose > 0.0 && dx.abs() < 0.5 && dy > 0.5 && dy < self.loose {
            return self.hair;
        }
        if oval(0.0, 0.62, 0.5, 0.62) && dy < 0.95 {
            return self.hair;
        }
        let neck = dx.abs() < 0.24 && (1.0..1.7).contains(&dy);
        let body = oval(0.0, 2.5, 1.05, 1.02);
        if body && !(neck && dy < 1.62) {
            return self.shirt;
        }
        if neck {
            return shade(self.skin);
        }
        self.wall_at(x, y)
    }

    fn draw(&self) -> Picture {
        self.drawn(true)
    }

    fn nobody(&self) -> Picture {
        self.drawn(false)
    }

    fn drawn(&self, person: bool) -> Picture {
        let (width, height) = self.size;
        let mut seed = 7_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(seed >> 16) / 65_536.0 - 0.5) * 2.0 * self.noise
        };
        let mut pixels = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let (x, y) = (f64::from(x), f64::from(y));
                let colour = if person {
                    self.at(x, y)
                } else {
                    self.wall_at(x, y)
                };
                pixels.extend(colour.map(|c| c * self.light));
            }
        }
        for _ in 0..self.blur {
            pixels = boxed(&pixels, width as usize, height as usize);
        }
        let pixels = pixels
            .iter()
            .map(|c| (c + noise()).round().clamp(0.0, 255.0) as u8)
            .collect();
        Picture::new(width, height, true, pixels).unwrap()
    }
}

fn boxed(pixels: &[f64], width: usize, height: usize) -> Vec<f64> {
    let pass = |from: &[f64], step: usize, place: &dyn Fn(usize) -> (usize, usize)| -> Vec<f64> {
        (0..from.len())
            .map(|at| {
                let (here, all) = place(at);
                let before = if here > 0 { from[at - step] } else { from[at] };
                let after = if here + 1 < all {
                    from[at + step]
                } else {
                    from[at]
                };
                (before + from[at] + after) / 3.0
            })
            .collect()
    };
    let across = pass(pixels, 3, &|at| (at / 3 % width, width));
    pass(&across, width * 3, &|at| (at / 3 / width, height))
}

fn rules() -> PortraitRules {
    PortraitRules::of(358, 441)
}

fn taken(bust: &Bust, name: &str) -> Portrait {
    let portrait = take(&bust.draw(), &rules(), 1_000_000).unwrap();
    let info = PageInfo::read(&portrait.jpeg).unwrap();
    assert_eq!(
        (info.width_px, info.height_px, info.dpi),
        (358, 441, Some(350)),
        "{name}"
    );
    keep_picture(&format!("portrait-{name}.jpg"), &portrait.jpeg);
    portrait
}

/// Width of the head in the portrait, the room above it and how far its middle is off, in pixels.
fn placed(portrait: &Portrait, wall: f64) -> (f64, f64, f64) {
    let picture = decode(&portrait.jpeg).unwrap();
    let person = |x: u32, y: u32| {
        let at = (y * picture.width() + x) as usize * 3;
        (f64::from(picture.pixels()[at]) - wall).abs() > 40.0
    };
    let span = |y: u32| {
        let dots: Vec<u32> = (0..picture.width()).filter(|x| person(*x, y)).collect();
        Some((f64::from(*dots.first()?), f64::from(*dots.last()?) + 1.0))
    };
    let above = (0..picture.height()).find(|y| span(*y).is_some()).unwrap();
    let rows = (above..above + 150).filter_map(span);
    let (left, right) = rows
        .max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
        .unwrap();
    (right - left, f64::from(above), (left + right) / 2.0 - 179.0)
}

#[test]
fn a_person_before_a_plain_wall_is_cut_to_size_and_nothing_is_to_mend() {
    let people = [
        ("plain", Bust::default()),
        (
            "small",
            Bust {
                head: (500.0, 180.0, 205.0),
                ..Bust::default()
            },
        ),
        (
            "large",
            Bust {
                head: (470.0, 110.0, 330.0),
                ..Bust::default()
            },
        ),
        (
            "aside",
            Bust {
                head: (330.0, 150.0, 240.0),
                ..Bust::default()
            },
        ),
        (
            "grey-hair",
            Bust {
                hair: [150.0, 148.0, 146.0],
                ..Bust::default()
            },
        ),
        (
            "dark-skin",
            Bust {
                skin: [74.0, 50.0, 40.0],
                half: 0.95,
                ..Bust::default()
            },
        ),
        (
            "white-shirt",
            Bust {
                shirt: [252.0, 252.0, 252.0],
                wall: [196.0, 197.0, 200.0],
                ..Bust::default()
            },
        ),
    ];
    for (name, bust) in people {
        let portrait = taken(&bust, name);
        assert_eq!(portrait.advice, None, "{name}");
        let (width, above, off) = placed(&portrait, bust.wall[0]);
        assert!(
            (214.0..=242.0).contains(&width),
            "{name}: {width} pixels wide"
        );
        assert!(
            (7.0..=21.0).contains(&above),
            "{name}: {above} pixels above"
        );
        assert!(off.abs() < 6.0, "{name}: {off} pixels off the middle");
    }
}

#[test]
fn a_large_frame_gives_the_same_portrait() {
    let bust = Bust {
        size: (1920, 1080),
        head: (960.0, 190.0, 420.0),
        blur: 2,
        ..Bust::default()
    };
    let portrait = taken(&bust, "full-hd");
    assert_eq!(portrait.advice, None);
    let (width, above, _) = placed(&portrait, WALL[0]);
    assert!((214.0..=242.0).contains(&width) && (7.0..=21.0).contains(&above));
}

#[test]
fn loose_hair_does_not_make_the_face_small() {
    let bust = Bust {
        loose: 1.7,
        ..Bust::default()
    };
    let portrait = taken(&bust, "loose");
    assert_eq!(portrait.advice, None);
    let (width, ..) = placed(&portrait, WALL[0]);
    assert!(width > 245.0, "the hair may be wider than a head: {width}");
}

#[test]
fn what_is_to_mend_is_said_one_thing_at_a_time() {
    let cases = [
        (
            PortraitAdvice::TooFar,
            Bust {
                head: (480.0, 250.0, 120.0),
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::TooNear,
            Bust {
                head: (480.0, 30.0, 460.0),
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::OffCentre,
            Bust {
                head: (130.0, 150.0, 240.0),
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::OffCentre,
            Bust {
                head: (480.0, 380.0, 230.0),
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::NotPlain,
            Bust {
                bricks: true,
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::NotLight,
            Bust {
                wall: [96.0, 98.0, 100.0],
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::NotLight,
            Bust {
                wall: [190.0, 205.0, 120.0],
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::TooDark,
            Bust {
                light: 0.12,
                noise: 2.0,
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::TooBright,
            Bust {
                skin: [255.0; 3],
                half: 1.0,
                wall: [205.0; 3],
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::Uneven,
            Bust {
                half: 0.45,
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::Uneven,
            Bust {
                slope: 110.0,
                wall: [190.0; 3],
                ..Bust::default()
            },
        ),
        (
            PortraitAdvice::Blurred,
            Bust {
                blur: 28,
                ..Bust::default()
            },
        ),
    ];
    for (place, (advice, bust)) in cases.into_iter().enumerate() {
        let portrait = taken(&bust, &format!("{place}-{advice:?}"));
        assert_eq!(portrait.advice, Some(advice), "case {place}");
        assert_eq!(look(&bust.draw(), &rules()), Some(advice), "case {place}");
    }
}

#[test]
fn where_nobody_stands_it_is_said_whatever_else_is_seen() {
    let wall = Bust::default();
    assert_eq!(look(&wall.nobody(), &rules()), Some(PortraitAdvice::Nobody));
    let dark = Bust {
        light: 0.1,
        ..wall.clone()
    };
    assert_eq!(
        look(&dark.nobody(), &rules()),
        Some(PortraitAdvice::TooDark)
    );
    // The back of a chair has no neck and no head.
    let mut chair = wall.nobody().pixels().to_vec();
    for y in 300..720 {
        for x in 300..660 {
            chair[(y * 960 + x) * 3..][..3].fill(60);
        }
    }
    let chair = Picture::new(960, 720, true, chair).unwrap();
    assert_eq!(look(&chair, &rules()), Some(PortraitAdvice::Nobody));
    // Taken all the same, the guide is what is cut.
    let portrait = take(&chair, &rules(), 1_000_000).unwrap();
    assert_eq!(PageInfo::read(&portrait.jpeg).unwrap().width_px, 358);
}

#[test]
fn a_portrait_keeps_within_its_bytes_or_says_that_it_cannot() {
    let frame = Bust::default().draw();
    let small = take(&frame, &rules(), 14_000).unwrap();
    assert!(small.jpeg.len() <= 14_000);
    let error = take(&frame, &rules(), 500).unwrap_err();
    assert!(matches!(error, ScanError::CannotFit { allowed: 500, .. }));
}

#[test]
fn what_the_person_sees_is_a_mirror_with_the_guide_where_the_cut_is() {
    // A mark at the left of the room is at the left of the mirror's viewer: on the other side
    // of the frame.
    let mut pixels = Bust::default().nobody().pixels().to_vec();
    for y in 300..400 {
        for x in 220..300 {
            pixels[(y * 960 + x) * 3..][..3].fill(0);
        }
    }
    let frame = Picture::new(960, 720, true, pixels).unwrap();
    let seen = mirror(&frame, &rules(), 400);
    assert_eq!((seen.width(), seen.height()), (400, 492));
    let dark = |x: u32| seen.pixels()[(240 * 400 + x as usize) * 3] < 100;
    assert!((0..200).all(|x| !dark(x)) && (300..400).any(dark));
    let [left, top, width, height] = guide(&rules());
    assert!(left * 2 + width >= 999 && left * 2 + width <= 1001);
    assert!(top > 60 && top + height < 900);
}

#[test]
fn tiny_and_odd_frames_are_no_trouble() {
    for (width, height, colour) in [(1, 1, true), (3, 2, false), (1, 400, true), (500, 1, false)] {
        let bytes = width as usize * height as usize * if colour { 3 } else { 1 };
        let frame = Picture::new(width, height, colour, vec![128; bytes]).unwrap();
        assert!(look(&frame, &rules()).is_some());
        assert!(take(&frame, &rules(), 1_000_000).is_ok());
        assert!(from_paper(&frame, &rules(), 1_000_000).is_ok());
        assert!(mirror(&frame, &rules(), 480).width() >= 1);
    }
}

/// A photo of 26 x 32 mm on the glass at 300 dpi.
fn glass(photo: Option<&Picture>) -> Picture {
    let (width, height) = (1240, 1754);
    let mut pixels = vec![246_u8; width * height * 3];
    if let Some(photo) = photo {
        for y in 0..photo.height() as usize {
            let row = photo.width() as usize * 3;
            let from = &photo.pixels()[y * row..][..row];
            pixels[((y + 60) * width + 70) * 3..][..row].copy_from_slice(from);
        }
    }
    Picture::new(width as u32, height as u32, true, pixels).unwrap()
}

#[test]
fn a_photo_on_paper_is_found_and_cut_to_the_same_pixels() {
    let printed = |wall: [f64; 3]| Bust {
        size: (307, 378),
        head: (153.0, 14.0, 195.0),
        wall,
        slope: 0.0,
        blur: 1,
        ..Bust::default()
    };
    for (name, wall) in [("white", [246.0; 3]), ("blue", [70.0, 130.0, 210.0])] {
        let portrait =
            from_paper(&glass(Some(&printed(wall).draw())), &rules(), 1_000_000).unwrap();
        keep_picture(&format!("portrait-paper-{name}.jpg"), &portrait.jpeg);
        let info = PageInfo::read(&portrait.jpeg).unwrap();
        assert_eq!((info.width_px, info.height_px), (358, 441));
        let coloured = (name == "blue").then_some(PortraitAdvice::NotLight);
        assert_eq!(portrait.advice, coloured, "{name}");
        let (width, above, off) = placed(&portrait, wall[0]);
        assert!((200.0..260.0).contains(&width), "{name}: {width}");
        assert!(above < 30.0 && off.abs() < 10.0, "{name}: {above} {off}");
    }
    let empty = from_paper(&glass(None), &rules(), 1_000_000).unwrap();
    assert_eq!(empty.advice, Some(PortraitAdvice::Nobody));
}

#[test]
fn a_photo_on_paper_that_no_quality_makes_small_enough_is_refused() {
    let refused = from_paper(&glass(None), &rules(), 500).unwrap_err();
    assert!(matches!(refused, ScanError::CannotFit { allowed: 500, .. }));
}
