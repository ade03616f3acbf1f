//! The questions a kiosk asks the city. Bodies are those of [`city_api::requests`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use city_api::bundle::{self, Bundle, SignedBundle};
use city_api::increment::Increment;
use city_api::keys::{DeviceKey, Signature, SoftwareKey};
use city_api::numbers::KioskId;
use city_api::requests::authorities::{AuthorityRequest, AuthorityView};
use city_api::requests::enrolment::{
    CertificateAnswer, CertificateRequest, EnrolmentAnswer, EnrolmentRequest,
};
use city_api::requests::feedback::{
    AskRequest, EnquiriesAnswer, EnquiryView, FactsAnswer, WithdrawRequest,
};
use city_api::requests::hall::{
    AppointmentView, AppointmentsAnswer, BookRequest, CheckInAnswer, CheckInRequest, HallAnswer,
    MoveRequest, RangeAnswer, RangeRequest, ReportAnswer, ReportRequest, SlotsAnswer,
    TicketRequest, TicketView, TodayAnswer,
};
use city_api::requests::help::{HelpRequest, HelpView};
use city_api::requests::identity::{
    IdentityCheckAnswer, IdentityCheckRequest, OptionsAnswer, PrefillAnswer, PrefillRequest,
};
use city_api::requests::officer::ActionAnswer;
use city_api::requests::outcome::Outcome;
use city_api::requests::persons::{CasesAnswer, GrantRequest, SummaryAnswer};
use city_api::requests::status::{HeartbeatAnswer, HeartbeatRequest};
use city_api::requests::{Private, ProblemCode, paths};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::CityError;
use super::http::{Call, Http, Identity, LONG, Signer};

/// Most bytes of a result document.
const MAX_RESULT_BYTES: usize = 20 * 1024 * 1024;

/// How long a look at a hall may take: the screen asks again soon.
const LOOK: Duration = Duration::from_secs(5);

/// A city that gives no client certificates is asked again so much later.
const ASK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// A private key in PEM.
fn pem(key: &SoftwareKey) -> Zeroizing<String> {
    let text = Zeroizing::new(BASE64.encode(&*key.pkcs8_der()));
    Zeroizing::new(format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        *text
    ))
}

/// The enrolled kiosk's client. Share it; it keeps connections.
pub struct CityClient {
    pub(super) http: Http,
    /// When to ask for another client certificate, by the city's clock; None before the first.
    renew: Mutex<Option<Timestamp>>,
}

/// What the city has instead of a version of the catalogue.
#[derive(Debug)]
pub enum Changed {
    /// Another, reached by this increment.
    By(Box<Increment>),
    /// It does not know the way from there: the whole bundle is fetched.
    NotKept,
}

/// Enrols a kiosk by the one-time code a technician typed. The only request that is not signed.
///
/// `base_url` is `https://HOST[:PORT]`; `ca_pem` the authority of the city's TLS, None when a public one signs it.
///
/// # Errors
/// [`CityError::Refused`] with `code_spent` for a code that was used, is over or never was.
pub async fn enrol(
    base_url: &str,
    ca_pem: Option<&str>,
    request: &EnrolmentRequest,
) -> Result<EnrolmentAnswer, CityError> {
    let http = Http::new(base_url, ca_pem, None)?;
    let call = Call::post("enrolling", paths::ENROLMENTS, request)?;
    http.call(&call).await?.json()
}

/// What anybody may see of a hall; it signs nothing.
pub struct HallClient {
    http: Http,
    station: String,
}

impl HallClient {
    /// A client for the hall of `station`. Connects to nothing yet; `base_url` and `ca_pem` as for [`CityClient::new`].
    ///
    /// # Errors
    /// [`CityError::Setup`] when address or authority cannot be used.
    pub fn new(base_url: &str, ca_pem: Option<&str>, station: &str) -> Result<Self, CityError> {
        Ok(Self {
            http: Http::new(base_url, ca_pem, None)?,
            station: encoded(station),
        })
    }

    /// Who was called last, and how many wait.
    ///
    /// # Errors
    /// [`CityError::Refused`] with `not_found` for a station that is none.
    pub async fn look(&self) -> Result<HallAnswer, CityError> {
        let mut call = Call::get("asking who was called", paths::hall(&self.station));
        call.within = LOOK;
        self.http.call(&call).await?.json()
    }
}

impl CityClient {
    /// A client that signs as `kiosk` with `key`. Connects to nothing yet.
    ///
    /// `base_url` is `https://HOST[:PORT]` (or `http` to this machine); `ca_pem` the authority of the city's TLS, None
    /// when a public one signs it.
    ///
    /// # Errors
    /// [`CityError::Setup`] when address or authority cannot be used.
    pub fn new(
        base_url: &str,
        ca_pem: Option<&str>,
        kiosk: KioskId,
        key: Arc<dyn DeviceKey>,
    ) -> Result<Self, CityError> {
        let http = Http::new(base_url, ca_pem, Some(Signer { kiosk, key }))?;
        Ok(Self {
            http,
            renew: Mutex::new(None),
        })
    }

    /// The catalogue bundle; None when the city has no other than version `known`.
    /// [`Store::save_bundle`](crate::store::Store::save_bundle) checks it.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn bundle(&self, known: Option<u64>) -> Result<Option<SignedBundle>, CityError> {
        let mut call = Call::get("fetching the catalogue", paths::CATALOGUE);
        (call.within, call.most) = (LONG, bundle::MAX_BYTES);
        if let Some(version) = known {
            call.headers.push(("if-none-match", Bundle::etag(version)));
        }
        let answer = self.http.call(&call).await?;
        if answer.status == 304 {
            return Ok(None);
        }
        let answer = answer.success()?;
        let signature: Option<Signature> = answer
            .header(bundle::SIGNATURE_HEADER)
            .and_then(|text| text.parse().ok());
        let signature = signature.ok_or_else(|| answer.unusable("no signature of the bundle"))?;
        Ok(Some(SignedBundle {
            bytes: answer.body.to_vec(),
            signature,
        }))
    }

    /// What changed in the catalogue since version `known`; None when the city has no other.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn increment(&self, known: u64) -> Result<Option<Changed>, CityError> {
        let path = paths::catalogue_increment(known);
        let mut call = Call::get("fetching what changed in the catalogue", path);
        (call.within, call.most) = (LONG, bundle::MAX_BYTES);
        let answer = self.http.call(&call).await?;
        match answer.status {
            304 => return Ok(None),
            404 => return Ok(Some(Changed::NotKept)),
            _ => {}
        }
        match answer.json() {
            Ok(increment) => Ok(Some(Changed::By(Box::new(increment)))),
            // A newer city may write increments that this program does not read.
            Err(CityError::Answer { status: 200, .. }) => Ok(Some(Changed::NotKept)),
            Err(error) => Err(error),
        }
    }

    /// The identity question.
    ///
    /// # Errors
    /// [`CityError`]; that the provider is away is an answer, not an error.
    pub async fn identity_check(
        &self,
        request: &IdentityCheckRequest,
    ) -> Result<IdentityCheckAnswer, CityError> {
        let operation = "checking an identity";
        let call = Call::post(operation, paths::IDENTITY_CHECKS, request)?;
        self.http.call(&call).await?.json()
    }

    /// Gives an agent the authority of the person of a grant; the same one again is the same.
    ///
    /// # Errors
    /// [`CityError::Refused`] where the item takes no agent or the authority is not sound.
    pub async fn give_authority(
        &self,
        request: &AuthorityRequest,
    ) -> Result<AuthorityView, CityError> {
        let call = Call::post("giving an authority", paths::AUTHORITIES, request)?;
        self.http.call(&call).await?.json()
    }

    /// What the city already knows for an item.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn prefill(&self, request: &PrefillRequest) -> Result<PrefillAnswer, CityError> {
        let call = Call::post("asking for shared data", paths::PREFILL, request)?;
        self.http.call(&call).await?.json()
    }

    /// Choices of a `dynamicOptions` source of the catalogue. `answers` are those the choices may depend on.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn options(
        &self,
        source: &str,
        answers: &[(&str, &str)],
    ) -> Result<OptionsAnswer, CityError> {
        let query: Vec<String> = answers
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let path = match query.is_empty() {
            true => paths::options(source),
            false => format!("{}?{}", paths::options(source), query.join("&")),
        };
        let call = Call::get("asking for choices", path);
        self.http.call(&call).await?.json()
    }

    /// How many matters wait: counts only.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn summary(&self, grant: &Private) -> Result<SummaryAnswer, CityError> {
        self.by_grant("counting matters", paths::PERSON_SUMMARY, grant)
            .await
    }

    /// The person's matters.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn cases(&self, grant: &Private) -> Result<CasesAnswer, CityError> {
        self.by_grant("asking for matters", paths::PERSON_CASES, grant)
            .await
    }

    /// Takes a case back; one that is withdrawn stays so.
    ///
    /// # Errors
    /// [`CityError::Refused`] with `wrong_state` once it is decided, or `not_found`.
    pub async fn withdraw(&self, number: &str, grant: &Private) -> Result<ActionAnswer, CityError> {
        let request = WithdrawRequest {
            grant: grant.clone(),
        };
        let path = paths::withdraw_case(number);
        let call = Call::post("taking a case back", path, &request)?;
        self.http.call(&call).await?.json()
    }

    /// Everything the person has asked in their cases.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn enquiries(&self, grant: &Private) -> Result<EnquiriesAnswer, CityError> {
        self.by_grant("asking for questions", paths::OWN_ENQUIRIES, grant)
            .await
    }

    /// What was known of the person when a case was filed.
    ///
    /// # Errors
    /// [`CityError::Refused`] with `not_found`.
    pub async fn facts(&self, number: &str, grant: &Private) -> Result<FactsAnswer, CityError> {
        let path = paths::case_facts(number);
        self.by_grant("asking for known facts", &path, grant).await
    }

    /// Asks something in a case or disputes a fact of it; the same id again is the same question.
    ///
    /// # Errors
    /// [`CityError::Refused`] with `not_found`, or what is wrong with the question.
    pub async fn enquire(
        &self,
        number: &str,
        request: &AskRequest,
    ) -> Result<EnquiryView, CityError> {
        let path = paths::case_enquiries(number);
        let call = Call::post("asking in a case", path, request)?;
        self.http.call(&call).await?.json()
    }

    async fn by_grant<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        grant: &Private,
    ) -> Result<T, CityError> {
        let request = GrantRequest {
            grant: grant.clone(),
        };
        let call = Call::post(operation, path, &request)?;
        self.http.call(&call).await?.json()
    }

    /// Checks somebody in at the kiosk's station; the same request again has the same ticket.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn check_in(&self, request: &CheckInRequest) -> Result<CheckInAnswer, CityError> {
        let call = Call::post("checking in", paths::CHECK_INS, request)?;
        self.http.call(&call).await?.json()
    }

    /// The person's bookings from today on.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn appointments(&self, grant: &Private) -> Result<AppointmentsAnswer, CityError> {
        self.by_grant("asking for bookings", paths::OWN_APPOINTMENTS, grant)
            .await
    }

    /// What can be booked for an item at a station.
    ///
    /// # Errors
    /// [`CityError::Refused`] with `not_found` or `bad_field` where nothing can.
    pub async fn slots(&self, item: &str, station: &str) -> Result<SlotsAnswer, CityError> {
        let (item, station) = (encoded(item), encoded(station));
        let path = format!("{}?item={item}&station={station}", paths::SLOTS);
        let call = Call::get("asking for slots", path);
        self.http.call(&call).await?.json()
    }

    /// Books a slot; the same id again is the same booking.
    ///
    /// # Errors
    /// [`CityError::Refused`] with `slot_full`, `one_a_day`, `barred`, or what is wrong with the slot.
    pub async fn book(&self, request: &BookRequest) -> Result<AppointmentView, CityError> {
        let call = Call::post("booking", paths::APPOINTMENTS, request)?;
        self.http.call(&call).await?.json()
    }

    /// Moves a booking to another slot of its item; the same request again changes nothing.
    ///
    /// # Errors
    /// As [`Self::book`], and `too_late`, `wrong_state` or `not_found` for the booking itself.
    pub async fn move_appointment(
        &self,
        id: Uuid,
        request: &MoveRequest,
    ) -> Result<AppointmentView, CityError> {
        let call = Call::post("moving a booking", paths::move_appointment(id), request)?;
        self.http.call(&call).await?.json()
    }

    /// Cancels a booking; one that is cancelled stays so.
    ///
    /// # Errors
    /// [`CityError::Refused`] with `too_late`, `wrong_state` or `not_found`.
    pub async fn cancel_appointment(
        &self,
        id: Uuid,
        grant: &Private,
    ) -> Result<AppointmentView, CityError> {
        self.by_grant(
            "cancelling a booking",
            &paths::cancel_appointment(id),
            grant,
        )
        .await
    }

    /// A ticket of the next number at the kiosk's station; the same id again has the same number.
    ///
    /// # Errors
    /// [`CityError::Refused`] with `not_found` at a station without counters.
    pub async fn ticket(&self, request: &TicketRequest) -> Result<TicketView, CityError> {
        let call = Call::post("asking for a ticket", paths::TICKETS, request)?;
        self.http.call(&call).await?.json()
    }

    /// Who is expected at the kiosk's station today; kept in memory only.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn expected(&self) -> Result<TodayAnswer, CityError> {
        let call = Call::get("asking who is expected", paths::TODAY);
        self.http.call(&call).await?.json()
    }

    /// Numbers of the queue that this kiosk may give without the city; the same request again has the same range.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn reserve(&self, request: &RangeRequest) -> Result<RangeAnswer, CityError> {
        let call = Call::post("reserving numbers", paths::TICKET_RANGES, request)?;
        self.http.call(&call).await?.json()
    }

    /// Tells of tickets that this kiosk gave without the city; the same report again is harmless.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn report(&self, request: &ReportRequest) -> Result<ReportAnswer, CityError> {
        let call = Call::post("reporting numbers", paths::TICKET_REPORTS, request)?;
        self.http.call(&call).await?.json()
    }

    /// Raises a call for a person's help; the same id again is the same call.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn call_help(&self, request: &HelpRequest) -> Result<HelpView, CityError> {
        let call = Call::post("calling for help", paths::HELP_CALLS, request)?;
        self.http.call(&call).await?.json()
    }

    /// Where a call for help of this kiosk stands.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn help_call(&self, id: Uuid) -> Result<HelpView, CityError> {
        let call = Call::get("asking about a call for help", paths::help_call(id));
        self.http.call(&call).await?.json()
    }

    /// Closes a call for help of this kiosk.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn withdraw_help(&self, id: Uuid) -> Result<HelpView, CityError> {
        let call = Call::delete("closing a call for help", paths::help_call(id));
        self.http.call(&call).await?.json()
    }

    /// What became of a packet this kiosk filed.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn outcome(&self, packet: Uuid) -> Result<Outcome, CityError> {
        let call = Call::get("asking for an outcome", paths::outcome(packet));
        self.http.call(&call).await?.json()
    }

    /// A result document (PDF). `grant` opens it; None for a result of a packet this kiosk filed within the hour.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn result(
        &self,
        id: Uuid,
        grant: Option<&Private>,
    ) -> Result<Zeroizing<Vec<u8>>, CityError> {
        let mut call = Call::get("fetching a result", paths::result(id));
        (call.within, call.most) = (LONG, MAX_RESULT_BYTES);
        if let Some(grant) = grant {
            let value = grant.reveal().to_owned();
            call.headers.push((paths::GRANT_HEADER, value));
        }
        Ok(self.http.call(&call).await?.success()?.body)
    }

    /// Tells the city that a result was printed: it is in the applicant's hands. `grant` as for [`Self::result`].
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn result_printed(&self, id: Uuid, grant: Option<&Private>) -> Result<(), CityError> {
        let mut call = Call::tell("telling of a printed result", paths::printed(id));
        if let Some(grant) = grant {
            let value = grant.reveal().to_owned();
            call.headers.push((paths::GRANT_HEADER, value));
        }
        self.http.call(&call).await?.success()?;
        Ok(())
    }

    /// Tells the city how the kiosk is.
    ///
    /// # Errors
    /// [`CityError`].
    pub async fn heartbeat(&self, state: &HeartbeatRequest) -> Result<HeartbeatAnswer, CityError> {
        let call = Call::post("sending a heartbeat", paths::HEARTBEATS, state)?;
        let answer: Result<HeartbeatAnswer, CityError> = self.http.call(&call).await?.json();
        let (time, refused) = match answer {
            Ok(answer) if !self.renews(answer.time) => return Ok(answer),
            Ok(ref answer) => (Some(answer.time), false),
            Err(CityError::Refused { ref problem, .. })
                if problem.code == ProblemCode::Certificate =>
            {
                (None, true)
            }
            Err(error) => return Err(error),
        };
        match self.certify(time).await {
            Ok(()) if refused => self.http.call(&call).await?.json(),
            Ok(()) => answer,
            Err(error) => {
                // The one before may hold for half a life yet; the next heartbeat asks again.
                tracing::warn!("no client certificate: {error}");
                answer
            }
        }
    }

    /// When another client certificate will be asked for.
    #[cfg(test)]
    pub(crate) fn renew_after(&self) -> Option<Timestamp> {
        *self.renew.lock().unwrap()
    }

    /// Whether a client certificate is to be asked for at this time of the city.
    fn renews(&self, time: Timestamp) -> bool {
        let renew = *self.renew.lock().unwrap_or_else(PoisonError::into_inner);
        renew.is_none_or(|at| time >= at)
    }

    /// Gets a client certificate for a new key and shows it from now on. Both live in memory alone: a kiosk that starts
    /// asks for others by its signature.
    async fn certify(&self, time: Option<Timestamp>) -> Result<(), CityError> {
        let key = SoftwareKey::from_seed(&Zeroizing::new(rand::random::<[u8; 32]>()));
        let request = CertificateRequest {
            tls_key: key.public().to_string(),
        };
        let call = Call::post(
            "asking for a client certificate",
            paths::CERTIFICATES,
            &request,
        )?;
        let answer = self.http.call(&call).await?;
        let renew = if answer.status == 404 {
            // A city of before there were any, or one that gives none.
            time.and_then(|time| time.checked_add(ASK_AGAIN).ok())
        } else {
            let given: CertificateAnswer = answer.json()?;
            self.http.show(&Identity {
                certificate_pem: given.certificate_pem,
                key_pem: pem(&key),
            })?;
            Some(given.renew_after)
        };
        *self.renew.lock().unwrap_or_else(PoisonError::into_inner) = renew;
        Ok(())
    }
}

/// Percent-encoding of a query's name or value: everything but letters, digits and `-._~`.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
