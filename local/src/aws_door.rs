//! The loopback listener of DynamoDB and Cognito, told apart by `X-Amz-Target`, as AWS clients send it; and of what
//! stands in the place of AppSync, where the services tell of events.

use std::sync::Arc;

use bytes::Bytes;
use dynoxide::Database;
use http::{HeaderValue, Request, Response, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use model::{Clock, Timestamp};
use resolvers::Api;
use time::{OffsetDateTime, macros::format_description};

use crate::{
    cognito::{UserPool, needs_signature},
    data_folder::Secrets,
    dynamodb,
    gateway::{full_of, lambda_request},
    hosts::Hosts,
    server::{Body, full, plain},
    sigv4,
};

/// DynamoDB's own limit.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;
/// Where services tell of events, as at AppSync.
pub(crate) const EVENTS_PATH: &str = "/graphql";

/// DynamoDB and Cognito behind one address.
#[derive(Clone)]
pub(crate) struct AwsDoor {
    pub(crate) database: Database,
    pub(crate) pool: Arc<UserPool>,
    pub(crate) secrets: Secrets,
    pub(crate) hosts: Hosts,
    pub(crate) clock: Clock,
    /// Takes events of the services.
    pub(crate) api: Api,
}

impl AwsDoor {
    /// Answers one request. Pages in browsers have no business here.
    pub(crate) async fn call(&self, request: Request<Incoming>) -> Response<Body> {
        let mut response = self.answer(request).await;
        // AWS clients correct the time of their signatures by this, so it is the time by which these are checked.
        if let Some(date) = http_date((self.clock)()) {
            response.headers_mut().insert(header::DATE, date);
        }
        response
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        if !self.hosts.knows_host_of(&request) || request.headers().contains_key(header::ORIGIN) {
            return plain(StatusCode::FORBIDDEN, "This port is for AWS clients on this machine.");
        }
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_BODY_BYTES).collect().await else {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "The request broke off, or is too large.");
        };
        let body = body.to_bytes();
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        if parts.uri.path() == EVENTS_PATH {
            return self.take_event(parts, body).await;
        }
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

impl AwsDoor {
    async fn take_event(&self, parts: Parts, body: Bytes) -> Response<Body> {
        if !sigv4::is_signed_by(&self.secrets, &parts, &body, (self.clock)()) {
            return refused();
        }
        self.api.handle_signed(lambda_request(parts, body)).await.map(full_of)
    }
}

/// A time as RFC 9110, section 5.6.7, writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(time: Timestamp) -> Option<HeaderValue> {
    let format =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let text = OffsetDateTime::from_unix_timestamp(time.unix_seconds()).ok()?.format(format).ok()?;
    HeaderValue::try_from(text).ok()
}

fn refused() -> Response<Body> {
    let body = r#"{"__type":"UnrecognizedClientException","message":"The request is not signed with this folder's key. See `mantel credentials`."}"#;
    Response::builder()
        .status(StatusCode::BAD_REQUEST)
        .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
        .body(full(body))
        .expect("status and headers are valid")
}
