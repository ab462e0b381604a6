//! What happened, written together with what it tells of.

use aws_sdk_dynamodb::types::TransactWriteItem;
use model::{Activity, Comment, Deed, Error, Like, Media, Page, PageRequest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    change::Change,
    item::{to_value, whole_item},
    keys::{self, ACTIVITY, Key, TTL},
    listing::{Listing, Source},
};

/// Arrivals within this time are one thing that happened.
const ARRIVALS_SECONDS: i64 = 3_600;
/// What happened longer ago is forgotten.
const KEPT_SECONDS: i64 = 180 * 24 * 3_600;

/// One line of what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityLine {
    /// What, when, by whom.
    #[serde(flatten)]
    pub activity: Activity,
    /// How many photos and videos came, where some did.
    #[serde(default)]
    pub count: u32,
}

impl Store {
    /// What happened, latest first. Arrivals stand where their hour began.
    pub async fn list_activity(&self, page: &PageRequest) -> Result<Page<ActivityLine>, Error> {
        let source = Source::Table { pk: ACTIVITY.to_owned(), sk_prefix: String::new() };
        self.list(Listing { source, ascending: false }, page, |_| None).await
    }

    /// Says that media arrived; one line for all that one person brings to one gallery within an hour.
    pub(crate) fn arrival_write(&self, media: &Media, now: Timestamp) -> Result<TransactWriteItem, Error> {
        let deed = Deed::MediaAdded { gallery_id: media.gallery_id };
        let change = Change::of_any()
            .set("at", &now)?
            .set("by", &media.uploaded_by)?
            .set("deed", &deed)?
            .set(TTL, &now.plus_seconds(KEPT_SECONDS).unix_seconds())?
            .add("count", 1);
        Ok(self.change_write(&keys::arrival(media, now.floor_to(ARRIVALS_SECONDS)), change))
    }

    /// Says that somebody said something.
    pub(crate) fn remark_write(&self, comment: &Comment) -> Result<TransactWriteItem, Error> {
        let deed = Deed::Comment { comment_id: comment.id };
        let activity = Activity { at: comment.created_at, by: comment.author, deed };
        self.line_write(&keys::remark(comment), activity)
    }

    /// Says that somebody liked something.
    pub(crate) fn applause_write(&self, like: &Like) -> Result<TransactWriteItem, Error> {
        let activity = Activity { at: like.liked_at, by: like.user_id, deed: Deed::Like { media_id: like.media_id } };
        self.line_write(&keys::applause(like), activity)
    }

    fn line_write(&self, key: &Key, activity: Activity) -> Result<TransactWriteItem, Error> {
        let forgotten_at = activity.at.plus_seconds(KEPT_SECONDS).unix_seconds();
        let mut item = whole_item(key, None, &ActivityLine { activity, count: 1 })?;
        item.insert(TTL.to_owned(), to_value(&forgotten_at)?);
        Ok(self.put_write(item, false))
    }
}
