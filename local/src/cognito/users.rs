//! Users, as rows of the pool's file.

use std::collections::BTreeMap;

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use serde_json::{Value, json};

use super::{
    attributes,
    error::{Failure, refuse, user_not_found},
};

/// What a user must do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Confirmed,
    ForceChangePassword,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
        }
    }
}

/// One user. `sub` never changes; it is also the user's id for the rest of the system.
pub(super) struct User {
    pub(super) sub: String,
    pub(super) username: String,
    pub(super) password_hash: String,
    pub(super) status: Status,
    /// When a temporary password ends.
    pub(super) temporary_until: Option<Timestamp>,
    pub(super) enabled: bool,
    /// Without `sub`.
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) created_at: Timestamp,
    pub(super) modified_at: Timestamp,
}

impl User {
    /// All attributes as Cognito lists them, `sub` among them.
    pub(super) fn attribute_list(&self) -> Vec<Value> {
        let mut list = vec![json!({ "Name": "sub", "Value": self.sub })];
        list.extend(self.attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })));
        list
    }

    /// The user as `UserType`, or with the attributes under another name as some answers want it.
    pub(super) fn describe(&self, attributes_member: &str) -> Value {
        json!({
            "Username": self.username,
            attributes_member: self.attribute_list(),
            "UserCreateDate": self.created_at.unix_seconds(),
            "UserLastModifiedDate": self.modified_at.unix_seconds(),
            "Enabled": self.enabled,
            "UserStatus": self.status.as_str(),
        })
    }

    /// Gives a password that is the user's own from now on.
    pub(super) fn set_password(&mut self, password_hash: String) {
        self.password_hash = password_hash;
        self.status = Status::Confirmed;
        self.temporary_until = None;
    }

    /// Gives a password that must be changed at the first sign-in.
    pub(super) fn set_temporary_password(&mut self, password_hash: String, until: Timestamp) {
        self.password_hash = password_hash;
        self.status = Status::ForceChangePassword;
        self.temporary_until = Some(until);
    }
}

pub(super) const COLUMNS: &str = "users.sub, users.username, users.password_hash, users.status, \
     users.temporary_until, users.enabled, users.attributes, users.created_at, users.modified_at";

/// A user from a row that begins with [`COLUMNS`].
pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<User> {
    let status: String = row.get(3)?;
    let attributes: String = row.get(6)?;
    Ok(User {
        sub: row.get(0)?,
        username: row.get(1)?,
        password_hash: row.get(2)?,
        status: match status.as_str() {
            "CONFIRMED" => Status::Confirmed,
            "FORCE_CHANGE_PASSWORD" => Status::ForceChangePassword,
            other => return Err(rusqlite::Error::FromSqlConversionFailure(3, Type::Text, other.into())),
        },
        temporary_until: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_unix_millis),
        enabled: row.get(5)?,
        attributes: serde_json::from_str(&attributes)
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(6, Type::Text, e.into()))?,
        created_at: Timestamp::from_unix_millis(row.get(7)?),
        modified_at: Timestamp::from_unix_millis(row.get(8)?),
    })
}

/// The user with this username, `sub` or verified email address, in any case.
///
/// At most one user fits: usernames hold no `@`, and [`insert`] refuses a username that is another user's `sub`.
pub(super) fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<User>> {
    connection
        .query_row(
            &format!("SELECT {COLUMNS} FROM users WHERE username_key = ?1 OR sub = ?1 OR email_alias = ?1"),
            params![name.to_lowercase()],
            from_row,
        )
        .optional()
}

/// The user whom an administrator named.
pub(super) fn get(connection: &Connection, name: &str) -> Result<User, Failure> {
    find(connection, name)?.ok_or_else(user_not_found)
}

/// Adds a user, unless the username is taken.
pub(super) fn insert(connection: &Connection, user: &User) -> Result<(), Failure> {
    let username_key = user.username.to_lowercase();
    let taken: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM users WHERE username_key = ?1 OR sub = ?1)",
        params![username_key],
        |row| row.get(0),
    )?;
    if taken {
        return Err(refuse("UsernameExistsException", "User account already exists"));
    }
    check_alias(connection, user)?;
    connection.execute(
        "INSERT INTO users (sub, username, username_key, email_alias, password_hash, status, temporary_until, \
         enabled, attributes, created_at, modified_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            user.sub,
            user.username,
            username_key,
            attributes::email_alias(&user.attributes),
            user.password_hash,
            user.status.as_str(),
            user.temporary_until.map(Timestamp::unix_millis),
            user.enabled,
            attributes::to_json(&user.attributes),
            user.created_at.unix_millis(),
            user.modified_at.unix_millis(),
        ],
    )?;
    Ok(())
}

/// Writes back a changed user.
pub(super) fn update(connection: &Connection, user: &mut User, now: Timestamp) -> Result<(), Failure> {
    check_alias(connection, user)?;
    user.modified_at = now;
    connection.execute(
        "UPDATE users SET email_alias = ?2, password_hash = ?3, status = ?4, temporary_until = ?5, enabled = ?6, \
         attributes = ?7, modified_at = ?8 WHERE sub = ?1",
        params![
            user.sub,
            attributes::email_alias(&user.attributes),
            user.password_hash,
            user.status.as_str(),
            user.temporary_until.map(Timestamp::unix_millis),
            user.enabled,
            attributes::to_json(&user.attributes),
            now.unix_millis(),
        ],
    )?;
    Ok(())
}

fn check_alias(connection: &Connection, user: &User) -> Result<(), Failure> {
    match alias_holder(connection, &user.attributes)? {
        Some(holder) if holder.sub != user.sub => {
            Err(refuse("AliasExistsException", "An account with the given email already exists."))
        }
        Some(_) | None => Ok(()),
    }
}

/// The user who signs in by the email address of these attributes, if that address is verified in them.
pub(super) fn alias_holder(
    connection: &Connection,
    attributes: &BTreeMap<String, String>,
) -> rusqlite::Result<Option<User>> {
    match attributes::email_alias(attributes) {
        Some(alias) => find(connection, &alias),
        None => Ok(None),
    }
}

/// Removes a user with all memberships, sessions and grants.
pub(super) fn delete(connection: &Connection, sub: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM users WHERE sub = ?1", params![sub])?;
    Ok(())
}

/// How many users there are.
pub(super) fn count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM users", [], |row| row.get(0))
}
