//! The behaviour of a scanner: triggers it, takes what it says, tells each code once.

use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use super::Settings;
use super::code::{Code, Rejection, Repeats, decode};
use super::framing::Framer;
use super::trigger::Family;
use super::wedge::Wedge;
use crate::input_event::{InputEvents, SIZE};
use crate::runner::{Driver, Fault, FaultKind, Identity};
use crate::selector::Selector;
use crate::transport::Transport;

/// How long a round lasts when nothing is scanned.
const ROUND: Duration = Duration::from_millis(100);

/// For a command of nine bytes to leave, even at 9,600 bits per second.
const SENDING: Duration = Duration::from_millis(500);

/// For a module to answer who it is.
const ANSWER: Duration = Duration::from_millis(500);

/// Questions before a module that should answer counts as silent.
const ASKS: u32 = 3;

/// What a scanner can be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScanCommand {
    /// Look for a code now. Nothing happens on a scanner that takes no commands.
    Trigger,
    /// Stop looking.
    Stop,
    /// What was told before did not help: it is told anew when it is seen again.
    Forget,
}

/// What a scanner has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeEvent {
    /// A code was presented.
    Code(Code),
    /// Something was presented that is no code.
    Rejected(Rejection),
    /// The command came while the scanner cannot be reached.
    Refused(ScanCommand),
}

impl CodeEvent {
    /// The event as `kiosk device watch code-scanner` prints it; `None` for those it does not.
    #[must_use]
    pub fn to_json(&self, reveal: bool) -> Option<serde_json::Value> {
        match self {
            Self::Code(code) => Some(code.to_json(reveal)),
            Self::Rejected(rejection) => Some(serde_json::json!({
                "event": "fault", "kind": "rejected", "detail": rejection.name(),
            })),
            Self::Refused(_) => None,
        }
    }
}

enum Input {
    Bytes(Framer),
    Keys { events: InputEvents, wedge: Wedge },
}

/// The driver of one scanner.
pub struct CodeScanner {
    family: Option<Family>,
    input: Input,
    presented: Presented,
}

impl CodeScanner {
    /// The scanner at `selector`: `evdev:` and `hid:` are a keyboard wedge, any other carrier
    /// a byte stream.
    #[must_use]
    pub fn at(selector: &Selector, settings: Settings) -> Self {
        match selector {
            Selector::Evdev(_) | Selector::Hid { .. } => Self::wedge(),
            Selector::Serial { .. }
            | Selector::Tcp { .. }
            | Selector::Usb { .. }
            | Selector::Escl(_)
            | Selector::Sane(_)
            | Selector::Camera(_)
            | Selector::CameraFrames(_)
            | Selector::File(_)
            | Selector::Ipp(_)
            | Selector::Sim => Self::new(settings),
        }
    }

    /// A scanner on a byte stream.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            family: settings.family,
            input: Input::Bytes(Framer::new(settings.ending)),
            presented: Presented::default(),
        }
    }

    /// A scanner that types, read as the kernel's input events.
    #[must_use]
    pub fn wedge() -> Self {
        Self {
            family: None,
            input: Input::Keys {
                events: InputEvents::default(),
                wedge: Wedge::default(),
            },
            presented: Presented::default(),
        }
    }

    fn clear(&mut self) {
        match &mut self.input {
            Input::Bytes(framer) => framer.clear(),
            Input::Keys { events, wedge } => {
                events.clear();
                wedge.reset();
            }
        }
    }

    /// Asks a module that answers; one that does not has no way to say who it is.
    fn prove(family: Family, line: &mut dyn Transport) -> Result<(), Fault> {
        let Some(proof) = family.proof() else {
            return send(line, family.stop());
        };
        let mut fault = FaultKind::NoAnswer;
        for _ in 0..ASKS {
            send(line, family.stop())?;
            let deadline = line.now() + ANSWER;
            let mut seen = Zeroizing::new(Vec::new());
            let mut buffer = Zeroizing::new([0; 64]);
            while line.now() < deadline && seen.len() < 1024 {
                let count = line.read(&mut *buffer, deadline)?;
                seen.extend_from_slice(buffer.get(..count).unwrap_or_default());
                // A code left over from before may come first.
                if seen.windows(proof.len()).any(|window| window == proof) {
                    return Ok(());
                }
            }
            if !seen.is_empty() {
                fault = FaultKind::WrongDevice;
            }
        }
        Err(Fault::new(fault, "ask the module"))
    }

    fn command(&mut self, line: &mut dyn Transport, command: ScanCommand) -> Result<(), Fault> {
        let command: fn(Family) -> &'static [u8] = match command {
            ScanCommand::Trigger => Family::trigger,
            ScanCommand::Stop => Family::stop,
            ScanCommand::Forget => {
                self.presented.repeats.forget();
                return Ok(());
            }
        };
        let (Some(family), Input::Bytes(framer)) = (self.family, &mut self.input) else {
            return Ok(());
        };
        let bytes = command(family);
        send(line, bytes)?;
        let sure = family.proof().is_some();
        framer.expect(family.replies(), sure, line.now());
        Ok(())
    }

    /// Takes what came at `now`.
    fn take(&mut self, now: Duration, bytes: &[u8], emit: &mut dyn FnMut(CodeEvent)) {
        let presented = &mut self.presented;
        match &mut self.input {
            Input::Bytes(framer) => framer.push(now, bytes, &mut |framed| {
                presented.tell(now, framed, emit);
            }),
            Input::Keys { events, wedge } => events.push(bytes, &mut |event| {
                if let Some(typed) = wedge.push(event) {
                    let framed = typed.map(|text| Zeroizing::new(text.as_bytes().to_vec()));
                    presented.tell(now, framed, emit);
                }
            }),
        }
    }

    /// When something happens by the mere passing of time.
    fn deadline(&self) -> Option<Duration> {
        match &self.input {
            Input::Bytes(framer) => framer.deadline(),
            Input::Keys { .. } => None,
        }
    }
}

/// What was presented, each code told once.
#[derive(Default)]
struct Presented {
    repeats: Repeats,
    codes: u64,
    repeated: u64,
    rejected: u64,
}

impl Presented {
    /// Decodes a payload and tells of it, unless it was told of already. After one that broke
    /// off all are told anew: the lines of a passport belong together.
    fn tell(
        &mut self,
        now: Duration,
        framed: Result<Zeroizing<Vec<u8>>, Rejection>,
        emit: &mut dyn FnMut(CodeEvent),
    ) {
        match framed.and_then(|payload| decode(&payload)) {
            Ok(Some(code)) if self.repeats.fresh(now, code.text()) => {
                self.codes += 1;
                emit(CodeEvent::Code(code));
            }
            Ok(Some(_)) => self.repeated += 1,
            Ok(None) => {}
            Err(rejection) => {
                self.rejected += 1;
                self.repeats.forget();
                emit(CodeEvent::Rejected(rejection));
            }
        }
    }
}

fn send(line: &mut dyn Transport, bytes: &[u8]) -> Result<(), Fault> {
    let deadline = line.now() + SENDING;
    if line.write(bytes, deadline)? < bytes.len() {
        return Err(Fault::new(FaultKind::NoAnswer, "command the scanner"));
    }
    Ok(())
}

impl Driver for CodeScanner {
    type Command = ScanCommand;
    type Event = CodeEvent;

    fn identify(&mut self, line: &mut dyn Transport) -> Result<Identity, Fault> {
        self.clear();
        if let Some(family) = self.family {
            Self::prove(family, line)?;
            if let Input::Bytes(framer) = &mut self.input {
                // The answer was taken; only one to an earlier question may still come.
                framer.expect(family.replies(), false, line.now());
            }
        }
        let detail = match (&self.input, self.family) {
            (Input::Keys { .. }, _) => "wedge",
            (Input::Bytes(_), Some(family)) => family.name(),
            (Input::Bytes(_), None) => "stream",
        };
        Ok(Identity {
            name: "code scanner".to_owned(),
            detail: Some(detail.to_owned()),
        })
    }

    fn step(
        &mut self,
        line: &mut dyn Transport,
        commands: &mut dyn FnMut() -> Option<ScanCommand>,
        emit: &mut dyn FnMut(CodeEvent),
    ) -> Result<(), Fault> {
        while let Some(command) = commands() {
            self.command(line, command)?;
        }
        let end = line.now() + ROUND;
        let deadline = self.deadline().map_or(end, |due| due.min(end));
        // Whole input events only; the kernel refuses a smaller buffer.
        let mut buffer = [0; 32 * SIZE];
        let count = line.read(&mut buffer, deadline)?;
        let now = line.now();
        self.take(now, buffer.get(..count).unwrap_or_default(), emit);
        buffer.zeroize();
        match &mut self.input {
            Input::Bytes(framer) => {
                let presented = &mut self.presented;
                framer.idle(now, &mut |framed| presented.tell(now, framed, emit));
            }
            // The kernel gives whole events: half of one that is followed by quiet lost the rest.
            Input::Keys { events, .. } if count == 0 => events.clear(),
            Input::Keys { .. } => {}
        }
        self.presented.repeats.expire(now);
        Ok(())
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        let presented = &self.presented;
        vec![
            ("codes_read", presented.codes),
            ("codes_repeated", presented.repeated),
            ("codes_rejected", presented.rejected),
        ]
    }

    fn failed(&mut self, _fault: &Fault, _emit: &mut dyn FnMut(CodeEvent)) {
        self.clear();
    }

    fn refuse(&mut self, command: ScanCommand, _fault: &Fault, emit: &mut dyn FnMut(CodeEvent)) {
        emit(CodeEvent::Refused(command));
    }
}
