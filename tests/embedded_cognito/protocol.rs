//! The protocol around the operations: their shapes, their signatures, and what the pool says of itself.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use local::cognito::needs_signature;

use super::{
    TestResult, World,
    answers::{kind, refused},
};

#[tokio::test]
async fn the_pool_and_its_client_are_described() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[]).await?;
    let (pool_id, client_id) = (world.pool.pool_id(), world.pool.client_id());
    assert_eq!(pool_id.len(), "eu-central-1_".len() + 9);
    assert!(pool_id.starts_with("eu-central-1_"));
    assert!(client_id.len() == 26 && client_id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));

    let pool = world.client.describe_user_pool().user_pool_id(pool_id).send().await?.user_pool;
    let pool = pool.expect("the answer has the pool");
    assert_eq!((pool.name(), pool.estimated_number_of_users()), (Some("family"), 1));
    let client = world.client.describe_user_pool_client().user_pool_id(pool_id).client_id(client_id).send().await?;
    let client = client.user_pool_client.expect("the answer has the client");
    assert_eq!((client.refresh_token_validity(), client.access_token_validity()), (30 * 86_400, Some(3_600)));
    let other = world.client.describe_user_pool().user_pool_id("eu-central-1_other").send().await.map_err(refused);
    assert_eq!(kind(other), "ResourceNotFoundException");
    Ok(())
}

#[tokio::test]
async fn requests_out_of_shape_are_refused_by_name() -> TestResult {
    let world = World::new().await?;
    let client = world.pool.client_id();
    let checks = [
        ("MakeCoffee", "{}".to_owned(), "UnknownOperationException"),
        ("InitiateAuth", "{".to_owned(), "SerializationException"),
        ("InitiateAuth", String::new(), "SerializationException"),
        ("InitiateAuth", "[]".to_owned(), "SerializationException"),
        ("InitiateAuth", r#"{"ClientId": 5}"#.to_owned(), "SerializationException"),
        ("InitiateAuth", "{}".to_owned(), "InvalidParameterException"),
        ("InitiateAuth", format!(r#"{{"ClientId":"{client}","AuthFlow":null}}"#), "InvalidParameterException"),
        ("AdminGetUser", r#"{"Username":"anna"}"#.to_owned(), "InvalidParameterException"),
        ("ListUsers", format!(r#"{{"UserPoolId":"{}","Limit":-1}}"#, world.pool.pool_id()), "SerializationException"),
    ];
    for (operation, body, expected) in checks {
        let (status, kind, answer) = world.post(operation, &body).await?;
        assert_eq!((status, kind.as_str()), (StatusCode::BAD_REQUEST, expected), "{operation} {body}");
        assert_eq!(answer["__type"], expected);
        assert!(answer["message"].is_string());
    }
    let others =
        [(Method::GET, "/"), (Method::GET, "/x/.well-known/jwks.json"), (Method::PUT, "/"), (Method::POST, "/x")];
    for (method, path) in others {
        let response = world.pool.handle(Request::builder().method(method).uri(path).body(Bytes::new())?).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    Ok(())
}

#[test]
fn every_other_operation_needs_a_signature() {
    let unsigned =
        ["InitiateAuth", "RespondToAuthChallenge", "GetUser", "GlobalSignOut", "RevokeToken", "ChangePassword"];
    for operation in unsigned {
        assert!(!needs_signature(&format!("AWSCognitoIdentityProviderService.{operation}")));
        assert!(needs_signature(operation));
    }
    for operation in ["AdminInitiateAuth", "AdminGetUser", "ListUsers", "MakeCoffee", ""] {
        assert!(needs_signature(&format!("AWSCognitoIdentityProviderService.{operation}")));
    }
    assert!(needs_signature(""));
}
