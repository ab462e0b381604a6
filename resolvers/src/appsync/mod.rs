//! The AppSync door: one call for each field that AppSync does not read from its parent, or one for many of them.

mod event;
mod export;
mod operation;
mod sdl;

use std::{collections::HashMap, io, sync::Arc};

use async_graphql::{PathSegment, Request, Response, ServerError, Value as GraphqlValue, Variables};
use lambda_http::lambda_runtime::Diagnostic;
use model::{Error, NodeId, access::Requester};
use serde_json::{Map, Value, json};

pub use self::export::{export, resolver_fields};
use self::{
    event::{Event, Identity},
    operation::{Operation, Operations, alias},
    sdl::ROOTS,
};
use crate::{
    MAX_ANSWER_BYTES, Schema, Services, calls,
    context::Caller,
    guard::{self, RightsTable},
    identity,
    loaders::{RecordLoader, keeping_record_loader, record_loader},
    token::{self, Claims, Verifier},
};

/// The most calls that AppSync puts into one batch.
const MAX_BATCH: usize = 2_000;
/// How many parents one operation answers for: what the table reads at once.
const MAX_PARENTS: usize = 100;
/// The largest answer to a batch. Lambda itself ends at 6 MB.
const MAX_BATCH_ANSWER_BYTES: usize = 5 * MAX_ANSWER_BYTES;

/// The API behind its AppSync door.
#[derive(Clone)]
pub struct Door(Arc<Behind>);

struct Behind {
    schema: Schema,
    operations: Operations,
    rights: RightsTable,
    services: Services,
    verifier: Verifier,
}

/// Why a field has no value. It becomes the Lambda function's error, or that of an item of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code, as in `extensions.code` at the HTTP door.
    pub error_type: String,
    /// What to tell the client.
    pub message: String,
}

impl Failure {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { error_type: code.to_owned(), message: message.into() }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new("BAD_REQUEST", message)
    }

    /// Whether it is a fault of ours, which the log has under the id of the request.
    pub(crate) fn is_fault(&self) -> bool {
        ["INTERNAL", "UNAVAILABLE"].contains(&self.error_type.as_str())
    }

    fn too_large() -> Self {
        Self::new("RESPONSE_TOO_LARGE", "The answer is larger than 1 MB. Ask for less at once.")
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Error::Unavailable(reason) | Error::Internal(reason) = &error {
            tracing::error!(code = error.code(), %reason, "request failed at the door");
        }
        Self::new(error.code(), error.to_string())
    }
}

impl From<&ServerError> for Failure {
    /// Our own errors have a code; the library's are about the request, such as a value of the wrong form.
    fn from(error: &ServerError) -> Self {
        match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
            Some(GraphqlValue::String(code)) => Self::new(code, &error.message),
            _ => Self::bad_request(&error.message),
        }
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.error_type, error_message: failure.message }
    }
}

/// Events that one operation may answer: the same caller asks the same of several parents.
struct Group {
    event: Event,
    /// The position of each in the batch, and the id of its parent.
    members: Vec<(usize, String)>,
}

impl Door {
    /// The API over some services, for callers whose tokens `verifier` takes.
    #[must_use]
    pub fn new(services: Services, verifier: Verifier) -> Self {
        let sdl = crate::sdl();
        Self(Arc::new(Behind {
            schema: crate::schema_for_own_operations(services.clone()),
            operations: Operations::of(&sdl),
            rights: guard::rights_of(&sdl).expect("the schema that this server prints is one it can read"),
            services,
            verifier,
        }))
    }

    /// Answers one invocation by AppSync: an event with the value of its field, a list of events with a list of
    /// `{ data, errorMessage, errorType }` of the same length and order.
    ///
    /// # Errors
    /// When the field of a single event has no value because of an error, or a list is too long.
    pub async fn handle(&self, payload: Value) -> Result<Value, Failure> {
        // Boxed, because what executes a document is large to carry about.
        let (answer, made) = store::measured(Box::pin(self.resolve(payload))).await;
        calls::log(None, &made);
        answer
    }

    async fn resolve(&self, payload: Value) -> Result<Value, Failure> {
        let Value::Array(entries) = payload else {
            return self.0.answer(&Event::parse(payload)?).await.and_then(within_limit);
        };
        if entries.len() > MAX_BATCH {
            return Err(Failure::bad_request(format!("More than {MAX_BATCH} fields at once.")));
        }
        let mut left = MAX_BATCH_ANSWER_BYTES;
        let items = self.0.answer_batch(entries).await.into_iter().map(|answer| {
            item(answer.and_then(within_limit).and_then(|data| {
                left = left.checked_sub(size_bytes(&data)).ok_or_else(Failure::too_large)?;
                Ok(data)
            }))
        });
        Ok(items.collect())
    }
}

impl Door {
    /// Whether there is such a field to subscribe to.
    pub(crate) fn has_subscription(&self, field: &str) -> bool {
        self.0.rights.contains_key(&format!("Subscription.{field}"))
    }

    /// Lets a subscription begin, or go on, where the caller may call its field and see what it is about.
    ///
    /// # Errors
    /// Why not.
    pub(crate) async fn admit(
        &self,
        field: &str,
        arguments: &Map<String, Value>,
        caller: Caller,
        loader: RecordLoader,
    ) -> Result<(), Failure> {
        self.0.admit(field, arguments, caller, loader).await
    }
}

impl Behind {
    async fn answer(&self, event: &Event) -> Result<Value, Failure> {
        let (caller, loader) = self.identify(event, &event.named()).await?;
        match event.parent_type() {
            "Subscription" => self.admit(event.field(), &event.arguments(), caller, loader).await.map(|()| Value::Null),
            root if ROOTS.contains(&root) => {
                let operation = self.operations.of_root(root, event.field(), event.arguments())?;
                let response = self.execute(operation, caller, loader).await;
                match response.errors.first() {
                    Some(error) => Err(error.into()),
                    None => Ok(data_of(response)[event.field()].take()),
                }
            }
            _ => {
                let id = event.source_id()?;
                self.answer_for(event, &[&id], caller, loader).await.pop().expect("one answer for each parent")
            }
        }
    }

    /// The value of one field for some parents, in their order.
    async fn answer_for(
        &self,
        event: &Event,
        ids: &[&str],
        caller: Caller,
        loader: RecordLoader,
    ) -> Vec<Result<Value, Failure>> {
        let operation = self.operations.of_nodes(event.parent_type(), event.field(), event.arguments(), ids);
        match operation {
            Ok(operation) => {
                let parents = by_alias(self.execute(operation, caller, loader).await, ids.len());
                // A parent that is not there, or not visible, or of another type has no such field.
                parents.into_iter().map(|parent| Ok(parent?[event.field()].take())).collect()
            }
            Err(failure) => vec![Err(failure); ids.len()],
        }
    }

    async fn answer_batch(&self, entries: Vec<Value>) -> Vec<Result<Value, Failure>> {
        let mut answers: Vec<Result<Value, Failure>> = Vec::with_capacity(entries.len());
        let mut groups: Vec<Group> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (position, entry) in entries.into_iter().enumerate() {
            answers.push(Ok(Value::Null));
            let grouped = Event::parse(entry).and_then(|event| {
                if ROOTS.contains(&event.parent_type()) {
                    Ok((event, None))
                } else {
                    let id = event.source_id()?;
                    Ok((event, Some(id)))
                }
            });
            match grouped {
                Err(failure) => answers[position] = Err(failure),
                Ok((event, None)) => answers[position] = self.answer(&event).await,
                Ok((event, Some(id))) => {
                    let place = *places.entry(event.likeness()).or_insert(groups.len());
                    if place == groups.len() {
                        groups.push(Group { event, members: Vec::new() });
                    }
                    groups[place].members.push((position, id));
                }
            }
        }
        for group in &groups {
            self.answer_group(group, &mut answers).await;
        }
        answers
    }

    async fn answer_group(&self, group: &Group, answers: &mut [Result<Value, Failure>]) {
        let first = group.members.iter().take(MAX_PARENTS).filter_map(|(_, id)| id.parse().ok());
        let caller = self.identify(&group.event, &first.collect::<Vec<_>>()).await;
        for members in group.members.chunks(MAX_PARENTS) {
            let ids: Vec<&str> = members.iter().map(|(_, id)| id.as_str()).collect();
            let found = match &caller {
                Ok((caller, loader)) => self.answer_for(&group.event, &ids, caller.clone(), loader.clone()).await,
                Err(error) => vec![Err(error.clone()); ids.len()],
            };
            for ((position, _), answer) in members.iter().zip(found) {
                answers[*position] = answer;
            }
        }
    }

    async fn admit(
        &self,
        field: &str,
        arguments: &Map<String, Value>,
        caller: Caller,
        loader: RecordLoader,
    ) -> Result<(), Failure> {
        let ids = self.operations.ids_in("Subscription", field, arguments)?;
        guard::check(self.rights.get(&format!("Subscription.{field}")), &caller.requester)?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        if ids.is_empty() {
            return Ok(());
        }
        for found in by_alias(self.execute(Operations::of_existence(&ids), caller, loader).await, ids.len()) {
            if found?.is_null() {
                return Err(Failure::new("NOT_FOUND", "There is no such thing, or none that you may see."));
            }
        }
        Ok(())
    }

    async fn execute(&self, operation: Operation, caller: Caller, loader: RecordLoader) -> Response {
        let request = Request::new(operation.document)
            .variables(Variables::from_json(operation.variables))
            .data(loader)
            .data(caller);
        self.schema.execute(request).await
    }

    /// Says who is calling. AppSync has checked the signature; what the token must say is checked as at the other door.
    async fn identify(&self, event: &Event, named: &[NodeId]) -> Result<(Caller, RecordLoader), Failure> {
        let host = identity::without_port(event.header("host").unwrap_or("localhost"));
        let mut caller = identity::nobody(&self.services, host, None);
        let store = self.services.store.clone();
        let loader =
            if event.parent_type() == "Mutation" { record_loader(store) } else { keeping_record_loader(store) };
        match event.identity() {
            Identity::ApiKey => {}
            Identity::Iam => caller.requester = Requester::Service,
            Identity::Token { sub, claims } => {
                let claims: Claims = serde_json::from_value(claims).map_err(|_| Error::Unauthenticated)?;
                self.verifier.check_claims(&claims)?;
                if claims.sub != sub {
                    return Err(Error::Unauthenticated.into());
                }
                let token = event.header("authorization").and_then(|header| token_of(header, &claims));
                identity::sign_in(&mut caller, &loader, &claims, token, named).await?;
            }
            Identity::Other => return Err(Error::Unauthenticated.into()),
        }
        Ok((caller, loader))
    }
}

/// The token in the header, if it is the one whose claims were accepted. Clients of AppSync leave `Bearer` out.
fn token_of(header: &str, claims: &Claims) -> Option<String> {
    let token = match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        Some(_) => return None,
        None => header,
    };
    let same = token::read_unverified(token).is_ok_and(|read| read.sub == claims.sub && read.iat == claims.iat);
    same.then(|| token.to_owned())
}

/// What was found under each alias; an error without a path is everybody's.
fn by_alias(response: Response, count: usize) -> Vec<Result<Value, Failure>> {
    let mut failures: HashMap<String, Failure> = HashMap::new();
    let mut common = None;
    for error in &response.errors {
        match error.path.first() {
            Some(PathSegment::Field(alias)) => {
                failures.entry(alias.clone()).or_insert_with(|| error.into());
            }
            Some(PathSegment::Index(_)) | None => common = common.or_else(|| Some(Failure::from(error))),
        }
    }
    if let Some(failure) = common {
        return vec![Err(failure); count];
    }
    let mut data = data_of(response);
    let found = (0..count).map(|position| {
        let alias = alias(position);
        failures.remove(&alias).map_or_else(|| Ok(data[alias].take()), Err)
    });
    found.collect()
}

fn data_of(response: Response) -> Value {
    response.data.into_json().expect("data of GraphQL is JSON")
}

fn item(answer: Result<Value, Failure>) -> Value {
    match answer {
        Ok(data) => json!({ "data": data, "errorMessage": null, "errorType": null }),
        Err(failure) => {
            json!({ "data": null, "errorMessage": failure.message, "errorType": failure.error_type })
        }
    }
}

fn within_limit(data: Value) -> Result<Value, Failure> {
    if size_bytes(&data) > MAX_ANSWER_BYTES { Err(Failure::too_large()) } else { Ok(data) }
}

/// How long a value is as JSON.
fn size_bytes(value: &Value) -> usize {
    struct Count(usize);

    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut count = Count(0);
    serde_json::to_writer(&mut count, value).expect("counting cannot fail");
    count.0
}
