//! Values of columns, and rows of them: the same for both engines.

use std::rc::Rc;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::{StoreError, Stored};

/// What a column or a parameter holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Value {
    /// Nothing.
    Null,
    /// A whole number; an instant is milliseconds since 1970, a truth value 0 or 1.
    Integer(i64),
    /// Text; an id and a day are text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The parameters of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::store::value::ToValue::to_value(&$value)),*]
    };
}
pub(in crate::store) use values;

/// What can be a parameter.
pub(in crate::store) trait ToValue {
    /// As the database holds it.
    fn to_value(&self) -> Value;
}

macro_rules! parameters {
    ($($type:ty, $this:ident => $value:expr;)*) => {
        $(impl ToValue for $type {
            fn to_value(&self) -> Value {
                let $this = self;
                $value
            }
        })*
    };
}
parameters! {
    i64, number => Value::Integer(*number);
    u32, number => Value::Integer((*number).into());
    u8, number => Value::Integer((*number).into());
    bool, truth => Value::Integer((*truth).into());
    str, text => Value::Text(text.to_owned());
    String, text => Value::Text(text.clone());
    [u8], bytes => Value::Bytes(bytes.to_vec());
    [u8; 32], bytes => Value::Bytes(bytes.to_vec());
    Vec<u8>, bytes => Value::Bytes(bytes.clone());
    Uuid, id => Value::Text(id.to_string());
    Date, day => Value::Text(day.to_string());
    Timestamp, instant => Value::Integer(instant.as_millisecond());
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        T::to_value(self)
    }
}

/// A row of an answer.
#[derive(Debug, Clone)]
pub(in crate::store) struct Row {
    columns: Rc<[String]>,
    values: Vec<Value>,
}

impl Row {
    pub(in crate::store) fn new(columns: &Rc<[String]>, values: Vec<Value>) -> Self {
        Self {
            columns: Rc::clone(columns),
            values,
        }
    }

    /// What a column holds.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when there is no such column or it holds something else.
    pub(in crate::store) fn get<T: Column>(&self, column: &str) -> Stored<T> {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| self.values.get(at))
            .and_then(T::read)
            .ok_or_else(|| damaged(T::WHAT))
    }

    /// The value of a closed list that a column of text names.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is not in the list.
    pub(in crate::store) fn listed<T>(
        &self,
        column: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Stored<T> {
        parse(&self.get::<String>(column)?).ok_or_else(|| damaged("a value of a list"))
    }
}

/// A type that a column can hold.
pub(in crate::store) trait Column: Sized {
    /// What it is, for the error of a row that holds something else.
    const WHAT: &'static str;

    /// None when the value is something else.
    fn read(value: &Value) -> Option<Self>;
}

macro_rules! columns {
    ($($type:ty, $what:literal, $pattern:pat => $read:expr;)*) => {
        $(impl Column for $type {
            const WHAT: &'static str = $what;

            fn read(value: &Value) -> Option<Self> {
                match value {
                    $pattern => $read,
                    _ => None,
                }
            }
        })*
    };
}
columns! {
    i64, "a number", Value::Integer(number) => Some(*number);
    u64, "a number", Value::Integer(number) => (*number).try_into().ok();
    u32, "a number", Value::Integer(number) => (*number).try_into().ok();
    u8, "a number", Value::Integer(number) => (*number).try_into().ok();
    bool, "a truth value", Value::Integer(number) => Some(*number != 0);
    String, "a text", Value::Text(text) => Some(text.clone());
    Uuid, "an id", Value::Text(text) => text.parse().ok();
    Date, "a day", Value::Text(text) => text.parse().ok();
    Timestamp, "an instant", Value::Integer(millis) => Self::from_millisecond(*millis).ok();
    Vec<u8>, "bytes", Value::Bytes(bytes) => Some(bytes.clone());
    [u8; 32], "32 bytes", Value::Bytes(bytes) => bytes.as_slice().try_into().ok();
}

impl<T: Column> Column for Option<T> {
    const WHAT: &'static str = T::WHAT;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            held => T::read(held).map(Some),
        }
    }
}

/// The row is not what this program wrote.
pub(in crate::store) fn damaged(what: &'static str) -> StoreError {
    StoreError::Damaged { what }
}
