//! Reads what a decision needs, and asks `model::access` for it. Nothing else here decides about rows.

use async_graphql::Context;
use model::{
    AccessLevel, Comment, CommentId, Error, Gallery, GalleryId, Media, MediaId, NodeId,
    access::{Action, GalleryAccess, MediaAccess, Requester, Subject, Verdict, decide},
};

use crate::{
    context::caller,
    gate_many::visible,
    loaders::{loader, shared},
};

/// The gallery, if the caller may see it; otherwise it is as if it were not there.
///
/// # Errors
/// [`Error::Forbidden`] when the caller sees it, but may not do this to it.
pub(crate) async fn gallery(ctx: &Context<'_>, id: GalleryId, action: Action) -> Result<Option<Gallery>, Error> {
    let found: Option<Gallery> = loader(ctx).load_one(id).await.map_err(shared)?;
    let Some(gallery) = found.filter(|gallery| gallery.deleted_at.is_none()) else { return Ok(None) };
    let verdict = weigh(ctx, &gallery, action, Subject::Gallery).await?;
    judge(verdict, gallery)
}

/// The photo or video, if the caller may see it.
///
/// # Errors
/// [`Error::Forbidden`] when the caller sees it, but may not do this to it.
pub(crate) async fn media(ctx: &Context<'_>, id: MediaId, action: Action) -> Result<Option<Media>, Error> {
    let Some((media, gallery)) = media_and_gallery(ctx, id).await? else { return Ok(None) };
    let verdict = weigh(ctx, &gallery, action, |gallery| Subject::Media(gallery, access_of(&media))).await?;
    judge(verdict, media)
}

/// The comment, if the caller may see it.
///
/// # Errors
/// [`Error::Forbidden`] when the caller sees it, but may not do this to it.
pub(crate) async fn comment(ctx: &Context<'_>, id: CommentId, action: Action) -> Result<Option<Comment>, Error> {
    let Some((media, gallery)) = media_and_gallery(ctx, id.media).await? else { return Ok(None) };
    let found: Option<Comment> = loader(ctx).load_one(id).await.map_err(shared)?;
    let Some(comment) = found else { return Ok(None) };
    let subject = |gallery| Subject::Comment(gallery, access_of(&media), comment.author);
    let verdict = weigh(ctx, &gallery, action, subject).await?;
    judge(verdict, comment)
}

/// Leaves those of some galleries that somebody may see, in their places. They come from an index, which lags behind
/// the table, so that they are read from the latter before the decision.
pub(crate) async fn only_visible(
    ctx: &Context<'_>,
    requester: Requester,
    galleries: Vec<Gallery>,
) -> Result<Vec<Option<Gallery>>, Error> {
    let places: Vec<GalleryId> = galleries.into_iter().map(|gallery| gallery.id).collect();
    let seen = visible(ctx, requester, places.iter().copied().map(NodeId::Gallery)).await?;
    Ok(places.iter().map(|id| seen.galleries.get(id).cloned()).collect())
}

async fn media_and_gallery(ctx: &Context<'_>, id: MediaId) -> Result<Option<(Media, Gallery)>, Error> {
    let found: Option<Media> = loader(ctx).load_one(id).await.map_err(shared)?;
    let Some(media) = found else { return Ok(None) };
    let gallery: Option<Gallery> = loader(ctx).load_one(media.gallery_id).await.map_err(shared)?;
    Ok(gallery.map(|gallery| (media, gallery)))
}

/// Decides about one action. The access list is read only where it could change the decision; then from the base table,
/// at each request: a line that was taken off counts at once.
async fn weigh(
    ctx: &Context<'_>,
    gallery: &Gallery,
    action: Action,
    subject: impl Fn(GalleryAccess) -> Subject,
) -> Result<Verdict, Error> {
    let requester = caller(ctx).requester;
    let grant =
        if grant_matters(&requester, gallery, action, &subject) { own_grant(ctx, gallery).await? } else { None };
    Ok(decide(&requester, action, &subject(access(gallery, grant))))
}

/// What of a gallery matters for any of the caller's rights.
pub(crate) async fn access_to(ctx: &Context<'_>, gallery: &Gallery) -> Result<GalleryAccess, Error> {
    let requester = caller(ctx).requester;
    let matters = [Action::View, Action::Comment, Action::Contribute]
        .into_iter()
        .any(|action| grant_matters(&requester, gallery, action, &Subject::Gallery));
    let grant = if matters { own_grant(ctx, gallery).await? } else { None };
    Ok(access(gallery, grant))
}

/// The same of the gallery that media is in; none where the gallery is not there.
pub(crate) async fn access_around(ctx: &Context<'_>, media: &Media) -> Result<Option<GalleryAccess>, Error> {
    let gallery: Option<Gallery> = loader(ctx).load_one(media.gallery_id).await.map_err(shared)?;
    match gallery {
        Some(gallery) => Ok(Some(access_to(ctx, &gallery).await?)),
        None => Ok(None),
    }
}

/// Whether the caller's line of the access list could change the decision. A higher level never takes a right away, so
/// that the two ends tell.
pub(crate) fn grant_matters(
    requester: &Requester,
    gallery: &Gallery,
    action: Action,
    subject: &impl Fn(GalleryAccess) -> Subject,
) -> bool {
    let with = |grant| decide(requester, action, &subject(access(gallery, grant)));
    with(None) != with(Some(AccessLevel::Contribute))
}

async fn own_grant(ctx: &Context<'_>, gallery: &Gallery) -> Result<Option<AccessLevel>, Error> {
    match caller(ctx).requester.user_id() {
        Some(user) => loader(ctx).load_one((gallery.id, user)).await.map_err(shared),
        None => Ok(None),
    }
}

/// What of a gallery matters for access, with the requester's line of its list.
pub(crate) fn access(gallery: &Gallery, grant: Option<AccessLevel>) -> GalleryAccess {
    GalleryAccess { id: gallery.id, visibility: gallery.visibility, deleted: gallery.deleted_at.is_some(), grant }
}

/// What of media matters for the caller's rights.
pub(crate) fn access_of(media: &Media) -> MediaAccess {
    MediaAccess { status: media.status, uploaded_by: media.uploaded_by }
}

fn judge<T>(verdict: Verdict, value: T) -> Result<Option<T>, Error> {
    match verdict {
        Verdict::Allowed => Ok(Some(value)),
        Verdict::Denied => Err(Error::Forbidden),
        Verdict::Hidden => Ok(None),
    }
}
