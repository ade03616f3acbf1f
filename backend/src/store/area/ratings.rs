//! Ratings: one for each service contact, one more after rectification, and the work orders of the bad ones
//! (`specs/domain.md` 4.6).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use city_catalogue::case::EventKind;

use super::{Alarm, AlarmKind, Event, NewPacket, alarms, events};
use crate::clock::after;
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// Channel of a kiosk: hall, other terminal.
pub(crate) const KIOSK_CHANNEL: u8 = 5;
/// Channel of the web.
pub(crate) const WEB_CHANNEL: u8 = 1;
/// Channel of what the city rates by itself when nobody does: kept apart, in no rate.
pub(crate) const DEFAULT_CHANNEL: u8 = 7;
/// Seconds in which praise is counted.
const HOUR: i64 = 3600;

/// A rating on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewRating {
    /// The packet whose service is rated.
    pub contact: Uuid,
    /// Its case.
    pub case: Uuid,
    /// 1 to 5.
    pub level: u8,
    /// The unit that handled it.
    pub body: String,
    /// Handling code; None when unknown.
    pub item: Option<String>,
    /// Keys of the reasons chosen.
    pub reasons: Vec<String>,
    /// The rater's words, sealed to `rating` and the contact; None without words.
    pub words: Option<Vec<u8>>,
    /// Blind index of the applicant; None when nobody was identified.
    pub person: Option<[u8; 32]>,
    /// Call back and put right by: for a bad one.
    pub order: Option<OrderDates>,
    /// Channel it came by.
    pub channel: u8,
    /// Best ratings of a kiosk within an hour, from which on one is looked at; None where many people rate at once.
    pub praise_an_hour: Option<u32>,
}

/// The clocks of a work order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderDates {
    /// Last day to call back.
    pub call_by: Date,
    /// Last day to put it right or to explain.
    pub rectify_by: Date,
}

/// Where a work order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderState {
    /// Nobody called back yet.
    Open,
    /// The rater was called back.
    Called,
    /// Put right; the rater may rate once more.
    Rectified,
    /// Explained: nothing to put right.
    Explained,
    /// Taken away as mistaken or malicious.
    Removed,
}

city_api::names! {
    pub(crate) OrderState
    Open = "open",
    Called = "called",
    Rectified = "rectified",
    Explained = "explained",
    Removed = "removed",
}

impl OrderState {
    /// Whether somebody still has to do something.
    #[must_use]
    pub(crate) const fn is_open(self) -> bool {
        match self {
            Self::Open | Self::Called => true,
            Self::Rectified | Self::Explained | Self::Removed => false,
        }
    }
}

/// A work order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderRow {
    /// Its number.
    pub number: String,
    /// The packet that was rated badly.
    pub contact: Uuid,
    /// Its case.
    pub case: Uuid,
    /// The unit that answers.
    pub body: String,
    /// Handling code; None when unknown.
    pub item: Option<String>,
    /// 1 or 2.
    pub level: u8,
    /// Where it stands.
    pub state: OrderState,
    /// When it was opened.
    pub opened: Timestamp,
    /// Last day to call back.
    pub call_by: Date,
    /// Last day to put right.
    pub rectify_by: Date,
    /// Blind index of the rater; None when nobody was identified.
    pub person: Option<[u8; 32]>,
    /// Keys of the reasons chosen.
    pub reasons: Vec<String>,
    /// The rater's words, sealed.
    pub words: Option<Vec<u8>>,
    /// The unit's answer to the rater, sealed to `order` and the number; None before.
    pub reply: Option<Vec<u8>>,
    /// A clock ran out.
    pub late: bool,
}

/// Ratings of one body in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RatingCount {
    /// The body.
    pub body: String,
    /// 1 to 5.
    pub level: u8,
    /// Channel.
    pub channel: u8,
    /// Whether it is looked at as praise that is too much.
    pub suspicious: bool,
    /// How many.
    pub count: u64,
}

/// Work orders of one body in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderCount {
    /// The body.
    pub body: String,
    /// Where they stand.
    pub state: OrderState,
    /// Whether a clock ran out.
    pub late: bool,
    /// How many.
    pub count: u64,
}

/// Makes the new work order out of the old one, or says why not.
pub(crate) type OrderChange = Box<dyn FnOnce(OrderRow) -> Result<OrderRow, super::Refusal> + Send>;

impl Store {
    /// Work orders of a body that are open, the most urgent first; of all bodies when `body` is None.
    pub(crate) async fn open_orders(
        &self,
        body: Option<String>,
        most: u32,
    ) -> Stored<Vec<OrderRow>> {
        self.read("reading work orders", move |tx| {
            let sql = format!(
                "{ORDER} WHERE state IN ('open', 'called') AND (CAST(?1 AS TEXT) IS NULL OR body = ?1)
                 ORDER BY rectify_by, number LIMIT ?2"
            );
            tx.rows(&sql, values![body, most])?.iter().map(read_order).collect()
        })
        .await
    }

    /// Work orders of a rater, the newest first.
    pub(crate) async fn orders_of(&self, person: [u8; 32], most: u32) -> Stored<Vec<OrderRow>> {
        self.read("reading a person's work orders", move |tx| {
            let sql = format!("{ORDER} WHERE person = ?1 ORDER BY opened DESC LIMIT ?2");
            tx.rows(&sql, values![person, most])?
                .iter()
                .map(read_order)
                .collect()
        })
        .await
    }

    /// Changes a work order and notes it with its case; None when there is none of this number.
    pub(crate) async fn change_order(
        &self,
        number: String,
        change: OrderChange,
        event: Event,
    ) -> Stored<Option<Result<OrderRow, super::Refusal>>> {
        self.write("changing a work order", move |tx| {
            let sql = format!("{ORDER} WHERE number = ?1{FOR_UPDATE}");
            let Some(row) = tx.row(&sql, values![&number])? else {
                return Ok(None);
            };
            let order = match change(read_order(&row)?) {
                Ok(order) => order,
                Err(refusal) => return Ok(Some(Err(refusal))),
            };
            put_order(tx, &order)?;
            events::note(tx, Some(order.case), &event)?;
            Ok(Some(Ok(order)))
        })
        .await
    }

    /// Marks work orders whose clock ran out before `today`, each once, with an event and an alarm.
    pub(crate) async fn late_orders(&self, today: Date, now: Timestamp, most: u32) -> Stored<u64> {
        self.write("looking at work orders", move |tx| {
            let sql = format!(
                "{ORDER} WHERE late = 0 AND ((state = 'open' AND call_by < ?1)
                    OR (state IN ('open', 'called') AND rectify_by < ?1))
                 ORDER BY number LIMIT ?2{FOR_UPDATE}"
            );
            let rows = tx.rows(&sql, values![today, most])?;
            for row in &rows {
                let mut order = read_order(row)?;
                order.late = true;
                put_order(tx, &order)?;
                let detail = format!("work order {} is not answered in time", order.number);
                alarms::overdue(tx, order.case, &order.body, detail, now)?;
            }
            Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
        })
        .await
    }

    /// Ratings that came from `from` on and before `to`, by body, level and channel. Second ratings and those taken away are
    /// not among them.
    pub(crate) async fn rating_counts(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Stored<Vec<RatingCount>> {
        self.read("counting ratings", move |tx| {
            let sql = "SELECT COALESCE(rating.body, '') AS unit, rating.level AS level, channel, suspicious,
                    COUNT(*) AS number FROM rating LEFT JOIN work_order ON work_order.contact = rating.contact
                WHERE rating.at >= ?1 AND rating.at < ?2
                    AND (work_order.state IS NULL OR work_order.state <> 'removed')
                GROUP BY COALESCE(rating.body, ''), rating.level, channel, suspicious
                ORDER BY 1, 2, 3, 4";
            let rows = tx.rows(sql, values![from, to])?;
            let counts = rows.iter().map(|row| {
                Ok(RatingCount {
                    body: row.get("unit")?,
                    level: row.get("level")?,
                    channel: row.get("channel")?,
                    suspicious: row.get("suspicious")?,
                    count: row.get("number")?,
                })
            });
            counts.collect()
        })
        .await
    }

    /// Second ratings after rectification in the same period, by level.
    pub(crate) async fn second_ratings(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Stored<Vec<(u8, u64)>> {
        self.read("counting second ratings", move |tx| {
            let sql = "SELECT level, COUNT(*) AS number FROM rating_again
                WHERE at >= ?1 AND at < ?2 GROUP BY level ORDER BY level";
            let rows = tx.rows(sql, values![from, to])?;
            rows.iter()
                .map(|row| Ok((row.get("level")?, row.get("number")?)))
                .collect()
        })
        .await
    }

    /// Work orders opened in the same period, by body and state.
    pub(crate) async fn order_counts(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Stored<Vec<OrderCount>> {
        self.read("counting work orders", move |tx| {
            let sql = "SELECT body, state, late, COUNT(*) AS number FROM work_order
                WHERE opened >= ?1 AND opened < ?2 GROUP BY body, state, late ORDER BY body, state, late";
            let rows = tx.rows(sql, values![from, to])?;
            let counts = rows.iter().map(|row| {
                Ok(OrderCount {
                    body: row.get("body")?,
                    state: row.listed("state", OrderState::parse)?,
                    late: row.get("late")?,
                    count: row.get("number")?,
                })
            });
            counts.collect()
        })
        .await
    }

    /// Cases that closed before `before` and that nobody rated, oldest first.
    pub(crate) async fn unrated(&self, before: Timestamp, most: u32) -> Stored<Vec<Uuid>> {
        self.read("looking for cases that nobody rated", move |tx| {
            let sql =
                "SELECT id FROM case_file WHERE state IN ('closed', 'delivered') AND received < ?1
                    AND NOT EXISTS (SELECT 1 FROM rating WHERE rating.case_id = case_file.id)
                ORDER BY received LIMIT ?2";
            let rows = tx.rows(sql, values![before, most])?;
            rows.iter().map(|row| row.get("id")).collect()
        })
        .await
    }

    /// Rates a case that nobody rated as satisfied, on the channel of defaults; nothing when somebody was faster.
    pub(crate) async fn rate_by_default(
        &self,
        case: Uuid,
        body: String,
        item: Option<String>,
        now: Timestamp,
    ) -> Stored<()> {
        self.write("rating by default", move |tx| {
            let counted = tx.execute(
                "INSERT INTO rating (contact, packet, case_id, level, at, body, item, channel)
                 VALUES (?1, ?1, ?1, 4, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                values![case, now, &body, item, DEFAULT_CHANNEL],
            )?;
            if counted == 1 {
                let detail = format!("level 4, channel {DEFAULT_CHANNEL}");
                let event = Event::new(now, EventKind::Rated, "city", detail);
                events::note(tx, Some(case), &event.of_body(&body))?;
            }
            Ok(())
        })
        .await
    }
}

/// Counts a rating. A further one of the same contact counts as the second rating once its work order is put right or
/// explained; else it is noted and not counted. A bad one opens a work order.
pub(super) fn rate(tx: &mut dyn Tx, packet: &NewPacket, rating: &NewRating) -> Stored<()> {
    let suspicious = is_too_much_praise(tx, packet, rating)?;
    let counted = tx.execute(
        "INSERT INTO rating (contact, packet, case_id, level, at, body, item, channel, kiosk, suspicious)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
        values![
            rating.contact,
            packet.id,
            rating.case,
            rating.level,
            packet.received,
            &rating.body,
            &rating.item,
            rating.channel,
            &packet.kiosk,
            suspicious,
        ],
    )?;
    let first = counted == 1 || replaces_default(tx, packet, rating)?;
    let mut said = format!("level {}, channel {}", rating.level, rating.channel);
    let kind = if first {
        if let Some(dates) = rating.order {
            let number = open_order(tx, packet, rating, dates)?;
            let event = Event::new(packet.received, EventKind::OrderOpened, "city", number);
            events::note(tx, Some(rating.case), &event.of_body(&rating.body))?;
        }
        EventKind::Rated
    } else if is_second(tx, packet, rating)? {
        said.push_str(", after rectification");
        EventKind::Rated
    } else {
        EventKind::RatedAgain
    };
    if suspicious && first {
        praise_alarm(tx, packet)?;
    }
    let event = Event {
        device: Some(packet.kiosk.clone()),
        ..Event::new(packet.received, kind, packet.kiosk.clone(), said)
    };
    events::note(tx, Some(rating.case), &event.of_body(&rating.body))
}

/// The resident rates after the city did it by default: theirs counts.
fn replaces_default(tx: &mut dyn Tx, packet: &NewPacket, rating: &NewRating) -> Stored<bool> {
    let sql = "UPDATE rating SET packet = ?2, level = ?3, at = ?4, channel = ?5, kiosk = ?6
        WHERE contact = ?1 AND channel = ?7";
    let changed = tx.execute(
        sql,
        values![
            rating.contact,
            packet.id,
            rating.level,
            packet.received,
            rating.channel,
            &packet.kiosk,
            DEFAULT_CHANNEL,
        ],
    )?;
    Ok(changed == 1)
}

fn is_too_much_praise(tx: &mut dyn Tx, packet: &NewPacket, rating: &NewRating) -> Stored<bool> {
    let Some(most) = rating.praise_an_hour.filter(|_| rating.level == 5) else {
        return Ok(false);
    };
    let sql = "SELECT COUNT(*) AS answer FROM rating WHERE kiosk = ?1 AND level = 5 AND at > ?2";
    let since = after(packet.received, -HOUR);
    let before: u64 = tx.answer(sql, values![&packet.kiosk, since])?;
    Ok(before >= u64::from(most))
}

fn praise_alarm(tx: &mut dyn Tx, packet: &NewPacket) -> Stored<()> {
    let alarm = Alarm {
        at: packet.received,
        kind: AlarmKind::Praise,
        kiosk: Some(packet.kiosk.clone()),
        detail: "more of the best ratings within an hour than people can be served".to_owned(),
    };
    alarms::add_alarm(tx, &alarm)
}

fn open_order(
    tx: &mut dyn Tx,
    packet: &NewPacket,
    rating: &NewRating,
    dates: OrderDates,
) -> Stored<String> {
    let day = packet.day.strftime("%Y%m%d").to_string();
    let drawn = tx.draw(&format!("order:{}", packet.day))?;
    let order = OrderRow {
        number: format!("WO{day}-{drawn:04}"),
        contact: rating.contact,
        case: rating.case,
        body: rating.body.clone(),
        item: rating.item.clone(),
        level: rating.level,
        state: OrderState::Open,
        opened: packet.received,
        call_by: dates.call_by,
        rectify_by: dates.rectify_by,
        person: rating.person,
        reasons: rating.reasons.clone(),
        words: rating.words.clone(),
        reply: None,
        late: false,
    };
    put_order(tx, &order)?;
    Ok(order.number)
}

/// One more rating, once, when the work order of the first is done.
fn is_second(tx: &mut dyn Tx, packet: &NewPacket, rating: &NewRating) -> Stored<bool> {
    let sql =
        "SELECT number FROM work_order WHERE contact = ?1 AND state IN ('rectified', 'explained')";
    if tx.row(sql, values![rating.contact])?.is_none() {
        return Ok(false);
    }
    let counted = tx.execute(
        "INSERT INTO rating_again (contact, packet, level, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        values![rating.contact, packet.id, rating.level, packet.received],
    )?;
    Ok(counted == 1)
}

const ORDER: &str = "SELECT number, contact, case_id, body, item, level, state, opened, call_by, rectify_by, person,
    reasons, words, reply, late FROM work_order";

fn read_order(row: &Row) -> Stored<OrderRow> {
    let reasons: String = row.get("reasons")?;
    Ok(OrderRow {
        number: row.get("number")?,
        contact: row.get("contact")?,
        case: row.get("case_id")?,
        body: row.get("body")?,
        item: row.get("item")?,
        level: row.get("level")?,
        state: row.listed("state", OrderState::parse)?,
        opened: row.get("opened")?,
        call_by: row.get("call_by")?,
        rectify_by: row.get("rectify_by")?,
        person: row.get("person")?,
        reasons: serde_json::from_str(&reasons).map_err(|_| damaged("the reasons of a rating"))?,
        words: row.get("words")?,
        reply: row.get("reply")?,
        late: row.get("late")?,
    })
}

fn put_order(tx: &mut dyn Tx, order: &OrderRow) -> Stored<()> {
    let reasons =
        serde_json::to_string(&order.reasons).map_err(|_| damaged("the reasons of a rating"))?;
    tx.execute(
        "INSERT INTO work_order (number, contact, case_id, body, item, level, state, opened, call_by, rectify_by,
            person, reasons, words, reply, late)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (number) DO UPDATE SET body = ?4, state = ?7, reply = ?14, late = ?15",
        values![
            &order.number,
            order.contact,
            order.case,
            &order.body,
            &order.item,
            order.level,
            order.state.name(),
            order.opened,
            order.call_by,
            order.rectify_by,
            order.person,
            reasons,
            &order.words,
            &order.reply,
            order.late,
        ],
    )?;
    Ok(())
}
