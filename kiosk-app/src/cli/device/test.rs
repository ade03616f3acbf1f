//! `kiosk device test`: the conformance run on a real device.

use std::io::{BufRead, Write};

use clap::{Args, ValueEnum};
use kiosk_drivers::conformance::{self, Answer, Check, DeviceKind, Guide, Instruction, NoGuide};

use super::super::{CHECK_FAILED, Exit, Failure};
use super::{About, driven};

/// `kiosk device test`.
#[derive(Args)]
pub(super) struct Test {
    #[command(flatten)]
    about: About,
    /// How much is done; each level does what the ones before it do, too.
    #[arg(long, value_enum, default_value_t = Level::Silent)]
    level: Level,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    Silent,
    Active,
    Guided,
}

impl From<Level> for conformance::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Silent => Self::Silent,
            Level::Active => Self::Active,
            Level::Guided => Self::Guided,
        }
    }
}

impl Test {
    pub(super) fn run(self) -> Result<(), Failure> {
        let kind = driven(self.about.kind)?;
        let mut target = self.about.setup.target(kind, self.about.device)?;
        if kind == DeviceKind::ReceiptPrinter && self.level != Level::Silent {
            target.slip = kiosk::slips::test_slip(target.profile.head_bytes);
        }
        let level = self.level.into();
        let report = if self.level == Level::Guided {
            conformance::run(kind, &target, level, &mut Terminal)
        } else {
            conformance::run(kind, &target, level, &mut NoGuide)
        };
        if self.json {
            println!("{}", report.to_json());
        } else {
            println!("{report}");
        }
        if report.passed() {
            Ok(())
        } else {
            Err(anyhow::anyhow!("the {} did not pass", kind.name())).exit(CHECK_FAILED)
        }
    }
}

/// The person at the terminal.
struct Terminal;

impl Guide for Terminal {
    fn ask(&mut self, instruction: Instruction) -> Answer {
        let mut input = std::io::stdin().lock();
        talk(instruction, &mut input, &mut std::io::stderr())
    }

    fn ended(&mut self, check: &Check) {
        eprintln!("{check}");
    }
}

/// Asks until an answer is understood; nobody there ends the run.
fn talk(instruction: Instruction, input: &mut dyn BufRead, output: &mut dyn Write) -> Answer {
    /// No answer is longer.
    const MOST: u64 = 256;
    loop {
        // A prompt that cannot be shown is no reason not to listen.
        let _ = write!(output, "{instruction} [Enter = done, s = skip, q = quit] ");
        let _ = output.flush();
        let mut line = String::new();
        let read = std::io::Read::take(&mut *input, MOST).read_line(&mut line);
        match (read, line.trim()) {
            (Err(_) | Ok(0), _) => return Answer::Stop,
            (Ok(_), "") => return Answer::Done,
            (Ok(_), "s" | "S") => return Answer::Skip,
            (Ok(_), "q" | "Q") => return Answer::Stop,
            (Ok(_), _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &[u8]) -> (Answer, String) {
        let mut prompts = Vec::new();
        let mut input = typed;
        let answer = talk(Instruction::LayCard, &mut input, &mut prompts);
        (answer, String::from_utf8(prompts).unwrap())
    }

    #[test]
    fn enter_s_and_q_are_understood_and_nothing_else() {
        assert_eq!(answer(b"\n").0, Answer::Done);
        assert_eq!(answer(b"s\n").0, Answer::Skip);
        assert_eq!(answer(b"q\r\n").0, Answer::Stop);
        let (last, prompts) = answer(b"what?\n\n");
        assert_eq!(last, Answer::Done);
        assert_eq!(prompts.matches("Lay a card").count(), 2, "{prompts}");
    }

    #[test]
    fn a_terminal_that_is_gone_ends_the_run() {
        assert_eq!(answer(b"").0, Answer::Stop);
        assert_eq!(answer(b"what?").0, Answer::Stop);
    }
}
