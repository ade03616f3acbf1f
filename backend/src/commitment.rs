//! Whose commitments count (告知承诺, `specs/domain.md` 4.3): not those of who broke one before, until it is repaired.

use jiff::{Timestamp, ToSpan as _};

use city_api::application::{How, MaterialRef};
use city_api::requests::commitment::CommitmentBar;
use city_api::time::CityTime;

use crate::app::App;
use crate::clock::{after, civil};
use crate::file::Defect;
use crate::store::StoreError;

/// Why no commitment of a person counts at `at`; None when they count.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn bar(
    app: &App,
    person: [u8; 32],
    at: Timestamp,
) -> Result<Option<CommitmentBar>, StoreError> {
    let Some(broken) = app.store.broken(person, at).await? else {
        return Ok(None);
    };
    let since = civil(broken).date();
    let days = app.published().policy.commitment.broken_days;
    let until = since.saturating_add(i64::from(days).days());
    Ok((civil(at).date() <= until).then_some(CommitmentBar { since, until }))
}

/// The defect of materials filed at `at` that a commitment stands in for which does not count. `person` is None where
/// nobody was identified.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn defect(
    app: &App,
    person: Option<[u8; 32]>,
    materials: &[MaterialRef],
    at: CityTime,
) -> Result<Option<Defect>, StoreError> {
    let promises = |given: &MaterialRef| matches!(given.how, How::Promised { .. });
    let Some(person) = person.filter(|_| materials.iter().any(promises)) else {
        return Ok(None);
    };
    // To the end of its second: a header counts whole ones.
    let bar = bar(app, person, after(at.timestamp(), 1)).await?;
    Ok(bar.map(|CommitmentBar { since, until }| {
        let why = format!(
            "an earlier commitment of the applicant was found false on {since}: until it is repaired, or to {until}, the \
             paper itself is needed"
        );
        Defect::new("commitment_barred", why)
    }))
}
