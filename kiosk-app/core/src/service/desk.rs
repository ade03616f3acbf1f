//! The overview, a device, the events and the machine.

use std::time::Duration;

use super::errand::Errand;
use super::facts::{DeviceEvent, DeviceFacts, ServiceFacts, TestLevel};
use super::page::{
    DeviceAction, DevicePage, EventsPage, MachinePage, OverviewEntry, OverviewPage, ServicePage,
};
use super::{Roll, Stage, inner_foot};
use crate::event::AskId;
use crate::kiosk::{Kiosk, on_page, turn, turned_page};
use crate::screen::Foot;
use crate::timers::Timer;
use crate::touch::Touch;

/// Entries of a list page.
const A_PAGE: usize = 6;
/// Events on the page of a device.
const LAST_EVENTS: usize = 3;
/// Facts are gathered anew so often.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

impl ServiceFacts {
    fn device(&self, kind: &str) -> Option<&DeviceFacts> {
        self.devices.iter().find(|device| device.kind == kind)
    }

    /// What happened to this device last, the newest first.
    fn last_events(&self, kind: &str) -> Vec<DeviceEvent> {
        let its = self.events.iter().filter(|event| event.device == kind);
        its.take(LAST_EVENTS).cloned().collect()
    }
}

impl DeviceFacts {
    /// What the technician can do with it.
    fn actions(&self) -> Vec<DeviceAction> {
        let tests = self.tests.iter().copied().map(DeviceAction::Test);
        let paper = self.roll.map(|_| DeviceAction::PaperReplaced);
        tests.chain(paper).collect()
    }
}

impl Kiosk {
    /// Gathers the facts, now and then again.
    pub(super) fn look(&mut self) {
        let ask = self.errand(Errand::Look);
        if let Some(service) = self.service() {
            service.look = Some(ask);
        }
        let again = self.now.up + LOOK_AGAIN;
        self.timers.start(Timer::ServiceLook, again);
    }

    /// Time to look at the facts or at the lock again.
    pub(crate) fn service_look_again(&mut self) {
        let Some(service) = self.service() else {
            return;
        };
        let inside = !matches!(service.stage, Stage::Pin(_));
        if inside {
            self.look();
        } else {
            self.count_lock();
        }
    }

    pub(super) fn facts_came(&mut self, ask: AskId, facts: Box<ServiceFacts>) {
        let Some(service) = self.service().filter(|s| s.look == Some(ask)) else {
            return;
        };
        service.look = None;
        service.facts = Some(facts);
        if matches!(service.stage, Stage::Pin(_)) {
            self.service_go(Stage::Overview { at: 0 });
            self.service_touched();
        }
    }

    fn service_facts(&mut self) -> Option<&ServiceFacts> {
        self.service()?.facts.as_deref()
    }

    pub(super) fn overview_tap(&mut self, touch: &Touch) {
        let Some(kinds) = self.service_facts().map(|facts| {
            let kinds = facts.devices.iter().map(|device| device.kind);
            kinds.collect::<Vec<_>>()
        }) else {
            return;
        };
        let all = kinds.len() + 2;
        let Some(Stage::Overview { at }) = self.service().map(|service| &mut service.stage) else {
            return;
        };
        match touch {
            Touch::Back => self.leave_service(),
            Touch::Turn(by) => {
                *at = turned_page(*at, *by, all, A_PAGE);
                self.turned();
            }
            Touch::Pick(place) => {
                let place = (*at * A_PAGE).saturating_add(*place);
                match (kinds.get(place), place.checked_sub(kinds.len())) {
                    (Some(kind), _) => self.service_go(Stage::Device(kind)),
                    (None, Some(0)) => self.service_go(Stage::Events { at: 0 }),
                    (None, Some(1)) => self.service_go(Stage::Machine),
                    (None, _) => {}
                }
            }
            _ => {}
        }
    }

    pub(super) fn overview_page(
        &self,
        facts: Option<&ServiceFacts>,
        at: usize,
    ) -> (ServicePage, Foot) {
        let mut entries = Vec::new();
        if let Some(facts) = facts {
            entries.extend(facts.devices.iter().map(|device| OverviewEntry::Device {
                kind: device.kind,
                state: device.state,
                detail: device.detail.clone(),
            }));
            let count = u16::try_from(facts.events.len()).unwrap_or(u16::MAX);
            entries.push(OverviewEntry::Events { count });
            entries.push(OverviewEntry::Machine {
                link: self.link,
                waiting: facts.machine.waiting,
                quarantined: facts.machine.quarantined,
            });
        }
        let page = OverviewPage {
            entries: on_page(&entries, at, A_PAGE).to_vec(),
            turn: turn(at, entries.len(), A_PAGE),
        };
        let foot = Foot {
            back: false,
            ..inner_foot(None)
        };
        (ServicePage::Overview(page), foot)
    }

    pub(super) fn device_tap(&mut self, kind: &'static str, touch: &Touch) {
        let action = match touch {
            Touch::Back => return self.service_go(Stage::Overview { at: 0 }),
            Touch::Pick(place) => self.service_facts().and_then(|facts| {
                let actions = facts.device(kind)?.actions();
                actions.get(*place).copied()
            }),
            _ => None,
        };
        match action {
            Some(DeviceAction::Test(level)) => self.test(kind, level),
            Some(DeviceAction::PaperReplaced) => self.service_go(Stage::Roll(Roll::default())),
            None => {}
        }
    }

    fn test(&mut self, kind: &'static str, level: TestLevel) {
        let ask = self.errand(Errand::Test { kind, level });
        let testing = super::Testing::new(ask, kind, level);
        self.service_go(Stage::Testing(testing));
    }

    pub(super) fn device_page(
        &self,
        facts: Option<&ServiceFacts>,
        kind: &str,
    ) -> (ServicePage, Foot) {
        let foot = inner_foot(None);
        let Some(device) = facts.and_then(|facts| facts.device(kind)) else {
            return self.overview_page(facts, 0);
        };
        let page = DevicePage {
            device: device.clone(),
            events: facts.map_or_else(Vec::new, |facts| facts.last_events(kind)),
            actions: device.actions(),
        };
        (ServicePage::Device(Box::new(page)), foot)
    }

    pub(super) fn events_tap(&mut self, touch: &Touch) {
        let all = self.service_facts().map_or(0, |facts| facts.events.len());
        let Some(Stage::Events { at }) = self.service().map(|service| &mut service.stage) else {
            return;
        };
        match touch {
            Touch::Back => self.service_go(Stage::Overview { at: 0 }),
            Touch::Turn(by) => {
                *at = turned_page(*at, *by, all, A_PAGE);
                self.turned();
            }
            _ => {}
        }
    }

    pub(super) fn machine_page(&self, facts: Option<&ServiceFacts>) -> (ServicePage, Foot) {
        let Some(facts) = facts else {
            return self.overview_page(facts, 0);
        };
        let page = MachinePage {
            machine: facts.machine.clone(),
            link: self.link,
            catalogue: self.shelf.as_deref().map(|shelf| shelf.version),
        };
        (ServicePage::Machine(page), inner_foot(None))
    }
}

/// What happened to devices, a list page of it.
pub(super) fn events_page(facts: Option<&ServiceFacts>, at: usize) -> (ServicePage, Foot) {
    let events = facts.map_or(&[][..], |facts| &facts.events);
    let page = EventsPage {
        events: on_page(events, at, A_PAGE).to_vec(),
        turn: turn(at, events.len(), A_PAGE),
    };
    (ServicePage::Events(page), inner_foot(None))
}
