//! What a technician does: the PIN, a device, its tests, new paper.

use kiosk_core::screen::Page;
use kiosk_core::service::{DeviceAction, OverviewEntry, PinPage, ServicePage, TestLevel};
use kiosk_core::{Screen, Touch};

use super::super::script::{ServiceAct, ServiceTest};
use super::{Fault, MOST_TOUCHES, PATIENCE, Player, TEST_PATIENCE, expected};

/// The page of the service that stands.
fn inside(screen: &Screen) -> Option<&ServicePage> {
    match &screen.page {
        Page::Service(page) => Some(page),
        _ => None,
    }
}

/// The entrance, while nothing is being compared.
fn entrance(screen: &Screen) -> Option<PinPage> {
    match inside(screen)? {
        ServicePage::Pin(page) if !page.checking => Some(*page),
        _ => None,
    }
}

impl Player<'_> {
    pub(super) fn pin(&mut self, pin: &str) -> Result<(), Fault> {
        self.drain();
        self.until("the entrance", PATIENCE, |_, screen| entrance(screen))?;
        for digit in pin.chars() {
            self.touch(Touch::Type(digit.to_string()), false, 1)?;
        }
        self.touch(Touch::Next, false, 1)?;
        self.until("an answer to the PIN", PATIENCE, |_, screen| {
            let inside = inside(screen)?;
            (!matches!(inside, ServicePage::Pin(page) if page.checking)).then_some(())
        })
    }

    pub(super) fn service(&mut self, act: &ServiceAct) -> Result<(), Fault> {
        match act {
            ServiceAct::Open(kind) => self.open_entry(kind, |entry| {
                matches!(entry, OverviewEntry::Device { kind: found, .. } if *found == kind)
            }),
            ServiceAct::Events => self.open_entry("events", |entry| {
                matches!(entry, OverviewEntry::Events { .. })
            }),
            ServiceAct::Machine => self.open_entry("machine", |entry| {
                matches!(entry, OverviewEntry::Machine { .. })
            }),
            ServiceAct::Test(test) => self.test(*test),
            ServiceAct::Paper(metres) => self.paper(*metres),
            ServiceAct::Back => self.touch(Touch::Back, true, 1),
            ServiceAct::Leave => self.touch(Touch::End, true, 1),
        }
    }

    fn open_entry(
        &mut self,
        name: &str,
        wanted: impl Fn(&OverviewEntry) -> bool,
    ) -> Result<(), Fault> {
        self.drain();
        for _ in 0..MOST_TOUCHES {
            let page = self.until("the overview", PATIENCE, |_, screen| match inside(screen) {
                Some(ServicePage::Overview(page)) => Some(page.clone()),
                _ => None,
            })?;
            match page.entries.iter().position(&wanted) {
                Some(place) => return self.touch(Touch::Pick(place), true, 1),
                None if page.turn.at < page.turn.of => self.touch(Touch::Turn(1), true, 1)?,
                None => break,
            }
        }
        Err(expected(format!("{name} in the overview")))
    }

    /// The place of an action on the page of a device.
    fn action(&mut self, wanted: DeviceAction) -> Result<usize, Fault> {
        self.drain();
        let what = format!("{wanted:?} on the page of a device");
        self.until(&what, PATIENCE, |_, screen| match inside(screen) {
            Some(ServicePage::Device(page)) => {
                page.actions.iter().position(|action| *action == wanted)
            }
            _ => None,
        })
    }

    fn test(&mut self, test: ServiceTest) -> Result<(), Fault> {
        let level = match test {
            ServiceTest::Silent => TestLevel::Silent,
            ServiceTest::Active => TestLevel::Active,
        };
        let place = self.action(DeviceAction::Test(level))?;
        self.touch(Touch::Pick(place), true, 1)?;
        self.until("the report", TEST_PATIENCE, |_, screen| {
            matches!(inside(screen), Some(ServicePage::Report(_))).then_some(())
        })
    }

    fn paper(&mut self, metres: u16) -> Result<(), Fault> {
        let place = self.action(DeviceAction::PaperReplaced)?;
        self.touch(Touch::Pick(place), true, 1)?;
        self.touch(Touch::Type(metres.to_string()), false, 1)?;
        self.touch(Touch::Next, true, 1)?;
        self.until("the roll to be kept", PATIENCE, |_, screen| {
            let known = match inside(screen)? {
                ServicePage::Device(page) => page.device.roll,
                _ => None,
            };
            (known?.length_mm == u32::from(metres) * 1000).then_some(())
        })
    }
}
