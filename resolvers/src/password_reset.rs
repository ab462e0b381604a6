//! A new password for whoever forgot theirs.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use model::{Error, InputError, InputErrorCode};
use store::UserChange;

use crate::{
    audit::notes,
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups},
    error::{UserError, to_payload},
    user::{User, changed, person, temporary_password},
};

/// Names the person who forgot the password.
#[derive(InputObject)]
pub(crate) struct ResetUserPasswordInput {
    /// Id of the person. Not your own.
    user_id: ID,
}

/// The person with a new password, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct ResetUserPasswordPayload {
    /// The person; null when something was wrong.
    user: Option<User>,
    /// The new password, to hand over within seven days. Shown this once; the person chooses another with it.
    temporary_password: Option<String>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// Helping people in who forgot their password.
#[derive(Default)]
pub(crate) struct PasswordResetMutations;

#[Object]
impl PasswordResetMutations {
    /// Gives an account a new password, by which the person chooses another at the next sign-in. The old one opens nothing
    /// any more, all sessions of the account end, and so does a lock after wrong passwords. Who shares an account chooses
    /// for all who share it.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn reset_user_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password.")] input: ResetUserPasswordInput,
    ) -> async_graphql::Result<Option<ResetUserPasswordPayload>> {
        notes(ctx).about_given(&input.user_id);
        let (reset, user_errors) = to_payload(ctx, reset(ctx, &input).await)?;
        let (user, temporary_password) = reset.map(|(user, password)| (User(user), password)).unzip();
        Ok(Some(ResetUserPasswordPayload { user, temporary_password, user_errors }))
    }
}

async fn reset(ctx: &Context<'_>, input: &ResetUserPasswordInput) -> Result<(model::User, String), Error> {
    let user = person(ctx, &input.user_id).await?;
    if user.id == caller(ctx).user_id()? {
        let message = "This is your own account. Please use `changePassword`, which asks for your present password.";
        return Err(InputError::new(InputErrorCode::Invalid, "userId", message).into());
    }
    let password = temporary_password(ctx);
    store(ctx).set_temporary_password(&user.username, &password).await?;
    store(ctx).sign_out_everywhere(&user.username).await?;
    // By the time that it is now: until a moment ago somebody could come in by the old password.
    let ended = UserChange { tokens_valid_from: Some((services(ctx).clock)()), ..UserChange::default() };
    Ok((changed(ctx, user.id, &ended).await?, password))
}
