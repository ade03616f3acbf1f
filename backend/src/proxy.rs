//! Agents (委托代办): what the city knows of an authority, and whether it lets somebody act.

use jiff::Timestamp;
use uuid::Uuid;

use city_api::application::{Action, Agent, Agreed, Authority, NotAllowed, to_bytes};

use crate::app::App;
use crate::clock::civil;
use crate::file::Defect;
use crate::secret::{MasterKey, Sealed};
use crate::store::{AuthorityRow, StoreError};

/// Most authorities between two people that are looked at.
const MOST: u32 = 100;

/// The place an authority's ciphertext is bound to.
fn place(id: Uuid) -> String {
    format!("authority {id}")
}

/// The row of an authority of this principal's person, `given` to the city or shown with a filing.
///
/// # Errors
/// [`StoreError::Content`] when it cannot be written.
pub(crate) fn row(
    app: &App,
    authority: &Authority,
    principal: [u8; 32],
    given: bool,
) -> Result<AuthorityRow, StoreError> {
    let master = &app.keys.master;
    let plain = to_bytes(authority).map_err(|error| failed(&error))?;
    Ok(AuthorityRow {
        id: authority.id,
        principal,
        agent: master.person(authority.agent.number.reveal()),
        given,
        made: app.now(),
        revoked: None,
        content: master
            .seal(&place(authority.id), &plain)
            .map_err(|error| failed(&error))?,
    })
}

/// What a row says.
///
/// # Errors
/// [`StoreError::Content`] when it is not of this city's key, or damaged.
pub(crate) fn open(master: &MasterKey, row: &AuthorityRow) -> Result<Authority, StoreError> {
    let plain = master.open(&place(row.id), &row.content);
    let plain = zeroize::Zeroizing::new(plain.map_err(|error: Sealed| failed(&error))?);
    serde_json::from_slice(&plain).map_err(|error| failed(&error))
}

/// Holds the authority an agent shows, at `shown`, against what the city knows of it. `at_window`: an officer saw it.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn check(
    app: &App,
    agent: &Agent,
    principal: [u8; 32],
    shown: Timestamp,
    at_window: bool,
) -> Result<Option<Defect>, StoreError> {
    let known = app.store.authority(agent.authority.id).await?;
    let not_given = Defect::of(NotAllowed::NotGiven);
    if agent.agreed == Agreed::Papers && !at_window {
        return Ok(Some(not_given));
    }
    let revoked = || {
        let why = "the principal revoked the authority before";
        Some(Defect::new("authority_revoked", why))
    };
    let Some(known) = known else {
        if agent.agreed == Agreed::Given {
            return Ok(Some(not_given));
        }
        // A paper has no number of its own: shown anew after it was revoked, it is the same paper.
        let between = (
            app.keys.master.person(agent.person.number.reveal()),
            principal,
        );
        let same = was_revoked(app, between, &agent.authority, shown).await?;
        return Ok(if same { revoked() } else { None });
    };
    if known.principal != principal || open(&app.keys.master, &known)? != agent.authority {
        let why = "the city knows this authority with other words or of another principal";
        return Ok(Some(Defect::new("authority_differs", why)));
    }
    if known.revoked.is_some_and(|revoked| revoked <= shown) {
        return Ok(revoked());
    }
    Ok((agent.agreed == Agreed::Given && !known.given).then_some(not_given))
}

/// Whether the principal revoked, by `shown`, what an authority of that day or before says about one of its items.
async fn was_revoked(
    app: &App,
    (agent, principal): ([u8; 32], [u8; 32]),
    authority: &Authority,
    shown: Timestamp,
) -> Result<bool, StoreError> {
    let rows = app
        .store
        .authorities_between(principal, agent, MOST)
        .await?;
    for row in rows {
        let Some(revoked) = row.revoked.filter(|revoked| *revoked <= shown) else {
            continue;
        };
        let old = open(&app.keys.master, &row)?;
        let same_item = old.items.iter().any(|item| authority.items.contains(item));
        if same_item && authority.valid_from <= civil(revoked).date() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The authority by which a person may do this today for a principal; None when there is none.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub(crate) async fn lets(
    app: &App,
    (agent, principal): ([u8; 32], [u8; 32]),
    item: &str,
    action: Action,
) -> Result<Option<Uuid>, StoreError> {
    let today = civil(app.now()).date();
    let rows = app
        .store
        .authorities_between(principal, agent, MOST)
        .await?;
    for row in rows.into_iter().filter(|row| row.revoked.is_none()) {
        let authority = open(&app.keys.master, &row)?;
        if authority.covers(item, action, today).is_ok() {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// Who acted for whom, for an event: by the authority and by the beginnings of their blind indexes, which name nobody.
#[must_use]
pub(crate) fn told(
    authority: Uuid,
    agent: &[u8; 32],
    principal: &[u8; 32],
    actions: &[Action],
) -> String {
    let short = |index: &[u8; 32]| {
        index
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let actions: Vec<&str> = actions.iter().map(|action| action.name()).collect();
    format!(
        "agent {} for principal {} by authority {authority}: {}",
        short(agent),
        short(principal),
        actions.join(", ")
    )
}

fn failed(error: &dyn std::error::Error) -> StoreError {
    StoreError::Content {
        operation: "keeping an authority",
        reason: error.to_string(),
    }
}
