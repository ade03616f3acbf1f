//! Heads of the city's event chain, as it told them: with one of them the kiosk notices that the past was rewritten.
//!
//! What is kept is never replaced by what is told later. When the city contradicts what it told, that is a fault until
//! somebody acknowledges it here, and what it tells from then on is kept apart.

use city_api::digest::Sha256;
use city_api::event_chain::EventHead;
use city_api::requests::status::EventChain;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::counters::set;
use super::{Store, StoreError};

/// Newest heads kept of a story: more than half a day of heartbeats. Any of them vouches for all before it.
pub const KEPT_HEADS: u32 = 1_000;
/// Older heads kept, one a day: they tell when the past was rewritten.
pub const KEPT_DAYS: u32 = 1_000;
/// Stories kept. A city that contradicts itself so often and is not looked at tells nothing worth keeping.
const KEPT_STORIES: i64 = 8;

/// Name of the counter that holds the present story.
const STORY: &str = "event.story";
const DAY: i64 = 24 * 60 * 60;

/// A head as it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptHead {
    /// Place and hash.
    pub head: EventHead,
    /// Number of the story it is of.
    pub story: i64,
    /// When it was told, in seconds since 1970.
    pub kept: i64,
}

/// Places of the chain that the city is asked for in one heartbeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedHeads {
    /// The one that vouches for what is told beside it, when it is the newest kept.
    pub place: Option<u64>,
    /// Any older one; None for a city that takes one place only.
    pub older: Option<u64>,
}

/// The city contradicted what it told before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventFault {
    /// Place in the chain where it did.
    pub sequence: u64,
    /// When that was noticed, in seconds since 1970.
    pub noticed: i64,
}

impl Store {
    /// The place to ask the city for next; None before anything is kept. `draw` decides: every other time it is the
    /// newest, which the city must know, else any of those kept, which the city cannot guess.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn head_to_ask(&self, draw: u32) -> Result<Option<u64>, StoreError> {
        let failed = || StoreError::sqlite("reading a head of the event chain");
        let connection = self.connection();
        let story = story(&connection).map_err(failed())?;
        let count: u32 = connection
            .query_row(
                "SELECT count(*) FROM event_head WHERE story = ?1",
                [story],
                |row| row.get(0),
            )
            .map_err(failed())?;
        let skip = if draw.is_multiple_of(2) {
            0
        } else {
            (draw / 2).checked_rem(count).unwrap_or(0)
        };
        let sequence = connection
            .query_row(
                "SELECT sequence FROM event_head WHERE story = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2",
                params![story, skip],
                |row| row.get::<_, i64>(0),
            )
            .optional()
            .map_err(failed())?;
        Ok(sequence.map(i64::unsigned_abs))
    }

    /// Any place kept before the newest, by `draw`: what the city is asked for beside that. None while there is no other.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn older_to_ask(&self, draw: u32) -> Result<Option<u64>, StoreError> {
        // Of two draws for one place [`head_to_ask`](Self::head_to_ask) takes the odd one for any of them.
        let newest = self.head_to_ask(0)?;
        let older = self.head_to_ask(draw | 1)?;
        Ok(older.filter(|older| Some(*older) != newest))
    }

    /// Takes what the city told at `now` (seconds since 1970) when it was asked for these places; `told` is None when it
    /// told nothing of its chain. Gives the place at which it contradicts what is kept; then that is a fault, and what
    /// it told begins another story.
    ///
    /// # Errors
    /// What SQLite reports; nothing is kept then.
    pub fn take_events(
        &self,
        asked: AskedHeads,
        told: Option<&EventChain>,
        now: i64,
    ) -> Result<Option<u64>, StoreError> {
        let operation = "keeping a head of the event chain";
        self.change(operation, |transaction| {
            take(transaction, asked, told, now).map_err(StoreError::sqlite(operation))
        })
    }

    /// The oldest fault that nobody acknowledged; None when all is as it was told.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn event_fault(&self) -> Result<Option<EventFault>, StoreError> {
        self.connection()
            .query_row(
                "SELECT sequence, noticed FROM event_fault WHERE acknowledged IS NULL ORDER BY story LIMIT 1",
                [],
                |row| {
                    Ok(EventFault {
                        sequence: row.get::<_, i64>(0)?.unsigned_abs(),
                        noticed: row.get(1)?,
                    })
                },
            )
            .optional()
            .map_err(StoreError::sqlite("reading faults of the event chain"))
    }

    /// Somebody looked at the faults, at `now` (seconds since 1970); how many there were. What was kept stays.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn acknowledge_event_faults(&self, now: i64) -> Result<usize, StoreError> {
        self.connection()
            .execute(
                "UPDATE event_fault SET acknowledged = ?1 WHERE acknowledged IS NULL",
                [now],
            )
            .map_err(StoreError::sqlite(
                "acknowledging faults of the event chain",
            ))
    }

    /// Everything kept, story by story, the oldest first.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn event_heads(&self) -> Result<Vec<KeptHead>, StoreError> {
        let failed = || StoreError::sqlite("reading the heads of the event chain");
        let connection = self.connection();
        let mut query = connection
            .prepare("SELECT story, sequence, hash, kept FROM event_head ORDER BY story, sequence")
            .map_err(failed())?;
        let rows = query
            .query_map([], |row| {
                Ok(KeptHead {
                    story: row.get(0)?,
                    head: EventHead {
                        sequence: row.get::<_, i64>(1)?.unsigned_abs(),
                        hash: Sha256::from_bytes(row.get(2)?),
                    },
                    kept: row.get(3)?,
                })
            })
            .map_err(failed())?;
        rows.map(|row| row.map_err(failed())).collect()
    }
}

/// Another city is told of from now on, and that is no contradiction.
pub(super) fn begin_story(connection: &Connection) -> rusqlite::Result<()> {
    let next = story(connection)? + 1;
    set(connection, STORY, next)?;
    connection.execute(
        "DELETE FROM event_head WHERE story <= ?1 AND story NOT IN
             (SELECT story FROM event_fault WHERE acknowledged IS NULL)",
        [next - KEPT_STORIES],
    )?;
    Ok(())
}

fn take(
    connection: &Connection,
    asked: AskedHeads,
    told: Option<&EventChain>,
    now: i64,
) -> rusqlite::Result<Option<u64>> {
    let present = story(connection)?;
    let head = told.and_then(|told| told.head);
    let contradicted = contradicted(connection, present, asked, told)?;
    let Some(sequence) = contradicted else {
        // A rewritten past must not slip into the story: what is new is kept with an answer that vouches for the newest
        // kept, not with one that was asked for an older place.
        let newest = newest(connection, present)?.map(|newest| newest.sequence);
        let vouched = asked.place.is_none() || newest.is_none() || asked.place == newest;
        if let Some(head) = head.filter(|_| vouched) {
            keep(connection, present, head, now)?;
            thin(connection, present)?;
        }
        return Ok(None);
    };
    let open: i64 = connection.query_row(
        "SELECT count(*) FROM event_fault WHERE acknowledged IS NULL",
        [],
        |row| row.get(0),
    )?;
    if open < KEPT_STORIES {
        connection.execute(
            "INSERT INTO event_fault (story, sequence, noticed) VALUES (?1, ?2, ?3)",
            params![present, signed(sequence), now],
        )?;
        begin_story(connection)?;
        if let Some(head) = head {
            keep(connection, present + 1, head, now)?;
        }
    }
    Ok(Some(sequence))
}

/// The first place at which the city contradicts what it told in this story.
fn contradicted(
    connection: &Connection,
    story: i64,
    asked: AskedHeads,
    told: Option<&EventChain>,
) -> rusqlite::Result<Option<u64>> {
    // The older place first: it says more closely where the past was changed.
    let answers = [
        (asked.older, told.and_then(|told| told.asked_older)),
        (asked.place, told.and_then(|told| told.asked)),
    ];
    for (place, said) in answers {
        if let Some(sequence) = place
            && let Some(kept) = hash_at(connection, story, sequence)?
            && said != Some(kept)
        {
            // That it does not say is as bad: it said once.
            return Ok(Some(sequence));
        }
    }
    let newest = newest(connection, story)?;
    let head = told.and_then(|told| told.head);
    Ok(match (newest, head) {
        (None, _) => None,
        (Some(newest), None) => Some(newest.sequence),
        // The chain only grows.
        (Some(newest), Some(head)) if head.sequence < newest.sequence => Some(newest.sequence),
        (Some(newest), Some(head)) if head.sequence == newest.sequence => {
            (head.hash != newest.hash).then_some(head.sequence)
        }
        (Some(_), Some(_)) => None,
    })
}

fn story(connection: &Connection) -> rusqlite::Result<i64> {
    let value = connection
        .query_row(
            "SELECT value FROM counter WHERE name = ?1",
            [STORY],
            |row| row.get(0),
        )
        .optional()?;
    Ok(value.unwrap_or(0))
}

fn hash_at(connection: &Connection, story: i64, sequence: u64) -> rusqlite::Result<Option<Sha256>> {
    let hash = connection
        .query_row(
            "SELECT hash FROM event_head WHERE story = ?1 AND sequence = ?2",
            params![story, signed(sequence)],
            |row| row.get(0),
        )
        .optional()?;
    Ok(hash.map(Sha256::from_bytes))
}

fn newest(connection: &Connection, story: i64) -> rusqlite::Result<Option<EventHead>> {
    connection
        .query_row(
            "SELECT sequence, hash FROM event_head WHERE story = ?1 ORDER BY sequence DESC LIMIT 1",
            [story],
            |row| {
                Ok(EventHead {
                    sequence: row.get::<_, i64>(0)?.unsigned_abs(),
                    hash: Sha256::from_bytes(row.get(1)?),
                })
            },
        )
        .optional()
}

fn keep(connection: &Connection, story: i64, head: EventHead, now: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO event_head (story, sequence, hash, kept) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (story, sequence) DO NOTHING",
        )?
        .execute(params![
            story,
            signed(head.sequence),
            head.hash.as_bytes(),
            now
        ])?;
    Ok(())
}

/// Of those beyond the newest, the first of each day stays, and of these the newest.
fn thin(connection: &Connection, story: i64) -> rusqlite::Result<()> {
    // One head comes at a time, so one at most is no longer among the newest.
    connection
        .prepare_cached(
            "DELETE FROM event_head WHERE story = ?1 AND sequence =
                 (SELECT sequence FROM event_head WHERE story = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)
             AND kept / ?3 = (SELECT earlier.kept / ?3 FROM event_head AS earlier
                 WHERE earlier.story = ?1 AND earlier.sequence < event_head.sequence
                 ORDER BY earlier.sequence DESC LIMIT 1)",
        )?
        .execute(params![story, KEPT_HEADS, DAY])?;
    connection
        .prepare_cached(
            "DELETE FROM event_head WHERE story = ?1 AND sequence <=
                 (SELECT sequence FROM event_head WHERE story = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)",
        )?
        .execute(params![story, KEPT_HEADS + KEPT_DAYS])?;
    Ok(())
}

/// As SQLite counts; no chain is that long.
fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::store::schema;

    #[test]
    fn four_years_of_heartbeats_keep_the_newest_heads_and_one_a_day() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let transaction = connection.transaction().unwrap();
        // A head every quarter of a day is the same to the bounds as one a minute.
        for beat in 0..6_000_i64 {
            let chain = EventChain {
                head: Some(EventHead {
                    sequence: beat.unsigned_abs() + 1,
                    hash: Sha256::of(&beat.to_be_bytes()),
                }),
                asked: None,
                asked_older: None,
                takes_older: true,
            };
            let contradicted = take(
                &transaction,
                AskedHeads::default(),
                Some(&chain),
                beat * DAY / 4,
            );
            assert_eq!(contradicted.unwrap(), None);
        }
        let mut query = transaction
            .prepare("SELECT sequence FROM event_head ORDER BY sequence")
            .unwrap();
        let kept: Vec<i64> = query
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(kept.len(), (KEPT_HEADS + KEPT_DAYS) as usize);
        let (older, newest) = kept.split_at(KEPT_DAYS as usize);
        assert!(newest.windows(2).all(|pair| pair[1] - pair[0] == 1));
        assert!(older.windows(2).all(|pair| pair[1] - pair[0] == 4));
        assert_eq!(newest.last(), Some(&6_000));
    }
}
