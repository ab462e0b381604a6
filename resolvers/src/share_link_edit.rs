//! Making and revoking share links.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use model::{DisplayName, Error, InputError, InputErrorCode, LinkId, Visibility};

use crate::{
    audit::notes,
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups},
    error::{UserError, to_payload},
    gallery_edit::managed,
    scalars::AwsDateTime,
    share_link::ShareLink,
    share_link_session::Token,
};

const MIN_PASSWORD_CHARS: usize = 4;

/// A new share link.
#[derive(InputObject)]
pub(crate) struct CreateShareLinkInput {
    /// Id of the gallery to open. Not one that only admins see.
    gallery_id: ID,
    /// For whom it is, to tell links apart, up to 100 characters. Whoever comes by the link reads it.
    label: Option<String>,
    /// A password to ask for, at least 4 characters; left out, the link alone opens the gallery.
    #[graphql(secret)]
    password: Option<String>,
    /// When it stops working; left out, it works until it is revoked.
    expires_at: Option<AwsDateTime>,
    /// Whether guests may download originals. An original holds all that the camera wrote into it, the place among it.
    #[graphql(default = false)]
    allow_download: bool,
}

/// Which share link to end.
#[derive(InputObject)]
pub(crate) struct RevokeShareLinkInput {
    /// Id of the share link.
    id: ID,
}

/// The share link as it is now, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct ShareLinkPayload {
    /// The share link; null when something was wrong.
    share_link: Option<ShareLink>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

impl ShareLinkPayload {
    fn of(ctx: &Context<'_>, result: Result<ShareLink, Error>) -> async_graphql::Result<Option<Self>> {
        if let Ok(link) = &result {
            notes(ctx).about(&link.link.id);
        }
        let (share_link, user_errors) = to_payload(ctx, result)?;
        Ok(Some(Self { share_link, user_errors }))
    }
}

/// Changes to share links.
#[derive(Default)]
pub(crate) struct ShareLinkMutations;

#[Object]
impl ShareLinkMutations {
    /// Makes a link that opens one gallery to whoever has it. Its address is in the answer, and nowhere else.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn create_share_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new share link.")] input: CreateShareLinkInput,
    ) -> async_graphql::Result<Option<ShareLinkPayload>> {
        ShareLinkPayload::of(ctx, create(ctx, &input).await)
    }

    /// Ends a share link, and the sessions that were opened by it, at once.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn revoke_share_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which share link.")] input: RevokeShareLinkInput,
    ) -> async_graphql::Result<Option<ShareLinkPayload>> {
        ShareLinkPayload::of(ctx, revoke(ctx, &input).await)
    }
}

async fn create(ctx: &Context<'_>, input: &CreateShareLinkInput) -> Result<ShareLink, Error> {
    let gallery = managed(ctx, &input.gallery_id, "galleryId").await?;
    if gallery.visibility == Visibility::Private {
        let message = "Only admins see this gallery. Make it RESTRICTED first.";
        return Err(InputError::new(InputErrorCode::Conflict, "galleryId", message).into());
    }
    let label = input.label.as_deref().filter(|label| !label.trim().is_empty());
    let label = label.map(|label| DisplayName::parse(label, "label")).transpose()?;
    check_password(input.password.as_deref())?;
    let (now, expires_at) = (caller(ctx).now, input.expires_at.map(|time| time.0));
    if expires_at.is_some_and(|end| end <= now) {
        let message = "Please choose a time that is still to come.";
        return Err(InputError::new(InputErrorCode::Invalid, "expiresAt", message).into());
    }
    let token = Token::random(&services(ctx).random);
    let link = model::ShareLink {
        id: token.link_id(),
        gallery_id: gallery.id,
        label,
        has_password: input.password.is_some(),
        allow_download: input.allow_download,
        expires_at,
        revoked_at: None,
        open_count: 0,
        created_by: caller(ctx).user_id()?,
        created_at: now,
    };
    // The account first: without the record it opens nothing, so that no link is ever half there.
    let password = token.account_password(input.password.as_deref().unwrap_or_default());
    store(ctx).create_link_account(link.id, &password).await?;
    if !store(ctx).put_link(&link).await? {
        return Err(Error::internal("a new share link got a token that is taken"));
    }
    let site = services(ctx).site.for_host(&caller(ctx).host);
    Ok(ShareLink::new(link, format!("{site}/s#{}", token.text())))
}

fn check_password(password: Option<&str>) -> Result<(), InputError> {
    if password.is_some_and(|password| password.chars().count() < MIN_PASSWORD_CHARS) {
        let message = format!("Please choose a password of at least {MIN_PASSWORD_CHARS} characters, or none.");
        return Err(InputError::new(InputErrorCode::Invalid, "password", message));
    }
    Ok(())
}

async fn revoke(ctx: &Context<'_>, input: &RevokeShareLinkInput) -> Result<ShareLink, Error> {
    let id: LinkId = input.id.parse().map_err(|_| InputError::not_found("id"))?;
    // The record counts at the next request, whatever tokens say. What was cut short after it, the next call makes good.
    let link = store(ctx).revoke_link(id, caller(ctx).now).await?.ok_or_else(|| InputError::not_found("id"))?;
    store(ctx).close_link_account(id).await?;
    Ok(link.into())
}
