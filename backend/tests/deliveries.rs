//! Hand-over of results: at windows, in lockers, by post, and what goes wrong on the way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city_api::application::{Action, Agreed, Application, Delivery, Recipient};
use city_api::packet::Sealed;
use city_api::requests::authorities::{AuthorityRequest, AuthorityView};
use city_api::requests::deliveries::{
    DeliveriesAnswer, DeliveryTask, DeliveryView, PickUpAnswer, PickUpRequest,
};
use city_api::requests::drafts::STATION_HEADER;
use city_api::requests::home::{CHANNEL_HEADER, HOME, HomeIdentityRequest};
use city_api::requests::identity::{IdentityCheckAnswer, IdentityMethod};
use city_api::requests::officer::OfficerRole;
use city_api::requests::outcome::{CaseState, ResultRef};
use city_api::requests::persons::{CaseView, CasesAnswer, GrantRequest};
use city_api::requests::supervision::StatisticsAnswer;
use city_api::requests::{Private, ProblemCode, paths};
use city_backend::clock::civil;
use city_catalogue::clock::Calendar;
use city_catalogue::delivery::{State, Way};
use city_catalogue::policy::StaffRole;
use city_catalogue::record::LimitUnit;
use reqwest::blocking::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use common::filing::{CHEN, FORM, LI, Someone, WU, ZHANG, agent, application, authority, scanned};
use common::{
    LEGAL_AID, Message, Room, TestKiosk, TestOfficer, UNEMPLOYMENT, problem, read, wait_for,
};

/// The body of 失业登记, and one that has nothing to do with it.
const BODY: &str = "JYZX";
const OTHER_BODY: &str = "GAJ";
const DAY: i64 = 24 * 3600;

/// A city that posts 失业登记 and has a locker of two compartments at S001.
fn open() -> Room {
    Room::open_with(|config| {
        std::fs::create_dir_all(&config.catalogue).unwrap();
        let policy = r#"{"delivery": {"lockers": {"S001": 2}, "pickUpTries": 3},
            "people": {"home": "idcard+face"}}"#;
        std::fs::write(config.catalogue.join("policy.json"), policy).unwrap();
        let mut files = city_backend::sample_city::FILES.iter();
        let (_, text) = files.find(|(name, _)| *name == "catalogue.json").unwrap();
        let catalogue: Value = serde_json::from_str(text).unwrap();
        let mut items = catalogue["items"].as_array().unwrap().iter();
        let item = items.find(|item| item["codes"]["handling"] == UNEMPLOYMENT);
        let mut item = item.unwrap().clone();
        item["version"] = 2.into();
        item["express"] = json!({"supported": true, "payer": "government"});
        let item = serde_json::to_vec(&item).unwrap();
        std::fs::write(config.catalogue.join("posted.json"), item).unwrap();
    })
}

fn at_station(station: &str) -> Delivery {
    Delivery::Window {
        station: station.into(),
    }
}

fn locker(station: &str) -> Delivery {
    Delivery::Locker {
        station: station.into(),
    }
}

fn posted_to(recipient: Recipient) -> Delivery {
    Delivery::Post {
        address: "云汀市汀东区示例大道12号".into(),
        confirmed: true,
        recipient,
    }
}

/// 失业登记 of `who`, whose result goes this way.
fn wanted(who: Someone, delivery: Delivery) -> Application {
    let mut filed = application(UNEMPLOYMENT, who, who.unemployed(), Vec::new());
    filed.item.version = 2;
    filed.delivery = Some(delivery);
    filed
}

/// Files and waits for the result; the number of the case, and the result.
fn closed(kiosk: &TestKiosk, filed: &Application) -> (String, ResultRef) {
    let packet: Sealed = kiosk.seal_application(filed, 0);
    let number = kiosk.filed(&packet);
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    assert_eq!(outcome.state, CaseState::Closed);
    (number, outcome.result.unwrap())
}

/// What an officer asks, at a window of this station.
fn ask(
    room: &Room,
    officer: &TestOfficer,
    url: &str,
    station: &str,
    body: Option<&Value>,
) -> Response {
    let asked = room.http().post(url).bearer_auth(&officer.token);
    let asked = asked.header(STATION_HEADER, station);
    match body {
        Some(body) => asked.json(body).send().unwrap(),
        None => asked.send().unwrap(),
    }
}

/// Somebody at a window of a station.
struct Window<'r> {
    room: &'r Room,
    officer: TestOfficer,
    station: &'static str,
}

impl<'r> Window<'r> {
    fn open(room: &'r Room, name: &str, station: &'static str) -> Self {
        Self {
            room,
            officer: room.staff(name, "ZSJ", StaffRole::Window),
            station,
        }
    }

    /// The same officer, logged in again after a long time.
    fn again(&self, name: &str) -> Self {
        Self {
            room: self.room,
            officer: self.room.session(name, StaffRole::Window),
            station: self.station,
        }
    }

    fn act(&self, number: &str, act: &str, body: Option<Value>) -> Response {
        let path = paths::delivery(number, act);
        let url = format!("{}{path}", self.room.city().url());
        ask(self.room, &self.officer, &url, self.station, body.as_ref())
    }

    fn arrive(&self, number: &str) -> DeliveryTask {
        read(self.act(number, "arrive", None))
    }

    fn store(&self, number: &str, compartment: u32) -> Response {
        self.act(number, "locker", Some(json!({"compartment": compartment})))
    }

    /// The person before the window proves who they are; a grant for this window.
    fn before(&self, who: Someone) -> Private {
        let asked = json!({"station": self.station, "documentNumber": who.number, "name": who.name,
            "method": "face"});
        match read(self.officer.post("/v1/window/identity-checks", &asked)) {
            IdentityCheckAnswer::Yes { grant, .. } => grant,
            other => panic!("{other:?}"),
        }
    }

    fn hand_out(&self, number: &str, who: Someone) -> Response {
        let grant = self.before(who);
        let body = json!({"grant": grant.reveal()});
        self.act(number, "hand-out", Some(body))
    }

    fn list(&self) -> Vec<DeliveryTask> {
        let url = format!("{}{}", self.room.city().url(), paths::DELIVERIES);
        let asked = self.room.http().get(url).bearer_auth(&self.officer.token);
        let asked = asked.header(STATION_HEADER, self.station);
        read::<DeliveriesAnswer>(asked.send().unwrap()).deliveries
    }
}

fn of_body(officer: &TestOfficer) -> Vec<DeliveryTask> {
    read::<DeliveriesAnswer>(officer.get(paths::DELIVERIES)).deliveries
}

fn post(officer: &TestOfficer, number: &str, tracking: &str) -> Response {
    let body = json!({ "tracking": tracking });
    officer.post(&paths::delivery(number, "post"), &body)
}

fn face(kiosk: &TestKiosk, who: Someone) -> Private {
    kiosk.grant(who.number, who.name, IdentityMethod::Face)
}

fn pick_up(kiosk: &TestKiosk, number: &str, who: Someone, code: &str) -> Response {
    let asked = PickUpRequest {
        grant: face(kiosk, who),
        code: code.into(),
    };
    kiosk.post(&paths::delivery(number, "pick-up"), &asked)
}

fn matter(kiosk: &TestKiosk, who: Someone, number: &str) -> CaseView {
    let grant = face(kiosk, who);
    let cases: CasesAnswer = read(kiosk.post(paths::PERSON_CASES, &GrantRequest { grant }));
    let mut cases = cases.cases.into_iter();
    cases
        .find(|case| case.case_number.as_deref() == Some(number))
        .unwrap()
}

fn delivery(kiosk: &TestKiosk, who: Someone, number: &str) -> DeliveryView {
    matter(kiosk, who, number).delivery.unwrap()
}

/// The messages about hand-overs.
fn outbox(room: &Room) -> Vec<Message> {
    let about = ["collect", "posted", "uncollected", "returned"];
    let mut messages = room.outbox();
    messages.retain(|message| about.contains(&message.0.as_str()));
    messages
}

/// The code of the newest message about a locker, when there are so many messages.
fn code(room: &Room, messages: usize) -> String {
    let told = wait_for(|| outbox(room), |told| told.len() == messages);
    let (_, rest) = told[messages - 1].2.split_once("取件码").unwrap();
    rest.chars().take(8).collect()
}

fn count(room: &Room, what: &str) -> usize {
    room.column(&format!("SELECT count(*) FROM {what}"))[0]
        .parse()
        .unwrap()
}

#[test]
fn an_agent_without_collect_gets_no_post_at_a_kiosk_or_a_window() {
    let room = open();
    let kiosk = room.kiosk();
    let given = |may: &[Action]| {
        let mut allowed = authority(ZHANG, WU, &[UNEMPLOYMENT], kiosk.now().date());
        allowed.actions = may.to_vec();
        let asked = AuthorityRequest {
            grant: face(&kiosk, ZHANG),
            authority: allowed.clone(),
        };
        read::<AuthorityView>(kiosk.post("/v1/authorities", &asked));
        let mut filed = wanted(ZHANG, posted_to(Recipient::Agent));
        filed.agent = Some(agent(WU, &allowed, Agreed::Given));
        filed
    };
    let without = given(&[Action::File, Action::Sign]);
    let told = kiosk.send(&kiosk.seal_application(&without, 0)).irregular;
    assert_eq!(told.as_deref(), Some("authority_action"));

    let window = Window::open(&room, "wang", "S002");
    let mut content = serde_json::to_value(&without).unwrap();
    for ours in ["identity", "station", "formSha256"] {
        content.as_object_mut().unwrap().remove(ours);
    }
    let body = json!({"id": Uuid::now_v7(), "station": "S002", "application": content,
        "form": STANDARD.encode(FORM), "pages": []});
    let refused = problem(window.officer.post("/v1/window/filings", &body));
    let words = refused.detail.unwrap();
    assert!(
        words.contains("authority_action") && words.contains("collect"),
        "{words}"
    );

    let (number, _) = closed(&kiosk, &given(Action::ALL));
    let officer = room.officer(BODY, OfficerRole::Officer, "o1");
    let label = of_body(&officer).remove(0).label.unwrap();
    assert_eq!(label.name.reveal(), WU.name);
    // Taken back meanwhile: what is on the way to be posted is not.
    room.execute("UPDATE authority SET revoked = 1");
    let refused = problem(post(&officer, &number, "EX1"));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    let all = room.everything().join("\n");
    assert!(!all.contains("示例大道12号"), "the address in the clear");
}

#[test]
fn everything_wrong_with_a_way_has_its_own_words() {
    let room = open();
    let kiosk = room.kiosk();
    let told = |delivery: Delivery| {
        let filed = wanted(ZHANG, delivery);
        kiosk.send(&kiosk.seal_application(&filed, 0)).irregular
    };
    let post = |address: &str, confirmed| Delivery::Post {
        address: address.into(),
        confirmed,
        recipient: Recipient::Applicant,
    };
    for (delivery, key) in [
        (at_station("S999"), "delivery_station"),
        // A self-service area has no window.
        (at_station("K901"), "delivery_station"),
        (locker("S002"), "delivery_locker"),
        (post(" ", true), "delivery_address"),
        (post(&"路".repeat(201), true), "delivery_address"),
        (post("示例大道12号", false), "delivery_address_unconfirmed"),
        (posted_to(Recipient::Agent), "delivery_recipient"),
    ] {
        assert_eq!(told(delivery).as_deref(), Some(key));
    }
    assert_eq!(told(posted_to(Recipient::Applicant)), None);
    // 法律援助 is not posted.
    let mut aid = application(LEGAL_AID, ZHANG, ZHANG.unpaid(), vec![scanned(4)]);
    aid.delivery = Some(posted_to(Recipient::Applicant));
    let told = kiosk.send(&kiosk.seal_application(&aid, 1)).irregular;
    assert_eq!(told.as_deref(), Some("delivery_not_offered"));
}

#[test]
fn a_jammed_print_delivers_nothing_and_the_kiosks_word_that_it_printed_does() {
    let room = open();
    let kiosk = room.kiosk();
    let unchosen = |who: Someone| {
        let mut filed = wanted(who, Delivery::Print {});
        filed.delivery = None;
        kiosk.seal_application(&filed, 0)
    };
    let packet = unchosen(ZHANG);
    let number = kiosk.filed(&packet);
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    let result = outcome.result.unwrap().id;
    let seen = delivery(&kiosk, ZHANG, &number);
    assert_eq!((seen.way, seen.state), (Way::Print, State::Ready));
    assert_eq!((seen.station, seen.since), (None, None));
    // Fetched, and the printer jams.
    assert_eq!(kiosk.get(&paths::result(result)).status(), 200);
    assert_eq!(kiosk.outcome(&packet).state, CaseState::Closed);
    // No officer has anything to hand over.
    let officer = room.officer(BODY, OfficerRole::Officer, "o1");
    assert!(of_body(&officer).is_empty());
    let stranger = room.kiosk_at("S003");
    let refused = problem(stranger.post_bytes(&paths::printed(result), Vec::new()));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    for _ in 0..2 {
        let said = kiosk.post_bytes(&paths::printed(result), Vec::new());
        assert_eq!(said.status(), 204);
    }
    assert_eq!(kiosk.outcome(&packet).state, CaseState::Delivered);
    assert_eq!(count(&room, "event WHERE kind = 'delivered'"), 1);
    let seen = delivery(&kiosk, ZHANG, &number);
    assert!(seen.state == State::Delivered && seen.delivered.is_some());
    // Nobody is late with what the applicant fetches.
    kiosk.filed(&unchosen(CHEN));
    room.city().clock().advance(200 * DAY);
    let alarms = "event WHERE kind = 'overdue' AND detail LIKE '%delivered in time%'";
    assert_eq!(count(&room, alarms), 0);
}

#[test]
fn read_at_home_it_is_delivered() {
    let room = open();
    let kiosk = room.kiosk();
    let (number, result) = closed(&kiosk, &wanted(ZHANG, Delivery::Electronic {}));
    let prove = |answer: Option<&str>| -> IdentityCheckAnswer {
        let asked = HomeIdentityRequest {
            document_number: ZHANG.number.into(),
            name: ZHANG.name.into(),
            answer: answer.map(Private::from),
        };
        let url = format!("{}/v1/home-identity-checks", room.city().url());
        let asked = room.http().post(url).json(&asked);
        read(asked.header(CHANNEL_HEADER, HOME).send().unwrap())
    };
    prove(None);
    let sent = room.departments.last_code(ZHANG.mobile).unwrap();
    let IdentityCheckAnswer::Yes { grant, .. } = prove(Some(&sent)) else {
        panic!("the code was sent");
    };
    let url = format!("{}{}", room.city().url(), paths::result(result.id));
    let asked = room.http().get(url).header(CHANNEL_HEADER, HOME);
    let read = asked.header(paths::GRANT_HEADER, grant.reveal());
    assert_eq!(read.send().unwrap().status(), 200);
    assert_eq!(matter(&kiosk, ZHANG, &number).state, CaseState::Delivered);
}

#[test]
fn a_window_hands_out_to_no_stranger_and_to_an_agent_only_with_collect() {
    let room = open();
    let kiosk = room.kiosk();
    let (number, result) = closed(&kiosk, &wanted(ZHANG, at_station("S002")));
    let window = Window::open(&room, "wang", "S002");
    let elsewhere = Window::open(&room, "zhao", "S003");
    assert_eq!(window.list()[0].case_number, number);
    assert!(elsewhere.list().is_empty());
    // It is not there yet.
    let early = problem(window.hand_out(&number, ZHANG));
    assert_eq!(early.code, ProblemCode::WrongState);
    // A machine's token stands for nobody who looked at a person.
    let machine = room.officer("ZSJ", OfficerRole::Window, "w1");
    let refused = problem(machine.press(&paths::delivery(&number, "arrive")));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    let body = room.officer(BODY, OfficerRole::Officer, "o1");
    let refused = problem(body.press(&paths::delivery(&number, "arrive")));
    assert_eq!(refused.code, ProblemCode::Forbidden);

    let there = window.arrive(&number);
    assert_eq!(there.delivery.state, State::AtStation);
    assert_eq!(window.arrive(&number), there, "the answer was lost");
    let refused = problem(body.press(&paths::delivery(&number, "arrive")));
    assert_eq!(
        refused.code,
        ProblemCode::WrongState,
        "the body has no window"
    );
    let told = wait_for(|| outbox(&room), |told| told.len() == 1);
    assert_eq!(
        (told[0].0.as_str(), told[0].1.as_str()),
        ("collect", ZHANG.mobile)
    );
    assert!(
        told[0].2.contains(&number) && told[0].2.contains("汀东便民服务站"),
        "{told:?}"
    );

    for stranger in [LI, WU] {
        let refused = problem(window.hand_out(&number, stranger));
        assert_eq!(refused.code, ProblemCode::Forbidden);
        assert_eq!(refused.field.as_deref(), Some("grant"));
    }
    let refused = problem(elsewhere.hand_out(&number, ZHANG));
    assert_eq!(refused.code, ProblemCode::Forbidden, "it lies elsewhere");
    // A grant of another window is none here.
    let grant = elsewhere.before(ZHANG);
    let foreign = window.act(&number, "hand-out", Some(json!({"grant": grant.reveal()})));
    assert_eq!(problem(foreign).code, ProblemCode::Unauthorised);
    // Printed beside it at a kiosk: what is to be handed out is not handed out by that.
    let said = kiosk.post_bytes(&paths::printed(result.id), Vec::new());
    assert_eq!(said.status(), 204);
    assert_eq!(matter(&kiosk, ZHANG, &number).state, CaseState::Closed);

    let mut allowed = authority(ZHANG, WU, &[UNEMPLOYMENT], kiosk.now().date());
    allowed.actions = vec![Action::Collect];
    let asked = AuthorityRequest {
        grant: face(&kiosk, ZHANG),
        authority: allowed.clone(),
    };
    read::<AuthorityView>(kiosk.post("/v1/authorities", &asked));
    let done: DeliveryTask = read(window.hand_out(&number, WU));
    assert_eq!(done.delivery.state, State::Delivered);
    assert_eq!(matter(&kiosk, ZHANG, &number).state, CaseState::Delivered);
    let again = problem(window.hand_out(&number, ZHANG));
    assert_eq!(
        again.code,
        ProblemCode::WrongState,
        "nothing is handed out twice"
    );
    assert!(window.list().is_empty());

    let handed = room.rows("SELECT actor, station, detail FROM event WHERE kind = 'delivered'");
    assert_eq!(
        (handed[0][0].as_str(), handed[0][1].as_str()),
        ("wang", "S002")
    );
    let id = allowed.id.to_string();
    assert!(
        handed.len() == 1 && handed[0][2].contains(&id),
        "{handed:?}"
    );
    let refused = "event WHERE kind = 'action refused' AND detail = 'hand a result out: forbidden'";
    assert_eq!(count(&room, refused), 3);
}

#[test]
fn what_a_revoked_decision_gave_is_not_handed_out() {
    let room = open();
    let kiosk = room.kiosk();
    let (number, _) = closed(&kiosk, &wanted(ZHANG, at_station("S002")));
    let window = Window::open(&room, "wang", "S002");
    window.arrive(&number);
    room.execute(
        "INSERT INTO after_check (id, case_id, material, body, opened, due, state, closed, late)
         SELECT '019ac000-0000-7000-8000-000000000001', case_id, 3, body, 1, '2026-01-01', 'revoked', 2, 0 FROM delivery",
    );
    let refused = problem(window.hand_out(&number, ZHANG));
    assert_eq!(refused.code, ProblemCode::WrongState);
    assert!(refused.detail.unwrap().contains("revoked"));
    let done: DeliveryTask = read(window.act(&number, "return", None));
    assert_eq!(done.delivery.state, State::Returned);
}

#[test]
fn a_wrong_code_opens_no_locker_and_a_lost_answer_opens_the_same_one_again() {
    let room = open();
    let kiosk = room.kiosk();
    let (number, _) = closed(&kiosk, &wanted(ZHANG, locker("S001")));
    let (other, _) = closed(&kiosk, &wanted(CHEN, locker("S001")));
    let window = Window::open(&room, "wang", "S001");
    let refused = problem(window.store(&number, 3));
    assert_eq!(refused.field.as_deref(), Some("compartment"));
    let stored: DeliveryTask = read(window.store(&number, 2));
    assert_eq!(
        (stored.delivery.state, stored.delivery.compartment),
        (State::InLocker, Some(2))
    );
    let again: DeliveryTask = read(window.store(&number, 2));
    assert_eq!(again, stored, "the answer was lost");
    let taken = problem(window.store(&other, 2));
    assert_eq!(
        (taken.code, taken.field.as_deref()),
        (ProblemCode::Taken, Some("compartment"))
    );

    let code = code(&room, 1);
    assert_eq!(code.len(), 8);
    assert!(
        !room.everything().join("\n").contains(&code),
        "the code in the clear"
    );
    let wrong = problem(pick_up(&kiosk, &number, ZHANG, "00000000"));
    assert_eq!(
        (wrong.code, wrong.field.as_deref()),
        (ProblemCode::BadField, Some("code"))
    );
    // The right code in the wrong hands, and at another station.
    let stranger = problem(pick_up(&kiosk, &number, LI, &code));
    assert_eq!(stranger.code, ProblemCode::NotFound);
    let far = room.kiosk_at("S003");
    let elsewhere = problem(pick_up(&far, &number, ZHANG, &code));
    assert_eq!(elsewhere.code, ProblemCode::Forbidden);

    let spaced = format!("{} {}", &code[..4], &code[4..]);
    for _ in 0..2 {
        let opened: PickUpAnswer = read(pick_up(&kiosk, &number, ZHANG, &spaced));
        assert_eq!(opened.compartment, 2);
    }
    assert_eq!(matter(&kiosk, ZHANG, &number).state, CaseState::Delivered);
    assert_eq!(count(&room, "event WHERE kind = 'delivered'"), 1);
    // The door may be opened again for ten minutes, and nothing else is put in so long.
    let taken = problem(window.store(&other, 2));
    assert_eq!(taken.code, ProblemCode::Taken);
    room.city().clock().advance(11 * 60);
    read::<DeliveryTask>(window.store(&other, 2));
    let late = problem(pick_up(&kiosk, &number, ZHANG, &code));
    assert_eq!(late.code, ProblemCode::WrongState);
}

#[test]
fn after_too_many_wrong_codes_only_a_window_hands_it_out() {
    let room = open();
    let kiosk = room.kiosk();
    let (number, _) = closed(&kiosk, &wanted(ZHANG, locker("S001")));
    let window = Window::open(&room, "wang", "S001");
    read::<DeliveryTask>(window.store(&number, 1));
    let code = code(&room, 1);
    for _ in 0..3 {
        let wrong = problem(pick_up(&kiosk, &number, ZHANG, "00000000"));
        assert_eq!(wrong.code, ProblemCode::BadField);
    }
    let refused = problem(pick_up(&kiosk, &number, ZHANG, &code));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    let out = window.arrive(&number);
    assert_eq!(
        (out.delivery.state, out.delivery.compartment),
        (State::AtStation, None)
    );
    // Put in once more it has another code, and the tries begin anew.
    room.city().clock().advance(1);
    read::<DeliveryTask>(window.store(&number, 1));
    let newer = self::code(&room, 3);
    assert_ne!(newer, code);
    let opened: PickUpAnswer = read(pick_up(&kiosk, &number, ZHANG, &newer));
    assert_eq!(opened.compartment, 1);
}

#[test]
fn posted_twice_is_refused_and_what_came_back_is_posted_anew_or_fetched() {
    let room = open();
    let kiosk = room.kiosk();
    let (number, _) = closed(&kiosk, &wanted(ZHANG, posted_to(Recipient::Applicant)));
    let (fetched, _) = closed(&kiosk, &wanted(CHEN, at_station("S002")));
    let officer = room.officer(BODY, OfficerRole::Officer, "o1");
    let stranger = room.officer(OTHER_BODY, OfficerRole::Officer, "g1");
    assert!(of_body(&stranger).is_empty());
    let refused = problem(post(&stranger, &number, "EX1"));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    let refused = problem(post(&officer, &fetched, "EX1"));
    assert_eq!(refused.code, ProblemCode::WrongState, "no post was chosen");
    let early = problem(officer.press(&paths::delivery(&number, "signed")));
    assert_eq!(early.code, ProblemCode::WrongState);

    let listed = of_body(&officer);
    let listed = listed
        .iter()
        .find(|task| task.case_number == number)
        .unwrap();
    let label = listed.label.as_ref().unwrap();
    assert_eq!(label.name.reveal(), ZHANG.name);
    assert_eq!(label.address.reveal(), "云汀市汀东区示例大道12号");
    let sent: DeliveryTask = read(post(&officer, &number, "EX1"));
    assert_eq!(sent.delivery.state, State::Posted);
    let again: DeliveryTask = read(post(&officer, &number, "EX1"));
    assert_eq!(again, sent, "the answer was lost");
    let twice = problem(post(&officer, &number, "EX2"));
    assert_eq!(
        (twice.code, twice.field.as_deref()),
        (ProblemCode::WrongState, Some("tracking"))
    );
    let told = wait_for(|| outbox(&room), |told| told.len() == 1);
    assert!(
        told[0].0 == "posted" && told[0].2.contains("EX1"),
        "{told:?}"
    );
    let seen = delivery(&kiosk, ZHANG, &number);
    assert_eq!(seen.tracking.unwrap().reveal(), "EX1");
    assert!(
        !room.everything().join("\n").contains("EX1"),
        "the number in the clear"
    );

    let back: DeliveryTask = read(officer.press(&paths::delivery(&number, "undelivered")));
    assert_eq!(back.delivery.state, State::Undelivered);
    let sent: DeliveryTask = read(post(&officer, &number, "EX2"));
    assert_eq!(sent.delivery.tracking.unwrap().reveal(), "EX2");
    for _ in 0..2 {
        let done: DeliveryTask = read(officer.press(&paths::delivery(&number, "signed")));
        assert!(done.delivery.state == State::Delivered && done.label.is_none());
    }
    assert_eq!(matter(&kiosk, ZHANG, &number).state, CaseState::Delivered);
    assert_eq!(count(&room, "event WHERE kind = 'delivered'"), 1);
    let twice = problem(post(&officer, &number, "EX3"));
    assert_eq!(twice.code, ProblemCode::WrongState);
}

#[test]
fn a_body_that_hands_nothing_out_in_ten_working_days_is_overdue_once_and_counted() {
    let room = open();
    let kiosk = room.kiosk();
    let (number, _) = closed(&kiosk, &wanted(ZHANG, at_station("S002")));
    let (other, _) = closed(&kiosk, &wanted(CHEN, at_station("S002")));
    Window::open(&room, "wang", "S002").arrive(&other);
    let seen = delivery(&kiosk, ZHANG, &number);
    let mut files = city_backend::sample_city::FILES.iter();
    let (name, text) = files.find(|(name, _)| *name == "holidays.json").unwrap();
    let calendar = Calendar::parse(name, text.as_bytes()).unwrap();
    let today = civil(room.city().clock().now()).date();
    let due = calendar.deadline_of(today, 10, LimitUnit::Workday).unwrap();
    assert_eq!(seen.due, due.date);
    let days = i64::from((seen.due - today).get_days());

    let late =
        "SELECT body FROM event WHERE kind = 'overdue' AND detail LIKE '%delivered in time%'";
    room.city().clock().advance(days * DAY);
    assert!(room.column(late).is_empty(), "its last day is not over");
    room.city().clock().advance(DAY);
    wait_for(|| room.column(late), |bodies| bodies == &[BODY]);
    room.city().clock().advance(5 * DAY);
    let supervisor = room.staff("sun", "ZSJ", StaffRole::Supervisor);
    let filed_today = format!("{}?by=body&from={today}&to={today}", paths::STATISTICS);
    let lines: StatisticsAnswer = read(supervisor.get(&filed_today));
    let lines = lines
        .lines
        .iter()
        .map(|line| (line.key.as_str(), line.delivered_late));
    assert_eq!(lines.collect::<Vec<_>>(), [(BODY, 1)]);
    assert_eq!(room.column(late).len(), 1);
    let officer = room.officer(BODY, OfficerRole::Approver, "a1");
    let lates: Vec<bool> = of_body(&officer).iter().map(|task| task.late).collect();
    assert_eq!(lates.iter().filter(|late| **late).count(), 1);
    assert!(
        room.city()
            .alarms()
            .unwrap()
            .contains(&"overdue".to_owned())
    );
}

#[test]
fn nobody_comes_for_thirty_days_and_is_told_once_for_ninety_and_two_nodes_send_it_back_once() {
    let room = open();
    let second = room.second_node();
    let kiosk = room.kiosk();
    let (number, _) = closed(&kiosk, &wanted(ZHANG, locker("S001")));
    let (other, _) = closed(&kiosk, &wanted(CHEN, posted_to(Recipient::Applicant)));
    let window = Window::open(&room, "wang", "S001");
    read::<DeliveryTask>(window.store(&number, 1));
    let officer = room.officer(BODY, OfficerRole::Officer, "o1");
    read::<DeliveryTask>(post(&officer, &other, "EX1"));
    let about = |kind: &str| {
        let kind = kind.to_owned();
        move |told: &Vec<(String, String, String)>| {
            told.iter().filter(|message| message.0 == kind).count() == 2
        }
    };
    room.city().clock().advance(29 * DAY);
    assert_eq!(count(&room, "notice WHERE kind = 'uncollected'"), 0);
    room.city().clock().advance(2 * DAY);
    let told = wait_for(|| outbox(&room), about("uncollected"));
    assert!(
        told.iter().any(|message| message.2.contains("90日")),
        "{told:?}"
    );
    room.city().clock().advance(30 * DAY);
    wait_for(
        || count(&room, "delivery WHERE reminded = 1"),
        |count| *count == 2,
    );

    room.city().clock().advance(30 * DAY);
    let told = wait_for(|| outbox(&room), about("returned"));
    assert!(told.iter().all(|message| !message.2.contains(ZHANG.name)));
    let seen = delivery(&kiosk, ZHANG, &number);
    assert_eq!((seen.state, seen.since), (State::Returned, None));
    assert_eq!(matter(&kiosk, ZHANG, &number).state, CaseState::Closed);
    let returned = "event WHERE kind = 'delivery moved' AND detail LIKE 'returned%'";
    assert_eq!(count(&room, returned), 2);
    for kind in ["uncollected", "returned"] {
        let notices = format!("notice WHERE kind = '{kind}'");
        assert_eq!(count(&room, &notices), 2, "each once");
    }

    // It still lies in the compartment until somebody takes it out; then the applicant asks for it after all.
    let window = window.again("wang");
    let left = window.list();
    assert_eq!((left.len(), left[0].delivery.compartment), (1, Some(1)));
    let out: DeliveryTask = read(window.act(&number, "return", None));
    assert_eq!(out.delivery.compartment, None);
    assert!(window.list().is_empty());
    let here = window.arrive(&number);
    assert_eq!(here.delivery.state, State::AtStation);
    read::<DeliveryTask>(window.hand_out(&number, ZHANG));
    assert_eq!(matter(&kiosk, ZHANG, &number).state, CaseState::Delivered);
    second.shutdown();
}

#[test]
fn two_windows_hand_one_result_out_at_once_and_it_is_handed_out_once() {
    let room = open();
    let second = room.second_node();
    let kiosk = room.kiosk();
    let (number, _) = closed(&kiosk, &wanted(ZHANG, at_station("S002")));
    let window = Window::open(&room, "wang", "S002");
    window.arrive(&number);
    let grant = window.before(ZHANG);
    let body = json!({"grant": grant.reveal()});
    let path = paths::delivery(&number, "hand-out");
    let urls = [room.city().url(), second.url()].map(|url| format!("{url}{path}"));
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..8)
            .map(|at| {
                let (room, url, officer, body) = (&room, &urls[at % 2], &window.officer, &body);
                scope.spawn(move || {
                    ask(room, officer, url, "S002", Some(body))
                        .status()
                        .as_u16()
                })
            })
            .collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let handed = answers.iter().filter(|status| **status == 200).count();
    assert_eq!(handed, 1, "{answers:?}");
    assert!(
        answers.iter().all(|status| [200, 409].contains(status)),
        "{answers:?}"
    );
    assert_eq!(count(&room, "event WHERE kind = 'delivered'"), 1);
    second.shutdown();
}

#[test]
fn a_last_day_reckoned_without_the_notice_of_its_year_is_marked_and_what_waits_says_until_when() {
    let year = civil(jiff::Timestamp::now()).year();
    let known =
        json!({"confidence": "confirmed", "basis": {}, "offDays": [], "makeUpWorkdays": []});
    let notices = json!({(year.to_string()): known, ((year + 1).to_string()): known});
    for (years, provisional) in [(json!({}), true), (notices, false)] {
        let room = Room::open_with(|config| {
            std::fs::create_dir_all(&config.catalogue).unwrap();
            let holidays = json!({"meta": {}, "years": years}).to_string();
            std::fs::write(config.catalogue.join("holidays.json"), holidays).unwrap();
        });
        let kiosk = room.kiosk();
        let mut filed = application(UNEMPLOYMENT, ZHANG, ZHANG.unemployed(), Vec::new());
        filed.delivery = Some(at_station("S001"));
        let (number, _) = closed(&kiosk, &filed);
        let seen = delivery(&kiosk, ZHANG, &number);
        assert_eq!((seen.provisional, seen.kept_until), (provisional, None));
        let arrived = Window::open(&room, "wang", "S001").arrive(&number).delivery;
        let since = civil(arrived.since.unwrap()).date();
        let last = since + jiff::Span::new().days(90);
        assert_eq!(arrived.kept_until, Some(last));
        assert_eq!(arrived.provisional, provisional);
    }
}
