//! The outbox's life: offline, resumed, repeated, refused.

use city_api::acknowledgement::Acknowledgement;
use city_api::application::{Application, from_bytes};
use city_api::numbers::FilingNumber;
use city_api::packet::{Role, open};
use city_api::requests::ProblemCode;
use city_api::time::CityTime;

use super::fake_city::{FakeCity, any_port};
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_filed_application_arrives_opens_and_leaves_the_kiosk() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    let server = city.serve(any_port()).await;
    let filed = kiosk.file(300_000);
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = settled(&mut told).await;
    assert!(
        matches!(&event, OutboxEvent::Received { id, receipt, acknowledgement }
            if *id == filed.id && *receipt == filed.receipt
            && acknowledgement.header_sha256 == filed.header_sha256),
        "{event:?}"
    );
    assert_eq!(kiosk.store.outbox_state().unwrap().waiting, 0);
    assert_eq!(kiosk.store.acknowledged(filed.receipt).len(), 1);
    let content = city.with(|held| {
        let header = held.packets[&filed.id].0.clone();
        let part = |role| held.parts[&header.part(role).unwrap().sha256].0.clone();
        let identities = [kiosk.sealing.clone()];
        let content: Application =
            from_bytes(&open(&part(Role::Content), &identities).unwrap()).unwrap();
        let form = open(&part(Role::Form), &identities).unwrap();
        assert_eq!(content.check(&header, Some(&form)), Ok(()));
        assert_eq!(
            open(&part(Role::Page(1)), &identities).unwrap().len(),
            300_000
        );
        content
    });
    assert_eq!(content.station, "YT-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_city_confirmed_months_ago_is_forgotten() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    let long_ago: CityTime = "2020-03-02T09:15:00+08:00".parse().unwrap();
    let old = kiosk.file(1_000);
    let confirmed = Acknowledgement {
        version: Acknowledgement::VERSION,
        id: old.id,
        header_sha256: old.header_sha256,
        filing_number: FilingNumber::new(long_ago.date(), 1),
        case_number: None,
        time: long_ago,
        irregular: None,
        cases: Vec::new(),
    };
    let confirmed = confirmed.sign(&city_key()).unwrap();
    let key = city_key().public();
    let store = &kiosk.store;
    store
        .acknowledge(old.id, &confirmed, &key, long_ago)
        .unwrap();
    assert_eq!(store.acknowledged(old.receipt).len(), 1);
    let filed = kiosk.file(1_000);
    let server = city.serve(any_port()).await;
    let (_outbox, mut told) = kiosk.start(&server.url());
    settled(&mut told).await;
    assert!(store.acknowledged(old.receipt).is_empty());
    assert_eq!(store.acknowledged(filed.receipt).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn filed_without_a_network_it_arrives_once_when_the_city_is_back() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    let address = city.serve(any_port()).await.address;
    let (outbox, mut told) = kiosk.start(&format!("http://{address}"));
    // The server went with its handle; filing and waking find nobody.
    let filed = kiosk.file(1_000);
    outbox.wake();
    let unreachable = |event: &OutboxEvent| {
        *event
            == OutboxEvent::Waiting {
                id: filed.id,
                reason: "unreachable",
            }
    };
    until(&mut told, unreachable).await;
    until(&mut told, unreachable).await;
    let _server = city.serve(address).await;
    let event = settled(&mut told).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == filed.id));
    city.with(|held| assert_eq!(held.packets[&filed.id].1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_the_way_is_asked_for_again_and_nothing_is_filed_twice() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    city.with(|held| held.faults.lose_answers = 2);
    let server = city.serve(any_port()).await;
    let filed = kiosk.file(1_000);
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = settled(&mut told).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == filed.id));
    city.with(|held| {
        assert_eq!(held.packets.len(), 1);
        assert_eq!(held.packets[&filed.id].1, 3, "posted three times");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_commit_and_the_acknowledgement_it_is_sent_by_the_next_program() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    city.with(|held| held.faults.lose_answers = u32::MAX);
    let server = city.serve(any_port()).await;
    let filed = kiosk.file(1_000);
    let (outbox, mut told) = kiosk.start(&server.url());
    until(&mut told, |_| true).await;
    drop(outbox);
    // All handles of the store go, as in a kill; the file stays.
    let Kiosk {
        folder,
        store,
        enrolment,
        sealing,
    } = kiosk;
    let path = store.path().to_owned();
    drop(store);
    let store = reopened(&path).await;
    let kiosk = Kiosk {
        folder,
        store,
        enrolment,
        sealing,
    };
    city.with(|held| held.faults.lose_answers = 0);
    let before = city.with(|held| (held.packets[&filed.id].1, held.received));
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = settled(&mut told).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == filed.id));
    city.with(|held| {
        assert_eq!(held.packets.len(), 1);
        assert_eq!(held.packets[&filed.id].1, before.0 + 1, "sent once more");
        assert_eq!(held.received, before.1, "its parts were there already");
    });
    assert!(kiosk.folder.path().exists());
}

/// Opens the store as soon as the aborted sender's last work has let go of it.
async fn reopened(path: &std::path::Path) -> Store {
    let wait = async {
        loop {
            match Store::open(path, Options::default()) {
                Ok(store) => return store,
                Err(crate::store::StoreError::InUse) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_in_a_part_costs_only_the_bytes_that_were_lost() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    city.with(|held| held.faults.keep_at_most = Some(700_000));
    let server = city.serve(any_port()).await;
    let filed = kiosk.file(3_000_000);
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = settled(&mut told).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == filed.id));
    city.with(|held| {
        let kept: usize = held.parts.values().map(|(bytes, _)| bytes.len()).sum();
        assert!(held.received < kept * 2, "{} for {kept}", held.received);
        assert!(held.received > kept, "some were lost and sent again");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_of_which_the_city_has_half_goes_on_there() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    let filed = kiosk.file(800_000);
    let part = kiosk.store.pending(1).unwrap()[0].fields.parts[2];
    let half = kiosk.store.part(filed.id, part.sha256, 0, 400_000).unwrap();
    city.with(|held| held.parts.insert(part.sha256, (half, false)));
    let server = city.serve(any_port()).await;
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = settled(&mut told).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == filed.id));
    city.with(|held| assert!(held.received < 410_000, "{}", held.received));
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_the_city_lost_before_the_header_came_are_sent_again() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    city.with(|held| held.faults.forget_parts = true);
    let server = city.serve(any_port()).await;
    let filed = kiosk.file(1_000);
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = until(&mut told, |_| true).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == filed.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_called_forged_is_set_aside_and_the_next_one_goes() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    let (bad, good) = (kiosk.file(1_000), kiosk.file(1_000));
    city.with(|held| held.faults.refuse.insert(bad.id, ProblemCode::Forged));
    let server = city.serve(any_port()).await;
    let (_outbox, mut told) = kiosk.start(&server.url());
    let first = settled(&mut told).await;
    assert!(
        matches!(first, OutboxEvent::Quarantined { id, reason: "forged", .. } if id == bad.id),
        "{first:?}"
    );
    let second = settled(&mut told).await;
    assert!(matches!(second, OutboxEvent::Received { id, .. } if id == good.id));
    let state = kiosk.store.outbox_state().unwrap();
    assert_eq!((state.waiting, state.quarantined), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_the_city_stumbles_over_waits_and_does_not_hold_up_the_next() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    let (bad, good) = (kiosk.file(1_000), kiosk.file(1_000));
    city.with(|held| held.faults.refuse.insert(bad.id, ProblemCode::WrongState));
    let server = city.serve(any_port()).await;
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = settled(&mut told).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == good.id));
    city.with(|held| held.faults.refuse.clear());
    let event = settled(&mut told).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == bad.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_signed_by_somebody_else_deletes_nothing() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    city.with(|held| held.faults.foreign_signature = true);
    let server = city.serve(any_port()).await;
    let filed = kiosk.file(1_000);
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = until(&mut told, |_| true).await;
    assert!(
        matches!(event, OutboxEvent::Waiting { id, reason: "acknowledgement_not_believed" } if id == filed.id),
        "{event:?}"
    );
    assert_eq!(kiosk.store.outbox_state().unwrap().waiting, 1);
    city.with(|held| held.faults.foreign_signature = false);
    let event = settled(&mut told).await;
    assert!(matches!(event, OutboxEvent::Received { id, .. } if id == filed.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_whose_clock_is_a_year_behind_still_sends() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    city.with(|held| held.faults.ahead = jiff::SignedDuration::from_hours(24 * 365));
    let server = city.serve(any_port()).await;
    let filed = kiosk.file(1_000);
    let (_outbox, mut told) = kiosk.start(&server.url());
    let event = until(&mut told, |_| true).await;
    assert!(
        matches!(event, OutboxEvent::Received { id, .. } if id == filed.id),
        "{event:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trial_kiosk_prints_stored_before_received_for_every_packet() {
    let (city, kiosk) = (FakeCity::default(), Kiosk::new());
    let server = city.serve(any_port()).await;
    let left_over = kiosk.file(1_000);
    let Kiosk { folder, store, .. } = kiosk;
    let path = store.path().to_owned();
    drop(store);
    let mut out = Vec::new();
    let url = server.url();
    super::super::trial::run(&path, &url, kiosk_key(), 3, &synthetic(1_000), &mut out)
        .await
        .unwrap();
    let printed = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = printed.lines().collect();
    let count = |word: &str| lines.iter().filter(|line| line.starts_with(word)).count();
    assert_eq!((count("stored "), count("received ")), (3, 4), "{printed}");
    let of_left_over = format!("received {} {}", left_over.receipt, left_over.id);
    assert!(printed.contains(&of_left_over), "{printed}");
    city.with(|held| assert_eq!(held.packets.len(), 4));
    drop(folder);
}
