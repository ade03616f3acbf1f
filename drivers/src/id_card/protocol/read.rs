//! The data of a read: text, photo and, where a rule asks for it, fingerprint.

use zeroize::Zeroizing;

use super::commands::AnswerError;

/// What one read of a card gives. Wipes itself.
#[derive(PartialEq, Eq)]
pub struct ReadData {
    /// The 256 bytes of text.
    pub text: Zeroizing<Vec<u8>>,
    /// The compressed photo, normally 1,024 bytes; empty when the card gave none.
    pub photo: Zeroizing<Vec<u8>>,
    /// The fingerprints, normally 1,024 bytes; empty when there are none or none were asked for.
    pub fingerprint: Zeroizing<Vec<u8>>,
}

impl ReadData {
    /// Reads the data after SW3. The lengths are the frame's own; `fingerprint` says
    /// whether a third length stands there (command `30 10`).
    ///
    /// # Errors
    /// [`AnswerError::Shape`] when the lengths and the data disagree, or there are fewer
    /// than 256 bytes of text.
    pub fn parse(data: &[u8], fingerprint: bool) -> Result<Self, AnswerError> {
        let wrong = AnswerError::Shape("the lengths of the parts and the answer disagree");
        let fields = if fingerprint { 3 } else { 2 };
        let (lengths, rest) = data.split_at_checked(2 * fields).ok_or(wrong)?;
        let (pairs, _) = lengths.as_chunks::<2>();
        let mut lengths = pairs
            .iter()
            .map(|pair| usize::from(u16::from_be_bytes(*pair)));
        let text_length = lengths.next().ok_or(wrong)?;
        let photo_length = lengths.next().ok_or(wrong)?;
        let finger_length = lengths.next().unwrap_or(0);
        if rest.len() != text_length + photo_length + finger_length {
            return Err(wrong);
        }
        if text_length < super::text::BLOCK {
            return Err(AnswerError::Shape("less than 256 bytes of text"));
        }
        let (text, rest) = rest.split_at_checked(text_length).ok_or(wrong)?;
        let (photo, fingerprint) = rest.split_at_checked(photo_length).ok_or(wrong)?;
        Ok(Self {
            text: Zeroizing::new(text.to_vec()),
            photo: Zeroizing::new(photo.to_vec()),
            fingerprint: Zeroizing::new(fingerprint.to_vec()),
        })
    }
}

impl std::fmt::Debug for ReadData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReadData([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_photo_of_another_size_is_taken_as_it_comes() {
        let mut data = vec![1, 0, 0, 3];
        data.extend([0x20; 256]);
        data.extend([7, 8, 9]);
        let read = ReadData::parse(&data, false).unwrap();
        assert_eq!((&*read.photo, read.text.len()), (&vec![7, 8, 9], 256));
    }

    proptest! {
        #[test]
        fn any_data_is_read_or_refused(data in prop::collection::vec(any::<u8>(), 0..1400), fingerprint: bool) {
            if let Ok(read) = ReadData::parse(&data, fingerprint) {
                prop_assert!(read.text.len() >= 256);
            }
        }
    }
}
