//! Sample pages: a portrait, of a drawn bust.

use kiosk_ui::*;
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use super::pages::{foot, model, progress, word};

/// What is said of what the camera sees.
#[derive(Clone, Copy, PartialEq)]
pub enum Seen {
    Starting,
    Nobody,
    Beside,
    Good,
}

/// A wall, and somebody before it whose head is at this place of the width.
pub fn bust(width: u32, height: u32, at: Option<f32>, across: f32) -> Image {
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    let head = width as f32 * across;
    for (index, pixel) in buffer.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (index as u32 % width, index as u32 / width);
        let grey = 226;
        *pixel = Rgb8Pixel::new(grey, grey, grey + 3);
        let Some(at) = at else { continue };
        let dx = (x as f32 - width as f32 * at) / head;
        let dy = (y as f32 - height as f32 * 0.1) / head;
        let oval = |cx: f32, cy: f32, rx: f32, ry: f32| {
            ((dx - cx) / rx).powi(2) + ((dy - cy) / ry).powi(2) <= 1.0
        };
        let colour = if oval(0.0, 0.72, 0.42, 0.58) && dy > 0.32 {
            Some([216, 172, 146])
        } else if oval(0.0, 0.62, 0.5, 0.62) && dy < 0.95 {
            Some([44, 38, 36])
        } else if dx.abs() < 0.24 && (1.0..1.62).contains(&dy) {
            Some([198, 156, 132])
        } else if oval(0.0, 2.5, 1.05, 1.02) {
            Some([58, 82, 126])
        } else {
            None
        };
        if let Some([r, g, b]) = colour {
            *pixel = Rgb8Pixel::new(r, g, b);
        }
    }
    Image::from_rgb8(buffer)
}

fn said(english: bool, key: &str) -> (slint::SharedString, slint::SharedString) {
    let code = if english { "en" } else { "zh-Hans" };
    let get = |key: &str| words::get(code, key).into();
    (get(key), get(&format!("{key}-detail")))
}

fn show(window: &AppWindow, english: bool, data: PortraitData, primary: Option<&str>, on: bool) {
    let name = word(english, "近期免冠证件照", "Recent portrait photo").into();
    let data = PortraitData { name, ..data };
    window.global::<Pages>().set_portrait(data);
    foot(window, english, primary, on);
    progress(window, 4);
    window.global::<Frame>().set_page(PageKind::Portrait);
}

pub fn live(window: &AppWindow, english: bool, seen: Seen) {
    let (note, note_detail) = said(
        english,
        match seen {
            Seen::Starting => "portrait-seen.starting",
            Seen::Nobody => "portrait-advice.nobody",
            Seen::Beside => "portrait-advice.off-centre",
            Seen::Good => "portrait-seen.good",
        },
    );
    let data = PortraitData {
        stage: PortraitStage::Live,
        picture: match seen {
            Seen::Starting => Image::default(),
            Seen::Nobody => bust(480, 591, None, 0.55),
            Seen::Beside => bust(480, 591, Some(0.8), 0.5),
            Seen::Good => bust(480, 591, Some(0.5), 0.55),
        },
        note,
        note_detail,
        starting: seen == Seen::Starting,
        good: seen == Seen::Good,
        oval: PortraitOval {
            left: 226,
            top: 97,
            width: 548,
            height: 600,
        },
        ..PortraitData::default()
    };
    let on = matches!(seen, Seen::Good | Seen::Beside);
    show(window, english, data, Some("action.take-photo"), on);
}

pub fn taking(window: &AppWindow, english: bool) {
    let stage = PortraitStage::Taking;
    let data = PortraitData {
        stage,
        ..PortraitData::default()
    };
    show(window, english, data, None, true);
}

pub fn look(window: &AppWindow, english: bool, advice: bool) {
    let (note, note_detail) = if advice {
        said(english, "portrait-advice.uneven")
    } else {
        Default::default()
    };
    let data = PortraitData {
        stage: PortraitStage::Look,
        picture: bust(358, 441, Some(0.5), 0.64),
        note,
        note_detail,
        good: !advice,
        ..PortraitData::default()
    };
    show(window, english, data, Some("action.keep-photo"), true);
}

pub fn trouble(window: &AppWindow, english: bool) {
    let data = PortraitData {
        stage: PortraitStage::Trouble,
        note: said(english, "portrait-trouble.offline").0,
        note_detail: said(english, "portrait-seen.trouble").1,
        ..PortraitData::default()
    };
    show(window, english, data, Some("action.paper-photo"), true);
}

/// The ways to bring a portrait; with a camera, or on paper only.
pub fn ways(window: &AppWindow, english: bool, paper_only: bool) {
    let code = if english { "en" } else { "zh-Hans" };
    let way = |kind, key: &str| MaterialWay {
        kind,
        detail: words::get(code, key).into(),
    };
    let mut ways = vec![way(MaterialWayKind::ScanPhoto, "way.scan-photo")];
    let mut camera = "";
    if paper_only {
        camera = words::get(code, "camera-away.broken");
    } else {
        ways.insert(0, way(MaterialWayKind::Photograph, "way.photograph"));
    }
    window.global::<Pages>().set_material(MaterialData {
        name: word(english, "近期免冠证件照", "Recent portrait photo").into(),
        standard: "358×441像素，白底，JPEG".into(),
        common_errors: model(
            ["背景非白色", "戴帽或墨镜", "分辨率不足"]
                .map(Into::into)
                .to_vec(),
        ),
        kind: MaterialKind::ToScan,
        state: words::get(code, "material-state.to-scan").into(),
        ways: model(ways),
        promise: false,
        camera: camera.into(),
        ..MaterialData::default()
    });
    foot(window, english, None, true);
    progress(window, 4);
    window.global::<Frame>().set_page(PageKind::Material);
}
