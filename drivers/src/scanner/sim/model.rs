//! What kind of scanner stands there, and the sheets in its feeder.

use std::collections::VecDeque;

/// Sheets a feeder holds at most.
const MAX_SHEETS: usize = 200;
/// Pages waiting to be put on the glass.
const MAX_PAGES: usize = 64;

/// What kind of scanner it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Maker and model.
    pub name: String,
    /// What its answers call the server.
    pub server: String,
    /// Whether it has a glass.
    pub platen: bool,
    /// Its feeder.
    pub feeder: Feeder,
    /// The longest region of its feeder, in 1/300 inch; what is fed is cut there.
    pub feeder_length: u32,
}

/// What kind of feeder a scanner has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feeder {
    /// None.
    #[default]
    None,
    /// One for front sides.
    Simplex,
    /// One for both sides.
    Duplex,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            name: "Simulated flatbed".to_owned(),
            server: "simulated-scanner".to_owned(),
            platen: true,
            feeder: Feeder::None,
            feeder_length: 3508,
        }
    }
}

/// What lies on the glass.
#[derive(Debug, Clone, Default)]
pub(super) enum OnGlass {
    /// A page that is drawn in the size asked for.
    #[default]
    Drawn,
    /// Nothing: the white of the lid.
    Nothing,
    /// This page, a JPEG.
    Paper(Vec<u8>),
}

/// The glass, and the pages that wait for it.
#[derive(Debug, Default)]
pub(super) struct Glass {
    lies: OnGlass,
    waiting: VecDeque<Vec<u8>>,
}

impl Glass {
    pub(super) fn wait(&mut self, page: Vec<u8>) {
        if self.waiting.len() < MAX_PAGES {
            self.waiting.push_back(page);
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self {
            lies: OnGlass::Nothing,
            waiting: VecDeque::new(),
        };
    }

    /// What is scanned: the next page that waits, put in place of the one that lies there.
    pub(super) fn scanned(&mut self) -> OnGlass {
        if let Some(page) = self.waiting.pop_front() {
            self.lies = OnGlass::Paper(page);
        }
        self.lies.clone()
    }

    /// What a look sees: the page that will be scanned.
    pub(super) fn seen(&self) -> OnGlass {
        let next = self.waiting.front().cloned();
        next.map_or_else(|| self.lies.clone(), OnGlass::Paper)
    }
}

/// One sheet in the feeder; a side without a picture is drawn in the size asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The front, a JPEG.
    pub front: Option<Vec<u8>>,
    /// The back, a JPEG.
    pub back: Option<Vec<u8>>,
}

/// The pile in the feeder.
#[derive(Debug, Default)]
pub(super) struct Pile {
    sheets: VecDeque<Sheet>,
    /// The back of the sheet whose front is through.
    back: Option<Option<Vec<u8>>>,
}

impl Pile {
    pub(super) fn lay(&mut self, sheet: Sheet) {
        if self.sheets.len() < MAX_SHEETS {
            self.sheets.push_back(sheet);
        }
    }

    /// Sheets that lie there; one whose back is still to come counts no more.
    pub(super) fn sheets(&self) -> usize {
        self.sheets.len()
    }

    pub(super) fn is_through(&self) -> bool {
        self.sheets.is_empty() && self.back.is_none()
    }

    /// The next side: a picture, or one to be drawn; `None` when all are through.
    pub(super) fn next_side(&mut self, both: bool) -> Option<Option<Vec<u8>>> {
        if let Some(back) = self.back.take() {
            return Some(back);
        }
        let sheet = self.sheets.pop_front()?;
        self.back = both.then_some(sheet.back);
        Some(sheet.front)
    }

    /// A sheet half through is thrown out by the end of its job.
    pub(super) fn eject(&mut self) {
        self.back = None;
    }
}
