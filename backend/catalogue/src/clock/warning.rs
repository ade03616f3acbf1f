//! How late a case or task is, in the colours of the cards (红黄牌).
//!
//! Source: domain specification, section 4.5.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Calendar;
use crate::policy::SupervisionPolicy;

closed_list! {
    /// How late something is, the mildest first.
    Warning {
        /// 蓝: the promise ends soon.
        Blue = "blue",
        /// 黄: a step is over its limit, or the promise ends today.
        Yellow = "yellow",
        /// 红: the promise is over.
        Red = "red",
        /// 双红: the limit of the law is over.
        DoubleRed = "double_red",
    }
}

/// The days of a case whose clock runs. A stopped clock warns of nothing and is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningDays {
    /// The day of acceptance.
    pub accepted: Date,
    /// The last day of the promise; `None` without one.
    pub promised: Option<Date>,
    /// The last day of the law; `None` without one.
    pub statutory: Option<Date>,
}

impl RunningDays {
    /// The worst warning on `today` and the day of the limit it is about; `None` while all is well.
    ///
    /// On the day of acceptance itself only an earlier limit can warn: an item decided on the spot is promised for it.
    #[must_use]
    pub fn warning(
        &self,
        today: Date,
        calendar: &Calendar,
        policy: &SupervisionPolicy,
    ) -> Option<(Warning, Date)> {
        if let Some(statutory) = self.statutory.filter(|last| *last < today) {
            return Some((Warning::DoubleRed, statutory));
        }
        let promised = self.promised?;
        let used = calendar.working_days_between(self.accepted, today);
        let all = calendar.working_days_between(self.accepted, promised);
        let left = calendar.working_days_between(today, promised);
        let warning = if promised < today {
            Warning::Red
        } else if self.accepted == today {
            return None;
        } else if promised == today {
            Warning::Yellow
        } else if left <= policy.blue_workdays_left
            || u64::from(used) * 100 >= u64::from(all) * u64::from(policy.blue_percent)
        {
            Warning::Blue
        } else {
            return None;
        };
        Some((warning, promised))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{RunningDays, Warning};
    use crate::clock::Calendar;
    use crate::policy::SupervisionPolicy;
    use crate::sample;

    fn on(days: RunningDays, today: Date) -> Option<(Warning, Date)> {
        let calendar: Calendar = sample::calendar();
        days.warning(today, &calendar, &SupervisionPolicy::default())
    }

    #[test]
    fn ten_working_days_turn_blue_after_eight_yellow_on_the_last_and_red_the_day_after() {
        // Monday to Friday of two weeks, then a weekend; the law gives two weeks more.
        let days = RunningDays {
            accepted: date(2026, 3, 2),
            promised: Some(date(2026, 3, 16)),
            statutory: Some(date(2026, 3, 30)),
        };
        let promised = date(2026, 3, 16);
        for (day, warning) in [
            (date(2026, 3, 2), None),
            (date(2026, 3, 11), None),
            (date(2026, 3, 12), Some(Warning::Blue)),
            (date(2026, 3, 15), Some(Warning::Blue)),
            (date(2026, 3, 16), Some(Warning::Yellow)),
            (date(2026, 3, 17), Some(Warning::Red)),
            (date(2026, 3, 30), Some(Warning::Red)),
        ] {
            assert_eq!(on(days, day), warning.map(|w| (w, promised)), "{day}");
        }
        let law = Some((Warning::DoubleRed, date(2026, 3, 30)));
        assert_eq!(on(days, date(2026, 3, 31)), law);
    }

    #[test]
    fn what_is_decided_on_the_spot_warns_of_nothing_that_day() {
        let today = date(2026, 3, 2);
        let days = RunningDays {
            accepted: today,
            promised: Some(today),
            statutory: None,
        };
        assert_eq!(on(days, today), None);
        let tomorrow = Some((Warning::Red, today));
        assert_eq!(on(days, date(2026, 3, 3)), tomorrow);
        let none = RunningDays {
            promised: None,
            ..days
        };
        assert_eq!(on(none, date(2027, 3, 3)), None);
    }
}
