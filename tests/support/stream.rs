//! Listening to a subscription, by server-sent events.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::Actor;

/// How long an event may take before a test gives up; it is awaited by its coming.
const PATIENCE: Duration = Duration::from_mins(1);

/// An open subscription.
pub(crate) struct Stream {
    response: Response,
    text: String,
}

/// What comes by a subscription.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece {
    /// An answer of GraphQL.
    Next(Value),
    /// The end, as the server says it.
    Complete,
    /// The connection ended without a word.
    Gone,
}

impl Actor {
    /// Subscribes, and gives the answer as it is.
    pub(crate) async fn subscribes(&self, document: &str, variables: Value) -> Response {
        let body = json!({ "query": document, "variables": variables });
        let request = self.http().post(format!("{}/stream", self.url())).header("accept", "text/event-stream");
        let request = match self.access_token() {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.json(&body).send().await.expect("an answer")
    }

    /// Subscribes. When this returns, nothing that happens is missed.
    pub(crate) async fn listens(&self, document: &str, variables: Value) -> Stream {
        let response = self.subscribes(document, variables).await;
        assert_eq!(response.status(), StatusCode::OK, "{document}");
        Stream::of(response)
    }
}

impl Stream {
    pub(crate) fn of(response: Response) -> Self {
        Self { response, text: String::new() }
    }

    /// What a stream that cannot be opened answers at once; none where it is open.
    pub(crate) async fn opening(&mut self) -> Option<Value> {
        let first = tokio::time::timeout(PATIENCE, self.message()).await.expect("something comes in time");
        match parse(&first.expect("a stream says something before it ends")) {
            Some(Piece::Next(answer)) => Some(answer),
            Some(other) => panic!("neither open nor refused: {other:?}"),
            None => None,
        }
    }

    /// What comes next; comments, by which a stream says that it is there, are left out.
    pub(crate) async fn next(&mut self) -> Piece {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("something comes in time")
    }

    /// The data of the next answer, which has no error.
    pub(crate) async fn event(&mut self) -> Value {
        match self.next().await {
            Piece::Next(answer) if answer.get("errors").is_none() => answer["data"].clone(),
            other => panic!("no event, but {other:#?}"),
        }
    }

    /// The error with which the stream ends.
    pub(crate) async fn refusal(&mut self) -> Value {
        let Piece::Next(answer) = self.next().await else { panic!("no answer") };
        assert_eq!(answer.get("data"), None, "{answer:#}");
        assert_eq!(self.next().await, Piece::Complete);
        assert_eq!(self.next().await, Piece::Gone);
        answer["errors"][0].clone()
    }

    /// The code of the error with which the stream ends.
    pub(crate) async fn code(&mut self) -> String {
        self.refusal().await["extensions"]["code"].as_str().expect("a code").to_owned()
    }

    async fn read(&mut self) -> Piece {
        while let Some(message) = self.message().await {
            if let Some(piece) = parse(&message) {
                return piece;
            }
        }
        Piece::Gone
    }

    async fn message(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let message = self.text[..end].to_owned();
                self.text.drain(..end + 2);
                return Some(message);
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }
}

/// A message of server-sent events; none where it is a comment.
fn parse(message: &str) -> Option<Piece> {
    if message.starts_with(':') {
        return None;
    }
    let (event, data) = message.split_once('\n').expect("an event and its data");
    Some(match (event, data) {
        ("event: next", data) => {
            let json = data.strip_prefix("data: ").expect("data");
            Piece::Next(serde_json::from_str(json).expect("an answer in JSON"))
        }
        ("event: complete", "data:") => Piece::Complete,
        _ => panic!("not a message of the protocol: {message}"),
    })
}
