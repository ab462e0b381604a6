//! Services of others that speak S3, on this machine: one that archives and locks, and one that refuses checksums it does
//! not know, as some do.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use local::{REGION, s3};
use model::Timestamp;
use tempfile::TempDir;
use tokio::net::TcpListener;

pub(super) const KEY: &str = "KEYOFTHECLOUD";
pub(super) const SECRET: &str = "secret-of-the-cloud";

/// A service with some buckets, and a clock of its own.
pub(super) struct Cloud {
    pub(super) address: SocketAddr,
    ahead_seconds: Arc<AtomicI64>,
    _folder: TempDir,
}

impl Cloud {
    /// With `strict`, requests with checksums of the newer kinds are refused.
    pub(super) async fn new(buckets: &[&str], strict: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ahead_seconds = Arc::<AtomicI64>::default();
        let ahead = ahead_seconds.clone();
        let options = s3::Options {
            buckets: buckets.iter().map(ToString::to_string).collect(),
            event_buckets: Vec::new(),
            retry_base_seconds: 0,
            clock: Arc::new(move || crate::support::home::real_time().plus_seconds(ahead.load(Ordering::Relaxed))),
            lock: None,
        };
        let objects = s3::Store::open(folder.path(), options).expect("a store");
        let access = s3::Access {
            access_key_id: KEY.to_owned(),
            secret_access_key: SECRET.to_owned(),
            allowed_origin: Arc::new(|_| false),
        };
        let service = s3::service(objects, access);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener, service, strict));
        Self { address, ahead_seconds, _folder: folder }
    }

    pub(super) fn pass_seconds(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> Timestamp {
        crate::support::home::real_time().plus_seconds(self.ahead_seconds.load(Ordering::Relaxed))
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn sdk(&self) -> store::SdkConfig {
        store::sdk_config_for(&self.endpoint(), REGION, KEY, SECRET)
    }

    pub(super) fn client(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::from_conf(aws_sdk_s3::config::Builder::from(&self.sdk()).force_path_style(true).build())
    }
}

async fn serve(listener: TcpListener, service: s3::Service, strict: bool) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
                let service = service.clone();
                async move { Ok::<_, std::convert::Infallible>(answer(&service, request, strict).await) }
            });
            // A client that goes away is no failure.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

async fn answer(service: &s3::Service, request: Request<Incoming>, strict: bool) -> Response<s3::Body> {
    let unknown = |name: &str| name.starts_with("x-amz-checksum-") || name.starts_with("x-amz-sdk-checksum");
    if strict && request.headers().keys().any(|name| unknown(name.as_str()) && name != "x-amz-checksum-mode") {
        let mut refusal = Response::new(s3::Body::from("<Error><Code>InvalidArgument</Code></Error>".to_owned()));
        *refusal.status_mut() = StatusCode::BAD_REQUEST;
        return refusal;
    }
    let (parts, body) = request.into_parts();
    match body.collect().await {
        Ok(body) => service.call(Request::from_parts(parts, s3::Body::from(body.to_bytes()))).await,
        Err(_) => Response::new(s3::Body::empty()),
    }
}
