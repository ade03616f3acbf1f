//! Who asks too often, too slowly or too much: refused in words, over real sockets, and nobody else is hindered.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use city_api::requests::enrolment::EnrolmentRequest;
use city_api::requests::officer::OfficerRole;
use city_api::requests::status::{HeartbeatAnswer, HeartbeatRequest};
use city_api::requests::{ProblemCode, paths};
use city_backend::{City, CityConfig, Limits, Rate, RunningCity, Tls};

use common::{Room, SAM, problem, read};

/// A city with these limits, and departments it does not ask.
fn room(limits: Limits) -> Room {
    Room::open_with_config(|config| config.limits = limits)
}

/// Without TLS, so that a test sees the bytes.
fn plain(folder: &std::path::Path, change: impl FnOnce(&mut CityConfig)) -> RunningCity {
    let mut config = CityConfig::in_folder(folder);
    config.database = common::database::empty(folder);
    config.tls = Tls::Off;
    change(&mut config);
    City::start(config).unwrap()
}

/// What the city says to these bytes until it closes the connection; at most half a minute.
fn said(city: &RunningCity, bytes: &[u8]) -> (String, Duration) {
    let begun = Instant::now();
    let mut line = TcpStream::connect(city.address()).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let _ = line.write_all(bytes);
    let mut answer = Vec::new();
    // What the city does not read any more may end the connection hard; its answer came before.
    let _ = line.read_to_end(&mut answer);
    (String::from_utf8(answer).unwrap(), begun.elapsed())
}

fn beat() -> HeartbeatRequest {
    HeartbeatRequest {
        program: "0.1.0".into(),
        uptime_seconds: 5,
        catalogue_version: None,
        outbox_waiting: 0,
        outbox_oldest_seconds: None,
        quarantined: 0,
        devices: Vec::new(),
        event_sequence: None,
        event_sequence_older: None,
        event_fault: None,
    }
}

#[test]
fn a_kiosk_in_a_loop_is_told_to_wait_and_its_heartbeats_and_its_neighbour_go_on() {
    let room = room(Limits {
        kiosk: Rate::new(3, 1),
        open: Rate::new(20, 1),
        ..Limits::default()
    });
    let (kiosk, neighbour) = (room.kiosk(), room.kiosk());
    for _ in 0..3 {
        assert_eq!(kiosk.get(paths::TODAY).status(), 200);
    }
    let answer = kiosk.get(paths::TODAY);
    let wait: u64 = answer.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let refused = problem(answer);
    assert_eq!(refused.code, ProblemCode::TooMany);
    assert!(refused.detail.unwrap().contains("wait"));
    // More than the address may ask without saying who it is: a signature is not counted there.
    for _ in 0..40 {
        read::<HeartbeatAnswer>(kiosk.post(paths::HEARTBEATS, &beat()));
    }
    assert_eq!(neighbour.get(paths::TODAY).status(), 200);
    room.city().clock().advance(61);
    assert_eq!(kiosk.get(paths::TODAY).status(), 200);
    assert_eq!(kiosk.get(paths::TODAY).status(), 429);
}

#[test]
fn who_says_not_who_it_is_or_lies_about_it_is_counted_by_address() {
    let room = room(Limits {
        open: Rate::new(6, 1),
        staff: Rate::new(2, 1),
        ..Limits::default()
    });
    let officer = room.officer("ZSJ", OfficerRole::Window, "w1");
    let mut unknown = room.officer("ZSJ", OfficerRole::Window, "w2");
    unknown.token = "no such token".into();
    for _ in 0..3 {
        assert_eq!(room.get(paths::CATALOGUE_STATUS).status(), 200);
        assert_eq!(unknown.get(paths::TASKS).status(), 401);
    }
    assert_eq!(room.get(paths::CATALOGUE_STATUS).status(), 429);
    let refused = unknown.get(paths::TASKS);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(problem(refused).code, ProblemCode::TooMany);
    for _ in 0..2 {
        assert_eq!(officer.get(paths::TASKS).status(), 200);
    }
    assert_eq!(
        problem(officer.get(paths::TASKS)).code,
        ProblemCode::TooMany
    );
}

#[test]
fn passwords_of_many_names_are_tried_from_one_address_and_it_is_closed() {
    let room = room(Limits {
        log_in: Rate::new(4, 1),
        codes: Rate::new(2, 1),
        ..Limits::default()
    });
    for name in ["a", "b", "c", "d"] {
        assert_eq!(room.log_in(name, "a wrong phrase", None).status(), 401);
    }
    let answer = room.log_in("e", "a wrong phrase", None);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(problem(answer).code, ProblemCode::TooMany);

    let url = format!("{}{}", room.city().url(), paths::ENROLMENTS);
    let enrol = |code: &str| {
        let asked = EnrolmentRequest {
            code: code.to_owned(),
            public_key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".into(),
            sam_id: SAM.into(),
        };
        room.http().post(&url).json(&asked).send().unwrap()
    };
    // Right codes are not counted: a hall of new kiosks enrols in one go.
    for _ in 0..5 {
        room.kiosk();
    }
    for _ in 0..2 {
        assert_eq!(
            problem(enrol("AAAA-BBBB-CCCC")).code,
            ProblemCode::CodeSpent
        );
    }
    assert_eq!(problem(enrol("AAAA-BBBB-CCCC")).code, ProblemCode::TooMany);
}

#[test]
fn behind_a_proxy_each_address_is_counted_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |city: &RunningCity, forwarded: &str| {
        let head = format!(
            "GET {} HTTP/1.1\r\nhost: city\r\nx-forwarded-for: {forwarded}\r\nconnection: close\r\n\r\n",
            paths::HEALTHZ
        );
        said(city, head.as_bytes()).0[9..12].to_owned()
    };
    let few = |config: &mut CityConfig| config.limits.open = Rate::new(1, 1);
    let city = plain(folder.path(), |config| {
        few(config);
        config.proxy = Some("127.0.0.1".parse().unwrap());
    });
    assert_eq!(ask(&city, "192.0.2.1"), "200");
    assert_eq!(ask(&city, "10.0.0.1, 192.0.2.1"), "429");
    assert_eq!(ask(&city, "192.0.2.2"), "200");
    drop(city);
    // Nobody else is believed.
    let folder = tempfile::tempdir().unwrap();
    let city = plain(folder.path(), few);
    assert_eq!(ask(&city, "192.0.2.1"), "200");
    assert_eq!(ask(&city, "192.0.2.2"), "429");
}

#[test]
fn a_head_or_body_that_comes_drop_by_drop_ends_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let city = plain(folder.path(), |config| {
        config.limits.head = Duration::from_millis(300);
        config.limits.body = Duration::from_millis(300);
    });
    let soon = Duration::from_secs(10);
    for silent in [
        &b""[..],
        b"PRI * HTT",
        b"GET /heal",
        b"GET /healthz HTTP/1.1\r\nhost: c",
    ] {
        let (answer, took) = said(&city, silent);
        assert!(took < soon, "{silent:?}: {took:?}");
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    let slow = format!(
        "POST {} HTTP/1.1\r\nhost: c\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"code\"",
        paths::ENROLMENTS
    );
    let (answer, took) = said(&city, slow.as_bytes());
    assert!(took < soon, "{took:?}");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("too_slow") && answer.contains("the body did not arrive"));
    assert!(
        answer.to_lowercase().contains("connection: close"),
        "{answer}"
    );
    // The city is there for everybody else.
    let whole = b"GET /healthz HTTP/1.1\r\nhost: c\r\nconnection: close\r\n\r\n";
    assert!(said(&city, whole).0.starts_with("HTTP/1.1 200"));
}

#[test]
fn a_request_that_takes_too_long_in_all_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let city = plain(folder.path(), |config| {
        config.limits.request = Duration::from_secs(1);
    });
    let slow = format!(
        "POST {} HTTP/1.1\r\nhost: c\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{",
        paths::ENROLMENTS
    );
    let (answer, took) = said(&city, slow.as_bytes());
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("it was not done in 1 seconds"), "{answer}");
}

#[test]
fn a_head_or_body_without_an_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let city = plain(folder.path(), |_| {});
    let long = format!(
        "GET /healthz HTTP/1.1\r\nhost: c\r\nx: {}",
        "y".repeat(80 * 1024)
    );
    let (answer, _) = said(&city, long.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    // Announced by nothing, and more than the contract takes: what came is answered, the rest is not read.
    let mut endless = format!(
        "POST {} HTTP/1.1\r\nhost: c\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        paths::ENROLMENTS
    )
    .into_bytes();
    let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    for _ in 0..8 {
        endless.extend_from_slice(&chunk);
    }
    let (answer, _) = said(&city, &endless);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("at most 65536 bytes"));
}

#[test]
fn who_is_refused_at_the_door_is_heard_out_and_hears_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let city = plain(folder.path(), |config| config.limits.open = Rate::new(4, 1));
    let body = "{}".repeat(500);
    let mut line = TcpStream::connect(city.address()).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // One line for all: it would break if a body that comes after its head were not taken.
    for (asked, answered) in [
        ("POST /v1/items/%00", "400"),
        ("POST /v1/nothing", "404"),
        ("PUT /v1/items", "405"),
        ("POST /v1/packets", "422"),
        ("GET /healthz", "200"),
        ("POST /v1/packets", "429"),
        ("POST /v1/packets", "429"),
    ] {
        let head = format!("{asked} HTTP/1.1\r\nhost: c\r\ncontent-type: application/json\r\n");
        let length = if asked.starts_with("GET") {
            0
        } else {
            body.len()
        };
        let head = format!("{head}content-length: {length}\r\n\r\n");
        line.write_all(head.as_bytes()).unwrap();
        line.write_all(&body.as_bytes()[..length]).unwrap();
        let answer = one(&mut line);
        assert_eq!(&answer[9..12], answered, "{asked}: {answer}");
    }
}

/// One answer of a line that stays open.
fn one(line: &mut TcpStream) -> String {
    let mut answer = String::new();
    let mut byte = [0];
    while !answer.ends_with("\r\n\r\n") {
        line.read_exact(&mut byte).unwrap();
        answer.push(char::from(byte[0]));
    }
    let length = answer
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut rest = vec![0; length.unwrap().parse().unwrap()];
    line.read_exact(&mut rest).unwrap();
    answer + &String::from_utf8(rest).unwrap()
}

#[test]
fn a_node_that_is_to_stop_says_so_and_ends_what_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let city = plain(folder.path(), |config| {
        config.metrics = Some("127.0.0.1:0".parse().unwrap());
    });
    let ask = |path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nhost: c\r\nconnection: close\r\n\r\n");
        said(&city, head.as_bytes()).0
    };
    assert!(ask(paths::READYZ).starts_with("HTTP/1.1 200"));
    city.drain();
    let answer = ask(paths::READYZ);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("about to stop") && answer.contains("problem+json"));
    // It lives, and serves whoever still comes.
    assert!(ask(paths::HEALTHZ).starts_with("HTTP/1.1 200"));
    assert!(ask(paths::CATALOGUE_STATUS).starts_with("HTTP/1.1 200"));

    // A request under way when the stop comes is answered.
    let mut line = TcpStream::connect(city.address()).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let body = r#"{"code":"AAAA-BBBB-CCCC","publicKey":"00","samId":"1"}"#;
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: c\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        paths::ENROLMENTS,
        body.len()
    );
    line.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    line.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"));
    let address = city.address();
    let stopping = std::thread::spawn(move || city.shutdown());
    // No new connection comes through any more.
    common::wait_for(|| TcpStream::connect(address).is_err(), |closed| *closed);
    line.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    stopping.join().unwrap();
}

#[test]
fn blobs_or_database_are_gone_and_the_node_is_alive_and_not_ready() {
    let room = Room::open();
    let missing = || problem(room.get(paths::READYZ)).detail.unwrap();
    let away = room.folder.path().join("away");
    let blobs = room.folder.path().join("blobs");
    std::fs::rename(&blobs, &away).unwrap();
    assert_eq!(missing(), "the object store does not answer");
    assert_eq!(room.get(paths::HEALTHZ).status(), 200);
    std::fs::rename(&away, &blobs).unwrap();
    assert_eq!(room.get(paths::READYZ).status(), 200);

    room.execute("ALTER TABLE counter RENAME TO gone");
    assert_eq!(missing(), "the database does not answer");
    assert_eq!(room.get(paths::HEALTHZ).status(), 200);
    room.execute("ALTER TABLE gone RENAME TO counter");
    assert_eq!(room.get(paths::READYZ).status(), 200);
}

#[test]
fn figures_are_at_an_address_of_their_own_and_name_nobody() {
    let room = Room::open_with_config(|config| {
        config.metrics = Some("127.0.0.1:0".parse().unwrap());
    });
    let kiosk = room.kiosk();
    let case = kiosk.filed(&kiosk.legal_aid(common::filing::LI));
    kiosk.send(&kiosk.unemployment(common::filing::ZHANG));
    assert_eq!(kiosk.get("/v1/packets/x/outcome").status(), 422);
    let at = room.city().metrics().unwrap();
    let scrape = || {
        let answer = reqwest::blocking::get(format!("http://{at}/metrics")).unwrap();
        let kind = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
        answer.text().unwrap()
    };
    let text = common::wait_for(scrape, |text| text.contains("city_tasks_open 1"));
    for line in [
        "city_filings_total 2",
        r#"city_requests_total{method="POST",route="/v1/packets",status="200"} 2"#,
        r#"city_requests_total{method="GET",route="/v1/packets/{id}/outcome",status="422"} 1"#,
        r#"city_request_duration_seconds_count{method="POST",route="/v1/packets"} 2"#,
        "city_store_errors_total 0",
        "city_dead_letters 0",
        "city_tickets_waiting 0",
        "city_ready 1",
        "city_build_info{version=\"0.1.0\"",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for private in [
        case.as_str(),
        kiosk.id.to_string().as_str(),
        "李样本",
        "590102",
    ] {
        assert!(!text.contains(private), "{private}");
    }
    assert_eq!(room.get("/metrics").status(), 404);
    assert_eq!(
        reqwest::blocking::get(format!("http://{at}/readyz"))
            .unwrap()
            .status(),
        200
    );
    assert_eq!(
        reqwest::blocking::get(format!("http://{at}/v1/items"))
            .unwrap()
            .status(),
        404
    );
}
