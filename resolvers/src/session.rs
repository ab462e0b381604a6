//! Signing in and out.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{DisplayName, Error, InputError, InputErrorCode, PageRequest, Timestamp, UserId, access::Requester};
use serde::{Deserialize, Serialize};
use store::{SignIn, Tokens, UserChange};

use crate::{
    audit::notes,
    context::{caller, store},
    directives::{aws_api_key, aws_cognito_user_pools, groups},
    error::{UserError, answer, to_payload},
    scalars::{AwsDateTime, AwsEmail},
    share_link_session,
    token::{self, Standing},
    user::Role,
};

/// An account that the sign-in page offers, so that a password is all one types.
#[derive(SimpleObject)]
#[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
pub(crate) struct SignInOption {
    /// Opaque; goes back in `signIn`.
    id: ID,
    /// What to show.
    label: String,
    /// What one is after signing in with it.
    role: Role,
}

/// What a signed-in person holds. Keep it to yourself.
#[derive(SimpleObject)]
#[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
pub(crate) struct Session {
    /// Send it with every request: `Authorization: Bearer …`.
    access_token: String,
    /// Says who the person is; it opens nothing.
    id_token: String,
    /// Gets a new session by `refreshSession`.
    refresh_token: String,
    /// `Bearer`.
    token_type: String,
    /// When the access token stops working.
    expires_at: AwsDateTime,
    /// What the person is in the family.
    role: Role,
}

/// Who wants in.
#[derive(InputObject)]
pub(crate) struct SignInInput {
    /// One of `signInOptions`; give either this or `email`.
    option_id: Option<ID>,
    /// Address of an account of one's own.
    email: Option<AwsEmail>,
    /// The password.
    #[graphql(secret)]
    password: String,
}

/// A session, or a challenge, or what was wrong.
#[derive(SimpleObject)]
#[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
pub(crate) struct SignInPayload {
    /// The session, when all is well.
    session: Option<Session>,
    /// Set when a new password must be chosen first: pass it to `completeSignIn` within three minutes.
    challenge: Option<String>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// The new password that a first sign-in asks for.
#[derive(InputObject)]
pub(crate) struct CompleteSignInInput {
    /// From `signIn`.
    #[graphql(secret)]
    challenge: String,
    /// The new password, at least 8 characters.
    #[graphql(secret)]
    new_password: String,
    /// How you want to be called; what was given at the invitation otherwise.
    display_name: Option<String>,
}

/// Asks for a new session.
#[derive(InputObject)]
pub(crate) struct RefreshSessionInput {
    /// From the session.
    #[graphql(secret)]
    refresh_token: String,
}

/// Which sessions to end.
#[derive(InputObject)]
pub(crate) struct SignOutInput {
    /// The refresh token of this session, so that it cannot be used any more.
    #[graphql(secret)]
    refresh_token: Option<String>,
    /// Ends all sessions of the account, on all devices, at once. Not for guests, who share the account of their link.
    #[graphql(default = false)]
    everywhere: bool,
}

/// What was wrong, if anything.
#[derive(SimpleObject)]
pub(crate) struct SignOutPayload {
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// A new password.
#[derive(InputObject)]
pub(crate) struct ChangePasswordInput {
    /// The present one.
    #[graphql(secret)]
    current_password: String,
    /// The new one, at least 8 characters.
    #[graphql(secret)]
    new_password: String,
}

/// What was wrong, if anything.
#[derive(SimpleObject)]
pub(crate) struct ChangePasswordPayload {
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// Queries that need no session.
#[derive(Default)]
pub(crate) struct SessionQueries;

#[Object]
impl SessionQueries {
    /// The accounts that the sign-in page offers, so that a password is all one types.
    #[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
    async fn sign_in_options(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<SignInOption>>> {
        let options = answer(ctx, options(ctx).await)?;
        let options = options.into_iter().map(|user| SignInOption {
            id: user.id.to_string().into(),
            label: user.display_name.as_str().to_owned(),
            role: user.role.into(),
        });
        Ok(Some(options.collect()))
    }
}

/// Signing in and out.
#[derive(Default)]
pub(crate) struct SessionMutations;

#[Object]
impl SessionMutations {
    /// Signs in with a password.
    #[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants in.")] input: SignInInput,
    ) -> async_graphql::Result<Option<SignInPayload>> {
        let (opened, user_errors) = to_payload(ctx, sign_in(ctx, &input).await)?;
        let (session, challenge) = opened.unwrap_or_default();
        Ok(Some(SignInPayload { session, challenge, user_errors }))
    }

    /// Chooses the new password that a first sign-in asks for.
    #[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
    async fn complete_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new password.")] input: CompleteSignInInput,
    ) -> async_graphql::Result<Option<SignInPayload>> {
        let (session, user_errors) = to_payload(ctx, complete(ctx, &input).await)?;
        Ok(Some(SignInPayload { session, challenge: None, user_errors }))
    }

    /// Gets a new session before or after the old one expires.
    #[graphql(directive = aws_api_key::apply(), directive = aws_cognito_user_pools::apply(None))]
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshSessionInput,
    ) -> async_graphql::Result<Option<SignInPayload>> {
        let (session, user_errors) = to_payload(ctx, refresh(ctx, input).await)?;
        Ok(Some(SignInPayload { session, challenge: None, user_errors }))
    }

    /// Ends this session, or all sessions of the account.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor", "guest"])))]
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions.")] input: SignOutInput,
    ) -> async_graphql::Result<Option<SignOutPayload>> {
        if let Ok(id) = caller(ctx).user_id() {
            notes(ctx).about(&id);
        }
        let (_, user_errors) = to_payload(ctx, sign_out(ctx, &input).await)?;
        Ok(Some(SignOutPayload { user_errors }))
    }

    /// Changes your password.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present and the new one.")] input: ChangePasswordInput,
    ) -> async_graphql::Result<Option<ChangePasswordPayload>> {
        if let Ok(id) = caller(ctx).user_id() {
            notes(ctx).about(&id);
        }
        let (_, user_errors) = to_payload(ctx, change_password(ctx, &input).await)?;
        Ok(Some(ChangePasswordPayload { user_errors }))
    }
}

async fn options(ctx: &Context<'_>) -> Result<Vec<model::User>, Error> {
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    let mut offered = Vec::new();
    loop {
        let page = store(ctx).list_users(&request).await?;
        request.after = page.rows.last().map(|(cursor, _)| cursor.clone());
        let users = page.rows.into_iter().map(|(_, user)| user);
        offered.extend(users.filter(|user| user.offered_at_sign_in && !user.disabled));
        if !page.has_next {
            return Ok(offered);
        }
    }
}

async fn sign_in(ctx: &Context<'_>, input: &SignInInput) -> Result<(Option<Session>, Option<String>), Error> {
    let username = match (&input.option_id, &input.email) {
        (Some(option), None) => username_of_option(ctx, option).await?,
        (None, Some(email)) => email.0.trim().to_lowercase(),
        _ => {
            let message = "Please choose who you are: give either `optionId` or `email`.";
            return Err(InputError::new(InputErrorCode::Invalid, "optionId", message).into());
        }
    };
    match store(ctx).sign_in(&username, &input.password).await? {
        SignIn::Done(tokens) => {
            let session = open_session(ctx, tokens, None).await?;
            Ok((Some(session.ok_or_else(|| InputError::wrong_password("password"))?), None))
        }
        SignIn::NewPasswordRequired { session, username } => {
            Ok((None, Some(Challenge { session, username }.encode()?)))
        }
    }
}

/// The name of the account behind an option. Only offered accounts are found in this way.
async fn username_of_option(ctx: &Context<'_>, option: &ID) -> Result<String, Error> {
    let id: UserId = option.parse().map_err(|_| InputError::not_found("optionId"))?;
    let user = store(ctx).get_user(id).await?.filter(|user| user.offered_at_sign_in);
    user.map(|user| user.username).ok_or_else(|| InputError::not_found("optionId").into())
}

/// What the client carries from `signIn` to `completeSignIn`.
#[derive(Serialize, Deserialize)]
struct Challenge {
    session: String,
    username: String,
}

impl Challenge {
    fn encode(&self) -> Result<String, Error> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).map_err(Error::internal)?))
    }

    fn decode(text: &str) -> Result<Self, InputError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| {
            InputError::new(InputErrorCode::Invalid, "challenge", "This is not a challenge from `signIn`.")
        })
    }
}

async fn complete(ctx: &Context<'_>, input: &CompleteSignInInput) -> Result<Session, Error> {
    let challenge = Challenge::decode(&input.challenge)?;
    let name = input.display_name.as_deref().map(|name| DisplayName::parse(name, "displayName")).transpose()?;
    let tokens = store(ctx).choose_first_password(&challenge.session, &challenge.username, &input.new_password).await?;
    let session = open_session(ctx, tokens, name).await?;
    session.ok_or_else(|| InputError::wrong_password("challenge").into())
}

async fn refresh(ctx: &Context<'_>, input: RefreshSessionInput) -> Result<Session, Error> {
    let tokens = store(ctx).refresh(&input.refresh_token).await?;
    let refresh_token = tokens.refresh_token.clone().or(Some(input.refresh_token));
    let session = open_session(ctx, Tokens { refresh_token, ..tokens }, None).await?;
    session.ok_or_else(|| InputError::signed_out("refreshToken").into())
}

/// Notes the sign-in, and hands the tokens over; none where the family's record says that the account is closed, whatever
/// the pool says. An account that the family has no record of yet gets one here.
async fn open_session(ctx: &Context<'_>, tokens: Tokens, name: Option<DisplayName>) -> Result<Option<Session>, Error> {
    let now = caller(ctx).now;
    let claims = token::read_unverified(&tokens.access_token)?;
    if let Some(Standing::Link(link)) = claims.standing() {
        return share_link_session::renew(ctx, tokens, link).await.map(Some);
    }
    let id = UserId::from_sub(&claims.sub).map_err(Error::internal)?;
    let change = UserChange { last_seen_at: Some(now), display_name: name, ..UserChange::default() };
    let user = match store(ctx).update_user(id, &change).await? {
        Some(user) => user,
        None => first_record(ctx, id, &claims).await?,
    };
    if user.disabled {
        return Ok(None);
    }
    notes(ctx).about(&user.id);
    let tokens = past_sign_out(ctx, tokens, &claims, &user).await?;
    Ok(Some(Session::new(tokens, user.role.into(), now)))
}

impl Session {
    /// Hands tokens over that were got just now.
    pub(crate) fn new(tokens: Tokens, role: Role, now: Timestamp) -> Self {
        Self {
            access_token: tokens.access_token,
            id_token: tokens.id_token,
            refresh_token: tokens.refresh_token.unwrap_or_default(),
            token_type: "Bearer".to_owned(),
            expires_at: now.plus_seconds(tokens.expires_in_seconds).into(),
            role,
        }
    }
}

/// Tokens tell the second of their issue, so that those of the very second in which everybody was signed out are refused,
/// the new one among them: then another is asked for as soon as that second is over.
async fn past_sign_out(
    ctx: &Context<'_>,
    tokens: Tokens,
    claims: &token::Claims,
    user: &model::User,
) -> Result<Tokens, Error> {
    let (Some(valid_from), Some(refresh_token)) = (user.tokens_valid_from, &tokens.refresh_token) else {
        return Ok(tokens);
    };
    let missing_millis = valid_from.unix_millis() - claims.iat.saturating_mul(1_000);
    if !(1..1_000).contains(&missing_millis) {
        return Ok(tokens);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let later = store(ctx).refresh(refresh_token).await?;
    Ok(Tokens { refresh_token: tokens.refresh_token, ..later })
}

async fn first_record(ctx: &Context<'_>, id: UserId, claims: &token::Claims) -> Result<model::User, Error> {
    let now = caller(ctx).now;
    let Some(Standing::Person(role)) = claims.standing() else { return Err(Error::Forbidden) };
    let user = model::User {
        id,
        username: claims.username.clone(),
        display_name: DisplayName::parse(&claims.username, "displayName")?,
        email: None,
        role,
        disabled: false,
        offered_at_sign_in: false,
        invited_at: now,
        last_seen_at: Some(now),
        tokens_valid_from: None,
        avatar_media_id: None,
        activity_read_until: None,
    };
    store(ctx).put_user(&user).await?;
    Ok(user)
}

async fn sign_out(ctx: &Context<'_>, input: &SignOutInput) -> Result<(), Error> {
    if input.everywhere && matches!(caller(ctx).requester, Requester::Guest(_)) {
        let message = "Others may be here by the same link. Only this session can be ended.";
        return Err(InputError::new(InputErrorCode::Invalid, "everywhere", message).into());
    }
    if let Some(refresh_token) = &input.refresh_token {
        store(ctx).revoke(refresh_token).await?;
    }
    if input.everywhere {
        let user = caller(ctx).user()?;
        let change = UserChange { tokens_valid_from: Some(caller(ctx).now), ..UserChange::default() };
        store(ctx).update_user(user.id, &change).await?;
        store(ctx).sign_out_everywhere(&user.username).await?;
    }
    Ok(())
}

async fn change_password(ctx: &Context<'_>, input: &ChangePasswordInput) -> Result<(), Error> {
    let token = caller(ctx).access_token.as_deref().ok_or(Error::Unauthenticated)?;
    store(ctx).change_password(token, &input.current_password, &input.new_password).await
}
