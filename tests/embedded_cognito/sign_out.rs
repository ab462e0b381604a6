//! How long a sign-in lasts, and what ends it.

use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use serde_json::json;

use super::{
    PASSWORD, START, TestResult, World,
    answers::{access, claims, id, kind, refresh_token, refused, words},
};

#[tokio::test]
async fn refresh_tokens_give_new_tokens_for_thirty_days() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let first = world.sign_in("anna", PASSWORD).await?;
    world.pass_seconds(3_600);
    assert_eq!(words(world.whoami(access(&first)).await), "NotAuthorizedException: Access Token has expired");

    let second = world.refresh(refresh_token(&first)).await?;
    assert_eq!(second.refresh_token(), None);
    assert_eq!(world.whoami(access(&second)).await?, "anna");
    let (old, new) = (claims(access(&first)), claims(access(&second)));
    assert_eq!((&new["origin_jti"], &new["auth_time"]), (&old["origin_jti"], &old["auth_time"]));
    assert_ne!(new["jti"], old["jti"]);
    assert_eq!(new["iat"], json!(START + 3_600));

    let alias = world.client.initiate_auth().client_id(world.pool.client_id()).auth_flow(AuthFlowType::RefreshToken);
    assert!(alias.auth_parameters("REFRESH_TOKEN", refresh_token(&first)).send().await.is_ok());

    assert_eq!(words(world.refresh("made up").await), "NotAuthorizedException: Invalid Refresh Token");
    world.pass_seconds(30 * 86_400 - 3_600);
    assert_eq!(words(world.refresh(refresh_token(&first)).await), "NotAuthorizedException: Refresh Token has expired");
    world.pass_seconds(3_601);
    assert_eq!(words(world.refresh(refresh_token(&first)).await), "NotAuthorizedException: Invalid Refresh Token");
    Ok(())
}

#[tokio::test]
async fn revoking_a_refresh_token_revokes_its_access_tokens_only() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let phone = world.sign_in("anna", PASSWORD).await?;
    let laptop = world.sign_in("anna", PASSWORD).await?;
    let refreshed = world.refresh(refresh_token(&phone)).await?;
    let revoke = |token: &str| {
        let request = world.client.revoke_token().client_id(world.pool.client_id()).token(token);
        async { request.send().await.map_err(refused) }
    };

    assert_eq!(kind(revoke(access(&phone)).await), "UnsupportedTokenTypeException");
    assert_eq!(kind(revoke(id(&phone)).await), "UnsupportedTokenTypeException");
    revoke("made up").await?;
    revoke(refresh_token(&phone)).await?;
    revoke(refresh_token(&phone)).await?;

    assert_eq!(
        words(world.refresh(refresh_token(&phone)).await),
        "NotAuthorizedException: Refresh Token has been revoked"
    );
    for token in [access(&phone), access(&refreshed)] {
        assert_eq!(words(world.whoami(token).await), "NotAuthorizedException: Access Token has been revoked");
    }
    assert!(world.whoami(access(&laptop)).await.is_ok());
    assert!(world.refresh(refresh_token(&laptop)).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn global_sign_out_ends_every_sign_in_of_one_user() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    world.add_user("ben").await?;
    let ben = world.sign_in("ben", PASSWORD).await?;
    for by_admin in [false, true] {
        let phone = world.sign_in("anna", PASSWORD).await?;
        let laptop = world.sign_in("anna", PASSWORD).await?;
        if by_admin {
            let request = world.client.admin_user_global_sign_out().user_pool_id(world.pool.pool_id());
            request.username("anna").send().await?;
        } else {
            world.client.global_sign_out().access_token(access(&phone)).send().await?;
        }
        for result in [&phone, &laptop] {
            assert_eq!(kind(world.whoami(access(result)).await), "NotAuthorizedException");
            assert_eq!(kind(world.refresh(refresh_token(result)).await), "NotAuthorizedException");
        }
        let again = world.client.global_sign_out().access_token(access(&phone)).send().await.map_err(refused);
        assert_eq!(words(again), "NotAuthorizedException: Access Token has been revoked");
    }
    assert!(world.whoami(access(&ben)).await.is_ok());
    Ok(())
}
