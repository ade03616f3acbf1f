//! What is known already, with "wrong?" beside each fact.

use city_catalogue::form::{Script, Source, as_published, display, masked, visible};
use city_catalogue::record::Field;

use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page, with_context};
use crate::screen::{Action, Fact, FactSource, FactsPage, Foot, Page};
use crate::steps::Step;
use crate::steps::flow::Stage;
use crate::timers::Timer;
use crate::touch::Touch;

const A_PAGE: usize = 6;

/// The facts step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    at: usize,
    /// The fact shown unmasked for a moment.
    pub(crate) revealed: Option<usize>,
}

impl Kiosk {
    /// Fields answered by the card or a register, as visible now.
    pub(crate) fn facts(&self) -> Vec<Field> {
        let Some(application) = &self.visit.application else {
            return Vec::new();
        };
        visible(&application.item.form, &application.answers)
            .into_iter()
            .filter(|field| {
                application
                    .answers
                    .get(&field.name)
                    .is_some_and(|answer| answer.source != Source::Typed)
            })
            .cloned()
            .collect()
    }

    pub(crate) fn facts_tap(&mut self, touch: &Touch) {
        let facts = self.facts();
        let Step::Facts(step) = &mut self.step else {
            return;
        };
        match touch {
            Touch::Turn(by) => {
                step.at = turned_page(step.at, *by, facts.len(), A_PAGE);
                step.revealed = None;
                self.turned();
            }
            Touch::Reveal(place) => {
                step.revealed = Some(step.at * A_PAGE + place);
                let hide = self.now.up + crate::screen::REVEAL;
                self.timers.start(Timer::Hide, hide);
            }
            Touch::Dispute(place) => {
                if let Some(field) = facts.get(step.at * A_PAGE + place) {
                    self.dispute(field);
                }
            }
            Touch::Next => self.enter(Stage::Questions),
            Touch::Back => self.back_before(Stage::Facts),
            _ => {}
        }
    }

    /// A fact the body keeps is flagged for correction; one the resident may know better is asked anew.
    fn dispute(&mut self, field: &Field) {
        if !field.is_readonly() {
            self.open_question(&field.name, false);
            return;
        }
        if let Some(application) = &mut self.visit.application
            && let Some(answer) = application.answers.get(&field.name)
        {
            let mut answer = answer.clone();
            answer.disputed = !answer.disputed;
            application.answers.set(field.name.clone(), answer);
        }
        self.application_changed();
    }

    pub(crate) fn facts_page(&self, step: &Facts) -> (Page, Foot) {
        let facts = self.facts();
        let shown = on_page(&facts, step.at, A_PAGE)
            .iter()
            .enumerate()
            .filter_map(|(place, field)| self.fact(field, step.at * A_PAGE + place, step.revealed))
            .collect();
        let page = FactsPage {
            facts: shown,
            turn: turn(step.at, facts.len(), A_PAGE),
        };
        (
            Page::Facts(page),
            foot(true, Some((Action::AllRight, true))),
        )
    }

    fn fact(&self, field: &Field, place: usize, revealed: Option<usize>) -> Option<Fact> {
        let answer = self.visit.application.as_ref()?.answers.get(&field.name)?;
        let hidden = revealed != Some(place) && field.is_masked();
        Some(Fact {
            label: field.label.clone(),
            value: self.shown(field, hidden),
            from: match answer.source {
                Source::Card => FactSource::Card,
                Source::Register => FactSource::Register,
                Source::Typed => FactSource::Typed,
            },
            disputed: answer.disputed,
            masked: hidden,
            editable: !field.is_readonly(),
        })
    }

    /// The answer of a field as shown; empty when there is none.
    pub(crate) fn shown(&self, field: &Field, hidden: bool) -> String {
        self.shown_in(self.script(), field, hidden)
    }

    /// The answer of a field as a document has it: in the script of the catalogue.
    pub(crate) fn as_filed(&self, field: &Field) -> String {
        self.shown_in(as_published, field, false)
    }

    fn shown_in(&self, script: Script, field: &Field, hidden: bool) -> String {
        let (Some(shelf), Some(application)) = (self.shelf.as_deref(), &self.visit.application)
        else {
            return String::new();
        };
        let Some(answer) = application.answers.get(&field.name) else {
            return String::new();
        };
        let lang = self.catalogue_lang();
        with_context(shelf, &self.now, &self.visit.options, |context| {
            let context = context.written(script);
            if hidden {
                masked(field, &answer.value, lang, &context)
            } else {
                display(field, &answer.value, lang, &context)
            }
        })
    }

    /// The catalogue's name of the visit's language.
    pub(crate) fn catalogue_lang(&self) -> city_catalogue::Lang {
        match self.visit.lang {
            crate::screen::Lang::ZhHans | crate::screen::Lang::ZhHant => city_catalogue::Lang::Zh,
            crate::screen::Lang::En => city_catalogue::Lang::En,
        }
    }

    /// How the catalogue's words are written in the visit's language.
    pub(crate) fn script(&self) -> Script {
        match self.visit.lang {
            crate::screen::Lang::ZhHant => self.settings.traditional,
            crate::screen::Lang::ZhHans | crate::screen::Lang::En => as_published,
        }
    }
}
