//! What stands before every route: addresses that can be read, who asks how often, and how long it may take.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use city_api::requests::ProblemCode;

use super::Shared;
use super::body::{Patience, drain};
use super::error::{Answer, Failure};
use super::rate::{Asker, Wait, network};
use crate::app::App;

/// Header in which a proxy says for whom it asks; what it adds stands last.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whence a request comes, and whether its asker became known: a handler finds out.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// Address it is counted by.
    pub(crate) address: IpAddr,
    known: Arc<AtomicBool>,
}

impl Origin {
    /// Of a request; of nobody in particular where no guard stands.
    pub(crate) fn of(extensions: &axum::http::Extensions) -> Self {
        extensions.get().cloned().unwrap_or_else(|| Self {
            address: Ipv4Addr::UNSPECIFIED.into(),
            known: Arc::default(),
        })
    }

    /// The asker is known, and counted by what it is known by.
    pub(crate) fn is_known(&self) {
        self.known.store(true, Ordering::Relaxed);
    }
}

/// Lets a request through to its route.
pub(crate) async fn guard(State(app): Shared, mut request: Request, next: Next) -> Response {
    let origin = Origin {
        address: address(&app, &request),
        known: Arc::default(),
    };
    let asker = Asker::Open(origin.address);
    let claims = request.headers().contains_key(header::AUTHORIZATION);
    let patience = Patience(app.limits.body);
    request.extensions_mut().insert(patience);
    let mut let_in = readable(request.uri());
    if let_in.is_ok() && !claims {
        let_in = app
            .rates
            .take(asker.clone(), app.now())
            .map_err(Failure::from);
    }
    if let Err(refused) = let_in {
        drain(request).await;
        return refused.into_response();
    }
    request.extensions_mut().insert(origin.clone());
    let Ok(response) = tokio::time::timeout(app.limits.request, next.run(request)).await else {
        let seconds = app.limits.request.as_secs();
        return Failure::new(ProblemCode::Away)
            .detail(format!("it was not done in {seconds} seconds"))
            .into_response();
    };
    // A signature or token that is none says of nobody who asks.
    let unknown = claims && !origin.known.load(Ordering::Relaxed);
    if unknown && let Err(wait) = app.rates.take(asker, app.now()) {
        return Failure::from(wait).into_response();
    }
    response
}

/// Whence the request comes, as far as it is counted.
fn address(app: &App, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
    let told = (app.proxy == Some(peer.to_canonical()))
        .then(|| forwarded(request.headers()))
        .flatten();
    network(told.unwrap_or(peer))
}

fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// Most characters of a part of an address.
pub(super) const MOST_CHARACTERS: usize = 256;

/// Every address and question is text without control characters: no database and no log takes others.
fn readable(uri: &Uri) -> Answer<()> {
    let refused = |why| Err(Failure::new(ProblemCode::Unreadable).detail(why));
    let (path, query) = (uri.path(), uri.query().unwrap_or_default());
    if text(query).is_none() {
        return refused("the query is not UTF-8, or holds a control character");
    }
    for part in path.split('/') {
        match text(part) {
            None => return refused("the address is not UTF-8, or holds a control character"),
            Some(part) if part.chars().count() > MOST_CHARACTERS => {
                return refused("a part of the address is too long");
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// What a part of an address says; None when it is no text.
fn text(part: &str) -> Option<String> {
    let text = String::from_utf8(decoded(part.as_bytes())).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}

/// The bytes that an address stands for.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits = (*first == b'%')
            .then(|| after.split_at_checked(2))
            .flatten();
        let byte = digits.and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok()?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (byte, after) = byte.unwrap_or((*first, after));
        bytes.push(byte);
        rest = after;
    }
    bytes
}

impl From<Wait> for Failure {
    fn from(wait: Wait) -> Self {
        Self::new(ProblemCode::TooMany)
            .detail(format!("too many requests: wait {} seconds", wait.seconds))
            .after(wait.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::{forwarded, readable};
    use axum::http::HeaderMap;

    #[test]
    fn an_address_that_is_not_text_is_refused_before_any_route() {
        let sound = |uri: &str| readable(&uri.parse().unwrap()).is_ok();
        assert!(sound("/v1/items/a%20b%E5%BC%A0?x=1%2C2&y=%E5%BC%A0"));
        assert!(sound("/v1/items/100%"));
        assert!(!sound(&format!("/v1/items/{}", "a".repeat(300))));
        for bad in [
            "/v1/items/%00",
            "/v1/items/a%ff",
            "/verify?number=%00",
            "/verify?number=%C3%28",
            "/a%0Ab",
        ] {
            assert!(!sound(bad), "{bad}");
        }
    }

    #[test]
    fn only_what_the_proxy_itself_added_is_believed() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded(&headers), None);
        headers.append("x-forwarded-for", "10.9.9.9, 192.0.2.7".parse().unwrap());
        assert_eq!(forwarded(&headers), "192.0.2.7".parse().ok());
        headers.append("x-forwarded-for", "no address".parse().unwrap());
        assert_eq!(forwarded(&headers), None);
    }
}
