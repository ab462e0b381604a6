//! Changes to photos and videos, and the trash.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use futures::future::join_all;
use model::{
    Caption, Error, GalleryId, InputError, InputErrorCode, MAX_OFFSET_MINUTES, Media as Record, MediaId, PlaceName,
    Rotation, Timestamp, access::Action, object_key::Work,
};
use store::{MediaChange, Moved};

use crate::{
    audit::notes,
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups},
    error::{UserError, answer, to_payload},
    gate,
    media::Media,
    scalars::AwsDateTime,
};

/// The most that one call deletes or restores.
const MAX_IDS: usize = 100;
/// How often a change is tried while others change the same record.
const MAX_TRIES: usize = 3;

/// Changes to a photo or video; what is left out stays.
#[derive(InputObject)]
pub(crate) struct UpdateMediaInput {
    /// Id of the photo or video.
    id: ID,
    /// What is said under it, up to 4,000 characters; null takes it away.
    caption: MaybeUndefined<String>,
    /// The name of the place, up to 200 characters; null takes it away.
    place_name: MaybeUndefined<String>,
    /// When it was taken.
    taken_at: Option<AwsDateTime>,
    /// With `takenAt`: minutes that the local wall clock was ahead of UTC, if known.
    taken_at_offset_minutes: Option<i32>,
    /// Moves it to this gallery.
    gallery_id: Option<ID>,
    /// Turns it clockwise by 90, 180 or 270 degrees from how it is shown now.
    rotate: Option<i32>,
}

/// Names what goes into the trash.
#[derive(InputObject)]
pub(crate) struct DeleteMediaInput {
    /// Ids of photos and videos, at most 100.
    ids: Vec<ID>,
    /// Erases them for good, originals and comments included. For admins.
    #[graphql(default = false)]
    permanently: bool,
}

/// Names what comes out of the trash.
#[derive(InputObject)]
pub(crate) struct RestoreMediaInput {
    /// Ids of photos and videos, at most 100.
    ids: Vec<ID>,
}

/// The photo or video as it is now, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct MediaPayload {
    /// The photo or video; null when something was wrong.
    media: Option<Media>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

impl MediaPayload {
    pub(crate) fn of(ctx: &Context<'_>, result: Result<Record, Error>) -> async_graphql::Result<Option<Self>> {
        let (media, user_errors) = to_payload(ctx, result)?;
        if let Some(media) = &media {
            notes(ctx).about(&media.id);
        }
        Ok(Some(Self { media: media.map(Media::from), user_errors }))
    }
}

/// What was done, and what was wrong with the others.
#[derive(SimpleObject)]
pub(crate) struct MediaListPayload {
    /// Ids of those for which it was done.
    media_ids: Vec<ID>,
    /// What was wrong with the others; the path ends in their position.
    user_errors: Vec<UserError>,
}

/// Changes to photos and videos.
#[derive(Default)]
pub(crate) struct MediaMutations;

#[Object]
impl MediaMutations {
    /// Changes caption, date, gallery or turn. Visitors may change what they brought, while they may contribute.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn update_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateMediaInput,
    ) -> async_graphql::Result<Option<MediaPayload>> {
        notes(ctx).about_given(&input.id);
        if let Some(target) = &input.gallery_id {
            notes(ctx).about_given(target);
        }
        MediaPayload::of(ctx, update(ctx, input).await)
    }

    /// Puts photos and videos into the trash, or erases them for good.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn delete_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: DeleteMediaInput,
    ) -> async_graphql::Result<Option<MediaListPayload>> {
        if input.permanently {
            return each(ctx, input.ids, Action::ManageTrash, |id, seen| erase(ctx, id, seen)).await;
        }
        each(ctx, input.ids, Action::TrashMedia, |id, seen| trash(ctx, id, seen)).await
    }

    /// Takes photos and videos out of the trash. A gallery that was deleted with them comes back too.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn restore_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: RestoreMediaInput,
    ) -> async_graphql::Result<Option<MediaListPayload>> {
        each(ctx, input.ids, Action::ManageTrash, |id, seen| restore(ctx, id, seen)).await
    }
}

/// What was found of something that is to be changed, if the caller may do so.
type Seen = Result<Option<Record>, Error>;

/// Does something to each of some media; what is wrong with one does not stop the others. `act` names the gallery that
/// shows other pictures now.
async fn each<F: Future<Output = Result<Option<GalleryId>, Error>>>(
    ctx: &Context<'_>,
    ids: Vec<ID>,
    action: Action,
    act: impl Fn(MediaId, Seen) -> F,
) -> async_graphql::Result<Option<MediaListPayload>> {
    let mut changed = BTreeSet::new();
    let end = each_one(ctx, ids, action, act, &mut changed).await;
    // Whatever came of the others: what was done stays done.
    for gallery in changed {
        answer(ctx, store(ctx).refresh_gallery_span(gallery).await)?;
    }
    end
}

async fn each_one<F: Future<Output = Result<Option<GalleryId>, Error>>>(
    ctx: &Context<'_>,
    ids: Vec<ID>,
    action: Action,
    act: impl Fn(MediaId, Seen) -> F,
    changed: &mut BTreeSet<GalleryId>,
) -> async_graphql::Result<Option<MediaListPayload>> {
    let mut payload = MediaListPayload { media_ids: Vec::new(), user_errors: Vec::new() };
    if ids.len() > MAX_IDS {
        let mistake =
            InputError::new(InputErrorCode::TooMany, "ids", format!("Please name at most {MAX_IDS} at once."));
        let (_, mistakes) = to_payload(ctx, Err::<(), _>(mistake.into()))?;
        payload.user_errors.extend(mistakes);
        return Ok(Some(payload));
    }
    // All are looked at together, so that they are read in batches. They change one after the other: each moves the
    // counters of its gallery, and two at a time would be in each other's way.
    let seen = join_all(ids.iter().map(async |id| match id.parse() {
        Ok(id) => Some((id, gate::media(ctx, id, action).await)),
        Err(_) => None,
    }));
    for (position, (id, seen)) in ids.iter().zip(seen.await).enumerate() {
        let result = match seen {
            Some((id, seen)) => act(id, seen).await,
            None => Err(InputError::not_found("ids").into()),
        };
        // A denial of one does not stop the others. After a fault the call can be repeated: what was done stays done.
        let result = result.map_err(|error| match error {
            Error::Forbidden => {
                InputError::new(InputErrorCode::Forbidden, "ids", "You may not do this to this one.").into()
            }
            other => other,
        });
        let (done, mistakes) = to_payload(ctx, result)?;
        if let Some(gallery) = done {
            changed.extend(gallery);
            notes(ctx).about(id.as_str());
            payload.media_ids.push(id.clone());
        }
        payload.user_errors.extend(mistakes.into_iter().map(|mistake| mistake.at(position)));
    }
    if payload.media_ids.is_empty() {
        for id in &ids {
            notes(ctx).about_given(id);
        }
    }
    Ok(Some(payload))
}

async fn update(ctx: &Context<'_>, input: UpdateMediaInput) -> Result<Record, Error> {
    let id = input.id.parse().map_err(|_| InputError::not_found("id"))?;
    let mut media = gate::media(ctx, id, Action::EditMedia).await?.ok_or_else(|| InputError::not_found("id"))?;
    let change = MediaChange {
        caption: match input.caption {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(text) if text.trim().is_empty() => Some(None),
            MaybeUndefined::Value(text) => Some(Some(Caption::parse(&text, "caption")?)),
        },
        place_name: match input.place_name {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(text) if text.trim().is_empty() => Some(None),
            MaybeUndefined::Value(text) => Some(Some(PlaceName::parse(&text, "placeName")?)),
        },
        taken_at: parse_taken_at(input.taken_at, input.taken_at_offset_minutes)?,
        rotation: None,
    };
    let turn = input.rotate.map(parse_turn).transpose()?;
    let now = caller(ctx).now;
    if let Some(target) = &input.gallery_id {
        media = relocate(ctx, media, target, now).await?;
    }
    let (updated, change) = apply(ctx, media, change, turn).await?;
    if change.rotation.is_some() {
        store(ctx).put_job(Work::Render, updated.id, &services(ctx).new_ulid(now).to_string()).await?;
    }
    if change.taken_at.is_some() {
        store(ctx).refresh_gallery_span(updated.gallery_id).await?;
    }
    Ok(updated)
}

/// The processor may finish with it at this moment: that is no reason to bother a person.
async fn apply(
    ctx: &Context<'_>,
    mut media: Record,
    change: MediaChange,
    turn: Option<Rotation>,
) -> Result<(Record, MediaChange), Error> {
    for _ in 0..MAX_TRIES {
        let change = MediaChange { rotation: turn.map(|turn| media.rotation.plus(turn)), ..change.clone() };
        if let Some(updated) = store(ctx).update_media(&media, &change, caller(ctx).now).await? {
            return Ok((updated, change));
        }
        media = gate::media(ctx, media.id, Action::EditMedia).await?.ok_or_else(|| InputError::not_found("id"))?;
    }
    Err(changed_meanwhile())
}

fn parse_taken_at(
    time: Option<AwsDateTime>,
    offset_minutes: Option<i32>,
) -> Result<Option<(Timestamp, Option<i32>)>, InputError> {
    match (time, offset_minutes) {
        (_, Some(offset)) if offset.abs() > MAX_OFFSET_MINUTES => Err(InputError::new(
            InputErrorCode::Invalid,
            "takenAtOffsetMinutes",
            "No place on Earth is more than 14 hours ahead of or behind UTC.",
        )),
        (None, Some(_)) => Err(InputError::new(
            InputErrorCode::Invalid,
            "takenAtOffsetMinutes",
            "Please give `takenAt` together with its offset.",
        )),
        (time, offset) => Ok(time.map(|time| (time.0, offset))),
    }
}

fn parse_turn(degrees: i32) -> Result<Rotation, InputError> {
    u16::try_from(degrees).ok().and_then(Rotation::from_degrees).filter(|turn| *turn != Rotation::None).ok_or_else(
        || InputError::new(InputErrorCode::Invalid, "rotate", "A picture can be turned by 90, 180 or 270 degrees."),
    )
}

async fn relocate(ctx: &Context<'_>, media: Record, target: &ID, now: Timestamp) -> Result<Record, Error> {
    let target = target.parse().map_err(|_| InputError::not_found("galleryId"))?;
    let target =
        gate::gallery(ctx, target, Action::Contribute).await?.ok_or_else(|| InputError::not_found("galleryId"))?;
    if target.id == media.gallery_id {
        return Ok(media);
    }
    refuse_on_its_way(&media, "galleryId")?;
    match store(ctx).move_media(&media, target.id, now).await? {
        Moved::Done => {}
        Moved::Changed | Moved::GalleryGone => return Err(changed_meanwhile()),
        Moved::Duplicate => {
            let message = "The other gallery has this file already.";
            return Err(InputError::new(InputErrorCode::Conflict, "galleryId", message).into());
        }
    }
    store(ctx).refresh_gallery_span(media.gallery_id).await?;
    store(ctx).refresh_gallery_span(target.id).await?;
    store(ctx).get_media(media.id).await?.ok_or_else(changed_meanwhile)
}

fn changed_meanwhile() -> Error {
    InputError::new(InputErrorCode::Conflict, "id", "It was changed at this moment. Please try again.").into()
}

async fn trash(ctx: &Context<'_>, id: MediaId, mut seen: Seen) -> Result<Option<GalleryId>, Error> {
    for _ in 0..MAX_TRIES {
        let media = match seen {
            // Only admins see what is in the trash; putting it there twice is no mistake.
            Err(Error::Forbidden) if is_in_the_trash(ctx, id).await? => return Ok(None),
            seen => seen?.ok_or_else(|| InputError::not_found("ids"))?,
        };
        refuse_on_its_way(&media, "ids")?;
        if store(ctx).trash_media(&media, caller(ctx).now).await? == Moved::Done {
            return Ok(Some(media.gallery_id));
        }
        // The processor may have finished with it at this moment: that is no reason to bother a person.
        seen = gate::media(ctx, id, Action::TrashMedia).await;
    }
    Err(at_this_moment())
}

async fn is_in_the_trash(ctx: &Context<'_>, id: MediaId) -> Result<bool, Error> {
    let media = store(ctx).get_media(id).await?;
    Ok(media.is_some_and(|media| media.status == model::MediaStatus::Trashed))
}

/// What is on its way is not counted in its gallery yet, and can neither leave it nor be trashed.
fn refuse_on_its_way(media: &Record, field: &'static str) -> Result<(), InputError> {
    if media.status != model::MediaStatus::Uploading {
        return Ok(());
    }
    let message = "This is still being uploaded. Please finish or cancel its upload first.";
    Err(InputError::new(InputErrorCode::Conflict, field, message))
}

async fn erase(ctx: &Context<'_>, id: MediaId, seen: Seen) -> Result<Option<GalleryId>, Error> {
    let media = seen?.ok_or_else(|| InputError::not_found("ids"))?;
    let mut changed = None;
    if media.status != model::MediaStatus::Trashed {
        changed = trash(ctx, id, gate::media(ctx, id, Action::TrashMedia).await).await?;
    }
    let media = store(ctx).begin_erasing(id).await?.ok_or_else(at_this_moment)?;
    store(ctx).erase_stored(&media).await?;
    Ok(changed)
}

async fn restore(ctx: &Context<'_>, id: MediaId, seen: Seen) -> Result<Option<GalleryId>, Error> {
    let media = seen?.ok_or_else(|| InputError::not_found("ids"))?;
    if media.status != model::MediaStatus::Trashed {
        return Err(InputError::new(InputErrorCode::Conflict, "ids", "This is not in the trash.").into());
    }
    let now = caller(ctx).now;
    let mut end = store(ctx).restore_media(&media, now).await?;
    if end == Moved::GalleryGone
        && let Some(gallery) = store(ctx).get_gallery(media.gallery_id).await?
    {
        store(ctx).revive_gallery(&gallery, now).await?;
        end = store(ctx).restore_media(&media, now).await?;
    }
    match end {
        Moved::Done => {
            // It may have been trashed before its renditions were made.
            store(ctx).put_job(Work::Render, id, &services(ctx).new_ulid(now).to_string()).await?;
            Ok(Some(media.gallery_id))
        }
        Moved::Duplicate => {
            let message = "The gallery has this file again already.";
            Err(InputError::new(InputErrorCode::Conflict, "ids", message).into())
        }
        Moved::Changed | Moved::GalleryGone => Err(at_this_moment()),
    }
}

fn at_this_moment() -> Error {
    InputError::new(InputErrorCode::Conflict, "ids", "It was changed at this moment. Please try again.").into()
}
