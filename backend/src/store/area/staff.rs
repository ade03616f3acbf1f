//! Officers and their tokens.

use async_trait::async_trait;
use rusqlite::{Transaction, params};

use city_api::requests::officer::OfficerRole;

use crate::store::Stored;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::values::{first, listed};

/// Officers.
#[async_trait]
pub(crate) trait Staff {
    /// Keeps an officer's token by its hash.
    async fn add_officer(&self, token: [u8; 32], officer: OfficerRow) -> Stored<()>;

    /// The officer of a token.
    async fn officer(&self, token: [u8; 32]) -> Stored<Option<OfficerRow>>;
}

/// An officer behind a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfficerRow {
    /// The person: one person may have several tokens.
    pub person: String,
    /// Body.
    pub body: String,
    /// Role.
    pub role: OfficerRole,
}

#[async_trait]
impl Staff for Sqlite {
    async fn add_officer(&self, token: [u8; 32], officer: OfficerRow) -> Stored<()> {
        self.write("keeping an officer", move |tx| {
            add_officer(tx, token, &officer)
        })
        .await
    }

    async fn officer(&self, token: [u8; 32]) -> Stored<Option<OfficerRow>> {
        self.read("reading an officer", move |tx| officer(tx, token))
            .await
    }
}

pub(super) fn add_officer(
    tx: &Transaction<'_>,
    token: [u8; 32],
    officer: &OfficerRow,
) -> Stored<()> {
    tx.execute(
        "INSERT INTO officer (token, person, body, role) VALUES (?1, ?2, ?3, ?4)",
        params![token, officer.person, officer.body, officer.role.name()],
    )?;
    Ok(())
}

pub(super) fn officer(tx: &Transaction<'_>, token: [u8; 32]) -> Stored<Option<OfficerRow>> {
    first(
        &mut tx.prepare_cached("SELECT person, body, role FROM officer WHERE token = ?1")?,
        [token],
        |row| {
            Ok(OfficerRow {
                person: row.get("person")?,
                body: row.get("body")?,
                role: listed(row, "role", OfficerRole::parse)?,
            })
        },
    )
}
