//! The technician's service: behind a hidden entrance and a PIN, never in the middle of a visit.
//!
//! ```text
//! wanted ──(idle)──> PIN ──right──> overview ──> device ──> testing ──> report
//!    └─(visit): waits for its end     ├──> events         └──> paper replaced
//!                                     └──> machine
//! ```
//! No resident's data is here, and while the service stands no card begins a visit. What has to
//! be done outside is an [`Errand`]; its [`Answer`] carries the number of the question.

mod desk;
mod entrance;
mod errand;
mod facts;
mod page;
mod roll;
mod testing;

pub use errand::{Answer, Errand, GuideReply, PinAnswer};
pub use facts::{
    CheckFacts, DeviceEvent, DeviceFacts, HealthShown, LevelShown, MachineFacts, RollFacts,
    ServiceFacts, TestFacts, TestLevel, Verdict,
};
pub use page::{
    DeviceAction, DevicePage, EventsPage, MachinePage, OverviewEntry, OverviewPage, PinPage,
    PinTrouble, ReportPage, RollPage, ServicePage, TestingPage,
};

use crate::effect::Effect;
use crate::event::AskId;
use crate::kiosk::Kiosk;
use crate::person::Secret;
use crate::screen::{Foot, Lang, Page};
use crate::steps::Step;
use crate::timers::Timer;
use crate::touch::Touch;
use crate::visit::Visit;

use testing::Testing;

/// Where in the service the technician is, and what only this step knows.
#[derive(Debug)]
pub(crate) struct Service {
    stage: Stage,
    /// What the shell told last; `None` before the PIN was right.
    facts: Option<Box<ServiceFacts>>,
    /// The look at the facts that is under way.
    look: Option<AskId>,
}

/// The pages of the service.
#[derive(Debug)]
enum Stage {
    Pin(Pin),
    Overview {
        at: usize,
    },
    /// A device, by its kind.
    Device(&'static str),
    Testing(Testing),
    Report {
        report: Box<TestFacts>,
        at: usize,
    },
    Roll(Roll),
    Events {
        at: usize,
    },
    Machine,
}

/// The PIN as it grows.
#[derive(Debug, Default)]
struct Pin {
    typed: Secret,
    trouble: Option<PinTrouble>,
    /// Locked until then.
    until: Option<std::time::Duration>,
    /// The question to the shell that is under way.
    ask: Option<AskId>,
}

/// The length of a new roll as it grows.
#[derive(Debug, Default)]
struct Roll {
    digits: String,
    /// What the shell was told and has not confirmed.
    ask: Option<AskId>,
    /// It could not be kept.
    failed: bool,
}

impl Kiosk {
    /// Somebody asks for the service: at once when nobody is here, else when the visit has ended.
    pub(crate) fn service_asked(&mut self) {
        match self.step {
            Step::Idle => self.open_service(),
            Step::Service(_) => {}
            _ => self.service_wanted = true,
        }
    }

    /// After a visit has ended: the technician who waited gets the entrance.
    pub(crate) fn service_if_wanted(&mut self) {
        if self.service_wanted {
            self.open_service();
        }
    }

    fn open_service(&mut self) {
        self.service_wanted = false;
        let lang = self.visit.lang;
        self.timers.clear();
        // Language and display may have been opened at the idle page.
        self.above = None;
        self.visit = Visit::new(self.now.up, lang);
        let ask = self.errand(Errand::Entrance);
        self.go(Step::Service(Box::new(Service {
            stage: Stage::Pin(Pin {
                ask: Some(ask),
                ..Pin::default()
            }),
            facts: None,
            look: None,
        })));
        self.service_touched();
    }

    /// Back to idle; whatever the shell still does for the service is ended there.
    pub(crate) fn leave_service(&mut self) {
        self.errand(Errand::Leave);
        self.timers.clear();
        self.visit = Visit::new(self.now.up, Lang::default());
        self.random = [0; 16];
        self.go(Step::Idle);
    }

    /// Asks the shell for something; the answer carries the number given back.
    fn errand(&mut self, errand: Errand) -> AskId {
        let ask = self.ask();
        self.effect(Effect::Service { ask, errand });
        ask
    }

    fn service(&mut self) -> Option<&mut Service> {
        match &mut self.step {
            Step::Service(service) => Some(service),
            _ => None,
        }
    }

    /// Puts another page of the service on the screen.
    fn service_go(&mut self, stage: Stage) {
        if let Some(service) = self.service() {
            service.stage = stage;
            self.turned();
        }
    }

    /// The technician is still here.
    fn service_touched(&mut self) {
        let alone = match &self.step {
            Step::Service(service) if matches!(service.stage, Stage::Pin(_)) => {
                self.settings.service_pin_within
            }
            _ => self.settings.service_alone,
        };
        self.timers.start(Timer::ServiceEnds, self.now.up + alone);
    }

    /// A touch in the service.
    pub(crate) fn service_tap(&mut self, touch: Touch) {
        self.service_touched();
        if let Touch::Language(lang) = touch {
            self.visit.lang = lang;
            return;
        }
        let Step::Service(service) = &self.step else {
            return;
        };
        match (&service.stage, &touch) {
            (Stage::Pin(_), _) => self.pin_tap(&touch),
            (_, Touch::End) => self.leave_service(),
            (Stage::Overview { .. }, _) => self.overview_tap(&touch),
            (Stage::Device(kind), _) => self.device_tap(kind, &touch),
            (Stage::Testing(_), _) => self.testing_tap(&touch),
            (Stage::Report { .. }, _) => self.report_tap(&touch),
            (Stage::Roll(_), _) => self.roll_tap(&touch),
            (Stage::Events { .. }, _) => self.events_tap(&touch),
            (Stage::Machine, Touch::Back) => self.service_go(Stage::Overview { at: 0 }),
            (Stage::Machine, _) => {}
        }
    }

    /// An answer of the shell; a late one is ignored.
    pub(crate) fn service_answered(&mut self, ask: AskId, answer: Answer) {
        match answer {
            Answer::Pin(answer) => self.pin_answered(ask, answer),
            Answer::Facts(facts) => self.facts_came(ask, facts),
            Answer::Guide(instruction) => self.guided(ask, instruction),
            Answer::Checked(check) => self.checked(ask, check),
            Answer::Tested(report) => self.tested(ask, report),
            Answer::RollKept(kept) => self.roll_kept(ask, kept),
        }
    }

    /// The technician has walked away; a test that only works for itself is waited for.
    pub(crate) fn service_left_alone(&mut self) {
        let Step::Service(service) = &self.step else {
            return;
        };
        match &service.stage {
            Stage::Testing(testing) if testing.works() => self.service_touched(),
            _ => self.leave_service(),
        }
    }

    /// The page of the service.
    pub(crate) fn service_page(&self, service: &Service) -> (Page, Foot) {
        let facts = service.facts.as_deref();
        let (page, foot) = match &service.stage {
            Stage::Pin(pin) => self.pin_page(pin),
            Stage::Overview { at } => self.overview_page(facts, *at),
            Stage::Device(kind) => self.device_page(facts, kind),
            Stage::Testing(testing) => testing.page(),
            Stage::Report { report, at } => testing::report_page(report, *at),
            Stage::Roll(roll) => roll.page(facts),
            Stage::Events { at } => desk::events_page(facts, *at),
            Stage::Machine => self.machine_page(facts),
        };
        (Page::Service(Box::new(page)), foot)
    }
}

/// The foot of a page of the service: no help, and "end" leaves at once.
fn inner_foot(primary: Option<(crate::screen::Action, bool)>) -> Foot {
    Foot {
        help: false,
        ..crate::kiosk::foot(true, primary)
    }
}
