//! The order by hand in which a gallery shows its media.

use async_graphql::{Context, ID, InputObject, Object};
use model::{Error, GallerySort, InputError, InputErrorCode, MediaId, PageRequest, Position};
use store::GalleryChange;

use crate::{
    audit::notes,
    context::{caller, store},
    directives::{aws_cognito_user_pools, groups},
    gallery_edit::{GalleryPayload, MAX_TRIES, managed},
};

/// The most that one call puts somewhere.
const MAX_IDS: usize = 100;

/// Where to put some media within their gallery.
#[derive(InputObject)]
pub(crate) struct ReorderMediaInput {
    /// Id of the gallery.
    gallery_id: ID,
    /// Ids of some of its photos and videos, at most 100, in the order that they are to have.
    media_ids: Vec<ID>,
    /// Puts them right after this one, which is not one of them; null puts them first.
    after_media_id: Option<ID>,
}

/// Putting media in order.
#[derive(Default)]
pub(crate) struct ReorderMutations;

#[Object]
impl ReorderMutations {
    /// Puts photos and videos in an order by hand. The gallery shows that order from then on: its `sort` becomes MANUAL.
    /// What nobody has put anywhere stands in it by its date.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn reorder_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones, and where to.")] input: ReorderMediaInput,
    ) -> async_graphql::Result<Option<GalleryPayload>> {
        GalleryPayload::of(ctx, reorder(ctx, &input).await)
    }
}

async fn reorder(ctx: &Context<'_>, input: &ReorderMediaInput) -> Result<model::Gallery, Error> {
    let gallery = managed(ctx, &input.gallery_id, "galleryId").await?;
    let ids = parse(&input.media_ids)?;
    let media = store(ctx).get_many_media(&ids).await?;
    if ids.iter().any(|id| !media.get(id).is_some_and(|media| media.is_shown_in(gallery.id))) {
        return Err(InputError::not_found("mediaIds").into());
    }
    let low = match &input.after_media_id {
        None => None,
        Some(after) => Some(place_of(ctx, after, &gallery, &ids).await?),
    };
    let high = next(ctx, &gallery, low.as_ref(), &ids).await?;
    let places = Position::between(low.as_ref(), high.as_ref(), ids.len());
    for (id, place) in ids.iter().zip(places) {
        notes(ctx).about(id);
        put(ctx, &media[id], place, &gallery).await?;
    }
    let change = GalleryChange { sort: Some(GallerySort::Manual), ..GalleryChange::default() };
    for _ in 0..MAX_TRIES {
        let gallery = managed(ctx, &input.gallery_id, "galleryId").await?;
        if let Some(updated) = store(ctx).update_gallery(&gallery, &change, caller(ctx).now).await? {
            return Ok(updated);
        }
    }
    Err(changed_meanwhile())
}

fn parse(ids: &[ID]) -> Result<Vec<MediaId>, InputError> {
    if ids.is_empty() {
        return Err(InputError::new(InputErrorCode::Blank, "mediaIds", "Please name at least one."));
    }
    if ids.len() > MAX_IDS {
        let message = format!("Please name at most {MAX_IDS} at once.");
        return Err(InputError::new(InputErrorCode::TooMany, "mediaIds", message));
    }
    let mut parsed: Vec<MediaId> = Vec::with_capacity(ids.len());
    for id in ids {
        let id = id.parse().map_err(|_| InputError::not_found("mediaIds"))?;
        if parsed.contains(&id) {
            return Err(InputError::new(InputErrorCode::Invalid, "mediaIds", "Please name each one once."));
        }
        parsed.push(id);
    }
    Ok(parsed)
}

async fn place_of(
    ctx: &Context<'_>,
    after: &ID,
    gallery: &model::Gallery,
    moving: &[MediaId],
) -> Result<Position, Error> {
    let id: MediaId = after.parse().map_err(|_| InputError::not_found("afterMediaId"))?;
    if moving.contains(&id) {
        let message = "This one is among those that are to be put after it.";
        return Err(InputError::new(InputErrorCode::Invalid, "afterMediaId", message).into());
    }
    let media = store(ctx).get_media(id).await?.filter(|media| media.is_shown_in(gallery.id));
    media.map(|media| media.manual_position()).ok_or_else(|| InputError::not_found("afterMediaId").into())
}

/// The first place after another that is not about to become free.
async fn next(
    ctx: &Context<'_>,
    gallery: &model::Gallery,
    low: Option<&Position>,
    moving: &[MediaId],
) -> Result<Option<Position>, Error> {
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    loop {
        let page = store(ctx).list_manual_order(gallery.id, low, &request).await?;
        let stays = page.rows.iter().find(|(_, (id, place))| !moving.contains(id) && Some(place) > low);
        if let Some((_, (_, place))) = stays {
            return Ok(Some(place.clone()));
        }
        if !page.has_next {
            return Ok(None);
        }
        request.after = page.rows.last().map(|(cursor, _)| cursor.clone());
    }
}

async fn put(ctx: &Context<'_>, media: &model::Media, place: Position, gallery: &model::Gallery) -> Result<(), Error> {
    let mut media = media.clone();
    for _ in 0..MAX_TRIES {
        if store(ctx).place_media(&media, place.clone(), caller(ctx).now).await? {
            return Ok(());
        }
        let again = store(ctx).get_media(media.id).await?.filter(|media| media.is_shown_in(gallery.id));
        media = again.ok_or_else(changed_meanwhile)?;
    }
    Err(changed_meanwhile())
}

fn changed_meanwhile() -> Error {
    InputError::new(InputErrorCode::Conflict, "mediaIds", "Something changed at this moment. Please try again.").into()
}
