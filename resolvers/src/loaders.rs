//! Batches reads of single records within one request.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
    runtime::{TokioSpawner, TokioTimer},
};
use model::{AccessLevel, CommentId, Error, GalleryId, Like, LinkId, MediaId, ShareLink, User, UserId};
use store::Store;

/// Loads records by id, many at once.
pub(crate) struct Records(Store);

/// The loader of one request.
pub(crate) type RecordLoader = DataLoader<Records>;

pub(crate) fn record_loader(store: Store) -> RecordLoader {
    DataLoader::new(Records(store), TokioSpawner::current(), TokioTimer::default())
}

pub(crate) fn loader<'a>(ctx: &Context<'a>) -> &'a RecordLoader {
    ctx.data_unchecked::<RecordLoader>()
}

/// An error that several waiting fields share.
pub(crate) fn shared(error: Arc<Error>) -> Error {
    match Arc::try_unwrap(error) {
        Ok(error) => error,
        Err(error) => match error.as_ref() {
            Error::Unavailable(reason) => Error::Unavailable(reason.to_string().into()),
            other => Error::internal(other.to_string()),
        },
    }
}

impl Loader<UserId> for Records {
    type Value = User;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, Self::Error> {
        self.0.get_users(ids).await.map_err(Arc::new)
    }
}

/// Lines of access lists; read from the table itself, like everything here.
impl Loader<(GalleryId, UserId)> for Records {
    type Value = AccessLevel;
    type Error = Arc<Error>;

    async fn load(
        &self,
        lines: &[(GalleryId, UserId)],
    ) -> Result<HashMap<(GalleryId, UserId), AccessLevel>, Self::Error> {
        let mut by_user: HashMap<UserId, Vec<GalleryId>> = HashMap::new();
        for (gallery, user) in lines {
            by_user.entry(*user).or_default().push(*gallery);
        }
        let mut levels = HashMap::new();
        for (user, galleries) in by_user {
            let granted = self.0.get_grants(user, &galleries).await.map_err(Arc::new)?;
            levels.extend(granted.into_iter().map(|(gallery, level)| ((gallery, user), level)));
        }
        Ok(levels)
    }
}

impl Loader<(MediaId, UserId)> for Records {
    type Value = Like;
    type Error = Arc<Error>;

    async fn load(&self, likes: &[(MediaId, UserId)]) -> Result<HashMap<(MediaId, UserId), Like>, Self::Error> {
        let found = self.0.get_likes(likes).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|like| ((like.media_id, like.user_id), like)).collect())
    }
}

impl Loader<CommentId> for Records {
    type Value = model::Comment;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[CommentId]) -> Result<HashMap<CommentId, model::Comment>, Self::Error> {
        self.0.get_comments(ids).await.map_err(Arc::new)
    }
}

impl Loader<MediaId> for Records {
    type Value = model::Media;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[MediaId]) -> Result<HashMap<MediaId, model::Media>, Self::Error> {
        self.0.get_many_media(ids).await.map_err(Arc::new)
    }
}

impl Loader<LinkId> for Records {
    type Value = ShareLink;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[LinkId]) -> Result<HashMap<LinkId, ShareLink>, Self::Error> {
        self.0.get_links(ids).await.map_err(Arc::new)
    }
}

impl Loader<GalleryId> for Records {
    type Value = model::Gallery;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[GalleryId]) -> Result<HashMap<GalleryId, model::Gallery>, Self::Error> {
        self.0.get_galleries(ids).await.map_err(Arc::new)
    }
}
