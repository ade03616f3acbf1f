//! IPP requests and answers as bytes; pure. The crate `ipp` encodes and parses, we bound.

use std::collections::BTreeMap;
use std::io::Cursor;

use ipp::attribute::IppAttribute;
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::parser::{IppParseError, IppParser};
use ipp::prelude::Uri;
use ipp::request::IppRequestResponse;
use ipp::value::IppValue;

/// Largest answer taken.
pub(super) const MAX_ANSWER: usize = 512 * 1024;
/// Most attributes and values of one message.
const MAX_VALUES: usize = 20_000;
/// Deepest collection. Real ones have three levels; the parser's values nest as deep as these.
const MAX_DEPTH: usize = 16;

/// Status codes from here on are errors (RFC 8011, appendix B).
const FIRST_ERROR: u16 = 0x0400;

/// Why bytes are no IPP message for us.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// More than any answer needs.
    #[error("reading an IPP answer: {0}")]
    Unbounded(&'static str),
    /// It breaks off or holds what cannot be.
    #[error("reading an IPP answer")]
    Malformed(#[source] Box<IppParseError>),
    /// A request cannot be made of these values.
    #[error("making an IPP request")]
    Request(#[source] Box<IppParseError>),
}

/// One value, as far as we ask for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Number(i32),
    Text(String),
    Truth(bool),
    /// `no-value`, `unknown`, or of a kind we never ask for.
    Nothing,
}

impl Value {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Truth(_) | Self::Nothing => None,
        }
    }
}

/// The attributes of one object.
#[derive(Debug, Clone, Default)]
pub(super) struct Attributes(BTreeMap<String, Vec<Value>>);

impl Attributes {
    /// The words of an attribute; none when it is absent.
    pub(super) fn words(&self, name: &str) -> Vec<&str> {
        let values = self.0.get(name).map(Vec::as_slice).unwrap_or_default();
        values.iter().filter_map(Value::text).collect()
    }

    /// The numbers of an attribute; none when it is absent.
    pub(super) fn numbers(&self, name: &str) -> Vec<i32> {
        let values = self.0.get(name).map(Vec::as_slice).unwrap_or_default();
        let number = |value: &Value| match value {
            Value::Number(number) => Some(*number),
            Value::Text(_) | Value::Truth(_) | Value::Nothing => None,
        };
        values.iter().filter_map(number).collect()
    }

    /// The first number of an attribute.
    pub(super) fn number(&self, name: &str) -> Option<i32> {
        self.numbers(name).first().copied()
    }

    /// The truth of an attribute; `None` when it is absent.
    pub(super) fn truth(&self, name: &str) -> Option<bool> {
        match self.0.get(name)?.first()? {
            Value::Truth(truth) => Some(*truth),
            Value::Number(_) | Value::Text(_) | Value::Nothing => None,
        }
    }

    /// Whether the attribute was there at all, even without a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// One answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    /// Status code of RFC 8011, appendix B.
    pub(super) status: u16,
    pub(super) printer: Attributes,
    pub(super) job: Attributes,
}

impl Answer {
    /// Whether the operation was done.
    pub(super) fn is_ok(&self) -> bool {
        self.status < FIRST_ERROR
    }
}

/// A request of `operation` to the printer at `uri`, without the document.
pub(super) fn request(
    operation: Operation,
    uri: &Uri,
    number: i32,
    attributes: Vec<(DelimiterTag, &str, IppValue)>,
) -> Result<Vec<u8>, WireError> {
    let failed = |error| WireError::Request(Box::new(error));
    let mut request = IppRequestResponse::new(IppVersion::v2_0(), operation, Some(uri.clone()))
        .map_err(failed)?;
    request.header_mut().request_id = number;
    for (group, name, value) in attributes {
        let attribute = IppAttribute::with_name(name, value).map_err(failed)?;
        request.attributes_mut().add(group, attribute);
    }
    Ok(request.to_bytes().to_vec())
}

/// A word such as a media name.
pub(super) fn keyword(word: &str) -> Result<IppValue, WireError> {
    IppValue::new_keyword(word).map_err(|error| WireError::Request(Box::new(error)))
}

/// A name such as that of a job.
pub(super) fn name(text: &str) -> Result<IppValue, WireError> {
    IppValue::new_name_without_language(text).map_err(|error| WireError::Request(Box::new(error)))
}

/// A type such as `application/pdf`.
pub(super) fn media_type(text: &str) -> Result<IppValue, WireError> {
    IppValue::new_mime_media_type(text).map_err(|error| WireError::Request(Box::new(error)))
}

/// Reads an answer.
pub(super) fn answer(bytes: Vec<u8>) -> Result<Answer, WireError> {
    bounded(&bytes)?;
    let parsed = IppParser::new(Cursor::new(bytes))
        .parse()
        .map_err(|error| WireError::Malformed(Box::new(error)))?;
    let mut answer = Answer {
        status: parsed.header().operation_or_status as u16,
        ..Answer::default()
    };
    for group in parsed.attributes().groups() {
        let target = match group.tag() {
            DelimiterTag::PrinterAttributes => &mut answer.printer,
            DelimiterTag::JobAttributes => &mut answer.job,
            DelimiterTag::OperationAttributes
            | DelimiterTag::EndOfAttributes
            | DelimiterTag::UnsupportedAttributes
            | DelimiterTag::SubscriptionAttributes
            | DelimiterTag::EventNotificationAttributes
            | DelimiterTag::ResourceAttributes
            | DelimiterTag::DocumentAttributes
            | DelimiterTag::SystemAttributes => continue,
        };
        for attribute in group.attributes() {
            let values = attribute.value().into_iter().map(value).collect();
            target.0.insert(attribute.name().to_string(), values);
        }
    }
    Ok(answer)
}

fn value(value: &IppValue) -> Value {
    match value {
        IppValue::Integer(number) | IppValue::Enum(number) => Value::Number(*number),
        IppValue::Boolean(truth) => Value::Truth(*truth),
        IppValue::Keyword(text) => Value::Text(text.to_string()),
        IppValue::MimeMediaType(text) => Value::Text(text.to_string()),
        IppValue::Uri(text) | IppValue::UriScheme(text) => Value::Text(text.to_string()),
        IppValue::NameWithoutLanguage(text) => Value::Text(text.to_string()),
        IppValue::TextWithoutLanguage(text) => Value::Text(text.to_string()),
        // Everything else is of kinds we never ask for.
        _ => Value::Nothing,
    }
}

/// Walks over the message without building anything: how many values, how deep.
///
/// The parser keeps collections nested as they came, and dropping a chain of ten thousand
/// would exhaust the stack.
fn bounded(bytes: &[u8]) -> Result<(), WireError> {
    if bytes.len() > MAX_ANSWER {
        return Err(WireError::Unbounded("it is larger than 512 KB"));
    }
    let mut rest = bytes.get(8..).unwrap_or_default();
    let (mut values, mut depth) = (0usize, 0usize);
    while let Some((tag, after)) = rest.split_first() {
        rest = after;
        match tag {
            0x03 => return Ok(()),
            0x00..=0x0F => continue,
            0x34 => depth += 1,
            0x37 => depth = depth.saturating_sub(1),
            _ => {}
        }
        values += 1;
        if depth > MAX_DEPTH {
            return Err(WireError::Unbounded("its collections are nested too deep"));
        }
        if values > MAX_VALUES {
            return Err(WireError::Unbounded("it has too many values"));
        }
        let (name, value);
        (name, rest) = counted(rest);
        (value, rest) = counted(rest);
        if name.is_none() || value.is_none() {
            // It breaks off here; the parser says so.
            return Ok(());
        }
        // The parser would panic at a text with a language that is shorter than it says.
        if let (0x35 | 0x36, Some(value)) = (tag, value) {
            let (language, after) = counted(value);
            if language.is_none() || counted(after).0.is_none() {
                return Err(WireError::Unbounded("a text with its language breaks off"));
            }
        }
    }
    Ok(())
}

/// Bytes behind their count of two bytes, and what comes after; `None` where they break off.
fn counted(bytes: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let split = bytes
        .split_first_chunk::<2>()
        .and_then(|(count, rest)| rest.split_at_checked(usize::from(u16::from_be_bytes(*count))));
    split.map_or((None, &[]), |(counted, rest)| (Some(counted), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head() -> Vec<u8> {
        vec![2, 0, 0, 0, 0, 0, 0, 1, 4]
    }

    fn nested(levels: usize) -> Vec<u8> {
        let mut bytes = head();
        bytes.extend([0x34, 0, 1, b'a', 0, 0]);
        for _ in 1..levels {
            bytes.extend([0x4A, 0, 0, 0, 1, b'b', 0x34, 0, 0, 0, 0]);
        }
        for _ in 0..levels {
            bytes.extend([0x37, 0, 0, 0, 0]);
        }
        bytes.push(3);
        bytes
    }

    #[test]
    fn an_answer_nested_to_exhaust_the_stack_is_refused() {
        assert!(answer(nested(10)).is_ok());
        let error = answer(nested(30_000)).unwrap_err().to_string();
        assert!(error.contains("nested too deep"), "{error}");
    }

    #[test]
    fn an_endless_answer_is_refused() {
        let error = answer(vec![0; MAX_ANSWER + 1]).unwrap_err().to_string();
        assert!(error.contains("larger than"), "{error}");
        let mut many = head();
        for _ in 0..=MAX_VALUES {
            many.extend([0x21, 0, 0, 0, 4, 0, 0, 0, 1]);
        }
        let error = answer(many).unwrap_err().to_string();
        assert!(error.contains("too many values"), "{error}");
    }

    #[test]
    fn a_text_whose_language_breaks_off_is_refused() {
        for value in [
            &[0, 3][..],
            &[0, 2, b'e', b'n', 0, 9, b'x'],
            &[0, 2, b'e', b'n'],
        ] {
            for tag in [0x35, 0x36] {
                let mut bytes = head();
                bytes.extend([tag, 0, 1, b'a', 0, value.len() as u8]);
                bytes.extend(value);
                bytes.push(3);
                let error = answer(bytes).unwrap_err().to_string();
                assert!(error.contains("breaks off"), "{error}");
            }
        }
    }

    #[test]
    fn an_answer_that_breaks_off_is_malformed() {
        let mut bytes = head();
        bytes.extend([0x23, 0, 13]);
        bytes.extend(b"printer-state");
        bytes.extend([0, 4, 0, 0]);
        assert!(matches!(answer(bytes), Err(WireError::Malformed(_))));
        assert!(answer(Vec::new()).is_err());
    }

    #[test]
    fn the_state_of_a_printer_is_read() {
        let mut bytes = head();
        bytes.extend([0x23, 0, 13]);
        bytes.extend(b"printer-state");
        bytes.extend([0, 4, 0, 0, 0, 5, 0x44, 0, 21]);
        bytes.extend(b"printer-state-reasons");
        bytes.extend([0, 4]);
        bytes.extend(b"none");
        bytes.push(3);
        let answer = answer(bytes).unwrap();
        assert!(answer.is_ok());
        assert_eq!(answer.printer.number("printer-state"), Some(5));
        assert_eq!(answer.printer.words("printer-state-reasons"), ["none"]);
        assert_eq!(answer.printer.number("copies"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            let _ = answer(bytes.clone());
            let mut with_head = head();
            with_head.extend(bytes);
            let _ = answer(with_head);
        }
    }
}
