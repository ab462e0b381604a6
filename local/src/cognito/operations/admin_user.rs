//! What administrators do to one user.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        UserPool, attempts,
        attributes::{self, Attribute},
        error::{Failure, invalid_parameter},
        grants, password, random, sessions,
        users::{self, Status, User},
    },
    check_pool, require,
};

const MAX_USERNAME_CHARS: usize = 128;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Create {
    user_pool_id: String,
    username: String,
    temporary_password: Option<String>,
    user_attributes: Vec<Attribute>,
    message_action: String,
    force_alias_creation: bool,
}

/// Adds a user with a temporary password. Nothing is ever sent to the user: who wants a message sent again is refused.
pub(super) async fn create(pool: &UserPool, input: Create) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    check_username(&input.username)?;
    if !matches!(input.message_action.as_str(), "" | "SUPPRESS") {
        return Err(invalid_parameter("This pool sends no messages; use MessageAction SUPPRESS."));
    }
    let mut attributes = BTreeMap::new();
    attributes::apply(&mut attributes, &input.user_attributes)?;
    // Without one nobody knows the password, until an administrator sets it.
    let temporary_password = input.temporary_password.map_or_else(random::secret, Ok)?;
    password::check_policy(&temporary_password)?;
    let password_hash = pool.hasher.seat()?.hash(temporary_password).await?;
    let now = pool.now();
    let user = User {
        sub: random::uuid()?,
        username: input.username,
        password_hash,
        status: Status::ForceChangePassword,
        temporary_until: Some(now.plus_seconds(pool.settings.lifetimes.temporary_password_seconds)),
        enabled: true,
        attributes,
        created_at: now,
        modified_at: now,
    };
    let user = pool
        .write(move |tx| {
            if input.force_alias_creation {
                take_alias(tx, &user)?;
            }
            users::insert(tx, &user)?;
            Ok(user)
        })
        .await?;
    Ok(json!({ "User": user.describe("Attributes") }))
}

fn check_username(username: &str) -> Result<(), Failure> {
    require("username", username)?;
    if username.contains('@') {
        return Err(invalid_parameter(
            "Username cannot be of email format, since user pool is configured for email alias.",
        ));
    }
    let allowed = |c: char| !c.is_whitespace() && !c.is_control();
    if username.chars().count() > MAX_USERNAME_CHARS || !username.chars().all(allowed) {
        return Err(invalid_parameter("Username must have at most 128 characters and no blanks."));
    }
    Ok(())
}

/// Whoever signs in by the new user's address no longer does.
fn take_alias(tx: &Connection, user: &User) -> Result<(), Failure> {
    if let Some(mut holder) = users::alias_holder(tx, &user.attributes)? {
        holder.attributes.insert("email_verified".to_owned(), "false".to_owned());
        users::update(tx, &mut holder, user.created_at)?;
    }
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Named {
    user_pool_id: String,
    username: String,
}

pub(super) async fn get(pool: &UserPool, input: Named) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    require("username", &input.username)?;
    let user = pool.read(move |connection| users::get(connection, &input.username)).await?;
    Ok(user.describe("UserAttributes"))
}

/// Runs a change to a user in one transaction.
async fn change<F>(pool: &UserPool, pool_id: &str, username: String, work: F) -> Result<Value, Failure>
where
    F: FnOnce(&Connection, User) -> Result<(), Failure> + Send + 'static,
{
    check_pool(pool, pool_id)?;
    require("username", &username)?;
    pool.write(move |tx| {
        let user = users::get(tx, &username)?;
        work(tx, user)
    })
    .await?;
    Ok(json!({}))
}

fn sign_out(tx: &Connection, sub: &str) -> Result<(), Failure> {
    grants::revoke_all(tx, sub)?;
    Ok(sessions::end_all(tx, sub)?)
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct UpdateAttributes {
    user_pool_id: String,
    username: String,
    user_attributes: Vec<Attribute>,
}

pub(super) async fn update_attributes(pool: &UserPool, input: UpdateAttributes) -> Result<Value, Failure> {
    let now = pool.now();
    change(pool, &input.user_pool_id, input.username, move |tx, mut user| {
        attributes::apply(&mut user.attributes, &input.user_attributes)?;
        users::update(tx, &mut user, now)
    })
    .await
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct SetPassword {
    user_pool_id: String,
    username: String,
    password: String,
    permanent: bool,
}

/// Sets a password, signs the user out everywhere, and ends a lock-out: the new password was never guessed at.
pub(super) async fn set_password(pool: &UserPool, input: SetPassword) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    require("password", &input.password)?;
    password::check_policy(&input.password)?;
    let password_hash = pool.hasher.seat()?.hash(input.password).await?;
    let now = pool.now();
    let temporary_until = now.plus_seconds(pool.settings.lifetimes.temporary_password_seconds);
    change(pool, &input.user_pool_id, input.username, move |tx, mut user| {
        if input.permanent {
            user.set_password(password_hash);
        } else {
            user.set_temporary_password(password_hash, temporary_until);
        }
        users::update(tx, &mut user, now)?;
        attempts::clear(tx, &attempts::user_subject(&user.sub))?;
        sign_out(tx, &user.sub)
    })
    .await
}

pub(super) async fn disable(pool: &UserPool, input: Named) -> Result<Value, Failure> {
    let now = pool.now();
    change(pool, &input.user_pool_id, input.username, move |tx, mut user| {
        user.enabled = false;
        users::update(tx, &mut user, now)?;
        sign_out(tx, &user.sub)
    })
    .await
}

pub(super) async fn enable(pool: &UserPool, input: Named) -> Result<Value, Failure> {
    let now = pool.now();
    change(pool, &input.user_pool_id, input.username, move |tx, mut user| {
        user.enabled = true;
        users::update(tx, &mut user, now)
    })
    .await
}

pub(super) async fn delete(pool: &UserPool, input: Named) -> Result<Value, Failure> {
    change(pool, &input.user_pool_id, input.username, |tx, user| {
        attempts::clear(tx, &attempts::user_subject(&user.sub))?;
        Ok(users::delete(tx, &user.sub)?)
    })
    .await
}

pub(super) async fn global_sign_out(pool: &UserPool, input: Named) -> Result<Value, Failure> {
    change(pool, &input.user_pool_id, input.username, |tx, user| sign_out(tx, &user.sub)).await
}
