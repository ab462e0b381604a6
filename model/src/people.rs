//! People and what they say: users, roles, comments.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{CommentId, CommentText, DisplayName, Email, GalleryId, LinkId, MediaId, Timestamp, UserId, Word, words};

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
    /// A picture of the person, among the library's own.
    #[serde(default)]
    pub avatar_media_id: Option<MediaId>,
    /// Up to where the person has seen what others did.
    #[serde(default)]
    pub activity_read_until: Option<Timestamp>,
}

impl User {
    /// What happened before this, the person knows.
    #[must_use]
    pub fn knows_activity_until(&self) -> Timestamp {
        self.activity_read_until.unwrap_or(self.invited_at)
    }
}

/// The record of a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its name; holds the id of the media.
    pub id: CommentId,
    /// What was said; none once removed.
    pub text: Option<CommentText>,
    /// Whose account said it.
    pub author: UserId,
    /// The name that a person gave who shares the account with others.
    #[serde(default)]
    pub author_name: Option<DisplayName>,
    /// Replies to it, removed ones too.
    #[serde(default)]
    pub reply_count: u32,
    /// When it was said.
    pub created_at: Timestamp,
    /// When its text last changed.
    pub edited_at: Option<Timestamp>,
}

impl Comment {
    /// The words by which it is found; none once it was removed.
    #[must_use]
    pub fn words(&self) -> BTreeSet<Word> {
        words(self.text.iter().map(CommentText::as_str))
    }
}

/// One person's liking of one photo or video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Like {
    /// What is liked.
    pub media_id: MediaId,
    /// By whom.
    pub user_id: UserId,
    /// Since when.
    pub liked_at: Timestamp,
}

/// The record of a link that opens one gallery for whoever has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLink {
    /// Its name for machines: the digest of its token.
    pub id: LinkId,
    /// What it opens.
    pub gallery_id: GalleryId,
    /// For whom it is, to tell links apart.
    pub label: Option<DisplayName>,
    /// Whether a password is asked for.
    pub has_password: bool,
    /// Whether guests may download originals.
    pub allow_download: bool,
    /// After this it opens nothing.
    pub expires_at: Option<Timestamp>,
    /// Since when it opens nothing, because an admin said so.
    pub revoked_at: Option<Timestamp>,
    /// How often a session was opened by it.
    pub open_count: u32,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
}

impl ShareLink {
    /// Whether it opens its gallery at this time.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
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
