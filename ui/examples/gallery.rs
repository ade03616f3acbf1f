//! Draws every page with sample data into PNG files, for the eye.
//!
//! `cargo run -p kiosk-ui --example gallery -- DIR [portrait|landscape|compact|panel] [zh|en] [NAME]`

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::headless::Canvas;
use common::{
    pages as p, pages_after as a, pages_filing as f, pages_portrait as o, pages_service as s,
};
use kiosk_ui::keyboard::Keyboard;
use kiosk_ui::*;
use slint::ComponentHandle;

type Draw = fn(&AppWindow, bool);

/// Every picture of the gallery: its name and how the page is set.
const PICTURES: &[(&str, Draw)] = &[
    ("01-idle", |w, _| p::idle(w, "", false)),
    ("02-idle-trouble", |w, e| {
        p::idle(
            w,
            p::word(e, "读卡器故障，暂不能办", "The card reader is out of order"),
            true,
        );
    }),
    ("02-idle-starting", p::idle_starting),
    ("03-start", |w, e| p::start(w, e, 0, false)),
    ("04-start-waiting", |w, e| p::start(w, e, 2, true)),
    ("05-find", p::find_overview),
    ("06-find-items", |w, e| p::find_items(w, e, "")),
    ("07-guide", |w, e| {
        p::guide(w, e, OfflineKind::Connected, "")
    }),
    ("08-guide-offline", |w, e| {
        p::guide(w, e, OfflineKind::FilesOffline, "")
    }),
    ("10-put-card", |w, e| {
        p::identify(w, e, IdentifyStage::PutCard, false)
    }),
    ("11-put-card-again", |w, e| {
        p::identify(w, e, IdentifyStage::PutCard, true)
    }),
    ("12-is-it-you", |w, e| {
        p::identify(w, e, IdentifyStage::IsItYou, false)
    }),
    ("13-second-factor", |w, e| {
        p::identify(w, e, IdentifyStage::SecondFactor, true)
    }),
    ("14-code", |w, e| {
        p::identify(w, e, IdentifyStage::Code, false)
    }),
    ("15-staff-wrong", |w, e| {
        p::identify(w, e, IdentifyStage::Staff, true)
    }),
    ("19-put-card-lit", |w, e| {
        p::identify(w, e, IdentifyStage::PutCard, false);
        p::lit(w, true);
    }),
    ("16-wait", p::wait),
    ("17-notice", p::notice),
    ("18-facts", f::facts),
    ("20-text", |w, e| f::ask_text(w, e, false)),
    ("20-text-names", |w, e| f::ask_text(w, e, false)),
    ("20-text-strokes", |w, e| f::ask_text(w, e, false)),
    ("20-text-code-point", |w, e| f::ask_text(w, e, false)),
    ("21-textarea", |w, e| f::ask_text(w, e, true)),
    ("21-passport", |w, e| f::ask_passport(w, e, false)),
    ("21-passport-lines", |w, e| f::ask_passport(w, e, true)),
    ("22-id-number", f::ask_digits),
    ("23-date", f::ask_date),
    ("24-choice", |w, e| f::ask_choice(w, e, false)),
    ("25-choices", |w, e| f::ask_choice(w, e, true)),
    ("26-yes-no", |w, e| f::ask_yes_no(w, e, false)),
    ("27-statement", |w, e| f::ask_yes_no(w, e, true)),
    ("28-region", f::ask_region),
    ("36-delivery", f::ask_delivery),
    ("36-delivery-address", f::ask_address),
    ("29-rows", f::ask_rows),
    ("30-materials", f::checklist),
    ("31-material", |w, e| f::material(w, e, false)),
    ("32-promise", |w, e| f::material(w, e, true)),
    ("33-scan-place", |w, e| {
        f::scan(w, e, ScanStage::Place, true)
    }),
    ("33-scan-desk", |w, e| f::scan_desk(w, e, false)),
    ("33-scan-back", |w, e| f::scan_desk(w, e, true)),
    ("34-scanning", |w, e| {
        f::scan(w, e, ScanStage::Scanning, false)
    }),
    ("35-scan-look", |w, e| f::scan(w, e, ScanStage::Look, false)),
    ("35-scan-look-blank", |w, e| {
        f::scan(w, e, ScanStage::Look, true)
    }),
    ("35-scan-sideways", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Turn)
    }),
    ("35-scan-inside", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Inside)
    }),
    ("35-scan-closer", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Closer)
    }),
    ("35-scan-lamp", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Lamp)
    }),
    ("35-scan-light", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Light)
    }),
    ("35-scan-flat", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Flat)
    }),
    ("35-scan-sheets", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Sheets)
    }),
    ("35-scan-photo", |w, e| {
        f::scan_advised(w, e, AdviceSketch::Photo)
    }),
    ("35-scan-pages", |w, e| {
        f::scan(w, e, ScanStage::Pages, false)
    }),
    ("35-portrait-ways", |w, e| o::ways(w, e, false)),
    ("35-portrait-paper-only", |w, e| o::ways(w, e, true)),
    ("35-portrait-starting", |w, e| {
        o::live(w, e, o::Seen::Starting)
    }),
    ("35-portrait-nobody", |w, e| o::live(w, e, o::Seen::Nobody)),
    ("35-portrait-beside", |w, e| o::live(w, e, o::Seen::Beside)),
    ("35-portrait-good", |w, e| o::live(w, e, o::Seen::Good)),
    ("35-portrait-taking", o::taking),
    ("35-portrait-look", |w, e| o::look(w, e, false)),
    ("35-portrait-look-advice", |w, e| o::look(w, e, true)),
    ("35-portrait-trouble", o::trouble),
    ("35-scan-pages-poor", |w, e| {
        f::scan(w, e, ScanStage::Pages, true)
    }),
    ("36-review", f::review),
    ("37-document", f::document),
    ("38-sign", |w, e| f::sign(w, e, false)),
    ("39-signed", |w, e| f::sign(w, e, true)),
    ("40-storing", |w, e| a::submit(w, e, false)),
    ("41-not-stored", |w, e| a::submit(w, e, true)),
    ("42-stored", |w, e| a::done(w, e, false, false)),
    ("43-received", |w, e| a::done(w, e, true, false)),
    ("44-granted", |w, e| a::done(w, e, true, true)),
    ("44-waits-for-paper", |w, e| {
        a::prints(w, e, SlipKind::Ready, ResultPrinting::Printing, true);
    }),
    ("44-handed-over", |w, e| {
        a::prints(w, e, SlipKind::Taken, ResultPrinting::HandedOver, false);
    }),
    ("44-partial", |w, e| {
        a::prints(w, e, SlipKind::DrawnBack, ResultPrinting::Partial, true);
    }),
    ("44-unknown", |w, e| {
        a::prints(w, e, SlipKind::Printed, ResultPrinting::Unknown, false);
    }),
    ("45-rate", |w, e| a::rate(w, e, 0)),
    ("46-rate-bad", |w, e| a::rate(w, e, 2)),
    ("47-goodbye", |w, e| a::goodbye(w, e, true)),
    ("48-goodbye-empty", |w, e| a::goodbye(w, e, false)),
    ("48-goodbye-left", a::left_on_glass),
    ("48-goodbye-coming", a::paper_comes),
    ("49-matters", |w, e| a::matters(w, e, false)),
    ("50-matters-away", |w, e| a::matters(w, e, true)),
    ("51-matter", a::matter),
    ("51-matter-result", |w, e| {
        a::matter_prints(w, e, ResultPrinting::Offered);
    }),
    ("51-matter-unknown", |w, e| {
        a::matter_prints(w, e, ResultPrinting::Unknown);
    }),
    ("52-matters-code", |w, e| {
        a::matters(w, e, false);
        p::codes(w, e, "");
    }),
    ("53-matters-code-wrong", |w, e| {
        a::matters(w, e, false);
        p::codes(w, e, "code-trouble.not-mine");
    }),
    ("53-check-in", |w, e| a::check_in(w, e, true)),
    ("53-check-in-elsewhere", |w, e| a::check_in(w, e, false)),
    ("53-appointment-times", |w, e| a::appointment(w, e, false)),
    ("53-appointment-made", |w, e| a::appointment(w, e, true)),
    ("54-service-pin", |w, e| s::pin(w, e, false)),
    ("55-service-locked", |w, e| s::pin(w, e, true)),
    ("56-service-overview", s::overview),
    ("57-service-device", s::device),
    ("60-timeout", |w, e| above(w, e, OverlayKind::TimeOut)),
    ("61-cover", |w, e| above(w, e, OverlayKind::Cover)),
    ("62-confirm-end", |w, e| {
        above(w, e, OverlayKind::ConfirmEnd)
    }),
    ("63-help", |w, e| above(w, e, OverlayKind::Help)),
];

fn above(window: &AppWindow, english: bool, kind: OverlayKind) {
    f::ask_choice(window, english, false);
    let frame = window.global::<Frame>();
    frame.set_overlay_seconds(24);
    frame.set_overlay_answers(true);
    frame.set_overlay_phone("000-5550-0031".into());
    frame.set_overlay(kind);
}

/// The find page while somebody types, which needs a touch.
fn find_typing(window: &AppWindow, canvas: &Canvas, english: bool) {
    p::find_items(window, english, if english { "work" } else { "syd" });
    canvas.pass(Duration::from_millis(100));
    let size = window.window().size();
    let y = window.global::<Theme>().get_head() + 80.0;
    let position = slint::LogicalPosition::new(size.width as f32 * 0.4, y);
    let button = slint::platform::PointerEventButton::Left;
    for event in [
        slint::platform::WindowEvent::PointerPressed { position, button },
        slint::platform::WindowEvent::PointerReleased { position, button },
    ] {
        window.window().dispatch_event(event);
    }
    let keys = window.global::<KeyboardAdapter>();
    for letter in ["s", "h", "i"] {
        keys.invoke_key(letter.into());
    }
}

fn save(canvas: &Canvas, path: &Path) -> Result<(), image::ImageError> {
    let picture = canvas.picture();
    image::save_buffer(
        path,
        &picture.rgb,
        picture.width,
        picture.height,
        image::ColorType::Rgb8,
    )
}

/// The demo's second window, in a run of its own.
fn fault_panel(
    canvas: &Canvas,
    folder: &Path,
    english: bool,
) -> Result<(), Box<dyn std::error::Error>> {
    let panel = FaultPanel::new()?;
    slint::select_bundled_translation(if english { "en" } else { "zh-Hans" })?;
    panel.set_groups(p::groups());
    panel.set_has_slip(true);
    panel.set_slip(f::paper());
    panel.show()?;
    canvas.pass(Duration::from_millis(200));
    save(canvas, &folder.join("panel.png"))?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().unwrap_or_else(|| "gallery".into()));
    let shape = args.next().unwrap_or_else(|| "portrait".into());
    let english = args.next().is_some_and(|lang| lang == "en");
    let only = args.next().unwrap_or_default();
    let (width, height) = match shape.as_str() {
        "landscape" => (1920, 1080),
        "compact" => (1280, 800),
        "panel" => (720, 1400),
        _ => (1080, 1920),
    };
    std::fs::create_dir_all(&folder)?;
    let canvas = Canvas::new(width, height);
    if shape == "panel" {
        return fault_panel(&canvas, &folder, english);
    }
    let window = AppWindow::new()?;
    let keyboard = Keyboard::connect(&window, |_| {}, || {}, |c| u32::from(c) < 0x2_0000);
    window.show()?;
    for (name, draw) in PICTURES.iter().filter(|(name, _)| name.contains(&only)) {
        p::frame(&window, english);
        window.global::<Theme>().set_typing(false);
        keyboard.reset(match *name {
            "21-passport" => KeyboardMode::Capitals,
            "21-passport-lines" => KeyboardMode::Zone,
            _ => KeyboardMode::Pinyin,
        });
        draw(&window, english);
        let typing = name.starts_with("20") || name.starts_with("21");
        window.global::<Theme>().set_typing(typing);
        let keys = window.global::<KeyboardAdapter>();
        let typed = match *name {
            "20-text" if !english => "wei",
            "20-text-names" => "wangxiaoming",
            "20-text-strokes" => {
                keys.invoke_pick_mode(KeyboardMode::Strokes);
                "hhs"
            }
            "20-text-code-point" => {
                keys.invoke_pick_mode(KeyboardMode::CodePoint);
                "3134A"
            }
            _ => "",
        };
        for key in typed.chars() {
            keys.invoke_key(String::from(key).into());
        }
        canvas.pass(Duration::from_millis(2_300));
        save(&canvas, &folder.join(format!("{name}.png")))?;
    }
    if only.is_empty() {
        p::frame(&window, english);
        find_typing(&window, &canvas, english);
        canvas.pass(Duration::from_millis(500));
        save(&canvas, &folder.join("09-find-typing.png"))?;
    }
    Ok(())
}
