//! A pretended shell: it answers effects as devices, store and city would, well or badly.

use std::collections::BTreeSet;
use std::time::Duration;

use city_catalogue::Text;
use city_catalogue::hall::{BookingState, CheckIn};
use jiff::civil::date;
use kiosk_core::screen::{
    Alone, AppointmentPage, CardTrouble, Page, PictureId, Place, PortraitAdvice, ScanTrouble,
};
use kiosk_core::service::{Answer, Errand, PinAnswer, Verdict};
use kiosk_core::{
    AppointmentAsk, AppointmentReply, AskId, AuthorityReply, Away, CheckInReply, Code, Composed,
    DeviceState, Effect, EnquiryAsk, EnquiryRefusal, EnquiryReply, Event, FactorReply, FilingKind,
    HallEntry, HallKept, HelpAsk, HelpReply, Key, Kiosk, Link, Listed, Now, Outcome, OutcomeReply,
    Person, PortraitEvent, PortraitOrder, Prefilled, Press, PrintedAs, ReaderEvent, Refusal, Reply,
    Request, ResultReply, Scanned, Screen, Secret, Settings, SlipData, Stop, Tap, Touch,
    WithdrawRefusal, WithdrawReply, stops,
};
use uuid::Uuid;

use crate::here::{Here, personal};
use crate::samples::{
    all_well, booking, enquiry, facts, facts_known, matter, person, report, slots, ticket,
};

/// How the world answers; every choice is taken from these bits.
#[derive(Clone, Debug)]
pub struct Mood {
    pub bits: Vec<u8>,
    at: usize,
}

impl Mood {
    pub fn new(bits: Vec<u8>) -> Self {
        Self { bits, at: 0 }
    }

    pub fn next(&mut self) -> u8 {
        self.at += 1;
        self.bits
            .get(self.at % self.bits.len().max(1))
            .copied()
            .unwrap_or(0)
            ^ (self.at as u8)
    }
}

/// The kiosk with its pretended surroundings and what must always hold.
pub struct World {
    pub kiosk: Kiosk,
    pub now: Now,
    pub mood: Mood,
    pub persons: u32,
    /// The card that lies on the reader.
    pub card: Option<u32>,
    /// Persons who belong to visits that are over.
    gone: BTreeSet<u32>,
    /// The card lifted last within this visit.
    pub lifted: Option<u32>,
    pub pending: Vec<Event>,
    pub filed: BTreeSet<Uuid>,
    pub stored: u32,
    pub receipts: Vec<(String, Uuid, bool)>,
    /// Check-ins and numbers on disk: the packet's or the ticket's id.
    kept: BTreeSet<Uuid>,
    pub steps: u64,
    pub transitions: u64,
    /// Kinds of pages seen.
    pub pages: BTreeSet<String>,
    open: Option<(AskId, Uuid, bool)>,
    printer: bool,
    /// The code scanner looks for codes.
    listening: bool,
    /// The live view that is open.
    camera: Option<AskId>,
    /// No new visit may begin.
    halted: bool,
    here: Here,
    /// The screen that was read through last.
    read: Option<Screen>,
}

impl World {
    pub fn new(bits: Vec<u8>) -> Self {
        let now = Now {
            up: Duration::ZERO,
            civil: date(2026, 11, 23).at(10, 0, 0, 0),
        };
        let mut world = Self {
            kiosk: Kiosk::new(Settings::default(), now),
            now,
            mood: Mood::new(bits),
            persons: 0,
            card: None,
            gone: BTreeSet::new(),
            lifted: None,
            pending: Vec::new(),
            filed: BTreeSet::new(),
            stored: 0,
            receipts: Vec::new(),
            kept: BTreeSet::new(),
            steps: 0,
            transitions: 0,
            pages: BTreeSet::new(),
            open: None,
            printer: false,
            listening: false,
            camera: None,
            halted: false,
            here: Here::default(),
            read: None,
        };
        world.event(Event::Devices(all_well()));
        world.event(Event::Link(Link::Up));
        // Half of the kiosks know who is expected today.
        if world.mood.next().is_multiple_of(2) {
            world.event(Event::Expected(Some(now.civil.date())));
        }
        world
    }

    pub fn screen(&self) -> Screen {
        self.kiosk.screen()
    }

    pub fn touch(&mut self, touch: Touch) {
        let page = self.kiosk.screen().number;
        self.tap(Tap {
            page,
            touch,
            random: [0; 16],
        });
    }

    pub fn tap(&mut self, mut tap: Tap) {
        self.steps += 1;
        // Fresh random bytes for every tap, as the shell draws them.
        tap.random[..8].copy_from_slice(&self.steps.to_be_bytes());
        self.event(Event::Tap(tap));
    }

    pub fn put_card(&mut self) {
        self.persons += 1;
        self.put(self.persons);
    }

    pub fn put(&mut self, n: u32) {
        self.card = Some(n);
        self.event(Event::Reader(ReaderEvent::Card(Box::new(person(n)))));
    }

    /// The card lifted last comes back, or another one is put.
    pub fn put_back(&mut self) {
        match self.lifted {
            Some(n) if !self.gone.contains(&n) => self.put(n),
            Some(_) | None => self.put_card(),
        }
    }

    /// The card of whoever acts for another comes back in place of the other's.
    pub fn put_own(&mut self) {
        self.lift_card();
        if let Some(own) = self.persons.checked_sub(1).filter(|own| *own > 0) {
            self.put(own);
        }
    }

    pub fn lift_card(&mut self) {
        self.lifted = self.card.take().or(self.lifted);
        self.event(Event::Reader(ReaderEvent::Removed));
    }

    pub fn card_trouble(&mut self) {
        self.event(Event::Reader(ReaderEvent::Trouble(
            CardTrouble::LiftAndPutBack,
        )));
    }

    pub fn pass(&mut self, time: Duration) {
        self.now.up += time;
        let seconds = i64::try_from(time.as_secs()).unwrap_or(0);
        self.now.civil = self
            .now
            .civil
            .saturating_add(jiff::Span::new().seconds(seconds));
    }

    pub fn tick(&mut self) -> bool {
        let Some(at) = self.kiosk.deadline() else {
            return false;
        };
        let wait = at.saturating_sub(self.now.up);
        self.pass(wait);
        self.event(Event::Tick);
        true
    }

    /// Answers everything that is outstanding, as it stands.
    pub fn settle(&mut self) {
        let mut rounds = 0;
        while let Some(event) = self.pending.pop() {
            self.event(event);
            rounds += 1;
            assert!(rounds < 200, "effects and answers never end");
        }
    }

    pub fn event(&mut self, event: Event) {
        self.note_before(&event);
        self.transitions += 1;
        let idle = self.kiosk.is_idle();
        let sensed = matches!(event, Event::Presence(_) | Event::Code(_));
        let outside = !idle && !self.in_service();
        let effects = self.kiosk.handle(self.now, event);
        assert!(
            !(idle && (self.halted || sensed)) || self.kiosk.is_idle() || self.in_service(),
            "a visit began that nobody may or did begin"
        );
        let forgot = effects.iter().any(|e| matches!(e, Effect::Forget { .. }));
        assert!(
            !(outside && self.in_service()) || forgot,
            "the service opened in the middle of a visit"
        );
        for effect in effects {
            self.perform(effect);
        }
        self.check();
    }

    fn note_before(&mut self, event: &Event) {
        match event {
            Event::Stored { ask, receipt } => {
                if let Some((open, id, _)) = self.open
                    && open == *ask
                {
                    self.receipts.push((receipt.clone(), id, false));
                    self.here.receipts.push(receipt.clone());
                    self.here.by_hand = 0;
                    self.here.no_paper = !self.printer;
                }
            }
            Event::NotStored { ask } => {
                if let Some((open, id, _)) = self.open
                    && open == *ask
                {
                    self.filed.remove(&id);
                }
            }
            Event::Received { application, .. } => {
                for (_, id, received) in &mut self.receipts {
                    *received |= id == application;
                }
            }
            Event::Tap(tap) => self.note_tap(tap),
            Event::Reader(ReaderEvent::Card(_)) => self.here.unproven = false,
            Event::Devices(devices) => {
                self.halted = devices.halt.is_some();
                self.printer = devices.receipt_printer == DeviceState::Ready;
                self.here.no_paper |= !self.printer;
            }
            Event::Printed { ask, .. } => self.here.printing.retain(|(open, _)| open != ask),
            Event::Key(press) => self.note_key(*press),
            Event::Tick
            | Event::Headphones(_)
            | Event::Heard(_)
            | Event::SlipReady { .. }
            | Event::Code(_)
            | Event::Zone { .. }
            | Event::Presence(_)
            | Event::Reader(_)
            | Event::Shelf(_)
            | Event::Link(_)
            | Event::ScanComing { .. }
            | Event::Scanned { .. }
            | Event::ScanEnded { .. }
            | Event::PageTurned { .. }
            | Event::Glass { .. }
            | Event::Composed { .. }
            | Event::Expected(_)
            | Event::Kept { .. }
            | Event::Queued { .. }
            | Event::City { .. }
            | Event::ServiceWanted
            | Event::Portrait { .. }
            | Event::Service { .. } => {}
        }
    }

    /// A key that takes something is the touch it stands for.
    fn note_key(&mut self, press: Press) {
        let screen = self.screen();
        if !screen.display.aloud || screen.aloud.spelling.is_some() {
            return;
        }
        let taken = screen
            .aloud
            .cursor
            .and_then(|at| stops(&screen).get(at).cloned());
        let touch = match (press.key, taken) {
            (Key::Select, Some(Stop::Touch(touch))) => touch,
            (Key::Back, _) => Touch::Back,
            _ => return,
        };
        self.note_tap(&Tap {
            page: press.page,
            touch,
            random: press.random,
        });
    }

    /// Presses a key of the keypad on the page that stands.
    pub fn key(&mut self, key: Key) {
        self.steps += 1;
        let mut random = [1; 16];
        random[..8].copy_from_slice(&self.steps.to_be_bytes());
        let page = self.screen().number;
        self.event(Event::Key(Press { page, key, random }));
    }

    /// A touch on the done page, or back from a check-in, that says something of the slip or of the
    /// person.
    fn note_tap(&mut self, tap: &Tap) {
        let screen = self.screen();
        let there = screen.overlay.is_none() && screen.number == tap.page;
        let leaves = match (&screen.page, &tap.touch) {
            (Page::CheckIn(_), Touch::Back) => true,
            (Page::CheckIn(page), Touch::Appointments) => page.offers_appointments(),
            (Page::Appointment(page), Touch::Back) => matches!(page, AppointmentPage::Done(_)),
            (_, _) => false,
        };
        if there && leaves {
            self.here.unproven = self.card.is_none();
        }
        if !matches!(
            tap.touch,
            Touch::Another | Touch::PrintSlip | Touch::NoPaper
        ) {
            return;
        }
        let done = matches!(screen.page, Page::Done(_)) && screen.overlay.is_none();
        if !done || screen.number != tap.page {
            return;
        }
        match tap.touch {
            Touch::Another => self.here.unproven = self.card.is_none(),
            Touch::PrintSlip => self.here.by_hand += 1,
            _ => self.here.no_paper = true,
        }
    }

    /// A visit is over: what it owed was done, and nobody of it is spoken of again.
    fn forgotten(&mut self, owed: Option<AskId>) {
        let over = self.kiosk.is_idle() || self.in_service();
        let long = Duration::from_secs(60);
        let given_up = |began: &Duration| self.now.up.saturating_sub(*began) >= long;
        let mut here = std::mem::take(&mut self.here);
        assert!(
            !over || here.printing.iter().all(|(_, began)| given_up(began)),
            "forgotten in mid print"
        );
        here.printing.retain(|(ask, began)| {
            let slip = here.slips.iter().any(|(slip, _)| slip == ask);
            assert!(
                !slip || owed == Some(*ask) || given_up(began),
                "a slip that was asked for never comes out"
            );
            owed == Some(*ask)
        });
        self.here.printing = std::mem::take(&mut here.printing);
        assert_eq!(self.camera, None, "the camera watches nobody's visit");
        here.owes_nothing();
        let stays = self.card.filter(|_| !over);
        self.gone = (1..=self.persons).filter(|n| Some(*n) != stays).collect();
        self.lifted = None;
        self.read = None;
    }

    /// What must hold after every event.
    fn check(&mut self) {
        let screen = self.kiosk.screen();
        assert_eq!(
            screen.codes.is_some(),
            self.listening,
            "the scanner looks exactly while the page asks"
        );
        assert!(
            !(self.here.unproven && personal(&screen.page)),
            "a personal page opened without the card"
        );
        match &screen.page {
            Page::Idle(page) => {
                assert_eq!(
                    page.card_left,
                    self.card.is_some(),
                    "a card left behind is unsaid"
                );
                assert!(self.kiosk.is_idle());
            }
            Page::Done(page) => {
                let known = self
                    .receipts
                    .iter()
                    .find(|(receipt, _, _)| *receipt == page.receipt);
                let (_, _, received) = known.expect("stored is said only after Stored");
                if let Place::Received { .. } = page.place {
                    assert!(received, "received is said only after the city's word");
                }
            }
            Page::CheckIn(page) if page.alone == Some(Alone::KeptHere) => {
                assert!(!self.kept.is_empty(), "kept is said only after Kept");
            }
            Page::Service(_) => {
                assert!(screen.progress.is_none() && screen.overlay.is_none());
            }
            Page::Goodbye(page) => {
                assert_eq!(
                    page.card,
                    self.card.is_some(),
                    "a card on the reader is named"
                );
            }
            _ => {}
        }
        // What was read already says the same, as long as nobody goes.
        if self.read.as_ref() != Some(&screen) {
            self.read_through(&screen);
            self.read = Some(screen);
        }
    }

    /// Every word of the screen: what page it is, and that it speaks of nobody who has gone.
    fn read_through(&mut self, screen: &Screen) {
        let shown = format!("{screen:?}");
        let (_, page) = shown.split_once("page: ").expect("a page");
        let kind = page.split(['(', ' ']).next().unwrap_or_default();
        self.pages.insert(kind.to_owned());
        if let Some(inner) = page.strip_prefix("Service(") {
            let inner = inner.split('(').next().unwrap_or_default();
            self.pages.insert(format!("service {inner}"));
        }
        for gone in &self.gone {
            let person = person(*gone);
            for word in [&person.name, &person.number, &person.address] {
                assert!(
                    !shown.contains(word.reveal()),
                    "the screen speaks of a person who has gone"
                );
            }
        }
        if matches!(screen.page, Page::Service(_)) {
            let words = (1..=self.persons).map(person);
            assert!(
                words
                    .flat_map(|p| [p.name, p.number, p.address])
                    .all(|word| !shown.contains(word.reveal())),
                "a resident's data in the service"
            );
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { ask, request } => {
                let answer = self.answer(&request);
                self.pending.push(Event::City { ask, answer });
            }
            Effect::Portrait { ask, order } => self.portray(ask, order),
            Effect::Scan { ask, .. } | Effect::ScanPhoto { ask, .. } => {
                let mood = self.mood.next();
                // One from the glass, or a pile through the feeder.
                let (pages, fed) = match mood % 6 {
                    0 => (mood / 6 % 3, true),
                    5 => (mood % 30, true),
                    _ => (1, false),
                };
                // What is pushed last happens first.
                let trouble = mood.is_multiple_of(6).then_some(ScanTrouble::Jam);
                self.pending.push(Event::ScanEnded { ask, trouble });
                let percent = mood;
                self.pending.push(Event::ScanComing { ask, percent });
                for n in 0..pages {
                    let page = Scanned {
                        picture: PictureId(u32::from(n) + 1),
                        bytes: 300_000,
                        width: 2480,
                        height: 3508,
                        card: mood.is_multiple_of(3),
                        advice: None,
                    };
                    self.pending.push(Event::Scanned { ask, page, fed });
                }
            }
            Effect::TurnPage { ask, picture, .. } => {
                let page = (!self.mood.next().is_multiple_of(4)).then_some(Scanned {
                    picture: PictureId(picture.0 + 1),
                    bytes: 300_000,
                    width: 3508,
                    height: 2480,
                    card: false,
                    advice: None,
                });
                self.pending.push(Event::PageTurned { ask, page });
            }
            Effect::LookAtGlass { ask } => {
                let covered = match self.mood.next() % 4 {
                    0 => None,
                    1 => Some(true),
                    _ => Some(false),
                };
                self.pending.push(Event::Glass { ask, covered });
            }
            Effect::Compose { ask, form } => {
                self.not_of_the_gone(form.person.as_ref());
                let form = (!self.mood.next().is_multiple_of(9)).then(|| Composed {
                    sha256: [7; 32],
                    pages: vec![PictureId(900), PictureId(901)],
                });
                self.pending.push(Event::Composed { ask, form });
            }
            Effect::File { ask, filing } => {
                self.not_of_the_gone(filing.identity.as_ref().map(|i| &i.person));
                if let Some(acting) = &filing.acting {
                    self.not_of_the_gone(Some(&acting.principal));
                    let agent = filing.identity.as_ref().map(|identity| &identity.person);
                    assert!(agent.is_some_and(|agent| !agent.is(&acting.principal)));
                }
                assert!(
                    self.filed.insert(filing.application),
                    "one application is filed once"
                );
                let well = !self.mood.next().is_multiple_of(7);
                let rating = matches!(filing.kind, FilingKind::Rating { .. });
                if !rating {
                    self.open = Some((ask, filing.application, well));
                }
                self.stored += 1;
                let receipt = format!("K2Q2-{:04}", self.stored);
                self.pending.push(if well {
                    Event::Stored { ask, receipt }
                } else {
                    Event::NotStored { ask }
                });
                if well && !rating && !self.mood.next().is_multiple_of(3) {
                    self.pending.insert(
                        0,
                        Event::Received {
                            application: filing.application,
                            filing: "SB-1".into(),
                            case: None,
                        },
                    );
                }
            }
            Effect::Keep { ask, entry } => self.keep(ask, entry),
            Effect::PrintSlip { ask, slip } => {
                let shown = format!("{slip:?}");
                for gone in &self.gone {
                    assert!(!shown.contains(person(*gone).name.reveal()));
                }
                if let SlipData::Receipt { matters, .. } = slip.as_ref() {
                    let receipts = matters.iter().map(|matter| matter.receipt.clone());
                    self.here.slips.push((ask, receipts.collect()));
                }
                self.here.printing.push((ask, self.now.up));
                let outcome = self.print_outcome();
                self.pending.push(Event::Printed { ask, outcome });
                if self.mood.next().is_multiple_of(2) {
                    self.pending.push(Event::SlipReady { ask });
                }
            }
            Effect::PrintResult { ask, .. } => {
                self.here.printing.push((ask, self.now.up));
                let outcome = self.print_outcome();
                self.pending.push(Event::Printed { ask, outcome });
            }
            Effect::ReadZone { ask, .. } => {
                let code = match self.mood.next() % 4 {
                    0 => Code::Doubtful,
                    1 => Code::Unreadable,
                    _ => Code::Travel(Secret::new("E00000000")),
                };
                self.pending.push(Event::Zone { ask, code });
            }
            Effect::Listen { codes } => self.listening = codes,
            Effect::CancelScan | Effect::DropPicture(_) => {}
            Effect::Forget { owed } => self.forgotten(owed),
            Effect::Service { ask, errand } => self.serve(ask, &errand),
        }
    }

    /// The store commits, or now and then does not.
    fn keep(&mut self, ask: AskId, entry: HallEntry) {
        let well = !self.mood.next().is_multiple_of(6);
        let packet = entry.arrival.map(|arrival| arrival.packet);
        let ids: Vec<Uuid> = packet.into_iter().chain(entry.ticket).collect();
        assert!(!ids.is_empty(), "something is to be kept");
        let told: Vec<Event> = packet
            .map(|application| Event::Received {
                application,
                filing: String::new(),
                case: None,
            })
            .into_iter()
            .chain(entry.ticket.map(|ticket| Event::Queued { ticket }))
            .collect();
        if well {
            let new = packet.is_none_or(|packet| self.kept.insert(packet));
            assert!(new, "one arrival is kept once");
            self.kept.extend(ids);
            if self.mood.next().is_multiple_of(2) {
                self.pending.extend(told);
            }
        }
        // What is pushed last happens first: never told before it is kept.
        let number = entry.ticket.map(|_| format!("A{:03}", self.kept.len()));
        let kept = well.then_some(HallKept { number });
        self.pending.push(Event::Kept { ask, kept });
    }

    /// Somebody of today's list, in any state, or nobody.
    fn listed(&mut self) -> Option<Listed> {
        let mood = self.mood.next();
        let states = BookingState::ALL;
        let hour = |hour| date(2026, 11, 23).at(hour, 0, 0, 0);
        let begins = 9 + i8::try_from(mood % 3).unwrap_or(0);
        (!mood.is_multiple_of(5)).then(|| Listed {
            id: Uuid::from_u128(u128::from(mood) + 1),
            begins: hour(begins),
            opens: hour(begins - 1),
            closes: hour(begins + 1),
            state: states[usize::from(mood / 4) % states.len()],
            ticket: "B014".into(),
        })
    }

    fn portray(&mut self, ask: AskId, order: PortraitOrder) {
        let mood = self.mood.next();
        self.camera = match order {
            PortraitOrder::Open(_) => {
                assert_eq!(self.camera, None, "one live view at a time");
                Some(ask)
            }
            PortraitOrder::Take(_) | PortraitOrder::Close => None,
        };
        let event = match order {
            PortraitOrder::Close => return,
            _ if mood.is_multiple_of(6) => {
                self.camera = None;
                PortraitEvent::Trouble(ScanTrouble::Offline)
            }
            PortraitOrder::Open(_) if mood.is_multiple_of(5) => {
                PortraitEvent::Seen(Some(PortraitAdvice::Nobody))
            }
            PortraitOrder::Open(_) => PortraitEvent::Seen(None),
            PortraitOrder::Take(wanted) => PortraitEvent::Taken {
                portrait: Scanned {
                    picture: PictureId(u32::from(mood) + 20),
                    bytes: 20_000,
                    width: wanted.width_px,
                    height: wanted.height_px,
                    card: false,
                    advice: None,
                },
                advice: None,
            },
        };
        self.pending.push(Event::Portrait { ask, event });
    }

    fn in_service(&self) -> bool {
        matches!(self.kiosk.screen().page, Page::Service(_))
    }

    /// The shell's answers to the service, as the mood is.
    fn serve(&mut self, ask: AskId, errand: &Errand) {
        let mood = self.mood.next();
        let answer = match errand {
            Errand::Entrance => Answer::Pin(match mood % 12 {
                0 => PinAnswer::Locked { seconds: 3 },
                1 => PinAnswer::NoneSet,
                _ => PinAnswer::Ask,
            }),
            Errand::CheckPin(_) => Answer::Pin(match mood % 4 {
                0 => PinAnswer::Wrong { left: mood % 5 },
                1 if mood > 200 => PinAnswer::Locked { seconds: 15 },
                _ => PinAnswer::Right,
            }),
            Errand::Look => Answer::Facts(facts()),
            Errand::Test { kind, level } if mood.is_multiple_of(3) => {
                self.pending.push(Event::Service {
                    ask,
                    answer: Answer::Tested(report(kind, *level, Verdict::Passed)),
                });
                Answer::Guide(("open-cover", String::new()))
            }
            Errand::Test { kind, level } => Answer::Tested(report(kind, *level, Verdict::Failed)),
            Errand::PaperReplaced { .. } => Answer::RollKept(mood.is_multiple_of(2)),
            Errand::Guided(_) | Errand::Leave => return,
        };
        self.pending.push(Event::Service { ask, answer });
    }

    fn not_of_the_gone(&self, person_of: Option<&Person>) {
        assert!(
            !(self.here.unproven && person_of.is_some()),
            "filed for a person whose card is away"
        );
        for gone in &self.gone {
            assert!(
                person_of.is_none_or(|found| found.number != person(*gone).number),
                "an effect mentions a person who has gone"
            );
        }
    }

    fn print_outcome(&mut self) -> PrintedAs {
        match self.mood.next() % 8 {
            0 => PrintedAs::NotPrinted,
            1 => PrintedAs::Partial,
            2 => PrintedAs::Unknown,
            3 => PrintedAs::Processed,
            4 => PrintedAs::Taken,
            5 => PrintedAs::DrawnBack,
            _ => PrintedAs::Printed,
        }
    }

    /// Any of the outcomes, now and then one that lacks what it speaks of.
    fn checked_in(&mut self) -> CheckInReply {
        let outcomes = CheckIn::ALL;
        let outcome = outcomes[usize::from(self.mood.next()) % outcomes.len()];
        let whole = !self.mood.next().is_multiple_of(8);
        CheckInReply {
            outcome,
            ticket: whole.then(|| ticket("B014")),
            station: Some("S002".into()),
            begins: Some(date(2026, 11, 23).at(14, 0, 0, 0)),
            opens: whole.then(|| date(2026, 11, 23).at(13, 30, 0, 0)),
        }
    }

    /// A city in which now and then somebody else was faster, or there is nothing to book.
    fn booked(&mut self, asked: &AppointmentAsk) -> AppointmentReply {
        let mood = self.mood.next();
        let refusals = [
            Refusal::SlotFull,
            Refusal::OneADay,
            Refusal::Barred,
            Refusal::TooLate,
            Refusal::Gone,
            Refusal::NotOffered,
        ];
        let refusal = refusals[usize::from(mood / 4) % refusals.len()];
        match asked {
            AppointmentAsk::Own { .. } => AppointmentReply::Own {
                bookings: (0..mood % 3).map(|n| booking(n, mood)).collect(),
                barred_until: mood.is_multiple_of(7).then(|| date(2026, 12, 24)),
            },
            _ if mood.is_multiple_of(4) => AppointmentReply::Refused(refusal),
            _ if mood.is_multiple_of(9) => AppointmentReply::NotSent,
            AppointmentAsk::Slots { .. } => AppointmentReply::Slots(slots(mood)),
            AppointmentAsk::Book { .. }
            | AppointmentAsk::Move { .. }
            | AppointmentAsk::Cancel { .. } => AppointmentReply::Done(Box::new(booking(0, mood))),
        }
    }

    /// A city that now and then does not take a question, or knows nothing of anybody.
    fn enquired(&mut self, asked: &EnquiryAsk) -> EnquiryReply {
        let mood = self.mood.next();
        match asked {
            EnquiryAsk::Own { .. } => {
                EnquiryReply::Own((0..mood % 3).map(|n| enquiry(n, None)).collect())
            }
            _ if mood.is_multiple_of(7) => EnquiryReply::NotSent,
            _ if mood.is_multiple_of(5) => EnquiryReply::Refused(match mood % 3 {
                0 => EnquiryRefusal::NotTaken,
                1 => EnquiryRefusal::Gone,
                _ => EnquiryRefusal::NotProven,
            }),
            EnquiryAsk::Facts { .. } => EnquiryReply::Facts(facts_known(mood)),
            EnquiryAsk::Ask { field, .. } => {
                EnquiryReply::Asked(Box::new(enquiry(1, field.as_deref())))
            }
        }
    }

    fn answer(&mut self, request: &Request) -> Result<Reply, Away> {
        if self.mood.next().is_multiple_of(8) {
            return Err(Away);
        }
        Ok(match request {
            Request::Factor { code, method, .. } => {
                Reply::Factor(match (self.mood.next() % 6, code) {
                    (0, _) => FactorReply::No,
                    (1, None) => FactorReply::CodeSent {
                        phone: "154****0001".into(),
                    },
                    (2, Some(_)) => FactorReply::WrongCode {
                        left: self.mood.next() % 3,
                    },
                    (3, _) if *method == kiosk_core::Method::Face => FactorReply::Away,
                    (_, _) => FactorReply::Yes {
                        grant: Secret::new("grant"),
                    },
                })
            }
            Request::Authority { agent, acting, .. } => {
                assert!(!agent.is(&acting.principal), "nobody lets themselves");
                Reply::Authority(if self.mood.next().is_multiple_of(4) {
                    AuthorityReply::Refused
                } else {
                    AuthorityReply::Given
                })
            }
            Request::Prefill { .. } => Reply::Prefilled(Prefilled::default()),
            Request::Options { .. } => Reply::Options(Vec::new()),
            Request::Waiting { .. } => Reply::Waiting(2),
            Request::Matters { .. } => Reply::Matters(vec![matter(self.mood.next())]),
            Request::Withdraw(_) => Reply::Withdraw(match self.mood.next() % 6 {
                0 => WithdrawReply::Refused(WithdrawRefusal::Decided),
                1 => WithdrawReply::Refused(WithdrawRefusal::Gone),
                2 => WithdrawReply::Refused(WithdrawRefusal::NotProven),
                3 => WithdrawReply::NotSent,
                _ => WithdrawReply::Done,
            }),
            Request::Enquiry(asked) => Reply::Enquiry(self.enquired(asked)),
            Request::CheckIn { .. } => Reply::CheckIn(Box::new(self.checked_in())),
            Request::Appointment(asked) => Reply::Appointment(self.booked(asked)),
            Request::Listed { .. } => Reply::Listed(self.listed()),
            Request::Help(HelpAsk::Withdraw { .. }) => Reply::Help(HelpReply::Closed),
            Request::Help(_) => Reply::Help(match self.mood.next() % 4 {
                0 => HelpReply::Coming,
                1 => HelpReply::Closed,
                _ => HelpReply::Waiting,
            }),
            Request::WalkIn { .. } => {
                let gives = !self.mood.next().is_multiple_of(4);
                Reply::Ticket(gives.then(|| ticket("A017")))
            }
            Request::Outcome { .. } => Reply::Outcome(OutcomeReply {
                outcome: match self.mood.next() % 4 {
                    0 => Outcome::Deciding,
                    1 => Outcome::Filed,
                    2 => Outcome::Refused {
                        reason: Text::default(),
                    },
                    _ => Outcome::Granted,
                },
                due: None,
                result: (self.mood.next().is_multiple_of(2)).then(|| ResultReply {
                    id: "r".into(),
                    name: "证明".into(),
                    number: "1".into(),
                    verification: "ABCD".into(),
                    prints: true,
                }),
            }),
        })
    }
}
