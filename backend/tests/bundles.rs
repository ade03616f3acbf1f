//! Several items as one matter (一件事): one packet, one receipt list, a case for each item, one view of them all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::acknowledgement::Acknowledgement;
use city_api::application::{
    Consent, How, JointAnswer, JointApplication, JointGiven, JointPlace, Notice, RatingLevel,
    to_bytes,
};
use city_api::digest::Sha256;
use city_api::packet::{ItemRef, Kind, Role, Sealed};
use city_api::requests::identity::IdentityMethod;
use city_api::requests::matters::{BundlesAnswer, MatterAnswer, OutcomesAnswer};
use city_api::requests::officer::{OfficerRole, TasksAnswer};
use city_api::requests::outcome::CaseState;
use city_api::requests::persons::GrantRequest;
use city_api::requests::{ProblemCode, paths};
use city_catalogue::form::{Answer, Scanned, Source, Value};
use city_catalogue::library::bundle::{Joint, joint};
use city_catalogue::record::{Field, Supply};
use city_catalogue::{Catalogue, ItemCode};

use common::filing::{FORM, Someone, ZHANG, commitment, face, part};
use common::{Room, TestKiosk, files, problem, read};

const REGISTRATION: &str = "12590100YT00101489359201400300001";
const BENEFIT: &str = "12590100YT0020143H359201400800001";
const SHOP: &str = "11590100YT00003104359013100100001";
const FOOD: &str = "11590100YT00003104359013100200001";

/// The bundles as a kiosk reads them.
fn matters() -> Vec<Joint> {
    let (name, json) = city_backend::sample_city::FILES[0];
    let catalogue = Catalogue::parse(name, json.as_bytes()).unwrap();
    let today = jiff::civil::date(2026, 3, 2);
    let bundles = catalogue.bundles().iter();
    bundles
        .map(|bundle| joint(bundle, &catalogue, today))
        .collect()
}

fn matter(id: &str) -> Joint {
    matters()
        .into_iter()
        .find(|matter| matter.id == id)
        .unwrap()
}

fn choice(value: &str) -> Value {
    Value::Choice(value.into())
}

fn home() -> Value {
    Value::Address {
        region: "590102002".into(),
        detail: "示例大道12号".into(),
    }
}

/// What somebody answers to a question of the sample city.
fn answer(field: &Field, who: Someone) -> Answer {
    let text = |text: &str| Value::Text(text.into());
    let number = |number: &str| Value::Number(number.into());
    let typed = match field.name.as_str() {
        "applicantName" => return Answer::from_source(text(who.name), Source::Card),
        "applicantId" => return Answer::from_source(text(who.number), Source::Card),
        "bankCard" => return Answer::from_source(text("6299990000000017"), Source::Register),
        "hukouRegion" => {
            return Answer::from_source(Value::Region("590102002".into()), Source::Register);
        }
        "mobile" => text(who.mobile),
        "lastDay" | "stopDate" => Value::Date(jiff::civil::date(2026, 2, 27)),
        "training" => Value::Flag(false),
        "willing" | "authorise" => Value::Flag(true),
        "reason" if field.label.zh == "致困原因" => Value::Choices(vec!["3".into()]),
        "businessScope" => Value::Choices(vec!["H6291".into()]),
        "session" => choice("1-01"),
        "shopName" => text("云汀示例小吃店"),
        "uscc" => text("92590102YT090001XM"),
        "unitNo" => text("590102001001GB00001F00010001"),
        "contractNo" => text("SL2026030001"),
        "account" => text("12345678"),
        "premises" | "address" => home(),
        "employees" => number("2"),
        "capital" | "price" | "income" => number("20000"),
        "area" | "meter" => number("60"),
        "members" => Value::Rows(Vec::new()),
        "layoutFile" => Value::Files(Scanned {
            pages: 1,
            ..Scanned::default()
        }),
        _ => choice("1"),
    };
    Answer::typed(typed)
}

/// The application for all items of a bundle, every question and paper once, and how many pages it has.
fn application(matter: &Joint, who: Someone) -> (JointApplication, u16) {
    let code = |code: &ItemCode| code.as_str().to_owned();
    let mut pages = 0;
    let mut page = || {
        pages += 1;
        How::Scanned {
            pages: vec![Role::Page(pages)],
        }
    };
    let mut materials: Vec<JointGiven> = Vec::new();
    for joint in &matter.materials {
        let places = joint.items.iter().map(|(item, seq)| JointPlace {
            item: code(item),
            seq: *seq,
        });
        materials.push(JointGiven {
            places: places.collect(),
            field: None,
            how: match joint.material.supply {
                Supply::IdRead => How::FromCard {},
                Supply::Generated => How::Generated {},
                Supply::Submit => page(),
                Supply::Commitment => How::Promised {
                    version: "1".into(),
                    text_sha256: Sha256::of(commitment(&joint.material.name.zh).as_bytes()),
                },
                Supply::Shared => How::AlreadyHeld {
                    dataset: joint.material.share.clone().unwrap().dataset,
                },
            },
        });
    }
    for field in matter
        .form
        .iter()
        .filter(|joint| joint.field.name == "layoutFile")
    {
        let places = field.items.iter().map(|item| JointPlace {
            item: code(item),
            seq: 0,
        });
        materials.push(JointGiven {
            places: places.collect(),
            field: Some(field.field.name.clone()),
            how: page(),
        });
    }
    let application = JointApplication {
        bundle: matter.id.clone(),
        items: matter
            .items
            .iter()
            .map(|item| ItemRef {
                code: code(&item.code),
                version: item.version,
            })
            .collect(),
        person: Some(who.person()),
        identity: face(),
        answers: matter
            .form
            .iter()
            .map(|joint| JointAnswer {
                field: joint.field.name.clone(),
                items: joint.items.iter().map(code).collect(),
                answer: answer(&joint.field, who),
            })
            .collect(),
        notice: Notice {
            version: "1".into(),
            text_sha256: Sha256::of("告知书".as_bytes()),
            consents: vec![Consent {
                key: "sensitive".into(),
                given: true,
            }],
        },
        materials,
        form_sha256: Sha256::of(FORM),
        signature: None,
        fees: Vec::new(),
        station: "S001".into(),
    };
    (application, pages)
}

fn seal(kiosk: &TestKiosk, application: &JointApplication, pages: u16) -> Sealed {
    let mut parts = vec![
        part(Role::Content, &to_bytes(application).unwrap()),
        part(Role::Form, FORM),
    ];
    parts.extend((1..=pages).map(|page| part(Role::Page(page), format!("page {page}").as_bytes())));
    kiosk.seal(Kind::Bundle, None, parts)
}

fn filed(kiosk: &TestKiosk, id: &str, who: Someone) -> (Sealed, Acknowledgement) {
    let (application, pages) = application(&matter(id), who);
    let packet = seal(kiosk, &application, pages);
    let said = kiosk.send(&packet);
    (packet, said)
}

/// The case number of an item on a receipt list.
fn number(said: &Acknowledgement, item: &str) -> String {
    let mut cases = said.cases.iter();
    let case = cases.find(|case| case.item == item).unwrap();
    case.case_number.as_ref().unwrap().to_string()
}

fn outcomes(kiosk: &TestKiosk, packet: &Sealed) -> OutcomesAnswer {
    read(kiosk.get(&paths::outcomes(packet.fields.id)))
}

/// Waits until so many cases of a packet are decided.
fn decided(kiosk: &TestKiosk, packet: &Sealed, wanted: usize) -> OutcomesAnswer {
    common::wait_for(
        || outcomes(kiosk, packet),
        |answer| {
            let all = answer.outcomes.iter();
            all.filter(|one| one.outcome.decision.is_some()).count() == wanted
        },
    )
}

#[test]
fn the_four_bundles_of_the_city_are_filed_each_as_one_packet_and_every_paper_is_there_once() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let (mut cases, mut parts) = (0, 0);
    for matter in matters() {
        let (application, pages) = application(&matter, ZHANG);
        let packet = seal(&kiosk, &application, pages);
        let said = kiosk.send(&packet);
        assert_eq!(
            (said.case_number.as_ref(), said.irregular.as_ref()),
            (None, None)
        );
        let listed: Vec<_> = said.cases.iter().map(|case| case.item.as_str()).collect();
        let items: Vec<_> = matter.items.iter().map(|item| item.code.as_str()).collect();
        assert_eq!(listed, items, "{}", matter.name.zh);
        for case in &said.cases {
            assert_eq!(case.irregular, None, "{} {}", matter.name.zh, case.item);
            assert!(case.case_number.is_some() && case.filing_number != said.filing_number);
        }
        let all = outcomes(&kiosk, &packet);
        assert_eq!(all.bundle, Some(said.filing_number.to_string()));
        assert_eq!(all.outcomes.len(), items.len());
        cases += items.len();
        parts += packet.parts.len();
    }
    assert_eq!(room.city().cases().unwrap().len(), cases);
    assert_eq!(files(&room.folder.path().join("blobs/parts")).len(), parts);
    assert_eq!(
        room.column("SELECT count(DISTINCT bundle) FROM case_file"),
        ["4"]
    );
    let received = "SELECT count(*) FROM event WHERE kind = 'received' AND item IS NOT NULL";
    assert_eq!(room.column(received), [cases.to_string()]);
    assert!(room.city().alarms().unwrap().is_empty());

    // "My matters": four slips, each with its cases.
    let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let mine: BundlesAnswer = read(kiosk.post(paths::PERSON_BUNDLES, &GrantRequest { grant }));
    assert_eq!(mine.bundles.len(), 4);
    let newest = &mine.bundles[0];
    assert_eq!(
        (newest.matter.bundle.as_str(), newest.cases.len()),
        ("B04", 3)
    );
    assert!(newest.matter.left_out.is_empty() && newest.hidden == 0);
}

#[test]
fn ten_copies_of_one_bundle_at_once_on_two_nodes_open_its_cases_once() {
    let room = Room::open();
    let second = room.second_node();
    let kiosk = room.kiosk();
    let (application, pages) = application(&matter("B02"), ZHANG);
    let packet = seal(&kiosk, &application, pages);
    kiosk.send_parts(&packet);
    let nodes = [kiosk.at(room.city()), kiosk.at(&second)];
    let said: Vec<Acknowledgement> = std::thread::scope(|scope| {
        let copies = (0..10).map(|copy| {
            let node = &nodes[copy % 2];
            let packet = &packet;
            scope.spawn(move || node.acknowledged(packet, node.post_packet(packet)))
        });
        let copies: Vec<_> = copies.collect();
        copies
            .into_iter()
            .map(|copy| copy.join().unwrap())
            .collect()
    });
    assert!(said.iter().all(|one| *one == said[0]));
    assert_eq!(said[0].cases.len(), 3);
    assert_eq!(room.city().cases().unwrap().len(), 3);
}

#[test]
fn one_item_of_a_matter_is_refused_and_the_others_go_on() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let (packet, said) = filed(&kiosk, "B01", ZHANG);
    // Registration and training are decided by the system; the benefit waits for an approver.
    decided(&kiosk, &packet, 2);
    let approver = room.officer("SBZX", OfficerRole::Approver, "a1");
    let benefit = number(&said, BENEFIT);
    common::wait_for(
        || read::<TasksAnswer>(approver.get(paths::TASKS)).tasks,
        |tasks| tasks.iter().any(|task| task.case_number == benefit),
    );
    let bundle = said.filing_number.to_string();
    let tasks: TasksAnswer = read(approver.get(paths::TASKS));
    assert_eq!(tasks.tasks[0].bundle.as_deref(), Some(bundle.as_str()));
    let refused: serde_json::Value = read(approver.decide(&benefit, false, "缴费不满一年"));
    assert!(refused["state"].is_string());
    let all = decided(&kiosk, &packet, 3);
    let granted = |code: &str| {
        let mut all = all.outcomes.iter();
        let one = all.find(|one| one.item.as_deref() == Some(code)).unwrap();
        one.outcome.decision.as_ref().unwrap().granted
    };
    assert!(granted(REGISTRATION) && !granted(BENEFIT));

    // Decided cases are closed once their results are made: nothing changes any more while it is looked at.
    let at = paths::matter(&bundle);
    let seen: MatterAnswer = common::wait_for(
        || read::<MatterAnswer>(approver.get(&at)),
        |seen| seen.matter.progress.open == 0,
    );
    // The same for resident and officer, by the number of the bundle and by the slip.
    let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let mine: BundlesAnswer = read(kiosk.post(paths::PERSON_BUNDLES, &GrantRequest { grant }));
    let mine = &mine.bundles[0];
    assert_eq!(seen.matter.number, mine.matter.number);
    let progress = mine.matter.progress;
    assert_eq!(
        (progress.cases, progress.granted, progress.refused),
        (3, 2, 1)
    );
    let by_slip: MatterAnswer = read(approver.get(&paths::matter(&mine.receipt)));
    assert_eq!(by_slip, seen);
    let names: Vec<_> = seen
        .cases
        .iter()
        .map(|case| case.name.zh.as_str())
        .collect();
    assert_eq!(names, ["失业登记", "失业保险金申领", "创业培训报名"]);

    // A body that takes no part does not read it, and the slip of a bundle names no single case.
    let stranger = room.officer("SWJ", OfficerRole::Officer, "s1");
    let refused = problem(stranger.get(&paths::matter(&bundle)));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    let nothing = problem(approver.get(&paths::matter("QQQ")));
    assert_eq!(nothing.code, ProblemCode::NotFound);
    let slip = mine.receipt.replace('-', "");
    let one = problem(approver.decide(&slip, true, "一案"));
    assert_eq!(one.code, ProblemCode::NotFound);
}

#[test]
fn an_item_went_out_of_force_or_was_answered_wrongly_and_the_others_are_filed() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let (mut old, pages) = application(&matter("B02"), ZHANG);
    old.items[0].version = 9;
    let wrong = old.answers.iter_mut().find(|answer| answer.field == "area");
    wrong.unwrap().answer = Answer::typed(Value::Number("0".into()));
    let packet = seal(&kiosk, &old, pages);
    let said = kiosk.send(&packet);
    let defects: Vec<_> = said
        .cases
        .iter()
        .map(|case| case.irregular.as_deref())
        .collect();
    assert_eq!(defects, [Some("item_unknown"), Some("form_invalid"), None]);
    assert!(said.cases[2].case_number.is_some());
    let states: Vec<_> = outcomes(&kiosk, &packet).outcomes.into_iter().collect();
    assert_eq!(states[0].outcome.state, CaseState::Irregular);
    assert_eq!(states[1].outcome.state, CaseState::Irregular);
    decided(&kiosk, &packet, 1);
    let noted = "SELECT count(*) FROM event WHERE kind = 'item refused'";
    assert_eq!(room.column(noted), ["1"]);

    // A packet that leaves an item out says so; one whose papers are for no item of it is looked at as a whole.
    let (mut part_of, pages) = application(&matter("B01"), ZHANG);
    let left = part_of.items.remove(1);
    part_of
        .answers
        .iter_mut()
        .for_each(|answer| answer.items.retain(|item| *item != left.code));
    part_of
        .materials
        .iter_mut()
        .for_each(|given| given.places.retain(|place| place.item != left.code));
    let said = kiosk.send(&seal(&kiosk, &part_of, pages));
    assert_eq!(said.cases.len(), 2);
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let seen: MatterAnswer = read(window.get(&paths::matter(said.filing_number.as_str())));
    let left_out: Vec<_> = seen
        .matter
        .left_out
        .iter()
        .map(|item| item.code.as_str())
        .collect();
    assert_eq!(left_out, [BENEFIT]);
    let (mut odd, pages) = application(&matter("B01"), ZHANG);
    odd.materials[0].places[0].item = SHOP.into();
    let said = kiosk.send(&seal(&kiosk, &odd, pages));
    assert_eq!(
        (said.irregular.as_deref(), said.cases.len()),
        (Some("bundle_differs"), 0)
    );
}

#[test]
fn an_officer_opens_the_page_that_came_with_the_whole_matter() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let (_, said) = filed(&kiosk, "B02", ZHANG);
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let tasks: TasksAnswer = read(window.get(paths::TASKS));
    for (item, seq, text) in [(SHOP, 3, "page 1"), (FOOD, 5, "page 3")] {
        let number = number(&said, item);
        let task = tasks
            .tasks
            .iter()
            .find(|task| task.case_number == number)
            .unwrap();
        let page = window.get(&format!(
            "/v1/tasks/{}/materials/{seq}/pages/1",
            task.number
        ));
        assert_eq!(page.text().unwrap(), text);
    }
}

#[test]
fn each_matter_of_a_bundle_is_rated_by_itself() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let (packet, _) = filed(&kiosk, "B01", ZHANG);
    let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let mine: BundlesAnswer = read(kiosk.post(paths::PERSON_BUNDLES, &GrantRequest { grant }));
    for case in &mine.bundles[0].cases {
        let rating = kiosk.rating(RatingLevel::VerySatisfied, &[], Some(case.packet));
        assert_eq!(kiosk.send(&rating).irregular, None);
    }
    assert_eq!(room.column("SELECT count(*) FROM rating"), ["3"]);
    let whole = kiosk.rating(RatingLevel::VerySatisfied, &[], Some(packet.fields.id));
    let said = kiosk.send(&whole);
    assert_eq!(said.irregular.as_deref(), Some("rating_unmatched"));
}
