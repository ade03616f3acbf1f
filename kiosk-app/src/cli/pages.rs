//! What the commands tell of the pages they made.

use kiosk_paper::scan::{Advice, Facing, FittedPage, FlatPage, PageCode, Quarter, SideMark};
use serde_json::{Value, json};

/// A page ready to be filed, and what is said of it.
pub(super) struct Ready {
    pub(super) page: FittedPage,
    pub(super) said: Said,
}

/// What is said of a page.
pub(super) struct Said {
    pub(super) skew_degrees: Option<f64>,
    /// Degrees with the clock by which it was turned to stand upright.
    pub(super) turned: u16,
    pub(super) advice: Vec<Advice>,
    /// `None`: nobody asked.
    pub(super) codes: Option<Vec<PageCode>>,
}

impl Said {
    pub(super) fn of(flat: &FlatPage, facing: Facing, codes: Option<Vec<PageCode>>) -> Self {
        Self {
            skew_degrees: flat.skew_degrees,
            turned: match facing {
                Facing::Turn(Quarter::Right) => 90,
                Facing::Turn(Quarter::Half) => 180,
                Facing::Turn(Quarter::Left) => 270,
                Facing::Unknown | Facing::Upright | Facing::Sideways => 0,
            },
            advice: flat.advice.clone(),
            codes,
        }
    }

    /// Adds the advice to turn a page over that shows the side `before` showed.
    pub(super) fn compare(&mut self, mark: &SideMark, before: Option<&SideMark>) {
        if before.is_some_and(|before| before.is_same(mark)) {
            self.advice.push(Advice::SameSide);
        }
    }
}

impl Ready {
    /// The object of `--json`.
    pub(super) fn json(&self, name: &str) -> Value {
        let quality: Vec<&str> = self.said.advice.iter().map(|one| one.name()).collect();
        let mut object = json!({
            "file": name,
            "widthPx": self.page.width_px,
            "heightPx": self.page.height_px,
            "dpi": self.page.dpi,
            "skewDegrees": self.said.skew_degrees.map(hundredths),
            "turnedDegrees": self.said.turned,
            "quality": quality,
        });
        if let Some(codes) = &self.said.codes {
            let code = |code: &PageCode| {
                let (kind, text) = (code.kind.name(), &code.text);
                json!({"kind": kind, "text": text, "cut": code.cut})
            };
            object["codes"] = codes.iter().map(code).collect();
        }
        object
    }

    /// One line, and a line for each thing to mend and each code.
    pub(super) fn words(&self, name: &str) -> String {
        let (width, height) = (self.page.width_px, self.page.height_px);
        let mut words = format!("{name} {width} x {height}");
        if self.said.turned != 0 {
            words.push_str(&format!(", turned by {} degrees", self.said.turned));
        }
        for one in &self.said.advice {
            words.push_str(&format!("\n  {}: {}", one.name(), one.hint()));
        }
        for code in self.said.codes.iter().flatten() {
            words.push_str(&format!("\n  {}: {}", code.kind.name(), code.text));
        }
        words
    }
}

/// A number without what nobody measures, and without a zero below zero.
fn hundredths(degrees: f64) -> f64 {
    (degrees * 100.0).round() / 100.0 + 0.0
}
