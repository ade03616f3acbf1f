//! What stands in a window, as plain data: every text, every place to touch, what is painted.
//!
//! The items of the running window are walked as the renderer and a screen reader walk them, so
//! that nothing has to be declared for the audit and nothing on a page can be left out of it.

use std::rc::Rc;

use i_slint_core::accessibility::{AccessibleStringProperty, SupportedAccessibilityAction};
use i_slint_core::items::{
    AccessibleRole, BasicBorderRectangle, BorderRectangle, Clip, ComplexText, Flickable,
    FocusScope, ItemRc, ItemRef, Opacity, Orientation, Rectangle, SimpleText,
    TextHorizontalAlignment, TextOverflow, TextVerticalAlignment, TextWrap, TouchArea, WindowItem,
};
use i_slint_core::window::{WindowAdapter, WindowInner};
use slint::Color;

use super::colour::over;
use super::rect::Rect;

/// Of the height of a line this part of the letters' size is blank above and below them
/// (Kiosk Sans has lines of 1.45).
pub(super) const BLANK: f32 = 0.18;

/// What takes every touch over the width of the window, down to its lower edge, and is at least so
/// high is a sheet.
const SHEET: f32 = 600.0;

/// Everything that stands in a window.
#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) window: Rect,
    /// Texts with words in them, in the order they are painted.
    pub(super) texts: Vec<Words>,
    /// Everything with a role, in the order it is painted.
    pub(super) elements: Vec<Element>,
    /// What reacts to a finger and belongs to no element with a role.
    pub(super) bare: Vec<Rect>,
    /// Elements that take the keyboard's focus, in its order: that of the items.
    pub(super) focus: Vec<usize>,
    /// Labels of those that take it although a sheet lies above them.
    pub(super) behind: Vec<String>,
    /// Places of columns that scroll; `true` where one is longer than its place.
    pub(super) columns: Vec<(Rect, bool)>,
}

/// Where something stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// All of it.
    pub(super) whole: Rect,
    /// What of it is not cut off by what is around it.
    pub(super) seen: Rect,
    /// The column it scrolls with.
    pub(super) column: Option<usize>,
}

/// One text.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) text: String,
    /// Its letters, without the blank of the line's height.
    pub(super) letters: Place,
    /// Width and height it has.
    pub(super) given: (f32, f32),
    /// Width and height it needs: of its longest word or, where it does not wrap, of all of it;
    /// and of all its lines.
    pub(super) needed: (f32, f32),
    /// Size of the letters.
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) colour: Color,
    /// What it is painted on, as the markup says.
    pub(super) ground: Color,
    /// What the drawn boxes around it have in common.
    pub(super) frame: Option<Rect>,
    /// The element it belongs to: itself where it speaks for itself.
    pub(super) element: Option<usize>,
    /// What is painted over it afterwards.
    pub(super) painted_over: Rect,
}

impl Words {
    /// Large letters need less contrast: from 60 px, bold ones from 48 px.
    pub(super) fn large(&self) -> bool {
        self.size >= if self.bold { 48.0 } else { 60.0 }
    }
}

/// Something with a role.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) role: AccessibleRole,
    pub(super) label: String,
    /// Value, description and hint.
    pub(super) more: Vec<String>,
    pub(super) place: Place,
    /// Reacts to a finger, or would if it were not greyed.
    pub(super) target: bool,
    pub(super) enabled: bool,
    /// A key of a keyboard.
    pub(super) key: bool,
    /// The element around it.
    pub(super) around: Option<usize>,
}

impl Scene {
    /// Reads `window` as it stands now. What lies behind a sheet is left out, for nobody can read
    /// or touch it.
    pub(super) fn read(window: &slint::Window) -> Self {
        let inner = WindowInner::from_pub(window);
        let size = window.size().to_logical(window.scale_factor());
        let all = Rect::new(0.0, 0.0, size.width, size.height);
        let mut reader = Reader {
            scene: Self {
                window: all,
                ..Self::default()
            },
            adapter: inner.window_adapter(),
            fills: Vec::new(),
        };
        // What comes and goes with another part, such as the bar of a long column, as it is drawn.
        inner.ensure_tree_instantiated();
        let root = ItemRc::new_root(inner.component());
        let around = Around {
            at: (0.0, 0.0),
            clip: all,
            column: None,
            element: None,
            frame: None,
            opacity: 1.0,
        };
        reader.visit(&root, around);
        reader.scene
    }

    /// Whether `inner` is a part of `outer`, or the same.
    pub(super) fn within(&self, inner: usize, outer: usize) -> bool {
        let mut at = Some(inner);
        while let Some(element) = at {
            if element == outer {
                return true;
            }
            at = self.elements.get(element).and_then(|it| it.around);
        }
        false
    }
}

/// What an item has from those around it.
#[derive(Clone, Copy)]
struct Around {
    at: (f32, f32),
    clip: Rect,
    column: Option<usize>,
    element: Option<usize>,
    frame: Option<Rect>,
    opacity: f32,
}

struct Reader {
    scene: Scene,
    adapter: Rc<dyn WindowAdapter>,
    /// What was painted so far.
    fills: Vec<(Place, Color)>,
}

/// What is painted of an item: its ground, and whether it has an edge.
fn painted(item: &ItemRc) -> Option<(Color, bool)> {
    let item = item.borrow();
    if let Some(window) = ItemRef::downcast_pin::<WindowItem>(item) {
        return Some((window.background().color(), false));
    }
    if let Some(plain) = ItemRef::downcast_pin::<Rectangle>(item) {
        return Some((plain.background().color(), false));
    }
    if let Some(edged) = ItemRef::downcast_pin::<BasicBorderRectangle>(item) {
        let edge = edged.border_width().get() > 0.0 && edged.border_color().color().alpha() > 0;
        return Some((edged.background().color(), edge));
    }
    let edged = ItemRef::downcast_pin::<BorderRectangle>(item)?;
    let edge = edged.border_width().get() > 0.0 && edged.border_color().color().alpha() > 0;
    Some((edged.background().color(), edge))
}

/// How a text is set.
struct Set {
    text: String,
    size: f32,
    bold: bool,
    colour: Color,
    across: TextHorizontalAlignment,
    down: TextVerticalAlignment,
    wrap: TextWrap,
    elides: bool,
}

/// The weight from which letters are bold.
const BOLD: i32 = 600;

fn set(item: &ItemRc) -> Option<Set> {
    let item = item.borrow();
    if let Some(text) = ItemRef::downcast_pin::<ComplexText>(item) {
        return Some(Set {
            text: text.text().to_string(),
            size: text.font_size().get(),
            bold: text.font_weight() >= BOLD,
            colour: text.color().color(),
            across: text.horizontal_alignment(),
            down: text.vertical_alignment(),
            wrap: text.wrap(),
            elides: text.overflow() == TextOverflow::Elide,
        });
    }
    let text = ItemRef::downcast_pin::<SimpleText>(item)?;
    Some(Set {
        text: text.text().to_string(),
        size: text.font_size().get(),
        bold: text.font_weight() >= BOLD,
        colour: text.color().color(),
        across: text.horizontal_alignment(),
        down: text.vertical_alignment(),
        wrap: TextWrap::NoWrap,
        elides: false,
    })
}

impl Reader {
    fn visit(&mut self, item: &ItemRc, mut around: Around) {
        let geometry = item.geometry();
        let whole = Rect::new(
            around.at.0 + geometry.origin.x,
            around.at.1 + geometry.origin.y,
            geometry.size.width,
            geometry.size.height,
        );
        let place = Place {
            whole,
            seen: whole.and(around.clip),
            column: around.column,
        };
        if let Some(clip) = ItemRef::downcast_pin::<Clip>(item.borrow())
            && clip.is_visibility_clip()
            && clip.clip()
        {
            return;
        }
        if let Some(opacity) = ItemRef::downcast_pin::<Opacity>(item.borrow()) {
            around.opacity *= opacity.opacity();
        }
        self.paint(item, place, &mut around);
        if item.is_accessible() && item.accessible_role() != AccessibleRole::None {
            self.element(item, place, &mut around);
        }
        self.touch(item, place, around);
        self.write(item, place, around);
        around.at = (whole.x, whole.y);
        if item.borrow().as_ref().clips_children() {
            around.clip = place.seen;
        }
        if let Some(column) = ItemRef::downcast_pin::<Flickable>(item.borrow()) {
            let longer = column.content_height().get() > whole.height + 1.0;
            around.column = Some(self.scene.columns.len());
            around.frame = None;
            self.scene.columns.push((place.seen, longer));
        }
        let mut child = item.first_child();
        while let Some(next) = child {
            self.visit(&next, around);
            child = next.next_sibling();
        }
    }

    fn paint(&mut self, item: &ItemRc, place: Place, around: &mut Around) {
        let Some((colour, edge)) = painted(item) else {
            return;
        };
        let alpha = f32::from(colour.alpha()) / 255.0 * around.opacity;
        if alpha <= 0.0 && !edge {
            return;
        }
        around.frame = Some(around.frame.map_or(place.whole, |it| it.and(place.whole)));
        if alpha <= 0.0 {
            return;
        }
        for text in &mut self.scene.texts {
            let hidden = text.letters.seen.and(place.seen);
            text.painted_over = text.painted_over.or(hidden);
        }
        self.fills.push((place, colour.with_alpha(alpha)));
    }

    fn element(&mut self, item: &ItemRc, place: Place, around: &mut Around) {
        use AccessibleStringProperty as Property;
        let says = |property| {
            let said = item.accessible_string_property(property);
            said.map(|said| said.to_string()).unwrap_or_default()
        };
        let more = [
            Property::Value,
            Property::Description,
            Property::PlaceholderText,
        ];
        let actions = item.supported_accessibility_actions();
        self.scene.elements.push(Element {
            role: item.accessible_role(),
            label: says(Property::Label),
            more: more.map(says).into(),
            place,
            target: actions.contains(SupportedAccessibilityAction::Default),
            enabled: says(Property::Enabled) != "false",
            key: says(Property::Id) == "key",
            around: around.element,
        });
        around.element = Some(self.scene.elements.len() - 1);
    }

    fn touch(&mut self, item: &ItemRc, place: Place, around: Around) {
        if let Some(scope) = ItemRef::downcast_pin::<FocusScope>(item.borrow())
            && scope.enabled()
            && scope.focus_on_tab_navigation()
        {
            self.scene.focus.extend(around.element);
        }
        let Some(area) = ItemRef::downcast_pin::<TouchArea>(item.borrow()) else {
            return;
        };
        if !area.enabled() {
            return;
        }
        let reacts = area.clicked.has_handler()
            || area.pointer_event.has_handler()
            || area.moved.has_handler();
        let element = around
            .element
            .and_then(|element| self.scene.elements.get_mut(element));
        match element {
            Some(element) if reacts => element.target = true,
            None if reacts => self.scene.bare.push(place.seen),
            _ => self.sheet(place.seen),
        }
    }

    /// What takes every touch and does nothing covers what was there before, when it is as large as
    /// a sheet; a keyboard is not, for it stands above the foot.
    fn sheet(&mut self, seen: Rect) {
        let window = self.scene.window;
        let below = window.bottom() - seen.bottom();
        if seen.width < window.width - 1.0 || seen.height < SHEET || below > 1.0 {
            return;
        }
        let below = std::mem::take(&mut self.scene);
        let label = |element: &usize| Some(below.elements.get(*element)?.label.clone());
        self.scene.behind = below.focus.iter().filter_map(label).collect();
        self.scene.window = window;
    }

    fn write(&mut self, item: &ItemRc, place: Place, around: Around) {
        let Some(set) = set(item) else {
            return;
        };
        if set.text.trim().is_empty() || around.opacity <= 0.0 {
            return;
        }
        let (across, down) = (
            item.borrow()
                .as_ref()
                .layout_info(Orientation::Horizontal, -1.0, &self.adapter, item),
            item.borrow().as_ref().layout_info(
                Orientation::Vertical,
                place.whole.width,
                &self.adapter,
                item,
            ),
        );
        let (longest, lines) = (across.preferred, down.preferred);
        let wraps = set.wrap != TextWrap::NoWrap;
        let needed = if wraps { across.min } else { longest };
        let whole = letters(&set, place.whole, longest, lines);
        let letters = Place {
            whole,
            seen: whole.and(around.clip),
            column: place.column,
        };
        let ground = self.ground(letters);
        self.scene.texts.push(Words {
            letters,
            given: (place.whole.width, place.whole.height),
            needed: (
                if set.elides && !wraps {
                    longest
                } else {
                    needed
                },
                lines,
            ),
            size: set.size,
            bold: set.bold,
            colour: over(
                set.colour
                    .with_alpha(f32::from(set.colour.alpha()) / 255.0 * around.opacity),
                ground,
            ),
            ground,
            frame: around.frame,
            element: around.element,
            painted_over: Rect::default(),
            text: set.text,
        });
    }

    /// What is painted in the middle of `place`, the last on top. What scrolls is asked where it
    /// will stand when it is in sight.
    fn ground(&self, place: Place) -> Color {
        let middle = |rect: Rect| {
            let (x, y) = (rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
            Rect::new(x, y, 0.0, 0.0)
        };
        let own = middle(place.whole);
        let column = place.column.and_then(|at| self.scene.columns.get(at));
        let beside = column.map_or(own, |(column, _)| middle(*column));
        self.fills
            .iter()
            .filter(|(fill, _)| {
                if fill.column == place.column {
                    own.beyond(fill.whole) <= 0.0
                } else {
                    beside.beyond(fill.seen) <= 0.0
                }
            })
            .fold(Color::from_rgb_u8(255, 255, 255), |below, (_, colour)| {
                over(*colour, below)
            })
    }
}

/// Where the letters of a text stand that is `longest` in one line and `lines` high.
fn letters(set: &Set, place: Rect, longest: f32, lines: f32) -> Rect {
    let width = if set.wrap == TextWrap::NoWrap {
        longest
    } else {
        longest.min(place.width)
    };
    let blank = set.size * BLANK;
    let left = match set.across {
        TextHorizontalAlignment::Center => (place.width - width) / 2.0,
        TextHorizontalAlignment::Right | TextHorizontalAlignment::End => place.width - width,
        _ => 0.0,
    };
    let top = match set.down {
        TextVerticalAlignment::Center => (place.height - lines) / 2.0,
        TextVerticalAlignment::Bottom => place.height - lines,
        _ => 0.0,
    };
    Rect::new(
        place.x + left,
        place.y + top + blank,
        width,
        lines - 2.0 * blank,
    )
}
