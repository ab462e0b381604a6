//! What the pool and its client are set to.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{UserPool, error::Failure, users},
    check_client, check_pool,
};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Describe {
    user_pool_id: String,
    client_id: String,
}

pub(super) async fn user_pool(pool: &UserPool, input: Describe) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    let users = pool.read(|connection| Ok(users::count(connection)?)).await?;
    let region = pool.pool_id.split('_').next().unwrap_or_default();
    Ok(json!({ "UserPool": {
        "Id": pool.pool_id,
        "Name": pool.settings.pool_name,
        "Arn": format!("arn:aws:cognito-idp:{region}:000000000000:userpool/{}", pool.pool_id),
        "CreationDate": pool.created_at.unix_seconds(),
        "LastModifiedDate": pool.created_at.unix_seconds(),
        "EstimatedNumberOfUsers": users,
        "AliasAttributes": ["email"],
        "UsernameConfiguration": { "CaseSensitive": false },
        "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true },
        "MfaConfiguration": "OFF",
        "Policies": { "PasswordPolicy": {
            "MinimumLength": 8,
            "RequireUppercase": false,
            "RequireLowercase": false,
            "RequireNumbers": false,
            "RequireSymbols": false,
            "TemporaryPasswordValidityDays": pool.settings.lifetimes.temporary_password_seconds / 86_400,
        } },
    } }))
}

pub(super) fn client(pool: &UserPool, input: &Describe) -> Result<Value, Failure> {
    check_pool(pool, &input.user_pool_id)?;
    check_client(pool, &input.client_id)?;
    let lifetimes = pool.settings.lifetimes;
    Ok(json!({ "UserPoolClient": {
        "UserPoolId": pool.pool_id,
        "ClientId": pool.client_id,
        "ClientName": pool.settings.pool_name,
        "CreationDate": pool.created_at.unix_seconds(),
        "LastModifiedDate": pool.created_at.unix_seconds(),
        "ExplicitAuthFlows":
            ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "AccessTokenValidity": lifetimes.token_seconds,
        "IdTokenValidity": lifetimes.token_seconds,
        "RefreshTokenValidity": lifetimes.refresh_token_seconds,
        "TokenValidityUnits": { "AccessToken": "seconds", "IdToken": "seconds", "RefreshToken": "seconds" },
        "EnableTokenRevocation": true,
        "PreventUserExistenceErrors": "ENABLED",
    } }))
}
