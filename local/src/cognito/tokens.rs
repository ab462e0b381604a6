//! Access and id tokens: their claims, and whom an access token stands for.

use std::sync::Arc;

use model::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::{
    UserPool,
    error::{Failure, Fault, not_authorized, user_disabled, user_not_found},
    grants::{self, Grant},
    groups, random,
    users::{self, User},
};

/// What tokens say of a user.
pub(super) struct Bearer {
    user: User,
    groups: Vec<String>,
    grant: Grant,
}

impl Bearer {
    pub(super) fn load(connection: &Connection, user: User, grant: Grant) -> rusqlite::Result<Self> {
        let groups = groups::names_of_user(connection, &user.sub)?;
        Ok(Self { user, groups, grant })
    }
}

/// Makes the `AuthenticationResult` of a sign-in, or without a refresh token that of a refresh.
pub(super) async fn issue(
    pool: &UserPool,
    bearer: Bearer,
    now: Timestamp,
    refresh_token: Option<String>,
) -> Result<Value, Failure> {
    let event_id = random::uuid()?;
    let access = access_claims(pool, &bearer, &event_id, now)?;
    let id = id_claims(pool, &bearer, &event_id, now)?;
    let keys = Arc::clone(&pool.keys);
    let (access, id) =
        spawn_blocking(move || Ok::<_, Fault>((keys.access.sign(&access)?, keys.id.sign(&id)?))).await??;
    let mut result = json!({
        "AccessToken": access,
        "IdToken": id,
        "ExpiresIn": pool.settings.lifetimes.token_seconds,
        "TokenType": "Bearer",
    });
    if let Some(refresh_token) = refresh_token {
        result["RefreshToken"] = json!(refresh_token);
    }
    Ok(result)
}

fn access_claims(pool: &UserPool, bearer: &Bearer, event_id: &str, now: Timestamp) -> Result<Value, Failure> {
    let mut claims = common_claims(pool, bearer, event_id, now)?;
    claims["token_use"] = json!("access");
    claims["client_id"] = json!(pool.client_id);
    claims["username"] = json!(bearer.user.username);
    claims["scope"] = json!("aws.cognito.signin.user.admin");
    claims["version"] = json!(2);
    Ok(claims)
}

fn id_claims(pool: &UserPool, bearer: &Bearer, event_id: &str, now: Timestamp) -> Result<Value, Failure> {
    let mut claims = common_claims(pool, bearer, event_id, now)?;
    for (name, value) in &bearer.user.attributes {
        claims[name] = if name.ends_with("_verified") { json!(value == "true") } else { json!(value) };
    }
    claims["token_use"] = json!("id");
    claims["aud"] = json!(pool.client_id);
    claims["cognito:username"] = json!(bearer.user.username);
    Ok(claims)
}

fn common_claims(pool: &UserPool, bearer: &Bearer, event_id: &str, now: Timestamp) -> Result<Value, Failure> {
    let mut claims = json!({
        "sub": bearer.user.sub,
        "iss": pool.issuer,
        "origin_jti": bearer.grant.origin_jti,
        "event_id": event_id,
        "auth_time": bearer.grant.auth_time.unix_seconds(),
        "iat": now.unix_seconds(),
        "exp": now.plus_seconds(pool.settings.lifetimes.token_seconds).unix_seconds(),
        "jti": random::uuid()?,
    });
    if !bearer.groups.is_empty() {
        claims["cognito:groups"] = json!(bearer.groups);
    }
    Ok(claims)
}

/// The user for whom an access token stands, if it is ours, has not expired and was not revoked.
pub(super) async fn authorize(pool: &UserPool, token: &str) -> Result<User, Failure> {
    let invalid = || not_authorized("Invalid Access Token");
    let claims = pool.keys.access.verify(token).ok_or_else(invalid)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(invalid);
    let (sub, origin_jti, token_use) = (text("sub")?, text("origin_jti")?, text("token_use")?);
    let expires_at = claims.get("exp").and_then(Value::as_i64).ok_or_else(invalid)?;
    if token_use != "access" {
        return Err(invalid());
    }
    if expires_at <= pool.now().unix_seconds() {
        return Err(not_authorized("Access Token has expired"));
    }
    pool.read(move |connection| {
        // A deleted user's grants are gone with the user.
        let user = users::find(connection, &sub)?.ok_or_else(user_not_found)?;
        if !grants::stands(connection, &origin_jti)? {
            return Err(not_authorized("Access Token has been revoked"));
        }
        if user.enabled { Ok(user) } else { Err(user_disabled()) }
    })
    .await
}
