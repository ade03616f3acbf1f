//! The state machine: one event in, effects out, a screen to look at.
//!
//! Order of calls: [`Kiosk::handle`] for every event, then [`Kiosk::screen`] and
//! [`Kiosk::deadline`]; when the deadline passes, `handle(now, Event::Tick)`.

use std::sync::Arc;
use std::time::Duration;

use city_catalogue::form::{Context, DynamicOptions, Script, as_published};
use city_catalogue::record::{Item, Text};
use jiff::civil::Date;
use uuid::Uuid;

use crate::availability::{self, Circumstances, DeviceState, Devices, Halt, Link, Shelf};
use crate::code::CodeTrouble;
use crate::display::Display;
use crate::effect::{Effect, Request};
use crate::event::{AskId, Event};
use crate::hearing::Hearing;
use crate::lights::Lights;
use crate::now::Now;
use crate::screen::{Foot, Lang, Overlay, PageNumber, Primary, Reason, Screen, Turn};
use crate::steps::Step;
use crate::timers::{Timer, Timers};
use crate::touch::{Tap, Touch};
use crate::visit::{CardPlace, Visit};

/// Times and facts of this kiosk; every rule the domain facts mark as our own choice is here.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Without a touch for so long the visit warns (60 s).
    pub warn_after: Duration,
    /// After the warning so long until the visit ends (30 s).
    pub wipe_after: Duration,
    /// The same once the cabinet sees nobody (10 s): a warning first, never the end.
    pub left_after: Duration,
    /// The card may be away so long before the visit ends (30 s).
    pub cover_for: Duration,
    /// The city has so long before the slip prints with "stored here" (10 s).
    pub city_late: Duration,
    /// So long the slip waits for "another matter" once its words are settled (5 s).
    pub slip_grace: Duration,
    /// The goodbye page stands so long (8 s); longer while a card or a print is left (60 s).
    pub goodbye_for: Duration,
    /// An answer of the city is awaited so long (15 s).
    pub answer_within: Duration,
    /// The city is asked again for an instant outcome after so long (1 s).
    pub ask_again: Duration,
    /// Hours after which an unconfirmed catalogue files nothing (72).
    pub catalogue_hours: i64,
    /// Days after which a resident without a city number should come back with the slip (3).
    pub come_back_days: i32,
    /// Somebody hears a call for help within so long, else it is said what to do instead (60 s).
    pub help_within: Duration,
    /// Who said to come is there within so long: the visit does not run out meanwhile (5 min).
    pub help_comes_within: Duration,
    /// The technician's PIN is awaited so long without a touch (30 s).
    pub service_pin_within: Duration,
    /// Without a touch for so long the technician's service ends (5 min).
    pub service_alone: Duration,
    /// So long after the start nobody begins before the receipt printer has told that nothing of
    /// an earlier slip is left in it (60 s); one that never tells does not hold the kiosk longer.
    pub start_within: Duration,
    /// Pages scanned for one material at most, where the item names no other bound (20).
    pub most_pages: usize,
    /// Phone for help.
    pub help_phone: String,
    /// How words of the catalogue are written in Traditional Chinese.
    pub traditional: Script,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            warn_after: Duration::from_secs(60),
            wipe_after: Duration::from_secs(30),
            left_after: Duration::from_secs(10),
            cover_for: Duration::from_secs(30),
            city_late: Duration::from_secs(10),
            slip_grace: Duration::from_secs(5),
            goodbye_for: Duration::from_secs(8),
            answer_within: Duration::from_secs(15),
            ask_again: Duration::from_secs(1),
            catalogue_hours: 72,
            come_back_days: 3,
            help_within: Duration::from_secs(60),
            help_comes_within: Duration::from_secs(300),
            service_pin_within: Duration::from_secs(30),
            service_alone: Duration::from_secs(300),
            start_within: Duration::from_secs(60),
            most_pages: 20,
            help_phone: "12345".to_owned(),
            traditional: as_published,
        }
    }
}

/// What lies above the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Above {
    TimeOut,
    Cover { another_card: bool },
    ConfirmEnd,
    Display,
    Help,
}

/// The kiosk.
#[derive(Debug)]
pub struct Kiosk {
    pub(crate) settings: Settings,
    pub(crate) shelf: Option<Arc<Shelf>>,
    pub(crate) devices: Devices,
    pub(crate) link: Link,
    /// The day of the list of who is expected here; `None` while there is none.
    pub(crate) expected: Option<Date>,
    pub(crate) timers: Timers,
    pub(crate) now: Now,
    pub(crate) card: CardPlace,
    pub(crate) step: Step,
    pub(crate) above: Option<Above>,
    pub(crate) visit: Visit,
    /// Somebody is near, as the cabinet saw last.
    pub(crate) near: bool,
    /// The code scanner was told to look.
    pub(crate) listening: bool,
    /// What was wrong with the last code on this page.
    pub(crate) code_trouble: Option<CodeTrouble>,
    /// A technician waits for the visit to end.
    pub(crate) service_wanted: bool,
    /// Something lay on the glass when the last visit ended.
    pub(crate) left_behind: bool,
    page: PageNumber,
    last_ask: u32,
    /// Random bytes of the touch being handled.
    pub(crate) random: [u8; 16],
    out: Vec<Effect>,
}

impl Kiosk {
    /// An idle kiosk that knows no catalogue and no devices yet.
    #[must_use]
    pub fn new(settings: Settings, now: Now) -> Self {
        Self {
            settings,
            shelf: None,
            devices: Devices::default(),
            link: Link::default(),
            expected: None,
            timers: Timers::default(),
            now,
            card: CardPlace::Away,
            step: Step::Idle,
            above: None,
            visit: Visit::new(now.up, Lang::default()),
            near: false,
            listening: false,
            code_trouble: None,
            service_wanted: false,
            left_behind: false,
            page: PageNumber::default(),
            last_ask: 0,
            random: [0; 16],
            out: Vec::new(),
        }
    }

    /// Takes what happened and says what to do, in order.
    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Effect> {
        self.now = now;
        // A page on its way is told some times a second: that says nothing of the visit.
        let told = !matches!(event, Event::ScanComing { .. });
        if told && !matches!(self.step, Step::Idle | Step::Service(_)) {
            let since = now.up.saturating_sub(self.visit.began);
            self.visit.record.note(since, &event.shape());
        }
        match event {
            Event::Tick => {}
            Event::Tap(tap) => self.tap(tap),
            Event::Key(press) => self.key(press),
            Event::Headphones(plugged) => self.headphones(plugged),
            Event::Heard(page) => self.heard(page),
            Event::Reader(event) => self.reader(event),
            Event::Code(code) => self.code(code),
            Event::Zone { ask, code } => self.zone_read(ask, &code),
            Event::Presence(here) => self.presence(here),
            Event::Devices(devices) => self.devices_are(devices),
            Event::Shelf(shelf) => self.shelf = Some(shelf),
            Event::Link(link) => self.link = link,
            Event::ScanComing { ask, percent } => self.scan_coming(ask, percent),
            Event::Scanned { ask, page, fed } => self.scanned(ask, page, fed),
            Event::ScanEnded { ask, trouble } => self.scan_over(ask, trouble),
            Event::PageTurned { ask, page } => self.page_turned(ask, page),
            Event::Glass { ask, covered } => self.glass_seen(ask, covered),
            Event::Portrait { ask, event } => self.portrait(ask, event),
            Event::Composed { ask, form } => self.composed(ask, form),
            Event::SlipReady { ask } => self.slip_ready(ask),
            Event::Printed { ask, outcome } => self.printed(ask, outcome),
            Event::Stored { ask, receipt } => self.stored(ask, receipt),
            Event::NotStored { ask } => self.not_stored(ask),
            Event::Received {
                application,
                filing,
                case,
            } => self.received(application, filing, case),
            Event::Expected(day) => self.expected = day,
            Event::Kept { ask, kept } => self.hall_kept(ask, kept),
            Event::Queued { ticket } => self.hall_told(ticket),
            Event::City { ask, answer } => self.city(ask, answer),
            Event::ServiceWanted => self.service_asked(),
            Event::Service { ask, answer } => self.service_answered(ask, answer),
        }
        while let Some(timer) = self.timers.take_due(now.up) {
            self.fire(timer);
        }
        self.listen();
        std::mem::take(&mut self.out)
    }

    /// When to call again with [`Event::Tick`], in time since start; `None` when nothing is awaited.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        let opens = self.starting().then_some(self.settings.start_within);
        self.timers.next().into_iter().chain(opens).min()
    }

    /// What the person in front sees now.
    #[must_use]
    pub fn screen(&self) -> Screen {
        let (page, foot) = self.step_page();
        let overlay = self.above.map(|above| self.overlay(above));
        let codes = self.code_ask();
        let lights = match self.devices.cabinet {
            DeviceState::Ready => {
                Lights::of(&page, overlay.as_ref(), codes.is_some()).among(self.devices.lights)
            }
            DeviceState::Absent | DeviceState::Starting | DeviceState::NotReady => {
                Lights::default()
            }
        };
        Screen {
            number: self.page,
            lang: self.visit.lang,
            display: self.visit.display,
            progress: self.progress(),
            page,
            foot,
            overlay,
            help: self.help_shown(),
            codes,
            lights,
            aloud: self.aloud(),
        }
    }

    /// The number of the page that stands.
    pub(crate) fn page(&self) -> PageNumber {
        self.page
    }

    /// Whether nobody is here.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self.step, Step::Idle)
    }

    // --- used by the steps -------------------------------------------------------------

    /// The ways to bring a portrait depend on the camera: a touch on those of before is void.
    fn devices_are(&mut self, devices: Devices) {
        let camera = self.devices.camera != devices.camera;
        let before = self.devices.receipt_printer.takes_jobs();
        let printer_is_back = !before && devices.receipt_printer.takes_jobs();
        self.devices = devices;
        if printer_is_back {
            self.printer_is_back();
            self.guide_may_print();
        }
        if camera && matches!(self.step, Step::Material(_)) {
            self.turned();
        }
    }

    /// Puts another page on the screen; touches on the one before no longer count.
    pub(crate) fn go(&mut self, step: Step) {
        self.step = step;
        self.turned();
    }

    /// The page changed so much that touches on it as it was no longer count.
    pub(crate) fn turned(&mut self) {
        self.page.0 = self.page.0.wrapping_add(1);
        self.timers.stop(Timer::Hide);
        self.code_trouble = None;
        self.visit.hearing.turned();
    }

    pub(crate) fn effect(&mut self, effect: Effect) {
        self.out.push(effect);
    }

    /// A new question number.
    pub(crate) fn ask(&mut self) -> AskId {
        self.last_ask = self.last_ask.wrapping_add(1);
        AskId(self.last_ask)
    }

    /// Asks the city and starts waiting for the answer.
    pub(crate) fn ask_city(&mut self, request: Request) -> AskId {
        let ask = self.ask();
        self.effect(Effect::Ask { ask, request });
        let late = self.now.up + self.settings.answer_within;
        self.timers.start(Timer::AnswerLate, late);
        ask
    }

    pub(crate) fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            devices: &self.devices,
            link: self.link,
            catalogue_old: self.shelf.as_deref().is_none_or(|shelf| {
                availability::too_old(shelf, &self.now, self.settings.catalogue_hours)
            }),
        }
    }

    /// Just started, and the receipt printer is still being cleared of what a visit before left.
    fn starting(&self) -> bool {
        let printer = self.devices.receipt_printer;
        printer == DeviceState::Starting && self.now.up < self.settings.start_within
    }

    /// Why no visit may begin at all; `None` when one may.
    pub(crate) fn halted(&self) -> Option<Reason> {
        let halt = self.devices.halt.map(Halt::reason);
        halt.or_else(|| self.starting().then_some(Reason::Starting))
    }

    /// Why `item` cannot be begun now.
    pub(crate) fn closed(&self, item: &Item) -> Option<Reason> {
        availability::closed(item, &self.circumstances())
    }

    /// The name of a body; its id where the catalogue does not know it.
    pub(crate) fn body(&self, id: &str) -> Text {
        self.shelf
            .as_deref()
            .and_then(|shelf| shelf.catalogue.department(id))
            .map_or_else(|| untranslated(id), |body| body.name.clone())
    }

    /// A UUIDv7 of now and the touch's random bytes.
    pub(crate) fn new_id(&self) -> Uuid {
        let milliseconds = self
            .now
            .civil
            .duration_since(jiff::civil::DateTime::constant(1970, 1, 1, 8, 0, 0, 0))
            .as_millis();
        let milliseconds = u64::try_from(milliseconds).unwrap_or(0);
        let mut random = [0; 10];
        random.copy_from_slice(&self.random[..10]);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
    }

    /// Begins a visit.
    pub(crate) fn begin(&mut self) {
        let (lang, display, hearing) = (self.visit.lang, self.visit.display, self.visit.hearing);
        self.visit = Visit::new(self.now.up, lang);
        self.visit.display = display;
        self.visit.hearing = hearing;
        self.touched();
    }

    /// The visit is over: everything about the person is dropped.
    pub(crate) fn end_visit(&mut self) {
        self.leave_scan();
        self.leave_portrait();
        self.leave_goodbye();
        self.end_help();
        self.effect(Effect::Forget { owed: None });
        self.timers.clear();
        self.above = None;
        self.visit = Visit::new(self.now.up, Lang::default());
        self.random = [0; 16];
        self.go(Step::Idle);
        self.service_if_wanted();
    }

    // --- touches -----------------------------------------------------------------------

    pub(crate) fn tap(&mut self, tap: Tap) {
        if tap.page != self.page {
            return;
        }
        if matches!(tap.touch, Touch::Service) {
            return self.service_asked();
        }
        if matches!(self.step, Step::Service(_)) {
            return self.service_tap(tap.touch);
        }
        self.random = tap.random;
        // Who only chose a language and went away leaves the idle page as it was.
        self.touched();
        if matches!(tap.touch, Touch::Dark) {
            return self.darken();
        }
        if let Some(above) = self.above {
            self.tap_above(above, &tap.touch);
            return;
        }
        match tap.touch {
            Touch::Language(lang) => self.speak(lang),
            Touch::Display => self.put_above(Above::Display),
            Touch::Help if !matches!(self.step, Step::Idle) => self.put_above(Above::Help),
            Touch::End
                if !matches!(self.step, Step::Idle | Step::Goodbye(_)) && !self.storing() =>
            {
                self.put_above(Above::ConfirmEnd);
            }
            touch => self.step_tap(touch),
        }
    }

    fn tap_above(&mut self, above: Above, touch: &Touch) {
        if above == Above::Display
            && let Some(display) = self.visit.display.chosen(touch)
        {
            self.visit.display = display;
            return;
        }
        match (above, touch) {
            (Above::Display, Touch::Aloud) => {
                let on = !self.visit.display.aloud;
                self.read_aloud(on);
            }
            (Above::TimeOut, Touch::MoreTime)
            | (
                Above::ConfirmEnd | Above::Display | Above::Help,
                Touch::Close | Touch::Next | Touch::Back,
            ) => {
                self.take_off();
            }
            (Above::TimeOut | Above::ConfirmEnd | Above::Cover { .. }, Touch::EndNow)
                if !self.storing() =>
            {
                self.take_off();
                self.goodbye();
            }
            (Above::Help, Touch::CallHelp) => self.call_help(),
            (Above::Help, Touch::WithdrawHelp) => self.withdraw_help(),
            (Above::Help | Above::ConfirmEnd | Above::Display, Touch::Language(lang)) => {
                self.speak(*lang);
            }
            _ => {}
        }
    }

    /// Another language: what was heard in the one before was another text.
    fn speak(&mut self, lang: Lang) {
        if self.visit.lang != lang {
            self.visit.lang = lang;
            self.visit.hearing.unheard();
        }
    }

    pub(crate) fn put_above(&mut self, above: Above) {
        self.above = Some(above);
        self.turned();
    }

    pub(crate) fn take_off(&mut self) {
        self.above = None;
        self.timers.stop(Timer::Wipe);
        self.timers.stop(Timer::CoverEnds);
        self.turned();
        self.touched();
    }

    /// Somebody is here: the time-out begins anew.
    pub(crate) fn touched(&mut self) {
        let warn = self.now.up + self.settings.warn_after * self.visit.display.patience();
        if self.above != Some(Above::TimeOut) {
            self.timers.start(Timer::Warn, warn);
        }
    }

    // --- time --------------------------------------------------------------------------

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::Warn if self.busy() || self.awaits_help() => self.touched(),
            Timer::Warn => {
                if self.is_idle() {
                    return self.shown_as_before();
                }
                if matches!(self.above, Some(Above::Cover { .. })) {
                    return;
                }
                self.put_above(Above::TimeOut);
                let patience = self.visit.display.patience();
                let wipe = self.now.up + self.settings.wipe_after * patience;
                self.timers.start(Timer::Wipe, wipe);
            }
            Timer::Wipe | Timer::CoverEnds => self.walked_away(timer),
            Timer::CityLate => self.city_late(),
            Timer::SlipPrints => self.slip_due(),
            Timer::AskOutcome => self.ask_outcome(),
            Timer::Hide => self.hide(),
            Timer::HelpLook => self.look_for_help(),
            Timer::GoodbyeEnds => self.end_visit(),
            Timer::GlassLook => self.look_at_glass(),
            Timer::AnswerLate => self.answer_late(),
            Timer::ServiceLook => self.service_look_again(),
            Timer::ServiceEnds => self.service_left_alone(),
        }
    }

    /// Nobody began: the next person finds the idle page as everybody does.
    fn shown_as_before(&mut self) {
        if self.above.take().is_some() {
            self.turned();
        }
        self.visit.lang = Lang::default();
        self.visit.display = Display::default();
        self.visit.hearing = Hearing::default();
    }

    /// A device or the city works for the person: no time-out meanwhile.
    fn busy(&self) -> bool {
        let working = match &self.step {
            Step::Wait(_) => true,
            Step::Scan(scan) => scan.scanning(),
            Step::Portrait(portrait) => portrait.taking(),
            _ => self.storing(),
        };
        working || self.visit.prints.at_work(self.now.up)
    }

    /// What was submitted, or a number, is being stored: the visit cannot end in between.
    fn storing(&self) -> bool {
        match &self.step {
            Step::Submit(submit) => submit.storing(),
            Step::Wait(wait) => wait.then.is_storing(),
            _ => false,
        }
    }

    /// Nobody is here any more: what is owed is printed and waited for, then all is forgotten.
    fn walked_away(&mut self, timer: Timer) {
        if self.storing() {
            let again = self.now.up + self.settings.ask_again;
            return self.timers.start(timer, again);
        }
        self.print_owed_slip();
        if self.visit.prints.under_way(self.now.up) || self.visit.scanned {
            self.above = None;
            self.goodbye();
        } else {
            self.end_visit();
        }
    }

    fn overlay(&self, above: Above) -> Overlay {
        let left = |timer| {
            let at = self.timers.at(timer).unwrap_or(self.now.up);
            u8::try_from(at.saturating_sub(self.now.up).as_secs()).unwrap_or(u8::MAX)
        };
        match above {
            Above::TimeOut => Overlay::TimeOut {
                seconds: left(Timer::Wipe),
            },
            Above::Cover { another_card } => Overlay::Cover {
                seconds: left(Timer::CoverEnds),
                another_card,
            },
            Above::ConfirmEnd => Overlay::ConfirmEnd {
                answers: self.visit.application.is_some(),
            },
            Above::Display => Overlay::Display,
            Above::Help => Overlay::Help {
                phone: self.help_phone(),
            },
        }
    }

    fn help_phone(&self) -> String {
        self.visit.application.as_ref().map_or_else(
            || self.settings.help_phone.clone(),
            |application| application.item.consult.phone.clone(),
        )
    }
}

/// Runs `act` with the evaluator's surroundings.
pub(crate) fn with_context<R>(
    shelf: &Shelf,
    now: &Now,
    options: &DynamicOptions,
    act: impl FnOnce(&Context<'_>) -> R,
) -> R {
    act(&Context {
        today: now.civil.date(),
        calendar: &shelf.calendar,
        regions: &shelf.regions,
        options,
        script: as_published,
    })
}

/// The foot of a page inside a visit.
pub(crate) fn foot(back: bool, primary: Option<(crate::screen::Action, bool)>) -> Foot {
    Foot {
        back,
        help: true,
        end: true,
        primary: primary.map(|(action, enabled)| Primary { action, enabled }),
    }
}

/// List page `at` (from 0) of `all` entries, `each` a page.
pub(crate) fn turn(at: usize, all: usize, each: usize) -> Turn {
    let of = all.div_ceil(each).max(1);
    let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    Turn {
        at: number(at.min(of - 1) + 1),
        of: number(of),
    }
}

/// Turns a list page.
pub(crate) fn turned_page(at: usize, by: i8, all: usize, each: usize) -> usize {
    let last = all.div_ceil(each).max(1) - 1;
    at.saturating_add_signed(isize::from(by)).min(last)
}

/// The entries of list page `at`.
pub(crate) fn on_page<T>(entries: &[T], at: usize, each: usize) -> &[T] {
    let from = (at * each).min(entries.len());
    let to = (from + each).min(entries.len());
    entries.get(from..to).unwrap_or_default()
}

/// A text the catalogue has in Chinese only.
pub(crate) fn untranslated(text: &str) -> Text {
    Text {
        zh: text.to_owned(),
        en: String::new(),
    }
}
