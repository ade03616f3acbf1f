//! A file of cases: items that are held against a loaded catalogue, each with the faults it should show.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::{Fault, FaultCode, Refused};
use super::forms::Patterns;
use super::read::{self, Unknown};
use super::{Catalogue, one, validate};

/// What one case shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseReport {
    /// Id of the case.
    pub case_id: String,
    /// Why it is there.
    pub why: String,
    /// Names of the faults it should show, sorted.
    pub expected_errors: Vec<FaultCode>,
    /// The faults it shows.
    pub faults: Vec<Fault>,
}

impl CaseReport {
    /// Whether it shows exactly the faults it should.
    #[must_use]
    pub fn as_expected(&self) -> bool {
        let mut expected: Vec<&str> = self
            .expected_errors
            .iter()
            .map(|code| code.as_str())
            .collect();
        let mut shown: Vec<&str> = self
            .faults
            .iter()
            .map(|fault| fault.code.as_str())
            .collect();
        expected.sort_unstable();
        shown.sort_unstable();
        shown.dedup();
        shown == expected
    }
}

/// One case as written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    case_id: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    expected_errors: Vec<FaultCode>,
    item: Value,
}

/// Holds every case of a `{"cases": […]}` file against `against`. No case sees another one.
///
/// # Errors
/// [`Refused`] when the file itself is not a list of cases.
pub fn check_cases(
    file: &str,
    json: &[u8],
    against: &Catalogue,
) -> Result<Vec<CaseReport>, Refused> {
    let mut object = read::object(file, json).map_err(one)?;
    let cases: Vec<Case> = read::part(&mut object, "cases", file, Unknown::Refused).map_err(one)?;
    let around = against.surroundings();
    let mut patterns = Patterns::new();
    let report = |case: Case| {
        let placed = read::item(case.item, case.case_id.clone(), file, Unknown::Refused);
        let faults = match placed.item {
            Ok(item) => validate::item(&item, &placed.place, file, &around, &mut patterns),
            Err(fault) => vec![fault],
        };
        CaseReport {
            case_id: case.case_id,
            why: case.why,
            expected_errors: case.expected_errors,
            faults,
        }
    };
    Ok(cases.into_iter().map(report).collect())
}
