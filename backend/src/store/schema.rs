//! The schema, version by version. A released version is never edited; a change is a further entry.
//!
//! It is written once, in the words of SQLite; [`postgres`] says how PostgreSQL spells them.

/// One step from an older schema to a newer one.
#[derive(Debug)]
pub(in crate::store) struct Version {
    /// What it makes and alters.
    pub schema: &'static str,
    /// What becomes of rows that only an SQLite database of that time can hold: PostgreSQL came with version 2.
    pub sqlite_rows: &'static str,
}

/// Every version, from the first; the database counts those applied.
pub(in crate::store) const VERSIONS: &[Version] = &[
    VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6, VERSION_7,
];

const VERSION_1: Version = Version {
    schema: "
CREATE TABLE enrol_code (
    code BLOB PRIMARY KEY,
    station TEXT NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER
) STRICT;
CREATE TABLE kiosk (
    id TEXT PRIMARY KEY,
    public_key BLOB NOT NULL,
    sam_id TEXT NOT NULL,
    station TEXT NOT NULL,
    enrolled INTEGER NOT NULL,
    heartbeat_at INTEGER,
    heartbeat TEXT
) STRICT;
CREATE TABLE item (
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;
CREATE TABLE bundle (
    version INTEGER PRIMARY KEY,
    content BLOB NOT NULL,
    issued INTEGER NOT NULL
) STRICT;
CREATE TABLE packet (
    id TEXT PRIMARY KEY,
    header_hash BLOB NOT NULL,
    header BLOB NOT NULL,
    signature BLOB NOT NULL,
    kiosk TEXT NOT NULL REFERENCES kiosk (id),
    sequence INTEGER NOT NULL,
    case_id TEXT,
    received INTEGER NOT NULL,
    acknowledgement BLOB NOT NULL,
    acknowledgement_signature BLOB NOT NULL
) STRICT;
CREATE INDEX packet_chain ON packet (kiosk, sequence);
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
CREATE TABLE case_file (
    id TEXT PRIMARY KEY,
    filing_number TEXT NOT NULL UNIQUE,
    case_number TEXT UNIQUE,
    receipt TEXT NOT NULL,
    person BLOB,
    level TEXT NOT NULL,
    item TEXT,
    state TEXT NOT NULL,
    received INTEGER NOT NULL,
    act_at INTEGER,
    data_key BLOB NOT NULL,
    record BLOB NOT NULL
) STRICT;
CREATE INDEX case_receipt ON case_file (receipt);
CREATE INDEX case_person ON case_file (person, received);
CREATE INDEX case_act ON case_file (act_at) WHERE act_at IS NOT NULL;
CREATE TABLE task (
    case_id TEXT NOT NULL REFERENCES case_file (id),
    number TEXT NOT NULL,
    step INTEGER NOT NULL,
    body TEXT NOT NULL,
    role TEXT,
    state TEXT NOT NULL,
    opened INTEGER,
    due TEXT,
    PRIMARY KEY (case_id, number)
) STRICT;
CREATE INDEX task_open ON task (body, role, due) WHERE state = 'open';
CREATE TABLE result (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE REFERENCES case_file (id),
    number TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    issued TEXT NOT NULL,
    kiosk_print INTEGER NOT NULL,
    blob TEXT NOT NULL
) STRICT;
CREATE TABLE officer (
    token BLOB PRIMARY KEY,
    person TEXT NOT NULL,
    body TEXT NOT NULL,
    role TEXT NOT NULL
) STRICT;
CREATE TABLE visit_grant (
    token BLOB PRIMARY KEY,
    kiosk TEXT NOT NULL,
    person BLOB NOT NULL,
    level TEXT NOT NULL,
    number BLOB NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_grant_expires ON visit_grant (expires);
CREATE TABLE one_time_code (
    place BLOB PRIMARY KEY,
    code BLOB NOT NULL,
    tries INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    kiosk TEXT,
    detail TEXT NOT NULL
) STRICT;
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    case_id TEXT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX event_case ON event (case_id);
",
    sqlite_rows: "",
};

/// Item versions know when they went out of force. Drafts were kept too; those no case began with go, so that the
/// version can come into force under its number. Ratings, one for each contact. Events say item, body, station and
/// device. A case that is due is claimed by one worker at a time.
const VERSION_2: Version = Version {
    schema: "
ALTER TABLE item ADD COLUMN ended INTEGER;
CREATE TABLE rating (
    contact TEXT PRIMARY KEY,
    packet TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    level INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
ALTER TABLE event ADD COLUMN item TEXT;
ALTER TABLE event ADD COLUMN item_version INTEGER;
ALTER TABLE event ADD COLUMN body TEXT;
ALTER TABLE event ADD COLUMN station TEXT;
ALTER TABLE event ADD COLUMN device TEXT;
ALTER TABLE case_file ADD COLUMN claimed INTEGER;
",
    sqlite_rows: "
DELETE FROM item WHERE json_extract(record, '$.status') <> 'in_force'
    AND NOT EXISTS (SELECT 1 FROM case_file WHERE case_file.item = item.code);
",
};

/// The halls, the queues of the departments, staff, supervision, the code library, what residents say back.
const VERSION_3: Version = Version {
    schema: "
-- Appointments, tickets and queues of the halls.
CREATE TABLE appointment (
    id TEXT PRIMARY KEY,
    person BLOB NOT NULL,
    number BLOB,
    code BLOB NOT NULL UNIQUE,
    station TEXT NOT NULL,
    item TEXT NOT NULL,
    item_version INTEGER NOT NULL,
    day TEXT NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    ticket INTEGER NOT NULL,
    state TEXT NOT NULL,
    made INTEGER NOT NULL
) STRICT;
CREATE INDEX appointment_slot ON appointment (station, item, begins);
CREATE INDEX appointment_person ON appointment (person, day);
CREATE INDEX appointment_day ON appointment (day, station);
CREATE TABLE ticket (
    id TEXT PRIMARY KEY,
    station TEXT NOT NULL,
    day TEXT NOT NULL,
    letter TEXT NOT NULL,
    number INTEGER NOT NULL,
    item TEXT,
    item_version INTEGER,
    kiosk TEXT,
    arrived INTEGER NOT NULL,
    queued INTEGER NOT NULL,
    state TEXT NOT NULL,
    counter INTEGER,
    wanted INTEGER,
    calls INTEGER NOT NULL,
    back INTEGER,
    missed INTEGER NOT NULL,
    ahead INTEGER,
    likely INTEGER,
    optimistic INTEGER,
    called INTEGER,
    ended INTEGER,
    UNIQUE (station, day, letter, number)
) STRICT;
CREATE INDEX ticket_live ON ticket (station, day) WHERE state IN ('waiting', 'called', 'parked');
CREATE INDEX ticket_called ON ticket (station, called) WHERE called IS NOT NULL;
CREATE TABLE ticket_range (
    station TEXT NOT NULL,
    day TEXT NOT NULL,
    letter TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    kiosk TEXT NOT NULL,
    PRIMARY KEY (station, day, letter, first)
) STRICT;
CREATE TABLE hall (
    station TEXT NOT NULL,
    day TEXT NOT NULL,
    called INTEGER NOT NULL,
    favoured INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    PRIMARY KEY (station, day)
) STRICT;
-- Queues of the departments: who works on a task, and facts of cases that reports read.
ALTER TABLE task ADD COLUMN kind TEXT NOT NULL DEFAULT 'step';
ALTER TABLE task ADD COLUMN holder TEXT;
ALTER TABLE task ADD COLUMN lease_until INTEGER;
ALTER TABLE task ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;
UPDATE task SET kind = 'irregular' WHERE step = 0;
CREATE INDEX task_due ON task (due) WHERE state = 'open';
CREATE INDEX task_dead_letter ON task (opened) WHERE state = 'dead_letter';
ALTER TABLE case_file ADD COLUMN body TEXT;
ALTER TABLE case_file ADD COLUMN station TEXT;
ALTER TABLE case_file ADD COLUMN kiosk TEXT;
ALTER TABLE case_file ADD COLUMN channel TEXT;
ALTER TABLE case_file ADD COLUMN item_version INTEGER;
ALTER TABLE case_file ADD COLUMN accepted_at INTEGER;
ALTER TABLE case_file ADD COLUMN accepted_by TEXT;
ALTER TABLE case_file ADD COLUMN closed_at INTEGER;
ALTER TABLE case_file ADD COLUMN done_on TEXT;
ALTER TABLE case_file ADD COLUMN result_code INTEGER;
ALTER TABLE case_file ADD COLUMN granted INTEGER;
ALTER TABLE case_file ADD COLUMN corrections INTEGER;
ALTER TABLE case_file ADD COLUMN promised TEXT;
ALTER TABLE case_file ADD COLUMN statutory TEXT;
ALTER TABLE case_file ADD COLUMN provisional INTEGER;
CREATE INDEX case_received ON case_file (received);
CREATE INDEX case_running ON case_file (id) WHERE done_on IS NULL AND accepted_at IS NOT NULL;
CREATE INDEX case_without_facts ON case_file (id) WHERE station IS NULL;
-- Staff: accounts, sessions, wrong tries to log in.
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    password TEXT NOT NULL,
    roles TEXT NOT NULL,
    trained_until TEXT,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    closed INTEGER
) STRICT;
CREATE TABLE staff_session (
    token BLOB PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name),
    role TEXT NOT NULL,
    begun INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT;
CREATE INDEX staff_session_account ON staff_session (account);
CREATE INDEX staff_session_begun ON staff_session (begun);
CREATE TABLE login_try (
    name BLOB PRIMARY KEY,
    wrong INTEGER NOT NULL,
    last INTEGER NOT NULL,
    locked_until INTEGER
) STRICT;
CREATE INDEX login_try_last ON login_try (last);
-- Supervision: cards, and actions that were refused.
CREATE TABLE card (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    task TEXT NOT NULL,
    level TEXT NOT NULL,
    due TEXT NOT NULL,
    item TEXT,
    body TEXT NOT NULL,
    person TEXT,
    raised INTEGER NOT NULL,
    reason TEXT NOT NULL,
    answer_by TEXT NOT NULL,
    answered INTEGER,
    answered_by TEXT,
    answer BLOB,
    late INTEGER,
    UNIQUE (case_id, task, level, due)
) STRICT;
CREATE INDEX card_body ON card (body, raised);
CREATE INDEX card_unanswered ON card (answer_by) WHERE answered IS NULL AND late IS NULL;
CREATE INDEX card_raised ON card (raised);
CREATE INDEX event_refused ON event (at) WHERE kind = 'action refused';
-- Code library: versions written here, what was done with every version, bundles as they were published.
CREATE TABLE library_version (
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    life TEXT NOT NULL,
    published INTEGER NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;
CREATE TABLE library_act (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    act TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX library_act_code ON library_act (code, id);
CREATE INDEX library_act_mark ON library_act (id) WHERE act IN ('enforced', 'cancelled');
ALTER TABLE bundle ADD COLUMN document BLOB;
-- Ratings, their work orders, second ratings.
ALTER TABLE rating ADD COLUMN body TEXT;
ALTER TABLE rating ADD COLUMN item TEXT;
ALTER TABLE rating ADD COLUMN channel INTEGER NOT NULL DEFAULT 5;
ALTER TABLE rating ADD COLUMN kiosk TEXT;
ALTER TABLE rating ADD COLUMN suspicious INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rating_kiosk ON rating (kiosk, at);
CREATE INDEX rating_case ON rating (case_id);
CREATE INDEX rating_at ON rating (at);
CREATE TABLE rating_again (
    contact TEXT PRIMARY KEY,
    packet TEXT NOT NULL,
    level INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE work_order (
    number TEXT PRIMARY KEY,
    contact TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    body TEXT NOT NULL,
    item TEXT,
    level INTEGER NOT NULL,
    state TEXT NOT NULL,
    opened INTEGER NOT NULL,
    call_by TEXT NOT NULL,
    rectify_by TEXT NOT NULL,
    person BLOB,
    reasons TEXT NOT NULL,
    words BLOB,
    reply BLOB,
    late INTEGER NOT NULL
) STRICT;
CREATE INDEX work_order_open ON work_order (rectify_by) WHERE state IN ('open', 'called');
CREATE INDEX work_order_person ON work_order (person, opened);
-- Questions and objections inside a case.
CREATE TABLE enquiry (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    person BLOB,
    first TEXT NOT NULL,
    station TEXT NOT NULL,
    body TEXT NOT NULL,
    receiver TEXT,
    asked INTEGER NOT NULL,
    due TEXT NOT NULL,
    answered INTEGER,
    answered_by TEXT,
    content BLOB NOT NULL,
    late INTEGER NOT NULL
) STRICT;
CREATE INDEX enquiry_open ON enquiry (body, due) WHERE answered IS NULL;
CREATE INDEX enquiry_person ON enquiry (person, asked);
-- Messages to residents that are due.
CREATE TABLE notice (
    id INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    sent INTEGER
) STRICT;
CREATE INDEX notice_due ON notice (at) WHERE sent IS NULL;
",
    sqlite_rows: "",
};

/// People, windows, drafts, the chain over the events, checks afterwards, data sharing, bundles, procedures.
const VERSION_4: Version = Version {
    schema: "
-- People: authorities of agents.
CREATE TABLE authority (
    id TEXT PRIMARY KEY,
    principal BLOB NOT NULL,
    agent BLOB NOT NULL,
    given INTEGER NOT NULL,
    made INTEGER NOT NULL,
    revoked INTEGER,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX authority_principal ON authority (principal, made);
CREATE INDEX authority_agent ON authority (agent, made);
-- Filing at windows.
ALTER TABLE case_file ADD COLUMN received_by TEXT;
ALTER TABLE kiosk ADD COLUMN kind TEXT NOT NULL DEFAULT 'kiosk';
CREATE INDEX kiosk_desk ON kiosk (station) WHERE kind = 'desk';
ALTER TABLE account ADD COLUMN scope TEXT;
-- Drafts of residents, sealed under the identity of their person.
CREATE TABLE saved_draft (
    id TEXT PRIMARY KEY,
    person BLOB NOT NULL,
    item TEXT NOT NULL,
    item_version INTEGER NOT NULL,
    level TEXT NOT NULL,
    station TEXT NOT NULL,
    made INTEGER NOT NULL,
    lapses INTEGER NOT NULL,
    filed TEXT,
    pages TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX saved_draft_person ON saved_draft (person, made);
CREATE INDEX saved_draft_lapses ON saved_draft (lapses);
-- The chain over the events, written after them in the order in which they were found.
CREATE TABLE event_chain (
    sequence INTEGER PRIMARY KEY,
    event INTEGER NOT NULL UNIQUE,
    hash BLOB NOT NULL
) STRICT;
-- Numbers of events that the chain passed over: who took them was not done then, or gave up.
CREATE TABLE event_gap (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
-- Commitments that stand in for materials, looked at after acceptance.
CREATE TABLE after_check (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    material INTEGER NOT NULL,
    body TEXT NOT NULL,
    opened INTEGER NOT NULL,
    due TEXT NOT NULL,
    state TEXT NOT NULL,
    closed INTEGER,
    found_by TEXT,
    words BLOB,
    late INTEGER NOT NULL,
    UNIQUE (case_id, material)
) STRICT;
CREATE INDEX after_check_open ON after_check (body, due) WHERE closed IS NULL;
CREATE INDEX after_check_due ON after_check (due) WHERE closed IS NULL;
-- What a case was decided on and by whom, for the report on equal cases.
ALTER TABLE case_file ADD COLUMN decided_by TEXT;
ALTER TABLE case_file ADD COLUMN inputs BLOB;
-- Data sharing: every call of a body's data.
CREATE TABLE data_call (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    contract TEXT,
    purpose TEXT,
    purpose_en TEXT,
    item TEXT,
    dataset TEXT NOT NULL,
    provider TEXT,
    caller TEXT NOT NULL,
    actor TEXT NOT NULL,
    station TEXT,
    device TEXT,
    case_id TEXT,
    person BLOB,
    fields TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX data_call_at ON data_call (at);
CREATE INDEX data_call_person ON data_call (person, id);
-- Bundles (一件事): the cases that were filed as one.
ALTER TABLE case_file ADD COLUMN bundle TEXT;
CREATE INDEX case_bundle ON case_file (bundle) WHERE bundle IS NOT NULL;
-- Special procedures and extensions: the body whose approver has to answer.
ALTER TABLE case_file ADD COLUMN awaits TEXT;
CREATE INDEX case_awaits ON case_file (awaits, received) WHERE awaits IS NOT NULL;
-- Sweep of the object store: packets by the time they came.
CREATE INDEX packet_received ON packet (received, id);
-- Kiosks whose signature and certificate are worth nothing any more.
ALTER TABLE kiosk ADD COLUMN revoked INTEGER;
",
    sqlite_rows: "",
};

const VERSION_5: Version = Version {
    schema: "
-- Deliveries of results: one for each case that was closed with a result.
CREATE TABLE delivery (
    case_id TEXT PRIMARY KEY REFERENCES case_file (id),
    way TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    station TEXT,
    compartment INTEGER,
    stored INTEGER,
    wrong INTEGER NOT NULL,
    tracking BLOB,
    began INTEGER NOT NULL,
    due TEXT NOT NULL,
    since INTEGER,
    ended INTEGER,
    late INTEGER NOT NULL,
    reminded INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_station ON delivery (station, due) WHERE state NOT IN ('ready', 'delivered');
CREATE INDEX delivery_body ON delivery (body, due) WHERE state NOT IN ('ready', 'delivered');
CREATE INDEX delivery_due ON delivery (due) WHERE late = 0 AND state IN ('to_hand_out', 'posted');
CREATE INDEX delivery_since ON delivery (since) WHERE since IS NOT NULL;
CREATE INDEX delivery_locker ON delivery (station, compartment) WHERE compartment IS NOT NULL;
-- Handing in: what is brought at windows, and the name that was proven with a grant.
ALTER TABLE case_file ADD COLUMN brought_by TEXT;
ALTER TABLE visit_grant ADD COLUMN name BLOB;
-- Kiosks: the newest client certificate, and who revoked the enrolment, why.
ALTER TABLE kiosk ADD COLUMN certificate TEXT;
ALTER TABLE kiosk ADD COLUMN certificate_ends INTEGER;
ALTER TABLE kiosk ADD COLUMN revoked_by TEXT;
ALTER TABLE kiosk ADD COLUMN revoked_why TEXT;
-- Commitments found false: the repair that lets their person commit again.
ALTER TABLE after_check ADD COLUMN repaired INTEGER;
ALTER TABLE after_check ADD COLUMN repaired_by TEXT;
ALTER TABLE after_check ADD COLUMN repair_words BLOB;
CREATE INDEX after_check_broken ON after_check (body, closed) WHERE state = 'revoked' AND repaired IS NULL;
-- Contracts of data sharing: as they were in force, the versions written here, what was done with every version.
CREATE TABLE contract (
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    ended INTEGER,
    PRIMARY KEY (code, version)
) STRICT;
CREATE TABLE contract_version (
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    life TEXT NOT NULL,
    published INTEGER NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;
CREATE TABLE contract_act (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    act TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX contract_act_code ON contract_act (code, id);
CREATE INDEX contract_act_mark ON contract_act (id) WHERE act IN ('enforced', 'cancelled');
",
    sqlite_rows: "",
};

const VERSION_6: Version = Version {
    schema: "
-- Calls for a person's help at kiosks.
CREATE TABLE help_call (
    id TEXT PRIMARY KEY,
    kiosk TEXT NOT NULL REFERENCES kiosk (id),
    station TEXT NOT NULL,
    step TEXT NOT NULL,
    item TEXT,
    called INTEGER NOT NULL,
    state TEXT NOT NULL,
    heard_by TEXT
) STRICT;
CREATE INDEX help_call_open ON help_call (station, called) WHERE state <> 'closed';
-- The last day of a delivery may be provisional. Of those there are nobody knows it any more: they count as certain.
ALTER TABLE delivery ADD COLUMN provisional INTEGER NOT NULL DEFAULT 0;
",
    sqlite_rows: "",
};

/// Not released yet: areas are added here.
const VERSION_7: Version = Version {
    schema: "
-- Whose commitment it is, as with the case: every filing with a promise asks whether its person broke one, and must not
-- read all their cases for it.
ALTER TABLE after_check ADD COLUMN person BLOB;
UPDATE after_check SET person = (SELECT person FROM case_file WHERE case_file.id = after_check.case_id);
CREATE INDEX after_check_of_person ON after_check (person, closed) WHERE state = 'revoked' AND repaired IS NULL;
-- The last call of a ticket: when, and to which counter. What was called before is not on the screen of the hall.
ALTER TABLE ticket ADD COLUMN call_at INTEGER;
ALTER TABLE ticket ADD COLUMN call_to INTEGER;
CREATE INDEX ticket_call ON ticket (station, day, call_at) WHERE call_at IS NOT NULL;
",
    sqlite_rows: "",
};

/// The statements as PostgreSQL spells them: whole numbers of 64 bits, numbered rows, bytes.
#[cfg(feature = "postgres")]
pub(in crate::store) fn postgres(schema: &str) -> String {
    schema
        .replace(
            "id INTEGER PRIMARY KEY",
            "id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        )
        .replace("INTEGER", "BIGINT")
        .replace("BLOB", "BYTEA")
        .replace(" STRICT;", ";")
}
