//! The guide: the one-time complete notice before anything is asked.

use std::sync::Arc;

use city_catalogue::record::{Item, Limit, LimitUnit};

use crate::application::{Application, By, materials_of};
use crate::availability::{DeviceState, offline};
use crate::effect::SlipData;
use crate::kiosk::{Kiosk, foot};
use crate::principal::{AgentsShown, takes_agents};
use crate::screen::{
    Action, FeeShown, Foot, GuideMaterial, GuidePage, GuideStep, LimitShown, LimitUnitShown, Page,
    Turn,
};
use crate::steps::flow::Stage;
use crate::steps::paper::Paper;
use crate::steps::{Find, Step};
use crate::touch::Touch;

/// The guide step.
#[derive(Clone, Debug)]
pub(crate) struct Guide {
    item: Arc<Item>,
    /// Where Back leads.
    from: Find,
    pub(super) paper: Paper,
}

impl Guide {
    pub(crate) fn new(item: Arc<Item>, from: Find) -> Self {
        Self {
            item,
            from,
            paper: Paper::default(),
        }
    }
}

impl Kiosk {
    pub(crate) fn guide_tap(&mut self, touch: &Touch) {
        let Step::Guide(guide) = &self.step else {
            return;
        };
        match touch {
            Touch::Back => {
                let from = guide.from.clone();
                self.go(Step::Find(from));
            }
            Touch::Next if self.closed(&guide.item).is_none() => {
                let item = Arc::clone(&guide.item);
                self.visit.application = Some(Application::new(self.new_id(), item));
                self.enter(Stage::Identify);
            }
            Touch::ForAnother
                if self.closed(&guide.item).is_none() && takes_agents(&guide.item) =>
            {
                let item = Arc::clone(&guide.item);
                let mut application = Application::new(self.new_id(), item);
                application.by = By::AgentOfSomebody;
                self.visit.application = Some(application);
                self.enter(Stage::Identify);
            }
            Touch::PrintGuide if !guide.paper.is_under_way() => {
                let (lang, item) = (self.visit.lang, guide.item.code());
                self.print_paper(SlipData::Guide { lang, item });
            }
            _ => {}
        }
    }

    /// The receipt printer takes jobs again: that it did not is no longer said.
    pub(crate) fn guide_may_print(&mut self) {
        if let Step::Guide(guide) = &mut self.step {
            guide.paper.may_come();
        }
    }

    pub(crate) fn guide_page(&self, guide: &Guide) -> (Page, Foot) {
        let item = &guide.item;
        let closed = self.closed(item);
        let page = GuidePage {
            name: item.name.clone(),
            body: self.body(&item.department),
            instant: item.is_instant(),
            materials: materials_of(item)
                .into_iter()
                .map(|material| GuideMaterial {
                    name: material.name,
                    state: match material.state {
                        crate::screen::MaterialState::AskedLater => {
                            crate::screen::MaterialState::AlreadyHeld
                        }
                        state => state,
                    },
                })
                .collect(),
            conditions: item.accept_conditions.clone(),
            steps: item
                .steps
                .iter()
                .map(|step| GuideStep {
                    name: step.name.clone(),
                    body: self.body(&step.department),
                    limit: limit_shown(&step.limit),
                })
                .collect(),
            promised: limit_shown(&item.promised_limit),
            statutory: limit_shown(&item.statutory_limit),
            fees: fees_of(item),
            phone: item.consult.phone.clone(),
            address: item.consult.address.clone(),
            offline: offline(item, self.link),
            prints_here: item.result.kiosk_print
                && self.devices.document_printer == DeviceState::Ready,
            closed,
            agents: AgentsShown::of(item),
            print: guide.paper.state(),
            version: item.version,
            turn: Turn { at: 1, of: 1 },
        };
        let primary = Some((Action::Begin, closed.is_none()));
        (Page::Guide(Box::new(page)), foot(true, primary))
    }
}

fn limit_shown(limit: &Limit) -> LimitShown {
    LimitShown {
        value: limit.value,
        unit: match limit.unit {
            LimitUnit::Workday => LimitUnitShown::Workday,
            LimitUnit::Day => LimitUnitShown::Day,
            LimitUnit::Hour => LimitUnitShown::Hour,
        },
    }
}

/// The fees of an item.
pub(crate) fn fees_of(item: &Item) -> Vec<FeeShown> {
    item.fee
        .items
        .iter()
        .map(|fee| FeeShown {
            name: fee.name.clone(),
            standard: fee.standard.clone(),
            amount_fen: Some(fee.amount_fen),
            basis: fee.basis.clone().unwrap_or_default(),
        })
        .collect()
}
