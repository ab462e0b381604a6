//! Share links: the object, and how admins find them.

use async_graphql::{Context, ID, Object};
use model::{DisplayName, Error, LinkId, PageRequest, access::Action};

use crate::{
    context::{caller, store},
    directives::resolver,
    error::answer,
    gallery::Gallery,
    gate,
    loaders::{loader, shared},
    scalars::{AwsDateTime, AwsUrl},
    user::User,
};

/// A link that opens one gallery to whoever has it, without an account.
pub(crate) struct ShareLink {
    pub(crate) link: model::ShareLink,
    /// Known only while the link is made.
    url: Option<String>,
}

impl From<model::ShareLink> for ShareLink {
    fn from(link: model::ShareLink) -> Self {
        Self { link, url: None }
    }
}

impl ShareLink {
    /// A link that was just made, with its address.
    pub(crate) fn new(link: model::ShareLink, url: String) -> Self {
        Self { link, url: Some(url) }
    }
}

/// A link that opens one gallery to whoever has it, without an account.
#[Object]
impl ShareLink {
    /// Its opaque id. It opens nothing.
    pub(crate) async fn id(&self) -> ID {
        self.link.id.to_string().into()
    }

    /// The address to hand on. Shown once, in the payload that created the link; null ever after.
    async fn url(&self) -> Option<AwsUrl> {
        self.url.clone().map(AwsUrl)
    }

    /// What it opens; null where the gallery was deleted.
    #[graphql(directive = resolver::apply())]
    async fn gallery(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Gallery>> {
        Ok(answer(ctx, gate::gallery(ctx, self.link.gallery_id, Action::View).await)?.map(Gallery::from))
    }

    /// For whom it is, to tell links apart.
    async fn label(&self) -> Option<&str> {
        self.link.label.as_ref().map(DisplayName::as_str)
    }

    /// Whether it asks for a password.
    async fn has_password(&self) -> bool {
        self.link.has_password
    }

    /// Whether guests may download originals.
    async fn allow_download(&self) -> bool {
        self.link.allow_download
    }

    /// When it stops working; null where it does not by itself.
    async fn expires_at(&self) -> Option<AwsDateTime> {
        self.link.expires_at.map(Into::into)
    }

    /// Since when it does not work any more, because an admin revoked it.
    async fn revoked_at(&self) -> Option<AwsDateTime> {
        self.link.revoked_at.map(Into::into)
    }

    /// How often somebody came by it.
    async fn open_count(&self) -> u32 {
        self.link.open_count
    }

    /// Who made it.
    #[graphql(directive = resolver::apply())]
    async fn created_by(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<User>> {
        let user = loader(ctx).load_one(self.link.created_by).await;
        Ok(answer(ctx, user.map_err(shared))?.map(User::from))
    }

    /// When it was made.
    async fn created_at(&self) -> AwsDateTime {
        self.link.created_at.into()
    }
}

/// A share link, for admins; for others it is as if it were not there.
pub(crate) async fn find(ctx: &Context<'_>, id: LinkId) -> Result<Option<model::ShareLink>, Error> {
    if !caller(ctx).requester.is_admin() {
        return Ok(None);
    }
    loader(ctx).load_one(id).await.map_err(shared)
}

/// All share links of a gallery, for those who manage it.
pub(crate) async fn of_gallery(ctx: &Context<'_>, gallery: &model::Gallery) -> Result<Vec<ShareLink>, Error> {
    if gate::gallery(ctx, gallery.id, Action::ManageGallery).await?.is_none() {
        return Err(Error::Forbidden);
    }
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    let mut links = Vec::new();
    loop {
        let page = store(ctx).list_links(gallery.id, &request).await?;
        for (cursor, link) in page.rows {
            request.after = Some(cursor);
            links.push(ShareLink::from(link));
        }
        if !page.has_next {
            return Ok(links);
        }
    }
}
