//! The content of packets: read back, redacted, and held against its header.

use city_catalogue::form::{Answer, Source, Value};

use super::*;
use crate::packet::tests::{city, draft, kiosk_key};
use crate::packet::{ChainHead, Header, PlainPart, Role};
use crate::requests::identity::{IdentityLevel, IdentityMethod};

pub(crate) fn zhang() -> Person {
    Person {
        document: DocumentKind::Resident,
        name: "张示例".into(),
        english_name: None,
        number: "590102199002150015".into(),
        number_valid: true,
        sex_code: Some("1".into()),
        ethnicity_code: Some("01".into()),
        nationality: None,
        birth_date: Some("1990-02-15".into()),
        address: None,
        issuer: None,
        valid_from: None,
        valid_to: Some("long-term".into()),
    }
}

pub(crate) fn application(form: &[u8]) -> Application {
    let mut answers = Answers::new();
    let name = Value::Text("张示例".to_owned());
    answers.set("applicantName", Answer::from_source(name, Source::Card));
    let form_sha256 = Sha256::of(form);
    Application {
        item: ItemRef {
            code: "12590100YT00101489359201400300001".to_owned(),
            version: 1,
        },
        person: Some(zhang()),
        organisation: None,
        agent: None,
        identity: Identity {
            level: IdentityLevel::IdCard,
            methods: vec![IdentityMethod::Card],
            grant: None,
            later: false,
        },
        answers,
        notice: Notice {
            version: "1".to_owned(),
            text_sha256: Sha256::of("告知书".as_bytes()),
            consents: vec![Consent {
                key: "sensitive".to_owned(),
                given: true,
            }],
        },
        materials: vec![
            MaterialRef {
                seq: 1,
                field: None,
                how: How::FromCard {},
            },
            MaterialRef {
                seq: 2,
                field: None,
                how: How::Scanned {
                    pages: vec![Role::Page(1)],
                },
            },
        ],
        form_sha256,
        signature: Some(FormSignature {
            strokes: vec![vec![Point {
                x: 0.25,
                y: 0.5,
                millis: 0,
            }]],
            aloud: None,
            time: "2026-03-02T09:14:50+08:00".parse().unwrap(),
            form_sha256,
            statement: "以上内容属实".to_owned(),
        }),
        fees: Vec::new(),
        station: "YT-01".to_owned(),
        draft: None,
        delivery: None,
    }
}

fn header(parts: &[(Role, &[u8])]) -> Header {
    let mut draft = draft(1);
    draft.item = Some(application(b"").item);
    draft.parts = parts
        .iter()
        .map(|(role, bytes)| PlainPart {
            role: *role,
            bytes: Zeroizing::new(bytes.to_vec()),
        })
        .collect();
    let sealed = draft.seal(&city().1).unwrap();
    sealed.sign(ChainHead::START, &kiosk_key()).unwrap().fields
}

#[test]
fn content_reads_back_and_never_shows_in_debug() {
    let filed = application(b"form");
    let bytes = to_bytes(&filed).unwrap();
    assert_eq!(bytes.capacity(), bytes.len());
    let read: Application = from_bytes(&bytes).unwrap();
    assert_eq!(read, filed);
    let shown = format!("{read:?}");
    for secret in ["张示例", "590102", "1990-02-15", "0.25"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_fault_in_the_content_is_told_without_its_values() {
    let text = r#"{"item":{"code":"590102199002150015","version":"张示例"}}"#;
    let error = from_bytes::<Application>(text.as_bytes()).unwrap_err();
    assert!(matches!(error, BadContent::Json { line: 1, .. }));
    let told = error.to_string();
    assert!(!told.contains("张示例") && !told.contains("5901"), "{told}");
}

#[test]
fn a_form_swapped_after_signing_is_a_defect() {
    let filed = application(b"form");
    let header = header(&[
        (Role::Content, b"{}"),
        (Role::Form, b"form"),
        (Role::Page(1), b"p"),
    ]);
    assert_eq!(filed.check(&header, Some(b"form")), Ok(()));
    assert_eq!(filed.check(&header, Some(b"other")), Err(Defect::Form));
    assert_eq!(filed.check(&header, None), Err(Defect::Form));
    let mut signed_other = filed.clone();
    if let Some(signature) = &mut signed_other.signature {
        signature.form_sha256 = Sha256::of(b"other");
    }
    assert_eq!(
        signed_other.check(&header, Some(b"form")),
        Err(Defect::Signature)
    );
}

#[test]
fn who_does_not_see_signs_what_was_read_aloud_and_nobody_signs_by_nothing() {
    let parts: [(Role, &[u8]); 3] = [
        (Role::Content, b"{}"),
        (Role::Form, b"form"),
        (Role::Page(1), b"p"),
    ];
    let header = header(&parts);
    let signed = |strokes: bool, aloud: bool| {
        let mut filed = application(b"form");
        if let Some(signature) = &mut filed.signature {
            if !strokes {
                signature.strokes.clear();
            }
            signature.aloud = aloud.then(|| ReadAloud {
                language: "zh-Hans".to_owned(),
                text_sha256: Sha256::of("本人声明".as_bytes()),
            });
        }
        let read: Application = from_bytes(&to_bytes(&filed).unwrap()).unwrap();
        assert_eq!(read, filed);
        read.check(&header, Some(b"form"))
    };
    assert_eq!(signed(false, true), Ok(()));
    assert_eq!(signed(true, false), Ok(()));
    assert_eq!(signed(false, false), Err(Defect::Signature));
    assert_eq!(signed(true, true), Err(Defect::Signature));
}

#[test]
fn a_page_left_out_of_the_packet_is_a_defect() {
    let filed = application(b"form");
    let header = header(&[(Role::Content, b"{}"), (Role::Form, b"form")]);
    assert_eq!(filed.check(&header, Some(b"form")), Err(Defect::Page(1)));
}

#[test]
fn a_header_for_another_item_is_a_defect() {
    let mut filed = application(b"form");
    let header = header(&[(Role::Form, b"form"), (Role::Page(1), b"p")]);
    filed.item.version = 2;
    assert_eq!(filed.check(&header, Some(b"form")), Err(Defect::Item));
}

#[test]
fn a_bad_rating_without_a_reason_is_incomplete() {
    let mut rating = Rating {
        level: RatingLevel::Dissatisfied,
        reasons: Vec::new(),
        words: None,
        case: None,
        station: "YT-01".to_owned(),
    };
    assert!(!rating.is_complete());
    rating.reasons.push("waiting".to_owned());
    assert!(rating.is_complete());
    let bytes = to_bytes(&rating).unwrap();
    assert_eq!(from_bytes::<Rating>(&bytes).unwrap(), rating);
    for outside in ["0", "6", "-1", "null"] {
        let text =
            format!(r#"{{"level":{outside},"reasons":[],"words":null,"case":null,"station":"a"}}"#);
        assert!(from_bytes::<Rating>(text.as_bytes()).is_err(), "{outside}");
    }
}

/// Two items with one name between them, one page for the first.
fn joint() -> JointApplication {
    let alone = application(b"form");
    let item = |code: &str| ItemRef {
        code: code.to_owned(),
        version: 1,
    };
    let place = |item: &str, seq| JointPlace {
        item: item.to_owned(),
        seq,
    };
    let name = Value::Text("张示例".to_owned());
    JointApplication {
        bundle: "B01".to_owned(),
        items: vec![item("a"), item("b")],
        person: alone.person.clone(),
        identity: alone.identity.clone(),
        answers: vec![JointAnswer {
            field: "applicantName".to_owned(),
            items: vec!["a".to_owned(), "b".to_owned()],
            answer: Answer::from_source(name, Source::Card),
        }],
        notice: alone.notice.clone(),
        materials: vec![
            JointGiven {
                places: vec![place("a", 1), place("b", 2)],
                field: None,
                how: How::FromCard {},
            },
            JointGiven {
                places: vec![place("a", 3)],
                field: None,
                how: How::Scanned {
                    pages: vec![Role::Page(1)],
                },
            },
        ],
        form_sha256: alone.form_sha256,
        signature: alone.signature.clone(),
        fees: Vec::new(),
        station: alone.station.clone(),
    }
}

#[test]
fn one_matter_becomes_an_application_for_each_item_with_what_it_takes() {
    let bytes = to_bytes(&joint()).unwrap();
    let read: JointApplication = from_bytes(&bytes).unwrap();
    assert_eq!(read, joint());
    assert!(!format!("{read:?}").contains("张示例"));
    let [a, b] = &read.split()[..] else {
        panic!("two items")
    };
    assert_eq!((a.item.code.as_str(), b.item.code.as_str()), ("a", "b"));
    assert_eq!(a.answers, b.answers);
    let seqs = |filed: &Application| -> Vec<u32> {
        filed.materials.iter().map(|given| given.seq).collect()
    };
    assert_eq!((seqs(a), seqs(b)), (vec![1, 3], vec![2]));
}

#[test]
fn a_matter_whose_answers_or_papers_are_for_no_item_of_it_is_named() {
    let mut sound = header(&[(Role::Content, b"c")]);
    assert_eq!(joint().check(&sound), Err(Defect::Item));
    sound.item = None;
    assert_eq!(joint().check(&sound), Ok(()));
    let broken: [fn(&mut JointApplication); 6] = [
        |joint| joint.items.clear(),
        |joint| joint.items.push(joint.items[0].clone()),
        |joint| joint.answers[0].items.push("c".to_owned()),
        |joint| joint.answers.push(joint.answers[0].clone()),
        |joint| joint.materials[1].places[0].item = "c".to_owned(),
        |joint| {
            joint.fees.push(JointFee {
                item: "c".to_owned(),
                fee: Fee {
                    name: "x".to_owned(),
                    standard: "x".to_owned(),
                    cents: None,
                    basis: "x".to_owned(),
                },
            });
        },
    ];
    for breaks in broken {
        let mut joint = joint();
        breaks(&mut joint);
        assert_eq!(joint.check(&sound), Err(Defect::Bundle));
    }
}
