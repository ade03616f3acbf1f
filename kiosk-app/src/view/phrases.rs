//! What several pages say: reasons, limits, dates, fees, states and names, in the words files' words.

use city_catalogue::Text;
use kiosk_core::PrintTrouble;
use kiosk_core::screen::{
    Due, FeeShown, LimitShown, LimitUnitShown, MaterialState, NextBooking, Reason, ResultPrinting,
    ResultShown, Turn,
};
use kiosk_ui as ui;
use slint::{ModelRc, SharedString, VecModel};

use crate::words::Words;

/// Characters of a value that surely stand on one line; longer ones wrap.
const ONE_LINE: usize = 20;

/// The words of one language and the characters that can be drawn.
pub(super) struct Phrases<'a> {
    /// The language.
    pub(super) words: Words,
    /// Whether a font has the character.
    pub(super) has_glyph: &'a dyn Fn(char) -> bool,
}

/// A list for the markup.
pub(super) fn model<T: Clone + 'static>(items: impl IntoIterator<Item = T>) -> ModelRc<T> {
    ModelRc::new(VecModel::from_iter(items))
}

/// A number for the markup; what does not fit is the largest one.
pub(super) fn int(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

/// Page and pages of a list for the markup.
pub(super) fn turn(turn: Turn) -> (i32, i32) {
    (i32::from(turn.at), i32::from(turn.of))
}

impl Phrases<'_> {
    /// The words for `key`.
    pub(super) fn get(&self, key: &str) -> SharedString {
        self.words.get(key).into()
    }

    /// A text of the catalogue.
    pub(super) fn text(&self, text: &Text) -> SharedString {
        self.words.text(text).into()
    }

    /// A text that the catalogue has in Chinese alone.
    pub(super) fn chinese(&self, text: &str) -> SharedString {
        self.words.chinese(text).into()
    }

    /// Texts of the catalogue.
    pub(super) fn texts(&self, texts: &[Text]) -> ModelRc<SharedString> {
        model(texts.iter().map(|text| self.text(text)))
    }

    /// Several texts in one line.
    pub(super) fn listed(&self, texts: &[Text]) -> SharedString {
        let texts: Vec<String> = texts.iter().map(|text| self.words.text(text)).collect();
        texts.join(&self.words.get("word.separator")).into()
    }

    /// Why something is closed; empty for `None`.
    pub(super) fn reason(&self, reason: Option<Reason>) -> SharedString {
        reason.map_or_else(SharedString::new, |reason| self.get(reason_key(reason)))
    }

    /// How long something takes.
    pub(super) fn limit(&self, limit: LimitShown) -> SharedString {
        let unit = match limit.unit {
            LimitUnitShown::Workday => "limit.workday",
            LimitUnitShown::Day => "limit.day",
            LimitUnitShown::Hour => "limit.hour",
        };
        match limit.value {
            0 => self.get("limit.now"),
            1 => self.get(&format!("{unit}-one")),
            value => self.words.fill(unit, &[("n", &value.to_string())]).into(),
        }
    }

    /// A due day, marked when it is provisional; empty for `None`.
    pub(super) fn due(&self, due: Option<Due>) -> SharedString {
        due.map(|due| self.words.due(due).into())
            .unwrap_or_default()
    }

    /// A state of the city; one this kiosk has no words for sends people to the department.
    pub(super) fn state(&self, state: &str) -> SharedString {
        let key = format!("state.{state}");
        let words = self.words.get(&key);
        if words == key {
            self.get("state.other")
        } else {
            words.into()
        }
    }

    /// Fees with amount and basis.
    pub(super) fn fees(&self, fees: &[FeeShown]) -> ModelRc<ui::FeeRow> {
        model(fees.iter().map(|fee| ui::FeeRow {
            name: self.chinese(&fee.name),
            standard: self.chinese(&fee.standard),
            amount: match fee.amount_fen {
                Some(fen) => self.words.money(fen).into(),
                None => self.get("word.amount-open"),
            },
            basis: self.chinese(&fee.basis),
        }))
    }

    /// How a material is met: its kind for the mark beside it, and the words.
    pub(super) fn material(&self, state: MaterialState) -> (ui::MaterialKind, SharedString) {
        let (kind, key) = material_kind(state);
        let words = match state {
            MaterialState::Scanned(pages) => self.words.fill(key, &[("pages", &pages.to_string())]),
            MaterialState::Later(day) => self.words.fill(key, &[("date", &self.words.day(day))]),
            MaterialState::AlreadyHeld
            | MaterialState::NotFound
            | MaterialState::AskedLater
            | MaterialState::FromCard
            | MaterialState::Generated
            | MaterialState::ToScan
            | MaterialState::ToScanOrPromise
            | MaterialState::ToPromise
            | MaterialState::Promised
            | MaterialState::NotBrought
            | MaterialState::Optional => self.words.get(key),
        };
        (kind, words.into())
    }

    /// How many appointments there are, and when the first one is.
    pub(super) fn next_booking(&self, next: NextBooking) -> SharedString {
        let (count, time) = (next.count.to_string(), self.words.moment(next.begins));
        let values = [("count", count.as_str()), ("time", time.as_str())];
        self.words.fill("appointment.next", &values).into()
    }

    /// A result; nothing is shown for `None`.
    pub(super) fn result(&self, result: Option<&ResultShown>) -> ui::ResultData {
        result.map_or_else(ui::ResultData::default, |result| ui::ResultData {
            shown: true,
            name: self.chinese(&result.name),
            number: result.number.as_str().into(),
            verification: result.verification.as_str().into(),
            printing: match result.printing {
                ResultPrinting::Offered => ui::ResultPrinting::Offered,
                ResultPrinting::Fetching => ui::ResultPrinting::Fetching,
                ResultPrinting::Printing => ui::ResultPrinting::Printing,
                ResultPrinting::Printed => ui::ResultPrinting::Printed,
                ResultPrinting::HandedOver => ui::ResultPrinting::HandedOver,
                ResultPrinting::NotPrinted => ui::ResultPrinting::NotPrinted,
                ResultPrinting::Partial => ui::ResultPrinting::Partial,
                ResultPrinting::Unknown => ui::ResultPrinting::Unknown,
                ResultPrinting::Electronic => ui::ResultPrinting::Electronic,
                ResultPrinting::AsChosen => ui::ResultPrinting::AsChosen,
                ResultPrinting::ForApplicant => ui::ResultPrinting::ForApplicant,
            },
            again: result.printing.prints_on_touch(),
            trouble: self.print_trouble(result.trouble),
        })
    }

    /// What keeps a printer from printing, as the beginning of a sentence or two; empty for `None`.
    pub(super) fn print_trouble(&self, trouble: Option<PrintTrouble>) -> SharedString {
        let Some(trouble) = trouble else {
            return SharedString::new();
        };
        let words = self.words.get(print_trouble_key(trouble));
        // Chinese sentences follow each other without a space.
        let latin = words.ends_with('.');
        slint::format!("{words}{}", if latin { " " } else { "" })
    }

    /// A value cut where a character has no glyph: that one is shown as its code point in a box.
    /// A text too long for one line stays whole, with the code point in brackets, so that it wraps.
    pub(super) fn segments(&self, value: &str) -> ModelRc<ui::NameSegment> {
        let wraps = value.chars().nth(ONE_LINE).is_some();
        let mut segments: Vec<(String, bool)> = Vec::new();
        for character in value.chars() {
            let unknown = !character.is_ascii() && !(self.has_glyph)(character);
            if unknown && wraps {
                let code = format!("〔{:04X}〕", u32::from(character));
                match segments.last_mut() {
                    Some((text, _)) => text.push_str(&code),
                    None => segments.push((code, false)),
                }
            } else if unknown {
                segments.push((format!("{:04X}", u32::from(character)), true));
            } else if let Some((text, false)) = segments.last_mut() {
                text.push(character);
            } else {
                segments.push((character.to_string(), false));
            }
        }
        model(segments.into_iter().map(|(text, boxed)| ui::NameSegment {
            text: text.into(),
            boxed,
        }))
    }
}

fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::WindowOnly => "reason.window-only",
        Reason::ReaderBroken => "reason.reader-broken",
        Reason::ReaderSwapped => "reason.reader-swapped",
        Reason::ScannerBroken => "reason.scanner-broken",
        Reason::DocumentPrinterBroken => "reason.document-printer-broken",
        Reason::NoCamera => "reason.no-camera",
        Reason::CityAway => "reason.city-away",
        Reason::CatalogueOld => "reason.catalogue-old",
        Reason::CannotStore => "reason.cannot-store",
        Reason::NotEnrolled => "reason.not-enrolled",
        Reason::OnBattery => "reason.on-battery",
        Reason::Climate => "reason.climate",
        Reason::Starting => "reason.starting",
    }
}

fn print_trouble_key(trouble: PrintTrouble) -> &'static str {
    match trouble {
        PrintTrouble::Paper => "print-trouble.paper",
        PrintTrouble::Cover => "print-trouble.cover",
        PrintTrouble::Jam => "print-trouble.jam",
        PrintTrouble::SlipWaiting => "print-trouble.slip-waiting",
        PrintTrouble::OutputFull => "print-trouble.output-full",
        PrintTrouble::Pauses => "print-trouble.pauses",
        PrintTrouble::Fault => "print-trouble.fault",
    }
}

fn material_kind(state: MaterialState) -> (ui::MaterialKind, &'static str) {
    match state {
        MaterialState::AlreadyHeld => {
            (ui::MaterialKind::AlreadyHeld, "material-state.already-held")
        }
        MaterialState::NotFound => (ui::MaterialKind::NotFound, "material-state.not-found"),
        MaterialState::AskedLater => (ui::MaterialKind::AskedLater, "material-state.asked-later"),
        MaterialState::FromCard => (ui::MaterialKind::FromCard, "material-state.from-card"),
        MaterialState::Generated => (ui::MaterialKind::Generated, "material-state.generated"),
        MaterialState::ToScan => (ui::MaterialKind::ToScan, "material-state.to-scan"),
        MaterialState::ToScanOrPromise => (
            ui::MaterialKind::ToScanOrPromise,
            "material-state.to-scan-or-promise",
        ),
        MaterialState::ToPromise => (ui::MaterialKind::ToPromise, "material-state.to-promise"),
        MaterialState::Scanned(_) => (ui::MaterialKind::Scanned, "material-state.scanned"),
        MaterialState::Promised => (ui::MaterialKind::Promised, "material-state.promised"),
        MaterialState::Later(_) => (ui::MaterialKind::Later, "material-state.later"),
        MaterialState::NotBrought => (ui::MaterialKind::NotBrought, "material-state.not-brought"),
        MaterialState::Optional => (ui::MaterialKind::Optional, "material-state.optional"),
    }
}
