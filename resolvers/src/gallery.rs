//! Galleries: the object, its queries, its mutations.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use model::{
    AccessLevel, Error, Grant, InputError, InputErrorCode, MediaStatus, PageRequest, Timestamp, access::Action,
};
use store::{GalleryChange, Moved};

use crate::{
    connection::{connection, filtered_page, list_cost},
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups, resolver},
    error::{UserError, answer, to_payload},
    gate,
    loaders::{loader, shared},
    media::{Media, MediaConnection, MediaKind},
    scalars::{AwsDate, AwsDateTime},
    user::User,
};

/// Who may see a gallery.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "model::Visibility")]
pub(crate) enum Visibility {
    /// Everyone who is signed in.
    Family,
    /// Only the people on the access list.
    Restricted,
    /// Only admins.
    Private,
}

/// The order of a gallery's media.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "model::GallerySort")]
pub(crate) enum GallerySort {
    /// Oldest picture first.
    TakenAtAsc,
    /// Newest picture first.
    TakenAtDesc,
}

/// What the access list of a gallery lets a person do; each level includes those before it.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "AccessLevel")]
pub(crate) enum GalleryAccessLevel {
    /// Look.
    View,
    /// Look and comment.
    Comment,
    /// Look, comment and add pictures.
    Contribute,
}

/// A gallery of photos and videos.
pub(crate) struct Gallery(pub(crate) model::Gallery);

impl From<model::Gallery> for Gallery {
    fn from(gallery: model::Gallery) -> Self {
        Self(gallery)
    }
}

connection!(GalleryConnection, GalleryEdge, Gallery, "galleries");

/// A gallery of photos and videos.
#[Object]
impl Gallery {
    /// Its opaque id.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name.
    async fn title(&self) -> &str {
        self.0.title.as_str()
    }

    /// What it is about.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_ref().map(model::Description::as_str)
    }

    /// Who may see it.
    async fn visibility(&self) -> Visibility {
        self.0.visibility.into()
    }

    /// The order in which it shows its media.
    async fn sort(&self) -> GallerySort {
        self.0.sort.into()
    }

    /// How many photos and videos it shows.
    async fn media_count(&self) -> u32 {
        self.0.media_count
    }

    /// Day of its oldest picture, at the place where it was taken.
    async fn first_taken_on(&self) -> Option<AwsDate> {
        self.0.first_taken_on.clone().map(AwsDate)
    }

    /// Day of its newest picture, at the place where it was taken.
    async fn last_taken_on(&self) -> Option<AwsDate> {
        self.0.last_taken_on.clone().map(AwsDate)
    }

    /// When it was made.
    async fn created_at(&self) -> AwsDateTime {
        self.0.created_at.into()
    }

    /// When its title, description, rules or cover last changed.
    async fn updated_at(&self) -> AwsDateTime {
        self.0.updated_at.into()
    }

    /// The picture that stands for it: the chosen one, or its oldest.
    #[graphql(directive = resolver::apply())]
    async fn cover(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Media>> {
        let mut cover = None;
        for id in [self.0.cover_media_id, self.0.first_media_id].into_iter().flatten() {
            let media = loader(ctx).load_one(id).await;
            cover = answer(ctx, media.map_err(shared))?.filter(|media: &model::Media| {
                media.gallery_id == self.0.id
                    && matches!(media.status, MediaStatus::Ready | MediaStatus::Processing | MediaStatus::Failed)
            });
            if cover.is_some() {
                break;
            }
        }
        Ok(cover.map(Media::from))
    }

    /// Who made it.
    #[graphql(directive = resolver::apply())]
    async fn created_by(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<User>> {
        let user = loader(ctx).load_one(self.0.created_by).await;
        Ok(answer(ctx, user.map_err(shared))?.map(User::from))
    }

    /// Its photos and videos, a page at a time.
    #[graphql(complexity = "list_cost(first, child_complexity)")]
    async fn media(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Another order than the gallery's own.")] sort: Option<GallerySort>,
        #[graphql(desc = "Only photos, or only videos.")] kind: Option<MediaKind>,
    ) -> async_graphql::Result<Option<MediaConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let ascending = match sort.unwrap_or(self.0.sort.into()) {
            GallerySort::TakenAtAsc => true,
            GallerySort::TakenAtDesc => false,
        };
        let kind = kind.map(model::MediaKind::from);
        let page = filtered_page(
            &request,
            |request| async move { store(ctx).list_media(self.0.id, &request, ascending).await },
            |rows: Vec<model::Media>| async move {
                let wanted = |media: model::Media| Some(media).filter(|m| kind.is_none_or(|kind| m.kind == kind));
                Ok(rows.into_iter().map(wanted).collect())
            },
        );
        let page = answer(ctx, page.await)?;
        Ok(Some(MediaConnection::new(page, &request)))
    }

    /// Who is on the access list, and what they may do.
    #[graphql(
        directive = resolver::apply(),
        directive = aws_cognito_user_pools::apply(groups(&["admin"]))
    )]
    async fn access_list(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<GalleryAccess>>> {
        let access = answer(ctx, access_list(ctx, &self.0).await)?;
        Ok(Some(access))
    }
}

/// A line of a gallery's access list.
#[derive(SimpleObject)]
pub(crate) struct GalleryAccess {
    /// For whom.
    user: User,
    /// What the person may do.
    level: GalleryAccessLevel,
    /// Since when.
    granted_at: AwsDateTime,
}

async fn access_list(ctx: &Context<'_>, gallery: &model::Gallery) -> Result<Vec<GalleryAccess>, Error> {
    if gate::gallery(ctx, gallery.id, Action::ManageGallery).await?.is_none() {
        return Err(Error::Forbidden);
    }
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    let mut lines = Vec::new();
    loop {
        let page = store(ctx).list_grants(gallery.id, &request).await?;
        let users: Vec<_> = page.rows.iter().map(|(_, grant)| grant.user_id).collect();
        let mut users = store(ctx).get_users(&users).await?;
        for (cursor, grant) in page.rows {
            request.after = Some(cursor);
            let Some(user) = users.remove(&grant.user_id) else { continue };
            lines.push(GalleryAccess {
                user: user.into(),
                level: grant.level.into(),
                granted_at: grant.granted_at.into(),
            });
        }
        if !page.has_next {
            return Ok(lines);
        }
    }
}

/// Queries about galleries.
#[derive(Default)]
pub(crate) struct GalleryQueries;

#[Object]
impl GalleryQueries {
    /// One gallery; null where there is none, or none that you may see.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the gallery.")] id: ID,
    ) -> async_graphql::Result<Option<Gallery>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(answer(ctx, gate::gallery(ctx, id, Action::View).await)?.map(Gallery))
    }

    /// The galleries that you may see, by title.
    #[graphql(
        directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])),
        complexity = "list_cost(first, child_complexity)"
    )]
    async fn galleries(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<Option<GalleryConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let page = filtered_page(
            &request,
            |request| async move { store(ctx).list_galleries(&request).await },
            |galleries| gate::only_visible(ctx, galleries),
        );
        let page = answer(ctx, page.await)?;
        Ok(Some(GalleryConnection::new(page, &request)))
    }
}

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
    fn of(ctx: &Context<'_>, result: Result<model::Gallery, Error>) -> async_graphql::Result<Option<Self>> {
        let (gallery, user_errors) = to_payload(ctx, result)?;
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
        GalleryPayload::of(ctx, update(ctx, input).await)
    }

    /// Deletes a gallery. What it held goes into the trash, from where it can be restored, and the gallery with it.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn delete_gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which gallery.")] input: DeleteGalleryInput,
    ) -> async_graphql::Result<Option<DeletePayload>> {
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
        GalleryPayload::of(ctx, set_access(ctx, &input).await)
    }
}

async fn create(ctx: &Context<'_>, input: CreateGalleryInput) -> Result<model::Gallery, Error> {
    let now = caller(ctx).now;
    let gallery = model::Gallery {
        id: model::GalleryId::new(services(ctx).new_ulid(now)),
        title: model::Title::parse(&input.title, "title")?,
        description: parse_description(input.description.as_deref())?,
        visibility: input.visibility.into(),
        sort: input.sort.into(),
        media_count: 0,
        first_taken_on: None,
        last_taken_on: None,
        cover_media_id: None,
        first_media_id: None,
        created_by: caller(ctx).user_id()?,
        created_at: now,
        updated_at: now,
        deleted_at: None,
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
    let gallery = managed(ctx, &input.id, "id").await?;
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
    let updated = store(ctx).update_gallery(gallery.id, &change, caller(ctx).now).await?;
    updated.ok_or_else(|| InputError::not_found("id").into())
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
    if store(ctx).mark_gallery_deleted(gallery.id, now).await? {
        return Ok(input.id.clone());
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
        let page = store(ctx).list_media(gallery, &request, true).await?;
        for (cursor, media) in page.rows {
            // One that changed at this moment stays, and the gallery with it: the caller is told to try again.
            let _: Moved = store(ctx).trash_media(&media, now).await?;
            request.after = Some(cursor);
        }
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

async fn managed(ctx: &Context<'_>, id: &ID, field: &'static str) -> Result<model::Gallery, Error> {
    let id = id.parse().map_err(|_| InputError::not_found(field))?;
    gate::gallery(ctx, id, Action::ManageGallery).await?.ok_or_else(|| InputError::not_found(field).into())
}
