//! The application form: made from the item's record and the answers, shown and signed.

use city_catalogue::Text;
use jiff::civil::DateTime;
use kiosk_core::screen::{Lang, MaterialState, WishShown};
use kiosk_core::{Acting, Agreement, DocumentKind, Form, Person};
use kiosk_paper::document::{Document, DocumentDate, Row, Section, Signature};

use crate::slips::Standing;
use crate::words::{Words, declaration_key, relation_key, rights_key};

/// The form document for `form`, made at `at`. It is written in Chinese, which counts in law;
/// in an English visit each label carries the English words too.
#[must_use]
pub fn form_document(form: &Form, standing: &Standing, at: DateTime) -> Document {
    let words = Words(Lang::ZhHans);
    let labels = Labels {
        words,
        both: form.lang == Lang::En,
    };
    let mut sections = Vec::new();
    if let Some(person) = &form.person {
        sections.push(labels.person("doc.applicant", person));
    }
    if let Some((agent, acting)) = &form.agent {
        sections.push(labels.agent(agent, acting));
    }
    sections.push(labels.answers(form));
    sections.push(labels.materials(form));
    if let Some(wish) = &form.delivery {
        sections.push(labels.delivery(wish));
    }
    if !form.fees.is_empty() {
        sections.push(labels.fees(form));
    }
    let mut statements = vec![labels.key(declaration_key(form.agent.is_some()))];
    for name in &form.promises {
        let name = labels.text(name);
        statements.push(words.fill("doc.promise", &[("name", &name)]));
    }
    if form.rows.iter().any(|(_, _, disputed)| *disputed) {
        statements.push(labels.key("doc.disputed"));
    }
    let mut document = Document::new(
        words.text(&form.item.name),
        words.text(&standing.city),
        document_date(at),
    );
    document.language = "zh-CN".to_owned();
    document.sections = sections;
    document.statements = statements;
    document.signature = Some(Signature {
        label: labels.key("doc.signature"),
        strokes: None,
        note: words.day(at.date()),
    });
    document.footer = format!(
        "{} {} · {}",
        form.item.code().as_str(),
        words.fill(
            "doc.version",
            &[("version", &form.item.version.to_string())]
        ),
        words.text(&standing.station)
    );
    document
}

/// The time on a document.
#[must_use]
pub fn document_date(at: DateTime) -> DocumentDate {
    let small = |number: i8| u8::try_from(number).unwrap_or(0);
    DocumentDate {
        year: u16::try_from(at.year()).unwrap_or(0),
        month: small(at.month()),
        day: small(at.day()),
        hour: small(at.hour()),
        minute: small(at.minute()),
        utc_offset_hours: 8,
    }
}

#[derive(Clone, Copy)]
struct Labels {
    words: Words,
    both: bool,
}

impl Labels {
    fn key(self, key: &str) -> String {
        if self.both {
            format!("{} {}", self.words.get(key), Words(Lang::En).get(key))
        } else {
            self.words.get(key)
        }
    }

    fn text(self, text: &Text) -> String {
        if self.both && !text.en.is_empty() {
            format!("{} {}", text.zh, text.en)
        } else {
            text.zh.clone()
        }
    }

    /// Who files for the applicant, what they are to them, what they may do and by what right.
    fn agent(self, agent: &Person, acting: &Acting) -> Section {
        let mut section = self.person("doc.agent", agent);
        let agreed = match acting.agreement {
            Agreement::PhoneCode => "doc.agreed-phone-code",
            Agreement::Paper => "doc.agreed-paper",
            Agreement::Guardian => "doc.agreed-guardian",
        };
        let (from, to) = (self.words.day(acting.from), self.words.day(acting.to));
        let valid = self
            .words
            .fill("doc.from-to", &[("from", &from), ("to", &to)]);
        section.rows.extend([
            Row::new(
                self.key("doc.relation"),
                Some(self.key(relation_key(acting.relation))),
            ),
            Row::new(
                self.key("doc.rights"),
                Some(self.key(rights_key(acting.may_collect))),
            ),
            Row::new(self.key("doc.agreed"), Some(self.key(agreed))),
            Row::new(self.key("doc.valid"), Some(valid)),
        ]);
        section
    }

    fn person(self, heading: &str, person: &Person) -> Section {
        let kind = match person.document {
            DocumentKind::Resident => "doc.card-resident",
            DocumentKind::Hmt => "doc.card-hmt",
            DocumentKind::Foreigner2017 | DocumentKind::Foreigner2023 => "doc.card-foreigner",
        };
        let mut rows = vec![
            Row::new(self.key("doc.name"), Some(person.name.reveal())),
            Row::new(self.key("doc.document"), Some(self.key(kind))),
            Row::new(self.key("doc.number"), Some(person.number.reveal())),
        ];
        if !person.latin_name.is_empty() && person.latin_name != person.name {
            rows.insert(
                1,
                Row::new(self.key("doc.latin-name"), Some(person.latin_name.reveal())),
            );
        }
        Section {
            heading: self.key(heading),
            rows,
            table: None,
        }
    }

    fn answers(self, form: &Form) -> Section {
        let rows = form
            .rows
            .iter()
            .map(|(label, value, disputed)| {
                let shown = if *disputed {
                    self.words
                        .fill("doc.disputed-value", &[("value", value.reveal())])
                } else {
                    value.reveal().to_owned()
                };
                Row::new(self.text(label), Some(shown))
            })
            .collect();
        Section {
            heading: self.key("doc.answers"),
            rows,
            table: None,
        }
    }

    fn delivery(self, wish: &WishShown) -> Section {
        let row = Row::new(self.key("delivery.label"), Some(self.words.wish(wish)));
        Section {
            heading: self.key("delivery.heading"),
            rows: vec![row],
            table: None,
        }
    }

    fn materials(self, form: &Form) -> Section {
        let rows = form
            .materials
            .iter()
            .map(|(name, state)| Row::new(self.text(name), Some(self.state(*state))))
            .collect();
        Section {
            heading: self.key("doc.materials"),
            rows,
            table: None,
        }
    }

    fn state(self, state: MaterialState) -> String {
        match state {
            MaterialState::AlreadyHeld => self.key("doc.held"),
            MaterialState::NotFound => self.key("doc.not-found"),
            MaterialState::AskedLater => self.key("doc.asked-later"),
            MaterialState::FromCard => self.key("doc.from-card"),
            MaterialState::Generated => self.key("doc.generated"),
            MaterialState::Scanned(pages) => {
                let pages = pages.to_string();
                self.words.fill("doc.scanned", &[("pages", &pages)])
            }
            MaterialState::Promised => self.key("doc.promised"),
            MaterialState::Later(due) => {
                let due = self.words.day(due);
                self.words.fill("doc.later", &[("date", &due)])
            }
            MaterialState::NotBrought | MaterialState::Optional => self.key("doc.not-brought"),
            MaterialState::ToScan | MaterialState::ToScanOrPromise | MaterialState::ToPromise => {
                self.key("doc.missing")
            }
        }
    }

    fn fees(self, form: &Form) -> Section {
        let rows = form
            .fees
            .iter()
            .map(|fee| {
                let amount = self.words.fee(fee);
                let value = format!("{amount} · {}", fee.basis);
                Row::new(fee.name.clone(), Some(value))
            })
            .collect();
        Section {
            heading: self.key("doc.fees"),
            rows,
            table: None,
        }
    }
}
