//! The frame of every page: head, foot and what lies above.

use jiff::civil::DateTime;
use kiosk_core::screen::{Action, Foot, Lang, Overlay, Progress};
use kiosk_core::{CodeAsk, CodeTrouble, Contrast, Display, HelpShown, Lights};
use kiosk_ui as ui;
use slint::SharedString;

use super::phrases::{Phrases, int};
use crate::slips::Standing;
use crate::words::Words;

/// Switches every word of the markup to `lang`.
pub(crate) fn speak(frame: &ui::Frame<'_>, theme: &ui::Theme<'_>, lang: Lang) {
    let (code, language) = match lang {
        Lang::ZhHans => ("zh-Hans", ui::Language::ZhHans),
        Lang::En => ("en", ui::Language::En),
        Lang::ZhHant => ("zh-Hant", ui::Language::ZhHant),
    };
    if let Err(error) = slint::select_bundled_translation(code) {
        tracing::error!("the screen's words for {code} are missing: {error}");
    }
    theme.set_latin(lang == Lang::En);
    frame.set_language(language);
}

/// Size of words, colours, and where on the screen everything stands.
pub(crate) fn display(frame: &ui::Frame<'_>, theme: &ui::Theme<'_>, display: Display) {
    let text = display.shown_text();
    theme.set_text_scale(f32::from(text.percent()) / 100.0);
    theme.set_contrast(match display.contrast {
        Contrast::Standard => ui::Contrast::Standard,
        Contrast::Soft => ui::Contrast::Soft,
        Contrast::BlackOnWhite => ui::Contrast::BlackOnWhite,
        Contrast::YellowOnBlack => ui::Contrast::YellowOnBlack,
    });
    theme.set_reach(display.reach);
    frame.set_text_percent(i32::from(text.percent()));
    frame.set_elder(display.elder);
    frame.set_aloud(display.aloud);
    frame.set_dark(display.dark);
}

/// Where the kiosk stands and whether its devices are real.
pub(super) fn stand(frame: &ui::Frame<'_>, words: Words, standing: &Standing, simulated: bool) {
    frame.set_city(words.text(&standing.city).into());
    frame.set_station(words.text(&standing.station).into());
    frame.set_simulated(simulated);
}

/// The time in the head.
pub(super) fn tell_time(frame: &ui::Frame<'_>, words: Words, now: DateTime) {
    frame.set_clock(slint::format!("{:02}:{:02}", now.hour(), now.minute()));
    frame.set_date(words.weekday(now.date()).into());
}

pub(super) fn progress(frame: &ui::Frame<'_>, progress: Option<Progress>) {
    frame.set_has_progress(progress.is_some());
    if let Some(progress) = progress {
        frame.set_step(i32::from(progress.step));
        frame.set_steps(i32::from(progress.steps));
        frame.set_minutes(i32::from(progress.minutes));
    }
}

pub(super) fn foot(frame: &ui::Frame<'_>, foot: Foot, say: &Phrases<'_>) {
    frame.set_back(foot.back);
    frame.set_help(foot.help);
    frame.set_end(foot.end);
    frame.set_has_primary(foot.primary.is_some());
    frame.set_primary(foot.primary.map_or_else(SharedString::new, |primary| {
        say.get(action_key(primary.action))
    }));
    frame.set_primary_enabled(foot.primary.is_some_and(|primary| primary.enabled));
}

pub(super) fn overlay(frame: &ui::Frame<'_>, overlay: Option<&Overlay>) {
    let kind = match overlay {
        None => ui::OverlayKind::None,
        Some(Overlay::TimeOut { seconds }) => {
            frame.set_overlay_seconds(int(*seconds));
            ui::OverlayKind::TimeOut
        }
        Some(Overlay::Cover {
            seconds,
            another_card,
        }) => {
            frame.set_overlay_seconds(int(*seconds));
            frame.set_overlay_another_card(*another_card);
            ui::OverlayKind::Cover
        }
        Some(Overlay::ConfirmEnd { answers }) => {
            frame.set_overlay_answers(*answers);
            ui::OverlayKind::ConfirmEnd
        }
        Some(Overlay::Display) => ui::OverlayKind::Display,
        Some(Overlay::Help { phone }) => {
            frame.set_overlay_phone(phone.as_str().into());
            ui::OverlayKind::Help
        }
    };
    frame.set_overlay(kind);
}

/// Where a call for help stands.
pub(super) fn help(frame: &ui::Frame<'_>, help: HelpShown) {
    frame.set_help_call(match help {
        HelpShown::NotCalled => ui::HelpCall::NotCalled,
        HelpShown::Calling => ui::HelpCall::Calling,
        HelpShown::Waiting => ui::HelpCall::Waiting,
        HelpShown::Unanswered => ui::HelpCall::Unanswered,
        HelpShown::Coming => ui::HelpCall::Coming,
        HelpShown::Over => ui::HelpCall::Over,
        HelpShown::Away => ui::HelpCall::Away,
    });
}

/// Whether a code is asked for, and what was wrong with the last one.
pub(super) fn codes(frame: &ui::Frame<'_>, codes: Option<CodeAsk>, say: &Phrases<'_>) {
    frame.set_asks_code(codes.is_some());
    let trouble = codes.and_then(|codes| codes.trouble);
    frame.set_code_trouble(trouble.map_or_else(SharedString::new, |trouble| {
        say.get(code_trouble_key(trouble))
    }));
}

pub(super) fn code_trouble_key(trouble: CodeTrouble) -> &'static str {
    match trouble {
        CodeTrouble::NoReceipt => "code-trouble.no-receipt",
        CodeTrouble::NotMine => "code-trouble.not-mine",
        CodeTrouble::NoNumber => "code-trouble.no-number",
        CodeTrouble::NoBooking => "code-trouble.no-booking",
        CodeTrouble::Doubtful => "code-trouble.doubtful",
        CodeTrouble::Unreadable => "code-trouble.unreadable",
    }
}

/// The name of a contrast mode.
pub(super) fn contrast_key(contrast: Contrast) -> &'static str {
    match contrast {
        Contrast::Standard => "display.standard",
        Contrast::Soft => "display.soft",
        Contrast::BlackOnWhite => "display.black-on-white",
        Contrast::YellowOnBlack => "display.yellow-on-black",
    }
}

/// The slots that are lit: pages speak of a light only where one is.
pub(super) fn lights(frame: &ui::Frame<'_>, lights: Lights) {
    frame.set_lit_card(lights.card);
    frame.set_lit_receipt(lights.receipt);
    frame.set_lit_scanner(lights.scanner);
    frame.set_lit_code(lights.code);
}

pub(super) fn action_key(action: Action) -> &'static str {
    match action {
        Action::Begin => "action.begin",
        Action::Continue => "action.continue",
        Action::ThisIsMe => "action.this-is-me",
        Action::ForThem => "action.for-them",
        Action::ConfirmCode => "action.confirm-code",
        Action::Confirm => "action.confirm",
        Action::Agree => "action.agree",
        Action::AllRight => "action.all-right",
        Action::Scan => "action.scan",
        Action::PagesDone => "action.pages-done",
        Action::KeepPage => "action.keep-page",
        Action::OtherSide => "action.other-side",
        Action::TakePhoto => "action.take-photo",
        Action::KeepPhoto => "action.keep-photo",
        Action::PaperPhoto => "action.paper-photo",
        Action::NextPage => "action.next-page",
        Action::ReadIt => "action.read-it",
        Action::Submit => "action.submit",
        Action::TryAgain => "action.try-again",
        Action::Finish => "action.finish",
        Action::Rate => "action.rate",
        Action::BringPapers => "action.bring-papers",
        Action::TakeNumber => "action.take-number",
        Action::PostThere => "action.post-there",
        Action::BookNew => "action.book-new",
        Action::Book => "action.book",
        Action::MoveBooking => "action.move-booking",
        Action::CancelBooking => "action.cancel-booking",
        Action::ChooseAgain => "action.choose-again",
        Action::MyAppointments => "action.my-appointments",
        Action::Withdraw => "action.withdraw",
        Action::MyMatters => "action.my-matters",
        Action::SendQuestion => "action.send-question",
        Action::SendObjection => "action.send-objection",
    }
}
