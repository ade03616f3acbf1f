//! Check digits of card numbers. A card is never refused because one is wrong.

/// Whether an 18-character number (GB 11643) has the right check character.
///
/// Holds for citizens, for Hong Kong, Macao and Taiwan residents and for the foreigner's
/// card of 2023. A lower-case `x` is taken.
#[must_use]
pub fn citizen_number_valid(number: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let Some((check, digits)) = number.as_bytes().split_last() else {
        return false;
    };
    if digits.len() != WEIGHTS.len() || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    CHECKS.get((sum % 11) as usize) == Some(&check.to_ascii_uppercase())
}

/// Whether the 15-character number of the foreigner's card of 2017 has the right check digit.
#[must_use]
pub fn foreigner_number_valid(number: &str) -> bool {
    let Some((check, body)) = number.as_bytes().split_last() else {
        return false;
    };
    body.len() == 14 && mrz_check(body).is_some_and(|digit| digit == *check)
}

/// The number a person had on the card of 2017, from the one of 2023: `nationality` (3
/// letters), `number` (18 characters) and `link` (3 characters).
///
/// `None` when there is no link, or the parts have another shape.
#[must_use]
pub fn earlier_number(nationality: &str, number: &str, link: &str) -> Option<String> {
    let ascii = nationality.is_ascii() && number.is_ascii() && link.is_ascii();
    if !ascii || nationality.len() != 3 || number.len() != 18 || link.len() != 3 || link == "000" {
        return None;
    }
    let mut earlier = format!(
        "{nationality}{}{}{}{}",
        number.get(1..3)?,
        link.get(..2)?,
        number.get(8..14)?,
        link.get(2..)?
    );
    let check = mrz_check(earlier.as_bytes())?;
    earlier.push(char::from(check));
    Some(earlier)
}

/// The check digit of ICAO 9303: weights 7 3 1, `A` = 10 … `Z` = 35, `<` = 0.
///
/// `None` when a character has no value.
fn mrz_check(characters: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (character, weight) in characters.iter().zip([7, 3, 1].into_iter().cycle()) {
        let value = match character {
            b'<' => 0,
            _ => char::from(*character)
                .to_digit(36)
                .filter(|_| !character.is_ascii_lowercase())?,
        };
        sum += value * weight;
    }
    u8::try_from(sum % 10).ok().map(|digit| b'0' + digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_numbers_check() {
        for number in [
            "11010519491231002X",
            "11010519491231002x",
            "440524188001010014",
            "999999198001010011",
            "999999200002290027",
            "999999199912319997",
            "810000199001010019",
            "820000199001010029",
            "830000199001010039",
            "931586198001010028",
        ] {
            assert!(citizen_number_valid(number), "{number}");
        }
        for number in [
            "",
            "X",
            "110105194912310021",
            "11010519491231002",
            "1101051949123100２X",
        ] {
            assert!(!citizen_number_valid(number), "{number}");
        }
        assert!(foreigner_number_valid("CAN110081080310"));
        assert!(!foreigner_number_valid("CAN110081080311"));
        assert!(!foreigner_number_valid("can110081080310"));
    }

    #[test]
    fn the_earlier_number_of_a_renewed_card() {
        let earlier = earlier_number("PAK", "931586198001010028", "001");
        assert_eq!(earlier.as_deref(), Some("PAK310080010116"));
        assert_eq!(earlier_number("PAK", "931586198001010028", ""), None);
        assert_eq!(earlier_number("PAK", "931586198001010028", "000"), None);
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in ".{0,20}", link in ".{0,4}") {
            let valid = citizen_number_valid(&text) || foreigner_number_valid(&text);
            prop_assert!(!valid || text.is_ascii());
            prop_assert!(earlier_number(&text, &text, &link).is_none());
        }
    }
}
