//! Reads what a decision needs, and asks `model::access` for it. Nothing else here decides about rows.

use std::collections::HashMap;

use async_graphql::Context;
use model::{
    Comment, CommentId, Error, Gallery, GalleryId, Media, MediaId, Visibility,
    access::{Action, GalleryAccess, MediaAccess, Requester, Subject, Verdict, decide},
};

use crate::{
    context::{caller, store},
    loaders::{loader, shared},
};

/// The gallery, if the caller may see it; otherwise it is as if it were not there.
///
/// # Errors
/// [`Error::Forbidden`] when the caller sees it, but may not do this to it.
pub(crate) async fn gallery(ctx: &Context<'_>, id: GalleryId, action: Action) -> Result<Option<Gallery>, Error> {
    let Some(gallery) = store(ctx).get_gallery(id).await?.filter(|gallery| gallery.deleted_at.is_none()) else {
        return Ok(None);
    };
    let access = access_to(ctx, &gallery).await?;
    judge(ctx, action, &Subject::Gallery(access), gallery)
}

/// The photo or video, if the caller may see it.
///
/// # Errors
/// [`Error::Forbidden`] when the caller sees it, but may not do this to it.
pub(crate) async fn media(ctx: &Context<'_>, id: MediaId, action: Action) -> Result<Option<Media>, Error> {
    let Some((media, gallery)) = media_and_gallery(ctx, id).await? else { return Ok(None) };
    judge(ctx, action, &Subject::Media(gallery, access_of(&media)), media)
}

/// The comment, if the caller may see it.
///
/// # Errors
/// [`Error::Forbidden`] when the caller sees it, but may not do this to it.
pub(crate) async fn comment(ctx: &Context<'_>, id: CommentId, action: Action) -> Result<Option<Comment>, Error> {
    let Some((media, gallery)) = media_and_gallery(ctx, id.media).await? else { return Ok(None) };
    let Some(comment) = store(ctx).get_comment(id).await? else { return Ok(None) };
    let subject = Subject::Comment(gallery, access_of(&media), comment.author);
    judge(ctx, action, &subject, comment)
}

/// Leaves those of some galleries that the caller may see, in their places. They come from an index, which lags behind
/// the table, so that they are read from the latter before the decision.
pub(crate) async fn only_visible(ctx: &Context<'_>, galleries: Vec<Gallery>) -> Result<Vec<Option<Gallery>>, Error> {
    let requester = caller(ctx).requester;
    let places: Vec<GalleryId> = galleries.into_iter().map(|gallery| gallery.id).collect();
    let galleries = store(ctx).get_galleries(&places).await?;
    let on_lists: Vec<GalleryId> =
        galleries.values().filter(|gallery| needs_grant(&requester, gallery)).map(|gallery| gallery.id).collect();
    let grants = match requester.user_id() {
        Some(user) if !on_lists.is_empty() => store(ctx).get_grants(user, &on_lists).await?,
        _ => HashMap::new(),
    };
    let visible = |gallery: &Gallery| {
        let access = GalleryAccess {
            visibility: gallery.visibility,
            deleted: gallery.deleted_at.is_some(),
            grant: grants.get(&gallery.id).copied(),
        };
        let verdict = decide(&requester, Action::View, &Subject::Gallery(access));
        verdict == Verdict::Allowed
    };
    Ok(places.iter().map(|id| galleries.get(id).filter(|gallery| visible(gallery)).cloned()).collect())
}

async fn media_and_gallery(ctx: &Context<'_>, id: MediaId) -> Result<Option<(Media, GalleryAccess)>, Error> {
    let Some(media) = store(ctx).get_media(id).await? else { return Ok(None) };
    let Some(gallery) = store(ctx).get_gallery(media.gallery_id).await? else { return Ok(None) };
    let access = access_to(ctx, &gallery).await?;
    Ok(Some((media, access)))
}

/// What of a gallery matters for the caller's rights. The access list is read from the base table, at each request: a
/// line that was taken off counts at once.
pub(crate) async fn access_to(ctx: &Context<'_>, gallery: &Gallery) -> Result<GalleryAccess, Error> {
    let requester = caller(ctx).requester;
    let grant = match requester.user_id() {
        Some(user) if needs_grant(&requester, gallery) => {
            loader(ctx).load_one((gallery.id, user)).await.map_err(shared)?
        }
        _ => None,
    };
    Ok(GalleryAccess { visibility: gallery.visibility, deleted: gallery.deleted_at.is_some(), grant })
}

/// The same of the gallery that media is in; none where the gallery is not there.
pub(crate) async fn access_around(ctx: &Context<'_>, media: &Media) -> Result<Option<GalleryAccess>, Error> {
    let gallery: Option<Gallery> = loader(ctx).load_one(media.gallery_id).await.map_err(shared)?;
    match gallery {
        Some(gallery) => Ok(Some(access_to(ctx, &gallery).await?)),
        None => Ok(None),
    }
}

/// Whether the access list could change the decision: where nobody is on it, it is not read.
fn needs_grant(requester: &Requester, gallery: &Gallery) -> bool {
    let without =
        |grant| GalleryAccess { visibility: gallery.visibility, deleted: gallery.deleted_at.is_some(), grant };
    let most = Some(model::AccessLevel::Contribute);
    gallery.visibility != Visibility::Private
        && [Action::View, Action::Comment, Action::Contribute].into_iter().any(|action| {
            decide(requester, action, &Subject::Gallery(without(None)))
                != decide(requester, action, &Subject::Gallery(without(most)))
        })
}

/// What of media matters for the caller's rights.
pub(crate) fn access_of(media: &Media) -> MediaAccess {
    MediaAccess { status: media.status, uploaded_by: media.uploaded_by }
}

fn judge<T>(ctx: &Context<'_>, action: Action, subject: &Subject, value: T) -> Result<Option<T>, Error> {
    match decide(&caller(ctx).requester, action, subject) {
        Verdict::Allowed => Ok(Some(value)),
        Verdict::Denied => Err(Error::Forbidden),
        Verdict::Hidden => Ok(None),
    }
}
