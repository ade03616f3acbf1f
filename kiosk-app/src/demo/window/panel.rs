//! The panel beside the kiosk's window: shows the groups and does what is pressed.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use kiosk_core::screen::Lang;
use kiosk_ui::{FaultPanel, PanelGroup, PanelTick};
use slint::{ComponentHandle, Model, ModelRc, SharedString, Timer, TimerMode, VecModel};

use super::groups::{GROUPS, Group, Tick};
use super::{DemoWindowError, Stage};
use crate::demo::devices::SampleCard;
use crate::demo::headless::piece_picture;
use crate::words::Words;

/// How often the panel looks at the printer's paper and the language of the screen.
const LOOK: Duration = Duration::from_millis(500);

/// The panel's window and what it shows.
pub(super) struct Panel {
    window: FaultPanel,
    groups: Rc<VecModel<PanelGroup>>,
    stage: Rc<Stage>,
    lang: Cell<Lang>,
    /// Pieces of paper seen so far.
    pieces: Cell<usize>,
}

/// Opens the panel; dropping the timer ends its looking.
///
/// # Errors
/// [`DemoWindowError::Panel`].
pub(super) fn open(stage: &Rc<Stage>) -> Result<(Rc<Panel>, Timer), DemoWindowError> {
    let window = FaultPanel::new().map_err(DemoWindowError::Panel)?;
    let lang = Lang::ZhHans;
    let groups = GROUPS.iter().map(|group| shown(group, lang, stage));
    let panel = Rc::new(Panel {
        groups: Rc::new(VecModel::from_iter(groups)),
        window,
        stage: Rc::clone(stage),
        lang: Cell::new(lang),
        pieces: Cell::new(0),
    });
    let groups = ModelRc::from(Rc::clone(&panel.groups));
    panel.window.set_groups(groups);
    hands(&panel);
    let weak = Rc::downgrade(&panel);
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, LOOK, move || {
        if let Some(panel) = weak.upgrade() {
            panel.look();
        }
    });
    panel.window.show().map_err(DemoWindowError::Panel)?;
    Ok((panel, timer))
}

/// A group with nothing wrong.
fn shown(group: &Group, lang: Lang, stage: &Stage) -> PanelGroup {
    let words = Words(lang);
    let cards = if group.cards { &stage.cards[..] } else { &[] };
    PanelGroup {
        name: words.get(group.name).into(),
        choices: model(cards.iter().map(SampleCard::name).map(SharedString::from)),
        chosen: -1,
        take_away: words.get("panel.remove-card").into(),
        buttons: model(
            group
                .buttons
                .iter()
                .map(|deed| words.get(deed.words).into()),
        ),
        ticks: model(group.ticks.iter().map(|tick| PanelTick {
            text: words.get(tick.words).into(),
            on: false,
        })),
    }
}

fn model<T: Clone + 'static>(rows: impl Iterator<Item = T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from_iter(rows))
}

fn place(index: i32) -> Option<usize> {
    usize::try_from(index).ok()
}

/// Lets the panel's touches act. What cannot be done leaves the panel as it was.
fn hands(panel: &Rc<Panel>) {
    let weak = Rc::downgrade(panel);
    panel.window.on_choose(move |group, card| {
        if let (Some(panel), Some(group)) = (weak.upgrade(), place(group)) {
            panel.choose(group, card);
        }
    });
    let weak = Rc::downgrade(panel);
    panel.window.on_press(move |group, button| {
        let (Some(panel), Some(group), Some(button)) =
            (weak.upgrade(), place(group), place(button))
        else {
            return;
        };
        let deed = GROUPS
            .get(group)
            .and_then(|group| group.buttons.get(button));
        if let Some(deed) = deed {
            done((deed.act)(&panel.stage));
        }
    });
    let weak = Rc::downgrade(panel);
    panel.window.on_tick(move |group, tick, on| {
        if let (Some(panel), Some(group), Some(tick)) = (weak.upgrade(), place(group), place(tick))
        {
            panel.tick(group, tick, on);
        }
    });
}

/// Whether it could be done.
fn done(result: io::Result<()>) -> bool {
    if let Err(error) = &result {
        tracing::error!("{}", crate::work::chain(error));
    }
    result.is_ok()
}

impl Panel {
    /// Its window.
    pub(super) fn window(&self) -> &FaultPanel {
        &self.window
    }

    fn choose(&self, group: usize, card: i32) {
        let before = self.stage.card.replace(place(card));
        if !done(self.stage.lay_cards()) {
            self.stage.card.set(before);
            return;
        }
        if let Some(shown) = self.groups.row_data(group) {
            let chosen = PanelGroup {
                chosen: card,
                ..shown
            };
            self.groups.set_row_data(group, chosen);
        }
    }

    fn tick(&self, group: usize, at: usize, on: bool) {
        let (Some(known), Some(shown)) = (GROUPS.get(group), self.groups.row_data(group)) else {
            return;
        };
        let Some(tick) = known.ticks.get(at) else {
            return;
        };
        if !done((tick.act)(&self.stage, on)) {
            return;
        }
        let healed = |other: &Tick| !on && tick.heals.contains(&other.words);
        for (place, other) in known.ticks.iter().enumerate() {
            if let Some(row) = shown.ticks.row_data(place)
                && (place == at || healed(other))
            {
                shown.ticks.set_row_data(place, PanelTick { on, ..row });
            }
        }
    }

    fn look(&self) {
        self.look_at_paper();
        let lang = self.stage.lang();
        if self.lang.replace(lang) != lang {
            self.relabel(lang);
        }
    }

    /// Speaks as the kiosk does.
    fn relabel(&self, lang: Lang) {
        for (place, group) in GROUPS.iter().enumerate() {
            let Some(before) = self.groups.row_data(place) else {
                continue;
            };
            let now = shown(group, lang, &self.stage);
            for (row, (tick, old)) in now.ticks.iter().zip(before.ticks.iter()).enumerate() {
                now.ticks
                    .set_row_data(row, PanelTick { on: old.on, ..tick });
            }
            let chosen = before.chosen;
            self.groups
                .set_row_data(place, PanelGroup { chosen, ..now });
        }
    }

    /// Shows the last slip that came out.
    fn look_at_paper(&self) {
        let stage = self.stage.place.borrow();
        let printer = &stage.devices.printer;
        let pieces = printer.device(|recorded| recorded.printer.pieces());
        if pieces.len() == self.pieces.replace(pieces.len()) {
            return;
        }
        let last = pieces.iter().rev().find(|piece| !piece.is_blank());
        let Some((width, height, grey)) = last.and_then(piece_picture) else {
            return;
        };
        let rgb: Vec<u8> = grey.iter().flat_map(|dot| [*dot; 3]).collect();
        let pixels = slint::SharedPixelBuffer::clone_from_slice(&rgb, width, height);
        self.window.set_slip(slint::Image::from_rgb8(pixels));
        self.window.set_has_slip(true);
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        // A panel that cannot be hidden is gone with the program.
        drop(self.window.hide());
    }
}
