//! Everything once more with Change beside each, then the document as it will be filed.

use std::sync::Arc;

use city_catalogue::record::Text;

use crate::application::Form;
use crate::effect::Effect;
use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page};
use crate::person::{Person, Secret};
use crate::principal::Acting;
use crate::screen::{
    Action, DocumentPage, Foot, MaterialState, Page, PartyShown, ReviewPage, ReviewRow, Turn,
    Waiting,
};
use crate::steps::flow::Stage;
use crate::steps::guide::fees_of;
use crate::steps::wait::WaitFor;
use crate::steps::{Materials, Step, Wait};
use crate::timers::Timer;
use crate::touch::Touch;

const A_PAGE: usize = 7;

/// The review step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Review {
    at: usize,
    /// The row shown unmasked for a moment.
    pub(crate) revealed: Option<usize>,
}

/// The document step: the page shown, from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    at: usize,
}

impl Kiosk {
    /// All rows: who acts for whom, answers in the form's order, then materials, then how the result is handed over.
    fn review_rows(&self, revealed: Option<usize>) -> Vec<ReviewRow> {
        let Some(application) = &self.visit.application else {
            return Vec::new();
        };
        let parties = self.parties();
        let first = parties.len();
        let answers = self
            .questions()
            .into_iter()
            .enumerate()
            .map(|(place, field)| {
                let known = application.answers.get(&field.name);
                let masked =
                    revealed != Some(first + place) && known.is_some() && field.is_masked();
                ReviewRow {
                    value: self.shown(&field, masked),
                    label: field.label.clone(),
                    material: None,
                    party: None,
                    delivery: None,
                    change: !field.is_readonly()
                        || known.is_none_or(|a| a.source == city_catalogue::form::Source::Typed),
                    masked,
                }
            });
        let materials = application.materials.iter().map(|material| ReviewRow {
            label: material.name.clone(),
            value: String::new(),
            material: Some(material.state),
            party: None,
            delivery: None,
            change: matches!(
                material.state,
                MaterialState::Scanned(_)
                    | MaterialState::Promised
                    | MaterialState::Later(_)
                    | MaterialState::NotBrought
                    | MaterialState::Optional
            ),
            masked: false,
        });
        let delivery = self.wish_shown().map(|wish| ReviewRow {
            label: Text::default(),
            value: String::new(),
            material: None,
            party: None,
            change: application.delivery.is_some(),
            delivery: Some(wish),
            masked: false,
        });
        let parties = parties.into_iter().map(|party| ReviewRow {
            label: Text::default(),
            value: String::new(),
            material: None,
            party: Some(party),
            delivery: None,
            change: false,
            masked: false,
        });
        let rows = parties.chain(answers).chain(materials);
        rows.chain(delivery).collect()
    }

    /// Who applies and who acts, where these are two.
    fn parties(&self) -> Vec<PartyShown> {
        let today = self.now.civil.date();
        let acting = self.acting();
        let (Some(acting), Some(agent)) = (acting, self.visit.person()) else {
            return Vec::new();
        };
        vec![
            PartyShown::Applicant(acting.principal.masked(today)),
            PartyShown::Agent {
                person: agent.masked(today),
                relation: acting.relation,
                may_collect: acting.may_collect,
            },
        ]
    }

    /// Whom the application of this visit is filed for; `None` when the person here applies.
    pub(crate) fn acting(&self) -> Option<&Acting> {
        self.visit.application.as_ref()?.acting()
    }

    /// Who applies: whom the person here acts for, else they themselves.
    pub(crate) fn applicant(&self) -> Option<&Person> {
        let principal = self.acting().map(|acting| &acting.principal);
        principal.or(self.visit.person())
    }

    pub(crate) fn review_tap(&mut self, touch: &Touch) {
        let rows = self.review_rows(None);
        let Step::Review(review) = &mut self.step else {
            return;
        };
        match touch {
            Touch::Turn(by) => {
                review.at = turned_page(review.at, *by, rows.len(), A_PAGE);
                review.revealed = None;
                self.turned();
            }
            Touch::Reveal(place) => {
                review.revealed = Some(review.at * A_PAGE + place);
                let hide = self.now.up + crate::screen::REVEAL;
                self.timers.start(Timer::Hide, hide);
            }
            Touch::Change(place) => {
                let place = review.at * A_PAGE + place;
                if rows.get(place).is_some_and(|row| row.change) {
                    self.change_row(place);
                }
            }
            Touch::Next => self.next_after_review(),
            Touch::Back => self.back_before(Stage::Review),
            _ => {}
        }
    }

    fn change_row(&mut self, place: usize) {
        let Some(place) = place.checked_sub(self.parties().len()) else {
            return;
        };
        let questions = self.questions();
        let application = self.visit.application.as_ref();
        let papers = application.map_or(0, |application| application.materials.len());
        match questions.get(place) {
            Some(field) => self.open_question(&field.name, true),
            None if place < questions.len() + papers => {
                self.go(Step::Materials(Materials::default()));
            }
            None => self.open_delivery(true),
        }
    }

    /// An answer may have made another question visible or a paper necessary.
    fn next_after_review(&mut self) {
        let required_open = {
            let application = self.visit.application.as_ref();
            self.questions().iter().any(|field| {
                field.required && application.is_some_and(|a| a.answers.get(&field.name).is_none())
            })
        };
        let papers_open = self
            .visit
            .application
            .as_ref()
            .is_some_and(|application| !application.materials_ready());
        if required_open {
            self.enter(Stage::Questions);
        } else if papers_open {
            self.enter(Stage::Materials);
        } else if self.delivery_open() {
            self.enter(Stage::Delivery);
        } else {
            self.enter(Stage::Document);
        }
    }

    pub(crate) fn review_page(&self, review: &Review) -> (Page, Foot) {
        let rows = self.review_rows(review.revealed);
        let page = ReviewPage {
            rows: on_page(&rows, review.at, A_PAGE).to_vec(),
            turn: turn(review.at, rows.len(), A_PAGE),
        };
        (
            Page::Review(page),
            foot(true, Some((Action::AllRight, true))),
        )
    }

    /// Asks the shell for the document; one made before from the same answers is shown again.
    pub(crate) fn compose_form(&mut self) {
        let Some(application) = &self.visit.application else {
            return;
        };
        if application.form.is_some() {
            return self.go(Step::Document(Document::default()));
        }
        let rows = self
            .questions()
            .iter()
            .filter_map(|field| {
                let answer = application.answers.get(&field.name)?;
                let value = Secret::new(self.as_filed(field));
                Some((field.label.clone(), value, answer.disputed))
            })
            .collect();
        let form = Form {
            item: Arc::clone(&application.item),
            lang: self.visit.lang,
            person: self.applicant().cloned(),
            agent: self.acting().cloned().and_then(|acting| {
                let agent = self.visit.person()?;
                Some((agent.clone(), acting))
            }),
            rows,
            materials: application
                .materials
                .iter()
                .map(|material| (material.name.clone(), material.state))
                .collect(),
            promises: application
                .materials
                .iter()
                .filter(|material| material.state == MaterialState::Promised)
                .map(|material| material.name.clone())
                .collect(),
            fees: fees_of(&application.item),
            delivery: self.wish_shown(),
        };
        let ask = self.ask();
        let late = self.now.up + self.settings.answer_within;
        self.timers.start(Timer::AnswerLate, late);
        self.effect(Effect::Compose {
            ask,
            form: Box::new(form),
        });
        self.go(Step::Wait(Wait {
            ask,
            what: Waiting::Document,
            then: WaitFor::Document,
        }));
    }

    pub(crate) fn document_tap(&mut self, touch: &Touch) {
        let pages = self
            .visit
            .application
            .as_ref()
            .and_then(|application| application.form.as_ref())
            .map_or(0, |form| form.pages.len());
        let Step::Document(document) = &mut self.step else {
            return;
        };
        match touch {
            Touch::Next if document.at + 1 >= pages => self.enter(Stage::Sign),
            Touch::Next => {
                document.at += 1;
                self.turned();
            }
            Touch::Back if document.at > 0 => {
                document.at -= 1;
                self.turned();
            }
            Touch::Back => self.enter(Stage::Review),
            _ => {}
        }
    }

    pub(crate) fn document_page(&self, document: &Document) -> (Page, Foot) {
        let form = self
            .visit
            .application
            .as_ref()
            .and_then(|application| application.form.as_ref());
        let Some((picture, of)) = form.and_then(|form| {
            let picture = form.pages.get(document.at)?;
            Some((*picture, form.pages.len()))
        }) else {
            return self.review_page(&Review::default());
        };
        let turn = Turn {
            at: u16::try_from(document.at + 1).unwrap_or(u16::MAX),
            of: u16::try_from(of).unwrap_or(u16::MAX),
        };
        let action = if document.at + 1 < of {
            Action::NextPage
        } else {
            Action::ReadIt
        };
        (
            Page::Document(DocumentPage { picture, turn }),
            foot(true, Some((action, true))),
        )
    }
}
