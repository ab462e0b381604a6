//! A pool behind HTTP on loopback, and the official client of it.

use std::{
    error::Error,
    ffi::OsString,
    fs,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

use aws_sdk_cognitoidentityprovider::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use local::cognito::{PasswordCost, Settings, UserPool, needs_signature};
use model::Timestamp;
use tokio::{net::TcpListener, task::JoinHandle};

use super::START;

/// The files of a pool just made. Its keys take seconds to make, so all tests begin with the same ones.
pub(super) fn new_pool_files() -> &'static [(OsString, Vec<u8>)] {
    static FILES: OnceLock<Vec<(OsString, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let clock = Arc::new(AtomicI64::new(START * 1_000));
        drop(UserPool::open(dir.path(), settings(&clock)).expect("an empty folder becomes a pool"));
        let entries = fs::read_dir(dir.path()).expect("the folder can be read");
        let paths = entries.map(|entry| entry.expect("the folder can be read"));
        paths.map(|e| (e.file_name(), fs::read(e.path()).expect("its files can be read"))).collect()
    })
}

pub(super) fn settings(clock: &Arc<AtomicI64>) -> Settings {
    let clock = Arc::clone(clock);
    let clock = Arc::new(move || Timestamp::from_unix_millis(clock.load(Ordering::SeqCst)));
    let cheap = PasswordCost { memory_kib: 8, iterations: 1, parallelism: 1 };
    Settings { password_cost: cheap, ..Settings::new("eu-central-1", "family", "http://127.0.0.1:9002/", clock) }
}

pub(super) async fn serve(pool: Arc<UserPool>) -> Result<(String, JoinHandle<()>), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let pool = Arc::clone(&pool);
            let service = service_fn(move |request| gateway(Arc::clone(&pool), request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok((url, server))
}

/// Lets through what the client signed exactly when the pool says that it must be.
async fn gateway(pool: Arc<UserPool>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    if needs_signature(target) != head.headers.contains_key("authorization") {
        let mut response = Response::new(Full::from(format!("the signature of {target} is not as expected")));
        *response.status_mut() = StatusCode::FORBIDDEN;
        return Ok(response);
    }
    let body = body.collect().await?.to_bytes();
    Ok(pool.handle(Request::from_parts(head, body)).await.map(Full::new))
}

pub(super) fn client(url: &str) -> Client {
    let credentials = Credentials::builder().access_key_id("AKIDTEST").secret_access_key("test").provider_name("test");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(url)
        .credentials_provider(credentials.build())
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}
