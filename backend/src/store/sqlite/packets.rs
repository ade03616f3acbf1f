//! Acceptance of packets: the one transaction that decides whether a resident's filing is here.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use uuid::Uuid;

use city_api::numbers::FilingNumber;

use super::values::{damaged, first, id, instant, millis};
use super::{cases, results};
use crate::store::{
    Accepted, Acknowledge, Acknowledged, Alarm, AlarmKind, CaseKey, CaseRow, Drawn, Event, Filing,
    NewPacket, PacketRow, Refusal, Stored,
};

pub(super) fn one(tx: &Transaction<'_>, packet: Uuid) -> Stored<Option<PacketRow>> {
    first(
        &mut tx.prepare_cached(
            "SELECT id, header_hash, kiosk, case_id, received, acknowledgement, acknowledgement_signature
             FROM packet WHERE id = ?1",
        )?,
        [packet.to_string()],
        read,
    )
}

fn read(row: &Row<'_>) -> Stored<PacketRow> {
    let case: Option<String> = row.get("case_id")?;
    Ok(PacketRow {
        id: id(row, "id")?,
        header_hash: row.get("header_hash")?,
        kiosk: row.get("kiosk")?,
        case: case
            .map(|text| Uuid::parse_str(&text).map_err(|_| damaged("a case id")))
            .transpose()?,
        received: instant(row, "received")?,
        acknowledgement: Acknowledged {
            bytes: row.get("acknowledgement")?,
            signature: row.get("acknowledgement_signature")?,
        },
    })
}

/// The next number of a counter, from 1.
pub(super) fn draw(tx: &Transaction<'_>, counter: &str) -> Stored<u64> {
    let value: i64 = tx.query_row(
        "INSERT INTO counter (name, value) VALUES (?1, 1)
         ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        [counter],
        |row| row.get(0),
    )?;
    u64::try_from(value).map_err(|_| damaged("a counter"))
}

pub(super) fn accept(
    tx: &Transaction<'_>,
    packet: &NewPacket,
    filing: Filing,
    acknowledge: Acknowledge,
) -> Stored<Accepted> {
    if let Some(known) = one(tx, packet.id)? {
        return repeated(tx, packet, known);
    }
    let case = match carry_out(tx, packet, filing)? {
        Ok(case) => case,
        Err(refusal) => return Ok(Accepted::Refused(refusal)),
    };
    let (filing_number, case_number) = match &case {
        Some(case) => (case.filing_number.clone(), case.case_number.clone()),
        None => (
            FilingNumber::new(packet.day, draw(tx, &format!("filing:{}", packet.day))?).to_string(),
            None,
        ),
    };
    let acknowledgement = acknowledge(&filing_number, case_number.as_deref())?;
    if let Some(sequence) = packet.sequence {
        check_chain(tx, packet, database_sequence(sequence)?)?;
    }
    let case = case.map(|case| case.id);
    insert(tx, packet, case, &acknowledgement)?;
    for event in &packet.events {
        results::note(tx, case, event)?;
    }
    for alarm in &packet.alarms {
        results::add_alarm(tx, alarm)?;
    }
    Ok(Accepted::New { acknowledgement })
}

/// Kept for a packet whose sequence cannot be read; true ones begin with 1.
const NO_SEQUENCE: i64 = 0;

fn database_sequence(sequence: u64) -> Stored<i64> {
    i64::try_from(sequence).map_err(|_| damaged("a sequence"))
}

fn repeated(tx: &Transaction<'_>, packet: &NewPacket, known: PacketRow) -> Stored<Accepted> {
    if known.header_hash == packet.header_hash {
        return Ok(Accepted::Again {
            acknowledgement: known.acknowledgement,
        });
    }
    let alarm = Alarm {
        at: packet.received,
        kind: AlarmKind::OtherContent,
        kiosk: Some(packet.kiosk.clone()),
        detail: format!("packet {} came again with another header", packet.id),
    };
    results::add_alarm(tx, &alarm)?;
    Ok(Accepted::OtherContent)
}

fn carry_out(
    tx: &Transaction<'_>,
    packet: &NewPacket,
    filing: Filing,
) -> Stored<Result<Option<CaseRow>, Refusal>> {
    match filing {
        Filing::Open { counter, make } => {
            let drawn = Drawn {
                filing: draw(tx, &format!("filing:{}", packet.day))?,
                case: counter
                    .map(|implementation| {
                        draw(tx, &format!("case:{implementation}:{}", packet.day))
                    })
                    .transpose()?,
            };
            let case = make(drawn)?;
            cases::insert(tx, &case)?;
            Ok(Ok(Some(case)))
        }
        Filing::Change { key, change } => Ok(match cases::change(tx, &key, change)? {
            Some(changed) => changed.map(Some),
            None => Err(Refusal::new(
                city_api::requests::ProblemCode::NotFound,
                "the case does not exist",
            )),
        }),
        Filing::Keep => Ok(Ok(None)),
        Filing::Rate {
            contact,
            case,
            level,
        } => {
            rate(tx, packet, contact, case, level)?;
            Ok(Ok(cases::find(tx, &CaseKey::Id(case))?))
        }
    }
}

/// Counts a rating; a further one of the same contact is noted and not counted.
fn rate(
    tx: &Transaction<'_>,
    packet: &NewPacket,
    contact: Uuid,
    case: Uuid,
    level: u8,
) -> Stored<()> {
    let counted = tx.execute(
        "INSERT INTO rating (contact, packet, case_id, level, at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        params![
            contact.to_string(),
            packet.id.to_string(),
            case.to_string(),
            level,
            millis(packet.received),
        ],
    )?;
    let event = Event {
        at: packet.received,
        kind: if counted == 1 { "rated" } else { "rated again" },
        actor: packet.kiosk.clone(),
        detail: format!("level {level}, channel 5"),
    };
    results::note(tx, Some(case), &event)
}

/// A kiosk numbers its packets and chains their hashes. A gap or a fork is never the resident's fault: the packet is
/// accepted and a supervisor looks.
fn check_chain(tx: &Transaction<'_>, packet: &NewPacket, sequence: i64) -> Stored<()> {
    let taken: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM packet WHERE kiosk = ?1 AND sequence = ?2)",
        params![packet.kiosk, sequence],
        |row| row.get(0),
    )?;
    let before: Option<Option<Vec<u8>>> = match sequence {
        ..=1 => Some(None),
        _ => tx
            .query_row(
                "SELECT header_hash FROM packet WHERE kiosk = ?1 AND sequence = ?2 ORDER BY received LIMIT 1",
                params![packet.kiosk, sequence - 1],
                |row| row.get(0),
            )
            .optional()?
            .map(Some),
    };
    let alarm = match before {
        _ if taken => Some((AlarmKind::SequenceFork, "two packets have this sequence")),
        None => Some((AlarmKind::SequenceGap, "the packet before it is not here")),
        Some(hash) if hash.as_deref() != packet.previous.as_ref().map(<[u8; 32]>::as_slice) => {
            Some((
                AlarmKind::SequenceFork,
                "it follows another packet than the one before it",
            ))
        }
        Some(_) => None,
    };
    if let Some((kind, what)) = alarm {
        let alarm = Alarm {
            at: packet.received,
            kind,
            kiosk: Some(packet.kiosk.clone()),
            detail: format!("packet {} with sequence {sequence}: {what}", packet.id),
        };
        results::add_alarm(tx, &alarm)?;
    }
    Ok(())
}

fn insert(
    tx: &Transaction<'_>,
    packet: &NewPacket,
    case: Option<Uuid>,
    acknowledgement: &Acknowledged,
) -> Stored<()> {
    tx.execute(
        "INSERT INTO packet (id, header_hash, header, signature, kiosk, sequence, case_id, received,
            acknowledgement, acknowledgement_signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            packet.id.to_string(),
            packet.header_hash,
            packet.header,
            packet.signature,
            packet.kiosk,
            packet.sequence.map_or(Ok(NO_SEQUENCE), database_sequence)?,
            case.map(|id| id.to_string()),
            millis(packet.received),
            acknowledgement.bytes,
            acknowledgement.signature,
        ],
    )?;
    Ok(())
}
