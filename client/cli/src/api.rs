//! The API: a call is sent until it is answered, by a session that renews itself.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use graphql_client::GraphQLQuery;
use jiff::SignedDuration;
use serde_json::Value;
use ureq::{Agent, Body, http::Response};

use crate::{
    fault::{Fault, Outcome},
    http::{ServerClock, explanation, is_passing, retry_after, unanswered},
    operations::{RefreshSession, refresh_session},
    retry::{Attempt, Patience, retry},
    session::{Profile, Session},
    shown::shown,
    stop::Stop,
};

/// A session is renewed so long before its end.
const RENEW_EARLY: SignedDuration = SignedDuration::from_mins(2);
/// How often a call is tried that the server had a fault at: it may be a fault of this very call.
const MAX_FAULTS: u32 = 4;
/// The largest answer that is read; the server's own limit is 1 MiB.
const MAX_ANSWER_BYTES: u64 = 4 * 1024 * 1024;

/// The API of one server, for whoever is signed in.
pub(crate) struct Api {
    pub(crate) agent: Agent,
    pub(crate) clock: ServerClock,
    pub(crate) patience: Patience,
    pub(crate) stop: Stop,
    profile: Profile,
    session: Mutex<Session>,
    salt: AtomicU64,
}

/// What kind of call it is: whether sending it twice does it twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// Again and again, until it is answered.
    UntilAnswered,
    /// Once only.
    Once,
}

impl Api {
    /// The API for the session of a profile.
    pub(crate) fn open(profile: Profile, agent: Agent, patience: Patience, stop: Stop) -> Outcome<Self> {
        let session = Mutex::new(profile.load()?);
        Ok(Self { agent, clock: ServerClock::default(), patience, stop, profile, session, salt: AtomicU64::new(1) })
    }

    /// The address of the site.
    pub(crate) fn server(&self) -> String {
        self.session().server
    }

    /// The profile that the session belongs to.
    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// A number that no other call here gets.
    pub(crate) fn next_salt(&self) -> u64 {
        self.salt.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn session(&self) -> Session {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends an operation that may be sent twice without harm.
    pub(crate) fn call<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Outcome<Q::ResponseData> {
        self.send::<Q>(variables, Sending::UntilAnswered)
    }

    /// Sends an operation that does something anew each time it is sent.
    pub(crate) fn call_once<Q: GraphQLQuery>(&self, variables: Q::Variables) -> Outcome<Q::ResponseData> {
        self.send::<Q>(variables, Sending::Once)
    }

    fn send<Q: GraphQLQuery>(&self, variables: Q::Variables, sending: Sending) -> Outcome<Q::ResponseData> {
        let body = serde_json::to_vec(&Q::build_query(variables)).expect("variables are plain values");
        let patience = if sending == Sending::Once { Patience(Duration::ZERO) } else { self.patience };
        let mut faults = 0;
        retry(patience, &self.stop, self.next_salt(), || match self.attempt(&body) {
            Attempt::Again(Fault::Passing(text), after) if text.starts_with(FAULT) => {
                faults += 1;
                let fault = if faults < MAX_FAULTS {
                    Fault::Passing(text)
                } else {
                    return Attempt::Fails(Fault::Failed(text));
                };
                Attempt::Again(fault, after)
            }
            Attempt::Again(fault, after) => Attempt::Again(fault, after),
            Attempt::Fails(fault) => Attempt::Fails(fault),
            Attempt::Done(answer) => parsed(answer),
        })
    }

    /// Sends a document by a session that counts: where it does not, a new one is got first.
    fn attempt(&self, body: &[u8]) -> Attempt<Value> {
        let session = match self.valid_session() {
            Ok(session) => session,
            Err(fault) => return again_if_passing(fault),
        };
        match self.post(&session.graphql, Some(&session.access_token), body) {
            Attempt::Fails(Fault::SignedOut) => match self.renew(&session) {
                Ok(()) => self.post(&session.graphql, Some(&self.session().access_token), body),
                Err(fault) => again_if_passing(fault),
            },
            other => other,
        }
    }

    fn valid_session(&self) -> Outcome<Session> {
        let session = self.session();
        if self.clock.is_near(&session.expires_at, RENEW_EARLY) {
            self.renew(&session)?;
        }
        Ok(self.session())
    }

    /// Renews the session, unless another thread did so since `seen` was read.
    fn renew(&self, seen: &Session) -> Outcome<()> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if session.access_token != seen.access_token {
            return Ok(());
        }
        // Another command of the same profile may have renewed, or ended it.
        let kept = self.profile.load()?;
        if kept.access_token != seen.access_token && kept.server == seen.server {
            *session = kept;
            return Ok(());
        }
        let input = refresh_session::RefreshSessionInput { refresh_token: session.refresh_token.clone() };
        let body = serde_json::to_vec(&RefreshSession::build_query(refresh_session::Variables { input }))
            .expect("variables are plain values");
        let answer = match self.post(&session.graphql, None, &body) {
            Attempt::Done(answer) => answer,
            Attempt::Again(fault, _) | Attempt::Fails(fault) => return Err(fault),
        };
        let Attempt::Done(data) = parsed::<refresh_session::ResponseData>(answer) else { return Err(Fault::SignedOut) };
        let renewed = data.refresh_session.and_then(|payload| payload.session).ok_or(Fault::SignedOut)?;
        session.access_token = renewed.access_token;
        session.refresh_token = renewed.refresh_token;
        session.expires_at = renewed.expires_at;
        self.profile.save(&session)
    }

    fn post(&self, address: &str, token: Option<&str>, body: &[u8]) -> Attempt<Value> {
        post(&self.agent, &self.clock, address, token, body)
    }
}

/// Sends a document without a session, once.
pub(crate) fn call_anonymously<Q: GraphQLQuery>(
    agent: &Agent,
    address: &str,
    variables: Q::Variables,
) -> Outcome<Q::ResponseData> {
    let body = serde_json::to_vec(&Q::build_query(variables)).expect("variables are plain values");
    match post(agent, &ServerClock::default(), address, None, &body) {
        Attempt::Done(answer) => match parsed(answer) {
            Attempt::Done(data) => Ok(data),
            Attempt::Again(fault, _) | Attempt::Fails(fault) => Err(fault),
        },
        Attempt::Again(fault, _) | Attempt::Fails(fault) => Err(fault),
    }
}

/// Sends a request to the API; what is done is an answer with data and without errors.
fn post(agent: &Agent, clock: &ServerClock, address: &str, token: Option<&str>, body: &[u8]) -> Attempt<Value> {
    let mut request =
        agent.post(address).header("content-type", "application/json").header("accept", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    match request.send(body) {
        Err(error) => unanswered(&error),
        Ok(mut answer) => {
            clock.note(&answer);
            read(address, &mut answer)
        }
    }
}

fn read(address: &str, answer: &mut Response<Body>) -> Attempt<Value> {
    let (status, after) = (answer.status().as_u16(), retry_after(answer));
    if is_passing(status) {
        let text = explanation(answer);
        return Attempt::Again(Fault::Passing(format!("The server answered {status}: {}", first_line(&text))), after);
    }
    let json = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_string();
    let json: Option<Value> = json.ok().and_then(|text| serde_json::from_str(&text).ok());
    let Some(mut json) = json else {
        return Attempt::Fails(Fault::Failed(format!("{address} answered {status} and is no API of Mantel.")));
    };
    if let Some(error) = json["errors"].get(0) {
        return refused(error, after);
    }
    match json["data"].take() {
        Value::Null => Attempt::Fails(Fault::Failed(format!("{address} answered {status} without data."))),
        data => Attempt::Done(data),
    }
}

fn refused<T>(error: &Value, after: Option<Duration>) -> Attempt<T> {
    let message = shown(error["message"].as_str().unwrap_or("an error without a message"));
    match error["extensions"]["code"].as_str() {
        Some("UNAUTHENTICATED") => Attempt::Fails(Fault::SignedOut),
        Some("UNAVAILABLE") => Attempt::Again(Fault::Passing(message), after),
        Some("INTERNAL") => Attempt::Again(Fault::Passing(format!("{FAULT} {message}")), after),
        _ => Attempt::Fails(Fault::Failed(message)),
    }
}

/// How a fault begins that may be of one call only.
const FAULT: &str = "The server had a fault:";

fn again_if_passing<T>(fault: Fault) -> Attempt<T> {
    match fault {
        Fault::Passing(_) => Attempt::Again(fault, None),
        Fault::Usage(_) | Fault::Failed(_) | Fault::SignedOut | Fault::Stopped => Attempt::Fails(fault),
    }
}

fn parsed<T: for<'de> serde::Deserialize<'de>>(data: Value) -> Attempt<T> {
    match serde_json::from_value(data) {
        Ok(data) => Attempt::Done(data),
        Err(error) => Attempt::Fails(Fault::Failed(format!(
            "The server answered what this version does not understand: {error}. Please install its mantel-cli."
        ))),
    }
}

fn first_line(text: &str) -> String {
    shown(&text.lines().next().unwrap_or_default().chars().take(200).collect::<String>())
}

/// What was wrong with a mutation, as `userErrors` tell it: nothing, or a fault with the first message.
macro_rules! check_mistakes {
    ($payload:expr) => {
        match $payload.user_errors.first() {
            None => Ok(()),
            Some(mistake) => Err($crate::fault::Fault::Failed($crate::shown::shown(&mistake.message))),
        }
    };
}
pub(crate) use check_mistakes;
