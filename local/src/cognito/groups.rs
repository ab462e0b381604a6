//! Groups and their members, as rows of the pool's file.

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::{
    error::{Failure, refuse},
    users::{self, User},
};

/// One group.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) precedence: Option<i64>,
    pub(super) created_at: Timestamp,
}

impl Group {
    /// The group as `GroupType`.
    pub(super) fn describe(&self, pool_id: &str) -> Value {
        let mut group = json!({
            "GroupName": self.name,
            "UserPoolId": pool_id,
            "CreationDate": self.created_at.unix_seconds(),
            "LastModifiedDate": self.created_at.unix_seconds(),
        });
        if let Some(description) = &self.description {
            group["Description"] = json!(description);
        }
        if let Some(precedence) = self.precedence {
            group["Precedence"] = json!(precedence);
        }
        group
    }
}

const COLUMNS: &str = "groups.name, groups.description, groups.precedence, groups.created_at";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        name: row.get(0)?,
        description: row.get(1)?,
        precedence: row.get(2)?,
        created_at: Timestamp::from_unix_millis(row.get(3)?),
    })
}

/// Adds a group, unless the name is taken.
pub(super) fn insert(connection: &Connection, group: &Group) -> Result<(), Failure> {
    let added = connection.execute(
        "INSERT OR IGNORE INTO groups (name, description, precedence, created_at) VALUES (?1, ?2, ?3, ?4)",
        params![group.name, group.description, group.precedence, group.created_at.unix_millis()],
    )?;
    if added == 0 {
        return Err(refuse("GroupExistsException", "A group with the name already exists."));
    }
    Ok(())
}

/// Refuses the name of no group.
pub(super) fn check_exists(connection: &Connection, name: &str) -> Result<(), Failure> {
    let found = connection.query_row("SELECT 1 FROM groups WHERE name = ?1", params![name], |_| Ok(())).optional()?;
    found.ok_or_else(|| refuse("ResourceNotFoundException", "Group not found."))
}

/// Up to `limit` groups whose names come after one.
pub(super) fn list(connection: &Connection, after: &str, limit: usize) -> rusqlite::Result<Vec<Group>> {
    connection
        .prepare(&format!("SELECT {COLUMNS} FROM groups WHERE name > ?1 ORDER BY name LIMIT ?2"))?
        .query_map(params![after, limit], from_row)?
        .collect()
}

/// Up to `limit` groups of a user whose names come after one.
pub(super) fn list_of_user(
    connection: &Connection,
    sub: &str,
    after: &str,
    limit: usize,
) -> rusqlite::Result<Vec<Group>> {
    connection
        .prepare(&format!(
            "SELECT {COLUMNS} FROM members JOIN groups ON groups.name = members.group_name \
             WHERE members.sub = ?1 AND groups.name > ?2 ORDER BY groups.name LIMIT ?3"
        ))?
        .query_map(params![sub, after, limit], from_row)?
        .collect()
}

/// The names of a user's groups, the most important first, as tokens carry them.
pub(super) fn names_of_user(connection: &Connection, sub: &str) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(
            "SELECT groups.name FROM members JOIN groups ON groups.name = members.group_name \
             WHERE members.sub = ?1 ORDER BY groups.precedence NULLS LAST, groups.name",
        )?
        .query_map(params![sub], |row| row.get(0))?
        .collect()
}

/// Up to `limit` members of a group whose `sub` comes after one.
pub(super) fn list_members(
    connection: &Connection,
    group: &str,
    after: &str,
    limit: usize,
) -> rusqlite::Result<Vec<User>> {
    connection
        .prepare(&format!(
            "SELECT {} FROM members JOIN users ON users.sub = members.sub \
             WHERE members.group_name = ?1 AND members.sub > ?2 ORDER BY members.sub LIMIT ?3",
            users::COLUMNS
        ))?
        .query_map(params![group, after, limit], users::from_row)?
        .collect()
}

/// Makes a user a member; that they are one already is no mistake.
pub(super) fn add_member(connection: &Connection, group: &str, sub: &str) -> Result<(), Failure> {
    check_exists(connection, group)?;
    connection.execute("INSERT OR IGNORE INTO members (group_name, sub) VALUES (?1, ?2)", params![group, sub])?;
    Ok(())
}

/// Ends a membership; that there is none is no mistake.
pub(super) fn remove_member(connection: &Connection, group: &str, sub: &str) -> Result<(), Failure> {
    check_exists(connection, group)?;
    connection.execute("DELETE FROM members WHERE group_name = ?1 AND sub = ?2", params![group, sub])?;
    Ok(())
}
