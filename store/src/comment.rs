//! Comments in the table, beside the photo or video that they are about.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::TransactWriteItem;
use model::{
    Comment, CommentEvent, CommentEventKind, CommentId, CommentText, Error, Event, MediaId, MediaStatus, Page,
    PageRequest, Timestamp,
};

use crate::{
    Store,
    change::Change,
    item::{Transaction, whole_item},
    keys::{self, COMMENT_PREFIX, Key},
    listing::{Listing, Source},
    replace::{difference, entries},
};

const SHOWN: [MediaStatus; 3] = [MediaStatus::Processing, MediaStatus::Ready, MediaStatus::Failed];

impl Store {
    /// One comment, removed ones too.
    pub async fn get_comment(&self, id: CommentId) -> Result<Option<Comment>, Error> {
        self.get(&keys::comment(id)).await
    }

    /// Comments by id, removed ones too; those that are not there are left out.
    pub async fn get_comments(&self, ids: &[CommentId]) -> Result<HashMap<CommentId, Comment>, Error> {
        let keys: Vec<Key> = ids.iter().copied().map(keys::comment).collect();
        let found: Vec<Comment> = self.get_many(&keys).await?;
        Ok(found.into_iter().map(|comment| (comment.id, comment)).collect())
    }

    /// Writes a new comment and counts it; false where the media is gone or in the trash, or the thread is not there.
    pub async fn put_comment(&self, comment: &Comment) -> Result<bool, Error> {
        let id = comment.id;
        let item = whole_item(&keys::comment(id), None, comment)?;
        let count = Change::of_existing().when_one_of("status", &SHOWN)?.add("comment_count", 1);
        let mut writes = vec![
            self.put_write(item, true),
            self.change_write(&keys::media(id.media), count),
            self.remark_write(comment)?,
        ];
        if id.thread.is_some() {
            let reply = Change::of_existing().add("reply_count", 1);
            writes.push(self.change_write(&keys::comment(id.thread_id()), reply));
        }
        writes.extend(self.said_writes(None, Some(comment)));
        self.say(writes, id, CommentEventKind::Added).await
    }

    /// Changes the text of a comment; none where it was changed or removed meanwhile.
    pub async fn edit_comment(
        &self,
        comment: &Comment,
        text: &CommentText,
        now: Timestamp,
    ) -> Result<Option<Comment>, Error> {
        let edited = Comment { text: Some(text.clone()), edited_at: Some(now), ..comment.clone() };
        let writes = self.replacing(comment, &edited)?;
        Ok(self.say(writes, comment.id, CommentEventKind::Edited).await?.then_some(edited))
    }

    /// Takes the text of a comment away and uncounts it; its place stays. False where it was changed or removed meanwhile.
    pub async fn remove_comment(&self, comment: &Comment, now: Timestamp) -> Result<bool, Error> {
        let removed = Comment { text: None, author_name: None, edited_at: Some(now), ..comment.clone() };
        let mut writes = self.replacing(comment, &removed)?;
        let count = Change::of_existing().add("comment_count", -1);
        writes.push(self.change_write(&keys::media(comment.id.media), count));
        self.say(writes, comment.id, CommentEventKind::Removed).await
    }

    /// The comments on a photo or video that are no replies, oldest first, removed ones too.
    pub async fn list_comments(&self, media: MediaId, page: &PageRequest) -> Result<Page<Comment>, Error> {
        let source = Source::Table { pk: keys::media_partition(media), sk_prefix: COMMENT_PREFIX.to_owned() };
        self.list(Listing { source, ascending: true }, page, |_| None).await
    }

    /// The replies to a comment, oldest first, removed ones too.
    pub async fn list_replies(&self, thread: CommentId, page: &PageRequest) -> Result<Page<Comment>, Error> {
        let source = Source::Table { pk: keys::media_partition(thread.media), sk_prefix: keys::replies_prefix(thread) };
        self.list(Listing { source, ascending: true }, page, |_| None).await
    }

    /// Deletes a comment and the replies to it, for media that is being erased.
    pub(crate) async fn erase_thread(&self, comment: &Comment) -> Result<(), Error> {
        let page = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
        loop {
            let replies = self.list_replies(comment.id, &page).await?;
            for (_, reply) in &replies.rows {
                self.erase_comment(reply).await?;
            }
            if !replies.has_next {
                break;
            }
        }
        self.erase_comment(comment).await
    }

    async fn erase_comment(&self, comment: &Comment) -> Result<(), Error> {
        let mut writes = vec![self.delete_write(&keys::comment(comment.id), Change::of_any())];
        writes.extend(self.said_writes(Some(comment), None));
        self.transact(writes).await?;
        Ok(())
    }

    /// Writes what became of a comment, and tells who is looking; false where it could not be so.
    async fn say(&self, writes: Vec<TransactWriteItem>, id: CommentId, kind: CommentEventKind) -> Result<bool, Error> {
        let done = self.transact(writes).await? == Transaction::Done;
        if done {
            let event = CommentEvent { media_id: id.media, comment_id: id, kind };
            self.publish([Event::Comment(event)]).await;
        }
        Ok(done)
    }

    /// The change of a comment that has its text still, with the words by which it is found.
    fn replacing(&self, before: &Comment, after: &Comment) -> Result<Vec<TransactWriteItem>, Error> {
        let change = difference(before, after)?.when("text", &before.text)?;
        let mut writes = vec![self.change_write(&keys::comment(before.id), change)];
        writes.extend(self.said_writes(Some(before), Some(after)));
        Ok(writes)
    }

    fn said_writes(&self, before: Option<&Comment>, after: Option<&Comment>) -> Vec<TransactWriteItem> {
        let found = |comment: &Comment| entries(&comment.words(), comment.created_at, &comment.id);
        self.word_writes(&before.map(found).unwrap_or_default(), &after.map(found).unwrap_or_default())
    }
}
