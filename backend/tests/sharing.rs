//! Data of one body called by another: by contract, cut to its fields, logged, counted, and told to its person.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::identity::{
    HeldState, IdentityCheckAnswer, IdentityMethod, PrefillAnswer, PrefillRequest,
};
use city_api::requests::library::{ActRequest, DraftsAnswer, VersionAnswer, VersionsAnswer};
use city_api::requests::officer::{OfficerRole, TasksAnswer};
use city_api::requests::persons::GrantRequest;
use city_api::requests::sharing::{
    CallCountsAnswer, CallOutcome, ContractDraftRequest, ContractsAnswer, DataAnswer,
    DataCallsAnswer, DataRequest, DataSeen, DataUsesAnswer,
};
use city_api::requests::status::CatalogueStatus;
use city_api::requests::{ProblemCode, paths};
use city_backend::CityConfig;
use city_catalogue::form::{Answer, Value};
use city_catalogue::policy::StaffRole;
use serde_json::{Value as Json, json};

use common::filing::{LI, Someone, ZHANG, application, scanned};
use common::{
    ALLOWANCE, LEGAL_AID, Room, TestKiosk, TestOfficer, UNEMPLOYMENT, problem, read, wait_for,
};

/// The register of serious bad credit, in which LI stands.
const CREDIT: &str = "严重失信主体名单";

/// The sample city's contracts, changed.
fn contracts(change: impl Fn(&mut Vec<Json>)) -> String {
    let mut files = city_backend::sample_city::FILES.iter();
    let (_, text) = files.find(|(name, _)| *name == "contracts.json").unwrap();
    let mut all: Json = serde_json::from_str(text).unwrap();
    change(all["contracts"].as_array_mut().unwrap());
    all.to_string()
}

fn write(config: &CityConfig, contracts: &str) {
    std::fs::create_dir_all(&config.catalogue).unwrap();
    std::fs::write(config.catalogue.join("contracts.json"), contracts).unwrap();
}

fn is(contract: &Json, item: &str, dataset: &str) -> bool {
    contract["item"] == item && contract["dataset"] == dataset
}

/// A city that names the register of serious bad credit, with a contract for legal aid or without.
fn with_credit_register(contract: bool) -> Room {
    Room::open_with(|config| {
        let changed = contracts(|all| {
            if contract {
                all.push(json!({
                    "id": "C-900", "purpose": {"zh": "核实告知承诺资格", "en": "Who may commit"},
                    "item": LEGAL_AID, "ground": {"title": "优化营商环境条例", "article": null}, "consent": null,
                    "dataset": CREDIT, "fields": ["since", "until"], "provider": "FGW", "caller": "SFJ",
                    "from": "2025-01-01", "to": "2035-12-31"
                }));
            }
        });
        write(config, &changed);
        let policy = json!({"commitment": {"creditRegister": CREDIT}});
        std::fs::write(config.catalogue.join("policy.json"), policy.to_string()).unwrap();
    })
}

fn credit_calls(room: &Room) -> Vec<String> {
    room.column(&format!(
        "SELECT outcome FROM data_call WHERE dataset = '{CREDIT}' ORDER BY id"
    ))
}

fn prefilled(kiosk: &TestKiosk, who: Someone, item: &str) -> PrefillAnswer {
    let grant = kiosk.grant(who.number, who.name, IdentityMethod::Face);
    let asked = PrefillRequest {
        grant,
        item: item.into(),
    };
    read(kiosk.post(paths::PREFILL, &asked))
}

fn state(known: &PrefillAnswer, dataset: &str) -> HeldState {
    let mut materials = known.materials.iter();
    materials
        .find(|material| material.dataset == dataset)
        .unwrap()
        .state
}

/// The number of the open task of this officer.
fn task(officer: &TestOfficer) -> String {
    let tasks: TasksAnswer = read(officer.get(paths::TASKS));
    tasks.tasks[0].number.clone()
}

fn call(officer: &TestOfficer, task: &str, dataset: &str) -> reqwest::blocking::Response {
    let asked = DataRequest {
        dataset: dataset.into(),
    };
    officer.post(&paths::task_action(task, "data"), &asked)
}

/// An allowance that the window accepted: five bodies check at once.
fn accepted(room: &Room, kiosk: &TestKiosk) {
    let case = kiosk.filed(&kiosk.allowance(ZHANG));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = paths::case_action(&case, paths::CaseAction::Accept);
    read::<Json>(window.post(&path, &json!({})));
}

#[test]
fn a_register_without_a_contract_is_not_asked_and_the_try_is_an_event() {
    let room = Room::open_with(|config| {
        let left = contracts(|all| {
            all.retain(|contract| !is(contract, ALLOWANCE, "人口库-户籍"));
        });
        write(config, &left);
    });
    let kiosk = room.kiosk();
    let known = prefilled(&kiosk, ZHANG, ALLOWANCE);
    assert!(!known.fields.contains_key("hukouRegion") && known.fields.contains_key("bankCard"));
    assert_eq!(state(&known, "人口库-户籍"), HeldState::Away);
    assert_eq!(state(&known, "不动产登记库"), HeldState::NoRecord);
    let refused = "SELECT detail, body, device FROM event WHERE kind = 'data call refused'";
    let detail = format!("人口库-户籍 for item {ALLOWANCE}: no_contract");
    assert_eq!(
        room.rows(refused),
        [[detail, "HD-MZJ".to_owned(), kiosk.id.to_string()]]
    );
    let logged =
        "SELECT outcome, coalesce(contract, '-') FROM data_call WHERE dataset = '人口库-户籍'";
    assert_eq!(room.rows(logged), [["no_contract", "-"]]);
}

#[test]
fn only_the_fields_of_the_contract_leave_a_register_and_no_value_is_logged() {
    let room = Room::open();
    let kiosk = room.kiosk();
    accepted(&room, &kiosk);
    let checker = room.officer("RSJ", OfficerRole::Officer, "r1");
    let task = task(&checker);
    let answer: DataAnswer = read(call(&checker, &task, "社保缴费库"));
    assert_eq!(
        (answer.provider.id.as_str(), answer.records.len()),
        ("SBZX", 1)
    );
    let fields: Vec<&str> = answer.records[0].keys().map(String::as_str).collect();
    assert_eq!(fields, ["lastMonth", "months", "status"]);

    // Another body's contract, a data set of no contract, and a task of somebody else open nothing.
    for dataset in ["不动产登记库", "公共信用库"] {
        let refused = problem(call(&checker, &task, dataset));
        assert_eq!(refused.code, ProblemCode::Forbidden, "{dataset}");
        assert_eq!(refused.detail.as_deref(), Some("no_contract"));
    }
    let stranger = room.officer("SWJ", OfficerRole::Officer, "s1");
    let refused = problem(call(&stranger, &task, "社保缴费库"));
    assert_eq!(refused.code, ProblemCode::Forbidden);

    let call = "SELECT actor, caller, provider, item, fields, outcome, station FROM data_call WHERE outcome = 'answered'
        AND case_id IS NOT NULL";
    let logged = [
        "r1",
        "RSJ",
        "SBZX",
        ALLOWANCE,
        "status\nmonths\nlastMonth",
        "answered",
        "S001",
    ];
    assert_eq!(room.rows(call), [logged]);
    let row = "SELECT contract || purpose || item || dataset || fields || actor FROM data_call";
    for text in room.column(&format!(
        "{row} WHERE contract IS NOT NULL AND item IS NOT NULL"
    )) {
        for value in [
            ZHANG.number,
            ZHANG.name,
            answer.records[0]["lastMonth"].reveal(),
        ] {
            assert!(!text.contains(value), "a value is in the log");
        }
    }
}

#[test]
fn a_notary_office_calls_a_degree_and_a_water_company_provides_its_accounts() {
    const NOTARY: &str = "12590100YT0010121H359201200200001";
    let room = Room::open();
    let contracts: ContractsAnswer = read(room.get(paths::CONTRACTS));
    let of = |dataset: &str, caller: &str| {
        let mut all = contracts.contracts.iter();
        let found = all.find(|one| one.dataset == dataset && one.caller.id == caller);
        found.unwrap().clone()
    };
    let water = of("供水用户库", "ZRJ");
    assert_eq!((water.provider.id.as_str(), water.in_force), ("SWZ", true));
    let degree = of("学信网学历信息", "GZC");
    assert_eq!(degree.item.as_deref(), Some(NOTARY));
    assert!(degree.ground.contains("公证法") && degree.consent.is_some());

    // The office is a private one: it calls like a department, the applicant having consented.
    let kiosk = room.kiosk();
    let mut answers = ZHANG.common();
    for (field, value) in [("certType", "1"), ("language", "1")] {
        answers.set(field, Answer::typed(Value::Choice(value.into())));
    }
    answers.set("copies", Answer::typed(Value::Number("1".into())));
    let content = application(NOTARY, ZHANG, answers, vec![scanned(2)]);
    let case = kiosk.filed(&kiosk.seal_application(&content, 1));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = paths::case_action(&case, paths::CaseAction::Accept);
    read::<Json>(window.post(&path, &json!({})));
    let notary = room.officer("GZC", OfficerRole::Officer, "n1");
    let answer: DataAnswer = read(call(&notary, &task(&notary), "学信网学历信息"));
    assert_eq!(answer.contract, degree.id);
    assert_eq!(answer.records[0].keys().count(), 3);
}

#[test]
fn no_call_before_the_applicant_consented_and_refusing_costs_nobody_the_matter() {
    let room = Room::open_with(|config| {
        let asking = contracts(|all| {
            for contract in all {
                if is(contract, ALLOWANCE, "人口库-户籍")
                    || is(contract, UNEMPLOYMENT, "service:JYZX")
                {
                    contract["consent"] = json!("sensitive");
                }
            }
        });
        write(config, &asking);
    });
    let kiosk = room.kiosk();
    // At the kiosk no application is filed yet, so no consent stands in it.
    assert_eq!(
        state(&prefilled(&kiosk, ZHANG, ALLOWANCE), "人口库-户籍"),
        HeldState::Away
    );

    let filed = |given: bool, who: Someone| {
        let mut content = application(UNEMPLOYMENT, who, who.unemployed(), Vec::new());
        content.notice.consents[0].given = given;
        let packet = kiosk.seal_application(&content, 0);
        kiosk.send(&packet);
        packet
    };
    let yes = filed(true, ZHANG);
    let outcome = kiosk.outcome_when(&yes, |outcome| outcome.decision.is_some());
    assert!(outcome.decision.unwrap().granted);

    // Who refuses is not asked about; an officer of the body looks.
    let number = kiosk.outcome(&filed(false, ZHANG)).case_number.unwrap();
    let officer = room.officer("JYZX", OfficerRole::Officer, "o1");
    let tasks = || read::<TasksAnswer>(officer.get(paths::TASKS)).tasks;
    wait_for(tasks, |tasks| {
        tasks.iter().any(|task| task.case_number == number)
    });
    let asked = "SELECT outcome, count(*) FROM data_call WHERE dataset = 'service:JYZX' GROUP BY outcome ORDER BY outcome";
    assert_eq!(room.rows(asked), [["answered", "1"], ["no_consent", "1"]]);
    read::<Json>(officer.decide(&number, true, "人工核验符合条件"));
}

#[test]
fn a_contract_ran_out_in_the_night_and_the_case_waits_for_the_next() {
    let ended = contracts(|all| {
        for contract in all {
            if is(contract, UNEMPLOYMENT, "service:JYZX") {
                contract["to"] = json!("2025-12-31");
            }
        }
    });
    let room = Room::open_with(|config| write(config, &ended));
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    kiosk.outcome_when(&packet, |outcome| outcome.waiting.is_some());
    wait_for(
        || room.city().alarms().unwrap(),
        |kinds| kinds.contains(&"no_contract".to_owned()),
    );
    let asked = "SELECT count(*) FROM event WHERE kind = 'service asked'";
    assert_eq!(room.column(asked), ["0"]);

    // The city writes the next contract into its folder: no release, no restart.
    write(&room.config, &contracts(|_| {}));
    let outcome = kiosk.outcome_when(&packet, |outcome| {
        room.city().clock().advance(1);
        room.city().wake();
        outcome.decision.is_some()
    });
    assert!(outcome.decision.unwrap().granted);
}

#[test]
fn a_faulty_file_of_contracts_is_refused_and_the_last_good_one_stays() {
    let room = Room::open();
    let count = || {
        read::<ContractsAnswer>(room.get(paths::CONTRACTS))
            .contracts
            .len()
    };
    let before = count();
    let wrong = contracts(|all| {
        all.truncate(3);
        all[2]["caller"] = json!("QQQ");
    });
    write(&room.config, &wrong);
    let status = || read::<CatalogueStatus>(room.get(paths::CATALOGUE_STATUS));
    let status = wait_for(status, |status| !status.refused.is_empty());
    let fault = &status.refused[0].faults[0];
    assert_eq!(status.refused[0].file, "contracts.json");
    assert_eq!(fault.field.as_deref(), Some("contracts[2].caller"));
    assert_eq!(fault.code, "E_DEPT_UNKNOWN");
    assert_eq!(count(), before);
}

const INSURANCE: &str = "社保缴费库";

/// What the office of the allowance may read of a person's insurance, as it is written at the city.
fn insurance(change: impl FnOnce(&mut Json)) -> ContractDraftRequest {
    let mut contract = json!({
        "id": "C-200",
        "version": 1,
        "purpose": {"zh": "低保家庭经济状况核对", "en": "Household check for the allowance"},
        "item": ALLOWANCE,
        "ground": {"title": "社会救助暂行办法", "article": "第五十八条"},
        "consent": "sensitive",
        "dataset": INSURANCE,
        "fields": ["status", "months"],
        "provider": "SBZX",
        "caller": "RSJ",
        "from": "2025-01-01",
        "to": "2035-12-31",
    });
    change(&mut contract);
    ContractDraftRequest {
        contract,
        why: "核对低保申请家庭参保情况".into(),
    }
}

/// A city whose folder has no contract for that.
fn without_insurance() -> Room {
    Room::open_with(|config| {
        let left = contracts(|all| {
            all.retain(|contract| {
                !(is(contract, ALLOWANCE, INSURANCE) && contract["caller"] == "RSJ")
            });
        });
        write(config, &left);
    })
}

fn draft(officer: &TestOfficer, draft: &ContractDraftRequest) -> reqwest::blocking::Response {
    officer.post(paths::CONTRACT_DRAFTS, draft)
}

fn act(officer: &TestOfficer, place: &str, act: &str) -> reqwest::blocking::Response {
    let asked = ActRequest {
        why: "核对无误".into(),
    };
    officer.post(&format!("{}/{place}/{act}", paths::CONTRACTS), &asked)
}

/// The fields that pass in a call; the refusal's words when it is refused.
fn passes(officer: &TestOfficer, task: &str) -> Result<Vec<String>, String> {
    let answer = call(officer, task, INSURANCE);
    if answer.status().is_success() {
        let answer: DataAnswer = read(answer);
        return Ok(answer.records[0].keys().cloned().collect());
    }
    Err(problem(answer).detail.unwrap())
}

#[test]
fn a_contract_of_one_hand_calls_nothing_and_who_calls_does_not_let_itself_in() {
    let room = without_insurance();
    let kiosk = room.kiosk();
    accepted(&room, &kiosk);
    let checker = room.officer("RSJ", OfficerRole::Officer, "r1");
    let task = task(&checker);
    let refused = || Err("no_contract".to_owned());
    assert_eq!(passes(&checker, &task), refused());

    for (body, role) in [("GAJ", OfficerRole::Officer), ("ZSJ", OfficerRole::Window)] {
        let stranger = problem(draft(&room.officer(body, role, "x1"), &insurance(|_| {})));
        assert_eq!(stranger.code, ProblemCode::Forbidden, "{body}");
    }
    let written: VersionAnswer = read(draft(&checker, &insurance(|_| {})));
    assert_eq!(
        (written.status.as_str(), written.reviews_needed),
        ("draft", 1)
    );
    let drafts: DraftsAnswer = read(checker.get(paths::CONTRACT_DRAFTS));
    assert_eq!(drafts.drafts, [written]);
    let twice = problem(draft(&checker, &insurance(|_| {})));
    assert_eq!(twice.code, ProblemCode::WrongState);

    let provider = room.officer("SBZX", OfficerRole::Approver, "s1");
    let early = problem(act(&provider, "C-200/1", "enforce"));
    assert_eq!(early.code, ProblemCode::WrongState);
    let same = room.officer("ZSJ", OfficerRole::Approver, "r1");
    let caller = room.officer("RSJ", OfficerRole::Approver, "r2");
    let clerk = room.officer("SBZX", OfficerRole::Officer, "s2");
    for (who, code) in [
        (&same, ProblemCode::SamePerson),
        (&caller, ProblemCode::Forbidden),
        (&clerk, ProblemCode::Forbidden),
    ] {
        assert_eq!(problem(act(who, "C-200/1", "review")).code, code);
    }
    let reviewed: VersionAnswer = read(act(&provider, "C-200/1", "review"));
    assert_eq!(reviewed.reviewers, ["s1"]);
    assert_eq!(passes(&checker, &task), refused(), "it is not in force yet");
    let itself = problem(act(&caller, "C-200/1", "enforce"));
    assert_eq!(itself.code, ProblemCode::Forbidden);
    read::<VersionAnswer>(act(&provider, "C-200/1", "enforce"));
    let passed = wait_for(|| passes(&checker, &task), Result::is_ok);
    assert_eq!(passed.unwrap(), ["months", "status"]);
    let logged =
        "SELECT DISTINCT contract FROM data_call WHERE caller = 'RSJ' AND outcome = 'answered'";
    assert_eq!(room.column(logged), ["C-200"]);
}

#[test]
fn what_a_contract_said_and_why_it_was_cancelled_stays_and_the_next_call_is_refused() {
    let room = without_insurance();
    let second = room.second_node();
    let kiosk = room.kiosk();
    accepted(&room, &kiosk);
    let checker = room.officer("RSJ", OfficerRole::Officer, "r1");
    let task = task(&checker);
    let provider = room.officer("SBZX", OfficerRole::Approver, "s1");
    let in_force = |version: u32, fields: &[&str]| {
        let next = insurance(|contract| {
            contract["version"] = version.into();
            contract["fields"] = json!(fields);
        });
        read::<VersionAnswer>(draft(&checker, &next));
        let place = format!("C-200/{version}");
        read::<VersionAnswer>(act(&provider, &place, "review"));
        read::<VersionAnswer>(act(&provider, &place, "enforce"));
        wait_for(
            || passes(&checker, &task),
            |passed| passed.as_ref().is_ok_and(|passed| passed == fields),
        )
        .unwrap();
    };
    in_force(1, &["months", "status"]);
    in_force(2, &["status"]);
    let given_up = insurance(|contract| contract["version"] = 3.into());
    read::<VersionAnswer>(draft(&checker, &given_up));
    let caller = room.officer("RSJ", OfficerRole::Approver, "r2");
    let first = problem(act(&caller, "C-200", "cancel"));
    assert_eq!(first.code, ProblemCode::WrongState, "a draft is under way");
    read::<VersionAnswer>(act(&caller, "C-200/3", "discard"));
    let published = problem(act(&caller, "C-200/2", "discard"));
    assert_eq!(published.code, ProblemCode::WrongState);

    let silent = ActRequest { why: " ".into() };
    let path = format!("{}/C-200/cancel", paths::CONTRACTS);
    let silent = problem(caller.post(&path, &silent));
    assert_eq!(silent.field.as_deref(), Some("why"));
    let cancelled: VersionAnswer = read(act(&caller, "C-200", "cancel"));
    assert_eq!(
        (cancelled.version, cancelled.status.as_str()),
        (4, "cancelled"),
        "the number that was given up is never used again"
    );
    let again = problem(act(&caller, "C-200", "cancel"));
    assert!([ProblemCode::WrongState, ProblemCode::NotFound].contains(&again.code));
    let refused = wait_for(|| passes(&checker, &task), Result::is_err);
    assert_eq!(refused.unwrap_err(), "no_contract");
    let there = || {
        let answer = room
            .http()
            .get(format!("{}{}", second.url(), paths::CONTRACTS));
        let all: ContractsAnswer = read(answer.send().unwrap());
        all.contracts.into_iter().any(|one| one.id == "C-200")
    };
    wait_for(there, |there| !there);

    let history: VersionsAnswer = read(provider.get("/v1/contracts/C-200/history"));
    let acts = history.acts.iter().map(|act| {
        let person = act.person.as_deref().unwrap();
        format!("{} {} {person}", act.version, act.act)
    });
    let acts: Vec<String> = acts.filter(|act| !act.ends_with(" city")).collect();
    assert_eq!(
        acts,
        [
            "1 drafted r1",
            "1 reviewed s1",
            "1 enforced s1",
            "2 drafted r1",
            "2 reviewed s1",
            "2 enforced s1",
            "3 drafted r1",
            "3 cancelled r2",
            "4 cancelled r2",
        ]
    );
    assert!(history.acts.iter().all(|act| !act.why.is_empty()));
    let first: Json = read(checker.get("/v1/contracts/C-200/1"));
    assert_eq!(first["fields"], json!(["months", "status"]));
    let told = "SELECT count(*) FROM event WHERE kind = 'version moved' AND detail LIKE 'contract C-200, %'";
    assert_eq!(room.column(told), ["9"]);
}

#[test]
fn a_second_source_is_refused_while_the_contract_is_written() {
    let room = Room::open();
    let officer = room.officer("RSJ", OfficerRole::Officer, "r1");
    for (field, value, fault) in [
        ("provider", json!("RSJ"), "E_SHARE_PROVIDER"),
        (
            "ground",
            json!({"title": " ", "article": null}),
            "E_NO_LEGAL_BASIS",
        ),
        ("colour", json!("red"), "colour"),
    ] {
        let wrong = insurance(|contract| {
            contract["from"] = json!("2036-01-01");
            contract["to"] = json!("2036-12-31");
            contract[field] = value;
        });
        let refused = problem(draft(&officer, &wrong));
        assert_eq!(refused.code, ProblemCode::BadField);
        assert_eq!(refused.field.as_deref(), Some("contract"));
        let words = refused.detail.unwrap();
        assert!(words.contains(fault), "{words}");
    }
    // Beside the one that is in force for the same call.
    let twice = problem(draft(&officer, &insurance(|_| {})));
    assert!(twice.detail.unwrap().contains("has a contract before"));
}

#[test]
fn a_contract_of_the_folder_says_where_it_came_from_and_is_replaced_by_a_reviewed_one() {
    let room = Room::open();
    let provider = room.officer("SBZX", OfficerRole::Approver, "s1");
    let history: VersionsAnswer = read(provider.get("/v1/contracts/C-112/history"));
    let act = &history.acts[0];
    assert_eq!((history.acts.len(), act.act.as_str()), (1, "published"));
    assert_eq!(act.person.as_deref(), Some("folder"));
    let mut seed: Json = read(provider.get("/v1/contracts/C-112/1"));
    assert_eq!(seed["caller"], "RSJ");

    seed["version"] = 2.into();
    seed["fields"] = json!(["status"]);
    let asked = ContractDraftRequest {
        contract: seed,
        why: "只需参保状态".into(),
    };
    let caller = room.officer("RSJ", OfficerRole::Officer, "r1");
    read::<VersionAnswer>(draft(&caller, &asked));
    for what in ["review", "enforce"] {
        read::<VersionAnswer>(self::act(&provider, "C-112/2", what));
    }
    let fields = || {
        let all: ContractsAnswer = read(room.get(paths::CONTRACTS));
        let mut all = all.contracts.into_iter();
        let found = all.find(|one| one.id == "C-112").unwrap();
        (found.version, found.fields.len())
    };
    wait_for(fields, |found| *found == (2, 1));
    // A higher version in the folder takes its place again.
    let third = contracts(|all| {
        let one = all.iter_mut().find(|one| one["id"] == "C-112").unwrap();
        one["version"] = 3.into();
    });
    write(&room.config, &third);
    wait_for(fields, |found| *found == (3, 3));
}

#[test]
fn a_face_is_compared_by_contract_or_another_way_is_offered() {
    let room = Room::open_with(|config| {
        let left = contracts(|all| all.retain(|contract| contract["dataset"] != "identity:face"));
        write(config, &left);
    });
    let kiosk = room.kiosk();
    let ask = |method| kiosk.identify(ZHANG.number, ZHANG.name, method, None);
    assert_eq!(ask(IdentityMethod::Face), IdentityCheckAnswer::Away {});
    assert!(matches!(
        ask(IdentityMethod::PhoneCode),
        IdentityCheckAnswer::CodeSent { .. }
    ));
}

#[test]
fn a_resident_reads_who_used_the_data_and_nobody_elses() {
    let room = Room::open();
    let kiosk = room.kiosk();
    prefilled(&kiosk, ZHANG, ALLOWANCE);
    accepted(&room, &kiosk);
    let checker = room.officer("RSJ", OfficerRole::Officer, "r1");
    read::<DataAnswer>(call(&checker, &task(&checker), "社保缴费库"));

    let ask = |who: Someone, method| {
        let grant = kiosk.grant(who.number, who.name, method);
        kiosk.post(paths::DATA_USES, &GrantRequest { grant })
    };
    let card = problem(ask(ZHANG, IdentityMethod::Card));
    assert_eq!(card.code, ProblemCode::LevelTooLow);
    let uses: DataUsesAnswer = read(ask(ZHANG, IdentityMethod::Face));
    // The newest is the comparison of the face just now; before it the officer's call.
    assert_eq!(uses.calls[0].dataset, "identity:face");
    let officer = &uses.calls[1];
    assert_eq!(
        (officer.caller.id.as_str(), officer.dataset.as_str()),
        ("RSJ", "社保缴费库")
    );
    assert_eq!(officer.outcome, CallOutcome::Answered);
    assert!(
        officer
            .purpose
            .as_ref()
            .unwrap()
            .zh
            .contains("家庭经济状况核对")
    );
    assert!(officer.case_number.is_some());
    let at_kiosk = uses
        .calls
        .iter()
        .filter(|call| call.item.is_some() && call.case_number.is_none());
    assert_eq!(at_kiosk.count(), 6, "each data set is asked once");
    let looked: Vec<_> = uses
        .views
        .iter()
        .map(|view| view.body.as_ref().unwrap().id.as_str())
        .collect();
    assert!(looked.contains(&"RSJ"), "{looked:?}");
    assert!(uses.views.iter().all(|view| view.what == DataSeen::File));

    let others: DataUsesAnswer = read(ask(LI, IdentityMethod::Face));
    assert_eq!(
        (others.calls.len(), others.views.len()),
        (1, 0),
        "the face of LI alone"
    );
}

#[test]
fn calls_are_counted_by_contract_body_item_and_period_and_audited() {
    let room = Room::open();
    let kiosk = room.kiosk();
    prefilled(&kiosk, ZHANG, ALLOWANCE);
    room.away(&["税务完税库"]);
    prefilled(&kiosk, LI, ALLOWANCE);
    let supervisor = room.staff("boss", "ZSJ", StaffRole::Supervisor);
    let count = |query: &str| -> CallCountsAnswer {
        read(supervisor.get(&format!("{}?{query}", paths::DATA_CALL_COUNTS)))
    };
    let line = |query: &str, key: &str| {
        let lines = count(query).lines.into_iter();
        let mut lines = lines.filter(|line| line.key == key);
        lines.next().map(|line| {
            (
                line.calls,
                line.answered,
                line.no_record,
                line.away,
                line.refused,
            )
        })
    };
    assert_eq!(line("by=dataset", "税务完税库").unwrap(), (2, 1, 0, 1, 0));
    assert_eq!(line("by=item", ALLOWANCE).unwrap().0, 12);
    assert_eq!(line("by=caller", "HD-MZJ").unwrap().0, 12);
    assert_eq!(
        line("by=provider", "ZRJ").unwrap(),
        (2, 1, 1, 0, 0),
        "LI has a home"
    );
    assert_eq!(line("by=contract", "C-001").unwrap().0, 2, "two faces");
    assert!(count("from=2020-01-01&to=2020-12-31").lines.is_empty());
    let table = supervisor.get(&format!(
        "{}?by=dataset&format=csv",
        paths::DATA_CALL_COUNTS
    ));
    let table = table.text().unwrap();
    assert!(table.starts_with("dataset,calls,answered,noRecord,away,refused\n"));
    assert!(table.contains("\n税务完税库,2,1,0,1,0\n"), "{table}");

    let auditor = room.staff("eye", "ZSJ", StaffRole::Audit);
    let log: DataCallsAnswer = read(auditor.get(paths::DATA_CALLS));
    assert_eq!(log.calls.len(), 14);
    let after = format!("{}?after={}", paths::DATA_CALLS, log.calls[12].number);
    let rest: DataCallsAnswer = read(auditor.get(&after));
    assert_eq!(rest.calls, log.calls[13..]);
    assert_eq!(
        problem(auditor.get(paths::DATA_CALL_COUNTS)).code,
        ProblemCode::Forbidden
    );
    assert_eq!(
        problem(supervisor.get(paths::DATA_CALLS)).code,
        ProblemCode::Forbidden
    );
}

#[test]
fn who_a_credit_register_lists_promises_nothing_and_is_told_whose_it_is() {
    let room = with_credit_register(true);
    let kiosk = room.kiosk();
    let bar = prefilled(&kiosk, LI, LEGAL_AID).commitment_bar.unwrap();
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    assert_eq!(
        (bar.since, bar.until),
        (day("2025-09-01"), Some(day("2034-08-31")))
    );
    assert_eq!(bar.source.unwrap().id, "FGW");
    let free = prefilled(&kiosk, ZHANG, LEGAL_AID);
    assert_eq!(free.commitment_bar, None);
    assert_eq!(credit_calls(&room), ["answered", "no_record"]);

    let irregular = kiosk.send(&kiosk.legal_aid(LI)).irregular;
    assert_eq!(irregular.as_deref(), Some("commitment_barred"));
    assert_eq!(kiosk.send(&kiosk.legal_aid(ZHANG)).irregular, None);
    let calls = ["answered", "no_record", "answered", "no_record"];
    assert_eq!(credit_calls(&room), calls);

    // Where nothing can be promised, nobody is asked about.
    let other = prefilled(&kiosk, LI, UNEMPLOYMENT);
    assert_eq!(other.commitment_bar, None);
    assert_eq!(credit_calls(&room).len(), calls.len());
}

#[test]
fn a_credit_register_without_a_contract_is_not_asked_and_bars_nobody() {
    let room = with_credit_register(false);
    let kiosk = room.kiosk();
    assert_eq!(prefilled(&kiosk, LI, LEGAL_AID).commitment_bar, None);
    assert_eq!(kiosk.send(&kiosk.legal_aid(LI)).irregular, None);
    assert!(credit_calls(&room).is_empty());
}
