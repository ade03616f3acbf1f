//! The words of slips and documents: the same translation files as the screens.

use city_catalogue::Text;
use jiff::civil::{Date, DateTime};
use kiosk_core::screen::{Due, FeeShown, Lang};

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Lang);

impl Words {
    /// The language's code.
    pub(crate) fn code(self) -> &'static str {
        match self.0 {
            Lang::ZhHans => "zh-Hans",
            Lang::En => "en",
        }
    }

    /// The words for `key`.
    #[must_use]
    pub fn get(self, key: &str) -> String {
        kiosk_ui::words::get(self.code(), key).to_owned()
    }

    /// The words for `key` with `{name}` filled in.
    #[must_use]
    pub fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        kiosk_ui::words::fill(self.code(), key, values)
    }

    /// A text of the catalogue in this language.
    #[must_use]
    pub fn text(self, text: &Text) -> String {
        let lang = match self.0 {
            Lang::ZhHans => city_catalogue::Lang::Zh,
            Lang::En => city_catalogue::Lang::En,
        };
        text.get(lang).to_owned()
    }

    /// A day in the language's habit.
    #[must_use]
    pub fn day(self, day: Date) -> String {
        let (year, month, day) = (day.year(), day.month(), day.day());
        let values = [
            ("year", year.to_string()),
            ("month", month.to_string()),
            ("day", day.to_string()),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.fill("word.date", &values)
    }

    /// Day and minute.
    #[must_use]
    pub fn moment(self, at: DateTime) -> String {
        format!(
            "{} {:02}:{:02}",
            self.day(at.date()),
            at.hour(),
            at.minute()
        )
    }

    /// A due day, marked when it is provisional.
    #[must_use]
    pub fn due(self, due: Due) -> String {
        let day = self.day(due.date);
        if due.provisional {
            self.fill("word.provisional", &[("date", &day)])
        } else {
            day
        }
    }

    /// What a fee costs: its amount, or its standard where the amount is not known yet.
    #[must_use]
    pub fn fee(self, fee: &FeeShown) -> String {
        fee.amount_fen
            .map_or_else(|| fee.standard.clone(), |fen| self.money(fen))
    }

    /// An amount of money with its sign, from fen.
    #[must_use]
    pub fn money(self, fen: u64) -> String {
        let amount = format!("{}.{:02}", fen / 100, fen % 100);
        self.fill("word.money", &[("amount", &amount)])
    }
}
