//! Catalogues that cannot be used, and registers that say what a form does not take.

mod hall;

use std::collections::BTreeMap;

use city_api::bundle::Bundle;
use city_api::keys::{CityKeys, SealingIdentity};
use city_api::requests::Private;
use city_api::requests::hall::CheckInAnswer;
use city_api::requests::identity::PrefillAnswer;
use city_backend::{
    Admin, City, CityConfig, Database, DepartmentsSource, Mtls, NewAccount, RunningCity,
    sample_city,
};
use city_catalogue::ItemCode;
use city_catalogue::hall::CheckIn;
use city_catalogue::policy::StaffRole;
use city_catalogue::record::FieldType;
use kiosk_core::{
    AppointmentAsk, AppointmentReply, CheckInBy, CheckInReply, EnquiryAsk, FactorReply, Refusal,
    Reply, Request, Secret, TicketShown, Usual, WithdrawAsk, Wording,
};
use serde_json::Value as Json;

use super::*;
use crate::store::Options;

fn city_key() -> SoftwareKey {
    SoftwareKey::from_seed(&[2; 32])
}

fn keys() -> CityKeys {
    CityKeys {
        sealing_current: SealingIdentity::generate().public(),
        sealing_next: None,
        signing: city_key().public(),
    }
}

fn documents() -> BTreeMap<String, Json> {
    sample_city::FILES
        .iter()
        .filter_map(|(name, text)| {
            let name = name.strip_suffix(".json")?;
            Some((name.to_owned(), serde_json::from_str(text).unwrap()))
        })
        .collect()
}

fn signed(version: u64, documents: BTreeMap<String, Json>) -> SignedBundle {
    let bundle = Bundle {
        version,
        issued: "2026-03-02T09:15:00+08:00".parse().unwrap(),
        city_keys: keys(),
        documents,
    };
    bundle.sign(&city_key()).unwrap()
}

fn enrolled(folder: &std::path::Path) -> Store {
    let store = Store::open(&folder.join("kiosk.db"), Options::default()).unwrap();
    let enrolment = Enrolment {
        kiosk: "ABC".parse().unwrap(),
        station: "S002".to_owned(),
        city_keys: keys(),
        sam_id: None,
        ca_pem: None,
    };
    store.enrol(&enrolment).unwrap();
    store
}

#[test]
fn a_signed_catalogue_with_faults_leaves_the_last_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = enrolled(folder.path());
    assert_eq!(take(&store, &signed(3, documents())).unwrap().version, 3);
    let mut faulty = documents();
    faulty.insert("catalogue".to_owned(), serde_json::json!({"items": []}));
    let refused = take(&store, &signed(4, faulty));
    assert!(matches!(refused, Err(LinkError::Shelf(_))));
    let mut poor = documents();
    poor.remove("regions");
    let refused = take(&store, &signed(5, poor));
    assert!(matches!(refused, Err(LinkError::Shelf(_))));
    assert_eq!(store.bundle().unwrap().unwrap().version, 3);
}

#[test]
fn a_newer_city_adds_fields_to_its_documents_and_the_kiosk_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = enrolled(folder.path());
    let mut newer = documents();
    for (document, pointer) in [
        ("catalogue", "/items/0"),
        ("holidays", "/years/2026"),
        ("regions", "/regions/0"),
    ] {
        let part = newer.get_mut(document).unwrap().pointer_mut(pointer);
        part.unwrap()["news"] = true.into();
    }
    assert_eq!(take(&store, &signed(3, newer)).unwrap().version, 3);
}

#[test]
fn every_state_of_a_case_has_words_in_both_languages() {
    for &state in city_api::requests::outcome::CaseState::ALL {
        let key = format!("state.{}", state.name());
        for lang in ["zh-Hans", "en"] {
            let known = kiosk_ui::words::fill(lang, &key, &[]) != key;
            let newer = state == city_api::requests::outcome::CaseState::Unknown;
            assert_eq!(known, !newer, "{lang}: {key}");
        }
    }
}

#[test]
fn a_register_that_answers_in_another_type_leaves_it_to_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    let store = enrolled(folder.path());
    let shelf = take(&store, &signed(3, documents())).unwrap();
    let with = |wanted: FieldType| {
        let items = shelf.catalogue.items().iter();
        let mut fields = items.flat_map(|item| item.form.iter().map(move |field| (item, field)));
        fields
            .find(|(_, field)| field.field_type == wanted && field.dynamic_options.is_none())
            .unwrap()
    };
    let known = |(item, field): (&Arc<city_catalogue::Item>, &city_catalogue::record::Field),
                 text: &str| {
        let answer = PrefillAnswer {
            fields: BTreeMap::from([(field.name.clone(), Private::new(text.to_owned()))]),
            materials: Vec::new(),
            away: Vec::new(),
            commitment_bar: None,
        };
        let known = replies::prefilled(&answer, Some(item), Some(&shelf));
        !known.fields.is_empty()
    };
    let choice = with(FieldType::Select);
    assert!(known(choice, &choice.1.choices()[0].value));
    assert!(!known(choice, "no such choice"));
    assert!(!known(with(FieldType::Boolean), "maybe"));
    assert!(known(with(FieldType::Boolean), "true"));
    assert!(!known(with(FieldType::Date), "soon"));
}

#[test]
fn a_check_in_is_told_in_the_city_s_own_time_and_whole_minutes() {
    let answer: CheckInAnswer = serde_json::from_value(serde_json::json!({
        "outcome": "late",
        "station": "S002",
        "begins": "2026-11-23T06:00:00Z",
        "opens": null,
        "ticket": {
            "number": "A017", "item": null, "arrived": "2026-11-23T06:20:00Z",
            "state": "called", "counter": 3, "calls": 1, "ahead": 4,
            "likelySeconds": 61, "optimisticSeconds": 5
        }
    }))
    .unwrap();
    let told = replies::checked_in(answer);
    let ticket = TicketShown {
        number: "A017".to_owned(),
        counter: Some(3),
        ahead: Some(4),
        minutes: Some(2),
    };
    let expected = CheckInReply {
        outcome: CheckIn::Late,
        ticket: Some(ticket),
        station: Some("S002".to_owned()),
        begins: Some(jiff::civil::date(2026, 11, 23).at(14, 0, 0, 0)),
        opens: None,
    };
    assert_eq!(told, expected);
}

#[test]
fn a_code_nobody_booked_with_finds_no_booking_and_a_number_is_given_once() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start(folder.path());
    let ask = |request: Request| {
        let reply = errands::reply(&room.keeper.client, &room.keeper.hall, request, None);
        room.runtime.block_on(reply).unwrap()
    };
    let by = CheckInBy::Code(Secret::new("K2Q2A-22B22"));
    let Reply::CheckIn(told) = ask(Request::CheckIn { by }) else {
        panic!("not a check-in");
    };
    assert_eq!((told.outcome, told.ticket), (CheckIn::NoBooking, None));
    let id = uuid::Uuid::now_v7();
    let [first, again] = [(); 2].map(|()| match ask(Request::WalkIn { id }) {
        Reply::Ticket(Some(ticket)) => ticket.number,
        other => panic!("{other:?}"),
    });
    assert_eq!((first.as_str(), again.as_str()), ("A001", "A001"));
}

/// 国有建设用地使用权及房屋所有权转移登记: it can be booked fifteen days ahead, so that there is a working day among them.
const BOOKABLE: &str = "11590100YT0000150W359071500100001";

#[test]
fn a_booking_is_made_once_and_what_the_city_refuses_or_never_heard_of_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Beating::start(folder.path());
    let asked = |room: &Beating, request| room.asked(request).unwrap();
    let grant = room.grant();
    let ask = |room: &Beating, ask: AppointmentAsk| match asked(room, Request::Appointment(ask)) {
        Reply::Appointment(reply) => reply,
        other => panic!("{other:?}"),
    };
    let item = || ItemCode::new(BOOKABLE);
    let slots = |station: &str| AppointmentAsk::Slots {
        item: item(),
        station: station.to_owned(),
    };
    let AppointmentReply::Slots(free) = ask(&room, slots("S002")) else {
        panic!("no slots");
    };
    // A self-service area has no windows.
    let nowhere = ask(&room, slots("K901"));
    assert!(matches!(
        nowhere,
        AppointmentReply::Refused(Refusal::NotOffered)
    ));
    let book = |id: u128, begins| AppointmentAsk::Book {
        id: uuid::Uuid::from_u128(id),
        grant: grant.clone(),
        item: item(),
        station: "S002".to_owned(),
        begins,
    };
    let booked = [(); 2].map(|()| match ask(&room, book(1, free[0].begins)) {
        AppointmentReply::Done(booking) => *booking,
        other => panic!("{other:?}"),
    });
    assert_eq!(booked[0], booked[1], "asked again, it is the same booking");
    assert_eq!(
        (booked[0].begins, booked[0].ends),
        (free[0].begins, free[0].ends)
    );
    let second = ask(&room, book(2, free[1].begins));
    assert!(matches!(
        second,
        AppointmentReply::Refused(Refusal::OneADay)
    ));
    let own = || AppointmentAsk::Own {
        grant: grant.clone(),
    };
    let AppointmentReply::Own { bookings, .. } = ask(&room, own()) else {
        panic!("not the person's bookings");
    };
    assert_eq!(bookings, booked[..1]);
    let cancel = |id: u128| AppointmentAsk::Cancel {
        id: uuid::Uuid::from_u128(id),
        grant: grant.clone(),
    };
    let nobody_s = ask(&room, cancel(9));
    assert!(matches!(nobody_s, AppointmentReply::Refused(Refusal::Gone)));
    room.stop();
    assert!(matches!(ask(&room, cancel(1)), AppointmentReply::NotSent));
    let read = errands::reply(
        &room.keeper.client,
        &room.keeper.hall,
        Request::Appointment(own()),
        None,
    );
    assert!(
        room.runtime.block_on(read).is_err(),
        "what only reads has no answer"
    );
}

#[test]
fn what_the_city_does_not_know_it_refuses_and_what_never_reached_it_was_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Beating::start(folder.path());
    let asked = Beating::asked;
    let grant = room.grant();
    let number = || "590100202611230001".to_owned();
    let withdraw = |grant: Secret| {
        let number = number();
        Request::Withdraw(WithdrawAsk { grant, number })
    };
    let question = || {
        Request::Enquiry(EnquiryAsk::Ask {
            id: uuid::Uuid::from_u128(1),
            grant: grant.clone(),
            number: number(),
            field: None,
            wording: Wording::Usual(Usual::Progress),
        })
    };
    let facts = || {
        Request::Enquiry(EnquiryAsk::Facts {
            grant: grant.clone(),
            number: number(),
        })
    };
    let own = || {
        Request::Enquiry(EnquiryAsk::Own {
            grant: grant.clone(),
        })
    };
    let told = |room: &Beating, request: Request| match asked(room, request) {
        Ok(Reply::Withdraw(reply)) => format!("{reply:?}"),
        Ok(Reply::Enquiry(reply)) => format!("{reply:?}"),
        Ok(other) => panic!("{other:?}"),
        Err(_) => "no answer".to_owned(),
    };
    assert_eq!(told(&room, withdraw(grant.clone())), "Refused(Gone)");
    let over = withdraw(Secret::new("a grant of yesterday"));
    assert_eq!(told(&room, over), "Refused(NotProven)");
    assert_eq!(told(&room, question()), "Refused(Gone)");
    assert_eq!(told(&room, facts()), "Refused(Gone)");
    assert_eq!(told(&room, own()), "Own([])");
    room.stop();
    assert_eq!(told(&room, withdraw(grant.clone())), "NotSent");
    assert_eq!(told(&room, question()), "NotSent");
    // What only reads has no answer.
    assert_eq!(told(&room, facts()), "no answer");
    assert_eq!(told(&room, own()), "no answer");
}

#[test]
fn a_usual_sentence_reaches_the_officer_in_chinese_and_comes_back_as_what_it_is() {
    for usual in Usual::QUESTIONS.into_iter().chain(Usual::OBJECTIONS) {
        let sent = replies::words(&Wording::Usual(usual));
        assert!(!sent.reveal().starts_with("enquiry."), "{}", sent.reveal());
        assert_eq!(replies::wording(&sent), Wording::Usual(usual));
    }
    let own = Private::new("律师什么时候来？".to_owned());
    let typed = Wording::Own(Secret::new("律师什么时候来？"));
    assert_eq!(replies::wording(&own), typed);
    assert_eq!(replies::words(&typed), own);
}

/// A city beside a kiosk that says how it is.
struct Beating {
    config: CityConfig,
    city: Option<RunningCity>,
    keeper: keep::Keeper,
    store: Store,
    runtime: Runtime,
}

impl Beating {
    fn asked(&self, request: Request) -> Result<Reply, CityError> {
        let reply = errands::reply(&self.keeper.client, &self.keeper.hall, request, None);
        self.runtime.block_on(reply)
    }

    /// What the city gives for 张示例's card.
    fn grant(&self) -> Secret {
        let card = Request::Factor {
            item: None,
            method: kiosk_core::Method::Card,
            document: kiosk_core::DocumentKind::Resident,
            name: Secret::new("张示例"),
            number: Secret::new("590102199002150015"),
            code: None,
        };
        match self.asked(card) {
            Ok(Reply::Factor(FactorReply::Yes { grant })) => grant,
            _ => panic!("no grant"),
        }
    }

    fn start(folder: &std::path::Path) -> Self {
        Self::start_with(folder, |_| {})
    }

    fn start_with(folder: &std::path::Path, change: impl FnOnce(&mut CityConfig)) -> Self {
        let mut config = CityConfig::in_folder(&folder.join("city"));
        change(&mut config);
        config.departments = DepartmentsSource::None;
        let city = City::start(config.clone()).unwrap();
        config.listen = city.address();
        let store = Store::open(&folder.join("kiosk.db"), Options::default()).unwrap();
        let key = Arc::new(SoftwareKey::from_seed(&[7; 32]));
        let request = EnrolmentRequest {
            code: city.enrol_code("S001").unwrap(),
            public_key: key.public().to_string(),
            sam_id: "1".to_owned(),
        };
        let ca = city.ca_pem().map(str::to_owned);
        let runtime = runtime().unwrap();
        let asked = crate::city::enrol(city.url(), ca.as_deref(), &request);
        let enrolment = enrolment(runtime.block_on(asked).unwrap(), ca, None).unwrap();
        store.enrol(&enrolment).unwrap();
        let ca = enrolment.ca_pem.as_deref();
        let client = CityClient::new(city.url(), ca, enrolment.kiosk, key).unwrap();
        let keeper = keep::Keeper {
            client: Arc::new(client),
            store: store.clone(),
            health: SharedHealth::default(),
            inbox: std::sync::mpsc::channel().0,
            asks_older: AtomicBool::new(false),
            hall: Arc::default(),
        };
        Self {
            config,
            city: Some(city),
            keeper,
            store,
            runtime,
        }
    }

    fn database(&self) -> &std::path::Path {
        match &self.config.database {
            Database::Sqlite(path) => path,
            Database::Postgres(url) => panic!("{url}"),
        }
    }

    fn sql(&self, sql: &str) {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        database.execute_batch(sql).unwrap();
    }

    /// Something happens at the city, and is sealed.
    fn happens(&self, name: &str) {
        let account = NewAccount {
            name: name.to_owned(),
            body: "ZSJ".to_owned(),
            roles: vec![StaffRole::Window],
            trained_until: None,
            password: None,
        };
        self.city.as_ref().unwrap().add_account(account).unwrap();
        self.sealed();
    }

    fn sealed(&self) {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        let sql = "SELECT (SELECT count(*) FROM event) = (SELECT count(*) FROM event_chain)";
        while !database
            .query_row(sql, [], |row| row.get::<_, bool>(0))
            .unwrap()
        {
            std::thread::yield_now();
        }
    }

    fn beat(&self) {
        let beat = self.keeper.beat(std::time::Duration::ZERO, None);
        self.runtime.block_on(beat);
    }

    fn stop(&mut self) {
        self.city.take().unwrap().shutdown();
    }

    fn start_again(&mut self) {
        self.city = Some(City::start(self.config.clone()).unwrap());
        self.sealed();
    }

    /// How many heartbeats of the kiosk the city keeps: its last, or none.
    fn kept(&self) -> i64 {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        let sql = "SELECT count(heartbeat_at) FROM kiosk";
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn alarms(&self) -> Vec<String> {
        let mut alarms = self.city.as_ref().unwrap().alarms().unwrap();
        alarms.retain(|kind| kind == "event_chain");
        alarms
    }
}

#[test]
fn a_city_that_requires_certificates_hears_the_first_heartbeat_and_gives_another_at_half_their_life()
 {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start_with(folder.path(), |config| {
        config.mtls = Mtls::Required;
        config.certificate_life = std::time::Duration::from_secs(360);
    });
    room.beat();
    assert_eq!(room.kept(), 1);
    let first = room.keeper.client.renew_after().unwrap();
    room.sql("UPDATE kiosk SET heartbeat_at = NULL");
    room.beat();
    assert_eq!(room.kept(), 1);
    assert_eq!(room.keeper.client.renew_after(), Some(first));

    room.city.as_ref().unwrap().clock().advance(200);
    room.beat();
    let second = room.keeper.client.renew_after().unwrap();
    assert!(second > first);
    room.sql("UPDATE kiosk SET heartbeat_at = NULL");
    room.beat();
    assert_eq!(room.kept(), 1);
    assert_eq!(room.keeper.client.renew_after(), Some(second));
}

#[test]
fn a_city_without_certificates_hears_heartbeats_as_before_and_is_asked_once_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start_with(folder.path(), |config| config.mtls = Mtls::Off);
    room.beat();
    assert_eq!(room.kept(), 1);
    let again = room.keeper.client.renew_after().unwrap();
    let day = again.duration_since(Timestamp::now());
    assert!((23..=24).contains(&day.as_hours()), "{day}");
    room.beat();
    assert_eq!(room.keeper.client.renew_after(), Some(again));
}

#[test]
fn a_city_that_rewrites_its_past_is_found_out_and_what_was_kept_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Beating::start(folder.path());
    for name in ["zhao", "qian", "sun"] {
        let before = room.store.event_heads().unwrap().len();
        room.happens(name);
        // A heartbeat that asks for an older place keeps nothing new.
        while room.store.event_heads().unwrap().len() == before {
            room.beat();
        }
    }
    let kept = room.store.event_heads().unwrap();
    assert_eq!(kept.len(), 3);
    (0..10).for_each(|_| room.beat());
    assert_eq!(room.store.event_fault().unwrap(), None);
    assert_eq!(room.store.event_heads().unwrap(), kept);

    room.stop();
    room.sql("UPDATE event SET actor = 'nobody' WHERE id = 2; DELETE FROM event_chain");
    room.start_again();
    room.happens("li");
    // Every other heartbeat asks for the newest place that is kept.
    for _ in 0..100 {
        room.beat();
    }
    let fault = room.store.event_fault().unwrap().unwrap();
    assert!((2..=3).contains(&fault.sequence), "{fault:?}");
    let now = room.store.event_heads().unwrap();
    assert_eq!(now[..3], kept[..]);
    assert!(now.len() > 3 && now[3..].iter().all(|head| head.story > kept[0].story));
    assert_eq!(room.alarms(), ["event_chain"]);

    assert_eq!(room.store.acknowledge_event_faults(1).unwrap(), 1);
    (0..10).for_each(|_| room.beat());
    assert_eq!(room.store.event_fault().unwrap(), None);
    assert_eq!(room.alarms(), ["event_chain"]);
}

#[test]
fn a_city_restored_from_an_older_backup_is_a_fault_until_somebody_at_the_kiosk_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut room = Beating::start(folder.path());
    room.happens("zhao");
    room.beat();
    let backup = folder.path().join("backup.sqlite");
    let admin = Admin::open(
        &room.config.database,
        &room.config.keys,
        &room.config.catalogue,
    );
    admin.unwrap().backup(&backup).unwrap();
    room.happens("qian");
    room.beat();
    let kept = room.store.event_heads().unwrap();
    room.stop();
    for ending in ["", "-wal", "-shm"] {
        let mut file = room.database().to_owned().into_os_string();
        file.push(ending);
        let _ = std::fs::remove_file(file);
    }
    std::fs::copy(&backup, room.database()).unwrap();
    room.start_again();
    room.beat();
    let fault = room.store.event_fault().unwrap().unwrap();
    assert_eq!(fault.sequence, kept[kept.len() - 1].head.sequence);
    room.beat();
    assert_eq!(room.alarms(), ["event_chain"]);
    room.store.acknowledge_event_faults(1).unwrap();
    room.happens("sun");
    (0..10).for_each(|_| room.beat());
    assert_eq!(room.store.event_fault().unwrap(), None);
    let now = room.store.event_heads().unwrap();
    assert_eq!(now[..kept.len()], kept[..], "what was lost is still known");
}

/// The catalogue of the city with another name for an item, in force; its version.
fn publish_renamed(room: &Beating, name: &str, after: u64) -> u64 {
    let catalogue = &documents()["catalogue"];
    let mut item = catalogue["items"][0].clone();
    item["version"] = (after + 1).into();
    item["name"]["en"] = name.into();
    let path = room.config.catalogue.join("renamed.json");
    std::fs::write(path, item.to_string()).unwrap();
    loop {
        let bundle = room.runtime.block_on(room.keeper.client.bundle(None));
        let bundle: Bundle = serde_json::from_slice(&bundle.unwrap().unwrap().bytes).unwrap();
        if bundle.version > after {
            return bundle.version;
        }
        std::thread::yield_now();
    }
}

fn refreshed(room: &Beating, known: Option<u64>) -> keep::Found {
    room.runtime.block_on(room.keeper.refresh(known)).unwrap()
}

#[test]
fn an_item_changes_and_only_the_change_travels() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start(folder.path());
    let keep::Found::New(first) = refreshed(&room, None) else {
        panic!("no first catalogue");
    };
    assert!(matches!(
        refreshed(&room, Some(first.version)),
        keep::Found::Same
    ));
    let version = publish_renamed(&room, "Another name", first.version);
    let changed = room.keeper.client.increment(first.version);
    let changed = room.runtime.block_on(changed).unwrap();
    assert!(matches!(changed, Some(crate::city::Changed::By(_))));
    let keep::Found::New(next) = refreshed(&room, Some(first.version)) else {
        panic!("no next catalogue");
    };
    assert_eq!(next.version, version);
    assert_eq!(next.catalogue.items()[0].name.en, "Another name");
    let whole = room.runtime.block_on(room.keeper.client.bundle(None));
    let whole = serde_json::from_slice(&whole.unwrap().unwrap().bytes).unwrap();
    assert_eq!(room.store.bundle().unwrap(), Some(whole));
}

#[test]
fn an_increment_that_leads_nowhere_is_followed_by_the_whole_catalogue() {
    let folder = tempfile::tempdir().unwrap();
    let room = Beating::start(folder.path());
    let keep::Found::New(first) = refreshed(&room, None) else {
        panic!("no first catalogue");
    };
    // The city has another past than the kiosk: what it changes does not fit.
    room.sql("UPDATE bundle SET document = CAST('{\"version\":1,\"issued\":\"2026-03-02T09:15:00+08:00\",\"cityKeys\":' || json_extract(CAST(document AS TEXT), '$.cityKeys') || ',\"documents\":{}}' AS BLOB)");
    let version = publish_renamed(&room, "Another name", first.version);
    let keep::Found::New(next) = refreshed(&room, Some(first.version)) else {
        panic!("no next catalogue");
    };
    assert_eq!(next.version, version);
    // Versions before the city's own are not kept: again the whole.
    let none = room.keeper.client.increment(0);
    let none = room.runtime.block_on(none).unwrap();
    assert!(matches!(none, Some(crate::city::Changed::NotKept)));
}
