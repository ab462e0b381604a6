//! The protocol: AWS JSON 1.1 by `X-Amz-Target`, and the two documents about the pool that anyone may read.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use super::{
    UserPool,
    error::{Failure, refuse},
    operations,
};

const TARGET_PREFIX: &str = "AWSCognitoIdentityProviderService.";
/// The operations that Cognito offers unsigned: their callers prove themselves by a password or a token.
const UNSIGNED: [&str; 6] =
    ["InitiateAuth", "RespondToAuthChallenge", "GetUser", "GlobalSignOut", "RevokeToken", "ChangePassword"];

/// Whether a request with this `X-Amz-Target` must carry a valid `SigV4` signature. What is not known must.
#[must_use]
pub fn needs_signature(target: &str) -> bool {
    !target.strip_prefix(TARGET_PREFIX).is_some_and(|operation| UNSIGNED.contains(&operation))
}

pub(super) async fn answer(pool: &UserPool, request: Request<Bytes>) -> Response<Bytes> {
    if request.method() == Method::GET {
        return document(pool, request.uri().path());
    }
    if request.method() != Method::POST || request.uri().path() != "/" {
        return json_response(StatusCode::NOT_FOUND, "application/json", &json!({ "message": "Not found." }));
    }
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let operation = target.strip_prefix(TARGET_PREFIX).unwrap_or_default();
    match call(pool, operation, request.body()).await {
        Ok(output) => json_response(StatusCode::OK, "application/x-amz-json-1.1", &output),
        Err(failure) => {
            failure.log(operation);
            failure.into_response()
        }
    }
}

async fn call(pool: &UserPool, operation: &str, body: &[u8]) -> Result<Value, Failure> {
    let input: Value = serde_json::from_slice(body).map_err(|_| malformed())?;
    let Value::Object(mut members) = input else {
        return Err(malformed());
    };
    // In this protocol a null member is an absent one.
    members.retain(|_, value| !value.is_null());
    operations::call(pool, operation, Value::Object(members)).await
}

pub(super) fn malformed() -> Failure {
    refuse("SerializationException", "The request is not of the operation's shape.")
}

fn document(pool: &UserPool, path: &str) -> Response<Bytes> {
    let document = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    let body = match document {
        Some((pool_id, ".well-known/jwks.json")) if pool_id == pool.pool_id => pool.keys.published(),
        Some((pool_id, ".well-known/openid-configuration")) if pool_id == pool.pool_id => json!({
            "issuer": pool.issuer,
            "jwks_uri": format!("{}/.well-known/jwks.json", pool.issuer),
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }),
        Some(_) | None => {
            return json_response(StatusCode::NOT_FOUND, "application/json", &json!({ "message": "Not found." }));
        }
    };
    json_response(StatusCode::OK, "application/json", &body)
}

fn json_response(status: StatusCode, content_type: &'static str, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
