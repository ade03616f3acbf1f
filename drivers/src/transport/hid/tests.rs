//! A whole reader in HID reports: the driver and the transport at one end of a pair of
//! sockets, the simulator in an envelope made from the sheet at the other.

use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::envelope::{Envelope, REPORT, Report};
use super::{HidTransport, open};
use crate::id_card::sim::{CardContent, SimReader};
use crate::id_card::{CardReader, Document, ReaderEvent};
use crate::runner::{Driver, Fault, FaultKind};
use crate::transport::simulated::SimulatedDevice;
use crate::transport::{Transport, clock};

/// A piece of an answer in the first envelope, as the sheet has it.
pub(super) fn answer_report(piece: &[u8], packet: u16) -> Report {
    let mut bytes = vec![0xAA, 9, 0];
    bytes.extend((piece.len() as u16 + 3).to_le_bytes());
    bytes.push(0);
    bytes.extend(packet.to_le_bytes());
    bytes.extend(piece);
    let sum: u16 = bytes[3..].iter().map(|byte| u16::from(*byte)).sum();
    bytes.extend(sum.to_le_bytes());
    bytes.resize(REPORT, 0);
    bytes.try_into().unwrap()
}

/// The device's end: takes requests out of their reports, puts answers into theirs.
struct Device {
    end: UnixDatagram,
    envelope: Envelope,
    reader: SimReader,
    begun: Instant,
    stop: Arc<AtomicBool>,
}

impl Device {
    fn run(mut self) {
        while !self.stop.load(Ordering::SeqCst) {
            let Some(report) = self.receive() else {
                continue;
            };
            let request = match self.envelope {
                Envelope::PassThrough => {
                    let length = usize::from(u16::from_le_bytes([report[3], report[4]]));
                    report[6..5 + length].to_vec()
                }
                Envelope::Counted => report[1..1 + usize::from(report[0])].to_vec(),
            };
            self.reader.receive(self.begun.elapsed(), &request);
            let answer = self.reader.poll(self.begun.elapsed());
            self.answer(&answer);
        }
    }

    /// A report without the id the kernel strips.
    fn receive(&self) -> Option<Report> {
        let mut numbered = [0; REPORT + 1];
        let count = self.end.recv(&mut numbered).ok()?;
        assert_eq!((count, numbered[0]), (REPORT + 1, 0));
        numbered[1..].try_into().ok()
    }

    fn answer(&self, answer: &[u8]) {
        match self.envelope {
            Envelope::PassThrough => {
                for (packet, piece) in (0..).zip(answer.chunks(54)) {
                    self.end.send(&answer_report(piece, packet)).unwrap();
                }
            }
            Envelope::Counted => {
                for part in answer.chunks(REPORT - 1) {
                    let mut report = vec![part.len() as u8];
                    report.extend(part);
                    report.resize(REPORT, 0);
                    self.end.send(&report).unwrap();
                    // The next part waits for the host's sign.
                    while part.len() == REPORT - 1 && !self.stop.load(Ordering::SeqCst) {
                        if let Some(sign) = self.receive() {
                            assert_eq!(sign[0], 0xFF);
                            break;
                        }
                    }
                }
            }
        }
    }
}

struct Room {
    line: HidTransport,
    stop: Arc<AtomicBool>,
    device: Option<JoinHandle<()>>,
}

impl Room {
    fn new(envelope: Envelope, card: CardContent) -> Self {
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        theirs
            .set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        let mut reader = SimReader::default();
        reader.put(card);
        let stop = Arc::new(AtomicBool::new(false));
        let device = Device {
            end: theirs,
            envelope,
            reader,
            begun: Instant::now(),
            stop: Arc::clone(&stop),
        };
        Self {
            line: HidTransport::new(ours.into(), "hid:test".to_owned(), envelope),
            stop,
            device: Some(std::thread::spawn(|| device.run())),
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let ended = self.device.take().unwrap().join();
        assert!(ended.is_ok() || std::thread::panicking());
    }
}

#[test]
fn a_card_is_read_through_either_envelope() {
    for envelope in [Envelope::PassThrough, Envelope::Counted] {
        let mut card = CardContent::blank(Document::Resident);
        card.name = "张示例".to_owned();
        card.number = "590102199002150015".to_owned();
        card.new_address = "云汀市样例路2号".to_owned();
        let mut room = Room::new(envelope, card);
        let mut driver = CardReader::default();
        driver.identify(&mut room.line).unwrap();
        let mut read = None;
        let give_up = clock() + Duration::from_secs(10);
        while read.is_none() && clock() < give_up {
            let emit = &mut |event| match event {
                ReaderEvent::Card(card) => read = Some(card),
                ReaderEvent::SamId(_) | ReaderEvent::Removed | ReaderEvent::Fault(_) => {}
            };
            driver.step(&mut room.line, &mut || None, emit).unwrap();
        }
        let card = read.unwrap();
        assert_eq!(card.number, "590102199002150015", "{envelope:?}");
        assert_eq!(card.new_address.as_deref(), Some("云汀市样例路2号"));
        assert!(card.photo);
    }
}

#[test]
fn a_long_request_goes_on_when_the_device_asks_and_too_long_a_one_is_refused() {
    let (ours, theirs) = UnixDatagram::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let mut line = HidTransport::new(ours.into(), "hid:test".to_owned(), Envelope::Counted);
    let soon = || clock() + Duration::from_secs(5);
    assert_eq!(line.write(&[7; 100], soon()).unwrap(), 100);
    let mut report = [0; REPORT + 1];
    theirs.recv(&mut report).unwrap();
    assert_eq!(report[1], 63);
    let mut next = [0; REPORT];
    next[0] = 0xFF;
    theirs.send(&next).unwrap();
    theirs.send(&[&[2, 8, 9][..], &[0; 61]].concat()).unwrap();
    let mut buffer = [0; 8];
    assert_eq!(line.read(&mut buffer, soon()).unwrap(), 2);
    assert_eq!(buffer[..2], [8, 9]);
    theirs.recv(&mut report).unwrap();
    assert_eq!(report[1], 37);
    assert!(line.write(&[7; 300], soon()).is_err());
    assert_eq!(line.read(&mut buffer, Duration::ZERO).unwrap(), 0);
}

#[test]
fn a_device_that_is_not_there_or_not_known_says_so() {
    let fault = |ids, port| Fault::opening(open(ids, port).err().unwrap());
    assert_eq!(
        fault((0x10C4, 0x0007), Some("99-9")).kind,
        FaultKind::Absent
    );
    assert_eq!(fault((0x0001, 0x0001), None).kind, FaultKind::Refused);
}
