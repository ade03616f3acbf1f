//! Where the fields of each format stand; lines and positions from 1, as in ICAO 9303.

use super::document::Format;

/// Cells beside each other in one line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) line: usize,
    pub(super) from: usize,
    pub(super) len: usize,
}

const fn span(line: usize, from: usize, to: usize) -> Span {
    Span {
        line,
        from,
        len: to + 1 - from,
    }
}

/// One format. Every field that has a check digit names its cell.
pub(super) struct Layout {
    pub(super) format: Format,
    pub(super) lines: usize,
    pub(super) width: usize,
    pub(super) code: Span,
    pub(super) issuer: Span,
    pub(super) name: Span,
    pub(super) number: (Span, Span),
    pub(super) nationality: Span,
    pub(super) birth: (Span, Span),
    pub(super) sex: Span,
    pub(super) expiry: (Span, Span),
    pub(super) optional: Span,
    /// Only TD3 has a check digit over its personal number.
    pub(super) optional_check: Option<Span>,
    pub(super) optional2: Option<Span>,
    pub(super) composite: &'static [Span],
    pub(super) composite_check: Span,
}

/// Part 5.
static TD1: Layout = Layout {
    format: Format::Td1,
    lines: 3,
    width: 30,
    code: span(1, 1, 2),
    issuer: span(1, 3, 5),
    name: span(3, 1, 30),
    number: (span(1, 6, 14), span(1, 15, 15)),
    nationality: span(2, 16, 18),
    birth: (span(2, 1, 6), span(2, 7, 7)),
    sex: span(2, 8, 8),
    expiry: (span(2, 9, 14), span(2, 15, 15)),
    optional: span(1, 16, 30),
    optional_check: None,
    optional2: Some(span(2, 19, 29)),
    composite: &[
        span(1, 6, 30),
        span(2, 1, 7),
        span(2, 9, 15),
        span(2, 19, 29),
    ],
    composite_check: span(2, 30, 30),
};

/// Part 6.
static TD2: Layout = Layout {
    format: Format::Td2,
    lines: 2,
    width: 36,
    code: span(1, 1, 2),
    issuer: span(1, 3, 5),
    name: span(1, 6, 36),
    number: (span(2, 1, 9), span(2, 10, 10)),
    nationality: span(2, 11, 13),
    birth: (span(2, 14, 19), span(2, 20, 20)),
    sex: span(2, 21, 21),
    expiry: (span(2, 22, 27), span(2, 28, 28)),
    optional: span(2, 29, 35),
    optional_check: None,
    optional2: None,
    composite: &[span(2, 1, 10), span(2, 14, 20), span(2, 22, 35)],
    composite_check: span(2, 36, 36),
};

/// Part 4.
static TD3: Layout = Layout {
    format: Format::Td3,
    lines: 2,
    width: 44,
    code: span(1, 1, 2),
    issuer: span(1, 3, 5),
    name: span(1, 6, 44),
    number: (span(2, 1, 9), span(2, 10, 10)),
    nationality: span(2, 11, 13),
    birth: (span(2, 14, 19), span(2, 20, 20)),
    sex: span(2, 21, 21),
    expiry: (span(2, 22, 27), span(2, 28, 28)),
    optional: span(2, 29, 42),
    optional_check: Some(span(2, 43, 43)),
    optional2: None,
    composite: &[span(2, 1, 10), span(2, 14, 20), span(2, 22, 43)],
    composite_check: span(2, 44, 44),
};

/// All formats.
pub(super) static LAYOUTS: [&Layout; 3] = [&TD1, &TD2, &TD3];
