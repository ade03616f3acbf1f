//! Special procedures, the one extension, and the end of a case by an officer, over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::identity::IdentityMethod;
use city_api::requests::officer::{AcceptRequest, ActionAnswer, ClaimAnswer, OfficerRole};
use city_api::requests::outcome::CaseState;
use city_api::requests::paths::{APPROVALS, CaseAction, case_action};
use city_api::requests::persons::{CaseView, CasesAnswer, GrantRequest};
use city_api::requests::procedure::{
    ApprovalRequest, ApprovalsAnswer, Ending, ExtensionRequest, Sought, SpecialEndRequest,
    SpecialKind, SpecialRequest, TerminateRequest,
};
use city_api::requests::supervision::CardsAnswer;
use city_api::requests::{ProblemCode, paths};
use city_catalogue::policy::StaffRole;

use common::filing::{CHEN, LI, Someone, ZHANG};
use common::{Room, TestKiosk, TestOfficer, problem, read, wait_for};

/// 法律援助 in processing at SFJ: promised in 5 and by law in 7 natural days.
fn legal_aid(room: &Room, kiosk: &TestKiosk, who: Someone) -> String {
    let number = kiosk.filed(&kiosk.legal_aid(who));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = case_action(&number, CaseAction::Accept);
    let accepted: ActionAnswer = read(window.post(&path, &AcceptRequest::default()));
    assert_eq!(accepted.state, CaseState::Processing);
    number
}

fn appraisal() -> SpecialRequest {
    SpecialRequest {
        kind: SpecialKind::Appraisal,
        reason: "需对劳动合同签名进行鉴定".into(),
        days: 30,
    }
}

fn answer(granted: bool) -> ApprovalRequest {
    ApprovalRequest {
        granted,
        opinion: "已阅".into(),
    }
}

fn end() -> SpecialEndRequest {
    SpecialEndRequest {
        result: "签名系本人所写".into(),
    }
}

fn own(kiosk: &TestKiosk, who: Someone, number: &str) -> CaseView {
    let grant = kiosk.grant(who.number, who.name, IdentityMethod::Face);
    let ask = GrantRequest { grant };
    let cases: CasesAnswer = read(kiosk.post(paths::PERSON_CASES, &ask));
    let mut cases = cases.cases.into_iter();
    cases
        .find(|case| case.case_number.as_deref() == Some(number))
        .unwrap()
}

/// What the messages in the outbox are about.
fn messages(room: &Room) -> Vec<String> {
    let folder = room.folder.path().join("outbox");
    let files = std::fs::read_dir(folder).into_iter().flatten();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let about = |name: String| Some(name.strip_suffix(".json")?.split_once('-')?.1.to_owned());
    names.filter_map(about).collect()
}

fn code(officer: &TestOfficer, path: &str, body: &impl serde::Serialize) -> ProblemCode {
    problem(officer.post(path, body)).code
}

#[test]
fn who_asks_for_a_special_procedure_does_not_grant_it_and_the_clock_stands_until_its_result() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = legal_aid(&room, &kiosk, ZHANG);
    let running = legal_aid(&room, &kiosk, LI);
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    let both_hats = room.officer("SFJ", OfficerRole::Approver, "o1");
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let stranger = room.officer("GAJ", OfficerRole::Approver, "g1");
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = |action| case_action(&number, action);
    let (ask, grant, result) = (
        path(CaseAction::Special),
        path(CaseAction::SpecialAnswer),
        path(CaseAction::SpecialEnd),
    );

    // Nothing is asked for yet; then by somebody whose case it is not, and endlessly long.
    assert_eq!(
        code(&approver, &grant, &answer(true)),
        ProblemCode::WrongState
    );
    assert_eq!(code(&window, &ask, &appraisal()), ProblemCode::Forbidden);
    assert_eq!(code(&stranger, &ask, &appraisal()), ProblemCode::Forbidden);
    let endless = SpecialRequest {
        days: 366,
        ..appraisal()
    };
    let refused = problem(officer.post(&ask, &endless));
    assert_eq!(refused.field.as_deref(), Some("days"));
    let asked: ActionAnswer = read(officer.post(&ask, &appraisal()));
    assert_eq!(asked.state, CaseState::Processing);
    assert_eq!(code(&officer, &ask, &appraisal()), ProblemCode::WrongState);

    let waiting: ApprovalsAnswer = read(approver.get(APPROVALS));
    let [waiting] = waiting.approvals.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(
        (&waiting.case_number, waiting.sought),
        (&number, Sought::Special)
    );
    assert_eq!(waiting.asked_by, "o1");
    let none: ApprovalsAnswer = read(stranger.get(APPROVALS));
    assert!(none.approvals.is_empty());
    assert_eq!(problem(officer.get(APPROVALS)).code, ProblemCode::Forbidden);

    assert_eq!(
        code(&both_hats, &grant, &answer(true)),
        ProblemCode::SamePerson
    );
    assert_eq!(
        code(&officer, &grant, &answer(true)),
        ProblemCode::Forbidden
    );
    assert_eq!(
        code(&stranger, &grant, &answer(true)),
        ProblemCode::Forbidden
    );
    // Refused once: the clock runs on, and it can be asked for again.
    let refused: ActionAnswer = read(approver.post(&grant, &answer(false)));
    assert_eq!(refused.state, CaseState::Processing);
    assert!(own(&kiosk, ZHANG, &number).special.is_none());
    let _: ActionAnswer = read(officer.post(&ask, &appraisal()));
    let stands: ActionAnswer = read(approver.post(&grant, &answer(true)));
    assert_eq!(stands.state, CaseState::Special);
    assert_eq!((stands.promised, stands.statutory), (None, None));
    let empty: ApprovalsAnswer = read(approver.get(APPROVALS));
    assert!(empty.approvals.is_empty());
    let view = own(&kiosk, ZHANG, &number);
    assert!(view.dates.stopped);
    let special = view.special.unwrap();
    assert_eq!((special.days, special.result), (30, None));
    wait_for(
        || messages(&room),
        |about| about.contains(&"special".into()),
    );

    // Its result comes first.
    let early = problem(approver.decide(&number, true, "符合条件"));
    assert_eq!(early.code, ProblemCode::WrongState);
    assert!(early.detail.unwrap().contains("record its result first"));

    let next = || read::<ClaimAnswer>(approver.press(paths::NEXT_TASK)).task;
    assert_eq!(next().unwrap().case_number, running);
    assert!(next().is_none());

    // Weeks later the other case is late, and the one that stands is not.
    room.city().clock().advance(20 * 24 * 3600);
    let supervisor = room.staff("sun", "ZSJ", StaffRole::Supervisor);
    // Looked for beside the city: who asks it without a pause is asked to wait.
    let raised = "SELECT DISTINCT level FROM card WHERE task <> ''";
    wait_for(|| room.column(raised), |levels| !levels.is_empty());
    let cards = read::<CardsAnswer>(supervisor.get(paths::CARDS)).cards;
    assert!(!cards.is_empty());
    assert!(cards.iter().all(|card| card.case_number == running));

    assert_eq!(code(&stranger, &result, &end()), ProblemCode::Forbidden);
    let runs: ActionAnswer = read(officer.post(&result, &end()));
    assert_eq!(runs.state, CaseState::Processing);
    assert!(runs.promised.unwrap().date > kiosk.now().date());
    assert!(runs.promised.unwrap().date <= runs.statutory.unwrap().date);
    assert_eq!(code(&officer, &result, &end()), ProblemCode::WrongState);
    let special = own(&kiosk, ZHANG, &number).special.unwrap();
    assert_eq!(special.result.unwrap().reveal(), "签名系本人所写");
    wait_for(
        || messages(&room),
        |about| about.contains(&"resumed".into()),
    );
    let granted: ActionAnswer = read(approver.decide(&number, true, "符合条件"));
    assert_eq!(granted.state, CaseState::DecidedGranted);
    let kinds = room.column("SELECT kind FROM event WHERE kind LIKE 'special%' ORDER BY id");
    assert_eq!(
        kinds,
        [
            "special asked",
            "special refused",
            "special asked",
            "special began",
            "special ended"
        ]
    );
    let everything = room.everything();
    assert!(everything.iter().all(|row| !row.contains("劳动合同签名")));
}

#[test]
fn a_second_extension_is_refused_in_words_and_none_is_approved_by_who_asked() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = legal_aid(&room, &kiosk, CHEN);
    let before = own(&kiosk, CHEN, &number).dates;
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    let both_hats = room.officer("SFJ", OfficerRole::Approver, "o1");
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let ask = case_action(&number, CaseAction::Extension);
    let grant = case_action(&number, CaseAction::ExtensionAnswer);
    let more = ExtensionRequest {
        reason: "需向外地核实".into(),
    };
    assert_eq!(code(&window, &ask, &more), ProblemCode::Forbidden);
    let asked: ActionAnswer = read(officer.post(&ask, &more));
    assert_eq!(asked.statutory, before.statutory);
    let waiting: ApprovalsAnswer = read(approver.get(APPROVALS));
    assert_eq!(waiting.approvals[0].sought, Sought::Extension);
    assert_eq!(waiting.approvals[0].days, 10);
    assert_eq!(
        code(&both_hats, &grant, &answer(true)),
        ProblemCode::SamePerson
    );
    assert_eq!(
        code(&officer, &grant, &answer(true)),
        ProblemCode::Forbidden
    );
    let granted: ActionAnswer = read(approver.post(&grant, &answer(true)));
    assert_eq!(granted.state, CaseState::Extended);
    let moved = |before: jiff::civil::Date, after: jiff::civil::Date| (after - before).get_days();
    let (promised, statutory) = (granted.promised.unwrap(), granted.statutory.unwrap());
    // Natural days that end on a day off end on the next working day.
    assert!((8..=12).contains(&moved(before.promised.unwrap().date, promised.date)));
    assert!((8..=12).contains(&moved(before.statutory.unwrap().date, statutory.date)));
    let seen = own(&kiosk, CHEN, &number).extension.unwrap();
    assert_eq!((seen.days, seen.reason.reveal()), (10, "需向外地核实"));
    wait_for(
        || messages(&room),
        |about| about.contains(&"extended".into()),
    );

    let again = problem(officer.post(&ask, &more));
    assert_eq!(again.code, ProblemCode::WrongState);
    assert!(again.detail.unwrap().contains("that happens once"));

    let late = legal_aid(&room, &kiosk, LI);
    room.city().clock().advance(15 * 24 * 3600);
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    let over = problem(officer.post(&case_action(&late, CaseAction::Extension), &more));
    assert!(
        over.detail
            .unwrap()
            .contains("the limit of the law is over")
    );
}

#[test]
fn an_officer_of_the_deciding_body_ends_a_case_and_the_resident_reads_why() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.legal_aid(ZHANG);
    let mistaken = kiosk.filed(&packet);
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    let ask = |ending| TerminateRequest {
        ending,
        reason: "申请人已死亡".into(),
    };
    let path = case_action(&mistaken, CaseAction::Terminate);
    // Not accepted yet: it is the window's.
    let early = code(&officer, &path, &ask(Ending::Deleted));
    assert_eq!(early, ProblemCode::Forbidden);
    let deleted: ActionAnswer = read(window.post(&path, &ask(Ending::Deleted)));
    assert_eq!(deleted.state, CaseState::Closed);

    let number = legal_aid(&room, &kiosk, LI);
    let path = case_action(&number, CaseAction::Terminate);
    let both_hats = room.officer("SFJ", OfficerRole::Officer, "w1");
    assert_eq!(
        code(&window, &path, &ask(Ending::Terminated)),
        ProblemCode::Forbidden
    );
    assert_eq!(
        code(&both_hats, &path, &ask(Ending::Terminated)),
        ProblemCode::SamePerson
    );
    assert_eq!(
        code(&officer, &path, &ask(Ending::Void)),
        ProblemCode::WrongState
    );
    let ended: ActionAnswer = read(officer.post(&path, &ask(Ending::Terminated)));
    assert_eq!(ended.state, CaseState::Terminated);
    assert_eq!(
        code(&officer, &path, &ask(Ending::Terminated)),
        ProblemCode::WrongState
    );
    let seen = own(&kiosk, LI, &number);
    assert_eq!(seen.held_by, None);
    let termination = seen.termination.unwrap();
    assert_eq!(termination.ending, Ending::Terminated);
    assert_eq!(termination.reason.reveal(), "申请人已死亡");
    wait_for(
        || messages(&room),
        |about| about.contains(&"terminated".into()),
    );
    let codes = room.column("SELECT result_code FROM case_file WHERE result_code IS NOT NULL");
    assert_eq!(codes, ["3"]);
}
