//! One question and its answer on the bus: CRC, silence, and late answers kept apart.
//!
//! Modbus-RTU answers carry no number. So after a question that was not answered as it should
//! be, the identity is read before anything else: its answer looks like no other, the board
//! answers in order, and whatever came late has come before it. Each time another number of
//! its words is read, because an answer to an earlier reading may be late or come twice; of
//! eight words and 300 ms for an answer follows that one may be 2.4 s late and is still known
//! for what it is.

use std::time::Duration;

use modbus_core::rtu::{self, Header, RequestAdu};
use modbus_core::{Request, RequestPdu};
use serde::Deserialize;

use crate::runner::{Fault, FaultKind};
use crate::transport::{Transport, TransportError};

/// Silence before a request: three and a half characters at 9,600 bits per second, and to spare.
const SILENCE: Duration = Duration::from_millis(5);

/// How long a line that will not fall silent is waited for.
const NOISE: Duration = Duration::from_millis(300);

/// For a request of eight bytes to leave, even at 1,200 bits per second.
const SENDING: Duration = Duration::from_millis(500);

/// Bytes looked at for one answer, at most; the longest answer has 133.
const MAX_HEARD: usize = 1024;

/// The four tables of a Modbus device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Table {
    /// Bits that can be set.
    Coil,
    /// Bits that can only be read.
    Discrete,
    /// Words that can be set.
    Holding,
    /// Words that can only be read.
    Input,
}

impl Table {
    pub(super) const ALL: [Self; 4] = [Self::Coil, Self::Discrete, Self::Holding, Self::Input];

    pub(super) fn of_bits(self) -> bool {
        match self {
            Self::Coil | Self::Discrete => true,
            Self::Holding | Self::Input => false,
        }
    }
}

/// A read of bits or words beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) table: Table,
    pub(super) address: u16,
    pub(super) count: u16,
}

impl Read {
    fn request(self) -> Request<'static> {
        match self.table {
            Table::Coil => Request::ReadCoils(self.address, self.count),
            Table::Discrete => Request::ReadDiscreteInputs(self.address, self.count),
            Table::Holding => Request::ReadHoldingRegisters(self.address, self.count),
            Table::Input => Request::ReadInputRegisters(self.address, self.count),
        }
    }

    fn bytes(self) -> usize {
        match self.table.of_bits() {
            true => usize::from(self.count.div_ceil(8)),
            false => usize::from(self.count) * 2,
        }
    }
}

/// The bits or words a read brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Values {
    read: Read,
    bytes: Vec<u8>,
}

impl Values {
    /// The bit at `address`; `None` when it was not read.
    pub(super) fn bit(&self, table: Table, address: u16) -> Option<bool> {
        let at = self.index(table, address)?;
        let byte = self.bytes.get(at / 8)?;
        Some(byte >> (at % 8) & 1 == 1)
    }

    /// The word at `address`; `None` when it was not read.
    pub(super) fn word(&self, table: Table, address: u16) -> Option<u16> {
        let at = self.index(table, address)? * 2;
        let pair = self.bytes.get(at..at + 2)?;
        Some(u16::from_be_bytes(pair.try_into().ok()?))
    }

    /// All words, in order.
    pub(super) fn words(&self) -> impl Iterator<Item = u16> {
        let words = 0..self.read.count;
        words.filter_map(|at| self.word(self.read.table, self.read.address + at))
    }

    fn index(&self, table: Table, address: u16) -> Option<usize> {
        let at = address.checked_sub(self.read.address)?;
        (table == self.read.table && at < self.read.count).then_some(usize::from(at))
    }
}

/// Why a question brought no value.
#[derive(Debug, thiserror::Error)]
pub(super) enum BusError {
    #[error("the board did not answer")]
    Silence,
    #[error("what came was no answer")]
    Garbled,
    #[error("the board refused with exception {0:02X}")]
    Exception(u8),
    #[error("the board is another one")]
    WrongBoard,
    #[error("the line broke")]
    Line(#[from] TransportError),
}

impl BusError {
    /// The fault of a board that cannot be used because of this.
    pub(super) fn into_fault(self, operation: &'static str) -> Fault {
        let fault = match self {
            Self::Line(error) => return Fault::from(error),
            Self::Silence => Fault::new(FaultKind::NoAnswer, operation),
            Self::Garbled => Fault::new(FaultKind::Garbled, operation),
            Self::WrongBoard => Fault::new(FaultKind::WrongDevice, operation),
            Self::Exception(code) => Fault::new(FaultKind::OutOfService, operation)
                .with_key(format!("modbus_exception_{code:02x}")),
        };
        fault.because(self)
    }
}

/// The shape of an answer.
enum Shape {
    /// So many bytes of values.
    Values(usize),
    /// The request come back.
    Echo([u8; 4]),
}

/// The board at the other end.
pub(super) struct Bus {
    unit: u8,
    answer: Duration,
    identity: Read,
    expect: Vec<u16>,
    /// How many words of the identity are read next.
    next_count: u16,
    /// An answer may still be on its way.
    unsure: bool,
    tally: Tally,
}

/// Questions and what became of them, since the driver was made.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) silent: u64,
    pub(super) garbled: u64,
    pub(super) refused: u64,
}

impl Bus {
    pub(super) fn new(unit: u8, answer: Duration, identity: Read, expect: Vec<u16>) -> Self {
        Self {
            unit,
            answer,
            // All of them first: a board that has fewer says so at once.
            next_count: identity.count,
            identity,
            expect,
            unsure: true,
            tally: Tally::default(),
        }
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    /// Reads the identity and holds it against the map.
    pub(super) fn identify(&mut self, line: &mut dyn Transport) -> Result<Values, BusError> {
        self.unsure = true;
        let count = self.next_count;
        self.next_count = count % self.identity.count.max(1) + 1;
        let read = Read {
            count,
            ..self.identity
        };
        let values = self.values(line, read)?;
        if !values
            .words()
            .zip(&self.expect)
            .all(|(is, should)| is == *should)
        {
            return Err(BusError::WrongBoard);
        }
        self.unsure = false;
        Ok(values)
    }

    /// Reads bits or words.
    pub(super) fn read(
        &mut self,
        line: &mut dyn Transport,
        read: Read,
    ) -> Result<Values, BusError> {
        self.be_sure(line)?;
        let result = self.values(line, read);
        self.note(&result);
        result
    }

    /// Switches a coil and sees it confirmed.
    pub(super) fn switch(
        &mut self,
        line: &mut dyn Transport,
        coil: u16,
        on: bool,
    ) -> Result<(), BusError> {
        self.be_sure(line)?;
        let [high, low] = coil.to_be_bytes();
        let echo = [high, low, if on { 0xFF } else { 0 }, 0];
        let request = Request::WriteSingleCoil(coil, on);
        let result = self.ask(line, request, &Shape::Echo(echo)).map(drop);
        self.note(&result);
        result
    }

    fn be_sure(&mut self, line: &mut dyn Transport) -> Result<(), BusError> {
        if self.unsure {
            self.identify(line)?;
        }
        Ok(())
    }

    fn note<T>(&mut self, result: &Result<T, BusError>) {
        self.unsure = match result {
            Ok(_) | Err(BusError::Exception(_)) => false,
            Err(
                BusError::Silence | BusError::Garbled | BusError::WrongBoard | BusError::Line(_),
            ) => true,
        };
    }

    fn values(&mut self, line: &mut dyn Transport, read: Read) -> Result<Values, BusError> {
        let bytes = self.ask(line, read.request(), &Shape::Values(read.bytes()))?;
        Ok(Values { read, bytes })
    }

    fn ask(
        &mut self,
        line: &mut dyn Transport,
        request: Request<'_>,
        shape: &Shape,
    ) -> Result<Vec<u8>, BusError> {
        let result = self.exchange(line, request, shape);
        let tally = &mut self.tally;
        tally.requests += 1;
        match result {
            Ok(_) | Err(BusError::WrongBoard | BusError::Line(_)) => {}
            Err(BusError::Silence) => tally.silent += 1,
            Err(BusError::Garbled) => tally.garbled += 1,
            Err(BusError::Exception(_)) => tally.refused += 1,
        }
        result
    }

    fn exchange(
        &self,
        line: &mut dyn Transport,
        request: Request<'_>,
        shape: &Shape,
    ) -> Result<Vec<u8>, BusError> {
        let mut frame = [0; 16];
        let adu = RequestAdu {
            hdr: Header { slave: self.unit },
            pdu: RequestPdu(request),
        };
        let length = rtu::client::encode_request(adu, &mut frame).unwrap_or(0);
        let frame = frame.get(..length).unwrap_or_default();
        let function = frame.get(1).copied().unwrap_or(0);
        silence(line)?;
        let deadline = line.now() + SENDING;
        if line.write(frame, deadline)? < frame.len() {
            return Err(BusError::Silence);
        }
        self.listen(line, function, shape)
    }

    fn listen(
        &self,
        line: &mut dyn Transport,
        function: u8,
        shape: &Shape,
    ) -> Result<Vec<u8>, BusError> {
        let deadline = line.now() + self.answer;
        let mut heard = Vec::new();
        loop {
            let mut buffer = [0; 256];
            let count = line.read(&mut buffer, deadline)?;
            heard.extend_from_slice(buffer.get(..count).unwrap_or_default());
            for start in 0..heard.len() {
                let rest = heard.get(start..).unwrap_or_default();
                match answer(rest, self.unit, function, shape) {
                    Some(Answer::Good(bytes)) => return Ok(bytes.to_vec()),
                    Some(Answer::Exception(code)) => return Err(BusError::Exception(code)),
                    None => {}
                }
            }
            if heard.len() > MAX_HEARD {
                return Err(BusError::Garbled);
            }
            if line.now() >= deadline {
                return Err(match heard.is_empty() {
                    true => BusError::Silence,
                    false => BusError::Garbled,
                });
            }
        }
    }
}

enum Answer<'a> {
    Good(&'a [u8]),
    Exception(u8),
}

/// The answer at the beginning of `heard`, if a whole and right one stands there.
fn answer<'a>(heard: &'a [u8], unit: u8, function: u8, shape: &Shape) -> Option<Answer<'a>> {
    let (head, rest) = heard.split_first_chunk::<2>()?;
    if *head == [unit, function | 0x80] {
        let frame = sealed(heard, 3)?;
        return Some(Answer::Exception(*frame.last()?));
    }
    if *head != [unit, function] {
        return None;
    }
    match shape {
        Shape::Values(bytes) => {
            if usize::from(*rest.first()?) != *bytes {
                return None;
            }
            sealed(heard, 3 + bytes)?.get(3..).map(Answer::Good)
        }
        Shape::Echo(echo) => {
            let frame = sealed(heard, 6)?;
            let back = frame.get(2..)?;
            (back == echo).then_some(Answer::Good(back))
        }
    }
}

/// The first `length` bytes, if the CRC behind them is right.
fn sealed(heard: &[u8], length: usize) -> Option<&[u8]> {
    let frame = heard.get(..length)?;
    let crc = heard.get(length..length + 2)?;
    (crc == rtu::crc16(frame).to_be_bytes()).then_some(frame)
}

/// Waits for the silence that ends whatever is still on the line, throwing it away.
fn silence(line: &mut dyn Transport) -> Result<(), BusError> {
    let end = line.now() + NOISE;
    let mut stray = [0; 256];
    loop {
        let deadline = line.now() + SILENCE;
        if line.read(&mut stray, deadline)? == 0 {
            return Ok(());
        }
        if line.now() >= end {
            return Err(BusError::Garbled);
        }
    }
}
