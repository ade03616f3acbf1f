//! Moments as they stand in signed documents: whole seconds with the offset +08:00.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// The one offset of the city's clocks; there is no summer time.
pub const CITY_OFFSET: Offset = Offset::constant(8);

/// A moment in whole seconds, written `2026-03-02T09:15:00+08:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CityTime(Timestamp);

/// The text is not a moment of the city's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading a time: `YYYY-MM-DDThh:mm:ss+08:00` is expected")]
pub struct NotACityTime;

impl CityTime {
    /// The moment, cut to whole seconds.
    #[must_use]
    pub fn new(moment: Timestamp) -> Self {
        Self(Timestamp::from_second(moment.as_second()).unwrap_or(moment))
    }

    /// The moment itself.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// The day in the city.
    #[must_use]
    pub fn date(self) -> Date {
        CITY_OFFSET.to_datetime(self.0).date()
    }
}

impl fmt::Display for CityTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display_with_offset(CITY_OFFSET).fmt(f)
    }
}

impl fmt::Debug for CityTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CityTime {
    type Err = NotACityTime;

    fn from_str(text: &str) -> Result<Self, NotACityTime> {
        let moment: Timestamp = text.parse().map_err(|_| NotACityTime)?;
        let time = Self::new(moment);
        // One moment has one spelling: what is signed can be compared as text.
        if time.to_string() == text {
            Ok(time)
        } else {
            Err(NotACityTime)
        }
    }
}

impl TryFrom<String> for CityTime {
    type Error = NotACityTime;

    fn try_from(text: String) -> Result<Self, NotACityTime> {
        text.parse()
    }
}

impl From<CityTime> for String {
    fn from(time: CityTime) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_in_the_city_is_the_new_day() {
        let time = CityTime::new("2026-03-01T16:00:00.75Z".parse().unwrap());
        assert_eq!(time.to_string(), "2026-03-02T00:00:00+08:00");
        assert_eq!(time.date().to_string(), "2026-03-02");
        assert_eq!(time.to_string().parse(), Ok(time));
    }

    #[test]
    fn other_offsets_fractions_and_missing_offsets_are_refused() {
        for bad in [
            "2026-03-02T00:00:00Z",
            "2026-03-02T00:00:00+09:00",
            "2026-03-02T00:00:00.5+08:00",
            "2026-03-02T00:00:00",
            "2026-03-02 00:00:00+08:00",
            "",
        ] {
            assert_eq!(bad.parse::<CityTime>(), Err(NotACityTime), "{bad}");
        }
    }
}
