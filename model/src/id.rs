//! Typed, opaque ids. Their text is what clients see: a prefix that names the type, then the value.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de};
use ulid::Ulid;
use uuid::Uuid;

use crate::Sha256;

/// The text is not an id of the expected type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// What its text begins with.
            pub const PREFIX: &'static str = $prefix;

            /// From its value.
            #[must_use]
            pub const fn new(value: Ulid) -> Self {
                Self(value)
            }

            /// Its value.
            #[must_use]
            pub fn ulid(self) -> Ulid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", Self::PREFIX, self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_ulid(text.strip_prefix(Self::PREFIX).ok_or(InvalidId)?).map(Self)
            }
        }

        serde_as_text!($name);
    };
}

macro_rules! serde_as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

text_id!(
    /// Names a gallery: `gal_<ulid>`.
    GalleryId,
    "gal_"
);
text_id!(
    /// Names a photo or video: `med_<ulid>`. The object of its original carries the same name.
    MediaId,
    "med_"
);
text_id!(
    /// Names a line of the audit log: `aud_<ulid>`.
    AuditLineId,
    "aud_"
);

/// Names a person: `usr_<uuid>`, where the UUID is the `sub` that the user pool gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Uuid);

impl UserId {
    /// What its text begins with.
    pub const PREFIX: &'static str = "usr_";

    /// From the `sub` claim or attribute of the user pool.
    ///
    /// # Errors
    /// When the text is not a UUID in its usual form.
    pub fn from_sub(sub: &str) -> Result<Self, InvalidId> {
        let value = Uuid::try_parse(sub).map_err(|_| InvalidId)?;
        // One id, one text: the other spellings that a UUID may have are refused.
        if value.hyphenated().to_string() == sub { Ok(Self(value)) } else { Err(InvalidId) }
    }

    /// The `sub` of the user pool.
    #[must_use]
    pub fn sub(self) -> String {
        self.0.hyphenated().to_string()
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.0.hyphenated())
    }
}

impl FromStr for UserId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::from_sub(text.strip_prefix(Self::PREFIX).ok_or(InvalidId)?)
    }
}

serde_as_text!(UserId);

/// Names a comment: `com_<ulid of its media>_<own ulid>`, for a reply `com_<media>_<thread>_<own>`, so that it is found
/// with one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommentId {
    /// What it was said about.
    pub media: MediaId,
    /// The own part of the comment that it replies to. There is one level: a reply to a reply joins the same thread.
    pub thread: Option<Ulid>,
    /// Its own part; sorts by the time of its making.
    pub own: Ulid,
}

impl CommentId {
    /// What its text begins with.
    pub const PREFIX: &'static str = "com_";

    /// The comment that began the thread; itself where it is no reply.
    #[must_use]
    pub fn thread_id(self) -> Self {
        Self { media: self.media, thread: None, own: self.thread.unwrap_or(self.own) }
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}_", Self::PREFIX, self.media.ulid())?;
        if let Some(thread) = self.thread {
            write!(f, "{thread}_")?;
        }
        write!(f, "{}", self.own)
    }
}

impl FromStr for CommentId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (media, rest) = text.strip_prefix(Self::PREFIX).and_then(|rest| rest.split_once('_')).ok_or(InvalidId)?;
        let (thread, own) = match rest.split_once('_') {
            Some((thread, own)) => (Some(parse_ulid(thread)?), own),
            None => (None, rest),
        };
        Ok(Self { media: MediaId::new(parse_ulid(media)?), thread, own: parse_ulid(own)? })
    }
}

serde_as_text!(CommentId);

/// Names a share link: `lnk_<hexadecimal SHA-256 of its token>`. The token itself is kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkId(Sha256);

impl LinkId {
    /// What its text begins with.
    pub const PREFIX: &'static str = "lnk_";
    const USERNAME_PREFIX: &'static str = "link-";

    /// From the digest of the token.
    #[must_use]
    pub fn new(token_digest: Sha256) -> Self {
        Self(token_digest)
    }

    /// The digest of the token.
    #[must_use]
    pub fn token_digest(self) -> Sha256 {
        self.0
    }

    /// The name of the link's account in the user pool: `link-<hexadecimal digest>`.
    #[must_use]
    pub fn username(self) -> String {
        format!("{}{}", Self::USERNAME_PREFIX, self.0)
    }

    /// The link that an account belongs to.
    ///
    /// # Errors
    /// When the name is that of no link's account.
    pub fn from_username(name: &str) -> Result<Self, InvalidId> {
        let digest = name.strip_prefix(Self::USERNAME_PREFIX).ok_or(InvalidId)?;
        format!("{}{digest}", Self::PREFIX).parse()
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.0)
    }
}

impl FromStr for LinkId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let id = text.strip_prefix(Self::PREFIX).and_then(|digest| digest.parse().ok()).map(Self).ok_or(InvalidId)?;
        // One id, one text: upper-case digits are another spelling.
        if id.to_string() == text { Ok(id) } else { Err(InvalidId) }
    }
}

serde_as_text!(LinkId);

/// Any id that `node` accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeId {
    /// A gallery.
    Gallery(GalleryId),
    /// A photo or video.
    Media(MediaId),
    /// A comment.
    Comment(CommentId),
    /// A person.
    User(UserId),
    /// A share link.
    Link(LinkId),
}

impl FromStr for NodeId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let prefix = text.find('_').map_or("", |at| &text[..=at]);
        match prefix {
            GalleryId::PREFIX => text.parse().map(Self::Gallery),
            MediaId::PREFIX => text.parse().map(Self::Media),
            CommentId::PREFIX => text.parse().map(Self::Comment),
            UserId::PREFIX => text.parse().map(Self::User),
            LinkId::PREFIX => text.parse().map(Self::Link),
            _ => Err(InvalidId),
        }
    }
}

/// Only the canonical text: ULID readers elsewhere take lower case and overflowing first digits too.
fn parse_ulid(text: &str) -> Result<Ulid, InvalidId> {
    let value = Ulid::from_string(text).map_err(|_| InvalidId)?;
    if value.to_string() == text { Ok(value) } else { Err(InvalidId) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_id_parses_back_and_only_from_its_own_text(media in any::<u128>(), own in any::<u128>()) {
            let media = MediaId::new(Ulid(media));
            let comment = CommentId { media, thread: None, own: Ulid(own) };
            let reply = CommentId { thread: Some(Ulid(own)), own: Ulid(!own), ..comment };
            let mut digest = [0; 32];
            digest[..16].copy_from_slice(&own.to_be_bytes());
            let link = LinkId(Sha256::new(digest));
            let gallery = GalleryId::new(Ulid(own));
            let user = UserId(Uuid::from_u128(own));
            prop_assert_eq!(media.to_string().parse::<NodeId>(), Ok(NodeId::Media(media)));
            prop_assert_eq!(comment.to_string().parse::<NodeId>(), Ok(NodeId::Comment(comment)));
            prop_assert_eq!(reply.to_string().parse::<NodeId>(), Ok(NodeId::Comment(reply)));
            prop_assert_eq!(reply.thread_id(), comment);
            prop_assert_eq!(comment.thread_id(), comment);
            prop_assert_eq!(link.to_string().parse::<NodeId>(), Ok(NodeId::Link(link)));
            prop_assert_eq!(LinkId::from_username(&link.username()), Ok(link));
            prop_assert_eq!(LinkId::from_username(&link.to_string()), Err(InvalidId));
            prop_assert_eq!(gallery.to_string().parse::<NodeId>(), Ok(NodeId::Gallery(gallery)));
            prop_assert_eq!(user.to_string().parse::<NodeId>(), Ok(NodeId::User(user)));
            prop_assert_eq!(media.to_string().parse::<GalleryId>(), Err(InvalidId));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,80}") {
            if let Ok(id) = text.parse::<MediaId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn another_spelling_is_another_text() {
        let id = MediaId::new(Ulid(77)).to_string();
        assert_eq!(id.to_lowercase().parse::<MediaId>(), Err(InvalidId));
        assert_eq!("usr_00000000-0000-0000-0000-00000000000A".parse::<UserId>(), Err(InvalidId));
        assert_eq!("".parse::<NodeId>(), Err(InvalidId));
    }
}
