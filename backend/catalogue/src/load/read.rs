//! From bytes to records, within bounds and with the path of what does not fit.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fault::{Fault, FaultCode, Refused};
use crate::record::Item;

/// Most bytes of a file.
pub(super) const MAX_BYTES: usize = 32 << 20;
/// Most items of a file.
pub(super) const MAX_ITEMS: usize = 5_000;

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
) -> Result<T, Fault> {
    let value = object
        .remove(name)
        .ok_or_else(|| record_fault(file, None, name, "is missing".into()))?;
    record(value, name).map_err(|(path, reason)| record_fault(file, None, &path, reason))
}

/// Names what is left in `object` after its parts were taken.
pub(super) fn nothing_left(object: &Map<String, Value>, file: &str) -> Vec<Fault> {
    object
        .keys()
        .map(|name| record_fault(file, None, name, "is not known here".into()))
        .collect()
}

/// Reads every item of `value`, which must be a list.
pub(super) fn items(value: Value, file: &str) -> Result<Vec<Placed>, Fault> {
    let Value::Array(list) = value else {
        return Err(record_fault(file, None, "items", "must be a list".into()));
    };
    if list.len() > MAX_ITEMS {
        let reason = format!("{} items are more than {MAX_ITEMS}", list.len());
        return Err(record_fault(file, None, "items", reason));
    }
    let placed = |(index, value)| item(value, format!("items[{index}]"), file);
    Ok(list.into_iter().enumerate().map(placed).collect())
}

/// Reads one item found at `place`.
pub(super) fn item(value: Value, place: String, file: &str) -> Placed {
    let code = value
        .pointer("/codes/handling")
        .and_then(Value::as_str)
        .map_or_else(|| place.clone(), str::to_owned);
    let item =
        record(value, "").map_err(|(path, reason)| record_fault(file, Some(code), &path, reason));
    Placed { place, item }
}

/// Reads a whole file of at most `max_bytes`; a fault names the place in it.
pub(crate) fn whole_file<T: DeserializeOwned>(
    file: &str,
    json: &[u8],
    max_bytes: usize,
) -> Result<T, Refused> {
    let refused = |field: &str, reason| Refused {
        faults: vec![record_fault(file, None, field, reason)],
    };
    if json.len() > max_bytes {
        return Err(refused("", format!("more than {max_bytes} bytes")));
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| refused(&error.path().to_string(), error.inner().to_string()))
}

fn record<T: DeserializeOwned>(value: Value, name: &str) -> Result<T, (String, String)> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let path = match (name, path.as_str()) {
            (name, ".") => name.to_owned(),
            ("", path) => path.to_owned(),
            (name, path) if path.starts_with('[') => format!("{name}{path}"),
            (name, path) => format!("{name}.{path}"),
        };
        (path, error.into_inner().to_string())
    })
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
