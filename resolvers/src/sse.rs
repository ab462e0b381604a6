//! Subscriptions by server-sent events: the "distinct connections" mode of the protocol of the npm package `graphql-sse`,
//! in which each subscription is a request of its own that is answered with a stream of events.
//!
//! Whether somebody may listen is asked when they subscribe, as at the AppSync door, and again before each event.

use std::time::Duration;

use async_graphql::{Response as GraphqlResponse, ServerError};
use async_graphql_parser::types::OperationType;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use http::{Method, Response, StatusCode, header};
use lambda_http::{Body, Request};
use model::{Error, NodeId};
use serde_json::{Map, Value};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::{
    Api,
    appsync::{Door, Failure},
    context::Caller,
    document::subscribed_field,
    http::{Authentication, JSON, REQUEST_ID, Refusal, body_of, parse, refused, request_id},
    loaders::{RecordLoader, keeping_record_loader},
    seats::{Seat, Seats},
};

/// A stream in the format of server-sent events.
pub type EventStream = BoxStream<'static, String>;

const EVENT_STREAM: &str = "text/event-stream";
/// How often a silent stream says that it is still there, and whether the session still counts is looked at.
const PULSE: Duration = Duration::from_secs(15);
/// A comment, which clients skip.
const STILL_HERE: &str = ":\n\n";
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// The API behind its door for subscriptions.
#[derive(Clone)]
pub struct Subscriptions {
    api: Api,
    door: Door,
    seats: Seats,
}

/// One subscription: the field that is listened to, and by whom.
struct Subscriber {
    subscriptions: Subscriptions,
    request: Request,
    request_id: String,
    field: String,
    arguments: Map<String, Value>,
}

/// What a subscription is sent from.
struct Sending {
    subscriber: Subscriber,
    answers: BoxStream<'static, GraphqlResponse>,
    pulse: Interval,
    /// Held until the stream ends.
    _seat: Seat,
}

impl Subscriptions {
    /// Subscriptions to an API; `door` belongs to the same.
    #[must_use]
    pub fn new(api: Api, door: Door) -> Self {
        Self { api, door, seats: Seats::default() }
    }

    /// Answers a request with a stream of events.
    ///
    /// # Errors
    /// The answer to a request that is no subscription, or by nobody who may call. What is wrong with the document itself
    /// is told in the stream, as the protocol has it.
    pub async fn subscribe(&self, request: Request) -> Result<Response<EventStream>, Response<Body>> {
        let id = request_id(&request, &self.api.services);
        match self.open(request, &id).await {
            Ok(stream) => Ok(Response::builder()
                .header(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .header(header::CACHE_CONTROL, "no-store")
                .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
                .header(header::VARY, "Accept, Authorization")
                // Proxies such as nginx would hold events back.
                .header("x-accel-buffering", "no")
                .header(REQUEST_ID, &id)
                .body(stream)
                .expect("status and headers are valid")),
            Err(refusal) => Err(refused(&refusal, JSON, &id)),
        }
    }

    async fn open(&self, request: Request, request_id: &str) -> Result<EventStream, Refusal> {
        if request.method() != Method::POST {
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Use POST."));
        }
        let accept = request.headers().get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        if !accept.flat_map(|value| value.split([',', ';'])).any(|range| range.trim() == EVENT_STREAM) {
            return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, "Answers come as text/event-stream."));
        }
        let mut graphql = parse(&request)?;
        let measured = match self.api.inspector.check(&mut graphql) {
            Ok(measured) => measured,
            Err(error) => return Ok(only(&GraphqlResponse::from_errors(vec![error]))),
        };
        let asked = match measured.operation {
            OperationType::Subscription => subscribed_field(&mut graphql),
            OperationType::Query | OperationType::Mutation => {
                let message = "This address is for subscriptions; send everything else to /graphql.";
                return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
            }
        };
        let (caller, loader) = self.identify(&request, request_id, asked.as_ref().map(|(_, given)| given)).await?;
        let Some(seat) = self.seats.take(&caller.requester) else {
            let message = "Too many subscriptions are open; close one first.";
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, message));
        };
        // From here on nothing is missed, while the rest is looked at.
        let listening = self.api.services.events.listen();
        let Some((field, arguments)) = asked else {
            let message = "A subscription asks for exactly one field, without a fragment or directive around it.";
            return Ok(only(&GraphqlResponse::from_errors(vec![ServerError::new(message, None)])));
        };
        // What there is no such field of is refused by the rules of GraphQL, in the stream.
        if self.door.has_subscription(&field)
            && let Err(failure) = self.door.admit(&field, &arguments, caller.clone(), loader).await
        {
            return Ok(only(&refusal(&failure, request_id)));
        }
        let answers = self.api.schema.execute_stream(graphql.data(listening).data(caller));
        let request_id = request_id.to_owned();
        let subscriber = Subscriber { subscriptions: self.clone(), request, request_id, field, arguments };
        Ok(Sending::of(subscriber, answers, seat).stream())
    }
}

impl Subscriptions {
    /// Who is calling, read together with what the arguments name.
    async fn identify(
        &self,
        request: &Request,
        request_id: &str,
        given: Option<&Map<String, Value>>,
    ) -> Result<(Caller, RecordLoader), Error> {
        let named = given.into_iter().flatten().filter_map(|(_, value)| value.as_str()?.parse().ok());
        let named: Vec<NodeId> = named.collect();
        let loader = keeping_record_loader(self.api.services.store.clone());
        let caller = self.api.identify(request, Authentication::Token, request_id, &loader, &named).await?;
        Ok((caller, loader))
    }
}

impl Subscriber {
    /// Whether the session counts still, and what is listened to may be seen.
    async fn is_welcome(&self) -> Result<(), Failure> {
        let Self { subscriptions, request, request_id, field, arguments } = self;
        let (caller, loader) = subscriptions.identify(request, request_id, Some(arguments)).await?;
        subscriptions.door.admit(field, arguments, caller, loader).await
    }
}

impl Sending {
    fn of(subscriber: Subscriber, answers: BoxStream<'static, GraphqlResponse>, seat: Seat) -> Self {
        let mut pulse = interval(PULSE);
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { subscriber, answers, pulse, _seat: seat }
    }

    fn stream(self) -> EventStream {
        // The first pulse comes at once, so that clients and proxies see that the stream is open.
        let pieces = stream::unfold(Some(self), |sending| async move {
            let mut sending = sending?;
            let (piece, goes_on) = sending.next().await;
            Some((piece, goes_on.then_some(sending)))
        });
        pieces.boxed()
    }

    /// What is sent next, and whether anything comes after it.
    async fn next(&mut self) -> (String, bool) {
        let answer = tokio::select! {
            answer = self.answers.next() => match answer {
                Some(answer) => Some(answer),
                None => return (COMPLETE.to_owned(), false),
            },
            _ = self.pulse.tick() => None,
        };
        match (self.subscriber.is_welcome().await, answer) {
            (Err(failure), _) => (last(&refusal(&failure, &self.subscriber.request_id)), false),
            (Ok(()), Some(answer)) => (next(&answer), true),
            (Ok(()), None) => (STILL_HERE.to_owned(), true),
        }
    }
}

/// A stream of one answer.
fn only(answer: &GraphqlResponse) -> EventStream {
    stream::iter([last(answer)]).boxed()
}

fn next(answer: &GraphqlResponse) -> String {
    let executed = answer.data != async_graphql::Value::Null;
    let body = body_of(answer, executed).expect("an answer of GraphQL is JSON");
    format!("event: next\ndata: {body}\n\n")
}

fn last(answer: &GraphqlResponse) -> String {
    format!("{}{COMPLETE}", next(answer))
}

fn refusal(failure: &Failure, request_id: &str) -> GraphqlResponse {
    let mut error = ServerError::new(&failure.message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", failure.error_type.as_str());
    if failure.is_fault() {
        extensions.set("requestId", request_id);
    }
    GraphqlResponse::from_errors(vec![error])
}
