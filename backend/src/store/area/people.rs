//! People at kiosks: grants of a visit and one-time codes.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use city_api::requests::identity::IdentityLevel;

use crate::store::Stored;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::values::{first, instant, listed, millis};

/// Grants and one-time codes.
#[async_trait]
pub(crate) trait People {
    /// Keeps a grant by its hash; grants and codes that are over go.
    async fn add_grant(&self, grant: [u8; 32], row: GrantRow, now: Timestamp) -> Stored<()>;

    /// A grant that is not over.
    async fn grant(&self, grant: [u8; 32], now: Timestamp) -> Stored<Option<GrantRow>>;

    /// Keeps a code for one use under a place (`staff`, or `phone` and who), instead of an older one there; grants
    /// and codes that are over go.
    async fn put_code(
        &self,
        place: Vec<u8>,
        code: [u8; 32],
        tries: u8,
        expires: Timestamp,
        now: Timestamp,
    ) -> Stored<()>;

    /// Uses a code up: None when there is none or its time or tries are over, else whether it was the code and
    /// how many tries are left.
    async fn try_code(
        &self,
        place: Vec<u8>,
        code: [u8; 32],
        now: Timestamp,
    ) -> Stored<Option<(bool, u8)>>;
}

/// What a grant allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantRow {
    /// Kiosk it was given to.
    pub kiosk: String,
    /// Blind index of the person.
    pub person: [u8; 32],
    /// Level reached.
    pub level: IdentityLevel,
    /// Document number, encrypted.
    pub number: Vec<u8>,
    /// End of the grant.
    pub expires: Timestamp,
}

#[async_trait]
impl People for Sqlite {
    async fn add_grant(&self, grant: [u8; 32], row: GrantRow, now: Timestamp) -> Stored<()> {
        self.write("keeping a grant", move |tx| add_grant(tx, grant, &row, now))
            .await
    }

    async fn grant(&self, grant: [u8; 32], now: Timestamp) -> Stored<Option<GrantRow>> {
        self.read("reading a grant", move |tx| self::grant(tx, grant, now))
            .await
    }

    async fn put_code(
        &self,
        place: Vec<u8>,
        code: [u8; 32],
        tries: u8,
        expires: Timestamp,
        now: Timestamp,
    ) -> Stored<()> {
        self.write("keeping a code", move |tx| {
            forget_what_is_over(tx, now)?;
            put_code(tx, &place, code, tries, expires)
        })
        .await
    }

    async fn try_code(
        &self,
        place: Vec<u8>,
        code: [u8; 32],
        now: Timestamp,
    ) -> Stored<Option<(bool, u8)>> {
        self.write("trying a code", move |tx| try_code(tx, &place, code, now))
            .await
    }
}

/// Grants and one-time codes go when they are over: both tables stay as small as the visits of the hour.
pub(super) fn forget_what_is_over(tx: &Transaction<'_>, now: Timestamp) -> Stored<()> {
    for table in ["visit_grant", "one_time_code"] {
        let sql = format!("DELETE FROM {table} WHERE expires <= ?1");
        tx.execute(&sql, [millis(now)])?;
    }
    Ok(())
}

pub(super) fn add_grant(
    tx: &Transaction<'_>,
    token: [u8; 32],
    grant: &GrantRow,
    now: Timestamp,
) -> Stored<()> {
    forget_what_is_over(tx, now)?;
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rusqlite::Connection;

    use super::{add_grant, forget_what_is_over, put_code};
    use crate::clock::after;
    use crate::store::GrantRow;
    use crate::store::sqlite::schema::migrate;
    use city_api::requests::identity::IdentityLevel;

    #[test]
    fn a_visit_ended_and_its_grant_and_codes_are_gone_with_the_next() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let tx = connection.transaction().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let grant = |expires| GrantRow {
            kiosk: "A22".into(),
            person: [1; 32],
            level: IdentityLevel::IdCard,
            number: vec![1],
            expires,
        };
        let left = |table: &str| -> u32 {
            let sql = format!("SELECT count(*) FROM {table}");
            tx.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        add_grant(&tx, [1; 32], &grant(after(now, 60)), now).unwrap();
        put_code(&tx, b"phone", [1; 32], 3, after(now, 60)).unwrap();
        forget_what_is_over(&tx, after(now, 59)).unwrap();
        assert_eq!((left("visit_grant"), left("one_time_code")), (1, 1));
        add_grant(&tx, [2; 32], &grant(after(now, 120)), after(now, 60)).unwrap();
        assert_eq!((left("visit_grant"), left("one_time_code")), (1, 0));
    }
}
