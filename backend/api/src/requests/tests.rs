//! Tests of the bodies: bounds, shapes, redaction.

use super::enrolment::EnrolmentRequest;
use super::identity::{IdentityCheckAnswer, IdentityCheckRequest, IdentityMethod};
use super::officer::SupplementRequest;
use super::packets::PacketBody;
use super::upload::ContentRange;
use super::{Private, Problem, ProblemCode, Request, paths};

#[test]
fn a_bad_field_is_named() {
    let request = EnrolmentRequest {
        code: "ABCD-EFGH".into(),
        public_key: "XY".into(),
        sam_id: "1".into(),
    };
    assert_eq!(request.check().unwrap_err().field, "publicKey");
    let problem = Problem::from(request.check().unwrap_err());
    assert_eq!(
        (problem.status, problem.field.as_deref()),
        (422, Some("publicKey"))
    );
}

#[test]
fn an_unknown_field_is_refused() {
    let body = r#"{"materials":[1],"words":"x","surprise":1}"#;
    let error = serde_json::from_str::<SupplementRequest>(body).unwrap_err();
    assert!(error.to_string().contains("surprise"), "{error}");
}

#[test]
fn a_person_never_shows_in_debug() {
    let request = IdentityCheckRequest {
        item: None,
        document_number: Private::new("590102199002150015"),
        name: Private::new("张示例"),
        method: IdentityMethod::Card,
        answer: Some(Private::new("123456")),
    };
    let shown = format!("{request:?}");
    assert!(
        !shown.contains("5901") && !shown.contains("张") && !shown.contains("123456"),
        "{shown}"
    );
    assert!(shown.contains("[redacted]"));
}

#[test]
fn identity_answers_are_tagged_by_outcome() {
    let sent = IdentityCheckAnswer::CodeSent {
        masked_phone: "154****0001".into(),
    };
    let json = serde_json::to_string(&sent).unwrap();
    assert_eq!(
        json,
        r#"{"outcome":"codeSent","maskedPhone":"154****0001"}"#
    );
    assert_eq!(
        serde_json::to_string(&IdentityCheckAnswer::No {}).unwrap(),
        r#"{"outcome":"no"}"#
    );
}

#[test]
fn content_ranges_round_trip_and_lie_inside() {
    let range: ContentRange = "bytes 5-9/10".parse().unwrap();
    assert_eq!((range.first, range.length(), range.total), (5, 5, 10));
    assert_eq!(ContentRange::of(5, 5, 10), Some(range));
    assert_eq!(range.to_string(), "bytes 5-9/10");
    for bad in [
        "",
        "bytes 9-5/10",
        "bytes 0-10/10",
        "bytes 0-1/99999999999",
        "bytes -1/2",
        "items 0-1/2",
    ] {
        assert!(bad.parse::<ContentRange>().is_err(), "{bad}");
    }
    assert_eq!(ContentRange::of(u64::MAX, 1, u64::MAX), None);
    assert_eq!(ContentRange::of(0, 0, 10), None);
}

#[test]
fn packet_bytes_survive_the_body() {
    let body = PacketBody::new(b"{\"header\":1}", &[7; 64]);
    assert_eq!(
        body.bytes().unwrap(),
        (b"{\"header\":1}".to_vec(), vec![7; 64])
    );
    let broken = PacketBody {
        header: "***".into(),
        signature: String::new(),
    };
    assert_eq!(broken.check().unwrap_err().field, "header");
}

#[test]
fn option_sources_become_paths() {
    assert_eq!(
        paths::options("/api/venues/slots"),
        "/v1/options/venues/slots"
    );
    assert_eq!(paths::options("hospitals"), "/v1/options/hospitals");
}

#[test]
fn every_problem_code_has_the_name_serde_gives_it() {
    for code in [
        ProblemCode::Unreadable,
        ProblemCode::BadField,
        ProblemCode::Unauthorised,
        ProblemCode::ClockSkew,
        ProblemCode::Forged,
        ProblemCode::Forbidden,
        ProblemCode::SamePerson,
        ProblemCode::LevelTooLow,
        ProblemCode::NotFound,
        ProblemCode::MethodNotAllowed,
        ProblemCode::TooSlow,
        ProblemCode::OtherContent,
        ProblemCode::WrongState,
        ProblemCode::WrongOffset,
        ProblemCode::CodeSpent,
        ProblemCode::TooLarge,
        ProblemCode::MediaType,
        ProblemCode::PartMissing,
        ProblemCode::HashMismatch,
        ProblemCode::TooMany,
        ProblemCode::Internal,
        ProblemCode::Away,
    ] {
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, format!("\"{}\"", code.name()));
    }
}

#[test]
fn names_are_those_of_the_json() {
    fn agree<T: serde::Serialize + Copy>(all: &[T], name: impl Fn(T) -> &'static str) {
        for &value in all {
            assert_eq!(
                serde_json::to_string(&value).unwrap(),
                format!("\"{}\"", name(value))
            );
        }
    }
    agree(
        super::outcome::CaseState::ALL,
        super::outcome::CaseState::name,
    );
    agree(
        super::identity::IdentityLevel::ALL,
        super::identity::IdentityLevel::name,
    );
    agree(
        super::officer::OfficerRole::ALL,
        super::officer::OfficerRole::name,
    );
    assert_eq!(
        super::outcome::CaseState::parse("closed"),
        Some(super::outcome::CaseState::Closed)
    );
    assert_eq!(super::outcome::CaseState::parse("lost"), None);
}

#[test]
fn a_newer_city_tells_a_state_that_this_kiosk_does_not_know() {
    let read: super::outcome::CaseState = serde_json::from_str("\"joined_another\"").unwrap();
    assert_eq!(read, super::outcome::CaseState::Unknown);
    assert!(!read.is_over());
}
