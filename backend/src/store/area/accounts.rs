//! Accounts of staff, their sessions, and wrong tries to log in.

use jiff::Timestamp;
use jiff::civil::Date;

use city_api::requests::staff::AccountView;
use city_catalogue::policy::{StaffPolicy, StaffRole, WindowScope};

use super::{Event, events};
use crate::clock::after;
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, ToValue as _, Value, damaged, values};
use crate::store::{Store, Stored};

/// Seconds between two notes of when a session was used last: not every request writes.
const SEEN_SECONDS: i64 = 60;
/// Seconds after which wrong tries of a name that was never logged in with are forgotten.
const FORGET_SECONDS: i64 = 30 * 24 * 3600;

/// An account of somebody who works for the city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountRow {
    /// Its name; events name the person by it.
    pub name: String,
    /// Body.
    pub body: String,
    /// Hash of the password.
    pub password: String,
    /// Roles, in the order of the list.
    pub roles: Vec<StaffRole>,
    /// Stations and items it may take in at a window.
    pub scope: WindowScope,
    /// Last day of the training record; None without one.
    pub trained_until: Option<Date>,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it was closed; None while it is not.
    pub closed: Option<Timestamp>,
}

/// A session, with what its account is allowed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRow {
    /// Its account.
    pub account: AccountRow,
    /// Role it was begun with.
    pub role: StaffRole,
    /// When it began.
    pub begun: Timestamp,
    /// When it was used last.
    pub seen: Timestamp,
}

/// What is changed on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AccountChange {
    /// All its roles from now on.
    Roles(Vec<StaffRole>),
    /// The last day of its training record.
    Trained(Date),
    /// What it may take in at a window from now on.
    Scope(WindowScope),
    /// Another password; its sessions end.
    Password(String),
    /// It is closed; its sessions end.
    Close,
}

impl Store {
    /// Keeps a new account and what happened; false when the name was ever used.
    pub(crate) async fn add_account(&self, account: AccountRow, event: Event) -> Stored<bool> {
        self.write("keeping an account", move |tx| {
            let made = add(tx, &account)?;
            if made {
                events::note(tx, None, &event)?;
            }
            Ok(made)
        })
        .await
    }

    /// An account, closed or not.
    pub(crate) async fn account(&self, name: String) -> Stored<Option<AccountRow>> {
        self.read("reading an account", move |tx| one(tx, &name, ""))
            .await
    }

    /// All accounts by name, at most `most`.
    pub(crate) async fn accounts(&self, most: u32) -> Stored<Vec<AccountRow>> {
        self.read("reading accounts", move |tx| {
            let sql = format!("{SELECT} ORDER BY name LIMIT ?1");
            tx.rows(&sql, values![most])?.iter().map(read).collect()
        })
        .await
    }

    /// Changes an account that is not closed and notes it; false when there is none.
    pub(crate) async fn change_account(
        &self,
        name: String,
        change: AccountChange,
        event: Event,
    ) -> Stored<bool> {
        self.write("changing an account", move |tx| {
            let changed = self::change(tx, &name, &change, event.at)?;
            if changed {
                events::note(tx, None, &event)?;
            }
            Ok(changed)
        })
        .await
    }

    /// Counts a try to log in, before its password is compared. `name` is a blind index: a name that is no account is
    /// counted alike. Some says until when no try is taken.
    pub(crate) async fn count_try(
        &self,
        name: [u8; 32],
        policy: StaffPolicy,
        now: Timestamp,
    ) -> Stored<Option<Timestamp>> {
        self.write("counting a try to log in", move |tx| {
            count_try(tx, name, &policy, now)
        })
        .await
    }

    /// Forgets the wrong tries of a name.
    pub(crate) async fn forget_tries(&self, name: [u8; 32]) -> Stored<()> {
        self.write("forgetting tries to log in", move |tx| forget(tx, name))
            .await
    }

    /// Begins a session, forgets the wrong tries of its name, drops sessions that are over.
    pub(crate) async fn begin_session(
        &self,
        token: [u8; 32],
        name: [u8; 32],
        session: SessionRow,
        policy: StaffPolicy,
        event: Event,
    ) -> Stored<()> {
        self.write("beginning a session", move |tx| {
            forget(tx, name)?;
            begin(tx, token, &session, &policy)?;
            events::note(tx, None, &event)
        })
        .await
    }

    /// The session of a token; None when there is none, it is over, or its account lost the role or is closed.
    pub(crate) async fn session(
        &self,
        token: [u8; 32],
        policy: StaffPolicy,
        now: Timestamp,
    ) -> Stored<Option<SessionRow>> {
        let found = self
            .read("reading a session", move |tx| session(tx, token))
            .await?;
        let Some(session) = found.filter(|session| session.lasts(&policy, now)) else {
            return Ok(None);
        };
        if after(session.seen, SEEN_SECONDS) <= now {
            self.write("noting that a session is used", move |tx| {
                tx.execute(
                    "UPDATE staff_session SET seen = ?2 WHERE token = ?1",
                    values![token, now],
                )
            })
            .await?;
        }
        Ok(Some(session))
    }

    /// Ends a session.
    pub(crate) async fn end_session(&self, token: [u8; 32], event: Event) -> Stored<()> {
        self.write("ending a session", move |tx| {
            tx.execute("DELETE FROM staff_session WHERE token = ?1", values![token])?;
            events::note(tx, None, &event)
        })
        .await
    }
}

impl AccountRow {
    /// What is shown of it: all but the password.
    #[must_use]
    pub(crate) fn view(self) -> AccountView {
        AccountView {
            name: self.name,
            body: self.body,
            roles: self.roles,
            scope: self.scope,
            trained_until: self.trained_until,
            created: self.created,
            closed: self.closed,
        }
    }
}

impl SessionRow {
    /// Whether it lasts at `now`.
    fn lasts(&self, policy: &StaffPolicy, now: Timestamp) -> bool {
        let minutes = |from, minutes: u32| after(from, 60 * i64::from(minutes));
        self.account.closed.is_none()
            && self.account.roles.contains(&self.role)
            && now < minutes(self.begun, policy.session_minutes)
            && now < minutes(self.seen, policy.idle_minutes)
    }
}

const SELECT: &str = "SELECT name, body, password, roles, scope, trained_until, created, created_by, closed FROM account";

fn one(tx: &mut dyn Tx, name: &str, locks: &str) -> Stored<Option<AccountRow>> {
    let found = tx.row(&format!("{SELECT} WHERE name = ?1{locks}"), values![name])?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<AccountRow> {
    Ok(AccountRow {
        name: row.get("name")?,
        body: row.get("body")?,
        password: row.get("password")?,
        roles: read_roles(&row.get::<String>("roles")?)?,
        scope: read_scope(row.get("scope")?)?,
        trained_until: row.get("trained_until")?,
        created: row.get("created")?,
        created_by: row.get("created_by")?,
        closed: row.get("closed")?,
    })
}

fn read_roles(names: &str) -> Stored<Vec<StaffRole>> {
    names
        .split(' ')
        .filter(|name| !name.is_empty())
        .map(|name| StaffRole::parse(name).ok_or_else(|| damaged("a role")))
        .collect()
}

/// A row without one was made before there were scopes: it has every station and item.
fn read_scope(text: Option<String>) -> Stored<WindowScope> {
    let Some(text) = text else {
        return Ok(WindowScope::default());
    };
    serde_json::from_str(&text).map_err(|_| damaged("a scope"))
}

fn scope_text(scope: &WindowScope) -> Stored<String> {
    serde_json::to_string(scope).map_err(|_| damaged("a scope"))
}

fn roles_text(roles: &[StaffRole]) -> String {
    let names = StaffRole::ALL.iter().filter(|role| roles.contains(role));
    let names: Vec<&str> = names.map(|role| role.as_str()).collect();
    names.join(" ")
}

fn add(tx: &mut dyn Tx, account: &AccountRow) -> Stored<bool> {
    let added = tx.execute(
        "INSERT INTO account (name, body, password, roles, trained_until, created, created_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        values![
            &account.name,
            &account.body,
            &account.password,
            roles_text(&account.roles),
            account.trained_until,
            account.created,
            &account.created_by,
        ],
    )?;
    Ok(added == 1)
}

fn change(tx: &mut dyn Tx, name: &str, change: &AccountChange, now: Timestamp) -> Stored<bool> {
    let account = one(tx, name, FOR_UPDATE)?;
    if account.is_none_or(|account| account.closed.is_some()) {
        return Ok(false);
    }
    let mut set = |column: &str, value: Value| {
        let sql = format!("UPDATE account SET {column} = ?2 WHERE name = ?1");
        tx.execute(&sql, &[name.to_value(), value])
    };
    match change {
        AccountChange::Roles(roles) => set("roles", roles_text(roles).to_value())?,
        AccountChange::Scope(scope) => set("scope", scope_text(scope)?.to_value())?,
        AccountChange::Trained(until) => set("trained_until", until.to_value())?,
        AccountChange::Password(hash) => set("password", hash.to_value())?,
        AccountChange::Close => set("closed", now.to_value())?,
    };
    if matches!(change, AccountChange::Password(_) | AccountChange::Close) {
        tx.execute(
            "DELETE FROM staff_session WHERE account = ?1",
            values![name],
        )?;
    }
    Ok(true)
}

fn count_try(
    tx: &mut dyn Tx,
    name: [u8; 32],
    policy: &StaffPolicy,
    now: Timestamp,
) -> Stored<Option<Timestamp>> {
    // A name that is tried for the first time has no row to wait for.
    tx.lock(&format!("login {}", hex::encode(name)))?;
    let sql = "SELECT wrong, locked_until FROM login_try WHERE name = ?1";
    let known = tx.row(sql, values![name])?;
    let (wrong, locked): (u32, Option<Timestamp>) = match &known {
        Some(row) => (row.get("wrong")?, row.get("locked_until")?),
        None => (0, None),
    };
    if let Some(locked) = locked.filter(|until| *until > now) {
        return Ok(Some(locked));
    }
    let wrong = wrong.saturating_add(1);
    let seconds = policy.lock_after(wrong);
    let locked = (seconds > 0).then(|| after(now, seconds.into()));
    tx.execute(
        "INSERT INTO login_try (name, wrong, last, locked_until) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET wrong = ?2, last = ?3, locked_until = ?4",
        values![name, wrong, now, locked],
    )?;
    tx.execute(
        "DELETE FROM login_try WHERE last < ?1",
        values![after(now, -FORGET_SECONDS)],
    )?;
    Ok(None)
}

fn forget(tx: &mut dyn Tx, name: [u8; 32]) -> Stored<()> {
    tx.execute("DELETE FROM login_try WHERE name = ?1", values![name])?;
    Ok(())
}

fn begin(
    tx: &mut dyn Tx,
    token: [u8; 32],
    session: &SessionRow,
    policy: &StaffPolicy,
) -> Stored<()> {
    let oldest = after(session.begun, -60 * i64::from(policy.session_minutes));
    tx.execute(
        "DELETE FROM staff_session WHERE begun < ?1",
        values![oldest],
    )?;
    tx.execute(
        "INSERT INTO staff_session (token, account, role, begun, seen) VALUES (?1, ?2, ?3, ?4, ?5)",
        values![
            token,
            &session.account.name,
            session.role.as_str(),
            session.begun,
            session.seen,
        ],
    )?;
    Ok(())
}

fn session(tx: &mut dyn Tx, token: [u8; 32]) -> Stored<Option<SessionRow>> {
    let sql = "SELECT account, role, begun, seen FROM staff_session WHERE token = ?1";
    let Some(row) = tx.row(sql, values![token])? else {
        return Ok(None);
    };
    let account = one(tx, &row.get::<String>("account")?, "")?;
    let Some(account) = account else {
        return Ok(None);
    };
    Ok(Some(SessionRow {
        account,
        role: row.listed("role", StaffRole::parse)?,
        begun: row.get("begun")?,
        seen: row.get("seen")?,
    }))
}
