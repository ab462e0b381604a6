//! Algorithms, key ids, and what a header says of keys.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    rsa::PublicKeyComponents,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
    },
};
use rsa::{
    BigUint, RsaPublicKey,
    pkcs1::EncodeRsaPublicKey,
    pkcs8::{EncodePublicKey, LineEnding},
};
use serde_json::{Value, json};

use super::{Good, Table, jwk};

pub(super) fn add_to(table: &mut Table, good: &Good) {
    add_unsigned(table, good);
    add_shared_secrets(table, good);
    add_algorithms(table, good);
    add_key_ids(table, good);
    add_own_keys(table, good);
    add_members(table, good);
}

fn add_unsigned(table: &mut Table, good: &Good) {
    let signature = good.given.rsplit('.').next().expect("a signature");
    for alg in ["none", "None", "NONE", "nOnE", "none ", ""] {
        let unsigned = good.token.with_header("alg", json!(alg)).signed_part();
        table.add(format!("`{alg}` as algorithm and no signature"), format!("{unsigned}."));
        table.add(format!("`{alg}` as algorithm and a signature"), format!("{unsigned}.{signature}"));
        table.add(
            format!("`{alg}` as algorithm, signed"),
            good.token.with_header("alg", json!(alg)).signed_by(&good.pool),
        );
    }
    let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let claims = good.given.split('.').nth(1).expect("claims");
    table.add("an unsigned token without a key id", format!("{header}.{claims}."));
}

/// The published key, in all forms in which a careless verifier would take it for the secret of an HMAC.
fn add_shared_secrets(table: &mut Table, good: &Good) {
    let public = PublicKeyComponents::<Vec<u8>>::from(good.pool.public());
    let key = RsaPublicKey::new(BigUint::from_bytes_be(&public.n), BigUint::from_bytes_be(&public.e)).expect("a key");
    let n = BASE64_URL_SAFE_NO_PAD.encode(&public.n);
    for (form, secret) in [
        ("nothing", Vec::new()),
        ("the key id", good.kid().as_bytes().to_vec()),
        ("the modulus", public.n.clone()),
        ("the modulus in base64url", n.into_bytes()),
        ("the modulus in base64", BASE64_STANDARD.encode(&public.n).into_bytes()),
        ("the JSON Web Key", jwk(good.kid(), &good.pool).to_string().into_bytes()),
        ("the key in PKCS#1", key.to_pkcs1_der().expect("DER").as_bytes().to_vec()),
        ("the key in PKCS#1 PEM", key.to_pkcs1_pem(LineEnding::LF).expect("PEM").into_bytes()),
        ("the key in SPKI", key.to_public_key_der().expect("DER").as_bytes().to_vec()),
        ("the key in SPKI PEM", key.to_public_key_pem(LineEnding::LF).expect("PEM").into_bytes()),
        ("the key in SPKI PEM of Windows", key.to_public_key_pem(LineEnding::CRLF).expect("PEM").into_bytes()),
        ("a stranger's word", b"secret".to_vec()),
    ] {
        let hs256 = good.token.with_header("alg", json!("HS256"));
        table.add(format!("HS256 by {form}"), hs256.signed_by_secret(&secret));
        table.add(format!("RS256, but an HMAC by {form}"), good.token.signed_by_secret(&secret));
    }
}

fn add_algorithms(table: &mut Table, good: &Good) {
    let named = |alg: &str| good.token.with_header("alg", json!(alg));
    let others: [(&str, &'static dyn RsaEncoding); 5] = [
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
        ("PS256", &RSA_PSS_SHA256),
        ("PS384", &RSA_PSS_SHA384),
        ("PS512", &RSA_PSS_SHA512),
    ];
    for (alg, encoding) in others {
        table.add(format!("{alg}, by the pool's key"), named(alg).signed_as(&good.pool, encoding));
        table.add(format!("{alg}, but signed by RS256"), named(alg).signed_by(&good.pool));
    }
    for alg in ["ES256", "EdDSA"] {
        let signed = named(alg).signed_part();
        let signature = BASE64_URL_SAFE_NO_PAD.encode(elliptic_signature(alg, signed.as_bytes()));
        table.add(format!("{alg}, by a stranger's key"), format!("{signed}.{signature}"));
        table.add(format!("RS256, but signed by {alg}"), format!("{}.{signature}", good.token.signed_part()));
    }
    for alg in ["rs256", "Rs256", "RS256 ", " RS256", "RS-256", "RSA", "RS256\0", "RS256,none", "SHA256withRSA"] {
        table.add(format!("`{}` as algorithm", alg.escape_debug()), named(alg).signed_by(&good.pool));
    }
    for alg in [Value::Null, json!(256), json!(true), json!(["RS256"]), json!({ "RS256": true })] {
        table.add(format!("{alg} as algorithm"), good.token.with_header("alg", alg).signed_by(&good.pool));
    }
    let kid = good.kid();
    for (name, header) in [
        ("no algorithm", format!(r#"{{"kid":"{kid}"}}"#)),
        ("the algorithm in capitals", format!(r#"{{"kid":"{kid}","ALG":"RS256"}}"#)),
        ("the algorithm twice", format!(r#"{{"kid":"{kid}","alg":"RS256","alg":"RS256"}}"#)),
        ("two algorithms, the good one last", format!(r#"{{"kid":"{kid}","alg":"none","alg":"RS256"}}"#)),
        ("two algorithms, the good one first", format!(r#"{{"kid":"{kid}","alg":"RS256","alg":"none"}}"#)),
        ("the algorithm again, escaped", format!(r#"{{"kid":"{kid}","alg":"RS256","\u0061lg":"none"}}"#)),
    ] {
        table.add(name, good.with_header_text(header));
    }
}

fn elliptic_signature(alg: &str, signed: &[u8]) -> Vec<u8> {
    let random = SystemRandom::new();
    if alg == "EdDSA" {
        let key = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
        return Ed25519KeyPair::from_pkcs8(key.as_ref()).expect("a key").sign(signed).as_ref().to_vec();
    }
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).expect("a key");
    key.sign(&random, signed).expect("a signature").as_ref().to_vec()
}

fn add_key_ids(table: &mut Table, good: &Good) {
    let kid = good.kid();
    let id_tokens_kid = crate::doors::forgery::Token::parse(&good.id_token).header["kid"].clone();
    for (name, wrong) in [
        ("that nobody has", json!("stranger")),
        ("that is empty", json!("")),
        ("that is null", Value::Null),
        ("that is a number", json!(1)),
        ("that is a list", json!([kid])),
        ("that is an object", json!({ "kid": kid })),
        ("that is a path", json!("../../../../../../dev/null")),
        ("that is a path to the keys", json!("/.well-known/jwks.json")),
        ("that is an address", json!(good.strangers_keys)),
        ("that is SQL", json!("' OR '1'='1")),
        ("with a zero byte after", json!(format!("{kid}\0"))),
        ("with a blank before", json!(format!(" {kid}"))),
        ("cut off", json!(kid[..kid.len() - 1])),
        ("in capitals", json!(kid.to_uppercase())),
        ("of the key of id tokens", id_tokens_kid),
        ("that is very long", json!("k".repeat(4_000))),
    ] {
        table.add(format!("a key id {name}"), good.token.with_header("kid", wrong.clone()).signed_by(&good.pool));
        table.add(
            format!("a stranger's key, and a key id {name}"),
            good.token.with_header("kid", wrong).signed_by(&good.stranger),
        );
    }
    for (name, header) in [
        ("no key id", r#"{"alg":"RS256"}"#.to_owned()),
        ("the key id twice", format!(r#"{{"alg":"RS256","kid":"{kid}","kid":"{kid}"}}"#)),
        ("two key ids, the good one last", format!(r#"{{"alg":"RS256","kid":"stranger","kid":"{kid}"}}"#)),
        ("two key ids, the good one first", format!(r#"{{"alg":"RS256","kid":"{kid}","kid":"stranger"}}"#)),
    ] {
        table.add(name, good.with_header_text(header));
    }
}

/// A stranger's key, offered in every way in which RFC 7515 lets a header offer one.
fn add_own_keys(table: &mut Table, good: &Good) {
    let certificate = json!(["MIIBszCCAVmgAwIBAgIUd2l0aG91dCBhbnkgbWVhbmluZzAKBggqhkjOPQQDAjAA"]);
    for (name, value) in [
        ("jwk", jwk("stranger", &good.stranger)),
        ("jku", json!(good.strangers_keys)),
        ("x5u", json!(good.strangers_keys)),
        ("x5c", certificate),
        ("x5t", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("x5t#S256", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
    ] {
        let offering = good.token.with_header(name, value);
        table.add(format!("a stranger's key as `{name}`, with the pool's key id"), offering.signed_by(&good.stranger));
        let offering = offering.with_header("kid", json!("stranger"));
        table.add(format!("a stranger's key as `{name}`, with its own key id"), offering.signed_by(&good.stranger));
        let mut nameless = offering;
        nameless.header.as_object_mut().expect("an object").remove("kid");
        table.add(format!("a stranger's key as `{name}`, without a key id"), nameless.signed_by(&good.stranger));
    }
}

fn add_members(table: &mut Table, good: &Good) {
    let token = &good.token;
    for crit in
        [json!(["b64"]), json!(["exp"]), json!(["alg"]), json!([]), json!("b64"), json!({}), json!(0), Value::Null]
    {
        table.add(format!("{crit} must be understood"), token.with_header("crit", crit).signed_by(&good.pool));
    }
    let header = token.header.to_string();
    let members = &header[1..header.len() - 1];
    for (name, twice) in
        [("types", r#""typ":"JWT","typ":"JWT""#), ("lists of what must be understood", r#""crit":[],"crit":[]"#)]
    {
        table.add(format!("two {name}"), good.with_header_text(format!("{{{members},{twice}}}")));
    }
    let raw = token.with_header("crit", json!(["b64"])).with_header("b64", json!(false));
    table.add("claims that are not encoded", {
        let signed = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(raw.header.to_string()), raw.claims);
        format!("{signed}.{}", good.given.rsplit('.').next().expect("a signature"))
    });
    for typ in
        [json!("JWE"), json!("JOSE"), json!("id+jwt"), json!("logout+jwt"), json!("dpop+jwt"), json!("JWT "), json!("")]
    {
        table.add(format!("{typ} as type"), token.with_header("typ", typ).signed_by(&good.pool));
    }
    for typ in [json!(1), json!(["JWT"]), json!({}), json!(false), Value::Null] {
        table.add(format!("{typ} as type"), token.with_header("typ", typ).signed_by(&good.pool));
    }
}
