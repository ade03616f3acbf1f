//! SQLite engine: one file, WAL, `synchronous=FULL`, one writing thread and one reading thread.

mod cases;
mod items;
mod kiosks;
mod packets;
mod people;
mod results;
mod schema;
mod values;

use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;
use uuid::Uuid;

use city_api::requests::officer::OfficerRole;

use super::{
    Accepted, Acknowledge, Alarm, CaseKey, CaseRow, Change, Counts, Event, Filing, GrantRow,
    ItemRow, KioskRow, NewPacket, OfficerRow, PacketRow, Refusal, ResultRow, Store, StoreError,
    Stored, TaskRow,
};

/// Oldest SQLite whose WAL recovery this was tested with (3.51.3).
const OLDEST_LIBRARY: i32 = 3_051_003;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A SQLite database of the city.
#[derive(Debug)]
pub(crate) struct Sqlite {
    writer: Desk,
    reader: Desk,
}

/// A thread that owns a connection and works off jobs one by one.
#[derive(Debug)]
struct Desk {
    jobs: Mutex<Sender<Job>>,
}

impl Sqlite {
    /// Opens the database, makes it when it is not there, and migrates an older schema.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened, is of a newer program, or SQLite is too old.
    pub(crate) fn open(path: &Path) -> Stored<Self> {
        if rusqlite::version_number() < OLDEST_LIBRARY {
            return Err(StoreError::Library {
                found: rusqlite::version().to_owned(),
            });
        }
        let mut writer = connect(path)?;
        schema::migrate(&mut writer)?;
        let reader = connect(path)?;
        Ok(Self {
            writer: Desk::start(writer),
            reader: Desk::start(reader),
        })
    }

    /// Writes a consistent copy of the running database to a new file.
    ///
    /// # Errors
    /// [`StoreError::Transaction`] when the file exists or cannot be written.
    pub(crate) async fn backup(&self, to: &Path) -> Stored<()> {
        let to = to.display().to_string();
        self.writer
            .call("backing up", move |connection| {
                connection.execute("VACUUM INTO ?1", [to])?;
                Ok(())
            })
            .await
    }

    async fn write<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Stored<T> + Send + 'static,
    {
        self.writer
            .call(operation, move |connection| {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let done = work(&transaction)?;
                transaction.commit()?;
                Ok(done)
            })
            .await
    }

    async fn read<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Stored<T> + Send + 'static,
    {
        self.reader
            .call(operation, move |connection| {
                work(&connection.transaction()?)
            })
            .await
    }
}

fn connect(path: &Path) -> Stored<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    };
    open().map_err(|source| StoreError::Open {
        path: path.display().to_string(),
        source,
    })
}

impl Desk {
    fn start(mut connection: Connection) -> Self {
        let (jobs, inbox) = channel::<Job>();
        std::thread::spawn(move || {
            while let Ok(job) = inbox.recv() {
                job(&mut connection);
            }
        });
        Self {
            jobs: Mutex::new(jobs),
        }
    }

    async fn call<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Stored<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Nobody waits any more when the request was dropped; the work is done all the same.
            let _ = answer.send(work(connection));
        });
        self.jobs
            .lock()
            .map_err(|_| StoreError::Ended)?
            .send(job)
            .map_err(|_| StoreError::Ended)?;
        answered
            .await
            .map_err(|_| StoreError::Ended)?
            .map_err(|error| named(error, operation))
    }
}

/// Puts the operation into an error of one of its statements.
fn named(error: StoreError, operation: &'static str) -> StoreError {
    match error {
        StoreError::Transaction { source, .. } => StoreError::Transaction { operation, source },
        other => other,
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        Self::Transaction {
            operation: "a statement",
            source,
        }
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn add_enrol_code(
        &self,
        code: [u8; 32],
        station: String,
        expires: Timestamp,
    ) -> Stored<()> {
        self.write("keeping an enrolment code", move |tx| {
            kiosks::add_code(tx, code, &station, expires)
        })
        .await
    }

    async fn enrol(
        &self,
        code: [u8; 32],
        public_key: [u8; 32],
        sam_id: String,
        now: Timestamp,
    ) -> Stored<Option<KioskRow>> {
        self.write("enrolling a kiosk", move |tx| {
            kiosks::enrol(tx, code, public_key, sam_id, now)
        })
        .await
    }

    async fn kiosk(&self, id: String) -> Stored<Option<KioskRow>> {
        self.read("reading a kiosk", move |tx| kiosks::one(tx, &id))
            .await
    }

    async fn kiosks(&self) -> Stored<Vec<KioskRow>> {
        self.read("reading the kiosks", kiosks::all).await
    }

    async fn heartbeat(&self, kiosk: String, at: Timestamp, body: String) -> Stored<()> {
        self.write("keeping a heartbeat", move |tx| {
            kiosks::heartbeat(tx, &kiosk, at, &body)
        })
        .await
    }

    async fn keep_items(&self, items: Vec<ItemRow>, now: Timestamp) -> Stored<()> {
        self.write("keeping item records", move |tx| {
            items::keep(tx, &items, now)
        })
        .await
    }

    async fn item(&self, code: String, version: Option<u32>) -> Stored<Option<ItemRow>> {
        self.read("reading an item record", move |tx| {
            items::one(tx, &code, version)
        })
        .await
    }

    async fn publish(&self, content: [u8; 32], now: Timestamp) -> Stored<(u64, Timestamp)> {
        self.write("publishing a bundle", move |tx| {
            items::publish(tx, content, now)
        })
        .await
    }

    async fn packet(&self, id: Uuid) -> Stored<Option<PacketRow>> {
        self.read("reading a packet", move |tx| packets::one(tx, id))
            .await
    }

    async fn accept_packet(
        &self,
        packet: NewPacket,
        filing: Filing,
        acknowledge: Acknowledge,
    ) -> Stored<Accepted> {
        self.write("accepting a packet", move |tx| {
            packets::accept(tx, &packet, filing, acknowledge)
        })
        .await
    }

    async fn case(&self, key: CaseKey) -> Stored<Option<CaseRow>> {
        self.read("reading a case", move |tx| cases::find(tx, &key))
            .await
    }

    async fn change_case(
        &self,
        key: CaseKey,
        change: Change,
        event: Option<Event>,
    ) -> Stored<Option<Result<CaseRow, Refusal>>> {
        self.write("changing a case", move |tx| {
            let changed = cases::change(tx, &key, change)?;
            if let (Some(Ok(case)), Some(event)) = (&changed, event) {
                results::note(tx, Some(case.id), &event)?;
            }
            Ok(changed)
        })
        .await
    }

    async fn cases_of(&self, person: [u8; 32], most: u32) -> Stored<Vec<CaseRow>> {
        self.read("reading a person's cases", move |tx| {
            cases::of_person(tx, person, most)
        })
        .await
    }

    async fn all_cases(&self, most: u32) -> Stored<Vec<CaseRow>> {
        self.read("reading all cases", move |tx| cases::all(tx, most))
            .await
    }

    async fn open_tasks(
        &self,
        body: String,
        role: OfficerRole,
        most: u32,
    ) -> Stored<Vec<(TaskRow, CaseRow)>> {
        self.read("reading tasks", move |tx| {
            cases::open_tasks(tx, &body, role, most)
        })
        .await
    }

    async fn due_cases(&self, now: Timestamp, most: u32) -> Stored<Vec<Uuid>> {
        self.read("looking for due cases", move |tx| cases::due(tx, now, most))
            .await
    }

    async fn put_off(&self, case: Uuid, until: Timestamp) -> Stored<()> {
        self.write("putting a case off", move |tx| {
            cases::put_off(tx, case, until)
        })
        .await
    }

    async fn draw(&self, counter: String) -> Stored<u64> {
        self.write("drawing a number", move |tx| packets::draw(tx, &counter))
            .await
    }

    async fn add_result(&self, result: ResultRow, change: Change, event: Event) -> Stored<()> {
        self.write("keeping a result", move |tx| {
            results::add(tx, &result, change, &event)
        })
        .await
    }

    async fn result(&self, id: Uuid) -> Stored<Option<ResultRow>> {
        self.read("reading a result", move |tx| results::by_id(tx, id))
            .await
    }

    async fn result_by_number(&self, number: String) -> Stored<Option<ResultRow>> {
        self.read("looking for a result", move |tx| {
            results::by_number(tx, &number)
        })
        .await
    }

    async fn add_officer(&self, token: [u8; 32], officer: OfficerRow) -> Stored<()> {
        self.write("keeping an officer", move |tx| {
            people::add_officer(tx, token, &officer)
        })
        .await
    }

    async fn officer(&self, token: [u8; 32]) -> Stored<Option<OfficerRow>> {
        self.read("reading an officer", move |tx| people::officer(tx, token))
            .await
    }

    async fn add_grant(&self, grant: [u8; 32], row: GrantRow, now: Timestamp) -> Stored<()> {
        self.write("keeping a grant", move |tx| {
            people::add_grant(tx, grant, &row, now)
        })
        .await
    }

    async fn grant(&self, grant: [u8; 32], now: Timestamp) -> Stored<Option<GrantRow>> {
        self.read("reading a grant", move |tx| people::grant(tx, grant, now))
            .await
    }

    async fn put_code(
        &self,
        place: Vec<u8>,
        code: [u8; 32],
        tries: u8,
        expires: Timestamp,
        now: Timestamp,
    ) -> Stored<()> {
        self.write("keeping a code", move |tx| {
            people::forget_what_is_over(tx, now)?;
            people::put_code(tx, &place, code, tries, expires)
        })
        .await
    }

    async fn try_code(
        &self,
        place: Vec<u8>,
        code: [u8; 32],
        now: Timestamp,
    ) -> Stored<Option<(bool, u8)>> {
        self.write("trying a code", move |tx| {
            people::try_code(tx, &place, code, now)
        })
        .await
    }

    async fn alarm(&self, alarm: Alarm) -> Stored<()> {
        self.write("keeping an alarm", move |tx| results::add_alarm(tx, &alarm))
            .await
    }

    async fn alarms(&self, most: u32) -> Stored<Vec<Alarm>> {
        self.read("reading alarms", move |tx| results::alarms(tx, most))
            .await
    }

    async fn answers(&self) -> Stored<()> {
        self.read("asking for an answer", results::answers).await
    }

    async fn counts(&self) -> Stored<Counts> {
        self.read("counting", results::counts).await
    }

    async fn note(&self, case: Option<Uuid>, event: Event) -> Stored<()> {
        self.write("noting an event", move |tx| results::note(tx, case, &event))
            .await
    }
}
