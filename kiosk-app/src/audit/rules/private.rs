//! No number of a person stands on a page unmasked, except in the field it is being typed into.

use kiosk_core::Screen;
use kiosk_core::screen::{Ask, Page};

use super::super::found::{Found, Rule};
use super::super::scene::Scene;

/// Digits of an identity number, the last of which may be an X.
const IDENTITY: usize = 18;
/// Digits of a mobile number of the mainland.
const MOBILE: usize = 11;

/// All that is shown and all that is spoken.
pub(in super::super) fn check(scene: &Scene, screen: &Screen, found: &mut Vec<Found>) {
    let typed = typed(&screen.page);
    let shown = scene
        .texts
        .iter()
        .map(|text| (text.to_string(), &text.text));
    let spoken = scene.elements.iter().flat_map(|element| {
        let said = element.more.iter().chain([&element.label]);
        said.map(|said| (element.to_string(), said))
    });
    for (name, text) in shown.chain(spoken) {
        let own = typed.is_some_and(|typed| !typed.is_empty() && text.starts_with(typed));
        if let Some(what) = number(text).filter(|_| !own) {
            found.push(Found::new(Rule::Private, name, what, "masked"));
        }
    }
}

/// What the person types on this page.
fn typed(page: &Page) -> Option<&str> {
    match page {
        Page::Question(question) => match &question.ask {
            Ask::Text { text, .. } => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Which number of a person stands in a text; blanks between its digits do not hide it.
fn number(text: &str) -> Option<&'static str> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut run = String::new();
    for character in plain.chars().chain(['.']) {
        if character.is_ascii_digit() {
            run.push(character);
            continue;
        }
        if matches!(character, 'X' | 'x') && run.len() == IDENTITY - 1 {
            run.push('X');
        }
        if identity(&run) {
            return Some("an identity number");
        }
        if mobile(&run) {
            return Some("a mobile number");
        }
        run.clear();
    }
    None
}

/// 18 places whose last is the check of the others (GB 11643).
fn identity(run: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let Some((last, digits)) = run
        .as_bytes()
        .split_last()
        .filter(|_| run.len() == IDENTITY)
    else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    CHECKS
        .iter()
        .zip(0..)
        .any(|(check, place)| place == sum % 11 && check == last)
}

fn mobile(run: &str) -> bool {
    run.len() == MOBILE && run.starts_with('1') && !run.starts_with("10") && !run.starts_with("12")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_known_from_other_numbers() {
        assert_eq!(
            number("身份证 590102199002150013"),
            None,
            "the check is wrong"
        );
        assert_eq!(number("11010519491231002X"), Some("an identity number"));
        assert_eq!(number("110105 19491231 002X"), Some("an identity number"));
        assert_eq!(number("154 0000 0005"), Some("a mobile number"));
        for other in [
            "5****************X",
            "154****0005",
            "000-5550-0031",
            "590100-20261123-0042",
            "5901002026112300042",
            "K7A4-9QXM-2RTC",
        ] {
            assert_eq!(number(other), None, "{other}");
        }
    }
}
