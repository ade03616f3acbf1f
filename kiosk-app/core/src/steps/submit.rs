//! Submitting once: sealed, signed and committed before anything is said.

use jiff::civil::Date;

use crate::application::{FiledMaterial, Filing, FilingKind};
use crate::delivery::Wish;
use crate::effect::Effect;
use crate::event::AskId;
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, MaterialState, OutcomeShown, Page, Place, SubmitPage};
use crate::steps::flow::Stage;
use crate::steps::guide::fees_of;
use crate::steps::{Done, Step};
use crate::timers::Timer;
use crate::touch::Touch;
use crate::visit::{Filed, Slip};

/// The submit step.
#[derive(Clone, Debug)]
pub(crate) struct Submit {
    /// The filing under way; `None` once it failed.
    ask: Option<AskId>,
}

impl Submit {
    pub(crate) fn storing(&self) -> bool {
        self.ask.is_some()
    }
}

impl Kiosk {
    /// Files the application of this visit; the page number moves on, so a second tap is void.
    pub(crate) fn submit(&mut self) {
        let Some(filing) = self.filing() else {
            return;
        };
        let ask = self.ask();
        self.effect(Effect::File {
            ask,
            filing: Box::new(filing),
        });
        self.go(Step::Submit(Submit { ask: Some(ask) }));
    }

    fn filing(&self) -> Option<Filing> {
        let application = self.visit.application.as_ref()?;
        let item = &application.item;
        Some(Filing {
            application: application.id,
            kind: application.kind.clone(),
            item: Some((item.code(), item.version)),
            identity: self.visit.identity.clone(),
            acting: application.acting().cloned(),
            answers: application.answers.clone(),
            consents: application.consents.clone(),
            materials: application
                .materials
                .iter()
                .map(|material| FiledMaterial {
                    seq: material.seq,
                    field: material.field.clone(),
                    name: material.name.clone(),
                    state: material.state,
                    pages: material.pages.clone(),
                })
                .collect(),
            form: application.form.clone(),
            strokes: application.strokes.clone(),
            aloud: application.aloud.filter(|_| application.strokes.is_empty()),
            fees: fees_of(item),
            delivery: application.delivery.clone(),
            at: self.now.civil,
            record: self.visit.record.clone(),
        })
    }

    pub(crate) fn submit_tap(&mut self, touch: &Touch) {
        if !matches!(&self.step, Step::Submit(submit) if !submit.storing()) {
            return;
        }
        match touch {
            Touch::Next => self.submit(),
            Touch::Back => self.back_from_submit(),
            _ => {}
        }
    }

    /// Nothing was stored: back to where it was submitted from.
    fn back_from_submit(&mut self) {
        let kind = self.visit.application.as_ref().map(|a| &a.kind);
        self.enter(match kind {
            Some(FilingKind::Supplement { .. }) => Stage::Materials,
            Some(FilingKind::Application | FilingKind::Rating { .. }) | None => Stage::Review,
        });
    }

    /// "Stored here" is true from now on; the data of the application is dropped.
    pub(crate) fn stored(&mut self, ask: AskId, receipt: String) {
        let ours = matches!(&self.step, Step::Submit(submit) if submit.ask == Some(ask));
        let (true, Some(application)) = (ours, &self.visit.application) else {
            return;
        };
        let later: Vec<(city_catalogue::Text, Date)> = application
            .materials
            .iter()
            .filter_map(|material| match material.state {
                MaterialState::Later(due) => Some((material.name.clone(), due)),
                _ => None,
            })
            .collect();
        let instant = application.item.is_instant() && application.kind == FilingKind::Application;
        let fees = if application.kind == FilingKind::Application {
            fees_of(&application.item)
        } else {
            Vec::new()
        };
        let acting = application.acting();
        let may_collect = acting.is_none_or(|acting| acting.may_collect);
        let applicant = self.applicant_shown();
        self.visit.filed.push(Filed {
            application: application.id,
            item: application.item.name.clone(),
            applicant,
            may_collect,
            identified: self.visit.identity.is_some(),
            instant,
            receipt,
            place: Place::StoredHere,
            outcome: OutcomeShown::Unknown,
            result: None,
            as_chosen: delivered(application.delivery.as_ref()),
            fees,
            later,
            ask: None,
            asked: 0,
            settled: false,
        });
        if let Some(person) = self.visit.person().cloned() {
            self.visit.filer = Some(person);
        }
        let copies = self.visit.slip.copies;
        self.visit.slip = Slip {
            copies,
            ..Slip::default()
        };
        self.drop_application();
        let late = self.now.up + self.settings.city_late;
        self.timers.start(Timer::CityLate, late);
        self.touched();
        self.go(Step::Done(Done));
    }

    pub(crate) fn not_stored(&mut self, ask: AskId) {
        if matches!(&self.step, Step::Submit(submit) if submit.ask == Some(ask)) {
            self.touched();
            self.go(Step::Submit(Submit { ask: None }));
        }
    }

    pub(crate) fn submit_page(submit: &Submit) -> (Page, Foot) {
        if submit.storing() {
            (Page::Submit(SubmitPage::Storing), foot(false, None))
        } else {
            let again = Some((Action::TryAgain, true));
            (Page::Submit(SubmitPage::NotStored), foot(true, again))
        }
    }
}

/// Whether the result goes another way than out of a printer.
fn delivered(wish: Option<&Wish>) -> bool {
    match wish {
        None | Some(Wish::Print) => false,
        Some(Wish::Electronic | Wish::Window { .. } | Wish::Locker { .. } | Wish::Post { .. }) => {
            true
        }
    }
}
