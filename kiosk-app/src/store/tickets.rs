//! Numbers of the queue for the time without the city: those reserved for this kiosk, those it gave. Counted by day and
//! never about anybody.

use city_api::packet::{ChainHead, SealError, Sealed};
use city_api::time::CityTime;
use city_catalogue::hall::{Letter, TicketNumber};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension as _, Transaction, params};
use uuid::Uuid;

use super::{Store, StoreError, outbox};

/// Numbers of walk-ins that the city reserved for this kiosk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NumbersLeft {
    /// How many can still be given.
    pub count: u32,
    /// Last number of the ranges there are; None before the first.
    pub last: Option<u32>,
}

/// A number that was given here, of which the city has still to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenNumber {
    /// Id of the ticket.
    pub id: Uuid,
    /// What its holder was told.
    pub number: TicketNumber,
    /// When it was given.
    pub at: CityTime,
}

/// Finishes a packet for its place in the chain.
pub type Sign<'a> = Box<dyn FnOnce(ChainHead) -> Result<Sealed, SealError> + 'a>;

impl Store {
    /// Keeps a range that the city reserved for a day; the same one again changes nothing. What is left of the days
    /// before goes.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn add_numbers(&self, day: Date, first: u32, last: u32) -> Result<(), StoreError> {
        let operation = "keeping reserved numbers";
        self.change(operation, |transaction| {
            let text = day.to_string();
            transaction
                .execute("DELETE FROM ticket_range WHERE day < ?1", [&text])
                .and_then(|_| {
                    transaction.execute(
                        "INSERT INTO ticket_range (day, first, last, next) VALUES (?1, ?2, ?3, ?2)
                         ON CONFLICT (day, first) DO NOTHING",
                        params![text, first, last],
                    )
                })
                .map_err(StoreError::sqlite(operation))?;
            Ok(())
        })
    }

    /// What is left of the numbers for a day.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn numbers_left(&self, day: Date) -> Result<NumbersLeft, StoreError> {
        self.connection()
            .query_row(
                "SELECT coalesce(sum(last + 1 - next), 0), max(last) FROM ticket_range WHERE day = ?1",
                [day.to_string()],
                |row| {
                    Ok(NumbersLeft {
                        count: row.get(0)?,
                        last: row.get(1)?,
                    })
                },
            )
            .map_err(StoreError::sqlite("counting reserved numbers"))
    }

    /// Commits what happened in a hall without the city, in one transaction: a number for the ticket of this id, drawn
    /// from those of the day, and a packet. The same ticket again has the same number.
    ///
    /// # Errors
    /// [`StoreError::NoNumber`] when none is left for the day, and those of [`Store::file`]; then nothing is stored.
    pub fn keep_hall(
        &self,
        ticket: Option<(Uuid, CityTime)>,
        sign: Option<Sign<'_>>,
    ) -> Result<Option<TicketNumber>, StoreError> {
        self.change("keeping a check-in", |transaction| {
            let number = ticket
                .map(|(id, at)| give(transaction, id, at))
                .transpose()?;
            if let Some(sign) = sign {
                outbox::file_in(transaction, sign)?;
            }
            Ok(number)
        })
    }

    /// Numbers given here that the city has still to hear of, the first given first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when one cannot be read back, and what SQLite reports.
    pub fn numbers_given(&self, most: usize) -> Result<Vec<GivenNumber>, StoreError> {
        let operation = "reading the numbers given";
        let connection = self.connection();
        let mut query = connection
            .prepare_cached(
                "SELECT id, number, given FROM ticket_given ORDER BY given, id LIMIT ?1",
            )
            .map_err(StoreError::sqlite(operation))?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = query
            .query_map([most], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(StoreError::sqlite(operation))?;
        rows.map(|row| {
            let (id, number, given): ([u8; 16], String, i64) =
                row.map_err(StoreError::sqlite(operation))?;
            let damaged = || StoreError::Damaged("a number given");
            Ok(GivenNumber {
                id: Uuid::from_bytes(id),
                number: number.parse().map_err(|_| damaged())?,
                at: CityTime::new(Timestamp::from_second(given).map_err(|_| damaged())?),
            })
        })
        .collect()
    }

    /// The city was told of these tickets.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn numbers_told(&self, tickets: &[Uuid]) -> Result<(), StoreError> {
        let operation = "forgetting numbers that the city knows";
        self.change(operation, |transaction| {
            for id in tickets {
                transaction
                    .execute("DELETE FROM ticket_given WHERE id = ?1", [id.as_bytes()])
                    .map_err(StoreError::sqlite(operation))?;
            }
            Ok(())
        })
    }

    /// Forgets numbers given before `before`, which no city wants to hear of any more; returns how many they were.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn forget_numbers(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.connection()
            .execute(
                "DELETE FROM ticket_given WHERE given < ?1",
                [before.as_second()],
            )
            .map_err(StoreError::sqlite("forgetting old numbers"))
    }
}

/// The number of a ticket: the one it has, or the next of the day.
fn give(transaction: &Transaction<'_>, id: Uuid, at: CityTime) -> Result<TicketNumber, StoreError> {
    let operation = "giving a number";
    let known: Option<String> = transaction
        .query_row(
            "SELECT number FROM ticket_given WHERE id = ?1",
            [id.as_bytes()],
            |row| row.get(0),
        )
        .optional()
        .map_err(StoreError::sqlite(operation))?;
    if let Some(known) = known {
        let read = known.parse();
        return read.map_err(|_| StoreError::Damaged("a number given"));
    }
    let drawn: Option<u32> = transaction
        .query_row(
            "UPDATE ticket_range SET next = next + 1
             WHERE day = ?1 AND first = (SELECT min(first) FROM ticket_range WHERE day = ?1 AND next <= last)
             RETURNING next - 1",
            [at.date().to_string()],
            |row| row.get(0),
        )
        .optional()
        .map_err(StoreError::sqlite(operation))?;
    let number = TicketNumber {
        letter: Letter::WalkIn,
        number: drawn.ok_or(StoreError::NoNumber)?,
    };
    transaction
        .execute(
            "INSERT INTO ticket_given (id, number, given) VALUES (?1, ?2, ?3)",
            params![
                id.as_bytes(),
                number.to_string(),
                at.timestamp().as_second()
            ],
        )
        .map_err(StoreError::sqlite(operation))?;
    Ok(number)
}
