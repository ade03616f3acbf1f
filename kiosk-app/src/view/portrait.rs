//! The page on which a portrait is taken.

use kiosk_core::screen::{CameraAway, PortraitAdvice, PortraitPage, PortraitSeen, ScanTrouble};
use kiosk_paper::scan::portrait::{PortraitRules, guide};
use kiosk_ui as ui;
use slint::{Image, SharedString};

use super::phrases::Phrases;

/// `picture` is what the camera sees, or the portrait, already fetched.
pub(super) fn portrait(page: &PortraitPage, picture: Image, say: &Phrases<'_>) -> ui::PortraitData {
    let said = |key: &str| (say.get(key), say.get(&format!("{key}-detail")));
    match page {
        PortraitPage::Live { name, seen } => {
            let (note, note_detail) = match seen {
                PortraitSeen::Starting => said("portrait-seen.starting"),
                PortraitSeen::Good => said("portrait-seen.good"),
                PortraitSeen::Advice(advice) => said(advice_key(*advice)),
            };
            ui::PortraitData {
                stage: ui::PortraitStage::Live,
                name: say.text(name),
                picture,
                note,
                note_detail,
                starting: *seen == PortraitSeen::Starting,
                good: *seen == PortraitSeen::Good,
                oval: oval(),
            }
        }
        PortraitPage::Taking { name } => ui::PortraitData {
            stage: ui::PortraitStage::Taking,
            name: say.text(name),
            ..ui::PortraitData::default()
        },
        PortraitPage::Look {
            name,
            picture: _,
            advice,
        } => {
            let (note, note_detail) = advice.map(advice_key).map(said).unwrap_or_default();
            ui::PortraitData {
                stage: ui::PortraitStage::Look,
                name: say.text(name),
                picture,
                note,
                note_detail,
                good: advice.is_none(),
                ..ui::PortraitData::default()
            }
        }
        PortraitPage::Trouble { name, trouble } => ui::PortraitData {
            stage: ui::PortraitStage::Trouble,
            name: say.text(name),
            note: say.get(trouble_key(*trouble)),
            note_detail: say.get("portrait-seen.trouble-detail"),
            ..ui::PortraitData::default()
        },
    }
}

/// Why a portrait can only be brought on paper.
pub(super) fn camera_away(away: Option<CameraAway>, say: &Phrases<'_>) -> SharedString {
    match away {
        None => SharedString::default(),
        Some(CameraAway::Absent) => say.get("camera-away.absent"),
        Some(CameraAway::Broken) => say.get("camera-away.broken"),
    }
}

/// The oval for the head as a path, in thousandths of the picture's width and of its height.
fn oval() -> ui::PortraitOval {
    let [left, top, width, height] = guide(&PortraitRules::of(358, 441)).map(i32::from);
    ui::PortraitOval {
        left,
        top,
        width,
        height,
    }
}

pub(super) fn trouble_key(trouble: ScanTrouble) -> &'static str {
    match trouble {
        ScanTrouble::Offline => "portrait-trouble.offline",
        ScanTrouble::Covered => "portrait-trouble.covered",
        ScanTrouble::Timeout => "portrait-trouble.timeout",
        ScanTrouble::Broken => "portrait-trouble.broken",
        ScanTrouble::NoPaper
        | ScanTrouble::Jam
        | ScanTrouble::CoverOpen
        | ScanTrouble::Busy
        | ScanTrouble::DoubleFeed
        | ScanTrouble::Enough
        | ScanTrouble::SheetsLeft
        | ScanTrouble::NoCard
        | ScanTrouble::TooLarge
        | ScanTrouble::LeftBehind
        | ScanTrouble::Device => "portrait-trouble.device",
    }
}

pub(super) fn advice_key(advice: PortraitAdvice) -> &'static str {
    match advice {
        PortraitAdvice::Nobody => "portrait-advice.nobody",
        PortraitAdvice::TooFar => "portrait-advice.too-far",
        PortraitAdvice::TooNear => "portrait-advice.too-near",
        PortraitAdvice::OffCentre => "portrait-advice.off-centre",
        PortraitAdvice::NotPlain => "portrait-advice.not-plain",
        PortraitAdvice::NotLight => "portrait-advice.not-light",
        PortraitAdvice::TooDark => "portrait-advice.too-dark",
        PortraitAdvice::TooBright => "portrait-advice.too-bright",
        PortraitAdvice::Uneven => "portrait-advice.uneven",
        PortraitAdvice::Blurred => "portrait-advice.blurred",
    }
}
