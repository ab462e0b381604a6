//! Signing in: by password, by answering the challenge of a first password, and by refresh token.

use std::collections::HashMap;

use model::Timestamp;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        UserPool, attempts,
        attributes::{self, Attribute},
        error::{Failure, incorrect_password, invalid_parameter, not_authorized, user_disabled},
        grants::{self, Grant},
        password, sessions,
        tokens::{self, Bearer},
        users::{self, Status, User},
    },
    check_client, check_pool, require,
};

const NEW_PASSWORD_REQUIRED: &str = "NEW_PASSWORD_REQUIRED";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Initiate {
    user_pool_id: String,
    client_id: String,
    auth_flow: String,
    auth_parameters: HashMap<String, String>,
}

pub(super) async fn initiate(pool: &UserPool, input: Initiate) -> Result<Value, Failure> {
    check_client(pool, &input.client_id)?;
    match input.auth_flow.as_str() {
        "USER_PASSWORD_AUTH" => by_password(pool, input.auth_parameters).await,
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => by_refresh_token(pool, input.auth_parameters).await,
        other => Err(flow_refused(other)),
    }
}

pub(super) async fn admin_initiate(pool: &UserPool, input: Initiate) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    check_client(pool, &input.client_id)?;
    match input.auth_flow.as_str() {
        "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => by_password(pool, input.auth_parameters).await,
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => by_refresh_token(pool, input.auth_parameters).await,
        other => Err(flow_refused(other)),
    }
}

fn flow_refused(flow: &str) -> Failure {
    if flow.is_empty() {
        return invalid_parameter("Missing required parameter AuthFlow");
    }
    invalid_parameter(format!("{flow} is not enabled for the client."))
}

fn take(parameters: &mut HashMap<String, String>, name: &str) -> Result<String, Failure> {
    let value = parameters.remove(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| invalid_parameter(format!("Missing required parameter {name}")))
}

/// What a right password leads to.
enum SignIn {
    Granted { bearer: Bearer, refresh_token: String },
    NewPassword { user: User, session: String },
    Disabled,
    TemporaryPasswordEnded,
}

async fn by_password(pool: &UserPool, mut parameters: HashMap<String, String>) -> Result<Value, Failure> {
    let name = take(&mut parameters, "USERNAME")?;
    let given = take(&mut parameters, "PASSWORD")?;
    password::check_length(&given)?;
    let seat = pool.hasher.seat()?;
    let turn = pool.turns.take(&name).await?;
    let now = pool.now();
    let user = pool
        .write(move |tx| {
            let user = users::find(tx, &name)?;
            attempts::admit(tx, &attempts::subject(&name, user.as_ref()), now)?;
            Ok(user)
        })
        .await?;
    let right = seat.verify(given, user.as_ref().map(|user| user.password_hash.clone())).await?;
    drop(seat);
    let verified = user.filter(|_| right).ok_or_else(incorrect_password)?;
    let (now, lifetimes) = (pool.now(), pool.settings.lifetimes);
    let refresh_until = now.plus_seconds(lifetimes.refresh_token_seconds);
    let session_until = now.plus_seconds(lifetimes.session_seconds);
    // The outcomes that refuse are `Ok` here, so that the cleared attempts are kept.
    let outcome = pool.write(move |tx| complete(tx, &verified, now, refresh_until, session_until)).await?;
    drop(turn);
    match outcome {
        SignIn::Granted { bearer, refresh_token } => granted(pool, bearer, Some(refresh_token)).await,
        SignIn::NewPassword { user, session } => Ok(new_password_challenge(&user, &session)),
        SignIn::Disabled => Err(user_disabled()),
        SignIn::TemporaryPasswordEnded => {
            Err(not_authorized("Temporary password has expired and must be reset by an administrator."))
        }
    }
}

fn complete(
    tx: &Connection,
    verified: &User,
    now: Timestamp,
    refresh_until: Timestamp,
    session_until: Timestamp,
) -> Result<SignIn, Failure> {
    let user = unchanged(tx, verified)?;
    attempts::clear(tx, &attempts::user_subject(&user.sub))?;
    if !user.enabled {
        return Ok(SignIn::Disabled);
    }
    match user.status {
        Status::ForceChangePassword if user.temporary_until.is_some_and(|until| until <= now) => {
            Ok(SignIn::TemporaryPasswordEnded)
        }
        Status::ForceChangePassword => {
            let session = sessions::begin(tx, &user.sub, session_until)?;
            Ok(SignIn::NewPassword { user, session })
        }
        Status::Confirmed => {
            let (grant, refresh_token) = grants::make(tx, &user.sub, now, refresh_until)?;
            Ok(SignIn::Granted { bearer: Bearer::load(tx, user, grant)?, refresh_token })
        }
    }
}

/// The user as now stored, if the password just verified is still theirs: it may have been changed meanwhile.
pub(super) fn unchanged(tx: &Connection, verified: &User) -> Result<User, Failure> {
    users::find(tx, &verified.sub)?
        .filter(|user| user.password_hash == verified.password_hash)
        .ok_or_else(incorrect_password)
}

async fn granted(pool: &UserPool, bearer: Bearer, refresh_token: Option<String>) -> Result<Value, Failure> {
    let result = tokens::issue(pool, bearer, pool.now(), refresh_token).await?;
    Ok(json!({ "AuthenticationResult": result, "ChallengeParameters": {} }))
}

fn new_password_challenge(user: &User, session: &str) -> Value {
    json!({
        "ChallengeName": NEW_PASSWORD_REQUIRED,
        "Session": session,
        "ChallengeParameters": {
            "USER_ID_FOR_SRP": user.username,
            "requiredAttributes": "[]",
            "userAttributes": attributes::to_json(&user.attributes),
        },
    })
}

async fn by_refresh_token(pool: &UserPool, mut parameters: HashMap<String, String>) -> Result<Value, Failure> {
    let token = take(&mut parameters, "REFRESH_TOKEN")?;
    let now = pool.now();
    let bearer = pool
        .read(move |connection| {
            let grant: Grant = grants::find_by_refresh_token(connection, &token, now)?;
            let user = users::get(connection, &grant.sub)?;
            if !user.enabled {
                return Err(user_disabled());
            }
            Ok(Bearer::load(connection, user, grant)?)
        })
        .await?;
    granted(pool, bearer, None).await
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Respond {
    user_pool_id: String,
    client_id: String,
    challenge_name: String,
    challenge_responses: HashMap<String, String>,
    session: String,
}

pub(super) async fn respond(pool: &UserPool, input: Respond) -> Result<Value, Failure> {
    check_client(pool, &input.client_id)?;
    if input.challenge_name != NEW_PASSWORD_REQUIRED {
        return Err(invalid_parameter("Only the challenge NEW_PASSWORD_REQUIRED is ever set."));
    }
    require("session", &input.session)?;
    set_first_password(pool, input.session, input.challenge_responses).await
}

pub(super) async fn admin_respond(pool: &UserPool, input: Respond) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    respond(pool, input).await
}

async fn set_first_password(
    pool: &UserPool,
    session: String,
    mut responses: HashMap<String, String>,
) -> Result<Value, Failure> {
    let name = take(&mut responses, "USERNAME")?;
    let new_password = take(&mut responses, "NEW_PASSWORD")?;
    let changes = attribute_responses(responses);
    attributes::check_own(&changes)?;
    // Before the session is spent, so that a person may choose again.
    password::check_policy(&new_password)?;
    let seat = pool.hasher.seat()?;
    let now = pool.now();
    let asked = session.clone();
    pool.read(move |connection| challenged_user(connection, &asked, &name, now)).await?;
    let password_hash = seat.hash(new_password).await?;
    drop(seat);
    let now = pool.now();
    let refresh_until = now.plus_seconds(pool.settings.lifetimes.refresh_token_seconds);
    let (bearer, refresh_token) = pool
        .write(move |tx| {
            let sub = sessions::find(tx, &session, now)?;
            // Every session of the user, this one among them: each was for the password that now ends.
            sessions::end_all(tx, &sub)?;
            let mut user = users::get(tx, &sub)?;
            attributes::apply(&mut user.attributes, &changes)?;
            user.set_password(password_hash);
            users::update(tx, &mut user, now)?;
            let (grant, refresh_token) = grants::make(tx, &sub, now, refresh_until)?;
            Ok((Bearer::load(tx, user, grant)?, refresh_token))
        })
        .await?;
    granted(pool, bearer, Some(refresh_token)).await
}

fn attribute_responses(responses: HashMap<String, String>) -> Vec<Attribute> {
    let attribute = |(name, value): (String, String)| {
        let name = name.strip_prefix("userAttributes.")?.to_owned();
        Some(Attribute { name, value })
    };
    responses.into_iter().filter_map(attribute).collect()
}

/// Refuses a session that is not of the user named.
fn challenged_user(connection: &Connection, session: &str, name: &str, now: Timestamp) -> Result<(), Failure> {
    let sub = sessions::find(connection, session, now)?;
    let named = users::find(connection, name)?.filter(|user| user.sub == sub);
    let user = named.ok_or_else(|| not_authorized("Invalid session for the user."))?;
    if user.enabled { Ok(()) } else { Err(user_disabled()) }
}
