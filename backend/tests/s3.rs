//! Sealed parts in a bucket: the same city on an S3 service, here one in this process.
//!
//! The service speaks what the city uses of S3: PUT, GET, HEAD, DELETE and lists in pages of two, with the protocol's own
//! headers and XML. Signatures are not its matter; that every request carries one is.

#![cfg(feature = "s3")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use city_api::requests::officer::OfficerRole;
use city_api::requests::officer::TasksAnswer;
use city_api::requests::upload::ContentRange;
use city_api::requests::{ProblemCode, paths};
use city_backend::{Admin, BlobPlace};
use jiff::{SignedDuration, Timestamp};

use common::filing::ZHANG;
use common::{Room, problem, read};

#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, (Vec<u8>, Timestamp)>,
    /// It answers 500 to everything.
    down: bool,
    /// Requests without a signature of version 4.
    unsigned: usize,
    /// Pages of lists given.
    lists: usize,
}

type Shared = Arc<Mutex<Bucket>>;

/// A bucket `city` on a socket of its own.
struct Service {
    bucket: Shared,
    address: SocketAddr,
    handle: axum_server::Handle<SocketAddr>,
    _runtime: tokio::runtime::Runtime,
}

impl Service {
    fn start() -> Self {
        let bucket = Shared::default();
        let router = axum::Router::new()
            .route("/city", any(list))
            .route("/city/{*key}", any(object))
            .with_state(Arc::clone(&bucket));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let handle = axum_server::Handle::new();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let _entered = runtime.enter();
        let server = axum_server::from_tcp(listener)
            .unwrap()
            .handle(handle.clone());
        runtime.spawn(server.serve(router.into_make_service()));
        drop(_entered);
        Self {
            bucket,
            address,
            handle,
            _runtime: runtime,
        }
    }

    fn place(&self) -> BlobPlace {
        let endpoint = format!("http://{}", self.address);
        let options = [
            ("aws_endpoint", endpoint.as_str()),
            ("aws_region", "cn-north-1"),
            ("aws_access_key_id", "key"),
            ("aws_secret_access_key", "secret"),
            ("aws_allow_http", "true"),
        ];
        BlobPlace::S3 {
            url: "s3://city/blobs".into(),
            options: options
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        }
    }

    fn keys(&self, prefix: &str) -> Vec<String> {
        let bucket = self.bucket.lock().unwrap();
        let keys = bucket.objects.keys();
        keys.filter(|key| key.starts_with(prefix))
            .cloned()
            .collect()
    }

    /// Lets objects be older than they are.
    fn age(&self, prefix: &str, hours: i64) {
        let mut bucket = self.bucket.lock().unwrap();
        for (key, (_, written)) in &mut bucket.objects {
            if key.starts_with(prefix) {
                *written = written
                    .checked_sub(SignedDuration::from_hours(hours))
                    .unwrap();
            }
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

fn fault(status: StatusCode, code: &str) -> Response {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
    );
    (status, [("content-type", "application/xml")], xml).into_response()
}

/// What answers before anything is looked up; None to go on.
fn first(bucket: &mut Bucket, headers: &HeaderMap) -> Option<Response> {
    let signature = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    if !signature.is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=key/")) {
        bucket.unsigned += 1;
    }
    bucket
        .down
        .then(|| fault(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"))
}

async fn object(
    State(bucket): State<Shared>,
    Path(key): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut bucket = bucket.lock().unwrap();
    if let Some(answer) = first(&mut bucket, &headers) {
        return answer;
    }
    let tag = ("etag", "\"0123456789abcdef0123456789abcdef\"".to_owned());
    if method == Method::PUT {
        bucket
            .objects
            .insert(key, (body.to_vec(), Timestamp::now()));
        return (StatusCode::OK, [tag]).into_response();
    }
    if method == Method::DELETE {
        bucket.objects.remove(&key);
        return StatusCode::NO_CONTENT.into_response();
    }
    let Some((bytes, written)) = bucket.objects.get(&key) else {
        return fault(StatusCode::NOT_FOUND, "NoSuchKey");
    };
    let modified = written.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = [tag, ("last-modified", modified)];
    // A HEAD has the length of what a GET would bring; the server leaves the bytes out.
    (headers, bytes.clone()).into_response()
}

/// ListObjectsV2, in pages of two.
async fn list(
    State(bucket): State<Shared>,
    Query(asked): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let mut bucket = bucket.lock().unwrap();
    if let Some(answer) = first(&mut bucket, &headers) {
        return answer;
    }
    assert_eq!(asked["list-type"], "2");
    bucket.lists += 1;
    let prefix = asked.get("prefix").cloned().unwrap_or_default();
    let delimiter = asked.get("delimiter").cloned();
    let after = asked.get("continuation-token").cloned().unwrap_or_default();
    let mut entries: BTreeSet<(String, bool)> = BTreeSet::new();
    for key in bucket.objects.keys().filter(|key| key.starts_with(&prefix)) {
        let rest = &key[prefix.len()..];
        let folder = delimiter
            .as_ref()
            .and_then(|delimiter| rest.split_once(delimiter.as_str()));
        entries.insert(match folder {
            Some((folder, _)) => (format!("{prefix}{folder}/"), true),
            None => (key.clone(), false),
        });
    }
    let left: Vec<_> = entries
        .into_iter()
        .filter(|(key, _)| *key > after)
        .collect();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>");
    for (key, is_folder) in left.iter().take(2) {
        if *is_folder {
            xml.push_str(&format!(
                "<CommonPrefixes><Prefix>{key}</Prefix></CommonPrefixes>"
            ));
            continue;
        }
        let (bytes, written) = &bucket.objects[key];
        xml.push_str(&format!(
            "<Contents><Key>{key}</Key><LastModified>{written:.3}</LastModified><ETag>&quot;0&quot;</ETag><Size>{}</Size></Contents>",
            bytes.len()
        ));
    }
    let more = left.len() > 2;
    xml.push_str(&format!("<IsTruncated>{more}</IsTruncated>"));
    if more {
        xml.push_str(&format!(
            "<NextContinuationToken>{}</NextContinuationToken>",
            left[1].0
        ));
    }
    xml.push_str("</ListBucketResult>");
    ([("content-type", "application/xml")], xml).into_response()
}

#[test]
fn a_matter_is_filed_read_and_printed_with_its_parts_in_a_bucket() {
    let service = Service::start();
    let room = Room::open_with_config(|config| config.blobs = service.place());
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    assert_eq!(service.keys("blobs/parts/").len(), packet.parts.len());
    assert_eq!(service.keys("blobs/documents/").len(), 1);
    let pdf = kiosk.get(&paths::result(outcome.result.unwrap().id));
    assert!(pdf.bytes().unwrap().starts_with(b"%PDF"));

    // A page in five chunks, the third sent twice: more than one page of a list.
    let packet = kiosk.legal_aid(ZHANG);
    let page = packet.parts.last().unwrap();
    let path = paths::part(&page.sha256.to_string());
    let bytes = &page.ciphertext;
    let step = bytes.len().div_ceil(5);
    for (at, chunk) in
        [0, 1, 2, 2, 3, 4].map(|at| (at, &bytes[at * step..bytes.len().min((at + 1) * step)]))
    {
        let range = ContentRange::of((at * step) as u64, chunk.len() as u64, bytes.len() as u64);
        let answer = kiosk.put(&path, chunk.to_vec(), Some(range.unwrap().to_string()));
        assert!(answer.status().is_success(), "{at}: {}", answer.status());
    }
    assert_eq!(service.keys("blobs/incoming/").len(), 0);
    kiosk.send(&packet);
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let tasks: TasksAnswer = read(window.get(paths::TASKS));
    let page = window.get(&format!(
        "/v1/tasks/{}/materials/4/pages/1",
        tasks.tasks[0].number
    ));
    assert_eq!(page.text().unwrap(), "a page");

    let bucket = service.bucket.lock().unwrap();
    assert_eq!(bucket.unsigned, 0);
    assert!(bucket.lists > 0);
}

#[test]
fn the_bucket_is_away_nothing_is_acknowledged_and_the_kiosk_sends_again() {
    let service = Service::start();
    let room = Room::open_with_config(|config| config.blobs = service.place());
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    service.bucket.lock().unwrap().down = true;
    assert!(!kiosk.try_parts(&packet));
    assert_eq!(problem(kiosk.post_packet(&packet)).code, ProblemCode::Away);
    assert_eq!(room.get("/readyz").status(), 503, "it is not ready");
    assert!(room.city().cases().unwrap().is_empty());
    service.bucket.lock().unwrap().down = false;
    assert_eq!(room.get("/readyz").status(), 200);
    assert_eq!(kiosk.send(&packet).irregular, None);
}

#[test]
fn parts_that_no_packet_names_leave_the_bucket_in_two_sweeps() {
    let service = Service::start();
    let room = Room::open_with_config(|config| config.blobs = service.place());
    let kiosk = room.kiosk();
    let (filed, lost) = (kiosk.unemployment(ZHANG), kiosk.allowance(ZHANG));
    kiosk.send(&filed);
    kiosk.send_parts(&lost);
    let admin = Admin::open(
        &room.config.database,
        &room.config.keys,
        &room.config.catalogue,
    )
    .unwrap();
    let sweep = || admin.sweep(&service.place(), 24, false).unwrap();
    assert_eq!(sweep().put_aside, 0, "younger parts are never touched");
    service.age("blobs/parts/", 25);
    let first = sweep();
    assert_eq!(
        (first.put_aside, first.removed, first.missing.len()),
        (2, 0, 0)
    );
    service.age("blobs/orphans/", 25);
    assert_eq!(sweep().removed, 2);
    assert_eq!(service.keys("blobs/parts/").len(), filed.parts.len());

    // A packet whose part somebody removed is reported.
    let gone = service.keys("blobs/parts/").remove(0);
    service.bucket.lock().unwrap().objects.remove(&gone);
    room.execute("UPDATE packet SET received = received - 90000000");
    let missing = admin.sweep(&service.place(), 24, true).unwrap().missing;
    assert_eq!(missing.len(), 1);
    assert!(gone.ends_with(&missing[0].name));
}
