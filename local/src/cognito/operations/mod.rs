//! The operations by name.

mod admin_user;
mod describe;
mod group;
mod list_users;
mod own_account;
mod page;
mod sign_in;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    UserPool,
    error::{Failure, invalid_parameter, refuse},
    http_api::malformed,
};

/// Runs one operation on the members of its input.
pub(super) async fn call(pool: &UserPool, operation: &str, input: Value) -> Result<Value, Failure> {
    match operation {
        "InitiateAuth" => sign_in::initiate(pool, decode(input)?).await,
        "AdminInitiateAuth" => sign_in::admin_initiate(pool, decode(input)?).await,
        "RespondToAuthChallenge" => sign_in::respond(pool, decode(input)?).await,
        "AdminRespondToAuthChallenge" => sign_in::admin_respond(pool, decode(input)?).await,

        "GetUser" => own_account::get(pool, decode(input)?).await,
        "ChangePassword" => own_account::change_password(pool, decode(input)?).await,
        "GlobalSignOut" => own_account::global_sign_out(pool, decode(input)?).await,
        "RevokeToken" => own_account::revoke_token(pool, decode(input)?).await,

        "AdminCreateUser" => admin_user::create(pool, decode(input)?).await,
        "AdminGetUser" => admin_user::get(pool, decode(input)?).await,
        "AdminUpdateUserAttributes" => admin_user::update_attributes(pool, decode(input)?).await,
        "AdminSetUserPassword" => admin_user::set_password(pool, decode(input)?).await,
        "AdminDisableUser" => admin_user::disable(pool, decode(input)?).await,
        "AdminEnableUser" => admin_user::enable(pool, decode(input)?).await,
        "AdminDeleteUser" => admin_user::delete(pool, decode(input)?).await,
        "AdminUserGlobalSignOut" => admin_user::global_sign_out(pool, decode(input)?).await,
        "ListUsers" => list_users::list(pool, decode(input)?).await,

        "CreateGroup" => group::create(pool, decode(input)?).await,
        "ListGroups" => group::list(pool, decode(input)?).await,
        "ListUsersInGroup" => group::list_members(pool, decode(input)?).await,
        "AdminAddUserToGroup" => group::add_member(pool, decode(input)?).await,
        "AdminRemoveUserFromGroup" => group::remove_member(pool, decode(input)?).await,
        "AdminListGroupsForUser" => group::list_of_user(pool, decode(input)?).await,

        "DescribeUserPool" => describe::user_pool(pool, decode(input)?).await,
        "DescribeUserPoolClient" => describe::client(pool, &decode(input)?),
        _ => Err(refuse("UnknownOperationException", "The operation is not known.")),
    }
}

fn decode<T: DeserializeOwned>(input: Value) -> Result<T, Failure> {
    serde_json::from_value(input).map_err(|_| malformed())
}

/// Refuses a member that is absent, which inputs read as blank.
fn require(member: &str, value: &str) -> Result<(), Failure> {
    if value.is_empty() {
        return Err(invalid_parameter(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
        )));
    }
    Ok(())
}

fn check_pool(pool: &UserPool, pool_id: &str) -> Result<(), Failure> {
    require("userPoolId", pool_id)?;
    if pool_id != pool.pool_id {
        return Err(refuse("ResourceNotFoundException", format!("User pool {pool_id} does not exist.")));
    }
    Ok(())
}

fn check_client(pool: &UserPool, client_id: &str) -> Result<(), Failure> {
    require("clientId", client_id)?;
    if client_id != pool.client_id {
        return Err(refuse("ResourceNotFoundException", format!("User pool client {client_id} does not exist.")));
    }
    Ok(())
}
