//! A pretended room: real kiosks in memory, their shell and city answering as the sample city does.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use city_catalogue::Catalogue;
use city_catalogue::clock::Calendar;
use city_catalogue::regions::Regions;
use city_catalogue::search::Index;
use jiff::civil::date;
use kiosk_core::screen::{
    CardTrouble, PageAdvice, PageNumber, PictureId, PortraitAdvice, ScanTrouble,
};
use kiosk_core::{
    AskId, Code, Composed, DeviceState, Devices, DocumentKind, Effect, Event, Filing, FilingKind,
    Halt, Kiosk, Lights, Link, Now, Person, PortraitEvent, PortraitOrder, PortraitWanted, Press,
    PrintedAs, ReaderEvent, ReaderModule, Scanned, Screen, Secret, Settings, Shelf, SlipData, Tap,
    Touch,
};
use kiosk_drivers::cabinet::Signal;
use kiosk_drivers::keypad::Key;
use kiosk_drivers::scanner::sim::CardSide;
use serde_json::Value as Json;

use super::super::Room;
use super::city::{CODE, City};
use super::hall::Hall;
use super::service::Service;
use crate::demo::camera::Sitter;
use crate::demo::script::Officer;
use crate::devices::typed_zone;
use crate::speech::{SilentVoice, Speech};

const CATALOGUE: &[u8] = include_bytes!("../../../../../backend/sample-city/catalogue.json");
const HOLIDAYS: &[u8] = include_bytes!("../../../../../backend/sample-city/holidays.json");
const REGIONS: &[u8] = include_bytes!("../../../../../backend/sample-city/regions.json");
const CARDS: &str = include_str!("../../../../../backend/sample-city/cards.json");

/// The sample city's catalogue, read once for all tests.
fn shelf() -> Arc<Shelf> {
    static SHELF: LazyLock<Arc<Shelf>> = LazyLock::new(read_shelf);
    Arc::clone(&SHELF)
}

fn read_shelf() -> Arc<Shelf> {
    let catalogue = Catalogue::parse("catalogue.json", CATALOGUE).expect("the sample city loads");
    Arc::new(Shelf {
        index: Index::new(&catalogue),
        calendar: Calendar::parse("holidays.json", HOLIDAYS).expect("holidays"),
        regions: Regions::parse("regions.json", REGIONS).expect("regions"),
        catalogue,
        lockers: Vec::new(),
        here: "S001".into(),
        version: 1,
        confirmed: date(2026, 11, 23).at(9, 0, 0, 0),
    })
}

fn person(id: &str) -> Result<Person, String> {
    let cards: Json = serde_json::from_str(CARDS).expect("cards");
    let cards = cards["cards"].as_array().expect("a list");
    let card = cards.iter().find(|card| card["id"] == id);
    let card = card.ok_or_else(|| format!("no card {id}"))?;
    let text = |key: &str| card[key].as_str().unwrap_or_default().to_owned();
    let address = Some(text("newAddress")).filter(|new| !new.is_empty());
    Ok(Person {
        document: match card["document"].as_str() {
            Some("foreigner2023") => DocumentKind::Foreigner2023,
            Some("foreigner2017") => DocumentKind::Foreigner2017,
            Some("hmt") => DocumentKind::Hmt,
            _ => DocumentKind::Resident,
        },
        name: Secret::new(text("name")),
        latin_name: Secret::new(text("englishName")),
        number: Secret::new(text("number")),
        number_valid: true,
        sex_code: text("sexCode"),
        born: text("birthDate").parse().ok(),
        address: Secret::new(address.unwrap_or_else(|| text("address"))),
        valid_to: text("validTo").parse().ok(),
    })
}

/// One kiosk with its devices.
struct Counter {
    kiosk: Kiosk,
    now: Now,
    /// What has happened and was not told to the kiosk yet.
    events: VecDeque<Event>,
    screens: VecDeque<Screen>,
    shown: Option<Screen>,
    glass: Option<u32>,
    /// Who is before the portrait camera, and the live view that is open.
    sitter: Sitter,
    view: Option<AskId>,
    /// Whose photo lies on the glass.
    photo: Option<Sitter>,
    /// The side of a card that lies on it.
    side: Option<CardSide>,
    /// Sheets in the feeder.
    fed: u32,
    /// In the next slip the paper ends.
    paper_ends: bool,
    taps: u64,
    speech: Speech,
    said: Vec<String>,
}

/// A slip as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    Receipt { copy: u32, matters: usize },
    Ticket,
    Booking,
    Guide,
}

/// The room.
pub(super) struct Pretended {
    service: Service,
    counters: Vec<Counter>,
    at: usize,
    shelf: Arc<Shelf>,
    pub(super) city: City,
    hall: Hall,
    pub(super) slips: Vec<Slip>,
}

impl Pretended {
    pub(super) fn new() -> Self {
        let shelf = shelf();
        // The second one has a document camera.
        let counters = [false, true].map(|desk| Counter::new(&shelf, desk));
        let counters = counters.into();
        Self {
            service: Service::default(),
            counters,
            at: 0,
            city: City::new(),
            hall: Hall::default(),
            shelf,
            slips: Vec::new(),
        }
    }

    /// Fresh bytes for a touch or a key.
    fn random(&mut self) -> [u8; 16] {
        let counter = &mut self.counters[self.at];
        counter.taps += 1;
        let mut random = [self.at as u8; 16];
        random[..8].copy_from_slice(&counter.taps.to_be_bytes());
        random
    }

    fn happens(&mut self, event: Event) {
        self.counters[self.at].events.push_back(event);
    }

    fn devices(&mut self, receipt_printer: DeviceState) {
        self.happens(Event::Devices(Devices {
            receipt_printer,
            ..all_well()
        }));
    }

    /// Tells the kiosk one event and does what it asks.
    fn tell(&mut self, event: Event) {
        let counter = &mut self.counters[self.at];
        let effects = counter.kiosk.handle(counter.now, event);
        let screen = counter.kiosk.screen();
        if counter.shown.as_ref() != Some(&screen) {
            counter.shown = Some(screen.clone());
            let said = counter.speech.follow(&screen).map(|said| said.lines);
            let lines = said.into_iter().flatten().map(|line| line.text);
            counter.said.extend(lines);
            let heard = counter.speech.spoken().into_iter().map(Event::Heard);
            counter.events.extend(heard);
            counter.screens.push_back(screen);
        }
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { ask, request } => {
                let known = self.hall.answer(&request, self.city.up);
                let answer = known.unwrap_or_else(|| self.city.answer(&request, &self.shelf));
                self.happens(Event::City { ask, answer });
            }
            Effect::Portrait { ask, order } => self.portray(ask, order),
            Effect::ScanPhoto { ask, wanted } => {
                let photo = self.counters[self.at].photo;
                let trouble = photo.is_none().then_some(ScanTrouble::NoPaper);
                if let Some(photo) = photo {
                    let page = Scanned {
                        advice: (photo == Sitter::Nobody).then_some(PageAdvice::NoPhoto),
                        ..portrait(wanted)
                    };
                    let fed = false;
                    self.happens(Event::Scanned { ask, page, fed });
                }
                self.happens(Event::ScanEnded { ask, trouble });
            }
            Effect::Scan { ask, .. } => {
                let counter = &mut self.counters[self.at];
                let sheets = std::mem::take(&mut counter.fed);
                let fed = sheets > 0;
                let pages: Vec<u32> = match (fed, counter.glass) {
                    (true, _) => (1..=sheets).collect(),
                    (false, page) => {
                        let card = counter.side.map(|side| 100 + side as u32);
                        card.or(page).into_iter().collect()
                    }
                };
                let card = counter.side.is_some();
                let trouble = pages.is_empty().then_some(ScanTrouble::NoPaper);
                for page in pages {
                    let page = Scanned {
                        picture: PictureId(page),
                        bytes: 300_000,
                        width: 2480,
                        height: 3508,
                        card,
                        advice: None,
                    };
                    self.happens(Event::Scanned { ask, page, fed });
                }
                self.happens(Event::ScanEnded { ask, trouble });
            }
            Effect::TurnPage { ask, picture, .. } => {
                let page = Some(Scanned {
                    picture,
                    bytes: 300_000,
                    width: 3508,
                    height: 2480,
                    card: false,
                    advice: None,
                });
                self.happens(Event::PageTurned { ask, page });
            }
            Effect::LookAtGlass { ask } => {
                let counter = &self.counters[self.at];
                let laid = counter.glass.is_some() || counter.side.is_some();
                let covered = Some(laid || counter.photo.is_some());
                self.happens(Event::Glass { ask, covered });
            }
            Effect::Compose { ask, .. } => {
                let form = Some(Composed {
                    sha256: [7; 32],
                    pages: vec![PictureId(900), PictureId(901)],
                });
                self.happens(Event::Composed { ask, form });
            }
            Effect::File { ask, filing } => self.file(ask, &filing),
            Effect::Keep { ask, entry } => {
                let kept = Some(self.hall.keep(&entry));
                self.happens(Event::Kept { ask, kept });
                self.deliver();
            }
            Effect::PrintSlip { ask, slip } => self.print(ask, &slip),
            Effect::PrintResult { ask, .. } => self.happens(Event::Printed {
                ask,
                outcome: PrintedAs::Printed,
            }),
            Effect::Service { ask, errand } => {
                if let Some(answer) = self.service.answer(errand) {
                    self.happens(Event::Service { ask, answer });
                }
            }
            Effect::ReadZone { ask, text } => {
                let code = typed_zone(self.counters[self.at].now, text.reveal());
                self.happens(Event::Zone { ask, code });
            }
            Effect::CancelScan
            | Effect::Listen { .. }
            | Effect::DropPicture(_)
            | Effect::Forget { .. } => {}
        }
    }

    fn portray(&mut self, ask: AskId, order: PortraitOrder) {
        let open = matches!(order, PortraitOrder::Open(_));
        self.counters[self.at].view = open.then_some(ask);
        match order {
            PortraitOrder::Open(_) => self.seen(ask),
            PortraitOrder::Take(wanted) => {
                let event = PortraitEvent::Taken {
                    portrait: portrait(wanted),
                    advice: None,
                };
                self.happens(Event::Portrait { ask, event });
            }
            PortraitOrder::Close => {}
        }
    }

    /// What the camera says of who is before it.
    fn seen(&mut self, ask: AskId) {
        let event = match self.counters[self.at].sitter {
            Sitter::Nobody => PortraitEvent::Seen(Some(PortraitAdvice::Nobody)),
            Sitter::Far => PortraitEvent::Seen(Some(PortraitAdvice::TooFar)),
            Sitter::Well => PortraitEvent::Seen(None),
            Sitter::Unplugged => PortraitEvent::Trouble(ScanTrouble::Offline),
        };
        self.happens(Event::Portrait { ask, event });
    }

    fn file(&mut self, ask: kiosk_core::AskId, filing: &Filing) {
        let receipt = self.city.receipt();
        if !matches!(filing.kind, FilingKind::Rating { .. }) {
            self.city.post(filing, &receipt);
        }
        self.happens(Event::Stored { ask, receipt });
        if !matches!(filing.kind, FilingKind::Rating { .. }) {
            self.deliver();
        }
    }

    fn deliver(&mut self) {
        for (application, filing) in self.city.deliver() {
            self.happens(Event::Received {
                application,
                filing,
                case: None,
            });
        }
        for event in self.hall.tell(self.city.up) {
            self.happens(event);
        }
    }

    fn print(&mut self, ask: kiosk_core::AskId, slip: &SlipData) {
        self.slips.push(match slip {
            SlipData::Receipt { copy, matters, .. } => Slip::Receipt {
                copy: *copy,
                matters: matters.len(),
            },
            SlipData::Ticket { .. } => Slip::Ticket,
            SlipData::Booking { .. } => Slip::Booking,
            SlipData::Guide { .. } => Slip::Guide,
        });
        let ends = std::mem::take(&mut self.counters[self.at].paper_ends);
        let outcome = if ends {
            self.devices(DeviceState::NotReady);
            PrintedAs::Partial
        } else {
            PrintedAs::Printed
        };
        self.happens(Event::Printed { ask, outcome });
    }

    /// Lets one thing happen, or time pass until something is due; false when nothing is.
    fn happened(&mut self, within: &mut Duration) -> bool {
        let counter = &mut self.counters[self.at];
        if let Some(event) = counter.events.pop_front() {
            self.tell(event);
            return true;
        }
        let Some(at) = counter.kiosk.deadline() else {
            return false;
        };
        let wait = at.saturating_sub(counter.now.up);
        if wait > *within {
            return false;
        }
        *within -= wait;
        counter.pass(wait);
        self.tell(Event::Tick);
        true
    }
}

impl Counter {
    fn new(shelf: &Arc<Shelf>, desk: bool) -> Self {
        let now = Now {
            up: Duration::ZERO,
            civil: date(2026, 11, 23).at(10, 0, 0, 0),
        };
        let events = [
            Event::Devices(Devices { desk, ..all_well() }),
            Event::Link(Link::Up),
            Event::Expected(Some(now.civil.date())),
            Event::Shelf(Arc::clone(shelf)),
        ];
        let settings = Settings {
            traditional: crate::traditional::written,
            ..Settings::default()
        };
        Self {
            kiosk: Kiosk::new(settings, now),
            now,
            events: VecDeque::from(events),
            screens: VecDeque::new(),
            shown: None,
            glass: None,
            sitter: Sitter::Nobody,
            view: None,
            photo: None,
            side: None,
            fed: 0,
            paper_ends: false,
            taps: 0,
            speech: Speech::new(Box::<SilentVoice>::default()),
            said: Vec::new(),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now.up += time;
        let seconds = i64::try_from(time.as_secs()).expect("a short time");
        self.now.civil = self
            .now
            .civil
            .saturating_add(jiff::Span::new().seconds(seconds));
    }
}

/// The picture of whoever was before the camera.
fn portrait(wanted: PortraitWanted) -> Scanned {
    Scanned {
        picture: PictureId(40),
        bytes: 20_000,
        width: wanted.width_px,
        height: wanted.height_px,
        card: false,
        advice: None,
    }
}

fn all_well() -> Devices {
    Devices {
        reader: DeviceState::Ready,
        reader_module: ReaderModule::Enrolled,
        scanner: DeviceState::Ready,
        feeder: false,
        desk: false,
        receipt_printer: DeviceState::Ready,
        document_printer: DeviceState::Ready,
        camera: DeviceState::Ready,
        code_scanner: DeviceState::Ready,
        cabinet: DeviceState::Ready,
        lights: Lights {
            card: true,
            receipt: true,
            scanner: true,
            document: true,
            code: true,
        },
        halt: None,
        receipt_trouble: None,
        document_trouble: None,
        can_store: true,
        enrolled: true,
        voice: true,
    }
}

impl Room for Pretended {
    fn put_card(&mut self, id: &str) -> Result<(), String> {
        let card = Box::new(person(id)?);
        self.happens(Event::Reader(ReaderEvent::Card(card)));
        Ok(())
    }

    fn lift_card(&mut self) {
        self.happens(Event::Reader(ReaderEvent::Removed));
    }

    fn lift_card_mid_read(&mut self, id: &str) -> Result<(), String> {
        person(id)?;
        let trouble = ReaderEvent::Trouble(CardTrouble::LiftAndPutBack);
        self.happens(Event::Reader(trouble));
        self.lift_card();
        Ok(())
    }

    fn paper_out_after(&mut self, _millimetres: f64) {
        self.counters[self.at].paper_ends = true;
    }

    fn refill(&mut self) {
        self.devices(DeviceState::Ready);
    }

    fn cover(&mut self, open: bool) {
        self.devices(if open {
            DeviceState::NotReady
        } else {
            DeviceState::Ready
        });
    }

    fn page_on_glass(&mut self, page: u32) -> Result<(), String> {
        self.counters[self.at].glass = Some(page);
        Ok(())
    }

    fn card_on_glass(&mut self, side: CardSide) -> Result<(), String> {
        self.counters[self.at].side = Some(side);
        Ok(())
    }

    fn camera(&mut self, sitter: Sitter) -> Result<(), String> {
        let counter = &mut self.counters[self.at];
        counter.sitter = sitter;
        if let Some(view) = counter.view {
            self.seen(view);
        }
        Ok(())
    }

    fn photo_on_glass(&mut self, sitter: Sitter) -> Result<(), String> {
        self.counters[self.at].photo = Some(sitter);
        Ok(())
    }

    fn sheets_in_feeder(&mut self, sheets: u32) {
        self.counters[self.at].fed = sheets;
    }

    fn take_original(&mut self) {
        self.counters[self.at].glass = None;
        self.counters[self.at].side = None;
        self.counters[self.at].photo = None;
    }

    fn city(&mut self, up: bool) -> Result<(), String> {
        self.city.up = up;
        self.happens(Event::Link(if up { Link::Up } else { Link::Away }));
        self.deliver();
        Ok(())
    }

    fn booked(&mut self, card: &str, minutes: i64) -> Result<(), String> {
        let now = self.counters[self.at].now.civil;
        self.hall.book(person(card)?.number, now, minutes);
        Ok(())
    }

    fn queue(&mut self) -> Result<Vec<String>, String> {
        Ok(self.hall.queue.clone())
    }

    fn officer(&mut self, action: &Officer) -> Result<(), String> {
        self.city.officer(action)
    }

    fn show_code(&mut self, text: &str) {
        let code = match text.starts_with("K2Q") {
            true => Code::Receipt(Secret::new(text)),
            false => Code::Text(Secret::new(text)),
        };
        self.happens(Event::Code(code));
    }

    fn key(&mut self, name: &str) -> Result<(), String> {
        let key = Key::named(name).ok_or("no such key")?;
        let shown = self.counters[self.at].shown.clone().ok_or("no screen")?;
        if shown.display.aloud || key == Key::Repeat {
            let press = Press {
                page: shown.number,
                key: crate::shell::core_key(key),
                random: self.random(),
            };
            self.happens(Event::Key(press));
            return Ok(());
        }
        let touch = crate::shell::touch(key, &shown).ok_or("the key does nothing")?;
        self.tap(touch, shown.number);
        Ok(())
    }

    fn sense(&mut self, signal: Signal, on: bool) {
        match signal {
            Signal::Presence => self.happens(Event::Presence(on)),
            Signal::Mains => self.happens(Event::Devices(Devices {
                halt: (!on).then_some(Halt::OnBattery),
                ..all_well()
            })),
            // A visit goes on, whatever is open or plugged.
            Signal::Door if on => self.happens(Event::ServiceWanted),
            Signal::Headphones => self.happens(Event::Headphones(on)),
            Signal::Door | Signal::Cover | Signal::BatteryLow => {}
        }
    }

    fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.counters[self.at].said)
    }

    fn phone_code(&mut self, _card: Option<&str>) -> Result<String, String> {
        Ok(CODE.to_owned())
    }

    fn staff_code(&mut self) -> Result<String, String> {
        Ok(CODE.to_owned())
    }

    fn verify(&mut self, number: &str, code: &str) -> Result<bool, String> {
        Ok(self.city.confirms(number, code))
    }

    fn kiosk(&mut self, number: u8) -> Result<(), String> {
        let at = usize::from(number).wrapping_sub(1);
        let counter = self.counters.get_mut(at).ok_or("no such kiosk")?;
        counter.screens.clear();
        counter.shown = None;
        counter.events.push_back(Event::Tick);
        self.at = at;
        Ok(())
    }

    fn skip(&mut self, time: Duration) {
        self.counters[self.at].pass(time);
        self.happens(Event::Tick);
    }

    fn tap(&mut self, touch: Touch, page: PageNumber) {
        let random = self.random();
        self.happens(Event::Tap(Tap {
            page,
            touch,
            random,
        }));
    }

    fn screen(&mut self, within: Duration) -> Option<Screen> {
        let mut left = within;
        loop {
            if let Some(screen) = self.counters[self.at].screens.pop_front() {
                return Some(screen);
            }
            if !self.happened(&mut left) {
                return None;
            }
        }
    }
}
