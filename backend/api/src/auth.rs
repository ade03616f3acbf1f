//! How a kiosk signs its requests: `Authorization: Kiosk kiosk="…", time="…", signature="…"`.
//!
//! Signed are method, path with query, time and the SHA-256 of the body, so that a request can be neither altered nor
//! kept for later. Packets need no such trust, they carry their own; this guards everything else.

use jiff::{SignedDuration, Timestamp};

use crate::digest::Sha256;
use crate::keys::{DeviceKey, Domain, KeyError, Signature, SigningPublic};
use crate::numbers::KioskId;
use crate::time::CityTime;

/// How far the clocks of kiosk and city may be apart.
pub const MAX_SKEW: SignedDuration = SignedDuration::from_mins(5);
/// Most bytes of the header value.
pub const MAX_BYTES: usize = 512;

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `GET`, `PUT` …, upper case.
    pub method: &'a str,
    /// Path with query exactly as in the request line, for example `/v1/parts/ab…`.
    pub path: &'a str,
    /// SHA-256 of the body as sent; of no bytes when there is none.
    pub body: Sha256,
}

impl Request<'_> {
    fn document(&self, time: CityTime) -> Vec<u8> {
        let Self { method, path, body } = self;
        format!("{method}\n{path}\n{time}\n{body}").into_bytes()
    }
}

/// Value of the `Authorization` header for a request of `kiosk` at `time`.
///
/// # Errors
/// [`KeyError`] when the device key does not sign.
pub fn authorization(
    kiosk: KioskId,
    key: &dyn DeviceKey,
    time: CityTime,
    request: &Request<'_>,
) -> Result<String, KeyError> {
    let signature = key.sign(Domain::Request, &request.document(time))?;
    Ok(format!(
        "Kiosk kiosk=\"{kiosk}\", time=\"{time}\", signature=\"{signature}\""
    ))
}

/// What an `Authorization` header claims, not yet checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Who says it is.
    pub kiosk: KioskId,
    /// When it says it signed.
    pub time: CityTime,
    /// Its signature.
    pub signature: Signature,
}

/// A request is not by a kiosk of the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unauthorised {
    /// The header is not of the form above.
    #[error("reading the authorization of a kiosk: it has not the agreed form")]
    Unreadable,
    /// The clocks are more than five minutes apart.
    #[error("checking the authorization of a kiosk: signed more than five minutes away")]
    Skew,
    /// The signature is not the kiosk's over this request.
    #[error("checking the authorization of a kiosk: the signature does not fit")]
    Forged,
}

impl Claim {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`Unauthorised::Unreadable`].
    pub fn parse(header: &str) -> Result<Self, Unauthorised> {
        Self::read(header).ok_or(Unauthorised::Unreadable)
    }

    fn read(header: &str) -> Option<Self> {
        if header.len() > MAX_BYTES {
            return None;
        }
        let (mut kiosk, mut time, mut signature) = (None, None, None);
        for parameter in header.strip_prefix("Kiosk ")?.split(',') {
            let (name, value) = parameter.trim().split_once('=')?;
            let value = value.strip_prefix('"')?.strip_suffix('"')?;
            let place = match name {
                "kiosk" => &mut kiosk,
                "time" => &mut time,
                "signature" => &mut signature,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        Some(Self {
            kiosk: kiosk?.parse().ok()?,
            time: time?.parse().ok()?,
            signature: signature?.parse().ok()?,
        })
    }

    /// Checks the claim against the key enrolled for [`Claim::kiosk`] and the city's clock.
    ///
    /// # Errors
    /// [`Unauthorised::Forged`] before [`Unauthorised::Skew`]: only a true kiosk is told that its clock is wrong.
    pub fn verify(
        &self,
        key: &SigningPublic,
        now: Timestamp,
        request: &Request<'_>,
    ) -> Result<(), Unauthorised> {
        key.verify(
            Domain::Request,
            &request.document(self.time),
            &self.signature,
        )
        .map_err(|_| Unauthorised::Forged)?;
        if now.duration_since(self.time.timestamp()).abs() > MAX_SKEW {
            return Err(Unauthorised::Skew);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::SoftwareKey;

    fn request() -> Request<'static> {
        Request {
            method: "PUT",
            path: "/v1/parts/ab?x=1",
            body: Sha256::of(b"body"),
        }
    }

    fn time() -> CityTime {
        "2026-03-02T09:15:00+08:00".parse().unwrap()
    }

    fn signed() -> (SigningPublic, Claim) {
        let key = SoftwareKey::from_seed(&[5; 32]);
        let header = authorization("ABC".parse().unwrap(), &key, time(), &request()).unwrap();
        (key.public(), Claim::parse(&header).unwrap())
    }

    #[test]
    fn any_change_of_the_request_is_found() {
        let (key, claim) = signed();
        let now = time().timestamp();
        assert_eq!(claim.verify(&key, now, &request()), Ok(()));
        let altered = [
            Request {
                method: "POST",
                ..request()
            },
            Request {
                path: "/v1/parts/ab?x=2",
                ..request()
            },
            Request {
                body: Sha256::of(b"other"),
                ..request()
            },
        ];
        for request in altered {
            assert_eq!(claim.verify(&key, now, &request), Err(Unauthorised::Forged));
        }
    }

    #[test]
    fn a_request_kept_for_six_minutes_is_refused() {
        let (key, claim) = signed();
        for (minutes, expected) in [
            (5, Ok(())),
            (-5, Ok(())),
            (6, Err(Unauthorised::Skew)),
            (-6, Err(Unauthorised::Skew)),
        ] {
            let now = time().timestamp() + SignedDuration::from_mins(minutes);
            assert_eq!(claim.verify(&key, now, &request()), expected, "{minutes}");
        }
    }

    #[test]
    fn a_parameter_given_twice_or_unknown_is_unreadable() {
        let key = SoftwareKey::from_seed(&[5; 32]);
        let good = authorization("ABC".parse().unwrap(), &key, time(), &request()).unwrap();
        for bad in [
            format!("{good}, kiosk=\"ABD\""),
            format!("{good}, role=\"officer\""),
            good.replace("Kiosk ", "Bearer "),
            good.replace("kiosk=\"ABC\", ", ""),
            String::new(),
        ] {
            assert_eq!(Claim::parse(&bad), Err(Unauthorised::Unreadable), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(header in "(Kiosk )?.{0,200}") {
            let _ = Claim::parse(&header);
        }
    }
}
