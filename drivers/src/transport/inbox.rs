//! Bytes of one packet that came and were not read yet. A person may be among them.

use zeroize::{Zeroize, Zeroizing};

/// Packets are at most this long (USB 3 bulk).
const MOST: usize = 1024;

/// The rest of one packet. Wipes what was taken.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// Never grows beyond what it was made with, so no unwiped copy is left behind.
    bytes: Zeroizing<Vec<u8>>,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            bytes: Zeroizing::new(Vec::with_capacity(MOST)),
        }
    }
}

impl Inbox {
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes a packet in; bytes beyond the longest packet there is are dropped.
    pub(crate) fn fill(&mut self, packet: &[u8]) {
        let room = MOST.saturating_sub(self.bytes.len());
        self.bytes.extend(packet.iter().take(room));
    }

    /// Moves bytes into `buffer` and returns how many.
    pub(crate) fn take(&mut self, buffer: &mut [u8]) -> usize {
        let length = self.bytes.len();
        let count = length.min(buffer.len());
        for (slot, byte) in buffer.iter_mut().zip(self.bytes.iter()) {
            *slot = *byte;
        }
        self.bytes.rotate_left(count);
        if let Some(taken) = self.bytes.get_mut(length - count..) {
            taken.zeroize();
        }
        self.bytes.truncate(length - count);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_read_in_any_pieces_and_nothing_grows() {
        let mut inbox = Inbox::default();
        inbox.fill(&[1, 2, 3, 4, 5]);
        let mut buffer = [0; 3];
        assert_eq!((inbox.take(&mut buffer), buffer), (3, [1, 2, 3]));
        assert_eq!((inbox.take(&mut buffer), buffer), (2, [4, 5, 3]));
        assert!(inbox.is_empty());
        inbox.fill(&[7; 5000]);
        assert_eq!(inbox.bytes.len(), MOST);
        assert_eq!(inbox.bytes.capacity(), MOST);
    }
}
