//! Between columns and types.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use uuid::Uuid;

use crate::store::{StoreError, Stored};

/// Milliseconds since 1970.
pub(in crate::store) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The instant in a column of milliseconds.
pub(in crate::store) fn instant(row: &Row<'_>, column: &str) -> Stored<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(|_| damaged("an instant"))
}

/// The instant in a column of milliseconds, if any.
pub(in crate::store) fn maybe_instant(row: &Row<'_>, column: &str) -> Stored<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?
        .map(|ms| Timestamp::from_millisecond(ms).map_err(|_| damaged("an instant")))
        .transpose()
}

/// The id in a column of text.
pub(in crate::store) fn id(row: &Row<'_>, column: &str) -> Stored<Uuid> {
    let text: String = row.get(column)?;
    Uuid::parse_str(&text).map_err(|_| damaged("an id"))
}

/// The day in a column of text.
pub(in crate::store) fn maybe_date(row: &Row<'_>, column: &str) -> Stored<Option<Date>> {
    row.get::<_, Option<String>>(column)?
        .map(|text| text.parse().map_err(|_| damaged("a day")))
        .transpose()
}

/// The value of a closed list.
pub(in crate::store) fn listed<T>(
    row: &Row<'_>,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Stored<T> {
    let name: String = row.get(column)?;
    parse(&name).ok_or_else(|| damaged("a value of a list"))
}

/// The row is not what this program wrote.
pub(in crate::store) fn damaged(what: &'static str) -> StoreError {
    StoreError::Damaged { what }
}

/// All rows, converted.
pub(in crate::store) fn collect<T>(
    statement: &mut rusqlite::CachedStatement<'_>,
    params: impl rusqlite::Params,
    convert: impl Fn(&Row<'_>) -> Stored<T>,
) -> Stored<Vec<T>> {
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(convert(row)?);
    }
    Ok(found)
}

/// The first row, converted.
pub(in crate::store) fn first<T>(
    statement: &mut rusqlite::CachedStatement<'_>,
    params: impl rusqlite::Params,
    convert: impl Fn(&Row<'_>) -> Stored<T>,
) -> Stored<Option<T>> {
    let mut rows = statement.query(params)?;
    rows.next()?.map(convert).transpose()
}
