//! What a check of a device found, in the language of the screen.
//!
//! The suite speaks in keys (`user_error paper_out`), in figures (`1.02`) and in a handful of
//! English sentences. Keys and sentences have words in every language; what has none is shown in
//! English only, elsewhere the log has it.

use kiosk_core::screen::Lang;
use kiosk_core::service::{CheckFacts, Verdict};
use slint::SharedString;

use super::phrases::Phrases;
use crate::devices::words::technician;

/// The suite's sentences, `{}` for a value, and the keys of their words under `service.found.`.
const SENTENCES: &[(&str, &str)] = &[
    ("the run was ended", "ended"),
    ("left out by hand", "by-hand"),
    ("no time is left of the whole run's", "no-time"),
    ("the driver's thread has ended", "thread-ended"),
    ("not within {} s: {}", "not-within"),
    ("now it is {}", "another"),
    ("ready after {} s", "ready-after"),
    ("{} slips", "slips"),
    (
        "the process numbers do not follow each other",
        "not-ascending",
    ),
    ("nothing is left inside", "empty"),
    ("a folder has no paper", "folder"),
    ("the page waits", "page-waits"),
    ("the page was not taken", "page-refused"),
    ("it waits for {}", "waits-for"),
    ("a card was read whole", "card-read"),
    ("no card was laid down", "no-card-laid"),
    ("no card was found", "no-card"),
    ("no answer to the reset", "no-answer"),
    ("a keypad does nothing by itself", "passive"),
    ("{} came instead", "other-key"),
    ("scanned {} pixels", "pixels"),
    ("{} pages came from one glass", "pages"),
    ("the command was refused", "refused"),
    ("light on and off", "on-off"),
    ("on and off, confirmed", "on-off"),
    ("this scanner takes no commands", "no-commands"),
    ("{} characters", "characters"),
    ("the board did not confirm it", "not-confirmed"),
    ("the map has no light", "no-light"),
    ("a battery is not drained for a test", "battery"),
    ("there and back", "there-and-back"),
    ("scanning: there is no paper in the feeder", "scan-no-paper"),
    ("scanning: paper is jammed", "scan-jam"),
    ("scanning: the cover is open", "scan-cover-open"),
    ("scanning: the scanner is busy", "scan-busy"),
    (
        "scanning: two sheets were drawn in at once",
        "scan-double-feed",
    ),
    ("scanning: the scanner cannot be reached", "scan-offline"),
    (
        "scanning: the scanner does not support these settings",
        "scan-unsupported",
    ),
    ("scanning: the page is incomplete", "scan-truncated"),
    ("scanning: the page is empty", "scan-empty"),
    ("scanning: cancelled", "scan-cancelled"),
    ("scanning: the scanner took too long", "scan-timeout"),
];

/// What the check found; empty when there is nothing to add.
pub(super) fn found(say: &Phrases<'_>, check: &CheckFacts) -> SharedString {
    let detail = check.detail.as_str();
    // The device's own name for itself is said as it is.
    let own = check.name == "identifies" && check.verdict == Verdict::Passed;
    if own || detail.is_empty() {
        return detail.into();
    }
    match (words(say, detail), say.words.0) {
        (Some(words), _) => words.into(),
        (None, Lang::En) => detail.into(),
        (None, Lang::ZhHans | Lang::ZhHant) => say.get("service.found.in-log"),
    }
}

fn words(say: &Phrases<'_>, text: &str) -> Option<String> {
    reason(say, text)
        .or_else(|| sentence(say, text))
        .or_else(|| state_and_reason(say, text))
        .or_else(|| text.split(": ").find_map(|part| reason(say, part)))
}

/// The words under `group`; `None` where there are none, or they want a value.
fn known(say: &Phrases<'_>, group: &str, key: &str) -> Option<String> {
    let full = format!("service.{group}.{key}");
    let words = say.words.get(&full);
    (words != full && !words.contains('{')).then_some(words)
}

/// What a driver's key means.
pub(super) fn reason(say: &Phrases<'_>, key: &str) -> Option<String> {
    technician(say.words.0, key)
        .filter(|words| words != key)
        .or_else(|| known(say, "detail", key))
        .or_else(|| result(say, key))
        .or_else(|| known(say, "key", key))
}

/// What a device is, or how a print ended.
fn result(say: &Phrases<'_>, key: &str) -> Option<String> {
    known(say, "state", key).or_else(|| known(say, "event", key))
}

/// Such as `user_error paper_out`.
fn state_and_reason(say: &Phrases<'_>, text: &str) -> Option<String> {
    let (state, why) = text.split_once(' ')?;
    let (state, why) = (result(say, state)?, reason(say, why)?);
    Some(with_reason(say, &state, &why))
}

/// Something and why it is so.
pub(super) fn with_reason(say: &Phrases<'_>, what: &str, why: &str) -> String {
    let values = [("what", what), ("why", why)];
    say.words.fill("service.with-reason", &values)
}

fn sentence(say: &Phrases<'_>, text: &str) -> Option<String> {
    SENTENCES.iter().find_map(|(pattern, key)| {
        let values = values(pattern, text)?;
        let values: Vec<String> = values
            .into_iter()
            .map(|value| words(say, value).unwrap_or_else(|| value.to_owned()))
            .collect();
        let named: Vec<(&str, &str)> = ["value", "why"]
            .into_iter()
            .zip(values.iter().map(String::as_str))
            .collect();
        Some(say.words.fill(&format!("service.found.{key}"), &named))
    })
}

/// What stands in `text` where `pattern` has `{}`; `None` when it is another sentence.
fn values<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let (first, rest) = pattern.split_once("{}").unwrap_or((pattern, ""));
    let mut left = text.strip_prefix(first)?;
    if first.len() == pattern.len() {
        return left.is_empty().then(Vec::new);
    }
    let mut values = Vec::new();
    let mut parts = rest.split("{}").peekable();
    while let Some(part) = parts.next() {
        let end = if parts.peek().is_none() {
            left.strip_suffix(part)?.len()
        } else {
            left.find(part)?
        };
        let (value, after) = left.split_at_checked(end)?;
        values.push(value);
        left = after.get(part.len()..)?;
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    fn say(lang: Lang, name: &str, detail: &str) -> String {
        let phrases = Phrases {
            words: Words(lang),
            has_glyph: &|_| true,
        };
        let check = CheckFacts {
            name: name.to_owned(),
            verdict: Verdict::Failed,
            detail: detail.to_owned(),
        };
        found(&phrases, &check).to_string()
    }

    fn zh(detail: &str) -> String {
        say(Lang::ZhHans, "x", detail)
    }

    #[test]
    fn every_sentence_of_the_suite_is_told_in_both_languages() {
        for (pattern, key) in SENTENCES {
            let detail = pattern.replacen("{}", "3.2", 1).replacen("{}", "busy", 1);
            for lang in [Lang::ZhHans, Lang::En] {
                let words = say(lang, "x", &detail);
                assert!(!words.contains("service."), "{key}: {words}");
                assert!(!words.contains('{'), "{key}: {words}");
            }
            let words = zh(&detail);
            let english = words.chars().filter(char::is_ascii_alphabetic).count();
            assert!(
                english < 4,
                "{key} is English on the Chinese screen: {words}"
            );
            assert_eq!(detail.contains("3.2"), words.contains("3.2"), "{key}");
        }
    }

    #[test]
    fn a_device_that_does_not_come_back_is_told_with_time_state_and_reason() {
        let told = zh("not within 30 s: offline no_answer");
        for part in ["30", "没有应答"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(zh("user_error paper_out").contains("缺纸"));
        assert!(zh("partial paper_out").contains("一部分"));
        assert!(zh("volume-up came instead").contains("大声"));
    }

    #[test]
    fn a_card_that_could_not_be_read_is_told_by_its_kind() {
        assert_eq!(zh("read_failed: read card"), zh("read_failed"));
    }

    #[test]
    fn what_nobody_translated_is_english_in_english_and_in_the_log_otherwise() {
        let strange = "the flux is out of phase";
        assert_eq!(say(Lang::En, "x", strange), strange);
        assert_eq!(zh(strange), Words(Lang::ZhHans).get("service.found.in-log"));
    }

    #[test]
    fn figures_and_names_stay_as_they_are() {
        assert!(zh("scanned 2480 x 3508 pixels").contains("2480 x 3508"));
        assert!(zh("now it is PT-80, 1.02").contains("PT-80, 1.02"));
    }
}
