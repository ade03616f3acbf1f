//! The sample city and persons the visits play with.

use std::sync::{Arc, LazyLock};

use city_catalogue::clock::Calendar;
use city_catalogue::hall::BookingState;
use city_catalogue::regions::Regions;
use city_catalogue::search::Index;
use city_catalogue::{Catalogue, ItemCode, Text};
use jiff::civil::date;
use kiosk_core::screen::FactSource;
use kiosk_core::service::{
    CheckFacts, DeviceFacts, HealthShown, MachineFacts, RollFacts, ServiceFacts, TestFacts,
    TestLevel, Verdict,
};
use kiosk_core::{
    BookingReply, CaseFact, DeviceState, Devices, DocumentKind, Enquiry, Lights, MatterReply,
    Person, ReaderModule, ResultReply, Secret, Shelf, SlotReply, TicketShown, Usual, Wording,
};
use uuid::Uuid;

const CATALOGUE: &[u8] = include_bytes!("../../../../backend/sample-city/catalogue.json");
const HOLIDAYS: &[u8] = include_bytes!("../../../../backend/sample-city/holidays.json");
const REGIONS: &[u8] = include_bytes!("../../../../backend/sample-city/regions.json");

/// The sample city's catalogue, read once for all tests.
/// A script that is seen wherever something is written in it.
pub fn traditional(words: &str) -> std::borrow::Cow<'_, str> {
    format!("[{words}]").into()
}

pub fn shelf() -> Arc<Shelf> {
    static SHELF: LazyLock<Arc<Shelf>> = LazyLock::new(|| shelf_of(CATALOGUE));
    Arc::clone(&SHELF)
}

/// The sample city with these limits (`{"maxPages": 3}`) for the scan of every material.
pub fn shelf_with_scans(limits: &str) -> Arc<Shelf> {
    let catalogue = String::from_utf8(CATALOGUE.to_vec()).expect("text");
    // The only limits there are: front and back of a driving licence.
    let own = "\"scan\": {\n      \"sides\": \"both\"\n     },";
    assert_eq!(catalogue.matches("\"scan\"").count(), 1);
    let scan = format!(r#""scan":{limits},"acceptStandard":"#);
    let catalogue = catalogue.replace(own, "");
    shelf_of(catalogue.replace("\"acceptStandard\":", &scan).as_bytes())
}

/// The sample city whose results can only be printed at a kiosk.
pub fn shelf_printed_only() -> Arc<Shelf> {
    let catalogue = String::from_utf8(CATALOGUE.to_vec()).expect("text");
    let window = "\"channels\": [\n    \"window\",";
    let seal = "\"electronicSeal\": true";
    assert!(catalogue.contains(window) && catalogue.contains(seal));
    let catalogue = catalogue.replace(window, "\"channels\": [");
    let catalogue = catalogue.replace(seal, "\"electronicSeal\": false");
    shelf_of(catalogue.as_bytes())
}

/// The sample city, as seen from another station.
pub fn shelf_at(station: &str) -> Arc<Shelf> {
    shelf_from(CATALOGUE, station)
}

fn shelf_of(catalogue: &[u8]) -> Arc<Shelf> {
    shelf_from(catalogue, "S002")
}

fn shelf_from(catalogue: &[u8], here: &str) -> Arc<Shelf> {
    let catalogue = Catalogue::parse("catalogue.json", catalogue).expect("the sample city loads");
    Arc::new(Shelf {
        index: Index::new(&catalogue),
        calendar: Calendar::parse("holidays.json", HOLIDAYS).expect("holidays"),
        regions: Regions::parse("regions.json", REGIONS).expect("regions"),
        catalogue,
        lockers: vec!["S001".into()],
        here: here.into(),
        version: 1,
        confirmed: date(2026, 11, 23).at(9, 0, 0, 0),
    })
}

/// Every device works.
pub fn all_well() -> Devices {
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

/// A person whose every word can be recognised afterwards.
pub fn person(n: u32) -> Person {
    Person {
        document: DocumentKind::Resident,
        name: Secret::new(format!("人{n}示例")),
        latin_name: Secret::default(),
        number: Secret::new(format!("59010219900215{n:04}")),
        number_valid: false,
        sex_code: "1".into(),
        born: Some(date(1990, 2, 15)),
        address: Secret::new(format!("云汀市汀东区示例路{n}号")),
        valid_to: None,
    }
}

/// A booking of the person, in one state or another.
pub fn booking(n: u8, mood: u8) -> BookingReply {
    let states = BookingState::ALL;
    let begins = date(2026, 12, 3 + i8::try_from(n).unwrap_or(0)).at(9, 0, 0, 0);
    BookingReply {
        id: Uuid::from_u128(u128::from(n) + 1),
        item: ItemCode::new("12590100YT0010121H359201200200001"),
        matter: Text {
            zh: "公证申请".into(),
            en: "Notarisation".into(),
        },
        station: "S001".into(),
        begins,
        ends: begins.saturating_add(jiff::Span::new().minutes(30)),
        state: states[usize::from(mood / 8) % states.len()],
        number: "B014".into(),
        code: Secret::new("K2Q2A-22B22"),
    }
}

/// Two days of three slots; the second of the first day is full.
pub fn slots(mood: u8) -> Vec<SlotReply> {
    let slot = |n: i8| {
        let begins = date(2026, 12, 3 + n / 3).at(9 + n % 3, 0, 0, 0);
        SlotReply {
            begins,
            ends: begins.saturating_add(jiff::Span::new().minutes(30)),
            left: if n == 1 { 0 } else { u16::from(mood % 5) },
        }
    };
    (0..6).map(slot).collect()
}

/// A number of the queue.
pub fn ticket(number: &str) -> TicketShown {
    TicketShown {
        number: number.into(),
        counter: None,
        ahead: Some(3),
        minutes: Some(12),
    }
}

/// Something the person asked in their case, or disputed; every second one is answered.
pub fn enquiry(n: u8, field: Option<&str>) -> Enquiry {
    let day = date(2026, 11, 20 + i8::try_from(n).unwrap_or(0));
    Enquiry {
        number: "SB-1".into(),
        field: field.map(str::to_owned),
        wording: Wording::Usual(match field {
            Some(_) => Usual::OutOfDate,
            None => Usual::Progress,
        }),
        body: Text {
            zh: "司法局".into(),
            en: String::new(),
        },
        asked: day,
        due: date(2026, 11, 30),
        answer: (n % 2 == 1).then(|| (Secret::new("正在办理"), day)),
    }
}

/// What was known of the person when the case was filed; sometimes nothing.
pub fn facts_known(mood: u8) -> Vec<CaseFact> {
    let fact = |field: &str, from| CaseFact {
        field: field.into(),
        label: Text {
            zh: field.into(),
            en: field.into(),
        },
        value: (Secret::new("示*"), Secret::new("示*")),
        from,
    };
    let mut known = vec![
        fact("applicantName", FactSource::Card),
        fact("hukou", FactSource::Register),
    ];
    known.truncate(usize::from(mood % 4));
    known
}

/// A case of the person: sometimes papers are asked for, sometimes a result is there.
pub fn matter(mood: u8) -> MatterReply {
    MatterReply {
        receipt: "K2Q2-0001".into(),
        application: Uuid::nil(),
        item: Text {
            zh: "法律援助申请".into(),
            en: String::new(),
        },
        item_code: "11590100YT0000126C359051200100001".into(),
        filing: "SB-1".into(),
        case: None,
        state: "accepted".into(),
        holder: Text::default(),
        filed: date(2026, 11, 20).at(9, 0, 0, 0),
        due: None,
        promised: None,
        statutory: None,
        history: Vec::new(),
        asked: if mood.is_multiple_of(2) {
            vec![(
                4,
                Text {
                    zh: "判决书".into(),
                    en: String::new(),
                },
            )]
        } else {
            Vec::new()
        },
        words: None,
        result: (mood.is_multiple_of(3)).then(|| ResultReply {
            id: "r".into(),
            name: "决定书".into(),
            number: "1".into(),
            verification: "ABCD".into(),
            prints: true,
        }),
        delivery: None,
    }
}

/// Two devices, no events.
pub fn facts() -> Box<ServiceFacts> {
    let device = |kind, roll: Option<RollFacts>| DeviceFacts {
        kind,
        state: HealthShown::Online,
        detail: String::new(),
        since: None,
        supplies: Vec::new(),
        counters: vec![("opened", 1)],
        tests: vec![TestLevel::Silent, TestLevel::Active, TestLevel::Guided],
        roll,
    };
    Box::new(ServiceFacts {
        devices: vec![
            device("id-card", None),
            device("receipt-printer", Some(RollFacts::default())),
        ],
        events: Vec::new(),
        machine: MachineFacts {
            waiting: 1,
            oldest: None,
            quarantined: 0,
            disk_free: Some(1),
            can_store: true,
            enrolled: true,
            has_voice: true,
            past_kept: true,
            clock: date(2026, 11, 23).at(10, 0, 0, 0),
            version: "0.1.0",
        },
    })
}

/// A report with one check.
pub fn report(kind: &'static str, level: TestLevel, verdict: Verdict) -> Box<TestFacts> {
    Box::new(TestFacts {
        kind,
        level,
        identity: Some("SIM".to_owned()),
        checks: vec![CheckFacts {
            name: "opens".to_owned(),
            verdict,
            detail: String::new(),
        }],
    })
}
