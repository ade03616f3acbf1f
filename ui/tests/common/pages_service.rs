//! The technician's service with sample data.

use kiosk_ui::*;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

fn words(english: bool, key: &str) -> SharedString {
    let lang = if english { "en" } else { "zh-Hans" };
    kiosk_ui::words::get(lang, key).into()
}

fn row(title: SharedString, badge: SharedString, tone: Tone) -> ServiceRow {
    ServiceRow {
        title,
        badge,
        tone,
        detail: SharedString::new(),
    }
}

fn show(window: &AppWindow, data: ServiceData, primary: bool) {
    window.global::<Pages>().set_service(data);
    let frame = window.global::<Frame>();
    frame.set_has_progress(false);
    frame.set_help(false);
    frame.set_has_primary(primary);
    frame.set_page(PageKind::Service);
}

/// The entrance, locked or not.
pub fn pin(window: &AppWindow, english: bool, locked: bool) {
    let say = |key: &str| words(english, key);
    let note = if locked {
        say("service.pin-locked")
    } else {
        SharedString::new()
    };
    let data = ServiceData {
        stage: ServiceStage::Pin,
        title: say("service.pin-title"),
        lead: say("service.pin-lead"),
        typed: if locked { "" } else { "●●●●" }.into(),
        closed: locked,
        note,
        note_tone: Tone::Error,
        ..ServiceData::default()
    };
    show(window, data, !locked);
}

/// The overview.
pub fn overview(window: &AppWindow, english: bool) {
    let say = |key: &str| words(english, key);
    let device = |kind: &str, state: &str, tone| {
        let title = say(&format!("service.device.{kind}"));
        row(title, say(&format!("service.state.{state}")), tone)
    };
    let rows = vec![
        device("id-card", "online", Tone::Success),
        device("receipt-printer", "user_error", Tone::Warning),
        device("scanner", "offline", Tone::Error),
        device("document-printer", "busy", Tone::Info),
    ];
    let data = ServiceData {
        stage: ServiceStage::Choices,
        title: say("service.overview-title"),
        lead: say("service.overview-lead"),
        rows: ModelRc::new(VecModel::from(rows)),
        at: 1,
        of: 2,
        ..ServiceData::default()
    };
    show(window, data, false);
}

/// A device with what can be done.
pub fn device(window: &AppWindow, english: bool) {
    let say = |key: &str| words(english, key);
    let rows = vec![row(
        say("service.paper-used"),
        "182 m".into(),
        Tone::Neutral,
    )];
    let actions = vec![say("service.test-silent"), say("service.paper-replaced")];
    let data = ServiceData {
        stage: ServiceStage::Reading,
        title: say("service.device.receipt-printer"),
        badge: say("service.state.user_error"),
        badge_tone: Tone::Warning,
        note: say("technician.paper-out"),
        note_tone: Tone::Warning,
        rows: ModelRc::new(VecModel::from(rows)),
        actions: ModelRc::new(VecModel::from(actions)),
        at: 1,
        of: 1,
        ..ServiceData::default()
    };
    show(window, data, false);
}
