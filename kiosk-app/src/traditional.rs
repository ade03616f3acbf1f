//! Words of the catalogue in Traditional Chinese, by the dictionaries of OpenCC.
//!
//! A catalogue is published in Simplified Chinese and English. Here its characters are changed
//! by whole phrases, as `s2tw` of OpenCC does, and nothing else: names of laws, papers and
//! offices stay the words they are. What a person typed, names and addresses never come here.
//! The kiosk's own words are not made here either: they are a translation file of their own,
//! made once from the Simplified one by the same dictionaries and read by a person (`files`).

use std::borrow::Cow;
use std::sync::OnceLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use kiosk_core::screen::Lang;

use crate::words::Words;

#[cfg(test)]
mod files;
#[cfg(test)]
mod tests;

/// Where the dictionaries take the wrong one of two characters in words of an office.
const MISTAKEN: [(&str, &str); 5] = [
    ("網籤", "網簽"),
    ("籤承諾", "簽承諾"),
    ("申請人自制", "申請人自製"),
    ("麵板", "面板"),
    ("覆位", "復位"),
];

/// The converter; `None` where its dictionaries cannot be read, which a test excludes.
fn converter() -> Option<&'static OpenCC> {
    static CONVERTER: OnceLock<Option<OpenCC>> = OnceLock::new();
    CONVERTER
        .get_or_init(|| {
            OpenCC::from_config(BuiltinConfig::S2tw)
                .inspect_err(|error| {
                    tracing::error!("Traditional Chinese has no dictionaries: {error}");
                })
                .ok()
        })
        .as_ref()
}

/// `words` of the catalogue in Traditional Chinese; as they are and marked as such where they
/// cannot be converted.
#[must_use]
pub fn written(words: &str) -> Cow<'_, str> {
    written_by(converter(), words)
}

/// Words that somebody said about a case, an officer or a department: never converted, and
/// marked where they are not written as Traditional Chinese is.
#[must_use]
pub fn given(words: &str) -> Cow<'_, str> {
    match converter() {
        Some(converter) if converted(converter, words) == words => Cow::Borrowed(words),
        Some(_) | None => marked(words),
    }
}

fn written_by<'a>(converter: Option<&OpenCC>, words: &'a str) -> Cow<'a, str> {
    // Codes and figures are most of what is asked for.
    if words.is_ascii() {
        return Cow::Borrowed(words);
    }
    match converter {
        Some(converter) => Cow::Owned(converted(converter, words)),
        None => marked(words),
    }
}

fn converted(converter: &OpenCC, words: &str) -> String {
    let converted = converter.convert(words);
    MISTAKEN.iter().fold(converted, |words, (wrong, right)| {
        if words.contains(wrong) {
            words.replace(wrong, right)
        } else {
            words
        }
    })
}

fn marked(words: &str) -> Cow<'_, str> {
    if words.chars().any(is_han) {
        Cow::Owned(Words(Lang::ZhHant).fill("word.original", &[("text", words)]))
    } else {
        Cow::Borrowed(words)
    }
}

fn is_han(character: char) -> bool {
    matches!(u32::from(character), 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}
