//! The right to be forgotten: a person goes, and what others made stays.

use aws_sdk_cognitoidentityprovider::operation::admin_delete_user::AdminDeleteUserError;
use model::{DisplayName, Error, GalleryId, MediaId, PageRequest, Role, Timestamp, User};

use crate::{
    Moved, Store, Survey,
    change::Change,
    error::from_sdk,
    keys::{self, GSI1},
};

/// Stands where the name stood.
const NAMELESS: &str = "Somebody";

/// How much of a person was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedPerson {
    /// Comments whose text was taken away.
    pub comments: usize,
    /// Likes.
    pub likes: usize,
    /// Photos and films that they had brought, with all that was made and said of them.
    pub media: usize,
    /// Those that were being changed at that moment: erasing the person again takes them.
    pub left: usize,
    /// The galleries that lost something.
    pub galleries: Vec<GalleryId>,
}

impl Store {
    /// Whether somebody else could look after everything.
    pub async fn has_another_admin(&self, user: &User) -> Result<bool, Error> {
        let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
        loop {
            let page = self.list_users(&request).await?;
            let another = |other: &User| other.id != user.id && other.role == Role::Admin && !other.disabled;
            if page.rows.iter().any(|(_, other)| another(other)) {
                return Ok(true);
            }
            if !page.has_next {
                return Ok(false);
            }
            request.after = page.rows.last().map(|(cursor, _)| cursor.clone());
        }
    }

    /// Erases a person: the account, what they said and liked, their places on access lists, and where that is wished, the
    /// photos and films that they brought. What stays of the record is its id, without a name or address. It can be
    /// repeated from any point; `survey` tells what there is.
    pub async fn erase_person(
        &self,
        user: &User,
        survey: &Survey,
        media_too: bool,
        now: Timestamp,
    ) -> Result<ErasedPerson, Error> {
        let mut erased = ErasedPerson::default();
        self.delete_account(&user.username).await?;
        for grant in survey.granted_to(user.id) {
            self.delete_grant(grant.gallery_id, user.id).await?;
        }
        for media in survey.liked_by(user.id) {
            erased.likes += usize::from(self.delete_like(media, user.id).await?);
        }
        for comment in survey.comments().filter(|comment| comment.author == user.id && comment.text.is_some()) {
            if self.remove_comment(comment, now).await? {
                erased.comments += 1;
            } else {
                erased.left += 1;
            }
        }
        if media_too {
            for media in survey.media.values().filter(|media| media.uploaded_by == user.id) {
                if self.erase_for_good(media.id, now).await? {
                    erased.media += 1;
                    erased.galleries.push(media.gallery_id);
                } else {
                    erased.left += 1;
                }
            }
            erased.galleries.sort();
            erased.galleries.dedup();
        }
        self.note_erasure(&user.id.to_string(), now).await?;
        // Last, so that the person is found by name as long as something is left to do.
        if erased.left == 0 {
            self.take_name(user, now).await?;
        }
        for gallery in &erased.galleries {
            self.refresh_gallery_span(*gallery).await?;
        }
        Ok(erased)
    }

    /// Erases a photo or film with all its objects; false where it is being changed at this moment.
    async fn erase_for_good(&self, id: MediaId, now: Timestamp) -> Result<bool, Error> {
        let Some(media) = self.get_media(id).await? else { return Ok(true) };
        if media.is_shown() && self.trash_media(&media, now).await? != Moved::Done {
            return Ok(false);
        }
        let Some(media) = self.begin_erasing(id).await? else { return Ok(false) };
        self.note_erasure(&id.to_string(), now).await?;
        self.erase_stored(&media).await?;
        Ok(true)
    }

    async fn take_name(&self, user: &User, now: Timestamp) -> Result<(), Error> {
        let name = DisplayName::parse(NAMELESS, "displayName").map_err(Error::internal)?;
        let change = Change::of_existing()
            .set("display_name", &name)?
            .set("username", &user.id.to_string())?
            .remove("email")
            .remove("avatar_media_id")
            .remove("last_seen_at")
            .remove("activity_read_until")
            .set("disabled", &true)?
            .set("tokens_valid_from", &now)?
            // Nor is the person in the list of people any more.
            .remove(GSI1.pk)
            .remove(GSI1.sk);
        let _: Option<User> = self.change(&keys::user(user.id), change).await?;
        Ok(())
    }

    /// Deletes an account of the user pool, with its sessions; it is no error when it is not there.
    async fn delete_account(&self, username: &str) -> Result<(), Error> {
        let call = self.cognito.admin_delete_user().user_pool_id(&self.settings.user_pool_id).username(username);
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(AdminDeleteUserError::is_user_not_found_exception) => {
                Ok(())
            }
            Err(error) => Err(from_sdk(error)),
        }
    }
}
