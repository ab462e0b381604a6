//! Galleries: the object, its queries.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use model::{
    AccessLevel, Error, MediaStatus, PageRequest, UserId,
    access::{Action, Requester},
};

use crate::{
    connection::{connection, filtered_page},
    context::{caller, store},
    days::Days,
    directives::{aws_cognito_user_pools, groups, resolver},
    error::answer,
    gallery_media::{self, Wanted},
    gate,
    loaders::{loader, shared},
    media::{Media, MediaConnection, MediaKind},
    permissions::{self, GalleryPermissions},
    scalars::{AwsDate, AwsDateTime},
    share_link::{self, ShareLink},
    timeline::TimelineMonth,
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
    /// Latest upload first.
    UploadedAtDesc,
    /// As an admin put them, by `reorderMedia`.
    Manual,
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

    /// Who made it. Guests are not told.
    #[graphql(directive = resolver::apply())]
    async fn created_by(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<User>> {
        if !caller(ctx).requester.is_family() {
            return Ok(None);
        }
        let user = loader(ctx).load_one(self.0.created_by).await;
        Ok(answer(ctx, user.map_err(shared))?.map(User::from))
    }

    /// Its photos and videos, a page at a time.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn media(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Another order than the gallery's own.")] sort: Option<GallerySort>,
        #[graphql(desc = "Only photos, or only videos.")] kind: Option<MediaKind>,
        #[graphql(
            desc = "Only what was taken on this day or later, at the place of the picture. Needs an order by date."
        )]
        from: Option<AwsDate>,
        #[graphql(
            desc = "Only what was taken on this day or earlier, at the place of the picture. Needs an order by date."
        )]
        to: Option<AwsDate>,
    ) -> async_graphql::Result<Option<MediaConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let days = answer(ctx, Days::parse(from, to))?;
        let wanted = Wanted { sort: sort.map_or(self.0.sort, Into::into), kind: kind.map(Into::into), days };
        Ok(Some(answer(ctx, gallery_media::page(ctx, &self.0, &request, &wanted).await)?))
    }

    /// The months in which its photos and videos were taken, newest first: together they hold all that it shows. What does
    /// not say when it was taken counts by the date of the file, or of its upload, in `media(from:, to:)` as well.
    #[graphql(directive = resolver::apply())]
    async fn months(&self) -> Option<Vec<TimelineMonth>> {
        Some(TimelineMonth::newest_first(self.0.months.clone()))
    }

    /// What you may do with it.
    #[graphql(directive = resolver::apply())]
    async fn viewer_can(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<GalleryPermissions>> {
        Ok(Some(answer(ctx, permissions::of_gallery(ctx, &self.0).await)?))
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

    /// The share links that were made for it, newest first, also those that do not work any more.
    #[graphql(
        directive = resolver::apply(),
        directive = aws_cognito_user_pools::apply(groups(&["admin"]))
    )]
    async fn share_links(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<ShareLink>>> {
        Ok(Some(answer(ctx, share_link::of_gallery(ctx, &self.0).await)?))
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
        let users: Vec<UserId> = page.rows.iter().map(|(_, grant)| grant.user_id).collect();
        let mut users: HashMap<UserId, model::User> = loader(ctx).load_many(&users).await.map_err(shared)?;
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

/// A person, as access rules see them; none where there is no such person.
async fn requester_like(ctx: &Context<'_>, id: &ID) -> Result<Option<Requester>, Error> {
    if !caller(ctx).requester.is_admin() {
        return Err(Error::Forbidden);
    }
    let Ok(id) = id.parse() else { return Ok(None) };
    // Whose account is closed is nobody.
    Ok(store(ctx)
        .get_user(id)
        .await?
        .map(|user| if user.disabled { Requester::Anonymous } else { Requester::Person { id, role: user.role } }))
}

/// Queries about galleries.
#[derive(Default)]
pub(crate) struct GalleryQueries;

#[Object]
impl GalleryQueries {
    /// One gallery; null where there is none, or none that you may see.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor", "guest"])))]
    async fn gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the gallery.")] id: ID,
    ) -> async_graphql::Result<Option<Gallery>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(answer(ctx, gate::gallery(ctx, id, Action::View).await)?.map(Gallery))
    }

    /// The galleries that you may see. Those that no admin put anywhere by `reorderGalleries` come first, by title, then
    /// the others in the order by hand. For an admin also those that another person may see; null where there is no such
    /// person.
    #[graphql(
        directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor", "guest"]))
    )]
    async fn galleries(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "Id of a person: the galleries that this person may see. For admins.")] as_user: Option<ID>,
    ) -> async_graphql::Result<Option<GalleryConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let requester = match as_user {
            None => Some(caller(ctx).requester),
            Some(id) => answer(ctx, requester_like(ctx, &id).await)?,
        };
        let Some(requester) = requester else { return Ok(None) };
        let page = filtered_page(
            &request,
            |request| async move { store(ctx).list_galleries(&request).await },
            |galleries| gate::only_visible(ctx, requester, galleries),
        );
        let page = answer(ctx, page.await)?;
        Ok(Some(GalleryConnection::new(page, &request)))
    }
}
