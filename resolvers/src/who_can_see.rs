//! Who can see a photo, a video or a gallery, and by which rule: the answer of the function that decides.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use model::{
    AccessLevel, Error, Gallery, LinkId, PageRequest, UserId,
    access::{Action, GalleryAccess, Requester, Rule, Subject, rule},
};

use crate::{
    context::{caller, store},
    directives::{aws_cognito_user_pools, groups},
    error::answer,
    gallery::GalleryAccessLevel,
    gate,
    identity::guest_of,
    loaders::{loader, shared},
    share_link::ShareLink,
    user::User,
};

/// Why somebody sees something.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessRule {
    /// Admins see everything.
    Admin,
    /// The gallery is for the whole family.
    Family,
    /// The gallery's access list names the person.
    AccessList,
    /// The share link opens the gallery.
    ShareLink,
}

/// A person, or a share link, by which a photo, a video or a gallery can be seen.
#[derive(SimpleObject)]
pub(crate) struct MediaViewer {
    /// The person; null where it is a share link.
    user: Option<User>,
    /// The share link, which whoever has it can use; null where it is a person.
    share_link: Option<ShareLink>,
    /// The rule that lets them see it.
    rule: AccessRule,
    /// What the access list lets the person do; null where another rule is the reason.
    level: Option<GalleryAccessLevel>,
}

/// The queries for who can see something.
#[derive(Default)]
pub(crate) struct WhoCanSeeQueries;

#[Object]
impl WhoCanSeeQueries {
    /// Everyone who can see a photo or video, people by name, then share links; null where there is no such photo or
    /// video.
    #[graphql(
        directive = aws_cognito_user_pools::apply(groups(&["admin"]))
    )]
    async fn who_can_see(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the photo or video.")] media_id: ID,
    ) -> async_graphql::Result<Option<Vec<MediaViewer>>> {
        let Ok(id) = media_id.parse() else { return Ok(None) };
        let Some(media) = answer(ctx, gate::media(ctx, id, Action::View).await)? else { return Ok(None) };
        let gallery: Result<Option<Gallery>, Error> = loader(ctx).load_one(media.gallery_id).await.map_err(shared);
        let Some(gallery) = answer(ctx, gallery)? else { return Ok(Some(Vec::new())) };
        let access_to_media = |gallery| Subject::Media(gallery, gate::access_of(&media));
        Ok(Some(answer(ctx, viewers(ctx, &gallery, access_to_media).await)?))
    }

    /// Everyone who can see a gallery, people by name, then share links; null where there is no such gallery.
    #[graphql(
        directive = aws_cognito_user_pools::apply(groups(&["admin"]))
    )]
    async fn who_can_see_gallery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the gallery.")] gallery_id: ID,
    ) -> async_graphql::Result<Option<Vec<MediaViewer>>> {
        let Ok(id) = gallery_id.parse() else { return Ok(None) };
        let Some(gallery) = answer(ctx, gate::gallery(ctx, id, Action::View).await)? else { return Ok(None) };
        Ok(Some(answer(ctx, viewers(ctx, &gallery, Subject::Gallery).await)?))
    }
}

/// Everyone who can see a gallery, or something in it: `subject` says what, for whoever has these rights to the gallery.
async fn viewers(
    ctx: &Context<'_>,
    gallery: &Gallery,
    subject: impl Fn(GalleryAccess) -> Subject,
) -> Result<Vec<MediaViewer>, Error> {
    let rule_of =
        |requester: &Requester, grant: Option<AccessLevel>| rule(requester, &subject(gate::access(gallery, grant)));
    let mut viewers = people(ctx, gallery, rule_of).await?;
    viewers.extend(links(ctx, gallery, rule_of).await?);
    Ok(viewers)
}

async fn people(
    ctx: &Context<'_>,
    gallery: &Gallery,
    rule_of: impl Fn(&Requester, Option<AccessLevel>) -> Option<Rule>,
) -> Result<Vec<MediaViewer>, Error> {
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    let mut viewers = Vec::new();
    loop {
        let page = store(ctx).list_users(&request).await?;
        let (cursors, listed): (Vec<_>, Vec<_>) = page.rows.into_iter().unzip();
        // The index that lists people lags behind the table, which decides.
        let ids: Vec<UserId> = listed.iter().map(|user: &model::User| user.id).collect();
        let mut users = store(ctx).get_users(&ids).await?;
        let grants = store(ctx).get_grants_of(gallery.id, &ids).await?;
        for id in ids {
            let Some(user) = users.remove(&id).filter(|user| !user.disabled) else { continue };
            let requester = Requester::Person { id, role: user.role };
            if let Some(rule) = rule_of(&requester, grants.get(&id).copied()) {
                viewers.push(MediaViewer::new(Some(user.into()), None, rule));
            }
        }
        if !page.has_next {
            return Ok(viewers);
        }
        request.after = cursors.into_iter().next_back().or(request.after);
    }
}

async fn links(
    ctx: &Context<'_>,
    gallery: &Gallery,
    rule_of: impl Fn(&Requester, Option<AccessLevel>) -> Option<Rule>,
) -> Result<Vec<MediaViewer>, Error> {
    let now = caller(ctx).now;
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    let mut viewers = Vec::new();
    loop {
        let page = store(ctx).list_links(gallery.id, &request).await?;
        let (cursors, listed): (Vec<_>, Vec<_>) = page.rows.into_iter().unzip();
        let ids: Vec<LinkId> = listed.iter().map(|link: &model::ShareLink| link.id).collect();
        let mut links = store(ctx).get_links(&ids).await?;
        for id in ids {
            let Some(link) = links.remove(&id).filter(|link| link.is_open(now)) else { continue };
            if let Some(rule) = rule_of(&Requester::Guest(guest_of(&link)), None) {
                viewers.push(MediaViewer::new(None, Some(link.into()), rule));
            }
        }
        if !page.has_next {
            return Ok(viewers);
        }
        request.after = cursors.into_iter().next_back().or(request.after);
    }
}

impl MediaViewer {
    fn new(user: Option<User>, share_link: Option<ShareLink>, rule: Rule) -> Self {
        let (rule, level) = match rule {
            Rule::Admin => (AccessRule::Admin, None),
            Rule::Family => (AccessRule::Family, None),
            Rule::AccessList(level) => (AccessRule::AccessList, Some(level.into())),
            Rule::ShareLink => (AccessRule::ShareLink, None),
        };
        Self { user, share_link, rule, level }
    }
}
