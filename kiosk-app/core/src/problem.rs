//! The values a problem's words are filled with.

use city_catalogue::form::Problem;

/// Name and value of everything the words of `problem` can mention.
pub(crate) fn values(problem: &Problem) -> Vec<(&'static str, String)> {
    match problem {
        Problem::TooShort { min } | Problem::TooFewItems { min } | Problem::TooFewRows { min } => {
            vec![("min", min.to_string())]
        }
        Problem::TooLong { max } | Problem::TooManyItems { max } | Problem::TooManyRows { max } => {
            vec![("max", max.to_string())]
        }
        Problem::Character { code } => vec![("code", code.clone())],
        Problem::BelowMin { min } => vec![("min", min.clone())],
        Problem::AboveMax { max } => vec![("max", max.clone())],
        Problem::NotStep { step } => vec![("step", step.clone())],
        Problem::TooFarAhead { days } | Problem::TooRecent { days } => {
            vec![("days", days.to_string())]
        }
        Problem::TooLongAgo { months } => vec![("months", months.to_string())],
        Problem::Cell { row, inner, .. } => {
            let mut inner = values(inner);
            inner.push(("row", (row + 1).to_string()));
            inner
        }
        Problem::FileType { accept } => vec![("accept", accept.join(", "))],
        Problem::FileTooLarge { max_mb } => vec![("max", max_mb.to_string())],
        Problem::FilePixels { width, height } => {
            vec![("width", width.to_string()), ("height", height.to_string())]
        }
        Problem::Required
        | Problem::NotOnCard
        | Problem::UnknownField
        | Problem::NotAsked
        | Problem::ReadOnly
        | Problem::WrongKind
        | Problem::Pattern
        | Problem::Checksum { .. }
        | Problem::BirthDate
        | Problem::NotUnder14
        | Problem::NotNumber
        | Problem::NotInteger
        | Problem::NotCents
        | Problem::InFuture
        | Problem::InPast
        | Problem::NotWorkday
        | Problem::BeforeField { .. }
        | Problem::NotOffered
        | Problem::OptionsUnavailable
        | Problem::ItemTwice
        | Problem::UnknownRegion
        | Problem::RegionOutside { .. }
        | Problem::NoAddressDetail
        | Problem::MustBeTrue => Vec::new(),
    }
}
