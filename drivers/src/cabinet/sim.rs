//! An I/O board that exists as a program and speaks Modbus-RTU.

use std::collections::BTreeMap;
use std::time::Duration;

use modbus_core::Request;
use modbus_core::rtu::crc16;

use super::bus::Table;
use super::map::{RegisterMap, Signal, Slot};
use crate::transport::outgoing::Outgoing;
use crate::transport::simulated::SimulatedDevice;

/// A pause this long ends a request that did not come whole.
const PAUSE: Duration = Duration::from_millis(50);

/// Bytes of a request that reads or switches one coil.
const REQUEST: usize = 8;

/// How the board is told to misbehave; the default is a good board.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// Thinks so long before every answer.
    pub delay: Duration,
    /// Says nothing at all.
    pub silent: bool,
    /// Swallows so many of the next answers.
    pub drop_answers: u32,
    /// Breaks the CRC of so many of the next answers.
    pub break_crc: u32,
    /// Breaks so many of the next answers off in the middle.
    pub break_off: u32,
    /// Sends so many of the next answers twice.
    pub twice: u32,
    /// Sends these bytes before every answer.
    pub garbage: Vec<u8>,
    /// Answers every request with this exception; `None` = as it should.
    pub exception: Option<u8>,
    /// Answers a read of its coils with exception 01, as boards do that only switch them.
    pub mute_coils: bool,
    /// Answers under another address.
    pub other_unit: bool,
    /// Sends every answer in pieces of so many bytes; 0 = whole.
    pub split: usize,
    /// Waits so long between pieces.
    pub split_gap: Duration,
}

/// The simulated board.
pub struct SimBoard {
    /// How it misbehaves.
    pub faults: Faults,
    map: RegisterMap,
    registers: BTreeMap<(Table, u16), u16>,
    incoming: Vec<u8>,
    last: Duration,
    outgoing: Outgoing,
    requests: u64,
    last_answer: Vec<u8>,
}

impl SimBoard {
    /// A good board with the registers of `map`: nobody there, all closed, on mains, 25 °C.
    #[must_use]
    pub fn new(map: &RegisterMap) -> Self {
        let mut registers = BTreeMap::new();
        for block in map.blocks.iter().chain([&map.identity.read()]) {
            for at in 0..block.count {
                registers.insert((block.table, block.address + at), 0);
            }
        }
        for (at, word) in map.identity.expect.iter().enumerate() {
            let identity = map.identity.read();
            let at = u16::try_from(at).unwrap_or(0);
            registers.insert((identity.table, identity.address + at), *word);
        }
        for light in &map.lights {
            registers.insert((Table::Coil, light.coil), 0);
        }
        let mut board = Self {
            faults: Faults::default(),
            map: map.clone(),
            registers,
            incoming: Vec::new(),
            last: Duration::ZERO,
            outgoing: Outgoing::default(),
            requests: 0,
            last_answer: Vec::new(),
        };
        for input in &map.inputs {
            board.set(input.signal, input.signal == Signal::Mains);
        }
        board.set_temperature(250);
        board.set_charge(100);
        board
    }

    /// Sets a sensor or switch, in the sense of [`Signal`].
    pub fn set(&mut self, signal: Signal, on: bool) {
        let input = self.map.inputs.iter().find(|input| input.signal == signal);
        if let Some(input) = input {
            let bit = u16::from(on != input.invert);
            self.registers.insert((input.table, input.address), bit);
        }
    }

    /// Sets the temperature, in tenths of a degree Celsius.
    pub fn set_temperature(&mut self, tenths: i16) {
        if let Some(sensor) = &self.map.temperature {
            let word = (tenths / sensor.tenths).cast_unsigned();
            self.registers.insert((sensor.table, sensor.address), word);
        }
    }

    /// Sets the charge of the UPS, in percent.
    pub fn set_charge(&mut self, percent: u16) {
        if let Some(charge) = &self.map.charge {
            self.registers
                .insert((charge.table, charge.address), percent);
        }
    }

    /// Turns the power of the board off and on: its lights are out.
    pub fn power_cycle(&mut self) {
        for light in &self.map.lights {
            self.registers.insert((Table::Coil, light.coil), 0);
        }
        self.outgoing.clear();
        self.incoming.clear();
    }

    /// Whether the light of a slot is on; `None` when it has none.
    #[must_use]
    pub fn lit(&self, slot: Slot) -> Option<bool> {
        let light = self.map.lights.iter().find(|light| light.slot == slot)?;
        let coil = self.registers.get(&(Table::Coil, light.coil))?;
        Some(*coil != 0)
    }

    /// How many requests reached it whole.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// The values or echo of the last request that was carried out.
    #[must_use]
    pub fn last_answer(&self) -> &[u8] {
        &self.last_answer
    }

    /// Writes a register, whatever it means; for tests of the bus.
    #[cfg(test)]
    pub(super) fn write(&mut self, table: Table, address: u16, word: u16) {
        self.registers.insert((table, address), word);
    }

    fn obey(&mut self, now: Duration, request: &[u8]) {
        let (Some(unit), Some(function)) = (request.first(), request.get(1)) else {
            return;
        };
        if *unit != self.map.unit {
            return;
        }
        self.requests += 1;
        if self.faults.silent {
            return;
        }
        let pdu = request.get(1..REQUEST - 2).unwrap_or_default();
        let answer = match (self.faults.exception, self.carry_out(pdu)) {
            (Some(code), _) | (None, Err(code)) => vec![function | 0x80, code],
            (None, Ok(body)) => [vec![*function], body].concat(),
        };
        self.send(now, *unit, &answer);
    }

    /// The body of the answer, or the exception's code.
    fn carry_out(&mut self, pdu: &[u8]) -> Result<Vec<u8>, u8> {
        let body = match Request::try_from(pdu) {
            Ok(Request::ReadCoils(..)) if self.faults.mute_coils => return Err(1),
            Ok(Request::ReadCoils(address, count)) => self.bits(Table::Coil, address, count)?,
            Ok(Request::ReadDiscreteInputs(address, count)) => {
                self.bits(Table::Discrete, address, count)?
            }
            Ok(Request::ReadHoldingRegisters(address, count)) => {
                self.words(Table::Holding, address, count)?
            }
            Ok(Request::ReadInputRegisters(address, count)) => {
                self.words(Table::Input, address, count)?
            }
            Ok(Request::WriteSingleCoil(address, on)) => {
                let coil = self.registers.get_mut(&(Table::Coil, address)).ok_or(2)?;
                *coil = u16::from(on);
                pdu.get(1..5).unwrap_or_default().to_vec()
            }
            Ok(_) | Err(_) => return Err(1),
        };
        self.last_answer.clone_from(&body);
        Ok(body)
    }

    fn range(&self, table: Table, address: u16, count: u16) -> Result<Vec<u16>, u8> {
        if !(1..=125).contains(&count) {
            return Err(3);
        }
        (0..count)
            .map(|at| {
                let at = address.checked_add(at).ok_or(2)?;
                self.registers.get(&(table, at)).copied().ok_or(2)
            })
            .collect()
    }

    fn bits(&self, table: Table, address: u16, count: u16) -> Result<Vec<u8>, u8> {
        let bits = self.range(table, address, count)?;
        let mut body: Vec<u8> = bits
            .chunks(8)
            .map(|eight| {
                eight
                    .iter()
                    .enumerate()
                    .fold(0, |byte, (at, bit)| byte | u8::from(*bit != 0) << at)
            })
            .collect();
        body.insert(0, u8::try_from(body.len()).unwrap_or(u8::MAX));
        Ok(body)
    }

    fn words(&self, table: Table, address: u16, count: u16) -> Result<Vec<u8>, u8> {
        let words = self.range(table, address, count)?;
        let mut body: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        body.insert(0, u8::try_from(body.len()).unwrap_or(u8::MAX));
        Ok(body)
    }

    fn send(&mut self, now: Duration, unit: u8, answer: &[u8]) {
        if spend(&mut self.faults.drop_answers) {
            return;
        }
        let mut frame = vec![unit ^ u8::from(self.faults.other_unit) << 3];
        frame.extend_from_slice(answer);
        let mut crc = crc16(&frame).to_be_bytes();
        if spend(&mut self.faults.break_crc) {
            crc = crc.map(|byte| byte ^ 0x5A);
        }
        frame.extend(crc);
        if spend(&mut self.faults.break_off) {
            frame.truncate(frame.len() / 2);
        }
        if spend(&mut self.faults.twice) {
            frame.extend(frame.clone());
        }
        let bytes = [self.faults.garbage.clone(), frame].concat();
        let size = match self.faults.split {
            0 => bytes.len().max(1),
            size => size,
        };
        let mut due = now + self.faults.delay;
        for piece in bytes.chunks(size) {
            self.outgoing.push(due, piece);
            due += self.faults.split_gap;
        }
    }
}

/// Takes one off `count`; whether there was one.
fn spend(count: &mut u32) -> bool {
    let some = *count > 0;
    *count = count.saturating_sub(1);
    some
}

impl SimulatedDevice for SimBoard {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        if now.saturating_sub(self.last) > PAUSE {
            self.incoming.clear();
        }
        self.last = now;
        for byte in bytes {
            self.incoming.push(*byte);
            if self.incoming.len() < REQUEST {
                continue;
            }
            let window = self.incoming.split_off(self.incoming.len() - REQUEST);
            let (frame, crc) = window.split_at(REQUEST - 2);
            if crc == crc16(frame).to_be_bytes() {
                self.incoming.clear();
                self.obey(now, &window);
            } else {
                // Perhaps a request begins at the next byte.
                self.incoming = window;
            }
        }
    }

    fn next_due(&self) -> Option<Duration> {
        self.outgoing.next_due()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        self.outgoing.take(now)
    }
}
