//! Who likes what.

use model::{Error, Like, MediaId, MediaStatus, Page, PageRequest, UserId};

use crate::{
    Store,
    change::Change,
    item::{Transaction, whole_item},
    keys::{self, Key, LIKE_PREFIX},
    listing::{Listing, Source},
    media::media_of_place,
};

const SHOWN: [MediaStatus; 3] = [MediaStatus::Processing, MediaStatus::Ready, MediaStatus::Failed];

impl Store {
    /// Notes that a person likes a photo or video, there too; false where it is so already, or the media is gone or in
    /// the trash.
    pub async fn put_like(&self, like: &Like) -> Result<bool, Error> {
        let place = (keys::likes_partition(like.user_id), keys::time_order(like.liked_at, like.media_id));
        let item = whole_item(&keys::like(like.media_id, like.user_id), Some(place), like)?;
        let count = Change::of_existing().when_one_of("status", &SHOWN)?.add_member("liked_by", &like.user_id);
        let writes = vec![
            self.put_write(item, true),
            self.change_write(&keys::media(like.media_id), count),
            self.applause_write(like)?,
        ];
        Ok(self.transact(writes).await? == Transaction::Done)
    }

    /// Takes a like back; false where there is none.
    pub async fn delete_like(&self, media: MediaId, user: UserId) -> Result<bool, Error> {
        let Some(like) = self.get::<Like>(&keys::like(media, user)).await? else { return Ok(false) };
        let writes = vec![
            self.delete_write(&keys::like(media, user), Change::of_existing().when("liked_at", &like.liked_at)?),
            self.change_write(&keys::media(media), Change::of_existing().remove_member("liked_by", &user)),
            self.delete_write(&keys::applause(&like), Change::of_any()),
        ];
        Ok(self.transact(writes).await? == Transaction::Done)
    }

    /// Who likes a photo or video.
    pub async fn list_likes(&self, media: MediaId, page: &PageRequest) -> Result<Page<Like>, Error> {
        let source = Source::Table { pk: keys::media_partition(media), sk_prefix: LIKE_PREFIX.to_owned() };
        self.list(Listing { source, ascending: true }, page, |_| None).await
    }

    /// What a person likes, latest first.
    pub async fn list_liked(&self, user: UserId, page: &PageRequest) -> Result<Page<Like>, Error> {
        let listing = Listing { source: Source::index(keys::likes_partition(user)), ascending: false };
        self.list(listing, page, |place| {
            let media = media_of_place(place)?;
            Some(Key { pk: media.pk, sk: format!("{LIKE_PREFIX}{}", user.sub()) })
        })
        .await
    }
}
