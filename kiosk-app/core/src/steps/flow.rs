//! The order of an application: which page comes next and which came before.

use city_catalogue::form;
use city_catalogue::record::{Field, FieldType, Prefill, Supply};

use crate::application::{Application, By, FilingKind, Material};
use crate::availability::Link;
use crate::effect::Request;
use crate::event::Prefilled;
use crate::kiosk::{Kiosk, with_context};
use crate::screen::{MaterialState, Progress, Waiting};
use crate::steps::identify::Then;
use crate::steps::wait::WaitFor;
use crate::steps::{Facts, Materials, Notice, Review, Step, Wait};

/// The stages of an application, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Identify,
    Principal,
    Registers,
    Notice,
    Facts,
    Questions,
    Materials,
    Delivery,
    Review,
    Document,
    Sign,
}

const ORDER: [Stage; 11] = [
    Stage::Identify,
    Stage::Principal,
    Stage::Registers,
    Stage::Notice,
    Stage::Facts,
    Stage::Questions,
    Stage::Materials,
    Stage::Delivery,
    Stage::Review,
    Stage::Document,
    Stage::Sign,
];

impl Kiosk {
    /// Enters the first stage from `from` on that has something to show.
    pub(crate) fn enter(&mut self, from: Stage) {
        for stage in ORDER.into_iter().filter(|stage| *stage >= from) {
            if self.try_enter(stage) {
                return;
            }
        }
    }

    /// Goes back to the last stage before `before` that shows something; the guide lies before all.
    pub(crate) fn back_before(&mut self, before: Stage) {
        let earlier = ORDER.into_iter().filter(|stage| *stage < before).rev();
        for stage in earlier {
            let shown = match stage {
                Stage::Identify
                | Stage::Principal
                | Stage::Registers
                | Stage::Document
                | Stage::Sign => false,
                Stage::Questions => self.last_question(),
                Stage::Delivery => self.delivery_again(),
                Stage::Notice | Stage::Facts | Stage::Materials | Stage::Review => {
                    self.try_enter(stage)
                }
            };
            if shown {
                return;
            }
        }
        self.drop_application();
        self.go(Step::Start);
    }

    fn try_enter(&mut self, stage: Stage) -> bool {
        if self.visit.application.is_none() {
            self.go(Step::Start);
            return true;
        }
        match stage {
            Stage::Identify => self.enter_identify(),
            Stage::Principal => self.enter_principal(),
            Stage::Registers => self.enter_registers(),
            Stage::Notice => self.enter_notice(),
            Stage::Facts => self.enter_facts(),
            Stage::Questions => self.next_question(None),
            Stage::Materials => self.enter_materials(),
            Stage::Delivery => self.enter_delivery(),
            Stage::Review => self.enter_review(),
            Stage::Document => {
                self.compose_form();
                true
            }
            Stage::Sign => {
                self.go(Step::Sign);
                true
            }
        }
    }

    fn enter_identify(&mut self) -> bool {
        let Some(application) = &mut self.visit.application else {
            return false;
        };
        let needed = application.needs();
        if needed == city_catalogue::record::Identity::None {
            return false;
        }
        match &self.visit.identity {
            Some(identity) if identity.enough(needed) => {
                // An agent's card says nothing of whom they act for.
                let own = matches!(application.by, By::Applicant);
                if let Some(shelf) = self.shelf.as_ref().filter(|_| own) {
                    with_context(shelf, &self.now, &self.visit.options, |context| {
                        application.take_card(&identity.person, context);
                    });
                }
                false
            }
            Some(_) | None => {
                self.identify(Then::Application);
                true
            }
        }
    }

    fn enter_registers(&mut self) -> bool {
        let own = self.grant();
        let Some(application) = &mut self.visit.application else {
            return false;
        };
        // What departments hold on the agent is nothing to this matter.
        let grant = match &application.by {
            By::Applicant => own,
            By::AgentOfSomebody => None,
            By::Agent { grant, .. } => grant.clone(),
        };
        if application.asked_registers {
            return false;
        }
        application.asked_registers = true;
        let shares = application
            .item
            .form
            .iter()
            .any(|field| matches!(field.prefill(), Some(Prefill::Share(_))))
            || application
                .item
                .materials
                .iter()
                .any(|material| material.supply == Supply::Shared);
        let item = application.item.code();
        // Whether a promise counts is asked with them.
        let promises = application.materials.iter().any(Material::may_be_promised);
        match grant {
            Some(grant) if (shares || promises) && self.link == Link::Up => {
                let ask = self.ask_city(Request::Prefill { item, grant });
                self.go(Step::Wait(Wait {
                    ask,
                    what: Waiting::Registers,
                    then: WaitFor::Registers,
                }));
                true
            }
            Some(_) | None => false,
        }
    }

    /// What departments know is taken; a silent department leaves its fields to be asked.
    pub(crate) fn take_registers(&mut self, known: Prefilled) {
        let (Some(shelf), Some(application)) = (&self.shelf, &mut self.visit.application) else {
            return;
        };
        with_context(shelf, &self.now, &self.visit.options, |context| {
            application.take_registers(known.fields, context);
        });
        if let Some(bar) = known.bar {
            application.bar_promises(bar);
        }
        for (seq, held) in known.held {
            let of_list = application
                .materials
                .iter_mut()
                .find(|m| m.field.is_none() && m.seq == seq);
            if let Some(material) = of_list {
                material.state = match held {
                    Some(true) => MaterialState::AlreadyHeld,
                    Some(false) => MaterialState::NotFound,
                    None => MaterialState::AskedLater,
                };
            }
        }
    }

    fn enter_notice(&mut self) -> bool {
        let Some(application) = &self.visit.application else {
            return false;
        };
        let asks = !application.item.form.is_empty() || self.visit.identity.is_some();
        if !asks || application.kind != FilingKind::Application {
            return false;
        }
        let notice = Notice::of(application, self.now.civil.date());
        self.go(Step::Notice(notice));
        true
    }

    fn enter_facts(&mut self) -> bool {
        if self.visit.application.is_none() || self.facts().is_empty() {
            return false;
        }
        self.go(Step::Facts(Facts::default()));
        true
    }

    fn enter_materials(&mut self) -> bool {
        let any = self
            .visit
            .application
            .as_ref()
            .is_some_and(|application| !application.materials.is_empty());
        if any {
            self.go(Step::Materials(Materials::default()));
        }
        any
    }

    fn enter_review(&mut self) -> bool {
        self.go(Step::Review(Review::default()));
        true
    }

    /// Form fields that are asked as questions, in order, as they are visible now.
    pub(crate) fn questions(&self) -> Vec<Field> {
        let Some(application) = &self.visit.application else {
            return Vec::new();
        };
        if application.kind != FilingKind::Application {
            return Vec::new();
        }
        form::visible(&application.item.form, &application.answers)
            .into_iter()
            .filter(|field| !matches!(field.field_type, FieldType::File | FieldType::Signature))
            .filter(|field| !awaits_register(field, application))
            .cloned()
            .collect()
    }

    /// The application was changed: the form made of it and its signature are void.
    pub(crate) fn application_changed(&mut self) {
        let void = self.visit.application.as_mut().map(Application::changed);
        for picture in void.unwrap_or_default() {
            self.effect(crate::Effect::DropPicture(picture));
        }
    }

    /// Drops the application and its pictures.
    pub(crate) fn drop_application(&mut self) {
        let Some(application) = self.visit.application.take() else {
            return;
        };
        let scans = application.materials.iter().flat_map(|m| &m.pages);
        let pictures: Vec<_> = scans
            .map(|page| page.picture)
            .chain(
                application
                    .form
                    .iter()
                    .flat_map(|form| form.pages.iter().copied()),
            )
            .collect();
        for picture in pictures {
            self.effect(crate::Effect::DropPicture(picture));
        }
    }

    /// "Step 3 of 6, about 2 minutes".
    pub(crate) fn progress(&self) -> Option<Progress> {
        let application = self.visit.application.as_ref()?;
        let at = match &self.step {
            Step::Identify(_) | Step::Principal(_) => 0,
            Step::Notice(_) => 1,
            Step::Facts(_) | Step::Question(_) => 2,
            Step::Materials(_) | Step::Material(_) | Step::Scan(_) | Step::Portrait(_) => 3,
            Step::Delivery(_) | Step::Review(_) | Step::Document(_) => 4,
            Step::Sign | Step::Submit(_) => 5,
            Step::Wait(wait) => match wait.what {
                Waiting::Identity | Waiting::Principal | Waiting::Registers => 0,
                Waiting::Options => 2,
                Waiting::Document => 4,
                Waiting::Matters
                | Waiting::CheckIn
                | Waiting::Ticket
                | Waiting::Appointments
                | Waiting::Booking
                | Waiting::Withdrawal
                | Waiting::Facts
                | Waiting::Enquiry => return None,
            },
            Step::Idle
            | Step::Start
            | Step::Find(_)
            | Step::Guide(_)
            | Step::Done(_)
            | Step::Rate(_)
            | Step::Goodbye(_)
            | Step::CheckIn(_)
            | Step::Appointments(_)
            | Step::Booked(_)
            | Step::Withdraw(_)
            | Step::Enquire(_)
            | Step::Matters(_)
            | Step::Matter(_)
            | Step::Service(_) => return None,
        };
        let questions = self
            .questions()
            .iter()
            .filter(|field| application.answers.get(&field.name).is_none())
            .count();
        let papers = application.materials.iter().filter(|m| m.open()).count();
        let seconds = 30 + questions * 15 + papers * 45 + (5 - at.min(5)) * 8;
        Some(Progress {
            step: u8::try_from(at + 1).unwrap_or(1),
            steps: 6,
            minutes: u8::try_from(seconds.div_ceil(60)).unwrap_or(u8::MAX).max(1),
        })
    }
}

/// A value only a register can give and that is not at hand: the city fills it in later.
fn awaits_register(field: &Field, application: &Application) -> bool {
    field.is_readonly()
        && field.prefill().is_some()
        && application.answers.get(&field.name).is_none()
}
