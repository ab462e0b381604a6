//! What happened in the family, for those who were away.

use serde::{Deserialize, Serialize};

use crate::{CommentId, GalleryId, MediaId, Timestamp, UserId};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The last time it happened.
    pub at: Timestamp,
    /// Who did it.
    pub by: UserId,
    /// What was done.
    pub deed: Deed,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Photos and videos came to a gallery, within one hour.
    MediaAdded {
        /// Where to.
        gallery_id: GalleryId,
    },
    /// Somebody said something.
    Comment {
        /// What.
        comment_id: CommentId,
    },
    /// Somebody liked a picture.
    Like {
        /// Which one.
        media_id: MediaId,
    },
}
