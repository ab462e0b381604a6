//! Who calls AppSync, and what it tells its resolvers of the caller.
//!
//! Format: "Resolver context object reference" of the AppSync developer guide.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// The modes of authorisation that callers here use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    ApiKey,
    Iam,
    UserPools,
}

/// Somebody whom AppSync let in.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) mode: Mode,
    pub(super) groups: Vec<String>,
    /// `identity` of the context.
    pub(super) identity: Value,
    /// `request.headers` of the context.
    pub(super) headers: Value,
}

impl Caller {
    /// Somebody who has the API key that the site hands to everybody. AppSync knows nothing of such a person.
    pub(super) fn with_api_key(host: &str) -> Self {
        let headers = json!({ "host": host, "x-forwarded-for": "127.0.0.1", "x-api-key": "da2-of-the-site" });
        Self { mode: Mode::ApiKey, groups: Vec::new(), identity: Value::Null, headers }
    }

    /// Somebody with an access token, which comes straight from the user pool: AppSync would verify it. Some clients send
    /// it after `Bearer `, others without.
    pub(super) fn with_token(host: &str, access_token: &str, scheme: &str) -> Self {
        let claims = claims_of(access_token);
        let groups = claims["cognito:groups"].clone();
        let identity = json!({
            "sub": claims["sub"],
            "issuer": claims["iss"],
            "username": claims["username"],
            "claims": claims,
            "sourceIp": ["127.0.0.1"],
            "defaultAuthStrategy": "ALLOW",
            "groups": groups,
        });
        let authorization = format!("{scheme}{access_token}");
        let headers = json!({ "host": host, "x-forwarded-for": "127.0.0.1", "authorization": authorization });
        let groups = groups.as_array().into_iter().flatten();
        let groups = groups.filter_map(|group| group.as_str().map(str::to_owned)).collect();
        Self { mode: Mode::UserPools, groups, identity, headers }
    }
}

fn claims_of(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a token has three parts");
    let json = BASE64_URL_SAFE_NO_PAD.decode(part).expect("claims are in base64url");
    serde_json::from_slice(&json).expect("claims are JSON")
}
