//! How many sides a PDF document has, so that a part of them is told from all.
//!
//! Only as much of the format is read as leads from its end to the page tree's own count:
//! cross-reference tables, the catalogue, the root of the pages. Nothing is unpacked: a document
//! whose cross-reference table is a compressed stream is not counted. What is read is bounded,
//! whatever the bytes say.
//!
//! Source: ISO 32000-1, 7.2 (lexical conventions), 7.5.4 to 7.5.6 (file structure), 7.7.2 and
//! 7.7.3 (catalogue and page tree).

/// The end of the file in which the place of the table is looked for.
const TAIL: usize = 2_048;
/// Updates of a document followed back.
const MAX_TABLES: usize = 32;
/// Sections of all tables.
const MAX_SECTIONS: usize = 4_096;
/// Bytes of one entry of a table.
const ENTRY: usize = 20;
/// Bytes of a dictionary looked through.
const MAX_DICTIONARY: usize = 256 << 10;
/// More sides than any document of ours has.
const MAX_SIDES: u32 = 100_000;

/// The sides of `pdf`; `None` when it is packed, broken, or no PDF at all.
pub(crate) fn count(pdf: &[u8]) -> Option<u32> {
    let tables = Tables::read(pdf)?;
    let catalogue = tables.object(tables.root)?;
    let pages = tables.object(entry(catalogue, b"Pages")?.reference()?)?;
    let mut value = entry(pages, b"Count")?;
    let count = value.integer()?;
    if value.integer().is_some() {
        // A reference, which no writer of ours makes.
        return None;
    }
    u32::try_from(count)
        .ok()
        .filter(|sides| (1..=MAX_SIDES).contains(sides))
}

/// The cross-reference tables of a document, the newest first.
struct Tables<'a> {
    pdf: &'a [u8],
    sections: Vec<Section>,
    /// Number of the catalogue.
    root: usize,
}

/// Entries of objects with running numbers.
struct Section {
    first: usize,
    count: usize,
    /// Where its first entry stands in the file.
    at: usize,
}

impl<'a> Tables<'a> {
    fn read(pdf: &'a [u8]) -> Option<Self> {
        let tail = pdf.get(pdf.len().saturating_sub(TAIL)..)?;
        let mark = b"startxref";
        let last = tail.windows(mark.len()).rposition(|word| word == mark)?;
        let mut next = Some(Lexer(tail.get(last + mark.len()..)?).integer()?);
        let mut tables = Self {
            pdf,
            sections: Vec::new(),
            root: 0,
        };
        for newest in std::iter::once(true).chain(std::iter::repeat_n(false, MAX_TABLES)) {
            let Some(at) = next else {
                return Some(tables);
            };
            let trailer = tables.section(pdf.get(at..)?)?;
            if newest {
                tables.root = entry(trailer, b"Root")?.reference()?;
            }
            next = entry(trailer, b"Prev").and_then(|mut place| place.integer());
        }
        None
    }

    /// Takes in one table; what follows it is the trailer's dictionary.
    fn section(&mut self, table: &'a [u8]) -> Option<&'a [u8]> {
        let mut lexer = Lexer(table);
        if lexer.next()? != Token::Word(b"xref") {
            return None;
        }
        loop {
            let first = match lexer.next()? {
                Token::Word(b"trailer") => return Some(lexer.0),
                Token::Word(digits) => number(digits)?,
                _ => return None,
            };
            let count = lexer.integer()?;
            lexer.skip_white();
            let at = self.pdf.len() - lexer.0.len();
            lexer.0 = lexer.0.get(count.checked_mul(ENTRY)?..)?;
            self.sections.push(Section { first, count, at });
            if self.sections.len() > MAX_SECTIONS {
                return None;
            }
        }
    }

    /// What stands between `obj` and its end, of object `wanted`.
    fn object(&self, wanted: usize) -> Option<&'a [u8]> {
        let place = self.sections.iter().find_map(|section| {
            let index = wanted.checked_sub(section.first)?;
            (index < section.count).then_some(section.at + index * ENTRY)
        })?;
        let mut entry = Lexer(self.pdf.get(place..place + ENTRY)?);
        let at = entry.integer()?;
        let _generation = entry.integer()?;
        if entry.next()? != Token::Word(b"n") {
            return None;
        }
        let mut lexer = Lexer(self.pdf.get(at..)?);
        let numbered = lexer.integer()? == wanted;
        let _generation = lexer.integer()?;
        (numbered && lexer.next()? == Token::Word(b"obj")).then_some(lexer.0)
    }
}

/// The value of `key` in the dictionary with which `bytes` begin.
fn entry<'a>(bytes: &'a [u8], key: &[u8]) -> Option<Lexer<'a>> {
    let mut lexer = Lexer(bytes.get(..MAX_DICTIONARY).unwrap_or(bytes));
    if lexer.next()? != Token::Open {
        return None;
    }
    let mut depth = 0_usize;
    // A name is a key where the value before it has ended, and a value behind a key.
    let mut at_key = true;
    loop {
        match lexer.next()? {
            Token::Name(name) if depth == 0 => {
                if at_key && name == key {
                    return Some(lexer);
                }
                at_key = !at_key;
            }
            Token::Open => depth += 1,
            Token::Close => {
                depth = depth.checked_sub(1)?;
                at_key = true;
            }
            Token::Name(_) => {}
            Token::Word(_) | Token::Text => at_key = true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// `<<` or `[`.
    Open,
    /// `>>` or `]`.
    Close,
    /// A name, without its slash.
    Name(&'a [u8]),
    /// A number or a keyword.
    Word(&'a [u8]),
    /// A string, which nobody needs here.
    Text,
}

/// The bytes not yet read.
#[derive(Clone, Copy)]
struct Lexer<'a>(&'a [u8]);

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_white();
        match self.0 {
            [b'<', b'<', rest @ ..] | [b'[', rest @ ..] => self.ends(rest, Token::Open),
            [b'>', b'>', rest @ ..] | [b']', rest @ ..] => self.ends(rest, Token::Close),
            [b'/', rest @ ..] => {
                let (name, rest) = rest.split_at(regular(rest));
                self.ends(rest, Token::Name(name))
            }
            [b'<', rest @ ..] => {
                let end = rest.iter().position(|byte| *byte == b'>')?;
                self.ends(rest.get(end + 1..)?, Token::Text)
            }
            [b'(', rest @ ..] => {
                let end = text(rest)?;
                self.ends(rest.get(end..)?, Token::Text)
            }
            bytes => {
                let (word, rest) = bytes.split_at(regular(bytes));
                if word.is_empty() {
                    return None;
                }
                self.ends(rest, Token::Word(word))
            }
        }
    }

    fn ends(&mut self, rest: &'a [u8], token: Token<'a>) -> Option<Token<'a>> {
        self.0 = rest;
        Some(token)
    }

    /// Blanks and comments.
    fn skip_white(&mut self) {
        loop {
            let blanks = self.0.iter().take_while(|byte| is_white(**byte)).count();
            self.0 = self.0.get(blanks..).unwrap_or_default();
            if self.0.first() != Some(&b'%') {
                return;
            }
            let line = |byte: &u8| !matches!(byte, b'\r' | b'\n');
            let comment = self.0.iter().take_while(|byte| line(byte)).count();
            self.0 = self.0.get(comment..).unwrap_or_default();
        }
    }

    /// A whole number.
    fn integer(&mut self) -> Option<usize> {
        let Token::Word(digits) = self.next()? else {
            return None;
        };
        number(digits)
    }

    /// The number of the object referred to.
    fn reference(mut self) -> Option<usize> {
        let object = self.integer()?;
        let _generation = self.integer()?;
        (self.next()? == Token::Word(b"R")).then_some(object)
    }
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

/// How many bytes belong to a name or word.
fn regular(bytes: &[u8]) -> usize {
    let ends = |byte: &u8| is_white(*byte) || b"()<>[]{}/%".contains(byte);
    bytes.iter().position(ends).unwrap_or(bytes.len())
}

/// Where a string ends whose opening bracket has been read.
fn text(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at + 1),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A document of so many sides, with a plain cross-reference table.
    pub(crate) fn document(sides: usize) -> Vec<u8> {
        let kids: String = (0..sides)
            .map(|side| format!("{} 0 R ", side + 4))
            .collect();
        let mut objects = vec![
            "<< /Type /Catalog /Lang (zh \\) << /Pages 9 0 R) /Pages 2 0 R >>".to_owned(),
            format!("<</Type/Pages/Kids[{kids}]/Names<</Count 77>>/Count {sides}>>"),
            "<< /Title <2F436F756E74> >>".to_owned(),
        ];
        let side = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>";
        objects.extend(std::iter::repeat_n(side.to_owned(), sides));
        let mut pdf = "%PDF-1.7\n%äöü\n".as_bytes().to_vec();
        let mut places = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            places.push(pdf.len());
            pdf.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
        }
        finish(pdf, 1, &places, "")
    }

    /// Ends `pdf` with a table of the objects from `first` on.
    fn finish(mut pdf: Vec<u8>, first: usize, places: &[usize], prev: &str) -> Vec<u8> {
        let table = pdf.len();
        pdf.extend(format!("xref\n0 1\n0000000000 65535 f \n{first} {}\n", places.len()).bytes());
        for place in places {
            pdf.extend(format!("{place:010} 00000 n \n").bytes());
        }
        let end = format!("trailer\n<< /Size 99 /Root 1 0 R {prev}>>\nstartxref\n{table}\n%%EOF\n");
        pdf.extend(end.bytes());
        pdf
    }

    #[test]
    fn sides_are_counted_and_words_in_strings_do_not_mislead() {
        for sides in [1, 2, 3, 60, 200] {
            assert_eq!(count(&document(sides)), u32::try_from(sides).ok());
        }
    }

    #[test]
    fn a_document_that_was_changed_has_the_sides_of_its_last_change() {
        let mut pdf = document(3);
        let mark = b"startxref\n";
        let last = pdf.windows(10).rposition(|word| word == mark).unwrap();
        let digits = pdf[last + 10..].iter().take_while(|b| b.is_ascii_digit());
        let table = String::from_utf8(digits.copied().collect()).unwrap();
        let place = pdf.len();
        pdf.extend(b"2 0 obj\n<< /Type /Pages /Kids [4 0 R 5 0 R] /Count 2 >>\nendobj\n");
        let pdf = finish(pdf, 2, &[place], &format!("/Prev {table} "));
        assert_eq!(count(&pdf), Some(2));
    }

    #[test]
    fn what_cannot_be_counted_is_not_guessed() {
        let whole = document(3);
        for broken in [
            &b""[..],
            b"%PDF-1.7",
            b"startxref",
            b"startxref\n0\n%%EOF",
            b"startxref\n99999999999999999999\n%%EOF",
            b"%PDF-1.7\n7 0 obj\n<< /Type /XRef >>\nstartxref\n9\n%%EOF",
            b"xref\n0 9999999999\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF",
            b"xref\n0 0\ntrailer\n<< /Root 1 0 R /Prev 0 >>\nstartxref\n0\n%%EOF",
            &whole[..whole.len() - 40],
            &whole[20..],
        ] {
            assert_eq!(count(broken), None, "{}", String::from_utf8_lossy(broken));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_changed_in_it_ends(
            changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6)
        ) {
            let mut pdf = document(3);
            for (at, byte) in changes {
                let at = usize::from(at) % pdf.len();
                pdf[at] = byte;
            }
            prop_assert!(count(&pdf).is_none_or(|sides| sides <= MAX_SIDES));
        }
    }
}
