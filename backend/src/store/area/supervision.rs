//! Supervision: running cases and late tasks, cards, counts, and who did what is not theirs.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use city_api::requests::supervision::{
    ConsistencyLine, ConsistencyOutcome, CountBy, CountLine, DutyLine,
};
use city_catalogue::case::EventKind;
use city_catalogue::clock::Warning;

use super::{Alarm, AlarmKind, Event, alarms, events};
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

/// A card, raised or to be raised; no personal data outside its sealed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardRow {
    /// Id.
    pub id: Uuid,
    /// Case.
    pub case: Uuid,
    /// Number of the case; not kept with the card.
    pub case_number: String,
    /// Number of the task; empty for a card of the whole case.
    pub task: String,
    /// Colour.
    pub level: Warning,
    /// Day of the limit.
    pub due: Date,
    /// Handling code and version; the version is not kept with the card.
    pub item: Option<(String, u32)>,
    /// Body it is raised against.
    pub body: String,
    /// Who held the task; None when nobody did.
    pub person: Option<String>,
    /// When.
    pub raised: Timestamp,
    /// Why.
    pub reason: String,
    /// Last day to answer.
    pub answer_by: Date,
    /// When, by whom and what was answered, sealed.
    pub answer: Option<(Timestamp, String, Vec<u8>)>,
}

/// A case whose handling clock runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunningCase {
    /// Case.
    pub id: Uuid,
    /// Case number or filing number.
    pub number: String,
    /// Handling code and version.
    pub item: Option<(String, u32)>,
    /// The body and officer that hold an open task; the competent body and nobody when none is open.
    pub holder: (String, Option<String>),
    /// When it was accepted.
    pub accepted: Timestamp,
    /// Promised last day.
    pub promised: Option<Date>,
    /// Last day of the law.
    pub statutory: Option<Date>,
}

/// An open task over its own limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LateTask {
    /// Its case; `holder` is its own.
    pub case: RunningCase,
    /// Number.
    pub number: String,
    /// Its last day.
    pub due: Date,
}

/// A period by instants: from, and before.
pub(crate) type Period = (Timestamp, Timestamp);

impl Store {
    /// Cases whose handling clock runs, by id after `last`, at most `most`.
    pub(crate) async fn running_cases(
        &self,
        last: Option<Uuid>,
        most: u32,
    ) -> Stored<Vec<RunningCase>> {
        self.read("reading running cases", move |tx| running(tx, last, most))
            .await
    }

    /// Open tasks over their limit on `today` that no card was raised for, at most `most`; not those of a case whose
    /// clock stands.
    pub(crate) async fn late_tasks(&self, today: Date, most: u32) -> Stored<Vec<LateTask>> {
        self.read("reading late tasks", move |tx| late(tx, today, most))
            .await
    }

    /// Raises cards, each once for its case, task, colour and day; how many were new.
    pub(crate) async fn raise_cards(&self, cards: Vec<CardRow>) -> Stored<u32> {
        self.write("raising cards", move |tx| {
            let mut raised = 0;
            for card in &cards {
                raised += u32::from(raise(tx, card)?);
            }
            Ok(raised)
        })
        .await
    }

    /// Notes, once, that cards were not answered in time; how many.
    pub(crate) async fn note_unanswered(&self, today: Date, now: Timestamp) -> Stored<usize> {
        self.write("noting unanswered cards", move |tx| {
            note_unanswered(tx, today, now)
        })
        .await
    }

    /// Cards of a body, or of all, unanswered ones first, at most `most`.
    pub(crate) async fn cards(&self, body: Option<String>, most: u32) -> Stored<Vec<CardRow>> {
        self.read("reading cards", move |tx| {
            let sql = format!(
                "{CARD} WHERE ?1 = '' OR card.body = ?1
                 ORDER BY card.answered IS NOT NULL, card.raised, card.id LIMIT ?2"
            );
            let rows = tx.rows(&sql, values![body.unwrap_or_default(), most])?;
            rows.iter().map(read_card).collect()
        })
        .await
    }

    /// A card.
    pub(crate) async fn card(&self, id: Uuid) -> Stored<Option<CardRow>> {
        self.read("reading a card", move |tx| {
            let found = tx.row(&format!("{CARD} WHERE card.id = ?1"), values![id])?;
            found.as_ref().map(read_card).transpose()
        })
        .await
    }

    /// Keeps the answer to a card that has none; false when it has one. `answer` is sealed.
    pub(crate) async fn answer_card(
        &self,
        card: CardRow,
        answer: Vec<u8>,
        event: Event,
    ) -> Stored<bool> {
        self.write("answering a card", move |tx| {
            let answered = tx.execute(
                "UPDATE card SET answered = ?2, answered_by = ?3, answer = ?4 WHERE id = ?1 AND answered IS NULL",
                values![card.id, event.at, &event.actor, answer],
            )?;
            if answered == 1 {
                events::note(tx, Some(card.case), &event)?;
            }
            Ok(answered == 1)
        })
        .await
    }

    /// Counts of the cases received in a period, one line for each value.
    pub(crate) async fn count_by(
        &self,
        by: CountBy,
        period: Period,
        today: Date,
    ) -> Stored<Vec<CountLine>> {
        self.read("counting cases", move |tx| counts(tx, by, period, today))
            .await
    }

    /// How often each body was refused something for an item in a period: item, body, what.
    pub(crate) async fn refused_actions(&self, period: Period) -> Stored<Vec<DutyLine>> {
        self.read("counting refused actions", move |tx| {
            // The kind stands in the statement, so that its index is used.
            let sql = "SELECT coalesce(item, '') AS item, body, detail AS what, count(*) AS number FROM event
                 WHERE kind = 'action refused' AND at >= ?1 AND at < ?2 AND body IS NOT NULL
                 GROUP BY item, body, detail ORDER BY item, body, detail";
            duties(tx, sql, period)
        })
        .await
    }

    /// How often each body let the limit of the law run out for an item, by the cards of a period.
    pub(crate) async fn neglected(&self, period: Period) -> Stored<Vec<DutyLine>> {
        self.read("counting neglected duties", move |tx| {
            let sql = "SELECT coalesce(item, '') AS item, body, reason AS what, count(*) AS number FROM card
                 WHERE level = 'double_red' AND raised >= ?1 AND raised < ?2
                 GROUP BY item, body, reason ORDER BY item, body, reason";
            duties(tx, sql, period)
        })
        .await
    }

    /// Cases of a period whose inputs are equal and whose outcomes are not, counted by inputs, station, officer and
    /// outcome, at most `most` lines.
    pub(crate) async fn unequal_outcomes(
        &self,
        period: Period,
        most: u32,
    ) -> Stored<Vec<ConsistencyLine>> {
        self.read("comparing outcomes", move |tx| unequal(tx, period, most))
            .await
    }

    /// Handling codes that were filed for in a period.
    pub(crate) async fn items_filed(&self, period: Period) -> Stored<Vec<String>> {
        self.read("reading items filed for", move |tx| {
            let sql = "SELECT DISTINCT item FROM case_file
                 WHERE received >= ?1 AND received < ?2 AND item IS NOT NULL";
            let rows = tx.rows(sql, values![period.0, period.1])?;
            rows.iter().map(|row| row.get("item")).collect()
        })
        .await
    }
}

const RUNNING: &str = "SELECT case_file.id, case_file.case_number, case_file.filing_number, case_file.item,
    case_file.item_version, case_file.body, case_file.accepted_at, case_file.promised, case_file.statutory";

fn running(tx: &mut dyn Tx, last: Option<Uuid>, most: u32) -> Stored<Vec<RunningCase>> {
    let sql = format!(
        "{RUNNING} FROM case_file
         WHERE case_file.done_on IS NULL AND case_file.accepted_at IS NOT NULL AND case_file.state <> 'special'
            AND case_file.id > ?1
         ORDER BY case_file.id LIMIT ?2"
    );
    let last = last.map_or_else(String::new, |last| last.to_string());
    let rows = tx.rows(&sql, values![last, most])?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let mut case = read_running(&row)?;
        let holder = "SELECT body, holder FROM task WHERE case_id = ?1 AND state = 'open' AND role IS NOT NULL
             ORDER BY number LIMIT 1";
        if let Some(open) = tx.row(holder, values![case.id])? {
            case.holder = (open.get("body")?, open.get("holder")?);
        }
        found.push(case);
    }
    Ok(found)
}

fn read_running(row: &Row) -> Stored<RunningCase> {
    let code: Option<String> = row.get("item")?;
    let number: Option<String> = row.get("case_number")?;
    Ok(RunningCase {
        id: row.get("id")?,
        number: match number {
            Some(number) => number,
            None => row.get("filing_number")?,
        },
        item: code.zip(row.get("item_version")?),
        holder: (row.get("body")?, None),
        accepted: row.get("accepted_at")?,
        promised: row.get("promised")?,
        statutory: row.get("statutory")?,
    })
}

fn late(tx: &mut dyn Tx, today: Date, most: u32) -> Stored<Vec<LateTask>> {
    let sql = format!(
        "{RUNNING}, task.number, task.body AS task_body, task.holder, task.due FROM task
         JOIN case_file ON case_file.id = task.case_id
         WHERE task.state = 'open' AND task.due < ?1 AND task.role IS NOT NULL AND case_file.state <> 'special'
            AND case_file.accepted_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM card WHERE card.case_id = task.case_id AND card.task = task.number
                AND card.level = 'yellow' AND card.due = task.due)
         ORDER BY task.due, task.number LIMIT ?2"
    );
    let rows = tx.rows(&sql, values![today, most])?;
    let read = |row: &Row| {
        Ok(LateTask {
            case: RunningCase {
                holder: (row.get("task_body")?, row.get("holder")?),
                ..read_running(row)?
            },
            number: row.get("number")?,
            due: row.get("due")?,
        })
    };
    rows.iter().map(read).collect()
}

const CARD: &str = "SELECT card.id, card.case_id, card.task, card.level, card.due, card.item, card.body, card.person,
    card.raised, card.reason, card.answer_by, card.answered, card.answered_by, card.answer,
    case_file.case_number, case_file.filing_number, case_file.item_version
    FROM card JOIN case_file ON case_file.id = card.case_id";

fn read_card(row: &Row) -> Stored<CardRow> {
    let number: Option<String> = row.get("case_number")?;
    let code: Option<String> = row.get("item")?;
    let answered: Option<Timestamp> = row.get("answered")?;
    Ok(CardRow {
        id: row.get("id")?,
        case: row.get("case_id")?,
        case_number: match number {
            Some(number) => number,
            None => row.get("filing_number")?,
        },
        task: row.get("task")?,
        level: row.listed("level", |name| {
            Warning::ALL
                .iter()
                .copied()
                .find(|level| level.as_str() == name)
        })?,
        due: row.get("due")?,
        item: code.zip(row.get("item_version")?),
        body: row.get("body")?,
        person: row.get("person")?,
        raised: row.get("raised")?,
        reason: row.get("reason")?,
        answer_by: row.get("answer_by")?,
        answer: match answered {
            Some(at) => Some((at, row.get("answered_by")?, row.get("answer")?)),
            None => None,
        },
    })
}

fn raise(tx: &mut dyn Tx, card: &CardRow) -> Stored<bool> {
    let code = card.item.as_ref().map(|(code, _)| code.as_str());
    let new = tx.execute(
        "INSERT INTO card (id, case_id, task, level, due, item, body, person, raised, reason, answer_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
        values![
            card.id,
            card.case,
            &card.task,
            card.level.as_str(),
            card.due,
            code,
            &card.body,
            &card.person,
            card.raised,
            &card.reason,
            card.answer_by,
        ],
    )?;
    if new == 1 {
        let detail = format!("{} {}", card.level.as_str(), card.task);
        let event = Event {
            item: card.item.clone(),
            ..Event::new(card.raised, EventKind::CardRaised, "city", detail.trim())
        };
        events::note(tx, Some(card.case), &event.of_body(&card.body))?;
    }
    Ok(new == 1)
}

fn note_unanswered(tx: &mut dyn Tx, today: Date, now: Timestamp) -> Stored<usize> {
    let sql = format!(
        "SELECT id, case_id, body FROM card WHERE answered IS NULL AND late IS NULL AND answer_by < ?1
         ORDER BY id{FOR_UPDATE}"
    );
    let late = tx.rows(&sql, values![today])?;
    for row in &late {
        let id: Uuid = row.get("id")?;
        tx.execute("UPDATE card SET late = 1 WHERE id = ?1", values![id])?;
        let body: String = row.get("body")?;
        let event = Event::new(now, EventKind::CardUnanswered, "city", id.to_string());
        events::note(tx, Some(row.get("case_id")?), &event.of_body(&body))?;
        let alarm = Alarm {
            at: now,
            kind: AlarmKind::CardUnanswered,
            kiosk: None,
            detail: format!("body {body} did not answer card {id} in time"),
        };
        alarms::add_alarm(tx, &alarm)?;
    }
    Ok(late.len())
}

fn counts(
    tx: &mut dyn Tx,
    by: CountBy,
    (from, before): Period,
    today: Date,
) -> Stored<Vec<CountLine>> {
    let column = by.name();
    let count =
        |condition: &str| format!("CAST(sum(CASE WHEN {condition} THEN 1 ELSE 0 END) AS BIGINT)");
    let sql = format!(
        "SELECT coalesce({column}, '') AS line, count(*) AS filed, {} AS accepted, {} AS refused, {} AS corrected,
            {} AS closed, {} AS overdue, {} AS measured,
            CAST(coalesce(sum(CASE WHEN closed_at IS NOT NULL AND accepted_at IS NOT NULL
                THEN closed_at - accepted_at ELSE 0 END), 0) AS BIGINT) AS millis
         FROM case_file WHERE received >= ?1 AND received < ?2 GROUP BY coalesce({column}, '') ORDER BY line",
        count("accepted_at IS NOT NULL"),
        count("state = 'not_accepted' OR granted = 0"),
        count("corrections > 0"),
        count("closed_at IS NOT NULL"),
        count("promised < coalesce(done_on, ?3)"),
        count("closed_at IS NOT NULL AND accepted_at IS NOT NULL"),
    );
    let rows = tx.rows(&sql, values![from, before, today])?;
    let mut lines: Vec<CountLine> = rows.iter().map(read_line).collect::<Stored<_>>()?;
    let sql = format!(
        "SELECT coalesce(case_file.{column}, '') AS line, count(*) AS ratings,
            CAST(sum(CASE WHEN rating.level <= 2 THEN 1 ELSE 0 END) AS BIGINT) AS bad
         FROM rating JOIN case_file ON case_file.id = rating.case_id
         WHERE case_file.received >= ?1 AND case_file.received < ?2 GROUP BY coalesce(case_file.{column}, '')"
    );
    for row in tx.rows(&sql, values![from, before])? {
        let key: String = row.get("line")?;
        if let Some(line) = lines.iter_mut().find(|line| line.key == key) {
            line.ratings = row.get("ratings")?;
            line.bad_ratings = row.get("bad")?;
        }
    }
    let sql = format!(
        "SELECT coalesce(case_file.{column}, '') AS line, count(*) AS late
         FROM delivery JOIN case_file ON case_file.id = delivery.case_id
         WHERE delivery.late = 1 AND case_file.received >= ?1 AND case_file.received < ?2
         GROUP BY coalesce(case_file.{column}, '')"
    );
    for row in tx.rows(&sql, values![from, before])? {
        let key: String = row.get("line")?;
        if let Some(line) = lines.iter_mut().find(|line| line.key == key) {
            line.delivered_late = row.get("late")?;
        }
    }
    Ok(lines)
}

/// How a case ended; nothing while it did not, and when the applicant ended it.
const OUTCOME: &str = "CASE WHEN granted = 1 THEN 'granted' WHEN granted = 0 THEN 'refused'
    WHEN state = 'not_accepted' THEN 'not_accepted' END";

fn unequal(tx: &mut dyn Tx, (from, before): Period, most: u32) -> Stored<Vec<ConsistencyLine>> {
    let ended = format!(
        "SELECT inputs, item, item_version, station, decided_by, {OUTCOME} AS outcome,
            coalesce(case_number, filing_number) AS number
         FROM case_file WHERE received >= ?1 AND received < ?2 AND inputs IS NOT NULL"
    );
    let sql = format!(
        "WITH ended AS ({ended}),
            unequal AS (SELECT inputs FROM ended GROUP BY inputs HAVING count(DISTINCT outcome) > 1)
         SELECT inputs, item, item_version, station, decided_by, outcome, count(*) AS cases, min(number) AS example
         FROM ended WHERE outcome IS NOT NULL AND inputs IN (SELECT inputs FROM unequal)
         GROUP BY inputs, item, item_version, station, decided_by, outcome
         ORDER BY item, inputs, station, decided_by, outcome LIMIT ?3"
    );
    let rows = tx.rows(&sql, values![from, before, most])?;
    let read = |row: &Row| {
        let inputs: [u8; 32] = row.get("inputs")?;
        Ok(ConsistencyLine {
            group: hex::encode(&inputs[..GROUP_BYTES]),
            item: row.get("item")?,
            version: row.get("item_version")?,
            station: row.get("station")?,
            officer: row.get("decided_by")?,
            outcome: row.listed("outcome", ConsistencyOutcome::parse)?,
            cases: row.get("cases")?,
            example: row.get("example")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Bytes of the index that name a group.
const GROUP_BYTES: usize = 8;

/// Milliseconds of a tenth of a day.
const TENTH_DAY: u64 = 8_640_000;

fn read_line(row: &Row) -> Stored<CountLine> {
    let (measured, millis): (u64, u64) = (row.get("measured")?, row.get("millis")?);
    Ok(CountLine {
        key: row.get("line")?,
        filed: row.get("filed")?,
        accepted: row.get("accepted")?,
        refused: row.get("refused")?,
        corrected: row.get("corrected")?,
        closed: row.get("closed")?,
        overdue: row.get("overdue")?,
        average_tenth_days: millis.checked_div(measured).map(|each| each / TENTH_DAY),
        delivered_late: 0,
        ratings: 0,
        bad_ratings: 0,
    })
}

fn duties(tx: &mut dyn Tx, sql: &str, (from, before): Period) -> Stored<Vec<DutyLine>> {
    let rows = tx.rows(sql, values![from, before])?;
    let read = |row: &Row| {
        Ok(DutyLine {
            item: row.get("item")?,
            body: row.get("body")?,
            what: row.get("what")?,
            count: row.get("number")?,
        })
    };
    rows.iter().map(read).collect()
}
