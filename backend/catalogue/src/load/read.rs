//! From bytes to records, within bounds and with the path of what does not fit.

use serde::de::{DeserializeOwned, Deserializer};
use serde_ignored::Path;
use serde_json::{Map, Value};

use super::fault::{Fault, FaultCode, Refused};
use crate::record::Item;

/// Most bytes of a file.
pub(super) const MAX_BYTES: usize = 32 << 20;
/// Most items of a file.
pub(super) const MAX_ITEMS: usize = 5_000;

/// What becomes of a field that no record knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// It is a fault: the city reads what somebody wrote.
    Refused,
    /// It is left out: a kiosk reads what a newer city published.
    Ignored,
}

/// An item as read, with its place in the file.
pub(super) struct Placed {
    /// Place, for example `items[3]`.
    pub(super) place: String,
    /// The record, or its one fault.
    pub(super) item: Result<Item, Fault>,
}

/// Reads a file as one JSON object.
pub(super) fn object(file: &str, json: &[u8]) -> Result<Map<String, Value>, Fault> {
    if json.len() > MAX_BYTES {
        let reason = format!("{} bytes are more than {MAX_BYTES}", json.len());
        return Err(record_fault(file, None, "", reason));
    }
    match serde_json::from_slice(json) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(record_fault(file, None, "", "must be a JSON object".into())),
        Err(error) => Err(record_fault(file, None, "", error.to_string())),
    }
}

/// Takes the part called `name` out of `object` and reads it.
pub(super) fn part<T: DeserializeOwned>(
    object: &mut Map<String, Value>,
    name: &str,
    file: &str,
    unknown: Unknown,
) -> Result<T, Fault> {
    let value = object
        .remove(name)
        .ok_or_else(|| record_fault(file, None, name, "is missing".into()))?;
    record(value, name, unknown).map_err(|(path, reason)| record_fault(file, None, &path, reason))
}

/// Names what is left in `object` after its parts were taken.
pub(super) fn nothing_left(object: &Map<String, Value>, file: &str) -> Vec<Fault> {
    object
        .keys()
        .map(|name| record_fault(file, None, name, "is not known here".into()))
        .collect()
}

/// Reads every item of `value`, which must be a list.
pub(super) fn items(value: Value, file: &str, unknown: Unknown) -> Result<Vec<Placed>, Fault> {
    let Value::Array(list) = value else {
        return Err(record_fault(file, None, "items", "must be a list".into()));
    };
    if list.len() > MAX_ITEMS {
        let reason = format!("{} items are more than {MAX_ITEMS}", list.len());
        return Err(record_fault(file, None, "items", reason));
    }
    let placed = |(index, value)| item(value, format!("items[{index}]"), file, unknown);
    Ok(list.into_iter().enumerate().map(placed).collect())
}

/// Reads one item found at `place`.
pub(super) fn item(value: Value, place: String, file: &str, unknown: Unknown) -> Placed {
    let code = value
        .pointer("/codes/handling")
        .and_then(Value::as_str)
        .map_or_else(|| place.clone(), str::to_owned);
    let item = record(value, "", unknown)
        .map_err(|(path, reason)| record_fault(file, Some(code), &path, reason));
    Placed { place, item }
}

/// Reads a whole file of at most `max_bytes`; a fault names the place in it.
pub(crate) fn whole_file<T: DeserializeOwned>(
    file: &str,
    json: &[u8],
    max_bytes: usize,
    unknown: Unknown,
) -> Result<T, Refused> {
    let refused = |field: &str, reason| Refused {
        faults: vec![record_fault(file, None, field, reason)],
    };
    if json.len() > max_bytes {
        return Err(refused("", format!("more than {max_bytes} bytes")));
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    deserialize(&mut reader, unknown).map_err(|(path, reason)| refused(&path, reason))
}

fn record<T: DeserializeOwned>(
    value: Value,
    name: &str,
    unknown: Unknown,
) -> Result<T, (String, String)> {
    deserialize(value, unknown).map_err(|(path, reason)| {
        let path = match (name, path.as_str()) {
            (name, ".") => name.to_owned(),
            ("", path) => path.to_owned(),
            (name, path) if path.starts_with('[') => format!("{name}{path}"),
            (name, path) => format!("{name}.{path}"),
        };
        (path, reason)
    })
}

/// Reads a value; else the path of the first part that does not fit or is not known, and why.
fn deserialize<'de, T, D>(from: D, unknown: Unknown) -> Result<T, (String, String)>
where
    T: serde::Deserialize<'de>,
    D: Deserializer<'de>,
{
    let mut track = serde_path_to_error::Track::new();
    let mut first = None;
    let read = serde_ignored::deserialize(
        serde_path_to_error::Deserializer::new(from, &mut track),
        |path| {
            first.get_or_insert_with(|| written(&path));
        },
    );
    match (read, first) {
        (Err(error), _) => Err((track.path().to_string(), error.to_string())),
        (Ok(_), Some(path)) if unknown == Unknown::Refused => {
            Err((path, "is not known here".to_owned()))
        }
        (Ok(value), _) => Ok(value),
    }
}

/// A path the way other faults name theirs, for example `materials[2].scan.sides`.
fn written(path: &Path<'_>) -> String {
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => format!("{}[{index}]", written(parent)),
        Path::Map { parent, key } => match written(parent) {
            above if above.is_empty() => key.clone(),
            above => format!("{above}.{key}"),
        },
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => written(parent),
    }
}

/// A fault of the shape of a file.
pub(crate) fn record_fault(file: &str, item: Option<String>, field: &str, reason: String) -> Fault {
    Fault {
        file: file.to_owned(),
        item,
        field: field.to_owned(),
        code: FaultCode::Record,
        reason,
    }
}
