//! The commands of a module, one type each with its bytes and the reading of its answer.

use std::time::Duration;

use super::frame::{self, Answer};
use super::read::ReadData;
use super::sam_id::SamId;
use super::status::Status;
use super::text;

/// Until the first byte of an answer that needs no card.
const QUICK: Duration = Duration::from_millis(1000);
/// Until the first byte of an answer read from the card.
const READING: Duration = Duration::from_millis(3000);

/// Why an answer is no success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The module says so.
    #[error("the module answered {:02X}", u8::from(*.0))]
    Status(Status),
    /// The answer's shape is not that of this command: a late answer to another one, or
    /// garbage with a right checksum.
    #[error("the answer has the wrong shape: {0}")]
    Shape(&'static str),
}

/// One command: its bytes, its time limit, and what its answer means.
pub trait Request {
    /// What a successful answer holds.
    type Reply;

    /// Name for errors and logs.
    const NAME: &'static str;

    /// How long the first byte of the answer may take.
    const LIMIT: Duration = QUICK;

    /// CMD, PARA and data.
    fn body(&self) -> Vec<u8>;

    /// Reads the data of an answer whose status is [`Self::success`].
    ///
    /// # Errors
    /// [`AnswerError::Shape`] when the data does not fit the command.
    fn reply(&self, data: &[u8]) -> Result<Self::Reply, AnswerError>;

    /// The status of success.
    fn success(&self) -> Status {
        Status::Success
    }

    /// The whole frame.
    fn encode(&self) -> Vec<u8> {
        frame::encode(&self.body())
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// [`AnswerError`] when it is no success, or not an answer to this command.
    fn parse(&self, answer: &Answer) -> Result<Self::Reply, AnswerError> {
        let status = Status::from(answer.status());
        if status == self.success() {
            return self.reply(answer.data());
        }
        // Only find says Found, and find never says Success: it is another command's answer.
        if matches!(status, Status::Found | Status::Success) {
            return Err(AnswerError::Shape("a status of another command"));
        }
        Err(AnswerError::Status(status))
    }
}

fn empty(data: &[u8]) -> Result<(), AnswerError> {
    if data.is_empty() {
        Ok(())
    } else {
        Err(AnswerError::Shape("data where none belongs"))
    }
}

fn exactly<const N: usize>(data: &[u8]) -> Result<[u8; N], AnswerError> {
    data.try_into()
        .map_err(|_| AnswerError::Shape("another number of data bytes"))
}

/// `10 FF`: resets the module; a card left on it counts as newly put.
#[derive(Debug, Clone, Copy)]
pub struct ResetSam;

impl Request for ResetSam {
    type Reply = ();
    const NAME: &'static str = "reset SAM";
    fn body(&self) -> Vec<u8> {
        vec![0x10, 0xFF]
    }
    fn reply(&self, data: &[u8]) -> Result<(), AnswerError> {
        empty(data)
    }
}

/// `11 FF`: whether the module is fit for use.
#[derive(Debug, Clone, Copy)]
pub struct SamStatus;

impl Request for SamStatus {
    type Reply = ();
    const NAME: &'static str = "SAM status";
    fn body(&self) -> Vec<u8> {
        vec![0x11, 0xFF]
    }
    fn reply(&self, data: &[u8]) -> Result<(), AnswerError> {
        empty(data)
    }
}

/// `12 FF`: the module's number.
#[derive(Debug, Clone, Copy)]
pub struct ReadSamId;

impl Request for ReadSamId {
    type Reply = SamId;
    const NAME: &'static str = "read SAM id";
    fn body(&self) -> Vec<u8> {
        vec![0x12, 0xFF]
    }
    fn reply(&self, data: &[u8]) -> Result<SamId, AnswerError> {
        exactly(data).map(SamId)
    }
}

/// `20 01`: looks for a card.
#[derive(Debug, Clone, Copy)]
pub struct FindCard;

impl Request for FindCard {
    /// Defined as part of the chip's number, zero on current modules; never to be compared.
    type Reply = [u8; 4];
    const NAME: &'static str = "find card";
    fn body(&self) -> Vec<u8> {
        vec![0x20, 0x01]
    }
    fn success(&self) -> Status {
        Status::Found
    }
    fn reply(&self, data: &[u8]) -> Result<[u8; 4], AnswerError> {
        exactly(data)
    }
}

/// `20 02`: selects the card found.
#[derive(Debug, Clone, Copy)]
pub struct SelectCard;

impl Request for SelectCard {
    /// Defined as the chip's number, zero on current modules; never to be compared.
    type Reply = [u8; 8];
    const NAME: &'static str = "select card";
    fn body(&self) -> Vec<u8> {
        vec![0x20, 0x02]
    }
    fn reply(&self, data: &[u8]) -> Result<[u8; 8], AnswerError> {
        exactly(data)
    }
}

/// `30 01`: text and photo.
#[derive(Debug, Clone, Copy)]
pub struct ReadCard;

impl Request for ReadCard {
    type Reply = ReadData;
    const NAME: &'static str = "read card";
    const LIMIT: Duration = READING;
    fn body(&self) -> Vec<u8> {
        vec![0x30, 0x01]
    }
    fn reply(&self, data: &[u8]) -> Result<ReadData, AnswerError> {
        ReadData::parse(data, false)
    }
}

/// `30 10`: text, photo and fingerprint. Only sent where a rule asks for the fingerprint; a
/// module that does not know the command answers 21.
#[derive(Debug, Clone, Copy)]
pub struct ReadCardWithFingerprint;

impl Request for ReadCardWithFingerprint {
    type Reply = ReadData;
    const NAME: &'static str = "read card with fingerprint";
    const LIMIT: Duration = READING;
    fn body(&self) -> Vec<u8> {
        vec![0x30, 0x10]
    }
    fn reply(&self, data: &[u8]) -> Result<ReadData, AnswerError> {
        ReadData::parse(data, true)
    }
}

/// `30 03`: the newest address, written to the chip after a move. Also tells whether the
/// card just read is still there.
#[derive(Debug, Clone, Copy)]
pub struct ReadNewestAddress;

impl Request for ReadNewestAddress {
    type Reply = zeroize::Zeroizing<String>;
    const NAME: &'static str = "read newest address";
    const LIMIT: Duration = READING;
    fn body(&self) -> Vec<u8> {
        vec![0x30, 0x03]
    }
    fn reply(&self, data: &[u8]) -> Result<Self::Reply, AnswerError> {
        exactly::<70>(data)?;
        Ok(zeroize::Zeroizing::new(text::decode(data)))
    }
}

/// `30 05`: the card's management number, 28 bytes nobody outside the police interprets.
#[derive(Debug, Clone, Copy)]
pub struct ReadManagementNumber;

impl Request for ReadManagementNumber {
    type Reply = zeroize::Zeroizing<[u8; 28]>;
    const NAME: &'static str = "read management number";
    const LIMIT: Duration = READING;
    fn body(&self) -> Vec<u8> {
        vec![0x30, 0x05]
    }
    fn reply(&self, data: &[u8]) -> Result<Self::Reply, AnswerError> {
        exactly(data).map(zeroize::Zeroizing::new)
    }
}

/// The speeds a module knows, in the order in which to look for it.
pub const SPEEDS: [u32; 5] = [115_200, 57_600, 38_400, 19_200, 9_600];

/// `60 pp`: another line speed, kept over power-off. A kiosk looks for the module's speed
/// and leaves it; this is for technicians.
#[derive(Debug, Clone, Copy)]
pub struct SetSpeed {
    parameter: u8,
}

impl SetSpeed {
    /// `None` when the module has no such speed.
    #[must_use]
    pub fn new(baud: u32) -> Option<Self> {
        let index = SPEEDS.iter().position(|speed| *speed == baud)?;
        u8::try_from(index).ok().map(|parameter| Self { parameter })
    }
}

impl Request for SetSpeed {
    type Reply = ();
    const NAME: &'static str = "set speed";
    fn body(&self) -> Vec<u8> {
        vec![0x60, self.parameter]
    }
    fn reply(&self, data: &[u8]) -> Result<(), AnswerError> {
        empty(data)
    }
}

/// `61 FF nn`: most bytes per frame between module and antenna.
#[derive(Debug, Clone, Copy)]
pub struct SetRadioFrame {
    /// Bytes per frame; the allowed range is not published.
    pub bytes: u8,
}

impl Request for SetRadioFrame {
    type Reply = ();
    const NAME: &'static str = "set radio frame";
    fn body(&self) -> Vec<u8> {
        vec![0x61, 0xFF, self.bytes]
    }
    fn reply(&self, data: &[u8]) -> Result<(), AnswerError> {
        empty(data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::AnswerParser;
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text
            .bytes()
            .filter(u8::is_ascii_hexdigit)
            .map(|digit| (digit as char).to_digit(16).unwrap() as u8)
            .collect();
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()
    }

    fn answer(text: &str) -> Answer {
        let mut parser = AnswerParser::default();
        parser.push(&hex(text));
        parser.next_answer().unwrap()
    }

    #[test]
    fn requests_are_the_published_bytes() {
        let table: [(Vec<u8>, &str); 11] = [
            (ResetSam.encode(), "AA AA AA 96 69 00 03 10 FF EC"),
            (SamStatus.encode(), "AA AA AA 96 69 00 03 11 FF ED"),
            (ReadSamId.encode(), "AA AA AA 96 69 00 03 12 FF EE"),
            (FindCard.encode(), "AA AA AA 96 69 00 03 20 01 22"),
            (SelectCard.encode(), "AA AA AA 96 69 00 03 20 02 21"),
            (ReadCard.encode(), "AA AA AA 96 69 00 03 30 01 32"),
            (
                ReadCardWithFingerprint.encode(),
                "AA AA AA 96 69 00 03 30 10 23",
            ),
            (ReadNewestAddress.encode(), "AA AA AA 96 69 00 03 30 03 30"),
            (
                ReadManagementNumber.encode(),
                "AA AA AA 96 69 00 03 30 05 36",
            ),
            (
                SetRadioFrame { bytes: 0x50 }.encode(),
                "AA AA AA 96 69 00 04 61 FF 50 CA",
            ),
            (
                SetSpeed::new(9600).unwrap().encode(),
                "AA AA AA 96 69 00 03 60 04 67",
            ),
        ];
        for (bytes, published) in table {
            assert_eq!(bytes, hex(published), "{published}");
        }
        for (baud, sum) in SPEEDS.into_iter().zip([0x63, 0x62, 0x61, 0x60, 0x67]) {
            assert_eq!(SetSpeed::new(baud).unwrap().encode().last(), Some(&sum));
        }
        assert!(SetSpeed::new(14_400).is_none());
    }

    #[test]
    fn published_answers_are_understood() {
        let id = answer(
            "AA AA AA 96 69 00 14 00 00 90 05 00 03 00 75 C5 33 01 87 D6 12 00 14 6A 0A CE F9",
        );
        let id = ReadSamId.parse(&id).unwrap();
        assert_eq!(id.to_string(), "05.03-20170101-0001234567-3456789012");

        let found = answer("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97");
        assert_eq!(FindCard.parse(&found), Ok([0; 4]));
        let selected = answer("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C");
        assert_eq!(SelectCard.parse(&selected), Ok([0; 8]));
        for (text, status) in [
            ("AA AA AA 96 69 00 04 00 00 80 84", Status::NoCard),
            ("AA AA AA 96 69 00 04 00 00 66 62", Status::NotAuthorised),
            ("AA AA AA 96 69 00 04 00 00 10 14", Status::WrongChecksum),
        ] {
            let parsed = FindCard.parse(&answer(text));
            assert_eq!(parsed, Err(AnswerError::Status(status)));
        }
    }

    #[test]
    fn a_late_answer_to_another_command_is_not_taken_for_success() {
        let ok = answer("AA AA AA 96 69 00 04 00 00 90 94");
        let found = answer("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97");
        assert!(matches!(FindCard.parse(&ok), Err(AnswerError::Shape(_))));
        assert!(matches!(
            SelectCard.parse(&found),
            Err(AnswerError::Shape(_))
        ));
        assert!(matches!(SelectCard.parse(&ok), Err(AnswerError::Shape(_))));
        assert!(matches!(ReadCard.parse(&ok), Err(AnswerError::Shape(_))));
    }
}
