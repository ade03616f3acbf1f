//! Data sharing: every call of a body's data, appended and never changed; the values are not kept.

use jiff::Timestamp;
use uuid::Uuid;

use city_api::requests::Words;
use city_api::requests::sharing::{CallCount, CallOutcome, CallsBy, DataCall};
use city_catalogue::case::EventKind;

use super::{Event, Period, events};
use crate::store::tx::Tx;
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// A call, made or refused; no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallRow {
    /// When.
    pub at: Timestamp,
    /// Id of the contract; None when there is none.
    pub contract: Option<String>,
    /// What it was for, by the contract; None without one.
    pub purpose: Option<Words>,
    /// Handling code; None for the identity question.
    pub item: Option<String>,
    /// Data set.
    pub dataset: String,
    /// The body that provides; None without a contract.
    pub provider: Option<String>,
    /// The body that calls.
    pub caller: String,
    /// Who called.
    pub actor: String,
    /// Station it was called from; None for none.
    pub station: Option<String>,
    /// Kiosk it was called from; None for none.
    pub device: Option<String>,
    /// Case; None before there is one.
    pub case: Option<Uuid>,
    /// Blind index of the person; None where nobody was identified.
    pub person: Option<[u8; 32]>,
    /// Fields that may pass.
    pub fields: Vec<String>,
    /// What became of it.
    pub outcome: CallOutcome,
}

/// A look into a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ViewRow {
    /// When.
    pub at: Timestamp,
    /// The kind of the event.
    pub kind: String,
    /// The body that looked.
    pub body: Option<String>,
    /// Station of the event.
    pub station: Option<String>,
    /// What the event says of it.
    pub detail: String,
    /// Number of the case.
    pub number: String,
}

impl Store {
    /// Keeps calls; a refused one is an event too.
    pub(crate) async fn log_calls(&self, calls: Vec<CallRow>) -> Stored<()> {
        if calls.is_empty() {
            return Ok(());
        }
        self.write("logging data calls", move |tx| {
            calls.iter().try_for_each(|call| log(tx, call))
        })
        .await
    }

    /// Calls after a number, the oldest first, at most `most`.
    pub(crate) async fn data_calls(&self, after: u32, most: u32) -> Stored<Vec<DataCall>> {
        self.read("reading data calls", move |tx| {
            let sql = format!("{CALL} WHERE data_call.id > ?1 ORDER BY data_call.id LIMIT ?2");
            let rows = tx.rows(&sql, values![after, most])?;
            rows.iter().map(read_view).collect()
        })
        .await
    }

    /// Counts of the calls in a period, one line for each value.
    pub(crate) async fn count_calls(&self, by: CallsBy, period: Period) -> Stored<Vec<CallCount>> {
        self.read("counting data calls", move |tx| counts(tx, by, period))
            .await
    }

    /// Calls about a person with the number of their case, the newest first, at most `most`.
    pub(crate) async fn calls_about(
        &self,
        person: [u8; 32],
        most: u32,
    ) -> Stored<Vec<(CallRow, Option<String>)>> {
        self.read("reading calls about a person", move |tx| {
            let sql =
                format!("{CALL} WHERE data_call.person = ?1 ORDER BY data_call.id DESC LIMIT ?2");
            let rows = tx.rows(&sql, values![person, most])?;
            rows.iter()
                .map(|row| Ok((read(row)?, number(row)?)))
                .collect()
        })
        .await
    }

    /// Looks into the cases of a person, the newest first, at most `most`.
    pub(crate) async fn views_of(&self, person: [u8; 32], most: u32) -> Stored<Vec<ViewRow>> {
        self.read("reading looks into a person's cases", move |tx| {
            let sql = "SELECT event.at, event.kind, event.body, event.station, event.detail, case_file.case_number,
                    case_file.filing_number
                 FROM case_file JOIN event ON event.case_id = case_file.id
                 WHERE case_file.person = ?1 AND event.kind IN ('tasks read', 'result read')
                 ORDER BY event.id DESC LIMIT ?2";
            let rows = tx.rows(sql, values![person, most])?;
            rows.iter().map(read_look).collect()
        })
        .await
    }
}

const CALL: &str = "SELECT data_call.id, data_call.at, data_call.contract, data_call.purpose,
    data_call.purpose_en, data_call.item,
    data_call.dataset, data_call.provider, data_call.caller, data_call.actor, data_call.station, data_call.device,
    data_call.case_id, data_call.person, data_call.fields, data_call.outcome, case_file.case_number,
    case_file.filing_number
    FROM data_call LEFT JOIN case_file ON case_file.id = data_call.case_id";

/// Parts the names of fields in their column: a name of a contract holds no line end.
const BETWEEN_FIELDS: char = '\n';

fn log(tx: &mut dyn Tx, call: &CallRow) -> Stored<()> {
    let fields = call.fields.join(&BETWEEN_FIELDS.to_string());
    let (zh, en) = call
        .purpose
        .clone()
        .map(|words| (words.zh, words.en))
        .unzip();
    tx.execute(
        "INSERT INTO data_call (at, contract, purpose, purpose_en, item, dataset, provider, caller, actor, station,
            device, case_id, person, fields, outcome)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        values![
            call.at,
            &call.contract,
            zh,
            en,
            &call.item,
            &call.dataset,
            &call.provider,
            &call.caller,
            &call.actor,
            &call.station,
            &call.device,
            call.case,
            call.person,
            fields,
            call.outcome.name(),
        ],
    )?;
    if !call.outcome.is_refused() {
        return Ok(());
    }
    let item = call.item.as_deref().unwrap_or("-");
    let detail = format!("{} for item {item}: {}", call.dataset, call.outcome.name());
    let event = Event {
        station: call.station.clone(),
        device: call.device.clone(),
        ..Event::new(call.at, EventKind::DataCallRefused, &call.actor, detail)
    };
    events::note(tx, call.case, &event.of_body(&call.caller))
}

fn read(row: &Row) -> Stored<CallRow> {
    let purpose: Option<String> = row.get("purpose")?;
    let purpose_en: Option<String> = row.get("purpose_en")?;
    Ok(CallRow {
        at: row.get("at")?,
        contract: row.get("contract")?,
        purpose: purpose.map(|zh| Words::new(zh, purpose_en.unwrap_or_default())),
        item: row.get("item")?,
        dataset: row.get("dataset")?,
        provider: row.get("provider")?,
        caller: row.get("caller")?,
        actor: row.get("actor")?,
        station: row.get("station")?,
        device: row.get("device")?,
        case: row.get("case_id")?,
        person: row.get("person")?,
        fields: fields(&row.get::<String>("fields")?),
        outcome: row.listed("outcome", CallOutcome::parse)?,
    })
}

fn fields(text: &str) -> Vec<String> {
    let names = text.split(BETWEEN_FIELDS).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

fn read_view(row: &Row) -> Stored<DataCall> {
    let call = read(row)?;
    Ok(DataCall {
        number: row.get("id")?,
        at: call.at,
        contract: call.contract,
        item: call.item,
        dataset: call.dataset,
        provider: call.provider,
        caller: call.caller,
        actor: call.actor,
        station: call.station,
        case_id: call.case,
        fields: call.fields,
        outcome: call.outcome,
    })
}

/// The number of the case of a row: the case number, before there is one the filing number.
fn number(row: &Row) -> Stored<Option<String>> {
    let number: Option<String> = row.get("case_number")?;
    Ok(match number {
        Some(number) => Some(number),
        None => row.get("filing_number")?,
    })
}

fn read_look(row: &Row) -> Stored<ViewRow> {
    Ok(ViewRow {
        at: row.get("at")?,
        kind: row.get("kind")?,
        body: row.get("body")?,
        station: row.get("station")?,
        detail: row.get("detail")?,
        number: number(row)?.ok_or_else(|| damaged("a case number"))?,
    })
}

fn counts(tx: &mut dyn Tx, by: CallsBy, (from, before): Period) -> Stored<Vec<CallCount>> {
    let column = by.name();
    let count = |outcomes: &str| {
        format!("CAST(sum(CASE WHEN outcome IN ({outcomes}) THEN 1 ELSE 0 END) AS BIGINT)")
    };
    let sql = format!(
        "SELECT coalesce({column}, '') AS line, count(*) AS calls, {} AS answered, {} AS no_record, {} AS away,
            {} AS refused
         FROM data_call WHERE at >= ?1 AND at < ?2 GROUP BY coalesce({column}, '') ORDER BY line",
        count("'answered'"),
        count("'no_record'"),
        count("'away'"),
        count("'no_contract', 'no_consent'"),
    );
    let rows = tx.rows(&sql, values![from, before])?;
    let read = |row: &Row| {
        Ok(CallCount {
            key: row.get("line")?,
            calls: row.get("calls")?,
            answered: row.get("answered")?,
            no_record: row.get("no_record")?,
            away: row.get("away")?,
            refused: row.get("refused")?,
        })
    };
    rows.iter().map(read).collect()
}
