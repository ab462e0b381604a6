//! The gate for many things at once. However many they are, each kind of record that the decisions need is read in one
//! batch per hundred.

use std::collections::{BTreeSet, HashMap};

use async_graphql::Context;
use model::{
    AccessLevel, Comment, CommentId, Error, Gallery, GalleryId, Media, MediaId, NodeId,
    access::{Action, Requester, Subject, Verdict, decide},
};

use crate::{
    context::{caller, store},
    gate::{access, access_of, grant_matters},
};

/// Those of some things that the caller may see, by their ids. What is in the trash, was deleted or was removed is left
/// out, even for those who look after it.
pub(crate) struct Visible {
    pub(crate) galleries: HashMap<GalleryId, Gallery>,
    pub(crate) media: HashMap<MediaId, Media>,
    pub(crate) comments: HashMap<CommentId, Comment>,
}

/// Leaves those of some photos and videos that the caller may see, in their places.
pub(crate) async fn visible_media(ctx: &Context<'_>, ids: Vec<MediaId>) -> Result<Vec<Option<Media>>, Error> {
    let mut seen = visible(ctx, caller(ctx).requester, ids.iter().copied().map(NodeId::Media)).await?;
    Ok(ids.iter().map(|id| seen.media.remove(id)).collect())
}

/// Those of some galleries, photos, videos and comments that somebody may see, read from the table itself. Other things
/// are left out.
pub(crate) async fn visible(
    ctx: &Context<'_>,
    requester: Requester,
    ids: impl Iterator<Item = NodeId>,
) -> Result<Visible, Error> {
    let (mut places, mut shown, mut said) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for id in ids {
        match id {
            NodeId::Gallery(id) => places.extend([id]),
            NodeId::Media(id) => shown.extend([id]),
            NodeId::Comment(id) => {
                shown.insert(id.media);
                said.insert(id);
            }
            NodeId::User(_) | NodeId::Link(_) => {}
        }
    }
    let mut media = store(ctx).get_many_media(&listed(shown)).await?;
    media.retain(|_, media| media.is_shown());
    places.extend(media.values().map(|media| media.gallery_id));
    let mut galleries = store(ctx).get_galleries(&listed(places)).await?;
    galleries.retain(|_, gallery| gallery.deleted_at.is_none());
    let grants = own_grants(ctx, &requester, galleries.values()).await?;

    let may_see = |subject: &Subject| decide(&requester, Action::View, subject) == Verdict::Allowed;
    let place = |id: &GalleryId| galleries.get(id).map(|gallery| access(gallery, grants.get(id).copied()));
    media.retain(|_, media| {
        place(&media.gallery_id).is_some_and(|place| may_see(&Subject::Media(place, access_of(media))))
    });
    said.retain(|id| media.contains_key(&id.media));
    let mut comments = store(ctx).get_comments(&listed(said)).await?;
    comments.retain(|id, comment| {
        let around = media.get(&id.media).and_then(|media| Some((place(&media.gallery_id)?, access_of(media))));
        comment.text.is_some()
            && around.is_some_and(|(place, media)| may_see(&Subject::Comment(place, media, comment.author)))
    });
    let seen = galleries.keys().copied().filter(|id| place(id).is_some_and(|place| may_see(&Subject::Gallery(place))));
    let seen: BTreeSet<GalleryId> = seen.collect();
    galleries.retain(|id, _| seen.contains(id));
    Ok(Visible { galleries, media, comments })
}

/// The requester's lines of the access lists of some galleries, where they could change a decision.
async fn own_grants<'a>(
    ctx: &Context<'_>,
    requester: &Requester,
    galleries: impl Iterator<Item = &'a Gallery>,
) -> Result<HashMap<GalleryId, AccessLevel>, Error> {
    let matters = |gallery: &&Gallery| grant_matters(requester, gallery, Action::View, &Subject::Gallery);
    let on_lists: Vec<GalleryId> = galleries.filter(matters).map(|gallery| gallery.id).collect();
    match requester.user_id() {
        Some(user) if !on_lists.is_empty() => store(ctx).get_grants(user, &on_lists).await,
        _ => Ok(HashMap::new()),
    }
}

fn listed<T>(ids: BTreeSet<T>) -> Vec<T> {
    ids.into_iter().collect()
}
