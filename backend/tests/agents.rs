//! Who is not there themselves: agents with two identities, and organisations.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::application::{
    Action, Agent, Agreed, Application, Authority, AuthorityForm, How, Organisation,
};
use city_api::packet::Role;
use city_api::requests::authorities::{
    AuthoritiesAnswer, AuthorityRequest, AuthorityView, PrincipalCasesAnswer,
};
use city_api::requests::identity::IdentityMethod;
use city_api::requests::officer::{OfficerRole, SupplementRequest, TasksAnswer};
use city_api::requests::outcome::CaseState;
use city_api::requests::paths::{CaseAction, case_action, task_action};
use city_api::requests::persons::{CasesAnswer, GrantRequest};
use city_api::requests::{Private, ProblemCode, paths};
use city_catalogue::form::{Answer, Value};
use jiff::Span;

use common::filing::{LI, Someone, WU, ZHANG, agent, application, authority};
use common::{ALLOWANCE, LEGAL_AID, Room, TestKiosk, UNEMPLOYMENT, problem, read};

const MARRIAGE: &str = "11590100YT0000118H359201100100001";
const LICENCE: &str = "11590100YT00003104359203100100001";
const RIGHTS: &str = "11590100YT00003104359203100200001";
const COMPANY: &str = "91590100YT0900028U";
const AUTHORITIES: &str = "/v1/authorities";

fn face(kiosk: &TestKiosk, who: Someone) -> Private {
    kiosk.grant(who.number, who.name, IdentityMethod::Face)
}

fn give(kiosk: &TestKiosk, who: Someone, authority: &Authority) -> reqwest::blocking::Response {
    let asked = AuthorityRequest {
        grant: face(kiosk, who),
        authority: authority.clone(),
    };
    kiosk.post(AUTHORITIES, &asked)
}

fn of(id: uuid::Uuid, action: &str) -> String {
    format!("{AUTHORITIES}/{id}/{action}")
}

fn by(grant: &Private) -> GrantRequest {
    GrantRequest {
        grant: grant.clone(),
    }
}

/// What is changed on an authority.
type Change<'a> = &'a dyn Fn(&mut Authority);

/// 失业登记 of `who`, filed by an agent.
fn unemployment(who: Someone, acting: Agent) -> Application {
    Application {
        agent: Some(acting),
        ..application(UNEMPLOYMENT, who, who.unemployed(), Vec::new())
    }
}

fn irregular(kiosk: &TestKiosk, filed: &Application, pages: u16) -> Option<String> {
    kiosk.send(&kiosk.seal_application(filed, pages)).irregular
}

fn events(room: &Room, kind: &str) -> Vec<String> {
    room.column(&format!(
        "SELECT detail FROM event WHERE kind = '{kind}' ORDER BY id"
    ))
}

#[test]
fn a_daughter_files_and_collects_for_her_father_and_sees_the_named_item_alone() {
    let room = Room::open();
    let (his, hers) = (room.kiosk(), room.kiosk_at("S003"));
    let today = his.now().date();
    let allowed = authority(ZHANG, WU, &[UNEMPLOYMENT], today);
    let given: AuthorityView = read(give(&his, ZHANG, &allowed));
    assert!(given.own && given.given && given.revoked.is_none());
    let again: AuthorityView = read(give(&his, ZHANG, &allowed));
    assert_eq!(again, given);
    // The father has a second matter that is none of hers.
    his.filed(&his.legal_aid(ZHANG));

    let filed = unemployment(ZHANG, agent(WU, &allowed, Agreed::Given));
    let packet = hers.seal_application(&filed, 0);
    assert_eq!(hers.send(&packet).irregular, None);
    let outcome = hers.outcome_when(&packet, |outcome| outcome.result.is_some());
    let result = paths::result(outcome.result.unwrap().id);

    let (father, daughter) = (face(&his, ZHANG), face(&his, WU));
    let cases =
        |grant: &Private| -> CasesAnswer { read(his.post(paths::PERSON_CASES, &by(grant))) };
    assert_eq!(cases(&father).cases.len(), 2);
    assert!(cases(&daughter).cases.is_empty());
    let seen: PrincipalCasesAnswer = read(his.post(&of(allowed.id, "cases"), &by(&daughter)));
    let items: Vec<_> = seen
        .cases
        .iter()
        .filter_map(|case| case.item.clone())
        .collect();
    assert_eq!(items, [UNEMPLOYMENT]);
    let stranger = face(&his, LI);
    let not_his = his.post(&of(allowed.id, "cases"), &by(&stranger));
    assert_eq!(problem(not_his).code, ProblemCode::NotFound);

    assert_eq!(his.get_with_grant(&result, &daughter).status(), 200);
    assert_eq!(his.get_with_grant(&result, &father).status(), 200);
    assert_eq!(
        problem(his.get_with_grant(&result, &stranger)).code,
        ProblemCode::NotFound
    );
    // Events tell who acted for whom, and name nobody.
    let acted = events(&room, "acted for");
    assert_eq!(acted.len(), 1);
    let id = allowed.id.to_string();
    assert!(
        acted[0].contains(&id) && acted[0].ends_with("file, sign"),
        "{acted:?}"
    );
    let collected = events(&room, "result read");
    let by_agent = |told: &&String| told.contains(&id) && told.ends_with("collect");
    assert_eq!(
        collected.iter().filter(by_agent).count(),
        1,
        "{collected:?}"
    );
    let all = room.everything().join("\n");
    for number in [ZHANG.number, WU.number, ZHANG.name, WU.name] {
        assert!(!all.contains(number), "{number} in the clear");
    }
}

#[test]
fn everything_wrong_with_an_authority_has_its_own_words() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let today = kiosk.now().date();
    let day = |days: i64| today + Span::new().days(days);
    let told = |change: &dyn Fn(&mut Authority), code: &str| {
        let mut paper = authority(ZHANG, WU, &[UNEMPLOYMENT, MARRIAGE], today);
        paper.form = AuthorityForm::Paper;
        change(&mut paper);
        let mut acting = agent(WU, &paper, Agreed::Card);
        acting.pages = vec![Role::Page(1)];
        let filed = Application {
            agent: Some(acting),
            ..application(code, ZHANG, ZHANG.unemployed(), Vec::new())
        };
        irregular(&kiosk, &filed, 1)
    };
    assert_eq!(told(&|_| {}, UNEMPLOYMENT), None);
    let cases: [(Change<'_>, &str); 9] = [
        (&|one| one.items = vec![LEGAL_AID.into()], "authority_item"),
        (
            &|one| one.actions = vec![Action::Collect],
            "authority_action",
        ),
        (&|one| one.actions = vec![Action::File], "authority_action"),
        (
            &|one| (one.valid_from, one.valid_to) = (day(-9), day(-1)),
            "authority_expired",
        ),
        (&|one| one.valid_from = day(1), "authority_not_yet"),
        (&|one| one.valid_to = day(181), "authority_too_long"),
        (
            &|one| one.principal.number = LI.number.into(),
            "authority_of_another",
        ),
        (
            &|one| one.agent.number = LI.number.into(),
            "authority_for_another",
        ),
        (
            &|one| one.form = AuthorityForm::Electronic,
            "authority_not_given",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(told(change, UNEMPLOYMENT).as_deref(), Some(expected));
    }
    // The longest that is allowed.
    assert_eq!(told(&|one| one.valid_to = day(180), UNEMPLOYMENT), None);

    let mut paper = authority(ZHANG, WU, &[UNEMPLOYMENT], today);
    paper.form = AuthorityForm::Paper;
    let filed = unemployment(ZHANG, agent(WU, &paper, Agreed::Card));
    let missing = irregular(&kiosk, &filed, 0);
    assert_eq!(missing.as_deref(), Some("authority_paper_missing"));
    // No officer stands at a kiosk.
    let filed = unemployment(ZHANG, agent(WU, &paper, Agreed::Papers));
    let unseen = irregular(&kiosk, &filed, 0);
    assert_eq!(unseen.as_deref(), Some("authority_not_given"));
    // Electronic, and the city has never heard of it.
    let unheard = authority(ZHANG, WU, &[UNEMPLOYMENT], today);
    let filed = unemployment(ZHANG, agent(WU, &unheard, Agreed::Given));
    let unheard = irregular(&kiosk, &filed, 0);
    assert_eq!(unheard.as_deref(), Some("authority_not_given"));
    let own = authority(ZHANG, ZHANG, &[UNEMPLOYMENT], today);
    let filed = unemployment(ZHANG, agent(ZHANG, &own, Agreed::Given));
    let same = irregular(&kiosk, &filed, 0);
    assert_eq!(same.as_deref(), Some("agent_is_principal"));
}

#[test]
fn an_item_that_takes_no_agent_says_so_whatever_the_authority() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let today = kiosk.now().date();
    let wedding = authority(ZHANG, WU, &[MARRIAGE], today);
    let refused = problem(give(&kiosk, ZHANG, &wedding));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    assert_eq!(refused.field.as_deref(), Some("authority.items"));
    let mut filed = unemployment(ZHANG, agent(WU, &wedding, Agreed::Given));
    filed.item = common::filing::item(MARRIAGE);
    filed.answers = city_catalogue::form::Answers::new();
    // It is told before anything about the form, which is empty.
    let told = irregular(&kiosk, &filed, 0);
    assert_eq!(told.as_deref(), Some("agent_not_taken"));
    for (change, field) in [
        (
            (|one| one.valid_to = one.valid_from + Span::new().days(181)) as fn(&mut Authority),
            "authority",
        ),
        (|one| one.form = AuthorityForm::Paper, "authority.form"),
        (
            |one| one.principal.number = LI.number.into(),
            "authority.principal",
        ),
        (|one| one.items = Vec::new(), "authority.items"),
        (|one| one.actions = Vec::new(), "authority.actions"),
    ] {
        let mut wrong = authority(ZHANG, WU, &[UNEMPLOYMENT], today);
        change(&mut wrong);
        let refused = problem(give(&kiosk, ZHANG, &wrong));
        assert_eq!(refused.field.as_deref(), Some(field));
    }
}

#[test]
fn the_principal_revoked_and_from_then_on_the_agent_may_nothing() {
    let room = Room::open();
    let (kiosk, other) = (room.kiosk(), room.kiosk_at("S002"));
    let allowed = authority(ZHANG, WU, &[UNEMPLOYMENT], kiosk.now().date());
    read::<AuthorityView>(give(&kiosk, ZHANG, &allowed));
    let filed = unemployment(ZHANG, agent(WU, &allowed, Agreed::Given));
    let packet = kiosk.seal_application(&filed, 0);
    kiosk.send(&packet);
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    // Sealed before, and on the way for an hour: it was right when it was filed.
    let on_the_way = other.seal_application(&filed, 0);
    room.city().clock().advance(60);

    let father = face(&kiosk, ZHANG);
    let not_hers = kiosk.post(&of(allowed.id, "revoke"), &by(&face(&kiosk, WU)));
    assert_eq!(problem(not_hers).code, ProblemCode::NotFound);
    let revoked: AuthorityView = read(kiosk.post(&of(allowed.id, "revoke"), &by(&father)));
    assert!(revoked.revoked.is_some());
    let again: AuthorityView = read(kiosk.post(&of(allowed.id, "revoke"), &by(&father)));
    assert_eq!(again, revoked);
    assert_eq!(events(&room, "authority revoked").len(), 1);
    let listed: AuthoritiesAnswer =
        read(kiosk.post(&format!("{AUTHORITIES}/mine"), &by(&face(&kiosk, WU))));
    assert!(!listed.authorities[0].own && listed.authorities[0].revoked.is_some());

    assert_eq!(other.send(&on_the_way).irregular, None);
    room.city().clock().advance(60);
    let late = irregular(&other, &filed, 0);
    assert_eq!(late.as_deref(), Some("authority_revoked"));
    let agent = face(&other, WU);
    let cases = other.post(&of(allowed.id, "cases"), &by(&agent));
    assert_eq!(problem(cases).code, ProblemCode::Forbidden);
    let result = paths::result(outcome.result.unwrap().id);
    assert_eq!(
        problem(other.get_with_grant(&result, &agent)).code,
        ProblemCode::NotFound
    );
}

#[test]
fn a_paper_authority_is_read_by_the_window_and_cannot_be_rewritten() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut paper = authority(ZHANG, WU, &[LEGAL_AID], kiosk.now().date());
    paper.form = AuthorityForm::Paper;
    let mut acting = agent(WU, &paper, Agreed::Card);
    acting.pages = vec![Role::Page(2)];
    let mut filed = application(
        LEGAL_AID,
        ZHANG,
        ZHANG.unpaid(),
        vec![common::filing::scanned(4)],
    );
    filed.agent = Some(acting);
    assert_eq!(irregular(&kiosk, &filed, 2), None);
    // A page that is not in the packet is a defect like any other.
    assert_eq!(
        irregular(&kiosk, &filed, 1).as_deref(),
        Some("page_missing")
    );

    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let tasks: TasksAnswer = read(window.get(paths::TASKS));
    let task = tasks
        .tasks
        .iter()
        .find(|task| task.agent.is_some() && task.flags.len() == 1);
    let task = task.unwrap();
    let both = task.agent.as_ref().unwrap();
    assert_eq!(both.agent.number.reveal(), WU.number);
    assert_eq!(both.authority.principal.number.reveal(), ZHANG.number);
    assert!(task.flags[0].en.contains("Filed by an agent"));
    let page = task_action(&task.number, "materials/authority/pages/1");
    assert_eq!(window.get(&page).bytes().unwrap().as_ref(), b"a page");
    let none = task_action(&task.number, "materials/authority/pages/2");
    assert_eq!(problem(window.get(&none)).code, ProblemCode::NotFound);

    let acting = filed.agent.as_mut().unwrap();
    acting.authority.valid_to += Span::new().days(9);
    assert_eq!(
        irregular(&kiosk, &filed, 2).as_deref(),
        Some("authority_differs")
    );

    // Revoked, and the same paper shown anew: a kiosk gives it another number.
    let father = face(&kiosk, ZHANG);
    read::<AuthorityView>(kiosk.post(&of(paper.id, "revoke"), &by(&father)));
    room.city().clock().advance(1);
    let shown_anew = filed.agent.as_mut().unwrap();
    shown_anew.authority.id = uuid::Uuid::now_v7();
    assert_eq!(
        irregular(&kiosk, &filed, 2).as_deref(),
        Some("authority_revoked")
    );
    // A paper of the next day is another one.
    let newer = filed.agent.as_mut().unwrap();
    newer.authority.id = uuid::Uuid::now_v7();
    newer.authority.valid_from += Span::new().days(1);
    newer.authority.valid_to = newer.authority.valid_from + Span::new().days(30);
    room.city().clock().advance(24 * 3600);
    assert_eq!(irregular(&kiosk, &filed, 2), None);
}

#[test]
fn what_was_asked_for_is_brought_by_the_agent_only_with_that_right() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let today = kiosk.now().date();
    let bring = |may: &[Action]| {
        let mut allowed = authority(ZHANG, WU, &[LEGAL_AID], today);
        allowed.actions = may.to_vec();
        read::<AuthorityView>(give(&kiosk, ZHANG, &allowed));
        let packet = kiosk.legal_aid(ZHANG);
        let number = kiosk.filed(&packet);
        let asked = SupplementRequest {
            materials: vec![4],
            words: "请补充".into(),
        };
        let path = case_action(&number, CaseAction::Supplement);
        assert_eq!(window.post(&path, &asked).status(), 200);
        let mut brought = kiosk.brings(&number, ZHANG, 4);
        brought.agent = Some(agent(WU, &allowed, Agreed::Given));
        let told = kiosk.send(&kiosk.seal_supplement(&brought)).irregular;
        (told, kiosk.outcome(&packet).state)
    };
    let (told, state) = bring(&[Action::File, Action::Sign, Action::Collect]);
    assert_eq!(told.as_deref(), Some("authority_action"));
    assert_eq!(state, CaseState::Correction);
    assert_eq!(bring(&[Action::Correct]), (None, CaseState::Corrected));
    assert!(events(&room, "acted for")[0].ends_with("correct"));
}

/// 营业执照自助打印 for the company, by `who` as its legal person.
fn licence(who: Someone, code: &str) -> Application {
    let mut answers = who.unemployed();
    for gone in ["reason", "lastDay", "education", "training"] {
        answers.remove(gone);
    }
    let typed = |text: &str| Answer::typed(Value::Text(text.to_owned()));
    answers.set("uscc", typed(code));
    answers.set("copyType", Answer::typed(Value::Choice("1".into())));
    answers.set("copies", Answer::typed(Value::Number("1".into())));
    let mut filed = application(LICENCE, who, answers, Vec::new());
    filed.materials.push(city_api::application::MaterialRef {
        seq: 2,
        field: None,
        how: How::AlreadyHeld {
            dataset: "法人库-登记信息".into(),
        },
    });
    filed.organisation = Some(Organisation {
        name: "云汀示例科技有限公司（虚构）".into(),
        credit_code: code.into(),
        legal_person: who.name.into(),
    });
    filed
}

#[test]
fn a_company_applies_by_its_legal_person_or_by_an_agent_with_its_authority() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let filed = licence(ZHANG, COMPANY);
    assert_eq!(irregular(&kiosk, &filed, 0), None);
    let mut mistyped = licence(ZHANG, "91590100YT0900028X");
    mistyped
        .answers
        .set("uscc", Answer::typed(Value::Text(COMPANY.into())));
    assert_eq!(
        irregular(&kiosk, &mistyped, 0).as_deref(),
        Some("credit_code_wrong")
    );
    let mut somebody = licence(LI, COMPANY);
    somebody.organisation.as_mut().unwrap().legal_person = ZHANG.name.into();
    assert_eq!(
        irregular(&kiosk, &somebody, 0).as_deref(),
        Some("legal_person_differs")
    );

    let mut allowed = authority(ZHANG, WU, &[LICENCE], kiosk.now().date());
    allowed.form = AuthorityForm::Notarised;
    let mut acting = agent(WU, &allowed, Agreed::Card);
    acting.pages = vec![Role::Page(1)];
    let mut filed = licence(ZHANG, COMPANY);
    filed.agent = Some(acting);
    // The legal person's own authority is not the company's.
    assert_eq!(
        irregular(&kiosk, &filed, 1).as_deref(),
        Some("authority_of_another")
    );
    let company = filed.organisation.clone().unwrap();
    let acting = filed.agent.as_mut().unwrap();
    acting.authority.principal.number = company.credit_code;
    acting.authority.principal.name = company.name;
    assert_eq!(irregular(&kiosk, &filed, 1), None);
    let list: AuthoritiesAnswer =
        read(kiosk.post(&format!("{AUTHORITIES}/mine"), &by(&face(&kiosk, ZHANG))));
    assert_eq!(list.authorities.len(), 1, "its legal person may revoke it");
}

#[test]
fn a_citizen_asks_for_what_is_for_companies_and_a_company_for_what_is_for_citizens() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut citizen = licence(ZHANG, COMPANY);
    let company = citizen.organisation.take();
    assert_eq!(
        irregular(&kiosk, &citizen, 0).as_deref(),
        Some("item_not_for_citizens")
    );
    let mut person = application(UNEMPLOYMENT, ZHANG, ZHANG.unemployed(), Vec::new());
    person.organisation = company.clone();
    assert_eq!(
        irregular(&kiosk, &person, 0).as_deref(),
        Some("item_not_for_organisations")
    );
    let mut allowance = application(ALLOWANCE, ZHANG, ZHANG.in_need(), Vec::new());
    allowance.organisation = company.clone();
    assert_eq!(
        irregular(&kiosk, &allowance, 0).as_deref(),
        Some("item_not_for_organisations")
    );

    // 知识产权维权援助 is for both.
    for organisation in [None, company] {
        let mut answers = citizen.answers.clone();
        for gone in ["uscc", "copyType", "copies"] {
            answers.remove(gone);
        }
        answers.set("ipType", Answer::typed(Value::Choice("1".into())));
        let text = |text: &str| Answer::typed(Value::Text(text.to_owned()));
        answers.set("registrationNo", text("ZL2023100001"));
        answers.set("request", text("请求对专利侵权行为提供维权援助。"));
        let mut filed = application(RIGHTS, ZHANG, answers, Vec::new());
        filed.materials.push(city_api::application::MaterialRef {
            seq: 2,
            field: None,
            how: How::Generated {},
        });
        filed.materials.push(city_api::application::MaterialRef {
            seq: 3,
            field: None,
            how: How::AlreadyHeld {
                dataset: "专利商标登记信息".into(),
            },
        });
        filed.organisation = organisation;
        assert_eq!(irregular(&kiosk, &filed, 0), None);
    }
}
