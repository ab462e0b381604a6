//! What is in the tokens, and what proves that they are ours.

use std::collections::HashSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Map, Value, json};

use super::{
    PASSWORD, START, TestResult, World,
    answers::{access, claims, id, part, sorted, words},
};

#[tokio::test]
async fn the_published_keys_verify_the_tokens() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let keys = world.published("jwks.json").await?;
    let keys = keys["keys"].as_array().expect("a key set has keys");
    assert_eq!(keys.len(), 2);
    let mut kids = HashSet::new();
    for token in [access(&anna), id(&anna)] {
        let header = part(token, 0);
        assert_eq!(header["alg"], "RS256");
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("the token's key is published");
        assert_eq!((&key["kty"], &key["use"], &key["alg"]), (&json!("RSA"), &json!("sig"), &json!("RS256")));
        let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap_or_default());
        let (signed, signature) = token.rsplit_once('.').expect("a JWT has three parts");
        RsaPublicKeyComponents { n: number("n")?, e: number("e")? }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature)?)
            .expect("the published key verifies the token");
        kids.insert(header["kid"].to_string());
    }
    assert_eq!(kids.len(), 2, "id and access tokens have keys of their own");

    let configuration = world.published("openid-configuration").await?;
    assert_eq!(configuration["issuer"], world.pool.issuer());
    assert_eq!(configuration["jwks_uri"], format!("{}/.well-known/jwks.json", world.pool.issuer()));
    assert_eq!(world.pool.issuer(), format!("http://127.0.0.1:9002/{}", world.pool.pool_id()));
    Ok(())
}

#[tokio::test]
async fn tokens_carry_the_claims_of_cognito() -> TestResult {
    let world = World::new().await?;
    let sub = world.add_user("anna").await?;
    world.update_user("anna", &[("name", "Anna"), ("email", "a@family.example"), ("email_verified", "true")]).await?;
    world.add_to_group("anna", "visitor").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let (access, id) = (claims(access(&anna)), claims(id(&anna)));
    let names = |claims: &Map<String, Value>| sorted(claims.keys().cloned().collect()).join(" ");
    assert_eq!(
        names(&access),
        "auth_time client_id cognito:groups event_id exp iat iss jti origin_jti scope sub token_use username version"
    );
    assert_eq!(
        names(&id),
        "aud auth_time cognito:groups cognito:username email email_verified event_id exp iat iss jti name origin_jti \
         sub token_use"
    );
    let expected = json!({
        "sub": sub, "iss": world.pool.issuer(), "client_id": world.pool.client_id(), "username": "anna", "version": 2,
        "token_use": "access", "scope": "aws.cognito.signin.user.admin",
        "auth_time": START, "iat": START, "exp": START + 3_600,
    });
    for (name, value) in expected.as_object().expect("it is an object") {
        assert_eq!(&access[name], value, "{name}");
    }
    assert_eq!((&id["token_use"], &id["aud"]), (&json!("id"), &json!(world.pool.client_id())));
    assert_eq!((&id["origin_jti"], &id["event_id"]), (&access["origin_jti"], &access["event_id"]));
    assert_ne!(id["jti"], access["jti"]);
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let anna = world.sign_in("anna", PASSWORD).await?;
    let (signed, signature) = access(&anna).rsplit_once('.').expect("a JWT has three parts");
    let (header, body) = signed.split_once('.').expect("a JWT has three parts");
    let mut forged = claims(access(&anna));
    forged.insert("exp".to_owned(), json!(START * 2));
    let forged = URL_SAFE_NO_PAD.encode(Value::Object(forged).to_string());
    let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "kid": part(access(&anna), 0)["kid"] }).to_string());
    let bad = [
        format!("{header}.{forged}.{signature}"),
        format!("{none}.{body}."),
        format!("{none}.{body}.{signature}"),
        signed.to_owned(),
        id(&anna).to_owned(),
        "x".to_owned(),
    ];
    for token in bad {
        assert_eq!(words(world.whoami(&token).await), "NotAuthorizedException: Invalid Access Token");
    }
    Ok(())
}
