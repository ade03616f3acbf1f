//! The check digit of ICAO 9303, part 3, section 4.9, and what optical readers confuse.

/// The check digit over `cells`: weights 7 3 1 repeating, `A` = 10 to `Z` = 35, `<` = 0,
/// modulo 10. `None` when a cell is none of `A` to `Z`, `0` to `9` and `<`.
///
/// ```
/// use kiosk_drivers::mrz::check_digit;
///
/// assert_eq!(check_digit(b"L898902C3"), Some(b'6'));
/// assert_eq!(check_digit(b"690806"), Some(b'1'));
/// assert_eq!(check_digit(b"a"), None);
/// ```
#[must_use]
pub fn check_digit(cells: &[u8]) -> Option<u8> {
    let mut sum = 0_u32;
    for (cell, weight) in cells.iter().zip([7, 3, 1].into_iter().cycle()) {
        sum = (sum + weight * value(*cell)?) % 10;
    }
    u8::try_from(sum).ok().map(|digit| b'0' + digit)
}

fn value(cell: u8) -> Option<u32> {
    match cell {
        b'0'..=b'9' => Some(u32::from(cell - b'0')),
        b'A'..=b'Z' => Some(u32::from(cell - b'A') + 10),
        b'<' => Some(0),
        _ => None,
    }
}

/// The digit a letter stands for where only digits may stand.
pub(super) fn as_digit(letter: u8) -> Option<u8> {
    match letter {
        b'O' | b'Q' | b'D' => Some(b'0'),
        b'I' | b'L' => Some(b'1'),
        b'Z' => Some(b'2'),
        b'S' => Some(b'5'),
        b'G' => Some(b'6'),
        b'B' => Some(b'8'),
        _ => None,
    }
}
