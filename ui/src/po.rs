//! Reads a translation file: `msgid`, `msgstr`, strings over several lines, comments.

/// Key and words of every entry in file order; the header (the empty key) is left out.
///
/// What is not understood is passed over: the files are part of the program and tested.
pub(crate) fn entries(file: &str) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut key: Option<String> = None;
    let mut words: Option<String> = None;
    for line in file.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("msgid ") {
            keep(&mut entries, key.take(), words.take());
            key = quoted(text);
        } else if let Some(text) = line.strip_prefix("msgstr ") {
            words = quoted(text);
        } else if let Some(more) = quoted(line)
            && let Some(current) = words.as_mut().or(key.as_mut())
        {
            current.push_str(&more);
        }
    }
    keep(&mut entries, key, words);
    entries
}

fn keep(entries: &mut Vec<(String, String)>, key: Option<String>, words: Option<String>) {
    if let (Some(key), Some(words)) = (key, words)
        && !key.is_empty()
    {
        entries.push((key, words));
    }
}

/// The text between the outer quotes with its escapes resolved; `None` when there are none.
fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some(other) => plain.push(other),
            None => return None,
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_over_several_lines_and_escapes_are_read() {
        let file = "# a comment\nmsgid \"\"\nmsgstr \"Language: en\\n\"\n\nmsgid \"a.b\"\nmsgstr \"\"\n\"one \"\n\"\\\"two\\\"\\n\"\n\nmsgid \"c\"\nmsgstr \"three\"\n";
        assert_eq!(
            entries(file),
            [
                ("a.b".to_owned(), "one \"two\"\n".to_owned()),
                ("c".to_owned(), "three".to_owned())
            ]
        );
    }

    #[test]
    fn a_damaged_file_is_passed_over() {
        assert!(entries("msgid \"a\nmsgstr b\"\n\"").is_empty());
        assert!(entries("msgstr \"lonely\"").is_empty());
    }
}
