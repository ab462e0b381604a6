//! Likes: who likes what, and what one likes oneself.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use model::{Error, InputError, PageRequest, UserId, access::Action};

use crate::{
    connection::PageInfo,
    context::{caller, store},
    directives::{aws_cognito_user_pools, groups},
    error::answer,
    gate,
    loaders::{loader, shared},
    media::MediaConnection,
    media_edit::MediaPayload,
    scalars::AwsDateTime,
    timeline::seen,
    user::User,
};

/// One of the people who like something.
#[derive(SimpleObject)]
pub(crate) struct LikeEdge {
    /// Its place in the list.
    cursor: String,
    /// Who likes it.
    node: User,
    /// Since when.
    liked_at: AwsDateTime,
}

/// A page of the people who like something.
#[derive(SimpleObject)]
pub(crate) struct LikeConnection {
    /// What the page holds, in order.
    edges: Vec<LikeEdge>,
    /// Where the page lies in the list.
    page_info: PageInfo,
}

/// Who likes a photo or video. Somebody whose account is gone is left out.
pub(crate) async fn likes_of(
    ctx: &Context<'_>,
    media: &model::Media,
    request: &PageRequest,
) -> Result<LikeConnection, Error> {
    let page = store(ctx).list_likes(media.id, request).await?;
    let page_info = PageInfo::of(&page, request);
    let people: Vec<UserId> = page.rows.iter().map(|(_, like)| like.user_id).collect();
    let mut people: HashMap<UserId, model::User> = loader(ctx).load_many(&people).await.map_err(shared)?;
    let edges = page.rows.into_iter().filter_map(|(cursor, like)| {
        let node = people.remove(&like.user_id)?.into();
        Some(LikeEdge { cursor: cursor.encode(), node, liked_at: like.liked_at.into() })
    });
    Ok(LikeConnection { edges: edges.collect(), page_info })
}

/// Names what to like.
#[derive(InputObject)]
pub(crate) struct LikeMediaInput {
    /// Id of the photo or video.
    media_id: ID,
}

/// Names what to like no more.
#[derive(InputObject)]
pub(crate) struct UnlikeMediaInput {
    /// Id of the photo or video.
    media_id: ID,
}

/// Queries about likes.
#[derive(Default)]
pub(crate) struct LikeQueries;

#[Object]
impl LikeQueries {
    /// What you like, latest first.
    #[graphql(
        directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"]))
    )]
    async fn favourites(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<Option<MediaConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let user = answer(ctx, caller(ctx).user_id())?;
        let fetch = |request| async move {
            let page = store(ctx).list_liked(user, &request).await?;
            let rows = page.rows.into_iter().map(|(cursor, like)| (cursor, like.media_id));
            Ok(model::Page { rows: rows.collect(), has_next: page.has_next })
        };
        Ok(Some(answer(ctx, seen(ctx, &request, fetch, |_| true).await)?))
    }
}

/// Liking.
#[derive(Default)]
pub(crate) struct LikeMutations;

#[Object]
impl LikeMutations {
    /// Likes a photo or video. Liking it twice is no mistake.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn like_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to like.")] input: LikeMediaInput,
    ) -> async_graphql::Result<Option<MediaPayload>> {
        MediaPayload::of(ctx, like(ctx, &input.media_id).await)
    }

    /// Likes a photo or video no more. Where you did not like it, that is no mistake.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn unlike_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to like no more.")] input: UnlikeMediaInput,
    ) -> async_graphql::Result<Option<MediaPayload>> {
        MediaPayload::of(ctx, unlike(ctx, &input.media_id).await)
    }
}

async fn like(ctx: &Context<'_>, id: &ID) -> Result<model::Media, Error> {
    let media = reachable(ctx, id).await?;
    let like = model::Like { media_id: media.id, user_id: caller(ctx).user_id()?, liked_at: caller(ctx).now };
    store(ctx).put_like(&like).await?;
    now(ctx, media.id).await
}

async fn unlike(ctx: &Context<'_>, id: &ID) -> Result<model::Media, Error> {
    let media = reachable(ctx, id).await?;
    store(ctx).delete_like(media.id, caller(ctx).user_id()?).await?;
    now(ctx, media.id).await
}

async fn reachable(ctx: &Context<'_>, id: &ID) -> Result<model::Media, Error> {
    let id = id.parse().map_err(|_| InputError::not_found("mediaId"))?;
    gate::media(ctx, id, Action::Like).await?.ok_or_else(|| InputError::not_found("mediaId").into())
}

async fn now(ctx: &Context<'_>, id: model::MediaId) -> Result<model::Media, Error> {
    store(ctx).get_media(id).await?.ok_or_else(|| InputError::not_found("mediaId").into())
}
