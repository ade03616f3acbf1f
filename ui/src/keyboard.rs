//! Joins the drawn keyboard to the input engine: only chosen characters go on.

use std::cell::RefCell;
use std::rc::Rc;

use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use crate::ime::Composer;
use crate::{AppWindow, KeyboardAdapter, KeyboardMode};

/// Letter rows of each mode, from the top.
const SMALL: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const CAPITALS: [&str; 3] = ["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"];
const SIGNS: [&str; 3] = ["@#%&*-+/()", "，。、：；！？·…", "\"'“”《》_"];

/// The keyboard of one window. Dropping it leaves the keys without effect.
#[derive(Clone)]
pub struct Keyboard {
    window: slint::Weak<AppWindow>,
    composer: Rc<RefCell<Composer>>,
}

impl Keyboard {
    /// Connects the keys of `window`: `typed` gets chosen characters, `erase` a backspace that
    /// no letter being composed took.
    pub fn connect(
        window: &AppWindow,
        typed: impl Fn(&str) + 'static,
        erase: impl Fn() + 'static,
    ) -> Self {
        let keyboard = Self {
            window: window.as_weak(),
            composer: Rc::default(),
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
        let composing = self.is_mode(KeyboardMode::Pinyin);
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
        self.mode(if self.is_mode(KeyboardMode::Capitals) {
            KeyboardMode::Latin
        } else {
            KeyboardMode::Capitals
        });
    }

    fn is_mode(&self, mode: KeyboardMode) -> bool {
        self.window
            .upgrade()
            .is_some_and(|window| window.global::<KeyboardAdapter>().get_mode() == mode)
    }

    fn mode(&self, mode: KeyboardMode) {
        self.composer.borrow_mut().clear();
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let adapter = window.global::<KeyboardAdapter>();
        let rows = match mode {
            KeyboardMode::Pinyin | KeyboardMode::Latin => SMALL,
            KeyboardMode::Capitals | KeyboardMode::Zone => CAPITALS,
            KeyboardMode::Signs => SIGNS,
        };
        let [first, second, third] = rows.map(keys);
        adapter.set_first_row(first);
        adapter.set_second_row(second);
        adapter.set_third_row(third);
        adapter.set_mode(mode);
        self.show();
    }

    /// Draws letters and candidates anew.
    fn show(&self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let adapter = window.global::<KeyboardAdapter>();
        let composer = self.composer.borrow();
        let (candidates, before, after) = composer.shown();
        adapter.set_composition(composer.letters().into());
        adapter.set_has_previous(before);
        adapter.set_has_next(after);
        let candidates: Vec<SharedString> = candidates.iter().map(SharedString::from).collect();
        let model = adapter.get_candidates();
        if model.iter().eq(candidates.iter().cloned()) {
            return;
        }
        adapter.set_candidates(ModelRc::new(VecModel::from(candidates)));
    }
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
