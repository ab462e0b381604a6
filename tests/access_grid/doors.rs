//! The two doors, and what comes back through them.

use std::collections::BTreeMap;

use resolvers::appsync::Failure;
use serde_json::{Value, json};

use super::{
    rows::{Root, Row},
    subjects::Subject,
};
use crate::{
    doors::appsync,
    support::{Actor, Home, actor::error_codes, stream::Stream},
};

/// Headers that differ from answer to answer, whatever it says.
const VARIES: [&str; 2] = ["date", "x-request-id"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Http,
    AppSync,
}

impl Door {
    pub(super) const ALL: [Self; 2] = [Self::Http, Self::AppSync];
}

/// An answer: the value of the field, or the code with which it failed; and all that the client gets to see.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) outcome: Result<Value, String>,
    pub(super) whole: String,
}

impl Door {
    /// Calls a root field as this caller.
    pub(super) async fn call(self, home: &Home, actor: &Actor, row: &Row, subject: &Subject) -> Told {
        match self {
            Self::Http if row.root == Root::Subscription => {
                let (document, variables) = row.document(subject);
                listen(actor, &document, variables).await
            }
            Self::Http => {
                let (document, variables) = row.document(subject);
                let (body, whole) = hear(actor, &document, variables).await;
                let outcome = match error_codes(&body).first() {
                    Some(code) => Err(code.clone()),
                    None => Ok(body["data"][row.field].clone()),
                };
                Told { outcome, whole }
            }
            Self::AppSync => {
                match invoke(home, actor, row.root.name(), row.field, row.arguments(subject), Value::Null).await {
                    Ok(Value::Null) if row.root == Root::Subscription => admitted(String::new()),
                    Ok(value) => Told { whole: value.to_string(), outcome: Ok(value) },
                    Err(failure) => Told { whole: format!("{failure:?}"), outcome: Err(failure.error_type) },
                }
            }
        }
    }
}

/// Somebody may listen: an empty answer is no refusal here.
fn admitted(whole: String) -> Told {
    Told { outcome: Ok(json!("listens")), whole }
}

/// Subscribes, and gives what comes at once: that the stream is open, or why not.
async fn listen(actor: &Actor, document: &str, variables: Value) -> Told {
    let response = actor.subscribes(document, variables).await;
    let head = head_of(&response);
    let body = if response.status().is_success() {
        match Stream::of(response).opening().await {
            None => return admitted(head),
            Some(answer) => answer,
        }
    } else {
        response.json().await.expect("JSON")
    };
    let code = error_codes(&body).first().expect("a refusal has a code").clone();
    Told { outcome: Err(code), whole: format!("{head} {body}") }
}

/// Asks for one field as AppSync does, on behalf of somebody who came by the address of the site.
pub(super) async fn invoke(
    home: &Home,
    actor: &Actor,
    parent_type: &str,
    field: &str,
    arguments: Value,
    source: Value,
) -> Result<Value, Failure> {
    let mut event = appsync::event(actor, parent_type, field, arguments);
    event["source"] = source;
    event["request"]["headers"]["host"] = json!(home.system.site.to_string());
    home.system.appsync.handle(event).await
}

/// A field with its arguments, as a document calls it. They are plain enough to be written as in JSON, but for a name of
/// an enum.
pub(super) fn call(field: &str, arguments: &Value) -> String {
    let given = arguments.as_object().expect("arguments have names");
    let written = |name: &str, value: &Value| match value {
        Value::String(sort) if name == "sort" => sort.clone(),
        _ => value.to_string(),
    };
    let given: Vec<String> = given.iter().map(|(name, value)| format!("{name}: {}", written(name, value))).collect();
    if given.is_empty() { field.to_owned() } else { format!("{field}({})", given.join(", ")) }
}

/// Sends a document, and gives the body of the answer, and all of it: status, headers and bytes.
pub(super) async fn hear(actor: &Actor, document: &str, variables: Value) -> (Value, String) {
    let answer = actor.posts(document, variables).await;
    let head = head_of(&answer);
    let text = answer.text().await.expect("a text");
    (serde_json::from_str(&text).expect("JSON"), format!("{head} {text}"))
}

/// Status and headers.
fn head_of(answer: &reqwest::Response) -> String {
    let headers = answer.headers().iter().filter(|(name, _)| !VARIES.contains(&name.as_str()));
    let headers: BTreeMap<String, String> =
        headers.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    format!("{} {headers:?}", answer.status())
}
