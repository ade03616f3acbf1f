//! One-time codes: enrolment codes, staff codes, phone codes. People type them, so only blind indexes are stored.

use city_api::numbers::ALPHABET;
use city_api::requests::Private;

use crate::secret::MasterKey;

/// Seconds an enrolment code lasts.
pub(crate) const ENROLMENT_SECONDS: i64 = 15 * 60;
/// Seconds a staff code lasts.
pub(crate) const STAFF_SECONDS: i64 = 10 * 60;
/// Seconds a phone code lasts.
pub(crate) const PHONE_SECONDS: i64 = 5 * 60;
/// Tries for a phone code.
pub(crate) const PHONE_TRIES: u8 = 3;
/// Seconds a grant lasts: a long visit and its timeouts.
pub(crate) const GRANT_SECONDS: i64 = 60 * 60;

/// A new enrolment code: 12 characters in three groups, 60 bits.
#[must_use]
pub(crate) fn new_enrolment() -> String {
    let characters: String = rand::random::<[u8; 12]>()
        .into_iter()
        .map(|byte| {
            char::from(
                ALPHABET
                    .get(usize::from(byte % 32))
                    .copied()
                    .unwrap_or(b'2'),
            )
        })
        .collect();
    let (first, rest) = characters.split_at(4);
    let (second, third) = rest.split_at(4);
    format!("{first}-{second}-{third}")
}

/// A password made for somebody: as long as an enrolment code, and as easily read out.
#[must_use]
pub(crate) fn new_password() -> Private {
    Private::new(new_enrolment())
}

/// Blind index of an enrolment code; hyphens, spaces and case do not matter.
#[must_use]
pub(crate) fn enrolment(master: &MasterKey, typed: &str) -> [u8; 32] {
    master.code("enrolment", &canonical(typed))
}

/// Code of a booking: ten characters made from its id, so that the same question has the same answer and nobody
/// without the key can make it.
#[must_use]
pub(crate) fn booking(master: &MasterKey, id: uuid::Uuid) -> String {
    let made = master.code("booking", &id.to_string());
    let character = |byte: &u8| {
        ALPHABET
            .get(usize::from(byte % 32))
            .copied()
            .map(char::from)
    };
    let code: String = made.iter().filter_map(character).take(10).collect();
    let (first, second) = code.split_at(5);
    format!("{first}-{second}")
}

/// Blind index of the code of a booking; hyphens, spaces and case do not matter.
#[must_use]
pub(crate) fn booking_index(master: &MasterKey, typed: &str) -> [u8; 32] {
    master.code("booking code", &canonical(typed))
}

/// Code that opens a locker for one result, made from its case and the moment it was put in, so that it stands nowhere
/// and another one opens the next compartment.
#[must_use]
pub(crate) fn pick_up(master: &MasterKey, case: uuid::Uuid, stored: jiff::Timestamp) -> Private {
    let made = master.code("pick-up", &format!("{case} {stored}"));
    let digit = |byte: &u8| char::from(b'0' + byte % 10);
    Private::new(made.iter().map(digit).take(8).collect::<String>())
}

/// Whether what was typed is the code; spaces and hyphens do not matter.
#[must_use]
pub(crate) fn is_pick_up(code: &Private, typed: &str) -> bool {
    let typed: zeroize::Zeroizing<String> =
        zeroize::Zeroizing::new(typed.chars().filter(char::is_ascii_digit).collect());
    code.reveal() == typed.as_str()
}

fn canonical(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// So many random digits.
#[must_use]
pub(crate) fn digits(count: u32) -> String {
    let number = rand::random_range(0..10_u64.pow(count.min(18)));
    format!("{number:0width$}", width = count as usize)
}

#[cfg(test)]
mod tests {
    use super::{digits, enrolment, new_enrolment};
    use crate::secret::{Key, MasterKey};

    #[test]
    fn a_code_typed_in_small_letters_without_hyphens_is_the_same() {
        let master = MasterKey::new(&Key::random());
        let code = new_enrolment();
        assert_eq!(code.len(), 14);
        let typed = code.to_lowercase().replace('-', " ");
        assert_eq!(enrolment(&master, &code), enrolment(&master, &typed));
        assert_ne!(
            enrolment(&master, &code),
            enrolment(&master, &new_enrolment())
        );
        assert_eq!(digits(8).len(), 8);
    }
}
