//! Tells of events: by a signed request to AppSync, which passes them on to those who subscribed, or to what stands in
//! its place on one machine.
//!
//! Events are a courtesy. What they tell of is done already, so that one that gets lost is logged and makes nothing fail;
//! whoever reads again sees the same.

use std::{fmt, sync::Arc, time::Duration};

use aws_config::SdkConfig;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::{http::HttpConnector, orchestrator::HttpRequest};
use aws_smithy_types::body::SdkBody;
use model::{Error, Event};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    Store,
    http::{connector, read},
};

/// Whoever made the change waits for this long at most.
const TIMEOUT: Duration = Duration::from_secs(2);
/// More of an answer than this is not read.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// AppSync passes on what the mutation selected, and nothing else.
const PUBLISH_MEDIA_EVENT: &str =
    "mutation($input: PublishMediaEventInput!) { publishMediaEvent(input: $input) { galleryId mediaId status } }";
const PUBLISH_COMMENT_EVENT: &str =
    "mutation($input: PublishCommentEventInput!) { publishCommentEvent(input: $input) { mediaId commentId kind } }";

/// Where events go.
#[derive(Clone)]
pub(crate) struct Publisher {
    url: Arc<str>,
    host: Arc<str>,
    connector: Arc<Connector>,
    time: SharedTimeSource,
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Publisher {
    pub(crate) fn new(sdk: &SdkConfig, url: &str) -> Result<Self, Error> {
        let host = url.split_once("://").and_then(|(_, rest)| rest.split('/').next()).filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| Error::internal("the address of events is not a URL"))?;
        Ok(Self {
            url: url.into(),
            host: host.into(),
            connector: Arc::new(connector()),
            time: sdk.time_source().unwrap_or_else(|| SharedTimeSource::new(SystemTimeSource::new())),
        })
    }
}

impl Store {
    /// Tells of some events, one after the other.
    pub(crate) async fn publish(&self, events: impl IntoIterator<Item = Event>) {
        let Some(publisher) = &self.publisher else { return };
        for event in events {
            let publishing = async {
                match &event {
                    Event::Media(event) => self.post(publisher, PUBLISH_MEDIA_EVENT, event).await,
                    Event::Comment(event) => self.post(publisher, PUBLISH_COMMENT_EVENT, event).await,
                }
            };
            let end = tokio::time::timeout(TIMEOUT, publishing).await;
            if let Err(reason) = end.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
                tracing::warn!(?event, reason, "an event could not be told of");
            }
        }
    }

    async fn post(&self, publisher: &Publisher, mutation: &str, input: &impl Serialize) -> Result<(), String> {
        let body = json!({ "query": mutation, "variables": { "input": input } }).to_string();
        let request = self.signed(publisher, body).await?;
        let answer = publisher.connector.call(request).await.map_err(|error| format!("{error:?}"))?;
        let status = answer.status();
        let body = read(answer.into_body(), MAX_ANSWER_BYTES).await?;
        let value: Value = serde_json::from_slice(&body).map_err(|_| format!("status {status}, no JSON"))?;
        match value.get("errors") {
            None if status.is_success() => Ok(()),
            errors => Err(format!("status {status}, errors {errors:?}")),
        }
    }

    /// Signature Version 4 in headers, as AppSync wants it of services.
    async fn signed(&self, publisher: &Publisher, body: String) -> Result<HttpRequest, String> {
        let identity = self.current_credentials().await.map_err(|error| error.to_string())?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("appsync")
            .time(publisher.time.now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?;
        let headers = [("content-type", "application/json"), ("host", &publisher.host)];
        let signable =
            SignableRequest::new("POST", &*publisher.url, headers.into_iter(), SignableBody::Bytes(body.as_bytes()));
        let signable = signable.map_err(|error| error.to_string())?;
        let (instructions, _) = sign(signable, &params.into()).map_err(|error| error.to_string())?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST").map_err(|error| error.to_string())?;
        request.set_uri(publisher.url.to_string()).map_err(|error| error.to_string())?;
        for (name, value) in headers.into_iter().chain(instructions.headers()) {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        Ok(request)
    }
}
