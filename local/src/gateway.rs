//! Turns HTTP into the event that Amazon API Gateway sends, and the Lambda handler's answer back into HTTP, so that
//! one machine runs the same handler by the same road as AWS.
//!
//! Format: "payload format version 2.0" of HTTP APIs.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use lambda_http::{
    Adapter, LambdaEvent, Service, aws_lambda_events::apigw::ApiGatewayV2httpResponse, lambda_runtime::Context,
    request::LambdaRequest, service_fn,
};
use model::{Clock, Timestamp};
use resolvers::Api;
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, macros::format_description};

use crate::{
    hosts::host_without_port,
    server::{Body, full, plain},
};

/// More than this the door behind refuses in any case.
pub(crate) const MAX_BODY_BYTES: usize = 256 * 1024;

/// Hands requests to the API as API Gateway does.
#[derive(Clone)]
pub(crate) struct Gateway {
    api: Api,
    clock: Clock,
    random: resolvers::Random,
}

impl Gateway {
    pub(crate) fn new(api: Api, clock: Clock, random: resolvers::Random) -> Self {
        Self { api, clock, random }
    }

    pub(crate) async fn call(&self, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = match Limited::new(body, MAX_BODY_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return plain(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.");
            }
            Err(_) => return plain(StatusCode::BAD_REQUEST, "The request broke off."),
        };
        let mut id = [0; 16];
        (self.random)(&mut id);
        let event = event(&parts, &body, &hex::encode(id), (self.clock)());
        match self.invoke(event).await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(%error, "the API could not be invoked");
                plain(StatusCode::BAD_GATEWAY, "Something went wrong on our side.")
            }
        }
    }

    async fn invoke(&self, event: Value) -> anyhow::Result<Response<Body>> {
        let payload: LambdaRequest = serde_json::from_value(event)?;
        let api = self.api.clone();
        let mut adapter = Adapter::from(service_fn(move |request| {
            let api = api.clone();
            async move { Ok::<_, anyhow::Error>(api.handle(request).await) }
        }));
        let answer = adapter.call(LambdaEvent::new(payload, Context::default())).await?;
        response(serde_json::from_value(serde_json::to_value(answer)?)?)
    }
}

/// A request as the Lambda handlers take it.
pub(crate) fn lambda_request(parts: http::request::Parts, body: Bytes) -> lambda_http::Request {
    let body = match String::from_utf8(body.into()) {
        Ok(text) => lambda_http::Body::Text(text),
        Err(error) => lambda_http::Body::Binary(error.into_bytes()),
    };
    Request::from_parts(parts, body)
}

/// The body of an answer of theirs.
pub(crate) fn full_of(body: lambda_http::Body) -> Body {
    match body {
        lambda_http::Body::Text(text) => full(text),
        lambda_http::Body::Binary(bytes) => full(bytes),
        _ => full(Bytes::new()),
    }
}

/// The event of one request.
fn event(parts: &http::request::Parts, body: &Bytes, request_id: &str, now: Timestamp) -> Value {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let text = std::str::from_utf8(body).ok();
    let time = OffsetDateTime::from_unix_timestamp(now.unix_seconds()).ok().and_then(|time| {
        let common_log = format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
        time.format(&common_log).ok()
    });
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.uri.path(),
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": joined(&parts.headers),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": host_without_port(host),
            "domainPrefix": "local",
            "http": {
                "method": parts.method.as_str(),
                "path": parts.uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()),
            },
            "requestId": request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": time,
            "timeEpoch": now.unix_millis(),
        },
        "body": if body.is_empty() { None } else { Some(text.map_or_else(|| BASE64_STANDARD.encode(body), str::to_owned)) },
        "isBase64Encoded": text.is_none(),
    })
}

/// Repeated headers are joined by commas; what is not text cannot pass a gateway.
fn joined(headers: &HeaderMap) -> Map<String, Value> {
    let mut joined = Map::new();
    for name in headers.keys() {
        let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        joined.insert(name.as_str().to_owned(), Value::String(values.join(",")));
    }
    joined
}

fn response(answer: ApiGatewayV2httpResponse) -> anyhow::Result<Response<Body>> {
    let mut response = Response::builder().status(u16::try_from(answer.status_code)?);
    for (name, value) in answer.headers.iter().chain(&answer.multi_value_headers) {
        response = response.header::<HeaderName, HeaderValue>(name.clone(), value.clone());
    }
    let body = match answer.body {
        None | Some(lambda_http::Body::Empty) => Bytes::new(),
        Some(lambda_http::Body::Text(text)) if answer.is_base64_encoded => BASE64_STANDARD.decode(text)?.into(),
        Some(lambda_http::Body::Text(text)) => text.into(),
        Some(lambda_http::Body::Binary(bytes)) => bytes.into(),
        Some(_) => anyhow::bail!("a body of a kind that API Gateway does not have"),
    };
    Ok(response.body(full(body))?)
}
