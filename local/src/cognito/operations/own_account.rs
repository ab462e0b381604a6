//! What people do to their own account, by their tokens.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        UserPool, attempts,
        error::{Failure, incorrect_password, refuse},
        grants, password, sessions, tokens, users,
    },
    check_client, require, sign_in,
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct ByToken {
    access_token: String,
}

pub(super) async fn get(pool: &UserPool, input: ByToken) -> Result<Value, Failure> {
    require("accessToken", &input.access_token)?;
    let user = tokens::authorize(pool, &input.access_token).await?;
    Ok(json!({ "Username": user.username, "UserAttributes": user.attribute_list() }))
}

pub(super) async fn global_sign_out(pool: &UserPool, input: ByToken) -> Result<Value, Failure> {
    require("accessToken", &input.access_token)?;
    let user = tokens::authorize(pool, &input.access_token).await?;
    pool.write(move |tx| {
        grants::revoke_all(tx, &user.sub)?;
        Ok(sessions::end_all(tx, &user.sub)?)
    })
    .await?;
    Ok(json!({}))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct ChangePassword {
    access_token: String,
    previous_password: String,
    proposed_password: String,
}

/// Takes the old password, and counts wrong ones as a sign-in does. Signed-in devices stay signed in, as with Cognito.
pub(super) async fn change_password(pool: &UserPool, input: ChangePassword) -> Result<Value, Failure> {
    require("accessToken", &input.access_token)?;
    require("previousPassword", &input.previous_password)?;
    require("proposedPassword", &input.proposed_password)?;
    password::check_length(&input.previous_password)?;
    password::check_policy(&input.proposed_password)?;
    let user = tokens::authorize(pool, &input.access_token).await?;
    let seat = pool.hasher.seat()?;
    let _turn = pool.turns.take(&user.sub).await?;
    let (now, subject) = (pool.now(), attempts::user_subject(&user.sub));
    pool.write(move |tx| attempts::admit(tx, &subject, now)).await?;
    if !seat.verify(input.previous_password, Some(user.password_hash.clone())).await? {
        return Err(incorrect_password());
    }
    let password_hash = seat.hash(input.proposed_password).await?;
    drop(seat);
    pool.write(move |tx| {
        let mut user = sign_in::unchanged(tx, &user)?;
        attempts::clear(tx, &attempts::user_subject(&user.sub))?;
        user.set_password(password_hash);
        users::update(tx, &mut user, now)
    })
    .await?;
    Ok(json!({}))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct RevokeToken {
    client_id: String,
    token: String,
}

/// Revokes a refresh token with the tokens made from it. An unknown one is no mistake, as RFC 7009 wants it.
pub(super) async fn revoke_token(pool: &UserPool, input: RevokeToken) -> Result<Value, Failure> {
    check_client(pool, &input.client_id)?;
    require("token", &input.token)?;
    if pool.keys.access.verify(&input.token).or_else(|| pool.keys.id.verify(&input.token)).is_some() {
        return Err(refuse("UnsupportedTokenTypeException", "Only refresh tokens are revoked."));
    }
    pool.write(move |tx| Ok(grants::revoke_by_refresh_token(tx, &input.token)?)).await?;
    Ok(json!({}))
}
