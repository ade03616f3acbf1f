//! What is read aloud: the same [`Screen`] as the picture, in the words of the same files.
//!
//! [`said`] compares two screens and says what the ear needs to know of the second: the whole page
//! when another one stands there, else only what changed and what the cursor is on.

mod after;
mod appointment;
mod before;
mod filing;
mod numbers;
mod pages;
mod stops;

use city_catalogue::Text;
use kiosk_core::screen::{
    Ask, DeliveryPage, EnquiryPage, FeeShown, IdentifyPage, Lang, Page, PageNumber, PrincipalPage,
};
use kiosk_core::{Letter, Screen, Spelling, letters};

use super::phrases::Phrases;
use crate::words::Words;

/// One sentence or two that are spoken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The word key it stands for alone; `None` for what was put together or belongs to a person.
    /// A recorded prompt is found by it.
    pub key: Option<String>,
    /// What is spoken.
    pub text: String,
}

/// What is spoken at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In this order; nothing to say only ends what is being said.
    pub lines: Vec<Line>,
    /// What is being said is cut off first.
    pub cuts: bool,
    /// The language.
    pub lang: Lang,
    /// How loud, from 1 to 10.
    pub volume: u8,
    /// The page that is spoken whole: the core is told once its end is reached.
    pub page: Option<PageNumber>,
}

/// What is said when `now` follows `before`; `None` when there is nothing to say.
#[must_use]
pub fn said(before: Option<&Screen>, now: &Screen) -> Option<Said> {
    let silent = |screen: &Screen| !screen.display.aloud || screen.aloud.hushed;
    let was_silent = before.is_none_or(silent);
    let begins = before.is_none_or(|before| !before.display.aloud);
    let whole = before.filter(|_| !was_silent).is_none_or(|before| {
        before.number != now.number
            || before.lang != now.lang
            || before.aloud.repeats != now.aloud.repeats
    });
    let said = |lines, cuts, page| Said {
        lines,
        cuts,
        lang: now.lang,
        volume: now.aloud.volume.step(),
        page,
    };
    if silent(now) {
        return (!was_silent).then(|| said(Vec::new(), true, None));
    }
    let words = Words(now.lang);
    let mut telling = Telling::new(words);
    if whole {
        if begins {
            telling.key("spoken.begin");
        }
        telling.screen(now);
        telling.choices(now);
        if now.aloud.cursor.is_some() || now.aloud.spelling.is_some() {
            telling.cursor(now);
        }
        return Some(said(telling.lines, true, Some(now.number)));
    }
    let before = before?;
    let mut old = Telling::new(words);
    old.screen(before);
    let moved = telling.moved(before, now);
    let mut page = Telling::new(words);
    page.screen(now);
    let known = |line: &Line| {
        let lines = old.lines.iter().chain(&telling.lines);
        lines.into_iter().any(|it| it.text == line.text)
    };
    page.lines.retain(|line| !known(line));
    telling.lines.append(&mut page.lines);
    let nothing = telling.lines.is_empty();
    (!nothing).then(|| said(telling.lines, moved, None))
}

/// The page as it is spoken whole.
#[must_use]
pub fn lines(screen: &Screen) -> Vec<Line> {
    let mut telling = Telling::new(Words(screen.lang));
    telling.screen(screen);
    telling.choices(screen);
    telling.lines
}

/// What a person who does not see signs, as it is spoken: what for, the declaration, what it costs.
#[must_use]
pub fn declaration(item: &Text, fees: &[FeeShown], by_agent: bool, words: Words) -> Vec<String> {
    let mut telling = Telling::new(words);
    telling.declaration(item, fees, by_agent);
    telling.lines.into_iter().map(|line| line.text).collect()
}

/// Gathers lines.
struct Telling<'a> {
    say: Phrases<'a>,
    lines: Vec<Line>,
}

impl Telling<'_> {
    fn new(words: Words) -> Self {
        Self {
            // A voice has no glyphs; it says what it can.
            say: Phrases {
                words,
                has_glyph: &|_| true,
            },
            lines: Vec::new(),
        }
    }

    fn words(&self) -> Words {
        self.say.words
    }

    /// The words of a key.
    fn key(&mut self, key: &str) {
        let text = numbers::read(&self.words().get(key), self.words());
        if !text.is_empty() {
            let key = Some(key.to_owned());
            self.lines.push(Line { key, text });
        }
    }

    /// Words and what explains them.
    fn detailed(&mut self, key: &str) {
        self.key(key);
        self.key(&format!("{key}-detail"));
    }

    /// Any text.
    fn line(&mut self, text: &str) {
        let text = numbers::read(text.trim(), self.words());
        if !text.is_empty() {
            self.lines.push(Line { key: None, text });
        }
    }

    /// The words of a key with values in their places.
    fn filled(&mut self, key: &str, values: &[(&str, &str)]) {
        let text = self.words().fill(key, values);
        self.line(&text);
    }

    /// "Label: value"; nothing where there is no value.
    fn pair(&mut self, label: &str, value: &str) {
        if !value.is_empty() {
            let text = self.paired(label, value);
            self.line(&text);
        }
    }

    /// A number that is read character by character.
    fn code(&mut self, key: &str, code: &str) {
        if !code.is_empty() {
            let value = numbers::code(code, self.words());
            let label = self.words().get(key);
            self.pair(&label, &value);
        }
    }

    fn paired(&self, label: &str, value: &str) -> String {
        let values = [("label", label), ("value", value)];
        self.words().fill("spoken.pair", &values)
    }

    /// What the cursor did since `before`, and whether it did anything: then what is being said is
    /// of no use any more.
    fn moved(&mut self, before: &Screen, now: &Screen) -> bool {
        let (was, is) = (before.aloud, now.aloud);
        if was.volume != is.volume {
            let step = is.volume.step().to_string();
            self.filled("spoken.volume", &[("n", &step)]);
            return true;
        }
        match (was.spelling, is.spelling) {
            (None, Some(_)) => {
                self.key("spoken.spelling");
                return true;
            }
            (Some(_), Some(spelling)) => {
                let moved = was.spelling != is.spelling || was.again != is.again;
                return self.spelt(before, now, moved.then_some(spelling));
            }
            (Some(_), None) => {}
            (None, None) => {
                if self.spelt(before, now, None) {
                    return true;
                }
                let stays = was.cursor == is.cursor && was.again == is.again;
                let same = || self.label(before) == self.label(now);
                if stays && (is.cursor.is_none() || same()) {
                    return false;
                }
            }
        }
        if is.cursor.is_some() {
            self.cursor(now);
        } else {
            self.screen(now);
        }
        true
    }

    /// What was typed since `before`, or the letter walked to.
    fn spelt(&mut self, before: &Screen, now: &Screen, walked: Option<Spelling>) -> bool {
        let (was, is) = (typed(&before.page), typed(&now.page));
        if is.chars().count() > was.chars().count() {
            let last = is.chars().last().unwrap_or(' ');
            let last = numbers::character(last, self.words());
            self.filled("spoken.wrote", &[("text", &last)]);
        } else if is != was {
            self.key("spoken.erased");
        } else if let Some(spelling) = walked {
            let letter = self.letter(spelling);
            self.line(&letter);
        } else {
            return false;
        }
        true
    }

    /// The letter the spelling is at.
    fn letter(&self, spelling: Spelling) -> String {
        let letter = spelling
            .at
            .and_then(|at| letters(spelling.keyboard).get(at).copied());
        match letter {
            None => self.words().get("spoken.spelling"),
            Some(Letter::Char(c)) => numbers::character(c, self.words()),
            Some(Letter::Erase) => self.words().get("spoken.erase"),
            Some(Letter::Done) => self.words().get("spoken.done"),
        }
    }

    /// What the cursor is on.
    fn cursor(&mut self, screen: &Screen) {
        let text = match screen.aloud.spelling {
            Some(spelling) => self.letter(spelling),
            None => self.label(screen),
        };
        self.line(&text);
    }

    /// The label of the stop the cursor is on; empty where there is none.
    fn label(&self, screen: &Screen) -> String {
        let stops = kiosk_core::stops(screen);
        let stop = screen.aloud.cursor.and_then(|at| stops.get(at));
        stop.map_or_else(String::new, |stop| self.stop(screen, stop))
    }
}

/// What was typed into the page's field, as far as it may be said; a staff code is only counted.
pub(crate) fn typed(page: &Page) -> String {
    match page {
        Page::Find(page) => page.query.clone(),
        Page::Delivery(DeliveryPage::Address { text, .. })
        | Page::Enquiry(EnquiryPage::Typed { text, .. })
        | Page::Principal(PrincipalPage::Name { text } | PrincipalPage::Number { text, .. }) => {
            text.clone()
        }
        Page::Principal(PrincipalPage::Code { typed, .. }) => typed.reveal().to_owned(),
        Page::Identify(IdentifyPage::Code { typed, .. }) => typed.reveal().to_owned(),
        Page::Identify(IdentifyPage::Staff { typed, .. }) => "*".repeat(usize::from(*typed)),
        Page::Question(page) => match &page.ask {
            Ask::Text { text, .. } | Ask::Date { digits: text, .. } => text.clone(),
            Ask::Choice { .. }
            | Ask::Choices { .. }
            | Ask::YesNo { .. }
            | Ask::Statement { .. }
            | Ask::Region { .. }
            | Ask::Rows { .. } => String::new(),
        },
        _ => String::new(),
    }
}
