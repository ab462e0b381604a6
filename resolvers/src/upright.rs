//! The wish for an upright copy of an original.

use async_graphql::{Context, ID, InputObject, Object};
use model::{Error, InputError, Media, access::Action, object_key::Work};

use crate::{
    audit::notes,
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups},
    gate,
    media_edit::MediaPayload,
};

/// Names the photo that is wanted upright.
#[derive(InputObject)]
pub(crate) struct PrepareUprightInput {
    /// Id of the photo.
    media_id: ID,
}

/// Asking for upright copies.
#[derive(Default)]
pub(crate) struct UprightMutations;

#[Object]
impl UprightMutations {
    /// Has an upright copy of a photo's original made, for download. Where `uprightOriginal` of the answer is null, it is
    /// being made: `onMediaReady` tells when it is there. Asking twice is no mistake.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn prepare_upright(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photo.")] input: PrepareUprightInput,
    ) -> async_graphql::Result<Option<MediaPayload>> {
        notes(ctx).about_given(&input.media_id);
        MediaPayload::of(ctx, prepare(ctx, &input.media_id).await)
    }
}

async fn prepare(ctx: &Context<'_>, id: &ID) -> Result<Media, Error> {
    let not_there = || InputError::not_found("mediaId");
    let id = id.parse().map_err(|_| not_there())?;
    let media = gate::media(ctx, id, Action::Download).await?.ok_or_else(not_there)?;
    if media.is_shown() && media.upright_now().is_none() {
        let name = services(ctx).new_ulid(caller(ctx).now).to_string();
        store(ctx).put_job(Work::Upright, media.id, &name).await?;
    }
    Ok(media)
}
