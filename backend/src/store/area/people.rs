//! People at kiosks: grants of a visit and one-time codes.

use jiff::Timestamp;

use city_api::requests::identity::IdentityLevel;

use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

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
    /// Name, encrypted; None in a grant from before it was kept.
    pub name: Option<Vec<u8>>,
    /// End of the grant.
    pub expires: Timestamp,
}

impl Store {
    /// Keeps a grant by its hash; grants and codes that are over go.
    pub(crate) async fn add_grant(
        &self,
        grant: [u8; 32],
        row: GrantRow,
        now: Timestamp,
    ) -> Stored<()> {
        self.write("keeping a grant", move |tx| add_grant(tx, grant, &row, now))
            .await
    }

    /// A grant that is not over.
    pub(crate) async fn grant(&self, grant: [u8; 32], now: Timestamp) -> Stored<Option<GrantRow>> {
        self.read("reading a grant", move |tx| self::grant(tx, grant, now))
            .await
    }

    /// Keeps a code for one use under a place (`staff`, or `phone` and who), instead of an older one there; grants
    /// and codes that are over go.
    pub(crate) async fn put_code(
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

    /// Uses a code up: None when there is none or its time or tries are over, else whether it was the code and
    /// how many tries are left.
    pub(crate) async fn try_code(
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
pub(super) fn forget_what_is_over(tx: &mut dyn Tx, now: Timestamp) -> Stored<()> {
    for table in ["visit_grant", "one_time_code"] {
        let sql = format!("DELETE FROM {table} WHERE expires <= ?1");
        tx.execute(&sql, values![now])?;
    }
    Ok(())
}

pub(super) fn add_grant(
    tx: &mut dyn Tx,
    token: [u8; 32],
    grant: &GrantRow,
    now: Timestamp,
) -> Stored<()> {
    forget_what_is_over(tx, now)?;
    tx.execute(
        "INSERT INTO visit_grant (token, kiosk, person, level, number, name, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        values![
            token,
            &grant.kiosk,
            grant.person,
            grant.level.name(),
            &grant.number,
            &grant.name,
            grant.expires,
        ],
    )?;
    Ok(())
}

pub(super) fn grant(tx: &mut dyn Tx, token: [u8; 32], now: Timestamp) -> Stored<Option<GrantRow>> {
    let found = tx.row(
        "SELECT kiosk, person, level, number, name, expires FROM visit_grant WHERE token = ?1 AND expires > ?2",
        values![token, now],
    )?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<GrantRow> {
    Ok(GrantRow {
        kiosk: row.get("kiosk")?,
        person: row.get("person")?,
        level: row.listed("level", IdentityLevel::parse)?,
        number: row.get("number")?,
        name: row.get("name")?,
        expires: row.get("expires")?,
    })
}

pub(super) fn put_code(
    tx: &mut dyn Tx,
    place: &[u8],
    code: [u8; 32],
    tries: u8,
    expires: Timestamp,
) -> Stored<()> {
    tx.execute(
        "INSERT INTO one_time_code (place, code, tries, expires) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (place) DO UPDATE SET code = ?2, tries = ?3, expires = ?4",
        values![place, code, tries, expires],
    )?;
    Ok(())
}

/// The right code is used up; a wrong one costs a try, and the last wrong one the code.
pub(super) fn try_code(
    tx: &mut dyn Tx,
    place: &[u8],
    code: [u8; 32],
    now: Timestamp,
) -> Stored<Option<(bool, u8)>> {
    let sql =
        "SELECT code, tries FROM one_time_code WHERE place = ?1 AND expires > ?2 AND tries > 0";
    let Some(kept) = tx.row(&format!("{sql}{FOR_UPDATE}"), values![place, now])? else {
        return Ok(None);
    };
    let right = kept.get::<[u8; 32]>("code")? == code;
    let left = kept.get::<u8>("tries")?.saturating_sub(1);
    if right || left == 0 {
        tx.execute("DELETE FROM one_time_code WHERE place = ?1", values![place])?;
    } else {
        tx.execute(
            "UPDATE one_time_code SET tries = ?2 WHERE place = ?1",
            values![place, left],
        )?;
    }
    Ok(Some((right, left)))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::clock::after;
    use crate::store::{GrantRow, Store};
    use crate::test_database;
    use city_api::requests::identity::IdentityLevel;

    #[tokio::test]
    async fn a_visit_ended_and_its_grant_and_codes_are_gone_with_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let database = test_database::empty(folder.path());
        let store = Store::open(&database).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let grant = |expires| GrantRow {
            kiosk: "A22".into(),
            person: [1; 32],
            level: IdentityLevel::IdCard,
            number: vec![1],
            name: None,
            expires,
        };
        let left = || {
            test_database::rows(
                &database,
                "SELECT (SELECT count(*) FROM visit_grant), (SELECT count(*) FROM one_time_code)",
            )
            .swap_remove(0)
        };
        let end = after(now, 60);
        store.add_grant([1; 32], grant(end), now).await.unwrap();
        let code = store.put_code(b"phone".to_vec(), [1; 32], 3, end, after(now, 59));
        code.await.unwrap();
        assert_eq!(left(), ["1", "1"]);
        let next = grant(after(now, 120));
        store.add_grant([2; 32], next, end).await.unwrap();
        assert_eq!(left(), ["1", "0"]);
    }
}
