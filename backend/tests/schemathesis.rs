//! Every route against its own contract, asked by schemathesis over TLS as kiosk, officer, staff and anybody.
//!
//! The city is filled before, so that requests come through the doors: `schemathesis/hooks.py` signs them and puts in
//! what is there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;
#[path = "../../tests/src/peer.rs"]
#[allow(dead_code, unreachable_pub, reason = "one peer of many is asked here")]
mod peer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city_api::application::{Delivery, How, SavedDraft, to_bytes};
use city_api::keys::DeviceKey as _;
use city_api::packet::{Kind, Role};
use city_api::requests::authorities::{AuthorityRequest, AuthorityView};
use city_api::requests::commitment::AfterChecksAnswer;
use city_api::requests::feedback::{AskKind, AskRequest};
use city_api::requests::hall::{BookRequest, SlotsAnswer};
use city_api::requests::help::{HelpRequest, HelpView};
use city_api::requests::identity::IdentityMethod;
use city_api::requests::officer::{
    AcceptRequest, ActionAnswer, OfficerRole, SupplementRequest, TasksAnswer,
};
use city_api::requests::packets::PacketBody;
use city_api::requests::paths::{CaseAction, case_action};
use city_api::requests::{Private, paths};
use city_backend::clock::civil;
use city_catalogue::form::{Answer, Answers, Value as Typed};
use city_catalogue::policy::StaffRole;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use common::filing::{
    CHEN, FORM, LI, WU, ZHANG, application, authority, face, handed, item, part, scanned,
};
use common::home;
use common::{ALLOWANCE, LEGAL_AID, PASSWORD, Room, TestKiosk, TestOfficer, UNEMPLOYMENT, read};

/// Fewest requests of a run.
const REQUESTS: u64 = 2000;
/// Requests that are made up for each route in the fuzzing phase.
const EXAMPLES: &str = "40";
/// The same, when there is time.
const MANY_EXAMPLES: &str = "200";
/// Set when there is time.
const LONG: &str = "KIOSK_LONG";

/// 公共法律服务咨询: it asks for no identity and no material.
const ADVICE: &str = "11590100YT0000126C359201200100001";

/// 公证申请: it takes bookings.
const BOOKABLE: &str = "12590100YT0010121H359201200200001";

/// Times that what was not reached is tried, the first included.
const AGAIN: u32 = 6;

/// Status and how often it was answered, by route.
type Counts = BTreeMap<String, BTreeMap<u16, u64>>;

#[test]
fn no_route_answers_what_its_contract_does_not_say() {
    let Some(program) = peer::peer("schemathesis") else {
        return;
    };
    // A city that lets people prove themselves at home.
    let room = home::open();
    let files = tempfile::tempdir().unwrap();
    let at = |name: &str| files.path().join(name);
    std::fs::write(at("known.json"), known(&room).to_string()).unwrap();
    std::fs::write(at("ca.pem"), room.city().ca_pem().unwrap()).unwrap();
    let mut counts = asked(&program, &room, files.path(), 1, &[]);
    let contract: Value = read(room.get(paths::OPENAPI));
    // What is behind several doors at once was opened by chance only: it is tried again, with other requests.
    for seed in 2..=AGAIN {
        let left = not_reached(&contract, &counts);
        if left.is_empty() {
            break;
        }
        for (route, answers) in asked(&program, &room, files.path(), seed, &left) {
            let all = counts.entry(route).or_default();
            for (status, count) in answers {
                *all.entry(status).or_default() += count;
            }
        }
    }
    let (all, classes) = print(&counts);
    assert!(all >= REQUESTS, "only {all} requests");
    assert_eq!(classes.get(&5), None);
    assert_eq!(not_reached(&contract, &counts), Vec::<String>::new());
}

/// Asks the city by its contract, all checks on: every route, or those in `only`; what was answered.
fn asked(program: &Path, room: &Room, files: &Path, seed: u32, only: &[String]) -> Counts {
    let at = |name: &str| files.join(name);
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemathesis");
    let long = std::env::var_os(LONG).is_some();
    let examples = if long { MANY_EXAMPLES } else { EXAMPLES };
    let mut asked = Command::new(program);
    asked
        .arg("--config-file")
        .arg(hooks.join("schemathesis.toml"))
        .args([
            "run",
            "--checks",
            "all",
            "--continue-on-failure",
            "--no-color",
        ])
        .args(["--workers", "1", "--max-examples", examples])
        .args(["--generation-codec", "utf-8"])
        .args([
            "--suppress-health-check",
            "all",
            "--request-timeout",
            "20",
            "--request-retries",
            "1",
        ])
        .arg("--tls-verify")
        .arg(at("ca.pem"))
        .arg(format!("{}{}", room.city().url(), paths::OPENAPI));
    for route in only {
        let path = route
            .split_once(' ')
            .map_or(route.as_str(), |(_, path)| path);
        asked.args(["--include-path", path]);
    }
    let seed = seed.to_string();
    if long {
        asked.args(["--generation-database", "none"]);
    } else if only.is_empty() {
        // What is found once is found again; the long run looks elsewhere every time.
        asked.args(["--seed", &seed, "--generation-deterministic"]);
    } else {
        asked.args(["--seed", &seed, "--generation-database", "none"]);
    }
    let said = asked
        .current_dir(files)
        .env("PYTHONPATH", &hooks)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("CITY_KNOWN", at("known.json"))
        .env("CITY_COUNTS", at("counts.json"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let counts = std::fs::read(at("counts.json")).unwrap_or_else(|_| {
        panic!("{text}\n{}", String::from_utf8_lossy(&said.stderr));
    });
    assert!(
        said.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&said.stderr)
    );
    serde_json::from_slice(&counts).unwrap()
}

/// Prints how many were answered how; returns all and those of each class of status.
fn print(counts: &Counts) -> (u64, BTreeMap<u16, u64>) {
    let mut classes: BTreeMap<u16, u64> = BTreeMap::new();
    for (status, number) in counts.values().flatten() {
        *classes.entry(status / 100).or_default() += number;
    }
    let all = classes.values().sum();
    let shown: Vec<String> = classes
        .iter()
        .map(|(c, n)| format!("{n} of {c}xx"))
        .collect();
    println!(
        "{all} requests of {} routes: {}",
        counts.len(),
        shown.join(", ")
    );
    for (route, answers) in counts {
        let answers: Vec<String> = answers.iter().map(|(s, n)| format!("{s}: {n}")).collect();
        println!("  {route}: {}", answers.join(", "));
    }
    (all, classes)
}

/// Routes of the contract that were not asked, or never let anybody through their door.
fn not_reached(contract: &Value, counts: &Counts) -> Vec<String> {
    let paths = contract["paths"].as_object().unwrap().iter();
    let routes = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    // Past who asks and past the shape of the request: something was looked up, or done.
    let reached = |status: &u16| matches!(status, 200..=399 | 404 | 409 | 410);
    routes
        .filter(|route| {
            let answers = counts.get(route);
            !answers.is_some_and(|answers| answers.keys().any(reached))
        })
        .collect()
}

/// Fills the city and says what is in it.
fn known(room: &Room) -> Value {
    let kiosk = room.kiosk();
    let done = kiosk.unemployment(ZHANG);
    kiosk.send(&done);
    let aid = kiosk.filed(&kiosk.legal_aid(LI));
    let allowance = kiosk.filed(&kiosk.allowance(CHEN));
    let mut fetched = application(UNEMPLOYMENT, CHEN, CHEN.unemployed(), Vec::new());
    fetched.delivery = Some(Delivery::Window {
        station: "S001".into(),
    });
    let fetched = kiosk.filed(&kiosk.seal_application(&fetched, 0));
    let outcome = kiosk.outcome_when(&done, |outcome| outcome.result.is_some());
    let result = outcome.result.unwrap().id;
    let officers = [
        room.officer("ZSJ", OfficerRole::Window, "w1"),
        room.officer("SFJ", OfficerRole::Window, "w2"),
        room.officer("SFJ", OfficerRole::Officer, "o1"),
        room.officer("SFJ", OfficerRole::Approver, "a1"),
        room.officer("ZSJ", OfficerRole::Approver, "a2"),
    ];
    let tasks: BTreeSet<String> = officers.iter().flat_map(tasks).collect();
    let grants =
        [ZHANG, LI, CHEN].map(|who| kiosk.grant(who.number, who.name, IdentityMethod::Face));
    let enquiry = ask(&kiosk, &aid, &grants[1]);
    let calls = [(); 4].map(|()| call_help(&kiosk));
    let packet = PacketBody::new(&done.header, done.signature.as_bytes());
    let codes: Vec<String> = (0..20)
        .map(|_| room.city().enrol_code("S001").unwrap())
        .collect();
    let now = room.city().clock().now();
    let path = format!("{}?item={BOOKABLE}&station=S001", paths::SLOTS);
    let slots: SlotsAnswer = read(room.get(&path));
    let begins: Vec<Timestamp> = slots.slots.iter().map(|slot| slot.begins).collect();
    let booked = begins
        .first()
        .map(|begins| book(&kiosk, &grants[0], *begins));
    let booked: Vec<Uuid> = booked.into_iter().collect();
    let staff = [
        ("system", StaffRole::System),
        ("security", StaffRole::Security),
        ("audit", StaffRole::Audit),
        ("supervisor", StaffRole::Supervisor),
    ];
    let staff: BTreeMap<&str, String> = staff
        .iter()
        .map(|(name, role)| (*name, room.staff(name, "ZSJ", *role).token))
        .collect();
    let window = room.staff("window", "ZSJ", StaffRole::Window).token;
    let given = authority(ZHANG, WU, &[UNEMPLOYMENT], kiosk.now().date());
    let asked = AuthorityRequest {
        grant: grants[0].clone(),
        authority: given.clone(),
    };
    let _: AuthorityView = read(kiosk.post("/v1/authorities", &asked));
    let kept = keep(&kiosk);
    let at_home = room.at_home(ZHANG);
    let brought = [(); 2].map(|()| brought(&kiosk, &officers[0]));
    // Kiosks that may be revoked: who asks goes on.
    let spare: Vec<String> = (0..20).map(|_| room.kiosk().id.to_string()).collect();
    let checks = accepted_on_a_promise(room);
    // Whose password is known, and whom it may hit.
    room.account("login", "ZSJ", &[StaffRole::Window]);
    room.account("spare", "ZSJ", &[]);
    let grants: Vec<&str> = grants.iter().map(Private::reveal).collect();
    let seed: String = kiosk
        .seed
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let new_ids: Vec<Uuid> = (0..20).map(|_| Uuid::now_v7()).collect();
    let items = json!([UNEMPLOYMENT, LEGAL_AID, ALLOWANCE]);
    let mut values = json!({
        "grant": grants,
        "city-grant": grants,
        "item": items,
        "code": items,
        "station": ["S001", "S002"],
        "city-station": ["S001", "S002"],
        "body": ["ZSJ", "SFJ"],
        "counter": ["1", "2"],
        "version": ["1", "2"],
        "name": ["spare"],
        "seq": ["1", "2"],
        "page": ["1"],
        "act": ["call", "rectify", "explain", "remove"],
        "task": tasks,
        "day": [civil(now).date()],
        "letter": ["A"],
        "arrived": [now],
        "at": [now],
        "begins": begins,
        "appointment": booked,
    });
    // By route, where a name means something else there.
    let values_of = [
        ("/v1/identity/checks name", json!([ZHANG.name])),
        ("/v1/identity/checks documentNumber", json!([ZHANG.number])),
        ("/v1/appointments item", json!([BOOKABLE])),
        ("/v1/slots item", json!([BOOKABLE])),
        ("/v1/appointments/{id}/move id", json!(booked)),
        ("/v1/appointments/{id}/cancel id", json!(booked)),
        ("/v1/tickets/reports number", json!(["A001", "A002"])),
        ("/v1/sessions name", json!(["login"])),
        ("/v1/sessions password", json!([PASSWORD])),
        ("/v1/accounts name", json!([])),
        ("/v1/accounts password", json!([PASSWORD])),
        ("/v1/accounts/{name}/password new", json!([PASSWORD])),
        ("/v1/enrolments code", json!(codes)),
        (
            "/v1/enrolments publicKey",
            json!([kiosk.key.public().to_string()]),
        ),
        (
            "/v1/authorities authority",
            json!([authority(ZHANG, WU, &[LEGAL_AID], kiosk.now().date())]),
        ),
        ("/v1/authorities name", json!([])),
        ("/v1/authorities grant", json!([grants[0]])),
        ("/v1/authorities/{id}/cases id", json!([given.id])),
        ("/v1/authorities/{id}/revoke id", json!([given.id])),
        ("/v1/drafts id", json!(new_ids)),
        ("/v1/window/filings id", json!(new_ids)),
        ("/v1/drafts item", json!([LEGAL_AID])),
        ("/v1/drafts version", json!([1])),
        ("/v1/drafts answers", json!([ZHANG.unpaid()])),
        ("/v1/drafts materials", json!([[]])),
        ("/v1/drafts pages", json!([[]])),
        ("/v1/drafts/{id}/take-up id", json!([kept])),
        ("/v1/drafts/{id}/delete id", json!([kept])),
        ("/v1/drafts/{id}/pages/{page} id", json!([kept])),
        (
            "/v1/window/filings application",
            json!([filed_at_a_window()]),
        ),
        ("/v1/window/filings code", json!([UNEMPLOYMENT])),
        ("/v1/window/filings name", json!([])),
        ("/v1/window/filings form", json!([STANDARD.encode(FORM)])),
        ("/v1/window/filings pages", json!([[]])),
        ("/v1/window/identity-checks name", json!([ZHANG.name])),
        (
            "/v1/window/identity-checks documentNumber",
            json!([ZHANG.number]),
        ),
        ("/v1/window/supplements id", json!(new_ids)),
        ("/v1/window/supplements supplement", json!([brought[0]])),
        ("/v1/window/supplements name", json!([])),
        ("/v1/window/supplements pages", json!([[]])),
        ("/v1/home-filings id", json!(new_ids)),
        ("/v1/home-filings city-grant", json!([at_home.reveal()])),
        ("/v1/home-filings application", json!([filed_at_home()])),
        ("/v1/home-filings code", json!([ADVICE])),
        ("/v1/home-filings name", json!([])),
        ("/v1/home-filings form", json!([STANDARD.encode(FORM)])),
        ("/v1/home-filings pages", json!([[]])),
        ("/v1/home-supplements id", json!(new_ids)),
        ("/v1/home-supplements city-grant", json!([at_home.reveal()])),
        ("/v1/home-supplements supplement", json!([brought[1]])),
        ("/v1/home-supplements name", json!([])),
        ("/v1/home-supplements pages", json!([[]])),
        (
            "/v1/deliveries/{number}/pick-up code",
            json!(["00000000", "12345678"]),
        ),
        ("/v1/check-ins code", json!(["ABCDE23456"])),
        ("/v1/home-ratings id", json!(new_ids)),
        ("/v1/home-ratings city-grant", json!([at_home.reveal()])),
        ("/v1/home-ratings contact", json!([done.fields.id])),
        ("/v1/home-ratings level", json!([4, 5])),
        ("/v1/home-ratings reasons", json!([[]])),
        ("/v1/home-ratings words", json!(["办得很快"])),
        ("/v1/home-identity-checks name", json!([ZHANG.name])),
        (
            "/v1/home-identity-checks documentNumber",
            json!([ZHANG.number]),
        ),
        ("/v1/packets header", json!([packet.header])),
        ("/v1/packets signature", json!([packet.signature])),
        ("/v1/library/drafts item", json!([draft()])),
        ("/v1/kiosks/{id}/revoke id", json!(spare)),
        ("/v1/after-checks/{id}/outcome id", json!(checks)),
        ("/v1/after-checks/{id}/repair id", json!(checks)),
        ("/v1/contracts/drafts contract", json!([contract()])),
        ("/v1/contracts/{id}/history id", json!(["C-115"])),
        ("/v1/contracts/{id}/cancel id", json!(["C-114"])),
        ("/v1/contracts/{id}/{version} id", json!(["C-115"])),
        ("/v1/contracts/{id}/{version}/review id", json!(["C-115"])),
        ("/v1/contracts/{id}/{version}/enforce id", json!(["C-115"])),
        ("/v1/contracts/{id}/{version}/discard id", json!(["C-115"])),
        ("/v1/options/{name} name", json!(["hospitals"])),
        ("/v1/catalogue/increments/{from} from", json!(["1"])),
        ("/v1/packets/{id}/outcome id", json!([done.fields.id])),
        ("/v1/results/{id} id", json!([result])),
        ("/v1/results/{id}/printed id", json!([result])),
        ("/v1/help-calls/{id} id", json!(calls)),
        ("/v1/help-calls/{id}/coming id", json!(calls)),
        ("/v1/help-calls/{id}/closed id", json!(calls)),
        ("/v1/enquiries/{id}/answer id", json!([enquiry])),
        ("/v1/enquiries/{id}/hand-over id", json!([enquiry])),
        (
            "/v1/parts/{sha256} sha256",
            json!([done.parts[0].sha256.to_string()]),
        ),
    ];
    let cases = [
        "accept",
        "decide",
        "supplement",
        "enquiries",
        "withdraw",
        "facts",
    ];
    let cases = cases.map(|act| {
        (
            format!("/v1/cases/{{number}}/{act} number"),
            json!([aid, allowance]),
        )
    });
    let acts = [
        "claim",
        "release",
        "return",
        "route",
        "materials/{seq}/pages/{page}",
    ];
    let acts = acts.map(|act| (format!("/v1/tasks/{{number}}/{act} number"), json!(tasks)));
    let moves = ["arrive", "locker", "post", "signed", "return"];
    let moves = moves.map(|act| {
        let place = format!("{} number", paths::delivery("{number}", act));
        (place, json!([fetched]))
    });
    let values_of = values_of.map(|(place, values)| (place.to_owned(), values));
    let by_number = cases.into_iter().chain(acts).chain(moves);
    for (place, found) in values_of.into_iter().chain(by_number) {
        values[place] = found;
    }
    let officers: Vec<&str> = officers
        .iter()
        .map(|officer| officer.token.as_str())
        .collect();
    json!({
        "kiosk": {"id": kiosk.id.to_string(), "seed": seed},
        "officers": officers,
        "window": window,
        "staff": staff,
        "values": values,
    })
}

/// A call for a person's help; its id.
fn call_help(kiosk: &TestKiosk) -> Uuid {
    let asked = HelpRequest {
        id: Uuid::now_v7(),
        step: "scan".into(),
        item: None,
    };
    let _: HelpView = read(kiosk.post(paths::HELP_CALLS, &asked));
    asked.id
}

fn tasks(officer: &TestOfficer) -> Vec<String> {
    let tasks: TasksAnswer = read(officer.get(paths::TASKS));
    tasks.tasks.into_iter().map(|task| task.number).collect()
}

/// A draft that Zhang keeps; its id.
fn keep(kiosk: &TestKiosk) -> Uuid {
    let draft = SavedDraft {
        item: item(LEGAL_AID),
        person: ZHANG.person(),
        identity: face(),
        wished: true,
        answers: ZHANG.unpaid(),
        materials: vec![scanned(4)],
        replaces: None,
        station: kiosk.station.clone(),
    };
    let parts = vec![
        part(Role::Content, &to_bytes(&draft).unwrap()),
        part(Role::Page(1), b"a page"),
    ];
    let packet = kiosk.seal(Kind::Draft, Some(draft.item.clone()), parts);
    assert_eq!(kiosk.send(&packet).irregular, None);
    packet.fields.id
}

/// An application without what the city writes.
fn filed_at_a_window() -> Value {
    let filed = application(UNEMPLOYMENT, ZHANG, ZHANG.unemployed(), Vec::new());
    handed(&filed)
}

/// One from home, without pages: the hooks fill in whatever is called `pages`, in the materials too.
fn filed_at_home() -> Value {
    let mut answers = Answers::new();
    answers.set("category", Answer::typed(Typed::Choice("1".into())));
    let question = Typed::Text("拖欠工资如何申请法律援助？".into());
    answers.set("question", Answer::typed(question));
    let mut filed = application(ADVICE, ZHANG, answers, Vec::new());
    filed.person = None;
    filed.materials = Vec::new();
    handed(&filed)
}

/// What was asked for in a case of Zhang, that waits for it.
fn brought(kiosk: &TestKiosk, window: &TestOfficer) -> Value {
    let case = kiosk.filed(&kiosk.legal_aid(ZHANG));
    let asked = SupplementRequest {
        materials: vec![4],
        words: "请补充".into(),
    };
    let path = case_action(&case, CaseAction::Supplement);
    assert!(window.post(&path, &asked).status().is_success());
    let mut brought = kiosk.brings(&case, ZHANG, 4);
    brought.materials[0].how = How::NotBrought {};
    handed(&brought)
}

/// The next version of an item.
fn draft() -> Value {
    let mut files = city_backend::sample_city::FILES.iter();
    let (_, text) = files.find(|(name, _)| *name == "catalogue.json").unwrap();
    let catalogue: Value = serde_json::from_str(text).unwrap();
    let mut items = catalogue["items"].as_array().unwrap().iter();
    let mut item = items
        .find(|item| item["department"] == "SFJ")
        .unwrap()
        .clone();
    item["version"] = json!(2);
    item
}

/// The next version of a contract.
fn contract() -> Value {
    let mut files = city_backend::sample_city::FILES.iter();
    let (_, text) = files.find(|(name, _)| *name == "contracts.json").unwrap();
    let contracts: Value = serde_json::from_str(text).unwrap();
    let mut contracts = contracts["contracts"].as_array().unwrap().iter();
    let found = contracts.find(|contract| contract["id"] == "C-115");
    let mut contract = found.unwrap().clone();
    contract["version"] = json!(2);
    contract
}

/// The commitment of a case that the window accepts, to be looked at; its check.
fn accepted_on_a_promise(room: &Room) -> Vec<Uuid> {
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.legal_aid(CHEN));
    let window = room.officer("ZSJ", OfficerRole::Window, "w9");
    let path = case_action(&number, CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&path, &AcceptRequest::default()));
    let officer = room.officer("SFJ", OfficerRole::Officer, "o9");
    let checks: AfterChecksAnswer = read(officer.get(paths::AFTER_CHECKS));
    checks.after_checks.iter().map(|check| check.id).collect()
}

/// A booking; its id.
fn book(kiosk: &TestKiosk, grant: &Private, begins: Timestamp) -> Uuid {
    let asked = BookRequest {
        id: Uuid::now_v7(),
        grant: grant.clone(),
        item: BOOKABLE.into(),
        station: kiosk.station.clone(),
        begins,
    };
    assert!(
        kiosk
            .post(paths::APPOINTMENTS, &asked)
            .status()
            .is_success()
    );
    asked.id
}

/// A question inside a case; its id.
fn ask(kiosk: &TestKiosk, case: &str, grant: &Private) -> Uuid {
    let asked = AskRequest {
        id: Uuid::now_v7(),
        grant: grant.clone(),
        kind: AskKind::Question,
        field: None,
        words: "什么时候办好？".into(),
    };
    let answer = kiosk.post(&format!("/v1/cases/{case}/enquiries"), &asked);
    assert!(answer.status().is_success());
    asked.id
}
