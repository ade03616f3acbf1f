//! The pretended room's answers to the technician's service.

use kiosk_core::service::{
    Answer, CheckFacts, DeviceFacts, Errand, HealthShown, MachineFacts, PinAnswer, RollFacts,
    ServiceFacts, TestFacts, TestLevel, Verdict,
};

use super::super::super::place::SAMPLE_PIN;

/// What the room remembers of the service.
#[derive(Default)]
pub(super) struct Service {
    roll: RollFacts,
}

impl Service {
    /// The shell's answer; `None` where there is none.
    pub(super) fn answer(&mut self, errand: Errand) -> Option<Answer> {
        Some(match errand {
            Errand::Entrance => Answer::Pin(PinAnswer::Ask),
            Errand::CheckPin(pin) if pin.reveal() == SAMPLE_PIN => Answer::Pin(PinAnswer::Right),
            Errand::CheckPin(_) => Answer::Pin(PinAnswer::Wrong { left: 4 }),
            Errand::Look => Answer::Facts(Box::new(self.facts())),
            Errand::Test { kind, level } => Answer::Tested(Box::new(TestFacts {
                kind,
                level,
                identity: None,
                checks: vec![CheckFacts {
                    name: "opens".to_owned(),
                    verdict: Verdict::Passed,
                    detail: String::new(),
                }],
            })),
            Errand::PaperReplaced { metres } => {
                self.roll.length_mm = u32::from(metres) * 1000;
                Answer::RollKept(true)
            }
            Errand::Guided(_) | Errand::Leave => return None,
        })
    }

    fn facts(&self) -> ServiceFacts {
        ServiceFacts {
            devices: vec![DeviceFacts {
                kind: "receipt-printer",
                state: HealthShown::Online,
                detail: String::new(),
                since: None,
                supplies: Vec::new(),
                counters: Vec::new(),
                tests: vec![TestLevel::Silent, TestLevel::Active],
                roll: Some(self.roll),
            }],
            events: Vec::new(),
            machine: MachineFacts {
                waiting: 0,
                oldest: None,
                quarantined: 0,
                disk_free: None,
                can_store: true,
                enrolled: true,
                has_voice: true,
                past_kept: true,
                clock: jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0),
                version: "0.1.0",
            },
        }
    }
}
