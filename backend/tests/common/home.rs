//! People at home: who they are by a code to their phone, and what they hand in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city_api::application::{Application, How, MaterialRef, Supplement};
use city_api::packet::Role;
use city_api::requests::home::{CHANNEL_HEADER, HOME, HomeIdentityRequest};
use city_api::requests::identity::{IdentityCheckAnswer, IdentityLevel};
use city_api::requests::{Private, paths};
use city_backend::RunningCity;
use city_catalogue::form::Answers;
use reqwest::blocking::Response;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::filing::{FORM, PAGE, Someone, application, handed};
use super::{Room, read};

pub const CHECKS: &str = "/v1/home-identity-checks";
pub const FILINGS: &str = "/v1/home-filings";
pub const SUPPLEMENTS: &str = "/v1/home-supplements";
pub const RATINGS: &str = "/v1/home-ratings";

/// A city that opens what it has to people at home, as far as `level` goes.
pub fn open_to(level: &str) -> Room {
    Room::open_with(|config| {
        std::fs::create_dir_all(&config.catalogue).unwrap();
        let policy = json!({"people": {"home": level}});
        std::fs::write(config.catalogue.join("policy.json"), policy.to_string()).unwrap();
    })
}

/// The same, whatever the item asks.
pub fn open() -> Room {
    open_to("idcard+face")
}

impl Room {
    pub fn post_from_home(&self, path: &str, body: &impl Serialize) -> Response {
        self.http()
            .post(format!("{}{path}", self.city().url()))
            .header(CHANNEL_HEADER, HOME)
            .json(body)
            .send()
            .unwrap()
    }

    pub fn prove(&self, who: Someone, answer: Option<&str>) -> Response {
        let asked = HomeIdentityRequest {
            document_number: who.number.into(),
            name: who.name.into(),
            answer: answer.map(Private::from),
        };
        self.post_from_home(CHECKS, &asked)
    }

    /// The grant of somebody who has their phone at hand, and its level.
    pub fn proven(&self, who: Someone) -> (Private, IdentityLevel) {
        let sent: IdentityCheckAnswer = read(self.prove(who, None));
        assert!(matches!(sent, IdentityCheckAnswer::CodeSent { .. }));
        let code = self.departments.last_code(who.mobile).unwrap();
        match read(self.prove(who, Some(&code))) {
            IdentityCheckAnswer::Yes { grant, level, .. } => (grant, level),
            other => panic!("{other:?}"),
        }
    }

    pub fn at_home(&self, who: Someone) -> Private {
        let (grant, level) = self.proven(who);
        assert_eq!(level, IdentityLevel::IdCardFace);
        grant
    }

    /// Hands something in from home.
    pub fn hand_in(&self, path: &str, grant: &Private, body: &impl Serialize) -> Response {
        self.hand_in_to(self.city(), path, grant, body)
    }

    /// Hands something in from home, to this node of the city.
    pub fn hand_in_to(
        &self,
        node: &RunningCity,
        path: &str,
        grant: &Private,
        body: &impl Serialize,
    ) -> Response {
        self.http()
            .post(format!("{}{path}", node.url()))
            .header(paths::GRANT_HEADER, grant.reveal())
            .json(body)
            .send()
            .unwrap()
    }
}

/// An application as a person makes it at home: what a reader or a register would say is a page, or left to the city.
pub fn from_home(
    code: &str,
    who: Someone,
    answers: Answers,
    brought: Vec<MaterialRef>,
) -> Application {
    let mut filed = application(code, who, answers, brought);
    for material in &mut filed.materials {
        material.how = match &material.how {
            How::FromCard {} => on_page(1),
            How::AlreadyHeld { dataset } => How::AskedLater {
                dataset: dataset.clone(),
            },
            other => other.clone(),
        };
    }
    filed
}

fn on_page(number: u16) -> How {
    How::Scanned {
        pages: vec![Role::Page(number)],
    }
}

/// A filing under a new id, with so many pages.
pub fn filing(filed: &Application, pages: usize) -> Value {
    json!({
        "id": Uuid::now_v7(),
        "application": handed(filed),
        "form": STANDARD.encode(FORM),
        "pages": vec![STANDARD.encode(PAGE); pages],
    })
}

/// A supplement under a new id, with one page.
pub fn supplement(brought: &Supplement) -> Value {
    json!({
        "id": Uuid::now_v7(),
        "supplement": handed(brought),
        "pages": [STANDARD.encode(PAGE)],
    })
}
