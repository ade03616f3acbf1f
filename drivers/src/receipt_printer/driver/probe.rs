//! What a printer really does, found by trying; what it claims to be is only noted.
//!
//! Source: the printer fact sheet, sections 1.8 and 1.9 ("Clones lie").

use std::time::Duration;

use serde::Serialize;

use super::conversation::{Conversation, Stop};
use super::{PrinterDriver, put};
use crate::receipt_printer::ProcessId;
use crate::receipt_printer::journal::Journal;
use crate::receipt_printer::profile::StatusStyle;
use crate::receipt_printer::protocol::commands::{
    Command, EnableStatusBack, Feed, IdentifyModel, ReportProcess, StatusQuery,
};
use crate::runner::{Fault, FaultKind};
use crate::transport::Transport;

/// How long each thing tried may take to show.
const TRIAL: Duration = Duration::from_secs(3);
/// How often the sensors are asked meanwhile.
const POLL: Duration = Duration::from_secs(1);
/// Blank rows of the maintenance slip: what does not print is seen as blank.
const SLIP_ROWS: u8 = 120;

/// What a printer did when it was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// The model it claims to be, for the technician's eyes only; `None` when it says nothing.
    pub claims: Option<String>,
    /// It answers `DLE EOT 1` with its fixed bits.
    pub real_time_status: bool,
    /// It answers `DLE EOT 1` with bit 7 where another would have none.
    pub torn_flag: bool,
    /// It answers `10 04 14` with six bytes.
    pub full_status: bool,
    /// It reports changes by itself.
    pub status_back: bool,
    /// It confirms `DLE DC4 8`.
    pub real_time_clear: bool,
    /// It answers `GS r`.
    pub fence: bool,
    /// It gave two different process numbers back, each its own.
    pub process_id: bool,
}

impl Findings {
    /// The profile built in that promises no more than was found; `None` when none of them
    /// does, because nothing proves that a slip is printed.
    #[must_use]
    pub fn profile(&self) -> Option<&'static str> {
        if self.full_status && self.fence {
            Some("custom")
        } else if self.torn_flag && self.fence {
            Some("cashino")
        } else if self.process_id && self.real_time_clear && self.status_back {
            Some("epson")
        } else if self.real_time_status && self.fence {
            Some("generic")
        } else {
            None
        }
    }
}

impl<J: Journal> PrinterDriver<J> {
    /// Tries everything that tells the families apart; prints one short maintenance slip.
    pub(super) fn probe(&mut self, line: &mut dyn Transport) -> Result<Findings, Stop> {
        let full_status = self.listen_as(line, StatusStyle::FullStatus)?;
        let real_time_status = self.listen_as(line, StatusStyle::RealTime)?;
        let real_time_clear = self.talk.clear(line)?;
        let mut findings = Findings {
            claims: None,
            real_time_status,
            torn_flag: false,
            full_status,
            status_back: false,
            real_time_clear,
            fence: false,
            process_id: false,
        };
        findings.status_back = self.tries_status_back(line)?;
        findings.fence = self.tries_fence(line)?;
        findings.claims = self.tries_model(line)?;
        findings.process_id = self.tries_process_id(line, 1)? && self.tries_process_id(line, 2)?;
        let ending = self.delivery_bytes();
        self.talk
            .send(line, &[Feed { units: SLIP_ROWS }.bytes(), ending].concat())?;
        // A slip hangs at the bar now: where the flag exists, it is set.
        self.talk.watch(line, TRIAL, POLL)?;
        if !full_status {
            self.fresh(StatusStyle::TornFlag);
            let flagged = self.talk.ask(line, StatusQuery::Printer)?;
            findings.torn_flag = flagged.is_some_and(|byte| byte & 0x80 != 0);
        }
        self.fresh(self.settings.profile.status);
        self.cleared = false;
        Ok(findings)
    }

    /// The fault of a printer that gives no status in its profile's way.
    pub(super) fn who_is_it(&mut self, line: &mut dyn Transport) -> Fault {
        let silent = Fault::new(FaultKind::NoAnswer, "identify");
        let own = self.settings.profile.status;
        for style in [
            StatusStyle::RealTime,
            StatusStyle::TornFlag,
            StatusStyle::FullStatus,
        ] {
            if style != own && matches!(self.listen_as(line, style), Ok(true)) {
                self.fresh(own);
                return Fault::new(FaultKind::WrongDevice, "identify").with_key("other_profile");
            }
        }
        self.fresh(own);
        silent
    }

    /// Whether the sensors answer in `style`; nothing prints.
    fn listen_as(&mut self, line: &mut dyn Transport, style: StatusStyle) -> Result<bool, Stop> {
        self.fresh(style);
        match style {
            StatusStyle::FullStatus => self.talk.ask_all(line),
            StatusStyle::RealTime | StatusStyle::TornFlag => {
                Ok(self.talk.ask(line, StatusQuery::Printer)?.is_some())
            }
        }
    }

    /// Forgets everything heard and listens in `style` from now on.
    fn fresh(&mut self, style: StatusStyle) {
        self.talk = Conversation::new(&self.settings, style, self.epoch);
    }

    fn tries_status_back(&mut self, line: &mut dyn Transport) -> Result<bool, Stop> {
        let before = self.talk.status_groups();
        self.talk.send(line, &EnableStatusBack.bytes())?;
        self.talk.await_status(line, before, TRIAL)
    }

    fn tries_fence(&mut self, line: &mut dyn Transport) -> Result<bool, Stop> {
        self.talk.begin_job();
        let fence = self.talk.last_fence();
        self.talk.send(line, &fence)?;
        let deadline = line.now() + TRIAL;
        passed(self.talk.await_fence(line, deadline, POLL))
    }

    fn tries_model(&mut self, line: &mut dyn Transport) -> Result<Option<String>, Stop> {
        self.talk.take_block();
        self.talk.send(line, &IdentifyModel.bytes())?;
        self.talk.watch(line, POLL, POLL)?;
        Ok(self.talk.take_block().map(|block| {
            let text = block.iter().skip(1).filter(|byte| byte.is_ascii_graphic());
            text.map(|byte| char::from(*byte)).take(40).collect()
        }))
    }

    /// A clone may always give the same number: two that differ are asked for.
    fn tries_process_id(&mut self, line: &mut dyn Transport, number: u16) -> Result<bool, Stop> {
        let id = ProcessId::wrapping(number);
        let mut bytes = Vec::new();
        put(&mut bytes, &ReportProcess { id });
        self.talk.begin_job();
        self.talk.send(line, &bytes)?;
        let awaited = self.talk.awaited(id.digits());
        let deadline = line.now() + TRIAL;
        passed(self.talk.await_confirmation(line, awaited, deadline, POLL))
    }
}

/// A trial that showed nothing in time is an answer; a broken line is not.
fn passed(result: Result<(), Stop>) -> Result<bool, Stop> {
    match result {
        Ok(()) => Ok(true),
        Err(Stop::Timeout | Stop::WrongConfirmation | Stop::Garbled) => Ok(false),
        Err(stop) => Err(stop),
    }
}
