//! The site and the API behind one address.

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use resolvers::Subscriptions;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::{
    gateway::{Gateway, MAX_BODY_BYTES, full_of, lambda_request},
    hosts::{Hosts, host_without_port},
    server::{Body, full, plain},
};

struct Asset {
    path: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($path:literal, $file:literal, $content_type:literal;)*) => {
        &[$(Asset {
            path: $path,
            content_type: $content_type,
            bytes: include_bytes!(concat!("../../client/web/", $file)),
        }),*]
    };
}

const ASSETS: &[Asset] = assets! {
    "/", "index.html", "text/html; charset=utf-8";
    "/s", "index.html", "text/html; charset=utf-8";
    "/app.js", "app.js", "text/javascript; charset=utf-8";
    "/app.css", "app.css", "text/css; charset=utf-8";
    "/icon.svg", "icon.svg", "image/svg+xml";
    "/graphiql", "console.html", "text/html; charset=utf-8";
    "/console.css", "console.css", "text/css; charset=utf-8";
    "/api.js", "api.js", "text/javascript; charset=utf-8";
    "/console.js", "console.js", "text/javascript; charset=utf-8";
    "/dom.js", "dom.js", "text/javascript; charset=utf-8";
    "/format.js", "format.js", "text/javascript; charset=utf-8";
    "/justified.js", "justified.js", "text/javascript; charset=utf-8";
    "/sha256.js", "sha256.js", "text/javascript; charset=utf-8";
    "/upload.js", "upload.js", "text/javascript; charset=utf-8";
    "/views/comments.js", "views/comments.js", "text/javascript; charset=utf-8";
    "/views/galleries.js", "views/galleries.js", "text/javascript; charset=utf-8";
    "/views/gallery.js", "views/gallery.js", "text/javascript; charset=utf-8";
    "/views/gallery-form.js", "views/gallery-form.js", "text/javascript; charset=utf-8";
    "/views/grid.js", "views/grid.js", "text/javascript; charset=utf-8";
    "/views/media-form.js", "views/media-form.js", "text/javascript; charset=utf-8";
    "/views/people.js", "views/people.js", "text/javascript; charset=utf-8";
    "/views/profile.js", "views/profile.js", "text/javascript; charset=utf-8";
    "/views/sign-in.js", "views/sign-in.js", "text/javascript; charset=utf-8";
    "/views/stage.js", "views/stage.js", "text/javascript; charset=utf-8";
    "/views/tile.js", "views/tile.js", "text/javascript; charset=utf-8";
    "/views/trash.js", "views/trash.js", "text/javascript; charset=utf-8";
    "/views/uploads.js", "views/uploads.js", "text/javascript; charset=utf-8";
    "/views/viewer.js", "views/viewer.js", "text/javascript; charset=utf-8";
};

/// Where subscriptions are answered with streams.
const STREAM_PATH: &str = "/graphql/stream";

/// The site of one machine.
#[derive(Clone)]
pub(crate) struct Site {
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
            path => match ASSETS.iter().find(|asset| asset.path == path) {
                Some(asset) if matches!(*request.method(), Method::GET | Method::HEAD) => self.asset(asset, &request),
                Some(_) => plain(StatusCode::METHOD_NOT_ALLOWED, "Use GET."),
                None => plain(StatusCode::NOT_FOUND, "There is nothing here."),
            },
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

    fn asset<B>(&self, asset: &Asset, request: &Request<B>) -> Response<Body> {
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(asset.bytes)[..16]));
        let known =
            request.headers().get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
        let mut response = Response::builder()
            .header(header::CONTENT_TYPE, asset.content_type)
            .header(header::ETAG, &etag)
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(header::REFERRER_POLICY, "no-referrer")
            .header(header::CONTENT_SECURITY_POLICY, self.content_security_policy(request));
        if self.hosts.is_trustworthy(request) {
            // Elsewhere browsers ignore it, and complain.
            response = response.header("cross-origin-opener-policy", "same-origin");
        }
        if known {
            response = response.status(StatusCode::NOT_MODIFIED);
        }
        let send = !known && request.method() == Method::GET;
        response.body(full(if send { asset.bytes } else { b"" })).expect("status and headers are valid")
    }

    /// Our own scripts and styles only; pictures and uploads go to the media address only.
    fn content_security_policy<B>(&self, request: &Request<B>) -> HeaderValue {
        let media = self.media_origin(request);
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {media}; \
             media-src {media}; connect-src 'self' {media}; worker-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'"
        );
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }

    fn media_origin<B>(&self, request: &Request<B>) -> String {
        if let Some(url) = &self.media_url {
            return url.origin().ascii_serialization();
        }
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        format!("http://{}:{}", host_without_port(host), self.media_port)
    }
}
