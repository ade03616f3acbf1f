//! The code scanner: triggered while a page asks for something a code can carry, and what it
//! reads told apart.

use std::time::Duration;

use city_api::numbers::ReceiptNumber;
use kiosk_core::{Code, Now, Secret};
use kiosk_drivers::code_scanner::{self, CodeEvent, CodeScanner, ScanCommand};
use kiosk_drivers::id_card::Date;
use kiosk_drivers::mrz::{self, Collected, Collector, MrzError, TravelDocument};
use kiosk_drivers::runner::DeviceThread;
use kiosk_drivers::selector::Selector;

use super::{DeviceError, Way, start, switched};
use crate::config;

/// A module stops looking by itself after some seconds: it is told again this often.
const AGAIN: Duration = Duration::from_secs(4);

/// The running code scanner.
pub(super) struct Codes {
    thread: DeviceThread<ScanCommand>,
    listening: Listening,
}

/// Whether codes are wanted, and what has been read of one.
#[derive(Default)]
pub(super) struct Listening {
    /// When the module was triggered last; `None` while no page asks for a code.
    triggered: Option<Duration>,
    lines: Collector,
}

impl Codes {
    /// The one at `selector`, set up as `config` says.
    pub(super) fn start<E: Send + 'static>(
        selector: &Selector,
        config: &config::Devices,
        (events, map): Way<E, CodeEvent>,
    ) -> Result<Self, DeviceError> {
        let settings = config.code_scanner_settings;
        let line = code_scanner::line(selector, settings);
        let line = switched(line, config.port_power.as_deref(), selector);
        let driver = CodeScanner::at(selector, settings);
        let thread = code_scanner::start_on(line, driver, events, map)
            .map_err(|source| start("code scanner", source))?;
        Ok(Self {
            thread,
            listening: Listening::default(),
        })
    }

    /// Looks for codes from now on, or no longer; half-read lines are wiped.
    pub(super) fn listen(&mut self, now: Duration, on: bool) {
        self.listening = Listening::default();
        if on {
            self.trigger(now);
        } else {
            self.thread.send(ScanCommand::Stop);
        }
    }

    /// The module was found anew: it knows nothing of an earlier trigger.
    pub(super) fn found(&mut self, now: Duration) {
        if self.listening.triggered.is_some() {
            self.trigger(now);
        }
    }

    /// Triggers a module that has stopped looking by itself. Lines of a passport whose others
    /// did not come are wanted anew, all of them.
    pub(super) fn keep_looking(&mut self, now: Duration) {
        if self.listening.lines.give_up(now) {
            self.thread.send(ScanCommand::Forget);
        }
        if self.listening.due(now) {
            self.trigger(now);
        }
    }

    /// What the module read, in the core's words; `None` while nobody asks, or when more of it
    /// is to come.
    pub(super) fn read(&mut self, now: Now, event: &CodeEvent) -> Option<Code> {
        let code = self.listening.read(now, event);
        if let Some(Code::Doubtful | Code::Unreadable) = code {
            self.thread.send(ScanCommand::Forget);
        }
        if code.is_some() {
            self.trigger(now.up);
        }
        code
    }

    fn trigger(&mut self, now: Duration) {
        self.listening.triggered = Some(now);
        self.thread.send(ScanCommand::Trigger);
    }
}

impl Listening {
    fn due(&self, now: Duration) -> bool {
        let since = self.triggered.map(|at| now.saturating_sub(at));
        since.is_some_and(|since| since >= AGAIN)
    }

    fn read(&mut self, now: Now, event: &CodeEvent) -> Option<Code> {
        self.triggered?;
        let code = match event {
            CodeEvent::Code(code) => code,
            CodeEvent::Rejected(_) => {
                self.lines = Collector::default();
                return Some(Code::Unreadable);
            }
            CodeEvent::Refused(_) => return None,
        };
        match self.lines.push(now.up, code.text(), today(now)?) {
            Collected::More => None,
            Collected::Document(document) => Some(travel(Ok(&document))),
            Collected::Failed(error) => Some(travel(Err(error))),
            Collected::Other => Some(number_or_text(code.text())),
        }
    }
}

/// What machine-readable lines say that somebody typed.
pub(crate) fn typed_zone(now: Now, text: &str) -> Code {
    match today(now) {
        Some(today) => travel(mrz::parse(text, today).as_ref().map_err(|error| *error)),
        None => Code::Unreadable,
    }
}

/// A travel document goes by its number alone.
fn travel(document: Result<&TravelDocument, MrzError>) -> Code {
    match document {
        Ok(document) => Code::Travel(Secret::new(document.number.as_str())),
        Err(MrzError::CheckDigit(_)) => Code::Doubtful,
        Err(_) => Code::Unreadable,
    }
}

/// A receipt number is told by its check character.
fn number_or_text(text: &str) -> Code {
    match text.parse::<ReceiptNumber>() {
        Ok(number) => Code::Receipt(Secret::new(number.to_string())),
        Err(_) => Code::Text(Secret::new(text)),
    }
}

fn today(now: Now) -> Option<Date> {
    let day = now.civil.date();
    let digits = format!("{:04}{:02}{:02}", day.year(), day.month(), day.day());
    Date::from_digits(&digits)
}

#[cfg(test)]
mod tests {
    use kiosk_drivers::code_scanner::{Rejection, decode};

    use super::*;

    fn now() -> Now {
        Now {
            up: Duration::from_secs(60),
            civil: jiff::civil::date(2026, 11, 23).at(10, 0, 0, 0),
        }
    }

    fn listening() -> Listening {
        Listening {
            triggered: Some(now().up),
            ..Listening::default()
        }
    }

    fn presented(text: &str) -> CodeEvent {
        CodeEvent::Code(decode(text.as_bytes()).unwrap().unwrap())
    }

    /// The specimen of ICAO 9303-4, appendix A.
    const LINES: [&str; 2] = [
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ];

    #[test]
    fn a_passport_comes_line_by_line_and_only_its_number_goes_on() {
        let mut listening = listening();
        assert_eq!(listening.read(now(), &presented(LINES[0])), None);
        let number = Some(Code::Travel(Secret::new("L898902C3")));
        assert_eq!(listening.read(now(), &presented(LINES[1])), number);
    }

    #[test]
    fn a_line_that_broke_off_leaves_the_passport_to_be_read_from_its_first() {
        let mut listening = listening();
        let rejected = CodeEvent::Rejected(Rejection::Unfinished);
        assert_eq!(listening.read(now(), &presented(LINES[0])), None);
        assert_eq!(listening.read(now(), &rejected), Some(Code::Unreadable));
        assert_eq!(listening.read(now(), &presented(LINES[1])), None);
        let number = Some(Code::Travel(Secret::new("L898902C3")));
        assert_eq!(listening.read(now(), &presented(LINES[0])), number);
    }

    #[test]
    fn a_passport_with_a_wrong_check_digit_is_doubtful() {
        let mut listening = listening();
        let wrong = LINES[1].replace("C36UTO", "C37UTO");
        let both = presented(&format!("{}\n{wrong}", LINES[0]));
        assert_eq!(listening.read(now(), &both), Some(Code::Doubtful));
    }

    #[test]
    fn typed_lines_say_the_same_as_scanned_ones_and_need_no_scanner() {
        let typed = |text: &str| typed_zone(now(), text);
        let number = Code::Travel(Secret::new("L898902C3"));
        assert_eq!(typed(&LINES.concat()), number);
        assert_eq!(typed(&LINES.join("\n").to_lowercase()), number);
        let wrong = LINES.concat().replace("C36UTO", "C37UTO");
        assert_eq!(typed(&wrong), Code::Doubtful);
        for text in ["", LINES[1], "L898902C3", &"<".repeat(5_000)] {
            assert_eq!(typed(text), Code::Unreadable);
        }
    }

    #[test]
    fn a_receipt_number_with_a_slipped_character_is_only_text() {
        let kiosk = "K2Q".parse().unwrap();
        let number = ReceiptNumber::new(kiosk, [7; 8]).to_string();
        let read = |text: &str| listening().read(now(), &presented(text)).unwrap();
        assert_eq!(read(&number), Code::Receipt(Secret::new(number.as_str())));
        let last = if number.ends_with('2') { "3" } else { "2" };
        let slipped = format!("{}{last}", &number[..number.len() - 1]);
        assert!(matches!(read(&slipped), Code::Text(_)));
    }

    #[test]
    fn what_is_read_while_nobody_asks_is_dropped() {
        let mut idle = Listening::default();
        assert_eq!(idle.read(now(), &presented(LINES[0])), None);
        let rejected = CodeEvent::Rejected(Rejection::TooLong);
        assert_eq!(idle.read(now(), &rejected), None);
        assert!(!idle.due(Duration::from_secs(3_600)));
        assert_eq!(
            listening().read(now(), &rejected),
            Some(Code::Unreadable),
            "but said where it was asked for"
        );
    }

    #[test]
    fn a_module_that_stopped_looking_is_told_again() {
        let listening = listening();
        assert!(!listening.due(now().up + Duration::from_secs(3)));
        assert!(listening.due(now().up + Duration::from_secs(4)));
    }
}
