//! Accounts: the Cognito user pool.

use aws_sdk_cognitoidentityprovider::{
    error::SdkError,
    types::{AttributeType, AuthFlowType, AuthenticationResultType, ChallengeNameType, MessageActionType},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use model::{DisplayName, Email, Error, InputError, InputErrorCode, Role, UserId};

use crate::{
    Store,
    error::{from_sdk, service_code},
};

/// What a signed-in person holds.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Opens the API.
    pub access_token: String,
    /// Says who the person is.
    pub id_token: String,
    /// Gets new tokens; none in the answer to its own use.
    pub refresh_token: Option<String>,
    /// Seconds until the first two expire.
    pub expires_in_seconds: i64,
}

/// How a sign-in ended.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// Well.
    Done(Tokens),
    /// The password was a first one; a new one must be chosen, with this session.
    NewPasswordRequired {
        /// Goes back with the new password.
        session: String,
        /// The name of the account, as the pool wants it back.
        username: String,
    },
}

/// An account of the user pool.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// Its name.
    pub username: String,
}

/// An account to be made.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// Name of the account.
    pub username: &'a str,
    /// Name for people.
    pub display_name: &'a DisplayName,
    /// Address by which one may sign in too.
    pub email: Option<&'a Email>,
    /// What the person is to be.
    pub role: Role,
    /// The password.
    pub password: &'a str,
    /// Whether it serves only until the person chooses another.
    pub temporary: bool,
}

impl Store {
    /// Signs in with a password. `username` may also be the address of the account.
    ///
    /// # Errors
    /// [`InputErrorCode::WrongPassword`] (also where there is no such account) or [`InputErrorCode::Locked`].
    pub async fn sign_in(&self, username: &str, password: &str) -> Result<SignIn, Error> {
        let result = self
            .cognito
            .initiate_auth()
            .client_id(&self.settings.client_id)
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", username)
            .auth_parameters("PASSWORD", password)
            .send()
            .await;
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => return Err(sign_in_error(error, "password")),
        };
        match (answer.authentication_result, answer.challenge_name) {
            (Some(result), _) => Ok(SignIn::Done(tokens(result)?)),
            (None, Some(ChallengeNameType::NewPasswordRequired)) => Ok(SignIn::NewPasswordRequired {
                session: answer.session.unwrap_or_default(),
                username: answer
                    .challenge_parameters
                    .and_then(|mut parameters| parameters.remove("USER_ID_FOR_SRP"))
                    .unwrap_or_else(|| username.to_owned()),
            }),
            (None, other) => Err(Error::internal(format!("the user pool asked for {other:?}"))),
        }
    }

    /// Chooses the password that a first sign-in asks for.
    pub async fn choose_first_password(
        &self,
        session: &str,
        username: &str,
        new_password: &str,
    ) -> Result<Tokens, Error> {
        check_length(new_password, "newPassword")?;
        let result = self
            .cognito
            .respond_to_auth_challenge()
            .client_id(&self.settings.client_id)
            .challenge_name(ChallengeNameType::NewPasswordRequired)
            .session(session)
            .challenge_responses("USERNAME", username)
            .challenge_responses("NEW_PASSWORD", new_password)
            .send()
            .await;
        match result {
            Ok(answer) => {
                let result = answer.authentication_result;
                tokens(result.ok_or_else(|| Error::internal("the user pool asked for one more thing"))?)
            }
            Err(error) if service_code(&error) == Some("InvalidPasswordException") => {
                Err(weak_password("newPassword").into())
            }
            Err(error) if is_refusal(&error) => Err(InputError::new(
                InputErrorCode::Expired,
                "challenge",
                "This took too long. Please sign in with the first password again.",
            )
            .into()),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Gets new tokens.
    ///
    /// # Errors
    /// [`InputErrorCode::Expired`] where the refresh token is not taken any more.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, Error> {
        let result = self
            .cognito
            .initiate_auth()
            .client_id(&self.settings.client_id)
            .auth_flow(AuthFlowType::RefreshTokenAuth)
            .auth_parameters("REFRESH_TOKEN", refresh_token)
            .send()
            .await;
        match result {
            Ok(answer) => {
                let result = answer.authentication_result;
                tokens(result.ok_or_else(|| Error::internal("the user pool gave no tokens"))?)
            }
            Err(error) if is_refusal(&error) => Err(InputError::signed_out("refreshToken").into()),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Changes the password of whoever holds the access token.
    pub async fn change_password(&self, access_token: &str, current: &str, new: &str) -> Result<(), Error> {
        check_length(new, "newPassword")?;
        let result = self
            .cognito
            .change_password()
            .access_token(access_token)
            .previous_password(current)
            .proposed_password(new)
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(error) if service_code(&error) == Some("InvalidPasswordException") => {
                Err(weak_password("newPassword").into())
            }
            Err(error) => Err(sign_in_error(error, "currentPassword")),
        }
    }

    /// Ends one session: its refresh token is not taken any more.
    pub async fn revoke(&self, refresh_token: &str) -> Result<(), Error> {
        let call = self.cognito.revoke_token().client_id(&self.settings.client_id).token(refresh_token);
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refusal(&error) => Ok(()),
            Err(error) => Err(from_sdk(error)),
        }
    }

    /// Ends all sessions of an account.
    pub async fn sign_out_everywhere(&self, username: &str) -> Result<(), Error> {
        let call = self.cognito.admin_user_global_sign_out().user_pool_id(&self.settings.user_pool_id);
        call.username(username).send().await.map_err(from_sdk)?;
        Ok(())
    }

    /// Makes an account, puts it into the group of its role, and gives its id. No mail is sent.
    ///
    /// # Errors
    /// [`InputErrorCode::Taken`] where the name or address belongs to another account.
    pub async fn create_account(&self, user: &NewUser<'_>) -> Result<UserId, Error> {
        let mut call = self
            .cognito
            .admin_create_user()
            .user_pool_id(&self.settings.user_pool_id)
            .username(user.username)
            .temporary_password(user.password)
            .message_action(MessageActionType::Suppress)
            .user_attributes(attribute("name", user.display_name.as_str()));
        if let Some(email) = user.email {
            call = call
                .user_attributes(attribute("email", email.as_str()))
                .user_attributes(attribute("email_verified", "true"));
        }
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) if matches!(service_code(&error), Some("UsernameExistsException" | "AliasExistsException")) => {
                return Err(InputError::new(
                    InputErrorCode::Taken,
                    "email",
                    "Somebody has an account with this address already.",
                )
                .into());
            }
            Err(error) => return Err(from_sdk(error)),
        };
        let sub = answer
            .user
            .and_then(|created| created.attributes)
            .into_iter()
            .flatten()
            .find(|attribute| attribute.name == "sub")
            .and_then(|attribute| attribute.value)
            .ok_or_else(|| Error::internal("the user pool made an account without a sub"))?;
        if !user.temporary {
            self.set_password(user.username, user.password).await?;
        }
        self.join_group(user.username, user.role.group()).await?;
        UserId::from_sub(&sub).map_err(Error::internal)
    }

    /// An account by its name or address; none where there is no such account.
    pub async fn find_account(&self, name: &str) -> Result<Option<Account>, Error> {
        let call = self.cognito.admin_get_user().user_pool_id(&self.settings.user_pool_id).username(name);
        let found = match call.send().await {
            Ok(found) => found,
            Err(error) if service_code(&error) == Some("UserNotFoundException") => return Ok(None),
            Err(error) => return Err(from_sdk(error)),
        };
        let sub = found.user_attributes.into_iter().flatten().find(|attribute| attribute.name == "sub");
        let sub = sub.and_then(|attribute| attribute.value).unwrap_or_default();
        let id = UserId::from_sub(&sub).map_err(Error::internal)?;
        Ok(Some(Account { id, username: found.username }))
    }

    /// Makes good an account whose making was cut short: its first password, which nobody knows, and its group.
    pub async fn renew_account(&self, username: &str, password: &str, role: Role) -> Result<(), Error> {
        self.set_temporary_password(username, password).await?;
        self.set_group(username, role).await
    }

    /// Sets a lasting password.
    pub async fn set_password(&self, username: &str, password: &str) -> Result<(), Error> {
        self.put_password(username, password, true).await
    }

    /// Sets a password that serves only until the person chooses another.
    pub async fn set_temporary_password(&self, username: &str, password: &str) -> Result<(), Error> {
        self.put_password(username, password, false).await
    }

    async fn put_password(&self, username: &str, password: &str, permanent: bool) -> Result<(), Error> {
        self.cognito
            .admin_set_user_password()
            .user_pool_id(&self.settings.user_pool_id)
            .username(username)
            .password(password)
            .permanent(permanent)
            .send()
            .await
            .map_err(|error| match service_code(&error) {
                Some("InvalidPasswordException") => weak_password("password").into(),
                _ => from_sdk(error),
            })?;
        Ok(())
    }

    /// Puts an account into the group of a role, and out of the others.
    pub async fn set_group(&self, username: &str, role: Role) -> Result<(), Error> {
        // In first, so that the account is never without a group.
        self.join_group(username, role.group()).await?;
        for other in Role::ALL.into_iter().filter(|other| *other != role) {
            self.cognito
                .admin_remove_user_from_group()
                .user_pool_id(&self.settings.user_pool_id)
                .username(username)
                .group_name(other.group())
                .send()
                .await
                .map_err(from_sdk)?;
        }
        Ok(())
    }

    pub(crate) async fn join_group(&self, username: &str, group: &str) -> Result<(), Error> {
        self.cognito
            .admin_add_user_to_group()
            .user_pool_id(&self.settings.user_pool_id)
            .username(username)
            .group_name(group)
            .send()
            .await
            .map_err(from_sdk)?;
        Ok(())
    }

    /// Closes or opens an account.
    pub async fn set_account_disabled(&self, username: &str, disabled: bool) -> Result<(), Error> {
        let pool = &self.settings.user_pool_id;
        if disabled {
            let call = self.cognito.admin_disable_user().user_pool_id(pool).username(username);
            call.send().await.map_err(from_sdk)?;
        } else {
            let call = self.cognito.admin_enable_user().user_pool_id(pool).username(username);
            call.send().await.map_err(from_sdk)?;
        }
        Ok(())
    }
}

fn tokens(result: AuthenticationResultType) -> Result<Tokens, Error> {
    let missing = || Error::internal("the user pool left a token out");
    Ok(Tokens {
        access_token: result.access_token.ok_or_else(missing)?,
        id_token: result.id_token.ok_or_else(missing)?,
        refresh_token: result.refresh_token,
        expires_in_seconds: i64::from(result.expires_in),
    })
}

fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType::builder().name(name).value(value).build().expect("the name is set")
}

fn is_refusal<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(
        service_code(error),
        Some(
            "NotAuthorizedException"
                | "CodeMismatchException"
                | "ExpiredCodeException"
                | "UserNotFoundException"
                | "InvalidParameterException"
                | "UnsupportedTokenTypeException"
        )
    )
}

/// The same answer for a wrong name and a wrong password; too many of them are told apart by Cognito's words.
fn sign_in_error<E>(error: SdkError<E, HttpResponse>, field: &'static str) -> Error
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let message = error.as_service_error().and_then(ProvideErrorMetadata::message).unwrap_or_default();
    let locked = message.starts_with("Password attempts exceeded")
        || matches!(service_code(&error), Some("TooManyRequestsException" | "LimitExceededException"));
    if locked {
        return InputError::new(
            InputErrorCode::Locked,
            field,
            "Too many wrong passwords. Please wait a little, then try again.",
        )
        .into();
    }
    if is_refusal(&error) {
        return InputError::wrong_password(field).into();
    }
    from_sdk(error)
}

/// Refuses what the pool would call a malformed request, and not a weak password: nothing, or more than it takes.
fn check_length(password: &str, field: &'static str) -> Result<(), InputError> {
    const MAX_CHARS: usize = 256;
    if password.is_empty() {
        return Err(weak_password(field));
    }
    if password.chars().count() > MAX_CHARS {
        let message = format!("Please use at most {MAX_CHARS} characters.");
        return Err(InputError::new(InputErrorCode::TooLong, field, message));
    }
    Ok(())
}

fn weak_password(field: &'static str) -> InputError {
    InputError::new(InputErrorCode::Invalid, field, "Please choose a password of at least 8 characters.")
}
