//! Tests of devices: the conformance suite on a thread of its own, which owns the device.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};

use kiosk_core::service::{Answer, CheckFacts, GuideReply, TestFacts, TestLevel, Verdict};
use kiosk_core::{AskId, Event};
use kiosk_drivers::conformance::{self, Check, DeviceKind, Guide, Instruction, Level, Target};
use kiosk_drivers::receipt_printer::{PaperUse, PrinterEvent};
use kiosk_drivers::runner::Report;

use crate::config;
use crate::devices::{DeviceReport, DeviceSet, Kind};
use crate::shell::Message;

/// The kinds of devices of a configuration that can be tested, in the order of the overview.
#[must_use]
pub fn kinds(devices: &config::Devices) -> Vec<&'static str> {
    Kind::ALL
        .into_iter()
        .filter(|kind| devices.selector(*kind).is_some())
        .map(Kind::name)
        .collect()
}

/// The suite that tests a kind of device; a camera's is the scanner's, one page of what it sees.
#[must_use]
pub fn suite(kind: &str) -> Option<DeviceKind> {
    DeviceKind::from_name(if kind == Kind::Camera.name() {
        Kind::Scanner.name()
    } else {
        kind
    })
}

/// The configured device of this kind as the suite takes it; `None` when there is none.
#[must_use]
pub fn target(devices: &config::Devices, kind: Kind) -> Option<Target> {
    let selector = devices.selector(kind)?;
    let mut target = Target::new(selector.0.clone());
    if let Some(profile) = &devices.receipt_printer_profile {
        target.profile = profile.0.clone();
    }
    if let Some(map) = &devices.keypad_map {
        target.keys = map.0.clone();
    }
    target.codes = devices.code_scanner_settings;
    target.registers = devices.cabinet_map.as_ref().map(|map| map.0.clone());
    if let Some(quirks) = &devices.scanner_quirks {
        target.quirks = quirks.0.clone();
    }
    Some(target)
}

/// A test to run.
pub(super) struct Run {
    pub(super) ask: AskId,
    pub(super) kind: &'static str,
    pub(super) device_kind: DeviceKind,
    pub(super) level: TestLevel,
    pub(super) target: Target,
}

/// The test under way, one at most.
#[derive(Default)]
pub(super) struct Conform {
    under_test: Option<&'static str>,
    /// Where the technician's answers go; `None` when nobody is there to give any.
    replies: Option<Sender<GuideReply>>,
}

impl Conform {
    /// No test is running.
    pub(super) fn free(&self) -> bool {
        self.under_test.is_none()
    }

    /// The device that is being tested.
    pub(super) fn under_test(&self) -> Option<&'static str> {
        self.under_test
    }

    /// Runs a test. `paused` is the device's own thread, which ends before the test begins.
    pub(super) fn start(
        &mut self,
        run: Run,
        paused: DeviceSet,
        inbox: Sender<Message>,
    ) -> io::Result<()> {
        let (replies, answers) = mpsc::channel();
        let kind = run.kind;
        std::thread::Builder::new()
            .name(format!("test {kind}"))
            .spawn(move || {
                drop(paused);
                test(run, answers, &inbox);
            })?;
        self.under_test = Some(kind);
        self.replies = Some(replies);
        Ok(())
    }

    /// What the technician says to the instruction.
    pub(super) fn reply(&self, reply: GuideReply) {
        if let Some(replies) = &self.replies {
            // A test that has just ended wants no answer.
            let _ = replies.send(reply);
        }
    }

    /// Nobody is there any more to do what a test asks.
    pub(super) fn forsake(&mut self) {
        self.replies = None;
    }

    /// The test has ended.
    pub(super) fn ended(&mut self) {
        *self = Self::default();
    }
}

/// Tells the loop the end of a test, also of one that ended by a fault.
struct TellsEnd<'a> {
    run: &'a Run,
    report: Option<TestFacts>,
    inbox: &'a Sender<Message>,
}

impl Drop for TellsEnd<'_> {
    fn drop(&mut self) {
        let report = self.report.take().unwrap_or_else(|| TestFacts {
            kind: self.run.kind,
            level: self.run.level,
            identity: None,
            checks: vec![CheckFacts {
                name: "ends".to_owned(),
                verdict: Verdict::Failed,
                detail: String::new(),
            }],
        });
        let ask = self.run.ask;
        // A loop that has ended wants to hear nothing.
        let _ = self.inbox.send(Message::Tested { ask, report });
    }
}

fn test(mut run: Run, replies: Receiver<GuideReply>, inbox: &Sender<Message>) {
    if run.device_kind == DeviceKind::ReceiptPrinter && run.level != TestLevel::Silent {
        run.target.slip = crate::slips::test_slip(run.target.profile.head_bytes);
    }
    let mut end = TellsEnd {
        run: &run,
        report: None,
        inbox,
    };
    let level = match run.level {
        TestLevel::Silent => Level::Silent,
        TestLevel::Active => Level::Active,
        TestLevel::Guided => Level::Guided,
    };
    let mut technician = Technician {
        ask: run.ask,
        inbox,
        replies,
    };
    let report = conformance::run(run.device_kind, &run.target, level, &mut technician);
    if report.paper != PaperUse::default() {
        // As if the printer's own thread had told it: the roll has become shorter.
        let used = PrinterEvent::Used(report.paper);
        let told = DeviceReport::Printer(Report::Event(used));
        let _ = inbox.send(Message::Device(told));
    }
    // In the driver's own words, which a screen may not have in its language.
    for failed in report
        .checks
        .iter()
        .filter(|check| check.verdict == conformance::Verdict::Failed)
    {
        let (check, found) = (failed.name, &failed.detail);
        tracing::warn!(
            device = run.kind,
            check,
            found,
            "a check of the device failed"
        );
    }
    end.report = Some(TestFacts {
        kind: run.kind,
        level: run.level,
        identity: report.identity,
        checks: report.checks.iter().map(check).collect(),
    });
}

/// The guide of a test: asks on the screen and waits for the touch.
pub(super) struct Technician<'a> {
    pub(super) ask: AskId,
    pub(super) inbox: &'a Sender<Message>,
    pub(super) replies: Receiver<GuideReply>,
}

impl Technician<'_> {
    fn tell(&self, answer: Answer) {
        let event = Event::Service {
            ask: self.ask,
            answer,
        };
        // A loop that has ended is noticed by the reply that never comes.
        let _ = self.inbox.send(Message::Core(event));
    }
}

impl Guide for Technician<'_> {
    fn ask(&mut self, instruction: Instruction) -> conformance::Answer {
        self.tell(Answer::Guide(instructed(instruction)));
        match self.replies.recv() {
            Ok(GuideReply::Done) => conformance::Answer::Done,
            Ok(GuideReply::Skip) => conformance::Answer::Skip,
            Ok(GuideReply::Stop) | Err(mpsc::RecvError) => conformance::Answer::Stop,
        }
    }

    fn ended(&mut self, ended: &Check) {
        self.tell(Answer::Checked(check(ended)));
    }
}

fn check(check: &Check) -> CheckFacts {
    CheckFacts {
        name: check.name.to_owned(),
        verdict: match check.verdict {
            conformance::Verdict::Passed => Verdict::Passed,
            conformance::Verdict::Failed => Verdict::Failed,
            conformance::Verdict::Skipped => Verdict::Skipped,
        },
        detail: check.detail.clone(),
    }
}

/// The key of an instruction and its value.
fn instructed(instruction: Instruction) -> (&'static str, String) {
    let value = match instruction {
        Instruction::PressKey(key) => key.name().to_owned(),
        Instruction::Switch { signal, on } => {
            format!("{}-{}", signal.name(), if on { "on" } else { "off" })
        }
        Instruction::LayCard
        | Instruction::TakeCardAway
        | Instruction::OpenCover
        | Instruction::CloseCover
        | Instruction::TakePaperOut
        | Instruction::PutPaperIn
        | Instruction::CutPaperShort
        | Instruction::TakeSlip
        | Instruction::ShowCode
        | Instruction::LayPaper
        | Instruction::PullCable
        | Instruction::PlugCable => String::new(),
    };
    (instruction.name(), value)
}
