//! One question a page, of every type a form can have.

use std::collections::BTreeMap;

use city_catalogue::form::{Answer, Answers, Problem, Source, Value, check, display_cell};
use city_catalogue::record::{Choice, Field, FieldType, Text};
use city_catalogue::regions::Region;

use crate::code::{self, Code, CodeTrouble};
use crate::entry::{self, Entry};
use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page, with_context};
use crate::screen::{
    Action, Ask, Foot, Keyboard, OptionShown, Page, ProblemShown, QuestionPage, Waiting,
};
use crate::steps::flow::Stage;
use crate::steps::wait::WaitFor;
use crate::steps::zone::Zone;
use crate::steps::{Step, Wait};
use crate::touch::Touch;

const OPTIONS_A_PAGE: usize = 6;
const LONGEST: u32 = 1_000;
/// Rows of a table whose record names no bound.
const ROWS: u32 = 20;

/// A row of a table being filled in.
#[derive(Clone, Debug)]
struct RowEdit {
    /// Place of the row; the number of rows for a new one.
    row: usize,
    column: usize,
    cells: BTreeMap<String, Value>,
}

/// The question step.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The form field.
    field: Field,
    typed: Entry,
    /// The choice, choices, flag or region picked so far.
    picked: Option<Value>,
    /// Region codes picked, from the root down.
    path: Vec<String>,
    rows: Vec<BTreeMap<String, Value>>,
    row: Option<RowEdit>,
    at: usize,
    pub(super) problem: Option<ProblemShown>,
    /// The lines of a passport, while they are typed in place of its number.
    pub(super) zone: Option<Zone>,
    /// Back and Continue lead to the review.
    change: bool,
}

impl Question {
    /// The field asked now: the column while a row is edited.
    pub(super) fn asked(&self) -> &Field {
        self.row
            .as_ref()
            .and_then(|edit| self.field.columns().get(edit.column))
            .unwrap_or(&self.field)
    }

    /// Opens the state for `value`, which may be missing.
    fn load(&mut self, value: Option<&Value>) {
        self.typed = Entry::new(&value.map(entry::typed).unwrap_or_default());
        self.picked = None;
        self.path.clear();
        self.at = 0;
        self.problem = None;
        self.zone = None;
        match value {
            Some(Value::Rows(rows)) => self.rows.clone_from(rows),
            Some(Value::Region(code) | Value::Address { region: code, .. }) => {
                self.path = vec![code.clone()];
            }
            Some(value @ (Value::Choice(_) | Value::Choices(_) | Value::Flag(_))) => {
                self.picked = Some(value.clone());
            }
            Some(_) | None => {}
        }
    }

    /// A number is asked for that a code can carry: of a licence, certificate or passport.
    pub(crate) fn takes_code(&self) -> bool {
        let asked = self.asked();
        let number = matches!(
            asked.field_type,
            FieldType::Text | FieldType::IdNumber | FieldType::Uscc
        );
        number && matches!(entry::keyboard(asked), Keyboard::Latin | Keyboard::IdNumber)
    }

    /// Puts what a code says into the field, as a person would type it.
    ///
    /// # Errors
    /// Why it does not help here; the field stays as it is.
    pub(super) fn fill(&mut self, code: &Code) -> Result<(), CodeTrouble> {
        let most = self.longest().min(code::LONGEST);
        let number = match code {
            Code::Receipt(text) | Code::Travel(text) | Code::Text(text) => text.reveal().trim(),
            Code::Doubtful => return Err(CodeTrouble::Doubtful),
            Code::Unreadable => return Err(CodeTrouble::Unreadable),
        };
        let fits = (1..=most).contains(&number.len());
        if !fits || !number.chars().all(|c| c.is_ascii_graphic()) {
            return Err(CodeTrouble::NoNumber);
        }
        self.typed = Entry::new(number);
        self.problem = None;
        self.zone = None;
        Ok(())
    }

    fn region_code(&self) -> Option<&String> {
        self.path.last()
    }

    /// Most characters its keyboard takes.
    fn longest(&self) -> usize {
        let asked = self.asked();
        let most = match asked.field_type {
            FieldType::Date => 8,
            FieldType::Month => 6,
            _ => asked.max_length.unwrap_or(LONGEST),
        };
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// Most rows of the table.
    fn most_rows(&self) -> usize {
        let most = self.field.max_rows.unwrap_or(ROWS);
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    /// The value as it stands; `None` when nothing was answered.
    fn value(&self) -> Option<Value> {
        let asked = self.asked();
        match asked.field_type {
            FieldType::Select | FieldType::MultiSelect | FieldType::Boolean => self.picked.clone(),
            FieldType::Region => self.region_code().cloned().map(Value::Region),
            FieldType::Address => {
                let detail = self.typed.text().trim();
                (!detail.is_empty()).then(|| Value::Address {
                    region: self.region_code().cloned().unwrap_or_default(),
                    detail: detail.to_owned(),
                })
            }
            FieldType::Table => Some(Value::Rows(self.rows.clone())),
            _ => entry::value(asked, self.typed.text()),
        }
    }
}

impl Kiosk {
    /// Opens the first unanswered question after `after`; false when none is left.
    pub(crate) fn next_question(&mut self, after: Option<&str>) -> bool {
        let questions = self.questions();
        let Some(application) = &self.visit.application else {
            return false;
        };
        let start = after
            .and_then(|name| questions.iter().position(|field| field.name == name))
            .map_or(0, |place| place + 1);
        let next = questions
            .iter()
            .skip(start)
            .find(|field| application.answers.get(&field.name).is_none())
            .map(|field| field.name.clone());
        match next {
            Some(name) => {
                self.open_question(&name, false);
                true
            }
            None => false,
        }
    }

    /// Opens the last question that was typed; false when there is none.
    pub(crate) fn last_question(&mut self) -> bool {
        let last = self.asked_before(None);
        last.is_some_and(|name| {
            self.open_question(&name, false);
            true
        })
    }

    /// The question before `name` (or the last one) that is not a known fact.
    fn asked_before(&self, name: Option<&str>) -> Option<String> {
        let application = self.visit.application.as_ref()?;
        let questions = self.questions();
        let end = name
            .and_then(|name| questions.iter().position(|field| field.name == name))
            .unwrap_or(questions.len());
        questions
            .iter()
            .take(end)
            .rev()
            .find(|field| {
                application
                    .answers
                    .get(&field.name)
                    .is_none_or(|answer| answer.source == Source::Typed)
            })
            .map(|field| field.name.clone())
    }

    /// Opens one question; choices the city keeps are fetched first.
    pub(crate) fn open_question(&mut self, name: &str, change: bool) {
        let Some(application) = &self.visit.application else {
            return;
        };
        let Some(field) = application.item.field(name).cloned() else {
            return;
        };
        if let Some(source) = field.dynamic_options.clone()
            && !matches!(&self.step, Step::Wait(_))
            && self.link == crate::Link::Up
        {
            let given = given(&application.answers);
            let ask = self.ask_city(crate::Request::Options {
                source: source.clone(),
                given,
            });
            self.go(Step::Wait(Wait {
                ask,
                what: Waiting::Options,
                then: WaitFor::Options {
                    source,
                    field: field.name,
                    change,
                },
            }));
            return;
        }
        let value = application.answers.get(name).map(|a| a.value.clone());
        let mut question = Question {
            field,
            typed: Entry::default(),
            picked: None,
            path: Vec::new(),
            rows: Vec::new(),
            row: None,
            at: 0,
            problem: None,
            zone: None,
            change,
        };
        question.load(value.as_ref());
        self.go(Step::Question(Box::new(question)));
    }

    pub(crate) fn question_tap(&mut self, touch: &Touch) {
        if self.zone_tap(touch) {
            return;
        }
        let options = self.options_now();
        let Step::Question(question) = &mut self.step else {
            return;
        };
        let max = question.longest();
        match touch {
            Touch::Next => return self.answer(),
            Touch::Back => return self.question_back(),
            Touch::Skip => return self.leave_open(),
            Touch::TypeZone => return self.type_zone(),
            Touch::Erase if region_open(question) => {
                question.path.pop();
            }
            touch if question.typed.keyed(touch, max) => {}
            Touch::Turn(by) => {
                question.at = turned_page(question.at, *by, options.len(), OPTIONS_A_PAGE);
                return self.turned();
            }
            Touch::Pick(place) | Touch::Toggle(place) => {
                let place = *place;
                return self.pick(place, &options);
            }
            Touch::AddRow => {
                let row = question.rows.len();
                return self.edit_row(row);
            }
            Touch::RemoveRow(row) => {
                if *row < question.rows.len() {
                    question.rows.remove(*row);
                    return self.turned();
                }
            }
            _ => return,
        }
        question.problem = None;
        self.code_trouble = None;
    }

    /// A code is typed in as a person would type it; whether it is right is decided by "continue".
    pub(crate) fn question_code(&mut self, code: &Code) {
        let Step::Question(question) = &mut self.step else {
            return;
        };
        let lines = question.zone.is_some();
        match question.fill(code) {
            Ok(()) if lines => self.turned(),
            Ok(()) => {}
            Err(trouble) => self.code_is(trouble),
        }
    }

    fn pick(&mut self, place: usize, options: &[(String, Text)]) {
        let Step::Question(question) = &mut self.step else {
            return;
        };
        question.problem = None;
        let chosen = options
            .get(question.at * OPTIONS_A_PAGE + place)
            .map(|(value, _)| value.clone());
        match (question.asked().field_type, chosen) {
            (FieldType::Boolean, _) if question.asked().must_be_true == Some(true) => {
                let on = question.picked == Some(Value::Flag(true));
                question.picked = Some(Value::Flag(!on));
            }
            (FieldType::Boolean, _) => question.picked = Some(Value::Flag(place == 0)),
            (FieldType::Select, Some(value)) => question.picked = Some(Value::Choice(value)),
            (FieldType::MultiSelect, Some(value)) => {
                let mut chosen = match &question.picked {
                    Some(Value::Choices(chosen)) => chosen.clone(),
                    Some(_) | None => Vec::new(),
                };
                match chosen.iter().position(|one| *one == value) {
                    Some(known) => {
                        chosen.remove(known);
                    }
                    None => chosen.push(value),
                }
                question.picked = (!chosen.is_empty()).then_some(Value::Choices(chosen));
            }
            (FieldType::Region | FieldType::Address, Some(code)) => {
                question.path.push(code);
                question.at = 0;
                self.turned();
            }
            (FieldType::Table, _) => self.edit_row(place),
            _ => {}
        }
    }

    fn edit_row(&mut self, row: usize) {
        let Step::Question(question) = &mut self.step else {
            return;
        };
        let most = question
            .rows
            .len()
            .min(question.most_rows().saturating_sub(1));
        let known = row < question.rows.len();
        if question.row.is_some() || !known && row > most {
            return;
        }
        let cells = question.rows.get(row).cloned().unwrap_or_default();
        let first = question
            .field
            .columns()
            .first()
            .and_then(|column| cells.get(&column.name))
            .cloned();
        let rows = question.rows.clone();
        question.row = Some(RowEdit {
            row,
            column: 0,
            cells,
        });
        question.load(first.as_ref());
        question.rows = rows;
        self.turned();
    }

    /// Continue: the answer is checked; a good one is kept and the next question comes.
    fn answer(&mut self) {
        let Step::Question(question) = &self.step else {
            return;
        };
        if region_open(question) && !self.options_now().is_empty() {
            return self.problem("required", Vec::new());
        }
        match question.value() {
            None => self.empty_answer(),
            Some(value) => self.keep_answer(Answer::from_source(value, Source::Typed)),
        }
    }

    fn empty_answer(&mut self) {
        let Step::Question(question) = &self.step else {
            return;
        };
        if question.asked().required {
            self.problem("required", Vec::new());
        } else {
            self.leave_open();
        }
    }

    /// An optional question is left unanswered.
    fn leave_open(&mut self) {
        let Step::Question(question) = &self.step else {
            return;
        };
        if question.asked().required {
            return;
        }
        if question.row.is_some() {
            return self.next_column(None);
        }
        let (name, change) = (question.field.name.clone(), question.change);
        if let Some(application) = &mut self.visit.application {
            application.answers.remove(&name);
        }
        self.application_changed();
        self.after_question(&name, change);
    }

    fn keep_answer(&mut self, answer: Answer) {
        let (Some(shelf), Some(application), Step::Question(question)) =
            (&self.shelf, &self.visit.application, &self.step)
        else {
            return;
        };
        let asked = question.asked();
        let checked = with_context(shelf, &self.now, &self.visit.options, |context| {
            check(asked, &answer, &application.answers, context)
        });
        if let Err(problem) = checked {
            return self.problem_of(&problem);
        }
        if question.row.is_some() {
            return self.next_column(Some(answer.value));
        }
        let (name, change) = (question.field.name.clone(), question.change);
        if let Some(application) = &mut self.visit.application {
            application.answers.set(name.clone(), answer);
        }
        self.application_changed();
        self.after_question(&name, change);
    }

    fn after_question(&mut self, name: &str, change: bool) {
        if change && !self.next_question(None) {
            self.enter(Stage::Review);
        } else if !change && !self.next_question(Some(name)) && !self.next_question(None) {
            self.enter(Stage::Materials);
        }
    }

    /// Keeps one cell; after the last column the row is kept.
    fn next_column(&mut self, value: Option<Value>) {
        let Step::Question(question) = &mut self.step else {
            return;
        };
        let Some(mut edit) = question.row.take() else {
            return;
        };
        if let Some(column) = question.field.columns().get(edit.column) {
            match value {
                Some(value) => edit.cells.insert(column.name.clone(), value),
                None => edit.cells.remove(&column.name),
            };
        }
        edit.column += 1;
        let mut rows = question.rows.clone();
        match question.field.columns().get(edit.column) {
            Some(next) => {
                let known = edit.cells.get(&next.name).cloned();
                question.row = Some(edit);
                question.load(known.as_ref());
            }
            None => {
                match rows.get_mut(edit.row) {
                    Some(row) => *row = edit.cells,
                    None => rows.push(edit.cells),
                }
                question.load(None);
            }
        }
        question.rows = rows;
        self.turned();
    }

    fn question_back(&mut self) {
        let Step::Question(question) = &mut self.step else {
            return;
        };
        if question.row.take().is_some() {
            let rows = question.rows.clone();
            question.load(None);
            question.rows = rows;
            return self.turned();
        }
        let (name, change) = (question.field.name.clone(), question.change);
        if change {
            return self.enter(Stage::Review);
        }
        match self.asked_before(Some(&name)) {
            Some(before) => self.open_question(&before, false),
            None => self.back_before(Stage::Questions),
        }
    }

    fn problem(&mut self, key: &'static str, values: Vec<(&'static str, String)>) {
        if let Step::Question(question) = &mut self.step {
            question.problem = Some(ProblemShown { key, values });
        }
    }

    fn problem_of(&mut self, problem: &Problem) {
        self.problem(problem.key(), crate::problem::values(problem));
    }

    /// The choices of the present question: value and words.
    fn options_now(&self) -> Vec<(String, Text)> {
        let Step::Question(question) = &self.step else {
            return Vec::new();
        };
        let asked = question.asked();
        match asked.field_type {
            FieldType::Select | FieldType::MultiSelect => self
                .choices_of(asked)
                .into_iter()
                .map(|choice| {
                    let name = Text {
                        zh: choice.zh,
                        en: choice.en,
                    };
                    (choice.value, name)
                })
                .collect(),
            FieldType::Region | FieldType::Address => self.regions_below(question),
            _ => Vec::new(),
        }
    }

    /// The choices of a field; none while the city's list is not at hand.
    fn choices_of(&self, field: &Field) -> Vec<Choice> {
        let (Some(shelf), Some(application)) = (self.shelf.as_deref(), &self.visit.application)
        else {
            return Vec::new();
        };
        with_context(shelf, &self.now, &self.visit.options, |context| {
            context
                .choices(field, &application.answers)
                .unwrap_or_default()
        })
    }

    fn regions_below(&self, question: &Question) -> Vec<(String, Text)> {
        let Some(shelf) = self.shelf.as_deref() else {
            return Vec::new();
        };
        let asked = question.asked();
        let from = question
            .region_code()
            .map(String::as_str)
            .or(asked.region_root.as_deref());
        shelf
            .regions
            .children(from)
            .map(|region| (region.code.clone(), region_name(region)))
            .collect()
    }

    pub(crate) fn question_page(&self, question: &Question) -> (Page, Foot) {
        let asked = question.asked();
        let page = QuestionPage {
            label: asked.label.clone(),
            optional: !asked.required,
            sensitive: asked.is_sensitive(),
            ask: match &question.zone {
                Some(zone) => zone.ask(),
                None => self.ask_shown(question),
            },
            zone: question.takes_zone(),
            problem: question.problem.clone(),
        };
        let action = Some((Action::Continue, true));
        (Page::Question(Box::new(page)), foot(true, action))
    }

    fn ask_shown(&self, question: &Question) -> Ask {
        let asked = question.asked();
        match asked.field_type {
            FieldType::Select => Ask::Choice {
                options: self.options_shown(question),
                turn: self.options_turn(question),
            },
            FieldType::MultiSelect => Ask::Choices {
                options: self.options_shown(question),
                turn: self.options_turn(question),
            },
            FieldType::Boolean if asked.must_be_true == Some(true) => Ask::Statement {
                on: question.picked == Some(Value::Flag(true)),
            },
            FieldType::Boolean => Ask::YesNo {
                answer: match question.picked {
                    Some(Value::Flag(flag)) => Some(flag),
                    Some(_) | None => None,
                },
            },
            FieldType::Date | FieldType::Month => Ask::Date {
                digits: question.typed.text().to_owned(),
                month: asked.field_type == FieldType::Month,
            },
            FieldType::Region => self.region_shown(question),
            FieldType::Address if region_open(question) && !self.options_now().is_empty() => {
                self.region_shown(question)
            }
            FieldType::Table => self.rows_shown(question),
            _ => Ask::Text {
                text: question.typed.text().to_owned(),
                keyboard: entry::keyboard(asked),
                max: asked.max_length,
                long: matches!(asked.field_type, FieldType::TextArea | FieldType::Address),
            },
        }
    }

    fn options_turn(&self, question: &Question) -> crate::screen::Turn {
        turn(question.at, self.options_now().len(), OPTIONS_A_PAGE)
    }

    fn options_shown(&self, question: &Question) -> Vec<OptionShown> {
        let options = self.options_now();
        on_page(&options, question.at, OPTIONS_A_PAGE)
            .iter()
            .map(|(value, name)| OptionShown {
                name: name.clone(),
                on: match &question.picked {
                    Some(Value::Choice(chosen)) => chosen == value,
                    Some(Value::Choices(chosen)) => chosen.contains(value),
                    Some(_) | None => false,
                },
            })
            .collect()
    }

    fn region_shown(&self, question: &Question) -> Ask {
        let names = |codes: &[String]| {
            codes
                .iter()
                .filter_map(|code| self.shelf.as_deref()?.regions.get(code).map(region_name))
                .collect()
        };
        Ask::Region {
            path: names(&question.path),
            options: self.options_shown(question),
            turn: self.options_turn(question),
        }
    }

    fn rows_shown(&self, question: &Question) -> Ask {
        let columns = question.field.columns();
        let (lang, script) = (self.catalogue_lang(), self.script());
        let cell = |column: &Field, row: &BTreeMap<String, Value>| {
            let (Some(shelf), Some(value)) = (self.shelf.as_deref(), row.get(&column.name)) else {
                return String::new();
            };
            with_context(shelf, &self.now, &self.visit.options, |context| {
                display_cell(column, value, lang, &context.written(script))
            })
        };
        Ask::Rows {
            columns: columns.iter().map(|column| column.label.clone()).collect(),
            rows: question
                .rows
                .iter()
                .map(|row| columns.iter().map(|column| cell(column, row)).collect())
                .collect(),
            may_add: question.rows.len() < question.most_rows(),
        }
    }
}

/// A region question that has not reached its last level.
fn region_open(question: &Question) -> bool {
    let asked = question.asked();
    match asked.field_type {
        FieldType::Region => true,
        FieldType::Address => question.typed.text().is_empty(),
        _ => false,
    }
}

fn region_name(region: &Region) -> Text {
    Text {
        zh: region.zh.clone(),
        en: region.en.clone(),
    }
}

/// The answers a list of choices may depend on: choices and days, nothing that names a person.
fn given(answers: &Answers) -> Vec<(String, String)> {
    answers
        .iter()
        .filter_map(|(name, answer)| match &answer.value {
            Value::Choice(choice) => Some((name.to_owned(), choice.clone())),
            Value::Date(day) => Some((name.to_owned(), day.to_string())),
            _ => None,
        })
        .collect()
}
