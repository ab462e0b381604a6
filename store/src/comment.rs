//! Comments in the table, beside the photo or video that they are about.

use model::{Comment, CommentId, CommentText, Error, MediaId, MediaStatus, Page, PageRequest, Timestamp};

use crate::{
    Store,
    change::Change,
    item::{Listing, Source, Transaction, whole_item},
    keys::{self, COMMENT_PREFIX},
};

impl Store {
    /// One comment, removed ones too.
    pub async fn get_comment(&self, id: CommentId) -> Result<Option<Comment>, Error> {
        self.get(&keys::comment(id)).await
    }

    /// Writes a new comment and counts it; false where the media is gone or in the trash.
    pub async fn put_comment(&self, comment: &Comment) -> Result<bool, Error> {
        let item = whole_item(&keys::comment(comment.id), None, comment)?;
        let shown = [MediaStatus::Processing, MediaStatus::Ready, MediaStatus::Failed];
        let count = Change::of_existing().when_one_of("status", &shown)?.add("comment_count", 1);
        let writes = vec![self.put_write(item, true), self.change_write(&keys::media(comment.id.media), count)];
        Ok(self.transact(writes).await? == Transaction::Done)
    }

    /// Changes the text of a comment; none where it was removed.
    pub async fn edit_comment(
        &self,
        id: CommentId,
        text: &CommentText,
        now: Timestamp,
    ) -> Result<Option<Comment>, Error> {
        let update = Change::of_existing().when_present("text").set("text", text)?.set("edited_at", &now)?;
        self.change(&keys::comment(id), update).await
    }

    /// Takes the text of a comment away and uncounts it; its place stays. False where that happened already.
    pub async fn remove_comment(&self, id: CommentId, now: Timestamp) -> Result<bool, Error> {
        let update = Change::of_existing().when_present("text").remove("text").set("edited_at", &now)?;
        let count = Change::of_existing().add("comment_count", -1);
        let writes =
            vec![self.change_write(&keys::comment(id), update), self.change_write(&keys::media(id.media), count)];
        Ok(self.transact(writes).await? == Transaction::Done)
    }

    /// The comments on a photo or video, oldest first, removed ones too.
    pub async fn list_comments(&self, media: MediaId, page: &PageRequest) -> Result<Page<Comment>, Error> {
        let source = Source::Table { pk: keys::media_partition(media), sk_prefix: COMMENT_PREFIX };
        self.list(Listing { source, ascending: true }, page, |_| None).await
    }
}
