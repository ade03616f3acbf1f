//! What principals let agents do (委托代办, `specs/domain.md` 5.3): kept, looked up, revoked.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Event, events};
use crate::store::tx::Tx;
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

/// An authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuthorityRow {
    /// Its id.
    pub id: Uuid,
    /// Blind index of the principal, or of the legal person of an organisation: who may revoke it.
    pub principal: [u8; 32],
    /// Blind index of the agent.
    pub agent: [u8; 32],
    /// The principal gave it to the city, identified there; else it came with a filing.
    pub given: bool,
    /// When it came.
    pub made: Timestamp,
    /// When the principal took it back; None while it stands.
    pub revoked: Option<Timestamp>,
    /// What it says, sealed to `authority` and the id.
    pub content: Vec<u8>,
}

impl Store {
    /// The authority of this id.
    pub(crate) async fn authority(&self, id: Uuid) -> Stored<Option<AuthorityRow>> {
        self.read("reading an authority", move |tx| one(tx, id))
            .await
    }

    /// Keeps an authority and notes it; false when one of this id is here.
    pub(crate) async fn give_authority(
        &self,
        authority: AuthorityRow,
        event: Event,
    ) -> Stored<bool> {
        self.write("keeping an authority", move |tx| {
            let kept = insert(tx, &authority)?;
            if kept {
                events::note(tx, None, &event)?;
            }
            Ok(kept)
        })
        .await
    }

    /// Authorities that a person gave or got, the newest first, at most `most`.
    pub(crate) async fn authorities_of(
        &self,
        person: [u8; 32],
        most: u32,
    ) -> Stored<Vec<AuthorityRow>> {
        self.read("reading a person's authorities", move |tx| {
            let sql = format!(
                "{SELECT} WHERE principal = ?1 OR agent = ?1 ORDER BY made DESC, id LIMIT ?2"
            );
            tx.rows(&sql, values![person, most])?
                .iter()
                .map(read)
                .collect()
        })
        .await
    }

    /// Authorities of a principal for an agent, revoked or not, the newest first, at most `most`.
    pub(crate) async fn authorities_between(
        &self,
        principal: [u8; 32],
        agent: [u8; 32],
        most: u32,
    ) -> Stored<Vec<AuthorityRow>> {
        self.read("reading authorities", move |tx| {
            let sql = format!(
                "{SELECT} WHERE principal = ?1 AND agent = ?2 ORDER BY made DESC, id LIMIT ?3"
            );
            tx.rows(&sql, values![principal, agent, most])?
                .iter()
                .map(read)
                .collect()
        })
        .await
    }

    /// Takes an authority of this principal back and notes it; it stays taken back at its first time. None when the
    /// principal gave none of this id.
    pub(crate) async fn revoke_authority(
        &self,
        id: Uuid,
        principal: [u8; 32],
        event: Event,
    ) -> Stored<Option<AuthorityRow>> {
        self.write("revoking an authority", move |tx| {
            let revoked = tx.execute(
                "UPDATE authority SET revoked = ?3 WHERE id = ?1 AND principal = ?2 AND revoked IS NULL",
                values![id, principal, event.at],
            )?;
            if revoked == 1 {
                events::note(tx, None, &event)?;
            }
            Ok(one(tx, id)?.filter(|row| row.principal == principal))
        })
        .await
    }
}

const SELECT: &str = "SELECT id, principal, agent, given, made, revoked, content FROM authority";

fn one(tx: &mut dyn Tx, id: Uuid) -> Stored<Option<AuthorityRow>> {
    let found = tx.row(&format!("{SELECT} WHERE id = ?1"), values![id])?;
    found.as_ref().map(read).transpose()
}

/// False when one of this id is here.
pub(super) fn insert(tx: &mut dyn Tx, authority: &AuthorityRow) -> Stored<bool> {
    let inserted = tx.execute(
        "INSERT INTO authority (id, principal, agent, given, made, revoked, content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        values![
            authority.id,
            authority.principal,
            authority.agent,
            authority.given,
            authority.made,
            authority.revoked,
            &authority.content,
        ],
    )?;
    Ok(inserted == 1)
}

fn read(row: &Row) -> Stored<AuthorityRow> {
    Ok(AuthorityRow {
        id: row.get("id")?,
        principal: row.get("principal")?,
        agent: row.get("agent")?,
        given: row.get("given")?,
        made: row.get("made")?,
        revoked: row.get("revoked")?,
        content: row.get("content")?,
    })
}
