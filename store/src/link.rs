//! Share links: their records in the table, and their accounts in the user pool.

use std::collections::HashMap;

use aws_sdk_cognitoidentityprovider::types::MessageActionType;
use model::{Error, GalleryId, LinkId, Page, PageRequest, ShareLink, Timestamp, access::GUEST_GROUP};

use crate::{
    Store,
    change::Change,
    error::from_sdk,
    item::whole_item,
    keys::{self, Key},
    listing::{Listing, Source},
};

impl Store {
    /// One share link, also one that opens nothing any more.
    pub async fn get_link(&self, id: LinkId) -> Result<Option<ShareLink>, Error> {
        self.get(&keys::link(id)).await
    }

    /// Share links by id; those that are not there are left out.
    pub async fn get_links(&self, ids: &[LinkId]) -> Result<HashMap<LinkId, ShareLink>, Error> {
        let keys: Vec<Key> = ids.iter().copied().map(keys::link).collect();
        let found: Vec<ShareLink> = self.get_many(&keys).await?;
        Ok(found.into_iter().map(|link| (link.id, link)).collect())
    }

    /// Writes a new share link; false where its token is taken.
    pub async fn put_link(&self, link: &ShareLink) -> Result<bool, Error> {
        let place = (keys::links_partition(link.gallery_id), keys::link_order(link.created_at, link.id));
        self.put_new(whole_item(&keys::link(link.id), Some(place), link)?).await
    }

    /// Ends a share link, and gives it as it is then; none where there is no such link. One that was ended before keeps
    /// its time.
    pub async fn revoke_link(&self, id: LinkId, now: Timestamp) -> Result<Option<ShareLink>, Error> {
        let change = Change::of_existing().when_absent("revoked_at").set("revoked_at", &now)?;
        match self.change(&keys::link(id), change).await? {
            Some(link) => Ok(Some(link)),
            None => self.get_link(id).await,
        }
    }

    /// Counts a session that was opened by a share link.
    pub async fn count_opening(&self, id: LinkId) -> Result<(), Error> {
        self.change::<ShareLink>(&keys::link(id), Change::of_existing().add("open_count", 1)).await?;
        Ok(())
    }

    /// The share links of a gallery, newest first, also those that open nothing any more.
    pub async fn list_links(&self, gallery: GalleryId, page: &PageRequest) -> Result<Page<ShareLink>, Error> {
        let listing = Listing { source: Source::index(keys::links_partition(gallery)), ascending: false };
        self.list(listing, page, link_of_place).await
    }

    /// Makes the account by which guests of a share link sign in.
    pub async fn create_link_account(&self, id: LinkId, password: &str) -> Result<(), Error> {
        let username = id.username();
        self.cognito
            .admin_create_user()
            .user_pool_id(&self.settings.user_pool_id)
            .username(&username)
            .temporary_password(password)
            .message_action(MessageActionType::Suppress)
            .send()
            .await
            .map_err(from_sdk)?;
        self.set_password(&username, password).await?;
        self.join_group(&username, GUEST_GROUP).await
    }

    /// Closes the account of a share link, and ends all of its sessions.
    pub async fn close_link_account(&self, id: LinkId) -> Result<(), Error> {
        let username = id.username();
        self.set_account_disabled(&username, true).await?;
        self.sign_out_everywhere(&username).await
    }
}

/// The key of the share link at a place in a list.
fn link_of_place(place: &str) -> Option<Key> {
    let (_, digest) = place.rsplit_once('#')?;
    Some(keys::link(LinkId::new(digest.parse().ok()?)))
}
