//! Acceptance of packets: the one transaction that decides whether a resident's filing is here.

use jiff::Timestamp;
use uuid::Uuid;

use city_api::numbers::FilingNumber;

use super::{
    Alarm, AlarmKind, Asked, AuthorityRow, CaseKey, CaseRow, Change, CheckInBy, EnquiryRow, Event,
    KioskRow, NewRating, NewSaved, Refusal, alarms, appointments, authorities, cases, enquiries,
    events, kiosks, ratings, saved,
};
use crate::store::tx::Tx;
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, StoreError, Stored};

/// A packet that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PacketRow {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of its header.
    pub header_hash: [u8; 32],
    /// Kiosk that filed it.
    pub kiosk: String,
    /// Case it opened or changed; None for a packet that concerns no case.
    pub case: Option<Uuid>,
    /// When it was committed.
    pub received: Timestamp,
    /// Exact bytes of the acknowledgement and the city's signature.
    pub acknowledgement: Acknowledged,
}

/// A packet on its way in; authentic already.
#[derive(Debug, Clone)]
pub(crate) struct NewPacket {
    /// Its id.
    pub id: Uuid,
    /// Exact bytes of the header.
    pub header: Vec<u8>,
    /// SHA-256 of the header.
    pub header_hash: [u8; 32],
    /// The kiosk's signature.
    pub signature: Vec<u8>,
    /// Kiosk that filed it.
    pub kiosk: String,
    /// Sequence of the kiosk; None when the header cannot be understood: it has no known place in the chain.
    pub sequence: Option<u64>,
    /// SHA-256 of the header before it; None for the first.
    pub previous: Option<[u8; 32]>,
    /// Now.
    pub received: Timestamp,
    /// Day of the filing and case numbers.
    pub day: jiff::civil::Date,
    /// The city sealed it itself: sealed twice, the same has two headers, which is no sign of anything.
    pub own: bool,
    /// Written to the events of its case, in the same transaction.
    pub events: Vec<Event>,
    /// Raised in the same transaction.
    pub alarms: Vec<Alarm>,
    /// Objections to data that came with it, kept with its case in the same transaction.
    pub objections: Vec<EnquiryRow>,
    /// The authority an agent showed, kept in the same transaction.
    pub authority: Option<AuthorityRow>,
    /// The draft it was made from: it is gone in the same transaction.
    pub draft: Option<Uuid>,
}

/// Exact bytes of an acknowledgement and the city's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// The acknowledgement.
    pub bytes: Vec<u8>,
    /// Signature.
    pub signature: Vec<u8>,
}

/// Numbers drawn inside the transaction, and the case they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// Daily sequence of filings, from 1.
    pub filing: u64,
    /// Daily sequence of the item's cases, from 1; None when no case number was asked for.
    pub case: Option<u64>,
    /// Number of the bundle the case is filed in; None for a case that is filed alone.
    pub bundle: Option<String>,
}

/// The numbers that a packet got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// Filing number: of the case, of the bundle, or of a packet without a case.
    pub filing: String,
    /// Case number; None for an irregular case, a bundle, and a packet without a case.
    pub case: Option<String>,
    /// Filing and case number of each case of a bundle, in the order of its items.
    pub each: Vec<(String, Option<String>)>,
}

/// Makes and signs the acknowledgement when the numbers are known.
pub(crate) type Acknowledge = Box<dyn FnOnce(&Numbers) -> Result<Acknowledged, StoreError> + Send>;

/// Opens a case in the transaction.
pub(crate) struct Opening {
    /// Implementation code whose daily sequence gives the case number; None for an irregular case without a known item.
    pub counter: Option<String>,
    /// Makes the case from the numbers.
    pub make: Box<dyn FnOnce(Drawn) -> Result<CaseRow, StoreError> + Send>,
}

/// What an accepted packet does.
pub(crate) enum Filing {
    /// Opens a case.
    Open(Opening),
    /// Opens the cases of a bundle, under one number.
    Bundle(Vec<Opening>),
    /// Changes the case.
    Change {
        /// The case.
        key: CaseKey,
        /// The change.
        change: Change,
    },
    /// Changes nothing: the packet is kept without a case.
    Keep,
    /// Keeps a draft for its person.
    Save(NewSaved),
    /// Rates a service contact, unless it is rated already: once per contact (`specs/domain.md` 4.6).
    Rate(NewRating),
    /// Checks somebody in whom a kiosk let in without the city.
    CheckIn {
        /// Who.
        by: CheckInBy,
        /// At which kiosk, under which settings.
        asked: Box<Asked>,
    },
}

impl std::fmt::Debug for Filing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open(_) => "Open",
            Self::Bundle(_) => "Bundle",
            Self::Change { .. } => "Change",
            Self::Keep => "Keep",
            Self::Save(_) => "Save",
            Self::Rate(_) => "Rate",
            Self::CheckIn { .. } => "CheckIn",
        })
    }
}

/// What became of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// It is new.
    New {
        /// The acknowledgement.
        acknowledgement: Acknowledged,
    },
    /// It was here already: the same acknowledgement again.
    Again {
        /// The acknowledgement.
        acknowledgement: Acknowledged,
    },
    /// Another packet has this id.
    OtherContent,
    /// The case does not allow the change.
    Refused(Refusal),
}

impl Store {
    /// A packet that was accepted; None when there is none of this id.
    pub(crate) async fn packet(&self, id: Uuid) -> Stored<Option<PacketRow>> {
        self.read("reading a packet", move |tx| one(tx, id)).await
    }

    /// The kiosk that files a packet, and what was accepted under the packet's id before; each None when there is none,
    /// the second also when there is no such kiosk.
    pub(crate) async fn filer(
        &self,
        kiosk: String,
        packet: Uuid,
    ) -> Stored<(Option<KioskRow>, Option<PacketRow>)> {
        self.read("reading who files a packet", move |tx| {
            Ok(match kiosks::filing(tx, &kiosk, packet)? {
                None => (None, None),
                Some((kiosk, false)) => (Some(kiosk), None),
                Some((kiosk, true)) => (Some(kiosk), one(tx, packet)?),
            })
        })
        .await
    }

    /// Exact bytes of the header of a packet that was accepted; None when there is none of this id.
    pub(crate) async fn packet_header(&self, id: Uuid) -> Stored<Option<Vec<u8>>> {
        self.read("reading a packet's header", move |tx| {
            let found = tx.row("SELECT header FROM packet WHERE id = ?1", values![id])?;
            found.map(|row| row.get("header")).transpose()
        })
        .await
    }

    /// Packets by the time they were received, after one of them, at most `most`: time, id and exact bytes of the header.
    pub(crate) async fn packet_headers(
        &self,
        (after, id): (Timestamp, Uuid),
        most: u32,
    ) -> Stored<Vec<(Timestamp, Uuid, Vec<u8>)>> {
        self.read("reading headers of packets", move |tx| {
            let sql = "SELECT received, id, header FROM packet
                 WHERE received > ?1 OR (received = ?1 AND id > ?2) ORDER BY received, id LIMIT ?3";
            let rows = tx.rows(sql, values![after, id, most])?;
            let read = |row: &Row| Ok((row.get("received")?, row.get("id")?, row.get("header")?));
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Until when the object store was swept; None before the first sweep.
    pub(crate) async fn swept(&self) -> Stored<Option<Timestamp>> {
        self.read("reading the last sweep", move |tx| {
            let sql = "SELECT value FROM counter WHERE name = 'swept'";
            let found = tx.row(sql, values![])?;
            found.map(|row| row.get("value")).transpose()
        })
        .await
    }

    /// Keeps until when the object store was swept.
    pub(crate) async fn set_swept(&self, until: Timestamp) -> Stored<()> {
        self.write("keeping a sweep", move |tx| {
            tx.execute(
                "INSERT INTO counter (name, value) VALUES ('swept', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
                values![until],
            )?;
            Ok(())
        })
        .await
    }

    /// Accepts a packet, draws its numbers, opens or changes its case, keeps the acknowledgement, its events and its
    /// alarms: all or nothing.
    pub(crate) async fn accept_packet(
        &self,
        packet: NewPacket,
        filing: Filing,
        acknowledge: Acknowledge,
    ) -> Stored<Accepted> {
        self.write("accepting a packet", move |tx| {
            accept(tx, &packet, filing, acknowledge)
        })
        .await
    }

    /// The next number of a counter, from 1.
    pub(crate) async fn draw(&self, counter: String) -> Stored<u64> {
        self.write("drawing a number", move |tx| tx.draw(&counter))
            .await
    }
}

const COLUMNS: &str = "id, header_hash, kiosk, sequence, case_id, received, acknowledgement, acknowledgement_signature";

pub(super) fn one(tx: &mut dyn Tx, packet: Uuid) -> Stored<Option<PacketRow>> {
    let sql = format!("SELECT {COLUMNS} FROM packet WHERE id = ?1");
    let found = tx.row(&sql, values![packet])?;
    found.as_ref().map(read).transpose()
}

/// What is there already where a packet is to come in.
struct Place {
    /// Its own sequence; None for what cannot be understood, which has no place in the chain.
    own: Option<i64>,
    /// What was accepted under its id; None before anything was.
    known: Option<PacketRow>,
    /// Sequence and hash of those that have its own sequence, or the one before it, in its kiosk's chain; the first
    /// received first.
    chain: Vec<(i64, [u8; 32])>,
}

impl Place {
    fn find(tx: &mut dyn Tx, packet: &NewPacket) -> Stored<Self> {
        let own = packet.sequence.map(database_sequence).transpose()?;
        let (first, last) = own.map_or((1, 0), |own| (if own > 1 { own - 1 } else { own }, own));
        let sql = format!(
            "SELECT {COLUMNS} FROM packet WHERE id = ?1 OR (kiosk = ?2 AND sequence BETWEEN ?3 AND ?4)
             ORDER BY received"
        );
        let found = tx.rows(&sql, values![packet.id, &packet.kiosk, first, last])?;
        let mut here = Self {
            own,
            known: None,
            chain: Vec::with_capacity(found.len()),
        };
        for row in &found {
            if row.get::<Uuid>("id")? == packet.id {
                here.known = Some(read(row)?);
            }
            here.chain
                .push((row.get("sequence")?, row.get("header_hash")?));
        }
        Ok(here)
    }
}

fn read(row: &Row) -> Stored<PacketRow> {
    Ok(PacketRow {
        id: row.get("id")?,
        header_hash: row.get("header_hash")?,
        kiosk: row.get("kiosk")?,
        case: row.get("case_id")?,
        received: row.get("received")?,
        acknowledgement: Acknowledged {
            bytes: row.get("acknowledgement")?,
            signature: row.get("acknowledgement_signature")?,
        },
    })
}

pub(super) fn accept(
    tx: &mut dyn Tx,
    packet: &NewPacket,
    filing: Filing,
    acknowledge: Acknowledge,
) -> Stored<Accepted> {
    // Its place in the kiosk's chain, and its id, are asked for and taken by one at a time.
    tx.lock_all(&[
        &format!("chain of {}", packet.kiosk),
        &format!("packet {}", packet.id),
    ])?;
    let place = Place::find(tx, packet)?;
    if let Some(known) = place.known {
        return repeated(tx, packet, known);
    }
    if let Some(draft) = packet.draft
        && !saved::file(tx, draft, packet.id)?
    {
        let reason = "the draft it was made from was filed already";
        return Ok(Accepted::Refused(Refusal::new(
            city_api::requests::ProblemCode::Taken,
            reason,
        )));
    }
    let mut told = Vec::new();
    let done = match carry_out(tx, packet, filing, &mut told)? {
        Ok(done) => done,
        Err(refusal) => return Ok(Accepted::Refused(refusal)),
    };
    let numbers = numbers(tx, packet, &done)?;
    let acknowledgement = acknowledge(&numbers)?;
    if let Some(sequence) = place.own {
        check_chain(tx, packet, sequence, &place.chain)?;
    }
    insert(tx, packet, done.alone(), &acknowledgement)?;
    tell(tx, packet, &done, &told)?;
    for alarm in &packet.alarms {
        alarms::add_alarm(tx, alarm)?;
    }
    let of_packet = |one: &&EnquiryRow| done.cases.iter().any(|case| case.id == one.case);
    for objection in packet.objections.iter().filter(of_packet) {
        enquiries::insert(tx, objection)?;
    }
    if let Some(authority) = &packet.authority {
        authorities::insert(tx, authority)?;
    }
    Ok(Accepted::New { acknowledgement })
}

/// What a packet opened or changed.
struct Done {
    /// Number of the bundle; None for every other packet.
    bundle: Option<String>,
    /// The cases: none, one, or those of a bundle.
    cases: Vec<CaseRow>,
}

impl Done {
    fn case(case: Option<CaseRow>) -> Self {
        Self {
            bundle: None,
            cases: case.into_iter().collect(),
        }
    }

    /// The case of a packet that has one; None for a bundle, whose cases are found by its number.
    fn alone(&self) -> Option<Uuid> {
        let case = self.cases.first().filter(|_| self.bundle.is_none());
        case.map(|case| case.id)
    }
}

fn numbers(tx: &mut dyn Tx, packet: &NewPacket, done: &Done) -> Stored<Numbers> {
    let of = |case: &CaseRow| (case.filing_number.clone(), case.case_number.clone());
    Ok(match (&done.bundle, done.cases.as_slice()) {
        (Some(bundle), cases) => Numbers {
            filing: bundle.clone(),
            case: None,
            each: cases.iter().map(of).collect(),
        },
        (None, [case, ..]) => Numbers {
            filing: case.filing_number.clone(),
            case: case.case_number.clone(),
            each: Vec::new(),
        },
        (None, []) => Numbers {
            filing: filing_number(tx, packet)?,
            case: None,
            each: Vec::new(),
        },
    })
}

/// The next filing number of the packet's day.
fn filing_number(tx: &mut dyn Tx, packet: &NewPacket) -> Stored<String> {
    let sequence = tx.draw(&format!("filing:{}", packet.day))?;
    Ok(FilingNumber::new(packet.day, sequence).to_string())
}

/// Writes what the packet tells and what happened by it: with its case, with each case of a bundle, or with none.
fn tell(tx: &mut dyn Tx, packet: &NewPacket, done: &Done, told: &[Event]) -> Stored<()> {
    let of_packet = || packet.events.iter().chain(told);
    if done.cases.is_empty() {
        return events::note_all(tx, None, of_packet());
    }
    for case in &done.cases {
        let mut events: Vec<Event> = of_packet().cloned().collect();
        if done.bundle.is_some() {
            let item = case.item.clone().zip(case.facts.item_version);
            for event in &mut events {
                event.item.clone_from(&item);
            }
        }
        events::note_all(tx, Some(case.id), events.iter().chain(&case.events))?;
        cases::follow(tx, case)?;
    }
    Ok(())
}

/// Kept for a packet whose sequence cannot be read; true ones begin with 1.
const NO_SEQUENCE: i64 = 0;

fn database_sequence(sequence: u64) -> Stored<i64> {
    i64::try_from(sequence).map_err(|_| damaged("a sequence"))
}

fn repeated(tx: &mut dyn Tx, packet: &NewPacket, known: PacketRow) -> Stored<Accepted> {
    if known.header_hash == packet.header_hash {
        return Ok(Accepted::Again {
            acknowledgement: known.acknowledgement,
        });
    }
    if packet.own {
        return Ok(Accepted::OtherContent);
    }
    let alarm = Alarm {
        at: packet.received,
        kind: AlarmKind::OtherContent,
        kiosk: Some(packet.kiosk.clone()),
        detail: format!("packet {} came again with another header", packet.id),
    };
    alarms::add_alarm(tx, &alarm)?;
    Ok(Accepted::OtherContent)
}

fn carry_out(
    tx: &mut dyn Tx,
    packet: &NewPacket,
    filing: Filing,
    told: &mut Vec<Event>,
) -> Stored<Result<Done, Refusal>> {
    match filing {
        Filing::Open(opening) => {
            let case = open(tx, packet, opening, None)?;
            Ok(Ok(Done::case(Some(case))))
        }
        Filing::Bundle(openings) => {
            let bundle = filing_number(tx, packet)?;
            let mut cases = Vec::with_capacity(openings.len());
            for opening in openings {
                cases.push(open(tx, packet, opening, Some(&bundle))?);
            }
            Ok(Ok(Done {
                bundle: Some(bundle),
                cases,
            }))
        }
        Filing::Change { key, change } => Ok(match cases::change(tx, &key, change)? {
            Some((_, changed)) => changed.map(|case| Done::case(Some(case))),
            None => Err(Refusal::new(
                city_api::requests::ProblemCode::NotFound,
                "the case does not exist",
            )),
        }),
        Filing::Keep => Ok(Ok(Done::case(None))),
        Filing::Save(new) => {
            saved::insert(tx, &new)?;
            Ok(Ok(Done::case(None)))
        }
        Filing::CheckIn { by, asked } => {
            let (_, event) = appointments::check_somebody_in(tx, &by, false, &asked)?;
            told.extend(event);
            Ok(Ok(Done::case(None)))
        }
        Filing::Rate(rating) => {
            ratings::rate(tx, packet, &rating)?;
            Ok(Ok(Done::case(cases::find(tx, &CaseKey::Id(rating.case))?)))
        }
    }
}

/// Opens a case under the next numbers.
fn open(
    tx: &mut dyn Tx,
    packet: &NewPacket,
    opening: Opening,
    bundle: Option<&str>,
) -> Stored<CaseRow> {
    let day = packet.day;
    let filings = format!("filing:{day}");
    let cases = opening.counter.map(|code| format!("case:{code}:{day}"));
    let counters = [Some(filings.as_str()), cases.as_deref()];
    let counters: Vec<&str> = counters.into_iter().flatten().collect();
    let mut numbers = tx.draw_all(&counters)?.into_iter();
    let drawn = Drawn {
        filing: numbers.next().ok_or_else(|| damaged("a counter"))?,
        case: numbers.next(),
        bundle: bundle.map(str::to_owned),
    };
    let case = (opening.make)(drawn)?;
    cases::insert(tx, &case)?;
    Ok(case)
}

/// A kiosk numbers its packets and chains their hashes. A gap or a fork is never the resident's fault: the packet is
/// accepted and a supervisor looks.
fn check_chain(
    tx: &mut dyn Tx,
    packet: &NewPacket,
    sequence: i64,
    chain: &[(i64, [u8; 32])],
) -> Stored<()> {
    let hash = |sequence: i64| {
        let found = chain.iter().find(|(at, _)| *at == sequence);
        found.map(|(_, hash)| *hash)
    };
    let taken = hash(sequence).is_some();
    // The first follows none; what follows a packet that is not here is None.
    let before = match sequence {
        ..=1 => Some(None),
        _ => hash(sequence - 1).map(Some),
    };
    let alarm = match before {
        _ if taken => Some((AlarmKind::SequenceFork, "two packets have this sequence")),
        None => Some((AlarmKind::SequenceGap, "the packet before it is not here")),
        Some(hash) if hash != packet.previous => Some((
            AlarmKind::SequenceFork,
            "it follows another packet than the one before it",
        )),
        Some(_) => None,
    };
    if let Some((kind, what)) = alarm {
        let alarm = Alarm {
            at: packet.received,
            kind,
            kiosk: Some(packet.kiosk.clone()),
            detail: format!("packet {} with sequence {sequence}: {what}", packet.id),
        };
        alarms::add_alarm(tx, &alarm)?;
    }
    Ok(())
}

fn insert(
    tx: &mut dyn Tx,
    packet: &NewPacket,
    case: Option<Uuid>,
    acknowledgement: &Acknowledged,
) -> Stored<()> {
    tx.execute(
        "INSERT INTO packet (id, header_hash, header, signature, kiosk, sequence, case_id, received,
            acknowledgement, acknowledgement_signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        values![
            packet.id,
            packet.header_hash,
            &packet.header,
            &packet.signature,
            &packet.kiosk,
            packet.sequence.map_or(Ok(NO_SEQUENCE), database_sequence)?,
            case,
            packet.received,
            &acknowledgement.bytes,
            &acknowledgement.signature,
        ],
    )?;
    Ok(())
}
