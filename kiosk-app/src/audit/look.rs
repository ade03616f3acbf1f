//! One look at one page: it is shown as the kiosk shows it, read, and held against the rules.

use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use kiosk_core::screen::Lang;
use kiosk_core::{Contrast, Display, Screen};
use kiosk_paper::Picture;
use kiosk_ui::{self as ui, KeyboardAdapter};
use slint::{ComponentHandle, Model};

use super::AuditError;
use super::combination::Combination;
use super::found::Found;
use super::pages::{Sample, Then};
use super::rules::glyphs::Glyphs;
use super::rules::pixels::Pixels;
use super::rules::words::Said;
use super::rules::{contrast, cut, focus, overlap, pixels, private, spoken, targets};
use super::scene::Scene;
use crate::headless::Canvas;
use crate::memory::VisitMemory;
use crate::samples;
use crate::slips::Standing;
use crate::view::Surroundings;
use crate::words::Words;

/// The strokes, as they are drawn on keys.
const STROKES: [&str; 5] = ["一", "丨", "丿", "丶", "\u{200cc}"];

/// A turn of the wheel of a page that waits, as its markup says.
#[cfg(test)]
const WHEEL: Duration = Duration::from_millis(2400);

/// How long a page is given after a touch.
const SETTLE: Duration = Duration::from_millis(300);

/// What was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    pub(super) looks: usize,
    pub(super) drawn: usize,
    pub(super) texts: usize,
    pub(super) targets: usize,
}

impl Count {
    pub(super) fn add(&mut self, other: Self) {
        self.looks += other.looks;
        self.drawn += other.drawn;
        self.texts += other.texts;
        self.targets += other.targets;
    }
}

/// The rules with what they know.
pub(super) struct Rules {
    glyphs: Glyphs,
    said: Said,
}

impl Rules {
    pub(super) fn new() -> Result<Self, AuditError> {
        Ok(Self {
            glyphs: Glyphs::new()?,
            said: Said::new(),
        })
    }

    /// Holds what stands in a window against every rule that needs no picture; `own` is what the
    /// other language may stand in.
    pub(super) fn hold(&self, scene: &Scene, screen: &Screen, own: &[String]) -> Vec<Found> {
        let mut found = Vec::new();
        targets::check(scene, &mut found);
        contrast::check(scene, &mut found);
        cut::check(scene, &turns(screen.lang), &mut found);
        overlap::check(scene, &mut found);
        self.glyphs.check(scene, &mut found);
        spoken::check(scene, &mut found);
        focus::check(scene, &mut found);
        private::check(scene, screen, &mut found);
        self.said.check(scene, screen, own, &mut found);
        found
    }
}

/// A window in memory with the rules; one per thread.
pub(super) struct Looker {
    canvas: Canvas,
    memory: VisitMemory,
    rules: Rules,
    size: (u32, u32),
    number: u32,
    pub(super) count: Count,
}

fn surroundings(glyphs: Glyphs) -> Surroundings {
    Surroundings {
        standing: Standing {
            city: samples::text("云汀市政务服务", "Yunting City Services"),
            station: samples::text("自助服务区", "Self-service Area"),
            phone: "000-5550-0031".to_owned(),
            ..Standing::default()
        },
        simulated: true,
        now: Box::new(|| date(2026, 11, 23).at(14, 36, 0, 0)),
        has_glyph: Box::new(move |character| glyphs.has(character)),
    }
}

impl Looker {
    pub(super) fn new() -> Result<Self, AuditError> {
        let size = (1080, 1920);
        let canvas = Canvas::new(size.0, size.1, |_, _| {}, surroundings(Glyphs::new()?))?;
        let mut memory = VisitMemory::default();
        // A page of paper; its number is the one the samples name.
        if let Some(page) = Picture::new(210, 297, false, vec![200; 210 * 297]) {
            memory.keep(page, None);
        }
        Ok(Self {
            canvas,
            memory,
            rules: Rules::new()?,
            size,
            number: 0,
            count: Count::default(),
        })
    }

    /// Shows `sample` and says what is wrong with it; `draw` looks at its pixels too.
    pub(super) fn look(
        &mut self,
        sample: &Sample,
        lang: Lang,
        combination: Combination,
        draw: bool,
    ) -> Vec<Found> {
        self.show(sample, lang, combination);
        let scene = Scene::read(self.canvas.window().window());
        let mut screen = sample.screen.clone();
        screen.lang = lang;
        let mut found = self.rules.hold(&scene, &screen, &self.keys());
        if draw {
            self.canvas.with_pixels(|width, all| {
                pixels::check(&scene, &Pixels { width, all }, &mut found);
            });
        }
        self.count.add(Count {
            looks: 1,
            drawn: usize::from(draw),
            texts: scene.texts.len(),
            targets: scene.elements.iter().filter(|it| it.target).count(),
        });
        found
    }

    /// What a page looks like; `None` never happens as long as a window has its size.
    #[cfg(test)]
    pub(super) fn picture(
        &mut self,
        sample: &Sample,
        lang: Lang,
        combination: Combination,
    ) -> Option<Picture> {
        // Always at the same place of the wheel, and always as long after the page came: what moves once has arrived,
        // what counts seconds has counted as many.
        self.canvas.pass_to(WHEEL);
        self.show(sample, lang, combination);
        self.canvas.pass(WHEEL);
        self.canvas.picture()
    }

    fn show(&mut self, sample: &Sample, lang: Lang, combination: Combination) {
        if self.size != combination.size {
            self.size = combination.size;
            self.canvas.resize(self.size.0, self.size.1);
        }
        self.number += 1;
        let mut screen = sample.screen.clone();
        screen.number.0 = self.number;
        screen.lang = lang;
        screen.display = combination.display;
        // A kiosk with real devices does not say that they are simulated.
        let frame = self.canvas.window().global::<ui::Frame>();
        frame.set_simulated(simulated(combination.display));
        self.canvas.show(&screen, &self.memory);
        match sample.then {
            Then::Nothing => return,
            Then::Search(keys) => {
                self.touch_field();
                self.type_keys(keys);
            }
            Then::Keys(mode, keys) => {
                self.keyboard().invoke_pick_mode(mode);
                self.type_keys(keys);
            }
        }
        self.canvas.pass(SETTLE);
    }

    fn keyboard(&self) -> KeyboardAdapter<'_> {
        self.canvas.window().global::<KeyboardAdapter>()
    }

    fn touch_field(&self) {
        let scene = Scene::read(self.canvas.window().window());
        let label = |it: &&super::scene::Element| {
            it.role == i_slint_core::items::AccessibleRole::TextInput && it.target
        };
        if let Some(field) = scene.elements.iter().find(label) {
            let place = field.place.whole;
            self.canvas
                .click(place.x + place.width / 2.0, place.y + place.height / 2.0);
            self.canvas.pass(SETTLE);
        }
    }

    fn type_keys(&self, keys: &str) {
        for key in keys.chars() {
            self.keyboard().invoke_key(key.to_string().into());
        }
    }

    /// What stands on keys and among candidates, and what is being typed: characters, whatever the
    /// language.
    fn keys(&self) -> Vec<String> {
        let keyboard = self.keyboard();
        let rows = [
            keyboard.get_first_row(),
            keyboard.get_second_row(),
            keyboard.get_third_row(),
        ];
        let candidates = keyboard.get_candidates();
        rows.iter()
            .flat_map(|row| row.iter().map(String::from).collect::<Vec<_>>())
            .chain(candidates.iter().map(|it| it.text.into()))
            .chain(STROKES.map(str::to_owned))
            .chain([keyboard.get_composition().into()])
            .collect()
    }

    /// Keeps a picture of what is shown.
    pub(super) fn keep(
        &self,
        folder: &Path,
        number: usize,
        page: &str,
        lang: &str,
        combination: Combination,
    ) -> Result<(), AuditError> {
        let plain = |text: String| text.replace(|c: char| !c.is_alphanumeric(), "-");
        let name = plain(format!("{number:04} {page} {lang} {combination}"));
        Ok(self.canvas.save_png(&folder.join(format!("{name}.png")))?)
    }
}

fn simulated(display: Display) -> bool {
    matches!(
        display.contrast,
        Contrast::Standard | Contrast::BlackOnWhite
    )
}

/// The words on the buttons that show more of a list or a column.
fn turns(lang: Lang) -> Vec<String> {
    let keys = ["turn.up", "turn.down", "turn.previous", "turn.next"];
    keys.map(|key| Words(lang).get(key)).into()
}
