//! The AppSync door, driven as AppSync drives it: by events in the forms that were recorded, kept in the files beside.

mod batches;
mod export;
mod fields;
mod function;
mod identities;

use resolvers::appsync::Failure;
use serde_json::{Value, json};

use super::forgery::Token;
use crate::support::{Actor, Home};

const USER_POOL: &str = include_str!("user_pool.json");
const BATCH: &str = include_str!("batch.json");
const IAM_USER: &str = include_str!("iam_user.json");
const IAM_IDENTITY_POOL: &str = include_str!("iam_identity_pool.json");
const API_KEY: &str = include_str!("api_key.json");
const OIDC: &str = include_str!("oidc.json");
const LAMBDA_AUTHORIZER: &str = include_str!("lambda_authorizer.json");

fn recorded(fixture: &str) -> Value {
    serde_json::from_str(fixture).expect("the recorded event is JSON")
}

/// The event of a field, as somebody asks for it.
pub(crate) fn event(actor: &Actor, parent_type: &str, field: &str, arguments: Value) -> Value {
    let mut event = asked(recorded(if actor.session.is_some() { USER_POOL } else { API_KEY }), parent_type, field);
    event["arguments"] = arguments;
    if let Some(token) = actor.access_token() {
        event["identity"] = identity(&Token::parse(token).claims);
        event["request"]["headers"]["authorization"] = json!(token);
    }
    event
}

/// The event of a field of something with an id.
pub(crate) fn of(actor: &Actor, parent_type: &str, id: &str, field: &str, arguments: Value) -> Value {
    let mut event = event(actor, parent_type, field, arguments);
    event["source"] = json!({ "__typename": parent_type, "id": id });
    event
}

/// The same event for another field.
fn asked(mut event: Value, parent_type: &str, field: &str) -> Value {
    event["info"]["parentTypeName"] = json!(parent_type);
    event["info"]["fieldName"] = json!(field);
    event
}

/// What AppSync makes of the claims of a user pool's token.
fn identity(claims: &Value) -> Value {
    let mut identity = recorded(USER_POOL)["identity"].take();
    identity["sub"] = claims["sub"].clone();
    identity["username"] = claims["username"].clone();
    identity["issuer"] = claims["iss"].clone();
    identity["groups"] = claims["cognito:groups"].clone();
    identity["claims"] = claims.clone();
    identity
}

pub(crate) async fn resolve(home: &Home, event: Value) -> Result<Value, Failure> {
    home.system.appsync.handle(event).await
}

async fn value(home: &Home, event: Value) -> Value {
    resolve(home, event.clone()).await.unwrap_or_else(|failure| panic!("{:#}: {failure:?}", event["info"]))
}

/// The code with which a field fails.
async fn code(home: &Home, event: Value) -> String {
    let info = event["info"].clone();
    let failure = resolve(home, event).await.err();
    failure.unwrap_or_else(|| panic!("{info:#} did not fail")).error_type
}

pub(crate) async fn batch(home: &Home, events: Vec<Value>) -> Vec<Value> {
    let count = events.len();
    let answer = value(home, Value::Array(events)).await;
    let items = answer.as_array().expect("a list").clone();
    assert_eq!(items.len(), count, "{answer:#}");
    items
}

/// The form of an item of a batch that has a value.
fn good(data: &Value) -> Value {
    json!({ "data": data, "errorMessage": null, "errorType": null })
}
