//! How a case goes its way: pure functions on an opened case, the same for every store.
//!
//! The steps of the item become tasks; tasks of one stage are open together (parallel groups), the next stage opens
//! when all are done. The clock, the calendar and the item come in as [`Ground`].

mod accept;
mod decide;
mod delivery;
mod limits;
mod notice;
mod officer;
mod plan;
mod procedure;
mod queue;
mod review;
mod stages;
mod system;
mod terminate;
#[cfg(all(test, feature = "sample-city"))]
mod tests;
mod withdraw;

pub(crate) use accept::accept;
pub(crate) use decide::decide;
pub(crate) use delivery::delivered;
pub(crate) use notice::{ask_supplement, bring_supplement};
pub(crate) use officer::{Officer, own_task};
pub(crate) use plan::{Filed, irregular, open};
pub(crate) use procedure::{answer_sought, ask_extension, ask_special, end_special};
pub(crate) use queue::{claim, give_back, lease_end, release, renew, route_by_hand};
pub(crate) use review::{comes_from, points};
pub(crate) use system::{
    clocks_ran_out, pause_after, result_issued, service_answered, service_away, without_consent,
};
pub(crate) use terminate::terminate;
pub(crate) use withdraw::withdraw;

use jiff::Timestamp;
use jiff::civil::Date;

use city_api::requests::outcome::DueDate;
use city_api::requests::{ProblemCode, Words};
use city_catalogue::case::{By, Move, Why};
use city_catalogue::clock::{Calendar, OfficeHours};
use city_catalogue::policy::Policy;
use city_catalogue::record::{Limit, LimitUnit};

use crate::clock::civil;
use crate::file::{CaseItem, Record};
use crate::store::Refusal;

/// Working days to accept or to name everything that is missing (行政许可法 Art. 32).
const ACCEPTANCE_WORKDAYS: u32 = 5;
/// Working days a resident has to bring what was asked for. Ours; no law names a number.
const SUPPLEMENT_WORKDAYS: u32 = 15;
/// Working days until an officer looked at an irregular case. Ours.
const IRREGULAR_WORKDAYS: u32 = 2;

/// What a case stands on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'a> {
    /// Now.
    pub now: Timestamp,
    /// Working days.
    pub calendar: &'a Calendar,
    /// When acceptance counts for the day.
    pub hours: &'a OfficeHours,
    /// The item in the versions the case began with; None for a case without a known item.
    pub item: Option<&'a CaseItem>,
    /// The body that runs the city's platform and windows.
    pub bureau: &'a str,
    /// What the city sets by itself.
    pub policy: &'a Policy,
}

impl Ground<'_> {
    /// The day an acceptance now counts from.
    pub(crate) fn acceptance_day(&self) -> Date {
        self.calendar.acceptance_day(civil(self.now), self.hours)
    }

    /// Today.
    pub(crate) fn today(&self) -> Date {
        civil(self.now).date()
    }

    /// The last of so many working days from now; today beyond all calendars.
    #[must_use]
    pub(crate) fn workdays_from_now(&self, days: u32) -> Date {
        self.workdays(self.acceptance_day(), days)
            .map_or_else(|| self.today(), |due| due.date)
    }

    /// The last of so many working days after `from`; None beyond all calendars.
    pub(crate) fn workdays(&self, from: Date, days: u32) -> Option<DueDate> {
        self.due_after(from, days, LimitUnit::Workday)
    }

    fn due(&self, from: Date, limit: &Limit) -> Option<DueDate> {
        self.due_after(from, limit.value, limit.unit)
    }

    fn due_after(&self, from: Date, value: u32, unit: LimitUnit) -> Option<DueDate> {
        self.calendar
            .deadline_of(from, value, unit)
            .ok()
            .map(|deadline| DueDate {
                date: deadline.date,
                provisional: deadline.provisional,
            })
    }
}

/// Moves the case's state by the table of `specs/domain.md` 4.2.
fn go(record: &mut Record, movement: Move, by: By<'_>) -> Result<(), Refusal> {
    record.state = record.standing().step(movement, by).map_err(|refused| {
        let code = match refused.why {
            Why::Now => ProblemCode::WrongState,
            Why::Actor(_) => ProblemCode::Forbidden,
            Why::SamePerson => ProblemCode::SamePerson,
        };
        Refusal::new(code, refused.to_string())
    })?;
    Ok(())
}

/// Moves the state where the table allows it and leaves it alone elsewhere.
fn settle(record: &mut Record, movement: Move, by: By<'_>) {
    if let Ok(state) = record.standing().step(movement, by) {
        record.state = state;
    }
}

fn automatic() -> Words {
    Words::new("系统自动办理", "Done by the system")
}
