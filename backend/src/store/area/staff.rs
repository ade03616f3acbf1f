//! Officers and their tokens.

use city_api::requests::officer::OfficerRole;

use crate::store::tx::Tx;
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

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

impl Store {
    /// Keeps an officer's token by its hash.
    pub(crate) async fn add_officer(&self, token: [u8; 32], officer: OfficerRow) -> Stored<()> {
        self.write("keeping an officer", move |tx| {
            add_officer(tx, token, &officer)
        })
        .await
    }

    /// The officer of a token.
    pub(crate) async fn officer(&self, token: [u8; 32]) -> Stored<Option<OfficerRow>> {
        self.read("reading an officer", move |tx| officer(tx, token))
            .await
    }
}

pub(super) fn add_officer(tx: &mut dyn Tx, token: [u8; 32], officer: &OfficerRow) -> Stored<()> {
    tx.execute(
        "INSERT INTO officer (token, person, body, role) VALUES (?1, ?2, ?3, ?4)",
        values![token, &officer.person, &officer.body, officer.role.name()],
    )?;
    Ok(())
}

pub(super) fn officer(tx: &mut dyn Tx, token: [u8; 32]) -> Stored<Option<OfficerRow>> {
    let sql = "SELECT person, body, role FROM officer WHERE token = ?1";
    let found = tx.row(sql, values![token])?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<OfficerRow> {
    Ok(OfficerRow {
        person: row.get("person")?,
        body: row.get("body")?,
        role: row.listed("role", OfficerRole::parse)?,
    })
}
