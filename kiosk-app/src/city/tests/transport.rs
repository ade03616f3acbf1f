//! TLS to the city: expired is accepted, foreign is not.

use std::net::SocketAddr;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::fake_city::{FakeCity, any_port};
use super::*;
use crate::city::CityError;

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A city behind TLS with a certificate for `name`, valid in `years`.
async fn serve(
    issuer: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    years: (i32, i32),
) -> (String, Handle<SocketAddr>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    let certificate = params.signed_by(&key, issuer).unwrap();
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let handle = Handle::new();
    let server = axum_server::bind_rustls(any_port(), RustlsConfig::from_config(Arc::new(config)))
        .handle(handle.clone());
    let service = FakeCity::default().router().into_make_service();
    tokio::spawn(server.serve(service));
    let address = handle.listening().await.unwrap();
    (format!("https://{address}"), handle)
}

async fn ask(url: &str, ca_pem: &str) -> Result<(), CityError> {
    let kiosk = Kiosk::new();
    let key = Arc::new(kiosk_key());
    let client = CityClient::new(url, Some(ca_pem), kiosk.enrolment.kiosk, key).unwrap();
    client.bundle(None).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_renewed_late_or_a_dead_clock_battery_strands_nothing() {
    let issuer = authority("city");
    for years in [(2020, 2040), (2020, 2021), (2090, 2091)] {
        let (url, _server) = serve(&issuer, "127.0.0.1", years).await;
        ask(&url, &issuer.pem()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_authority_or_another_name_is_never_asked_anything() {
    let (issuer, foreign) = (authority("city"), authority("city"));
    for years in [(2020, 2040), (2020, 2021)] {
        let (url, _server) = serve(&foreign, "127.0.0.1", years).await;
        let refused = ask(&url, &issuer.pem()).await;
        assert!(
            matches!(refused, Err(CityError::Unreachable { .. })),
            "{refused:?}"
        );
        let (url, _server) = serve(&issuer, "127.0.0.2", years).await;
        let refused = ask(&url, &issuer.pem()).await;
        assert!(
            matches!(refused, Err(CityError::Unreachable { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn an_address_without_tls_or_with_a_path_is_refused_before_use() {
    let kiosk = "ABC".parse().unwrap();
    for bad in [
        "http://city.example",
        "https://city.example/path",
        "ftp://city.example",
        "city",
    ] {
        let client = CityClient::new(bad, None, kiosk, Arc::new(kiosk_key()));
        assert!(matches!(client, Err(CityError::Setup(_))), "{bad}");
    }
    let no_pem = CityClient::new("https://c.example", Some("x"), kiosk, Arc::new(kiosk_key()));
    assert!(matches!(no_pem, Err(CityError::Setup(_))));
}
