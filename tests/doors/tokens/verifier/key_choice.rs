//! Which of the published keys are used: those that are for checking RS256 signatures, and that have a name of their own.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, traits::PublicKeyParts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{FIRST_KEY, Reply, SECOND_KEY, World, first_token, second_token, token};
use crate::doors::forgery::{jwk, new_key};

/// The start of what a PKCS#1 v1.5 signature by SHA-256 holds (RFC 8017, section 9.2, note 1).
const SHA_256_PREFIX: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// The second key, with a member of its own.
fn second_with(name: &str, value: Value) -> Value {
    let mut key = jwk("second", &SECOND_KEY);
    key[name] = value;
    key
}

fn second_without(name: &str) -> Value {
    let mut key = jwk("second", &SECOND_KEY);
    key.as_object_mut().expect("an object").remove(name).expect("it was there");
    key
}

/// Whether a token of the second key is taken, when the set has these keys beside the first one.
async fn is_used(keys: &[Value], what: &str) -> bool {
    // Before and after: no key may spoil the set for the others.
    for first_comes_first in [true, false] {
        let mut set = keys.to_vec();
        set.insert(if first_comes_first { 0 } else { keys.len() }, jwk("first", &FIRST_KEY));
        let world = World::answering(Reply::key_set(&set)).await;
        assert!(world.takes(&first_token()).await, "{what} spoils the set for others");
        if world.takes(&second_token()).await {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn keys_for_something_else_are_not_used() {
    let elliptic = json!({
        "kty": "EC", "crv": "P-256", "kid": "second", "use": "sig", "alg": "ES256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    });
    let unfit = [
        ("an elliptic key", elliptic),
        ("a secret", json!({ "kty": "oct", "kid": "second", "k": "AAAA" })),
        ("another type", second_with("kty", json!("EC"))),
        ("the type in another case", second_with("kty", json!("rsa"))),
        ("no type", second_without("kty")),
        ("for encryption", second_with("use", json!("enc"))),
        ("for another use", second_with("use", json!("SIG"))),
        ("for RS512", second_with("alg", json!("RS512"))),
        ("for PS256", second_with("alg", json!("PS256"))),
        ("for RSA-OAEP", second_with("alg", json!("RSA-OAEP"))),
        ("to sign only", second_with("key_ops", json!(["sign"]))),
        ("to encrypt", second_with("key_ops", json!(["encrypt", "wrapKey"]))),
        ("for nothing", second_with("key_ops", json!([]))),
        ("operations that are no list", second_with("key_ops", json!("verify"))),
        ("a number as name", second_with("kid", json!(2))),
        ("no name", second_without("kid")),
        ("no modulus", second_without("n")),
        ("no exponent", second_without("e")),
        ("a modulus that is no base64url", second_with("n", json!("++//=="))),
        ("an empty modulus", second_with("n", json!(""))),
        ("an even exponent", second_with("e", json!("AQAA"))),
        ("an exponent of one", second_with("e", json!("AQ"))),
        ("a text", json!("second")),
        ("null", Value::Null),
    ];
    for (what, key) in unfit {
        assert!(!is_used(&[key], what).await, "{what}");
    }
}

#[tokio::test]
async fn keys_that_say_no_more_than_they_must_are_used() {
    let fit = [
        ("as it is", jwk("second", &SECOND_KEY)),
        ("without a use", second_without("use")),
        ("without an algorithm", second_without("alg")),
        ("to verify", second_with("key_ops", json!(["verify"]))),
        ("with something that nobody knows", second_with("other", json!({ "deep": [1, 2] }))),
    ];
    for (what, key) in fit {
        assert!(is_used(&[key], what).await, "{what}");
    }
}

#[tokio::test]
async fn two_keys_of_one_name_are_both_left_out() {
    let twins = [jwk("second", &SECOND_KEY), jwk("second", &FIRST_KEY)];
    assert!(!is_used(&twins, "twins").await);
    let twins = [jwk("second", &FIRST_KEY), jwk("second", &SECOND_KEY)];
    assert!(!is_used(&twins, "twins").await);
    let triplets = [jwk("second", &FIRST_KEY), jwk("second", &FIRST_KEY), jwk("second", &SECOND_KEY)];
    assert!(!is_used(&triplets, "triplets").await);
    // RFC 7517, section 4.5: a key of another type may have the same name.
    let kin = [jwk("second", &SECOND_KEY), json!({ "kty": "oct", "kid": "second", "k": "AAAA" })];
    assert!(is_used(&kin, "a key and a secret").await);
}

#[tokio::test]
async fn a_weak_key_proves_nothing() {
    for (bits, strong_enough) in [(1_024, false), (2_040, false), (2_048, true)] {
        let key = new_key(bits);
        let encode = |number: &rsa::BigUint| BASE64_URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        let published = json!({
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "weak", "n": encode(key.n()), "e": encode(key.e()),
        });
        let world = World::answering(Reply::key_set(&[published, jwk("first", &FIRST_KEY)])).await;
        assert!(world.takes(&first_token()).await);
        let signed = token("weak").signed_part();
        let token = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature(&key, &signed)));
        assert_eq!(world.takes(&token).await, strong_enough, "{bits} bits");
    }
}

/// By hand, as the library that signs elsewhere refuses weak keys.
fn signature(key: &RsaPrivateKey, signed: &str) -> Vec<u8> {
    let content = [&SHA_256_PREFIX[..], &Sha256::digest(signed)].concat();
    key.sign(Pkcs1v15Sign::new_unprefixed(), &content).expect("a signature")
}
