//! Drafts of residents: begun in one place, taken up in another, opened by nobody else, filed once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city_api::application::{Application, Identity, SavedDraft, to_bytes};
use city_api::packet::{Kind, Role, Sealed};
use city_api::requests::drafts::{
    DraftView, STATION_HEADER, SaveDraftRequest, SavedDraftsAnswer, TakenUpAnswer,
};
use city_api::requests::identity::{IdentityCheckAnswer, IdentityLevel, IdentityMethod};
use city_api::requests::officer::OfficerRole;
use city_api::requests::packets::AcknowledgementBody;
use city_api::requests::persons::GrantRequest;
use city_api::requests::status::CatalogueStatus;
use city_api::requests::window::WindowIdentityRequest;
use city_api::requests::{Private, ProblemCode, paths};
use city_backend::Admin;
use city_catalogue::form::{Answer, Answers, Value};
use city_catalogue::policy::StaffRole;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use common::filing::{LI, Someone, ZHANG, application, face, item, part, scanned};
use common::{
    LEGAL_AID, Room, TestKiosk, TestOfficer, UNEMPLOYMENT, files, problem, read, wait_for,
};

const DRAFTS: &str = "/v1/drafts";
const PAGE: &[u8] = b"a scanned page of evidence";

fn by(grant: &Private) -> GrantRequest {
    GrantRequest {
        grant: grant.clone(),
    }
}

fn of(id: Uuid, action: &str) -> String {
    format!("{DRAFTS}/{id}/{action}")
}

fn prove(kiosk: &TestKiosk, who: Someone) -> Private {
    kiosk.grant(who.number, who.name, IdentityMethod::Face)
}

/// Half of 法律援助, with one page of evidence.
fn half(who: Someone) -> SavedDraft {
    let mut answers = who.unpaid();
    answers.remove("income");
    SavedDraft {
        item: item(LEGAL_AID),
        person: who.person(),
        identity: face(),
        wished: true,
        answers,
        materials: vec![scanned(4)],
        replaces: None,
        station: "S001".into(),
    }
}

fn sealed(kiosk: &TestKiosk, draft: &SavedDraft) -> Sealed {
    let parts = vec![
        part(Role::Content, &to_bytes(draft).unwrap()),
        part(Role::Page(1), PAGE),
    ];
    kiosk.seal(Kind::Draft, Some(draft.item.clone()), parts)
}

/// Keeps a draft by a packet; its id.
fn keep(kiosk: &TestKiosk, draft: &SavedDraft) -> Uuid {
    let packet = sealed(kiosk, draft);
    assert_eq!(kiosk.send(&packet).irregular, None);
    packet.fields.id
}

fn mine(kiosk: &TestKiosk, grant: &Private) -> SavedDraftsAnswer {
    read(kiosk.post(&format!("{DRAFTS}/mine"), &by(grant)))
}

fn ids(kiosk: &TestKiosk, grant: &Private) -> Vec<Uuid> {
    let drafts = mine(kiosk, grant).drafts;
    drafts.into_iter().map(|draft| draft.id).collect()
}

/// The whole of 法律援助, made from a draft.
fn whole(who: Someone, draft: Uuid) -> Application {
    let mut filed = application(LEGAL_AID, who, who.unpaid(), vec![scanned(4)]);
    filed.draft = Some(draft);
    filed
}

/// Files in the blob folder.
fn blobs(room: &Room) -> usize {
    files(&room.folder.path().join("blobs")).len()
}

#[test]
fn begun_at_one_kiosk_taken_up_at_another_and_gone_when_filed() {
    let room = Room::open();
    let (first, second) = (room.kiosk(), room.kiosk_at("S003"));
    let packet = sealed(&first, &half(ZHANG));
    assert_eq!(first.send(&packet).irregular, None);
    let id = packet.fields.id;
    // The answer was lost: the kiosk sends everything again.
    assert_eq!(first.send(&packet).irregular, None);
    assert_eq!(
        blobs(&room),
        1,
        "one page, sealed for its person, and nothing that the city opens"
    );
    assert!(room.city().cases().unwrap().is_empty());

    let grant = prove(&second, ZHANG);
    let listed = mine(&second, &grant);
    assert_eq!((listed.drafts.len(), listed.hidden), (1, 0));
    let draft = &listed.drafts[0];
    assert_eq!((draft.id, draft.version_now), (id, Some(1)));
    assert_eq!(draft.name.zh, "法律援助申请");
    let taken: TakenUpAnswer = read(second.post(&of(id, "take-up"), &by(&grant)));
    assert_eq!(taken.answers, half(ZHANG).answers);
    assert_eq!((taken.materials.len(), taken.pages), (1, 1));
    assert!(taken.misfits.is_empty(), "{:?}", taken.misfits);
    let page = second.get_with_grant(&of(id, "pages/1"), &grant);
    assert_eq!(page.bytes().unwrap().as_ref(), PAGE);
    let none = second.get_with_grant(&of(id, "pages/2"), &grant);
    assert_eq!(problem(none).code, ProblemCode::NotFound);

    let filed = second.seal_application(&whole(ZHANG, id), 1);
    assert_eq!(second.send(&filed).irregular, None);
    assert!(ids(&second, &grant).is_empty());
    let gone = problem(second.post(&of(id, "take-up"), &by(&grant)));
    assert_eq!(gone.code, ProblemCode::NotFound);
    // The filing is here with its parts; of the draft nothing is.
    assert_eq!(blobs(&room), filed.parts.len());
}

#[test]
fn the_object_store_is_swept_and_the_pages_of_a_kept_draft_stay() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let id = keep(&kiosk, &half(ZHANG));
    let admin = Admin::open(
        &room.config.database,
        &room.config.keys,
        &room.config.catalogue,
    )
    .unwrap();
    let swept = admin.sweep(&room.config.blobs, 0, true).unwrap();
    assert_eq!((swept.removed, swept.put_aside), (0, 0));
    assert_eq!(swept.missing, [], "the parts are gone on purpose");
    let grant = prove(&kiosk, ZHANG);
    let page = kiosk.get_with_grant(&of(id, "pages/1"), &grant);
    assert_eq!(page.bytes().unwrap().as_ref(), PAGE);
}

#[test]
fn filed_from_one_draft_at_two_kiosks_the_second_is_looked_at() {
    let room = Room::open();
    let (first, second) = (room.kiosk(), room.kiosk_at("S002"));
    let id = keep(&first, &half(ZHANG));
    let here = first.seal_application(&whole(ZHANG, id), 1);
    let there = second.seal_application(&whole(ZHANG, id), 1);
    assert_eq!(first.send(&here).irregular, None);
    assert_eq!(
        first.send(&here).irregular,
        None,
        "sent again it is the same filing"
    );
    let twice = second.send(&there);
    assert_eq!(twice.irregular.as_deref(), Some("draft_filed"));
    // A draft that is gone by itself stands in nobody's way, and somebody else's never does.
    let other = keep(&first, &half(LI));
    let mut mistaken = whole(ZHANG, other);
    assert_eq!(
        first.send(&first.seal_application(&mistaken, 1)).irregular,
        None
    );
    assert_eq!(ids(&first, &prove(&first, LI)), [other]);
    mistaken.draft = Some(Uuid::now_v7());
    assert_eq!(
        first.send(&first.seal_application(&mistaken, 1)).irregular,
        None
    );
}

#[test]
fn sixteen_kiosks_file_one_draft_at_once_and_one_filing_is_regular() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let id = keep(&kiosk, &half(ZHANG));
    let kiosks: Vec<TestKiosk> = (0..16).map(|_| room.kiosk()).collect();
    let told: Vec<Option<String>> = std::thread::scope(|scope| {
        let filing: Vec<_> = kiosks
            .iter()
            .map(|kiosk| {
                scope.spawn(move || {
                    let filed = kiosk.seal_application(&whole(ZHANG, id), 1);
                    kiosk.send(&filed).irregular
                })
            })
            .collect();
        filing.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let regular = told.iter().filter(|told| told.is_none()).count();
    assert_eq!(regular, 1, "{told:?}");
    assert!(told.iter().flatten().all(|told| told == "draft_filed"));
}

#[test]
fn a_draft_opens_for_its_person_alone_and_no_officer_reads_it() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let id = keep(&kiosk, &half(ZHANG));
    let stranger = prove(&kiosk, LI);
    assert!(ids(&kiosk, &stranger).is_empty());
    for action in ["take-up", "delete"] {
        let refused = problem(kiosk.post(&of(id, action), &by(&stranger)));
        assert_eq!(refused.code, ProblemCode::NotFound, "{action}");
    }
    let page = kiosk.get_with_grant(&of(id, "pages/1"), &stranger);
    assert_eq!(problem(page).code, ProblemCode::NotFound);
    assert_eq!(
        problem(kiosk.get(&of(id, "pages/1"))).code,
        ProblemCode::Unauthorised
    );
    // The card alone shows that there is something, and opens nothing.
    let card = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Card);
    let listed = mine(&kiosk, &card);
    assert_eq!((listed.drafts.len(), listed.hidden), (0, 1));
    for action in ["take-up", "delete"] {
        let refused = problem(kiosk.post(&of(id, action), &by(&card)));
        assert_eq!(refused.code, ProblemCode::LevelTooLow, "{action}");
    }
    // An officer has no grant of the person, and another's kiosk grant is none at a window.
    let grant = prove(&kiosk, ZHANG);
    for officer in [
        room.officer("ZSJ", OfficerRole::Window, "w1"),
        room.officer("SFJ", OfficerRole::Approver, "a1"),
        room.staff("wang", "ZSJ", StaffRole::Window),
    ] {
        for action in ["take-up", "delete"] {
            let refused = officer.post(&of(id, action), &by(&grant));
            assert!([401, 403, 422].contains(&refused.status().as_u16()));
        }
    }
    let all = room.everything().join("\n");
    for text in [ZHANG.name, ZHANG.number, "拖欠工资", "示例大道12号"] {
        assert!(!all.contains(text), "{text} in the clear");
    }
    let gone = kiosk.post(&of(id, "delete"), &by(&grant));
    assert_eq!(gone.status(), 204);
    assert!(ids(&kiosk, &grant).is_empty());
    assert_eq!(blobs(&room), 0);
}

#[test]
fn nothing_is_kept_that_nobody_asked_for_or_that_is_not_whole() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let told = |change: &dyn Fn(&mut SavedDraft)| {
        let mut draft = half(ZHANG);
        change(&mut draft);
        kiosk.send(&sealed(&kiosk, &draft)).irregular
    };
    for (change, key) in [
        (
            (|one| one.wished = false) as fn(&mut SavedDraft),
            "draft_not_wished",
        ),
        (|one| one.item.version = 9, "item_not_in_force"),
        (
            |one| {
                one.identity = Identity {
                    level: IdentityLevel::None,
                    methods: Vec::new(),
                    grant: None,
                    later: false,
                };
            },
            "identity_missing",
        ),
        (
            |one| {
                let pages = vec![Role::Page(7)];
                one.materials[0].how = city_api::application::How::Scanned { pages };
            },
            "page_missing",
        ),
    ] {
        assert_eq!(told(&change).as_deref(), Some(key));
    }
    assert!(ids(&kiosk, &prove(&kiosk, ZHANG)).is_empty());
    assert!(
        room.city().cases().unwrap().is_empty(),
        "no officer gets it to see"
    );
    assert_eq!(blobs(&room), 0);
    assert_eq!(room.city().alarms().unwrap().len(), 4);
}

#[test]
fn a_draft_is_replaced_and_lapses_and_there_are_not_endlessly_many() {
    let room = Room::open_with(|config| {
        std::fs::create_dir_all(&config.catalogue).unwrap();
        let policy = r#"{"people": {"draftDays": 7, "mostDrafts": 2}}"#;
        std::fs::write(config.catalogue.join("policy.json"), policy).unwrap();
    });
    let kiosk = room.kiosk();
    let first = keep(&kiosk, &half(ZHANG));
    let mut newer = half(ZHANG);
    newer.replaces = Some(first);
    let second = keep(&kiosk, &newer);
    assert_eq!(ids(&kiosk, &prove(&kiosk, ZHANG)), [second]);
    assert_eq!(blobs(&room), 1);
    let third = keep(&kiosk, &half(ZHANG));
    let full = kiosk.send(&sealed(&kiosk, &half(ZHANG))).irregular;
    assert_eq!(full.as_deref(), Some("drafts_full"));
    // Another person's draft is not replaced, whatever the packet says.
    let mut theirs = half(LI);
    theirs.replaces = Some(third);
    keep(&kiosk, &theirs);
    assert_eq!(ids(&kiosk, &prove(&kiosk, ZHANG)).len(), 2);

    room.city().clock().advance(7 * 24 * 3600 - 60);
    assert_eq!(ids(&kiosk, &prove(&kiosk, ZHANG)).len(), 2);
    room.city().clock().advance(61);
    assert!(ids(&kiosk, &prove(&kiosk, ZHANG)).is_empty());
    // The clock that deletes them looks by itself.
    room.city().clock().advance(3600);
    let left = || room.column("SELECT count(*) FROM saved_draft");
    wait_for(left, |left| left[0] == "0");
    wait_for(|| blobs(&room), |left| *left == 0);
}

#[test]
fn the_item_changed_meanwhile_and_what_no_longer_fits_is_named() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut answers = ZHANG.unemployed();
    answers.remove("education");
    let draft = SavedDraft {
        item: item(UNEMPLOYMENT),
        answers,
        materials: vec![
            city_api::application::MaterialRef {
                seq: 1,
                field: None,
                how: city_api::application::How::FromCard {},
            },
            city_api::application::MaterialRef {
                seq: 3,
                field: None,
                how: city_api::application::How::AlreadyHeld {
                    dataset: "社保缴费库".into(),
                },
            },
        ],
        ..half(ZHANG)
    };
    let id = keep(&kiosk, &draft);
    let (_, catalogue) = city_backend::sample_city::FILES[0];
    let catalogue: serde_json::Value = serde_json::from_str(catalogue).unwrap();
    let mut items = catalogue["items"].as_array().unwrap().iter();
    let found = items.find(|item| item["codes"]["handling"] == UNEMPLOYMENT);
    let mut newer = found.unwrap().clone();
    newer["version"] = 2.into();
    newer["materials"].as_array_mut().unwrap().truncate(2);
    let form = newer["form"].as_array_mut().unwrap();
    form.retain(|field| field["name"] != "training");
    let reason = form.iter_mut().find(|field| field["name"] == "reason");
    let choices = reason.unwrap()["options"].as_array_mut().unwrap();
    choices.remove(0);
    let file = serde_json::to_vec(&serde_json::json!({"items": [newer]})).unwrap();
    std::fs::write(room.config.catalogue.join("unemployment.json"), file).unwrap();
    let status = || -> CatalogueStatus { read(room.get(paths::CATALOGUE_STATUS)) };
    let published = wait_for(status, |status| {
        status.version > 1 || !status.refused.is_empty()
    });
    assert!(published.refused.is_empty(), "{published:?}");

    let grant = prove(&kiosk, ZHANG);
    let listed = mine(&kiosk, &grant);
    assert_eq!(
        (listed.drafts[0].version, listed.drafts[0].version_now),
        (1, Some(2))
    );
    let taken: TakenUpAnswer = read(kiosk.post(&of(id, "take-up"), &by(&grant)));
    let named: Vec<(String, String)> = taken
        .misfits
        .into_iter()
        .map(|misfit| {
            let what = misfit.field.or(misfit.material.map(|seq| seq.to_string()));
            (what.unwrap(), misfit.problem)
        })
        .collect();
    let of = |what: &str| named.iter().filter(|(name, _)| name == what).count();
    assert_eq!(
        (of("training"), of("reason"), of("3")),
        (1, 1, 1),
        "{named:?}"
    );
    assert_eq!(
        named.len(),
        3,
        "what is only not answered yet fits: {named:?}"
    );
}

/// What an officer of a window asks at their station.
struct Window<'a> {
    room: &'a Room,
    officer: &'a TestOfficer,
    station: &'a str,
}

impl Window<'_> {
    fn post(&self, path: &str, body: &impl Serialize) -> reqwest::blocking::Response {
        self.room
            .http()
            .post(format!("{}{path}", self.room.city().url()))
            .bearer_auth(&self.officer.token)
            .header(STATION_HEADER, self.station)
            .json(body)
            .send()
            .unwrap()
    }

    fn get<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> T {
        read(self.post(path, body))
    }

    fn prove(&self, who: Someone, method: IdentityMethod) -> reqwest::blocking::Response {
        let asked = WindowIdentityRequest {
            station: self.station.to_owned(),
            document_number: who.number.into(),
            name: who.name.into(),
            method,
            answer: None,
        };
        self.post("/v1/window/identity-checks", &asked)
    }
}

#[test]
fn begun_at_a_window_and_finished_at_a_kiosk_and_the_other_way_round() {
    let room = Room::open();
    let officer = room.staff("wang", "ZSJ", StaffRole::Window);
    let window = Window {
        room: &room,
        officer: &officer,
        station: "S002",
    };
    // The officer cannot say for the person who they are.
    for method in [IdentityMethod::Card, IdentityMethod::Staff] {
        let refused = problem(window.prove(ZHANG, method));
        assert_eq!(refused.field.as_deref(), Some("method"));
    }
    let proven: IdentityCheckAnswer = read(window.prove(ZHANG, IdentityMethod::Face));
    let IdentityCheckAnswer::Yes { grant, .. } = proven else {
        panic!("{proven:?}")
    };
    let begun = half(ZHANG);
    let asked = SaveDraftRequest {
        id: Uuid::now_v7(),
        grant: grant.clone(),
        item: LEGAL_AID.into(),
        version: 1,
        answers: begun.answers.clone(),
        materials: begun.materials.clone(),
        pages: vec![Private::new(STANDARD.encode(PAGE))],
        replaces: None,
    };
    let kept: DraftView = window.get(DRAFTS, &asked);
    assert_eq!(window.get::<DraftView>(DRAFTS, &asked), kept);
    assert_eq!(kept.station, "S002");
    let mut wrong = asked.clone();
    wrong.pages = Vec::new();
    assert_eq!(
        problem(window.post(DRAFTS, &wrong)).field.as_deref(),
        Some("materials")
    );

    let kiosk = room.kiosk_at("S003");
    let at_kiosk = prove(&kiosk, ZHANG);
    let taken: TakenUpAnswer = read(kiosk.post(&of(kept.id, "take-up"), &by(&at_kiosk)));
    assert_eq!(taken.answers, begun.answers);
    // A grant of the window is none at a kiosk, and the other way round.
    let foreign = problem(kiosk.post(&of(kept.id, "take-up"), &by(&grant)));
    assert_eq!(foreign.code, ProblemCode::Unauthorised);
    let foreign = problem(window.post(&of(kept.id, "take-up"), &by(&at_kiosk)));
    assert_eq!(foreign.code, ProblemCode::Unauthorised);

    let second = keep(&kiosk, &half(ZHANG));
    let listed: SavedDraftsAnswer = window.get(&format!("{DRAFTS}/mine"), &by(&grant));
    assert_eq!(listed.drafts.len(), 2);
    let taken: TakenUpAnswer = window.get(&of(second, "take-up"), &by(&grant));
    assert_eq!(taken.pages, 1);
    // Who opened it stands in the events.
    let opened = "SELECT actor FROM event WHERE kind = 'draft taken up' ORDER BY id";
    assert_eq!(room.column(opened), [kiosk.id.to_string(), "wang".into()]);

    // Filed at the window, and gone.
    let content = common::filing::handed(&whole(ZHANG, second));
    let filing = |id: Uuid| {
        serde_json::json!({
            "id": id, "station": "S002", "application": content,
            "form": STANDARD.encode(common::filing::FORM), "pages": [STANDARD.encode(common::filing::PAGE)],
        })
    };
    let filed = window.post("/v1/window/filings", &filing(Uuid::now_v7()));
    assert_eq!(filed.status(), 200, "{}", filed.text().unwrap());
    let listed: SavedDraftsAnswer = window.get(&format!("{DRAFTS}/mine"), &by(&grant));
    assert_eq!(listed.drafts.len(), 1);
    let twice = problem(window.post("/v1/window/filings", &filing(Uuid::now_v7())));
    assert!(twice.detail.unwrap().starts_with("draft_filed"));
}

#[test]
fn answers_are_kept_as_they_were_given_wherever_they_came_from() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut draft = half(ZHANG);
    let mut answers: Answers = draft.answers.clone();
    assert!(answers.dispute("applicantName", true));
    answers.set(
        "facts",
        Answer::typed(Value::Text("𬱖 · \u{200b} 半句".into())),
    );
    draft.answers = answers.clone();
    let id = keep(&kiosk, &draft);
    let grant = prove(&kiosk, ZHANG);
    let taken: TakenUpAnswer = read(kiosk.post(&of(id, "take-up"), &by(&grant)));
    assert_eq!(taken.answers, answers);
    let _: AcknowledgementBody = read(kiosk.post_packet(&{
        let packet = sealed(&kiosk, &draft);
        kiosk.send_parts(&packet);
        packet
    }));
}
