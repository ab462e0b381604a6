//! People and what they say: users, roles, comments.

use serde::{Deserialize, Serialize};

use crate::{CommentId, CommentText, DisplayName, Email, Timestamp, UserId};

/// What a person is in the family. In the user pool it is a group of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Looks after everything.
    Admin,
    /// Looks, comments, and adds pictures where an access list says so.
    Visitor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Visitor];

    /// The group of the user pool that stands for it.
    #[must_use]
    pub fn group(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Visitor => "visitor",
        }
    }

    /// The role that lets one do less.
    #[must_use]
    pub fn lesser(self, other: Self) -> Self {
        match (self, other) {
            (Self::Admin, Self::Admin) => Self::Admin,
            (Self::Visitor, _) | (_, Self::Visitor) => Self::Visitor,
        }
    }

    /// The highest role among the groups of a token.
    #[must_use]
    pub fn from_groups<'a>(groups: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        groups.into_iter().fold(None, |best, group| match (best, group) {
            (_, "admin") => Some(Self::Admin),
            (None, "visitor") => Some(Self::Visitor),
            (best, _) => best,
        })
    }
}

/// The record of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Name for machines; holds the `sub` of the user pool.
    pub id: UserId,
    /// Name of the account in the user pool.
    pub username: String,
    /// Name for people.
    pub display_name: DisplayName,
    /// Address, where the account has one.
    pub email: Option<Email>,
    /// What the person may be; a token that says more is not believed.
    pub role: Role,
    /// Whether the account is closed.
    pub disabled: bool,
    /// Whether the sign-in page offers this account, so that a password is all one types.
    pub offered_at_sign_in: bool,
    /// Since when the account exists.
    pub invited_at: Timestamp,
    /// The last sign-in.
    pub last_seen_at: Option<Timestamp>,
    /// Tokens issued before this are not taken any more.
    pub tokens_valid_from: Option<Timestamp>,
}

/// The record of a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its name; holds the id of the media.
    pub id: CommentId,
    /// What was said; none once removed.
    pub text: Option<CommentText>,
    /// Who said it.
    pub author: UserId,
    /// When it was said.
    pub created_at: Timestamp,
    /// When its text last changed.
    pub edited_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_group_counts() {
        assert_eq!(Role::from_groups(["visitor", "admin"]), Some(Role::Admin));
        assert_eq!(Role::from_groups(["visitor", "other"]), Some(Role::Visitor));
        assert_eq!(Role::from_groups(["Admin"]), None);
        assert_eq!(Role::from_groups([]), None);
    }
}
