//! Drafts of residents (暂存, R34), sealed under the identity of their person.
//!
//! What is in a draft opens only with the document number of its person, which the city keeps nowhere in the clear: a
//! grant carries it for the time of a visit. No officer's request does, so none can read one.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use city_api::application::{MaterialRef, to_bytes};
use city_api::requests::drafts::Misfit;
use city_api::requests::identity::IdentityLevel;
use city_catalogue::form::{Answers, check_all};
use city_catalogue::record::Item;

use crate::app::App;
use crate::clock::{after, civil};
use crate::intake::level;
use crate::secret::Key;
use crate::store::{SavedRow, StoreError};
use crate::web::error::{Answer, chain, internal};

/// What is in a draft.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Saved {
    /// The answers so far.
    pub(crate) answers: Answers,
    /// The materials so far.
    pub(crate) materials: Vec<MaterialRef>,
}

/// Where and when a draft is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keeping<'a> {
    /// Its id.
    pub(crate) id: Uuid,
    /// Document number of its person.
    pub(crate) number: &'a str,
    /// Station it is kept at.
    pub(crate) station: &'a str,
    /// The item, in the version the person saw.
    pub(crate) item: &'a Item,
}

/// The place of a draft's content, and of a page from 1.
fn place(id: Uuid, page: Option<usize>) -> String {
    match page {
        None => format!("draft {id}"),
        Some(page) => format!("draft {id} page {page}"),
    }
}

/// The row of a draft; its pages are sealed and stored first.
pub(crate) async fn row(
    app: &App,
    keeping: Keeping<'_>,
    saved: &Saved,
    pages: &[Vec<u8>],
) -> Answer<SavedRow> {
    let key = app.keys.master.person_key(keeping.number);
    let mut names = Vec::with_capacity(pages.len());
    for (page, plain) in (1..).zip(pages) {
        let sealed = key.seal(&place(keeping.id, Some(page)), plain);
        let sealed = sealed.map_err(|error| internal(&error))?;
        names.push(app.blobs.put_document(sealed).await?);
    }
    let plain = to_bytes(saved).map_err(|error| internal(&error))?;
    let content = key.seal(&place(keeping.id, None), &plain);
    let now = app.now();
    let days = app.published().policy.people.draft_days;
    Ok(SavedRow {
        id: keeping.id,
        person: app.keys.master.person(keeping.number),
        item: (
            keeping.item.code().as_str().to_owned(),
            keeping.item.version,
        ),
        level: level(keeping.item).max(IdentityLevel::IdCard),
        station: keeping.station.to_owned(),
        made: now,
        lapses: after(now, 24 * 60 * 60 * i64::from(days)),
        filed: None,
        pages: names,
        content: content.map_err(|error| internal(&error))?,
    })
}

/// What is in a draft.
///
/// # Errors
/// [`StoreError::Content`] when the number is not its person's, or it is damaged.
pub(crate) fn open(key: &Key, row: &SavedRow) -> Result<Saved, StoreError> {
    let plain = key.open(&place(row.id, None), &row.content);
    let plain = plain.map_err(|error| damaged(&error))?;
    let plain = zeroize::Zeroizing::new(plain);
    serde_json::from_slice(&plain).map_err(|error| damaged(&error))
}

/// A page of a draft, from 1.
///
/// # Errors
/// [`StoreError::Content`] when the number is not its person's, or it is damaged.
pub(crate) fn open_page(
    key: &Key,
    id: Uuid,
    page: usize,
    sealed: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let plain = key.open(&place(id, Some(page)), sealed);
    plain.map_err(|error| damaged(&error))
}

/// Drops pages that no draft has any more. What cannot be dropped stays sealed, and is logged.
pub(crate) async fn drop_pages(app: &App, names: &[String]) {
    for name in names {
        if let Err(error) = app.blobs.drop_document(name).await {
            tracing::error!(error = %chain(&error), "a page of a draft that is gone stays behind");
        }
    }
}

/// What of a draft does not fit the version in force: answers that the form takes no more, and materials that are gone
/// or are others now. What is only not answered yet fits.
pub(crate) fn misfits(app: &App, saved: &Saved, begun: Option<&Item>, now: &Item) -> Vec<Misfit> {
    let published = app.published();
    let context = published.context(civil(app.now()).date());
    let problems = check_all(now, &saved.answers, &context);
    let answered = problems
        .into_iter()
        .filter(|problem| saved.answers.get(&problem.field).is_some());
    let fields = answered.map(|problem| Misfit {
        problem: problem.problem.key().to_owned(),
        field: Some(problem.field),
        material: None,
    });
    let name = |item: &Item, seq: u32| {
        let mut materials = item.materials.iter();
        let found = materials.find(|material| material.seq == seq);
        found.map(|material| material.name.zh.clone())
    };
    let listed = saved.materials.iter().filter(|given| given.field.is_none());
    let materials = listed.filter_map(|given| {
        let was = begun.and_then(|begun| name(begun, given.seq));
        let problem = match name(now, given.seq) {
            None => "material_gone",
            Some(is) if was.is_some_and(|was| was != is) => "material_changed",
            Some(_) => return None,
        };
        Some(Misfit {
            field: None,
            material: Some(given.seq),
            problem: problem.to_owned(),
        })
    });
    fields.chain(materials).collect()
}

fn damaged(error: &dyn std::error::Error) -> StoreError {
    StoreError::Content {
        operation: "opening a draft",
        reason: error.to_string(),
    }
}
