//! The embedded S3, driven by the official client over HTTP: each test is a story of one behaviour.

mod copies;
mod listing;
mod multipart;
mod objects;

mod archives;
mod locks;
mod versions;

mod browsers;
mod checksums;
mod conditions;
mod signatures;

mod durability;
mod earlier;
mod events;

use std::{
    error::Error,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    error::{ProvideErrorMetadata, SdkError},
    presigning::{PresignedRequest, PresigningConfig},
    types::{CompletedMultipartUpload, CompletedPart},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use local::s3;
use model::{Clock, Timestamp};
use reqwest::Method;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

const BUCKET: &str = "originals";
const OTHER: &str = "renditions";
const START_MILLIS: i64 = 1_767_225_600_000;
const MIB: usize = 1 << 20;

/// A store on a loopback port, with a client, a clock to set, and a network that may corrupt.
struct World {
    dir: Arc<TempDir>,
    store: Arc<s3::Store>,
    address: SocketAddr,
    client: Client,
    now: Arc<AtomicI64>,
    corrupts: Arc<AtomicBool>,
    server: tokio::task::JoinHandle<()>,
}

impl World {
    async fn new() -> Result<Self, Box<dyn Error>> {
        Self::open(Arc::new(tempfile::tempdir()?)).await
    }

    async fn open(dir: Arc<TempDir>) -> Result<Self, Box<dyn Error>> {
        let now = Arc::new(AtomicI64::new(START_MILLIS));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || Timestamp::from_unix_millis(now.load(Ordering::SeqCst)))
        };
        let options = s3::Options {
            buckets: vec![BUCKET.to_owned(), OTHER.to_owned()],
            event_buckets: vec![BUCKET.to_owned()],
            retry_base_seconds: 1,
            clock,
            lock: None,
        };
        let store = s3::Store::open(dir.path(), options)?;
        let access = s3::Access {
            access_key_id: "AKID".to_owned(),
            secret_access_key: "SECRET".to_owned(),
            allowed_origin: Arc::new(|origin| origin == "https://photos.example"),
        };
        let corrupts = Arc::new(AtomicBool::new(false));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(serve(listener, s3::service(Arc::clone(&store), access), Arc::clone(&corrupts)));
        let client = Client::from_conf(config(address).build());
        Ok(Self { dir, store, address, client, now, corrupts, server })
    }

    /// A new process on the same folder.
    async fn restarted(self) -> Result<Self, Box<dyn Error>> {
        let dir = Arc::clone(&self.dir);
        self.server.abort();
        drop(self);
        Self::open(dir).await
    }

    fn pass_seconds(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    async fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) -> Result<String, Box<dyn Error>> {
        let put = self.client.put_object().bucket(BUCKET).key(key).body(bytes.into().into()).send().await?;
        Ok(put.e_tag.ok_or("no entity tag")?)
    }

    async fn get(&self, key: &str) -> Result<Vec<u8>, Box<dyn Error>> {
        let got = self.client.get_object().bucket(BUCKET).key(key).send().await?;
        Ok(got.body.collect().await?.to_vec())
    }

    async fn begin(&self, key: &str) -> Result<String, Box<dyn Error>> {
        let upload = self.client.create_multipart_upload().bucket(BUCKET).key(key).send().await?;
        Ok(upload.upload_id.ok_or("no upload id")?)
    }

    async fn part(&self, key: &str, id: &str, number: i32, bytes: Vec<u8>) -> Result<CompletedPart, Box<dyn Error>> {
        let part = self.client.upload_part().bucket(BUCKET).key(key).upload_id(id).part_number(number);
        let part = part.body(bytes.into()).send().await?;
        Ok(CompletedPart::builder().part_number(number).set_e_tag(part.e_tag).build())
    }

    async fn complete(&self, key: &str, id: &str, parts: &[CompletedPart]) -> Result<String, String> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec())).build();
        let complete = self.client.complete_multipart_upload().bucket(BUCKET).key(key).upload_id(id);
        complete
            .multipart_upload(parts)
            .send()
            .await
            .map(|done| done.e_tag.unwrap_or_default())
            .map_err(|e| code_of(&e))
    }

    /// The files under a folder of the store.
    fn files(&self, folder: &str) -> Result<usize, Box<dyn Error>> {
        count_files(&self.dir.path().join(folder))
    }
}

fn count_files(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        count += if path.is_dir() { count_files(&path)? } else { 1 };
    }
    Ok(count)
}

fn config(address: SocketAddr) -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("AKID", "SECRET", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .force_path_style(true)
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
}

async fn serve(listener: tokio::net::TcpListener, service: s3::Service, corrupts: Arc<AtomicBool>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (service, corrupts) = (service.clone(), Arc::clone(&corrupts));
        let answer = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let (service, corrupts) = (service.clone(), corrupts.load(Ordering::SeqCst));
            async move {
                let request = if corrupts { corrupted(request).await? } else { request.map(s3::Body::from) };
                Ok::<_, hyper::Error>(service.call(request).await)
            }
        });
        connections.spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

/// Changes the one word that bodies of these tests have, and nothing of how they travel.
async fn corrupted(request: http::Request<hyper::body::Incoming>) -> Result<http::Request<s3::Body>, hyper::Error> {
    let (head, body) = request.into_parts();
    let mut bytes = body.collect().await?.to_bytes().to_vec();
    if let Some(at) = bytes.windows(5).position(|word| word == b"clean") {
        bytes[at..at + 5].copy_from_slice(b"dirty");
    }
    Ok(http::Request::from_parts(head, s3::Body::from(bytes)))
}

fn code_of<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    let status = || match error {
        SdkError::ServiceError(_) => "service error",
        _ => "no answer",
    };
    error.code().map_or_else(|| status().to_owned(), str::to_owned)
}

fn refusal<T, E: ProvideErrorMetadata, R>(result: Result<T, SdkError<E, R>>) -> String {
    result.err().map_or_else(|| "accepted".to_owned(), |error| code_of(&error))
}

fn valid_for(seconds: u64) -> Result<PresigningConfig, Box<dyn Error>> {
    Ok(PresigningConfig::expires_in(Duration::from_secs(seconds))?)
}

/// Sends what a browser would: the signed URL with the signed headers, changed by `change`.
async fn send(
    signed: &PresignedRequest,
    body: impl Into<reqwest::Body>,
    change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
) -> Result<reqwest::Response, Box<dyn Error>> {
    let method = Method::from_bytes(signed.method().as_bytes())?;
    let mut request = reqwest::Client::new().request(method, signed.uri());
    for (name, value) in signed.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("content-length")) {
        request = request.header(name, value);
    }
    Ok(change(request.body(body)).send().await?)
}

fn header(response: &reqwest::Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn sha256(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes))
}
