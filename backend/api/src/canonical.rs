//! Canonical JSON: one document has one spelling (sorted keys, no spaces), so that signatures and hashes of equal
//! content are equal.

use serde::Serialize;
use serde_json::Value;

/// Writes `value` as canonical JSON: keys of every object sorted by code point, no space between tokens, numbers and
/// strings as `serde_json` writes them.
///
/// # Errors
/// When the value cannot be written as JSON (a map with keys that are not text).
pub fn to_vec<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let value = serde_json::to_value(value)?;
    let mut out = Vec::new();
    write(&value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value {
        Value::Array(values) => {
            out.push(b'[');
            for (index, value) in values.iter().enumerate() {
                comma(index, out);
                write(value, out)?;
            }
            out.push(b']');
        }
        Value::Object(map) => {
            // Sorted here: whether the map keeps its own order depends on features of other crates.
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            out.push(b'{');
            for (index, (key, value)) in fields.into_iter().enumerate() {
                comma(index, out);
                serde_json::to_writer(&mut *out, key)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            serde_json::to_writer(&mut *out, value)?;
        }
    }
    Ok(())
}

fn comma(index: usize, out: &mut Vec<u8>) {
    if index > 0 {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = serde_json::json!({"b": [{"z": 1, "a": null}], "a": "云", "é": 1.5});
        assert_eq!(
            String::from_utf8(to_vec(&value).unwrap()).unwrap(),
            r#"{"a":"云","b":[{"a":null,"z":1}],"é":1.5}"#
        );
    }
}
