//! How much longer a card takes than its bytes, in simulated time on a paced line: from the find
//! that sees the card to the event. How long it lies there before it is looked for is chance.

use std::time::Duration;

use super::{Room, zhang_san};
use crate::id_card::sim::SimReader;
use crate::id_card::{CardReader, ReaderEvent};
use crate::runner::Driver;
use crate::runner::room::Room as RoomOf;
use crate::transport::simulated::wire_time;
use crate::transport::{Transport, TransportError};

/// Wire time plus five per cent.
const BAR: f64 = 1.05;

/// A line that notes the last find and the bytes since.
struct Tap<T> {
    line: T,
    found: Duration,
    bytes: usize,
}

impl<T: Transport> Transport for Tap<T> {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        let count = self.line.read(buffer, deadline)?;
        self.bytes += count;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        if bytes.get(7..9) == Some(&[0x20, 0x01]) {
            self.found = self.line.now();
            self.bytes = 0;
        }
        self.bytes += bytes.len();
        self.line.write(bytes, deadline)
    }
}

#[test]
fn a_card_takes_no_more_than_its_wire_time_and_five_per_cent_at_any_speed() {
    for baud in [115_200, 9600] {
        let room: Room = RoomOf::joined(CardReader::default(), SimReader::default(), baud);
        let (line, mut driver) = (room.line, room.driver);
        let mut tap = Tap {
            line: room.transport,
            found: Duration::ZERO,
            bytes: 0,
        };
        driver.identify(&mut tap).unwrap();
        line.device(|reader| reader.put(zhang_san()));
        let mut told = None;
        while told.is_none() {
            let emit = &mut |event| {
                if matches!(event, ReaderEvent::Card(_)) {
                    told = Some(line.now());
                }
            };
            driver.step(&mut tap, &mut || None, emit).unwrap();
            assert!(line.now() < Duration::from_secs(30), "not read at {baud}");
        }
        let taken = told.unwrap() - tap.found;
        let ratio = taken.as_secs_f64() / wire_time(tap.bytes, Some(baud)).as_secs_f64();
        println!("{taken:?} for {} bytes at {baud}: {ratio:.3}", tap.bytes);
        assert!(
            tap.bytes > 1295,
            "the card has more bytes than {}",
            tap.bytes
        );
        // Less than its bytes need would be a line that is not paced.
        assert!((0.99..=BAR).contains(&ratio), "{ratio:.3} at {baud}");
    }
}
