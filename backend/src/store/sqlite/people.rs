//! Officers, grants of a visit, one-time codes.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use city_api::requests::identity::IdentityLevel;
use city_api::requests::officer::OfficerRole;

use super::values::{first, instant, listed, millis};
use crate::store::{GrantRow, OfficerRow, Stored};

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

/// Keeps a grant; those that are over go, so that the table stays as small as the visits of the hour.
pub(super) fn add_grant(tx: &Transaction<'_>, token: [u8; 32], grant: &GrantRow) -> Stored<()> {
    let day = 24 * 60 * 60 * 1000;
    tx.execute(
        "DELETE FROM visit_grant WHERE expires < ?1",
        [millis(grant.expires) - day],
    )?;
    tx.execute(
        "INSERT INTO visit_grant (token, kiosk, person, level, number, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            token,
            grant.kiosk,
            grant.person,
            grant.level.name(),
            grant.number,
            millis(grant.expires)
        ],
    )?;
    Ok(())
}

pub(super) fn grant(
    tx: &Transaction<'_>,
    token: [u8; 32],
    now: Timestamp,
) -> Stored<Option<GrantRow>> {
    first(
        &mut tx.prepare_cached(
            "SELECT kiosk, person, level, number, expires FROM visit_grant WHERE token = ?1 AND expires > ?2",
        )?,
        params![token, millis(now)],
        |row| {
            Ok(GrantRow {
                kiosk: row.get("kiosk")?,
                person: row.get("person")?,
                level: listed(row, "level", IdentityLevel::parse)?,
                number: row.get("number")?,
                expires: instant(row, "expires")?,
            })
        },
    )
}

pub(super) fn put_code(
    tx: &Transaction<'_>,
    place: &[u8],
    code: [u8; 32],
    tries: u8,
    expires: Timestamp,
) -> Stored<()> {
    tx.execute(
        "INSERT INTO one_time_code (place, code, tries, expires) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (place) DO UPDATE SET code = ?2, tries = ?3, expires = ?4",
        params![place, code, tries, millis(expires)],
    )?;
    Ok(())
}

/// The right code is used up; a wrong one costs a try, and the last wrong one the code.
pub(super) fn try_code(
    tx: &Transaction<'_>,
    place: &[u8],
    code: [u8; 32],
    now: Timestamp,
) -> Stored<Option<(bool, u8)>> {
    let kept: Option<([u8; 32], u8)> = tx
        .query_row(
            "SELECT code, tries FROM one_time_code WHERE place = ?1 AND expires > ?2 AND tries > 0",
            params![place, millis(now)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((kept, tries)) = kept else {
        return Ok(None);
    };
    let right = kept == code;
    let left = tries.saturating_sub(1);
    if right || left == 0 {
        tx.execute("DELETE FROM one_time_code WHERE place = ?1", [place])?;
    } else {
        tx.execute(
            "UPDATE one_time_code SET tries = ?2 WHERE place = ?1",
            params![place, left],
        )?;
    }
    Ok(Some((right, left)))
}
