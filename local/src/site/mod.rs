//! The site and the API behind one address.

mod files;
mod headers;
mod route;

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use resolvers::Subscriptions;
use serde_json::json;
use tokio::sync::watch;

pub(crate) use files::Files;
use files::Representation;
use route::Route;

use crate::{
    gateway::{Gateway, MAX_BODY_BYTES, full_of, lambda_request},
    hosts::{Hosts, host_without_port},
    server::{Body, full, plain},
};

/// Where subscriptions are answered with streams.
const STREAM_PATH: &str = "/graphql/stream";
/// Where phones send what people share with the installed client.
const SHARE_PATH: &str = "/share";
/// Where the client reads what it has to know of the server.
const CONFIG_PATH: &str = "/config.json";

/// The site of one machine.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) web: Files,
    pub(crate) graphiql: Files,
    pub(crate) gateway: Gateway,
    pub(crate) hosts: Hosts,
    /// The address of the S3 listener, where one is configured.
    pub(crate) media_url: Option<url::Url>,
    /// Its port, under the host by which the caller came, otherwise.
    pub(crate) media_port: u16,
    pub(crate) subscriptions: Subscriptions,
    /// Changes when the system stops.
    pub(crate) stopped: watch::Receiver<bool>,
}

impl Site {
    /// Answers one request.
    pub(crate) async fn call(&self, request: Request<Incoming>) -> Response<Body> {
        if !self.hosts.knows_host_of(&request) {
            return plain(
                StatusCode::MISDIRECTED_REQUEST,
                "Mantel does not know this name. Start it with --public-url to make it known.",
            );
        }
        match request.uri().path() {
            "/graphql" | STREAM_PATH if !self.hosts.allows_origin_of(&request) => {
                plain(StatusCode::FORBIDDEN, "Pages of other sites may not call this API.")
            }
            "/graphql" => self.gateway.call(request).await,
            STREAM_PATH => self.stream(request).await,
            SHARE_PATH if request.method() == Method::POST => redirect_shared(request.into_body()).await,
            _ if !matches!(*request.method(), Method::GET | Method::HEAD) => {
                let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED, "Use GET.");
                refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
                refused
            }
            CONFIG_PATH => config(),
            _ => self.file(&request).await,
        }
    }

    /// A stream of events. It ends when the client hangs up, or the system stops.
    async fn stream(&self, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_BODY_BYTES).collect().await else {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "The request broke off, or is too large.");
        };
        match self.subscriptions.subscribe(lambda_request(parts, body.to_bytes())).await {
            Ok(response) => {
                let mut stopped = self.stopped.clone();
                let stop = async move {
                    // An error says that the system is gone.
                    let _ = stopped.changed().await;
                };
                response.map(|stream| {
                    let frames = stream.take_until(Box::pin(stop)).map(|text| Ok(Frame::data(Bytes::from(text))));
                    StreamBody::new(frames).boxed_unsync()
                })
            }
            Err(refused) => refused.map(full_of),
        }
    }

    /// A file of a client, in the form that the caller takes.
    async fn file<B>(&self, request: &Request<B>) -> Response<Body> {
        let takes_brotli = headers::takes_brotli(request.headers());
        let (files, file, policy) = match Route::of(request.uri().path()) {
            Route::Client(file) => (&self.web, file, headers::client_policy(&self.media_origin(request))),
            Route::Graphiql(file) => (&self.graphiql, file, headers::GRAPHIQL_POLICY),
            Route::Nothing => return nothing(),
        };
        match files.find(file, takes_brotli).await {
            Some(found) => self.answer(request, file, found, policy),
            None => nothing(),
        }
    }

    fn answer<B>(
        &self,
        request: &Request<B>,
        file: &str,
        found: Representation,
        policy: HeaderValue,
    ) -> Response<Body> {
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, headers::content_type(file))
            .header(header::ETAG, &found.etag)
            .header(header::CACHE_CONTROL, headers::cache_control(file))
            .header(header::VARY, "Accept-Encoding")
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(header::REFERRER_POLICY, "no-referrer")
            .header("permissions-policy", headers::PERMISSIONS)
            .header(header::CONTENT_SECURITY_POLICY, policy);
        if self.hosts.is_trustworthy(request) {
            // Elsewhere browsers ignore it, and complain.
            response = response.header("cross-origin-opener-policy", "same-origin");
        }
        if headers::has(request.headers(), &found.etag) {
            response = response.status(StatusCode::NOT_MODIFIED);
            return response.body(full("")).expect("status and headers are valid");
        }
        if let Some(encoding) = found.encoding {
            response = response.header(header::CONTENT_ENCODING, encoding);
        }
        // The server leaves the body out of answers to HEAD.
        response.body(full(found.bytes)).expect("status and headers are valid")
    }

    fn media_origin<B>(&self, request: &Request<B>) -> String {
        if let Some(url) = &self.media_url {
            return url.origin().ascii_serialization();
        }
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        format!("http://{}:{}", host_without_port(host), self.media_port)
    }
}

/// What the client has to know of the server. Where files alone are hosted, a file takes its place.
fn config() -> Response<Body> {
    let config = json!({
        "graphql": "/graphql",
        "stream": STREAM_PATH,
        "version": env!("CARGO_PKG_VERSION"),
        "graphiql": cfg!(feature = "graphiql"),
    });
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(full(config.to_string()))
        .expect("status and headers are valid")
}

fn nothing() -> Response<Body> {
    plain(StatusCode::NOT_FOUND, "There is nothing here.")
}

/// What is shared goes to the client's service worker. Where that did not take it, the client's page says what to do.
async fn redirect_shared(mut body: Incoming) -> Response<Body> {
    // Browsers take no answer before they have sent everything.
    while let Some(Ok(_)) = body.frame().await {}
    let mut response = plain(StatusCode::SEE_OTHER, "Open this address.");
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static(SHARE_PATH));
    response
}
