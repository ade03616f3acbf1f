//! A test of a device: running, guided, and its report.

use super::errand::{Errand, GuideReply};
use super::facts::{CheckFacts, TestFacts, TestLevel};
use super::page::{ReportPage, ServicePage, TestingPage};
use super::{Stage, inner_foot};
use crate::event::AskId;
use crate::kiosk::{Kiosk, on_page, turn, turned_page};
use crate::screen::{Action, Foot};
use crate::touch::Touch;

/// Checks of a list page.
const A_PAGE: usize = 6;

/// A test that is running.
#[derive(Debug)]
pub(super) struct Testing {
    ask: AskId,
    kind: &'static str,
    level: TestLevel,
    instruction: Option<(&'static str, String)>,
    /// The newest first, a list page at most.
    checks: Vec<CheckFacts>,
}

impl Testing {
    pub(super) fn new(ask: AskId, kind: &'static str, level: TestLevel) -> Self {
        Self {
            ask,
            kind,
            level,
            instruction: None,
            checks: Vec::new(),
        }
    }

    /// The device works by itself: it comes to its end without anybody.
    pub(super) fn works(&self) -> bool {
        self.instruction.is_none()
    }

    pub(super) fn page(&self) -> (ServicePage, Foot) {
        let page = TestingPage {
            kind: self.kind,
            level: self.level,
            instruction: self.instruction.clone(),
            checks: self.checks.clone(),
        };
        let foot = match self.instruction {
            None => Foot::default(),
            Some(_) => Foot {
                end: false,
                ..inner_foot(Some((Action::Continue, true)))
            },
        };
        (ServicePage::Testing(page), foot)
    }
}

impl Kiosk {
    fn testing(&mut self, ask: AskId) -> Option<&mut Testing> {
        match &mut self.service()?.stage {
            Stage::Testing(testing) if testing.ask == ask => Some(testing),
            _ => None,
        }
    }

    pub(super) fn guided(&mut self, ask: AskId, instruction: (&'static str, String)) {
        if let Some(testing) = self.testing(ask) {
            testing.instruction = Some(instruction);
            self.turned();
            self.service_touched();
        }
    }

    pub(super) fn checked(&mut self, ask: AskId, check: CheckFacts) {
        if let Some(testing) = self.testing(ask) {
            testing.checks.insert(0, check);
            testing.checks.truncate(A_PAGE);
        }
    }

    pub(super) fn testing_tap(&mut self, touch: &Touch) {
        let reply = match touch {
            Touch::Next => GuideReply::Done,
            Touch::Skip => GuideReply::Skip,
            Touch::Back => GuideReply::Stop,
            _ => return,
        };
        let Some(Stage::Testing(testing)) = self.service().map(|service| &mut service.stage) else {
            return;
        };
        if testing.instruction.take().is_some() {
            self.errand(Errand::Guided(reply));
            self.turned();
        }
    }

    pub(super) fn tested(&mut self, ask: AskId, report: Box<TestFacts>) {
        if self.testing(ask).is_some() {
            self.service_go(Stage::Report { report, at: 0 });
            self.service_touched();
        }
    }

    pub(super) fn report_tap(&mut self, touch: &Touch) {
        let Some(Stage::Report { report, at }) = self.service().map(|service| &mut service.stage)
        else {
            return;
        };
        match touch {
            Touch::Back => {
                let kind = report.kind;
                self.service_go(Stage::Device(kind));
                self.look();
            }
            Touch::Turn(by) => {
                *at = turned_page(*at, *by, report.checks.len(), A_PAGE);
                self.turned();
            }
            _ => {}
        }
    }
}

/// A list page of the report.
pub(super) fn report_page(report: &TestFacts, at: usize) -> (ServicePage, Foot) {
    let page = ReportPage {
        kind: report.kind,
        level: report.level,
        passed: report.passed(),
        identity: report.identity.clone(),
        checks: on_page(&report.checks, at, A_PAGE).to_vec(),
        turn: turn(at, report.checks.len(), A_PAGE),
    };
    (ServicePage::Report(page), inner_foot(None))
}
