//! `node`: anything by its id, under the same rules as everywhere.

use async_graphql::{Context, ID, Interface, Object};
use model::{Error, NodeId, access::Action};

use crate::{
    comment::Comment,
    context::caller,
    directives::{aws_cognito_user_pools, groups},
    error::answer,
    gallery::Gallery,
    gate,
    loaders::{loader, shared},
    media::{Media, Photo, Video},
    share_link::{self, ShareLink},
    user::User,
};

/// Anything that has a global, opaque id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its opaque id."))]
pub(crate) enum Node {
    Gallery(Gallery),
    Photo(Photo),
    Video(Video),
    Comment(Comment),
    User(User),
    ShareLink(ShareLink),
}

/// The query for anything by its id.
#[derive(Default)]
pub(crate) struct NodeQueries;

#[Object]
impl NodeQueries {
    /// Anything by its id; null where there is nothing, or nothing that you may see.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor", "guest"])))]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Any id that this API gave out.")] id: ID,
    ) -> async_graphql::Result<Option<Node>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        answer(ctx, find(ctx, id).await)
    }
}

async fn find(ctx: &Context<'_>, id: NodeId) -> Result<Option<Node>, Error> {
    Ok(match id {
        NodeId::Gallery(id) => gate::gallery(ctx, id, Action::View).await?.map(|found| Node::Gallery(found.into())),
        NodeId::Media(id) => gate::media(ctx, id, Action::View).await?.map(|found| match Media::from(found) {
            Media::Photo(photo) => Node::Photo(photo),
            Media::Video(video) => Node::Video(video),
        }),
        NodeId::Comment(id) => gate::comment(ctx, id, Action::View).await?.map(|found| Node::Comment(found.into())),
        NodeId::Link(id) => share_link::find(ctx, id).await?.map(|found| Node::ShareLink(found.into())),
        // Names stand beside comments and pictures, so that the whole family may know them. A guest sees neither.
        NodeId::User(id) if !caller(ctx).requester.is_family() => {
            caller(ctx).guest.clone().filter(|guest| guest.id == id).map(|guest| Node::User(guest.into()))
        }
        NodeId::User(id) => {
            loader(ctx).load_one(id).await.map_err(shared)?.map(|found: model::User| Node::User(found.into()))
        }
    })
}
