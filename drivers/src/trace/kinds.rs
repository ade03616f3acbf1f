//! The kinds of devices that can be recorded: their drivers, settings, orders and words.

use serde_json::{Value, json};

use super::drive::{Bench, Speech, drive};
use super::file::{Trace, TraceError};
use crate::cabinet::{Cabinet, CabinetCommand, RegisterMap};
use crate::code_scanner::{CodeScanner, Ending, Family, ScanCommand};
use crate::conformance::{DeviceKind, Target, ruler};
use crate::id_card::CardReader;
use crate::keypad::Keypad;
use crate::receipt_printer::{
    Job, JobId, MemoryJournal, PrinterCommand, PrinterDriver, PrinterEvent, ProcessId, Profile,
    Settings,
};
use crate::runner::Driver;
use crate::selector::Selector;

/// The longest ruler that is printed for a recording, in millimetres.
const MAX_RULER: usize = 300;

/// What a driver is made with.
pub(super) struct Facts {
    target: Target,
    /// Receipt printer: first process number and pace.
    printer: Settings,
    /// A scanner that types.
    pub(super) wedge: bool,
    registers: RegisterMap,
}

impl Facts {
    /// The facts of the device at `target`; `random` is any number.
    pub(super) fn of_target(target: &Target, random: u16) -> Result<Self, TraceError> {
        let printer = Settings::for_profile(target.profile.clone(), &target.selector, random);
        let registers = match &target.registers {
            Some(map) => map.clone(),
            None => RegisterMap::sample().map_err(|_| unusable("registers"))?,
        };
        Ok(Self {
            wedge: matches!(target.selector, Selector::Evdev(_) | Selector::Hid { .. }),
            target: target.clone(),
            printer,
            registers,
        })
    }

    /// The facts a recording was made with; what it does not hold is `target`'s.
    pub(super) fn of_trace(trace: &Trace, target: &Target) -> Result<Self, TraceError> {
        let mut target = target.clone();
        match trace.setting("family") {
            Some(name) => target.codes.family = Some(family(name)?),
            None => target.codes.family = None,
        }
        if let Some(name) = trace.setting("profile").filter(|name| *name != "given") {
            target.profile = Profile::named(name).map_err(|_| unusable("profile"))?;
        }
        if trace.setting("ending") == Some("terminator") {
            target.codes.ending = Ending::Terminator;
        }
        let mut facts = Self::of_target(&target, 1)?;
        facts.wedge = trace.setting("typed") == Some("true");
        if let Some(first) = trace.setting("first-id") {
            let first = first.parse().map_err(|_| unusable("first-id"))?;
            facts.printer.first_process_id = ProcessId::wrapping(first);
        }
        if let Some(pace) = trace.setting("pace") {
            facts.printer.pace = Some(pace.parse().map_err(|_| unusable("pace"))?);
        }
        Ok(facts)
    }

    /// What has to stand in the head, so that the replay has the same driver.
    pub(super) fn settings(&self, kind: DeviceKind) -> Vec<(&'static str, String)> {
        let mut settings = Vec::new();
        match kind {
            DeviceKind::CodeScanner => {
                let codes = &self.target.codes;
                settings.extend(
                    codes
                        .family
                        .map(|family| ("family", family.name().to_owned())),
                );
                if codes.ending == Ending::Terminator {
                    settings.push(("ending", "terminator".to_owned()));
                }
                if self.wedge {
                    settings.push(("typed", "true".to_owned()));
                }
            }
            DeviceKind::ReceiptPrinter => {
                let name = &self.printer.profile.name;
                let shipped = Profile::named(name).is_ok_and(|it| it == self.printer.profile);
                let name = if shipped { name } else { "given" };
                settings.push(("profile", name.to_owned()));
                settings.push(("first-id", self.printer.first_process_id.get().to_string()));
                settings.extend(self.printer.pace.map(|pace| ("pace", pace.to_string())));
            }
            DeviceKind::IdCard
            | DeviceKind::Keypad
            | DeviceKind::DocumentPrinter
            | DeviceKind::Scanner
            | DeviceKind::Cabinet => {}
        }
        settings
    }

    /// The command language of the code scanner.
    pub(super) fn family(&self) -> Option<Family> {
        self.target.codes.family
    }

    /// Checks that `text` is an order of `kind`.
    pub(super) fn understands(&self, kind: DeviceKind, text: &str) -> bool {
        match kind {
            DeviceKind::CodeScanner => scan_order(text).is_some(),
            DeviceKind::ReceiptPrinter => self.print_order(text).is_some(),
            DeviceKind::Cabinet => self.light_order(text).is_some(),
            DeviceKind::IdCard
            | DeviceKind::Keypad
            | DeviceKind::DocumentPrinter
            | DeviceKind::Scanner => false,
        }
    }

    /// `print MILLIMETRES` of the ruler, or `clear`.
    fn print_order(&self, text: &str) -> Option<PrinterCommand> {
        if text == "clear" {
            return Some(PrinterCommand::ClearAtStart);
        }
        let length: usize = text.strip_prefix("print ")?.parse().ok()?;
        if !(1..=MAX_RULER).contains(&length) {
            return None;
        }
        Some(PrinterCommand::Print(Job {
            id: JobId("trace".to_owned()),
            content_hash: [0; 32],
            bitmap: ruler(self.printer.profile.head_bytes, length).ok()?,
            copies: 1,
            reprint: None,
        }))
    }

    /// `light SLOT on|off`.
    fn light_order(&self, text: &str) -> Option<CabinetCommand> {
        let (slot, state) = text.strip_prefix("light ")?.split_once(' ')?;
        let slot = self.registers.slots().find(|it| it.name() == slot)?;
        let on = match state {
            "on" => true,
            "off" => false,
            _ => return None,
        };
        Some(CabinetCommand::Light { slot, on })
    }
}

fn unusable(name: &'static str) -> TraceError {
    let reason = "has a value this version does not know";
    TraceError::Setting { name, reason }
}

fn family(name: &str) -> Result<Family, TraceError> {
    let all = [Family::Honeywell, Family::Newland, Family::Gm65];
    let found = all.into_iter().find(|family| family.name() == name);
    found.ok_or(unusable("family"))
}

/// `trigger`, `stop` or `forget`.
fn scan_order(text: &str) -> Option<ScanCommand> {
    match text {
        "trigger" => Some(ScanCommand::Trigger),
        "stop" => Some(ScanCommand::Stop),
        "forget" => Some(ScanCommand::Forget),
        _ => None,
    }
}

/// A driver about to be driven.
pub(super) struct Play<'a> {
    pub(super) bench: &'a mut dyn Bench,
    pub(super) tell: &'a mut dyn FnMut(Value),
}

impl Play<'_> {
    fn driver<D: Driver>(
        self,
        driver: D,
        order: impl Fn(&str) -> Option<D::Command>,
        words: impl Fn(&D::Event) -> Option<Value>,
    ) {
        let speech = Speech {
            order: &order,
            words: &words,
        };
        drive(driver, &speech, self.bench, self.tell);
    }
}

/// Drives the kind's own driver. Kinds without a byte stream never come here.
pub(super) fn with_driver(kind: DeviceKind, facts: &Facts, reveal: bool, play: Play<'_>) {
    let target = &facts.target;
    match kind {
        DeviceKind::IdCard => play.driver(
            CardReader::new(target.reader.clone()),
            |_| None,
            |event| event.to_json(reveal),
        ),
        DeviceKind::Keypad => play.driver(
            Keypad::new(target.keys.clone()),
            |_| None,
            |event| Some(event.to_json()),
        ),
        DeviceKind::CodeScanner => {
            let scanner = if facts.wedge {
                CodeScanner::wedge()
            } else {
                CodeScanner::new(target.codes)
            };
            play.driver(scanner, scan_order, |event| event.to_json(reveal));
        }
        DeviceKind::ReceiptPrinter => play.driver(
            PrinterDriver::new(facts.printer.clone(), MemoryJournal::default()),
            |text| facts.print_order(text),
            printer_words,
        ),
        DeviceKind::Cabinet => play.driver(
            Cabinet::new(facts.registers.clone()),
            |text| facts.light_order(text),
            |event| event.to_json(),
        ),
        DeviceKind::DocumentPrinter | DeviceKind::Scanner => {}
    }
}

fn printer_words(event: &PrinterEvent) -> Option<Value> {
    Some(match event {
        PrinterEvent::Outcome { outcome, .. } => json!({
            "event": "outcome",
            "outcome": outcome.as_str(),
            "cause": outcome.cause().map(crate::receipt_printer::Cause::as_str),
        }),
        PrinterEvent::SlipReady { .. } => json!({"event": "slip_ready"}),
        PrinterEvent::Supply(supply) => json!({"event": "supply", "supply": supply}),
        PrinterEvent::Cleared => json!({"event": "cleared"}),
        PrinterEvent::Used(_) | PrinterEvent::Probed(_) | PrinterEvent::Status(_) => return None,
    })
}
