//! The driver run as the device thread runs it, in simulated time: opened, identified,
//! stepped, and up the recovery ladder when it fails.

use super::super::{CardReader, ReaderEvent};
use crate::runner::{Driver, Fault, Ladder, Recovery, Rung};
use crate::transport::Transport;
use crate::transport::memory::{MemoryLine, MemoryTransport};
use crate::transport::simulated::SimulatedDevice;

pub(super) struct Climb<D> {
    pub(super) line: MemoryLine<D>,
    end: Option<MemoryTransport<D>>,
    driver: CardReader,
    recovery: Recovery,
    identified: bool,
}

impl<D: SimulatedDevice + 'static> Climb<D> {
    pub(super) fn new(device: D, pace: Option<u32>) -> Self {
        Self {
            line: MemoryLine::new(device, pace),
            end: None,
            driver: CardReader::default(),
            recovery: Recovery::new(Ladder::default(), false),
            identified: false,
        }
    }

    /// Opens the line, identifies the reader or lets it work once; says what it said.
    pub(super) fn round(&mut self) -> Vec<ReaderEvent> {
        let mut events = Vec::new();
        let Some(mut end) = self.end.take() else {
            self.identified = false;
            match self.line.open() {
                Ok(end) => self.end = Some(end),
                Err(error) => self.climb(&Fault::opening(error), None, &mut events),
            }
            return events;
        };
        let emit = &mut |event| events.push(event);
        let result = if self.identified {
            self.driver.step(&mut end, &mut || None, emit)
        } else {
            self.driver.identify(&mut end).map(drop)
        };
        match result {
            Ok(()) => {
                if std::mem::replace(&mut self.identified, true) {
                    self.recovery.works();
                }
                self.end = Some(end);
            }
            Err(fault) => self.climb(&fault, Some(end), &mut events),
        }
        events
    }

    fn climb(
        &mut self,
        fault: &Fault,
        end: Option<MemoryTransport<D>>,
        events: &mut Vec<ReaderEvent>,
    ) {
        let rung = self.recovery.failed(fault.kind);
        self.driver.failed(fault, &mut |event| events.push(event));
        self.identified = false;
        self.end = end.filter(|_| rung.on_same_line());
        match &mut self.end {
            Some(end) if rung == Rung::Reset => {
                // In vain or not: it is identified next.
                let _ = self.driver.reset(end as &mut dyn Transport);
            }
            Some(_) => {}
            None => self.line.pass(self.recovery.pause(0)),
        }
    }
}
