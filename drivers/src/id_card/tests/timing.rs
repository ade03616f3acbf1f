//! When requests are sent, and at which speed.

use std::time::Duration;

use super::super::ReaderCommand;
use super::super::protocol::commands::SPEEDS;
use super::super::protocol::frame::AnswerParser;
use super::{Room, zhang_san};
use crate::runner::Driver;
use crate::transport::{Transport, TransportError};

/// A line on which only one speed is understood, either way.
pub(super) struct OneSpeed<T> {
    line: T,
    device: u32,
    pub(super) host: u32,
    tried: Vec<u32>,
    /// Whether the device takes a new speed when told.
    pub(super) follows: bool,
    /// Whether it answers that at the new speed already.
    pub(super) answers_fast: bool,
    /// The speed of what it says now.
    speaks: u32,
    /// When it had said that it takes a new speed: it needs 5 ms until it hears at it.
    changed: Option<Duration>,
}

impl<T> OneSpeed<T> {
    /// A device that hears and speaks at the speed `device`.
    pub(super) fn new(line: T, device: u32) -> Self {
        Self {
            line,
            device,
            host: 0,
            tried: Vec::new(),
            follows: true,
            answers_fast: false,
            speaks: device,
            changed: None,
        }
    }
}

fn garble(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ 0x5A).collect()
}

impl<T: Transport> Transport for OneSpeed<T> {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        let count = self.line.read(buffer, deadline)?;
        if count > 0 && self.changed.is_some() {
            self.changed = Some(self.line.now());
        }
        if self.host != self.speaks {
            let garbled = garble(&buffer[..count]);
            buffer[..count].copy_from_slice(&garbled);
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        let now = self.line.now();
        let early = |at| now < at + Duration::from_millis(5);
        let settling = self.changed.take().is_some_and(early);
        self.speaks = self.device;
        if settling || self.host != self.device {
            return self.line.write(&garble(bytes), deadline);
        }
        if let (true, Some([0x60, index])) = (self.follows, bytes.get(7..9)) {
            self.device = SPEEDS[usize::from(*index)];
            self.changed = Some(now);
            if self.answers_fast {
                self.speaks = self.device;
            }
        }
        self.line.write(bytes, deadline)
    }

    fn set_speed(&mut self, baud: u32) -> Result<bool, TransportError> {
        self.tried.push(baud);
        self.host = baud;
        Ok(true)
    }
}

#[test]
fn a_module_set_to_another_speed_is_found_and_remembered() {
    for device in SPEEDS {
        let mut room = Room::new();
        let mut line = OneSpeed::new(room.line.open().unwrap(), device);
        room.driver.identify(&mut line).unwrap();
        assert_eq!(
            line.tried,
            SPEEDS[..=SPEEDS.iter().position(|s| *s == device).unwrap()]
        );
        line.tried.clear();
        room.driver.identify(&mut line).unwrap();
        assert_eq!(line.tried, [device]);
    }
}

/// A line that notes when requests leave and when their answers are whole.
struct Tap<T> {
    line: T,
    parser: AnswerParser,
    answered: bool,
    overlaps: u32,
    finds: Vec<Duration>,
    end_of_last: Duration,
}

impl<T: Transport> Transport for Tap<T> {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        let count = self.line.read(buffer, deadline)?;
        self.parser.push(&buffer[..count]);
        if self.parser.next_answer().is_some() {
            self.answered = true;
            self.end_of_last = self.line.now();
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        self.overlaps += u32::from(!self.answered);
        self.answered = false;
        if bytes.get(7..9) == Some(&[0x20, 0x01]) {
            self.finds.push(self.line.now() - self.end_of_last);
        }
        self.line.write(bytes, deadline)
    }
}

#[test]
fn one_request_is_under_way_and_polls_keep_their_distance() {
    let mut room = Room::new();
    let mut tap = Tap {
        line: room.line.open().unwrap(),
        parser: AnswerParser::default(),
        answered: true,
        overlaps: 0,
        finds: Vec::new(),
        end_of_last: Duration::ZERO,
    };
    room.line.device(|reader| {
        reader.faults.delay = Duration::from_millis(120);
        reader.faults.split = 5;
        reader.faults.split_gap = Duration::from_millis(3);
    });
    room.driver.identify(&mut tap).unwrap();
    for round in 0..60 {
        match round {
            20 => room.line.device(|reader| reader.put(zhang_san())),
            40 => room.line.device(|reader| reader.remove()),
            _ => {}
        }
        room.driver.step(&mut tap, &mut || None, &mut drop).unwrap();
    }
    assert_eq!(tap.overlaps, 0);
    // The first find follows the identification at once.
    assert!(tap.finds.len() > 20);
    let closest = tap.finds.iter().skip(1).min().unwrap();
    assert!(*closest >= Duration::from_millis(300), "{closest:?}");
}

#[test]
fn what_a_reader_said_unasked_is_thrown_away_without_waiting_for_more() {
    let mut room = Room::new();
    room.run(0.5);
    room.line.device(|reader| {
        reader.faults.trailing = vec![0; 53];
        reader.put(zhang_san());
    });
    room.run(1.0);
    assert_eq!(room.said(), ["sam", "card 张三"]);
    // Requests follow each other at once: no pause is spent on draining.
    let before = room.line.device(|reader| reader.answered());
    room.commands
        .extend((0..10).map(|_| ReaderCommand::SetRadioFrame {
            bytes: 0x50,
            reply: std::sync::mpsc::channel().0,
        }));
    room.run(0.31);
    let answered = room.line.device(|reader| reader.answered()) - before;
    assert!((11..=12).contains(&answered), "{answered}");
}
