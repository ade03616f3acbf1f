//! `/verify`: is this paper real? Confirms what stands on it, or denies; it never tells more than the paper shows.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;

use city_api::numbers::VerificationCode;
use city_api::requests::Words;
use city_api::requests::paths;

use super::error::Answer;
use super::page::{escape, page, table};
use super::{Area, Shared, area};
use crate::clock::civil;
use crate::store::ResultRow;

area!(verify: paths::VERIFY => get(verify));

const TITLE: &str = "办理结果核验 · Verify a result";

/// What the form sends; the QR code on a paper holds the number alone.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    number: String,
    #[serde(default)]
    code: String,
}

/// The form, and the answer when number and code are given.
#[utoipa::path(get, path = "/verify", tag = "open",
    params(("number" = Option<String>, Query), ("code" = Option<String>, Query)),
    responses((status = 200, content_type = "text/html"), (status = 404, content_type = "text/html"),
              (status = 429, content_type = "text/html")))]
pub(crate) async fn verify(
    State(app): Shared,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Answer<Response> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let number = asked.number.trim();
    if number.is_empty() || asked.code.trim().is_empty() {
        return Ok(page(StatusCode::OK, TITLE, &form(number)));
    }
    let now = app.now();
    if number.len() > 64 || asked.code.len() > 64 {
        return Ok(denied(""));
    }
    if !app.verify_guesses.allowed(number, now) {
        let wait = "<p class=\"no\">该编号尝试次数过多，请一小时后再试。<br>Too many tries for this number; wait an hour.</p>";
        return Ok(page(StatusCode::TOO_MANY_REQUESTS, TITLE, wait));
    }
    let code = asked
        .code
        .parse::<VerificationCode>()
        .map(|code| code.to_string());
    let found = app.store.result_by_number(number.to_owned()).await?;
    match (found, code) {
        (Some(result), Ok(code)) if result.code == code => Ok(match result.revoked {
            None => confirmed(&result),
            Some(at) => revoked(&result, civil(at).date()),
        }),
        _ => {
            app.verify_guesses.wrong(number, now);
            Ok(denied(number))
        }
    }
}

fn form(number: &str) -> String {
    format!(
        "<form method=\"get\"><label for=\"number\">编号 · Number</label>\
         <input id=\"number\" name=\"number\" maxlength=\"64\" value=\"{}\" autocomplete=\"off\">\
         <label for=\"code\">验证码 · Verification code</label>\
         <input id=\"code\" name=\"code\" maxlength=\"64\" autocomplete=\"off\">\
         <button>核验 · Verify</button></form>\
         <p class=\"note\">编号和验证码印在办理结果上。 Both are printed on the paper.</p>",
        escape(number)
    )
}

fn confirmed(result: &ResultRow) -> Response {
    let issuer: Words = serde_json::from_str(&result.issuer).unwrap_or_default();
    let rows = vec![
        vec!["名称 · Document".to_owned(), result.name.clone()],
        vec!["编号 · Number".to_owned(), result.number.clone()],
        vec![
            "出具机构 · Issued by".to_owned(),
            format!("{} · {}", issuer.zh, issuer.en),
        ],
        vec!["出具日期 · Issued on".to_owned(), result.issued.to_string()],
    ];
    let body = format!(
        "<div class=\"yes\"><p><strong>核验一致：本件由本市出具。<br>Confirmed: this city issued it.</strong></p>{}</div>\
         <p class=\"note\">请与纸面内容逐项比对。 Compare it with the paper line by line.</p>",
        table(&rows)
    );
    page(StatusCode::OK, TITLE, &body)
}

/// The paper is this city's, and does not hold any more.
fn revoked(result: &ResultRow, day: Date) -> Response {
    let body = format!(
        "<p class=\"no\"><strong>本件由本市出具，已于{day}撤销。<br>\
         This city issued it and revoked it on {day}.</strong></p>{}",
        table(&[vec!["编号 · Number".to_owned(), result.number.clone()]])
    );
    page(StatusCode::OK, TITLE, &body)
}

/// The same answer for an unknown number and a wrong code: nobody learns which numbers exist.
fn denied(number: &str) -> Response {
    let body = format!(
        "<p class=\"no\"><strong>未能核验：没有与该编号和验证码相符的结果。<br>\
         Not confirmed: no result has this number and code.</strong></p>{}",
        form(number)
    );
    page(StatusCode::NOT_FOUND, TITLE, &body)
}
