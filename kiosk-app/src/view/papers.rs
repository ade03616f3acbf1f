//! Pages about paper: materials, scan, review, the document, the signature.

use std::fmt::Write as _;

use kiosk_core::screen::{
    CommitmentBar, DocumentPage, MaterialPage, MaterialWay, MaterialsPage, PageAdvice, Point,
    ReviewPage, ReviewRow, ScanPage, ScanTrouble, SignPage,
};
use kiosk_ui as ui;
use slint::{Image, SharedString};

use super::phrases::{Phrases, model, turn};
use super::portrait::camera_away;
use crate::words::party_key;

pub(super) fn materials(page: &MaterialsPage, say: &Phrases<'_>) -> ui::MaterialsData {
    let (at, of) = turn(page.turn);
    ui::MaterialsData {
        materials: model(page.materials.iter().map(|material| {
            let (kind, state) = say.material(material.state);
            ui::MaterialRow {
                name: say.text(&material.name),
                kind,
                state,
                opens: material.opens,
            }
        })),
        at,
        of,
    }
}

pub(super) fn material(page: &MaterialPage, say: &Phrases<'_>) -> ui::MaterialData {
    let (kind, state) = say.material(page.state);
    let (barred, barred_detail) = barred(page.bar.as_ref(), say);
    ui::MaterialData {
        name: say.text(&page.name),
        standard: say.chinese(page.standard.as_deref().unwrap_or_default()),
        common_errors: model(page.common_errors.iter().map(|text| say.chinese(text))),
        kind,
        state,
        ways: model(
            page.ways
                .iter()
                .map(|way| material_way(*way, page.portrait, say)),
        ),
        promise: page.promise,
        barred,
        barred_detail,
        camera: camera_away(page.camera, say),
    }
}

/// That and why nothing can be promised; empty where it can.
fn barred(bar: Option<&CommitmentBar>, say: &Phrases<'_>) -> (SharedString, SharedString) {
    let Some(bar) = bar else {
        return <(SharedString, SharedString)>::default();
    };
    let title = match bar.until {
        Some(until) => {
            let until = say.words.day(until);
            say.words.fill("barred.until", &[("until", &until)])
        }
        None => say.words.get("barred.open"),
    };
    let since = say.words.day(bar.since);
    let source = bar.source.as_ref().map(|body| say.words.text(body));
    let detail = match &source {
        Some(source) => {
            let values = [("since", since.as_str()), ("source", source.as_str())];
            say.words.fill("barred.listed", &values)
        }
        None => say.words.fill("barred.broken", &[("since", &since)]),
    };
    (title.into(), detail.into())
}

fn material_way(way: MaterialWay, portrait: bool, say: &Phrases<'_>) -> ui::MaterialWay {
    let (kind, detail) = match way {
        MaterialWay::Photograph => (ui::MaterialWayKind::Photograph, say.get("way.photograph")),
        MaterialWay::Scan if portrait => {
            (ui::MaterialWayKind::ScanPhoto, say.get("way.scan-photo"))
        }
        MaterialWay::Scan => (ui::MaterialWayKind::Scan, say.get("way.scan")),
        MaterialWay::Promise => (ui::MaterialWayKind::Promise, say.get("way.promise")),
        MaterialWay::Later { workdays } => {
            let days = workdays.to_string();
            let detail = say.words.fill("way.later", &[("days", &days)]);
            (ui::MaterialWayKind::Later, detail.into())
        }
        MaterialWay::LeaveOut => (ui::MaterialWayKind::LeaveOut, say.get("way.leave-out")),
    };
    ui::MaterialWay { kind, detail }
}

/// `picture` is the scanned page, already fetched.
pub(super) fn scan(page: &ScanPage, picture: Image, say: &Phrases<'_>) -> ui::ScanData {
    // What is said of it, and what to do.
    let said = |key: Option<&str>| {
        key.map_or_else(Default::default, |key| {
            (say.get(key), say.get(&format!("{key}-detail")))
        })
    };
    // One thing at a time: sheets in the feeder would be somebody else's soon.
    let of_page = |left: bool, advice: Option<PageAdvice>, desk: bool| {
        if left {
            return said(Some(scan_trouble(ScanTrouble::SheetsLeft)));
        }
        let (what, deed) = said(advice.map(page_advice));
        match advice.and_then(|advice| desk_deed(advice).filter(|_| desk)) {
            Some(deed) => (what, say.get(deed)),
            None => (what, deed),
        }
    };
    match page {
        ScanPage::Place {
            name,
            pages,
            feeder,
            desk,
            back,
            photo,
            trouble,
        } => {
            let (trouble, trouble_detail) = said(trouble.map(scan_trouble));
            ui::ScanData {
                stage: ui::ScanStage::Place,
                name: say.text(name),
                pages: i32::from(*pages),
                feeder: *feeder,
                desk: *desk,
                back: *back,
                photo: *photo,
                trouble,
                trouble_detail,
                ..ui::ScanData::default()
            }
        }
        ScanPage::Scanning {
            name,
            pages,
            percent,
            desk,
        } => ui::ScanData {
            stage: ui::ScanStage::Scanning,
            name: say.text(name),
            pages: i32::from(*pages),
            percent: i32::from(*percent),
            desk: *desk,
            ..ui::ScanData::default()
        },
        ScanPage::Look {
            name,
            picture: _,
            page: number,
            may_add,
            may_turn,
            desk,
            left,
            advice,
        }
        | ScanPage::Pages {
            name,
            picture: _,
            page: number,
            pages: _,
            may_add,
            may_turn,
            desk,
            left,
            advice,
        } => {
            let (stage, pages) = match page {
                ScanPage::Pages { pages, .. } => (ui::ScanStage::Pages, *pages),
                ScanPage::Place { .. } | ScanPage::Scanning { .. } | ScanPage::Look { .. } => {
                    (ui::ScanStage::Look, 0)
                }
            };
            let (trouble, trouble_detail) = of_page(*left, *advice, *desk);
            ui::ScanData {
                stage,
                name: say.text(name),
                picture,
                page: i32::from(*number),
                pages: i32::from(pages),
                may_add: *may_add,
                may_turn: *may_turn,
                trouble,
                trouble_detail,
                sketch: sketch(*left, *advice),
                ..ui::ScanData::default()
            }
        }
    }
}

pub(super) fn page_advice(advice: PageAdvice) -> &'static str {
    match advice {
        PageAdvice::Blank => "page-advice.blank",
        PageAdvice::NearlyBlank => "page-advice.nearly-blank",
        PageAdvice::CutOff => "page-advice.cut-off",
        PageAdvice::TooSmall => "page-advice.too-small",
        PageAdvice::Glare => "page-advice.glare",
        PageAdvice::Blur => "page-advice.blur",
        PageAdvice::SameSide => "page-advice.same-side",
        PageAdvice::DoubleFeed => "page-advice.double-feed",
        PageAdvice::Sideways => "page-advice.sideways",
        PageAdvice::Dark => "page-advice.dark",
        PageAdvice::Bright => "page-advice.bright",
        PageAdvice::Coarse => "page-advice.coarse",
        PageAdvice::NoPhoto => "page-advice.no-photo",
        PageAdvice::NotWhite => "page-advice.not-white",
    }
}

/// What to do about it under a camera, where that is something else than on a glass with a lid.
pub(super) fn desk_deed(advice: PageAdvice) -> Option<&'static str> {
    match advice {
        PageAdvice::Blank => Some("page-advice.blank-desk"),
        PageAdvice::Dark => Some("page-advice.dark-desk"),
        PageAdvice::Bright => Some("page-advice.bright-desk"),
        PageAdvice::NoPhoto => Some("page-advice.no-photo-desk"),
        PageAdvice::NearlyBlank
        | PageAdvice::CutOff
        | PageAdvice::TooSmall
        | PageAdvice::Glare
        | PageAdvice::Blur
        | PageAdvice::SameSide
        | PageAdvice::Sideways
        | PageAdvice::DoubleFeed
        | PageAdvice::Coarse
        | PageAdvice::NotWhite => None,
    }
}

/// The deed as a picture.
fn sketch(left: bool, advice: Option<PageAdvice>) -> ui::AdviceSketch {
    match advice {
        _ if left => ui::AdviceSketch::Sheets,
        None => ui::AdviceSketch::None,
        Some(PageAdvice::Blank | PageAdvice::NearlyBlank | PageAdvice::SameSide) => {
            ui::AdviceSketch::TurnOver
        }
        Some(PageAdvice::CutOff) => ui::AdviceSketch::Inside,
        Some(PageAdvice::TooSmall) => ui::AdviceSketch::Closer,
        Some(PageAdvice::Glare | PageAdvice::Bright) => ui::AdviceSketch::Lamp,
        Some(PageAdvice::Dark) => ui::AdviceSketch::Light,
        Some(PageAdvice::Blur | PageAdvice::Coarse) => ui::AdviceSketch::Flat,
        Some(PageAdvice::Sideways) => ui::AdviceSketch::Turn,
        Some(PageAdvice::DoubleFeed) => ui::AdviceSketch::Sheets,
        Some(PageAdvice::NoPhoto | PageAdvice::NotWhite) => ui::AdviceSketch::Photo,
    }
}

pub(super) fn scan_trouble(trouble: ScanTrouble) -> &'static str {
    match trouble {
        ScanTrouble::NoPaper => "scan-trouble.no-paper",
        ScanTrouble::Jam => "scan-trouble.jam",
        ScanTrouble::CoverOpen => "scan-trouble.cover-open",
        ScanTrouble::Busy => "scan-trouble.busy",
        ScanTrouble::DoubleFeed => "scan-trouble.double-feed",
        ScanTrouble::Offline => "scan-trouble.offline",
        ScanTrouble::Broken => "scan-trouble.broken",
        ScanTrouble::Covered => "scan-trouble.covered",
        ScanTrouble::Timeout => "scan-trouble.timeout",
        ScanTrouble::Enough => "scan-trouble.enough",
        ScanTrouble::SheetsLeft => "scan-trouble.sheets-left",
        ScanTrouble::NoCard => "scan-trouble.no-card",
        ScanTrouble::TooLarge => "scan-trouble.too-large",
        ScanTrouble::LeftBehind => "scan-trouble.left-behind",
        ScanTrouble::Device => "scan-trouble.device",
    }
}

pub(super) fn review(page: &ReviewPage, say: &Phrases<'_>) -> ui::ReviewData {
    let (at, of) = turn(page.turn);
    ui::ReviewData {
        rows: model(page.rows.iter().map(|row| review_row(row, say))),
        at,
        of,
    }
}

fn review_row(row: &ReviewRow, say: &Phrases<'_>) -> ui::ReviewRow {
    let (kind, state) = row
        .material
        .map(|state| say.material(state))
        .unwrap_or_default();
    let (label, value) = match (&row.party, &row.delivery) {
        (Some(party), _) => (say.get(party_key(party)), say.words.party(party)),
        (None, Some(wish)) => (say.get("delivery.label"), say.words.wish(wish)),
        (None, None) => (say.text(&row.label), row.value.clone()),
    };
    ui::ReviewRow {
        label,
        value: say.segments(&value),
        is_material: row.material.is_some(),
        kind,
        state,
        change: row.change,
        masked: row.masked,
    }
}

/// `picture` is the page shown, already fetched.
pub(super) fn document(page: &DocumentPage, picture: Image) -> ui::DocumentData {
    let (at, of) = turn(page.turn);
    ui::DocumentData { picture, at, of }
}

pub(super) fn sign(page: &SignPage, say: &Phrases<'_>) -> ui::SignData {
    ui::SignData {
        item: say.text(&page.item),
        strokes: model(page.strokes.iter().map(|stroke| path(stroke))),
        enough: page.enough,
        applicant: page
            .applicant
            .as_ref()
            .map_or_else(SharedString::new, |name| {
                say.words.fill("sign.for {0}", &[("0", name)]).into()
            }),
        aloud: page.aloud.is_some(),
        aloud_note: page.aloud.map_or_else(SharedString::new, |aloud| {
            say.get(match (aloud.given, aloud.heard) {
                (true, _) => "sign.aloud-given",
                (false, true) => "sign.aloud-ready",
                (false, false) => "sign.aloud-lead",
            })
        }),
        aloud_ready: page.aloud.is_some_and(|aloud| aloud.heard && !aloud.given),
        fees: say.fees(&page.fees),
    }
}

/// A stroke as path commands; a single point becomes a dot.
fn path(stroke: &[Point]) -> SharedString {
    let mut path = String::with_capacity(stroke.len() * 10);
    let mut points = stroke.iter();
    if let Some(first) = points.next() {
        // Writing into a String cannot fail.
        let _ = write!(
            path,
            "M{} {} L{} {}",
            first.x,
            first.y,
            first.x,
            first.y + 1
        );
    }
    for point in points {
        let _ = write!(path, " L{} {}", point.x, point.y);
    }
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_becomes_a_path_and_a_touch_a_dot() {
        let stroke = [Point { x: 1, y: 2 }, Point { x: 30, y: 40 }];
        assert_eq!(path(&stroke), "M1 2 L1 3 L30 40");
        assert_eq!(path(&stroke[..1]), "M1 2 L1 3");
        assert_eq!(path(&[]), "");
    }
}
