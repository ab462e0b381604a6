//! People: the object, its queries, its mutations.

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{DisplayName, Email, Error, InputError, InputErrorCode, MediaId, PageRequest, UserId, access::Action};
use store::{Account, NewUser, UserChange};

use crate::{
    audit::notes,
    connection::connection,
    context::{caller, services, store},
    directives::{aws_cognito_user_pools, groups, resolver},
    error::{UserError, answer, to_payload},
    gate,
    rendition::{self, Rendition},
    scalars::{AwsDateTime, AwsEmail},
};

/// What a person is in the family.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Looks after everything.
    Admin,
    /// Looks, comments, and adds pictures where an access list says so.
    Visitor,
    /// Came by a share link: looks at one gallery. Nobody is made a guest, so that inputs do not take it.
    Guest,
}

impl From<model::Role> for Role {
    fn from(role: model::Role) -> Self {
        match role {
            model::Role::Admin => Self::Admin,
            model::Role::Visitor => Self::Visitor,
        }
    }
}

impl Role {
    /// What a person is to be.
    fn of_person(self) -> Result<model::Role, InputError> {
        match self {
            Self::Admin => Ok(model::Role::Admin),
            Self::Visitor => Ok(model::Role::Visitor),
            Self::Guest => Err(InputError::new(
                InputErrorCode::Invalid,
                "role",
                "Guests have no account: make a share link for them.",
            )),
        }
    }
}

/// A person.
pub(crate) struct User(pub(crate) model::User);

impl From<model::User> for User {
    fn from(user: model::User) -> Self {
        Self(user)
    }
}

connection!(UserConnection, UserEdge, User, "people");

/// A person.
#[Object]
impl User {
    /// Its opaque id.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How the person is called.
    async fn display_name(&self) -> &str {
        self.0.display_name.as_str()
    }

    /// What the person is in the family.
    async fn role(&self, ctx: &Context<'_>) -> Role {
        // Guests see nobody but themselves.
        if caller(ctx).requester.is_family() { self.0.role.into() } else { Role::Guest }
    }

    /// A picture of the person, as you see it: null where there is none, or none that you may see.
    #[graphql(directive = resolver::apply())]
    async fn avatar(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Rendition>> {
        let Some(id) = self.0.avatar_media_id else { return Ok(None) };
        match answer(ctx, gate::media(ctx, id, Action::View).await)?.filter(model::Media::is_shown) {
            Some(media) => rendition::thumbnail(ctx, &media).await,
            None => Ok(None),
        }
    }

    /// The person's address. Only the person and admins see it.
    #[graphql(directive = resolver::apply())]
    async fn email(&self, ctx: &Context<'_>) -> Option<AwsEmail> {
        let email = self.0.email.as_ref().map(|email| AwsEmail(email.as_str().to_owned()));
        email.filter(|_| self.is_shown_in_full(ctx))
    }

    /// Whether the account is closed. Null unless you are an admin, or the person.
    #[graphql(directive = resolver::apply())]
    async fn disabled(&self, ctx: &Context<'_>) -> Option<bool> {
        Some(self.0.disabled).filter(|_| self.is_shown_in_full(ctx))
    }

    /// Since when the account exists. Null unless you are an admin, or the person.
    #[graphql(directive = resolver::apply())]
    async fn invited_at(&self, ctx: &Context<'_>) -> Option<AwsDateTime> {
        Some(self.0.invited_at.into()).filter(|_| self.is_shown_in_full(ctx))
    }

    /// When the person last signed in. Null unless you are an admin, or the person.
    #[graphql(directive = resolver::apply())]
    async fn last_seen_at(&self, ctx: &Context<'_>) -> Option<AwsDateTime> {
        self.0.last_seen_at.map(Into::into).filter(|_| self.is_shown_in_full(ctx))
    }
}

impl User {
    fn is_shown_in_full(&self, ctx: &Context<'_>) -> bool {
        model::access::knows_person(&caller(ctx).requester, self.0.id)
    }
}

/// Queries about people.
#[derive(Default)]
pub(crate) struct UserQueries;

#[Object]
impl UserQueries {
    /// You.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor", "guest"])))]
    async fn viewer(&self, ctx: &Context<'_>) -> Option<User> {
        let caller = caller(ctx);
        caller.user.clone().or_else(|| caller.guest.clone()).map(User)
    }

    /// Everyone with an account, by name.
    #[graphql(
        directive = aws_cognito_user_pools::apply(groups(&["admin"]))
    )]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<Option<UserConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let page = answer(ctx, store(ctx).list_users(&request).await)?;
        Ok(Some(UserConnection::new(page, &request)))
    }
}

/// A person to invite.
#[derive(InputObject)]
pub(crate) struct InviteUserInput {
    /// Address by which the person signs in.
    email: AwsEmail,
    /// How the person is called.
    display_name: String,
    /// What the person is to be.
    role: Role,
}

/// The new person, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct InviteUserPayload {
    /// The person; null when something was wrong.
    user: Option<User>,
    /// The first password, to hand over. Shown this once; the person chooses another with it.
    temporary_password: Option<String>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

/// A new role for a person.
#[derive(InputObject)]
pub(crate) struct SetUserRoleInput {
    /// Id of the person.
    user_id: ID,
    /// What the person is to be.
    role: Role,
}

/// Closes or opens an account.
#[derive(InputObject)]
pub(crate) struct SetUserDisabledInput {
    /// Id of the person.
    user_id: ID,
    /// True closes the account, at once and everywhere.
    disabled: bool,
}

/// Changes to one's own profile; what is left out stays.
#[derive(InputObject)]
pub(crate) struct UpdateProfileInput {
    /// How you want to be called.
    display_name: Option<String>,
    /// Id of a photo that shows you. Others see it where they may see the photo. Null takes it away.
    avatar_media_id: MaybeUndefined<ID>,
}

/// The person as it is now, or what was wrong.
#[derive(SimpleObject)]
pub(crate) struct UserPayload {
    /// The person; null when something was wrong.
    user: Option<User>,
    /// What was wrong.
    user_errors: Vec<UserError>,
}

impl UserPayload {
    fn of(ctx: &Context<'_>, result: Result<model::User, Error>) -> async_graphql::Result<Option<Self>> {
        let (user, user_errors) = to_payload(ctx, result)?;
        if let Some(user) = &user {
            notes(ctx).about(&user.id);
        }
        Ok(Some(Self { user: user.map(User), user_errors }))
    }
}

/// Changes to people.
#[derive(Default)]
pub(crate) struct UserMutations;

#[Object]
impl UserMutations {
    /// Makes an account for a person.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn invite_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: InviteUserInput,
    ) -> async_graphql::Result<Option<InviteUserPayload>> {
        let (invited, user_errors) = to_payload(ctx, invite(ctx, &input).await)?;
        if let Some((user, _)) = &invited {
            notes(ctx).about(&user.id);
        }
        let (user, temporary_password) = invited.map(|(user, password)| (User(user), password)).unzip();
        Ok(Some(InviteUserPayload { user, temporary_password, user_errors }))
    }

    /// Changes what a person is in the family. A lesser role counts at once.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn set_user_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and what.")] input: SetUserRoleInput,
    ) -> async_graphql::Result<Option<UserPayload>> {
        notes(ctx).about_given(&input.user_id);
        UserPayload::of(ctx, set_role(ctx, &input).await)
    }

    /// Closes or opens an account. A closed one is signed out everywhere at once.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin"])))]
    async fn set_user_disabled(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and which.")] input: SetUserDisabledInput,
    ) -> async_graphql::Result<Option<UserPayload>> {
        notes(ctx).about_given(&input.user_id);
        UserPayload::of(ctx, set_disabled(ctx, &input).await)
    }

    /// Changes your own profile.
    #[graphql(directive = aws_cognito_user_pools::apply(groups(&["admin", "visitor"])))]
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateProfileInput,
    ) -> async_graphql::Result<Option<UserPayload>> {
        UserPayload::of(ctx, update_profile(ctx, &input).await)
    }
}

async fn invite(ctx: &Context<'_>, input: &InviteUserInput) -> Result<(model::User, String), Error> {
    let email = Email::parse(&input.email.0, "email")?;
    let display_name = DisplayName::parse(&input.display_name, "displayName")?;
    let role = input.role.of_person()?;
    let now = caller(ctx).now;
    // The address is an alias, which may change; the name of the account may not.
    let username = services(ctx).new_ulid(now).to_string().to_lowercase();
    let password = temporary_password(ctx);
    let account = NewUser {
        username: &username,
        display_name: &display_name,
        email: Some(&email),
        role,
        password: &password,
        temporary: true,
    };
    let made = match store(ctx).create_account(&account).await {
        Err(Error::Input(taken)) if taken.code == InputErrorCode::Taken => {
            renewed_account(ctx, &email, &password, role).await?.ok_or(taken)?
        }
        made => Account { id: made?, username },
    };
    let user = model::User {
        id: made.id,
        username: made.username,
        display_name,
        email: Some(email),
        role,
        disabled: false,
        offered_at_sign_in: false,
        invited_at: now,
        last_seen_at: None,
        tokens_valid_from: None,
        avatar_media_id: None,
        activity_read_until: None,
    };
    store(ctx).put_user(&user).await?;
    Ok((user, password))
}

/// An invitation that was cut short left an account that the family has no record of: the next one makes it good.
async fn renewed_account(
    ctx: &Context<'_>,
    email: &Email,
    password: &str,
    role: model::Role,
) -> Result<Option<Account>, Error> {
    let Some(account) = store(ctx).find_account(email.as_str()).await? else { return Ok(None) };
    if store(ctx).get_user(account.id).await?.is_some() {
        return Ok(None);
    }
    store(ctx).renew_account(&account.username, password, role).await?;
    Ok(Some(account))
}

/// 96 unpredictable bits, with a digit and a letter of each case and a sign, so that any password policy takes it.
pub(crate) fn temporary_password(ctx: &Context<'_>) -> String {
    let mut bytes = [0; 12];
    (services(ctx).random)(&mut bytes);
    format!("{}-aA1", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

async fn set_role(ctx: &Context<'_>, input: &SetUserRoleInput) -> Result<model::User, Error> {
    let user = person(ctx, &input.user_id).await?;
    let role = input.role.of_person()?;
    if role == user.role {
        return Ok(user);
    }
    let now = caller(ctx).now;
    // The record counts at once, whatever older tokens say; the group counts in new ones.
    let change = UserChange { role: Some(role), ..UserChange::default() };
    if role == model::Role::Admin {
        store(ctx).set_group(&user.username, role).await?;
        return changed(ctx, user.id, &change).await;
    }
    let demoted = withdraw(ctx, &user, UserChange { tokens_valid_from: Some(now), ..change }).await?;
    store(ctx).set_group(&user.username, role).await?;
    Ok(demoted)
}

async fn set_disabled(ctx: &Context<'_>, input: &SetUserDisabledInput) -> Result<model::User, Error> {
    let user = person(ctx, &input.user_id).await?;
    let change = UserChange { disabled: Some(input.disabled), ..UserChange::default() };
    if !input.disabled {
        store(ctx).set_account_disabled(&user.username, false).await?;
        return changed(ctx, user.id, &change).await;
    }
    let closed = withdraw(ctx, &user, UserChange { tokens_valid_from: Some(caller(ctx).now), ..change }).await?;
    store(ctx).set_account_disabled(&user.username, true).await?;
    store(ctx).sign_out_everywhere(&user.username).await?;
    Ok(closed)
}

/// Takes something from a person, unless that would leave the family without an admin.
async fn withdraw(ctx: &Context<'_>, user: &model::User, change: UserChange) -> Result<model::User, Error> {
    if user.role != model::Role::Admin || user.disabled {
        return changed(ctx, user.id, &change).await;
    }
    let last = InputError::new(
        InputErrorCode::LastAdmin,
        "userId",
        "This is the last admin. Please make somebody else an admin first.",
    );
    let Some(other) = another_admin(ctx, user.id).await? else { return Err(last.into()) };
    // In one transaction: two admins who do this to each other at once must not both succeed.
    store(ctx).update_user_beside_admin(user.id, &change, other).await?.ok_or_else(|| last.into())
}

async fn another_admin(ctx: &Context<'_>, user: UserId) -> Result<Option<UserId>, Error> {
    let mut request = PageRequest { first: model::MAX_PAGE_SIZE, after: None };
    loop {
        let page = store(ctx).list_users(&request).await?;
        let another = |other: &&model::User| other.id != user && other.role == model::Role::Admin && !other.disabled;
        if let Some(found) = page.rows.iter().map(|(_, other)| other).find(another) {
            return Ok(Some(found.id));
        }
        if !page.has_next {
            return Ok(None);
        }
        request.after = page.rows.last().map(|(cursor, _)| cursor.clone());
    }
}

async fn update_profile(ctx: &Context<'_>, input: &UpdateProfileInput) -> Result<model::User, Error> {
    let name = input.display_name.as_deref().map(|name| DisplayName::parse(name, "displayName")).transpose()?;
    let avatar_media_id = match &input.avatar_media_id {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(id) => Some(Some(visible_photo(ctx, id).await?)),
    };
    let change = UserChange { display_name: name, avatar_media_id, ..UserChange::default() };
    if change.display_name.is_none() && change.avatar_media_id.is_none() {
        // Read again: another mutation of the same document may have changed it.
        let user = store(ctx).get_user(caller(ctx).user_id()?).await?;
        return user.ok_or(Error::Unauthenticated);
    }
    changed(ctx, caller(ctx).user_id()?, &change).await
}

async fn visible_photo(ctx: &Context<'_>, id: &ID) -> Result<MediaId, Error> {
    let id = id.parse().map_err(|_| InputError::not_found("avatarMediaId"))?;
    let media = gate::media(ctx, id, Action::View).await?.filter(model::Media::is_shown);
    media.map(|media| media.id).ok_or_else(|| InputError::not_found("avatarMediaId").into())
}

/// The person of this id.
///
/// # Errors
/// [`InputErrorCode::NotFound`] where there is none.
pub(crate) async fn person(ctx: &Context<'_>, id: &ID) -> Result<model::User, Error> {
    let id = id.parse().map_err(|_| InputError::not_found("userId"))?;
    store(ctx).get_user(id).await?.ok_or_else(|| InputError::not_found("userId").into())
}

/// Changes a person, and gives the person as it is then.
pub(crate) async fn changed(ctx: &Context<'_>, id: UserId, change: &UserChange) -> Result<model::User, Error> {
    store(ctx).update_user(id, change).await?.ok_or_else(|| InputError::not_found("userId").into())
}
