//! Who gets in, and what the others are told.

use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, ChallengeNameType};
use serde_json::json;

use super::{
    PASSWORD, TestResult, World,
    answers::{INCORRECT, access, attribute_types, claims, id, kind, refresh_token, refused, words},
};

#[tokio::test]
async fn wrong_passwords_and_unknown_names_answer_alike() -> TestResult {
    let world = World::new().await?;
    let sub = world.add_user("Anna").await?;

    let anna = world.sign_in("anna", PASSWORD).await?;
    assert_eq!(anna.expires_in(), 3_600);
    assert_eq!(anna.token_type(), Some("Bearer"));
    assert_eq!(world.whoami(access(&anna)).await?, "Anna");
    assert!(world.sign_in(&sub, PASSWORD).await.is_ok());

    assert_eq!(words(world.sign_in("Anna", "wrong password").await), INCORRECT);
    assert_eq!(words(world.sign_in("Nobody", "wrong password").await), INCORRECT);
    assert_eq!(words(world.sign_in("Anna", "Correct horse").await), INCORRECT);
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_is_not_one_is_refused() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let initiate = || world.client.initiate_auth().auth_parameters("USERNAME", "anna");
    let by_password = || initiate().auth_flow(AuthFlowType::UserPasswordAuth);

    let other_client = by_password().client_id("other").send().await.map_err(refused);
    assert_eq!(words(other_client), "ResourceNotFoundException: User pool client other does not exist.");
    let no_password = by_password().client_id(world.pool.client_id()).send().await.map_err(refused);
    assert_eq!(words(no_password), "InvalidParameterException: Missing required parameter PASSWORD");
    for flow in [AuthFlowType::UserSrpAuth, AuthFlowType::CustomAuth, AuthFlowType::AdminUserPasswordAuth] {
        let result = initiate().auth_flow(flow).client_id(world.pool.client_id()).send().await.map_err(refused);
        assert_eq!(kind(result), "InvalidParameterException");
    }
    assert_eq!(kind(world.sign_in("anna", &"x".repeat(257)).await), "InvalidParameterException");
    Ok(())
}

#[tokio::test]
async fn a_verified_email_address_is_a_name_to_sign_in_by() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    world.add_user("ben").await?;
    world.update_user("anna", &[("email", "Anna@Family.example")]).await?;
    assert_eq!(words(world.sign_in("anna@family.example", PASSWORD).await), INCORRECT, "not verified");
    world.update_user("anna", &[("email_verified", "true")]).await?;
    let anna = world.sign_in("ANNA@family.EXAMPLE", PASSWORD).await?;
    let id = claims(id(&anna));
    assert_eq!(id["cognito:username"], "anna");
    assert_eq!((&id["email"], &id["email_verified"]), (&json!("Anna@Family.example"), &json!(true)));

    let taken = [("email", "anna@family.example"), ("email_verified", "true")];
    assert_eq!(kind(world.update_user("ben", &taken).await), "AliasExistsException");
    assert_eq!(kind(world.create_user("cleo", &taken).await), "AliasExistsException");
    world.update_user("ben", &taken[..1]).await?;

    world.update_user("anna", &[("email", "new@family.example")]).await?;
    for old in ["anna@family.example", "new@family.example"] {
        assert_eq!(words(world.sign_in(old, PASSWORD).await), INCORRECT, "a new address is not verified");
    }
    let forced = world.client.admin_create_user().user_pool_id(world.pool.pool_id()).username("cleo");
    world.update_user("ben", &taken[1..]).await?;
    let forced = forced.temporary_password("temporary").set_user_attributes(Some(attribute_types(&taken)?));
    forced.force_alias_creation(true).send().await?;
    world.challenged("anna@family.example", "temporary").await?;
    assert!(world.sign_in("ben", PASSWORD).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn an_administrator_signs_a_user_in() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[]).await?;
    let (pool_id, client_id) = (world.pool.pool_id(), world.pool.client_id());
    let initiate = |password: &str| {
        let request = world.client.admin_initiate_auth().user_pool_id(pool_id).client_id(client_id);
        let request = request.auth_flow(AuthFlowType::AdminUserPasswordAuth);
        request.auth_parameters("USERNAME", "anna").auth_parameters("PASSWORD", password)
    };

    let challenge = initiate("temporary").send().await?;
    let request = world.client.admin_respond_to_auth_challenge().user_pool_id(pool_id).client_id(client_id);
    let answer = request
        .challenge_name(ChallengeNameType::NewPasswordRequired)
        .set_session(challenge.session)
        .challenge_responses("USERNAME", "anna")
        .challenge_responses("NEW_PASSWORD", PASSWORD)
        .send()
        .await?;
    assert!(answer.authentication_result.is_some());
    assert!(initiate(PASSWORD).send().await?.authentication_result.is_some());
    assert_eq!(words(initiate("wrong password").send().await.map_err(refused)), INCORRECT);

    let request = world.client.admin_initiate_auth().user_pool_id(pool_id).client_id(client_id);
    let result = request.auth_flow(AuthFlowType::UserPasswordAuth).send().await.map_err(refused);
    assert_eq!(kind(result), "InvalidParameterException");
    Ok(())
}

#[tokio::test]
async fn a_disabled_user_is_told_so_only_with_the_right_password() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let pool_id = world.pool.pool_id();
    world.client.admin_disable_user().user_pool_id(pool_id).username("anna").send().await?;

    assert_eq!(words(world.sign_in("anna", PASSWORD).await), "NotAuthorizedException: User is disabled.");
    assert_eq!(words(world.sign_in("anna", "wrong password").await), INCORRECT);
    assert_eq!(kind(world.refresh(refresh_token(&anna)).await), "NotAuthorizedException");
    assert_eq!(kind(world.whoami(access(&anna)).await), "NotAuthorizedException");

    world.client.admin_enable_user().user_pool_id(pool_id).username("anna").send().await?;
    assert_eq!(kind(world.refresh(refresh_token(&anna)).await), "NotAuthorizedException");
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    Ok(())
}
