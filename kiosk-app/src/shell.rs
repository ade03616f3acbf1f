//! The one loop: takes one message, tells the core, does what the core says, shows the screen.
//!
//! ```text
//! device threads ─┐
//! city client ────┤                      ┌─> work thread (forms, slips, sealing)
//! outbox ─────────┼─> inbox ─> the loop ─┼─> device threads
//! view (touches) ─┤                      ├─> city client
//! work thread ────┘                      └─> view (screens)
//! ```
//! The order of messages is total: what the loop took first happened first.

mod devices;
mod keys;
mod portrait;

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kiosk_core::screen::{PageNumber, PortraitAdvice};
use kiosk_core::service::{Answer, TestFacts};
use kiosk_core::{
    AskId, Effect, Event, Kiosk, Lights, PortraitWanted, PrintedAs, Request, ScanLook, ScanRoom,
    Screen, Secret, Settings, Shelf, Tap,
};
use kiosk_drivers::keypad::Key;
use kiosk_drivers::receipt_printer::{Job, JobId};
use kiosk_drivers::runner::HealthState;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::devices::{DeviceReport, DeviceSet, typed_zone};
use crate::service::{Machine, Service};
use crate::slips::Reprints;
use crate::speech::{Speech, Voice};
use crate::view::Said;
use crate::work::{SharedMemory, Work, lock};

use portrait::LiveView;

pub use keys::{Walk, core_key, touch};

/// Longest sleep of the loop, so that a skipped clock is noticed.
const LONGEST_SLEEP: Duration = Duration::from_millis(250);

/// A board that works has put its lights out within this time.
const DARK_WITHIN: Duration = Duration::from_secs(1);

/// Everything that can reach the loop.
pub enum Message {
    /// An event for the core, from the work thread, the city or the outbox.
    Core(Event),
    /// A finger.
    Tap(Tap),
    /// A key of the keypad, or of a keyboard that stands for it.
    Key(Key),
    /// A device.
    Device(DeviceReport),
    /// A slip was laid out and can be printed.
    PrintJob {
        /// The core's question.
        ask: AskId,
        /// The job.
        job: Job,
    },
    /// A result was fetched from the city; `None` when it could not be.
    ResultFetched {
        /// The core's question.
        ask: AskId,
        /// The PDF.
        pdf: Option<Zeroizing<Vec<u8>>>,
    },
    /// What the store knows of this kiosk at start.
    Standing {
        /// The module pinned at enrolment.
        pinned: Option<String>,
        /// Applications can be stored.
        can_store: bool,
        /// Enrolled at a city.
        enrolled: bool,
    },
    /// The voice is lost, or speaks again.
    Voice(bool),
    /// The store has become full, or has room again.
    CanStore(bool),
    /// A device was tested and can be used again.
    Tested {
        /// The core's question.
        ask: AskId,
        /// What came of it.
        report: TestFacts,
    },
    /// A frame of the portrait camera was looked at, and lies in the visit's memory.
    Seen {
        /// The live view.
        ask: AskId,
        /// What to mend; the outer `None` when the frame could not be read.
        advice: Option<Option<PortraitAdvice>>,
    },
    /// The work thread has ended.
    WorkEnded,
    /// Look at the clock.
    Wake,
    /// Stop.
    Quit,
}

/// What the loop asks of the city's client; answers come back as messages.
pub trait Errands: Send {
    /// Puts a request to the city.
    fn ask(&mut self, ask: AskId, request: Request, shelf: Option<Arc<Shelf>>);
    /// Fetches a result document.
    fn fetch_result(&mut self, ask: AskId, result: String, grant: Option<Secret>);
    /// Tells the city that a result was printed; nothing comes back.
    fn result_printed(&mut self, result: String, grant: Option<Secret>);
}

/// Where screens go, and a note of everything that happens (shapes only).
pub trait Audience: Send {
    /// The screen changed.
    fn show(&mut self, screen: Screen);
    /// Something happened or was done.
    fn note(&mut self, at: Duration, what: &str);
    /// This is spoken now.
    fn said(&mut self, _said: &Said) {}
    /// The tactile keypad walks over the elements of the screen; an audience without a window
    /// has none.
    fn walk(&mut self, _walk: Walk) {}
    /// The portrait camera sees something new, on the screen that stands; an audience that
    /// draws only screens takes no notice.
    fn live(&mut self) {}
}

/// The loop and all it holds.
pub struct Shell<E, A> {
    kiosk: Kiosk,
    clock: Clock,
    inbox: Receiver<Message>,
    work: Sender<Work>,
    devices: DeviceSet,
    service: Service,
    errands: E,
    audience: A,
    memory: SharedMemory,
    health: SharedHealth,
    shelf: Option<Arc<Shelf>>,
    pinned: Option<String>,
    can_store: bool,
    enrolled: bool,
    /// Prints the present visit has asked for and that are still being prepared.
    wanted: HashSet<AskId>,
    /// Slips the printer has, by job.
    slips: HashMap<JobId, AskId>,
    reprints: Reprints,
    /// A slip of the visit before that is still to be drawn, with the prints it follows.
    owed: Option<(AskId, Reprints)>,
    /// Documents at the document printer, by the number of their job.
    results: HashMap<u64, AskId>,
    /// Which results these are, and the grants that opened them: the city is told what was printed.
    fetched: HashMap<AskId, (String, Option<Secret>)>,
    scan: Option<Scanning>,
    view: Option<LiveView>,
    /// The look at the glass under way.
    look: Option<AskId>,
    /// The work thread is gone.
    broken: bool,
    shown: Option<Screen>,
    /// The page on which the keypad walks from element to element.
    walked: Option<PageNumber>,
    /// Says what is read aloud; `None` on a kiosk without a voice.
    speech: Option<Speech>,
    /// Its voice works.
    has_voice: bool,
}

/// The scan under way.
#[derive(Clone)]
struct Scanning {
    ask: AskId,
    wanted: ScanFor,
}

/// What is made of what is scanned.
#[derive(Clone)]
enum ScanFor {
    /// Pages that fit into this room, and look so.
    Pages(ScanRoom, ScanLook),
    /// A portrait, cut from a photo on paper.
    Photo(PortraitWanted),
}

impl Scanning {
    /// Whether it is this job of the scanner.
    fn is(&self, job: u64) -> bool {
        u64::from(self.ask.0) == job
    }
}

/// The work thread ended before the loop: nothing can be filed or printed any more. The program
/// ends, and its supervisor starts it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the work thread has ended")]
pub struct WorkEnded;

/// The parts a loop is made of.
pub struct Parts<E, A> {
    /// Times and texts.
    pub settings: Settings,
    /// The clock.
    pub clock: Clock,
    /// Where messages come in.
    pub inbox: Receiver<Message>,
    /// The work thread.
    pub work: Sender<Work>,
    /// The devices.
    pub devices: DeviceSet,
    /// The technician's service.
    pub service: Service,
    /// The city's client.
    pub errands: E,
    /// Screen and notes.
    pub audience: A,
    /// Pictures and scans.
    pub memory: SharedMemory,
    /// Where the devices' health is left for the heartbeat.
    pub health: SharedHealth,
    /// What reads aloud; `None` on a kiosk without a voice.
    pub voice: Option<Box<dyn Voice>>,
}

/// Kind, state and detail of every device, as the heartbeat reports them.
pub type SharedHealth = Arc<Mutex<Vec<(&'static str, HealthState, String)>>>;

impl<E: Errands, A: Audience> Shell<E, A> {
    /// An idle loop.
    pub fn new(parts: Parts<E, A>) -> Self {
        let kiosk = Kiosk::new(parts.settings, parts.clock.now());
        Self {
            kiosk,
            clock: parts.clock,
            inbox: parts.inbox,
            work: parts.work,
            devices: parts.devices,
            service: parts.service,
            errands: parts.errands,
            audience: parts.audience,
            memory: parts.memory,
            health: parts.health,
            shelf: None,
            pinned: None,
            can_store: false,
            enrolled: false,
            wanted: HashSet::new(),
            slips: HashMap::new(),
            reprints: Reprints::default(),
            owed: None,
            results: HashMap::new(),
            fetched: HashMap::new(),
            scan: None,
            view: None,
            look: None,
            broken: false,
            shown: None,
            walked: None,
            has_voice: parts.voice.is_some(),
            speech: parts.voice.map(Speech::new),
        }
    }

    /// Runs until [`Message::Quit`] or until nobody can send any more.
    ///
    /// # Errors
    /// [`WorkEnded`] when the work thread ends before.
    pub fn run(mut self) -> Result<(), WorkEnded> {
        // Before the first screen: a printer that has not told yet holds it.
        self.tell_devices();
        loop {
            match self.inbox.recv_timeout(self.sleep()) {
                Ok(Message::Quit) | Err(RecvTimeoutError::Disconnected) => {
                    self.put_out();
                    return Ok(());
                }
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.broken {
                return Err(WorkEnded);
            }
            self.devices.keep_looking(self.clock.now().up);
            let due = self.kiosk.deadline().map(|at| self.clock.until(at));
            if due == Some(Duration::ZERO) {
                self.tell(Event::Tick);
            }
        }
    }

    /// Puts the lights of the cabinet out, before its line is closed: a light leads a person to a
    /// slot, and nobody is led by a kiosk that has ended.
    fn put_out(&mut self) {
        self.devices.light(Lights::default());
        let end = self.clock.now().up + DARK_WITHIN;
        while self.devices.lit() {
            match self.inbox.recv_timeout(self.clock.until(end)) {
                Ok(Message::Device(report)) => {
                    self.devices.note(self.clock.now().up, &report);
                }
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    fn sleep(&self) -> Duration {
        self.kiosk
            .deadline()
            .map_or(LONGEST_SLEEP, |at| self.clock.until(at).min(LONGEST_SLEEP))
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Core(event) => {
                if let Event::Shelf(shelf) = &event {
                    self.shelf = Some(Arc::clone(shelf));
                }
                if let Event::Service { answer, .. } = &event
                    && let Answer::Pin(pin) = answer
                {
                    self.devices.pin_compared(*pin);
                    self.share_health();
                }
                self.tell(event);
            }
            Message::Tap(tap) => self.tell(Event::Tap(tap)),
            Message::Key(key) => self.key(key),
            Message::Device(report) => self.device(report),
            Message::PrintJob { ask, job } => self.print(ask, job),
            Message::ResultFetched { ask, pdf } => self.print_result(ask, pdf),
            Message::Standing {
                pinned,
                can_store,
                enrolled,
            } => {
                (self.pinned, self.can_store, self.enrolled) = (pinned, can_store, enrolled);
                self.tell_devices();
            }
            Message::Voice(works) => {
                self.has_voice = works;
                self.tell_devices();
            }
            Message::CanStore(can_store) => {
                self.can_store = can_store;
                self.tell_devices();
            }
            Message::Tested { ask, report } => self.tested(ask, report),
            Message::Seen { ask, advice } => self.seen(ask, advice),
            Message::WorkEnded => self.broken = true,
            Message::Wake | Message::Quit => {}
        }
    }

    /// A slip of a visit that ended meanwhile is not printed: nobody stands there to take it.
    fn print(&mut self, ask: AskId, mut job: Job) {
        if !self.wanted.remove(&ask) {
            return;
        }
        match &mut self.owed {
            Some((owed, reprints)) if *owed == ask => reprints.begin(ask, &mut job),
            Some(_) | None => self.reprints.begin(ask, &mut job),
        }
        let id = job.id.clone();
        if self.devices.print(job) {
            self.slips.insert(id, ask);
        } else {
            let outcome = PrintedAs::NotPrinted;
            self.tell(Event::Printed { ask, outcome });
        }
    }

    /// A result of a visit that ended meanwhile is not printed.
    fn print_result(&mut self, ask: AskId, pdf: Option<Zeroizing<Vec<u8>>>) {
        if !self.wanted.remove(&ask) {
            return;
        }
        let job = u64::from(ask.0);
        if pdf.is_some_and(|pdf| self.devices.print_document(job, pdf)) {
            self.results.insert(job, ask);
        } else {
            let outcome = PrintedAs::NotPrinted;
            self.tell(Event::Printed { ask, outcome });
        }
    }

    /// The device is used again, whoever still looks at the report.
    fn tested(&mut self, ask: AskId, report: TestFacts) {
        self.service.test_ended(&report, &mut self.devices);
        self.tell_devices();
        let answer = Answer::Tested(Box::new(report));
        self.tell(Event::Service { ask, answer });
    }

    /// Tells the core and does what it says, in order; answers known at once are told at once.
    fn tell(&mut self, event: Event) {
        // A page on its way is told some times a second.
        if !matches!(event, Event::ScanComing { .. }) {
            self.note(&event.shape());
        }
        let effects = self.kiosk.handle(self.clock.now(), event);
        for effect in effects {
            self.perform(effect);
        }
        self.show();
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { ask, request } => {
                let shelf = self.shelf.clone();
                self.errands.ask(ask, request, shelf);
            }
            Effect::Scan { ask, room, look } => {
                self.scan(
                    ask,
                    (room.pages, room.both_sides),
                    ScanFor::Pages(room, look),
                );
            }
            Effect::ScanPhoto { ask, wanted } => self.scan(ask, (1, false), ScanFor::Photo(wanted)),
            Effect::Portrait { ask, order } => self.portray(ask, order),
            Effect::LookAtGlass { ask } => {
                if self.devices.look_at_glass(u64::from(ask.0)) {
                    self.look = Some(ask);
                } else {
                    let covered = None;
                    self.tell(Event::Glass { ask, covered });
                }
            }
            Effect::TurnPage {
                ask,
                picture,
                most,
                look,
            } => self.work(Work::Turn(ask, picture, most, look)),
            Effect::CancelScan => {
                let scan = self.scan.take().map(|scan| scan.ask);
                for ask in scan.into_iter().chain(self.look.take()) {
                    self.devices.cancel_scan(u64::from(ask.0));
                }
            }
            Effect::Compose { ask, form } => {
                let visit = lock(&self.memory).visit();
                self.work(Work::Compose(ask, form, visit));
            }
            Effect::File { ask, filing } => {
                let shelf = self.shelf.clone();
                self.work(Work::File(ask, filing, shelf));
            }
            Effect::Keep { ask, entry } => self.work(Work::Keep(ask, entry)),
            Effect::PrintSlip { ask, slip } => {
                self.wanted.insert(ask);
                self.reprints.asked(ask, &slip);
                let shelf = self.shelf.clone();
                self.work(Work::Slip(ask, slip, shelf));
            }
            Effect::PrintResult { ask, result, grant } => {
                self.wanted.insert(ask);
                self.fetched.insert(ask, (result.clone(), grant.clone()));
                self.errands.fetch_result(ask, result, grant);
            }
            Effect::ReadZone { ask, text } => {
                let code = typed_zone(self.clock.now(), text.reveal());
                self.tell(Event::Zone { ask, code });
            }
            Effect::Listen { codes } => self.devices.listen(self.clock.now().up, codes),
            Effect::Service { ask, errand } => {
                let machine = Machine {
                    can_store: self.can_store,
                    enrolled: self.enrolled,
                    has_voice: self.has_voice,
                };
                let known = self.service.serve(ask, errand, &mut self.devices, machine);
                self.share_health();
                if let Some(event) = known {
                    self.tell(event);
                }
            }
            Effect::DropPicture(picture) => lock(&self.memory).drop_picture(picture),
            Effect::Forget { owed } => {
                self.wanted.retain(|ask| owed == Some(*ask));
                self.slips.retain(|_, ask| owed == Some(*ask));
                let reprints = std::mem::take(&mut self.reprints);
                self.owed = owed.map(|ask| (ask, reprints));
                self.fetched.clear();
                for job in std::mem::take(&mut self.results).into_keys() {
                    self.devices.cancel_document(job);
                }
                lock(&self.memory).forget();
            }
        }
    }

    fn scan(&mut self, ask: AskId, (pages, both_sides): (u32, bool), wanted: ScanFor) {
        if self.devices.scan(u64::from(ask.0), pages, both_sides) {
            self.scan = Some(Scanning { ask, wanted });
        } else {
            let trouble = Some(kiosk_core::screen::ScanTrouble::Offline);
            self.tell(Event::ScanEnded { ask, trouble });
        }
    }

    fn work(&mut self, work: Work) {
        self.broken |= self.work.send(work).is_err();
    }

    fn note(&mut self, what: &str) {
        let at = self.clock.now().up;
        self.audience.note(at, what);
    }

    fn show(&mut self) {
        let screen = self.kiosk.screen();
        if self.shown.as_ref() != Some(&screen) {
            self.devices.light(screen.lights);
            self.shown = Some(screen.clone());
            let said = self.speech.as_mut().and_then(|it| it.follow(&screen));
            if let Some(said) = &said {
                self.audience.said(said);
            }
            self.audience.show(screen);
            self.heard();
        }
    }

    /// What a voice without sound counts as spoken.
    fn heard(&mut self) {
        let spoken = self.speech.as_mut().map(Speech::spoken);
        for page in spoken.into_iter().flatten() {
            self.tell(Event::Heard(page));
        }
    }
}

#[cfg(test)]
mod tests;
