//! What is written on a simulated card, and its bytes.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::super::card::Document;
use super::super::protocol::text::{BLOCK, Field, layout};

/// A card for the simulator, as its JSON files say it. A field left out is blank.
///
/// Dates are `YYYY-MM-DD`; `validTo` may be `long-term`; anything else is put on the chip
/// as it stands, so that broken cards can be made too.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CardContent {
    /// Which document it is.
    #[zeroize(skip)]
    pub document: Document,
    /// Name in Chinese characters.
    #[serde(default)]
    pub name: String,
    /// Name in Latin letters, on foreigners' cards.
    #[serde(default)]
    pub english_name: String,
    /// Sex code of GB/T 2261.1.
    #[serde(default)]
    pub sex_code: String,
    /// Ethnicity code of GB/T 3304, on resident cards.
    #[serde(default)]
    pub ethnicity_code: String,
    /// Three-letter nationality, on foreigners' cards.
    #[serde(default)]
    pub nationality: String,
    /// Birth date.
    #[serde(default)]
    pub birth_date: String,
    /// Address printed on the card.
    #[serde(default)]
    pub address: String,
    /// The holder's number.
    #[serde(default)]
    pub number: String,
    /// Issuing authority.
    #[serde(default)]
    pub issuer: String,
    /// First day of validity.
    #[serde(default)]
    pub valid_from: String,
    /// Last day of validity, or `long-term`.
    #[serde(default)]
    pub valid_to: String,
    /// Address after a move; blank = the card holds none.
    #[serde(default)]
    pub new_address: String,
    /// Number of the travel permit, on permits.
    #[serde(default)]
    pub permit_number: String,
    /// How often the permit was issued.
    #[serde(default)]
    pub times_issued: String,
    /// How often the card of 2023 was renewed.
    #[serde(default)]
    pub times_renewed: String,
    /// Link of the card of 2023 to an earlier number.
    #[serde(default)]
    pub link: String,
    /// Version of the card of 2017.
    #[serde(default)]
    pub version: String,
    /// Code of the authority that took the application, on the card of 2017.
    #[serde(default)]
    pub authority_code: String,
    /// Whether the chip holds a photo: 1,024 zero bytes, which no decoder knows.
    #[serde(default = "yes")]
    pub photo: bool,
    /// Whether the chip holds fingerprints: 1,024 zero bytes.
    #[serde(default)]
    pub fingerprint: bool,
}

fn yes() -> bool {
    true
}

impl std::fmt::Debug for CardContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardContent({}, [redacted])", self.document.name())
    }
}

impl CardContent {
    /// A card of `document` with nothing written on it but a photo.
    #[must_use]
    pub fn blank(document: Document) -> Self {
        Self {
            document,
            name: String::new(),
            english_name: String::new(),
            sex_code: String::new(),
            ethnicity_code: String::new(),
            nationality: String::new(),
            birth_date: String::new(),
            address: String::new(),
            number: String::new(),
            issuer: String::new(),
            valid_from: String::new(),
            valid_to: String::new(),
            new_address: String::new(),
            permit_number: String::new(),
            times_issued: String::new(),
            times_renewed: String::new(),
            link: String::new(),
            version: String::new(),
            authority_code: String::new(),
            photo: true,
            fingerprint: false,
        }
    }

    /// The 256 bytes of text on the chip.
    #[must_use]
    pub fn text_block(&self) -> Vec<u8> {
        let mut block = blank(BLOCK);
        put(&mut block, layout::FROM, &chip_date(&self.valid_from));
        put(&mut block, layout::TO, &chip_date(&self.valid_to));
        match self.document {
            Document::Resident => {
                self.put_common(&mut block);
                put(&mut block, layout::ETHNICITY, &self.ethnicity_code);
                put(&mut block, layout::ADDRESS, &self.address);
                put(&mut block, layout::ISSUER, &self.issuer);
            }
            Document::Hmt => {
                self.put_common(&mut block);
                put(&mut block, layout::ADDRESS, &self.address);
                put(&mut block, layout::ISSUER, &self.issuer);
                put(&mut block, layout::PERMIT, &self.permit_number);
                put(&mut block, layout::TIMES, &self.times_issued);
                put(&mut block, layout::TYPE, "J");
            }
            Document::Foreigner2017 => self.put_2017(&mut block),
            Document::Foreigner2023 => self.put_2023(&mut block),
        }
        block
    }

    /// The 70 bytes of the newest address; `None` when the card holds none.
    #[must_use]
    pub fn newest_address(&self) -> Option<Vec<u8>> {
        (!self.new_address.is_empty()).then(|| {
            let mut block = blank(70);
            put(&mut block, (0, 70), &self.new_address);
            block
        })
    }

    fn put_common(&self, block: &mut [u8]) {
        put(block, layout::NAME, &self.name);
        put(block, layout::SEX, &self.sex_code);
        put(block, layout::BIRTH, &chip_date(&self.birth_date));
        put(block, layout::NUMBER, &self.number);
    }

    fn put_2017(&self, block: &mut [u8]) {
        put(block, layout::I_ENGLISH, &self.english_name);
        put(block, layout::I_SEX, &self.sex_code);
        put(block, layout::I_NUMBER, &self.number);
        put(block, layout::I_NATION, &self.nationality);
        put(block, layout::I_NAME, &self.name);
        put(block, layout::I_BIRTH, &chip_date(&self.birth_date));
        put(block, layout::I_VERSION, &self.version);
        put(block, layout::I_AUTHORITY, &self.authority_code);
        put(block, layout::TYPE, "I");
    }

    fn put_2023(&self, block: &mut [u8]) {
        self.put_common(block);
        let first: String = self.english_name.chars().take(35).collect();
        let more: String = self.english_name.chars().skip(35).collect();
        put(block, layout::Y_RENEWED, &self.times_renewed);
        put(block, layout::Y_ENGLISH, &first);
        put(block, layout::Y_ENGLISH_MORE, &more);
        put(block, layout::Y_NATION, &self.nationality);
        put(block, layout::TYPE, "Y");
        put(block, layout::Y_LINK, &self.link);
    }
}

/// `length` bytes of UTF-16LE spaces.
fn blank(length: usize) -> Vec<u8> {
    [0x20, 0x00].into_iter().cycle().take(length).collect()
}

/// Writes `text` into a field; what does not fit is cut, as the issuer does.
fn put(block: &mut [u8], (offset, length): Field, text: &str) {
    let Some(place) = block.get_mut(offset..offset + length) else {
        return;
    };
    let (pairs, _) = place.as_chunks_mut::<2>();
    for (pair, unit) in pairs.iter_mut().zip(text.encode_utf16()) {
        *pair = unit.to_le_bytes();
    }
}

/// A date as the chip writes it.
fn chip_date(text: &str) -> String {
    match text {
        "long-term" => "长期".to_owned(),
        _ if text.len() == 10 && text.is_ascii() => text.replace('-', ""),
        _ => text.to_owned(),
    }
}
