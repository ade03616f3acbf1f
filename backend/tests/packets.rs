//! Packets on their way in: repeats, forgeries, missing parts, gaps, defects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::application::{RatingLevel, to_bytes};
use city_api::packet::{ChainHead, Kind, Role};
use city_api::requests::outcome::CaseState;
use city_api::requests::packets::PacketBody;
use city_api::requests::upload::{COMPLETE_HEADER, ContentRange, OFFSET_HEADER};
use city_api::requests::{ProblemCode, paths};

use uuid::Uuid;

use common::filing::{FORM, LI, ZHANG, application, item, part};
use common::{Room, UNEMPLOYMENT, problem};

#[test]
fn the_answer_was_lost_and_the_kiosk_sends_again_and_again() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    let first = kiosk.send(&packet);
    assert_eq!(first.irregular, None);
    for _ in 0..5 {
        assert_eq!(
            kiosk.acknowledged(&packet, kiosk.post_packet(&packet)),
            first
        );
    }
    let cases = room.city().cases().unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(
        cases[0].case_number.as_deref(),
        first.case_number.as_ref().map(|number| number.as_str())
    );
    assert!(room.city().alarms().unwrap().is_empty());
}

#[test]
fn the_city_was_restarted_and_still_knows_the_packet() {
    let mut room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    let first = kiosk.send(&packet);
    room.stop();
    room.start_again();
    assert_eq!(
        kiosk.acknowledged(&packet, kiosk.post_packet(&packet)),
        first
    );
    assert_eq!(room.city().cases().unwrap().len(), 1);
}

#[test]
fn another_packet_under_a_known_id_is_refused_and_alarmed() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    let content = to_bytes(&application(UNEMPLOYMENT, LI, LI.unemployed(), Vec::new())).unwrap();
    let parts = vec![part(Role::Content, &content), part(Role::Form, FORM)];
    let other = kiosk.seal_as(
        packet.fields.id,
        Kind::Application,
        Some(item(UNEMPLOYMENT)),
        parts,
    );
    kiosk.send_parts(&other);
    assert_eq!(
        problem(kiosk.post_packet(&other)).code,
        ProblemCode::OtherContent
    );
    assert_eq!(room.city().alarms().unwrap(), ["other_content"]);
    assert_eq!(room.city().cases().unwrap().len(), 1);
}

#[test]
fn a_forged_packet_is_refused_and_alarmed() {
    let room = Room::open();
    let (kiosk, thief) = (room.kiosk(), room.kiosk_at("S002"));
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send_parts(&packet);
    let mut header = packet.header.clone();
    let at = header
        .windows(8)
        .position(|bytes| bytes == b"\"bytes\":")
        .unwrap()
        + 8;
    header[at] = if header[at] == b'1' { b'2' } else { b'1' };
    let altered = PacketBody::new(&header, packet.signature.as_bytes());
    assert_eq!(
        problem(kiosk.post(paths::PACKETS, &altered)).code,
        ProblemCode::Forged
    );
    let stolen = thief.unemployment(ZHANG);
    let swapped = PacketBody::new(&packet.header, stolen.signature.as_bytes());
    assert_eq!(
        problem(thief.post(paths::PACKETS, &swapped)).code,
        ProblemCode::Forged
    );
    assert_eq!(room.city().alarms().unwrap(), ["forged", "forged"]);
    assert!(room.city().cases().unwrap().is_empty());
    kiosk.acknowledged(&packet, kiosk.post_packet(&packet));
}

#[test]
fn the_line_broke_before_the_last_part_and_the_city_names_it() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    let (late, early) = packet.parts.split_last().unwrap();
    for part in early {
        kiosk.put(
            &paths::part(&part.sha256.to_string()),
            part.ciphertext.clone(),
            None,
        );
    }
    let missing = problem(kiosk.post_packet(&packet));
    assert_eq!(missing.code, ProblemCode::PartMissing);
    assert_eq!(missing.missing_parts, [late.sha256.to_string()]);

    let path = paths::part(&late.sha256.to_string());
    assert_eq!(kiosk.head(&path).status(), 404);
    let total = late.ciphertext.len() as u64;
    let (first, second) = late.ciphertext.split_at(100);
    let range = ContentRange::of(0, 100, total).unwrap().to_string();
    let answer = kiosk.put(&path, first.to_vec(), Some(range));
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[OFFSET_HEADER]),
        (202, &"100".parse().unwrap())
    );
    let head = kiosk.head(&path);
    assert_eq!(head.headers()[OFFSET_HEADER], "100");
    assert_eq!(head.headers()[COMPLETE_HEADER], "false");
    let gap = ContentRange::of(101, total - 101, total)
        .unwrap()
        .to_string();
    assert_eq!(
        problem(kiosk.put(&path, second[1..].to_vec(), Some(gap))).code,
        ProblemCode::WrongOffset
    );
    let rest = ContentRange::of(100, total - 100, total)
        .unwrap()
        .to_string();
    assert_eq!(kiosk.put(&path, second.to_vec(), Some(rest)).status(), 201);
    kiosk.acknowledged(&packet, kiosk.post_packet(&packet));
}

#[test]
fn a_part_damaged_on_the_way_does_not_stay() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    let mut damaged = packet.parts[0].ciphertext.clone();
    damaged[200] ^= 1;
    let path = paths::part(&packet.parts[0].sha256.to_string());
    assert_eq!(
        problem(kiosk.put(&path, damaged, None)).code,
        ProblemCode::HashMismatch
    );
    assert_eq!(kiosk.head(&path).status(), 404);
}

#[test]
fn packets_lost_with_a_kiosk_leave_a_gap_that_is_accepted_and_alarmed() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let first = kiosk.unemployment(ZHANG);
    kiosk.send(&first);
    drop(kiosk.unemployment(LI));
    kiosk.send(&kiosk.unemployment(LI));
    assert_eq!(room.city().alarms().unwrap(), ["sequence_gap"]);

    *kiosk.chain.lock().unwrap() = ChainHead {
        sequence: 2,
        previous: Some(first.header_sha256()),
    };
    kiosk.send(&kiosk.unemployment(ZHANG));
    assert_eq!(kiosk.chain.lock().unwrap().sequence, 3);
    kiosk.send(&kiosk.unemployment(ZHANG));
    assert_eq!(
        room.city().alarms().unwrap(),
        ["sequence_fork", "sequence_gap"]
    );
    assert_eq!(room.city().cases().unwrap().len(), 4);
}

#[test]
fn an_authentic_packet_with_a_defect_becomes_an_irregular_case_with_a_clock() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut unreadable = application(UNEMPLOYMENT, ZHANG, ZHANG.unemployed(), Vec::new());
    unreadable.item.version = 99;
    let mut form_differs = application(UNEMPLOYMENT, ZHANG, ZHANG.unemployed(), Vec::new());
    form_differs.form_sha256 = city_api::digest::Sha256::of(b"another form");
    let mut answer_missing = ZHANG.unemployed();
    answer_missing.remove("reason");
    let invalid = application(UNEMPLOYMENT, ZHANG, answer_missing, Vec::new());
    for (filed, key) in [
        (unreadable, "item_unknown"),
        (form_differs, "form_differs"),
        (invalid, "form_invalid"),
    ] {
        let packet = kiosk.seal_application(&filed, 0);
        assert_eq!(kiosk.send(&packet).irregular.as_deref(), Some(key));
        let outcome = kiosk.outcome(&packet);
        assert_eq!(outcome.state, CaseState::Irregular);
        assert_eq!(outcome.held_by.unwrap().id, "ZSJ");
        assert!(outcome.dates.accept_by.is_some());
    }
    let parts = vec![
        part(Role::Content, b"not an application"),
        part(Role::Form, FORM),
    ];
    let packet = kiosk.seal(Kind::Application, Some(item(UNEMPLOYMENT)), parts);
    assert_eq!(
        kiosk.send(&packet).irregular.as_deref(),
        Some("content_unreadable")
    );
    assert_eq!(room.city().alarms().unwrap(), ["irregular"; 4]);
}

#[test]
fn packets_that_cannot_be_understood_claim_no_place_in_the_chain() {
    let room = Room::open();
    let kiosk = room.kiosk();
    for who in [ZHANG, LI] {
        let packet = kiosk.of_a_newer_kiosk(kiosk.unemployment(who));
        let answer = kiosk.acknowledged(&packet, kiosk.post_packet(&packet));
        assert_eq!(answer.irregular.as_deref(), Some("header_unreadable"));
    }
    assert_eq!(room.city().alarms().unwrap(), ["irregular"; 2]);
}

#[test]
fn forged_packets_by_the_thousand_raise_no_more_than_a_few_alarms() {
    let room = Room::open();
    let (kiosk, thief) = (room.kiosk(), room.kiosk_at("S002"));
    let packet = kiosk.unemployment(ZHANG);
    let signature = thief.unemployment(LI).signature;
    let forged = |header: &[u8]| {
        let body = PacketBody::new(header, signature.as_bytes());
        let answer = problem(thief.post(paths::PACKETS, &body));
        assert_eq!(answer.code, ProblemCode::Forged);
    };
    for _ in 0..100 {
        forged(&packet.header);
    }
    assert_eq!(room.city().alarms().unwrap(), ["forged"; 11]);
    let text = String::from_utf8(packet.header.clone()).unwrap();
    let named = format!("\"kiosk\":\"{}\"", kiosk.id);
    for letter in "ABCDEFGHJKLMNPQ".chars() {
        forged(
            text.replace(&named, &format!("\"kiosk\":\"Z{letter}Z\""))
                .as_bytes(),
        );
    }
    assert_eq!(room.city().alarms().unwrap(), ["forged"; 21]);
    kiosk.send(&packet);
}

#[test]
fn the_alarm_cannot_be_kept_so_the_packet_is_not_taken_yet() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut answers = ZHANG.unemployed();
    answers.remove("reason");
    let packet = kiosk.seal_application(&application(UNEMPLOYMENT, ZHANG, answers, Vec::new()), 0);
    kiosk.send_parts(&packet);
    let rename = |from: &str, to: &str| room.execute(&format!("ALTER TABLE {from} RENAME TO {to}"));
    rename("alarm", "gone");
    assert_eq!(
        problem(kiosk.post_packet(&packet)).code,
        ProblemCode::Internal
    );
    assert!(room.city().cases().unwrap().is_empty());
    rename("gone", "alarm");
    let answer = kiosk.acknowledged(&packet, kiosk.post_packet(&packet));
    assert_eq!(answer.irregular.as_deref(), Some("form_invalid"));
    assert_eq!(room.city().alarms().unwrap(), ["irregular"]);
    assert_eq!(room.city().cases().unwrap().len(), 1);
}

#[test]
fn a_rating_is_noted_once_with_its_case_and_one_of_nothing_is_irregular() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let rated = kiosk.unemployment(ZHANG);
    kiosk.send(&rated);
    let good = RatingLevel::VerySatisfied;
    let bad = RatingLevel::Dissatisfied;
    for (packet, irregular) in [
        (kiosk.rating(good, &[], Some(rated.fields.id)), None),
        (kiosk.rating(bad, &["waiting"], None), None),
        (kiosk.rating(bad, &[], None), Some("rating_incomplete")),
        (
            kiosk.rating(good, &[], Some(Uuid::nil())),
            Some("rating_unmatched"),
        ),
    ] {
        for _ in 0..2 {
            assert_eq!(kiosk.send(&packet).irregular.as_deref(), irregular);
        }
    }
    let sql =
        "SELECT case_id || ' ' || detail FROM event WHERE kind = 'rated' AND case_id IS NOT NULL";
    let event = format!("{} level 5, channel 5", rated.fields.id);
    assert_eq!(room.column(sql), [event]);
    let sql = "SELECT count(*) FROM event WHERE kind = 'rated'";
    assert_eq!(room.column(sql), ["2"]);
}

#[test]
fn one_contact_rated_again_and_again_counts_once() {
    let room = Room::open();
    let (kiosk, second) = (room.kiosk(), room.kiosk_at("S002"));
    let rated = kiosk.unemployment(ZHANG);
    kiosk.send(&rated);
    let other = kiosk.unemployment(LI);
    kiosk.send(&other);
    let good = RatingLevel::VerySatisfied;
    let bad = RatingLevel::VeryDissatisfied;
    for (kiosk, level, contact) in [
        (&kiosk, good, &rated),
        (&kiosk, bad, &rated),
        (&second, bad, &rated),
        (&kiosk, bad, &other),
    ] {
        let packet = kiosk.rating(level, &["slow"], Some(contact.fields.id));
        assert_eq!(kiosk.send(&packet).irregular, None);
    }
    let events = |kind: &str| {
        let of = format!("FROM event WHERE kind = '{kind}' ORDER BY id");
        room.column(&format!("SELECT case_id || ' ' || detail {of}"))
    };
    let (first, next) = (rated.fields.id, other.fields.id);
    let counted = [
        format!("{first} level 5, channel 5"),
        format!("{next} level 1, channel 5"),
    ];
    assert_eq!(events("rated"), counted);
    assert_eq!(events("rated again").len(), 2);
    assert_eq!(room.city().cases().unwrap().len(), 2);
}
