//! The order by hand in which galleries are listed.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use model::{Error, Gallery, GalleryId, InputError, InputErrorCode, NodeId, PageRequest, Position};

use crate::{
    audit::notes,
    context::{caller, store},
    directives::{aws_cognito_user_pools, groups},
    error::{UserError, to_payload},
    gallery_edit::MAX_TRIES,
    gate_many::visible,
};

/// The most that one call puts somewhere.
const MAX_IDS: usize = 100;

/// Where to put some galleries.
#[derive(InputObject)]
pub(crate) struct ReorderGalleriesInput {
    /// Ids of some galleries, at most 100, in the order that they are to have.
    gallery_ids: Vec<ID>,
    /// Puts them right after this one, which is not one of them; null puts them first.
    after_gallery_id: Option<ID>,
}

/// What was put somewhere, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct ReorderGalleriesPayload {
    /// Ids of the galleries that were put there, in their order; null when something was wrong.
    gallery_ids: Option<Vec<ID>>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// Putting galleries in order.
#[derive(Default)]
pub(crate) struct GalleryOrderMutations;

#[Object]
impl GalleryOrderMutations {
    /// Puts galleries in an order by hand, for everybody. The first call keeps the order that all others are in; galleries
    /// that are made later come first, until somebody puts them elsewhere.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn reorder_galleries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones, and where to.")] input: ReorderGalleriesInput,
    ) -> async_graphql::Result<Option<ReorderGalleriesPayload>> {
        let (moved, user_errors) = to_payload(ctx, reorder(ctx, &input).await)?;
        let gallery_ids = moved.map(|moved| moved.iter().map(|id| id.to_string().into()).collect());
        Ok(Some(ReorderGalleriesPayload { gallery_ids, user_errors }))
    }
}

async fn reorder(ctx: &Context<'_>, input: &ReorderGalleriesInput) -> Result<Vec<GalleryId>, Error> {
    let moving = parse(&input.gallery_ids)?;
    for id in &moving {
        notes(ctx).about(id);
    }
    let after = input.after_gallery_id.as_ref().map(|after| parse_after(after, &moving)).transpose()?;
    let order = new_order(all(ctx, &moving, after).await?, &moving, after)?;
    // From the end: what has no place yet comes before what has one, so that the others are in order all the while.
    for (gallery, place) in order.iter().zip(&places(&order, &moving)).rev() {
        if gallery.position.as_ref() != Some(place) {
            put(ctx, gallery, place).await?;
        }
    }
    Ok(moving)
}

fn parse(ids: &[ID]) -> Result<Vec<GalleryId>, InputError> {
    if ids.is_empty() {
        return Err(InputError::new(InputErrorCode::Blank, "galleryIds", "Please name at least one."));
    }
    if ids.len() > MAX_IDS {
        let message = format!("Please name at most {MAX_IDS} at once.");
        return Err(InputError::new(InputErrorCode::TooMany, "galleryIds", message));
    }
    let mut parsed: Vec<GalleryId> = Vec::with_capacity(ids.len());
    for id in ids {
        let id = id.parse().map_err(|_| InputError::not_found("galleryIds"))?;
        if parsed.contains(&id) {
            return Err(InputError::new(InputErrorCode::Invalid, "galleryIds", "Please name each one once."));
        }
        parsed.push(id);
    }
    Ok(parsed)
}

fn parse_after(after: &ID, moving: &[GalleryId]) -> Result<GalleryId, InputError> {
    let id = after.parse().map_err(|_| InputError::not_found("afterGalleryId"))?;
    if moving.contains(&id) {
        let message = "This one is among those that are to be put after it.";
        return Err(InputError::new(InputErrorCode::Invalid, "afterGalleryId", message));
    }
    Ok(id)
}

/// All galleries that are there, in their order; also those that are asked for and that the index does not know of yet.
async fn all(ctx: &Context<'_>, moving: &[GalleryId], after: Option<GalleryId>) -> Result<Vec<Gallery>, Error> {
    let mut ids: Vec<GalleryId> = moving.iter().copied().chain(after).collect();
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    loop {
        let page = store(ctx).list_galleries(&request).await?;
        request.after = page.rows.last().map(|(cursor, _)| cursor.clone());
        ids.extend(page.rows.into_iter().map(|(_, gallery)| gallery.id));
        if !page.has_next {
            break;
        }
    }
    let seen = visible(ctx, caller(ctx).requester, ids.into_iter().map(NodeId::Gallery)).await?;
    let mut galleries: Vec<Gallery> = seen.galleries.into_values().collect();
    galleries.sort_by(Gallery::cmp_in_lists);
    Ok(galleries)
}

/// The galleries with some of them put after another, or first.
fn new_order(
    galleries: Vec<Gallery>,
    moving: &[GalleryId],
    after: Option<GalleryId>,
) -> Result<Vec<Gallery>, InputError> {
    let (mut moved, mut order): (Vec<_>, Vec<_>) = galleries.into_iter().partition(|g| moving.contains(&g.id));
    if moved.len() < moving.len() {
        return Err(InputError::not_found("galleryIds"));
    }
    moved.sort_by_key(|gallery| moving.iter().position(|id| *id == gallery.id));
    let at = match after {
        None => 0,
        Some(after) => match order.iter().position(|gallery| gallery.id == after) {
            Some(before) => before + 1,
            None => return Err(InputError::not_found("afterGalleryId")),
        },
    };
    order.splice(at..at, moved);
    Ok(order)
}

/// Places for galleries that are in this order. Those that have one keep it, but for those that are moving, and for what
/// would be out of order: two that were put at one place at the same moment.
fn places(order: &[Gallery], moving: &[GalleryId]) -> Vec<Position> {
    let mut last = None;
    let kept = order.iter().map(|gallery| {
        let stays = |place: &&Position| !moving.contains(&gallery.id) && last.is_none_or(|last| last < *place);
        let place = gallery.position.as_ref().filter(stays);
        last = place.or(last);
        place
    });
    let kept: Vec<Option<&Position>> = kept.collect();
    let mut places = Vec::with_capacity(order.len());
    // Each run is of those without a place, up to the first that has one.
    for run in kept.chunk_by(|place, _| place.is_none()) {
        let high = run.last().copied().flatten();
        let missing = run.len() - usize::from(high.is_some());
        let new = Position::between(places.last(), high, missing);
        places.extend(new.into_iter().chain(high.cloned()));
    }
    places
}

/// Nothing happens where the gallery is gone by now.
async fn put(ctx: &Context<'_>, gallery: &Gallery, place: &Position) -> Result<(), Error> {
    let mut gallery = gallery.clone();
    for _ in 0..MAX_TRIES {
        if store(ctx).place_gallery(&gallery, place.clone()).await? {
            return Ok(());
        }
        match store(ctx).get_gallery(gallery.id).await?.filter(|gallery| gallery.deleted_at.is_none()) {
            Some(again) => gallery = again,
            None => return Ok(()),
        }
    }
    let message = "Something changed at this moment. Please try again.";
    Err(InputError::new(InputErrorCode::Conflict, "galleryIds", message).into())
}

#[cfg(test)]
mod tests {
    use model::{Timestamp, Title, UserId, Visibility};
    use proptest::prelude::*;
    use ulid::Ulid;

    use super::*;

    fn gallery(number: usize, position: Option<&str>) -> Gallery {
        let id = GalleryId::new(Ulid(number as u128));
        let title = Title::parse("Summer", "title").expect("a title");
        let user = UserId::from_sub("00000000-0000-4000-8000-000000000000").expect("an id");
        let now = Timestamp::from_unix_seconds(0);
        let position = position.map(|text| Position::try_from(text.to_owned()).expect("a position"));
        Gallery { position, ..Gallery::new(id, title, Visibility::Family, user, now) }
    }

    proptest! {
        #[test]
        fn any_order_gets_places_in_that_order(
            positions in prop::collection::vec(prop::option::of("[0-9A-F]{0,2}[1-9A-F]"), 1..30),
            moving in prop::collection::vec(0_usize..30, 0..5),
        ) {
            let order: Vec<Gallery> =
                positions.iter().enumerate().map(|(n, place)| gallery(n, place.as_deref())).collect();
            let moving: Vec<GalleryId> = moving.iter().filter_map(|&n| order.get(n)).map(|g| g.id).collect();
            let places = places(&order, &moving);
            prop_assert_eq!(places.len(), order.len());
                prop_assert!(places.is_sorted_by(|one, next| one < next), "{:?}", places);
        }
    }

    #[test]
    fn what_stays_in_its_place_is_not_written_anew() {
        let order = [Some("2"), None, Some("3"), Some("2"), Some("4"), Some("4"), Some("5")];
        let order: Vec<Gallery> = order.iter().enumerate().map(|(n, place)| gallery(n, *place)).collect();
        let places = places(&order, &[order[0].id]);
        let kept: Vec<bool> =
            order.iter().zip(&places).map(|(gallery, place)| gallery.position.as_ref() == Some(place)).collect();
        assert_eq!(kept, [false, false, true, false, true, false, true], "{places:?}");
    }
}
