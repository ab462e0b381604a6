//! Changes to galleries.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use model::{Error, Grant, InputError, InputErrorCode, PageRequest, Timestamp, access::Action};
use store::{GalleryChange, Moved};

use crate::{
    audit::notes,
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups},
    error::{UserError, to_payload},
    gallery::{Gallery, GalleryAccessLevel, GallerySort, Visibility},
    gate,
};

/// How often a change is tried while others change the same record.
pub(crate) const MAX_TRIES: usize = 3;

/// A new gallery.
#[derive(InputObject)]
pub(crate) struct CreateGalleryInput {
    /// Its name, up to 200 characters.
    title: String,
    /// What it is about, up to 4,000 characters.
    description: Option<String>,
    /// Who may see it.
    #[graphql(default_with = "Visibility::Family")]
    visibility: Visibility,
    /// The order in which it shows its media.
    #[graphql(default_with = "GallerySort::TakenAtAsc")]
    sort: GallerySort,
}

/// Changes to a gallery; what is left out stays.
#[derive(InputObject)]
pub(crate) struct UpdateGalleryInput {
    /// Id of the gallery.
    id: ID,
    /// Its new name.
    title: Option<String>,
    /// What it is about; null takes the description away.
    description: MaybeUndefined<String>,
    /// Who may see it.
    visibility: Option<Visibility>,
    /// The order in which it shows its media.
    sort: Option<GallerySort>,
    /// The picture that stands for it, one of its own; null leaves the choice to the gallery.
    cover_media_id: MaybeUndefined<ID>,
}

/// Names the gallery to delete.
#[derive(InputObject)]
pub(crate) struct DeleteGalleryInput {
    /// Id of the gallery.
    id: ID,
    /// Puts its photos and videos into the trash with it. Without this, a gallery that holds some is refused.
    #[graphql(default = false)]
    with_media: bool,
}

/// A line for the access list of a gallery.
#[derive(InputObject)]
pub(crate) struct SetGalleryAccessInput {
    /// Id of the gallery.
    gallery_id: ID,
    /// Id of the person.
    user_id: ID,
    /// What the person may do; null takes the person off the list.
    level: Option<GalleryAccessLevel>,
}

/// The gallery as it is now, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct GalleryPayload {
    /// The gallery; null when something was wrong.
    gallery: Option<Gallery>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

impl GalleryPayload {
    pub(crate) fn of(ctx: &Context<'_>, result: Result<model::Gallery, Error>) -> async_graphql::Result<Option<Self>> {
        let (gallery, user_errors) = to_payload(ctx, result)?;
        if let Some(gallery) = &gallery {
            notes(ctx).about(&gallery.id);
        }
        Ok(Some(Self { gallery: gallery.map(Gallery), user_errors }))
    }
}

/// What was deleted, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct DeletePayload {
    /// Id of what was deleted; null when something was wrong.
    pub(crate) deleted_id: Option<ID>,
    /// What was wrong.
    pub(crate) user_errors: Vec<UserError>,
}

/// Changes to galleries.
#[derive(Default)]
pub(crate) struct GalleryMutations;

#[Object]
impl GalleryMutations {
    /// Makes a gallery.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn create_gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new gallery.")] input: CreateGalleryInput,
    ) -> async_graphql::Result<Option<GalleryPayload>> {
        GalleryPayload::of(ctx, create(ctx, input).await)
    }

    /// Changes a gallery.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn update_gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateGalleryInput,
    ) -> async_graphql::Result<Option<GalleryPayload>> {
        notes(ctx).about_given(&input.id);
        GalleryPayload::of(ctx, update(ctx, input).await)
    }

    /// Deletes a gallery. What it held goes into the trash, from where it can be restored, and the gallery with it.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn delete_gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which gallery.")] input: DeleteGalleryInput,
    ) -> async_graphql::Result<Option<DeletePayload>> {
        notes(ctx).about_given(&input.id);
        let (deleted_id, user_errors) = to_payload(ctx, delete(ctx, &input).await)?;
        Ok(Some(DeletePayload { deleted_id, user_errors }))
    }

    /// Puts a person on the access list of a gallery, changes what the person may do, or takes the person off.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn set_gallery_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line.")] input: SetGalleryAccessInput,
    ) -> async_graphql::Result<Option<GalleryPayload>> {
        notes(ctx).about_given(&input.gallery_id);
        notes(ctx).about_given(&input.user_id);
        GalleryPayload::of(ctx, set_access(ctx, &input).await)
    }
}

async fn create(ctx: &Context<'_>, input: CreateGalleryInput) -> Result<model::Gallery, Error> {
    let now = caller(ctx).now;
    let id = model::GalleryId::new(services(ctx).new_ulid(now));
    let title = model::Title::parse(&input.title, "title")?;
    let gallery = model::Gallery {
        description: parse_description(input.description.as_deref())?,
        sort: input.sort.into(),
        ..model::Gallery::new(id, title, input.visibility.into(), caller(ctx).user_id()?, now)
    };
    if store(ctx).put_gallery(&gallery).await? {
        Ok(gallery)
    } else {
        Err(Error::internal("a new gallery got an id that is taken"))
    }
}

/// An empty description is none.
fn parse_description(text: Option<&str>) -> Result<Option<model::Description>, InputError> {
    text.filter(|text| !text.trim().is_empty()).map(|text| model::Description::parse(text, "description")).transpose()
}

async fn update(ctx: &Context<'_>, input: UpdateGalleryInput) -> Result<model::Gallery, Error> {
    let mut gallery = managed(ctx, &input.id, "id").await?;
    let description = match input.description {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(text) => Some(parse_description(Some(&text))?),
    };
    let cover_media_id = match input.cover_media_id {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(id) => Some(Some(own_media(ctx, &gallery, &id).await?)),
    };
    let change = GalleryChange {
        title: input.title.map(|title| model::Title::parse(&title, "title")).transpose()?,
        description,
        visibility: input.visibility.map(Into::into),
        sort: input.sort.map(Into::into),
        cover_media_id,
    };
    for _ in 0..MAX_TRIES {
        if let Some(updated) = store(ctx).update_gallery(&gallery, &change, caller(ctx).now).await? {
            return Ok(updated);
        }
        gallery = managed(ctx, &input.id, "id").await?;
    }
    Err(InputError::new(InputErrorCode::Conflict, "id", "It was changed at this moment. Please try again.").into())
}

async fn own_media(ctx: &Context<'_>, gallery: &model::Gallery, id: &ID) -> Result<model::MediaId, Error> {
    let id = id.parse().map_err(|_| InputError::not_found("coverMediaId"))?;
    let media = gate::media(ctx, id, Action::View).await?.filter(|media| media.gallery_id == gallery.id);
    media.map(|media| media.id).ok_or_else(|| InputError::not_found("coverMediaId").into())
}

async fn delete(ctx: &Context<'_>, input: &DeleteGalleryInput) -> Result<ID, Error> {
    let gallery = managed(ctx, &input.id, "id").await?;
    let now = caller(ctx).now;
    if input.with_media {
        trash_all(ctx, gallery.id, now).await?;
    }
    for _ in 0..MAX_TRIES {
        // Read anew: its pictures have just left it.
        let gallery = store(ctx).get_gallery(gallery.id).await?.ok_or_else(|| InputError::not_found("id"))?;
        if store(ctx).mark_gallery_deleted(&gallery, now).await? {
            return Ok(input.id.clone());
        }
        if gallery.media_count > 0 {
            break;
        }
    }
    let message = if input.with_media {
        "Something was added to this gallery at this moment. Please delete it again."
    } else {
        "This gallery still holds photos or videos. Move them first, or delete it with them."
    };
    Err(InputError::new(InputErrorCode::Conflict, "id", message).into())
}

async fn trash_all(ctx: &Context<'_>, gallery: model::GalleryId, now: Timestamp) -> Result<(), Error> {
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    loop {
        let page = store(ctx).list_media(gallery, &request, model::GallerySort::TakenAtAsc).await?;
        let (cursors, ids): (Vec<_>, Vec<_>) = page.rows.into_iter().unzip();
        for media in store(ctx).get_shown_media(gallery, &ids).await?.into_iter().flatten() {
            // One that changed at this moment stays, and the gallery with it: the caller is told to try again.
            let _: Moved = store(ctx).trash_media(&media, now).await?;
        }
        request.after = cursors.last().cloned().or(request.after);
        if !page.has_next {
            return Ok(());
        }
    }
}

async fn set_access(ctx: &Context<'_>, input: &SetGalleryAccessInput) -> Result<model::Gallery, Error> {
    let gallery = managed(ctx, &input.gallery_id, "galleryId").await?;
    let user_id = input.user_id.parse().map_err(|_| InputError::not_found("userId"))?;
    if store(ctx).get_user(user_id).await?.is_none() {
        return Err(InputError::not_found("userId").into());
    }
    match input.level {
        Some(level) => {
            let grant = Grant { gallery_id: gallery.id, user_id, level: level.into(), granted_at: caller(ctx).now };
            store(ctx).put_grant(&grant).await?;
        }
        None => store(ctx).delete_grant(gallery.id, user_id).await?,
    }
    Ok(gallery)
}

/// The gallery, for those who manage it.
pub(crate) async fn managed(ctx: &Context<'_>, id: &ID, field: &'static str) -> Result<model::Gallery, Error> {
    let id = id.parse().map_err(|_| InputError::not_found(field))?;
    gate::gallery(ctx, id, Action::ManageGallery).await?.ok_or_else(|| InputError::not_found(field).into())
}
