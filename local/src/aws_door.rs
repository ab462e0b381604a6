//! The loopback listener of DynamoDB and Cognito: told apart by `X-Amz-Target`, as AWS clients send it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use dynoxide::Database;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use model::Clock;

use crate::{
    cognito::{UserPool, needs_signature},
    data_folder::Secrets,
    dynamodb,
    hosts::Hosts,
    server::{Body, full, plain},
    sigv4,
};

/// DynamoDB's own limit.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// DynamoDB and Cognito behind one address.
#[derive(Clone)]
pub(crate) struct AwsDoor {
    pub(crate) database: Database,
    pub(crate) pool: Arc<UserPool>,
    pub(crate) secrets: Secrets,
    pub(crate) hosts: Hosts,
    pub(crate) clock: Clock,
    /// Counts requests, for measurements.
    pub(crate) served: Arc<AtomicU64>,
}

impl AwsDoor {
    /// Answers one request. Pages in browsers have no business here.
    pub(crate) async fn call(&self, request: Request<Incoming>) -> Response<Body> {
        self.served.fetch_add(1, Ordering::Relaxed);
        if !self.hosts.knows_host_of(&request) || request.headers().contains_key(header::ORIGIN) {
            return plain(StatusCode::FORBIDDEN, "This port is for AWS clients on this machine.");
        }
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_BODY_BYTES).collect().await else {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "The request broke off, or is too large.");
        };
        let body = body.to_bytes();
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let database_operation = target.strip_prefix(dynamodb::TARGET_PREFIX).map(str::to_owned);
        let must_be_signed =
            database_operation.is_some() || (parts.method == http::Method::POST && needs_signature(target));
        if must_be_signed && !sigv4::is_signed_by(&self.secrets, &parts, &body, (self.clock)()) {
            return refused();
        }
        match database_operation {
            Some(operation) => dynamodb::handle(&self.database, &operation, body).await,
            None => self.pool.handle(Request::from_parts(parts, body)).await.map(full),
        }
    }
}

fn refused() -> Response<Body> {
    let body = r#"{"__type":"UnrecognizedClientException","message":"The request is not signed with this folder's key. See `mantel credentials`."}"#;
    Response::builder()
        .status(StatusCode::BAD_REQUEST)
        .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
        .body(full(body))
        .expect("status and headers are valid")
}
