//! Whose commitments count (告知承诺, `specs/domain.md` 4.3): not those of who broke one before, until it is repaired, nor
//! of who stands in the register of serious bad credit that the city may ask.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use city_api::application::{How, MaterialRef};
use city_api::requests::Private;
use city_api::requests::commitment::CommitmentBar;
use city_api::time::CityTime;
use city_catalogue::record::Item;

use crate::app::App;
use crate::clock::{after, civil};
use crate::departments::RegisterAnswer;
use crate::file::Defect;
use crate::sharing::{Wish, outcome};
use crate::store::StoreError;
use crate::web::error::chain;

/// Fields of the register, where its contract lets them pass.
const SINCE: &str = "since";
const UNTIL: &str = "until";

/// Who commits at an item, and the call by which a register is asked for them.
#[derive(Debug, Clone)]
pub(crate) struct Committing<'a> {
    /// Blind index of the person.
    pub person: [u8; 32],
    /// Number of their document.
    pub number: &'a Private,
    /// The item; None where nobody knows it any more.
    pub item: Option<&'a Item>,
    /// The call, without its data set.
    pub wish: Wish<'a>,
}

/// Why no commitment of a person counts at `at`; None when they count, and when the register does not answer: the look
/// afterwards remains.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn bar(
    app: &App,
    who: &Committing<'_>,
    at: Timestamp,
) -> Result<Option<CommitmentBar>, StoreError> {
    match broken(app, who.person, at).await? {
        Some(bar) => Ok(Some(bar)),
        None => listed(app, who, at).await,
    }
}

/// By a commitment that was found false in this city.
async fn broken(
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
    Ok((civil(at).date() <= until).then_some(CommitmentBar {
        since,
        until: Some(until),
        source: None,
    }))
}

/// By the register of another body. Without a contract for it there is nothing to ask, and so nothing to log.
async fn listed(
    app: &App,
    who: &Committing<'_>,
    at: Timestamp,
) -> Result<Option<CommitmentBar>, StoreError> {
    let published = app.published();
    let dataset = published.policy.commitment.credit_register.as_deref();
    let item = who.item.filter(|item| item.takes_commitments());
    let (Some(dataset), Some(item)) = (dataset, item) else {
        return Ok(None);
    };
    let code = item.code();
    let wish = who.wish.clone().of(dataset, Some(code.as_str()));
    let Ok(permit) = wish.permit(&published) else {
        return Ok(None);
    };
    let answer = app.departments.register(&permit, who.number).await;
    let became = outcome(&answer, |answer| !answer.records.is_empty());
    // Nothing is acted on of which the log does not tell.
    app.store
        .log_calls(vec![wish.made(&permit, became)])
        .await?;
    let answer = answer.unwrap_or_else(|away| {
        tracing::warn!(dataset, error = %chain(&away), "a credit register is away");
        RegisterAnswer::default()
    });
    let today = civil(at).date();
    let source = &permit.contract().provider;
    let bars = answer.records.iter().map(|record| {
        let day = |field: &str| -> Option<Date> { record.get(field)?.as_str()?.parse().ok() };
        CommitmentBar {
            since: day(SINCE).unwrap_or(today),
            until: day(UNTIL),
            source: Some(app.body(source)),
        }
    });
    // The one without an end is the longest.
    Ok(bars
        .filter(|bar| bar.until.is_none_or(|until| today <= until))
        .max_by_key(|bar| (bar.until.is_none(), bar.until)))
}

/// The defect of materials filed at `at` that a commitment stands in for which does not count. `who` is None where
/// nobody was identified.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn defect(
    app: &App,
    who: Option<Committing<'_>>,
    materials: &[MaterialRef],
    at: CityTime,
) -> Result<Option<Defect>, StoreError> {
    let promises = |given: &MaterialRef| matches!(given.how, How::Promised { .. });
    let Some(who) = who.filter(|_| materials.iter().any(promises)) else {
        return Ok(None);
    };
    // To the end of its second: a header counts whole ones.
    let bar = bar(app, &who, after(at.timestamp(), 1)).await?;
    Ok(bar.map(|bar| Defect::new("commitment_barred", why(&bar))))
}

/// The bar in words.
fn why(
    CommitmentBar {
        since,
        until,
        source,
    }: &CommitmentBar,
) -> String {
    let end = until.map_or_else(String::new, |until| format!(", or to {until}"));
    match source {
        None => format!(
            "an earlier commitment of the applicant was found false on {since}: until it is repaired{end}, the paper \
             itself is needed"
        ),
        Some(body) => format!(
            "{} lists the applicant for serious bad credit since {since}: until it is repaired{end}, the paper itself is \
             needed",
            body.name.en
        ),
    }
}
