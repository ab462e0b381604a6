//! People in the table.

use std::collections::HashMap;

use model::{DisplayName, Error, MediaId, Page, PageRequest, Role, Timestamp, User, UserId};

use crate::{
    Store,
    change::Change,
    item::{Transaction, whole_item},
    keys::{self, GSI1, Key, USERS},
    listing::{Listing, Source},
};

/// What of a person is to change; what is none stays.
#[derive(Debug, Default)]
pub struct UserChange {
    /// New name.
    pub display_name: Option<DisplayName>,
    /// New role.
    pub role: Option<Role>,
    /// Closes or opens the account.
    pub disabled: Option<bool>,
    /// Tokens issued before this are not taken any more.
    pub tokens_valid_from: Option<Timestamp>,
    /// The last sign-in.
    pub last_seen_at: Option<Timestamp>,
    /// A picture of the person; an inner none takes it away.
    pub avatar_media_id: Option<Option<MediaId>>,
}

impl Store {
    /// One person.
    pub async fn get_user(&self, id: UserId) -> Result<Option<User>, Error> {
        self.get(&keys::user(id)).await
    }

    /// People by id; those that are not there are left out.
    pub async fn get_users(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, Error> {
        let keys: Vec<Key> = ids.iter().copied().map(keys::user).collect();
        let found: Vec<User> = self.get_many(&keys).await?;
        Ok(found.into_iter().map(|user| (user.id, user)).collect())
    }

    /// Writes a new person; false where the id is taken.
    pub async fn put_user(&self, user: &User) -> Result<bool, Error> {
        let place = (USERS.to_owned(), keys::user_order(user.display_name.as_str(), user.id));
        self.put_new(whole_item(&keys::user(user.id), Some(place), user)?).await
    }

    /// Changes a person; none where there is no such person.
    pub async fn update_user(&self, id: UserId, change: &UserChange) -> Result<Option<User>, Error> {
        self.change(&keys::user(id), update_of(id, change)?).await
    }

    /// Changes a person while another is an admin; none where the other is none any more, or the person is not there.
    pub async fn update_user_beside_admin(
        &self,
        id: UserId,
        change: &UserChange,
        admin: UserId,
    ) -> Result<Option<User>, Error> {
        let is_admin = Change::of_existing().when("role", &Role::Admin)?.when("disabled", &false)?;
        let writes = vec![
            self.change_write(&keys::user(id), update_of(id, change)?),
            self.check_write(&keys::user(admin), is_admin),
        ];
        match self.transact(writes).await? {
            Transaction::Done => self.get_user(id).await,
            Transaction::Refused(_) => Ok(None),
        }
    }

    /// Notes up to where a person has seen what others did; never back. Gives the person as it is then.
    pub async fn read_activity(&self, id: UserId, until: Timestamp) -> Result<Option<User>, Error> {
        let later = Change::of_existing().when_absent_or_less("activity_read_until", &until)?;
        let changed = self.change(&keys::user(id), later.set("activity_read_until", &until)?).await?;
        match changed {
            Some(user) => Ok(Some(user)),
            None => self.get_user(id).await,
        }
    }

    /// All people, by name.
    pub async fn list_users(&self, page: &PageRequest) -> Result<Page<User>, Error> {
        let listing = Listing { source: Source::index(USERS), ascending: true };
        self.list(listing, page, |place| {
            let (_, sub) = place.rsplit_once('#')?;
            Some(keys::user(UserId::from_sub(sub).ok()?))
        })
        .await
    }
}

fn update_of(id: UserId, change: &UserChange) -> Result<Change, Error> {
    let mut update = Change::of_existing();
    if let Some(name) = &change.display_name {
        update = update.set("display_name", name)?.set(GSI1.sk, &keys::user_order(name.as_str(), id))?;
    }
    if let Some(role) = &change.role {
        update = update.set("role", role)?;
    }
    if let Some(disabled) = &change.disabled {
        update = update.set("disabled", disabled)?;
    }
    if let Some(from) = &change.tokens_valid_from {
        update = update.set("tokens_valid_from", from)?;
    }
    if let Some(seen) = &change.last_seen_at {
        update = update.set("last_seen_at", seen)?;
    }
    if let Some(avatar) = &change.avatar_media_id {
        update = update.put("avatar_media_id", avatar.as_ref())?;
    }
    Ok(update)
}
