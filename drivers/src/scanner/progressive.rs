//! JPEGs whose rows come all at once: progressive ones, and those with a scan for each colour.
//!
//! All their coefficients are in memory before the first row is, and a part of their bytes is
//! not a part of their rows. Source: ITU-T T.81, sections B.2.2, B.2.3 and G.1.1.

use super::jpeg::segments;

/// Start of a frame whose rows come from top to bottom.
const BASELINE: [u8; 2] = [0xC0, 0xC1];
/// Start of a progressive frame.
const PROGRESSIVE: u8 = 0xC2;
/// Coefficients of a block.
const BLOCK: usize = 64;

/// Whether its rows come from top to bottom, each once.
pub(super) fn is_baseline(bytes: &[u8]) -> bool {
    frame(bytes).is_some_and(|(marker, _)| BASELINE.contains(&marker))
}

/// Whether the decoder holds all of the picture before its first row.
pub(super) fn at_once(bytes: &[u8]) -> bool {
    let Some((marker, frame)) = frame(bytes) else {
        return false;
    };
    let first = bytes.get(segments(bytes).1..).unwrap_or_default();
    // Both count their components at the same place: after length, precision and size, or at once.
    let split = match (frame.get(9), first.get(4)) {
        (Some(all), Some(here)) => here < all,
        _ => false,
    };
    split || !BASELINE.contains(&marker)
}

/// Whether a progressive picture has every scan: each coefficient of each colour to its last
/// bit. Where the end was cut off and the file closed again, the later scans are missing, and
/// what was decoded looks like a page that somebody breathed on.
pub(super) fn is_finished(bytes: &[u8]) -> bool {
    let Some((PROGRESSIVE, frame)) = frame(bytes) else {
        return true;
    };
    // Number of the component, and the lowest bit that has come of each coefficient.
    let components = frame.get(10..).unwrap_or_default().chunks_exact(3);
    let mut bits: Vec<(u8, [Option<u8>; BLOCK])> = components
        .filter_map(|component| Some((*component.first()?, [None; BLOCK])))
        .collect();
    let mut at = segments(bytes).1;
    while let Some(found) = next_scan(bytes, at) {
        let head = bytes.get(found..).unwrap_or_default();
        let count = usize::from(head.get(4).copied().unwrap_or(0));
        let named = head.get(5..5 + 2 * count).unwrap_or_default();
        if let Some([from, to, low]) = head.get(5 + 2 * count..8 + 2 * count) {
            let band = usize::from(*from)..usize::from(*to) + 1;
            for (name, lowest) in &mut bits {
                if named.chunks_exact(2).any(|pair| pair.first() == Some(name))
                    && let Some(band) = lowest.get_mut(band.clone())
                {
                    band.fill(Some(low & 0x0F));
                }
            }
        }
        at = found + 4;
    }
    bits.iter()
        .all(|(_, lowest)| lowest.iter().all(|bit| *bit == Some(0)))
}

/// The marker of the frame and its segment from there on.
fn frame(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (segments, _) = segments(bytes);
    let (marker, range) = segments
        .into_iter()
        .find(|(marker, _)| BASELINE.contains(marker) || *marker == PROGRESSIVE)?;
    Some((marker, bytes.get(range)?))
}

/// Where the next scan begins, at `at` or behind it.
fn next_scan(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let found = rest.windows(2).position(|pair| pair == [0xFF, 0xDA])?;
    Some(at + found)
}
