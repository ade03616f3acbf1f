//! The chain over the events: sealed after they were written, in a transaction of its own.
//!
//! Writing an event knows nothing of the chain, because a lock that every transaction took would let only one of them
//! go on at a time. Sealing takes the lock, so that any number of nodes make one chain. Events that are committed
//! later than others with a higher number are found by the gap they left.

use uuid::Uuid;

use city_api::digest::Sha256;
use city_api::event_chain::{ChainedEvent, EventHead};
use city_api::requests::status::EventChain;
use city_catalogue::case::EventKind;

use super::alarms::add_alarm;
use super::{Alarm, AlarmKind, Event, KioskRow, events};
use crate::store::tx::Tx;
use crate::store::value::{Row, Value, damaged, values};
use crate::store::{Store, Stored};

/// A place of the chain, and the event it stands for as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChainRow {
    /// Place in the chain.
    pub sequence: u64,
    /// Hash as it was sealed; None when what is there is no hash.
    pub hash: Option<Sha256>,
    /// Number of the event, or what somebody made of it.
    pub event: i64,
    /// The event; None when it is gone.
    pub content: Option<ChainedEvent>,
}

impl Store {
    /// Puts events that are not in the chain yet at its end, at most `most`; how many there were.
    pub(crate) async fn seal_events(&self, most: u32) -> Stored<u32> {
        if !self.read("looking for new events", any_open).await? {
            return Ok(0);
        }
        self.write("sealing events", move |tx| seal(tx, most)).await
    }

    /// The chain's newest place, and the hashes at the places asked for.
    pub(crate) async fn event_chain(
        &self,
        asked: Option<u64>,
        older: Option<u64>,
    ) -> Stored<EventChain> {
        self.read("reading the event chain", move |tx| {
            let mut at = |place: Option<u64>| match place {
                Some(sequence) => hash_at(tx, sequence),
                None => Ok(None),
            };
            let (asked, asked_older) = (at(asked)?, at(older)?);
            Ok(EventChain {
                head: head(tx)?,
                asked,
                asked_older,
                takes_older: true,
            })
        })
        .await
    }

    /// Places after one, in order, at most `most`, with their events.
    pub(crate) async fn chain_rows(&self, after: u64, most: u32) -> Stored<Vec<ChainRow>> {
        self.read("reading the event chain", move |tx| {
            chain_rows(tx, after, most)
        })
        .await
    }

    /// The lowest number of an event that came in among those that were sealed, and how many wait to be sealed. Looks
    /// at part after part, so that no statement takes long.
    pub(crate) async fn beside_chain(&self) -> Stored<(Option<i64>, u64)> {
        let (mut put_in, mut waiting) = (None, 0);
        let mut after = i64::MIN;
        loop {
            let part = move |tx: &mut dyn Tx| beside(tx, after);
            let found = self
                .read("looking for events beside the chain", part)
                .await?;
            let Some(part) = found else {
                return Ok((put_in, waiting));
            };
            put_in = put_in.or(part.put_in);
            waiting += part.waiting;
            after = part.last;
        }
    }

    /// A kiosk says that the chain is not what it was told before: an alarm, and an event.
    pub(crate) async fn chain_differs(
        &self,
        kiosk: KioskRow,
        sequence: u64,
        now: jiff::Timestamp,
    ) -> Stored<()> {
        self.write("noting a difference in the event chain", move |tx| {
            let detail = format!("the event chain is not what the kiosk kept at {sequence}");
            let event = Event::new(now, EventKind::ChainDiffers, &kiosk.id, &detail);
            events::note(tx, None::<Uuid>, &event.at_kiosk(&kiosk))?;
            let alarm = Alarm {
                at: now,
                kind: AlarmKind::EventChain,
                kiosk: Some(kiosk.id),
                detail,
            };
            add_alarm(tx, &alarm)
        })
        .await
    }
}

/// What of an event is hashed.
const COLUMNS: &str = "event.id AS number, event.at AS at, event.kind AS kind, event.actor AS actor,
    event.case_id AS case_id, event.item AS item, event.item_version AS item_version, event.body AS body,
    event.station AS station, event.device AS device, event.detail AS detail";
/// The highest number in the chain.
const LAST: &str = "(SELECT coalesce(max(event), 0) FROM event_chain)";
/// Gaps that an event has come for. The lowest number is found by the key of the events; a join would have an engine
/// read all of them.
const FILLED: &str = "FROM event_gap WHERE (SELECT min(event.id) FROM event
    WHERE event.id BETWEEN event_gap.first AND event_gap.last) IS NOT NULL";
/// Events looked at in one statement when those beside the chain are looked for.
const PART: u32 = 200_000;

fn content(row: &Row) -> Stored<ChainedEvent> {
    let detail: String = row.get("detail")?;
    Ok(ChainedEvent {
        number: row.get("number")?,
        at: row.get("at")?,
        kind: row.get("kind")?,
        actor: row.get("actor")?,
        case_id: row.get("case_id")?,
        item: row.get("item")?,
        item_version: row.get("item_version")?,
        body: row.get("body")?,
        station: row.get("station")?,
        device: row.get("device")?,
        detail_sha256: Sha256::of(detail.as_bytes()),
    })
}

fn any_open(tx: &mut dyn Tx) -> Stored<bool> {
    let sql = format!(
        "SELECT (SELECT coalesce(max(id), 0) FROM event) > {LAST} OR EXISTS (SELECT 1 {FILLED}) AS answer"
    );
    tx.answer(&sql, &[])
}

fn head(tx: &mut dyn Tx) -> Stored<Option<EventHead>> {
    let sql = "SELECT sequence, hash FROM event_chain ORDER BY sequence DESC LIMIT 1";
    tx.row(sql, &[])?.as_ref().map(place).transpose()
}

fn place(row: &Row) -> Stored<EventHead> {
    Ok(EventHead {
        sequence: row.get("sequence")?,
        hash: Sha256::from_bytes(row.get("hash")?),
    })
}

fn hash_at(tx: &mut dyn Tx, sequence: u64) -> Stored<Option<Sha256>> {
    // A number beyond those of the database is no place in the chain.
    let Ok(sequence) = i64::try_from(sequence) else {
        return Ok(None);
    };
    let sql = "SELECT sequence, hash FROM event_chain WHERE sequence = ?1";
    let found = tx.row(sql, values![sequence])?;
    Ok(found.as_ref().map(place).transpose()?.map(|head| head.hash))
}

fn seal(tx: &mut dyn Tx, most: u32) -> Stored<u32> {
    tx.lock("event chain")?;
    let mut head = head(tx)?;
    let mut rows = Vec::new();
    let last: u64 = tx.answer(&format!("SELECT {LAST} AS answer"), &[])?;
    let late = late(tx, most)?;
    for event in &late {
        fill_gap(tx, event.number)?;
        head = Some(append(&mut rows, head, event)?);
    }
    let sealed = count(&late);
    let new = format!("SELECT {COLUMNS} FROM event WHERE id > ?1 ORDER BY id LIMIT ?2");
    let new = tx.rows(&new, values![number(last)?, most.saturating_sub(sealed)])?;
    let mut expected = last + 1;
    for row in &new {
        let event = content(row)?;
        if expected < event.number {
            add_gap(tx, expected, event.number - 1)?;
        }
        expected = event.number + 1;
        head = Some(append(&mut rows, head, &event)?);
    }
    tx.insert("event_chain (sequence, event, hash)", &rows)?;
    Ok(sealed.saturating_add(count(&new)))
}

fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// Events that have come into gaps, at most `most`.
fn late(tx: &mut dyn Tx, most: u32) -> Stored<Vec<ChainedEvent>> {
    let gaps = format!("SELECT first, last {FILLED} ORDER BY first LIMIT ?1");
    let mut late = Vec::new();
    for gap in tx.rows(&gaps, values![most])? {
        let (first, last): (i64, i64) = (gap.get("first")?, gap.get("last")?);
        let rest = most.saturating_sub(count(&late));
        let sql =
            format!("SELECT {COLUMNS} FROM event WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT ?3");
        for row in tx.rows(&sql, values![first, last, rest])? {
            late.push(content(&row)?);
        }
    }
    Ok(late)
}

fn append(
    rows: &mut Vec<Vec<Value>>,
    after: Option<EventHead>,
    event: &ChainedEvent,
) -> Stored<EventHead> {
    let previous = after.map(|head| head.hash);
    let head = EventHead {
        sequence: after.map_or(1, |head| head.sequence + 1),
        hash: hash(event, previous.as_ref())?,
    };
    rows.push(
        values![
            number(head.sequence)?,
            number(event.number)?,
            *head.hash.as_bytes()
        ]
        .to_vec(),
    );
    Ok(head)
}

/// The hash of an event after the one before.
pub(crate) fn hash(event: &ChainedEvent, previous: Option<&Sha256>) -> Stored<Sha256> {
    event
        .hash(previous)
        .map_err(|_| damaged("an event that can be hashed"))
}

/// An event of a gap has come: what is left of the gap stays.
fn fill_gap(tx: &mut dyn Tx, event: u64) -> Stored<()> {
    let gap = "DELETE FROM event_gap WHERE ?1 BETWEEN first AND last RETURNING first, last";
    let Some(gap) = tx.row(gap, values![number(event)?])? else {
        return Ok(());
    };
    let (first, last): (u64, u64) = (gap.get("first")?, gap.get("last")?);
    if first < event {
        add_gap(tx, first, event - 1)?;
    }
    if event < last {
        add_gap(tx, event + 1, last)?;
    }
    Ok(())
}

fn add_gap(tx: &mut dyn Tx, first: u64, last: u64) -> Stored<()> {
    tx.execute(
        "INSERT INTO event_gap (first, last) VALUES (?1, ?2)",
        values![number(first)?, number(last)?],
    )?;
    Ok(())
}

/// As the database counts.
fn number(count: u64) -> Stored<i64> {
    i64::try_from(count).map_err(|_| damaged("a number of the database"))
}

fn chain_rows(tx: &mut dyn Tx, after: u64, most: u32) -> Stored<Vec<ChainRow>> {
    let sql = format!(
        "SELECT sequence, hash, event_chain.event AS chained, {COLUMNS}
         FROM event_chain LEFT JOIN event ON event.id = event_chain.event
         WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"
    );
    let rows = tx.rows(&sql, values![number(after)?, most])?;
    let read = |row: &Row| {
        let there: Option<i64> = row.get("number")?;
        let hash: Vec<u8> = row.get("hash")?;
        Ok(ChainRow {
            sequence: row.get("sequence")?,
            hash: hash.try_into().ok().map(Sha256::from_bytes),
            event: row.get("chained")?,
            content: match there {
                Some(0..) => Some(content(row)?),
                // The city never gave such a number.
                Some(_) | None => None,
            },
        })
    };
    rows.iter().map(read).collect()
}

/// What lies beside the chain among the events of one part.
struct Beside {
    put_in: Option<i64>,
    waiting: u64,
    last: i64,
}

/// The part after a number; None when there is no event after it.
fn beside(tx: &mut dyn Tx, after: i64) -> Stored<Option<Beside>> {
    let part = "SELECT max(id) AS answer FROM
        (SELECT id FROM event WHERE id > ?1 ORDER BY id LIMIT ?2) AS part";
    let Some(last) = tx.answer::<Option<i64>>(part, values![after, PART])? else {
        return Ok(None);
    };
    let unchained = "FROM event LEFT JOIN event_chain ON event_chain.event = event.id
        WHERE event.id > ?1 AND event.id <= ?2 AND event_chain.event IS NULL";
    let in_gap = "EXISTS (SELECT 1 FROM event_gap WHERE event.id BETWEEN first AND last)";
    let first = format!(
        "SELECT min(event.id) AS answer {unchained} AND event.id <= {LAST} AND NOT {in_gap}"
    );
    let waiting =
        format!("SELECT count(*) AS answer {unchained} AND (event.id > {LAST} OR {in_gap})");
    Ok(Some(Beside {
        put_in: tx.answer(&first, values![after, last])?,
        waiting: tx.answer(&waiting, values![after, last])?,
        last,
    }))
}

#[cfg(test)]
mod tests {
    use super::{ChainRow, seal};
    use crate::store::Store;
    use crate::store::value::values;
    use crate::test_database;

    async fn write(store: &Store, numbers: &'static [u32]) {
        let write = store.write("writing events", move |tx| {
            numbers.iter().try_for_each(|number| {
                let sql = "INSERT INTO event (id, at, kind, actor, detail) VALUES (?1, 1, 'received', 'A22', '')";
                tx.execute(sql, values![*number]).map(drop)
            })
        });
        write.await.unwrap();
    }

    /// Numbers of the events by their place.
    async fn order(store: &Store) -> Vec<i64> {
        let rows = store.chain_rows(0, 100).await.unwrap();
        rows.iter().map(|row: &ChainRow| row.event).collect()
    }

    #[tokio::test]
    async fn an_event_that_is_committed_after_a_later_one_is_sealed_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&test_database::empty(folder.path())).unwrap();
        assert_eq!(store.seal_events(10).await.unwrap(), 0);
        write(&store, &[1, 2, 7]).await;
        assert_eq!(store.seal_events(2).await.unwrap(), 2);
        assert_eq!(store.seal_events(2).await.unwrap(), 1);
        assert_eq!(store.seal_events(2).await.unwrap(), 0);
        // 3 to 6 were drawn by transactions that were slower; 6 gave up.
        write(&store, &[4]).await;
        assert_eq!(store.seal_events(10).await.unwrap(), 1);
        write(&store, &[3, 5, 8]).await;
        assert_eq!(store.seal_events(10).await.unwrap(), 3);
        assert_eq!(order(&store).await, [1, 2, 7, 4, 3, 5, 8]);
        assert_eq!(store.beside_chain().await.unwrap(), (None, 0));
    }

    #[tokio::test]
    async fn two_who_seal_at_once_never_give_a_place_twice() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&test_database::empty(folder.path())).unwrap();
        write(&store, &[1, 2, 3, 4, 5, 6, 7, 8]).await;
        let sealing = || store.write("sealing events", |tx| seal(tx, 3));
        let done = tokio::join!(sealing(), sealing(), sealing(), sealing());
        let sealed = [done.0, done.1, done.2, done.3].map(Result::unwrap);
        assert_eq!(sealed.iter().sum::<u32>(), 8);
        assert_eq!(order(&store).await, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
