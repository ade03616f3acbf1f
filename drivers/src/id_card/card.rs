//! What a card says of its holder. Wipes itself and never prints what it holds.

use std::fmt;

use serde_json::{Value, json};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::date::{CardDate, Validity};
use super::photo::Photo;

/// The documents a reader reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Document {
    /// Resident identity card (居民身份证).
    Resident,
    /// Residence permit for residents of Hong Kong, Macao and Taiwan.
    Hmt,
    /// Foreign permanent resident's card, layout of 2017.
    Foreigner2017,
    /// Foreign permanent resident's card, layout of 2023.
    Foreigner2023,
}

impl Document {
    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Hmt => "hmt",
            Self::Foreigner2017 => "foreigner2017",
            Self::Foreigner2023 => "foreigner2023",
        }
    }
}

/// A card that was read whole. `None` fields are blank on this card or not on this kind.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Card {
    /// Which document it is.
    #[zeroize(skip)]
    pub document: Document,
    /// Name in Chinese characters.
    pub name: String,
    /// Name in Latin letters, on foreigners' cards.
    pub english_name: Option<String>,
    /// Sex code of GB/T 2261.1.
    pub sex_code: Option<String>,
    /// Ethnicity code of GB/T 3304, on resident cards; codes outside the table occur.
    pub ethnicity_code: Option<String>,
    /// Three-letter nationality, on foreigners' cards.
    pub nationality: Option<String>,
    /// Birth date.
    pub birth_date: Option<CardDate>,
    /// Address printed on the card.
    pub address: Option<String>,
    /// The number of the document's holder, upper case.
    pub number: String,
    /// Whether the number's check character is right; the card counts either way.
    pub number_valid: bool,
    /// Whether the number and the fields tell the same birth date and sex.
    pub number_agrees: bool,
    /// Issuing authority; `None` on foreigners' cards, which do not hold it.
    pub issuer: Option<String>,
    /// First day of validity.
    pub valid_from: Option<CardDate>,
    /// Last day of validity.
    pub valid_to: Option<Validity>,
    /// Address after a move, written to the chip and not printed; `None` when there is none.
    pub new_address: Option<String>,
    /// Whether the chip gave a photo. It is compressed by a closed method.
    pub photo: bool,
    /// The photo, where a decoder is set up and gave one.
    pub picture: Option<Photo>,
    /// The fingerprints; `None` unless a rule asked for them and the chip holds some.
    pub fingerprint: Option<Fingerprint>,
    /// Number of the travel permit, on permits.
    pub permit_number: Option<String>,
    /// How often the permit was issued.
    pub times_issued: Option<String>,
    /// How often the card of 2023 was renewed.
    pub times_renewed: Option<String>,
    /// The holder's number on an earlier card of 2017, worked out from the card of 2023.
    pub earlier_number: Option<String>,
    /// Code of the authority that took the application, on the card of 2017.
    pub authority_code: Option<String>,
}

impl Card {
    /// A card of `document` on which nothing is written.
    #[must_use]
    pub fn blank(document: Document) -> Self {
        Self {
            document,
            name: String::new(),
            english_name: None,
            sex_code: None,
            ethnicity_code: None,
            nationality: None,
            birth_date: None,
            address: None,
            number: String::new(),
            number_valid: false,
            number_agrees: true,
            issuer: None,
            valid_from: None,
            valid_to: None,
            new_address: None,
            photo: false,
            picture: None,
            fingerprint: None,
            permit_number: None,
            times_issued: None,
            times_renewed: None,
            earlier_number: None,
            authority_code: None,
        }
    }

    /// What can be said of the card without saying anything of its holder: which fields
    /// are filled and how long they are, and what does not check. For logs.
    #[must_use]
    pub fn outline(&self) -> String {
        let mut outline = self.document.name().to_owned();
        for (name, length) in self.lengths().into_iter().filter(|(_, length)| *length > 0) {
            outline.push_str(&format!(" {name}:{length}"));
        }
        for (word, flagged) in [
            ("number_invalid", !self.number_valid),
            ("number_disagrees", !self.number_agrees),
            ("no_photo", !self.photo),
        ] {
            if flagged {
                outline.push(' ');
                outline.push_str(word);
            }
        }
        outline
    }

    /// The texts of the card by their length in characters.
    fn lengths(&self) -> [(&'static str, usize); 12] {
        let length = |text: &Option<String>| text.as_ref().map_or(0, |text| text.chars().count());
        [
            ("name", self.name.chars().count()),
            ("english", length(&self.english_name)),
            ("nationality", length(&self.nationality)),
            ("address", length(&self.address)),
            ("new_address", length(&self.new_address)),
            ("number", self.number.chars().count()),
            ("issuer", length(&self.issuer)),
            ("permit", length(&self.permit_number)),
            ("issued", length(&self.times_issued)),
            ("renewed", length(&self.times_renewed)),
            ("earlier_number", length(&self.earlier_number)),
            ("authority", length(&self.authority_code)),
        ]
    }

    /// The card as `kiosk device watch id-card` prints it; unknown values are null.
    ///
    /// Without `reveal` the name keeps its first character, the number its first and last
    /// four, and every other value of the person is `*`.
    #[must_use]
    pub fn to_json(&self, reveal: bool) -> Value {
        let name = |text: &String| {
            if reveal {
                text.clone()
            } else {
                mask_name(text)
            }
        };
        let number = |text: &String| {
            if reveal {
                text.clone()
            } else {
                mask_number(text)
            }
        };
        let value =
            |text: Option<String>| text.map(|text| if reveal { text } else { "*".to_owned() });
        let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        json!({
            "event": "card",
            "document": self.document.name(),
            "name": filled(&self.name).as_ref().map(name),
            "englishName": self.english_name.as_ref().map(name),
            "sexCode": value(self.sex_code.clone()),
            "ethnicityCode": value(self.ethnicity_code.clone()),
            "nationality": value(self.nationality.clone()),
            "birthDate": value(self.birth_date.as_ref().map(CardDate::to_string)),
            "address": value(self.address.clone()),
            "number": filled(&self.number).as_ref().map(number),
            "numberValid": self.number_valid,
            "issuer": value(self.issuer.clone()),
            "validFrom": value(self.valid_from.as_ref().map(CardDate::to_string)),
            "validTo": value(self.valid_to.as_ref().map(Validity::to_string)),
            "newAddress": value(self.new_address.clone()),
            "photo": self.photo,
        })
    }
}

/// The fingerprints of a card: 1,024 bytes, which are never logged nor printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Fingerprint(Vec<u8>);

impl Fingerprint {
    /// `None` when the card gave none.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        (!bytes.is_empty()).then(|| Self(bytes.to_vec()))
    }

    /// The bytes as they stand on the chip.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn mask_name(name: &str) -> String {
    name.chars().take(1).chain(['*']).collect()
}

/// Keeps the first and the last four characters of a number that has more than eight.
fn mask_number(number: &str) -> String {
    let count = number.chars().count();
    if count <= 8 {
        return "*".repeat(count);
    }
    let shown = |(index, character)| match index {
        0 => character,
        index if index + 4 >= count => character,
        _ => '*',
    };
    number.chars().enumerate().map(shown).collect()
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Card({}, [redacted])", self.document.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Card {
        let mut card = Card::blank(Document::Resident);
        card.name = "张三".to_owned();
        card.number = "11010519491231002X".to_owned();
        card.birth_date = Some(CardDate::parse("19491231".to_owned()));
        card.valid_to = Some(Validity::parse("长期".to_owned()));
        card.address = Some("北京市东城区测试路1号".to_owned());
        card
    }

    #[test]
    fn nothing_personal_is_printed_by_debug() {
        let card = sample();
        let printed = format!("{card:?} {:?} {:?}", card.birth_date, card.valid_to);
        assert_eq!(
            printed,
            "Card(resident, [redacted]) Some([redacted]) Some([redacted])"
        );
    }

    #[test]
    fn the_outline_of_a_card_tells_lengths_and_flags_and_nothing_of_the_person() {
        let mut card = sample();
        card.number_valid = true;
        card.number_agrees = false;
        assert_eq!(
            card.outline(),
            "resident name:2 address:11 number:18 number_disagrees no_photo"
        );
    }

    #[test]
    fn masked_json_shows_one_character_of_the_name_and_five_of_the_number() {
        let masked = sample().to_json(false);
        assert_eq!(masked["name"], "张*");
        assert_eq!(masked["number"], "1*************002X");
        assert_eq!(masked["birthDate"], "*");
        assert_eq!(masked["address"], "*");
        assert_eq!(masked["newAddress"], Value::Null);
        let text = masked.to_string();
        for secret in ["三", "1949", "东城"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
