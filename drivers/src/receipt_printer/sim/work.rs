//! The mechanics: takes commands from the buffer one by one, each in the time paper needs.

use std::time::Duration;

use super::paper::KNIFE_GAP_ROWS;
use super::parser::{self, Action};
use super::{Confirmations, PrinterSim};

/// Rows of one millimetre.
const ROWS_PER_MM: f64 = 8.0;
/// Rows a slip moves in the presenter: 60 mm.
const PRESENT_ROWS: usize = 480;
/// How long the knife takes.
const CUT_TIME: Duration = Duration::from_millis(300);
/// Rows of one line of the resident font.
const LINE_ROWS: usize = 30;
/// The vertical motion unit after switching on, as a fraction of an inch.
const DEFAULT_UNITS: u8 = 180;
/// Rows of one inch.
const ROWS_PER_INCH: usize = 203;

/// What the printer is in the middle of.
#[derive(Debug)]
pub(super) struct Work {
    state: State,
    line: Vec<u8>,
    vertical_units: u8,
    busy_until: Duration,
    idle: bool,
}

#[derive(Debug)]
enum State {
    Command,
    Raster {
        bytes_per_row: usize,
        rows_left: u16,
        row: Vec<u8>,
        taken: usize,
    },
    Skip(u32),
}

impl Default for Work {
    fn default() -> Self {
        Self {
            state: State::Command,
            line: Vec::new(),
            vertical_units: DEFAULT_UNITS,
            busy_until: Duration::ZERO,
            idle: true,
        }
    }
}

impl Work {
    /// Forgets the print buffer and whatever was half received; modes stay.
    pub(super) fn forget(&mut self) {
        self.state = State::Command;
        self.line.clear();
    }

    /// Bytes of the band being printed that are still to be taken from the buffer.
    pub(super) fn raster_left(&self) -> usize {
        match &self.state {
            State::Raster {
                bytes_per_row,
                rows_left,
                taken,
                ..
            } => (bytes_per_row * usize::from(*rows_left)).saturating_sub(*taken),
            State::Command | State::Skip(_) => 0,
        }
    }
}

impl PrinterSim {
    /// When the mechanics next take something from the buffer by themselves.
    pub(super) fn next_work(&self) -> Option<Duration> {
        let waits = !self.buffer.is_empty() && !self.offline() && self.work.busy_until > self.now;
        waits.then_some(self.work.busy_until)
    }

    /// Does all the work that fits until now.
    pub(super) fn run(&mut self) {
        loop {
            if self.offline() {
                self.work.idle = true;
                return;
            }
            if self.work.busy_until > self.now {
                return;
            }
            let begin = if self.work.idle {
                self.now
            } else {
                self.work.busy_until
            };
            let Some(time) = self.do_next() else {
                self.work.idle = true;
                return;
            };
            self.work.idle = false;
            self.work.busy_until = begin + time;
            self.release();
        }
    }

    /// Takes one unit of work; `None` when the buffer holds none.
    fn do_next(&mut self) -> Option<Duration> {
        match &mut self.work.state {
            State::Command => {
                let (length, action) = parser::next(self.buffer.make_contiguous())?;
                self.buffer.drain(..length);
                Some(self.perform(action))
            }
            State::Skip(left) => {
                let count = self.buffer.len().min(*left as usize);
                self.buffer.drain(..count);
                *left -= count as u32;
                let done = *left == 0;
                if done {
                    self.work.state = State::Command;
                }
                (done || count > 0).then_some(Duration::ZERO)
            }
            State::Raster { .. } => self.print_raster_row(),
        }
    }

    fn print_raster_row(&mut self) -> Option<Duration> {
        let head = usize::from(self.build.head_bytes);
        let State::Raster {
            bytes_per_row,
            rows_left,
            row,
            taken,
        } = &mut self.work.state
        else {
            return None;
        };
        let count = self.buffer.len().min(*bytes_per_row - *taken);
        for byte in self.buffer.drain(..count) {
            if row.len() < head {
                row.push(byte);
            }
        }
        *taken += count;
        if *taken < *bytes_per_row {
            return None;
        }
        let whole = std::mem::take(row);
        *taken = 0;
        *rows_left -= 1;
        if *rows_left == 0 {
            self.work.state = State::Command;
        }
        self.paper.print_row(&whole);
        self.status_changed();
        Some(self.motion(1))
    }

    fn perform(&mut self, action: Action) -> Duration {
        match action {
            Action::Initialise => {
                if self.build.initialise_prints && !self.work.line.is_empty() {
                    return self.feed_line();
                }
                self.work.line.clear();
                self.work.vertical_units = DEFAULT_UNITS;
                Duration::ZERO
            }
            Action::LineFeed => self.feed_line(),
            Action::Feed(units) => self.feed(self.rows(units)),
            Action::FeedLines(lines) => self.feed(usize::from(lines) * LINE_ROWS),
            Action::VerticalUnits(units) => {
                self.work.vertical_units = if units == 0 { DEFAULT_UNITS } else { units };
                Duration::ZERO
            }
            Action::StatusBack(mask) => {
                self.status_back = mask != 0 && self.build.status_back;
                if self.status_back {
                    self.say_status(self.status_bytes());
                }
                Duration::ZERO
            }
            Action::Cut(feed) => self.cut(feed),
            Action::Raster {
                bytes_per_row,
                rows,
            } => {
                if bytes_per_row > 0 && rows > 0 {
                    let bytes_per_row = usize::from(bytes_per_row);
                    self.work.state = State::Raster {
                        bytes_per_row,
                        rows_left: rows,
                        row: Vec::new(),
                        taken: 0,
                    };
                }
                Duration::ZERO
            }
            Action::ReportProcess(digits) => {
                self.confirm(digits);
                Duration::ZERO
            }
            Action::QueuedStatus(_) => {
                let near = if self.sensors.near_end { 0x03 } else { 0x00 };
                if self.build.process_ids {
                    self.say(&[near]);
                } else {
                    self.say_confirmation(&[near]);
                }
                Duration::ZERO
            }
            Action::Present => {
                if let Some(pushed) = self.output.present() {
                    self.paper.hand_over(pushed);
                }
                self.motion(PRESENT_ROWS)
            }
            Action::Retract => {
                self.output.draw_back();
                self.motion(PRESENT_ROWS)
            }
            Action::Eject => {
                if let Some(slip) = self.output.take() {
                    self.paper.hand_over(slip);
                }
                self.motion(PRESENT_ROWS)
            }
            Action::Identify(what) => {
                self.identify(what);
                Duration::ZERO
            }
            Action::Text(byte) => {
                self.work.line.push(byte);
                Duration::ZERO
            }
            Action::Nothing { more } => {
                if more > 0 {
                    self.work.state = State::Skip(more);
                }
                Duration::ZERO
            }
        }
    }

    /// Vertical motion units as rows.
    fn rows(&self, units: u8) -> usize {
        usize::from(units) * ROWS_PER_INCH / usize::from(self.work.vertical_units)
    }

    fn feed_line(&mut self) -> Duration {
        let mut line = std::mem::take(&mut self.work.line);
        line.push(b'\n');
        self.paper.print_text(&line);
        self.feed(LINE_ROWS)
    }

    /// Feeding is never stopped half-way here: the end sensor sits before the head.
    fn feed(&mut self, rows: usize) -> Duration {
        for _ in 0..rows {
            self.paper.print_row(&[]);
        }
        self.status_changed();
        self.motion(rows)
    }

    fn cut(&mut self, feed: Option<u8>) -> Duration {
        let mut time = Duration::ZERO;
        if let Some(units) = feed {
            time = self.feed(KNIFE_GAP_ROWS + self.rows(units));
        }
        if self.sensors.cutter_jammed {
            self.sensors.cutter_error = true;
            self.status_changed();
            return time;
        }
        if !self.build.knife {
            return time;
        }
        let off = self.paper.cut_off();
        if !self.build.presenter {
            self.paper.hand_over(off);
        } else if let Some(pushed) = self.output.push_in(off) {
            self.paper.hand_over(pushed);
        }
        time + if self.build.speed.is_some() {
            CUT_TIME
        } else {
            Duration::ZERO
        }
    }

    fn motion(&self, rows: usize) -> Duration {
        match self.build.speed {
            Some(speed) if speed > 0.0 => {
                Duration::from_secs_f64(rows as f64 / ROWS_PER_MM / speed)
            }
            _ => Duration::ZERO,
        }
    }

    fn confirm(&mut self, digits: [u8; 4]) {
        if !self.build.process_ids {
            // A clone prints what it does not know.
            self.work.line.extend(digits);
            return;
        }
        let flow = self.flow_inside;
        let block = |[a, b, c, d]: [u8; 4]| {
            if flow {
                vec![0x37, 0x22, a, 0x13, b, c, 0x11, d, 0x00]
            } else {
                vec![0x37, 0x22, a, b, c, d, 0x00]
            }
        };
        let digits = match self.confirmations {
            Confirmations::Fixed(fixed) => fixed,
            Confirmations::Sent
            | Confirmations::Lost
            | Confirmations::Twice
            | Confirmations::Late(_) => digits,
        };
        self.say_confirmation(&block(digits));
    }

    fn say_confirmation(&mut self, bytes: &[u8]) {
        match self.confirmations {
            Confirmations::Sent | Confirmations::Fixed(_) => self.say(bytes),
            Confirmations::Lost => {}
            Confirmations::Twice => {
                self.say(bytes);
                self.say(bytes);
            }
            Confirmations::Late(by) => self.say_at(self.now + by, bytes),
        }
    }

    fn identify(&mut self, what: u8) {
        let text: &[u8] = match what {
            0x41 => b"1.00",
            0x42 => b"SIMULATED",
            0x43 => self.build.claims.as_bytes(),
            0x44 => b"KR80000001",
            0x45 => b"CHINA GB18030",
            _ => {
                self.say(&[0x02]);
                return;
            }
        };
        let mut block = vec![0x5F];
        block.extend_from_slice(text);
        block.push(0x00);
        self.say(&block);
    }
}
