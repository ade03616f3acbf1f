//! Plain HTML pages: one frame, everything in it escaped.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

const STYLE: &str = "body{font:16px/1.6 'Noto Sans SC','Noto Sans CJK SC',sans-serif;margin:0;background:#f4f6f8;color:#16202a}\
main{max-width:44rem;margin:2rem auto;padding:1.5rem 2rem;background:#fff;border:1px solid #d5dbe1}\
h1{font-size:1.4rem;margin:0 0 1rem}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}table{border-collapse:collapse;width:100%}\
td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #e3e7eb;vertical-align:top}\
label{display:block;margin:.8rem 0 .2rem}input{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;border:1px solid #7b8794}\
button{font:inherit;margin-top:1rem;padding:.6rem 1.6rem;border:0;background:#0b5cad;color:#fff}\
.yes{border-left:6px solid #1a7f37;padding-left:1rem}.no{border-left:6px solid #b42318;padding-left:1rem}\
.note{color:#51606f;font-size:.9rem}";

/// A page with a title and a body that is HTML already.
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>",
        title = escape(title)
    );
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
        ),
    );
    response
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A table of rows.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let row = |cells: &Vec<String>| {
        let cells: String = cells
            .iter()
            .map(|cell| format!("<td>{}</td>", escape(cell)))
            .collect();
        format!("<tr>{cells}</tr>")
    };
    format!(
        "<table>{}</table>",
        rows.iter().map(row).collect::<String>()
    )
}
