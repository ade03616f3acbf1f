//! A receipt printer that speaks the real bytes: buffer, real-time layer, mechanics, paper.
//!
//! Source: the printer fact sheet, sections 1.5 to 1.13 and 7.

mod build;
mod output;
mod paper;
mod parser;
mod real_time;
mod work;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::transport::simulated::SimulatedDevice;
pub use build::Build;
use output::Output;
use paper::Paper;
pub use paper::{Piece, PieceEnd};
use real_time::{RealTime, Scanner};

use super::profile::StatusStyle;
use super::protocol::commands::StatusQuery;

/// Receive buffer of the printer, in bytes; what comes when it is full is lost.
const BUFFER: usize = 4096;
/// XOFF is sent when no more than this is free.
const XOFF_FREE: usize = 128;
/// How long a printer is deaf after it was switched on or reset.
const START_TIME: Duration = Duration::from_secs(1);
/// XON is sent when this much is free again.
const XON_FREE: usize = 256;

/// How confirmations misbehave: of `GS ( H`, and of `GS r` where the printer has no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirmations {
    /// They come.
    #[default]
    Sent,
    /// They are lost.
    Lost,
    /// Always these four digits, whatever process number was asked for.
    Fixed([u8; 4]),
    /// Each comes twice.
    Twice,
    /// They come this much later.
    Late(Duration),
}

/// The simulated printer; methods named like deeds are the hands in the room.
#[derive(Debug)]
pub struct PrinterSim {
    build: Build,
    scanner: Scanner,
    buffer: VecDeque<u8>,
    stopped: bool,
    work: work::Work,
    paper: Paper,
    output: Output,
    /// After a reset nothing is heard until then.
    deaf_until: Duration,
    sensors: Sensors,
    status_back: bool,
    reported: [u8; 4],
    out: BTreeMap<(Duration, u64), Vec<u8>>,
    sent: u64,
    now: Duration,
    lost_bytes: u64,
    confirmations: Confirmations,
    mute: bool,
    flow_inside: bool,
}

/// What the hands in the room have done.
#[derive(Debug, Default)]
struct Sensors {
    near_end: bool,
    cover_open: bool,
    cutter_jammed: bool,
    cutter_error: bool,
    head_hot: bool,
    dead: bool,
    paper_jammed: bool,
}

impl PrinterSim {
    /// A printer that has just been switched on, with an endless roll.
    pub fn new(build: Build) -> Self {
        let mut printer = Self {
            build,
            scanner: Scanner::default(),
            buffer: VecDeque::new(),
            stopped: false,
            work: work::Work::default(),
            paper: Paper::new(usize::from(build.head_bytes)),
            output: Output::default(),
            deaf_until: Duration::ZERO,
            sensors: Sensors::default(),
            status_back: false,
            reported: [0; 4],
            out: BTreeMap::new(),
            sent: 0,
            now: Duration::ZERO,
            lost_bytes: 0,
            confirmations: Confirmations::Sent,
            mute: false,
            flow_inside: false,
        };
        printer.reported = printer.status_bytes();
        printer.greet();
        printer
    }

    /// Switches off and on: both buffers are lost, the paper stays where it was, and nothing
    /// is heard for a second.
    pub fn power_cycle(&mut self) {
        self.buffer.clear();
        self.scanner = Scanner::default();
        self.work = work::Work::default();
        self.stopped = false;
        self.status_back = false;
        self.sensors.cutter_error = false;
        self.out.clear();
        self.deaf_until = self.now + START_TIME;
        self.greet();
    }

    /// Lets the roll end after this many more millimetres of paper movement.
    pub fn end_roll_after(&mut self, millimetres: f64) {
        self.end_roll_after_rows((millimetres.max(0.0) * 8.0) as u64);
    }

    /// Lets the roll end after this many more rows, 8 to a millimetre.
    pub fn end_roll_after_rows(&mut self, rows: u64) {
        self.paper.set_left(Some(rows));
        self.status_changed();
    }

    /// Pulls the paper out.
    pub fn pull_paper(&mut self) {
        self.paper.set_left(Some(0));
        self.status_changed();
    }

    /// Puts a new endless roll in and closes the cover; the printer goes on by itself with what it holds.
    pub fn refill(&mut self) {
        self.paper.refill();
        self.sensors.near_end = false;
        self.sensors.cover_open = false;
        self.status_changed();
    }

    /// Thin roll or not.
    pub fn set_near_end(&mut self, near: bool) {
        self.sensors.near_end = near;
        self.status_changed();
    }

    /// Opens or closes the cover.
    pub fn set_cover_open(&mut self, open: bool) {
        self.sensors.cover_open = open;
        self.status_changed();
    }

    /// Blocks or frees the knife; an error already there stays until `DLE ENQ` or switching off.
    pub fn set_cutter_jammed(&mut self, jammed: bool) {
        self.sensors.cutter_jammed = jammed;
    }

    /// Head too hot or cooled down.
    pub fn set_head_hot(&mut self, hot: bool) {
        self.sensors.head_hot = hot;
        self.status_changed();
    }

    /// An error that nothing ends.
    pub fn set_dead(&mut self, dead: bool) {
        self.sensors.dead = dead;
        self.status_changed();
    }

    /// Chooses how confirmations misbehave.
    pub fn set_confirmations(&mut self, confirmations: Confirmations) {
        self.confirmations = confirmations;
    }

    /// Takes everything and answers nothing, as a unidirectional printer does.
    pub fn set_mute(&mut self, mute: bool) {
        self.mute = mute;
    }

    /// Sends XOFF and XON in the middle of every status group and every block.
    pub fn set_flow_inside(&mut self, on: bool) {
        self.flow_inside = on;
    }

    /// The resident takes the slip at the output, or tears it away.
    pub fn take_slip(&mut self) {
        if self.build.knife {
            if let Some(slip) = self.output.take() {
                self.paper.hand_over(slip);
            }
        } else {
            self.paper.cut();
        }
    }

    /// The slip is stuck at the output: nothing draws it back.
    pub fn set_output_stuck(&mut self, stuck: bool) {
        self.output.stuck = stuck;
    }

    /// Whether a slip is at the output, or hangs at the bar.
    pub fn slip_waits(&self) -> bool {
        if self.build.knife {
            self.output.waits()
        } else {
            self.paper.untorn()
        }
    }

    /// The slips drawn back.
    pub fn drawn_back(&self) -> &[Piece] {
        self.output.bin()
    }

    /// Jams paper on its way, or frees it.
    pub fn set_paper_jammed(&mut self, jammed: bool) {
        self.sensors.paper_jammed = jammed;
        self.status_changed();
    }

    /// The pieces that came out so far.
    pub fn pieces(&self) -> Vec<Piece> {
        self.paper.pieces()
    }

    /// Takes the pieces out of the tray.
    pub fn take_pieces(&mut self) -> Vec<Piece> {
        self.paper.take_pieces()
    }

    /// The paper still in the printer.
    pub fn hanging(&self) -> Piece {
        self.paper.current().clone()
    }

    /// Bytes lost because the buffer was full.
    pub fn lost_bytes(&self) -> u64 {
        self.lost_bytes
    }

    /// Bytes in the receive buffer.
    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    fn greet(&mut self) {
        let started = self.deaf_until.max(self.now);
        if self.build.xon_xoff {
            self.say_at(started, &[0x11]);
        }
        if self.build.power_notice {
            self.say_at(started, &[0x3B, 0x31, 0x00]);
        }
    }

    fn offline(&self) -> bool {
        let sensors = &self.sensors;
        sensors.cover_open
            || sensors.cutter_error
            || sensors.head_hot
            || sensors.dead
            || sensors.paper_jammed
            || self.paper.at_end()
    }

    fn status_bytes(&self) -> [u8; 4] {
        let bit = |set: bool, mask: u8| if set { mask } else { 0 };
        let sensors = &self.sensors;
        [
            0x10 | bit(self.offline(), 0x08) | bit(sensors.cover_open, 0x20),
            bit(sensors.cutter_error, 0x08) | bit(sensors.dead, 0x20) | bit(sensors.head_hot, 0x40),
            bit(sensors.near_end, 0x03) | bit(self.paper.at_end(), 0x0C),
            0x0F,
        ]
    }

    fn answer(&self, query: StatusQuery) -> u8 {
        let bit = |set: bool, mask: u8| if set { mask } else { 0 };
        let sensors = &self.sensors;
        let error = sensors.cutter_error || sensors.dead || sensors.head_hot;
        0x12 | match query {
            StatusQuery::Printer => bit(self.offline(), 0x08),
            StatusQuery::OfflineCause => {
                bit(sensors.cover_open, 0x04) | bit(self.paper.at_end(), 0x20) | bit(error, 0x40)
            }
            StatusQuery::Error => {
                bit(sensors.cutter_error, 0x08)
                    | bit(sensors.dead, 0x20)
                    | bit(sensors.head_hot, 0x40)
            }
            StatusQuery::Paper => bit(sensors.near_end, 0x0C) | bit(self.paper.at_end(), 0x60),
        }
    }

    fn full_status(&self) -> [u8; 6] {
        let bit = |set: bool, mask: u8| if set { mask } else { 0 };
        let sensors = &self.sensors;
        [
            0x10,
            0x0F,
            bit(self.paper.at_end(), 0x01)
                | bit(sensors.near_end, 0x04)
                | bit(self.slip_waits(), 0x20),
            bit(sensors.cover_open, 0x02),
            bit(sensors.head_hot, 0x01) | bit(sensors.paper_jammed, 0x40),
            bit(sensors.cutter_error, 0x01) | bit(sensors.dead, 0x08),
        ]
    }

    fn status_changed(&mut self) {
        let status = self.status_bytes();
        if self.status_back && status != self.reported {
            self.say_status(status);
        }
        self.reported = status;
    }

    fn say_status(&mut self, status: [u8; 4]) {
        let [a, b, c, d] = status;
        if self.flow_inside {
            self.say(&[a, b, 0x13, c, 0x11, d]);
        } else {
            self.say(&status);
        }
    }

    /// A block, with flow control in its middle where that is asked for.
    fn block(&self, bytes: &[u8]) -> Vec<u8> {
        let (begin, end) = bytes.split_at(bytes.len() / 2);
        if self.flow_inside {
            [begin, &[0x13, 0x11], end].concat()
        } else {
            bytes.to_vec()
        }
    }

    fn say(&mut self, bytes: &[u8]) {
        self.say_at(self.now, bytes);
    }

    fn say_at(&mut self, due: Duration, bytes: &[u8]) {
        if !self.mute {
            self.sent += 1;
            self.out.insert((due, self.sent), bytes.to_vec());
        }
    }

    fn act(&mut self, command: RealTime) {
        match command {
            RealTime::Status(query) => {
                let torn = self.build.status == StatusStyle::TornFlag
                    && query == StatusQuery::Printer
                    && self.slip_waits();
                let answer = self.answer(query) | if torn { 0x80 } else { 0 };
                self.say(&[answer]);
            }
            RealTime::FullStatus if self.build.status == StatusStyle::FullStatus => {
                self.say(&self.full_status());
            }
            RealTime::Reset if self.build.reset => {
                self.power_cycle();
            }
            RealTime::FullStatus | RealTime::Reset => {}
            RealTime::Continue if self.sensors.cutter_error => self.recover(),
            RealTime::ClearError if self.sensors.cutter_error => {
                self.clear_buffers();
                self.recover();
            }
            RealTime::Continue | RealTime::ClearError => {}
            RealTime::ClearBuffers if self.build.clear => {
                self.clear_buffers();
                let cleared = self.block(&[0x37, 0x25, 0x00]);
                self.say(&cleared);
            }
            RealTime::ClearBuffers => {}
        }
    }

    fn recover(&mut self) {
        self.sensors.cutter_error = false;
        self.status_changed();
    }

    fn clear_buffers(&mut self) {
        self.buffer.clear();
        self.work.forget();
        self.release();
    }

    fn take_byte(&mut self, byte: u8) {
        if self.now < self.deaf_until {
            return;
        }
        if self.buffer.len() >= BUFFER {
            self.lost_bytes += 1;
        } else {
            self.buffer.push_back(byte);
        }
        let inside_raster = self.work.raster_left() >= self.buffer.len();
        let command = self.scanner.push(byte);
        if let Some(command) = command.filter(|_| self.build.real_time_everywhere || !inside_raster)
        {
            self.act(command);
        }
        if !self.stopped && BUFFER - self.buffer.len() <= XOFF_FREE {
            self.stopped = true;
            if self.build.xon_xoff {
                self.say(&[0x13]);
            }
        }
    }

    fn release(&mut self) {
        if self.stopped && BUFFER - self.buffer.len() >= XON_FREE {
            self.stopped = false;
            if self.build.xon_xoff {
                self.say(&[0x11]);
            }
        }
    }
}

impl SimulatedDevice for PrinterSim {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        self.now = now;
        self.run();
        for byte in bytes {
            self.take_byte(*byte);
        }
        self.run();
    }

    fn next_due(&self) -> Option<Duration> {
        let word = self.out.keys().next().map(|(due, _)| *due);
        [word, self.next_work()].into_iter().flatten().min()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        self.now = now;
        self.run();
        let mut said = Vec::new();
        while let Some(entry) = self.out.first_entry().filter(|entry| entry.key().0 <= now) {
            said.extend(entry.remove());
        }
        said
    }
}
