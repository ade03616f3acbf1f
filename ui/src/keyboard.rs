//! Joins the drawn keyboard to the input engine: only chosen characters go on.

use std::cell::RefCell;
use std::rc::Rc;

use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use crate::ime::{Bar, Composer, LARGE, Slot, Way};
use crate::{AppWindow, CandidateSlot, KeyboardAdapter, KeyboardMode};

/// Letter rows of each mode, from the top.
const NONE: [&str; 3] = [""; 3];
const HEXADECIMAL: [&str; 3] = ["1234567890", "ABCDEF", ""];
const SMALL: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const CAPITALS: [&str; 3] = ["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"];
const SIGNS: [&str; 3] = ["@#%&*-+/()", "，。、：；！？·…", "\"'“”《》_"];

/// The keyboard of one window. Dropping it leaves the keys without effect.
#[derive(Clone)]
pub struct Keyboard {
    window: slint::Weak<AppWindow>,
    composer: Rc<RefCell<Composer>>,
    has_glyph: Rc<dyn Fn(char) -> bool>,
}

impl Keyboard {
    /// Connects the keys of `window`: `typed` gets chosen characters, `erase` a backspace that
    /// no letter being composed took. Candidates without a glyph are drawn as code points.
    pub fn connect(
        window: &AppWindow,
        typed: impl Fn(&str) + 'static,
        erase: impl Fn() + 'static,
        has_glyph: impl Fn(char) -> bool + 'static,
    ) -> Self {
        let keyboard = Self {
            window: window.as_weak(),
            composer: Rc::default(),
            has_glyph: Rc::new(has_glyph),
        };
        let adapter = window.global::<KeyboardAdapter>();
        let typed = Rc::new(typed);
        let board = keyboard.clone();
        let out = Rc::clone(&typed);
        adapter.on_key(move |key| board.key(&key, &*out));
        let board = keyboard.clone();
        let out = Rc::clone(&typed);
        adapter.on_space(move || board.space(&*out));
        let board = keyboard.clone();
        adapter.on_candidate(move |place| board.choose(place, &*typed));
        let board = keyboard.clone();
        adapter.on_erase(move || {
            let taken = board.composer.borrow_mut().erase();
            if taken {
                board.show();
            } else {
                erase();
            }
        });
        let board = keyboard.clone();
        adapter.on_turn(move |by| {
            board.composer.borrow_mut().turn(by);
            board.show();
        });
        let board = keyboard.clone();
        adapter.on_shift(move || board.shift());
        let board = keyboard.clone();
        adapter.on_pick_mode(move |mode| board.mode(mode));
        keyboard.reset(KeyboardMode::Pinyin);
        keyboard
    }

    /// Forgets what was being typed and shows the keyboard with this face first; pinyin is
    /// offered only where it is that.
    pub fn reset(&self, first: KeyboardMode) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        window
            .global::<KeyboardAdapter>()
            .set_offers_pinyin(first == KeyboardMode::Pinyin);
        self.mode(first);
    }

    fn key(&self, key: &str, typed: &dyn Fn(&str)) {
        let composing = self.current().is_some_and(|mode| way(mode).is_some());
        self.fit();
        let letter = key.chars().next().filter(|_| composing);
        if letter.is_some_and(|letter| self.composer.borrow_mut().push(letter)) {
            self.show();
        } else {
            typed(key);
        }
    }

    fn space(&self, typed: &dyn Fn(&str)) {
        if self.composer.borrow().is_empty() {
            typed(" ");
        } else {
            self.choose(0, typed);
        }
    }

    fn choose(&self, place: i32, typed: &dyn Fn(&str)) {
        let chosen = usize::try_from(place)
            .ok()
            .and_then(|place| self.composer.borrow_mut().choose(place));
        self.show();
        if let Some(text) = chosen {
            typed(&text);
        }
    }

    fn shift(&self) {
        self.mode(if self.current() == Some(KeyboardMode::Capitals) {
            KeyboardMode::Latin
        } else {
            KeyboardMode::Capitals
        });
    }

    fn current(&self) -> Option<KeyboardMode> {
        let window = self.window.upgrade()?;
        Some(window.global::<KeyboardAdapter>().get_mode())
    }

    /// Pages of candidates are as large as the bar of this window.
    fn fit(&self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let adapter = window.global::<KeyboardAdapter>();
        self.composer.borrow_mut().fit(Bar {
            rows: usize::try_from(adapter.get_bar_rows()).unwrap_or(1),
            width: pixels(adapter.get_bar_width()),
            character: pixels(adapter.get_bar_character()),
        });
    }

    fn mode(&self, mode: KeyboardMode) {
        self.composer
            .borrow_mut()
            .begin(way(mode).unwrap_or_default());
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let adapter = window.global::<KeyboardAdapter>();
        let rows = match mode {
            KeyboardMode::Pinyin | KeyboardMode::Latin => SMALL,
            KeyboardMode::Capitals | KeyboardMode::Zone => CAPITALS,
            KeyboardMode::Signs => SIGNS,
            KeyboardMode::Strokes => NONE,
            KeyboardMode::CodePoint => HEXADECIMAL,
        };
        let [first, second, third] = rows.map(keys);
        adapter.set_first_row(first);
        adapter.set_second_row(second);
        adapter.set_third_row(third);
        adapter.set_mode(mode);
        self.show();
    }

    /// Draws keys and candidates anew.
    fn show(&self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let adapter = window.global::<KeyboardAdapter>();
        let composer = self.composer.borrow();
        let shown = composer.shown();
        adapter.set_composition(composition(adapter.get_mode(), composer.keys()));
        adapter.set_has_previous(shown.before);
        adapter.set_has_next(shown.after);
        let candidates: Vec<CandidateSlot> = shown
            .candidates
            .iter()
            .map(|(text, slot)| self.slot(text, *slot))
            .collect();
        let model = adapter.get_candidates();
        if model.iter().eq(candidates.iter().cloned()) {
            return;
        }
        adapter.set_candidates(ModelRc::new(VecModel::from(candidates)));
    }

    fn slot(&self, text: &str, slot: Slot) -> CandidateSlot {
        let unknown = text
            .chars()
            .find(|c| !c.is_ascii() && !(self.has_glyph)(*c));
        CandidateSlot {
            text: text.into(),
            code: unknown.map_or_else(SharedString::default, |c| {
                slint::format!("{:04X}", u32::from(c))
            }),
            small: text.chars().count() > LARGE,
            row: i32::try_from(slot.row).unwrap_or_default(),
            x: length(slot.x),
            width: length(slot.width),
        }
    }
}

/// What the keys of a mode are composed into; `None` where they type themselves.
fn way(mode: KeyboardMode) -> Option<Way> {
    match mode {
        KeyboardMode::Pinyin => Some(Way::Pinyin),
        KeyboardMode::Strokes => Some(Way::Strokes),
        KeyboardMode::CodePoint => Some(Way::CodePoint),
        KeyboardMode::Latin | KeyboardMode::Capitals | KeyboardMode::Signs | KeyboardMode::Zone => {
            None
        }
    }
}

/// The keys typed as they are shown: strokes as strokes, a number as such.
fn composition(mode: KeyboardMode, keys: &str) -> SharedString {
    match mode {
        KeyboardMode::Strokes => keys.chars().map(drawn).collect::<String>().into(),
        KeyboardMode::CodePoint if !keys.is_empty() => slint::format!("U+{keys}"),
        KeyboardMode::CodePoint
        | KeyboardMode::Pinyin
        | KeyboardMode::Latin
        | KeyboardMode::Capitals
        | KeyboardMode::Signs
        | KeyboardMode::Zone => keys.into(),
    }
}

fn drawn(stroke: char) -> char {
    match stroke {
        'h' => '一',
        's' => '丨',
        'p' => '丿',
        'n' => '丶',
        'z' => '𠃌',
        other => other,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window is never wider than a few thousand pixels, and never negative"
)]
fn pixels(length: f32) -> u32 {
    length.max(0.0) as u32
}

#[allow(clippy::cast_precision_loss, reason = "a few thousand pixels")]
fn length(pixels: u32) -> f32 {
    pixels as f32
}

/// What is typed belongs to a person.
impl std::fmt::Debug for Keyboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

fn keys(row: &str) -> ModelRc<SharedString> {
    let keys: Vec<SharedString> = row
        .chars()
        .map(|key| SharedString::from(String::from(key)))
        .collect();
    ModelRc::new(VecModel::from(keys))
}
