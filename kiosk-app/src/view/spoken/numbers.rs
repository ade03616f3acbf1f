//! How figures are read: the rule for numbers, dates and what is hidden.
//!
//! - A number that names something (identity number, phone, receipt: five digits and more, or any
//!   code) is read digit by digit in groups: as it is written in groups, else 11 digits as 3-4-4,
//!   18 as 6-4-4-4, up to six at once, others by four. In Chinese its 1 is 幺 (yāo), as on the phone.
//! - A year is read digit by digit too, its 1 as 一; month and day are numbers.
//! - Asterisks are said to be hidden, once for all of them.
//! - Everything else, amounts and counts among it, is left to the voice.
//!
//! A pass over finished lines: what was read so once is not changed by a second pass.

use kiosk_core::screen::Lang;

use crate::words::Words;

/// So many digits are no amount any more.
const NAMES_SOMETHING: usize = 5;

/// `text` with its figures as they are read.
pub(super) fn read(text: &str, words: Words) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|c: char| !is_figure(c))
            .unwrap_or(rest.len())
            .max(if is_figure(first) {
                0
            } else {
                first.len_utf8()
            });
        let (token, after) = rest.split_at(end);
        if is_figure(first) {
            let amount = goes_on(after) || out.ends_with('.') && token.starts_with(digit);
            if token.starts_with('*') && out.ends_with(char::is_alphanumeric) {
                out.push_str(pause(words.0));
            }
            out.push_str(&figure(token, after, amount, words));
        } else {
            out.push_str(token);
        }
        rest = after;
    }
    out
}

/// A code, character by character in groups, whatever it is made of.
pub(super) fn code(text: &str, words: Words) -> String {
    let groups: Vec<String> = groups(text)
        .iter()
        .map(|group| spell(group, words))
        .collect();
    groups.join(pause(words.0))
}

/// One character as it is named while a text is spelt; 1 is 一 here: it stands alone.
pub(super) fn character(c: char, words: Words) -> String {
    match c {
        ' ' => words.get("spoken.space"),
        '-' => words.get("spoken.hyphen"),
        '.' => words.get("spoken.point"),
        ',' => words.get("spoken.comma"),
        '@' => words.get("spoken.at-sign"),
        '<' => words.get("spoken.filler"),
        c => c.to_string(),
    }
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn is_figure(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '*' | '-' | ':')
}

/// A decimal point and digits follow.
fn goes_on(after: &str) -> bool {
    let mut next = after.chars();
    next.next() == Some('.') && next.next().is_some_and(digit)
}

fn figure(token: &str, after: &str, amount: bool, words: Words) -> String {
    if token.contains('*') {
        return hidden(token, words);
    }
    if let Some(day) = day(token, words) {
        return day;
    }
    if let Some(time) = clock(token, words) {
        return time;
    }
    let digits = token.chars().filter(|c| digit(*c)).count();
    if digits == 4 && token.len() == 4 && after.starts_with('年') {
        return year(token, words.0);
    }
    if digits >= NAMES_SOMETHING && !amount {
        return code(token, words);
    }
    token.to_owned()
}

/// What stands before and after the asterisks is spelt; they are one word.
fn hidden(token: &str, words: Words) -> String {
    let shown = token.split('*').filter(|part| !part.is_empty());
    let mut parts: Vec<String> = shown.map(|part| code(part, words)).collect();
    let place = usize::from(!token.starts_with('*')).min(parts.len());
    parts.insert(place, words.get("spoken.hidden"));
    parts.join(pause(words.0))
}

/// `2026-11-23` or `2026-11`.
fn day(token: &str, words: Words) -> Option<String> {
    let mut parts = token.split('-');
    let (of_year, month) = (parts.next()?, parts.next()?);
    let day = parts.next();
    let month: u8 = month.parse().ok()?;
    let known = of_year.len() == 4 && of_year.chars().all(digit) && (1..=12).contains(&month);
    if !known || parts.next().is_some() {
        return None;
    }
    let named = words.get(&format!("spoken.month-{month}"));
    let of_year = year(of_year, words.0);
    let mut values = vec![("year", of_year.as_str()), ("month", named.as_str())];
    match day {
        None => Some(words.fill("spoken.month-of-year", &values)),
        Some(day) => {
            let day = day
                .parse::<u8>()
                .ok()
                .filter(|day| (1..=31).contains(day))?;
            let day = day.to_string();
            values.push(("day", &day));
            Some(words.fill("spoken.date", &values))
        }
    }
}

/// `14:36`.
fn clock(token: &str, words: Words) -> Option<String> {
    let (hour, minute) = token.split_once(':')?;
    let hour = hour.parse::<u8>().ok().filter(|hour| *hour < 24)?;
    let minute = minute.parse::<u8>().ok().filter(|minute| *minute < 60)?;
    let values = [
        ("hour", hour.to_string()),
        ("minute", format!("{minute:02}")),
    ];
    let values = values.each_ref().map(|(n, v)| (*n, v.as_str()));
    Some(words.fill("spoken.time", &values))
}

fn year(digits: &str, lang: Lang) -> String {
    match lang {
        Lang::En => digits.to_owned(),
        Lang::ZhHans | Lang::ZhHant => digits
            .chars()
            .map(|c| if c == '1' { '一' } else { chinese(c) })
            .collect(),
    }
}

/// As written in groups; else by what the number of characters means.
fn groups(text: &str) -> Vec<String> {
    let written: Vec<&str> = text.split(['-', ' ']).filter(|it| !it.is_empty()).collect();
    if written.len() > 1 {
        return written
            .into_iter()
            .flat_map(|part| by_four(part, 6))
            .collect();
    }
    let characters: Vec<char> = text.chars().filter(|c| *c != '-').collect();
    let sizes: &[usize] = match characters.len() {
        11 => &[3, 4, 4],
        18 => &[6, 4, 4, 4],
        _ => return by_four(text, 6),
    };
    let mut rest = characters.as_slice();
    let mut groups = Vec::new();
    for size in sizes {
        let (group, after) = rest.split_at((*size).min(rest.len()));
        groups.push(group.iter().collect());
        rest = after;
    }
    groups
}

/// Groups of four; a part of up to `whole` characters stays whole.
fn by_four(text: &str, whole: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().filter(|c| *c != '-').collect();
    if characters.len() <= whole {
        return vec![characters.into_iter().collect()];
    }
    characters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect()
}

fn spell(group: &str, words: Words) -> String {
    let named = group.chars().map(|c| match words.0 {
        Lang::ZhHans | Lang::ZhHant if digit(c) => chinese(c).to_string(),
        Lang::ZhHans | Lang::ZhHant | Lang::En => c.to_string(),
    });
    let named: Vec<String> = named.collect();
    let chinese_digits = words.0.is_chinese() && group.chars().all(digit);
    named.join(if chinese_digits { "" } else { " " })
}

fn chinese(digit: char) -> char {
    match digit {
        '0' => '零',
        '1' => '幺',
        '2' => '二',
        '3' => '三',
        '4' => '四',
        '5' => '五',
        '6' => '六',
        '7' => '七',
        '8' => '八',
        '9' => '九',
        other => other,
    }
}

fn pause(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhHans | Lang::ZhHant => "，",
        Lang::En => ", ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_by_rule() {
        let cases = [
            (
                "15400000001",
                "幺五四，零零零零，零零零幺",
                "1 5 4, 0 0 0 0, 0 0 0 1",
            ),
            ("5****************X", "五，隐去，X", "5, hidden, X"),
            ("张*", "张，隐去", "张, hidden"),
            ("12345", "幺二三四五", "1 2 3 4 5"),
            ("2026-11-03", "二零二六年11月3日", "3 November 2026"),
            ("2021-11", "二零二一年11月", "November 2021"),
            ("2026年11月23日", "二零二六年11月23日", "2026年11月23日"),
            ("共 20 个工作日", "共 20 个工作日", "共 20 个工作日"),
            ("12000.50", "12000.50", "12000.50"),
            ("9:05", "9点05分", "9:05"),
            ("K2Q2-0001", "K 二 Q 二，零零零幺", "K 2 Q 2, 0 0 0 1"),
        ];
        for (text, chinese, english) in cases {
            let zh = read(text, Words(Lang::ZhHans));
            assert_eq!(zh, chinese, "{text}");
            assert_eq!(read(text, Words(Lang::En)), english, "{text}");
            assert_eq!(read(&zh, Words(Lang::ZhHans)), zh, "read once more: {text}");
        }
    }

    #[test]
    fn an_identity_number_is_read_region_year_day_and_rest_and_a_receipt_by_its_groups() {
        let zh = Words(Lang::ZhHans);
        assert_eq!(
            read("590102199002150015", zh),
            "五九零幺零二，幺九九零，零二幺五，零零幺五"
        );
        assert_eq!(code("ABCD-EFGH-JKLM", zh), "A B C D，E F G H，J K L M");
    }
}
