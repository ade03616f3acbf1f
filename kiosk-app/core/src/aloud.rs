//! Reading aloud: what the keypad walks over, and how a text is spelt without seeing.
//!
//! A blind person hears the page, walks a cursor over what can be touched on it, and takes what
//! was read. What is heard is made from the same [`Screen`] as the picture; here is only where the
//! cursor is. Taking something is the touch itself, so that nothing can be done by keypad that a
//! finger cannot do.

use crate::appointment::{AppointmentPage, Deed};
use crate::display::{Contrast, TextSize};
use crate::enquiry::EnquiryPage;
use crate::screen::{
    AgentsShown, Ask, DeliveryPage, FindPage, IdentifyPage, Keyboard, Lang, MaterialsPage, Overlay,
    Page, PageNumber, PortraitPage, PrincipalPage, QuestionPage, ResultShown, ReviewPage, ScanPage,
    Screen, SlipState, Turn,
};
use crate::touch::Touch;

/// The keys of the keypad, as the core knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The stop or character before.
    Up,
    /// The stop or character after.
    Down,
    /// The list page before.
    Left,
    /// The list page after.
    Right,
    /// Take what was read.
    Select,
    /// Back, or out of the spelling.
    Back,
    /// Read it again; where nothing is read aloud yet: begin to.
    Repeat,
    /// Louder.
    VolumeUp,
    /// Softer.
    VolumeDown,
    /// Help.
    Help,
    /// A digit, 0 to 9, on keypads that have them.
    Digit(u8),
}

impl Key {
    /// The kind of key without the digit, for the visit's record.
    #[must_use]
    pub fn shape(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Left => "left",
            Self::Right => "right",
            Self::Select => "select",
            Self::Back => "back",
            Self::Repeat => "repeat",
            Self::VolumeUp => "volume-up",
            Self::VolumeDown => "volume-down",
            Self::Help => "help",
            Self::Digit(_) => "digit",
        }
    }
}

/// A key that went down, with the page it was pressed on and fresh random bytes, as a touch has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Press {
    /// The number of the screen it was pressed on.
    pub page: PageNumber,
    /// Which key.
    pub key: Key,
    /// Drawn by the shell for this press.
    pub random: [u8; 16],
}

/// A digit belongs to a person: only the shape is printed.
impl std::fmt::Debug for Press {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key.shape())
    }
}

/// How loud, from 1 to [`Volume::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Volume(u8);

impl Volume {
    /// The loudest.
    pub const MOST: u8 = 10;

    /// 1 to [`Self::MOST`].
    #[must_use]
    pub const fn step(self) -> u8 {
        self.0
    }

    pub(crate) fn louder(self) -> Self {
        Self((self.0 + 1).min(Self::MOST))
    }

    pub(crate) fn softer(self) -> Self {
        Self(self.0.saturating_sub(1).max(1))
    }
}

impl Default for Volume {
    fn default() -> Self {
        Self(6)
    }
}

/// The ear's part of a [`Screen`]. Whether anything is read aloud is said by its
/// [`crate::Display`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aloud {
    /// This kiosk has a voice.
    pub voice: bool,
    /// The stop the cursor is on; `None` while the page itself is read.
    pub cursor: Option<usize>,
    /// A text is being spelt.
    pub spelling: Option<Spelling>,
    /// How loud.
    pub volume: Volume,
    /// The headphones were pulled out: nothing is said until they are back or it is asked for.
    pub hushed: bool,
    /// Grows by one whenever the page is to be read again.
    pub repeats: u32,
    /// Grows by one whenever only the stop is to be read again.
    pub again: u32,
}

/// A text being spelt with two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// What can be typed.
    pub keyboard: Keyboard,
    /// The place in [`letters`]; `None` before the first step.
    pub at: Option<usize>,
}

/// One thing the spelling can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    /// Type it.
    Char(char),
    /// Take the last one away.
    Erase,
    /// The text is whole.
    Done,
}

/// What can be spelt on a keyboard: its characters, then erase and done. Going up from the first
/// character finds "done" at once.
#[must_use]
pub fn letters(keyboard: Keyboard) -> Vec<Letter> {
    let characters = match keyboard {
        Keyboard::Full => "abcdefghijklmnopqrstuvwxyz0123456789 -.,@",
        Keyboard::Latin => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-",
        Keyboard::Digits => "0123456789",
        Keyboard::IdNumber => "0123456789X",
        Keyboard::Money => "0123456789.",
        Keyboard::Zone => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<",
    };
    let characters = characters.chars().map(Letter::Char);
    characters.chain([Letter::Erase, Letter::Done]).collect()
}

/// Something the cursor stops at.
#[derive(Clone, PartialEq)]
pub enum Stop {
    /// The field of the page: taking it begins to spell.
    Field,
    /// Taking it is this touch.
    Touch(Touch),
}

impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field => f.write_str("field"),
            Self::Touch(touch) => touch.fmt(f),
        }
    }
}

/// The keyboard of the page's field; `None` where nothing is typed.
#[must_use]
pub fn field(screen: &Screen) -> Option<Keyboard> {
    if screen.overlay.is_some() {
        return None;
    }
    match &screen.page {
        Page::Find(_)
        | Page::Delivery(DeliveryPage::Address { .. })
        | Page::Principal(PrincipalPage::Name { .. })
        | Page::Enquiry(EnquiryPage::Typed { .. }) => Some(Keyboard::Full),
        Page::Principal(PrincipalPage::Number { .. }) => Some(Keyboard::IdNumber),
        Page::Identify(IdentifyPage::Code { .. } | IdentifyPage::Staff { .. })
        | Page::Principal(PrincipalPage::Code { .. }) => Some(Keyboard::Digits),
        Page::Question(page) => match &page.ask {
            Ask::Text { keyboard, .. } => Some(*keyboard),
            Ask::Date { .. } => Some(Keyboard::Digits),
            Ask::Choice { .. }
            | Ask::Choices { .. }
            | Ask::YesNo { .. }
            | Ask::Statement { .. }
            | Ask::Region { .. }
            | Ask::Rows { .. } => None,
        },
        Page::Idle(_)
        | Page::Start(_)
        | Page::Guide(_)
        | Page::Identify(_)
        | Page::Principal(_)
        | Page::Wait(_)
        | Page::Notice(_)
        | Page::Facts(_)
        | Page::Materials(_)
        | Page::Material(_)
        | Page::Delivery(_)
        | Page::Scan(_)
        | Page::Portrait(_)
        | Page::Review(_)
        | Page::Document(_)
        | Page::Sign(_)
        | Page::Submit(_)
        | Page::Done(_)
        | Page::Rate(_)
        | Page::Goodbye(_)
        | Page::Matters(_)
        | Page::Matter(_)
        | Page::CheckIn(_)
        | Page::Appointment(_)
        | Page::Withdraw(_)
        | Page::Enquiry(_)
        | Page::Service(_) => None,
    }
}

/// Everything that can be touched on a screen, in the order of the walk: the page from top to
/// bottom, then its primary action, then the rest of the frame. What lies above the page stands
/// alone.
#[must_use]
pub fn stops(screen: &Screen) -> Vec<Stop> {
    let mut walk = Walk(Vec::new());
    match &screen.overlay {
        Some(overlay) => above(screen, overlay, &mut walk),
        None => {
            page(screen, &mut walk);
            frame(screen, &mut walk);
        }
    }
    walk.0
}

/// What is touched where the page was heard and nothing was walked to: the page's first action.
/// Nothing ends a visit so.
pub(crate) fn first_action(screen: &Screen) -> Option<Touch> {
    match (&screen.overlay, &screen.page) {
        (Some(Overlay::TimeOut { .. }), _) => Some(Touch::MoreTime),
        (Some(Overlay::ConfirmEnd { .. } | Overlay::Display | Overlay::Help { .. }), _) => {
            Some(Touch::Close)
        }
        (Some(Overlay::Cover { .. }), _) => None,
        (None, Page::Idle(page)) => page.halted.is_none().then_some(Touch::Start),
        (None, _) => {
            let primary = screen.foot.primary.filter(|primary| primary.enabled);
            primary.map(|_| Touch::Next)
        }
    }
}

struct Walk(Vec<Stop>);

impl Walk {
    fn stop(&mut self, touch: Touch) {
        self.0.push(Stop::Touch(touch));
    }

    fn stop_if(&mut self, offered: bool, touch: Touch) {
        if offered {
            self.stop(touch);
        }
    }

    fn each(&mut self, count: usize, touch: fn(usize) -> Touch) {
        self.0.extend((0..count).map(|at| Stop::Touch(touch(at))));
    }

    fn turn(&mut self, turn: Turn) {
        self.stop_if(turn.at > 1, Touch::Turn(-1));
        self.stop_if(turn.at < turn.of, Touch::Turn(1));
    }

    fn result(&mut self, result: Option<&ResultShown>) {
        let prints = result.is_some_and(|result| result.printing.prints_on_touch());
        self.stop_if(prints, Touch::Pick(0));
    }
}

fn page(screen: &Screen, walk: &mut Walk) {
    match &screen.page {
        Page::Idle(page) => {
            walk.stop_if(page.halted.is_none(), Touch::Start);
            walk.stop(Touch::Language(other(screen.lang)));
        }
        Page::Start(page) => walk.each(page.choices.len(), Touch::Pick),
        Page::Find(page) => find(page, walk),
        Page::Guide(page) => {
            let taken = matches!(page.agents, AgentsShown::Taken { .. });
            walk.stop_if(taken && page.closed.is_none(), Touch::ForAnother);
            walk.stop(Touch::PrintGuide);
            walk.turn(page.turn);
        }
        Page::Identify(page) => match page {
            IdentifyPage::PutCard { .. } => {}
            IdentifyPage::IsItYou(_) => walk.stop(Touch::NotMe),
            IdentifyPage::SecondFactor { ways, .. } => walk.each(ways.len(), Touch::Pick),
            IdentifyPage::Code { .. } | IdentifyPage::Staff { .. } => walk.0.push(Stop::Field),
        },
        Page::Principal(page) => principal(page, walk),
        Page::Notice(page) => walk.each(page.ticks.len(), Touch::Toggle),
        Page::Facts(page) => {
            for (at, fact) in page.facts.iter().enumerate() {
                walk.stop_if(fact.masked, Touch::Reveal(at));
                walk.stop(Touch::Dispute(at));
            }
            walk.turn(page.turn);
        }
        Page::Question(page) => question(page, walk),
        Page::Materials(page) => materials(page, walk),
        Page::Material(page) if page.promise => {}
        Page::Material(page) => walk.each(page.ways.len(), Touch::Pick),
        Page::Scan(page) => scan(page, walk),
        Page::Portrait(PortraitPage::Look { .. } | PortraitPage::Trouble { .. }) => {
            walk.stop(Touch::Retake);
        }
        Page::Delivery(page) => delivery(page, walk),
        Page::Review(page) => review(page, walk),
        Page::Document(page) => walk.stop_if(page.turn.at > 1, Touch::Turn(-1)),
        Page::Sign(page) => walk.stop_if(page.aloud.is_some(), Touch::SignAloud),
        Page::Done(page) => {
            match page.slip {
                SlipState::Printing | SlipState::Ready | SlipState::NoPrinter => {}
                SlipState::Waiting { .. } => {
                    walk.stop(Touch::PrintSlip);
                    walk.stop(Touch::NoPaper);
                }
                SlipState::Printed
                | SlipState::Taken
                | SlipState::DrawnBack
                | SlipState::NotPrinted
                | SlipState::Partial
                | SlipState::Unknown
                | SlipState::Declined
                | SlipState::WithNext => walk.stop(Touch::PrintSlip),
            }
            walk.stop(Touch::Another);
        }
        Page::Rate(page) => {
            walk.each(5, Touch::Pick);
            walk.each(
                page.reasons.map_or(0, |reasons| reasons.len()),
                Touch::Toggle,
            );
            walk.stop(Touch::Skip);
        }
        Page::Matters(page) => {
            walk.stop(Touch::Appointments);
            walk.each(page.matters.len(), Touch::Pick);
            walk.turn(page.turn);
        }
        Page::Matter(page) => {
            walk.result(page.result.as_ref());
            walk.stop(Touch::Ask);
            walk.stop_if(page.may_object, Touch::Object);
            walk.stop_if(page.may_withdraw, Touch::Withdraw);
        }
        Page::CheckIn(page) => {
            let is_printing = page.print.is_some_and(SlipState::is_under_way);
            let prints = page.outcome.ticket().is_some() && !is_printing;
            walk.stop_if(prints, Touch::PrintSlip);
            walk.stop_if(page.offers_appointments(), Touch::Appointments);
        }
        Page::Appointment(page) => appointment(page, walk),
        Page::Enquiry(page) => enquiry(page, walk),
        Page::Wait(_)
        | Page::Portrait(PortraitPage::Live { .. } | PortraitPage::Taking { .. })
        | Page::Submit(_)
        | Page::Goodbye(_)
        | Page::Withdraw(_)
        | Page::Service(_) => {}
    }
}

fn find(page: &FindPage, walk: &mut Walk) {
    walk.0.push(Stop::Field);
    walk.stop_if(!page.query.is_empty(), Touch::ClearText);
    let listed = match page.groups.len() {
        0 => page.items.len(),
        groups => groups,
    };
    walk.each(listed, Touch::Pick);
    walk.turn(page.turn);
}

fn question(page: &QuestionPage, walk: &mut Walk) {
    match &page.ask {
        Ask::Text { text, .. } | Ask::Date { digits: text, .. } => {
            walk.0.push(Stop::Field);
            walk.stop_if(!text.is_empty(), Touch::ClearText);
        }
        Ask::Choice { options, turn } => {
            walk.each(options.len(), Touch::Pick);
            walk.turn(*turn);
        }
        Ask::Choices { options, turn } => {
            walk.each(options.len(), Touch::Toggle);
            walk.turn(*turn);
        }
        Ask::YesNo { .. } => walk.each(2, Touch::Pick),
        Ask::Statement { .. } => walk.stop(Touch::Toggle(0)),
        Ask::Region {
            path,
            options,
            turn,
        } => {
            walk.each(options.len(), Touch::Pick);
            walk.turn(*turn);
            walk.stop_if(!path.is_empty(), Touch::Erase);
        }
        Ask::Rows { rows, may_add, .. } => {
            for row in 0..rows.len() {
                walk.stop(Touch::Pick(row));
                walk.stop(Touch::RemoveRow(row));
            }
            walk.stop_if(*may_add, Touch::AddRow);
        }
    }
    walk.stop_if(page.zone, Touch::TypeZone);
    walk.stop_if(page.optional, Touch::Skip);
}

fn materials(page: &MaterialsPage, walk: &mut Walk) {
    for (at, material) in page.materials.iter().enumerate() {
        walk.stop_if(material.opens, Touch::Pick(at));
    }
    walk.turn(page.turn);
}

fn scan(page: &ScanPage, walk: &mut Walk) {
    match page {
        ScanPage::Place { .. } | ScanPage::Scanning { .. } => {}
        ScanPage::Look {
            may_add, may_turn, ..
        } => {
            walk.stop(Touch::Retake);
            walk.stop_if(*may_turn, Touch::TurnPage);
            walk.stop_if(*may_add, Touch::AddPage);
        }
        ScanPage::Pages {
            page,
            pages,
            may_add,
            may_turn,
            ..
        } => {
            walk.turn(Turn {
                at: *page,
                of: *pages,
            });
            walk.stop_if(*page > 1, Touch::MoveEarlier);
            walk.stop(Touch::Retake);
            walk.stop_if(*may_turn, Touch::TurnPage);
            walk.stop(Touch::RemovePage);
            walk.stop_if(*may_add, Touch::AddPage);
        }
    }
}

fn principal(page: &PrincipalPage, walk: &mut Walk) {
    match page {
        PrincipalPage::PutCard { without, .. } => walk.stop_if(*without, Touch::Skip),
        PrincipalPage::IsItThem(_) => walk.stop(Touch::NotMe),
        PrincipalPage::Choose { ask, .. } => walk.each(ask.answers(), Touch::Pick),
        PrincipalPage::Name { text } | PrincipalPage::Number { text, .. } => {
            walk.0.push(Stop::Field);
            walk.stop_if(!text.is_empty(), Touch::ClearText);
        }
        PrincipalPage::Code { .. } => walk.0.push(Stop::Field),
        PrincipalPage::OwnCard { .. } | PrincipalPage::NotOfAge => {}
    }
}

fn delivery(page: &DeliveryPage, walk: &mut Walk) {
    match page {
        DeliveryPage::Way { ways } => walk.each(ways.len(), Touch::Pick),
        DeliveryPage::Station { stations, turn, .. } => {
            walk.each(stations.len(), Touch::Pick);
            walk.turn(*turn);
        }
        DeliveryPage::Address { text, .. } => {
            walk.0.push(Stop::Field);
            walk.stop_if(!text.is_empty(), Touch::ClearText);
        }
    }
}

/// A day or time that is full is heard in the page, and not stopped at.
fn appointment(page: &AppointmentPage, walk: &mut Walk) {
    match page {
        AppointmentPage::List { bookings, turn, .. } => {
            walk.each(bookings.len(), Touch::Pick);
            walk.turn(*turn);
        }
        AppointmentPage::Booking(booking) if booking.may_change() => walk.each(2, Touch::Pick),
        AppointmentPage::Matter { matters, turn } => {
            walk.each(matters.len(), Touch::Pick);
            walk.turn(*turn);
        }
        AppointmentPage::Station { stations, turn, .. } => {
            walk.each(stations.len(), Touch::Pick);
            walk.turn(*turn);
        }
        AppointmentPage::Day { days, turn, .. } => {
            for (at, day) in days.iter().enumerate() {
                walk.stop_if(day.left > 0, Touch::Pick(at));
            }
            walk.turn(*turn);
        }
        AppointmentPage::Slot { slots, turn, .. } => {
            for (at, slot) in slots.iter().enumerate() {
                walk.stop_if(slot.left > 0, Touch::Pick(at));
            }
            walk.turn(*turn);
        }
        AppointmentPage::Done(done) => {
            let is_printing = done.print.is_some_and(SlipState::is_under_way);
            walk.stop_if(done.deed != Deed::Cancel && !is_printing, Touch::PrintSlip);
        }
        AppointmentPage::Booking(_) | AppointmentPage::Confirm(_) | AppointmentPage::Trouble(_) => {
        }
    }
}

/// A fact whose objection is open is heard in the page, and not stopped at.
fn enquiry(page: &EnquiryPage, walk: &mut Walk) {
    match page {
        EnquiryPage::Fact { facts, turn } => {
            for (at, fact) in facts.iter().enumerate() {
                walk.stop_if(!fact.disputed, Touch::Pick(at));
            }
            walk.turn(*turn);
        }
        EnquiryPage::Usual { usual, .. } => walk.each(usual.len() + 1, Touch::Pick),
        EnquiryPage::Typed { text, .. } => {
            walk.0.push(Stop::Field);
            walk.stop_if(!text.is_empty(), Touch::ClearText);
        }
        EnquiryPage::Confirm(_) | EnquiryPage::Trouble(_) | EnquiryPage::Done(_) => {}
    }
}

fn review(page: &ReviewPage, walk: &mut Walk) {
    for (at, row) in page.rows.iter().enumerate() {
        walk.stop_if(row.masked, Touch::Reveal(at));
        walk.stop_if(row.change, Touch::Change(at));
    }
    walk.turn(page.turn);
}

fn frame(screen: &Screen, walk: &mut Walk) {
    if matches!(screen.page, Page::Service(_)) {
        return;
    }
    walk.stop_if(screen.foot.primary.is_some(), Touch::Next);
    walk.stop_if(screen.foot.back, Touch::Back);
    walk.stop_if(screen.foot.help, Touch::Help);
    walk.stop_if(screen.foot.end, Touch::End);
    walk.stop(Touch::Display);
    walk.stop_if(screen.display.aloud, Touch::Dark);
}

fn above(screen: &Screen, overlay: &Overlay, walk: &mut Walk) {
    match overlay {
        Overlay::TimeOut { .. } => {
            walk.stop(Touch::MoreTime);
            walk.stop(Touch::EndNow);
        }
        Overlay::Cover { .. } => walk.stop(Touch::EndNow),
        Overlay::ConfirmEnd { .. } => {
            walk.stop(Touch::Close);
            walk.stop(Touch::EndNow);
        }
        Overlay::Display => {
            for lang in Lang::ALL {
                walk.stop(Touch::Language(lang));
            }
            for size in TextSize::ALL {
                walk.stop(Touch::TextSize(size));
            }
            for contrast in Contrast::ALL {
                walk.stop(Touch::Contrast(contrast));
            }
            walk.stop(Touch::Reach);
            walk.stop(Touch::Elder);
            walk.stop(Touch::Aloud);
            walk.stop(Touch::Close);
        }
        Overlay::Help { .. } => {
            walk.stop(if screen.help.is_open() {
                Touch::WithdrawHelp
            } else {
                Touch::CallHelp
            });
            walk.stop(Touch::Close);
        }
    }
}

/// The language that sounds otherwise: both scripts of Chinese are read alike.
fn other(lang: Lang) -> Lang {
    match lang {
        Lang::ZhHans | Lang::ZhHant => Lang::En,
        Lang::En => Lang::ZhHans,
    }
}
