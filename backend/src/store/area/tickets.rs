//! Tickets of the halls: given, merged, called (`specs/domain.md` 5.4).
//!
//! Whom a counter calls is decided by `city_catalogue::hall::Queue`; here it is read, and what it changed is written,
//! by one transaction at a time for each station.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use city_catalogue::case::EventKind;
use city_catalogue::hall::{
    CallError, Estimate, Letter, PastCall, Queue, Run, Ticket, TicketNumber, TicketState, estimate,
};
use city_catalogue::policy::HallPolicy;

use super::{Event, KioskRow, events};
use crate::clock::civil;
use crate::store::tx::Tx;
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TicketRow {
    /// Id, of the kiosk that gave it or of the booking.
    pub id: Uuid,
    /// Station.
    pub station: String,
    /// Number.
    pub number: TicketNumber,
    /// Handling code and version of the item; None when it was not said.
    pub item: Option<(String, u32)>,
    /// Kiosk that gave it.
    pub kiosk: Option<String>,
    /// When its holder came.
    pub arrived: Timestamp,
    /// Its place in its lane: the arrival, for a booked one the begin of its slot.
    pub queued: Timestamp,
    /// State.
    pub state: TicketState,
    /// Counter it is called to or parked by.
    pub counter: Option<u16>,
    /// Counter it was forwarded to.
    pub wanted: Option<u16>,
    /// How often it was called there.
    pub calls: u32,
    /// It is passed over until the hall has called so many.
    pub back: Option<u64>,
    /// Whether it was missed before.
    pub missed: bool,
    /// How many were before it when it was given.
    pub ahead: Option<u32>,
    /// What its holder was told.
    pub told: Option<Estimate>,
}

impl TicketRow {
    /// A ticket of somebody who came then.
    #[must_use]
    pub(crate) fn new(id: Uuid, station: &str, number: TicketNumber, arrived: Timestamp) -> Self {
        Self {
            id,
            station: station.to_owned(),
            number,
            item: None,
            kiosk: None,
            arrived,
            queued: arrived,
            state: TicketState::Waiting,
            counter: None,
            wanted: None,
            calls: 0,
            back: None,
            missed: false,
            ahead: None,
            told: None,
        }
    }

    /// The day its number is of.
    #[must_use]
    pub(crate) fn day(&self) -> Date {
        civil(self.arrived).date()
    }

    fn in_queue(&self) -> Ticket {
        Ticket {
            number: self.number,
            queued: self.queued,
            state: self.state,
            counter: self.counter,
            wanted: self.wanted,
            calls: self.calls,
            back: self.back,
            missed: self.missed,
        }
    }

    fn event(&self, now: Timestamp, kind: EventKind, actor: &str, detail: String) -> Event {
        Event {
            item: self.item.clone(),
            station: Some(self.station.clone()),
            device: self.kiosk.clone(),
            ..Event::new(now, kind, actor, detail)
        }
    }
}

/// What a clerk does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CounterAct {
    /// Calls the next one; `after` is done.
    Next {
        /// The ticket that is finished with.
        after: Option<TicketNumber>,
    },
    /// Calls the same one again.
    Recall,
    /// Done.
    Done,
    /// Puts it aside.
    Park,
    /// Sends it to another counter.
    Forward {
        /// The counter.
        to: u16,
    },
    /// Nobody came.
    Missed,
}

/// A call, as it stands on the screen of a hall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    /// The number.
    pub number: TicketNumber,
    /// The counter.
    pub counter: u16,
    /// When it was called there last.
    pub at: Timestamp,
}

/// A counter, and who stands at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counter {
    /// Station.
    pub station: String,
    /// Number.
    pub counter: u16,
    /// The officer.
    pub person: String,
    /// The officer's body.
    pub body: String,
}

/// A ticket as a kiosk reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reported {
    /// Id.
    pub id: Uuid,
    /// What is printed on it.
    pub number: TicketNumber,
    /// When it was given.
    pub arrived: Timestamp,
    /// Handling code and version of the item.
    pub item: Option<(String, u32)>,
}

impl Store {
    /// Gives a ticket of the next number; the same id again has the same ticket.
    pub(crate) async fn take_ticket(
        &self,
        mut ticket: TicketRow,
        now: Timestamp,
        policy: HallPolicy,
    ) -> Stored<TicketRow> {
        self.write("giving a ticket", move |tx| {
            tx.lock(&format!("ticket {}", ticket.id))?;
            if let Some(known) = by_id(tx, ticket.id)? {
                return Ok(known);
            }
            let letter = ticket.number.letter;
            let (number, _) = draw(tx, &ticket.station, ticket.day(), letter, 1)?;
            ticket.number.number = number;
            let ticket = give(tx, ticket, now, &policy)?;
            let actor = ticket.kiosk.clone().unwrap_or_default();
            let detail = ticket.number.to_string();
            let event = ticket.event(now, EventKind::TicketGiven, &actor, detail);
            events::note(tx, None, &event)?;
            Ok(ticket)
        })
        .await
    }

    /// The range of a kiosk that follows `beyond`: one it has, or else a new one of so many numbers.
    pub(crate) async fn reserve(
        &self,
        kiosk: KioskRow,
        (day, letter): (Date, Letter),
        beyond: Option<u32>,
        numbers: u32,
        now: Timestamp,
    ) -> Stored<(u32, u32)> {
        self.write("reserving ticket numbers", move |tx| {
            reserve(tx, &kiosk, (day, letter), beyond, numbers, now)
        })
        .await
    }

    /// Takes tickets into the queue that a kiosk gave by itself; their numbers there, in the same order.
    pub(crate) async fn merge_tickets(
        &self,
        kiosk: KioskRow,
        reported: Vec<Reported>,
        now: Timestamp,
    ) -> Stored<Vec<TicketNumber>> {
        self.write("merging tickets", move |tx| {
            // Two reports of one kiosk, and what is called meanwhile, one after the other.
            tx.lock(&hall(&kiosk.station))?;
            let mut told = Vec::new();
            let mut numbers = Vec::with_capacity(reported.len());
            for ticket in reported {
                numbers.push(merge(tx, &kiosk, ticket, now, &mut told)?);
            }
            for event in told {
                events::note(tx, None, &event)?;
            }
            Ok(numbers)
        })
        .await
    }

    /// What a clerk does at a counter; who is called there then, and how many wait.
    pub(crate) async fn at_counter(
        &self,
        at: Counter,
        act: CounterAct,
        now: Timestamp,
        policy: HallPolicy,
    ) -> Stored<Result<(Option<TicketRow>, u32), CallError>> {
        self.write("calling at a counter", move |tx| {
            at_counter(tx, &at, act, now, &policy)
        })
        .await
    }

    /// Takes a parked or cancelled ticket of today back into the queue.
    pub(crate) async fn readmit(
        &self,
        at: Counter,
        number: TicketNumber,
        now: Timestamp,
    ) -> Stored<Result<TicketRow, CallError>> {
        self.write("readmitting a ticket", move |tx| {
            readmit(tx, &at, number, now)
        })
        .await
    }

    /// The tickets of a station's day that are still in the hall.
    pub(crate) async fn hall(&self, station: String, day: Date) -> Stored<Vec<TicketRow>> {
        self.read("reading a hall", move |tx| live(tx, &station, day))
            .await
    }

    /// The last calls of a station's day, the newest first; a ticket that was called again stands there once.
    pub(crate) async fn last_calls(
        &self,
        station: String,
        day: Date,
        most: u32,
    ) -> Stored<Vec<Call>> {
        self.read("reading the last calls", move |tx| {
            let rows = tx.rows(
                "SELECT letter, number, call_to, call_at FROM ticket
                 WHERE station = ?1 AND day = ?2 AND call_at IS NOT NULL ORDER BY call_at DESC, id LIMIT ?3",
                values![&station, day, most],
            )?;
            rows.iter().map(call).collect()
        })
        .await
    }

    /// The newest calls of a station, and how long people had waited.
    pub(crate) async fn past_calls(&self, station: String, most: u32) -> Stored<Vec<PastCall>> {
        self.read("reading past calls", move |tx| {
            past_calls(tx, &station, most)
        })
        .await
    }
}

const SELECT: &str = "SELECT id, station, letter, number, item, item_version, kiosk, arrived, queued, state, counter,
     wanted, calls, back, missed, ahead, likely, optimistic FROM ticket";

/// Name of the lock of a station's queue.
fn hall(station: &str) -> String {
    format!("hall {station}")
}

fn read(row: &Row) -> Stored<TicketRow> {
    let counter = |name: &str| -> Stored<Option<u16>> {
        let number: Option<u32> = row.get(name)?;
        number
            .map(|number| u16::try_from(number).map_err(|_| damaged("a counter")))
            .transpose()
    };
    let item: Option<String> = row.get("item")?;
    let likely: Option<u32> = row.get("likely")?;
    Ok(TicketRow {
        id: row.get("id")?,
        station: row.get("station")?,
        number: TicketNumber {
            letter: row.listed("letter", Letter::parse)?,
            number: row.get("number")?,
        },
        item: item.zip(row.get("item_version")?),
        kiosk: row.get("kiosk")?,
        arrived: row.get("arrived")?,
        queued: row.get("queued")?,
        state: row.listed("state", TicketState::parse)?,
        counter: counter("counter")?,
        wanted: counter("wanted")?,
        calls: row.get("calls")?,
        back: row.get("back")?,
        missed: row.get("missed")?,
        ahead: row.get("ahead")?,
        told: likely
            .zip(row.get("optimistic")?)
            .map(|(likely, optimistic)| Estimate { likely, optimistic }),
    })
}

pub(super) fn by_id(tx: &mut dyn Tx, id: Uuid) -> Stored<Option<TicketRow>> {
    let found = tx.row(&format!("{SELECT} WHERE id = ?1"), values![id])?;
    found.as_ref().map(read).transpose()
}

fn call(row: &Row) -> Stored<Call> {
    let counter: u32 = row.get("call_to")?;
    Ok(Call {
        number: TicketNumber {
            letter: row.listed("letter", Letter::parse)?,
            number: row.get("number")?,
        },
        counter: u16::try_from(counter).map_err(|_| damaged("a counter"))?,
        at: row.get("call_at")?,
    })
}

fn by_number(
    tx: &mut dyn Tx,
    station: &str,
    day: Date,
    number: TicketNumber,
) -> Stored<Option<TicketRow>> {
    let found = tx.row(
        &format!("{SELECT} WHERE station = ?1 AND day = ?2 AND letter = ?3 AND number = ?4"),
        values![station, day, number.letter.as_str(), number.number],
    )?;
    found.as_ref().map(read).transpose()
}

fn live(tx: &mut dyn Tx, station: &str, day: Date) -> Stored<Vec<TicketRow>> {
    let rows = tx.rows(
        &format!(
            "{SELECT} WHERE station = ?1 AND day = ?2 AND state IN ('waiting', 'called', 'parked') ORDER BY arrived"
        ),
        values![station, day],
    )?;
    rows.iter().map(read).collect()
}

/// The next numbers of a letter at a station and day, first and last: single ones and ranges come from one counter, so
/// that no two are the same.
pub(super) fn draw(
    tx: &mut dyn Tx,
    station: &str,
    day: Date,
    letter: Letter,
    count: u32,
) -> Stored<(u32, u32)> {
    let last: u32 = tx.answer(
        "INSERT INTO counter (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = counter.value + ?2 RETURNING value AS answer",
        values![format!("ticket:{station}:{day}:{}", letter.as_str()), count],
    )?;
    Ok((last.saturating_sub(count).saturating_add(1), last))
}

/// Puts a ticket into the queue, with an estimate of the wait; one of a day that is over is kept as cancelled.
pub(super) fn give(
    tx: &mut dyn Tx,
    mut ticket: TicketRow,
    now: Timestamp,
    policy: &HallPolicy,
) -> Stored<TicketRow> {
    if ticket.day() < civil(now).date() {
        ticket.state = TicketState::Cancelled;
        insert(tx, &ticket)?;
        return Ok(ticket);
    }
    let others = live(tx, &ticket.station, ticket.day())?;
    let mut tickets: Vec<Ticket> = others.iter().map(TicketRow::in_queue).collect();
    tickets.push(ticket.in_queue());
    let queue = Queue {
        tickets,
        ..Queue::default()
    };
    let ahead = u32::try_from(queue.ahead(ticket.number)).unwrap_or(u32::MAX);
    let past = past_calls(tx, &ticket.station, policy.history_calls)?;
    ticket.ahead = Some(ahead);
    ticket.told = estimate(&past, ahead, policy);
    insert(tx, &ticket)?;
    Ok(ticket)
}

fn insert(tx: &mut dyn Tx, ticket: &TicketRow) -> Stored<()> {
    let (item, version) = ticket.item.clone().unzip();
    tx.execute(
        "INSERT INTO ticket (id, station, day, letter, number, item, item_version, kiosk, arrived, queued, state, calls,
            missed, ahead, likely, optimistic)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, 0, ?12, ?13, ?14)",
        values![
            ticket.id,
            &ticket.station,
            ticket.day(),
            ticket.number.letter.as_str(),
            ticket.number.number,
            item,
            version,
            &ticket.kiosk,
            ticket.arrived,
            ticket.queued,
            ticket.state.as_str(),
            ticket.ahead,
            ticket.told.map(|told| told.likely),
            ticket.told.map(|told| told.optimistic),
        ],
    )?;
    Ok(())
}

fn past_calls(tx: &mut dyn Tx, station: &str, most: u32) -> Stored<Vec<PastCall>> {
    let rows = tx.rows(
        "SELECT ahead, arrived, queued, called, likely, optimistic FROM ticket
         WHERE station = ?1 AND called IS NOT NULL AND ahead IS NOT NULL ORDER BY called DESC LIMIT ?2",
        values![station, most],
    )?;
    rows.iter()
        .map(|row| {
            let arrived: Timestamp = row.get("arrived")?;
            let from = arrived.max(row.get("queued")?);
            let called: Timestamp = row.get("called")?;
            let seconds = called.duration_since(from).as_secs().max(0);
            let likely: Option<u32> = row.get("likely")?;
            Ok(PastCall {
                ahead: row.get("ahead")?,
                waited: u32::try_from(seconds).unwrap_or(u32::MAX),
                told: likely
                    .zip(row.get("optimistic")?)
                    .map(|(likely, optimistic)| Estimate { likely, optimistic }),
            })
        })
        .collect()
}

fn reserve(
    tx: &mut dyn Tx,
    kiosk: &KioskRow,
    (day, letter): (Date, Letter),
    beyond: Option<u32>,
    numbers: u32,
    now: Timestamp,
) -> Stored<(u32, u32)> {
    tx.lock(&format!("ticket numbers of {}", kiosk.id))?;
    let known = tx.row(
        "SELECT first, last FROM ticket_range
         WHERE kiosk = ?1 AND station = ?2 AND day = ?3 AND letter = ?4 AND first > ?5 ORDER BY first LIMIT 1",
        values![
            &kiosk.id,
            &kiosk.station,
            day,
            letter.as_str(),
            beyond.unwrap_or(0)
        ],
    )?;
    if let Some(known) = known {
        return Ok((known.get("first")?, known.get("last")?));
    }
    let (first, last) = draw(tx, &kiosk.station, day, letter, numbers.max(1))?;
    tx.execute(
        "INSERT INTO ticket_range (station, day, letter, first, last, kiosk) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![
            &kiosk.station,
            day,
            letter.as_str(),
            first,
            last,
            &kiosk.id
        ],
    )?;
    let letter = letter.as_str();
    let detail = format!("{letter}{first:03} to {letter}{last:03} of {day}");
    let event = Event::new(now, EventKind::TicketsReserved, &kiosk.id, detail).at_kiosk(kiosk);
    events::note(tx, None, &event)?;
    Ok((first, last))
}

/// Whether this number was this kiosk's to give on that day.
fn is_own(tx: &mut dyn Tx, kiosk: &KioskRow, day: Date, number: TicketNumber) -> Stored<bool> {
    let ranges: u32 = tx.answer(
        "SELECT count(*) AS answer FROM ticket_range
         WHERE kiosk = ?1 AND station = ?2 AND day = ?3 AND letter = ?4 AND first <= ?5 AND last >= ?5",
        values![
            &kiosk.id,
            &kiosk.station,
            day,
            number.letter.as_str(),
            number.number
        ],
    )?;
    Ok(ranges > 0)
}

/// The number of a reported ticket in the queue: the printed one wherever that is free and the kiosk's to give, even
/// where the city had given this ticket another one in an answer that was lost; else the next number, so that no two
/// people have the same.
fn merge(
    tx: &mut dyn Tx,
    kiosk: &KioskRow,
    reported: Reported,
    now: Timestamp,
    told: &mut Vec<Event>,
) -> Stored<TicketNumber> {
    let known = by_id(tx, reported.id)?;
    if let Some(known) = &known
        && known.number == reported.number
    {
        return Ok(known.number);
    }
    let arrived = reported.arrived.min(now);
    let mut ticket = TicketRow::new(reported.id, &kiosk.station, reported.number, arrived);
    ticket.item = reported.item;
    ticket.kiosk = Some(kiosk.id.clone());
    let day = known.as_ref().map_or(ticket.day(), TicketRow::day);
    let free = by_number(tx, &kiosk.station, day, reported.number)?.is_none();
    let own = is_own(tx, kiosk, day, reported.number)?;
    let kind = match known {
        Some(known) if !(free && own) || known.station != kiosk.station => return Ok(known.number),
        Some(known) => {
            tx.execute(
                "UPDATE ticket SET letter = ?2, number = ?3 WHERE id = ?1",
                values![
                    known.id,
                    reported.number.letter.as_str(),
                    reported.number.number
                ],
            )?;
            EventKind::TicketRenumbered
        }
        None => {
            if ticket.day() < civil(now).date() {
                ticket.state = TicketState::Cancelled;
            }
            if !(free && own) {
                let letter = ticket.number.letter;
                let (number, _) = draw(tx, &kiosk.station, day, letter, 1)?;
                ticket.number = TicketNumber { letter, number };
            }
            insert(tx, &ticket)?;
            if ticket.number == reported.number {
                EventKind::TicketGiven
            } else {
                EventKind::TicketRenumbered
            }
        }
    };
    let detail = if ticket.number == reported.number {
        reported.number.to_string()
    } else {
        format!("{} is {}", reported.number, ticket.number)
    };
    told.push(ticket.event(now, kind, &kiosk.id, detail));
    Ok(ticket.number)
}

/// The queue of a station's day; nobody else changes it until this transaction ends.
fn open(tx: &mut dyn Tx, station: &str, day: Date) -> Stored<(Queue, Vec<TicketRow>)> {
    tx.lock(&hall(station))?;
    let kept = tx.row(
        "SELECT called, favoured, returned FROM hall WHERE station = ?1 AND day = ?2",
        values![station, day],
    )?;
    let rows = live(tx, station, day)?;
    let mut queue = Queue {
        tickets: rows.iter().map(TicketRow::in_queue).collect(),
        ..Queue::default()
    };
    if let Some(kept) = kept {
        queue.called = kept.get("called")?;
        queue.run = Run {
            favoured: kept.get("favoured")?,
            returned: kept.get("returned")?,
        };
    }
    Ok((queue, rows))
}

/// Writes what changed, and returns it as it is now.
fn save(
    tx: &mut dyn Tx,
    station: &str,
    day: Date,
    queue: &Queue,
    before: &[TicketRow],
    now: Timestamp,
) -> Stored<Vec<TicketRow>> {
    let called = i64::try_from(queue.called).map_err(|_| damaged("the calls of a hall"))?;
    tx.execute(
        "INSERT INTO hall (station, day, called, favoured, returned) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (station, day) DO UPDATE SET called = ?3, favoured = ?4, returned = ?5",
        values![station, day, called, queue.run.favoured, queue.run.returned],
    )?;
    let tickets: BTreeMap<TicketNumber, &Ticket> = queue
        .tickets
        .iter()
        .map(|ticket| (ticket.number, ticket))
        .collect();
    let mut changed = Vec::new();
    for row in before {
        let Some(ticket) = tickets.get(&row.number) else {
            continue;
        };
        if row.in_queue() == **ticket {
            continue;
        }
        let back = ticket.back.map(i64::try_from).transpose();
        let is_called = ticket.state == TicketState::Called;
        tx.execute(
            "UPDATE ticket SET queued = ?2, state = ?3, counter = ?4, wanted = ?5, calls = ?6, back = ?7, missed = ?8,
                called = coalesce(called, ?9), ended = ?10, call_at = coalesce(?9, call_at),
                call_to = coalesce(?11, call_to) WHERE id = ?1",
            values![
                row.id,
                ticket.queued,
                ticket.state.as_str(),
                ticket.counter.map(u32::from),
                ticket.wanted.map(u32::from),
                ticket.calls,
                back.map_err(|_| damaged("the calls of a hall"))?,
                ticket.missed,
                is_called.then_some(now),
                (!ticket.state.is_live()).then_some(now),
                ticket.counter.filter(|_| is_called).map(u32::from),
            ],
        )?;
        changed.push(TicketRow {
            queued: ticket.queued,
            state: ticket.state,
            counter: ticket.counter,
            wanted: ticket.wanted,
            calls: ticket.calls,
            back: ticket.back,
            missed: ticket.missed,
            ..row.clone()
        });
    }
    Ok(changed)
}

fn at_counter(
    tx: &mut dyn Tx,
    at: &Counter,
    act: CounterAct,
    now: Timestamp,
    policy: &HallPolicy,
) -> Stored<Result<(Option<TicketRow>, u32), CallError>> {
    let day = civil(now).date();
    let (mut queue, rows) = open(tx, &at.station, day)?;
    let done = match act {
        CounterAct::Next { after } => {
            queue.next(at.counter, after, now, policy);
            Ok(())
        }
        CounterAct::Recall => queue.recall(at.counter).map(drop),
        CounterAct::Done => queue.done(at.counter).map(drop),
        CounterAct::Park => queue.park(at.counter).map(drop),
        CounterAct::Forward { to } => queue.forward(at.counter, to).map(drop),
        CounterAct::Missed => queue.missed(at.counter, policy).map(drop),
    };
    if let Err(error) = done {
        return Ok(Err(error));
    }
    let changed = save(tx, &at.station, day, &queue, &rows, now)?;
    let here = queue.at(at.counter).map(|ticket| ticket.number);
    let find = |number| {
        let all = changed.iter().chain(&rows);
        all.into_iter()
            .find(|row: &&TicketRow| row.number == number)
            .cloned()
    };
    let here = here.and_then(find);
    let waits = |ticket: &&Ticket| ticket.state == TicketState::Waiting;
    let waiting = queue.tickets.iter().filter(waits).count();
    for row in &changed {
        tell(tx, at, row, kind(act, row), now)?;
    }
    Ok(Ok((here, u32::try_from(waiting).unwrap_or(u32::MAX))))
}

/// What happened to a ticket that an act changed.
fn kind(act: CounterAct, row: &TicketRow) -> EventKind {
    match row.state {
        TicketState::Called => EventKind::TicketCalled,
        TicketState::Done => EventKind::TicketDone,
        TicketState::Parked => EventKind::TicketParked,
        TicketState::Cancelled => EventKind::TicketCancelled,
        TicketState::Waiting if act == CounterAct::Missed => EventKind::TicketMissed,
        TicketState::Waiting => EventKind::TicketForwarded,
    }
}

fn tell(
    tx: &mut dyn Tx,
    at: &Counter,
    row: &TicketRow,
    kind: EventKind,
    now: Timestamp,
) -> Stored<()> {
    let detail = match kind {
        EventKind::TicketCalled => {
            format!(
                "{} to counter {}, call {}",
                row.number, at.counter, row.calls
            )
        }
        EventKind::TicketForwarded => {
            let to = row.wanted.unwrap_or_default();
            format!("{} from counter {} to {to}", row.number, at.counter)
        }
        _ => format!("{} at counter {}", row.number, at.counter),
    };
    let mut event = row.event(now, kind, &at.person, detail).of_body(&at.body);
    event.device = None;
    events::note(tx, None, &event)
}

fn readmit(
    tx: &mut dyn Tx,
    at: &Counter,
    number: TicketNumber,
    now: Timestamp,
) -> Stored<Result<TicketRow, CallError>> {
    let day = civil(now).date();
    let (mut queue, mut rows) = open(tx, &at.station, day)?;
    if !rows.iter().any(|row| row.number == number)
        && let Some(away) = by_number(tx, &at.station, day, number)?
    {
        queue.tickets.push(away.in_queue());
        rows.push(away);
    }
    if let Err(error) = queue.readmit(number, now) {
        return Ok(Err(error));
    }
    let changed = save(tx, &at.station, day, &queue, &rows, now)?;
    let row = changed.into_iter().next();
    let row = row.ok_or_else(|| damaged("a readmitted ticket"))?;
    let kind = EventKind::TicketReadmitted;
    let mut event = row.event(now, kind, &at.person, row.number.to_string());
    event.device = None;
    events::note(tx, None, &event.of_body(&at.body))?;
    Ok(Ok(row))
}

/// Tickets of days that are over: who was called was served, who waited went home. What is to be noted at the end.
pub(super) fn close(tx: &mut dyn Tx, today: Date, now: Timestamp) -> Stored<Vec<Event>> {
    let left = tx.rows(
        "SELECT station, count(*) AS left_over FROM ticket
         WHERE day < ?1 AND state IN ('waiting', 'called', 'parked') GROUP BY station ORDER BY station",
        values![today],
    )?;
    for row in &left {
        tx.lock(&hall(&row.get::<String>("station")?))?;
    }
    for (from, to) in [("'called'", "done"), ("'waiting', 'parked'", "cancelled")] {
        let sql = format!(
            "UPDATE ticket SET state = ?2, ended = ?3 WHERE day < ?1 AND state IN ({from})"
        );
        tx.execute(&sql, values![today, to, now])?;
    }
    left.iter()
        .map(|row| {
            let count: u32 = row.get("left_over")?;
            let detail = format!("{count} tickets left");
            Ok(Event {
                station: Some(row.get("station")?),
                ..Event::new(now, EventKind::HallClosed, "city", detail)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use city_catalogue::hall::{Letter, TicketNumber};
    use city_catalogue::policy::HallPolicy;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::{Reported, TicketRow};
    use crate::clock::civil;
    use crate::store::{KioskRow, Store};
    use crate::test_database;

    const STATION: &str = "S001";

    /// A kiosk as it knows itself.
    struct Model {
        row: KioskRow,
        /// Next and last number of its range.
        range: (u32, u32),
        /// Given without the city, and not reported yet.
        pending: Vec<Reported>,
    }

    /// The same numbers in every run.
    fn chance(state: &mut u64, below: u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state % below
    }

    fn walk_in(number: u32) -> TicketNumber {
        let letter = Letter::WalkIn;
        TicketNumber { letter, number }
    }

    #[tokio::test]
    async fn whatever_three_kiosks_do_with_and_without_the_city_no_number_is_given_twice() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&test_database::empty(folder.path())).unwrap();
        let now = Timestamp::from_second(1_772_500_000).unwrap();
        let day = civil(now).date();
        let mut kiosks: Vec<Model> = ["A22", "A23", "A24"]
            .map(|id| Model {
                row: KioskRow {
                    id: id.into(),
                    public_key: [0; 32],
                    sam_id: String::new(),
                    station: STATION.into(),
                    heartbeat: None,
                    revoked: None,
                },
                range: (1, 0),
                pending: Vec::new(),
            })
            .into();
        // What people hold in their hands.
        let mut paper: BTreeMap<Uuid, TicketNumber> = BTreeMap::new();
        let mut seed = 20_160_114;
        for step in 0..160 {
            let kiosk = &mut kiosks[usize::try_from(chance(&mut seed, 3)).unwrap()];
            let act = chance(&mut seed, 6);
            let id = Uuid::now_v7();
            if act < 2 {
                let ticket = TicketRow::new(id, STATION, walk_in(0), now);
                let taken = store.take_ticket(ticket, now, HallPolicy::default());
                paper.insert(id, taken.await.unwrap().number);
            }
            if (1..5).contains(&act) && kiosk.range.0 > kiosk.range.1 {
                let beyond = Some(kiosk.range.1).filter(|last| *last > 0);
                for _ in 0..2 {
                    let row = kiosk.row.clone();
                    let range = store.reserve(row, (day, Letter::WalkIn), beyond, 5, now);
                    kiosk.range = range.await.unwrap();
                }
            }
            // A number of its own: also for one whose answer (1) was lost.
            if (1..5).contains(&act) {
                let number = walk_in(kiosk.range.0);
                kiosk.range.0 += 1;
                paper.insert(id, number);
                kiosk.pending.push(Reported {
                    id,
                    number,
                    arrived: now,
                    item: None,
                });
            }
            if act == 5 || step > 150 {
                for kiosk in &mut kiosks {
                    let reported = kiosk.pending.clone();
                    let expected: Vec<_> = reported.iter().map(|ticket| ticket.number).collect();
                    let merged = store.merge_tickets(kiosk.row.clone(), reported, now);
                    assert_eq!(merged.await.unwrap(), expected);
                    // Its answer may be lost, and then it reports once more.
                    if chance(&mut seed, 2) == 0 {
                        kiosk.pending.clear();
                    }
                }
            }
        }
        for kiosk in kiosks {
            let merged = store.merge_tickets(kiosk.row, kiosk.pending, now);
            merged.await.unwrap();
        }
        let hall = store.hall(STATION.into(), day).await.unwrap();
        let held: BTreeMap<Uuid, TicketNumber> = hall
            .iter()
            .map(|ticket| (ticket.id, ticket.number))
            .collect();
        let different: BTreeSet<TicketNumber> = held.values().copied().collect();
        assert_eq!(held, paper);
        assert_eq!(different.len(), paper.len());
    }
}
