//! Every touch the markup reports, as the core's touch.

use std::cell::RefCell;
use std::rc::Rc;

use kiosk_core::screen::{Lang, Point};
use kiosk_core::{Contrast, TextSize, Touch};
use kiosk_ui as ui;
use kiosk_ui::keyboard::Keyboard;
use slint::ComponentHandle;

/// Where touches go.
pub(super) type Tap = Rc<dyn Fn(Touch)>;

/// Points of one stroke at most; a finger that rests for minutes adds no more.
const MOST_POINTS: usize = 4096;

/// Connects everything that can be touched in `window`; `has_glyph` says what the keyboard can
/// draw.
pub(super) fn connect(
    window: &ui::AppWindow,
    tap: &Tap,
    has_glyph: impl Fn(char) -> bool + 'static,
) -> Keyboard {
    let touched = window.global::<ui::Touched>();
    connect_frame(&touched, tap);
    connect_display(&touched, tap);
    connect_places(&touched, tap);
    connect_page(&touched, tap);
    connect_strokes(&touched, tap);
    let typed = Rc::clone(tap);
    Keyboard::connect(
        window,
        move |text| typed(Touch::Type(text.to_owned())),
        plain(tap, || Touch::Erase),
        has_glyph,
    )
}

fn plain(tap: &Tap, touch: fn() -> Touch) -> impl Fn() + 'static {
    let tap = Rc::clone(tap);
    move || tap(touch())
}

/// A touch with a place; the markup counts from 0 and never below.
fn placed(tap: &Tap, touch: fn(usize) -> Touch) -> impl Fn(i32) + 'static {
    let tap = Rc::clone(tap);
    move |place| {
        if let Ok(place) = usize::try_from(place) {
            tap(touch(place));
        }
    }
}

fn connect_frame(touched: &ui::Touched<'_>, tap: &Tap) {
    touched.on_start(plain(tap, || Touch::Start));
    touched.on_next(plain(tap, || Touch::Next));
    touched.on_back(plain(tap, || Touch::Back));
    touched.on_help(plain(tap, || Touch::Help));
    touched.on_call_help(plain(tap, || Touch::CallHelp));
    touched.on_withdraw_help(plain(tap, || Touch::WithdrawHelp));
    touched.on_end(plain(tap, || Touch::End));
    touched.on_end_now(plain(tap, || Touch::EndNow));
    touched.on_close(plain(tap, || Touch::Close));
    touched.on_more_time(plain(tap, || Touch::MoreTime));
    let tap = Rc::clone(tap);
    touched.on_language(move |language| {
        tap(Touch::Language(match language {
            ui::Language::ZhHans => Lang::ZhHans,
            ui::Language::En => Lang::En,
            ui::Language::ZhHant => Lang::ZhHant,
        }));
    });
}

fn connect_display(touched: &ui::Touched<'_>, tap: &Tap) {
    touched.on_display(plain(tap, || Touch::Display));
    touched.on_reach(plain(tap, || Touch::Reach));
    touched.on_elder(plain(tap, || Touch::Elder));
    touched.on_aloud(plain(tap, || Touch::Aloud));
    touched.on_dark(plain(tap, || Touch::Dark));
    let sized = Rc::clone(tap);
    touched.on_text_size(move |percent| {
        let size = TextSize::ALL.into_iter();
        let size = size.min_by_key(|size| i32::from(size.percent()).abs_diff(percent));
        sized(Touch::TextSize(size.unwrap_or_default()));
    });
    let tap = Rc::clone(tap);
    touched.on_contrast(move |contrast| {
        tap(Touch::Contrast(match contrast {
            ui::Contrast::Standard => Contrast::Standard,
            ui::Contrast::Soft => Contrast::Soft,
            ui::Contrast::BlackOnWhite => Contrast::BlackOnWhite,
            ui::Contrast::YellowOnBlack => Contrast::YellowOnBlack,
        }));
    });
}

fn connect_places(touched: &ui::Touched<'_>, tap: &Tap) {
    touched.on_pick(placed(tap, Touch::Pick));
    touched.on_toggle(placed(tap, Touch::Toggle));
    touched.on_dispute(placed(tap, Touch::Dispute));
    touched.on_reveal(placed(tap, Touch::Reveal));
    touched.on_change(placed(tap, Touch::Change));
    touched.on_remove_row(placed(tap, Touch::RemoveRow));
    let tap = Rc::clone(tap);
    touched.on_turn(move |by| {
        if let Ok(by) = i8::try_from(by) {
            tap(Touch::Turn(by));
        }
    });
}

fn connect_page(touched: &ui::Touched<'_>, tap: &Tap) {
    touched.on_erase(plain(tap, || Touch::Erase));
    touched.on_clear_text(plain(tap, || Touch::ClearText));
    touched.on_sign_aloud(plain(tap, || Touch::SignAloud));
    touched.on_clear_strokes(plain(tap, || Touch::ClearStrokes));
    touched.on_retake(plain(tap, || Touch::Retake));
    touched.on_add_page(plain(tap, || Touch::AddPage));
    touched.on_turn_page(plain(tap, || Touch::TurnPage));
    touched.on_move_earlier(plain(tap, || Touch::MoveEarlier));
    touched.on_remove_page(plain(tap, || Touch::RemovePage));
    touched.on_add_row(plain(tap, || Touch::AddRow));
    touched.on_type_zone(plain(tap, || Touch::TypeZone));
    touched.on_not_me(plain(tap, || Touch::NotMe));
    touched.on_skip(plain(tap, || Touch::Skip));
    touched.on_for_another(plain(tap, || Touch::ForAnother));
    touched.on_another(plain(tap, || Touch::Another));
    touched.on_print_slip(plain(tap, || Touch::PrintSlip));
    touched.on_no_paper(plain(tap, || Touch::NoPaper));
    touched.on_print_guide(plain(tap, || Touch::PrintGuide));
    touched.on_appointments(plain(tap, || Touch::Appointments));
    touched.on_withdraw(plain(tap, || Touch::Withdraw));
    touched.on_ask(plain(tap, || Touch::Ask));
    touched.on_object(plain(tap, || Touch::Object));
    touched.on_service(plain(tap, || Touch::Service));
    let tap = Rc::clone(tap);
    touched.on_typed(move |text| tap(Touch::Type(text.into())));
}

/// Points are gathered until the finger is lifted: the core gets whole strokes.
fn connect_strokes(touched: &ui::Touched<'_>, tap: &Tap) {
    let stroke: Rc<RefCell<Vec<Point>>> = Rc::default();
    let points = Rc::clone(&stroke);
    touched.on_stroke_begin(move |x, y| {
        let mut points = points.borrow_mut();
        points.clear();
        points.push(point(x, y));
    });
    let points = Rc::clone(&stroke);
    touched.on_stroke_add(move |x, y| {
        let mut points = points.borrow_mut();
        if points.len() < MOST_POINTS {
            points.push(point(x, y));
        }
    });
    let tap = Rc::clone(tap);
    touched.on_stroke_finish(move || {
        let points = stroke.take();
        if !points.is_empty() {
            tap(Touch::Stroke(points));
        }
    });
}

fn point(x: i32, y: i32) -> Point {
    let thousandth = |at: i32| u16::try_from(at.clamp(0, 1000)).unwrap_or(0);
    Point {
        x: thousandth(x),
        y: thousandth(y),
    }
}
