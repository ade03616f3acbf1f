//! Questions other than packets: the bundle, choices, bounds of answers.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use city_api::bundle::{Bundle, SIGNATURE_HEADER};
use city_api::requests::Words;
use city_api::requests::identity::{OptionChoice, OptionsAnswer};

use super::fake_city::{FakeCity, any_port};
use super::*;
use crate::city::CityError;

fn bundle() -> Bundle {
    Bundle {
        version: 5,
        issued: "2026-03-02T09:15:00+08:00".parse().unwrap(),
        city_keys: CityKeys {
            sealing_current: SealingIdentity::generate().public(),
            sealing_next: None,
            signing: city_key().public(),
        },
        documents: std::collections::BTreeMap::new(),
    }
}

pub(super) async fn catalogue(headers: HeaderMap) -> Response {
    if headers
        .get("if-none-match")
        .is_some_and(|tag| tag == "\"5\"")
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let signed = bundle().sign(&city_key()).unwrap();
    let signature = [(SIGNATURE_HEADER, signed.signature.to_string())];
    (signature, signed.bytes).into_response()
}

/// Echoes the query; `/v1/options/long` never ends.
pub(super) async fn options(Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    match name.as_str() {
        "long" => return vec![b' '; 3_000_000].into_response(),
        "html" => return "<html>".into_response(),
        "gone" => return StatusCode::BAD_GATEWAY.into_response(),
        _ => {}
    }
    let answer = OptionsAnswer {
        options: vec![OptionChoice {
            value: query.unwrap_or_default(),
            label: Words::new(name, ""),
        }],
    };
    serde_json::to_vec(&answer).unwrap().into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_comes_once_and_is_checked_by_the_store() {
    let kiosk = Kiosk::new();
    let server = FakeCity::default().serve(any_port()).await;
    let client = kiosk.client(&server.url());
    let signed = client.bundle(Some(4)).await.unwrap().unwrap();
    let stored = kiosk.store.save_bundle(&signed).unwrap();
    assert_eq!(stored.version, 5);
    assert_eq!(client.bundle(Some(5)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_are_asked_with_the_answers_they_depend_on() {
    let server = FakeCity::default().serve(any_port()).await;
    let client = Kiosk::new().client(&server.url());
    let asked = [("venue", "云汀体育馆&x"), ("date", "2026-03-02")];
    let answer = client.options("/api/venues/slots", &asked).await.unwrap();
    let choice = &answer.options[0];
    assert_eq!(choice.label.zh, "venues/slots");
    assert_eq!(
        choice.value,
        "venue=%E4%BA%91%E6%B1%80%E4%BD%93%E8%82%B2%E9%A6%86%26x&date=2026-03-02"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_end_or_sense_are_named_and_not_believed() {
    let server = FakeCity::default().serve(any_port()).await;
    let client = Kiosk::new().client(&server.url());
    let long = client.options("/api/long", &[]).await.unwrap_err();
    assert!(
        matches!(
            long,
            CityError::Answer {
                reason: "longer than agreed",
                ..
            }
        ),
        "{long}"
    );
    let html = client.options("/api/html", &[]).await.unwrap_err();
    assert!(!html.is_away() && html.key() == "bad_answer", "{html}");
    let gone = client.options("/api/gone", &[]).await.unwrap_err();
    assert!(gone.is_away(), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_tells_neither_address_nor_answers() {
    let address = FakeCity::default().serve(any_port()).await.address;
    let client = Kiosk::new().client(&format!("http://{address}"));
    let error = client
        .options("/api/venues/slots", &[("name", "secret")])
        .await
        .unwrap_err();
    let told = format!("{error:?} {error}");
    assert!(error.is_away());
    assert!(
        !told.contains("secret") && !told.contains("venues"),
        "{told}"
    );
}
