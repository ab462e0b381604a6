//! HTTP: one agent for the API and for the bucket, and what answers mean.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use rustls::crypto::ring::default_provider;
use ureq::{
    Agent, Body,
    http::Response,
    tls::{Certificate, RootCerts, TlsConfig, TlsProvider},
};

use crate::{fault::Fault, retry::Attempt};

/// The longest that a server may take to answer, or to take or give anything.
const PATIENCE: Duration = Duration::from_mins(2);
const CONNECT: Duration = Duration::from_secs(20);
/// The longest explanation of an error that is read.
const MAX_EXPLANATION_BYTES: u64 = 64 * 1024;

/// An agent that trusts what the system trusts, and keeps so many connections.
///
/// Redirects are not followed: an address that moved should be known to whoever gave it.
pub(crate) fn agent(connections: usize) -> Agent {
    let roots: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
        .certs
        .iter()
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(default_provider()))
        .root_certs(RootCerts::new_with_certs(&roots))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("mantel-cli/", env!("CARGO_PKG_VERSION")))
        .max_idle_connections(connections * 2)
        .max_idle_connections_per_host(connections)
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(PATIENCE))
        .timeout_per_read(Some(PATIENCE))
        .timeout_per_write(Some(PATIENCE))
        .build()
        .new_agent()
}

/// What an attempt comes to whose request was not answered.
pub(crate) fn unanswered<T>(error: &ureq::Error) -> Attempt<T> {
    let fault = |text: String| Fault::Passing(format!("The server did not answer: {text}"));
    match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::InvalidProxyUrl => {
            Attempt::Fails(Fault::Failed(error.to_string()))
        }
        // With a clock that is wrong by months no certificate is valid, and a wrong name stays wrong.
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => Attempt::Fails(Fault::Failed(format!(
            "The server cannot be trusted: {error}. (Is the clock of this machine right?)"
        ))),
        ureq::Error::Io(error) => Attempt::Again(fault(error.to_string()), None),
        other => Attempt::Again(fault(other.to_string()), None),
    }
}

/// Whether a status says that the same request may succeed later.
pub(crate) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// The pause that an answer asks for, in seconds or until a moment by the server's own clock.
pub(crate) fn retry_after(answer: &Response<Body>) -> Option<Duration> {
    let text = header(answer, "retry-after")?;
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = parse_date(text)?.duration_since(parse_date(header(answer, "date")?)?);
    Some(Duration::try_from(until).unwrap_or_default())
}

/// A header of an answer, where it is text.
pub(crate) fn header<'a>(answer: &'a Response<Body>, name: &str) -> Option<&'a str> {
    answer.headers().get(name)?.to_str().ok()
}

/// The beginning of what an answer says, read so that its connection can be used again.
pub(crate) fn explanation(answer: &mut Response<Body>) -> String {
    answer.body_mut().with_config().limit(MAX_EXPLANATION_BYTES).lossy_utf8(true).read_to_string().unwrap_or_default()
}

fn parse_date(text: &str) -> Option<Timestamp> {
    Some(rfc2822::parse(text.trim()).ok()?.timestamp())
}

/// The server's clock, as its answers tell it. The clock of this machine is never asked: it may be wrong.
#[derive(Default)]
pub(crate) struct ServerClock(Mutex<Option<(Timestamp, Instant)>>);

impl ServerClock {
    /// Takes the time from an answer.
    pub(crate) fn note(&self, answer: &Response<Body>) {
        if let Some(date) = header(answer, "date").and_then(parse_date) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, Instant::now()));
        }
    }

    /// The server's time; none before its first answer.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        let (date, noted) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        date.checked_add(SignedDuration::try_from(noted.elapsed()).ok()?).ok()
    }

    /// Whether a moment is less than so long away, or gone; true where the text is no moment, false while the time is not
    /// known.
    pub(crate) fn is_near(&self, moment: &str, margin: SignedDuration) -> bool {
        let Some(now) = self.now() else { return false };
        moment.parse::<Timestamp>().map_or(true, |moment| moment.duration_since(now) < margin)
    }
}
