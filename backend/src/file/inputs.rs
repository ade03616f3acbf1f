//! What a case was decided on, as one number: cases with the same number should have the same outcome (R55).
//!
//! In it are the item in its versions, what can be compared of the answers, and how each material was settled. Not in
//! it is whoever applied: no name, number, address, account or words, nothing a card says but days, and those as whole
//! years. The number is keyed, so that nobody finds answers by trying all of them.

use std::collections::BTreeMap;

use city_api::application::How;
use city_api::canonical;
use city_catalogue::form::{Source, Value};
use jiff::Unit;
use jiff::civil::{Date, date};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::CaseFile;
use crate::clock::civil;
use crate::secret::MasterKey;

/// Digits of a division's code that name its district.
const DISTRICT_DIGITS: usize = 6;

#[derive(Serialize)]
struct Inputs<'a> {
    item: &'a str,
    version: u32,
    handled_as: Option<&'a (String, u32)>,
    answers: BTreeMap<&'a str, Json>,
    materials: BTreeMap<u32, &'static str>,
}

/// None for a case without a known item or a readable application.
pub(super) fn inputs(file: &CaseFile, master: &MasterKey) -> Option<[u8; 32]> {
    let record = &file.record;
    let application = record.application.as_ref()?;
    let filed = civil(file.received).date();
    let answers = application.answers.iter();
    let answers = answers.filter_map(|(name, answer)| {
        let known = comparable(&answer.value, filed)?;
        let of_card = answer.source == Source::Card && !matches!(answer.value, Value::Date(_));
        (!of_card).then_some((name, known))
    });
    let inputs = Inputs {
        item: file.item.as_deref()?,
        version: record.item_version?,
        handled_as: record.handled_as.as_ref(),
        answers: answers.collect(),
        materials: record.ways(),
    };
    let bytes = canonical::to_vec(&inputs).ok()?;
    Some(master.inputs(&bytes))
}

/// What of a value can be equal in two cases; None for what is a person's own.
fn comparable(value: &Value, filed: Date) -> Option<Json> {
    Some(match value {
        Value::Number(text) | Value::Choice(text) => json!(text),
        Value::Flag(flag) => json!(flag),
        Value::Choices(list) => {
            let mut list: Vec<&str> = list.iter().map(String::as_str).collect();
            list.sort_unstable();
            json!(list)
        }
        Value::Date(day) => json!(years(*day, filed)?),
        Value::Month(month) if month.is_real() => {
            json!(years(date(month.year, month.month, 1), filed)?)
        }
        Value::Region(code) => json!(district(code)),
        Value::Address { region, .. } => json!(district(region)),
        Value::Rows(rows) => {
            let row = |row: &BTreeMap<String, Value>| -> BTreeMap<String, Json> {
                let cells = row.iter();
                let cells =
                    cells.filter_map(|(name, cell)| Some((name.clone(), comparable(cell, filed)?)));
                cells.collect()
            };
            json!(rows.iter().map(row).collect::<Vec<_>>())
        }
        Value::Text(_) | Value::Month(_) | Value::Files(_) | Value::Signed => return None,
    })
}

/// Whole years from a day to the day of filing: rules count these.
fn years(day: Date, filed: Date) -> Option<i16> {
    Some(day.until((Unit::Year, filed)).ok()?.get_years())
}

fn district(code: &str) -> &str {
    code.get(..DISTRICT_DIGITS).unwrap_or(code)
}

/// How a material was settled, by name.
pub(super) fn way(how: &How) -> &'static str {
    match how {
        How::AlreadyHeld { .. } => "held",
        How::NoRecord { .. } => "no_record",
        How::AskedLater { .. } => "asked_later",
        How::FromCard {} => "from_card",
        How::Generated {} => "generated",
        How::Scanned { .. } => "scanned",
        How::Promised { .. } => "promised",
        How::Later { .. } => "later",
        How::NotBrought {} => "not_brought",
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, comparable};
    use jiff::civil::date;

    #[test]
    fn a_name_a_number_of_a_card_and_the_rest_of_an_address_are_not_compared() {
        let filed = date(2026, 3, 2);
        let text = |value: &Value| comparable(value, filed).map(|known| known.to_string());
        assert_eq!(text(&Value::Text("张示例".into())), None);
        let address = Value::Address {
            region: "590102002".into(),
            detail: "示例大道12号".into(),
        };
        assert_eq!(text(&address).as_deref(), Some("\"590102\""));
        assert_eq!(text(&Value::Date(date(1946, 3, 2))).as_deref(), Some("80"));
        assert_eq!(text(&Value::Date(date(1946, 3, 3))).as_deref(), Some("79"));
        let choices = |list: [&str; 2]| text(&Value::Choices(list.map(str::to_owned).to_vec()));
        assert_eq!(choices(["1", "3"]), choices(["3", "1"]));
    }
}
