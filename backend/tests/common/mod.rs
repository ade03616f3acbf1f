//! A room with a city, its departments, and kiosks that speak real HTTPS to it.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test file uses its own part of the room"
)]

pub mod database;
pub mod filing;
pub mod home;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use city_api::acknowledgement::{Acknowledgement, SignedAcknowledgement};
use city_api::auth::{Request, authorization};
use city_api::digest::Sha256;
use city_api::keys::{CityKeys, DeviceKey as _, Signature, SoftwareKey};
use city_api::numbers::KioskId;
use city_api::packet::{ChainHead, Sealed};
use city_api::requests::enrolment::{EnrolmentAnswer, EnrolmentRequest};
use city_api::requests::identity::{IdentityCheckAnswer, IdentityCheckRequest, IdentityMethod};
use city_api::requests::officer::{DecideRequest, OfficerRole, TasksAnswer};
use city_api::requests::outcome::Outcome;
use city_api::requests::packets::{AcknowledgementBody, PacketBody};
use city_api::requests::paths::{CaseAction, case_action};
use city_api::requests::staff::{SessionAnswer, SessionRequest};
use city_api::requests::{Private, Problem, paths};
use city_api::time::CityTime;
use city_backend::sample_city::departments::{Control, RunningDepartments};
use city_backend::{City, CityConfig, DepartmentsSource, Limits, NewAccount, Rate, RunningCity};
use city_catalogue::policy::StaffRole;
use reqwest::blocking::{Client, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Of every account in a room.
pub const PASSWORD: &str = "a long enough phrase";
pub const SAM: &str = "05.01-20240101-0000000001-1234567890";
pub const UNEMPLOYMENT: &str = "12590100YT00101489359201400300001";
pub const ALLOWANCE: &str = "11590102YT020011XL459051100100001";
pub const LEGAL_AID: &str = "11590100YT0000126C359051200100001";

/// A city in a folder of its own, with departments in the same process on sockets of their own.
pub struct Room {
    pub folder: tempfile::TempDir,
    pub departments: RunningDepartments,
    pub config: CityConfig,
    city: Option<RunningCity>,
}

/// A message to a resident: about what, the number it goes to, its Chinese text.
pub type Message = (String, String, String);

/// The files under a folder; none where there is no folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

impl Room {
    pub fn open() -> Self {
        Self::open_with(|_| {})
    }

    /// A city whose files are written before it starts; those that are missing are the sample city's.
    pub fn open_with(prepare: impl FnOnce(&CityConfig)) -> Self {
        Self::open_with_config(|config| prepare(config))
    }

    /// A city that is started with something else.
    pub fn open_with_config(change: impl FnOnce(&mut CityConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let departments = RunningDepartments::start("127.0.0.1:0".parse().unwrap()).unwrap();
        let mut config = CityConfig::in_folder(folder.path());
        config.database = database::empty(folder.path());
        config.departments = DepartmentsSource::Url(departments.url().to_owned());
        // A test asks again and again without a pause; `limits.rs` has limits of its own.
        let endless = Rate::new(1_000_000, 1_000_000);
        config.limits = Limits {
            kiosk: endless,
            staff: endless,
            home: endless,
            open: endless,
            ..Limits::default()
        };
        change(&mut config);
        let city = City::start(config.clone()).unwrap();
        config.listen = city.address();
        Self {
            folder,
            departments,
            config,
            city: Some(city),
        }
    }

    /// What the database answers, beside the city; every value as text.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        database::rows(&self.config.database, sql)
    }

    /// The first column of what the database answers.
    pub fn column(&self, sql: &str) -> Vec<String> {
        let rows = self.rows(sql).into_iter();
        rows.map(|mut row| row.swap_remove(0)).collect()
    }

    /// Every row of a database that is not in the room's folder, as text.
    pub fn everything(&self) -> Vec<String> {
        database::everything(&self.config.database)
    }

    /// Changes the database, beside the city.
    pub fn execute(&self, sql: &str) {
        database::execute(&self.config.database, sql);
    }

    pub fn city(&self) -> &RunningCity {
        self.city.as_ref().unwrap()
    }

    /// A second node of the city.
    pub fn second_node(&self) -> RunningCity {
        let mut config = self.config.clone();
        config.listen = "127.0.0.1:0".parse().unwrap();
        City::start(config).unwrap()
    }

    pub fn stop(&mut self) {
        self.city.take().unwrap().shutdown();
    }

    pub fn start_again(&mut self) {
        self.city = Some(City::start(self.config.clone()).unwrap());
    }

    /// The messages to residents, in the order they were written.
    pub fn outbox(&self) -> Vec<Message> {
        let mut files = files(&self.folder.path().join("outbox"));
        files.retain(|path| path.extension().is_some_and(|end| end == "json"));
        files.sort();
        let message = |path: PathBuf| {
            let message: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            let text = |at: &str| message.pointer(at).unwrap().as_str().unwrap().to_owned();
            (text("/about"), text("/to"), text("/text/zh"))
        };
        files.into_iter().map(message).collect()
    }

    pub fn http(&self) -> Client {
        let ca = self.city().ca_pem().unwrap();
        Client::builder()
            .add_root_certificate(reqwest::Certificate::from_pem(ca.as_bytes()).unwrap())
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()
            .unwrap()
    }

    pub fn kiosk(&self) -> TestKiosk {
        self.kiosk_at("S001")
    }

    pub fn kiosk_at(&self, station: &str) -> TestKiosk {
        let seed: [u8; 32] = rand::random();
        let key = SoftwareKey::from_seed(&seed);
        let http = self.http();
        let asked = EnrolmentRequest {
            code: self.city().enrol_code(station).unwrap(),
            public_key: key.public().to_string(),
            sam_id: SAM.into(),
        };
        let url = self.city().url().to_owned();
        let answer = http
            .post(format!("{url}{}", paths::ENROLMENTS))
            .json(&asked)
            .send()
            .unwrap();
        let answer: EnrolmentAnswer = read(answer);
        TestKiosk {
            id: answer.kiosk.parse().unwrap(),
            station: answer.station,
            city_keys: CityKeys::try_from(&answer.city_keys).unwrap(),
            seed,
            key,
            http,
            url,
            chain: Mutex::new(ChainHead::START),
            clock: self.city().clock().clone(),
        }
    }

    pub fn officer(&self, body: &str, role: OfficerRole, person: &str) -> TestOfficer {
        TestOfficer {
            token: self.city().officer_token(body, role, Some(person)).unwrap(),
            http: self.http(),
            url: self.city().url().to_owned(),
        }
    }

    /// Makes an account with these roles, its training valid for long.
    pub fn account(&self, name: &str, body: &str, roles: &[StaffRole]) {
        let account = NewAccount {
            name: name.to_owned(),
            body: body.to_owned(),
            roles: roles.to_vec(),
            trained_until: Some(jiff::civil::date(2099, 12, 31)),
            password: Some(PASSWORD.into()),
        };
        self.city().add_account(account).unwrap();
    }

    /// Tries to log in.
    pub fn log_in(&self, name: &str, password: &str, role: Option<StaffRole>) -> Response {
        let asked = SessionRequest {
            name: name.to_owned(),
            password: password.into(),
            role,
        };
        self.http()
            .post(format!("{}{}", self.city().url(), paths::SESSIONS))
            .json(&asked)
            .send()
            .unwrap()
    }

    /// Whoever logs in with the password of [`Room::account`].
    pub fn session(&self, name: &str, role: StaffRole) -> TestOfficer {
        let session: SessionAnswer = read(self.log_in(name, PASSWORD, Some(role)));
        TestOfficer {
            token: session.token.reveal().to_owned(),
            http: self.http(),
            url: self.city().url().to_owned(),
        }
    }

    /// An account with one role, logged in.
    pub fn staff(&self, name: &str, body: &str, role: StaffRole) -> TestOfficer {
        self.account(name, body, &[role]);
        self.session(name, role)
    }

    pub fn get(&self, path: &str) -> Response {
        self.http()
            .get(format!("{}{path}", self.city().url()))
            .send()
            .unwrap()
    }

    /// Departments that are away.
    pub fn away(&self, names: &[&str]) {
        let mut control = Control::default();
        control
            .away
            .extend(names.iter().map(|name| (*name).to_owned()));
        self.departments.set_control(control);
    }
}

pub struct TestOfficer {
    pub token: String,
    http: Client,
    url: String,
}

impl TestOfficer {
    /// The same officer as they speak to another node of the city.
    pub fn at(&self, node: &RunningCity) -> Self {
        Self {
            token: self.token.clone(),
            http: self.http.clone(),
            url: node.url().to_owned(),
        }
    }

    pub fn get(&self, path: &str) -> Response {
        self.http
            .get(format!("{}{path}", self.url))
            .bearer_auth(&self.token)
            .send()
            .unwrap()
    }

    /// Decides, or gives the opinion of, the officer's task of a case; every review point is met or not as the
    /// outcome is.
    pub fn decide(&self, number: &str, granted: bool, opinion: &str) -> Response {
        let tasks: TasksAnswer = read(self.get(paths::TASKS));
        let mut tasks = tasks.tasks.into_iter();
        let task = tasks.find(|task| task.case_number == number);
        let points = task.map(|task| task.review_points).unwrap_or_default();
        let points = points.into_iter().map(|point| (point.key, granted));
        let asked = DecideRequest {
            task: None,
            granted,
            opinion: opinion.into(),
            points: points.collect(),
        };
        self.post(&case_action(number, CaseAction::Decide), &asked)
    }

    /// Posts to an address that takes no body.
    pub fn press(&self, path: &str) -> Response {
        self.http
            .post(format!("{}{path}", self.url))
            .bearer_auth(&self.token)
            .send()
            .unwrap()
    }

    pub fn delete(&self, path: &str) -> Response {
        self.http
            .delete(format!("{}{path}", self.url))
            .bearer_auth(&self.token)
            .send()
            .unwrap()
    }

    pub fn post(&self, path: &str, body: &impl Serialize) -> Response {
        self.http
            .post(format!("{}{path}", self.url))
            .bearer_auth(&self.token)
            .json(body)
            .send()
            .unwrap()
    }
}

pub struct TestKiosk {
    pub id: KioskId,
    pub station: String,
    pub city_keys: CityKeys,
    pub seed: [u8; 32],
    pub key: SoftwareKey,
    pub http: Client,
    pub url: String,
    pub chain: Mutex<ChainHead>,
    pub clock: city_backend::clock::Clock,
}

impl TestKiosk {
    /// The same kiosk as it speaks to another node of its city.
    pub fn at(&self, node: &RunningCity) -> Self {
        Self {
            id: self.id,
            station: self.station.clone(),
            city_keys: self.city_keys.clone(),
            seed: self.seed,
            key: SoftwareKey::from_seed(&self.seed),
            http: self.http.clone(),
            url: node.url().to_owned(),
            chain: Mutex::new(ChainHead::START),
            clock: self.clock.clone(),
        }
    }

    /// The same kiosk as it speaks to the city at another address.
    pub fn at_url(mut self, url: String) -> Self {
        self.url = url;
        self
    }

    pub fn now(&self) -> CityTime {
        CityTime::new(self.clock.now())
    }

    pub fn signed(&self, method: &str, path: &str, body: &[u8]) -> String {
        let request = Request {
            method,
            path,
            body: Sha256::of(body),
        };
        authorization(self.id, &self.key, self.now(), &request).unwrap()
    }

    pub fn get(&self, path: &str) -> Response {
        let header = self.signed("GET", path, b"");
        self.http
            .get(format!("{}{path}", self.url))
            .header("authorization", header)
            .send()
            .unwrap()
    }

    pub fn get_with_grant(&self, path: &str, grant: &Private) -> Response {
        let header = self.signed("GET", path, b"");
        self.http
            .get(format!("{}{path}", self.url))
            .header("authorization", header)
            .header(paths::GRANT_HEADER, grant.reveal())
            .send()
            .unwrap()
    }

    pub fn head(&self, path: &str) -> Response {
        let header = self.signed("HEAD", path, b"");
        self.http
            .head(format!("{}{path}", self.url))
            .header("authorization", header)
            .send()
            .unwrap()
    }

    pub fn post(&self, path: &str, body: &impl Serialize) -> Response {
        self.post_bytes(path, serde_json::to_vec(body).unwrap())
    }

    pub fn post_bytes(&self, path: &str, body: Vec<u8>) -> Response {
        let header = self.signed("POST", path, &body);
        self.http
            .post(format!("{}{path}", self.url))
            .header("authorization", header)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .unwrap()
    }

    pub fn put(&self, path: &str, body: Vec<u8>, range: Option<String>) -> Response {
        let header = self.signed("PUT", path, &body);
        let mut request = self
            .http
            .put(format!("{}{path}", self.url))
            .header("authorization", header)
            .body(body);
        if let Some(range) = range {
            request = request.header("content-range", range);
        }
        request.send().unwrap()
    }

    pub fn send_parts(&self, packet: &Sealed) {
        assert!(self.try_parts(packet));
    }

    /// Whether the city took every part.
    pub fn try_parts(&self, packet: &Sealed) -> bool {
        packet.parts.iter().all(|part| {
            let path = paths::part(&part.sha256.to_string());
            self.put(&path, part.ciphertext.clone(), None).status() == 201
        })
    }

    pub fn post_packet(&self, packet: &Sealed) -> Response {
        self.post(
            paths::PACKETS,
            &PacketBody::new(&packet.header, packet.signature.as_bytes()),
        )
    }

    /// Files a packet that is in order; its case number.
    pub fn filed(&self, packet: &Sealed) -> String {
        self.send(packet).case_number.unwrap().to_string()
    }

    /// Sends parts and header and checks the city's acknowledgement.
    pub fn send(&self, packet: &Sealed) -> Acknowledgement {
        self.send_parts(packet);
        self.acknowledged(packet, self.post_packet(packet))
    }

    pub fn acknowledged(&self, packet: &Sealed, answer: Response) -> Acknowledgement {
        let body: AcknowledgementBody = read(answer);
        let (bytes, signature) = body.bytes().unwrap();
        let signed = SignedAcknowledgement {
            bytes,
            signature: Signature::from_slice(&signature).unwrap(),
        };
        let read = signed.verify(&self.city_keys.signing).unwrap();
        read.confirms(packet.fields.id, packet.header_sha256())
            .unwrap();
        read
    }

    pub fn outcome(&self, packet: &Sealed) -> Outcome {
        read(self.get(&paths::outcome(packet.fields.id)))
    }

    /// Asks for the outcome until it is as wanted; a kiosk polls the same way.
    pub fn outcome_when(&self, packet: &Sealed, wanted: impl Fn(&Outcome) -> bool) -> Outcome {
        let begin = Instant::now();
        loop {
            let outcome = self.outcome(packet);
            if wanted(&outcome) {
                return outcome;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "still {outcome:?}"
            );
            std::thread::yield_now();
        }
    }

    pub fn identify(
        &self,
        number: &str,
        name: &str,
        method: IdentityMethod,
        answer: Option<&str>,
    ) -> IdentityCheckAnswer {
        read(self.post(
            paths::IDENTITY_CHECKS,
            &IdentityCheckRequest {
                item: None,
                document_number: number.into(),
                name: name.into(),
                method,
                answer: answer.map(Private::from),
            },
        ))
    }

    pub fn grant(&self, number: &str, name: &str, method: IdentityMethod) -> Private {
        match self.identify(number, name, method, None) {
            IdentityCheckAnswer::Yes { grant, .. } => grant,
            other => panic!("{other:?}"),
        }
    }
}

/// Asks until it is as wanted: the city does some things by itself, every two seconds.
pub fn wait_for<T>(what: impl Fn() -> T, wanted: impl Fn(&T) -> bool) -> T {
    let begin = Instant::now();
    loop {
        let now = what();
        if wanted(&now) {
            return now;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "it does not come"
        );
        std::thread::yield_now();
    }
}

/// The JSON of a good answer.
pub fn read<T: DeserializeOwned>(answer: Response) -> T {
    let status = answer.status();
    let text = answer.text().unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The problem of a refusal; its media type and status are checked.
pub fn problem(answer: Response) -> Problem {
    let status = answer.status().as_u16();
    let media = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let text = answer.text().unwrap();
    assert_eq!(media, "application/problem+json", "{status}: {text}");
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!(problem.status, status);
    problem
}
