//! The number of a security module, as bytes and as it is printed.

use std::fmt;
use std::str::FromStr;

/// The number of a security module; printed `aa.bb-cccccccc-dddddddddd-eeeeeeeeee`.
///
/// The 16 bytes are five little-endian numbers of 2, 2, 4, 4 and 4 bytes.
///
/// ```
/// use kiosk_drivers::id_card::SamId;
///
/// let id: SamId = "05.03-20170101-0001234567-3456789012".parse()?;
/// assert_eq!(id.to_string(), "05.03-20170101-0001234567-3456789012");
/// assert!("05.03-20170101".parse::<SamId>().is_err());
/// # Ok::<(), kiosk_drivers::id_card::SamIdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SamId(pub [u8; 16]);

/// A text that is no module's number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no number of a security module, write aa.bb-cccccccc-dddddddddd-eeeeeeeeee")]
pub struct SamIdError(String);

impl fmt::Display for SamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a0, a1, b0, b1, rest @ ..] = self.0;
        let [c0, c1, c2, c3, d0, d1, d2, d3, e0, e1, e2, e3] = rest;
        write!(
            f,
            "{:02}.{:02}-{:08}-{:010}-{:010}",
            u16::from_le_bytes([a0, a1]),
            u16::from_le_bytes([b0, b1]),
            u32::from_le_bytes([c0, c1, c2, c3]),
            u32::from_le_bytes([d0, d1, d2, d3]),
            u32::from_le_bytes([e0, e1, e2, e3]),
        )
    }
}

/// The long form only: shorter ones that some products print do not tell modules apart.
impl FromStr for SamId {
    type Err = SamIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        bytes(text)
            .map(Self)
            .filter(|id| id.to_string() == text)
            .ok_or_else(|| SamIdError(text.chars().take(60).collect()))
    }
}

fn bytes(text: &str) -> Option<[u8; 16]> {
    let (kind, rest) = text.split_once('.')?;
    let mut groups = rest.split('-');
    let maker: u16 = groups.next()?.parse().ok()?;
    let mut out = [0; 16];
    let mut put = |at: usize, part: &[u8]| -> Option<()> {
        out.get_mut(at..at + part.len())?.copy_from_slice(part);
        Some(())
    };
    put(0, &kind.parse::<u16>().ok()?.to_le_bytes())?;
    put(2, &maker.to_le_bytes())?;
    for at in [4, 8, 12] {
        put(at, &groups.next()?.parse::<u32>().ok()?.to_le_bytes())?;
    }
    groups.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_typed_another_way_is_not_taken_for_the_same() {
        for text in [
            "",
            "05.03",
            "05.03-20170101-1234567-3456789012",
            "5.3-20170101-0001234567-3456789012",
            "05.03-20170101-0001234567-3456789012-1",
            "05.03-20170101-0001234567-9999999999",
            "+5.03-20170101-0001234567-3456789012",
        ] {
            assert!(text.parse::<SamId>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_number_reads_back_as_printed(bytes: [u8; 16]) {
            let id = SamId(bytes);
            prop_assert_eq!(id.to_string().parse::<SamId>(), Ok(id));
        }
    }
}
