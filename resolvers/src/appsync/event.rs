//! The event that AppSync sends to a direct Lambda resolver, as far as we read it.
//!
//! Format: "Direct Lambda resolvers" of the AppSync developer guide: the resolver's whole context object, once, or a
//! list of them for a batch. Types of our own, as those of `aws_lambda_events` lose claims of Cognito.

use model::NodeId;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Failure;

/// One field to resolve.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Event {
    arguments: Option<Map<String, Value>>,
    identity: Option<Value>,
    source: Option<Value>,
    request: Option<Request>,
    info: Info,
}

#[derive(Clone, Debug, Deserialize)]
struct Request {
    headers: Option<Map<String, Value>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    field_name: String,
    parent_type_name: String,
}

impl Event {
    pub(super) fn parse(payload: Value) -> Result<Self, Failure> {
        serde_json::from_value(payload).map_err(|_| Failure::bad_request("This is no event of AppSync."))
    }

    pub(super) fn field(&self) -> &str {
        &self.info.field_name
    }

    pub(super) fn parent_type(&self) -> &str {
        &self.info.parent_type_name
    }

    pub(super) fn arguments(&self) -> Map<String, Value> {
        self.arguments.clone().unwrap_or_default()
    }

    /// The id of the parent, where the field hangs on one.
    pub(super) fn source_id(&self) -> Result<String, Failure> {
        let id = self.source.as_ref().and_then(|source| source["id"].as_str());
        id.map(str::to_owned).ok_or_else(|| Failure::bad_request("The parent of this field came without its id."))
    }

    /// The ids that say what this is about: its parent's, and those among the arguments.
    pub(super) fn named(&self) -> Vec<NodeId> {
        let arguments = self.arguments.iter().flat_map(Map::values).filter_map(Value::as_str);
        let parent = self.source.as_ref().and_then(|source| source["id"].as_str());
        arguments.chain(parent).filter_map(|id| id.parse().ok()).collect()
    }

    /// A header of the client's request; AppSync gives names in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.request.as_ref()?.headers.as_ref()?.get(name)?.as_str()
    }

    /// Who AppSync says is calling.
    pub(super) fn identity(&self) -> Identity {
        match &self.identity {
            None => Identity::ApiKey,
            Some(identity) => serde_json::from_value(identity.clone()).map_or(Identity::Other, identity_of),
        }
    }

    /// Equal for events that may be answered by one operation: the same caller asks the same of other parents.
    pub(super) fn likeness(&self) -> String {
        let caller = [self.header("host"), self.header("authorization")];
        let asked = (self.parent_type(), self.field(), &self.arguments);
        serde_json::json!([self.identity, caller, asked]).to_string()
    }
}

/// Who AppSync says is calling. Its way of authorization is told by the form of the identity alone.
pub(super) enum Identity {
    /// Nobody: the request came with an API key.
    ApiKey,
    /// A user or role of AWS.
    Iam,
    /// Somebody with a token of a user pool, or of another OpenID Connect provider.
    Token {
        /// The account's id.
        sub: String,
        /// What the token says, with groups as a list.
        claims: Value,
    },
    /// Anything else, such as a Lambda authorizer.
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawIdentity {
    user_arn: Option<String>,
    sub: Option<String>,
    claims: Option<Map<String, Value>>,
    groups: Option<Vec<String>>,
}

fn identity_of(raw: RawIdentity) -> Identity {
    match raw {
        RawIdentity { user_arn: Some(_), sub: None, claims: None, .. } => Identity::Iam,
        RawIdentity { user_arn: None, sub: Some(sub), claims: Some(mut claims), groups } => {
            let groups = groups.unwrap_or_else(|| groups_in(&claims));
            claims.insert("cognito:groups".to_owned(), groups.into());
            Identity::Token { sub, claims: Value::Object(claims) }
        }
        _ => Identity::Other,
    }
}

/// AppSync hands this claim on as a list, or as one text such as `[admin, visitor]`.
fn groups_in(claims: &Map<String, Value>) -> Vec<String> {
    match claims.get("cognito:groups") {
        Some(Value::Array(groups)) => groups.iter().filter_map(|group| group.as_str().map(str::to_owned)).collect(),
        Some(Value::String(text)) => {
            let names = text.trim_matches(['[', ']']).split([',', ' ']);
            names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Event, Identity};

    fn groups(identity: &Value) -> Value {
        let event = json!({ "identity": identity, "info": { "fieldName": "viewer", "parentTypeName": "Query" } });
        match Event::parse(event).expect("an event").identity() {
            Identity::Token { claims, .. } => claims["cognito:groups"].clone(),
            Identity::ApiKey | Identity::Iam | Identity::Other => panic!("not a token"),
        }
    }

    #[test]
    fn groups_come_from_the_identity_and_otherwise_from_the_claims_in_either_form() {
        let identity = |groups: Value, claim: Value| json!({ "sub": "s", "groups": groups, "claims": { "cognito:groups": claim } });
        assert_eq!(groups(&identity(json!(["admin"]), json!(["visitor"]))), json!(["admin"]));
        assert_eq!(groups(&identity(json!([]), json!(["visitor"]))), json!([]));
        assert_eq!(groups(&identity(Value::Null, json!(["admin", "visitor"]))), json!(["admin", "visitor"]));
        assert_eq!(groups(&identity(Value::Null, json!("[admin, visitor]"))), json!(["admin", "visitor"]));
        assert_eq!(groups(&identity(Value::Null, json!("visitor"))), json!(["visitor"]));
        assert_eq!(groups(&identity(Value::Null, Value::Null)), json!([]));
        assert_eq!(groups(&identity(Value::Null, json!(7))), json!([]));
    }
}
