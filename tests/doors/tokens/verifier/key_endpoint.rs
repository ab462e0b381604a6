//! A key endpoint that answers as a test says, and counts how often it was asked.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, future, stream};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinHandle,
};

const PATIENCE: Duration = Duration::from_secs(30);
/// What is sent of a body without end: too much to be taken for a key set, and no danger to a client that reads it all.
const ENDLESS_CHUNKS: usize = 2_048;
const ANSWERS_AT_ONCE: usize = 1_000;
const CHUNK_BYTES: usize = 32 * 1024;

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// How the endpoint answers.
#[derive(Clone)]
pub(super) enum Reply {
    /// With a text.
    Text(String),
    /// With a refusal.
    Status(StatusCode),
    /// With the address of another endpoint.
    Redirect(String),
    /// With white space, for 64 MiB.
    Endless,
    /// Never.
    Nothing,
    /// With the head, and then nothing.
    HeadOnly,
    /// With a byte at a time, without end.
    Trickle,
}

impl Reply {
    pub(super) fn key_set(keys: &[Value]) -> Self {
        Self::Text(json!({ "keys": keys }).to_string())
    }
}

struct State {
    reply: Mutex<Reply>,
    fetches: watch::Sender<usize>,
    chunks: AtomicUsize,
    gate: Semaphore,
}

/// The endpoint. It ends with the test.
pub(super) struct KeyEndpoint {
    address: std::net::SocketAddr,
    state: Arc<State>,
    server: JoinHandle<()>,
}

impl KeyEndpoint {
    pub(super) async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            reply: Mutex::new(reply),
            fetches: watch::channel(0).0,
            chunks: AtomicUsize::new(0),
            gate: Semaphore::new(ANSWERS_AT_ONCE),
        });
        let serving = state.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = serving.clone();
                let service = service_fn(move |_: Request<Incoming>| answer(state.clone()));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, state, server }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/pool/.well-known/jwks.json", self.address)
    }

    /// How often it was asked.
    pub(super) fn fetches(&self) -> usize {
        *self.state.fetches.borrow()
    }

    /// Waits until it was asked this often.
    pub(super) async fn was_asked(&self, times: usize) {
        let mut fetches = self.state.fetches.subscribe();
        let asked = tokio::time::timeout(PATIENCE, fetches.wait_for(|fetches| *fetches >= times)).await;
        asked.expect("it is asked in time").expect("the endpoint is there");
    }

    pub(super) fn answers(&self, reply: Reply) {
        *self.state.reply.lock().unwrap_or_else(PoisonError::into_inner) = reply;
    }

    pub(super) fn publishes(&self, keys: &[Value]) {
        self.answers(Reply::key_set(keys));
    }

    /// Keeps every answer back until [`Self::release`].
    pub(super) fn hold(&self) {
        self.state.gate.forget_permits(ANSWERS_AT_ONCE);
    }

    pub(super) fn release(&self) {
        self.state.gate.add_permits(ANSWERS_AT_ONCE);
    }

    /// How many bytes of endless answers were handed out.
    pub(super) fn endless_bytes(&self) -> usize {
        self.state.chunks.load(Ordering::SeqCst) * CHUNK_BYTES
    }
}

impl Drop for KeyEndpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(state: Arc<State>) -> Result<Response<Body>, Infallible> {
    state.fetches.send_modify(|fetches| *fetches += 1);
    drop(state.gate.acquire().await.expect("the gate is held, but never closed"));
    let reply = state.reply.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(match reply {
        Reply::Text(text) => Response::new(Full::from(text).boxed_unsync()),
        Reply::Status(status) => with_status(status).body(Full::default().boxed_unsync()).expect("a response"),
        Reply::Redirect(url) => {
            let head = with_status(StatusCode::FOUND).header(header::LOCATION, url);
            head.body(Full::default().boxed_unsync()).expect("a response")
        }
        Reply::Endless => {
            let chunks = stream::iter(0..ENDLESS_CHUNKS).map(move |_| {
                state.chunks.fetch_add(1, Ordering::SeqCst);
                Ok(Frame::data(Bytes::from(vec![b' '; CHUNK_BYTES])))
            });
            Response::new(StreamBody::new(chunks).boxed_unsync())
        }
        Reply::Nothing => future::pending().await,
        Reply::HeadOnly => {
            Response::new(StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>()).boxed_unsync())
        }
        Reply::Trickle => {
            let bytes = stream::repeat(()).then(|()| async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                Ok(Frame::data(Bytes::from_static(b" ")))
            });
            Response::new(StreamBody::new(bytes).boxed_unsync())
        }
    })
}

fn with_status(status: StatusCode) -> http::response::Builder {
    Response::builder().status(status)
}
