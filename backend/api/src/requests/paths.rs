//! Paths of the contract, so that no side spells one by hand.

/// Enrolment of a kiosk by a one-time code (open).
pub const ENROLMENTS: &str = "/v1/enrolments";
/// Client certificates of kiosks, the first and every further one (kiosk, whatever certificate it shows).
pub const CERTIFICATES: &str = "/v1/certificates";
/// The signed catalogue bundle, with an ETag (open).
pub const CATALOGUE: &str = "/v1/catalogue";
/// Version of the catalogue and the files refused (open).
pub const CATALOGUE_STATUS: &str = "/v1/catalogue/status";
/// Headers of sealed packets (kiosk).
pub const PACKETS: &str = "/v1/packets";
/// The identity question (kiosk).
pub const IDENTITY_CHECKS: &str = "/v1/identity/checks";
/// What a principal lets an agent do (kiosk, grant of the principal).
pub const AUTHORITIES: &str = "/v1/authorities";
/// Shared data for a form (kiosk, grant).
pub const PREFILL: &str = "/v1/prefill";
/// Counts of a person's matters (kiosk, grant of the card alone).
pub const PERSON_SUMMARY: &str = "/v1/persons/summary";
/// The matters of a person (kiosk, grant).
pub const PERSON_CASES: &str = "/v1/persons/cases";
/// The bundles of a person, each with all its cases (kiosk, grant).
pub const PERSON_BUNDLES: &str = "/v1/persons/bundles";
/// Everything a person has asked, with the answers (kiosk, grant).
pub const OWN_ENQUIRIES: &str = "/v1/persons/enquiries";
/// Open questions of the officer's body (officer).
pub const ENQUIRIES: &str = "/v1/enquiries";
/// Who used the data of a person (kiosk, grant of card and face).
pub const DATA_USES: &str = "/v1/persons/data-uses";
/// Contracts of data sharing (open).
pub const CONTRACTS: &str = "/v1/contracts";
/// Versions of contracts that are not in force yet (officer).
pub const CONTRACT_DRAFTS: &str = "/v1/contracts/drafts";
/// The log of data calls (audit).
pub const DATA_CALLS: &str = "/v1/data-calls";
/// Counts of data calls (supervisor).
pub const DATA_CALL_COUNTS: &str = "/v1/statistics/data-calls";
/// State of a kiosk, without personal data (kiosk).
pub const HEARTBEATS: &str = "/v1/heartbeats";
/// Open tasks of the officer's body (officer).
pub const TASKS: &str = "/v1/tasks";
/// Claims the most urgent task that nobody holds (officer).
pub const NEXT_TASK: &str = "/v1/tasks/next";
/// Tasks that went back too often, or to nobody (supervisor).
pub const DEAD_LETTERS: &str = "/v1/dead-letters";
/// Logging in and out (account, session).
pub const SESSIONS: &str = "/v1/sessions";
/// Accounts of staff (system, security, audit, supervisor).
pub const ACCOUNTS: &str = "/v1/accounts";
/// What happened (audit).
pub const EVENTS: &str = "/v1/events";
/// Cards of late cases and tasks (supervisor; others those of their body).
pub const CARDS: &str = "/v1/cards";
/// Counts by item, body, station or channel (supervisor).
pub const STATISTICS: &str = "/v1/statistics";
/// Who did what is not theirs, or not what is (supervisor).
pub const DUTIES: &str = "/v1/reports/duties";
/// Cases with equal inputs and different outcomes (supervisor).
pub const CONSISTENCY: &str = "/v1/reports/consistency";
/// Commitments to be looked at after acceptance (officer).
pub const AFTER_CHECKS: &str = "/v1/after-checks";
/// Results to be handed over (officer).
pub const DELIVERIES: &str = "/v1/deliveries";
/// Commitments that were found false and still bar their person (officer).
pub const BROKEN_COMMITMENTS: &str = "/v1/after-checks/broken";
/// A one-time code by which staff vouch for a person at a kiosk (officer of a window).
pub const STAFF_CODES: &str = "/v1/staff-codes";
/// Slots that can be booked; `item` and `station` as a query (open).
pub const SLOTS: &str = "/v1/slots";
/// Bookings (kiosk, grant).
pub const APPOINTMENTS: &str = "/v1/appointments";
/// The bookings of a person (kiosk, grant).
pub const OWN_APPOINTMENTS: &str = "/v1/appointments/mine";
/// Who is expected at the kiosk's station today (kiosk).
pub const TODAY: &str = "/v1/appointments/today";
/// Check-in of somebody with an appointment (kiosk).
pub const CHECK_INS: &str = "/v1/check-ins";
/// Calls for a person's help: raised (kiosk), open ones of the station (officer of a window).
pub const HELP_CALLS: &str = "/v1/help-calls";
/// A ticket of the queue (kiosk).
pub const TICKETS: &str = "/v1/tickets";
/// Numbers a kiosk may give by itself (kiosk).
pub const TICKET_RANGES: &str = "/v1/tickets/ranges";
/// Tickets that a kiosk gave by itself (kiosk).
pub const TICKET_REPORTS: &str = "/v1/tickets/reports";
/// Confirms or denies a printed result (open, HTML).
pub const VERIFY: &str = "/verify";
/// Status page (open, HTML, no personal data).
pub const CONSOLE: &str = "/console";
/// The contract itself.
pub const OPENAPI: &str = "/openapi.json";
/// The process answers.
pub const HEALTHZ: &str = "/healthz";
/// The process can serve: database, keys and catalogue are there.
pub const READYZ: &str = "/readyz";

/// A call for help (the kiosk that raised it), and what is done with it: `coming`, `closed` (officer of a window).
#[must_use]
pub fn help_call(id: uuid::Uuid) -> String {
    format!("{HELP_CALLS}/{id}")
}

/// One sealed part, by the SHA-256 of its ciphertext in lower-case hex (kiosk).
#[must_use]
pub fn part(sha256: &str) -> String {
    format!("/v1/parts/{sha256}")
}

/// What became of a packet (the kiosk that filed it).
#[must_use]
pub fn outcome(packet: uuid::Uuid) -> String {
    format!("/v1/packets/{packet}/outcome")
}

/// What became of everything in a packet: of a bundle, each of its cases (the kiosk that filed it).
#[must_use]
pub fn outcomes(packet: uuid::Uuid) -> String {
    format!("/v1/packets/{packet}/outcomes")
}

/// The progress of a bundle, by its number or receipt number (officer).
#[must_use]
pub fn matter(number: &str) -> String {
    format!("/v1/matters/{number}")
}

/// What changed in the catalogue since a version (open).
#[must_use]
pub fn catalogue_increment(from: u64) -> String {
    format!("/v1/catalogue/increments/{from}")
}

/// A result document as PDF (the filing kiosk within the hour, else a grant in [`GRANT_HEADER`]).
#[must_use]
pub fn result(id: uuid::Uuid) -> String {
    format!("/v1/results/{id}")
}

/// A kiosk printed a result document (the filing kiosk within the hour, else a grant in [`GRANT_HEADER`]).
#[must_use]
pub fn printed(id: uuid::Uuid) -> String {
    format!("/v1/results/{id}/printed")
}

/// What is done with the delivery of a case, by case number: `arrive`, `locker`, `hand-out`, `post`, `signed`,
/// `undelivered`, `return` (officer), `pick-up` (kiosk).
#[must_use]
pub fn delivery(number: &str, act: &str) -> String {
    format!("{DELIVERIES}/{number}/{act}")
}

/// Current choices of a `dynamicOptions` source of the catalogue, for example
/// `/api/venues/slots` → `/v1/options/venues/slots`. Answers of the form so far may follow as a query.
#[must_use]
pub fn options(source: &str) -> String {
    let name = source.strip_prefix("/api/").unwrap_or(source);
    format!("/v1/options/{}", name.trim_start_matches('/'))
}

/// Moves a booking to another slot (kiosk, grant).
#[must_use]
pub fn move_appointment(id: uuid::Uuid) -> String {
    format!("/v1/appointments/{id}/move")
}

/// Cancels a booking (kiosk, grant).
#[must_use]
pub fn cancel_appointment(id: uuid::Uuid) -> String {
    format!("/v1/appointments/{id}/cancel")
}

/// A counter of a station (officer of a window).
#[must_use]
pub fn counter(station: &str, counter: u16) -> String {
    format!("/v1/stations/{station}/counters/{counter}")
}

/// Takes a parked or cancelled ticket back into the queue (officer of a window).
#[must_use]
pub fn readmit(station: &str, ticket: city_catalogue::hall::TicketNumber) -> String {
    format!("/v1/stations/{station}/tickets/{ticket}/readmit")
}

/// What the screen of a hall shows (open).
#[must_use]
pub fn hall(station: &str) -> String {
    format!("/v1/stations/{station}/hall")
}

/// How far the estimates of waiting were right (officer).
#[must_use]
pub fn waits(station: &str) -> String {
    format!("/v1/stations/{station}/waits")
}

/// An officer's action on a case, by case number or filing number.
#[must_use]
pub fn case_action(number: &str, action: CaseAction) -> String {
    let action = match action {
        CaseAction::Accept => "accept",
        CaseAction::Supplement => "supplement",
        CaseAction::Decide => "decide",
        CaseAction::Special => "special",
        CaseAction::SpecialAnswer => "special/answer",
        CaseAction::SpecialEnd => "special/end",
        CaseAction::Extension => "extension",
        CaseAction::ExtensionAnswer => "extension/answer",
        CaseAction::Terminate => "terminate",
    };
    format!("/v1/cases/{number}/{action}")
}

/// Takes a case of the grant's person back, by case number or filing number (kiosk, grant).
#[must_use]
pub fn withdraw_case(number: &str) -> String {
    format!("/v1/cases/{number}/withdraw")
}

/// Questions and objections in a case of the grant's person (kiosk, grant).
#[must_use]
pub fn case_enquiries(number: &str) -> String {
    format!("/v1/cases/{number}/enquiries")
}

/// What was known of the grant's person when a case was filed (kiosk, grant).
#[must_use]
pub fn case_facts(number: &str) -> String {
    format!("/v1/cases/{number}/facts")
}

/// Answers a question (officer).
#[must_use]
pub fn answer_enquiry(id: uuid::Uuid) -> String {
    format!("/v1/enquiries/{id}/answer")
}

/// An officer's action on a task, by its number.
#[must_use]
pub fn task_action(number: &str, action: &str) -> String {
    format!("/v1/tasks/{number}/{action}")
}

/// What an officer can do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseAction {
    /// 受理.
    Accept,
    /// 补正告知.
    Supplement,
    /// 准予 or 不予, or the opinion of one step.
    Decide,
    /// 特别程序 is asked for.
    Special,
    /// It is granted or refused.
    SpecialAnswer,
    /// It has its result.
    SpecialEnd,
    /// 延期 is asked for.
    Extension,
    /// It is granted or refused.
    ExtensionAnswer,
    /// Ended without a decision.
    Terminate,
}

/// Every kiosk that is or was enrolled (role `system` or `security`).
pub const KIOSKS: &str = "/v1/kiosks";

/// Ends the enrolment of a kiosk (role `security`).
#[must_use]
pub fn revoke_kiosk(id: &str) -> String {
    format!("{KIOSKS}/{id}/revoke")
}

/// What waits for an approver.
pub const APPROVALS: &str = "/v1/approvals";

/// Header that carries a grant where there is no body.
pub const GRANT_HEADER: &str = "city-grant";
